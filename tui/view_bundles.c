#include "base/i18n.h"
#include "db/bundle_store.h"
#include "tui/errand.h"
#include "tui/exchange.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>

#define TIME_COLUMNS   16
#define NUMBER_COLUMNS 24
#define DETAIL_ROWS    3

struct bundles_view {
    struct view view;
    struct workplace *place;
    struct bundle_list *bundles; /* NULL: not read yet */
    struct list list;            /* those written, then those imported */
    struct refresh refresh;
    bool loading;
};

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    struct bundle_list *bundles;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    return bundle_list(workplace_reading_reader(errand->place), &((struct load *)errand)->bundles,
                       error);
}

static void load_release(struct errand *errand)
{
    bundle_list_free(((struct load *)errand)->bundles);
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct bundles_view *page = (struct bundles_view *)view;
    struct load *load = (struct load *)errand;

    page->loading = false;
    if (errand->status != STATUS_OK)
        return STALE_NOTHING;
    bundle_list_free(page->bundles);
    page->bundles = load->bundles;
    load->bundles = NULL;
    list_set_count(&page->list, page->bundles->out_count + page->bundles->in_count);
    return STALE_VIEW;
}

static void send_load(struct bundles_view *page)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release};
    struct load *load = errand_new(page->place, &page->view, sizeof *load, &kind);

    refresh_asked(&page->refresh, page->place);
    if (!load)
        return;
    page->loading = true;
    errand_send(&load->errand, workplace_reading(page->place));
}

static unsigned bundles_tick(struct view *view, int64_t now, int *next)
{
    struct bundles_view *page = (struct bundles_view *)view;

    if (!page->loading && refresh_is_due(&page->refresh, page->place, view))
        send_load(page);
    return refresh_minute(&page->refresh, now, next);
}

/* --- drawing --------------------------------------------------------------------------------- */

static const struct bundle_out_row *out_at(const struct bundles_view *page, size_t index)
{
    return page->bundles && index < page->bundles->out_count ? &page->bundles->out[index] : NULL;
}

static const struct bundle_in_row *in_at(const struct bundles_view *page, size_t index)
{
    if (!page->bundles || index < page->bundles->out_count)
        return NULL;
    index -= page->bundles->out_count;
    return index < page->bundles->in_count ? &page->bundles->in[index] : NULL;
}

static enum style out_style(const struct bundle_out_row *row)
{
    return row->waiting > 0 ? STYLE_PENDING : STYLE_OK;
}

static const char *out_word(const struct bundle_out_row *row)
{
    if (row->waiting > 0)
        return _("receipt awaited");
    return row->receipt_ms ? _("confirmed") : _("delivered");
}

static const char *in_word(const struct bundle_in_row *row)
{
    if (!row->finished_ms)
        return _("not finished");
    return row->told_in ? _("receipt sent") : _("receipt to send");
}

static void draw_parts(struct canvas *canvas, struct area row, enum style style,
                       const char *const texts[3])
{
    (void)part_marked(canvas, area_columns(row, 0, NUMBER_COLUMNS), style, texts[0]);
    (void)canvas_put(canvas, area_columns(row, NUMBER_COLUMNS + 1, TIME_COLUMNS), STYLE_NORMAL,
                     texts[1]);
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, NUMBER_COLUMNS + TIME_COLUMNS + 3), style,
                     texts[2]);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct bundles_view *page = data;
    const struct bundle_out_row *out = out_at(page, index);
    const struct bundle_in_row *in = in_at(page, index);
    struct buf number = {0}, when = {0};

    if (out)
        buf_printf(&number, _("written %lld"), (long long)out->number);
    else if (in)
        buf_printf(&number, _("imported %lld (%s)"), (long long)in->number, in->origin);
    part_time(out ? out->created_ms : in ? in->finished_ms : 0, &when);
    const char *const texts[] = {buf_text(&number), buf_text(&when),
                                 out  ? out_word(out)
                                 : in ? in_word(in)
                                      : ""};
    draw_parts(canvas, row,
               out                      ? out_style(out)
               : in && !in->finished_ms ? STYLE_WARNING
                                        : STYLE_NORMAL,
               texts);
    buf_release(&number);
    buf_release(&when);
}

static void describe(const struct bundles_view *page, struct buf *out)
{
    const struct bundle_out_row *left = out_at(page, page->list.selected);
    const struct bundle_in_row *came = in_at(page, page->list.selected);

    if (left && left->waiting > 0)
        buf_printf(out,
                   _("%s: %lld requests, of which %lld are not proved to be delivered. They go "
                     "along again in the next bundle."),
                   left->file, (long long)left->requests, (long long)left->waiting);
    else if (left)
        buf_printf(out, _("%s: %lld requests, all delivered."), left->file,
                   (long long)left->requests);
    else if (came && !came->finished_ms)
        buf_str(out, _("The import was stopped. Import the same bundle again to go on."));
    else if (came)
        buf_printf(out,
                   _("%lld rows, made %s. The platform learns that it arrived with the next "
                     "bundle written here."),
                   (long long)came->rows, came->created_at);
}

static void bundles_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct bundles_view *page = (struct bundles_view *)view;
    struct buf detail = {0};

    (void)canvas_put(canvas, area_row(area, 0), STYLE_TITLE, _("Bundles written and imported"));
    list_draw(&page->list, canvas, area_cut(area, 1, 0, DETAIL_ROWS, 0), draw_row, page);
    if (page->bundles && page->list.count == 0)
        buf_str(&detail, _("No bundle has been written or imported here."));
    else
        describe(page, &detail);
    (void)canvas_put_wrapped(canvas, area_cut(area, area.rows - DETAIL_ROWS + 1, 0, 0, 0),
                             STYLE_MUTED, buf_text(&detail));
    buf_release(&detail);
}

/* --- commands -------------------------------------------------------------------------------- */

static unsigned bundles_command(struct view *view, enum command command, const char *argument)
{
    struct bundles_view *page = (struct bundles_view *)view;

    if (command == COMMAND_BUNDLE_IMPORT)
        exchange_import(page->place);
    else if (command == COMMAND_BUNDLE_EXPORT)
        exchange_export(page->place);
    else
        return list_command(&page->list, command, argument);
    return STALE_VIEW | STALE_FRAME;
}

static bool bundles_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    struct bundles_view *page = (struct bundles_view *)view;

    if (command == COMMAND_OPEN)
        return words_refuse(reason, _("All there is to know about a bundle stands below."));
    if (command == COMMAND_BUNDLE_IMPORT || command == COMMAND_BUNDLE_EXPORT)
        return exchange_is_possible(page->place, command, reason);
    return true;
}

static const char *bundles_title(struct view *view)
{
    (void)view;
    return _("Bundles");
}

static enum context bundles_context(struct view *view)
{
    (void)view;
    return CONTEXT_BUNDLES;
}

static void bundles_close(struct view *view)
{
    bundle_list_free(((struct bundles_view *)view)->bundles);
    free(view);
}

static const struct view_ops bundles_ops = {
    .title = bundles_title,
    .context = bundles_context,
    .draw = bundles_draw,
    .command = bundles_command,
    .tick = bundles_tick,
    .enabled = bundles_enabled,
    .close = bundles_close,
};

struct view *bundles_view_new(struct workplace *place)
{
    return part_page_new(place, sizeof(struct bundles_view), &bundles_ops);
}
