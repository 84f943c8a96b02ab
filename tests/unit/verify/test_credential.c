#include "tests/unit/verify/signer.h"

#include "verify/credential.h"

#define NOW_MS ((int64_t)1773475200000) /* 2026-03-14T08:00:00Z */
#define NOW_S  "1773475200"
#define ISSUER "11100000000013127D"
#define HOLDER "330106199001010018"
#define HEADER "{\"alg\":\"ES256\",\"kid\":\"k1\"}"
#define CONTENT                                                                                    \
    ",\"jti\":\"J1\",\"holder\":{\"name\":\"张文涛\",\"id\":\"" HOLDER "\"},"                      \
    "\"certificate\":{\"name\":\"居住证\",\"id\":\"1.2.156.3005.2.X\"}"
#define SIGNED_AT "\"iss\":\"" ISSUER "\",\"iat\":1773400000"

struct desk {
    struct signer signer;
    struct trust *trust;
    struct anchors *roots;
    struct credential_circumstances around;
    struct verdict_report report;
};

/* --- setting up ----------------------------------------------------------------------------- */

static void desk_open(struct desk *desk)
{
    *desk = (struct desk){.signer = signer_new(SIGNATURE_ES256)};
    desk->around = (struct credential_circumstances){
        .now_ms = NOW_MS, .trust_source = "catalogue", .trust_as_of = "2026-03-14T07:00:00.000Z"};
    assert_int_equal(trust_new(&desk->trust, NULL), STATUS_OK);
    assert_int_equal(anchors_new(&desk->roots, NULL), STATUS_OK);
}

static void desk_close(struct desk *desk)
{
    trust_free(desk->trust);
    anchors_free(desk->roots);
    signer_release(&desk->signer);
}

static void add_document(struct desk *desk, const char *text)
{
    json_t *document = NULL;
    struct error error = {0};

    if (json_parse(text, strlen(text), &document, &error) != STATUS_OK)
        fail_msg("%s: %s", text, error.text);
    assert_int_equal(trust_add_document(desk->trust, document, &error), STATUS_OK);
    json_decref(document);
}

static void trust_signer_of(struct desk *desk, const char *issuer, const char *jwk_rest,
                            const char *rest)
{
    struct buf text = {0};

    buf_printf(&text,
               "{\"_id\":\"trust:k1\",\"type\":\"trust\",\"level\":\"issuer\",\"use\":"
               "[\"credential\"],\"issuer\":\"%s\",\"name\":\"Office\",\"jwk\":",
               issuer);
    signer_jwk(&desk->signer, jwk_rest, &text);
    buf_printf(&text, "%s}", rest);
    add_document(desk, buf_text(&text));
    buf_release(&text);
}

/* The signer's key as the catalogue has it; `rest` begins with a comma or is "". */
static void trust_signer(struct desk *desk, const char *jwk_rest, const char *rest)
{
    trust_signer_of(desk, ISSUER, jwk_rest, rest);
}

static void trust_file(struct desk *desk, const char *jwk_rest)
{
    struct buf text = {0};

    buf_str(&text, "{\"keys\":[");
    signer_jwk(&desk->signer, jwk_rest, &text);
    buf_str(&text, "]}\n");
    assert_int_equal(trust_add_file(desk->trust, buf_text(&text), text.length, NULL), STATUS_OK);
    buf_release(&text);
}

static enum verdict judge_text(struct desk *desk, const char *text)
{
    const struct credential_trust trust = {desk->trust, desk->roots, NOW_MS};
    struct credential *credential = NULL;

    assert_int_equal(credential_open(text, strlen(text), &trust, &credential, NULL), STATUS_OK);
    credential_judge(credential, &desk->around, &desk->report);
    credential_free(credential);
    for (size_t i = 0; i < desk->report.count; i++) {
        assert_true(desk->report.checks[i].detail[0]);
        assert_null(strstr(desk->report.checks[i].detail, HOLDER));
    }
    return desk->report.verdict;
}

static enum verdict judge(struct desk *desk, const char *header, const char *claims)
{
    struct buf text = {0};

