#ifndef HUILIU_DB_RECHECK_H
#define HUILIU_DB_RECHECK_H
/*
 * Verdicts that were given from stored data and are repeated once the data are fresh (DESIGN
 * section 7). What was asked is kept in outbox.db until it has been answered again: the number or
 * code, the holder it was compared with, the verdict, and for whom.
 *
 *     recheck_queue(outbox, &session, &question, report.verdict, &error);   // at the counter
 *     recheck_run(outbox, reader, before_ms, &outcome, &error);             // after a whole sync
 *
 * recheck_run() judges again everything that was asked before `before_ms`, the time at which the
 * sync began: with the data that came since. A different verdict raises a notice for who asked
 * (db/notice.h), which stays until seen; the same one needs nobody. Either way the question is
 * forgotten. One that cannot be judged now stays for the next time.
 *
 * Asked again by the same account, a question stays one question with the last verdict. Thread-safe
 * through the outbox handle and the reader.
 */
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"
#include "verify/verdict.h"

#include <stdint.h>

#define RECHECKS_MAX      10000 /* kept; the oldest give way */
#define RECHECK_INPUT_MAX ((size_t)64 << 10)

struct recheck_question {
    const char *input;                   /* a number, a record's key, a signed code */
    const char *holder_name, *holder_id; /* NULL: not asked */
};

struct recheck_outcome {
    int64_t repeated, different;
};

enum status recheck_queue(struct outbox *outbox, const struct session *session,
                          const struct recheck_question *question, enum verdict verdict,
                          struct error *error) MUST_CHECK;
enum status recheck_run(struct outbox *outbox, struct reader *reader, int64_t before_ms,
                        struct recheck_outcome *outcome, struct error *error) MUST_CHECK;
/* Questions that wait for a sync. */
enum status recheck_count(struct reader *reader, int64_t *waiting, struct error *error) MUST_CHECK;

#endif
