#include "tui/view_file.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_NARROW  14
#define LABEL_COLUMNS 20
#define LABEL_WIDE    28
#define PANE_ROWS     3
#define PANE_AREA_MIN 12
#define PROPOSED_MIN  16

/* --- rows ------------------------------------------------------------------------------------ */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Empty fields are shown where a clerk could have them filled in. */
static bool is_shown(const struct dossier_field *field)
{
    return field->present || field->pending || field->field->correctable;
}

static bool field_fits(const struct file_view *file, const struct dossier_field *field)
{
    const char *filter = buf_text(&file->filter);

    return words_contain(field->field->title, filter) || words_contain(field->value, filter) ||
           words_contain(field->pending, filter);
}

static bool link_fits(const struct file_view *file, const struct dossier_link *link)
{
    const char *filter = buf_text(&file->filter);

    return words_contain(link->relation, filter) || words_contain(link->name, filter) ||
           words_contain(link->target_shown, filter);
}

static bool section_fits(const struct file_view *file, const struct dossier_section *section)
{
    return words_contain(section->title, buf_text(&file->filter));
}

static size_t rows_at_most(const struct dossier *dossier)
{
    size_t rows = 2; /* heads of the links */

    if (!dossier)
        return 0;
    for (size_t i = 0; i < dossier->section_count; i++)
        rows += 1 + 2 * dossier->sections[i].field_count;
    return rows + dossier->link_count + file_rows_of_facts(dossier);
}

void file_row_add(struct file_view *file, struct file_row row)
{
    file->rows[file->row_count++] = row;
}

static void add_field(struct file_view *file, const struct dossier_section *section,
                      const struct dossier_field *field, bool removed)
{
    struct file_row row = {
        .kind = FILE_FIELD, .section = section, .field = field, .removed = removed};

    file_row_add(file, row);
    row.kind = FILE_PENDING;
    if (field->pending)
        file_row_add(file, row);
}

/* A head without any row that fits is left out, unless it fits itself: then all rows come. */
static void add_section(struct file_view *file, const struct dossier_section *section, bool removed)
{
    bool whole = section_fits(file, section);
    size_t head = file->row_count;

    file_row_add(file,
                 (struct file_row){.kind = FILE_SECTION, .section = section, .removed = removed});
    if (section->is_certificate && !removed && whole)
        file_row_add(file, (struct file_row){.kind = FILE_VERDICT, .section = section});
    for (size_t i = 0; i < section->field_count; i++) {
        const struct dossier_field *field = &section->fields[i];
        if (is_shown(field) && (whole || field_fits(file, field)))
            add_field(file, section, field, removed);
    }
    if (!whole && file->row_count == head + 1)
        file->row_count = head;
}

/* Members of the household apart: what they are is said from its head, not from this person. */
static void add_links(struct file_view *file, const struct dossier *dossier, bool household)
{
    size_t head = file->row_count;

    file_row_add(file, (struct file_row){.kind = FILE_LINKS, .household = household});
    for (size_t i = 0; i < dossier->link_count; i++) {
        const struct dossier_link *link = &dossier->links[i];
        if ((link->kind == LINK_HOUSEHOLD) == household && link_fits(file, link))
            file_row_add(file, (struct file_row){.kind = FILE_LINK, .link = link});
    }
    if (file->row_count == head + 1)
        file->row_count = head;
}

static bool has_section(const struct dossier *dossier, const struct dossier_section *wanted)
{
    for (size_t i = 0; i < dossier->section_count; i++)
        if (strcmp(dossier->sections[i].dataset, wanted->dataset) == 0 &&
            strcmp(dossier->sections[i].record, wanted->record) == 0)
            return true;
    return false;
}

bool file_rows_build(struct file_view *file)
{
    size_t most = rows_at_most(file->dossier) + rows_at_most(file->earlier);
    struct file_row *rows = calloc(most + 1, sizeof *rows);

    if (!rows)
        return false;
    free(file->rows);
    file->rows = rows;
    file->row_count = 0;
    if (file->dossier && !file->gone)
        file_rows_add_differences(file, file->dossier);
    for (size_t i = 0; file->dossier && i < file->dossier->section_count; i++)
        add_section(file, &file->dossier->sections[i], file->gone);
    for (size_t i = 0; file->earlier && i < file->earlier->section_count; i++)
        if (!has_section(file->dossier, &file->earlier->sections[i]))
            add_section(file, &file->earlier->sections[i], true);
    if (file->dossier) {
        add_links(file, file->dossier, true);
        add_links(file, file->dossier, false);
        file_rows_add_changes(file, file->dossier);
    }
    list_set_count(&file->list, file->row_count);
    return true;
}