    jws_make(&desk->signer, header, claims, strstr(header, "DEF") != NULL, &text);
    enum verdict verdict = judge_text(desk, buf_text(&text));
    buf_release(&text);
    return verdict;
}

static const char *result_of(const struct desk *desk, const char *name)
{
    const struct check *check = verdict_report_find(&desk->report, name);

    return check ? check_result_name(check->result) : "absent";
}

static void expect(struct desk *desk, const char *claims, enum verdict verdict)
{
    if (judge(desk, HEADER, claims) != verdict)
        fail_msg("%s: %s", claims, verdict_name(desk->report.verdict));
}

/* --- our own profile ------------------------------------------------------------------------ */

static void a_sound_code_is_valid(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_VALID);
    assert_string_equal(result_of(&desk, "signature"), "pass");
    assert_string_equal(result_of(&desk, "revocation"), "skipped");
    const struct check *issuer = verdict_report_find(&desk.report, "issuer");
    assert_non_null(issuer);
    assert_string_equal(issuer->source, "catalogue");
    assert_string_equal(issuer->as_of, "2026-03-14T07:00:00.000Z");
    assert_non_null(strstr(issuer->detail, "Office"));
    assert_non_null(strstr(verdict_report_find(&desk.report, "holder")->detail, "张文涛"));
    assert_true(desk.report.recheck);
    desk_close(&desk);
}

static void dates_decide(void **state)
{
    static const struct {
        const char *claims;
        enum verdict verdict;
    } rows[] = {
        {"{" SIGNED_AT ",\"exp\":1773475201}", VERDICT_VALID},
        {"{" SIGNED_AT ",\"exp\":" NOW_S "}", VERDICT_EXPIRED},
        {"{" SIGNED_AT ",\"exp\":1773475200.5}", VERDICT_VALID},
        {"{" SIGNED_AT ",\"nbf\":" NOW_S "}", VERDICT_VALID},
        {"{" SIGNED_AT ",\"nbf\":1773475900}", VERDICT_NOT_YET_VALID},
        {"{" SIGNED_AT ",\"nbf\":1773475900,\"exp\":1773475800}", VERDICT_CANNOT_TELL},
        {"{" SIGNED_AT ",\"exp\":\"tomorrow\"}", VERDICT_CANNOT_TELL},
        {"{" SIGNED_AT ",\"exp\":null}", VERDICT_CANNOT_TELL},
        {"{" SIGNED_AT ",\"exp\":-5}", VERDICT_CANNOT_TELL},
        {"{" SIGNED_AT ",\"exp\":1773475200000}", VERDICT_CANNOT_TELL}, /* milliseconds */
        {"{\"iss\":\"" ISSUER "\",\"iat\":1773479999}", VERDICT_CANNOT_TELL},
        {"{\"iss\":\"" ISSUER "\"}", VERDICT_VALID},
    };
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(&desk, rows[i].claims, rows[i].verdict);
    desk_close(&desk);
}

static void content_that_is_no_certificate(void **state)
{
    static const char *const contents[] = {
        "Example",
        "[]",
        "{}",
        "{\"iss\":7}",
        "",
        "{\"iss\":\"" ISSUER "\",\"holder\":\"x\"}",
        "{\"iss\":\"" ISSUER "\",\"iss\":\"" ISSUER "\"}",
    };
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        expect(&desk, contents[i], VERDICT_CANNOT_TELL);
        assert_string_equal(result_of(&desk, "signature"), "pass");
        assert_string_equal(result_of(&desk, "content"), "fail");
    }
    desk_close(&desk);
}

/* Content that was unpacked and is no JSON is not called badly compressed, and the other way. */
static void what_is_wrong_with_the_content(void **state)
{
    static const char header[] = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"zip\":\"DEF\"}";
    static const char *const texts[] = {"Example", "\xef\xbb\xbf{\"iss\":\"" ISSUER "\"}",
                                        "{\"iss\":\"" ISSUER "\"}{}"};
    struct desk desk;
    struct buf text = {0};

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_equal(judge(&desk, header, texts[i]), VERDICT_CANNOT_TELL);
        assert_non_null(strstr(verdict_report_find(&desk.report, "content")->detail, "else"));
    }
    jws_make(&desk.signer, header, "{\"iss\":\"" ISSUER "\"}", false, &text);
    assert_int_equal(judge_text(&desk, buf_text(&text)), VERDICT_CANNOT_TELL);
    assert_non_null(strstr(verdict_report_find(&desk.report, "content")->detail, "compressed"));
    buf_release(&text);
    desk_close(&desk);
}

