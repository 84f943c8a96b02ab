#include "base/clock.h"
#include "base/i18n.h"
#include "db/journal.h"
#include "db/verification.h"
#include "tui/errand.h"
#include "tui/field.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"
#include "verify/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARACTERS INPUT_SCAN_MAX
#define NAME_CHARACTERS   100
#define ID_CHARACTERS     64
#define LABEL_COLUMNS     14

enum place_of_focus { FOCUS_NUMBER, FOCUS_NAME, FOCUS_ID, FOCUS_COUNT };

/* What a verdict is about: the text of the three fields when it was asked for. */
struct question {
    char *text[FOCUS_COUNT];
};

struct verify_view {
    struct view view;
    struct workplace *place;
    struct field fields[FOCUS_COUNT];
    int focus;
    bool judge_at_once; /* came with a text */
    int judging;        /* errands under way */
    /* The last answer. It is shown while the fields say what was asked, and only then. */
    struct question answered;
    struct verdict_report *report;      /* NULL: none, or it failed */
    char failure[ERROR_TEXT_MAX];       /* "" */
    size_t order[CHECKS_MAX];           /* gravest checks first */
    size_t first_check, checks_visible; /* the part of the list on the screen */
};

/* --- questions -----------------------------------------------------------------------------------
 */

static void question_release(struct question *question)
{
    for (int i = 0; i < FOCUS_COUNT; i++)
        free(question->text[i]);
    *question = (struct question){0};
}

static bool question_take(struct question *question, const struct verify_view *view)
{
    bool whole = true;

    for (int i = 0; i < FOCUS_COUNT; i++) {
        question->text[i] = strdup(field_text_of(&view->fields[i]));
        whole &= question->text[i] != NULL;
    }
    return whole;
}

static bool question_is_on_screen(const struct question *question, const struct verify_view *view)
{
    for (int i = 0; i < FOCUS_COUNT; i++)
        if (!question->text[i] || strcmp(question->text[i], field_text_of(&view->fields[i])) != 0)
            return false;
    return true;
}

/* --- writing it down, on the desk worker ---------------------------------------------------------
 */

struct note {
    struct errand errand;
    struct session session;
    enum verdict verdict;
    char *object;
};

static enum status note_work(struct errand *errand, struct error *error)
{
    const struct note *note = (const struct note *)errand;

    return journal_verification(workplace_outbox(errand->place), &note->session, note->object,
                                verdict_name(note->verdict), error);
}

static void note_release(struct errand *errand)
{
    free(((struct note *)errand)->object);
}

static const struct errand_kind note_kind = {.work = note_work, .release = note_release};

static void write_down(const struct verify_view *view)
{
    if (!workplace_outbox(view->place))
        return; /* said beside the verdict */
    struct note *note = errand_new(view->place, NULL, sizeof *note, &note_kind);
    if (!note)
        return;
    note->session = *workplace_session(view->place);
    note->verdict = view->report->verdict;
    note->object = strdup(view->answered.text[FOCUS_NUMBER]);
    if (note->object)
        errand_send(&note->errand, workplace_desk(view->place));
    else
        errand_drop(&note->errand);
}

/* --- judging, on the reading worker ------------------------------------------------------------
 */

struct judgement {
    struct errand errand;
    struct session session;
    struct question question;
    struct verdict_report *report;
};

static const char *unless_empty(const char *text)
{
    return text[0] ? text : NULL;
}

static enum status judgement_work(struct errand *errand, struct error *error)
{
    struct judgement *judgement = (struct judgement *)errand;
    char *const *asked = judgement->question.text;

    judgement->report = calloc(1, sizeof *judgement->report);
    if (!judgement->report)
        return error_nomem(error);
    return verification_run(workplace_reading_reader(errand->place), &judgement->session,
                            asked[FOCUS_NUMBER], unless_empty(asked[FOCUS_NAME]),
                            unless_empty(asked[FOCUS_ID]), judgement->report, error);
}

