/* Codes made for demonstrations: sound for who trusts the key, and never passed off as genuine. */
#include "tests/unit/verify/support.h"

#include "verify/credential.h"
#include "verify/inflate.h"
#include "verify/issue.h"
#include "verify/qr_numeric.h"

#define NOW_MS ((int64_t)1773475200000) /* 2026-03-14T08:00:00Z */
#define DAY    ((int64_t)86400 * 1000)
#define ISSUER "11990106MB000102XH"

static const enum signature_algorithm algorithms[] = {
    SIGNATURE_ES256, SIGNATURE_ES384, SIGNATURE_EDDSA, SIGNATURE_PS256, SIGNATURE_SM2SM3};

static void issue(const struct signing_key *key, struct buf *code)
{
    const struct issue_recipe recipe = {.issuer = ISSUER,
                                        .number = "J1",
                                        .certificate_name = "居住证",
                                        .holder_name = "张文涛",
                                        .holder_id = "990106199003077635",
                                        .issued_ms = NOW_MS - DAY,
                                        .expires_ms = NOW_MS + DAY};

    assert_int_equal(issue_code(key, &recipe, code, NULL), STATUS_OK);
}

static struct verdict_report judge(const struct buf *code, const struct trust *keys, int64_t now_ms)
{
    const struct credential_trust trust = {keys, NULL, now_ms};
    const struct credential_circumstances around = {.now_ms = now_ms, .asked_name = "张文涛"};
    struct credential *credential = NULL;
    struct verdict_report report;

    assert_int_equal(credential_open(buf_text(code), code->length, &trust, &credential, NULL),
                     STATUS_OK);
    credential_judge(credential, &around, &report);
    credential_free(credential);
    return report;
}

static struct trust *trust_for_this_run(const struct signing_key *key)
{
    struct trust *trust = NULL;
    struct buf text = {0};
    json_t *jwk = NULL;

    assert_int_equal(trust_new(&trust, NULL), STATUS_OK);
    assert_int_equal(issue_jwk(key, &jwk, NULL), STATUS_OK);
    assert_int_equal(json_print(jwk, &text, NULL), STATUS_OK);
    assert_int_equal(trust_add_file(trust, buf_text(&text), text.length, NULL), STATUS_OK);
    json_decref(jwk);
    buf_release(&text);
    return trust;
}

static struct trust *trust_by_catalogue(const struct signing_key *key)
{
    struct trust *trust = NULL;
    json_t *jwk = NULL;

    assert_int_equal(trust_new(&trust, NULL), STATUS_OK);
    assert_int_equal(issue_jwk(key, &jwk, NULL), STATUS_OK);
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:[s], s:s, s:o}", "_id", "trust:k", "type", "trust", "level",
                  "issuer", "use", "credential", "issuer", ISSUER, "jwk", jwk);
    assert_non_null(document);
    assert_int_equal(trust_add_document(trust, document, NULL), STATUS_OK);
    json_decref(document);
    return trust;
}

static enum check_result demonstration(const struct verdict_report *report)
{
    const struct check *check = verdict_report_find(report, "demonstration");

    assert_non_null(check);
    return check->result;
}

static void every_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        struct signing_key *key = NULL, *again = NULL;
        struct buf code = {0}, pem = {0}, qr = {0}, decoded = {0};
        assert_int_equal(signing_key_generate(algorithms[i], &key, NULL), STATUS_OK);
        assert_int_equal(signing_key_write(key, &pem, NULL), STATUS_OK);
        assert_int_equal(signing_key_read(buf_text(&pem), pem.length, &again, NULL), STATUS_OK);
        assert_int_equal(signing_key_algorithm(again), algorithms[i]);
        issue(again, &code);
        qr_numeric_encode(buf_text(&code), code.length, &qr);
        assert_int_equal(qr_numeric_decode(buf_text(&qr), qr.length, &decoded, NULL), STATUS_OK);
        assert_string_equal(buf_text(&decoded), buf_text(&code));
        struct trust *trust = trust_for_this_run(key);
        struct verdict_report report = judge(&decoded, trust, NOW_MS);
        assert_int_equal(report.verdict, VERDICT_VALID);
        assert_int_equal(demonstration(&report), CHECK_WARN);
        report = judge(&decoded, trust, NOW_MS + 2 * DAY);
        assert_int_equal(report.verdict, VERDICT_EXPIRED);
        decoded.data[decoded.length - 3] ^= 1;
        report = judge(&decoded, trust, NOW_MS);
        assert_int_equal(report.verdict, VERDICT_SIGNATURE_INVALID);
        trust_free(trust);
        signing_key_free(key);
        signing_key_free(again);
        buf_release(&code);
        buf_release(&pem);
        buf_release(&qr);
        buf_release(&decoded);
    }
}

static void a_trusted_key_makes_it_suspicious(void **state)
{
    struct signing_key *key = NULL;
    struct buf code = {0};

    (void)state;
    assert_int_equal(signing_key_generate(SIGNATURE_ES256, &key, NULL), STATUS_OK);
    issue(key, &code);
    struct trust *trust = trust_by_catalogue(key);
    struct verdict_report report = judge(&code, trust, NOW_MS);
    assert_int_equal(report.verdict, VERDICT_CANNOT_TELL);
    assert_int_equal(demonstration(&report), CHECK_FAIL);
    trust_free(trust);
    buf_release(&code);
    signing_key_free(key);
}

static void what_is_packed_unpacks(void **state)
{
    struct buf text = {0}, packed = {0}, again = {0};

    (void)state;
    for (int i = 0; i < 3000; i++)
        buf_printf(&text, "%d,", i * i % 97);
    assert_int_equal(deflate_raw(text.data, text.length, &packed, NULL), STATUS_OK);
    assert_true(packed.length < text.length);
    assert_int_equal(inflate_raw(packed.data, packed.length, &again, NULL), STATUS_OK);
    assert_string_equal(buf_text(&again), buf_text(&text));
    buf_release(&text);
    buf_release(&packed);
    buf_release(&again);
}

static void other_keys_are_refused(void **state)
{
    struct signing_key *key = NULL;
    const char *texts[] = {"", "nothing",
                           "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(signing_key_read(texts[i], strlen(texts[i]), &key, NULL), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm),
        cmocka_unit_test(a_trusted_key_makes_it_suspicious),
        cmocka_unit_test(what_is_packed_unpacks),
        cmocka_unit_test(other_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
