#ifndef HUILIU_SYNC_CLASSIFY_H
#define HUILIU_SYNC_CLASSIFY_H
/*
 * What an answer means: the acceptance rule and the vocabulary of failures. Pure functions.
 *
 * An answer counts as success only when it arrived complete, with a 2xx status and JSON content:
 * a captive portal's 200 is not success, and neither is its 404. Whether the JSON is the thing
 * asked for is checked by the caller (sync/couch.h), who knows what was asked.
 *
 *   OFFLINE    nobody there: no name service, no route, refused, too slow, cut off
 *   PORTAL     something else answers in the upstream's place: a login page, a redirect, a proxy
 *              that wants a password
 *   TLS        the certificate is not accepted; by its dates this computer's clock is suspected
 *   REFUSED    login (401, a locked account) or permission (403)
 *   NOT_FOUND  404 in the upstream's own words
 *   CONFLICT   409, 412
 *   TOO_LARGE  413, or an answer over our limits
 *   BUSY       429, 503
 *   UPSTREAM   5xx, garbled answers
 *   INVALID    another 4xx: what we sent is refused for good
 *   CANCELLED  the user asked to stop
 *
 * Every sentence names the next step. The upstream's own words pass text_show() and are cut.
 */
#include "base/error.h"
#include "sync/http.h"

#include <stdbool.h>

/* STATUS_OK: complete, 2xx, JSON. Else the sentence is in `error`, its detail the HTTP status. */
enum status classify_answer(const struct http_answer *answer, struct error *error) MUST_CHECK;

/* The answer does not make sense although it is complete JSON: not what was asked for. */
enum status classify_nonsense(struct error *error);

/* The upstream's "reason" (or "error"), safe to show; empty when it gave none. */
#define REASON_TEXT_MAX 240
void classify_reason(const struct http_answer *answer, char reason[REASON_TEXT_MAX]);
/* The upstream's "error" word equals `word`: the proof that a 4xx is its own. */
bool classify_is_error(const struct http_answer *answer, const char *word);

/* The answer says who we are is in doubt (401, or 403 because the account is locked), so nothing
 * can be concluded about the thing asked for. */
bool classify_is_login(const struct http_answer *answer);

/* A 401 that is not about name and password in CouchDB's own words: it may concern only the
 * document that was written. */
bool classify_is_about_document(const struct http_answer *answer);
/* A 404 that says there is the database, but not the document. */
bool classify_is_missing_document(const struct http_answer *answer);

/* Is it pointless to go on with other requests in this run? */
bool classify_stops_run(enum status status);

/* A failure of this computer (disk, memory, damage) that no network can cause: the work cannot go
 * on and there is nothing to report. */
bool classify_is_home_failure(enum status status);

/* The worse of two outcomes, for a report over several. */
enum status classify_worse(enum status a, enum status b);

#endif