static void the_holder_is_compared(void **state)
{
    static const struct {
        const char *name, *id;
        enum verdict verdict;
    } rows[] = {
        {"张 文涛", HOLDER, VERDICT_VALID},
        {"张文韬", NULL, VERDICT_MISMATCH},
        {NULL, "330106199001010026", VERDICT_MISMATCH},
        {"", "", VERDICT_VALID},
    };
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        desk.around.asked_name = rows[i].name;
        desk.around.asked_id = rows[i].id;
        expect(&desk, "{" SIGNED_AT CONTENT "}", rows[i].verdict);
    }
    desk.around.asked_name = "张文涛";
    expect(&desk, "{" SIGNED_AT "}", VERDICT_CANNOT_TELL);
    desk_close(&desk);
}

static void revocation_lists_count(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    desk.around.revocation = REVOCATION_CLEAR;
    desk.around.revocation_number = 17;
    desk.around.revocation_next_update = "2026-03-20T00:00:00Z";
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_VALID);
    assert_string_equal(result_of(&desk, "revocation"), "pass");
    assert_non_null(strstr(verdict_report_find(&desk.report, "revocation")->detail, "17"));
    desk.around.revocation_next_update = "2026-03-10T00:00:00Z";
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_VALID);
    assert_string_equal(result_of(&desk, "revocation"), "warn");
    desk.around.revocation_next_update = "2026-03-20T00:00:00Z";
    desk.around.revocation_issued_at = "2026-03-14T08:05:00Z"; /* clocks differ */
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_VALID);
    assert_string_equal(result_of(&desk, "revocation"), "warn");
    desk.around.revocation_issued_at = "2026-03-14T08:05:01Z";
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_CANNOT_TELL);
    desk.around.revocation = REVOCATION_LISTED;
    expect(&desk, "{" SIGNED_AT CONTENT "}", VERDICT_REVOKED);
    desk_close(&desk);
}

/* --- keys ----------------------------------------------------------------------------------- */

static void keys_nobody_knows(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk);
    expect(&desk, "{" SIGNED_AT "}", VERDICT_UNKNOWN_ISSUER);
    assert_string_equal(result_of(&desk, "signature"), "skipped");
    assert_string_equal(result_of(&desk, "content"), "absent");
    trust_signer(&desk, "", "");
    assert_int_equal(judge(&desk, "{\"alg\":\"ES256\",\"kid\":\"k2\"}", "{" SIGNED_AT "}"),
                     VERDICT_UNKNOWN_ISSUER);
    assert_int_equal(judge(&desk, "{\"alg\":\"ES256\"}", "{" SIGNED_AT "}"), VERDICT_VALID);
    assert_int_equal(judge(&desk, "{\"alg\":\"ES256\"}", "{\"iss\":\"other\"}"),
                     VERDICT_UNKNOWN_ISSUER);
    expect(&desk, "{\"iss\":\"other\",\"iat\":1773400000}", VERDICT_UNKNOWN_ISSUER);
    desk_close(&desk);
}

