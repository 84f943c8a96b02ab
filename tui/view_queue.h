#ifndef HUILIU_TUI_VIEW_QUEUE_H
#define HUILIU_TUI_VIEW_QUEUE_H
/*
 * The queue of change requests, shared by its two halves: view_queue.c (reading, commands) and
 * view_queue_draw.c. Private to them.
 *
 * Marks are kept by request, not by row, and only as long as nothing has happened to the request
 * since it was marked: after a reload a decision never falls on something the clerk has not seen.
 */
#include "db/request.h"
#include "tui/decision.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/views.h"

struct queue_mark {
    char id[48];
    int64_t last_event_ms;
    enum request_state state; /* two events may fall into one millisecond */
};

/* What was read: the rows, and which of them must not show their values. */
struct queue_rows {
    struct request_list *list;
};

struct queue_view {
    struct view view;
    struct workplace *place;
    enum queue_tab tab;
    struct queue_rows rows;
    size_t *shown; /* indices of the rows that fit the filter */
    size_t shown_count;
    struct list list;
    struct queue_mark marks[DECISION_TARGETS_MAX];
    size_t mark_count;
    struct buf filter; /* folded */
    char failure[ERROR_TEXT_MAX];
    bool loading, ready; /* `ready`: the rows are those of this tab */
    struct refresh refresh;
};

const struct request_row *queue_row(const struct queue_view *queue, size_t shown);
const struct request_row *queue_selected(const struct queue_view *queue);
bool queue_is_marked(const struct queue_view *queue, const struct request_row *row);
/* What changes, or that it is masked. */
const char *queue_summary(const struct queue_view *queue, size_t shown);

void queue_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
