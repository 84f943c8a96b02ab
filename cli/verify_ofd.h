#ifndef HUILIU_CLI_VERIFY_OFD_H
#define HUILIU_CLI_VERIFY_OFD_H
/*
 * `verify FILE.ofd`: judges a sealed document (verify/ofd.h) with what the catalogue trusts and
 * what --trust adds for this run, and prints the verdict with what the document says: title, custom
 * data, signers, the text of its first page, to be compared with the paper.
 */
#include "cli/cli.h"
#include "db/slip.h"
#include "verify/ofd.h"

#define OFD_PATH_MAX   4096
#define OFD_OBJECT_MAX 80

/* Is there such a file, and is it an archive? One that is named .ofd counts whatever it holds. */
bool verify_ofd_is_for(const char *path);

/* `trust_file` may be NULL. `object` is what the log says instead of the path, which may name a
 * person: "file:" and the SHA-256. The caller releases the document in any case. */
enum status verify_ofd_judge(struct cli *cli, const char *path, const char *trust_file,
                             char object[OFD_OBJECT_MAX], struct verdict_report *report,
                             struct ofd_document *document, struct error *error) MUST_CHECK;
/* `slip` may be NULL. */
enum status verify_ofd_print(struct cli *cli, const struct verdict_report *report,
                             const struct ofd_document *document, const struct slip *slip,
                             struct error *error) MUST_CHECK;

#endif
