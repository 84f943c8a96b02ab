/*
 * Sealed and signed documents, good and with one fault each: the verdict, and that the report says
 * where the fault is. Then every single byte changed, in the file and in its members.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/ofd/maker.h"
#include "verify/ofd.h"

#include <stdio.h>
#include <string.h>

#define DAY         (86400 * (int64_t)1000)
#define NOW         (INT64_C(1773475200000)) /* 2026-03-14T08:00:00Z */
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* Who there is: an authority, an office that signs, a maker of seals, a stranger. */
struct people {
    struct key *root, *middle, *office, *maker, *rsa_root, *rsa_office, *stranger, *encrypter,
        *misissued;
    struct anchors *trust; /* both roots and the intermediate authority */
};

static struct people people;

static struct key *make(enum key_sort kind, const char *name, const struct key *issuer,
                        bool authority)
{
    return key_new(&(struct key_recipe){.kind = kind,
                                        .name = name,
                                        .issuer = issuer,
                                        .authority = authority,
                                        .from_ms = NOW - 400 * DAY,
                                        .to_ms = NOW + 400 * DAY});
}

static void trust_key(struct anchors *trust, const struct key *key)
{
    struct buf pem = {0};

    key_put_pem(key, &pem);
    assert_int_equal(anchors_add(trust, buf_text(&pem), pem.length, NULL), STATUS_OK);
    buf_release(&pem);
}

static int start(void **state)
{
    (void)state;
    people.root = make(SORT_SM2, "Root", NULL, true);
    people.middle = make(SORT_SM2, "Middle", people.root, true);
    people.office = make(SORT_SM2, "Office", people.middle, false);
    people.maker = make(SORT_SM2, "Maker", people.root, false);
    people.rsa_root = make(SORT_RSA, "RSA Root", NULL, true);
    people.rsa_office = make(SORT_RSA, "RSA Office", people.rsa_root, false);
    people.stranger = make(SORT_SM2, "Stranger", NULL, false);
    people.encrypter = key_new(&(struct key_recipe){.kind = SORT_SM2,
                                                    .name = "Encrypter",
                                                    .issuer = people.root,
                                                    .only_encrypts = true,
                                                    .from_ms = NOW - 400 * DAY,
                                                    .to_ms = NOW + 400 * DAY});
    people.misissued = key_new(&(struct key_recipe){.kind = SORT_SM2,
                                                    .name = "Misissued",
                                                    .issuer = people.root,
                                                    .broken = true,
                                                    .from_ms = NOW - 400 * DAY,
                                                    .to_ms = NOW + 400 * DAY});
    assert_int_equal(anchors_new(&people.trust, NULL), STATUS_OK);
    trust_key(people.trust, people.root);
    trust_key(people.trust, people.middle);
    trust_key(people.trust, people.rsa_root);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    struct key *const keys[] = {people.root,     people.middle,    people.office,
                                people.maker,    people.rsa_root,  people.rsa_office,
                                people.stranger, people.encrypter, people.misissued};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        key_free(keys[i]);
    anchors_free(people.trust);
    return 0;
}

static struct ofd_recipe good(void)
{
    return (struct ofd_recipe){.form = FORM_SEAL_V4,
                               .signer = people.office,
                               .maker = people.maker,
                               .signed_ms = NOW - DAY,
                               .seal_from_ms = NOW - 100 * DAY,
                               .seal_to_ms = NOW + 100 * DAY,
                               .seal_made_ms = NOW - 100 * DAY,
                               .lock_list = true};
}

/* --- judging -----------------------------------------------------------------------------------
 */

struct judged {
    struct verdict_report report;
    struct ofd_document document;
};

static void judge_bytes(const struct buf *file, const struct anchors *trust, int64_t now,
                        struct judged *judged)
{
    struct ofd_policy policy = {.trust = trust, .now_ms = now};

    *judged = (struct judged){0};
    assert_int_equal(
        ofd_verify(buf_text(file), file->length, &policy, &judged->report, &judged->document, NULL),
        STATUS_OK);
}

static void judge_pack(const struct pack *pack, struct judged *judged)
{
    struct buf file = {0};

    pack_write(pack, &file);
    judge_bytes(&file, people.trust, NOW, judged);
    buf_release(&file);
}

