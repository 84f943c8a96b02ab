#include "base/i18n.h"
#include "db/notice.h"
#include "db/recheck.h"
#include "tui/errand.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"
#include "tui/watching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PANE_ROWS     5
#define PANE_AREA_MIN 13
#define TIME_COLUMNS  16
#define KIND_COLUMNS  12

enum notices_tab { TAB_NEW, TAB_ALL, TAB_WATCHED, TAB_COUNT };

struct notices_view {
    struct view view;
    struct workplace *place;
    enum notices_tab tab;
    struct notice_list *notices; /* NULL: not read yet, or another section */
    struct watch_list *watches;  /* TAB_WATCHED */
    struct list list;
    char failure[ERROR_TEXT_MAX];
    bool loading;
    struct refresh refresh;
};

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    struct session session;
    enum notices_tab tab;
    struct notice_list *notices;
    struct watch_list *watches;
};

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    const struct notice_filter filter = {.with_seen = load->tab == TAB_ALL};

    if (load->tab == TAB_WATCHED)
        return watch_read(workplace_reading_reader(errand->place), &load->session, &load->watches,
                          error);
    return notice_read(workplace_reading_reader(errand->place), &load->session, &filter,
                       &load->notices, error);
}

static void load_release(struct errand *errand)
{
    notice_list_free(((struct load *)errand)->notices);
    watch_list_free(((struct load *)errand)->watches);
}

static const struct notice *selected(const struct notices_view *page)
{
    if (!page->notices || page->list.selected >= page->notices->count)
        return NULL;
    return &page->notices->items[page->list.selected];
}

static const struct watch *selected_watch(const struct notices_view *page)
{
    if (!page->watches || page->list.selected >= page->watches->count)
        return NULL;
    return &page->watches->items[page->list.selected];
}

/* What the selected row stands for; 0: nothing. */
static int64_t selected_id(const struct notices_view *page)
{
    const struct notice *notice = selected(page);
    const struct watch *watch = selected_watch(page);

    return notice ? notice->id : watch ? watch->id : 0;
}

static void drop_rows(struct notices_view *page)
{
    notice_list_free(page->notices);
    watch_list_free(page->watches);
    page->notices = NULL;
    page->watches = NULL;
}

static bool is_ready(const struct notices_view *page)
{
    return page->notices || page->watches;
}

static size_t row_count(const struct notices_view *page)
{
    return page->notices ? page->notices->count : page->watches ? page->watches->count : 0;
}

/* The selection stays on what it was on; when that is gone, on its row. */
static void select_again(struct notices_view *page, int64_t id)
{
    size_t row = page->list.selected;

    for (size_t i = 0; i < row_count(page); i++) {
        list_select(&page->list, i);
        if (selected_id(page) == id)
            return;
    }
    list_select(&page->list, row);
}

static void take(struct notices_view *page, struct load *load)
{
    int64_t id = selected_id(page);

    drop_rows(page);
    page->notices = load->notices;
    page->watches = load->watches;
    load->notices = NULL;
    load->watches = NULL;
    page->failure[0] = '\0';
    list_set_count(&page->list, row_count(page));
    select_again(page, id);
}

