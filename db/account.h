#ifndef HUILIU_DB_ACCOUNT_H
#define HUILIU_DB_ACCOUNT_H
/*
 * Local accounts. A passphrase is checked with scrypt (N=2^17, r=8, p=1; parameters are stored per
 * account). Nothing is encrypted with it yet, and nothing says so. Repeated failures slow
 * down the next attempt: a nuisance control against walk-up guessing only.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

#include <stdint.h>

#define PASSPHRASE_MIN 6
#define PASSPHRASE_MAX 1024

struct account {
    char name[ACCOUNT_NAME_MAX];
    unsigned roles;
    bool locked;
    int64_t created_ms;
};

/* "clerk,supervisor" -> bits; STATUS_INVALID names the unknown one. */
enum status account_roles_parse(const char *text, unsigned *roles, struct error *error) MUST_CHECK;
void account_roles_format(unsigned roles, char *out, size_t size); /* English, for --json */
void account_roles_title(unsigned roles, char *out, size_t size);  /* translated */

/* Names: 1-64 bytes of letters, digits, Han, '.', '_', '-'. */
enum status account_add(struct outbox *outbox, const char *name, unsigned roles,
                        const char *passphrase, struct error *error) MUST_CHECK;
enum status account_set_passphrase(struct outbox *outbox, const char *name, const char *passphrase,
                                   struct error *error) MUST_CHECK;
enum status account_set_locked(struct outbox *outbox, const char *name, bool locked,
                               struct error *error) MUST_CHECK;

/* STATUS_REFUSED with one sentence for wrong name and wrong passphrase alike, another for locked
 * and for "too many attempts, wait N s". Takes about 0.3 s. `outbox` (may be NULL when this
 * process cannot write) records failures. */
enum status account_login(struct reader *reader, struct outbox *outbox, const char *name,
                          const char *passphrase, struct session *session,
                          struct error *error) MUST_CHECK;

/* Caller frees *accounts with free(). */
enum status account_list(struct reader *reader, struct account **accounts, size_t *count,
                         struct error *error) MUST_CHECK;

#endif
