#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/journal.h"
#include "db/recheck.h"
#include "db/sealed_document.h"
#include "db/signed_code.h"
#include "db/verification.h"
#include "sync/fresh.h"
#include "tui/errand.h"
#include "tui/field.h"
#include "tui/syncing.h"
#include "tui/verdict_panel.h"
#include "tui/view_parts.h"
#include "tui/view_words.h"
#include "tui/views.h"
#include "verify/number.h"
#include "verify/qr_numeric.h"

#include <limits.h>
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
    bool judge_at_once;           /* came with a text */
    char link[RECHECK_LINK_MAX];  /* came from a notice; "" when read */
    struct recheck_answer *again; /* a verdict that became another one; NULL: none */
    int judging;                  /* errands under way */
    bool repeating;               /* the one that asks again what is on the page */
    int64_t judged_ms;            /* wall clock: the answer is as of then */
    int64_t contact_ms;           /* the contact after which it was repeated last */
    /* The last answer. It is shown while the fields say what was asked, and only then. */
    struct question answered;
    struct verdict_report *report; /* NULL: none, or it failed */
    struct buf code;               /* what was judged when the input is a file of codes */
    struct buf document;           /* what a sealed document says, in lines */
    char *object;                  /* what log and slip say instead of the input */
    char failure[ERROR_TEXT_MAX];  /* "" */
    struct verdict_panel panel;
};

/* --- questions -----------------------------------------------------------------------------------
 */

static void question_release(struct question *question)
{
    for (int i = 0; i < FOCUS_COUNT; i++)
        free(question->text[i]);
    *question = (struct question){0};
}

static bool question_same(const struct question *a, const struct question *b)
{
    for (int i = 0; i < FOCUS_COUNT; i++)
        if (!a->text[i] || !b->text[i] || strcmp(a->text[i], b->text[i]) != 0)
            return false;
    return true;
}

/* `number`: what stands for the text of the first field. */
static bool question_take(struct question *question, const struct question *from,
                          const char *number)
{
    bool whole = true;

    for (int i = 0; i < FOCUS_COUNT; i++) {
        question->text[i] = strdup(i == FOCUS_NUMBER ? number : from->text[i]);
        whole &= question->text[i] != NULL;
    }
    return whole;
}

static bool question_read(struct question *question, const struct verify_view *view)
{
    bool whole = true;

    for (int i = 0; i < FOCUS_COUNT; i++) {
        question->text[i] = strdup(field_text_of(&view->fields[i]));
        whole &= question->text[i] != NULL;
    }
    return whole;
}

static const char *unless_empty(const char *text)
{
    return text[0] ? text : NULL;
}

static bool question_is_on_screen(const struct question *question, const struct verify_view *view)
{
    for (int i = 0; i < FOCUS_COUNT; i++)
        if (!question->text[i] || strcmp(question->text[i], field_text_of(&view->fields[i])) != 0)
            return false;
    return true;
}

/* --- files --------------------------------------------------------------------------------------
 */

/* A text that looks like a path. "~/" is the home of the person at the keyboard, and blanks around
 * it come from pasting. */
static bool path_of(const char *text, char path[PATH_MAX])
{
    const char *start, *folder = "";
    size_t length = text_trim(text, strlen(text), &start);

    if (length > 1 && start[0] == '~' && start[1] == '/') {
        folder = getenv("HOME");
        start++;
        length--;
    }
    if (!folder || !memchr(start, '/', length) || signed_code_is(text))
        return false;
    int made = snprintf(path, PATH_MAX, "%s%.*s", folder, (int)length, start);
    return made > 0 && made < PATH_MAX;
}

static bool path_of_document(const char *text, char path[PATH_MAX])
{
    return path_of(text, path) && sealed_document_is(path);
}

/* The signed codes in the file a text names; `code` stays empty when it names no file that is. */
static enum status read_code(const char *text, struct buf *code, struct error *error)
{
    char path[PATH_MAX];

    if (!path_of(text, path) || !file_exists(path))
        return STATUS_OK;
    enum status status = signed_code_read(path, code, error);
    if (status == STATUS_OK && !signed_code_is(buf_text(code)))
        status = error_set(error, STATUS_INVALID,
                           _("%s is neither a sealed document nor a file of signed codes."), path);
    return status;
}