static void send_load(struct notices_view *page);

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct notices_view *page = (struct notices_view *)view;
    struct load *load = (struct load *)errand;

    page->loading = false;
    if (load->tab != page->tab) {
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
    load->tab = page->tab;
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
    if (notice->record && recheck_is_link(notice->record))
        return verify_view_new_again(place, notice->record);
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

static struct view *page_of_watched(struct workplace *place, const struct watch *watch)
{
    if (watch->kind == WATCH_REQUEST)
        return compare_view_new(place, watch->target);
    return file_view_new(place,
                         watch->kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON,
                         watch->target);
}

/* Who opens it has seen it. */
static unsigned open_selected(struct notices_view *page)
{
    const struct notice *notice = selected(page);
    const struct watch *watch = selected_watch(page);

    if (watch)
        app_push(page->view.app, page_of_watched(page->place, watch));
    if (!notice)
        return STALE_VIEW | STALE_FRAME;
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

static unsigned other_section(struct notices_view *page, int step)
{
    page->tab = (enum notices_tab)(((int)page->tab + step + TAB_COUNT) % TAB_COUNT);
    drop_rows(page);
    list_set_count(&page->list, 0);
    if (!page->loading)
        send_load(page);
    return STALE_VIEW | STALE_FRAME;
}

/* A watched row is given up; a notice's subject or request is marked, or given up. */
static unsigned watch_selected(struct notices_view *page)
{
    const struct watch *watch = selected_watch(page);
    const struct notice *notice = selected(page);

    if (watch)
        watching_toggle(page->place, watch->kind, watch->target);
    else if (notice && notice->request)
        watching_toggle(page->place, WATCH_REQUEST, notice->request);
    else if (notice && has_file(notice))
        watching_toggle(page->place, watch_kind_of_subject(notice->subject_kind), notice->subject);
    return STALE_NOTHING;
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
    case COMMAND_WATCH:
        return watch_selected(page);
    case COMMAND_NEXT_SECTION:
        return other_section(page, 1);
    case COMMAND_PREV_SECTION:
        return other_section(page, -1);
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
    if (selected_id(page) == 0)
        return words_refuse(reason, _("There is nothing here to open."));
    if (!session_may_read(workplace_session(page->place)))
        return words_refuse(reason, _("Your role may not see it."));
    return !notice || leads_somewhere(notice) ||
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

static bool may_watch(const struct notices_view *page, const struct notice *notice,
                      char reason[VIEW_REASON_MAX])
{
    bool possible = selected_watch(page) || (notice && (notice->request || has_file(notice)));

    if (!possible)
        return words_refuse(reason, _("There is nothing here that can be watched."));
    return watching_is_possible(page->place, reason);
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
    if (command == COMMAND_WATCH)
        return may_watch(page, selected(page), reason);
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

static const char *watch_title(enum watch_kind kind)
{
    if (kind == WATCH_REQUEST)
        return _("request");
    return words_subject_kind(kind == WATCH_ENTERPRISE ? SUBJECT_ENTERPRISE : SUBJECT_PERSON);
}

/* What, who, the number, since when. */
static void draw_watch(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct notices_view *page = data;
    const struct watch *watch = &page->watches->items[index];
    struct area rest = area_cut(row, 0, TIME_COLUMNS + 1, 0, 2 + KIND_COLUMNS);
    struct buf since = {0};

    part_time(watch->since_ms, &since);
    (void)canvas_put(canvas, area_columns(row, 2, KIND_COLUMNS - 1), STYLE_MUTED,
                     watch_title(watch->kind));
    int used = canvas_put(canvas, rest, STYLE_STRONG, watch->name);
    (void)canvas_put(canvas, area_cut(rest, 0, 0, 0, used > 0 ? used + 2 : 0), STYLE_NORMAL,
                     watch->kind == WATCH_REQUEST ? words_request(watch->shown) : watch->shown);
    (void)canvas_put_right(canvas, area_cut(row, 0, 0, 0, row.columns - TIME_COLUMNS), STYLE_MUTED,
                           buf_text(&since));
    buf_release(&since);
}

static void draw_tabs(const struct notices_view *page, struct canvas *canvas, struct area row)
{
    const char *const titles[] = {_("Not seen yet"), _("All"), _("Watched")};
    int at = 0;

    for (int tab = TAB_NEW; tab < TAB_COUNT; tab++) {
        bool chosen = tab == (int)page->tab;
        struct buf text = {0};
        buf_printf(&text, "%s%s", chosen ? "[" : " ", titles[tab]);
        if (chosen && is_ready(page))
            buf_printf(&text, " %zu", row_count(page));
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
    if (page->tab == TAB_WATCHED)
        (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 0, 0), STYLE_MUTED,
                                 _("You are told when something about it changes, appears or is "
                                   "deleted. Your own requests need no mark."));
    if (!notice)
        return;
    (void)canvas_put_wrapped(canvas, area_cut(area, 1, 0, 1, 0), STYLE_NORMAL, notice->sentence);
    draw_viewers(notice, canvas, area_row(area, area.rows - 1));
}

static void draw_empty(const struct notices_view *page, struct canvas *canvas, struct area area)
{
    const char *const nothing[] = {_("There is nothing new."),
                                   _("There has been nothing to tell you."),
                                   _("You watch nothing.")};

    if (page->failure[0])
        (void)part_marked(canvas, area, STYLE_ERROR, page->failure);
    else
        (void)canvas_put(canvas, area, STYLE_MUTED,
                         is_ready(page) ? nothing[page->tab] : _("Reading…"));
    canvas_cursor(canvas, area.row, area.column, true);
}

static void notices_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct notices_view *page = (struct notices_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;
    struct area body = area_cut(area, 2, 0, pane, 0);

    draw_tabs(page, canvas, area_row(area, 0));
    if (row_count(page) > 0)
        list_draw(&page->list, canvas, body, page->watches ? draw_watch : draw_row, page);
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

    drop_rows(page);
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

    return part_page_new(place, sizeof(struct notices_view), &ops);
}
