#ifndef HUILIU_TUI_VIEW_LIST_H
#define HUILIU_TUI_VIEW_LIST_H
/*
 * The rows of one list, shared by its parts: view_list.c (running, paging, keys),
 * view_list_draw.c, list_build.c (conditions, order, saving) and list_take.c (export, ticking).
 * Private to them.
 *
 * The list itself is the JSON object of db/lists.h and belongs to the page; every change of it
 * starts a run in a thread of the page's own. Rows are read in a window around the selection from
 * the result, which is shared with the errand that reads and freed by whoever is last.
 */
#include "base/arena.h"
#include "db/lists.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"

#include <stdatomic.h>

#define LIST_CHOICES_MAX 600

struct shared_result {
    atomic_int users;
    struct list_result *result;
};

/* Of a row in a roll call. */
enum tick_mark { TICK_NONE, TICK_UNSENT, TICK_SENT };

/* What the clerk can choose from; made with the run, in its arena. */
struct list_choice {
    const char *reference, *title; /* "population.phone", as it is read */
    unsigned operators;            /* bits of enum list_operator */
    enum field_type type;
    bool own; /* of the list's own dataset: can be sorted by */
};

struct list_catalogue {
    struct arena *arena;
    const char *title;       /* of the dataset */
    const char *description; /* the conditions in words */
    struct list_choice *choices;
    size_t choice_count;
    enum subject_kind kind;
    struct roll_place places[ROLL_PLACES_MAX]; /* where ticks can go */
    size_t place_count, place; /* `place`: the one ticks were made in today, else the first */
};

struct list_view {
    struct view view;
    struct workplace *place;
    json_t *list;
    char name[LIST_NAME_MAX + 1]; /* "": not saved */
    char dataset[65];
    struct worker *worker;
    atomic_bool stop;
    atomic_llong done, total;
    bool running, again; /* `again`: the list changed during the run */
    bool exporting;
    bool ready;
    struct list_catalogue catalogue;
    struct shared_result *result;
    struct list_page *page; /* rows from `page_from` on */
    size_t page_from;
    enum tick_mark *ticks;           /* of the rows of the page; NULL: not asked */
    char roll_dataset[65];           /* where this page ticks; "" until it was asked */
    struct roll_counts roll;         /* of the day, in `place` or where this page ticks */
    int name_width;                  /* of the longest name of the page */
    int shortest[LIST_COLUMNS_MAX];  /* as widths, without what all cells begin with */
    int widths[LIST_COLUMNS_MAX];    /* of the columns of the page; 0: it is the name again */
    size_t common[LIST_COLUMNS_MAX]; /* bytes all cells of the column begin with */
    struct refresh refresh;
    bool loading, stale;
    char failure[ERROR_TEXT_MAX];
    struct list rows;
    const struct list_choice *chosen; /* while a condition is being built */
    enum list_operator op;
    char wanted_name[LIST_NAME_MAX + 1]; /* while saving is being asked for */
    enum list_form form;                 /* while an export is */
    char path[1024];
    bool noting; /* while it is asked into which dataset: a note comes with the tick */
};

void shared_result_drop(struct shared_result *shared);

/* Runs the list as it is now. */
void list_view_run(struct list_view *view);
/* Reads the rows in the window again. */
void list_view_reload(struct list_view *view);
/* NULL where the row has not been read. */
const struct list_row *list_view_row(const struct list_view *view, size_t index);
enum tick_mark list_view_tick(const struct list_view *view, size_t index);
/* The dataset whose ticks are shown and, once it was asked, made; NULL: there is none. */
const struct roll_place *list_view_place(const struct list_view *view);
/* For work of the page's own worker: counts, and asks whether to go on. */
bool list_view_progress(const struct list_progress *now, void *page);

/* --- view_list_draw.c -------------------------------------------------------------------------
 */

void list_view_draw(struct view *view, struct canvas *canvas, struct area area);
/* After a page was read: how wide its columns are. */
void list_view_measure(struct list_view *view);

/* --- list_build.c ----------------------------------------------------------------------------- */

unsigned list_build_condition(struct list_view *view);
unsigned list_build_drop(struct list_view *view);
unsigned list_build_sort(struct list_view *view);
unsigned list_build_save(struct list_view *view);

/* --- list_take.c ------------------------------------------------------------------------------ */

unsigned list_take_export(struct list_view *view);
unsigned list_take_tick(struct list_view *view);
unsigned list_take_note(struct list_view *view);

#endif
