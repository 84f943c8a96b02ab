/* What answers mean: a table of facts and the outcome each must have. */
#include "base/clock.h"
#include "sync/classify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    enum http_trouble trouble;
    int http;
    bool json;
    const char *body;
    enum status expected;
};

static const struct sample samples[] = {
    {TROUBLE_NONE, 200, true, "{}", STATUS_OK},
    {TROUBLE_NONE, 201, true, "{\"ok\":true}", STATUS_OK},
    /* captive portals and strangers */
    {TROUBLE_NONE, 200, false, "<html>log in</html>", STATUS_PORTAL},
    {TROUBLE_NONE, 302, false, "", STATUS_PORTAL},
    {TROUBLE_NONE, 302, true, "{}", STATUS_PORTAL},
    {TROUBLE_NONE, 511, false, "", STATUS_PORTAL},
    {TROUBLE_NONE, 407, false, "", STATUS_PORTAL},
    {TROUBLE_NONE, 404, false, "<html>not found</html>", STATUS_PORTAL},
    {TROUBLE_NONE, 404, true, "{\"message\":\"no Route matched\"}", STATUS_PORTAL},
    {TROUBLE_NONE, 403, false, "<html>blocked</html>", STATUS_PORTAL},
    /* the upstream's own refusals */
    {TROUBLE_NONE, 401, true, "{\"error\":\"unauthorized\",\"reason\":\"x\"}", STATUS_REFUSED},
    {TROUBLE_NONE, 401, false, "", STATUS_REFUSED},
    {TROUBLE_NONE, 403, true, "{\"error\":\"forbidden\",\"reason\":\"no\"}", STATUS_REFUSED},
    {TROUBLE_NONE, 404, true, "{\"error\":\"not_found\",\"reason\":\"missing\"}", STATUS_NOT_FOUND},
    {TROUBLE_NONE, 409, true, "{\"error\":\"conflict\"}", STATUS_CONFLICT},
    {TROUBLE_NONE, 412, true, "{\"error\":\"file_exists\"}", STATUS_CONFLICT},
    {TROUBLE_NONE, 413, false, "", STATUS_TOO_LARGE},
    {TROUBLE_NONE, 400, true, "{\"error\":\"bad_request\",\"reason\":\"x\"}", STATUS_INVALID},
    {TROUBLE_NONE, 422, true, "{}", STATUS_INVALID},
    {TROUBLE_NONE, 429, false, "", STATUS_BUSY},
    {TROUBLE_NONE, 503, false, "<html>", STATUS_BUSY},
    {TROUBLE_NONE, 500, true, "{\"error\":\"x\"}", STATUS_UPSTREAM},
    {TROUBLE_NONE, 502, false, "<html>", STATUS_UPSTREAM},
    /* on the way: nothing the answer says counts then */
    {TROUBLE_RESOLVE, 0, false, "", STATUS_OFFLINE},
    {TROUBLE_CONNECT, 0, false, "", STATUS_OFFLINE},
    {TROUBLE_TIMEOUT, 200, true, "{}", STATUS_OFFLINE},
    {TROUBLE_CUT, 200, true, "{}", STATUS_OFFLINE},
    {TROUBLE_CUT, 401, true, "{}", STATUS_OFFLINE},
    {TROUBLE_CUT, 413, true, "", STATUS_TOO_LARGE},
    {TROUBLE_TLS, 0, false, "", STATUS_TLS},
    {TROUBLE_TLS_UNTRUSTED, 0, false, "", STATUS_TLS},
    {TROUBLE_TLS_NAME, 0, false, "", STATUS_TLS},
    {TROUBLE_TLS_EARLY, 0, false, "", STATUS_TLS},
    {TROUBLE_TLS_LATE, 0, false, "", STATUS_TLS},
    {TROUBLE_NONE, 407, false, "", STATUS_PORTAL},
    {TROUBLE_GARBLED, 200, true, "{}", STATUS_UPSTREAM},
    {TROUBLE_TOO_LARGE, 200, true, "", STATUS_TOO_LARGE},
    {TROUBLE_CANCELLED, 200, true, "", STATUS_CANCELLED},
    {TROUBLE_OTHER, 0, false, "", STATUS_OFFLINE},
};

static struct http_answer answer_of(const struct sample *sample)
{
    struct http_answer answer = {.trouble = sample->trouble,
                                 .status = sample->http,
                                 .json = sample->json,
                                 .retry_after_ms = -1};
    buf_str(&answer.body, sample->body);
    return answer;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct http_answer answer = answer_of(&samples[i]);
        struct error error = {0};
        if (classify_answer(&answer, &error) != samples[i].expected)
            fail_msg("sample %zu: %s, not %s", i, status_name(error.status),
                     status_name(samples[i].expected));
        assert_int_equal(error.text[0] != '\0', samples[i].expected != STATUS_OK);
        http_answer_release(&answer);
    }
}

