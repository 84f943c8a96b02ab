#ifndef HUILIU_TUI_VIEW_EDITOR_H
#define HUILIU_TUI_VIEW_EDITOR_H
/*
 * What the file page tells the request editor beyond editor_view_new(), and what the two halves of
 * the editor share (view_editor.c: the form and its commands; view_editor_work.c: reading the
 * record, the draft, submitting).
 */
#include "tui/view.h"

/* Starts in the field of this name, when it can be corrected. */
void editor_view_focus(struct view *view, const char *field);

#endif
