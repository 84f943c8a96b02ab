#ifndef HUILIU_TUI_DECISION_H
#define HUILIU_TUI_DECISION_H
/*
 * Decisions on change requests, as the queue and the compare page make them: whether one is
 * possible, and carrying it out on the desk worker, one request after another. Each request is
 * decided by itself: a refused one says which rule and does not stop the others.
 *
 * The outcome is told in the message line when it is on disk, not before. The page that asked may
 * be gone by then; when it is still there and everything went well, it can be closed.
 */
#include "db/request.h"
#include "tui/workplace.h"

enum decision { DECISION_APPROVE, DECISION_RETURN, DECISION_WITHDRAW, DECISION_RELEASE };

#define DECISION_TARGETS_MAX 200

struct decision_target {
    char id[48];
    char name[128]; /* raw, cut; for the message */
    bool base_changed;
};

void decision_target_set(struct decision_target *target, const struct request_row *row);

/* Whether the session may make it on this request as far as it is known here; the rules are
 * checked again when it is carried out. The reason when not. */
bool decision_is_possible(struct workplace *place, enum decision decision,
                          const struct request_row *row, char reason[VIEW_REASON_MAX]);
/* Whether it can be corrected and submitted again by the session. */
bool decision_may_resubmit(struct workplace *place, const struct request_row *row,
                           char reason[VIEW_REASON_MAX]);

/* "Approve 3 requests?" and, for the lines below it, whom they are about. */
void decision_question(enum decision decision, size_t count, struct buf *out);
void decision_names(const struct decision_target *targets, size_t count, struct buf *out);
/* What to ask for when the decision needs a reason; NULL when it needs none. */
const char *decision_reason_question(enum decision decision);

/* Copies the targets. `page`: id of the view to close when all went well; 0: none. */
void decision_send(struct workplace *place, enum decision decision, const char *note,
                   const struct decision_target *targets, size_t count, uint32_t page);

#endif