static void keys_have_their_time(void **state)
{
    static const struct {
        const char *rest;
        enum verdict verdict;
    } rows[] = {
        {",\"valid_from\":\"2026-01-01\",\"valid_to\":\"2026-12-31\"", VERDICT_VALID},
        {",\"valid_from\":\"2026-03-14T00:00:00Z\"", VERDICT_UNKNOWN_ISSUER},
        {",\"valid_to\":\"2026-03-12T00:00:00Z\"", VERDICT_UNKNOWN_ISSUER},
        {",\"valid_to\":\"2026-03-13\"", VERDICT_VALID}, /* expired now, not when it signed */
        {",\"valid_to\":\"soon\"", VERDICT_UNKNOWN_ISSUER},
        {",\"revoked_at\":null", VERDICT_VALID},
        {",\"revoked_at\":\"2026-03-10T00:00:00Z\"", VERDICT_REVOKED},
        {",\"revoked_at\":\"2026-03-14T00:00:00Z\"", VERDICT_REVOKED}, /* too soon after it */
        {",\"revoked_at\":\"2026-03-15T00:00:00Z\"", VERDICT_CANNOT_TELL},
        {",\"revoked_at\":\"yes\"", VERDICT_REVOKED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct desk desk;
        desk_open(&desk);
        trust_signer(&desk, "", rows[i].rest);
        if (judge(&desk, HEADER, "{" SIGNED_AT "}") != rows[i].verdict)
            fail_msg("%s: %s", rows[i].rest, verdict_name(desk.report.verdict));
        desk_close(&desk);
    }
}

/* An algorithm nobody here can check is called by its name, with the issuer's key and without. */
static void another_algorithm_is_told(void **state)
{
    static const char *const names[] = {"PS384", "ES512", "RS512", "ES256K", "HS256"};
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char known[64], unknown[64];
        (void)snprintf(known, sizeof known, "{\"alg\":\"%s\",\"kid\":\"k1\"}", names[i]);
        (void)snprintf(unknown, sizeof unknown, "{\"alg\":\"%s\",\"kid\":\"k2\"}", names[i]);
        assert_int_equal(judge(&desk, known, "{" SIGNED_AT "}"), VERDICT_SIGNATURE_INVALID);
        assert_non_null(strstr(verdict_report_find(&desk.report, "signature")->detail, names[i]));
        assert_int_equal(judge(&desk, unknown, "{" SIGNED_AT "}"), VERDICT_UNKNOWN_ISSUER);
        assert_string_equal(result_of(&desk, "algorithm"), "fail");
        assert_non_null(strstr(verdict_report_find(&desk.report, "algorithm")->detail, names[i]));
    }
    assert_int_equal(judge(&desk, HEADER, "{" SIGNED_AT "}"), VERDICT_VALID);
    assert_string_equal(result_of(&desk, "algorithm"), "absent");
    desk_close(&desk);
}

/* Whoever it names: no key makes a code without a signature one that is signed. */
static void a_code_without_a_signature_is_invalid(void **state)
{
    static const char *const headers[] = {"{\"alg\":\"none\",\"kid\":\"k1\"}",
                                          "{\"alg\":\"None\",\"kid\":\"k2\"}",
                                          "{\"alg\":\"none\"}"};
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        assert_int_equal(judge(&desk, headers[i], "{" SIGNED_AT "}"), VERDICT_SIGNATURE_INVALID);
        assert_non_null(strstr(verdict_report_find(&desk.report, "format")->detail, "not signed"));
    }
    desk_close(&desk);
}

static void documents_that_are_no_keys_of_issuers(void **state)
{
    static const char *const documents[] = {
        "{\"_id\":\"trust:k1\",\"type\":\"trust\",\"level\":\"root\",\"use\":[\"credential\"]}",
        "{\"_id\":\"trust:k1\",\"type\":\"trust\",\"level\":\"issuer\",\"use\":[\"bundle\"]}",
        "{\"_id\":\"trust:k1\",\"type\":\"trust\",\"level\":\"issuer\"}",
        "{\"_id\":\"dataset:k1\",\"type\":\"dataset\"}",
    };
    struct desk desk;

    (void)state;
    desk_open(&desk);
    for (size_t i = 0; i < COUNT_OF(documents); i++)
        add_document(&desk, documents[i]);
    assert_int_equal(trust_count(desk.trust), 0);
    desk_close(&desk);
}

/* A key that cannot be used is known, and the sentence says what is wrong with it. */
static void refused_keys_are_explained(void **state)
{
    static const char *const rests[] = {",\"use\":\"enc\"", ",\"alg\":\"ES384\"", ",\"d\":\"AA\"",
                                        ",\"key_ops\":[\"encrypt\"]"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rests); i++) {
        struct desk desk;
        desk_open(&desk);
        trust_signer(&desk, rests[i], "");
        assert_int_equal(trust_count(desk.trust), 1);
        expect(&desk, "{" SIGNED_AT "}", VERDICT_UNKNOWN_ISSUER);
        assert_string_equal(result_of(&desk, "issuer"), "fail");
        assert_string_equal(result_of(&desk, "signature"), "skipped");
        desk_close(&desk);
    }
}

