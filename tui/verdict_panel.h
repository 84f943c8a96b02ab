#ifndef HUILIU_TUI_VERDICT_PANEL_H
#define HUILIU_TUI_VERDICT_PANEL_H
/*
 * A verdict on the screen: the verdict in words, what it is about and what it rests on, then the
 * checks behind it, gravest first and those not made last, each with who says so and as of when.
 * What does not fit is reached by pages.
 *
 *     struct verdict_panel panel = {0};
 *     verdict_panel_set(&panel, report);       // keeps the pointer
 *     verdict_panel_draw(&panel, recorded, canvas, area);
 */
#include "tui/canvas.h"
#include "verify/verdict.h"

struct verdict_panel {
    const struct verdict_report *report; /* NULL: none */
    /* private */
    size_t order[CHECKS_MAX];
    size_t first_check, checks_visible; /* the part of the list on the screen */
};

void verdict_panel_set(struct verdict_panel *panel, const struct verdict_report *report);
/* STALE_VIEW or STALE_NOTHING. */
unsigned verdict_panel_turn(struct verdict_panel *panel, bool forward);
/* `recorded`: it was written into the log; when not, it says so. Needs a report. */
void verdict_panel_draw(struct verdict_panel *panel, bool recorded, struct canvas *canvas,
                        struct area area);

#endif