static void judge(const struct ofd_recipe *recipe, struct judged *judged)
{
    struct pack pack = {0};

    ofd_make_plain(&pack);
    ofd_sign(&pack, recipe, 0);
    judge_pack(&pack, judged);
    pack_release(&pack);
}

/* A check of that name with that result whose sentence holds `words`. */
static bool says(const struct judged *judged, const char *check, enum check_result result,
                 const char *words)
{
    for (size_t i = 0; i < judged->report.count; i++) {
        const struct check *listed = &judged->report.checks[i];
        if (strcmp(listed->check, check) == 0 && listed->result == result &&
            strstr(listed->detail, words))
            return true;
    }
    return false;
}

static void print_report(const struct verdict_report *report)
{
    print_message("verdict %s\n", verdict_name(report->verdict));
    for (size_t i = 0; i < report->count; i++)
        print_message("  %s %s: %s\n", report->checks[i].check,
                      check_result_name(report->checks[i].result), report->checks[i].detail);
}

static void expect(struct judged *judged, enum verdict verdict, const char *check,
                   enum check_result result, const char *words)
{
    bool as_expected = judged->report.verdict == verdict && says(judged, check, result, words);

    if (!as_expected)
        print_report(&judged->report);
    ofd_document_release(&judged->document);
    if (!as_expected)
        fail_msg("expected %s and %s: %s", verdict_name(verdict), check, words);
}

static void expect_recipe(const struct ofd_recipe *recipe, enum verdict verdict, const char *check,
                          enum check_result result, const char *words)
{
    struct judged judged;

    judge(recipe, &judged);
    expect(&judged, verdict, check, result, words);
}

/* --- good ones ---------------------------------------------------------------------------------
 */

static void test_good_forms(void **state)
{
    static const enum ofd_form forms[] = {FORM_SEAL_V4, FORM_SEAL_V1, FORM_CMS_ATTRIBUTES,
                                          FORM_CMS_DIGEST};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct ofd_recipe recipe = good();
        recipe.form = forms[i];
        expect_recipe(&recipe, VERDICT_VALID, "coverage", CHECK_PASS, "Every part");
        recipe.lock_list = false;
        recipe.relative = true;
        expect_recipe(&recipe, VERDICT_VALID, "signature", CHECK_PASS, "fits");
    }
}

static void test_good_variants(void **state)
{
    struct ofd_recipe recipe = good();

    (void)state;
    recipe.raw = true;
    expect_recipe(&recipe, VERDICT_VALID, "seal", CHECK_PASS, "云亭镇人民政府");
    recipe = good();
    recipe.holder_digest = true;
    expect_recipe(&recipe, VERDICT_VALID, "certificate", CHECK_PASS, "Middle");
    recipe = good();
    recipe.short_oid = true;
    expect_recipe(&recipe, VERDICT_VALID, "signature", CHECK_PASS, "fits");
    recipe = good();
    recipe.signer = people.rsa_office;
    expect_recipe(&recipe, VERDICT_VALID, "certificate", CHECK_PASS, "RSA Root");
    recipe.form = FORM_CMS_ATTRIBUTES;
    expect_recipe(&recipe, VERDICT_VALID, "signature", CHECK_PASS, "fits");
    recipe.form = FORM_CMS_DIGEST;
    expect_recipe(&recipe, VERDICT_VALID, "signature", CHECK_PASS, "fits");
}

/* What other producers write otherwise than this one. */
static void test_other_producers(void **state)
{
    (void)state;
    struct ofd_recipe recipes[] = {good(), good(), good(), good(), good(), good()};
    recipes[0].climbing = true;
    recipes[1].extensions = true;
    recipes[2].form = FORM_SEAL_V1;
    recipes[2].extensions = true;
    recipes[3].form = FORM_CMS_DIGEST;
    recipes[3].unwrapped = true;
    recipes[4].form = FORM_CMS_DIGEST;
    recipes[4].open_lengths = true;
    recipes[5].form = FORM_CMS_ATTRIBUTES;
    recipes[5].unwrapped = recipes[5].open_lengths = true;
    for (size_t i = 0; i < COUNT_OF(recipes); i++)
        expect_recipe(&recipes[i], VERDICT_VALID, "coverage", CHECK_PASS, "Every part");
}

