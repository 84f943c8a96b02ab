#include "base/i18n.h"
#include "db/wording.h"
#include "tui/view_parts.h"
#include "tui/view_queue.h"
#include "tui/view_words.h"

#include <string.h>

#define PANE_ROWS     6
#define PANE_AREA_MIN 15
#define FIRST_MAX     18

/* --- head ------------------------------------------------------------------------------------ */

/* How many the last overview counted; -1: not known. */
static int64_t tab_count(const struct queue_view *queue, enum queue_tab tab)
{
    const struct overview *overview = workplace_overview(queue->place);

    if (tab == queue->tab && queue->ready)
        return (int64_t)queue->rows.list->count;
    if (!overview)
        return -1;
    if (tab == QUEUE_HELD)
        return overview->held;
    return tab == QUEUE_REVIEW ? overview->to_review : -1;
}

static int draw_tab(const struct queue_view *queue, enum queue_tab tab, struct canvas *canvas,
                    struct area place)
{
    const char *const titles[] = {_("My requests"), _("To review"), _("Held")};
    bool chosen = tab == queue->tab;
    int64_t count = tab_count(queue, tab);
    struct buf text = {0};

    buf_printf(&text, "%s%s", chosen ? "[" : " ", titles[tab]);
    if (count >= 0)
        buf_printf(&text, " %lld", (long long)count);
    buf_str(&text, chosen ? "]" : " ");
    int used = canvas_put(canvas, place, chosen ? STYLE_STRONG : STYLE_MUTED, buf_text(&text));
    buf_release(&text);
    return used;
}

static void draw_tabs(const struct queue_view *queue, struct canvas *canvas, struct area row)
{
    bool reviews = session_may_review(workplace_session(queue->place));
    struct buf text = {0};
    int at = 0;

    for (int tab = QUEUE_MINE; tab <= QUEUE_HELD; tab++)
        if (tab != QUEUE_REVIEW || reviews)
            at += 1 + draw_tab(queue, (enum queue_tab)tab, canvas, area_cut(row, 0, 0, 0, at));
    if (queue->mark_count > 0)
        buf_printf(&text, ngettext("# %zu marked", "# %zu marked", queue->mark_count),
                   queue->mark_count);
    if (queue->filter.length > 0) {
        buf_str(&text, text.length > 0 ? "  " : "");
        buf_printf(&text, _("only rows with \"%s\""), buf_text(&queue->filter));
    }
    (void)canvas_put_right(canvas, area_cut(row, 0, 0, 0, at), STYLE_KEY, buf_text(&text));
    buf_release(&text);
}

/* --- rows ------------------------------------------------------------------------------------ */

/* First column: who raised it for the reviewer, its state for everybody else. */
struct columns {
    int first, delivery, age, name;
};

static int at_least(int width, const struct canvas *canvas, const char *title)
{
    int needed = canvas_measure(canvas, title, strlen(title));

    return needed > width ? needed : width;
}

static struct columns columns_for(const struct queue_view *queue, const struct canvas *canvas,
                                  int width)
{
    struct columns columns = {.first = 8, .delivery = 6, .age = 6, .name = width < 100 ? 10 : 20};

    for (int state = REQUEST_DRAFT; state <= REQUEST_CLOSED && queue->tab != QUEUE_REVIEW; state++)
        columns.first =
            at_least(columns.first, canvas, request_state_title((enum request_state)state));
    for (int delivery = DELIVERY_QUEUED; delivery <= DELIVERY_HELD; delivery++)
        columns.delivery =
            at_least(columns.delivery, canvas, delivery_title((enum delivery)delivery));
    if (columns.first > FIRST_MAX)
        columns.first = FIRST_MAX;
    if (width < 60)
        columns.age = 0;
    return columns;
}

static enum style row_style(const struct request_row *row)
{
    if (row->delivery == DELIVERY_HELD)
        return STYLE_ERROR;
    if (row->base_changed || words_state_style(row->state) == STYLE_WARNING)
        return STYLE_WARNING;
    return row->delivery == DELIVERY_DELIVERED ? words_state_style(row->state)
                                               : words_delivery_style(row->delivery);
}

static void put_column(struct canvas *canvas, struct area *rest, int columns, enum style style,
                       const char *text)
{
    if (columns > 0) {
        (void)canvas_put(canvas, area_columns(*rest, 0, columns), style, text);
        *rest = area_cut(*rest, 0, 0, 0, columns + 1);
    }
}

static const char *first_column(const struct queue_view *queue, const struct request_row *row)
{
    return queue->tab == QUEUE_REVIEW ? row->maker : request_state_title(row->state);
}

/* Held: why. Otherwise what is to change. */
static const char *last_column(const struct queue_view *queue, const struct request_row *row,
                               size_t index)
{
    if (queue->tab == QUEUE_HELD && row->delivery_reason[0])
        return row->delivery_reason;
    return queue_summary(queue, index);
}

