/* The verification page: what is asked, what is shown, and that a verdict is never shown beside
 * something it is not about. The judging itself is replaced here. */
#include "base/clock.h"
#include "db/journal.h"
#include "db/recheck.h"
#include "db/sealed_document.h"
#include "db/verification.h"
#include "sync/fresh.h"
#include "tests/unit/tui/fake_place.h"
#include "tui/verdict_panel.h"
#include "tui/views.h"

#include <setjmp.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    char input[128], name[64], id[64];
    int asked;
    enum status status;
    struct verdict_report report;
    char journal[128];
    char recheck[256];
    bool online;
} judge;

enum status verification_run_online(struct reader *reader, const struct session *session,
                                    const struct verification_question *question,
                                    struct verdict_report *report, struct error *error)
{
    const char *name = question->holder_name, *id = question->holder_id;

    (void)reader;
    (void)session;
    judge.asked++;
    judge.online = question->source != NULL;
    (void)snprintf(judge.input, sizeof judge.input, "%s", question->input);
    (void)snprintf(judge.name, sizeof judge.name, "%s", name ? name : "(none)");
    (void)snprintf(judge.id, sizeof judge.id, "%s", id ? id : "(none)");
    if (judge.status != STATUS_OK)
        return error_set(error, judge.status, "The cache cannot be read.");
    *report = judge.report;
    return STATUS_OK;
}

enum status recheck_queue(struct outbox *outbox, const struct session *session,
                          const struct recheck_question *question, enum verdict verdict,
                          struct error *error)
{
    (void)outbox;
    (void)error;
    (void)snprintf(judge.recheck, sizeof judge.recheck, "%s %s %s %s %s", session->account,
                   question->input, question->holder_name ? question->holder_name : "(none)",
                   question->holder_id ? question->holder_id : "(none)", verdict_name(verdict));
    return STATUS_OK;
}

/* A notice led here. */
static struct recheck_answer *earlier;

enum status recheck_find(struct reader *reader, const struct session *session, const char *link,
                         struct recheck_answer **answer, struct error *error)
{
    (void)reader;
    (void)session;
    assert_string_equal(link, "recheck:7");
    *answer = earlier;
    return earlier ? STATUS_OK : error_set(error, STATUS_NOT_FOUND, "not kept any more");
}

bool recheck_is_link(const char *text)
{
    return strncmp(text, "recheck:", 8) == 0;
}

void recheck_answer_free(struct recheck_answer *answer)
{
    if (!answer)
        return;
    free(answer->input);
    free(answer->holder_name);
    free(answer->holder_id);
    free(answer);
}

enum status sealed_document_remember(const char *object, const char *path, struct buf *out,
                                     struct error *error)
{
    (void)error;
    buf_printf(out, "%s %s", object, path);
    return STATUS_OK;
}

const char *sealed_document_path(const char *remembered)
{
    return strncmp(remembered, "file:", 5) == 0 ? strchr(remembered, ' ') + 1 : NULL;
}

enum status fresh_new(const struct home *home, struct fresh **fresh, struct error *error)
{
    (void)home;
    (void)error;
    *fresh = FAKE_POINTER;
    return STATUS_OK;
}

void fresh_free(struct fresh *fresh)
{
    (void)fresh;
}

struct verification_source fresh_source(struct fresh *fresh)
{
    (void)fresh;
    return (struct verification_source){0};
}

enum status journal_verification(struct outbox *outbox, const struct session *session,
                                 const char *object, const char *verdict, struct error *error)
{
    (void)outbox;
    (void)error;
    (void)snprintf(judge.journal, sizeof judge.journal, "%s %s %s", session->account, object,
                   verdict);
    return STATUS_OK;
}

bool sealed_document_is(const char *path)
{
    return strstr(path, ".ofd") != NULL;
}

enum status sealed_document_judge(struct reader *reader, const char *path, const char *trust_file,
                                  char object[SEALED_DOCUMENT_OBJECT_MAX],
                                  struct verdict_report *report, struct ofd_document *document,
                                  struct error *error)
{
    (void)reader;
    (void)document;
    assert_null(trust_file);
    (void)snprintf(judge.input, sizeof judge.input, "%s", path);
    (void)snprintf(object, SEALED_DOCUMENT_OBJECT_MAX, "file:00ff");
    if (judge.status != STATUS_OK)
        return error_set(error, judge.status, "There is no such file.");
    *report = judge.report;
    report->kind = "ofd";
    return STATUS_OK;
}

