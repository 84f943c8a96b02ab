#ifndef HUILIU_DB_SEALED_DOCUMENT_H
#define HUILIU_DB_SEALED_DOCUMENT_H
/*
 * Sealed and signed OFD files against what the catalogue trusts: brings verify/ofd.h together with
 * the cache.
 *
 *     if (sealed_document_is(path))
 *         sealed_document_judge(reader, path, NULL, object, &report, &document, &error);
 *     sealed_document_describe(&document, &lines);
 *     ofd_document_release(&document);
 *
 * Nothing about persons is read from the cache, so that no session is needed. Thread: the reader's.
 */
#include "db/reader.h"
#include "verify/ofd.h"
#include "verify/verdict.h"

#include <stdbool.h>

#define SEALED_DOCUMENT_OBJECT_MAX 80

/* Is there such a file, and is it an archive? One that is named .ofd counts whatever it holds. */
bool sealed_document_is(const char *path);

/* `trust_file`: certificates (PEM or DER) to trust for this one time, which the report then says;
 * NULL: none. `object` is what a log says instead of the path, which may name a person: "file:" and
 * the SHA-256. The caller releases the document in any case. */
enum status sealed_document_judge(struct reader *reader, const char *path, const char *trust_file,
                                  char object[SEALED_DOCUMENT_OBJECT_MAX],
                                  struct verdict_report *report, struct ofd_document *document,
                                  struct error *error) MUST_CHECK;

/* What is kept of a document so that it can be judged again: `object` and where the file is. */
enum status sealed_document_remember(const char *object, const char *path, struct buf *out,
                                     struct error *error) MUST_CHECK;
/* The path in what is kept of a document; NULL when it is something else that was kept. */
const char *sealed_document_path(const char *remembered);
/* STATUS_NOT_FOUND when the file is not where it was, or another one is there. */
enum status sealed_document_repeat(struct reader *reader, const char *remembered,
                                   struct verdict_report *report, struct error *error) MUST_CHECK;

/* Appends what the document says as lines in the interface language: title, custom data, who
 * signed, the text of its first page. Raw text; nothing for a file that could not be read. */
void sealed_document_describe(const struct ofd_document *document, struct buf *out);

#endif
