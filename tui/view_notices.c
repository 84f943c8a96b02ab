#include "base/i18n.h"
#include "db/notice.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PANE_ROWS     5
#define PANE_AREA_MIN 13
#define TIME_COLUMNS  16

struct notices_view {
    struct view view;
    struct workplace *place;
    struct notice_list *notices; /* NULL: not read yet */
    bool with_seen;              /* the second section */
    struct list list;
    char failure[ERROR_TEXT_MAX];
    bool loading;
    struct refresh refresh;
};

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    struct session session;
    bool with_seen;
    struct notice_list *notices;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    const struct notice_filter filter = {.with_seen = load->with_seen};

    return notice_read(workplace_reading_reader(errand->place), &load->session, &filter,
                       &load->notices, error);
}

static void load_release(struct errand *errand)
{
    notice_list_free(((struct load *)errand)->notices);
}

static const struct notice *selected(const struct notices_view *page)
{
    if (!page->notices || page->list.selected >= page->notices->count)
        return NULL;
    return &page->notices->items[page->list.selected];
}

/* The selection stays on its notice; when that is gone, on its row. */
static void take(struct notices_view *page, struct load *load)
{
    const struct notice *at = selected(page);
    int64_t id = at ? at->id : 0;

    notice_list_free(page->notices);
    page->notices = load->notices;
    load->notices = NULL;
    page->failure[0] = '\0';
    list_set_count(&page->list, page->notices->count);
    for (size_t i = 0; i < page->notices->count; i++)
        if (page->notices->items[i].id == id)
            list_select(&page->list, i);
}

static void send_load(struct notices_view *page);

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct notices_view *page = (struct notices_view *)view;
    struct load *load = (struct load *)errand;

    page->loading = false;
    if (load->with_seen != page->with_seen) {
        send_load(page);
        return STALE_NOTHING;
    }
    if (errand->status == STATUS_OK)
        take(page, load);
    else
        (void)snprintf(page->failure, sizeof page->failure, "%s", errand->error.text);
    return STALE_VIEW | STALE_FRAME;
}

static void send_load(struct notices_view *page)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(page->place, &page->view, sizeof *load, &kind);

    refresh_asked(&page->refresh, page->place);
    if (!load) {
        (void)snprintf(page->failure, sizeof page->failure, "%s", _("There is not enough memory."));
        return;
    }
    load->session = *workplace_session(page->place);
    load->with_seen = page->with_seen;
    page->loading = true;
    errand_send(&load->errand, workplace_reading(page->place));
}

static unsigned notices_tick(struct view *view, int64_t now, int *next)
{
    struct notices_view *page = (struct notices_view *)view;

    if (!page->loading && refresh_is_due(&page->refresh, page->place, view))
        send_load(page);
    return refresh_minute(&page->refresh, now, next);
}

/* --- seeing ---------------------------------------------------------------------------------- */

struct see {
    struct errand errand;
    struct session session;
    int64_t id; /* 0: all */
};

static enum status see_work(struct errand *errand, struct error *error)
{
    struct see *see = (struct see *)errand;
    struct outbox *outbox = workplace_outbox(errand->place);

    return see->id ? notice_see(outbox, &see->session, &see->id, 1, error)
                   : notice_see_all(outbox, &see->session, error);
}

static unsigned see_deliver(struct errand *errand, struct view *view)
{
    (void)view;
    workplace_changed(errand->place); /* the counts on other pages too */
    return STALE_VIEW | STALE_FRAME;
}

static void send_see(struct notices_view *page, int64_t id)
{
    static const struct errand_kind kind = {
        .work = see_work, .deliver = see_deliver, .must_run = true};
    struct see *see = errand_new(page->place, NULL, sizeof *see, &kind);

    if (!see)
        return;
    see->session = *workplace_session(page->place);
    see->id = id;
    errand_send(&see->errand, workplace_desk(page->place));
}

/* --- commands -------------------------------------------------------------------------------- */

static bool is_recheck(const struct notice *notice)
{
    return strncmp(notice->kind, "recheck", strlen("recheck")) == 0;
}