void sealed_document_describe(const struct ofd_document *document, struct buf *out)
{
    (void)document;
    buf_str(out, "Title: 营业执照\n");
    if (strstr(judge.input, "long")) {
        buf_str(out, "  经营范围: ");
        for (int i = 0; i < 9; i++)
            buf_str(out, "零售食品");
        buf_str(out, " Sealed with nothing\n  ");
        for (int i = 0; i < 7; i++)
            buf_str(out, "无标题的一行");
        buf_char(out, '\n');
    }
    for (int i = 1; i <= 40; i++)
        buf_printf(out, "    Line %d of the page.\n", i);
}

void ofd_document_release(struct ofd_document *document)
{
    (void)document;
}

static char opened[64];

struct view *file_view_new(struct workplace *place, enum subject_kind kind, const char *subject)
{
    (void)place;
    (void)snprintf(opened, sizeof opened, "%s %s", kind == SUBJECT_PERSON ? "person" : "enterprise",
                   subject);
    return NULL;
}

static void open_page(const char *text)
{
    int next;

    fake_open(verify_view_new(&fake.place, text));
    (void)fake.view->ops->tick(fake.view, 0, &next);
}

static int set_up(void **state)
{
    (void)state;
    fake_reset();
    memset(&judge, 0, sizeof judge);
    fake.session = (struct session){.account = "clerk", .roles = ACCOUNT_CLERK};
    verdict_report_init(&judge.report, "certificate");
    verdict_report_add(&judge.report, "status", CHECK_PASS, VERDICT_VALID, "The issuer says: %s",
                       "有效");
    verdict_report_cite(&judge.report, "市场监督管理局", "2026-03-14T08:05:09.123Z");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close();
    return 0;
}

static void scan(const char *text)
{
    struct input_event event = {.kind = INPUT_SCAN, .text = text, .length = strlen(text)};

    (void)fake.view->ops->scan(fake.view, &event);
}

static void a_verdict_comes_with_checks_source_and_time(void **state)
{
    (void)state;
    open_page("");
    fake_type("1.2.156.3005.2");
    (void)fake_command(COMMAND_SUBMIT);
    assert_true(fake_shows(21, 80, "Judging"));
    fake_work();
    assert_true(fake_shows(21, 80, "+ Valid"));
    assert_true(fake_hides(21, 80, "the form of the number only"));
    assert_true(fake_shows(21, 80, "The issuer says: 有效"));
    assert_true(fake_shows(21, 80, "市场监督管理局 · as of "));
    assert_string_equal(judge.journal, "clerk 1.2.156.3005.2 valid");
    assert_int_equal(fake.busy, 0);
}

static void full_width_digits_are_folded_names_are_not(void **state)
{
    (void)state;
    open_page("");
    fake_type("１２３ＡＢ");
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_type("欧阳Ａ");
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_type("４４０３");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(judge.input, "123AB");
    assert_string_equal(judge.name, "欧阳Ａ");
    assert_string_equal(judge.id, "4403");
}

static void an_edited_number_has_no_verdict(void **state)
{
    (void)state;
    open_page("12345");
    fake_work();
    assert_true(fake_shows(21, 80, "+ Valid"));
    fake_type("6");
    assert_true(fake_hides(21, 80, "+ Valid"));
    assert_true(fake_shows(21, 80, "Not judged yet."));
    (void)fake_command(COMMAND_DELETE_LEFT);
    assert_true(fake_shows(21, 80, "+ Valid"));
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_type("王");
    assert_true(fake_hides(21, 80, "+ Valid"));
}

static void an_answer_that_comes_after_an_edit_is_not_shown(void **state)
{
    (void)state;
    open_page("12345");
    fake_type("6");
    fake_work();
    assert_string_equal(judge.input, "12345");
    assert_true(fake_hides(21, 80, "+ Valid"));
}

