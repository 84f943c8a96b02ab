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
 * forgotten. One that cannot be judged now stays for the next time; a document
 * (db/sealed_document.h) whose file is not where it was, for RECHECK_FILE_DAYS.
 *
 * What turned out otherwise is kept as long as its notice, which leads to it: recheck_find() gives
 * whoever asked the question with both verdicts.
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
#define RECHECK_FILE_DAYS 30

struct recheck_question {
    /* A number, a record's key, a signed code, sealed_document_remember(). */
    const char *input;
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
/* One that turned out otherwise. Texts are owned; released with recheck_answer_free(). */
struct recheck_answer {
    char *input, *holder_name, *holder_id; /* "": not asked */
    enum verdict before, after;
    int64_t asked_ms, answered_ms;
};

#define RECHECK_LINK_MAX 40

/* `link`: what the notice has as its record. STATUS_NOT_FOUND when there is none of that name for
 * the account of the session. */
enum status recheck_find(struct reader *reader, const struct session *session, const char *link,
                         struct recheck_answer **answer, struct error *error) MUST_CHECK;
void recheck_answer_free(struct recheck_answer *answer);
bool recheck_is_link(const char *text);

/* Questions that wait for a sync. */
enum status recheck_count(struct reader *reader, int64_t *waiting, struct error *error) MUST_CHECK;

#endif
