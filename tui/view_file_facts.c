#include "base/clock.h"
#include "base/i18n.h"
#include "tui/view_file.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <string.h>

#define WHEN_COLUMNS  16
#define ARROW_COLUMNS 3
#define COMMON_MIN    6 /* bytes: less is not worth leaving out */

/* --- rows ------------------------------------------------------------------------------------ */

static bool holds(const struct file_view *file, const char *text)
{
    return words_contain(text, buf_text(&file->filter));
}

static bool claim_fits(const struct file_view *file, const struct dossier_difference *difference,
                       const struct dossier_claim *claim)
{
    return holds(file, dossier_aspect_title(difference->aspect)) || holds(file, claim->value) ||
           holds(file, claim->section->title) || holds(file, claim->section->provider);
}

static bool change_fits(const struct file_view *file, const struct dossier_section *section,
                        const struct dossier_change *change)
{
    return holds(file, section->title) || holds(file, change->title) ||
           holds(file, change->before) || holds(file, change->after);
}

void file_rows_add_differences(struct file_view *file, const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->difference_count; i++) {
        const struct dossier_difference *difference = &dossier->differences[i];
        size_t head = file->row_count;
        file_row_add(file, (struct file_row){.kind = FILE_DIFFERENCE, .difference = difference});
        for (size_t k = 0; k < difference->claim_count; k++) {
            const struct dossier_claim *claim = &difference->claims[k];
            if (claim_fits(file, difference, claim))
                file_row_add(file, (struct file_row){.kind = FILE_CLAIM,
                                                     .difference = difference,
                                                     .claim = claim,
                                                     .section = claim->section,
                                                     .field = claim->field});
        }
        if (file->row_count == head + 1)
            file->row_count = head;
    }
}

void file_rows_add_changes(struct file_view *file, const struct dossier *dossier)
{
    size_t head = file->row_count;

    file_row_add(file, (struct file_row){.kind = FILE_CHANGES});
    for (size_t i = 0; i < dossier->section_count; i++) {
        const struct dossier_section *section = &dossier->sections[i];
        for (size_t k = 0; k < section->change_count; k++)
            if (change_fits(file, section, &section->changes[k]))
                file_row_add(file, (struct file_row){.kind = FILE_CHANGE,
                                                     .section = section,
                                                     .change = &section->changes[k]});
    }
    if (file->row_count == head + 1)
        file->row_count = head;
}

size_t file_rows_of_facts(const struct dossier *dossier)
{
    size_t rows = 1 + dossier->section_count; /* changes, verdicts */

    for (size_t i = 0; i < dossier->difference_count; i++)
        rows += 1 + dossier->differences[i].claim_count;
    for (size_t i = 0; i < dossier->section_count; i++)
        rows += dossier->sections[i].change_count;
    return rows;
}

/* --- drawing --------------------------------------------------------------------------------- */

enum style file_verdict_style(enum verdict verdict)
{
    if (verdict == VERDICT_VALID)
        return STYLE_OK;
    return verdict == VERDICT_CANNOT_TELL || verdict == VERDICT_NOT_YET_VALID ? STYLE_WARNING
                                                                              : STYLE_ERROR;
}

void file_draw_difference(const struct file_row *row, struct canvas *canvas, struct area at)
{
    struct buf text = {0};

    buf_printf(&text, _("%s: the ministries do not agree"),
               dossier_aspect_title(row->difference->aspect));
    canvas_fill(canvas, at, STYLE_TITLE);
    (void)part_marked(canvas, at, STYLE_WARNING, buf_text(&text));
    buf_release(&text);
}

const char *file_claim_title(const struct dossier_claim *claim)
{
    return claim->derived ? _("digits of the number") : claim->section->title;
}

/* What does not fit is shown from where it differs: "…建设路123号". Gives back the columns used. */
static int put_end(struct canvas *canvas, struct area at, enum style style, const char *text,
                   size_t common)
{
    if (common < COMMON_MIN || canvas_measure(canvas, text, strlen(text)) <= at.columns)
        common = 0;
    return canvas_printf(canvas, at, style, "%s%s", common ? "…" : "", text + common);
}

/* What all statements of the difference begin with. */
static size_t common_start(const struct dossier_difference *difference)
{
    const char *first = difference->claims[0].value;
    size_t common = strlen(first);

    for (size_t i = 1; i < difference->claim_count; i++) {
        size_t both = words_common(first, difference->claims[i].value);
        common = both < common ? both : common;
    }
    return common;
}

/* The value and whether it can be corrected; gives back the columns used. */
static int put_claim(const struct file_row *row, struct canvas *canvas, struct area value)
{
    const struct dossier_claim *claim = row->claim;
    bool correctable = !claim->derived && claim->field->field->correctable && !row->removed;
    const char *remark = correctable ? _("(can be corrected)") : "";
    int wide = canvas_measure(canvas, remark, strlen(remark)) + (correctable ? 2 : 0);
    char local[INSTANT_TEXT_MAX];
    const char *text = words_value(claim->field->field->type, claim->value, local);
    struct area left = area_cut(value, 0, wide, 0, 0);
    size_t common = text == claim->value ? common_start(row->difference) : 0;
    int used = put_end(canvas, left, claim->differs ? STYLE_WARNING : STYLE_STRONG, text, common);

    if (correctable)
        (void)canvas_printf(canvas, area_cut(value, 0, 0, 0, used), STYLE_MUTED, "  %s", remark);
    return used + wide;
}

