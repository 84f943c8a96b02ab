/* Slips: kept before they are handed out, found again by what a person copies, and without what
 * concerns the person alone. */
#include "db/slip.h"
#include "tests/unit/db/seat.h"

static struct verdict_report report_of_certificate(void)
{
    struct verdict_report report;

    verdict_report_init(&report, "jws");
    verdict_report_add(&report, "signature", CHECK_PASS, VERDICT_VALID, "It fits the key.");
    verdict_report_cite(&report, "市场监督管理局", "2026-03-14T08:05:09.123Z");
    verdict_report_note(&report, "holder", CHECK_PASS, "Holder: 欧阳测试, born 1990-03-07");
    verdict_report_note(&report, "resident_id.age", CHECK_PASS, "36 years old");
    verdict_report_add(&report, "validity", CHECK_FAIL, VERDICT_EXPIRED, "It ended.");
    report.recheck = true;
    return report;
}

static struct slip *make(struct seat *seat, const char *object)
{
    struct verdict_report report = report_of_certificate();
    struct slip *slip = NULL;
    struct error error = {0};

    seat_ok(slip_make(seat->outbox, &seat_clerk, object, &report, &slip, &error), &error);
    return slip;
}

static void a_slip_is_found_as_it_was_made(void **state)
{
    struct seat seat;
    struct slip *found = NULL;
    struct error error = {0};

    seat_make(&seat, scratch_path(state, "home"));
    struct slip *made = make(&seat, "code:0123456789abcdef0123456789abcdef");
    seat_ok(slip_find(seat.reader, made->reference, &found, &error), &error);
    assert_string_equal(found->reference, made->reference);
    assert_int_equal(found->at_ms, made->at_ms);
    assert_int_equal(found->verdict, VERDICT_EXPIRED);
    assert_true(found->recheck);
    assert_string_equal(found->object, "code:0123456789abcdef");
    assert_string_equal(found->station, "窗口 3");
    assert_string_equal(found->area, "990106001");
    assert_string_equal(found->account, "li");
    assert_string_equal(found->kind, "jws");
    assert_int_equal(found->check_count, 2);
    assert_string_equal(found->checks[0].check, "signature");
    assert_string_equal(found->checks[0].source, "市场监督管理局");
    assert_int_equal(found->checks[1].result, CHECK_FAIL);
    assert_int_equal(found->left_out, 2);
    slip_free(found);
    slip_free(made);
    seat_leave(&seat);
}

static void nothing_about_the_person_is_on_it(void **state)
{
    struct seat seat;
    struct buf text = {0};

    seat_make(&seat, scratch_path(state, "home"));
    struct slip *slip = make(&seat, SEAT_PERSON);
    slip_describe(slip, &text);
    assert_null(strstr(buf_text(&text), "欧阳"));
    assert_null(strstr(buf_text(&text), "1990"));
    assert_null(strstr(buf_text(&text), SEAT_PERSON));
    assert_null(strstr(buf_text(&text), "li\n"));
    assert_non_null(strstr(buf_text(&text), slip->reference));
    assert_non_null(strstr(buf_text(&text), "窗口 3"));
    assert_non_null(strstr(buf_text(&text), "It ended."));
    buf_release(&text);
    slip_free(slip);
    seat_leave(&seat);
}

static void a_reference_is_read_as_people_copy_it(void **state)
{
    struct seat seat;
    struct slip *found = NULL;
    char copied[3 * ULID_TEXT_MAX] = "";

    seat_make(&seat, scratch_path(state, "home"));
    struct slip *made = make(&seat, "1.2.156.3005.2");
    for (size_t i = 0; made->reference[i]; i++) {
        char c = made->reference[i];
        size_t at = strlen(copied);
        copied[at++] = c == '0' ? 'o' : c == '1' ? 'l' : (char)(c >= 'A' ? c + 32 : c);
        copied[at++] = i % 4 == 3 ? (i % 8 == 3 ? ' ' : '-') : '\0';
        copied[at] = '\0';
    }
    assert_int_equal(slip_find(seat.reader, copied, &found, NULL), STATUS_OK);
    assert_string_equal(found->reference, made->reference);
    slip_free(found);
    slip_free(made);
    seat_leave(&seat);
}

static void what_is_no_slip_is_said(void **state)
{
    struct seat seat;
    struct slip *found = NULL;

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(slip_find(seat.reader, "01JD0000000000000000000000", &found, NULL),
                     STATUS_NOT_FOUND);
    assert_int_equal(slip_find(seat.reader, "01JD", &found, NULL), STATUS_INVALID);
    assert_int_equal(slip_find(seat.reader, "01JD00000000000000000000'; --", &found, NULL),
                     STATUS_INVALID);
    assert_null(found);
    seat_leave(&seat);
}

static void its_code_says_where_to_ask(void **state)
{
    struct seat seat;
    struct buf code = {0}, wanted = {0};

    seat_make(&seat, scratch_path(state, "home"));
    struct slip *slip = make(&seat, "1");
    slip->at_ms = 1773475509123; /* 2026-03-14T08:05:09.123Z */
    slip->verdict = VERDICT_NOT_YET_VALID;
    slip_code(slip, &code);
    buf_printf(&wanted, "HUILIU:SLIP:%s:990106001:NOT-YET-VALID:20260314", slip->reference);
    assert_string_equal(buf_text(&code), buf_text(&wanted));
    buf_release(&wanted);
    buf_release(&code);
    slip_free(slip);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(a_slip_is_found_as_it_was_made),
        WITH_SCRATCH(nothing_about_the_person_is_on_it),
        WITH_SCRATCH(a_reference_is_read_as_people_copy_it),
        WITH_SCRATCH(what_is_no_slip_is_said),
        WITH_SCRATCH(its_code_says_where_to_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
