#ifndef HUILIU_TUI_VIEW_COMPARE_H
#define HUILIU_TUI_VIEW_COMPARE_H
/*
 * One change request with all there is to know about it, shared by its two halves: view_compare.c
 * (reading, commands) and view_compare_draw.c. Private to them.
 *
 * The head stays; beneath it lies a page that may be longer than the screen (values are never cut)
 * and is scrolled by rows.
 */
#include "db/request.h"
#include "tui/canvas.h"
#include "tui/decision.h"
#include "tui/refresh.h"
#include "tui/views.h"

/* How a change's field is masked; the catalogue's own fields may be gone when this is drawn. */
struct compare_rule {
    enum field_type type;
    int grade; /* 0: it may be seen */
};

struct compare_source {
    struct request_detail *detail;
    struct compare_rule *rules; /* one for each of detail->fields */
};

struct compare_view {
    struct view view;
    struct workplace *place;
    char id[48];
    char title[128];              /* whom and what it is about */
    struct compare_source source; /* detail NULL until it was read */
    char failure[ERROR_TEXT_MAX];
    bool revealed; /* masked values are shown; the purpose has been written down */
    bool loading;
    int top;    /* first row of the page in the window */
    int rows;   /* of the page, at the last draw */
    int height; /* of the window, at the last draw */
    struct refresh refresh;
};

bool compare_has_masked(const struct compare_view *compare);
bool compare_changed_meanwhile(const struct compare_view *compare);

void compare_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
