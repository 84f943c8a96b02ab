#ifndef HUILIU_CLI_SECRET_H
#define HUILIU_CLI_SECRET_H
/*
 * Passphrases on their way in: from the first line of a file, or asked on the terminal without
 * echo. They are never arguments and never in the environment. The caller ends with
 * secret_release(), which wipes the memory. A secret that cannot be had is STATUS_REFUSED.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

/* `file` NULL: ask with `prompt`, on the terminal the command was started from. */
enum status secret_read(const char *file, const char *prompt, struct buf *secret,
                        struct error *error) MUST_CHECK;
/* For a new passphrase: on a terminal it is asked twice. */
enum status secret_read_new(const char *file, const char *prompt, struct buf *secret,
                            struct error *error) MUST_CHECK;
void secret_release(struct buf *secret);

bool secret_can_ask(void); /* standard input is a terminal */

#endif
