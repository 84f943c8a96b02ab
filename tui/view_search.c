#include "tui/view_search.h"

#include "base/i18n.h"
#include "base/text.h"
#include "tui/errand.h"
#include "tui/view_words.h"
#include "tui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many as a few screens show, so that the next key never waits for hits that nobody looks at;
 * the others are asked for when the selection comes near the end. */
#define HITS_FIRST 50
#define HITS_MAX   200
#define HITS_NEAR  25

struct search_look {
    struct errand errand;
    struct search_question question;
    int limit;
    bool refresh; /* the same question again, because the data changed or for more hits */
    struct search_result *result;
    struct search_title titles[SEARCH_TITLES_MAX];
    size_t title_count;
};

/* --- asking ---------------------------------------------------------------------------------- */

static bool same_question(const struct search_question *a, const struct search_question *b)
{
    return a->kind == b->kind && strcmp(a->text, b->text) == 0;
}

bool search_is_blank(const struct search_view *search)
{
    const char *start;

    return text_trim(search->now.text, strlen(search->now.text), &start) == 0;
}

bool search_is_pending(const struct search_view *search)
{
    return !search_is_blank(search) && !same_question(&search->now, &search->answered);
}

bool search_is_allowed(const struct search_view *search)
{
    return session_may_read(workplace_session(search->place));
}

static enum status read_titles(struct search_look *look, struct reader *reader, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < catalogue_count(catalogue) && i < SEARCH_TITLES_MAX; i++) {
        const struct dataset *dataset = catalogue_at(catalogue, i);
        struct search_title *title = &look->titles[look->title_count++];
        (void)snprintf(title->dataset, sizeof title->dataset, "%s", dataset->name);
        (void)snprintf(title->title, sizeof title->title, "%s", dataset->title);
    }
    return STATUS_OK;
}

static enum status look_work(struct errand *errand, struct error *error)
{
    struct search_look *look = (struct search_look *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    const struct search_options options = {.kind = look->question.kind, .limit = look->limit};
    enum status status = search_run(reader, look->question.text, &options, &look->result, error);

    return status == STATUS_OK ? read_titles(look, reader, error) : status;
}

static void look_release(struct errand *errand)
{
    search_result_free(((struct search_look *)errand)->result);
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
    if (search_is_blank(search) || !search_is_allowed(search))
        return;
    struct search_look *look = errand_new(search->place, &search->view, sizeof *look, &kind);
    if (!look)
        return;
    if (!refresh)
        search->limit = HITS_FIRST;
    look->question = search->now;
    look->limit = search->limit;
    look->refresh = refresh;
    refresh_asked(&search->refresh, search->place);
    search->running = look;
    errand_send(&look->errand, workplace_reading(search->place));
}

/* The selection is near the end of the hits that were asked for, and there are others. */
static void ask_for_more(struct search_view *search)
{
    const struct search_result *result = search->result;

    if (!result || search->running || search_is_pending(search) || search->limit >= HITS_MAX ||
        result->total_at_least <= (int64_t)result->count ||
        search->list.selected + HITS_NEAR < result->count)
        return;
    search->limit = HITS_MAX;
    ask(search, true);
}

/* --- the answer ------------------------------------------------------------------------------ */

const struct search_hit *search_hit_at(const struct search_view *search, size_t index)
{
    return search->result && index < search->result->count ? &search->result->hits[index] : NULL;
}

const struct search_hit *search_selected_hit(const struct search_view *search)
{
    return search_is_pending(search) ? NULL : search_hit_at(search, search->list.selected);
}

static bool same_hit(const struct search_hit *a, const struct search_hit *b)
{
    return a->kind == b->kind && strcmp(a->subject, b->subject) == 0 &&
           strcmp(a->record, b->record) == 0;
}

/* After a refresh the row stays the one it was, wherever it stands now. */
static size_t row_after(const struct search_view *search, const struct search_result *fresh)
{
    const struct search_hit *before = search_hit_at(search, search->list.selected);

    for (size_t i = 0; before && i < fresh->count; i++)
        if (same_hit(before, &fresh->hits[i]))
            return i;
    return search->list.selected;
}

static void take_titles(struct search_view *search, const struct search_look *look)
{
    memcpy(search->titles, look->titles, sizeof search->titles);
    search->title_count = look->title_count;
}

static void take_answer(struct search_view *search, struct search_look *look)
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
    search->answered = (struct search_question){0};
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
    case SEARCH_PLACE:
    case SEARCH_INDICATOR:
    case SEARCH_ALL:
        break;
    }
    return record_view_new(search->place, hit->dataset, hit->record);
}