void file_row_identity(const struct file_view *file, const struct file_row *row, struct buf *out)
{
    buf_printf(out, "%d", (int)row->kind);
    if (row->section)
        buf_printf(out, "\n%s\n%s", row->section->dataset, row->section->record);
    if (row->field)
        buf_printf(out, "\n%s", row->field->field->name);
    if (row->household)
        buf_str(out, "\nhousehold");
    if (row->link)
        buf_printf(out, "\n%d\n%s\n%s", (int)row->link->kind, or_empty(row->link->record),
                   or_empty(row->link->target));
    if (row->claim)
        buf_str(out, row->claim->derived ? "\nderived" : "\nclaim");
    if (row->difference)
        buf_printf(out, "\n%td", row->difference - file->dossier->differences);
    if (row->change)
        buf_printf(out, "\n%s\n%lld", row->change->name, (long long)row->change->at_ms);
}

const struct file_row *file_selected(const struct file_view *file)
{
    return file->list.selected < file->row_count ? &file->rows[file->list.selected] : NULL;
}

/* --- head ------------------------------------------------------------------------------------ */

/* What stands at the right end of the first row. */
static void describe_work(const struct file_view *file, struct buf *out)
{
    const struct dossier *dossier = file->dossier;

    if (file->watched)
        buf_str(out, dossier->pending > 0 ? _("watched  ") : _("watched"));
    if (dossier->pending > 0)
        buf_printf(
            out,
            ngettext("* %d request open", "* %d requests open", (unsigned long)dossier->pending),
            dossier->pending);
}

/* The number goes beneath a name that leaves no room for it. Returns the rows used. */
static int draw_name(const struct file_view *file, struct canvas *canvas, struct area area)
{
    const struct dossier *dossier = file->dossier;
    const char *name = or_empty(dossier->name);
    struct buf work = {0}, number = {0};

    describe_work(file, &work);
    buf_printf(&number, "%s  %s", or_empty(dossier->subject_shown),
               words_subject_kind(dossier->kind));
    int right = canvas_measure(canvas, buf_text(&work), work.length);
    struct area left = area_cut(area, 0, right > 0 ? right + 2 : 0, 0, 0);
    int before = canvas_measure(canvas, name, strlen(name)) + 2;
    bool fits = before + canvas_measure(canvas, buf_text(&number), number.length) <= left.columns;
    int rows = canvas_put_wrapped(canvas, left, STYLE_STRONG, name);
    if (fits)
        (void)canvas_put(canvas, area_cut(left, 0, 0, 0, before), STYLE_NORMAL, buf_text(&number));
    else
        (void)canvas_put(canvas, area_row(area, rows), STYLE_NORMAL, buf_text(&number));
    (void)canvas_put_right(canvas, area_row(area, 0), STYLE_PENDING, buf_text(&work));
    buf_release(&work);
    buf_release(&number);
    return fits ? 1 : rows + 1;
}

static void add_count(struct buf *out, const char *text, size_t count)
{
    if (count > 0)
        buf_printf(out, "%s%s: %zu", out->length > 0 ? " · " : "", text, count);
}

/* Somebody who represents an enterprise and holds shares of it is one person. */
static bool is_said_before(const struct dossier *dossier, size_t index)
{
    const struct dossier_link *link = &dossier->links[index];

    for (size_t i = 0; i < index; i++)
        if (dossier->links[i].kind == link->kind &&
            strcmp(or_empty(dossier->links[i].target), or_empty(link->target)) == 0)
            return true;
    return false;
}

/* What is to be found further down, and whether all certificates hold. */
static enum style summarize(const struct dossier *dossier, struct buf *out)
{
    size_t of_kind[LINK_PLACE + 1] = {0};
    size_t fail = 0;

    for (size_t i = 0; i < dossier->link_count; i++) {
        const struct dossier_link *link = &dossier->links[i];
        if (is_said_before(dossier, i))
            continue;
        of_kind[link->kind]++;
        fail += link->kind == LINK_CERTIFICATE && link->verdict != VERDICT_VALID;
    }
    add_count(out, _("certificates"), of_kind[LINK_CERTIFICATE]);
    if (fail > 0)
        buf_printf(out, _(" (%zu not found valid)"), fail);
    add_count(out, _("enterprises"), of_kind[LINK_ENTERPRISE]);
    add_count(out, _("people"), of_kind[LINK_PERSON]);
    add_count(out, _("others in the household"), of_kind[LINK_HOUSEHOLD]);
    return fail > 0 ? STYLE_WARNING : STYLE_MUTED;
}