static void keys_for_one_run_say_so(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_file(&desk, "");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_VALID);
    assert_string_equal(result_of(&desk, "issuer"), "warn");
    assert_false(desk.report.recheck);
    desk_close(&desk);
    desk_open(&desk);
    trust_file(&desk, ",\"kid\":\"another\"");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_UNKNOWN_ISSUER);
    assert_int_equal(trust_add_file(desk.trust, "{\"keys\":[]}", 11, NULL), STATUS_INVALID);
    assert_int_equal(trust_add_file(desk.trust, "nonsense", 8, NULL), STATUS_INVALID);
    desk_close(&desk);
}

/* One of two keys of the same name has signed it; a third with that name has not. */
static void keys_of_the_same_name(void **state)
{
    struct desk desk, other;

    (void)state;
    desk_open(&desk);
    desk_open(&other);
    struct signer own = desk.signer;
    desk.signer = other.signer;
    trust_signer(&desk, "", "");
    desk.signer = own;
    expect(&desk, "{" SIGNED_AT "}", VERDICT_SIGNATURE_INVALID);
    trust_signer(&desk, "", "");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_VALID);
    desk_close(&other);
    desk_close(&desk);
}

/* An office that was renamed has its one key under both names, in either order. A key that is also
 * listed as revoked stays so, and one that was prolonged counts as long as it was. */
static void one_key_listed_several_times(void **state)
{
    static const char other[] = "11990000MB000009XX";
    struct desk desk;

    (void)state;
    desk_open(&desk);
    trust_signer_of(&desk, other, "", ",\"revoked_at\":\"2020-01-01T00:00:00.000Z\"");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_UNKNOWN_ISSUER);
    trust_signer(&desk, "", ",\"valid_to\":\"2026-01-01T00:00:00.000Z\"");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_UNKNOWN_ISSUER);
    assert_string_equal(result_of(&desk, "key"), "fail");
    trust_signer(&desk, "", ",\"valid_from\":\"2026-01-01T00:00:00.000Z\"");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_VALID);
    expect(&desk, "{\"iss\":\"11990000MB000008XX\",\"iat\":1773400000}", VERDICT_UNKNOWN_ISSUER);
    trust_signer(&desk, "", ",\"revoked_at\":\"2026-02-01T00:00:00.000Z\"");
    expect(&desk, "{" SIGNED_AT "}", VERDICT_REVOKED);
    desk_close(&desk);
}

/* --- SMART Health Cards --------------------------------------------------------------------- */

#define CARD_WITH(rid, type, bundle_type, nbf, iss)                                                \
    "{\"iss\":\"" iss "\"" nbf ",\"vc\":{\"type\":[\"" type "\"],\"rid\":" rid ","                 \
    "\"credentialSubject\":{\"fhirVersion\":\"4.0.1\",\"fhirBundle\":{\"resourceType\":"           \
    "\"Bundle\","                                                                                  \
    "\"type\":\"" bundle_type "\",\"entry\":[{\"fullUrl\":\"resource:0\",\"resource\":{"           \
    "\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Anyperson\",\"given\":[\"John\","        \
    "\"B.\"]}],\"birthDate\":\"1951-01-20\"}}]}}}}"
#define TYPE                                 "https://smarthealth.cards#health-card"
#define NBF                                  ",\"nbf\":1622577719.512"
#define ISS                                  "https://example.org/issuer"
#define CARD_OF(type, bundle_type, nbf, iss) CARD_WITH("\"r1\"", type, bundle_type, nbf, iss)
#define CARD                                 CARD_OF(TYPE, "collection", NBF, ISS)
#define CARD_NUMBERED(rid)                   CARD_WITH(rid, TYPE, "collection", NBF, ISS)

