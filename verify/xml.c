#include "verify/xml.h"

#include "base/i18n.h"
#include "base/text.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

struct xml_document {
    xmlDoc *tree;
};

/* --- reading ---------------------------------------------------------------------------------- */

/* A document type declaration has no place in these files: reading ends where one begins. */
static void refuse_declaration(void *parser, const xmlChar *name, const xmlChar *external,
                               const xmlChar *system)
{
    bool *refused = ((xmlParserCtxtPtr)parser)->_private;

    (void)name;
    (void)external;
    (void)system;
    *refused = true;
    xmlStopParser(parser);
}

static bool is_too_deep(const xmlNode *top)
{
    const xmlNode *node = top;
    int depth = 1;

    while (node) {
        if (depth > XML_DEPTH_MAX)
            return true;
        if (node->type == XML_ELEMENT_NODE && node->children) {
            node = node->children;
            depth++;
            continue;
        }
        while (node != top && !node->next) {
            node = node->parent;
            depth--;
        }
        node = node == top ? NULL : node->next;
    }
    return false;
}

static bool is_in_namespace(const xmlNode *node, const char *xml_namespace)
{
    return node->ns && node->ns->href && strcmp((const char *)node->ns->href, xml_namespace) == 0;
}

static enum status check_tree(const xmlDoc *tree, const char *xml_namespace, struct error *error)
{
    const xmlNode *root = tree ? xmlDocGetRootElement(tree) : NULL;

    if (!root)
        return error_set(error, STATUS_INVALID, _("It is not well-formed XML."));
    if (is_too_deep(root))
        return error_set(error, STATUS_INVALID, _("Its XML is nested too deeply."));
    if (!is_in_namespace(root, xml_namespace))
        return error_set(error, STATUS_UNSUPPORTED, _("Its XML is of an unknown kind."));
    return STATUS_OK;
}

/* Some errors, such as those of converting an encoding, belong to no parser for libxml2: without
 * this they are printed on standard error, whatever the options of the parser say. */
static void say_nothing(void *context, xmlErrorPtr failure)
{
    (void)context;
    (void)failure;
}

static enum status parse(xmlParserCtxtPtr parser, const char *xml_namespace,
                         struct xml_document *document, struct error *error)
{
    bool refused = false;
    enum status status;

    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_NOCDATA);
    parser->_private = &refused;
    parser->sax->internalSubset = refuse_declaration;
    (void)xmlParseDocument(parser);
    if (refused)
        status = error_set(error, STATUS_INVALID,
                           _("Its XML declares a document type, which is not allowed."));
    else
        status = check_tree(parser->wellFormed ? parser->myDoc : NULL, xml_namespace, error);
    if (status == STATUS_OK)
        document->tree = parser->myDoc;
    else
        xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    return status;
}

enum status xml_document_read(const void *bytes, size_t length, const char *xml_namespace,
                              struct xml_document **document, struct error *error)
{
    if (length > XML_BYTES_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("Its XML is too long."));
    if (length == 0)
        return error_set(error, STATUS_INVALID, _("It is not well-formed XML."));
    xmlInitParser();
    xmlSetStructuredErrorFunc(NULL, say_nothing); /* of this thread */
    struct xml_document *made = calloc(1, sizeof *made);
    xmlParserCtxtPtr parser = made ? xmlCreateMemoryParserCtxt(bytes, (int)length) : NULL;
    if (!parser) {
        free(made);
        return error_nomem(error);
    }
    enum status status = parse(parser, xml_namespace, made, error);
    xmlFreeParserCtxt(parser);
    if (status == STATUS_OK)
        *document = made;
    else
        free(made);
    return status;
}

void xml_document_free(struct xml_document *document)
{
    if (document)
        xmlFreeDoc(document->tree);
    free(document);
}

/* --- walking: an element is a node of the tree under another name --------------------------------
 */

static const xmlNode *node_of(const struct xml_element *element)
{
    return (const void *)element;
}