/* Returns the rows used. */
static int draw_marked(struct canvas *canvas, struct area area, enum style style,
                       const struct buf *text)
{
    if (style == STYLE_KEY)
        return canvas_put_right(canvas, area_row(area, 0), style, buf_text(text)) > 0;
    return style == STYLE_MUTED ? canvas_put_wrapped(canvas, area, style, buf_text(text))
                                : part_marked_lines(canvas, area, style, buf_text(text));
}

/* Deceased, moved away, gone upstream: what changes how the rest is read. */
static void describe_flags(const struct file_view *file, struct buf *out)
{
    const struct dossier *dossier = file->dossier;

    if (file->gone)
        buf_str(out, _("No longer in the returned data; this is how it was."));
    for (size_t i = 0; i < dossier->flag_count; i++)
        buf_printf(out, "%s%s", out->length > 0 ? " · " : "", dossier->flags[i]);
}

/* What there is, or which part of it is shown. */
static enum style describe_rows(const struct file_view *file, struct buf *out)
{
    if (file->filter.length == 0)
        return summarize(file->dossier, out);
    buf_printf(out, _("only rows with \"%s\""), buf_text(&file->filter));
    return STYLE_KEY;
}

/* Beside each other where both fit, else one beneath the other. Returns the rows used. */
static int draw_flags(const struct file_view *file, struct canvas *canvas, struct area area)
{
    struct buf flags = {0}, rest = {0};
    int rows = 0, width = 0;

    describe_flags(file, &flags);
    enum style style = describe_rows(file, &rest);
    int needed = canvas_measure(canvas, buf_text(&rest), rest.length) + 2;
    if (flags.length > 0) {
        rows = part_marked_lines(canvas, area, STYLE_WARNING, buf_text(&flags));
        width = canvas_measure(canvas, buf_text(&flags), flags.length) + 4;
    }
    bool beside = rows <= 1 && width + needed <= area.columns;
    struct area place = beside ? area_cut(area, 0, 0, 0, width) : area_cut(area, rows, 0, 0, 0);
    int more = draw_marked(canvas, place, style, &rest);
    rows = beside ? 1 : rows + more;
    buf_release(&flags);
    buf_release(&rest);
    return rows;
}

/* --- rows ------------------------------------------------------------------------------------ */

static int label_columns(int width)
{
    return width < 60 ? LABEL_NARROW : width < 110 ? LABEL_COLUMNS : LABEL_WIDE;
}

static enum style section_style(const struct dossier_section *section, bool removed)
{
    if (removed || section->withdrawn)
        return STYLE_ERROR;
    return section->stale || section->ahead || section->age_ms < 0 ? STYLE_WARNING : STYLE_MUTED;
}

/* "as of 14:02, 3 min ago", or why there is no such thing. */
static void section_age(const struct dossier_section *section, bool removed, struct buf *out)
{
    int64_t as_of = 0;

    if (removed) {
        buf_str(out, _("removed upstream; as it was"));
        return;
    }
    if (section->withdrawn) {
        buf_str(out, _("access was withdrawn"));
        return;
    }
    if (!section->as_of || !instant_parse(section->as_of, &as_of) || section->age_ms < 0) {
        buf_str(out, _("never fetched completely"));
        return;
    }
    if (section->ahead)
        buf_str(out, _("clock is behind: "));
    buf_str(out, section->stale ? _("too old: ") : _("as of "));
    part_as_of(as_of, out);
}

static void draw_section(const struct file_row *row, struct canvas *canvas, struct area at)
{
    const struct dossier_section *section = row->section;
    enum style style = section_style(section, row->removed);
    struct buf age = {0};

    section_age(section, row->removed, &age);
    int right = canvas_measure(canvas, buf_text(&age), age.length) + 2;
    struct area left = area_cut(at, 0, right + 1, 0, 0);
    canvas_fill(canvas, at, STYLE_TITLE);
    int used =
        canvas_put(canvas, left, STYLE_TITLE, section->title ? section->title : section->dataset);
    (void)canvas_printf(canvas, area_cut(left, 0, 0, 0, used), STYLE_MUTED, "  %s",
                        or_empty(section->provider));
    (void)part_marked(canvas, area_cut(at, 0, 0, 0, at.columns - right), style, buf_text(&age));
    buf_release(&age);
}

