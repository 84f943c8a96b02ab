#include "db/kept_trust.h"
#include "db/signed_code.h"
#include "db/verification.h"
#include "tests/unit/db/village.h"

#include <string.h>

/* The second vector of docs/credential.md: signed with the key of RFC 8037 A.1, valid to 2036. */
#define CODE                                                                                       \
    "eyJhbGciOiJFZERTQSIsInppcCI6IkRFRiIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3V"        \
    "HhIQ1R3WEJ5Z3JTNGsifQ.VU8xbgIxEPzL1I41a2PfnUuUJgU97QWMYpQAgiuQ0BUUiDJdmjT8AKVJBb9JUJ6"        \
    "BDLoiK-1qd0aa2dkgrVYIEKkqkhz086QMh1BIdYMghS971hlSYfY8-Q_E9QLBsLSVL5mBaZMQYGj8w02ngMIo"        \
    "Lps0SaO6iQgbpHH200aL89qSLq8i7EqsmOKRFC1iLYW-IyqnDY27Hzr3ExRm9VtEwO_X7uf8_nfcolV4mb-O4"        \
    "zK7dezpcPnYX74_c6z8wF35lloopJRo2ys.BX5PeDI6lb0ZRb_ij3LUF43GfH3C7ran-691yZBtw_EwfxxSCY"        \
    "eD1IMI55DDeNOmDbxO8_6XpBUt6qFgh3e-Dg"
#define KEY                                                                                        \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"x\":"                                \
    "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define THUMBPRINT "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define ISSUER     "11990000MB000001XX"

static void put(struct village *village, const char *rev, const char *text)
{
    char whole[2048];
    const char *rest = strchr(text, ',');

    snprintf(whole, sizeof whole, "%.*s,\"_rev\":\"%s\"%s", (int)(rest - text), text, rev, rest);
    village_document(village, whole);
}

static void put_trust(struct village *village, const char *rev, const char *issuer,
                      const char *rest)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"trust:" THUMBPRINT "\",\"type\":\"trust\",\"level\":\"issuer\",\"use\":"
             "[\"credential\"],\"issuer\":\"%s\",\"name\":\"Office\",\"jwk\":" KEY "%s}",
             issuer, rest);
    put(village, rev, text);
}

static void judge(struct village *village, const char *text, const char *name,
                  struct verdict_report *report)
{
    struct error error = {0};

    village_ok(verification_run(village->reader, &village_clerk, text, name, NULL, report, &error),
               &error);
}

static enum verdict verdict_of(struct village *village)
{
    struct verdict_report report;

    judge(village, " " CODE "\n", NULL, &report);
    assert_string_equal(report.kind, "jws");
    return report.verdict;
}

