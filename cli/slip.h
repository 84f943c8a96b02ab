#ifndef HUILIU_CLI_SLIP_H
#define HUILIU_CLI_SLIP_H
/*
 * Slips about verifications (db/slip.h) on standard output: for people the lines of the slip and
 * its QR code, light on dark for a terminal, dark on light for a file or a printer.
 */
#include "cli/cli.h"
#include "db/slip.h"

/* Writes one about what was just judged; STATUS_REFUSED when nobody is logged in or another
 * process holds the home. The caller frees it. */
enum status slip_write(const struct seat *seat, const char *object,
                       const struct verdict_report *report, struct slip **slip,
                       struct error *error) MUST_CHECK;
enum status slip_print(struct cli *cli, const struct slip *slip, struct error *error) MUST_CHECK;
/* The member "slip" of a JSON value. */
json_t *slip_value(const struct slip *slip, bool *ok);

#endif