/* What speaks against comes first, what was not looked at last. */
static void sort_checks(struct verify_view *view)
{
    static const enum check_result ranks[] = {CHECK_FAIL, CHECK_WARN, CHECK_PASS, CHECK_SKIPPED};
    size_t count = 0;

    for (size_t rank = 0; rank < sizeof ranks / sizeof ranks[0]; rank++)
        for (size_t i = 0; i < view->report->count; i++)
            if (view->report->checks[i].result == ranks[rank])
                view->order[count++] = i;
}

static unsigned judgement_deliver(struct errand *errand, struct view *to)
{
    struct verify_view *view = (struct verify_view *)to;
    struct judgement *judgement = (struct judgement *)errand;

    view->judging--;
    question_release(&view->answered);
    view->answered = judgement->question;
    judgement->question = (struct question){0};
    free(view->report);
    view->report = NULL;
    view->first_check = 0;
    (void)snprintf(view->failure, sizeof view->failure, "%s",
                   errand->status == STATUS_OK ? "" : errand->error.text);
    if (errand->status == STATUS_OK) {
        view->report = judgement->report;
        judgement->report = NULL;
        sort_checks(view);
        write_down(view);
    }
    return STALE_VIEW | STALE_FRAME;
}

static void judgement_release(struct errand *errand)
{
    struct judgement *judgement = (struct judgement *)errand;

    question_release(&judgement->question);
    free(judgement->report);
}

static const struct errand_kind judgement_kind = {
    .work = judgement_work,
    .deliver = judgement_deliver,
    .release = judgement_release,
    .tells_failure = true,
};