static void thumbprint_header(const struct desk *desk, const char *rest, char out[256])
{
    const struct trust_key *key =
        trust_next(desk->trust, &(struct trust_wanted){.issuer = ""}, NULL);

    assert_non_null(key);
    snprintf(out, 256, "{%s\"alg\":\"ES256\",\"kid\":\"%s\"}", rest, key->jwk.thumbprint);
}

static void health_cards_are_judged(void **state)
{
    static const char *const flawed[] = {
        CARD_OF("https://smarthealth.cards#immunization", "collection", NBF, ISS),
        CARD_OF(TYPE, "batch", NBF, ISS),
        CARD_OF(TYPE, "collection", "", ISS),
        CARD_OF(TYPE, "collection", NBF, "http://example.org/issuer"),
        CARD_OF(TYPE, "collection", NBF, ISS "/"),
        CARD_NUMBERED("\"\""),
        CARD_NUMBERED("7"),
        CARD_NUMBERED("\"MKyCxh+p6uQ\""),
        CARD_NUMBERED("\"1234567890123456789012345\""),
        "{\"iss\":\"" ISS "\"" NBF ",\"vc\":{}}",
        "{\"iss\":\"" ISS "\"" NBF ",\"vc\":7}",
    };
    struct desk desk;
    char header[256], plain[256];

    (void)state;
    desk_open(&desk);
    trust_file(&desk, ",\"kid\":\"k1\"");
    thumbprint_header(&desk, "\"zip\":\"DEF\",", header);
    thumbprint_header(&desk, "", plain);
    assert_int_equal(judge(&desk, header, CARD), VERDICT_VALID);
    const char *holder = verdict_report_find(&desk.report, "holder")->detail;
    assert_non_null(strstr(holder, "John B. Anyperson"));
    assert_non_null(strstr(holder, "1951-01-20"));
    desk.around.asked_name = "anyperson john b.";
    assert_int_equal(judge(&desk, header, CARD), VERDICT_VALID);
    desk.around.asked_name = "John C. Anyperson";
    assert_int_equal(judge(&desk, header, CARD), VERDICT_MISMATCH);
    desk.around.asked_name = NULL;
    assert_int_equal(judge(&desk, header, CARD_NUMBERED("\"MKyC-h7_6uQ3456789012345\"")),
                     VERDICT_VALID);
    assert_int_equal(judge(&desk, plain, CARD), VERDICT_CANNOT_TELL); /* not deflated */
    assert_int_equal(judge(&desk, "{\"zip\":\"DEF\",\"alg\":\"ES256\",\"kid\":\"k1\"}", CARD),
                     VERDICT_CANNOT_TELL); /* not the thumbprint */
    for (size_t i = 0; i < COUNT_OF(flawed); i++)
        if (judge(&desk, header, flawed[i]) != VERDICT_CANNOT_TELL)
            fail_msg("%s: %s", flawed[i], verdict_name(desk.report.verdict));
    desk_close(&desk);
}

/* --- texts ---------------------------------------------------------------------------------- */

static void expect_text(const char *text, size_t index, const char *jws)
{
    struct buf out = {0};
    struct error error = {0};
    enum status status = credential_text(text, strlen(text), index, &out, &error);

    if ((status == STATUS_OK) != (jws != NULL))
        fail_msg("%s: %s", text, status_name(status));
    if (jws)
        assert_string_equal(buf_text(&out), jws);
    buf_release(&out);
}

static void codes_come_in_texts_and_files(void **state)
{
    static const char file[] = " {\"verifiableCredential\":[\"eyA.b.c\",\"eyD.e.f\"]}\n";

    (void)state;
    assert_true(credential_is_signed(" shc:/56\n", 9));
    assert_true(credential_is_signed(file, strlen(file)));
    assert_true(credential_is_signed("\neyJhbGciOiJFUzI1NiJ9.e30.AA\n", 30));
    assert_false(credential_is_signed("{\"a\":1}", 7));
    assert_false(credential_is_signed("", 0));
    expect_text("  a.b.c\r\n", 0, "a.b.c");
    expect_text("a.b.c", 1, NULL);
    expect_text("shc:/567629", 0, "eyJ");
    expect_text("shc:/56762", 0, NULL);
    expect_text(file, 0, "eyA.b.c");
    expect_text(file, 1, "eyD.e.f");
    expect_text(file, 2, NULL);
    expect_text("{\"verifiableCredential\":[]}", 0, NULL);
    expect_text("{\"verifiableCredential\":[7]}", 0, NULL);
    expect_text("{\"verifiableCredential\":\"a\"}", 0, NULL);
}

