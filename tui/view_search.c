/* Search as you type. The page always says for which text the hits below are: while the answer
 * for what has been typed is on its way, the previous hits are drawn muted and Enter waits for
 * the new ones, so that fast typists never open somebody else's file. */
#include "base/i18n.h"
#include "base/text.h"
#include "db/search.h"
#include "tui/errand.h"
#include "tui/field.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_CHARACTERS 100
#define QUERY_BYTES      (QUERY_CHARACTERS * 4 + 1)
#define HITS_MAX         200
#define DATASETS_MAX     64
#define SCAN_MAX         40 /* longer codes are no numbers: they are verified */
#define CELL_BYTES_MAX   12 /* a character and two marks on it */
#define PANE_ROWS        3
#define PANE_AREA_MIN    12

struct dataset_title {
    char dataset[65], title[128];
};

/* What was asked: the text and the kind of thing. */
struct question {
    char text[QUERY_BYTES];
    enum search_kind kind;
};

struct look {
    struct errand errand;
    struct question question;
    bool refresh; /* the same question again, because the data changed */
    struct search_result *result;
    struct dataset_title titles[DATASETS_MAX];
    size_t title_count;
};

struct search_view {
    struct view view;
    struct workplace *place;
    struct field query;
    struct list list;
    struct question now;      /* what is in the field */
    struct question answered; /* what `result` or `failure` is about */
    struct search_result *result;
    char failure[ERROR_TEXT_MAX];
    struct look *running; /* the worker's; NULL: nothing is under way */
    bool open_answer;     /* Enter came before the answer */
    bool open_single;     /* a card was read: nobody else fits, so nobody has to press Enter */
    struct refresh refresh;
    struct dataset_title titles[DATASETS_MAX];
    size_t title_count;
};

/* --- asking ---------------------------------------------------------------------------------- */

static bool same_question(const struct question *a, const struct question *b)
{
    return a->kind == b->kind && strcmp(a->text, b->text) == 0;
}

static bool is_blank(const struct search_view *search)
{
    const char *start;

    return text_trim(search->now.text, strlen(search->now.text), &start) == 0;
}

/* The answer on the screen is not the one for what stands in the field. */
static bool is_pending(const struct search_view *search)
{
    return !is_blank(search) && !same_question(&search->now, &search->answered);
}

static bool may_search(const struct search_view *search)
{
    return session_may_read(workplace_session(search->place));
}

static enum status read_titles(struct look *look, struct reader *reader, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < catalogue_count(catalogue) && i < DATASETS_MAX; i++) {
        const struct dataset *dataset = catalogue_at(catalogue, i);
        struct dataset_title *title = &look->titles[look->title_count++];
        (void)snprintf(title->dataset, sizeof title->dataset, "%s", dataset->name);
        (void)snprintf(title->title, sizeof title->title, "%s", dataset->title);
    }
    return STATUS_OK;
}