/* What was judged: the text of the field, or what stands in the file it names. */
static const char *text_judged(const struct buf *code, const struct question *question)
{
    return code->length > 0 ? buf_text(code) : question->text[FOCUS_NUMBER];
}

/* --- writing it down, on the desk worker ---------------------------------------------------------
 */

struct note {
    struct errand errand;
    struct session session;
    enum verdict verdict;
    char *object;
    bool recheck; /* to be repeated after the next exchange: */
    struct question question;
};

static enum status queue_recheck(const struct note *note, struct error *error)
{
    char *const *asked = note->question.text;
    struct recheck_question again = {asked[FOCUS_NUMBER], unless_empty(asked[FOCUS_NAME]),
                                     unless_empty(asked[FOCUS_ID])};
    struct buf document = {0};
    char path[PATH_MAX];
    enum status status = STATUS_OK;

    if (path_of_document(asked[FOCUS_NUMBER], path)) {
        status = sealed_document_remember(note->object, path, &document, error);
        again = (struct recheck_question){.input = buf_text(&document)};
    }
    if (status == STATUS_OK)
        status = recheck_queue(workplace_outbox(note->errand.place), &note->session, &again,
                               note->verdict, error);
    buf_release(&document);
    return status;
}

static enum status note_work(struct errand *errand, struct error *error)
{
    const struct note *note = (const struct note *)errand;
    enum status status = journal_verification(workplace_outbox(errand->place), &note->session,
                                              note->object, verdict_name(note->verdict), error);

    return status == STATUS_OK && note->recheck ? queue_recheck(note, error) : status;
}

static void note_release(struct errand *errand)
{
    free(((struct note *)errand)->object);
    question_release(&((struct note *)errand)->question);
}

static const struct errand_kind note_kind = {
    .work = note_work, .release = note_release, .must_run = true};

static bool is_repeated(const struct verify_view *view)
{
    return view->report->recheck &&
           strlen(text_judged(&view->code, &view->answered)) <= RECHECK_INPUT_MAX;
}

static void write_down(const struct verify_view *view)
{
    if (!workplace_outbox(view->place))
        return; /* said beside the verdict */
    struct note *note = errand_new(view->place, NULL, sizeof *note, &note_kind);
    if (!note)
        return;
    note->session = *workplace_session(view->place);
    note->verdict = view->report->verdict;
    note->object = strdup(view->object);
    note->recheck = is_repeated(view);
    if (note->object &&
        question_take(&note->question, &view->answered, text_judged(&view->code, &view->answered)))
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
    bool online; /* the platform is asked first, two seconds at most */
    int64_t asked_ms;
    struct verdict_report *report;
    struct buf code, document;
    char *object;
};

static enum status keep_object(struct judgement *judgement, const char *object, struct error *error)
{
    judgement->object = strdup(object);
    return judgement->object ? STATUS_OK : error_nomem(error);
}

static enum status judge_file(struct judgement *judgement, const char *path, struct error *error)
{
    char object[SEALED_DOCUMENT_OBJECT_MAX];
    struct ofd_document document = {0};
    enum status status =
        sealed_document_judge(workplace_reading_reader(judgement->errand.place), path, NULL, object,
                              judgement->report, &document, error);

    if (status == STATUS_OK) {
        sealed_document_describe(&document, &judgement->document);
        status = buf_failed(&judgement->document) ? error_nomem(error)
                                                  : keep_object(judgement, object, error);
    }
    ofd_document_release(&document);
    return status;
}

static enum status ask(struct judgement *judgement, struct error *error)
{
    char *const *asked = judgement->question.text;
    struct reader *reader = workplace_reading_reader(judgement->errand.place);
    struct verification_source source;
    struct verification_question question = {
        .input = text_judged(&judgement->code, &judgement->question),
        .holder_name = unless_empty(asked[FOCUS_NAME]),
        .holder_id = unless_empty(asked[FOCUS_ID])};
    struct fresh *fresh = NULL;
    enum status status = judgement->online
                             ? fresh_new(workplace_home(judgement->errand.place), &fresh, error)
                             : STATUS_OK;