/* RFC 7515 section 7.2: known, and refused in words. */
static void the_json_form_is_told(void **state)
{
    static const char *const texts[] = {
        "{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AA\"}",
        " {\"payload\":\"e30\",\"signatures\":[{\"header\":{\"alg\":\"ES256\"},\"signature\":"
        "\"AA\"}]}\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buf out = {0};
        struct error error = {0};
        assert_true(credential_is_signed(texts[i], strlen(texts[i])));
        assert_int_equal(credential_text(texts[i], strlen(texts[i]), 0, &out, &error),
                         STATUS_INVALID);
        assert_non_null(strstr(error.text, "JSON form"));
        assert_int_equal(credential_text(texts[i], strlen(texts[i]), 1, &out, &error),
                         STATUS_NOT_FOUND);
        assert_int_equal(out.length, 0);
        buf_release(&out);
    }
    assert_false(credential_is_signed("{\"signature\":\"AA\"}", 18));
}

/* Forged and damaged codes say nothing about their content. */
static void nothing_forged_is_shown(void **state)
{
    struct desk desk;
    struct buf text = {0};

    (void)state;
    desk_open(&desk);
    trust_signer(&desk, "", "");
    jws_make(&desk.signer, HEADER, "{" SIGNED_AT CONTENT "}", false, &text);
    for (size_t i = 0; i < text.length; i++) {
        char old = text.data[i];
        text.data[i] = old == 'A' ? 'B' : 'A';
        enum verdict verdict = judge_text(&desk, buf_text(&text));
        assert_true(verdict == VERDICT_SIGNATURE_INVALID || verdict == VERDICT_UNKNOWN_ISSUER);
        assert_string_equal(result_of(&desk, "holder"), "absent");
        assert_string_equal(result_of(&desk, "content"), "absent");
        text.data[i] = old;
    }
    assert_int_equal(judge_text(&desk, buf_text(&text)), VERDICT_VALID);
    buf_release(&text);
    desk_close(&desk);
}

/* --- docs/credential.md ---------------------------------------------------------------------
 */

struct published {
    const char *key, *jws;
};