static enum status look_work(struct errand *errand, struct error *error)
{
    struct look *look = (struct look *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    const struct search_options options = {.kind = look->question.kind, .limit = HITS_MAX};
    enum status status = search_run(reader, look->question.text, &options, &look->result, error);

    return status == STATUS_OK ? read_titles(look, reader, error) : status;
}

static void look_release(struct errand *errand)
{
    search_result_free(((struct look *)errand)->result);
}

static unsigned look_deliver(struct errand *errand, struct view *view);

/* One question at a time: a newer one interrupts and is asked when the old one came back. */
static void ask(struct search_view *search, bool refresh)
{
    static const struct errand_kind kind = {.work = look_work,
                                            .deliver = look_deliver,
                                            .release = look_release,
                                            .tells_failure = true,
                                            .interruptible = true};

    if (search->running) {
        errand_interrupt(&search->running->errand);
        return;
    }
    if (is_blank(search) || !may_search(search))
        return;
    struct look *look = errand_new(search->place, &search->view, sizeof *look, &kind);
    if (!look)
        return;
    look->question = search->now;
    look->refresh = refresh;
    refresh_asked(&search->refresh, search->place);
    search->running = look;
    errand_send(&look->errand, workplace_reading(search->place));
}

/* --- the answer ------------------------------------------------------------------------------ */

static const struct search_hit *hit_at(const struct search_view *search, size_t index)
{
    return search->result && index < search->result->count ? &search->result->hits[index] : NULL;
}

static const struct search_hit *selected_hit(const struct search_view *search)
{
    return is_pending(search) ? NULL : hit_at(search, search->list.selected);
}

static bool same_hit(const struct search_hit *a, const struct search_hit *b)
{
    return a->kind == b->kind && strcmp(a->subject, b->subject) == 0 &&
           strcmp(a->record, b->record) == 0;
}

/* After a refresh the row stays the one it was, wherever it stands now. */
static size_t row_after(const struct search_view *search, const struct search_result *fresh)
{
    const struct search_hit *before = hit_at(search, search->list.selected);

    for (size_t i = 0; before && i < fresh->count; i++)
        if (same_hit(before, &fresh->hits[i]))
            return i;
    return search->list.selected;
}

static void take_titles(struct search_view *search, const struct look *look)
{
    memcpy(search->titles, look->titles, sizeof search->titles);
    search->title_count = look->title_count;
}

static void take_answer(struct search_view *search, struct look *look)
{
    struct search_result *fresh = look->errand.status == STATUS_OK ? look->result : NULL;
    size_t row = look->refresh && fresh ? row_after(search, fresh) : search->list.selected;

    (void)snprintf(search->failure, sizeof search->failure, "%s",
                   fresh ? "" : look->errand.error.text);
    search_result_free(search->result);
    search->result = fresh;
    look->result = fresh ? NULL : look->result;
    search->answered = look->question;
    take_titles(search, look);
    list_set_count(&search->list, fresh ? fresh->count : 0);
    list_select(&search->list, row);
}

static void forget_answer(struct search_view *search)
{
    search_result_free(search->result);
    search->result = NULL;
    search->answered = (struct question){0};
    search->failure[0] = '\0';
    list_set_count(&search->list, 0);
}

/* --- opening --------------------------------------------------------------------------------- */

static struct view *page_of(struct search_view *search, const struct search_hit *hit)
{
    switch (hit->kind) {
    case SEARCH_PERSON:
        return file_view_new(search->place, SUBJECT_PERSON, hit->subject);
    case SEARCH_ENTERPRISE:
        return file_view_new(search->place, SUBJECT_ENTERPRISE, hit->subject);
    case SEARCH_CERTIFICATE:
        return verify_view_new(search->place, hit->record);
    case SEARCH_ALL:
        break;
    }
    return record_view_new(search->place, hit->dataset, hit->record);
}

static unsigned open_selected(struct search_view *search)
{
    const struct search_hit *hit = selected_hit(search);

    search->open_answer = search->open_single = false;
    if (!hit) {
        app_say(search->view.app, STYLE_WARNING, "%s", _("Nothing was found."));
        return STALE_FRAME;
    }
    app_push(search->view.app, page_of(search, hit));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned open_command(struct search_view *search)
{
    if (!is_pending(search))
        return open_selected(search);
    search->open_answer = true;
    return STALE_VIEW;
}

static unsigned look_deliver(struct errand *errand, struct view *view)
{
    struct search_view *search = (struct search_view *)view;
    struct look *look = (struct look *)errand;

    search->running = NULL;
    if (errand->status == STATUS_CANCELLED || !same_question(&look->question, &search->now)) {
        if (is_pending(search))
            ask(search, false);
        return STALE_NOTHING;
    }
    take_answer(search, look);
    if (search->open_single && search->result && search->result->count == 1)
        search->open_answer = true;
    search->open_single = false;
    return search->open_answer ? open_selected(search) : STALE_VIEW;
}

/* --- typing ---------------------------------------------------------------------------------- */

/* Puts what is in the field into `now`; asks when it is something new. Until the answer comes the
 * rows are counted as if there were as many as possible, so that moves made meanwhile count. */
static unsigned edited(struct search_view *search)
{
    struct question before = search->now;

    (void)snprintf(search->now.text, sizeof search->now.text, "%s", field_text_of(&search->query));
    if (same_question(&before, &search->now))
        return STALE_VIEW;
    search->open_answer = search->open_single = false;
    list_select(&search->list, 0);
    if (is_blank(search)) {
        forget_answer(search);
        ask(search, false); /* interrupts what is under way */
    } else if (is_pending(search)) {
        list_set_count(&search->list, HITS_MAX);
        ask(search, false);
    } else {
        list_set_count(&search->list, search->result ? search->result->count : 0);
    }
    return STALE_VIEW | STALE_FRAME;
}

static unsigned choose_kind(struct search_view *search, int step)
{
    const int kinds = SEARCH_CERTIFICATE + 1;

    search->now.kind = (enum search_kind)(((int)search->now.kind + step + kinds) % kinds);
    search->open_answer = false;
    list_select(&search->list, 0);
    if (is_pending(search))
        list_set_count(&search->list, HITS_MAX);
    ask(search, false);
    return STALE_VIEW;
}

static unsigned search_text(struct view *view, const struct input_event *event)
{
    struct search_view *search = (struct search_view *)view;

    if (event->kind == INPUT_SCAN && event->length > SCAN_MAX)
        return STALE_UNHANDLED;
    if (field_text(&search->query, event) == STALE_NOTHING)
        return STALE_NOTHING;
    unsigned stale = edited(search);
    search->open_single = event->kind == INPUT_SCAN;
    return stale;
}

unsigned search_view_type(struct view *view, const struct input_event *event)
{
    return search_text(view, event);
}

static unsigned search_command(struct view *view, enum command command, const char *argument)
{
    struct search_view *search = (struct search_view *)view;

    if (command == COMMAND_OPEN)
        return open_command(search);
    if (command == COMMAND_NEXT_SECTION || command == COMMAND_PREV_SECTION)
        return choose_kind(search, command == COMMAND_NEXT_SECTION ? 1 : -1);
    if (command == COMMAND_REFRESH) {
        ask(search, true);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    }
    unsigned stale = field_command(&search->query, command);
    if (stale == STALE_VIEW)
        return edited(search);
    return stale & STALE_UNHANDLED ? list_command(&search->list, command, argument) : stale;
}

static bool search_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct search_view *search = (const struct search_view *)view;

    if (command != COMMAND_OPEN)
        return true;
    if (!may_search(search))
        return words_refuse(reason, _("Your role does not look people up."));
    if (is_blank(search))
        return words_refuse(reason, _("Type what you are looking for first."));
    return is_pending(search) || selected_hit(search) ||
           words_refuse(reason, _("Nothing was found."));
}

/* Pending marks and values may have changed beneath: the same question again, now and then. */
static unsigned search_tick(struct view *view, int64_t now, int *next)
{
    struct search_view *search = (struct search_view *)view;

    (void)now;
    (void)next;
    if (search->running || is_blank(search) || !may_search(search))
        return STALE_NOTHING;
    if (is_pending(search)) /* the text the page was opened with */
        ask(search, false);
    else if (refresh_is_due(&search->refresh, search->place, view))
        ask(search, true);
    return STALE_NOTHING;
}

/* Enter was pressed before the answer came: what is typed next is for the page it opens. */
static bool search_waits(struct view *view)
{
    const struct search_view *search = (const struct search_view *)view;

    return search->open_answer && search->running;
}

/* --- drawing --------------------------------------------------------------------------------- */

static const char *kind_title(enum search_kind kind)
{
    switch (kind) {
    case SEARCH_PERSON:
        return _("person");
    case SEARCH_ENTERPRISE:
        return _("enterprise");
    case SEARCH_CERTIFICATE:
        return _("certificate");
    case SEARCH_ALL:
        break;
    }
    return "";
}

static const char *matched_title(const char *matched)
{
    static const struct {
        const char *matched, *title;
    } rows[] = {
        {"identity", N_("number")},         {"name", N_("name")},
        {"name_prefix", N_("name begins")}, {"pinyin", N_("pinyin")},
        {"initials", N_("initials")},       {"inside", N_("part of name")},
        {"id_prefix", N_("number begins")}, {"id_suffix", N_("last digits")},
        {"birth_date", N_("born")},         {"phone", N_("phone")},
        {"address", N_("address")},         {"certificate", N_("certificate")},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].matched, matched) == 0)
            return _(rows[i].title);
    return matched;
}

