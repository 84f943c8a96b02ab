#ifndef HUILIU_TESTS_UPSTREAM_AUTH_H
#define HUILIU_TESTS_UPSTREAM_AUTH_H
/*
 * One account, as CouchDB with require_valid_user: Basic or the cookie of POST /_session. Cookies
 * last 600 s and are renewed after a tenth of that; five wrong passwords lock the account for 300
 * s, even for the right one. Without a user everything is allowed. Thread-safe.
 */
#include "tests/upstream/request.h"

struct auth;

/* user NULL: no account. The secret of cookies is random. */
enum status auth_new(const char *user, const char *password, struct auth **auth,
                     struct error *error) MUST_CHECK;
void auth_free(struct auth *auth);

/* True when the request may go on; otherwise the reply is filled in. May add Set-Cookie. */
bool auth_admit(struct auth *auth, const struct request *request, struct reply *reply);

/* /_session: GET tells who asks, POST logs in, DELETE logs out. */
void auth_get_session(struct auth *auth, struct request *request, struct reply *reply);
void auth_post_session(struct auth *auth, struct request *request, struct reply *reply);
void auth_delete_session(struct auth *auth, struct request *request, struct reply *reply);

#endif
