#include "base/arena.h"
#include "base/i18n.h"
#include "db/wording.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 18

/* A copy of the catalogue's entry: the catalogue itself belongs to the reading worker. */
struct sheet_field {
    const char *name, *title;
    int grade;
    bool correctable, required;
};

struct sheet {
    const char *title, *provider, *sharing, *purpose;
    int grade, max_age_days, retention_days;
    const char *update_cycle, *format;
    const struct sheet_field *fields;
    size_t field_count;
};

struct dataset_view {
    struct view view;
    struct workplace *place;
    char dataset[65];
    struct arena *arena; /* owns the sheet */
    struct sheet *sheet; /* NULL until it has been read */
    bool asked, missing; /* `missing`: the catalogue has no such dataset */
    struct list fields;
};

/* --- reading it, on the reading worker -----------------------------------------------------------
 */

struct look {
    struct errand errand;
    char dataset[65];
    struct arena *arena;
    struct sheet *sheet;
};

static const char *joined(struct arena *arena, const char *a, const char *b)
{
    if (!a || !b || !a[0] || !b[0])
        return arena_str(arena, a && a[0] ? a : b);
    return arena_printf(arena, "%s · %s", a, b);
}

static struct sheet_field *copy_fields(struct arena *arena, const struct dataset *dataset)
{
    struct sheet_field *fields = arena_array(arena, dataset->field_count, sizeof *fields);

    for (size_t i = 0; fields && i < dataset->field_count; i++) {
        const struct dataset_field *from = &dataset->fields[i];
        fields[i] = (struct sheet_field){.name = arena_str(arena, from->name),
                                         .title = arena_str(arena, from->title),
                                         .grade = from->grade,
                                         .correctable = from->correctable,
                                         .required = from->required};
    }
    return fields;
}

static struct sheet *copy_sheet(struct arena *arena, const struct dataset *dataset)
{
    struct sheet *sheet = arena_alloc(arena, sizeof *sheet);

    if (!sheet)
        return NULL;
    *sheet = (struct sheet){
        .title = arena_str(arena, dataset->title),
        .provider = joined(arena, dataset->provider_name, dataset->provider_uscc),
        .sharing = joined(arena, wording_sharing(dataset->sharing), dataset->sharing_scope),
        .purpose = arena_str(arena, dataset->purpose),
        .grade = dataset->grade,
        .max_age_days = dataset->max_age_days,
        .retention_days = dataset->retention_days,
        .update_cycle = arena_str(arena, wording_cycle(dataset->update_cycle)),
        .format = joined(arena, wording_mode(dataset->mode), wording_format(dataset->format)),
        .fields = copy_fields(arena, dataset),
        .field_count = dataset->field_count,
    };
    return sheet;
}

static enum status look_work(struct errand *errand, struct error *error)
{
    struct look *look = (struct look *)errand;
    const struct catalogue *catalogue;
    enum status status =
        reader_catalogue(workplace_reading_reader(errand->place), &catalogue, error);

    if (status != STATUS_OK)
        return status;
    const struct dataset *dataset = catalogue_find(catalogue, look->dataset);
    if (!dataset)
        return error_set(error, STATUS_NOT_FOUND, _("The catalogue has no dataset \"%s\"."),
                         look->dataset);
    look->arena = arena_new();
    if (!look->arena)
        return error_nomem(error);
    look->sheet = copy_sheet(look->arena, dataset);
    return arena_failed(look->arena) ? error_nomem(error) : STATUS_OK;
}

static unsigned look_deliver(struct errand *errand, struct view *to)
{
    struct dataset_view *view = (struct dataset_view *)to;
    struct look *look = (struct look *)errand;

    view->missing = errand->status == STATUS_NOT_FOUND;
    if (errand->status != STATUS_OK)
        return STALE_VIEW;
    arena_free(view->arena);
    view->arena = look->arena;
    view->sheet = look->sheet;
    look->arena = NULL;
    list_set_count(&view->fields, view->sheet->field_count);
    return STALE_VIEW | STALE_FRAME;
}

static void look_release(struct errand *errand)
{
    arena_free(((struct look *)errand)->arena);
}

static const struct errand_kind look_kind = {
    .work = look_work,
    .deliver = look_deliver,
    .release = look_release,
};

static void ask(struct dataset_view *view)
{
    struct look *look = errand_new(view->place, &view->view, sizeof *look, &look_kind);

    if (!look)
        return;
    memcpy(look->dataset, view->dataset, sizeof look->dataset);
    errand_send(&look->errand, workplace_reading(view->place));
}

/* --- drawing ------------------------------------------------------------------------------------
 */

/* One labelled line, wrapped; takes its rows away from the area. Nothing for an empty value. */
static void line(struct canvas *canvas, struct area *left, const char *label, enum style style,
                 const char *value)
{
    if (!value || !value[0] || left->rows <= 0)
        return;
    (void)canvas_put(canvas, area_columns(*left, 0, LABEL_COLUMNS), STYLE_MUTED, label);
    int rows = canvas_put_wrapped(canvas, area_cut(*left, 0, 0, 0, LABEL_COLUMNS), style, value);
    *left = area_cut(*left, rows, 0, 0, 0);
}

static const struct dataset_status *status_here(const struct dataset_view *view)
{
    const struct overview *overview = workplace_overview(view->place);

    for (size_t i = 0; overview && i < overview->dataset_count; i++)
        if (strcmp(overview->datasets[i].dataset, view->dataset) == 0)
            return &overview->datasets[i];
    return NULL;
}