static void respell_text(struct buf *data, const char *from, const char *to)
{
    struct buf spelled = {0};
    const char *at = buf_text(data), *next;

    for (; (next = strstr(at, from)); at = next + strlen(from)) {
        buf_bytes(&spelled, at, (size_t)(next - at));
        buf_str(&spelled, to);
    }
    buf_str(&spelled, at);
    buf_release(data);
    *data = spelled;
}

/* Before it is signed: all members are text then. */
static void respell(struct pack *pack, const char *from, const char *to)
{
    for (size_t i = 0; i < pack->count; i++)
        respell_text(&pack->files[i].data, from, to);
}

/* Names of the drafts of the standard are still written; what nobody wrote is not judged. */
static void test_namespaces(void **state)
{
    static const struct {
        const char *name;
        enum verdict verdict;
        enum check_result result;
        const char *check, *words;
    } cases[] = {{"http://www.ofdspec.org", VERDICT_VALID, CHECK_PASS, "coverage", "Every part"},
                 {"http://www.ofdspec.com/2016", VERDICT_CANNOT_TELL, CHECK_FAIL, "container",
                  "unknown kind"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ofd_recipe recipe = good();
        struct pack pack = {0};
        struct judged judged;
        ofd_make_plain(&pack);
        respell(&pack, "http://www.ofdspec.org/2016", cases[i].name);
        ofd_sign(&pack, &recipe, 0);
        judge_pack(&pack, &judged);
        expect(&judged, cases[i].verdict, cases[i].check, cases[i].result, cases[i].words);
        pack_release(&pack);
    }
}

/* A time without a zone is that of a clock in China. */
static void test_spelled_time(void **state)
{
    struct ofd_recipe recipe = good();
    struct judged judged;

    (void)state;
    recipe.form = FORM_SEAL_V1;
    recipe.spelled_time = true;
    judge(&recipe, &judged);
    assert_int_equal(judged.document.signers[0].time_ms, recipe.signed_ms);
    expect(&judged, VERDICT_VALID, "time", CHECK_PASS, "2026-03-13");
}

/* Names in GBK, which older programs write without saying so; the list has them in UTF-8. */
static void test_old_names(void **state)
{
    static const char utf8[] = "Doc_0/Res/图片.png", gbk[] = "Doc_0/Res/\xcd\xbc\xc6\xac.png";
    const struct ofd_recipe recipe = good();
    struct judged judged;
    struct pack pack = {0};

    (void)state;
    ofd_make_plain(&pack);
    buf_str(pack_file(&pack, utf8), "picture");
    ofd_sign(&pack, &recipe, 0);
    pack_rename(&pack, utf8, gbk);
    pack.old_names = true;
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_VALID, "coverage", CHECK_PASS, "Every part");
    buf_str(pack_file(&pack, gbk), "!");
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_SIGNATURE_INVALID, "references", CHECK_FAIL, utf8);
    pack_release(&pack);
}

static void test_what_it_says(void **state)
{
    struct ofd_recipe recipe = good();
    struct judged judged;

    (void)state;
    judge(&recipe, &judged);
    assert_string_equal(judged.document.title, "营业执照");
    assert_int_equal(judged.document.pages, 2);
    assert_string_equal(buf_text(&judged.document.text), "云亭镇\n有限公司\n底版\n");
    assert_int_equal(judged.document.field_count, 1);
    assert_string_equal(judged.document.fields[0].name, "证照标识");
    assert_string_equal(judged.document.fields[0].value, "1.2.156.3005.2");
    assert_int_equal(judged.document.signer_count, 1);
    assert_string_equal(judged.document.signers[0].name, "Office");
    assert_string_equal(judged.document.signers[0].issuer, "Middle");
    assert_string_equal(judged.document.signers[0].seal, "云亭镇人民政府");
    assert_true(judged.document.signers[0].time_ms == NOW - DAY);
    ofd_document_release(&judged.document);
}

