#ifndef HUILIU_TUI_DECISION_H
#define HUILIU_TUI_DECISION_H
/*
 * Decisions on change requests, as the queue and the compare page make them: whether one is
 * possible, asking what has to be asked, and carrying it out on the desk worker, one request after
 * another. Each request is decided by itself: a refused one says which rule and does not stop the
 * others.
 *
 * The outcome is told in the message line when it is on disk, not before. The page that asked may
 * be gone by then; when it is still there and everything went well, it can be closed.
 */
#include "db/request.h"
#include "tui/workplace.h"

enum decision {
    DECISION_APPROVE,
    DECISION_RETURN,   /* with a reason */
    DECISION_WITHDRAW, /* with a reason */
    DECISION_KEEP,     /* held: send it again as it is */
    DECISION_DROP,     /* held: withdraw it, with a reason, and send that */
};

#define DECISION_TARGETS_MAX 200

struct decision_target {
    char id[48];
    char name[128]; /* raw, cut; for questions and messages */
    bool base_changed;
};

void decision_target_set(struct decision_target *target, const struct request_row *row);

/* The decision a command stands for; false when it is none. */
bool decision_of_command(enum command command, enum decision *decision);

/* Whether the session may make it on this request (NULL: there is none) as far as it is known
 * here; the rules are checked again when it is carried out. The reason when not. */
bool decision_is_possible(struct workplace *place, enum decision decision,
                          const struct request_row *row, char reason[VIEW_REASON_MAX]);
/* Whether it can be corrected and submitted again by the session. */
bool decision_may_resubmit(struct workplace *place, const struct request_row *row,
                           char reason[VIEW_REASON_MAX]);

/* Asks for a reason or for a confirmation and carries it out. `sure`: everything there is to know
 * was on the screen, so that an approval needs no question. Copies the targets. `page`: id of the
 * view to close when all went well; 0: none. */
void decision_make(struct workplace *place, enum decision decision,
                   const struct decision_target *targets, size_t count, bool sure, uint32_t page);

#endif