static void draw_state(const struct dataset_view *view, struct canvas *canvas, struct area *left)
{
    const struct dataset_status *dataset = status_here(view);
    struct buf text = {0};

    if (!dataset)
        return;
    part_number(dataset->rows, &text);
    buf_str(&text, _(" rows"));
    buf_str(&text, " · ");
    if (dataset->contact_ms) {
        buf_str(&text, _("as of "));
        part_as_of(dataset->contact_ms, &text);
    } else {
        buf_str(&text, _("not read to its end yet"));
    }
    line(canvas, left, _("On this computer"), STYLE_NORMAL, buf_text(&text));
    buf_clear(&text);
    if (part_dataset_word(dataset)[0])
        buf_printf(&text, _("%s %s. %s"), style_mark(part_dataset_style(dataset)),
                   part_dataset_word(dataset), dataset->reason ? dataset->reason : "");
    line(canvas, left, _("State"), part_dataset_style(dataset), buf_text(&text));
    buf_release(&text);
}

static void describe_freshness(const struct sheet *sheet, struct buf *out)
{
    buf_str(out, sheet->update_cycle ? sheet->update_cycle : "");
    if (sheet->max_age_days) {
        buf_str(out, out->length ? " · " : "");
        buf_printf(out,
                   ngettext("too old after %d day", "too old after %d days",
                            (unsigned long)sheet->max_age_days),
                   sheet->max_age_days);
    }
}

static void describe_protection(const struct sheet *sheet, struct buf *out)
{
    if (sheet->grade)
        buf_printf(out, _("grade %d of 4"), sheet->grade);
    if (sheet->retention_days) {
        buf_str(out, out->length ? " · " : "");
        buf_printf(
            out,
            ngettext("kept for %d day", "kept for %d days", (unsigned long)sheet->retention_days),
            sheet->retention_days);
    }
}

static void draw_entry(const struct sheet *sheet, struct canvas *canvas, struct area *left)
{
    struct buf freshness = {0}, protection = {0};

    describe_freshness(sheet, &freshness);
    describe_protection(sheet, &protection);
    line(canvas, left, _("Provider"), STYLE_NORMAL, sheet->provider);
    line(canvas, left, _("Sharing"), STYLE_NORMAL, sheet->sharing);
    line(canvas, left, _("Purpose"), STYLE_NORMAL, sheet->purpose);
    line(canvas, left, _("Updated"), STYLE_NORMAL, buf_text(&freshness));
    line(canvas, left, _("Form"), STYLE_NORMAL, sheet->format);
    line(canvas, left, _("Protection"), STYLE_NORMAL, buf_text(&protection));
    buf_release(&freshness);
    buf_release(&protection);
}

static void draw_field(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct sheet_field *field = &((const struct dataset_view *)data)->sheet->fields[index];
    struct buf text = {0};

    (void)canvas_put(canvas, area_columns(row, 0, 24), STYLE_NORMAL, field->title);
    (void)canvas_put(canvas, area_columns(row, 25, 24), STYLE_MUTED, field->name);
    buf_printf(&text, _("grade %d"), field->grade);
    if (field->correctable)
        buf_printf(&text, " · %s", _("can be corrected"));
    if (field->required)
        buf_printf(&text, " · %s", _("required"));
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 50), STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

/* How many there are: not all need be on the screen. */
static void draw_heading(size_t fields, struct canvas *canvas, struct area row)
{
    struct buf count = {0}, text = {0};

    part_number((int64_t)fields, &count);
    buf_str(&text, _("Fields"));
    buf_printf(&text, _(" (%s)"), buf_text(&count));
    (void)canvas_put(canvas, row, STYLE_TITLE, buf_text(&text));
    buf_release(&count);
    buf_release(&text);
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct dataset_view *view = (struct dataset_view *)of;

    if (!view->sheet) {
        (void)canvas_put(canvas, area, STYLE_MUTED,
                         view->missing ? _("The catalogue does not have this dataset any more.")
                                       : _("Reading…"));
        return;
    }
    (void)canvas_put(canvas, area, STYLE_STRONG, view->sheet->title);
    area = area_cut(area, 1, 0, 0, 0);
    draw_state(view, canvas, &area);
    draw_entry(view->sheet, canvas, &area);
    if (area.rows < 3)
        return;
    draw_heading(view->sheet->field_count, canvas, area_row(area, 1));
    list_draw(&view->fields, canvas, area_cut(area, 2, 0, 0, 0), draw_field, view);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    struct dataset_view *view = (struct dataset_view *)of;

    return view->sheet ? view->sheet->title : view->dataset;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    return list_command(&((struct dataset_view *)of)->fields, command, argument);
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    (void)of;
    if (command == COMMAND_OPEN)
        return words_refuse(reason, _("A field of the catalogue holds nothing to open."));
    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return words_refuse(reason, _("This page has one section."));
    return true;
}

/* Its id is known once the page is on the stack. */
static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct dataset_view *view = (struct dataset_view *)of;

    (void)now;
    *next = -1;
    if (!view->asked) {
        view->asked = true;
        ask(view);
    }
    return STALE_NOTHING;
}

static void close_page(struct view *of)
{
    arena_free(((struct dataset_view *)of)->arena);
    free(of);
}

static const struct view_ops dataset_ops = {
    .title = title,
    .draw = draw,
    .command = command,
    .tick = tick,
    .enabled = enabled,
    .close = close_page,
};

struct view *dataset_view_new(struct workplace *place, const char *dataset)
{
    struct dataset_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->view.ops = &dataset_ops;
    view->place = place;
    (void)snprintf(view->dataset, sizeof view->dataset, "%s", dataset);
    return &view->view;
}
