#include "db/notice.h"
#include "db/schema.h"
#include "tests/unit/db/seat.h"

/* Raises a recheck that came out otherwise, for an account (NULL: everybody). */
static bool raise_recheck(struct seat *seat, const char *cause, const char *account)
{
    const struct notice_parameter parameters[] = {{"object", "1.2.156.3005.2.11111111MB9901068A"},
                                                  {"before", "valid"},
                                                  {"verdict", "revoked"}};
    const struct notice_new notice = {.kind = NOTICE_RECHECK_DIFFERS,
                                      .severity = NOTICE_ALARM,
                                      .cause = cause,
                                      .account = account,
                                      .dataset = "certificate",
                                      .record = "certificate:1",
                                      .parameters = parameters,
                                      .parameter_count = 3};
    struct error error = {0};
    bool added = false;

    seat_ok(notice_raise(seat->outbox, &notice, &added, &error), &error);
    return added;
}

static struct notice_list *read_all(struct seat *seat, const struct session *session,
                                    bool with_seen)
{
    const struct notice_filter filter = {.with_seen = with_seen};
    struct notice_list *list = NULL;
    struct error error = {0};

    seat_ok(notice_read(seat->reader, session, &filter, &list, &error), &error);
    return list;
}

static int64_t count(struct seat *seat, const char *account)
{
    struct error error = {0};
    int64_t unseen = 0;

    seat_ok(notice_count(seat->reader, account, &unseen, &error), &error);
    return unseen;
}

static void a_cause_is_told_once(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    assert_true(raise_recheck(&seat, "recheck:1", "li"));
    assert_false(raise_recheck(&seat, "recheck:1", "li"));
    assert_true(raise_recheck(&seat, "recheck:2", "li"));
    assert_true(raise_recheck(&seat, "recheck:1", "wang"));
    assert_int_equal(count(&seat, "li"), 2);
    assert_int_equal(count(&seat, "wang"), 1);
    assert_int_equal(count(&seat, NULL), 3);
    seat_ok(notice_see_all(seat.outbox, &seat_clerk, &error), &error);
    assert_false(raise_recheck(&seat, "recheck:1", "li"));
    assert_int_equal(count(&seat, "li"), 0);
    assert_int_equal(count(&seat, "wang"), 1);
    seat_leave(&seat);
}

static void a_notice_stays_until_each_has_seen_it(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    assert_true(raise_recheck(&seat, "recheck:1", NULL));
    struct notice_list *list = read_all(&seat, &seat_clerk, false);
    assert_int_equal(list->count, 1);
    assert_null(list->items[0].account);
    assert_false(list->items[0].seen);
    int64_t id = list->items[0].id;
    notice_list_free(list);
    seat_ok(notice_see(seat.outbox, &seat_clerk, &id, 1, &error), &error);
    assert_int_equal(count(&seat, "li"), 0);
    assert_int_equal(count(&seat, "wang"), 1);
    list = read_all(&seat, &seat_clerk, false);
    assert_int_equal(list->count, 0);
    notice_list_free(list);
    list = read_all(&seat, &seat_clerk, true);
    assert_int_equal(list->count, 1);
    assert_true(list->items[0].seen);
    assert_int_equal(list->items[0].viewer_count, 1);
    assert_string_equal(list->items[0].viewers[0].account, "li");
    assert_true(list->items[0].viewers[0].at_ms > 0);
    notice_list_free(list);
    seat_leave(&seat);
}

static void nobody_marks_what_is_for_others(void **state)
{
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    assert_true(raise_recheck(&seat, "recheck:1", "li"));
    assert_true(raise_recheck(&seat, "recheck:2", "wang"));
    struct notice_list *list = read_all(&seat, &seat_supervisor, false);
    assert_int_equal(list->count, 1);
    const int64_t ids[] = {list->items[0].id, list->items[0].id - 1};
    notice_list_free(list);
    assert_int_equal(notice_see(seat.outbox, &seat_supervisor, ids, 2, &error), STATUS_NOT_FOUND);
    assert_int_equal(count(&seat, "wang"), 1); /* all or none */
    assert_int_equal(count(&seat, "li"), 1);
    seat_leave(&seat);
}

static void the_sentence_is_made_for_its_reader(void **state)
{
    static const struct session administrator = {"guan", ACCOUNT_ADMINISTRATOR};
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    assert_true(raise_recheck(&seat, "recheck:1", NULL));
    struct notice_list *list = read_all(&seat, &seat_clerk, false);
    const char *sentence = list->items[0].sentence;
    assert_non_null(strstr(sentence, "1.2.156.3005.2.11111111MB9901068A"));
    assert_non_null(strstr(sentence, "\"Revoked\""));
    assert_non_null(strstr(sentence, "\"Valid\""));
    assert_null(strchr(sentence, '{'));
    notice_list_free(list);
    list = read_all(&seat, &administrator, false);
    assert_null(strstr(list->items[0].sentence, "11111111MB9901068A"));
    assert_non_null(strstr(list->items[0].sentence, "Revoked"));
    notice_list_free(list);
    seat_leave(&seat);
}

