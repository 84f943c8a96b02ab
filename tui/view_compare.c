#include "tui/view_compare.h"

#include "base/i18n.h"
#include "base/text.h"
#include "db/journal.h"
#include "tui/errand.h"
#include "tui/view_words.h"
#include "tui/watching.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PURPOSE_MIN 2
#define TITLE_WIDTH 36 /* cells of the breadcrumb */

/* --- reading --------------------------------------------------------------------------------- */

struct load {
    struct errand errand;
    char id[48];
    struct session session;
    struct compare_source source;
};

static void source_release(struct compare_source *source)
{
    request_detail_free(source->detail);
    free(source->rules);
    *source = (struct compare_source){0};
}

static enum status read_rules(struct load *load, struct reader *reader, struct error *error)
{
    const struct request_detail *detail = load->source.detail;
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    const struct dataset *dataset =
        detail->row.dataset ? catalogue_find(catalogue, detail->row.dataset) : NULL;
    load->source.rules = calloc(detail->field_count + 1, sizeof *load->source.rules);
    if (!load->source.rules)
        return error_nomem(error);
    for (size_t i = 0; i < detail->field_count; i++) {
        const struct dataset_field *field =
            dataset ? dataset_field(dataset, detail->fields[i].field) : NULL;
        int grade = field ? field->grade : GRADE_UNKNOWN;
        if (!session_sees(&load->session, grade))
            load->source.rules[i] = (struct compare_rule){field ? field->type : TYPE_TEXT, grade};
    }
    return STATUS_OK;
}

static enum status load_work(struct errand *errand, struct error *error)
{
    struct load *load = (struct load *)errand;
    struct reader *reader = workplace_reading_reader(errand->place);
    enum status status = request_get(reader, load->id, &load->source.detail, error);

    return status == STATUS_OK ? read_rules(load, reader, error) : status;
}

/* Whom and what it is about; the number says nothing to a person. */
static void make_title(struct compare_view *compare)
{
    const struct request_detail *detail = compare->source.detail;
    const char *name = detail->row.subject_name;
    const char *field = detail->field_count > 0 ? detail->fields[0].title : "";
    struct buf shown = {0};

    text_show(&shown, name, strlen(name));
    if (shown.length > 0 && field[0])
        buf_str(&shown, " · ");
    text_show(&shown, field, strlen(field));
    size_t length = text_fit(buf_text(&shown), TITLE_WIDTH, NULL);
    if (length > 0 && length < sizeof compare->title)
        (void)snprintf(compare->title, sizeof compare->title, "%.*s", (int)length,
                       buf_text(&shown));
    buf_release(&shown);
}

static unsigned load_deliver(struct errand *errand, struct view *view)
{
    struct compare_view *compare = (struct compare_view *)view;
    struct load *load = (struct load *)errand;

    compare->loading = false;
    if (errand->status == STATUS_OK) {
        source_release(&compare->source);
        compare->source = load->source;
        load->source = (struct compare_source){0};
        make_title(compare);
        compare->failure[0] = '\0';
    } else {
        (void)snprintf(compare->failure, sizeof compare->failure, "%s", errand->error.text);
    }
    return STALE_VIEW | STALE_FRAME;
}

static void load_release(struct errand *errand)
{
    source_release(&((struct load *)errand)->source);
}

static void send_load(struct compare_view *compare)
{
    static const struct errand_kind kind = {
        .work = load_work, .deliver = load_deliver, .release = load_release, .tells_failure = true};
    struct load *load = errand_new(compare->place, &compare->view, sizeof *load, &kind);

    if (!load) {
        (void)snprintf(compare->failure, sizeof compare->failure, "%s",
                       _("There is not enough memory."));
        return;
    }
    memcpy(load->id, compare->id, sizeof load->id);
    load->session = *workplace_session(compare->place);
    compare->loading = true;
    refresh_asked(&compare->refresh, compare->place);
    errand_send(&load->errand, workplace_reading(compare->place));
}

static unsigned compare_tick(struct view *view, int64_t now, int *next)
{
    struct compare_view *compare = (struct compare_view *)view;

    if (!compare->loading && refresh_is_due(&compare->refresh, compare->place, view))
        send_load(compare);
    return refresh_minute(&compare->refresh, now, next);
}