static void a_scan_is_another_document(void **state)
{
    (void)state;
    open_page("12345");
    fake_work();
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_type("王五");
    scan("9876543210123");
    fake_work();
    assert_string_equal(judge.input, "9876543210123");
    assert_string_equal(judge.name, "(none)");
    assert_int_equal(judge.asked, 2);
    assert_true(fake_hides(21, 80, "王五"));
}

static bool may_open(void)
{
    char reason[VIEW_REASON_MAX] = "";

    return fake.view->ops->enabled(fake.view, COMMAND_OPEN, reason);
}

/* From the verdict on a number to the file of its holder, but only when there is a record. */
static void the_file_of_who_was_verified_is_one_key_away(void **state)
{
    (void)state;
    opened[0] = '\0';
    open_page("330106199001010018");
    fake_work();
    assert_false(may_open());
    verdict_report_note(&judge.report, "record", CHECK_PASS, "There is a record about it.");
    scan("91350100M000100Y43");
    fake_work();
    assert_true(may_open());
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "enterprise 91350100M000100Y43");
    scan("330106199001010018");
    assert_false(may_open());
    fake_work();
    (void)fake_command(COMMAND_OPEN);
    assert_string_equal(opened, "person 330106199001010018");
    scan("19900001234567890");
    fake_work();
    assert_false(may_open());
}

static void turn_page(void)
{
    int next;

    (void)fake.view->ops->tick(fake.view, 0, &next);
    fake_work();
}

static void open_notice(const char *input, const char *name)
{
    earlier = calloc(1, sizeof *earlier);
    assert_non_null(earlier);
    *earlier = (struct recheck_answer){.input = strdup(input),
                                       .holder_name = strdup(name),
                                       .holder_id = strdup(""),
                                       .before = VERDICT_VALID,
                                       .after = VERDICT_REVOKED,
                                       .asked_ms = 1000,
                                       .answered_ms = 2000};
    fake_open(verify_view_new_again(&fake.place, "recheck:7"));
    turn_page();
    turn_page();
}

/* What was said at the counter, what was found later, and what is the case now. */
static void a_notice_leads_to_both_verdicts(void **state)
{
    (void)state;
    judge.report.verdict = VERDICT_REVOKED;
    open_notice("987654321", "张文涛");
    assert_string_equal(judge.input, "987654321");
    assert_string_equal(judge.name, "张文涛");
    assert_true(fake_shows(21, 80, "Judged "));
    assert_true(fake_shows(21, 80, "+ Valid                                 x Revoked"));
    assert_true(fake_shows(21, 80, "The issuer says: 有效"));
    scan("1234567890");
    fake_work();
    assert_true(fake_hides(21, 80, "Judged "));
    fake_close();
    open_notice("file:00ff /mnt/stick/a.ofd", "");
    assert_string_equal(judge.input, "/mnt/stick/a.ofd");
    assert_true(fake_shows(21, 80, "x Revoked"));
}

static void what_is_not_kept_any_more_is_told(void **state)
{
    (void)state;
    earlier = NULL;
    fake_open(verify_view_new_again(&fake.place, "recheck:7"));
    turn_page();
    assert_int_equal(judge.asked, 0);
    assert_non_null(strstr(fake.said, "not kept any more"));
}

static void contact_at(int64_t at_ms)
{
    fake.has_overview = true;
    fake.overview.contact_ms = at_ms;
    turn_page();
}

/* The page was left open, and the exchange brought something else. */
static void an_open_page_says_what_newer_data_say(void **state)
{
    int64_t now = clock_wall_ms();

    (void)state;
    judge.report.recheck = true;
    open_page("12345");
    fake_work();
    contact_at(now - 60000);
    assert_int_equal(judge.asked, 1);
    judge.report.verdict = VERDICT_REVOKED;
    judge.recheck[0] = '\0';
    fake.syncing.phase = SYNCING_RUNNING;
    contact_at(now + 60000);
    assert_int_equal(judge.asked, 1);
    assert_true(fake_shows(21, 80, "+ Valid"));
    fake.syncing.phase = SYNCING_WAITING;
    turn_page();
    assert_int_equal(judge.asked, 2);
    assert_true(fake_shows(21, 80, "Judged "));
    assert_true(fake_shows(21, 80, "+ Valid                                 x Revoked"));
    assert_true(
        fake_shows(21, 80, "\nx Revoked\n  certificate number · Repeated with newer data "));
    assert_true(fake_hides(21, 80, "to be repeated online"));
    assert_string_equal(judge.journal, "clerk 12345 revoked");
    assert_string_equal(judge.recheck, "");
    turn_page();
    assert_int_equal(judge.asked, 2); /* once for each contact, also of a clock that is behind */
    assert_int_equal(fake.busy, 0);
}

