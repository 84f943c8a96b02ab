#ifndef HUILIU_TUI_VIEW_SEARCH_H
#define HUILIU_TUI_VIEW_SEARCH_H
/*
 * Search as you type, shared by its two halves: view_search.c (asking, typing, opening) and
 * view_search_draw.c. Private to them.
 *
 * The page always says for which text the hits below are: while the answer for what has been typed
 * is on its way, the previous hits are drawn muted and Enter waits for the new ones, so that fast
 * typists never open somebody else's file.
 */
#include "db/search.h"
#include "tui/field.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/workplace.h"

#define SEARCH_TEXT_CHARACTERS 100
#define SEARCH_TEXT_BYTES      (SEARCH_TEXT_CHARACTERS * 4 + 1)
#define SEARCH_TITLES_MAX      64

struct search_title {
    char dataset[65], title[128];
};

/* What was asked: the text and the kind of thing. */
struct search_question {
    char text[SEARCH_TEXT_BYTES];
    enum search_kind kind;
};

struct search_look; /* a question on its way */

struct search_view {
    struct view view;
    struct workplace *place;
    struct field query;
    struct list list;
    struct search_question now;      /* what is in the field */
    struct search_question answered; /* what `result` or `failure` is about */
    struct search_result *result;
    char failure[ERROR_TEXT_MAX];
    struct search_look *running; /* the worker's; NULL: nothing is under way */
    int limit;                   /* hits that were asked for */
    bool open_answer;            /* Enter came before the answer */
    struct refresh refresh;
    struct search_title titles[SEARCH_TITLES_MAX];
    size_t title_count;
};

bool search_is_blank(const struct search_view *search);
/* The answer on the screen is not the one for what stands in the field. */
bool search_is_pending(const struct search_view *search);
bool search_is_allowed(const struct search_view *search);
/* NULL: there is none. */
const struct search_hit *search_hit_at(const struct search_view *search, size_t index);
/* The one the keys act on; NULL also while the answer is on its way. */
const struct search_hit *search_selected_hit(const struct search_view *search);

void search_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