static void keys_come_from_the_catalogue(void **state)
{
    struct village village;
    struct verdict_report report;

    village_make(&village, scratch_path(state, "home"));
    assert_int_equal(verdict_of(&village), VERDICT_UNKNOWN_ISSUER);
    put_trust(&village, "1-a", ISSUER, "");
    assert_int_equal(verdict_of(&village), VERDICT_VALID);
    judge(&village, CODE, "张文涛", &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    judge(&village, CODE, "李四", &report);
    assert_int_equal(report.verdict, VERDICT_MISMATCH);
    put_trust(&village, "2-a", "11990000MB000002XX", "");
    assert_int_equal(verdict_of(&village), VERDICT_UNKNOWN_ISSUER);
    put_trust(&village, "3-a", ISSUER, ",\"revoked_at\":\"2025-01-01T00:00:00Z\"");
    assert_int_equal(verdict_of(&village), VERDICT_REVOKED);
    village_leave(&village);
}

static const struct trust *keys_of(struct village *village, const char *more)
{
    struct kept_trust *kept = NULL;
    const struct trust *keys = NULL;
    struct error error = {0};

    village_ok(kept_trust_find(village->reader, more, more ? strlen(more) : 0, &kept, &error),
               &error);
    village_ok(kept_trust_keys(kept, village->reader, &keys, &error), &error);
    return keys;
}

/* Making them is the dear part: they are the same ones until something they are made of changes. */
static void keys_are_read_once(void **state)
{
    static const char file[] = "{\"keys\":[" KEY "]}";
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    const struct trust *keys = keys_of(&village, NULL);
    assert_int_equal(trust_count(keys), 0);
    assert_int_equal(verdict_of(&village), VERDICT_UNKNOWN_ISSUER);
    assert_ptr_equal(keys_of(&village, NULL), keys);
    village_put(&village, "population", "{\"_id\":\"person:1\",\"_rev\":\"1-a\"}");
    assert_ptr_equal(keys_of(&village, NULL), keys);
    put_trust(&village, "1-a", ISSUER, "");
    keys = keys_of(&village, NULL);
    assert_int_equal(trust_count(keys), 1);
    assert_int_equal(verdict_of(&village), VERDICT_VALID);
    assert_ptr_equal(keys_of(&village, NULL), keys);
    assert_int_equal(trust_count(keys_of(&village, file)), 2);
    assert_int_equal(trust_count(keys_of(&village, NULL)), 1);
    put_trust(&village, "2-a", ISSUER, ",\"revoked_at\":\"2025-01-01T00:00:00Z\"");
    assert_int_equal(verdict_of(&village), VERDICT_REVOKED);
    village_leave(&village);
}

static const struct anchors *roots_of(struct village *village, const char *more)
{
    struct kept_trust *kept = NULL;
    const struct anchors *roots = NULL;
    struct error error = {0};

    village_ok(kept_trust_find(village->reader, more, more ? strlen(more) : 0, &kept, &error),
               &error);
    enum status status = kept_trust_roots(kept, village->reader, TRUST_OF_SEALS, &roots, &error);
    assert_int_equal(status, more ? STATUS_INVALID : STATUS_OK);
    return roots;
}

static void certificates_and_lists_are_read_once(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    const struct anchors *roots = roots_of(&village, NULL);
    assert_ptr_equal(roots_of(&village, NULL), roots);
    assert_int_equal(anchors_revocation_count(roots), 0);
    put(&village, "1-a",
        "{\"_id\":\"revocation:r\",\"issuer\":\"r\",\"revoked\":[{\"id\":\"1\"}]}");
    roots = roots_of(&village, NULL);
    assert_int_equal(anchors_revocation_count(roots), 1);
    assert_ptr_equal(roots_of(&village, NULL), roots);
    assert_null(roots_of(&village, "{\"keys\":[]}")); /* seals need certificates */
    assert_int_equal(anchors_revocation_count(roots_of(&village, NULL)), 1);
    village_leave(&village);
}

static void lists_revoke_by_number(void **state)
{
    static const struct {
        const char *list;
        enum verdict verdict;
        const char *result;
    } rows[] = {
        {"{\"_id\":\"revocation:" ISSUER "\",\"issuer\":\"" ISSUER
         "\",\"number\":17,\"issued_at\":\"2026-02-01T00:00:00Z\",\"revoked\":[{\"id\":\"other\"}]"
         "}",
         VERDICT_VALID, "pass"},
        {"{\"_id\":\"revocation:" ISSUER "\",\"issuer\":\"" ISSUER
         "\",\"number\":18,\"revoked\":[{\"id\":\"2026-000017\",\"at\":\"2026-02-02\"}]}",
         VERDICT_REVOKED, "fail"},
        {"{\"_id\":\"revocation:" ISSUER "\",\"issuer\":\"" ISSUER
         "\",\"number\":19,\"revoked\":[]}",
         VERDICT_VALID, "pass"},
        /* the number of a code means nothing on the list of another issuer… */
        {"{\"_id\":\"revocation:x\",\"issuer\":\"x\",\"number\":1,\"revoked\":[{\"id\":"
         "\"2026-000017\"}]}",
         VERDICT_VALID, "pass"},
        /* …but that of a certificate does */
        {"{\"_id\":\"revocation:x\",\"issuer\":\"x\",\"number\":2,\"revoked\":[{\"id\":"
         "\"1.2.156.3005.2.11100000000013127D001.113301060000000195.2025000001.001.I\"}]}",
         VERDICT_REVOKED, "fail"},
    };
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    put_trust(&village, "1-a", ISSUER, "");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict_report report;
        char rev[16];
        snprintf(rev, sizeof rev, "%zu-a", i + 1);
        put(&village, rev, rows[i].list);
        judge(&village, CODE, NULL, &report);
        if (report.verdict != rows[i].verdict)
            fail_msg("row %zu: %s", i, verdict_name(report.verdict));
        assert_string_equal(check_result_name(verdict_report_find(&report, "revocation")->result),
                            rows[i].result);
    }
    village_leave(&village);
}