static void the_same_verdict_again_is_no_news(void **state)
{
    (void)state;
    judge.report.recheck = true;
    open_page("12345");
    fake_work();
    judge.journal[0] = '\0';
    contact_at(clock_wall_ms() + 60000);
    assert_int_equal(judge.asked, 2);
    assert_true(fake_shows(21, 80, "\n+ Valid\n  certificate number · Repeated with newer data "));
    assert_true(fake_hides(21, 80, "Judged "));
    assert_string_equal(judge.journal, "");
    fake_type("6");
    contact_at(clock_wall_ms() + 120000);
    assert_int_equal(judge.asked, 2);
}

/* What is on the page stays when asking again fails, and when something else was asked since. */
static void a_repetition_that_fails_or_comes_late_changes_nothing(void **state)
{
    int next;

    (void)state;
    open_page("12345");
    fake_work();
    judge.status = STATUS_IO;
    contact_at(clock_wall_ms() + 60000);
    assert_int_equal(judge.asked, 2);
    assert_true(fake_shows(21, 80, "+ Valid"));
    judge.status = STATUS_OK;
    fake.overview.contact_ms += 60000;
    (void)fake.view->ops->tick(fake.view, 0, &next);
    scan("9876543210123");
    fake_work();
    assert_string_equal(judge.journal, "clerk 9876543210123 valid");
    assert_true(fake_hides(21, 80, "Repeated with newer data"));
}

static void a_bare_number_says_that_only_its_form_was_judged(void **state)
{
    (void)state;
    verdict_report_init(&judge.report, "resident_id");
    verdict_report_add(&judge.report, "form", CHECK_PASS, VERDICT_VALID, "Well formed.");
    verdict_report_note(&judge.report, "record", CHECK_SKIPPED, "There is no record about it.");
    open_page("110101199003077758");
    fake_work();
    assert_true(fake_shows(21, 80, "+ Valid (the form of the number only)\n  resident ID number"));
    assert_true(fake_shows(21, 80, "Not checked: There is no record about it."));
}

static void what_speaks_against_comes_first(void **state)
{
    struct canvas *canvas;

    (void)state;
    verdict_report_note(&judge.report, "holder_id", CHECK_SKIPPED, "Not asked.");
    verdict_report_add(&judge.report, "revocation", CHECK_FAIL, VERDICT_REVOKED, "On the list.");
    open_page("12345");
    fake_work();
    char *screen = fake_screen(21, 80, &canvas);
    char *list = strstr(screen, "x On the list.");
    char *status = strstr(screen, "+ The issuer");
    char *skipped = strstr(screen, "Not checked: Not asked.");
    assert_non_null(strstr(screen, "x Revoked"));
    assert_true(list && status && skipped && list < status && status < skipped);
    free(screen);
    canvas_free(canvas);
}

static void many_checks_are_reached_by_pages(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        verdict_report_note(&judge.report, "note", CHECK_WARN, "Remark number %d.", i);
    open_page("12345");
    fake_work();
    assert_true(fake_shows(21, 80, "Remark number 0."));
    assert_true(fake_hides(21, 80, "The issuer says"));
    for (int i = 0; i < 3; i++) {
        (void)fake_command(COMMAND_PAGE_DOWN);
        (void)fake_shows(21, 80, "Checks");
    }
    assert_true(fake_shows(21, 80, "The issuer says"));
    for (int i = 0; i < 3; i++)
        (void)fake_command(COMMAND_PAGE_UP);
    assert_true(fake_shows(21, 80, "Remark number 0."));
}