    if (fresh) {
        source = fresh_source(fresh);
        question.source = &source;
    }
    if (status == STATUS_OK)
        status = verification_run_online(reader, &judgement->session, &question, judgement->report,
                                         error);
    fresh_free(fresh);
    return status;
}

/* Signed codes carry personal data; of them only the digest is kept. */
static enum status judge_text(struct judgement *judgement, struct error *error)
{
    const char *object = text_judged(&judgement->code, &judgement->question);
    char digest[SIGNED_CODE_OBJECT_MAX];
    enum status status = ask(judgement, error);

    if (status == STATUS_OK && signed_code_is(object)) {
        status = signed_code_object(object, digest, error);
        object = digest;
    }
    return status == STATUS_OK ? keep_object(judgement, object, error) : status;
}

static enum status judgement_work(struct errand *errand, struct error *error)
{
    struct judgement *judgement = (struct judgement *)errand;
    char path[PATH_MAX];

    judgement->report = calloc(1, sizeof *judgement->report);
    if (!judgement->report)
        return error_nomem(error);
    if (path_of_document(judgement->question.text[FOCUS_NUMBER], path))
        return judge_file(judgement, path, error);
    enum status status = read_code(judgement->question.text[FOCUS_NUMBER], &judgement->code, error);
    return status == STATUS_OK ? judge_text(judgement, error) : status;
}

static void forget_answer(struct verify_view *view)
{
    question_release(&view->answered);
    free(view->report);
    free(view->object);
    buf_release(&view->document);
    buf_release(&view->code);
    view->report = NULL;
    view->object = NULL;
    view->document = (struct buf){0};
    view->code = (struct buf){0};
}

/* Takes question and answer over. */
static void take_answer(struct verify_view *view, struct judgement *judgement)
{
    forget_answer(view);
    view->judged_ms = judgement->asked_ms;
    view->answered = judgement->question;
    judgement->question = (struct question){0};
    (void)snprintf(view->failure, sizeof view->failure, "%s",
                   judgement->errand.status == STATUS_OK ? "" : judgement->errand.error.text);
    if (judgement->errand.status == STATUS_OK) {
        view->report = judgement->report;
        view->document = judgement->document;
        view->code = judgement->code;
        view->object = judgement->object;
        judgement->report = NULL;
        judgement->document = judgement->code = (struct buf){0};
        judgement->object = NULL;
    }
    verdict_panel_set(&view->panel, view->report, buf_text(&view->document));
}

static unsigned judgement_deliver(struct errand *errand, struct view *to)
{
    struct verify_view *view = (struct verify_view *)to;

    view->judging--;
    take_answer(view, (struct judgement *)errand);
    if (view->report)
        write_down(view);
    return STALE_VIEW | STALE_FRAME;
}

static void judgement_release(struct errand *errand)
{
    struct judgement *judgement = (struct judgement *)errand;

    question_release(&judgement->question);
    free(judgement->report);
    free(judgement->object);
    buf_release(&judgement->document);
    buf_release(&judgement->code);
}

static const struct errand_kind judgement_kind = {
    .work = judgement_work,
    .deliver = judgement_deliver,
    .release = judgement_release,
    .tells_failure = true,
};

/* After an exchange that failed nobody is kept waiting for a platform that does not answer. */
static bool platform_answers(const struct verify_view *view)
{
    return syncing_state(workplace_syncing(view->place))->failures == 0;
}

static struct judgement *new_judgement(struct verify_view *view, const struct errand_kind *kind)
{
    struct judgement *judgement = errand_new(view->place, &view->view, sizeof *judgement, kind);

    if (!judgement)
        return NULL;
    judgement->session = *workplace_session(view->place);
    judgement->online = platform_answers(view);
    judgement->asked_ms = clock_wall_ms();
    if (question_read(&judgement->question, view))
        return judgement;
    errand_drop(&judgement->errand);
    return NULL;
}

static unsigned judge(struct verify_view *view)
{
    struct judgement *judgement = new_judgement(view, &judgement_kind);

    if (!judgement)
        return STALE_VIEW;
    view->judging++;
    errand_send(&judgement->errand, workplace_reading(view->place));
    return STALE_VIEW | STALE_FRAME;
}