static void draw_field(const struct file_row *row, struct canvas *canvas, struct area at)
{
    const struct dossier_field *field = row->field;
    int label = label_columns(at.columns);
    struct area value = area_cut(at, 0, 0, 0, label + 3);
    char local[INSTANT_TEXT_MAX];

    if (field->pending)
        (void)canvas_put(canvas, at, STYLE_PENDING, style_mark(STYLE_PENDING));
    else if (field->changed_ms && !row->removed)
        (void)canvas_put(canvas, at, STYLE_KEY, "~");
    (void)canvas_put(canvas, area_columns(at, 2, label), STYLE_MUTED, field->field->title);
    if (!field->value[0]) {
        (void)canvas_put(canvas, value, STYLE_MUTED, "-");
        return;
    }
    int used = canvas_put(canvas, value, row->removed ? STYLE_MUTED : STYLE_NORMAL,
                          words_value(field->field->type, field->value, local));
    if (field->masked)
        (void)canvas_printf(canvas, area_cut(value, 0, 0, 0, used), STYLE_MUTED, _("  (%s)"),
                            _("masked"));
    else if (field->dated != DATED_WELL)
        (void)part_marked(canvas, area_cut(value, 0, 0, 0, used + 2), STYLE_WARNING,
                          dated_remark(field->dated));
}

static void draw_pending(const struct file_row *row, struct canvas *canvas, struct area at)
{
    const struct dossier_field *field = row->field;
    struct area place = area_cut(at, 0, 0, 0, label_columns(at.columns) + 3);
    struct buf state = {0}, age = {0};

    part_ago(field->pending_ms, &age);
    buf_str(&state, or_empty(field->pending_state));
    if (field->pending_by && field->pending_by[0])
        buf_printf(&state, _(", %s"), field->pending_by);
    if (age.length > 0)
        buf_printf(&state, _(", %s"), buf_text(&age));
    int right = canvas_measure(canvas, buf_text(&state), state.length);
    if (right > place.columns - PROPOSED_MIN)
        right = place.columns - PROPOSED_MIN;
    struct area left = area_cut(place, 0, right + 1, 0, 0);
    int used = canvas_put(canvas, left, STYLE_PENDING, "→ ");
    (void)canvas_put(canvas, area_cut(left, 0, 0, 0, used), STYLE_STRONG, field->pending);
    (void)canvas_put_right(canvas, area_cut(place, 0, 0, 0, place.columns - right), STYLE_PENDING,
                           buf_text(&state));
    buf_release(&state);
    buf_release(&age);
}

static const char *link_kind_title(enum dossier_link_kind kind)
{
    switch (kind) {
    case LINK_HOUSEHOLD:
        return _("household");
    case LINK_PERSON:
        return _("person");
    case LINK_ENTERPRISE:
        return _("enterprise");
    case LINK_PLACE:
        return _("place");
    case LINK_CERTIFICATE:
        break;
    }
    return _("certificate");
}

/* What the link is to us; of a certificate what is to be thought of it now. */
static void draw_link_label(const struct dossier_link *link, struct canvas *canvas, struct area at,
                            int label)
{
    const char *relation =
        link->relation && link->relation[0] ? link->relation : link_kind_title(link->kind);

    if (link->kind == LINK_CERTIFICATE)
        (void)part_marked(canvas, area_columns(at, 0, label + 2), file_verdict_style(link->verdict),
                          verdict_title(link->verdict));
    else
        (void)canvas_put(canvas, area_columns(at, 2, label), STYLE_MUTED, relation);
}

static void draw_link(const struct file_row *row, struct canvas *canvas, struct area at)
{
    const struct dossier_link *link = row->link;
    int label = label_columns(at.columns);
    struct area value = area_cut(at, 0, 0, 0, label + 3);
    bool known = link->name && link->name[0];

    draw_link_label(link, canvas, at, label);
    int used = canvas_put(canvas, value, known ? STYLE_NORMAL : STYLE_MUTED,
                          known ? link->name : _("not in the returned data"));
    (void)canvas_printf(canvas, area_cut(value, 0, 0, 0, used), STYLE_MUTED, "  %s",
                        or_empty(link->target_shown));
}

