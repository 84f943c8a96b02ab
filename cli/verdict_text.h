#ifndef HUILIU_CLI_VERDICT_TEXT_H
#define HUILIU_CLI_VERDICT_TEXT_H
/*
 * A verdict (verify/verdict.h) on standard output: as one JSON value, or as a line with the
 * verdict and the checks behind it.
 */
#include "cli/output.h"
#include "verify/verdict.h"

json_t *check_value(const struct check *check, bool *ok);
/* The value alone, for commands that add to it; `ok` as for json_put(). */
json_t *verdict_value(const struct verdict_report *report, bool *ok);
enum status verdict_json(struct output *out, const struct verdict_report *report,
                         struct error *error) MUST_CHECK;
void verdict_print(struct output *out, const struct verdict_report *report);

#endif