/* --- again, when newer data have come while the page is open -------------------------------------
 */

static bool is_answered(const struct verify_view *view)
{
    return !view->judging && view->report && question_is_on_screen(&view->answered, view);
}

/* What the page said until now, beside what it says from now on. */
static void keep_before(struct verify_view *view, const struct judgement *newer)
{
    struct recheck_answer *both = calloc(1, sizeof *both);

    if (!both)
        return;
    *both = (struct recheck_answer){.input = strdup(newer->question.text[FOCUS_NUMBER]),
                                    .holder_name = strdup(newer->question.text[FOCUS_NAME]),
                                    .holder_id = strdup(newer->question.text[FOCUS_ID]),
                                    .before = view->report->verdict,
                                    .after = newer->report->verdict,
                                    .asked_ms = view->judged_ms,
                                    .answered_ms = newer->asked_ms};
    recheck_answer_free(view->again);
    view->again = both->input && both->holder_name && both->holder_id ? both : NULL;
    if (!view->again)
        recheck_answer_free(both);
}

/* The answer is still about what is on the page: nothing was asked since, and a file that was
 * replaced is another document. */
static bool repeats_the_page(const struct verify_view *view, const struct judgement *judgement)
{
    return !view->judging && view->report && question_same(&view->answered, &judgement->question) &&
           strcmp(view->object, judgement->object) == 0;
}

static unsigned repetition_deliver(struct errand *errand, struct view *to)
{
    struct verify_view *view = (struct verify_view *)to;
    struct judgement *judgement = (struct judgement *)errand;

    view->repeating = false;
    if (errand->status != STATUS_OK || !repeats_the_page(view, judgement))
        return STALE_NOTHING;
    bool differs = view->report->verdict != judgement->report->verdict;
    size_t first = differs ? 0 : view->panel.first;
    if (differs)
        keep_before(view, judgement);
    judgement->report->recheck = false; /* this was it */
    take_answer(view, judgement);
    view->panel.repeated_ms = view->judged_ms;
    verdict_panel_move(&view->panel, first);
    if (differs)
        write_down(view);
    return STALE_VIEW | STALE_FRAME;
}

static const struct errand_kind repetition_kind = {
    .work = judgement_work,
    .deliver = repetition_deliver,
    .release = judgement_release,
    .tells_failure = true, /* the page goes on saying as of when it is */
};

/* There was contact with the platform since the answer, by whichever process; an exchange under
 * way is waited for. */
static bool is_outdated(const struct verify_view *view)
{
    const struct overview *overview = workplace_overview(view->place);
    enum syncing_phase phase = syncing_state(workplace_syncing(view->place))->phase;

    return overview && overview->contact_ms > view->judged_ms &&
           overview->contact_ms != view->contact_ms && phase != SYNCING_RUNNING &&
           phase != SYNCING_STOPPING;
}

static void repeat_when_outdated(struct verify_view *view)
{
    if (view->repeating || app_top(view->view.app) != &view->view || !is_answered(view) ||
        !is_outdated(view))
        return;
    struct judgement *judgement = new_judgement(view, &repetition_kind);
    if (!judgement)
        return;
    view->repeating = true;
    view->contact_ms = workplace_overview(view->place)->contact_ms;
    errand_send(&judgement->errand, workplace_reading(view->place));
}

/* --- what a notice was about -------------------------------------------------------------------
 */

struct recall {
    struct errand errand;
    struct session session;
    char link[RECHECK_LINK_MAX];
    struct recheck_answer *answer;
};

static enum status recall_work(struct errand *errand, struct error *error)
{
    struct recall *recall = (struct recall *)errand;

    return recheck_find(workplace_reading_reader(errand->place), &recall->session, recall->link,
                        &recall->answer, error);
}

static void recall_release(struct errand *errand)
{
    recheck_answer_free(((struct recall *)errand)->answer);
}

/* What was asked, as it is typed. */
static const char *input_of(const struct recheck_answer *again)
{
    const char *path = sealed_document_path(again->input);

    return path ? path : again->input;
}