static void draw_head(struct canvas *canvas, struct area at, const char *title)
{
    canvas_fill(canvas, at, STYLE_TITLE);
    (void)canvas_put(canvas, at, STYLE_TITLE, title);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area at)
{
    const struct file_view *file = data;
    const struct file_row *row = &file->rows[index];

    switch (row->kind) {
    case FILE_SECTION:
        draw_section(row, canvas, at);
        break;
    case FILE_FIELD:
        draw_field(row, canvas, at);
        break;
    case FILE_PENDING:
        draw_pending(row, canvas, at);
        break;
    case FILE_LINKS:
        draw_head(canvas, at,
                  row->household ? _("Household: what they are to its head") : _("Connected"));
        break;
    case FILE_LINK:
        draw_link(row, canvas, at);
        break;
    case FILE_DIFFERENCE:
        file_draw_difference(row, canvas, at);
        break;
    case FILE_CLAIM:
        file_draw_claim(row, canvas, at, label_columns(at.columns));
        break;
    case FILE_VERDICT:
        file_draw_verdict(row, canvas, at);
        break;
    case FILE_CHANGES:
        draw_head(canvas, at, _("Changed since it came"));
        break;
    case FILE_CHANGE:
        file_draw_change(row, canvas, at, label_columns(at.columns));
        break;
    }
}

/* --- the selected row in full ---------------------------------------------------------------- */

static void describe_pending(const struct dossier_field *field, struct buf *out)
{
    buf_printf(out, _(" → %s (%s)"), field->pending, or_empty(field->pending_state));
    if (field->pending_others)
        buf_printf(out,
                   ngettext("; %zu other request proposes something too",
                            "; %zu other requests propose something too",
                            (unsigned long)field->pending_others),
                   field->pending_others);
}

static void describe_field(const struct file_row *row, struct buf *out)
{
    const struct dossier_field *field = row->field;
    char local[INSTANT_TEXT_MAX];

    buf_printf(out, _("%s: %s"), field->field->title,
               field->value[0] ? words_value(field->field->type, field->value, local) : "-");
    if (row->kind == FILE_PENDING) {
        describe_pending(field, out);
    } else if (field->masked) {
        buf_printf(out, _("  (%s)"),
                   _("masked: showing it asks for a purpose and is written down"));
    } else if (field->dated != DATED_WELL) {
        buf_printf(out, _("  (%s)"), dated_remark(field->dated));
    } else if (field->changed_ms) {
        buf_str(out, _("  (changed "));
        part_as_of(field->changed_ms, out);
        buf_str(out, ")");
    }
}

static void describe_section(const struct file_row *row, struct buf *out)
{
    const struct dossier_section *section = row->section;

    buf_printf(out, "%s · %s\n", section->title ? section->title : section->dataset,
               or_empty(section->provider));
    section_age(section, row->removed, out);
    if (section->stale && !row->removed)
        buf_printf(out, " · %s", _("older than its provider allows: ask before relying on it"));
}

/* Of a certificate the verdict first: its number may be longer than the line. */
static void describe_link(const struct file_row *row, struct buf *out)
{
    const struct dossier_link *link = row->link;

    buf_printf(out, _("%s: %s"), link_kind_title(link->kind), or_empty(link->name));
    if (link->kind == LINK_CERTIFICATE)
        buf_printf(out, _(" · %s: %s"), verdict_title(link->verdict),
                   or_empty(link->verdict_reason));
    buf_printf(out, "%s%s", link->kind == LINK_CERTIFICATE ? "\n" : " ",
               or_empty(link->target_shown));
    if (link->kind == LINK_HOUSEHOLD && link->relation[0])
        buf_printf(out, _(" · to the head of the household: %s"), link->relation);
}

static void describe(const struct file_row *row, struct buf *out)
{
    if (row->field)
        describe_field(row, out);
    else if (row->section)
        describe_section(row, out);
    else if (row->link)
        describe_link(row, out);
}

static void draw_pane(const struct file_view *file, struct canvas *canvas, struct area area)
{
    const struct file_row *row = file_selected(file);
    struct buf text = {0};

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (!row)
        return;
    if (!file_describe_fact(row, &text))
        describe(row, &text);
    (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 0, 0), STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

void file_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct file_view *file = (struct file_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;

    if (!file->dossier) {
        if (file->failure[0])
            (void)part_marked_lines(canvas, area, STYLE_ERROR, file->failure);
        else
            (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading…"));
        return;
    }
    struct area rest = area_cut(area, 0, 0, pane, 0);
    rest = area_cut(rest, draw_name(file, canvas, rest), 0, 0, 0);
    rest = area_cut(rest, draw_flags(file, canvas, rest), 0, 0, 0);
    list_draw(&file->list, canvas, rest, draw_row, file);
    if (pane > 0)
        draw_pane(file, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
}