static const struct xml_element *element_of(const xmlNode *node)
{
    return (const void *)node;
}

/* All elements of a document are in the namespace of its root, or not seen. */
static bool is_seen(const xmlNode *node)
{
    const xmlNode *root = node->doc ? xmlDocGetRootElement(node->doc) : NULL;

    return node->type == XML_ELEMENT_NODE && root && root->ns && node->ns &&
           xmlStrEqual(node->ns->href, root->ns->href);
}

const struct xml_element *xml_root(const struct xml_document *document)
{
    return element_of(xmlDocGetRootElement(document->tree));
}

bool xml_is(const struct xml_element *element, const char *name)
{
    return strcmp((const char *)node_of(element)->name, name) == 0;
}

static const struct xml_element *seen_from(const xmlNode *node, const char *name)
{
    while (node && !(is_seen(node) && (!name || strcmp((const char *)node->name, name) == 0)))
        node = node->next;
    return element_of(node);
}

const struct xml_element *xml_first(const struct xml_element *parent, const char *name)
{
    return parent ? seen_from(node_of(parent)->children, name) : NULL;
}

bool xml_has_stranger(const struct xml_element *parent)
{
    for (const xmlNode *node = node_of(parent)->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && !is_seen(node))
            return true;
    return false;
}

const struct xml_element *xml_next(const struct xml_element *element)
{
    const xmlNode *node = node_of(element);

    return seen_from(node->next, (const char *)node->name);
}

const struct xml_element *xml_after(const struct xml_element *top,
                                    const struct xml_element *element)
{
    const struct xml_element *found = xml_first(element, NULL);
    const xmlNode *node = node_of(element);

    while (!found && node != node_of(top)) {
        found = seen_from(node->next, NULL);
        node = node->parent;
    }
    return found;
}

/* --- text ------------------------------------------------------------------------------------- */

static bool is_text(const xmlNode *node)
{
    return (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content;
}

/* What fits is appended; the rest must be white space. */
static bool append(const char *text, char *out, size_t *length, size_t size)
{
    const char *start = text;
    size_t all = strlen(text);
    size_t room = size - 1 - *length;
    size_t fits = all < room ? all : room;

    memcpy(out + *length, text, fits);
    *length += fits;
    return text_trim(text + fits, all - fits, &start) == 0;
}

/* The text of these nodes without the white space at its ends. It needs no memory, so that
 * "absent" never means that there was none. */
static bool gather(const xmlNode *node, char *out, size_t size)
{
    const char *start = out;
    size_t length = 0;
    bool whole = true;

    for (; node && whole; node = node->next) {
        if (!is_text(node))
            continue;
        const char *text = (const char *)node->content;
        if (length > 0 || text_trim(text, strlen(text), &text) > 0)
            whole = append(text, out, &length, size);
    }
    out[whole ? text_trim(out, length, &start) : 0] = '\0';
    return whole;
}

bool xml_attribute(const struct xml_element *element, const char *name, char *out, size_t size)
{
    const xmlAttr *attribute =
        xmlHasNsProp((xmlNode *)(uintptr_t)node_of(element), (const xmlChar *)name, NULL);

    out[0] = '\0';
    return attribute && gather(attribute->children, out, size);
}

size_t xml_attribute_count(const struct xml_element *element)
{
    size_t count = 0;

    for (const xmlAttr *attribute = node_of(element)->properties; attribute;
         attribute = attribute->next)
        count++;
    return count;
}

void xml_put_text(const struct xml_element *element, struct buf *out)
{
    for (const xmlNode *node = node_of(element)->children; node; node = node->next)
        if (is_text(node))
            buf_str(out, (const char *)node->content);
}

bool xml_text(const struct xml_element *element, char *out, size_t size)
{
    return gather(node_of(element)->children, out, size);
}

bool xml_child_text(const struct xml_element *parent, const char *name, char *out, size_t size)
{
    const struct xml_element *child = xml_first(parent, name);

    out[0] = '\0';
    return child && xml_text(child, out, size);
}