/* Where the list of signatures is, in words of other programs. */
static void test_locations(void **state)
{
    static const struct {
        const char *location;
        enum verdict verdict;
    } cases[] = {{"Doc_0/Signs/Signatures.xml", VERDICT_VALID},
                 {"/Doc_0/./Signs/../Signs/Signatures.xml", VERDICT_VALID},
                 {"\\Doc_0\\Signs\\Signatures.xml", VERDICT_VALID},
                 {"/Doc_0/Signs\\Signatures.xml", VERDICT_SIGNATURE_INVALID},
                 {"//Doc_0/Signs/Signatures.xml", VERDICT_SIGNATURE_INVALID},
                 {"/../Doc_0/Signs/Signatures.xml", VERDICT_SIGNATURE_INVALID}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ofd_recipe recipe = good();
        struct pack pack = {0};
        struct judged judged;
        ofd_make_plain(&pack);
        respell(&pack, ">/Doc_0/Signs/Signatures.xml<", ">@<");
        respell(&pack, ">Doc_0/Signs/Signatures.xml<", ">@<");
        respell(&pack, "@", cases[i].location);
        ofd_sign(&pack, &recipe, 0);
        judge_pack(&pack, &judged);
        bool valid = cases[i].verdict == VERDICT_VALID;
        expect(&judged, cases[i].verdict, "signature", valid ? CHECK_PASS : CHECK_FAIL,
               valid ? "fits" : "is missing");
        pack_release(&pack);
    }
}

/* A list that is not signed, changed in a way that no reader of signatures would stumble over. */
static void test_odd_lists(void **state)
{
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"<ofd:Signature ID=", "<ofd:Signature I_="},
        {"<ofd:Signature ID=\"1", "<ofd:Signature ID=\"}"},
        {"<ofd:Signature ID=", "<ofd:Signature Type=\"Se3l\" ID="},
        {"<ofd:Signature ID=", "<ofd:Signature Type=\"\" ID="},
        {"</ofd:Signatures>", "<ofd:Signatury ID=\"2\"/></ofd:Signatures>"},
        {"</ofd:Signatures>", "<ofdkSignature ID=\"2\"/></ofd:Signatures>"},
    };
    struct ofd_recipe recipe = good();
    struct judged judged;

    (void)state;
    recipe.lock_list = false;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct pack pack = {0};
        ofd_make_plain(&pack);
        ofd_sign(&pack, &recipe, 0);
        respell_text(pack_file(&pack, "Doc_0/Signs/Signatures.xml"), changes[i].from,
                     changes[i].to);
        judge_pack(&pack, &judged);
        expect(&judged, VERDICT_CANNOT_TELL, "coverage", CHECK_WARN, "no known kind");
        pack_release(&pack);
    }
}

/* Nobody notices when a signature is taken off a list that is not signed: that is said. */
static void test_open_list(void **state)
{
    struct ofd_recipe recipe = good();
    struct judged judged;

    (void)state;
    recipe.lock_list = false;
    expect_recipe(&recipe, VERDICT_VALID, "coverage", CHECK_WARN, "Signatures.xml");
    recipe.lock_list = true;
    judge(&recipe, &judged);
    assert_false(says(&judged, "coverage", CHECK_WARN, ""));
    ofd_document_release(&judged.document);
}

static void test_two_signatures(void **state)
{
    struct ofd_recipe first = good(), second = good();
    struct pack pack = {0};
    struct judged judged;

    (void)state;
    second.signer = people.rsa_office;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &first, 0);
    ofd_sign(&pack, &second, 1);
    judge_pack(&pack, &judged);
    assert_int_equal(judged.document.signer_count, 2);
    expect(&judged, VERDICT_VALID, "references", CHECK_WARN, "has grown");
    pack_release(&pack);
}

/* Certificates beside the signer's are nowhere signed: each must be vouched for by somebody. */
static void test_carried_along(void **state)
{
    struct ofd_recipe recipe = good();

    (void)state;
    recipe.form = FORM_CMS_ATTRIBUTES;
    recipe.carried = people.root;
    expect_recipe(&recipe, VERDICT_VALID, "certificate", CHECK_PASS, "Middle");
    recipe.carried = people.stranger; /* signs itself: nobody changed it */
    expect_recipe(&recipe, VERDICT_VALID, "certificate", CHECK_PASS, "Middle");
    recipe.carried = people.root;
    recipe.carried_damaged = true;
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "certificate", CHECK_WARN, "SignedValue.dat");
    recipe.carried = people.misissued;
    recipe.carried_damaged = false;
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "certificate", CHECK_WARN, "Misissued");
    recipe.carried = NULL;
    recipe.addition = true;
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "signature", CHECK_WARN, "additions");
}

