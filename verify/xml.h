#ifndef HUILIU_VERIFY_XML_H
#define HUILIU_VERIFY_XML_H
/*
 * Small XML documents out of files that strangers made; the adapter of libxml2.
 *
 *     struct xml_document *document = NULL;
 *     xml_document_read(bytes, length, "http://www.ofdspec.org/2016", &document, &error);
 *     for (const struct xml_element *page = xml_first(pages, "Page"); page; page = xml_next(page))
 *         …
 *     xml_document_free(document);
 *
 * Nothing is fetched, and a document type declaration, with or without entities, is refused at its
 * first byte. Size and depth are bounded. Elements outside the namespace that was given are not
 * seen, attributes are those without a namespace. Elements live as long as their document. A
 * document belongs to one thread at a time.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define XML_BYTES_MAX ((size_t)16 << 20)
#define XML_DEPTH_MAX 64

struct xml_document;
struct xml_element;

/* STATUS_INVALID (not well formed, a declaration, too deep), STATUS_UNSUPPORTED (a root outside the
 * namespace) or STATUS_TOO_LARGE. */
enum status xml_document_read(const void *bytes, size_t length, const char *xml_namespace,
                              struct xml_document **document, struct error *error) MUST_CHECK;
void xml_document_free(struct xml_document *document);

const struct xml_element *xml_root(const struct xml_document *document);
bool xml_is(const struct xml_element *element, const char *name); /* local name */

/* The first child of that name, or of any when `name` is NULL; NULL when there is none. */
const struct xml_element *xml_first(const struct xml_element *parent, const char *name);
/* The next sibling with the same name. */
const struct xml_element *xml_next(const struct xml_element *element);
/* The next element inside `top` in document order, whatever its name; NULL behind the last. */
const struct xml_element *xml_after(const struct xml_element *top,
                                    const struct xml_element *element);

/* Has it a child outside the namespace, which the functions above pass over? */
bool xml_has_stranger(const struct xml_element *parent);

/* False, with out = "", when it is absent or does not fit. White space at the ends is dropped. */
bool xml_attribute(const struct xml_element *element, const char *name, char *out, size_t size);
size_t xml_attribute_count(const struct xml_element *element);
bool xml_text(const struct xml_element *element, char *out, size_t size);
bool xml_child_text(const struct xml_element *parent, const char *name, char *out, size_t size);
/* Appends the text directly inside the element, as it is. */
void xml_put_text(const struct xml_element *element, struct buf *out);

#endif
