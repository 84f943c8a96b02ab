#ifndef HUILIU_SYNC_PROXY_H
#define HUILIU_SYNC_PROXY_H
/*
 * An exchange made by the process that holds the home, for another one that may not write there:
 * `huiliu sync` while a window is open. The holder listens at HOME_CALL_FILE (base/peer.h); both
 * sides speak JSON, one object to a message:
 *
 *     caller   {"ask": "exchange", "full": false, "dataset": null, "follow": false}
 *              {"ask": "stop"}                              the exchange it asked for
 *              {"ask": "home"}                              let go of the home, I am a window
 *              {"ask": "loan", "format": "…"}               let go of it until I hang up; refused
 *                                                           to a program of another version
 *     holder   {"taken": true}                              at once
 *              {"refused": "locked", "reason": "…"}         instead of that
 *              {"progress": {…}}                            any number; some may get lost
 *              {"dataset": {…}}                             one of the report's
 *              {"report": {…}}                              the last one
 *
 * Unknown members are ignored, so that two versions understand each other during an update.
 * Who hangs up is taken for having asked to stop.
 */
#include "base/peer.h"
#include "db/home.h"
#include "sync/engine.h"

enum proxy_ask { PROXY_EXCHANGE, PROXY_STOP, PROXY_HOME, PROXY_LOAN };

struct proxy_request {
    enum proxy_ask ask;
    bool full;
    bool follow;      /* the run that is under way will do; without one it is as any other */
    char dataset[65]; /* "": all */
    char format[HOME_FORMAT_MAX]; /* of a loan: home_format() of the caller */
};

/* --- the holder ------------------------------------------------------------------------------- */

enum status proxy_read(const char *message, size_t length, struct proxy_request *request,
                       struct error *error) MUST_CHECK;
void proxy_take(struct peer *caller);
void proxy_refuse(struct peer *caller, enum status why, const char *reason);
void proxy_tell_progress(struct peer *caller, const struct sync_progress *progress);
/* Nobody is left to be told when it fails. */
void proxy_tell_report(struct peer *caller, const struct sync_report *report);

/* --- the caller ------------------------------------------------------------------------------- */

/* Connects to whoever holds the home in `directory`. STATUS_NOT_FOUND: nobody listens. */
enum status proxy_call(const char *directory, struct peer **holder, struct error *error) MUST_CHECK;
/* As sync_run(), with the progress of `options`. STATUS_CANCELLED: the holder ended before it had
 * a report. */
enum status proxy_exchange(struct peer *holder, const struct sync_options *options, bool follow,
                           struct sync_report **report, struct error *error) MUST_CHECK;
/* Any thread: proxy_exchange() soon returns with what was done. */
void proxy_stop(struct peer *holder);
/* STATUS_OK: the holder is about to let go of the home. */
enum status proxy_ask_for_home(struct peer *holder, struct error *error) MUST_CHECK;
/* STATUS_OK: the holder has let go of it, and takes it back when this line is given up.
 * STATUS_LOCKED: not now. */
enum status proxy_ask_for_loan(struct peer *holder, struct error *error) MUST_CHECK;

#endif
