#ifndef HUILIU_DB_PASSPHRASE_H
#define HUILIU_DB_PASSPHRASE_H
/*
 * What is kept of a passphrase: scrypt (RFC 7914) with a random salt, as one line of text that
 * carries its own parameters:
 *
 *     scrypt$131072$8$1$<salt, 32 hex digits>$<key, 64 hex digits>
 *
 * Making or checking one takes about 0.3 s and 128 MiB. OpenSSL does the work; this is the only
 * place in db/ that asks it. Thread-safe.
 */
#include "base/error.h"

#include <stdbool.h>

#define PASSPHRASE_TEXT_MAX 160

/* Once, before anything else asks OpenSSL for memory: the 128 MiB of a derivation lie in large
 * pages then where the kernel gives them, which saves a seventh of its time. Without it, or when it
 * comes too late, everything works the same. */
void passphrase_prepare(void);

enum status passphrase_keep(const char *passphrase, char out[PASSPHRASE_TEXT_MAX],
                            struct error *error) MUST_CHECK;
/* `kept` NULL: takes as long as a check and never matches. STATUS_CORRUPT when `kept` makes no
 * sense. */
enum status passphrase_check(const char *passphrase, const char *kept, bool *match,
                             struct error *error) MUST_CHECK;

#endif