/* --- showing what is masked ------------------------------------------------------------------ */

bool compare_has_masked(const struct compare_view *compare)
{
    for (size_t i = 0; compare->source.detail && i < compare->source.detail->field_count; i++)
        if (compare->source.rules[i].grade > 0)
            return true;
    return false;
}

struct reveal {
    struct errand errand;
    struct session session;
    char object[256], purpose[1024];
};

static enum status reveal_work(struct errand *errand, struct error *error)
{
    const struct reveal *reveal = (const struct reveal *)errand;

    return journal_lookup(workplace_outbox(errand->place), &reveal->session, "reveal",
                          reveal->object, reveal->purpose, error);
}

static unsigned reveal_deliver(struct errand *errand, struct view *view)
{
    struct compare_view *compare = (struct compare_view *)view;

    compare->revealed = compare->revealed || errand->status == STATUS_OK;
    return STALE_VIEW | STALE_FRAME;
}

static void answer_purpose(struct app *app, const struct app_answer *answer)
{
    static const struct errand_kind kind = {.work = reveal_work, .deliver = reveal_deliver};
    struct compare_view *compare = (struct compare_view *)app_find_view(app, answer->owner);

    if (!compare || !answer->yes)
        return;
    struct reveal *reveal = errand_new(compare->place, &compare->view, sizeof *reveal, &kind);
    if (!reveal)
        return;
    reveal->session = *workplace_session(compare->place);
    (void)snprintf(reveal->object, sizeof reveal->object, "%s", compare->id);
    (void)snprintf(reveal->purpose, sizeof reveal->purpose, "%s", answer->text);
    errand_send(&reveal->errand, workplace_desk(compare->place));
}

static unsigned reveal(struct compare_view *compare)
{
    const struct app_prompt prompt = {
        .question = _("What do you need the masked values for? This is written down with your "
                      "name."),
        .minimum = PURPOSE_MIN,
    };

    app_prompt(compare->view.app, &prompt, answer_purpose, NULL);
    return STALE_VIEW | STALE_FRAME;
}

/* --- commands -------------------------------------------------------------------------------- */

static const struct request_row *row_of(const struct compare_view *compare)
{
    return compare->source.detail ? &compare->source.detail->row : NULL;
}

bool compare_changed_meanwhile(const struct compare_view *compare)
{
    const struct request_detail *detail = compare->source.detail;

    if (!detail || request_state_is_final(detail->row.state))
        return false;
    for (size_t i = 0; i < detail->field_count; i++)
        if (detail->fields[i].now_differs)
            return true;
    return detail->row.base_changed;
}

static unsigned decide(struct compare_view *compare, enum decision decision)
{
    struct decision_target target;
    const struct request_row *row = row_of(compare);
    bool seen =
        !compare_changed_meanwhile(compare) && (compare->revealed || !compare_has_masked(compare));

    if (!row)
        return STALE_NOTHING;
    decision_target_set(&target, row);
    decision_make(compare->place, decision, &target, 1, seen, compare->view.id);
    return STALE_VIEW | STALE_FRAME;
}