/* A parameter is data: braces and percent signs in it are text. */
static void parameters_are_not_templates(void **state)
{
    const struct notice_parameter parameters[] = {
        {"name", "{state} %s"}, {"state", "approved"}, {"by", "{name}"}};
    const struct notice_new notice = {
        .kind = NOTICE_REQUEST_STATE, .cause = "x", .parameters = parameters, .parameter_count = 3};
    struct seat seat;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(notice_raise(seat.outbox, &notice, NULL, &error), &error);
    struct notice_list *list = read_all(&seat, &seat_clerk, false);
    assert_non_null(strstr(list->items[0].sentence, "{state} %s"));
    assert_non_null(strstr(list->items[0].sentence, "by {name}."));
    notice_list_free(list);
    seat_leave(&seat);
}

static void long_parameters_are_cut_between_characters(void **state)
{
    char text[NOTICE_VALUE_MAX + 100];
    const struct notice_parameter parameters[] = {{"name", "x"}, {"by", "y"}, {"note", text}};
    const struct notice_new notice = {.kind = NOTICE_REQUEST_RETURNED,
                                      .cause = "long",
                                      .parameters = parameters,
                                      .parameter_count = 3};
    struct seat seat;
    struct error error = {0};

    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "路", 4);
    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(notice_raise(seat.outbox, &notice, NULL, &error), &error);
    struct notice_list *list = read_all(&seat, &seat_clerk, false);
    size_t length = strlen(list->items[0].sentence);
    assert_true(length > NOTICE_VALUE_MAX - 3 && length < NOTICE_VALUE_MAX + 60);
    assert_string_equal(list->items[0].sentence + length - 3, "路");
    notice_list_free(list);
    seat_leave(&seat);
}

static void without_a_cause_nothing_is_raised(void **state)
{
    const struct notice_new notice = {.kind = NOTICE_REQUEST_STATE, .cause = ""};
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(notice_raise(seat.outbox, &notice, NULL, NULL), STATUS_INTERNAL);
    assert_int_equal(count(&seat, NULL), 0);
    seat_leave(&seat);
}

/* --- one's own requests ------------------------------------------------------------------------
 */

static void raise_request(struct seat *seat, char id[48])
{
    const struct request_change change = {"address", "西乡街道2号"};
    const struct request_new request = {.dataset = "population",
                                        .record = SEAT_RECORD,
                                        .changes = &change,
                                        .change_count = 1,
                                        .ground = "inaccurate",
                                        .reason = "搬家"};
    struct error error = {0};

    seat_ok(request_raise(seat->outbox, seat->reader, &seat_clerk, &request, id, &error), &error);
}

static void the_maker_is_told_of_a_decision(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    raise_request(&seat, id);
    assert_int_equal(count(&seat, NULL), 0); /* one's own act is no news */
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "return", "缺证明材料", &error), &error);
    assert_int_equal(count(&seat, "li"), 1);
    assert_int_equal(count(&seat, "wang"), 0);
    struct notice_list *list = read_all(&seat, &seat_clerk, false);
    assert_string_equal(list->items[0].kind, "request_returned");
    assert_int_equal(list->items[0].severity, NOTICE_WARNING);
    assert_string_equal(list->items[0].request, id);
    assert_non_null(strstr(list->items[0].sentence, "wang"));
    assert_non_null(strstr(list->items[0].sentence, "缺证明材料"));
    notice_list_free(list);
    seat_leave(&seat);
}

static void withdrawing_is_no_news_to_oneself(void **state)
{
    struct seat seat;
    struct error error = {0};
    char id[48];

    seat_make(&seat, scratch_path(state, "home"));
    raise_request(&seat, id);
    seat_ok(request_act(seat.outbox, &seat_clerk, id, "withdraw", "误录", &error), &error);
    assert_int_equal(count(&seat, NULL), 0);
    seat_ok(request_act(seat.outbox, &seat_supervisor, id, "note", "知道了", &error), &error);
    assert_int_equal(count(&seat, NULL), 0); /* a note changes no state */
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_cause_is_told_once),
        WITH_SCRATCH(a_notice_stays_until_each_has_seen_it),
        WITH_SCRATCH(nobody_marks_what_is_for_others),
        WITH_SCRATCH(the_sentence_is_made_for_its_reader),
        WITH_SCRATCH(parameters_are_not_templates),
        WITH_SCRATCH(long_parameters_are_cut_between_characters),
        WITH_SCRATCH(without_a_cause_nothing_is_raised),
        WITH_SCRATCH(the_maker_is_told_of_a_decision),
        WITH_SCRATCH(withdrawing_is_no_news_to_oneself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