static void paste(const char *text)
{
    struct input_event event = {.kind = INPUT_PASTE, .text = text, .length = strlen(text)};

    (void)fake.view->ops->text(fake.view, &event);
}

static void a_sealed_document_is_judged_and_shown(void **state)
{
    (void)state;
    open_page("");
    paste("/media/usb/营业执照（副本）.ofd");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(judge.input, "/media/usb/营业执照（副本）.ofd");
    assert_int_equal(judge.asked, 0);
    assert_true(fake_shows(21, 80, "+ Valid"));
    assert_true(fake_hides(21, 80, "the form of the number only"));
    assert_true(fake_shows(21, 80, "sealed document (OFD)"));
    assert_true(fake_shows(21, 80, "Title: 营业执照"));
    assert_true(fake_shows(21, 80, "    Line 1 of the page."));
    assert_string_equal(judge.journal, "clerk file:00ff valid");
    for (int page = 0; page < 6; page++) {
        (void)fake_command(COMMAND_PAGE_DOWN);
        (void)fake_shows(21, 80, "");
    }
    assert_true(fake_shows(21, 80, "Line 40 of the page."));
    assert_true(fake_shows(21, 80, "to 42 of 42"));
}

/* What a document says of itself does not look like something else, however long it is. */
static void a_long_value_stays_beneath_itself(void **state)
{
    (void)state;
    open_page("/a/long.ofd");
    fake_work();
    assert_true(
        fake_shows(21, 80,
                   "\n  经营范围: 零售食品零售食品零售食品零售食品零售食品零售食品零售食品零售食"
                   "品零售\n            食品 Sealed with nothing\n"));
    assert_true(
        fake_shows(21, 80,
                   "\n  无标题的一行无标题的一行无标题的一行无标题的一行无标题的一行无标题的一行"
                   "无标题\n    的一行\n"));
}

/* A file of codes, as a stick or a mail brings it: what stands in it is judged, repeated later and
 * named by its digest, and the field goes on saying the path. */
static void a_file_of_codes_is_judged(void **state)
{
    static const char code[] = "eyJhbGciOiJFUzI1NiJ9.e30.AA";
    char path[] = "/tmp/huiliu-verify-XXXXXX", expected[128];
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(dprintf(fd, "\xef\xbb\xbf%s\r\n", code), 3 + (int)strlen(code) + 2);
    (void)close(fd);
    judge.report.recheck = true;
    open_page("");
    paste(path);
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    (void)unlink(path);
    assert_string_equal(judge.input, code);
    assert_true(fake_shows(21, 80, path));
    assert_true(fake_shows(21, 80, "+ Valid"));
    assert_memory_equal(judge.journal, "clerk code:", 11);
    (void)snprintf(expected, sizeof expected, "clerk %s (none) (none) valid", code);
    assert_string_equal(judge.recheck, expected);
}

static void a_file_without_codes_is_told(void **state)
{
    (void)state;
    open_page("");
    paste("/etc/passwd");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_int_equal(judge.asked, 0);
    assert_true(
        fake_shows(21, 80, "x /etc/passwd is neither a sealed document nor a file of signed"));
}

/* A path that leads nowhere is looked up as it stands: it may be the key of a record. */
static void a_path_to_nothing_is_only_a_text(void **state)
{
    (void)state;
    open_page("");
    paste("population/person:1");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(judge.input, "population/person:1");
}

static void the_home_of_the_person_is_a_tilde(void **state)
{
    (void)state;
    assert_int_equal(setenv("HOME", "/home/somebody", 1), 0);
    open_page("");
    paste(" ~/a.ofd ");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(judge.input, "/home/somebody/a.ofd");
}

static void a_document_that_is_not_there_is_told(void **state)
{
    (void)state;
    judge.status = STATUS_NOT_FOUND;
    open_page("/nowhere/a.ofd");
    fake_work();
    assert_true(fake_shows(21, 80, "x There is no such file."));
    assert_string_equal(judge.journal, "");
}