static unsigned recall_deliver(struct errand *errand, struct view *to)
{
    struct verify_view *view = (struct verify_view *)to;
    struct recall *recall = (struct recall *)errand;

    if (errand->status != STATUS_OK)
        return STALE_VIEW;
    recheck_answer_free(view->again);
    view->again = recall->answer;
    recall->answer = NULL;
    view->fields[FOCUS_NUMBER].fold = sealed_document_path(view->again->input) == NULL;
    field_set(&view->fields[FOCUS_NUMBER], input_of(view->again));
    field_set(&view->fields[FOCUS_NAME], view->again->holder_name);
    field_set(&view->fields[FOCUS_ID], view->again->holder_id);
    view->judge_at_once = true;
    return STALE_VIEW;
}

static void send_recall(struct verify_view *view)
{
    static const struct errand_kind kind = {
        .work = recall_work, .deliver = recall_deliver, .release = recall_release};
    struct recall *recall = errand_new(view->place, &view->view, sizeof *recall, &kind);

    if (recall) {
        recall->session = *workplace_session(view->place);
        memcpy(recall->link, view->link, sizeof recall->link);
        errand_send(&recall->errand, workplace_reading(view->place));
    }
    view->link[0] = '\0';
}

/* Only beside what the notice was about. */
static bool shows_again(const struct verify_view *view)
{
    const struct recheck_answer *again = view->again;

    return again && strcmp(input_of(again), field_text_of(&view->fields[FOCUS_NUMBER])) == 0 &&
           strcmp(again->holder_name, field_text_of(&view->fields[FOCUS_NAME])) == 0 &&
           strcmp(again->holder_id, field_text_of(&view->fields[FOCUS_ID])) == 0;
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

static void draw_answer(struct verify_view *view, struct canvas *canvas, struct area area)
{
    if (view->judging) {
        (void)part_marked(canvas, area, STYLE_PENDING, _("Judging…"));
    } else if (!question_is_on_screen(&view->answered, view)) {
        (void)canvas_put_wrapped(
            canvas, area, STYLE_MUTED,
            field_is_empty(&view->fields[FOCUS_NUMBER])
                ? _("Type or scan the number of a certificate, a resident ID, a credit code, a "
                    "signed code, or the path of a file: a sealed document (OFD) or signed "
                    "codes. Name and ID of the "
                    "holder, as they stand on the document, are compared when they are given.")
                : _("Not judged yet."));
    } else if (view->report) {
        verdict_panel_draw(&view->panel, workplace_outbox(view->place) != NULL, canvas, area);
    } else {
        (void)part_marked_lines(canvas, area, STYLE_ERROR, view->failure);
    }
}

static void draw(struct view *of, struct canvas *canvas, struct area area)
{
    struct verify_view *view = (struct verify_view *)of;

    struct area answer = area_cut(area, FOCUS_COUNT + 1, 0, 0, 0);

    if (shows_again(view)) {
        verdict_compare_draw(view->again, canvas, answer);
        answer = area_cut(answer, VERDICT_COMPARE_ROWS, 0, 0, 0);
    }
    draw_answer(view, canvas, answer);
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

static unsigned turn_page(struct verify_view *view, bool forward)
{
    return is_answered(view) ? verdict_panel_turn(&view->panel, forward) : STALE_NOTHING;
}

static unsigned write_slip(struct verify_view *view)
{
    struct view *slip = slip_view_new(view->place, view->object, view->report);

    if (slip)
        app_push(view->view.app, slip);
    return STALE_VIEW | STALE_FRAME;
}

/* The person or enterprise whose number was judged, when there is a record. */
static bool subject_of_answer(const struct verify_view *view, enum subject_kind *kind,
                              struct number_report *number)
{
    const struct check *record =
        is_answered(view) ? verdict_report_find(view->report, "record") : NULL;

    if (!record || record->result != CHECK_PASS)
        return false;
    (void)number_check(view->answered.text[FOCUS_NUMBER], number);
    *kind = number->kind == NUMBER_USCC ? SUBJECT_ENTERPRISE : SUBJECT_PERSON;
    return number->kind == NUMBER_USCC || number->kind == NUMBER_RESIDENT_ID;
}

static unsigned open_file(struct verify_view *view)
{
    struct number_report number;
    enum subject_kind kind;

    if (subject_of_answer(view, &kind, &number))
        app_push(view->view.app, file_view_new(view->place, kind, number.normalised));
    return STALE_VIEW | STALE_FRAME;
}

static unsigned command(struct view *of, enum command command, const char *argument)
{
    struct verify_view *view = (struct verify_view *)of;

    (void)argument;
    switch ((int)command) {
    case COMMAND_SUBMIT:
        return judge(view);
    case COMMAND_SLIP:
        return write_slip(view);
    case COMMAND_OPEN:
        return open_file(view);
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

/* One of several QR codes goes behind the ones scanned before it. */
static bool take_part(struct verify_view *view, const struct input_event *event)
{
    const char *before = field_text_of(&view->fields[FOCUS_NUMBER]);
    struct buf all = {.limit = NUMBER_CHARACTERS};

    if (!qr_numeric_continues(before, event->text))
        return false;
    buf_printf(&all, "%s %s", before, event->text);
    bool fits = !buf_failed(&all);
    if (fits)
        field_set(&view->fields[FOCUS_NUMBER], buf_text(&all));
    buf_release(&all);
    return fits;
}

/* Another document: nothing of the last one may be compared with it. */
static unsigned scan(struct view *of, const struct input_event *event)
{
    struct verify_view *view = (struct verify_view *)of;

    if (take_part(view, event))
        return judge(view);
    field_set(&view->fields[FOCUS_NUMBER], event->text);
    field_set(&view->fields[FOCUS_NAME], "");
    field_set(&view->fields[FOCUS_ID], "");
    view->focus = FOCUS_NUMBER;
    return judge(view);
}

/* Names of files keep their full-width brackets; numbers lose theirs. */
static bool begins_a_path(const struct verify_view *view, const struct input_event *event)
{
    return strchr(field_text_of(&view->fields[FOCUS_NUMBER]), '/') ||
           (event->kind == INPUT_PASTE && memchr(event->text, '/', event->length));
}

static unsigned text(struct view *of, const struct input_event *event)
{
    struct verify_view *view = (struct verify_view *)of;

    view->fields[FOCUS_NUMBER].fold = !begins_a_path(view, event);
    return field_text(&view->fields[view->focus], event);
}

static bool may_write_slip(const struct verify_view *view, char reason[VIEW_REASON_MAX])
{
    if (!is_answered(view))
        return words_refuse(reason, _("There is no verdict to write a slip about yet."));
    if (!workplace_outbox(view->place))
        return words_refuse(reason,
                            _("Another Huiliu window holds this home: it writes the slip."));
    return true;
}

static bool may_open_file(const struct verify_view *view, char reason[VIEW_REASON_MAX])
{
    struct number_report number;
    enum subject_kind kind;

    return subject_of_answer(view, &kind, &number) ||
           words_refuse(reason, _("The verdict is not about a person or an enterprise that has "
                                  "records here."));
}

static bool enabled(struct view *of, enum command command, char reason[VIEW_REASON_MAX])
{
    const struct verify_view *view = (const struct verify_view *)of;

    if (command == COMMAND_CHOOSE)
        return words_refuse(reason, _("There is no list for this field."));
    if (command == COMMAND_SLIP)
        return may_write_slip(view, reason);
    if (command == COMMAND_OPEN)
        return may_open_file(view, reason);
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
    if (view->link[0])
        send_recall(view);
    if (!view->judge_at_once) {
        repeat_when_outdated(view);
        return STALE_NOTHING;
    }
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
    forget_answer(view);
    recheck_answer_free(view->again);
    free(view);
}

static const struct view_ops verify_ops = {
    .title = title,
    .context = context,
    .draw = draw,
    .command = command,
    .text = text,
    .scan = scan,
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

struct view *verify_view_new_again(struct workplace *place, const char *link)
{
    struct view *view = verify_view_new(place, "");

    if (view)
        (void)snprintf(((struct verify_view *)view)->link, RECHECK_LINK_MAX, "%s", link);
    return view;
}