static const char *name_of(const struct request_row *row)
{
    return row->subject_name && row->subject_name[0] ? row->subject_name : row->dataset_title;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area at)
{
    const struct queue_view *queue = data;
    const struct request_row *row = queue_row(queue, index);
    struct columns columns = columns_for(queue, canvas, at.columns);
    struct area rest = at;
    struct buf age = {0};

    if (!row)
        return;
    part_age(row->created_ms, &age);
    enum style style = row_style(row);
    (void)canvas_put(canvas, area_columns(rest, 0, 1), STYLE_KEY,
                     queue_is_marked(queue, row) ? "#" : " ");
    rest = area_cut(rest, 0, 0, 0, 1);
    put_column(canvas, &rest, 1, style, style_mark(style));
    put_column(canvas, &rest, columns.first, words_state_style(row->state),
               first_column(queue, row));
    put_column(canvas, &rest, columns.delivery, words_delivery_style(row->delivery),
               delivery_title(row->delivery));
    put_column(canvas, &rest, columns.age, STYLE_MUTED, buf_text(&age));
    put_column(canvas, &rest, columns.name, STYLE_STRONG, name_of(row));
    (void)canvas_put(canvas, rest, STYLE_NORMAL, last_column(queue, row, index));
    buf_release(&age);
}

/* --- the selected request -------------------------------------------------------------------- */

static void draw_origin(const struct request_row *row, struct canvas *canvas, struct area at)
{
    struct buf text = {0};

    buf_printf(&text, "%s · %s · %s · ", words_request(row->id), row->maker, row->station);
    part_as_of(row->created_ms, &text);
    (void)canvas_put(canvas, at, STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

/* Why it is held or waits may be long; returns the rows used. */
static int draw_progress(const struct queue_view *queue, const struct request_row *row,
                         struct canvas *canvas, struct area at)
{
    struct buf text = {0};

    words_delivery(row, workplace_overview(queue->place), &text);
    int rows = part_marked_lines(canvas, at, row_style(row), buf_text(&text));
    buf_release(&text);
    return rows;
}

static void draw_ground(const struct request_row *row, struct canvas *canvas, struct area at)
{
    struct buf text = {0};

    buf_printf(&text, _("%s · %s: %s"), row->dataset_title, wording_ground(row->ground),
               row->reason);
    (void)canvas_put_wrapped(canvas, at, STYLE_NORMAL, buf_text(&text));
    buf_release(&text);
}

static void draw_warnings(const struct request_row *row, struct canvas *canvas, struct area at)
{
    struct buf text = {0};

    if (row->base_changed)
        buf_str(&text, _("The record has changed since this was raised."));
    if (row->deadline[0]) {
        buf_str(&text, text.length > 0 ? " " : "");
        buf_printf(&text, row->deadline_certain ? _("Answer due %s.") : _("Answer due about %s."),
                   row->deadline);
    }
    (void)part_marked(canvas, at, row->base_changed ? STYLE_WARNING : STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static void draw_pane(const struct queue_view *queue, struct canvas *canvas, struct area area)
{
    const struct request_row *row = queue_selected(queue);

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (!row)
        return;
    draw_origin(row, canvas, area_row(area, 1));
    area = area_cut(area, 2, 0, 0, 0);
    if (row->base_changed || row->deadline[0]) {
        draw_warnings(row, canvas, area_row(area, area.rows - 1));
        area = area_cut(area, 0, 0, 1, 0);
    }
    int used = draw_progress(queue, row, canvas, area_cut(area, 0, 0, 1, 0));
    draw_ground(row, canvas, area_cut(area, used, 0, 0, 0));
}

static void draw_empty(const struct queue_view *queue, struct canvas *canvas, struct area area)
{
    const char *const nothing[] = {
        _("You have not raised any requests."),
        _("Nothing waits for your decision."),
        _("Nothing is held: every request is delivered or on its way."),
    };

    if (!queue->ready)
        (void)canvas_put(canvas, area, STYLE_MUTED, _("Reading…"));
    else if (queue->filter.length > 0)
        (void)canvas_put(canvas, area, STYLE_NORMAL, _("No row has this text."));
    else
        (void)canvas_put(canvas, area, STYLE_NORMAL, nothing[queue->tab]);
    canvas_cursor(canvas, area.row, area.column, true);
}

void queue_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct queue_view *queue = (struct queue_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;
    struct area body = area_cut(area, 2, 0, pane, 0);

    draw_tabs(queue, canvas, area_row(area, 0));
    if (queue->failure[0])
        (void)part_marked(canvas, area_row(area, 1), STYLE_ERROR, queue->failure);
    if (queue->ready && queue->shown_count > 0)
        list_draw(&queue->list, canvas, body, draw_row, queue);
    else
        draw_empty(queue, canvas, body);
    if (pane > 0)
        draw_pane(queue, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
}