/* Sentences differ where the next step differs. */
static void test_sentences(void **state)
{
    (void)state;
    const struct sample early = {TROUBLE_TLS_EARLY, 0, false, "", STATUS_TLS};
    const struct sample late = {TROUBLE_TLS_LATE, 0, false, "", STATUS_TLS};
    const struct sample busy = {TROUBLE_NONE, 503, false, "", STATUS_BUSY};
    struct error error = {0};
    char today[DATE_TEXT_MAX];
    date_format(date_today(), today);
    struct http_answer answer = answer_of(&early);
    assert_int_equal(classify_answer(&answer, &error), STATUS_TLS);
    assert_non_null(strstr(error.text, "clock is behind"));
    assert_non_null(strstr(error.text, today));
    http_answer_release(&answer);
    answer = answer_of(&late);
    assert_int_equal(classify_answer(&answer, &error), STATUS_TLS);
    assert_non_null(strstr(error.text, "expired"));
    assert_non_null(strstr(error.text, today));
    http_answer_release(&answer);
    answer = answer_of(&busy);
    answer.retry_after_ms = 90000;
    assert_int_equal(classify_answer(&answer, &error), STATUS_BUSY);
    assert_non_null(strstr(error.text, "90 seconds"));
    assert_int_equal(error.detail, 503);
    http_answer_release(&answer);
}

static void test_reason_is_safe_to_show(void **state)
{
    (void)state;
    const struct sample refused = {TROUBLE_NONE, 403, true,
                                   "{\"error\":\"forbidden\",\"reason\":\"no \\u001b[2J\\u202e "
                                   "address: 东村东村东村东村东村东村东村东村东村东村东村东村东村"
                                   "东村东村东村东村东村东村东村东村东村东村东村东村东村东村\"}",
                                   STATUS_REFUSED};
    struct http_answer answer = answer_of(&refused);
    struct error error = {0};
    char reason[REASON_TEXT_MAX];
    classify_reason(&answer, reason);
    assert_null(strchr(reason, '\x1b'));
    assert_null(strstr(reason, "\xe2\x80\xae"));
    assert_non_null(strstr(reason, "address: 东村"));
    assert_true(strlen(reason) < 160);
    assert_int_equal(classify_answer(&answer, &error), STATUS_REFUSED);
    assert_non_null(strstr(error.text, reason));
    assert_true(classify_is_error(&answer, "forbidden"));
    assert_false(classify_is_login(&answer));
    http_answer_release(&answer);
}

static void test_locked_account_is_a_login_matter(void **state)
{
    (void)state;
    const struct sample locked = {TROUBLE_NONE, 403, true,
                                  "{\"error\":\"forbidden\",\"reason\":\"Account is temporarily "
                                  "locked due to multiple authentication failures\"}",
                                  STATUS_REFUSED};
    struct http_answer answer = answer_of(&locked);
    assert_true(classify_is_login(&answer));
    http_answer_release(&answer);
    const struct sample other = {TROUBLE_NONE, 403, true,
                                 "{\"error\":\"forbidden\",\"reason\":\"This file is blocked.\"}",
                                 STATUS_REFUSED};
    answer = answer_of(&other);
    assert_false(classify_is_login(&answer));
    http_answer_release(&answer);
}

static void test_retry_after(void **state)
{
    (void)state;
    const int64_t now = 1773475509000; /* 2026-03-14T08:05:09Z */
    assert_int_equal(http_parse_retry_after("120", now), 120000);
    assert_int_equal(http_parse_retry_after("0", now), 1000);
    assert_int_equal(http_parse_retry_after("99999999999999999999", now), 3600000);
    assert_int_equal(http_parse_retry_after("Sat, 14 Mar 2026 08:06:09 GMT", now), 60000);
    assert_int_equal(http_parse_retry_after("Sat, 14 Mar 2020 08:06:09 GMT", now), 1000);
    assert_int_equal(http_parse_retry_after("soon", now), -1);
    assert_int_equal(http_parse_retry_after("-5", now), -1);
    assert_int_equal(http_parse_retry_after("", now), -1);
}

static void test_worse(void **state)
{
    (void)state;
    assert_int_equal(classify_worse(STATUS_OK, STATUS_NOT_FOUND), STATUS_NOT_FOUND);
    assert_int_equal(classify_worse(STATUS_REFUSED, STATUS_OFFLINE), STATUS_REFUSED);
    assert_int_equal(classify_worse(STATUS_OFFLINE, STATUS_FULL), STATUS_FULL);
    assert_int_equal(classify_worse(STATUS_UPSTREAM, STATUS_OK), STATUS_UPSTREAM);
    assert_true(classify_stops_run(STATUS_OFFLINE));
    assert_false(classify_stops_run(STATUS_NOT_FOUND));
}

static void test_encoding(void **state)
{
    (void)state;
    struct buf out = {0};
    http_encode(&out, "request:01J a+b/ä_-.~");
    assert_string_equal(buf_text(&out), "request%3A01J%20a%2Bb%2F%C3%A4_-.~");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_reason_is_safe_to_show),
        cmocka_unit_test(test_locked_account_is_a_login_matter),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_worse),
        cmocka_unit_test(test_encoding),
    };
    return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