/* --- one fault each ----------------------------------------------------------------------------
 */

static void test_changed_member(void **state)
{
    static const char *const names[] = {"OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0.xml",
                                        "Doc_0/Tpls/T.xml", "Doc_0/Signs/S0/Signature.xml"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct ofd_recipe recipe = good();
        struct pack pack = {0};
        struct judged judged;
        ofd_make_plain(&pack);
        ofd_sign(&pack, &recipe, 0);
        buf_str(pack_file(&pack, names[i]), "<!-- -->");
        judge_pack(&pack, &judged);
        expect(&judged, VERDICT_SIGNATURE_INVALID,
               strstr(names[i], "Signature.xml") ? "signature" : "references", CHECK_FAIL,
               names[i]);
        pack_release(&pack);
    }
}

static void test_added_and_removed(void **state)
{
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct judged judged;

    (void)state;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    buf_str(pack_file(&pack, "Doc_0/Pages/Page_9.xml"), "<x/>");
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_CANNOT_TELL, "coverage", CHECK_WARN, "Page_9.xml");
    pack_release(&pack);

    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_rename(&pack, "Doc_0/Tpls/T.xml", "Doc_0/Tpls/U.xml");
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_SIGNATURE_INVALID, "references", CHECK_FAIL, "Tpls/T.xml");
    pack_release(&pack);

    recipe.left_out = "OFD.xml";
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "coverage", CHECK_WARN, "OFD.xml");
}

static void test_another_seal(void **state)
{
    struct ofd_recipe recipe = good();

    (void)state;
    recipe.holder = people.stranger;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "seal", CHECK_FAIL, "not among the holders");
    recipe.holder_digest = true;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "seal", CHECK_FAIL, "not among the holders");
    recipe = good();
    recipe.left_out = "Doc_0/Signs/S0/Seal.esl";
    struct pack pack = {0};
    struct judged judged;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_file(&pack, recipe.left_out)->data[40] ^= 1;
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_SIGNATURE_INVALID, "seal", CHECK_FAIL, "another seal");
    pack_release(&pack);
}

static void test_strangers(void **state)
{
    struct ofd_recipe recipe = good();

    (void)state;
    recipe.signer = people.stranger;
    expect_recipe(&recipe, VERDICT_UNKNOWN_ISSUER, "certificate", CHECK_FAIL, "Stranger");
    recipe = good();
    recipe.maker = people.stranger;
    expect_recipe(&recipe, VERDICT_UNKNOWN_ISSUER, "seal_maker", CHECK_FAIL, "Stranger");
    recipe = good();
    recipe.signer = people.encrypter;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "certificate", CHECK_FAIL, "not meant");
    recipe = good();
    recipe.signer = people.misissued;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "certificate", CHECK_FAIL, "not good");
}

static void test_times(void **state)
{
    struct ofd_recipe recipe = good();

    (void)state;
    recipe.signed_ms = NOW - 500 * DAY;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "time", CHECK_FAIL, "before the certificate");
    recipe = good();
    recipe.signed_ms = NOW + 3 * DAY;
    expect_recipe(&recipe, VERDICT_NOT_YET_VALID, "time", CHECK_FAIL, "still to come");
    recipe = good();
    recipe.seal_to_ms = NOW - 2 * DAY;
    expect_recipe(&recipe, VERDICT_EXPIRED, "seal_validity", CHECK_FAIL, "after it had expired");
    recipe.seal_to_ms = NOW - DAY / 2;
    expect_recipe(&recipe, VERDICT_VALID, "seal_validity", CHECK_WARN, "expired since");
    recipe = good();
    recipe.seal_from_ms = NOW;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "seal_validity", CHECK_FAIL, "before it was");
    recipe = good();
    recipe.seal_made_ms = NOW - 500 * DAY;
    expect_recipe(&recipe, VERDICT_SIGNATURE_INVALID, "seal_maker", CHECK_FAIL, "before the");
}

