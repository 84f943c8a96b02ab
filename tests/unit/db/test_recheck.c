/* The freshest record first, and verdicts from stored data repeated when newer data have come. */
#include "db/notice.h"
#include "db/recheck.h"
#include "db/sealed_document.h"
#include "db/verification.h"
#include "tests/unit/db/village.h"
#include "verify/certificate_id.h"

#include <limits.h>

#define ZHANG "990106199003077635"
#define BODY  "11100000000013127D001.11990106MB000102XH.20250314000077.001"

static void identifier(char out[CERTIFICATE_ID_TEXT_MAX])
{
    snprintf(out, CERTIFICATE_ID_TEXT_MAX, "1.2.156.3005.2." BODY ".%c",
             certificate_id_check_character(BODY));
}

static void record_text(const char *rev, const char *status, char *out, size_t size)
{
    char id[CERTIFICATE_ID_TEXT_MAX];

    identifier(id);
    snprintf(out, size,
             "{\"_id\":\"certificate:%s\",\"_rev\":\"%s\",\"certificate_id\":\"%s\",\"name\":"
             "\"居民身份证\",\"holder_name\":\"张文涛\",\"holder_id\":\"" ZHANG
             "\",\"status\":\"%s\"}",
             id, rev, id, status);
}

static void put(struct village *village, const char *rev, const char *status)
{
    char text[1024];

    record_text(rev, status, text, sizeof text);
    assert_true(village_put(village, "certificate", text));
}

/* --- the upstream asked ----------------------------------------------------------------------- */

struct upstream {
    enum status status;
    const char *record_status;
    int asked;
};

static enum status fetch(void *context, const struct dataset *dataset, const char *key,
                         json_t **document, struct error *error)
{
    struct upstream *upstream = context;
    char text[1024];

    upstream->asked++;
    assert_string_equal(dataset->name, "certificate");
    assert_int_equal(strncmp(key, "certificate:1.2.", 16), 0);
    if (upstream->status != STATUS_OK)
        return error_set(error, upstream->status, "not now");
    record_text("2-b", upstream->record_status, text, sizeof text);
    *document = village_parse(text);
    return STATUS_OK;
}

static struct verdict_report ask(struct village *village, struct upstream *upstream)
{
    const struct verification_source source = {fetch, upstream};
    struct verdict_report report;
    struct error error = {0};
    char id[CERTIFICATE_ID_TEXT_MAX];

    identifier(id);
    const struct verification_question question = {id, NULL, NULL, &source};
    village_ok(verification_run_online(village->reader, &village_clerk, &question, &report, &error),
               &error);
    assert_int_equal(upstream->asked, 1);
    return report;
}

static void the_freshest_record_is_judged(void **state)
{
    static const struct {
        struct upstream upstream;
        enum verdict verdict;
        enum check_result online;
        bool recheck;
    } rows[] = {
        {{STATUS_OK, "有效", 0}, VERDICT_VALID, CHECK_PASS, false},
        {{STATUS_OK, "吊销", 0}, VERDICT_REVOKED, CHECK_WARN, false},
        {{STATUS_NOT_FOUND, NULL, 0}, VERDICT_CANNOT_TELL, CHECK_FAIL, true},
        {{STATUS_OFFLINE, NULL, 0}, VERDICT_VALID, CHECK_SKIPPED, true},
    };
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put(&village, "1-a", "有效");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct upstream upstream = rows[i].upstream;
        struct verdict_report report = ask(&village, &upstream);
        const struct check *online = verdict_report_find(&report, "online");
        assert_non_null(online);
        assert_int_equal(online->result, rows[i].online);
        assert_int_equal(report.verdict, rows[i].verdict);
        assert_int_equal(report.recheck, rows[i].recheck);
    }
    village_leave(&village);
}

/* --- repeated later --------------------------------------------------------------------------- */

static int64_t waiting(struct village *village)
{
    int64_t count = -1;
    struct error error = {0};

    village_ok(recheck_count(village->reader, &count, &error), &error);
    return count;
}

static void queue(struct village *village, const char *name, enum verdict verdict)
{
    struct error error = {0};
    char id[CERTIFICATE_ID_TEXT_MAX];

    identifier(id);
    const struct recheck_question question = {id, name, NULL};
    village_ok(recheck_queue(village->outbox, &village_clerk, &question, verdict, &error), &error);
}

static struct recheck_outcome repeat(struct village *village, int64_t before_ms)
{
    struct recheck_outcome outcome = {-1, -1};
    struct error error = {0};

    village_ok(recheck_run(village->outbox, village->reader, before_ms, &outcome, &error), &error);
    return outcome;
}

static void expect_notices(struct village *village, const char *account, int64_t count)
{
    int64_t unseen = -1;
    struct error error = {0};

    village_ok(notice_count(village->reader, account, &unseen, &error), &error);
    assert_int_equal(unseen, count);
}

