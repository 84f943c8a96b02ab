#ifndef HUILIU_CLI_VERIFY_OFD_H
#define HUILIU_CLI_VERIFY_OFD_H
/*
 * `verify FILE.ofd`: prints the verdict on a sealed document (db/sealed_document.h) with what the
 * document says: title, custom data, signers, the text of its first page, to be compared with the
 * paper.
 */
#include "cli/cli.h"
#include "db/slip.h"
#include "verify/ofd.h"

/* `slip` may be NULL. */
enum status verify_ofd_print(struct cli *cli, const struct verdict_report *report,
                             const struct ofd_document *document, const struct slip *slip,
                             struct error *error) MUST_CHECK;

#endif
