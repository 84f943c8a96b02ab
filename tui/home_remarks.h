#ifndef HUILIU_TUI_HOME_REMARKS_H
#define HUILIU_TUI_HOME_REMARKS_H
/*
 * What somebody has to look at, for the foot of the start page: why the last exchange failed and
 * what to do, a full disk, a wrong clock, notices of the upstream. In this order, as far as there
 * is room.
 */
#include "db/overview.h"
#include "tui/canvas.h"

void home_remarks_draw(const struct overview *overview, struct canvas *canvas, struct area area);

#endif