static const char *dataset_title(const struct search_view *search, const char *dataset)
{
    for (size_t i = 0; i < search->title_count; i++)
        if (strcmp(search->titles[i].dataset, dataset) == 0)
            return search->titles[i].title;
    return dataset;
}

/* Widths of the columns, from the width of the page alone, so that nothing moves with the data. */
struct columns {
    int name, subject, kind, detail, matched;
};

static int widest_kind(const struct canvas *canvas)
{
    int widest = 0;

    for (int kind = SEARCH_PERSON; kind <= SEARCH_CERTIFICATE; kind++) {
        const char *title = kind_title((enum search_kind)kind);
        int width = canvas_measure(canvas, title, strlen(title));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static struct columns columns_for(const struct canvas *canvas, int width)
{
    struct columns columns = {.subject = 18, .kind = widest_kind(canvas), .matched = 12};

    if (width < 70)
        columns.matched = 0;
    int rest = width - 2 - columns.subject - columns.kind - columns.matched - 4;
    columns.name = rest * 2 / 5 < 12 ? 12 : rest * 2 / 5;
    columns.detail = rest > columns.name ? rest - columns.name : 0;
    return columns;
}

static void subject_of(const struct search_view *search, const struct search_hit *hit,
                       struct buf *out)
{
    enum subject_kind kind = hit->kind == SEARCH_PERSON       ? SUBJECT_PERSON
                             : hit->kind == SEARCH_ENTERPRISE ? SUBJECT_ENTERPRISE
                                                              : SUBJECT_NONE;

    session_show_subject(workplace_session(search->place), kind, hit->subject, out);
}

/* What must not be overlooked comes first. */
static enum style flags_of(const struct search_hit *hit, struct buf *out)
{
    if (hit->deceased)
        buf_printf(out, "%s ", _("deceased"));
    if (hit->pending > 0)
        buf_printf(out, ngettext("%d request", "%d requests", (unsigned long)hit->pending),
                   hit->pending);
    if (out->length > 0)
        buf_str(out, "  ");
    if (hit->deceased)
        return STYLE_WARNING;
    return hit->pending > 0 ? STYLE_PENDING : STYLE_NORMAL;
}

/* The end of a text that is much too long anyway. */
static const char *last_bytes(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return text;
    text += length - most;
    while (((unsigned char)*text & 0xC0) == 0x80)
        text++;
    return text;
}

/* Addresses differ at their end: what does not fit is cut off at the front. */
static void put_tail(struct canvas *canvas, struct area area, enum style style, const char *whole)
{
    const char *text = last_bytes(whole, (size_t)area.columns * CELL_BYTES_MAX);
    size_t length = strlen(text);
    size_t used;
    bool cut = text != whole;

    while (length > 0 && canvas_measure(canvas, text, length) > area.columns - (cut ? 1 : 0)) {
        (void)text_decode(text, length, &used);
        text += used;
        length -= used;
        cut = true;
    }
    if (cut)
        (void)canvas_put(canvas, area, STYLE_MUTED, "~");
    (void)canvas_put_bytes(canvas, area_cut(area, 0, 0, 0, cut ? 1 : 0), style, text, length);
}

static int next_column(struct area *rest, int columns)
{
    *rest = area_cut(*rest, 0, 0, 0, columns + 1);
    return columns;
}

static void draw_hit(const struct search_view *search, const struct search_hit *hit,
                     struct canvas *canvas, struct area row, bool current)
{
    struct columns columns = columns_for(canvas, row.columns);
    enum style normal = current ? STYLE_NORMAL : STYLE_MUTED;
    struct area rest = row;
    struct buf subject = {0};
    struct buf flags = {0};
    enum style flag = flags_of(hit, &flags);

    subject_of(search, hit, &subject);
    (void)canvas_put(canvas, area_columns(rest, 0, 1), flag, style_mark(flag));
    (void)next_column(&rest, 1);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.name),
                     current ? STYLE_STRONG : STYLE_MUTED, hit->name);
    (void)next_column(&rest, columns.name);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.subject), normal, buf_text(&subject));
    (void)next_column(&rest, columns.subject);
    (void)canvas_put(canvas, area_columns(rest, 0, columns.kind), STYLE_MUTED,
                     kind_title(hit->kind));
    (void)next_column(&rest, columns.kind);
    struct area detail = area_columns(rest, 0, columns.detail);
    int used = canvas_put(canvas, detail, flag, buf_text(&flags));
    put_tail(canvas, area_cut(detail, 0, 0, 0, used), normal, hit->detail);
    (void)canvas_put_right(canvas,
                           area_columns(row, row.columns - columns.matched, columns.matched),
                           STYLE_MUTED, matched_title(hit->matched));
    buf_release(&subject);
    buf_release(&flags);
}