static void a_different_verdict_is_told(void **state)
{
    struct village village;
    int64_t future = clock_wall_ms() + 60000;

    village_make(&village, scratch_path(state, "home"));
    put(&village, "1-a", "有效");
    queue(&village, NULL, VERDICT_VALID);
    queue(&village, NULL, VERDICT_VALID); /* the same question once more */
    assert_int_equal(waiting(&village), 1);
    assert_int_equal(repeat(&village, 1).repeated, 0); /* asked after that sync began */
    assert_int_equal(waiting(&village), 1);
    struct recheck_outcome outcome = repeat(&village, future);
    assert_int_equal(outcome.repeated, 1);
    assert_int_equal(outcome.different, 0);
    assert_int_equal(waiting(&village), 0);
    expect_notices(&village, "li", 0);

    queue(&village, NULL, VERDICT_VALID);
    queue(&village, "李四", VERDICT_MISMATCH); /* still is one: a mismatch is graver */
    put(&village, "2-b", "注销");
    outcome = repeat(&village, future);
    assert_int_equal(outcome.repeated, 2);
    assert_int_equal(outcome.different, 1);
    expect_notices(&village, "li", 1);
    expect_notices(&village, "wang", 0);
    village_leave(&village);
}

/* --- what the notice leads to ------------------------------------------------------------------
 */

/* The link of the newest notice; static memory. */
static const char *newest_link(struct village *village)
{
    static char link[RECHECK_LINK_MAX];
    struct notice_list *list = NULL;
    struct error error = {0};

    const struct notice_filter filter = {0};

    village_ok(notice_read(village->reader, &village_clerk, &filter, &list, &error), &error);
    assert_true(list->count > 0);
    assert_non_null(list->items[0].record);
    (void)snprintf(link, sizeof link, "%s", list->items[0].record);
    notice_list_free(list);
    return link;
}

static void the_notice_leads_to_both_verdicts(void **state)
{
    static const struct session other = {"wang", ACCOUNT_CLERK};
    struct village village;
    struct recheck_answer *answer = NULL;
    struct error error = {0};
    char id[CERTIFICATE_ID_TEXT_MAX];

    identifier(id);
    village_make(&village, scratch_path(state, "home"));
    put(&village, "1-a", "有效");
    queue(&village, "张文涛", VERDICT_VALID);
    put(&village, "2-b", "注销");
    assert_int_equal(repeat(&village, clock_wall_ms() + 60000).different, 1);
    const char *link = newest_link(&village);
    assert_true(recheck_is_link(link));
    village_ok(recheck_find(village.reader, &village_clerk, link, &answer, &error), &error);
    assert_string_equal(answer->input, id);
    assert_string_equal(answer->holder_name, "张文涛");
    assert_int_equal(answer->before, VERDICT_VALID);
    assert_int_equal(answer->after, VERDICT_REVOKED);
    assert_true(answer->answered_ms >= answer->asked_ms);
    recheck_answer_free(answer);
    assert_int_equal(recheck_find(village.reader, &other, link, &answer, NULL), STATUS_NOT_FOUND);
    assert_int_equal(recheck_find(village.reader, &village_clerk, "recheck:99", &answer, NULL),
                     STATUS_NOT_FOUND);
    village_leave(&village);
}

/* --- documents ---------------------------------------------------------------------------------
 */

/* `wrong`: something else was said at the counter than is the case. */
static void queue_file(struct village *village, const char *path, bool wrong)
{
    char object[SEALED_DOCUMENT_OBJECT_MAX];
    struct verdict_report report;
    struct ofd_document document = {0};
    struct buf kept = {0};
    struct error error = {0};

    village_ok(
        sealed_document_judge(village->reader, path, NULL, object, &report, &document, &error),
        &error);
    ofd_document_release(&document);
    village_ok(sealed_document_remember(object, path, &kept, &error), &error);
    const struct recheck_question question = {.input = buf_text(&kept)};
    assert_string_equal(sealed_document_path(question.input), path);
    village_ok(recheck_queue(village->outbox, &village_clerk, &question,
                             wrong ? VERDICT_VALID : report.verdict, &error),
               &error);
    buf_release(&kept);
}

static void write_text(const char *path, const char *text)
{
    write_file(path, text, strlen(text));
}

/* The file is no archive; what counts here is when it is judged again. */
static void a_document_is_repeated_while_it_is_there(void **state)
{
    struct village village;
    int64_t future = clock_wall_ms() + 60000;
    char path[PATH_MAX];

    village_make(&village, scratch_path(state, "home"));
    assert_non_null(realpath(scratch_path(state, "."), path));
    (void)snprintf(path + strlen(path), sizeof path - strlen(path), "/%s", "证照 one.ofd");
    write_text(path, "nothing");
    queue_file(&village, path, false);
    assert_int_equal(remove(path), 0);
    assert_int_equal(repeat(&village, future).repeated, 0);
    assert_int_equal(waiting(&village), 1);
    write_text(path, "something else");
    assert_int_equal(repeat(&village, future).repeated, 0);
    write_text(path, "nothing");
    assert_int_equal(repeat(&village, future).repeated, 1);
    assert_int_equal(waiting(&village), 0);
    expect_notices(&village, "li", 0);
    queue_file(&village, path, true);
    assert_int_equal(repeat(&village, future).different, 1);
    expect_notices(&village, "li", 1);
    (void)newest_link(&village);
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_freshest_record_is_judged, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_different_verdict_is_told, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(the_notice_leads_to_both_verdicts, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(a_document_is_repeated_while_it_is_there, scratch_setup,
                                        scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