static unsigned judge(struct verify_view *view)
{
    struct judgement *judgement =
        errand_new(view->place, &view->view, sizeof *judgement, &judgement_kind);

    if (!judgement)
        return STALE_VIEW;
    judgement->session = *workplace_session(view->place);
    if (!question_take(&judgement->question, view)) {
        errand_drop(&judgement->errand);
        return STALE_VIEW;
    }
    view->judging++;
    errand_send(&judgement->errand, workplace_reading(view->place));
    return STALE_VIEW | STALE_FRAME;
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static void draw_fields(struct verify_view *view, struct canvas *canvas, struct area area)
{
    const char *const labels[FOCUS_COUNT] = {_("Number"), _("Holder's name"), _("Holder's ID")};

    for (int i = 0; i < FOCUS_COUNT; i++) {
        struct area row = area_row(area, i);
        (void)canvas_put(canvas, area_columns(row, 0, LABEL_COLUMNS), STYLE_MUTED, labels[i]);
        field_draw(&view->fields[i], canvas, area_cut(row, 0, 0, 0, LABEL_COLUMNS),
                   view->focus == i);
    }
}

static enum style verdict_style(enum verdict verdict)
{
    if (verdict == VERDICT_VALID)
        return STYLE_OK;
    return verdict == VERDICT_CANNOT_TELL ? STYLE_WARNING : STYLE_ERROR;
}

static const char *kind_title(const char *kind)
{
    for (int i = 0; i <= NUMBER_ORGANISATION_CODE; i++)
        if (strcmp(kind, number_kind_name((enum number_kind)i)) == 0)
            return number_kind_title((enum number_kind)i);
    return kind;
}

/* Without a record only the number itself was judged, and "valid" must not say more than that. */
static bool is_about_form(const struct verdict_report *report)
{
    return !verdict_report_find(report, "status");
}

static void draw_verdict(const struct verify_view *view, struct canvas *canvas, struct area area)
{
    const struct verdict_report *report = view->report;
    enum style style = verdict_style(report->verdict);
    struct buf text = {0};

    buf_str(&text, verdict_title(report->verdict));
    if (is_about_form(report))
        buf_printf(&text, " (%s)", _("the form of the number only"));
    buf_printf(&text, " · %s", kind_title(report->kind));
    (void)part_marked(canvas, area_row(area, 0), style, buf_text(&text));
    buf_clear(&text);
    if (!workplace_outbox(view->place))
        buf_str(&text, _("Not written into the log: another window holds this home. "));
    if (report->recheck)
        buf_str(&text, _("Judged from the data on this computer; to be repeated online."));
    if (report->truncated)
        buf_str(&text, _(" There were more checks than can be listed."));
    (void)canvas_put(canvas, area_cut(area_row(area, 1), 0, 0, 0, 2), STYLE_MUTED, buf_text(&text));
    buf_release(&text);
}

static enum style check_style(enum check_result result)
{
    switch (result) {
    case CHECK_PASS:
        return STYLE_OK;
    case CHECK_FAIL:
        return STYLE_ERROR;
    case CHECK_WARN:
        return STYLE_WARNING;
    case CHECK_SKIPPED:
        break;
    }
    return STYLE_MUTED;
}

/* "2026-03-14T08:05:09.123Z" as people read it; a plain day as it is. */
static void describe_as_of(const char *as_of, struct buf *out)
{
    int64_t instant;

    if (!as_of[0])
        return;
    buf_str(out, out->length ? " · " : "");
    buf_str(out, _("as of "));
    if (instant_parse(as_of, &instant))
        part_as_of(instant, out);
    else
        buf_str(out, as_of);
}

/* Detail, then who says so and as of when; returns the rows it needs. Drawn when they fit, or
 * (cut) at any rate. */
static int draw_check(const struct check *check, bool at_any_rate, struct canvas *canvas,
                      struct area area)
{
    struct area inside = area_cut(area, 0, 0, 0, 2);
    struct buf detail = {0}, source = {0};
    int rows;

    if (check->result == CHECK_SKIPPED)
        buf_str(&detail, _("Not checked: "));
    buf_str(&detail, check->detail);
    buf_str(&source, check->source);
    describe_as_of(check->as_of, &source);
    rows = canvas_put_wrapped(NULL, inside, STYLE_NORMAL, buf_text(&detail)) + (source.length > 0);
    if (rows <= area.rows || at_any_rate) {
        int used = part_marked_lines(canvas, area, check_style(check->result), buf_text(&detail));
        if (source.length > 0 && used < area.rows)
            (void)canvas_put(canvas, area_row(inside, used), STYLE_MUTED, buf_text(&source));
    }
    buf_release(&detail);
    buf_release(&source);
    return rows;
}

/* As many as fit from the first one on; the last row says how many do not. */
static void draw_checks(struct verify_view *view, struct canvas *canvas, struct area area)
{
    const struct verdict_report *report = view->report;
    struct area left = area_cut(area, 0, 0, 1, 0);
    size_t index = view->first_check;

    for (; index < report->count; index++) {
        bool first = index == view->first_check;
        int rows = draw_check(&report->checks[view->order[index]], first, canvas, left);
        if (rows > left.rows && !first)
            break;
        left = area_cut(left, rows, 0, 0, 0);
    }
    view->checks_visible = index - view->first_check;
    if (view->checks_visible == report->count)
        return;
    (void)canvas_printf(canvas, area_row(area, area.rows - 1), STYLE_MUTED,
                        _("Checks %zu to %zu of %zu; the page keys show the others."),
                        view->first_check + 1, index, report->count);
}

static void draw_answer(struct verify_view *view, struct canvas *canvas, struct area area)
{
    if (view->judging) {
        (void)part_marked(canvas, area, STYLE_PENDING, _("Judging…"));
    } else if (!question_is_on_screen(&view->answered, view)) {
        (void)canvas_put_wrapped(
            canvas, area, STYLE_MUTED,
            field_is_empty(&view->fields[FOCUS_NUMBER])
                ? _("Type or scan the number of a certificate, a resident ID, a credit code, or "
                    "the key of a record. Name and ID of the holder, as they stand on the "
                    "document, are compared when they are given.")
                : _("Not judged yet."));
    } else if (view->report) {
        draw_verdict(view, canvas, area);
        draw_checks(view, canvas, area_cut(area, 3, 0, 0, 0));
    } else {
        (void)part_marked_lines(canvas, area, STYLE_ERROR, view->failure);
    }
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct verify_view *view = (struct verify_view *)of;

    draw_answer(view, canvas, area_cut(area, FOCUS_COUNT + 1, 0, 0, 0));
    draw_fields(view, canvas, area);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static const char *title(struct view *of)
{
    (void)of;
    return _("Verify");
}

static enum context context(struct view *of)
{
    (void)of;
    return CONTEXT_VERIFY;
}

static bool is_answered(const struct verify_view *view)
{
    return !view->judging && view->report && question_is_on_screen(&view->answered, view);
}

static unsigned turn_page(struct verify_view *view, bool forward)
{
    size_t step = view->checks_visible > 0 ? view->checks_visible : 1;
    size_t before = view->first_check;

    if (!is_answered(view))
        return STALE_NOTHING;
    if (!forward)
        view->first_check -= step < before ? step : before;
    else if (before + step < view->report->count)
        view->first_check += step;
    return view->first_check == before ? STALE_NOTHING : STALE_VIEW;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct verify_view *view = (struct verify_view *)of;

    (void)argument;
    switch ((int)command) {
    case COMMAND_SUBMIT:
        return judge(view);
    case COMMAND_NEXT_FIELD:
        view->focus = (view->focus + 1) % FOCUS_COUNT;
        return STALE_VIEW;
    case COMMAND_PREV_FIELD:
        view->focus = (view->focus + FOCUS_COUNT - 1) % FOCUS_COUNT;
        return STALE_VIEW;
    case COMMAND_PAGE_DOWN:
        return turn_page(view, true);
    case COMMAND_PAGE_UP:
        return turn_page(view, false);
    default:
        return field_command(&view->fields[view->focus], command);
    }
}

/* Another document: nothing of the last one may be compared with it. */
static unsigned take_scan(struct verify_view *view, const struct input_event *event)
{
    field_set(&view->fields[FOCUS_NUMBER], event->text);
    field_set(&view->fields[FOCUS_NAME], "");
    field_set(&view->fields[FOCUS_ID], "");
    view->focus = FOCUS_NUMBER;
    return judge(view);
}

static unsigned text(struct view *of, const struct input_event *event)
{
    struct verify_view *view = (struct verify_view *)of;

    if (event->kind == INPUT_SCAN)
        return take_scan(view, event);
    return field_text(&view->fields[view->focus], event);
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct verify_view *view = (const struct verify_view *)of;

    if (command == COMMAND_CHOOSE)
        return words_refuse(reason, _("There is no list for this field."));
    if (command != COMMAND_SUBMIT)
        return true;
    if (field_is_empty(&view->fields[FOCUS_NUMBER]))
        return words_refuse(reason, _("Type or scan a number first."));
    if (!session_may_read(workplace_session(view->place)))
        return words_refuse(reason, _("This account may not look at people's data."));
    return true;
}

/* Its id is known once the page is on the stack. */
static unsigned tick(struct view *of, int64_t now, int *next)
{
    struct verify_view *view = (struct verify_view *)of;
    char reason[VIEW_REASON_MAX];

    (void)now;
    *next = -1;
    if (!view->judge_at_once)
        return STALE_NOTHING;
    view->judge_at_once = false;
    if (!enabled(of, COMMAND_SUBMIT, reason)) {
        app_say(of->app, STYLE_WARNING, "%s", reason);
        return STALE_NOTHING;
    }
    return judge(view);
}

static void close_page(struct view *of)
{
    struct verify_view *view = (struct verify_view *)of;

    for (int i = 0; i < FOCUS_COUNT; i++)
        field_release(&view->fields[i]);
    question_release(&view->answered);
    free(view->report);
    free(view);
}

static const struct view_ops verify_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .text = text,
    .tick = tick,
    .enabled = enabled,
    .close = close_page,
};

struct view *verify_view_new(struct workplace *place, const char *text)
{
    struct verify_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->view.ops = &verify_ops;
    view->place = place;
    field_init(&view->fields[FOCUS_NUMBER], NUMBER_CHARACTERS);
    field_init(&view->fields[FOCUS_NAME], NAME_CHARACTERS);
    field_init(&view->fields[FOCUS_ID], ID_CHARACTERS);
    view->fields[FOCUS_NUMBER].fold = true;
    view->fields[FOCUS_ID].fold = true;
    view->fields[FOCUS_NAME].hint = _("optional, as on the document");
    view->fields[FOCUS_ID].hint = view->fields[FOCUS_NAME].hint;
    field_set(&view->fields[FOCUS_NUMBER], text ? text : "");
    view->judge_at_once = !field_is_empty(&view->fields[FOCUS_NUMBER]);
    return &view->view;
}