static void draw_row(void *data, size_t index, struct canvas *canvas, struct area row)
{
    const struct search_view *search = data;
    const struct search_hit *hit = hit_at(search, index);

    if (hit)
        draw_hit(search, hit, canvas, row, true);
}

/* The hits of an earlier text, until the new ones are there: nothing can be done with them. */
static void draw_stale_hits(const struct search_view *search, struct canvas *canvas,
                            struct area area)
{
    for (int row = 0; row < area.rows; row++) {
        const struct search_hit *hit = hit_at(search, (size_t)row);
        if (hit)
            draw_hit(search, hit, canvas, area_row(area, row), false);
    }
}

static void put_count(const struct search_view *search, struct buf *out)
{
    const struct search_result *result = search->result;

    if (is_pending(search)) {
        buf_str(out,
                search->open_answer ? _("Searching; then the first hit opens") : _("Searching…"));
        return;
    }
    if (!result)
        return;
    if (result->total_at_least > (int64_t)result->count)
        buf_printf(out, _("the first %zu of at least %lld"), result->count,
                   (long long)result->total_at_least);
    else
        buf_printf(out, ngettext("%zu found", "%zu found", result->count), result->count);
    buf_printf(out, _(", %.1f ms"), result->seconds * 1000.0);
}

static void draw_kinds(const struct search_view *search, struct canvas *canvas, struct area row)
{
    const char *const titles[] = {_("All"), _("Persons"), _("Enterprises"), _("Certificates")};
    struct buf count = {0};
    int at = 0;

    for (int kind = SEARCH_ALL; kind <= SEARCH_CERTIFICATE; kind++) {
        bool chosen = (enum search_kind)kind == search->now.kind;
        struct area place = area_cut(row, 0, 0, 0, at);
        int used = canvas_printf(canvas, place, chosen ? STYLE_STRONG : STYLE_MUTED,
                                 chosen ? "[%s]" : " %s ", titles[kind]);
        at += used + 1;
    }
    put_count(search, &count);
    (void)canvas_put_right(canvas, area_cut(row, 0, 0, 0, at), STYLE_MUTED, buf_text(&count));
    buf_release(&count);
}