static unsigned resubmit(struct compare_view *compare)
{
    const struct request_row *row = row_of(compare);

    if (!row)
        return STALE_NOTHING;
    app_push(compare->view.app,
             editor_view_new(compare->place, row->dataset, row->record, row->id));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned scroll_to(struct compare_view *compare, int top)
{
    int last = compare->rows > compare->height ? compare->rows - compare->height : 0;
    int before = compare->top;

    compare->top = top > last ? last : top < 0 ? 0 : top;
    return compare->top == before ? STALE_NOTHING : STALE_VIEW;
}

static int times(const char *argument)
{
    long count = strtol(argument, NULL, 10);

    return count > 0 && count < 1000 ? (int)count : 1;
}

static unsigned scroll(struct compare_view *compare, enum command command, const char *argument)
{
    int page = compare->height > 1 ? compare->height - 1 : 1;

    switch ((int)command) {
    case COMMAND_ROW_DOWN:
        return scroll_to(compare, compare->top + times(argument));
    case COMMAND_ROW_UP:
        return scroll_to(compare, compare->top - times(argument));
    case COMMAND_PAGE_DOWN:
    case COMMAND_NEXT_SECTION:
        return scroll_to(compare, compare->top + page);
    case COMMAND_PAGE_UP:
    case COMMAND_PREV_SECTION:
        return scroll_to(compare, compare->top - page);
    case COMMAND_ROW_FIRST:
        return scroll_to(compare, 0);
    case COMMAND_ROW_LAST:
        return scroll_to(compare, compare->rows);
    default:
        return STALE_UNHANDLED;
    }
}

/* The file of whom it is about. */
static unsigned open_subject(struct compare_view *compare)
{
    const struct request_row *row = row_of(compare);
    enum subject_kind kind = row ? subject_kind_parse(row->subject_kind) : SUBJECT_NONE;

    if (!row)
        return STALE_NOTHING;
    app_push(compare->view.app,
             (kind == SUBJECT_PERSON || kind == SUBJECT_ENTERPRISE) && row->subject[0]
                 ? file_view_new(compare->place, kind, row->subject)
                 : record_view_new(compare->place, row->dataset, row->record));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned compare_command(struct view *view, enum command command, const char *argument)
{
    struct compare_view *compare = (struct compare_view *)view;
    enum decision decision;

    if (decision_of_command(command, &decision))
        return decide(compare, decision);
    switch ((int)command) {
    case COMMAND_OPEN:
        return open_subject(compare);
    case COMMAND_RESUBMIT:
        return resubmit(compare);
    case COMMAND_REVEAL:
        return reveal(compare);
    case COMMAND_WATCH:
        watching_toggle(compare->place, WATCH_REQUEST, compare->id);
        return STALE_NOTHING;
    case COMMAND_REFRESH:
        if (!compare->loading)
            send_load(compare);
        return STALE_VIEW | STALE_FRAME | STALE_REPAINT;
    default:
        return scroll(compare, command, argument);
    }
}

static bool may_reveal(const struct compare_view *compare, char reason[VIEW_REASON_MAX])
{
    if (!compare_has_masked(compare) || compare->revealed)
        return words_refuse(reason, _("Nothing is masked here."));
    if (!session_may_read(workplace_session(compare->place)))
        return words_refuse(reason, _("Your role may not see it."));
    return workplace_outbox(compare->place) ||
           words_refuse(reason, _("This window can only read; another one is open."));
}

static bool compare_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    struct compare_view *compare = (struct compare_view *)view;
    enum decision decision;

    if (decision_of_command(command, &decision))
        return decision_is_possible(compare->place, decision, row_of(compare), reason);
    if (command == COMMAND_RESUBMIT)
        return decision_may_resubmit(compare->place, row_of(compare), reason);
    if (command == COMMAND_REVEAL)
        return may_reveal(compare, reason);
    if (command == COMMAND_OPEN && !session_may_read(workplace_session(compare->place)))
        return words_refuse(reason, _("Your role does not look people up."));
    return command != COMMAND_WATCH || watching_is_possible(compare->place, reason);
}

static bool compare_waits(struct view *view)
{
    const struct compare_view *compare = (const struct compare_view *)view;

    if (compare->loading || refresh_is_due(&compare->refresh, compare->place, view))
        return true;
    return !compare->source.detail && !compare->failure[0];
}

/* --- life ------------------------------------------------------------------------------------ */

static const char *compare_title(struct view *view)
{
    return ((const struct compare_view *)view)->title;
}

static enum context compare_context(struct view *view)
{
    (void)view;
    return CONTEXT_COMPARE;
}

static void compare_close(struct view *view)
{
    struct compare_view *compare = (struct compare_view *)view;

    source_release(&compare->source);
    free(compare);
}

struct view *compare_view_new(struct workplace *place, const char *id)
{
    static const struct view_ops ops = {.title = compare_title,
                                        .context = compare_context,
                                        .draw = compare_draw,
                                        .command = compare_command,
                                        .tick = compare_tick,
                                        .enabled = compare_enabled,
                                        .waits = compare_waits,
                                        .close = compare_close};
    struct compare_view *compare = calloc(1, sizeof *compare);

    if (!compare)
        return NULL;
    compare->view.ops = &ops;
    compare->place = place;
    (void)snprintf(compare->id, sizeof compare->id, "%s", id);
    (void)snprintf(compare->title, sizeof compare->title, "%s", _("Request"));
    return &compare->view;
}
