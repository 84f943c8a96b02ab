#ifndef HUILIU_TUI_VERDICT_PANEL_H
#define HUILIU_TUI_VERDICT_PANEL_H
/*
 * A verdict on the screen: the verdict in words, what it is about and what it rests on, then the
 * checks behind it, gravest first and those not made last, each with who says so and as of when.
 * Behind them come the lines of the document, if it was one. What does not fit is reached by pages.
 *
 *     struct verdict_panel panel = {0};
 *     verdict_panel_set(&panel, report, lines); // keeps the pointers
 *     verdict_panel_draw(&panel, recorded, canvas, area);
 */
#include "db/recheck.h"
#include "tui/canvas.h"
#include "verify/verdict.h"

struct verdict_panel {
    const struct verdict_report *report; /* NULL: none */
    int64_t repeated_ms; /* wall clock: asked again with newer data; 0: as it was asked */
    /* private */
    size_t order[CHECKS_MAX];
    const char *document;  /* "" none */
    size_t lines;          /* of the document */
    size_t first, visible; /* the part of checks and lines on the screen */
};

/* `document`: what it says, in lines of raw text; NULL: none. */
void verdict_panel_set(struct verdict_panel *panel, const struct verdict_report *report,
                       const char *document);
/* STALE_VIEW or STALE_NOTHING. */
unsigned verdict_panel_turn(struct verdict_panel *panel, bool forward);
/* To this check or line; to the first one when there are not so many. */
void verdict_panel_move(struct verdict_panel *panel, size_t first);

#define VERDICT_COMPARE_ROWS 3

/* A verdict of before and the one that took its place, side by side, and a line beneath. */
void verdict_compare_draw(const struct recheck_answer *answer, struct canvas *canvas,
                          struct area area);

/* `recorded`: it was written into the log; when not, it says so. Needs a report. */
void verdict_panel_draw(struct verdict_panel *panel, bool recorded, struct canvas *canvas,
                        struct area area);

#endif