static void test_expired_since(void **state)
{
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct buf file = {0};
    struct judged judged;

    (void)state;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_write(&pack, &file);
    judge_bytes(&file, people.trust, NOW + 1000 * DAY, &judged);
    expect(&judged, VERDICT_VALID, "time", CHECK_WARN, "has expired since");
    buf_release(&file);
    pack_release(&pack);
}

static void test_what_proves_nothing(void **state)
{
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct judged judged;

    (void)state;
    recipe.check_method = "MD5";
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "references", CHECK_SKIPPED, "MD5");
    recipe.check_method = "HMAC-SM3";
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "references", CHECK_SKIPPED, "HMAC-SM3");
    recipe = good();
    recipe.form = FORM_BARE;
    expect_recipe(&recipe, VERDICT_CANNOT_TELL, "signature", CHECK_SKIPPED, "does not carry");
    ofd_make_plain(&pack);
    judge_pack(&pack, &judged);
    expect(&judged, VERDICT_SIGNATURE_INVALID, "signature", CHECK_FAIL, "is missing");
    pack_release(&pack);
}

static void test_revoked(void **state)
{
    struct anchors *trust = NULL;
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct buf file = {0}, der = {0};
    struct certificate *office = NULL;
    char serial[CERTIFICATE_SERIAL_MAX];
    struct judged judged;

    (void)state;
    key_put_certificate(people.office, &der);
    assert_int_equal(certificate_read(der.data, der.length, &office, NULL), STATUS_OK);
    certificate_serial(office, serial);
    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    trust_key(trust, people.root);
    trust_key(trust, people.middle);
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_write(&pack, &file);
    struct certificate_revocation revocation = {.id = serial, .issuer = "Root", .at = "2026-01-01"};
    assert_int_equal(anchors_revoke(trust, &revocation, NULL), STATUS_OK);
    judge_bytes(&file, trust, NOW, &judged); /* another issuer's number */
    expect(&judged, VERDICT_VALID, "certificate", CHECK_PASS, "Middle");
    revocation.issuer = "Middle";
    assert_int_equal(anchors_revoke(trust, &revocation, NULL), STATUS_OK);
    judge_bytes(&file, trust, NOW, &judged);
    expect(&judged, VERDICT_REVOKED, "revocation", CHECK_FAIL, "2026-01-01");
    anchors_free(trust);
    certificate_free(office);
    pack_release(&pack);
    buf_release(&file);
    buf_release(&der);
}

/* Both certificates below the root are signed with SM2 and the standard's identifier. */
static void test_path_of_three(void **state)
{
    struct anchors *trust = NULL;
    struct buf office_der = {0}, middle_der = {0};
    struct certificate *office = NULL, *middle = NULL;
    struct chain_state chain;

    (void)state;
    key_put_certificate(people.office, &office_der);
    key_put_certificate(people.middle, &middle_der);
    assert_int_equal(certificate_read(office_der.data, office_der.length, &office, NULL),
                     STATUS_OK);
    assert_int_equal(certificate_read(middle_der.data, middle_der.length, &middle, NULL),
                     STATUS_OK);
    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    assert_int_equal(chain_judge(trust, office, &middle, 1, NOW, &chain, NULL), STATUS_OK);
    assert_int_equal(chain.answer, CHAIN_UNKNOWN);
    trust_key(trust, people.root);
    assert_int_equal(chain_judge(trust, office, NULL, 0, NOW, &chain, NULL), STATUS_OK);
    assert_int_equal(chain.answer, CHAIN_UNKNOWN);
    assert_int_equal(chain_judge(trust, office, &middle, 1, NOW, &chain, NULL), STATUS_OK);
    assert_int_equal(chain.answer, CHAIN_TRUSTED);
    assert_string_equal(chain.anchor, "Root");
    assert_int_equal(chain_judge(trust, office, &middle, 1, NOW + 1000 * DAY, &chain, NULL),
                     STATUS_OK);
    assert_string_equal(chain.over, "Office");
    anchors_free(trust);
    certificate_free(office);
    certificate_free(middle);
    buf_release(&office_der);
    buf_release(&middle_der);
}

