#ifndef HUILIU_TUI_VIEW_WORDS_H
#define HUILIU_TUI_VIEW_WORDS_H
/*
 * How subjects and change requests are named on the pages that show them (search, file, editor,
 * queue, compare), so that the same thing has the same word and the same style everywhere.
 *
 * What documents say in words of their own is named by db/wording.h. Strings are translated and
 * static unless a buffer takes them. Raw text: canvas_put() cleans it. Pure.
 */
#include "base/clock.h"
#include "db/overview.h"
#include "db/request.h"
#include "db/session.h"
#include "tui/canvas.h"
#include "tui/view.h"

#include <stdint.h>

/* A value as people read it: an instant in local time, written to `out`; any other is given back.
 */
const char *words_value(enum field_type type, const char *value, char out[INSTANT_TEXT_MAX]);
/* How much two texts have in common from their start, in bytes, whole characters only: values that
 * differ near the end are told apart by leaving it out. */
size_t words_common(const char *a, const char *b);
const char *words_subject_kind(enum subject_kind kind);

/* "request:01J…" without the prefix. */
const char *words_request(const char *id);
enum style words_delivery_style(enum delivery delivery);
enum style words_state_style(enum request_state state);
/* "waiting for review · queued" */
void words_progress(enum request_state state, enum delivery delivery, struct buf *out);

/* As words_progress(), and why it has not been sent; `overview` (may be NULL) knows what keeps
 * everything from being sent. */
void words_delivery(const struct request_row *row, const struct overview *overview,
                    struct buf *out);

/* For view_ops.enabled: writes the reason and answers false. */
bool words_refuse(char reason[VIEW_REASON_MAX], const char *text);

/* True when `needle` (already folded by words_fold()) stands in the text, whatever the width and
 * case of its letters. */
bool words_contain(const char *text, const char *needle);
void words_fold(const char *text, struct buf *out);

#endif
