#include "verify/ofd_text.h"

#include <string.h>

#define TEMPLATES_MAX 16
#define ID_MAX        32

/* --- the text of a page ----------------------------------------------------------------------- */

/* *tree stays NULL when there is nothing that can be read; only memory is an error. */
static enum status open_part(const struct zip_member *member, struct xml_document **tree,
                             struct error *error)
{
    bool starved = member && ofd_package_xml(member, tree, NULL) == STATUS_NOMEM;

    return starved ? error_nomem(error) : STATUS_OK;
}

static enum status put_page(const struct zip_member *member, struct buf *text, struct error *error)
{
    struct xml_document *page = NULL;
    enum status status = open_part(member, &page, error);

    if (!page)
        return status;
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
    return STATUS_OK;
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

static enum status put_templates(const struct ofd_package *package, const struct zip_member *from,
                                 const struct xml_element *common, const struct zip_member *page,
                                 struct buf *text, struct error *error)
{
    struct xml_document *content = NULL;
    char id[ID_MAX];
    size_t count = 0;

    enum status status = open_part(page, &content, error);
    if (!content)
        return status;
    const struct xml_element *used = xml_first(xml_root(content), "Template");
    for (; used && count < TEMPLATES_MAX && status == STATUS_OK; used = xml_next(used), count++)
        if (xml_attribute(used, "TemplateID", id, sizeof id))
            status = put_page(find_template(package, from, common, id), text, error);
    xml_document_free(content);
    return status;
}

static enum status read_pages(const struct ofd_package *package, const struct zip_member *member,
                              struct ofd_document *document, struct error *error)
{
    struct xml_document *tree = NULL;
    char location[OFD_LOCATION_MAX];
    enum status status = open_part(member, &tree, error);

    if (!tree)
        return status;
    const struct xml_element *common = xml_first(xml_root(tree), "CommonData");
    const struct xml_element *first = xml_first(xml_first(xml_root(tree), "Pages"), "Page");
    bool is_first = document->pages == 0;
    for (const struct xml_element *page = first; page; page = xml_next(page))
        document->pages++;
    if (is_first && first && xml_attribute(first, "BaseLoc", location, sizeof location)) {
        const struct zip_member *page = ofd_package_find(package, member, location);
        if (page)
            status = put_page(page, &document->text, error);
        if (page && status == STATUS_OK)
            status = put_templates(package, member, common, page, &document->text, error);
    }
    xml_document_free(tree);
    return status;
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

enum status ofd_text_read(const struct ofd_package *package, struct ofd_document *document,
                          struct error *error)
{
    const struct xml_element *body = xml_first(xml_root(package->root), "DocBody");
    enum status status = STATUS_OK;

    document->text.limit = OFD_TEXT_MAX;
    for (; body && status == STATUS_OK; body = xml_next(body)) {
        const struct xml_element *info = xml_first(body, "DocInfo");
        if (!*document->title)
            (void)xml_child_text(info, "Title", document->title, sizeof document->title);
        read_fields(info, document);
        status =
            read_pages(package, ofd_package_follow(package, package->root_member, body, "DocRoot"),
                       document, error);
    }
    document->text_is_cut = buf_over_limit(&document->text);
    if (status == STATUS_OK && buf_failed(&document->text) && !document->text_is_cut)
        status = error_nomem(error);
    return status;
}