/* Who says so, what is said; at the right the provider, as far as there is room. */
void file_draw_claim(const struct file_row *row, struct canvas *canvas, struct area at, int label)
{
    const struct dossier_claim *claim = row->claim;
    struct area value = area_cut(at, 0, 0, 0, label + 3);
    const char *provider = claim->derived ? "" : claim->section->provider;

    if (claim->field->pending && !claim->derived)
        (void)canvas_put(canvas, at, STYLE_PENDING, style_mark(STYLE_PENDING));
    else if (claim->differs)
        (void)canvas_put(canvas, at, STYLE_WARNING, style_mark(STYLE_WARNING));
    (void)canvas_put(canvas, area_columns(at, 2, label), STYLE_MUTED, file_claim_title(claim));
    int used = put_claim(row, canvas, value);
    (void)canvas_put_right(canvas, area_cut(value, 0, 0, 0, used + 2), STYLE_MUTED,
                           provider ? provider : "");
}

void file_draw_verdict(const struct file_row *row, struct canvas *canvas, struct area at)
{
    const struct dossier_section *section = row->section;
    enum style style = file_verdict_style(section->verdict);
    int used = part_marked(canvas, at, style, verdict_title(section->verdict));

    (void)canvas_put(canvas, area_cut(at, 0, 0, 0, used + 2), STYLE_NORMAL,
                     section->verdict_reason);
}

/* Half the room, unless one of them needs less. */
static int columns_before(const struct canvas *canvas, const char *before, const char *after,
                          int columns)
{
    int half = columns / 2;
    int left = canvas_measure(canvas, before, strlen(before));
    int right = canvas_measure(canvas, after, strlen(after));

    if (left <= half)
        return left;
    return right < columns - half ? columns - right : half;
}

/* Side by side: as they are where both fit, else from where they differ. */
static void put_change(const struct dossier_change *change, struct canvas *canvas, struct area at)
{
    const char *before = change->before[0] ? change->before : "-";
    const char *after = change->after[0] ? change->after : "-";
    int half = columns_before(canvas, before, after, at.columns - ARROW_COLUMNS);
    size_t common = words_common(before, after);
    struct buf text = {0};

    buf_printf(&text, _("%s → %s"), before, after);
    if (canvas_measure(canvas, buf_text(&text), text.length) <= at.columns) {
        (void)canvas_put(canvas, at, STYLE_NORMAL, buf_text(&text));
    } else {
        (void)put_end(canvas, area_columns(at, 0, half), STYLE_NORMAL, before, common);
        (void)canvas_put(canvas, area_columns(at, half, ARROW_COLUMNS), STYLE_MUTED, " → ");
        (void)put_end(canvas, area_cut(at, 0, 0, 0, half + ARROW_COLUMNS), STYLE_NORMAL, after,
                      common);
    }
    buf_release(&text);
}

/* "address  old → new          14:02" */
void file_draw_change(const struct file_row *row, struct canvas *canvas, struct area at, int label)
{
    const struct dossier_change *change = row->change;
    struct area value = area_cut(at, 0, WHEN_COLUMNS + 1, 0, label + 3);
    struct buf when = {0};

    part_time(change->at_ms, &when);
    (void)canvas_put(canvas, area_columns(at, 2, label), STYLE_MUTED, change->title);
    put_change(change, canvas, value);
    (void)canvas_put_right(canvas, area_cut(at, 0, 0, 0, at.columns - WHEN_COLUMNS), STYLE_MUTED,
                           buf_text(&when));
    buf_release(&when);
}

/* --- the selected row in full ---------------------------------------------------------------- */

static void describe_claim(const struct file_row *row, struct buf *out)
{
    const struct dossier_claim *claim = row->claim;

    buf_printf(out, _("%s: %s"), file_claim_title(claim), claim->value);
    if (!claim->derived)
        buf_printf(out, " · %s · %s", claim->field->field->title,
                   claim->section->provider ? claim->section->provider : "");
    if (claim->field->pending && !claim->derived)
        buf_printf(out, _(" → %s (%s)"), claim->field->pending,
                   claim->field->pending_state ? claim->field->pending_state : "");
}

static void describe_change(const struct file_row *row, struct buf *out)
{
    const struct dossier_change *change = row->change;

    buf_printf(out, "%s · ", change->title);
    part_time(change->at_ms, out);
    buf_printf(out, _(": %s → %s"), change->before[0] ? change->before : "-",
               change->after[0] ? change->after : "-");
}

bool file_describe_fact(const struct file_row *row, struct buf *out)
{
    switch (row->kind) {
    case FILE_DIFFERENCE:
        buf_str(out, _("Ask for a correction on the statement that is wrong."));
        return true;
    case FILE_CLAIM:
        describe_claim(row, out);
        return true;
    case FILE_VERDICT:
        buf_printf(out, _("%s: %s"), verdict_title(row->section->verdict),
                   row->section->verdict_reason);
        return true;
    case FILE_CHANGE:
        describe_change(row, out);
        return true;
    case FILE_SECTION:
    case FILE_FIELD:
    case FILE_PENDING:
    case FILE_LINKS:
    case FILE_LINK:
    case FILE_CHANGES:
        break;
    }
    return false;
}