/* A list of the issuer is here, but not sound: nobody can tell, and it is said. */
static void test_unusable_list(void **state)
{
    struct list_recipe list = {.issuer = people.middle,
                               .issued_ms = NOW - DAY,
                               .next_ms = NOW + DAY,
                               .part = LIST_OF_AUTHORITIES};
    struct anchors *trust = NULL;
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct buf file = {0}, pem = {0};
    struct judged judged;

    (void)state;
    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    trust_key(trust, people.root);
    trust_key(trust, people.middle);
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_write(&pack, &file);
    key_put_list(&list, &pem);
    assert_int_equal(anchors_add(trust, buf_text(&pem), pem.length, NULL), STATUS_OK);
    judge_bytes(&file, trust, NOW, &judged);
    expect(&judged, VERDICT_CANNOT_TELL, "revocation", CHECK_WARN, "cannot be used");
    anchors_free(trust);
    pack_release(&pack);
    buf_release(&file);
    buf_release(&pem);
}

/* --- every byte --------------------------------------------------------------------------------
 */

static bool is_accepted(const struct buf *file)
{
    struct judged judged;

    judge_bytes(file, people.trust, NOW, &judged);
    ofd_document_release(&judged.document);
    return judged.report.verdict == VERDICT_VALID;
}

/* Every byte of the file, to two other values. */
static void test_every_byte_of_the_file(void **state)
{
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct buf file = {0};

    (void)state;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    pack_write(&pack, &file);
    assert_true(is_accepted(&file));
    for (size_t i = 0; i < file.length; i++) {
        char before = file.data[i];
        file.data[i] = (char)(before ^ (1 << (i % 8)));
        assert_false(is_accepted(&file));
        file.data[i] = (char)(before + 1 + (int)(i % 250));
        assert_false(is_accepted(&file));
        file.data[i] = before;
    }
    assert_true(is_accepted(&file));
    buf_release(&file);
    pack_release(&pack);
}

/* Bytes of the members, in an archive that is sound again. */
static void change_members(enum ofd_form form, size_t stride)
{
    struct ofd_recipe recipe = good();
    struct pack pack = {0};
    struct buf file = {0};
    size_t step = 0;

    recipe.form = form;
    ofd_make_plain(&pack);
    ofd_sign(&pack, &recipe, 0);
    for (size_t i = 0; i < pack.count; i++) {
        struct buf *data = &pack.files[i].data;
        for (size_t at = step++ % stride; at < data->length; at += stride) {
            char before = data->data[at];
            data->data[at] = (char)(before ^ (1 << (at / stride % 8)));
            buf_clear(&file);
            pack_write(&pack, &file);
            if (is_accepted(&file))
                fail_msg("byte %zu of %s", at, pack.files[i].name);
            data->data[at] = before;
        }
    }
    buf_release(&file);
    pack_release(&pack);
}

static void test_bytes_of_members(void **state)
{
    (void)state;
    change_members(FORM_SEAL_V4, 7);
    change_members(FORM_SEAL_V1, 13);
    change_members(FORM_CMS_ATTRIBUTES, 13);
    change_members(FORM_CMS_DIGEST, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_forms),
        cmocka_unit_test(test_good_variants),
        cmocka_unit_test(test_other_producers),
        cmocka_unit_test(test_spelled_time),
        cmocka_unit_test(test_old_names),
        cmocka_unit_test(test_what_it_says),
        cmocka_unit_test(test_carried_along),
        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_locations),
        cmocka_unit_test(test_open_list),
        cmocka_unit_test(test_odd_lists),
        cmocka_unit_test(test_two_signatures),
        cmocka_unit_test(test_changed_member),
        cmocka_unit_test(test_added_and_removed),
        cmocka_unit_test(test_another_seal),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_expired_since),
        cmocka_unit_test(test_what_proves_nothing),
        cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_unusable_list),
        cmocka_unit_test(test_path_of_three),
        cmocka_unit_test(test_every_byte_of_the_file),
        cmocka_unit_test(test_bytes_of_members),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