static void files_hold_several_codes(void **state)
{
    static const char several[] = "{\"verifiableCredential\":[\"" CODE "\",\"" CODE "x\"]}";
    struct village village;
    struct verdict_report report;

    village_make(&village, scratch_path(state, "home"));
    put_trust(&village, "1-a", ISSUER, "");
    judge(&village, "{\"verifiableCredential\":[\"" CODE "\"]}", NULL, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_null(verdict_report_find(&report, "codes"));
    judge(&village, several, NULL, &report);
    assert_int_equal(report.verdict, VERDICT_SIGNATURE_INVALID);
    assert_non_null(strstr(verdict_report_find(&report, "codes")->detail, "number 2"));
    judge(&village, "{\"verifiableCredential\":[\"" CODE "\",\"" CODE "\"]}", NULL, &report);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_non_null(strstr(verdict_report_find(&report, "codes")->detail, "all are valid"));
    judge(&village, "shc:/5", NULL, &report);
    assert_int_equal(report.verdict, VERDICT_CANNOT_TELL);
    village_leave(&village);
}

/* Files that only look as if they held codes: one answer, and not that there are too many. */
static void files_hold_nothing(void **state)
{
    static const char *const files[] = {
        "{\"verifiableCredential\":[]}",
        "{\"verifiableCredential\":\"a\"}",
        "{\"verifiableCredential\":[\"" CODE "\"]}x",
        "{\"verifiableCredential\":[7]}",
    };
    struct village village;
    struct verdict_report report;

    village_make(&village, scratch_path(state, "home"));
    put_trust(&village, "1-a", ISSUER, "");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        judge(&village, files[i], NULL, &report);
        assert_int_equal(report.verdict, VERDICT_CANNOT_TELL);
        assert_non_null(verdict_report_find(&report, "format"));
    }
    village_leave(&village);
}

static void keys_for_one_time(void **state)
{
    struct village village;
    struct verdict_report report;
    struct error error = {0};
    struct signed_code_question question = {
        .text = CODE, .more_trust = KEY, .more_trust_length = strlen(KEY)};

    village_make(&village, scratch_path(state, "home"));
    village_ok(signed_code_judge(village.reader, &question, &report, NULL, &error), &error);
    assert_int_equal(report.verdict, VERDICT_VALID);
    assert_int_equal(verdict_report_find(&report, "issuer")->result, CHECK_WARN);
    assert_int_equal(verdict_of(&village), VERDICT_UNKNOWN_ISSUER); /* it was for that time */
    question.more_trust_length = 5;
    assert_int_equal(signed_code_judge(village.reader, &question, &report, NULL, &error),
                     STATUS_INVALID);
    village_leave(&village);
}

/* The log tells codes apart and holds nothing of what is in them. */
static void the_log_keeps_a_digest(void **state)
{
    char one[SIGNED_CODE_OBJECT_MAX], other[SIGNED_CODE_OBJECT_MAX];

    (void)state;
    assert_int_equal(signed_code_object(CODE, one, NULL), STATUS_OK);
    assert_int_equal(signed_code_object(" " CODE "\n", other, NULL), STATUS_OK);
    assert_string_equal(one, other);
    assert_int_equal(strlen(one), strlen("code:") + 64);
    assert_int_equal(signed_code_object(CODE "x", other, NULL), STATUS_OK);
    assert_string_not_equal(one, other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_come_from_the_catalogue),
        TEST(keys_are_read_once),
        TEST(certificates_and_lists_are_read_once),
        TEST(lists_revoke_by_number),
        TEST(files_hold_several_codes),
        TEST(files_hold_nothing),
        TEST(keys_for_one_time),
        cmocka_unit_test(the_log_keeps_a_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