static void draw_pane(const struct search_view *search, struct canvas *canvas, struct area area)
{
    const struct search_hit *hit = selected_hit(search);
    struct buf subject = {0};

    canvas_hline(canvas, area_row(area, 0), STYLE_BORDER);
    if (!hit)
        return;
    subject_of(search, hit, &subject);
    int used = canvas_put(canvas, area_row(area, 1), STYLE_STRONG, hit->name);
    (void)canvas_printf(canvas, area_cut(area_row(area, 1), 0, 0, 0, used), STYLE_NORMAL,
                        "  %s  %s  %s", buf_text(&subject), kind_title(hit->kind),
                        dataset_title(search, hit->dataset));
    (void)canvas_put(canvas, area_row(area, 2), STYLE_MUTED, hit->detail);
    buf_release(&subject);
}

static void draw_hint(struct canvas *canvas, struct area area)
{
    const char *const lines[][2] = {
        {_("name, or a part of it"), "王秀英   秀英"},
        {_("pinyin, whole or initials"), "wangxiuying   wxy"},
        {_("born in, on"), "1990   19900314"},
        {_("ID number: beginning, last digits"), "440306   021X"},
        {_("phone: beginning, last digits"), "139   1234"},
        {_("enterprise, credit code, address"), "云汀 合作社   9144"},
        {_("all of it in any order"), "wxy 1990 云汀"},
    };

    (void)canvas_put(canvas, area_row(area, 1), STYLE_MUTED, _("What can be typed:"));
    for (int i = 0; i < (int)(sizeof lines / sizeof *lines); i++) {
        struct area row = area_row(area, i + 2);
        (void)canvas_put(canvas, area_columns(row, 2, 36), STYLE_MUTED, lines[i][0]);
        (void)canvas_put(canvas, area_cut(row, 0, 0, 0, 40), STYLE_NORMAL, lines[i][1]);
    }
}