static unsigned open_selected(struct search_view *search)
{
    const struct search_hit *hit = search_selected_hit(search);

    search->open_answer = false;
    if (!hit) {
        app_say(search->view.app, STYLE_WARNING, "%s", _("Nothing was found."));
        return STALE_FRAME;
    }
    app_push(search->view.app, page_of(search, hit));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned open_command(struct search_view *search)
{
    if (!search_is_pending(search))
        return open_selected(search);
    search->open_answer = true;
    return STALE_VIEW;
}

static unsigned look_deliver(struct errand *errand, struct view *view)
{
    struct search_view *search = (struct search_view *)view;
    struct search_look *look = (struct search_look *)errand;

    search->running = NULL;
    if (errand->status == STATUS_CANCELLED || !same_question(&look->question, &search->now)) {
        bool grown = search->result && search->result->count > HITS_FIRST;
        search->limit = grown ? HITS_MAX : HITS_FIRST;
        if (search_is_pending(search))
            ask(search, false);
        return STALE_NOTHING;
    }
    take_answer(search, look);
    ask_for_more(search);
    return search->open_answer ? open_selected(search) : STALE_VIEW;
}

/* --- typing ---------------------------------------------------------------------------------- */

/* Puts what is in the field into `now`; asks when it is something new. Until the answer comes the
 * rows are counted as if there were as many as possible, so that moves made meanwhile count. */
static unsigned edited(struct search_view *search)
{
    struct search_question before = search->now;

    (void)snprintf(search->now.text, sizeof search->now.text, "%s", field_text_of(&search->query));
    if (same_question(&before, &search->now))
        return STALE_VIEW;
    search->open_answer = false;
    list_select(&search->list, 0);
    if (search_is_blank(search)) {
        forget_answer(search);
        ask(search, false); /* interrupts what is under way */
    } else if (search_is_pending(search)) {
        list_set_count(&search->list, HITS_FIRST);
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
    if (search_is_pending(search))
        list_set_count(&search->list, HITS_FIRST);
    ask(search, false);
    return STALE_VIEW;
}

static unsigned search_text(struct view *view, const struct input_event *event)
{
    struct search_view *search = (struct search_view *)view;

    return field_text(&search->query, event) == STALE_NOTHING ? STALE_NOTHING : edited(search);
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
    if (!(stale & STALE_UNHANDLED))
        return stale;
    stale = list_command(&search->list, command, argument);
    ask_for_more(search);
    return stale;
}

static bool search_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct search_view *search = (const struct search_view *)view;

    if (command != COMMAND_OPEN)
        return true;
    if (!search_is_allowed(search))
        return words_refuse(reason, _("Your role does not look people up."));
    if (search_is_blank(search))
        return words_refuse(reason, _("Type what you are looking for first."));
    return search_is_pending(search) || search_selected_hit(search) ||
           words_refuse(reason, _("Nothing was found."));
}

/* Pending marks and values may have changed beneath: the same question again, now and then. */
static unsigned search_tick(struct view *view, int64_t now, int *next)
{
    struct search_view *search = (struct search_view *)view;

    (void)now;
    (void)next;
    if (search->running || search_is_blank(search) || !search_is_allowed(search))
        return STALE_NOTHING;
    if (search_is_pending(search)) /* the text the page was opened with */
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
    field_init(&search->query, SEARCH_TEXT_CHARACTERS);
    search->query.hint = _("Name, pinyin, initials, number, phone, address");
    field_set(&search->query, text);
    (void)snprintf(search->now.text, sizeof search->now.text, "%s", field_text_of(&search->query));
    list_set_count(&search->list, HITS_FIRST);
    return &search->view;
}