/* Signed with Node and the openssl command line, not with this program. */
static const struct published published[] = {
    {
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQU"
        "udfr_CkLMjCE19ECD-U\",\"alg\":\"ES256\",\"use\":\"sig\"}",
        "eyJhbGciOiJFUzI1NiIsInppcCI6IkRFRiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tM"
        "TWpDRTE5RUNELVUifQ.VU8xbgIxEPzL1I41a2PfnUuUJgU97QWMYpQAgiuQ0BUUiDJdmjT8AKVJBb9JUJ6BDLoiK"
        "-1qd0aa2dkgrVYIEKkqkhz086QMh1BIdYMghS971hlSYfY8-Q_E9QLBsLSVL5mBaZMQYGj8w02ngMIoLps0SaO6i"
        "QgbpHH200aL89qSLq8i7EqsmOKRFC1iLYW-IyqnDY27Hzr3ExRm9VtEwO_X7uf8_nfcolV4mb-O4zK7dezpcPnYX"
        "74_c6z8wF35lloopJRo2ys.cJrlPIdOTkhCvQHqHrmHaacSyha3bw7ul5X_d4hpUHM_TGYCJ8H6IXeLPfNgnHw-H"
        "Et1M3jGMOyB5x-QIxXRRA",
    },
    {
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        "\",\"kid\":\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\",\"alg\":\"EdDSA\",\"use\":\"s"
        "ig\"}",
        "eyJhbGciOiJFZERTQSIsInppcCI6IkRFRiIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhI"
        "Q1R3WEJ5Z3JTNGsifQ.VU8xbgIxEPzL1I41a2PfnUuUJgU97QWMYpQAgiuQ0BUUiDJdmjT8AKVJBb9JUJ6BDLoiK"
        "-1qd0aa2dkgrVYIEKkqkhz086QMh1BIdYMghS971hlSYfY8-Q_E9QLBsLSVL5mBaZMQYGj8w02ngMIoLps0SaO6i"
        "QgbpHH200aL89qSLq8i7EqsmOKRFC1iLYW-IyqnDY27Hzr3ExRm9VtEwO_X7uf8_nfcolV4mb-O4zK7dezpcPnYX"
        "74_c6z8wF35lloopJRo2ys.BX5PeDI6lb0ZRb_ij3LUF43GfH3C7ran-691yZBtw_EwfxxSCYeD1IMI55DDeNOmD"
        "bxO8_6XpBUt6qFgh3e-Dg",
    },
    {
        "{\"kty\":\"EC\",\"crv\":\"SM2\",\"x\":\"CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA\",\""
        "y\":\"zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM\",\"kid\":\"lgVsnVqdKsFLJ2q4y2l6gACWaC"
        "OEQcWQb1t30j4Q6fU\",\"alg\":\"SM2SM3\",\"use\":\"sig\"}",
        "eyJhbGciOiJTTTJTTTMiLCJ6aXAiOiJERUYiLCJraWQiOiJsZ1ZzblZxZEtzRkxKMnE0eTJsNmdBQ1dhQ09FUWNX"
        "UWIxdDMwajRRNmZVIn0.VU8xbgIxEPzL1I41a2PfnUuUJgU97QWMYpQAgiuQ0BUUiDJdmjT8AKVJBb9JUJ6BDLoi"
        "K-1qd0aa2dkgrVYIEKkqkhz086QMh1BIdYMghS971hlSYfY8-Q_E9QLBsLSVL5mBaZMQYGj8w02ngMIoLps0SaO6"
        "iQgbpHH200aL89qSLq8i7EqsmOKRFC1iLYW-IyqnDY27Hzr3ExRm9VtEwO_X7uf8_nfcolV4mb-O4zK7dezpcPnY"
        "X74_c6z8wF35lloopJRo2ys.pKFe0r7vXkGPUfMm-8THVcDi_5FFBmw-1hgq8FjxABGdJPL2hZpfnh1xmxl_lruF"
        "ZIMjLVhaC839sbznVXZvdQ",
    },
};

static void the_vectors_of_the_documentation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        struct desk desk;
        desk_open(&desk);
        assert_int_equal(
            trust_add_file(desk.trust, published[i].key, strlen(published[i].key), NULL),
            STATUS_OK);
        desk.around.asked_name = "张文涛";
        desk.around.asked_id = HOLDER;
        assert_true_for(published[i].jws, judge_text(&desk, published[i].jws) == VERDICT_VALID);
        desk.around.now_ms = (int64_t)2083968000 * 1000;
        assert_true_for(published[i].jws, judge_text(&desk, published[i].jws) == VERDICT_EXPIRED);
        desk_close(&desk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_code_is_valid),
        cmocka_unit_test(dates_decide),
        cmocka_unit_test(content_that_is_no_certificate),
        cmocka_unit_test(what_is_wrong_with_the_content),
        cmocka_unit_test(the_holder_is_compared),
        cmocka_unit_test(revocation_lists_count),
        cmocka_unit_test(keys_nobody_knows),
        cmocka_unit_test(keys_have_their_time),
        cmocka_unit_test(another_algorithm_is_told),
        cmocka_unit_test(a_code_without_a_signature_is_invalid),
        cmocka_unit_test(documents_that_are_no_keys_of_issuers),
        cmocka_unit_test(refused_keys_are_explained),
        cmocka_unit_test(keys_for_one_run_say_so),
        cmocka_unit_test(keys_of_the_same_name),
        cmocka_unit_test(one_key_listed_several_times),
        cmocka_unit_test(health_cards_are_judged),
        cmocka_unit_test(codes_come_in_texts_and_files),
        cmocka_unit_test(the_json_form_is_told),
        cmocka_unit_test(nothing_forged_is_shown),
        cmocka_unit_test(the_vectors_of_the_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