static void a_slip_needs_a_verdict_on_the_screen(void **state)
{
    char reason[VIEW_REASON_MAX] = "";

    (void)state;
    open_page("");
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_SLIP, reason));
    fake_type("12345");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_true(fake.view->ops->enabled(fake.view, COMMAND_SLIP, reason));
    (void)fake_command(COMMAND_SLIP);
    assert_non_null(fake.pushed);
    fake.pushed->ops->close(fake.pushed);
    fake.pushed = NULL;
    fake_type("6");
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_SLIP, reason));
}

/* What the panel says about a repetition is true: the question waits for the next exchange. */
static void a_verdict_from_stored_data_is_queued_to_be_repeated(void **state)
{
    (void)state;
    judge.report.recheck = true;
    open_page("12345");
    fake_work();
    assert_true(fake_shows(21, 80, "to be repeated online"));
    assert_string_equal(judge.recheck, "clerk 12345 (none) (none) valid");
    (void)fake_command(COMMAND_NEXT_FIELD);
    fake_type("王五");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(judge.recheck, "clerk 12345 王五 (none) valid");
}

static void a_verdict_that_needs_no_repetition_is_not_queued(void **state)
{
    (void)state;
    open_page("12345");
    fake_work();
    assert_string_equal(judge.recheck, "");
}

static void the_platform_is_asked_unless_it_just_did_not_answer(void **state)
{
    (void)state;
    open_page("12345");
    fake_work();
    assert_true(judge.online);
    fake.syncing.failures = 1;
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_false(judge.online);
}

static void a_failure_is_told_in_its_place(void **state)
{
    (void)state;
    judge.status = STATUS_IO;
    open_page("12345");
    fake_work();
    assert_true(fake_shows(21, 80, "x The cache cannot be read."));
    assert_string_equal(judge.journal, "");
}

static void a_reading_window_says_that_nothing_was_recorded(void **state)
{
    (void)state;
    fake.is_read_only = true;
    judge.report.recheck = true;
    open_page("12345");
    fake_work();
    assert_true(fake_shows(21, 80, "not written into the log"));
    assert_true(fake_hides(21, 80, "to be repeated")); /* nobody would */
    assert_string_equal(judge.journal, "");
}

static void judging_needs_a_number_and_the_right(void **state)
{
    char reason[VIEW_REASON_MAX] = "";

    (void)state;
    open_page("");
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_SUBMIT, reason));
    fake_type("1");
    assert_true(fake.view->ops->enabled(fake.view, COMMAND_SUBMIT, reason));
    fake.session.roles = ACCOUNT_AUDITOR;
    assert_false(fake.view->ops->enabled(fake.view, COMMAND_SUBMIT, reason));
    assert_true(reason[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_verdict_comes_with_checks_source_and_time),
        TEST(full_width_digits_are_folded_names_are_not),
        TEST(an_edited_number_has_no_verdict),
        TEST(an_answer_that_comes_after_an_edit_is_not_shown),
        TEST(a_scan_is_another_document),
        TEST(the_file_of_who_was_verified_is_one_key_away),
        TEST(a_notice_leads_to_both_verdicts),
        TEST(what_is_not_kept_any_more_is_told),
        TEST(an_open_page_says_what_newer_data_say),
        TEST(the_same_verdict_again_is_no_news),
        TEST(a_repetition_that_fails_or_comes_late_changes_nothing),
        TEST(a_bare_number_says_that_only_its_form_was_judged),
        TEST(what_speaks_against_comes_first),
        TEST(many_checks_are_reached_by_pages),
        TEST(a_sealed_document_is_judged_and_shown),
        TEST(a_long_value_stays_beneath_itself),
        TEST(a_file_of_codes_is_judged),
        TEST(a_file_without_codes_is_told),
        TEST(a_path_to_nothing_is_only_a_text),
        TEST(the_home_of_the_person_is_a_tilde),
        TEST(a_document_that_is_not_there_is_told),
        TEST(a_slip_needs_a_verdict_on_the_screen),
        TEST(a_verdict_from_stored_data_is_queued_to_be_repeated),
        TEST(a_verdict_that_needs_no_repetition_is_not_queued),
        TEST(the_platform_is_asked_unless_it_just_did_not_answer),
        TEST(a_failure_is_told_in_its_place),
        TEST(a_reading_window_says_that_nothing_was_recorded),
        TEST(judging_needs_a_number_and_the_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
