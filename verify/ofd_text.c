#include "verify/ofd_text.h"

#include <string.h>

#define TEMPLATES_MAX 16
#define ID_MAX        32

/* --- the text of a page ----------------------------------------------------------------------- */

static void put_page(const struct zip_member *member, struct buf *text)
{
    struct xml_document *page = NULL;

    if (!member || ofd_package_xml(member, &page, NULL) != STATUS_OK)
        return;
    const struct xml_element *top = xml_root(page);
    const struct xml_element *element = xml_after(top, top);
    for (; element; element = xml_after(top, element)) {
        if (xml_is(element, "TextObject") && text->length > 0 &&
            text->data[text->length - 1] != '\n')
            buf_char(text, '\n');
        if (xml_is(element, "TextCode"))
            xml_put_text(element, text);
    }
    if (text->length > 0 && text->data[text->length - 1] != '\n')
        buf_char(text, '\n');
    xml_document_free(page);
}

/* The template page of that id in the common data of the document. */
static const struct zip_member *find_template(const struct ofd_package *package,
                                              const struct zip_member *from,
                                              const struct xml_element *common, const char *id)
{
    char found[ID_MAX], location[OFD_LOCATION_MAX];
    const struct xml_element *page = xml_first(common, "TemplatePage");

    for (; page; page = xml_next(page))
        if (xml_attribute(page, "ID", found, sizeof found) && strcmp(found, id) == 0 &&
            xml_attribute(page, "BaseLoc", location, sizeof location))
            return ofd_package_find(package, from, location);
    return NULL;
}

static void put_templates(const struct ofd_package *package, const struct zip_member *from,
                          const struct xml_element *common, const struct zip_member *page,
                          struct buf *text)
{
    struct xml_document *content = NULL;
    char id[ID_MAX];
    size_t count = 0;

    if (ofd_package_xml(page, &content, NULL) != STATUS_OK)
        return;
    const struct xml_element *used = xml_first(xml_root(content), "Template");
    for (; used && count < TEMPLATES_MAX; used = xml_next(used), count++)
        if (xml_attribute(used, "TemplateID", id, sizeof id))
            put_page(find_template(package, from, common, id), text);
    xml_document_free(content);
}

static void read_pages(const struct ofd_package *package, const struct zip_member *member,
                       struct ofd_document *document)
{
    struct xml_document *tree = NULL;
    char location[OFD_LOCATION_MAX];

    if (!member || ofd_package_xml(member, &tree, NULL) != STATUS_OK)
        return;
    const struct xml_element *common = xml_first(xml_root(tree), "CommonData");
    const struct xml_element *first = xml_first(xml_first(xml_root(tree), "Pages"), "Page");
    bool is_first = document->pages == 0;
    for (const struct xml_element *page = first; page; page = xml_next(page))
        document->pages++;
    if (is_first && first && xml_attribute(first, "BaseLoc", location, sizeof location)) {
        const struct zip_member *page = ofd_package_find(package, member, location);
        if (page) {
            put_page(page, &document->text);
            put_templates(package, member, common, page, &document->text);
        }
    }
    xml_document_free(tree);
}

/* --- what the document says of itself ----------------------------------------------------------
 */

static void read_fields(const struct xml_element *info, struct ofd_document *document)
{
    const struct xml_element *data = xml_first(xml_first(info, "CustomDatas"), "CustomData");

    for (; data && document->field_count < OFD_FIELDS_MAX; data = xml_next(data)) {
        struct ofd_field *field = &document->fields[document->field_count];
        if (xml_attribute(data, "Name", field->name, sizeof field->name) &&
            xml_text(data, field->value, sizeof field->value))
            document->field_count++;
    }
}

void ofd_text_read(const struct ofd_package *package, struct ofd_document *document)
{
    const struct xml_element *body = xml_first(xml_root(package->root), "DocBody");

    document->text.limit = OFD_TEXT_MAX;
    for (; body; body = xml_next(body)) {
        const struct xml_element *info = xml_first(body, "DocInfo");
        if (!*document->title)
            (void)xml_child_text(info, "Title", document->title, sizeof document->title);
        read_fields(info, document);
        read_pages(package, ofd_package_follow(package, package->root_member, body, "DocRoot"),
                   document);
    }
    document->text_is_cut = buf_failed(&document->text);
}
