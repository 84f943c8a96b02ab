#ifndef HUILIU_TUI_VIEW_FINDINGS_H
#define HUILIU_TUI_VIEW_FINDINGS_H
/*
 * The records of one rule in one dataset, shared by its two halves: view_findings.c (reading,
 * commands, drawing) and findings_raise.c (asking for corrections). Private to them.
 *
 * Pages are read as the selection comes near the end of what is there; each stays as it was read
 * until the page is refreshed. A mark remembers the finding, and the value the clerk entered for
 * it.
 */
#include "db/quality.h"
#include "tui/list.h"
#include "tui/workplace.h"

#define FINDINGS_PAGES_MAX 1000
#define FINDINGS_MARKS_MAX 200
#define FINDINGS_VALUE_MAX 200

struct findings_mark {
    int64_t id;
    bool marked;
    char value[FINDINGS_VALUE_MAX]; /* "" : the proposed one */
};

struct findings_view {
    struct view view;
    struct workplace *place;
    enum quality_rule rule;
    char dataset[65];
    struct quality_page **pages;
    size_t page_count;
    bool loading, complete, ready;
    char failure[ERROR_TEXT_MAX];
    struct findings_mark marks[FINDINGS_MARKS_MAX]; /* marked ones and those with a value */
    size_t mark_count;
    struct list list;
};

/* Finding `index` of those that have been read; NULL behind the last. */
const struct quality_finding *findings_at(const struct findings_view *view, size_t index);
/* The mark of a finding; NULL when it has none. */
struct findings_mark *findings_mark_of(struct findings_view *view, int64_t id);
/* What a correction would say: entered, else proposed, else NULL. */
const char *findings_value(struct findings_view *view, const struct quality_finding *finding);
/* Reads everything again, from the first page. */
void findings_reload(struct findings_view *view);

/* Asks for the reason, shows what will be raised, and raises it: the marked findings, else the
 * selected one. */
unsigned findings_raise(struct findings_view *view);
bool findings_may_raise(struct findings_view *view, char reason[VIEW_REASON_MAX]);

#endif