static bool has_file(const struct notice *notice)
{
    return notice->subject && notice->subject[0] &&
           (notice->subject_kind == SUBJECT_PERSON || notice->subject_kind == SUBJECT_ENTERPRISE);
}

/* NULL: it leads nowhere, or there is no memory. */
static struct view *page_of(struct workplace *place, const struct notice *notice)
{
    if (notice->request && notice->request[0])
        return compare_view_new(place, notice->request);
    if (is_recheck(notice) && notice->record)
        return verify_view_new(place, notice->record);
    if (has_file(notice))
        return file_view_new(place, notice->subject_kind, notice->subject);
    if (notice->dataset && notice->record)
        return record_view_new(place, notice->dataset, notice->record);
    return NULL;
}

static bool leads_somewhere(const struct notice *notice)
{
    return (notice->request && notice->request[0]) || has_file(notice) || notice->record;
}

/* Who opens it has seen it. */
static unsigned open_selected(struct notices_view *page)
{
    const struct notice *notice = selected(page);

    if (!notice)
        return STALE_NOTHING;
    struct view *opened = page_of(page->place, notice);
    if (!notice->seen && workplace_outbox(page->place))
        send_see(page, notice->id);
    app_push(page->view.app, opened);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned see_selected(struct notices_view *page)
{
    const struct notice *notice = selected(page);

    if (notice)
        send_see(page, notice->id);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned other_section(struct notices_view *page)
{
    page->with_seen = !page->with_seen;
    notice_list_free(page->notices);
    page->notices = NULL;
    list_set_count(&page->list, 0);
    if (!page->loading)
        send_load(page);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned notices_command(struct view *view, enum command command, const char *argument)
{
    struct notices_view *page = (struct notices_view *)view;

    switch ((int)command) {
    case COMMAND_OPEN:
        return open_selected(page);
    case COMMAND_MARK_SEEN:
        return see_selected(page);
    case COMMAND_MARK_ALL_SEEN:
        send_see(page, 0);
        return STALE_VIEW | STALE_FRAME;
    case COMMAND_NEXT_SECTION:
    case COMMAND_PREV_SECTION:
        return other_section(page);
    case COMMAND_REFRESH:
        if (!page->loading)
            send_load(page);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        return list_command(&page->list, command, argument) | STALE_FRAME;
    }
}

static bool may_see(const struct notices_view *page, const struct notice *notice,
                    char reason[VIEW_REASON_MAX])
{
    if (!notice)
        return words_refuse(reason, _("There is no notice here."));
    if (notice->seen)
        return words_refuse(reason, _("You have seen this one."));
    return workplace_outbox(page->place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

static bool may_open(const struct notices_view *page, const struct notice *notice,
                     char reason[VIEW_REASON_MAX])
{
    if (!notice)
        return words_refuse(reason, _("There is no notice here."));
    if (!session_may_read(workplace_session(page->place)))
        return words_refuse(reason, _("Your role may not see it."));
    return leads_somewhere(notice) ||
           words_refuse(reason, _("This notice is about no record and no request."));
}

static bool may_see_all(const struct notices_view *page, char reason[VIEW_REASON_MAX])
{
    const struct overview *overview = workplace_overview(page->place);

    if (overview && overview->notices_unseen == 0)
        return words_refuse(reason, _("You have seen all of them."));
    return workplace_outbox(page->place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

static bool notices_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    struct notices_view *page = (struct notices_view *)view;

    if (command == COMMAND_OPEN)
        return may_open(page, selected(page), reason);
    if (command == COMMAND_MARK_SEEN)
        return may_see(page, selected(page), reason);
    if (command == COMMAND_MARK_ALL_SEEN)
        return may_see_all(page, reason);
    return true;
}

/* No key falls on rows that are about to be others. */
static bool notices_wait(struct view *view)
{
    const struct notices_view *page = (const struct notices_view *)view;

    return page->loading || refresh_is_due(&page->refresh, page->place, view);
}

/* --- drawing --------------------------------------------------------------------------------- */

static enum style style_of(const struct notice *notice)
{
    if (notice->seen)
        return STYLE_MUTED;
    if (notice->severity == NOTICE_ALARM)
        return STYLE_ERROR;
    return notice->severity == NOTICE_WARNING ? STYLE_WARNING : STYLE_PENDING;
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct notices_view *page = data;
    const struct notice *notice = &page->notices->items[index];
    enum style style = style_of(notice);
    struct buf when = {0};

    part_time(notice->at_ms, &when);
    (void)part_marked(canvas, area_columns(row, 0, 2 + TIME_COLUMNS), style, buf_text(&when));
    (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 3 + TIME_COLUMNS),
                     notice->seen ? STYLE_MUTED : STYLE_NORMAL, notice->sentence);
    buf_release(&when);
}

static void draw_tabs(const struct notices_view *page, struct canvas *canvas, struct area row)
{
    const char *const titles[] = {_("Not seen yet"), _("All")};
    int at = 0;

    for (int tab = 0; tab < 2; tab++) {
        bool chosen = (tab == 1) == page->with_seen;
        struct buf text = {0};
        buf_printf(&text, "%s%s", chosen ? "[" : " ", titles[tab]);
        if (chosen && page->notices)
            buf_printf(&text, " %zu", page->notices->count);
        buf_str(&text, chosen ? "]" : " ");
        at += 1 + canvas_put(canvas, area_cut(row, 0, 0, 0, at),
                             chosen ? STYLE_STRONG : STYLE_MUTED, buf_text(&text));
        buf_release(&text);
    }
}

static void draw_viewers(const struct notice *notice, struct canvas *canvas, struct area row)
{
    struct buf text = {0};

    buf_str(&text, notice->account ? _("For you.") : _("For everybody here."));
    for (size_t i = 0; i < notice->viewer_count; i++) {
        buf_str(&text, i == 0 ? _(" Seen: ") : _(", "));
        buf_printf(&text, "%s ", notice->viewers[i].account);
        part_time(notice->viewers[i].at_ms, &text);
    }
    (void)canvas_put(canvas, row, STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

/* The whole sentence, and who has seen it. */
static void draw_pane(const struct notices_view *page, struct canvas *canvas, struct area area)
{
    const struct notice *notice = selected(page);

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (!notice)
        return;
    (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 1, 0), STYLE_NORMAL, notice->sentence);
    draw_viewers(notice, canvas, area_row(area, area.rows - 1));
}

static void draw_empty(const struct notices_view *page, struct canvas *canvas, struct area area)
{
    const char *text =
        page->with_seen ? _("There has been nothing to tell you.") : _("There is nothing new.");

    if (page->failure[0])
        (void)part_marked(canvas, area, STYLE_ERROR, page->failure);
    else
        (void)canvas_put(canvas, area, STYLE_MUTED, page->notices ? text : _("Reading…"));
    canvas_cursor(canvas, area.row, area.column, true);
}

static void notices_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct notices_view *page = (struct notices_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;
    struct area body = area_cut(area, 2, 0, pane, 0);

    draw_tabs(page, canvas, area_row(area, 0));
    if (page->notices && page->notices->count > 0)
        list_draw(&page->list, canvas, body, draw_row, page);
    else
        draw_empty(page, canvas, body);
    if (pane > 0)
        draw_pane(page, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *notices_title(struct view *view)
{
    (void)view;
    return _("Notices");
}

static enum context notices_context(struct view *view)
{
    (void)view;
    return CONTEXT_NOTICES;
}

static void notices_close(struct view *view)
{
    struct notices_view *page = (struct notices_view *)view;

    notice_list_free(page->notices);
    free(page);
}

struct view *notices_view_new(struct workplace *place)
{
    static const struct view_ops ops = {.title = notices_title,
                                        .context = notices_context,
                                        .draw = notices_draw,
                                        .command = notices_command,
                                        .tick = notices_tick,
                                        .enabled = notices_enabled,
                                        .waits = notices_wait,
                                        .close = notices_close};
    struct notices_view *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->view.ops = &ops;
    page->place = place;
    return &page->view;
}
