#ifndef HUILIU_CLI_PERCENT_H
#define HUILIU_CLI_PERCENT_H
/*
 * Long work on the data of this computer (lists, checks, exports): how far it is, on standard error
 * when that is a terminal, and Ctrl-C, which stops it in good order.
 *
 *     struct percent *percent;
 *     percent_new(&percent, &error);                  // from here on Ctrl-C only asks to stop
 *     ... in the work: if (!percent_show(percent, _("Checking"), done, total)) stop;
 *     percent_free(percent);                          // clears the line
 *
 * Work that is over at once shows nothing. One thread. percent_free() accepts NULL.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct percent;

enum status percent_new(struct percent **percent, struct error *error) MUST_CHECK;
void percent_free(struct percent *percent);

/* False when the work is to stop. */
bool percent_show(struct percent *percent, const char *what, int64_t done, int64_t total);

#endif