static void draw_nothing_found(const struct search_view *search, struct canvas *canvas,
                               struct area area)
{
    if (search->failure[0]) {
        (void)part_marked_lines(canvas, area_cut(area, 1, 0, 0, 0), STYLE_ERROR, search->failure);
        return;
    }
    (void)canvas_put(canvas, area_row(area, 1), STYLE_NORMAL,
                     _("Nothing in the returned data fits."));
    (void)canvas_put_wrapped(canvas, area_cut(area, 2, 0, 0, 0), STYLE_MUTED,
                             _("Try less: a part of the name, initials, the year of birth; or look "
                               "among all kinds."));
}

static void draw_body(struct search_view *search, struct canvas *canvas, struct area area)
{
    if (!may_search(search))
        (void)part_marked_lines(canvas, area, STYLE_WARNING,
                                _("Your role does not look people up."));
    else if (is_blank(search))
        draw_hint(canvas, area);
    else if (is_pending(search))
        draw_stale_hits(search, canvas, area);
    else if (search->result && search->result->count > 0)
        list_draw(&search->list, canvas, area, draw_row, search);
    else
        draw_nothing_found(search, canvas, area);
}

static void search_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct search_view *search = (struct search_view *)view;
    int pane = area.rows >= PANE_AREA_MIN ? PANE_ROWS : 0;

    draw_kinds(search, canvas, area_row(area, 1));
    draw_body(search, canvas, area_cut(area, 2, 0, pane, 0));
    if (pane > 0)
        draw_pane(search, canvas, area_cut(area, area.rows - pane, 0, 0, 0));
    field_draw(&search->query, canvas, area_row(area, 0), true);
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *search_title(struct view *view)
{
    (void)view;
    return _("Search");
}

static enum context search_context(struct view *view)
{
    (void)view;
    return CONTEXT_SEARCH;
}

static void search_close(struct view *view)
{
    struct search_view *search = (struct search_view *)view;

    if (search->running)
        errand_interrupt(&search->running->errand);
    search_result_free(search->result);
    field_release(&search->query);
    free(search);
}

struct view *search_view_new(struct workplace *place, const char *text)
{
    static const struct view_ops ops = {.title = search_title,
                                        .context = search_context,
                                        .draw = search_draw,
                                        .command = search_command,
                                        .text = search_text,
                                        .tick = search_tick,
                                        .enabled = search_enabled,
                                        .waits = search_waits,
                                        .close = search_close};
    struct search_view *search = calloc(1, sizeof *search);

    if (!search)
        return NULL;
    search->view.ops = &ops;
    search->place = place;
    search->list.keep_cursor = true;
    field_init(&search->query, QUERY_CHARACTERS);
    search->query.hint = _("Name, pinyin, initials, number, phone, address");
    field_set(&search->query, text);
    (void)snprintf(search->now.text, sizeof search->now.text, "%s", field_text_of(&search->query));
    list_set_count(&search->list, HITS_MAX);
    return &search->view;
}
