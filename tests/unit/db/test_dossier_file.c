/* What makes the file more than a list of records: verdicts at a glance, what the ministries do
 * not agree about, what has changed, who proposes what. */
#include "base/i18n.h"
#include "db/dossier.h"
#include "db/request.h"
#include "tests/unit/db/village.h"

#define ZHANG "990106199003077635" /* a man born on 7 March 1990 */
#define USCC  "91990106MA5L2K4N7X"

/* A dataset this program has never heard of; the roles say all there is to know. */
static const char pension_entry[] =
    "{\"_id\":\"dataset:pension\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"grade\":2,"
    "\"title\":{\"zh\":\"养老金\",\"en\":\"Pensions\"},\"provider\":{\"name\":\"Pension office\"},"
    "\"subject\":\"person\",\"priority\":5,\"database\":\"pension-{area}\",\"fields\":["
    "{\"name\":\"number\",\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"who\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true},"
    "{\"name\":\"gender\",\"type\":\"code\",\"codes\":\"GB/T 2261.1-2003\",\"correctable\":true},"
    "{\"name\":\"birth_day\",\"type\":\"date\",\"grade\":3,\"correctable\":true},"
    "{\"name\":\"marital\",\"type\":\"code\",\"codes\":\"GB/T 2261.2\"},"
    "{\"name\":\"address\",\"type\":\"hologram\",\"role\":\"address\",\"correctable\":true}]}";

static void village_begin(void **state, struct village *village)
{
    assert_int_equal(i18n_start("en", "/nowhere", NULL), STATUS_OK);
    village_make(village, scratch_path(state, "home"));
    village_document(village, pension_entry);
    village_person(village, ZHANG, "张文涛", "15499001234", "望川街道西乡村3组7号");
}

static void put_pension(struct village *village, const char *members)
{
    char text[1024];

    snprintf(text, sizeof text,
             "{\"_id\":\"pension:1\",\"_rev\":\"1-a\",\"number\":\"" ZHANG "\",%s}", members);
    assert_true(village_put(village, "pension", text));
}

static struct dossier *open_as(struct village *village, const struct session *session)
{
    struct error error = {0};
    struct dossier *dossier = NULL;

    village_ok(
        dossier_open(village->reader, session, SUBJECT_PERSON, ZHANG, NULL, &dossier, &error),
        &error);
    return dossier;
}

static const struct dossier_difference *difference_of(const struct dossier *dossier,
                                                      enum dossier_aspect aspect)
{
    for (size_t i = 0; i < dossier->difference_count; i++)
        if (dossier->differences[i].aspect == aspect)
            return &dossier->differences[i];
    return NULL;
}

static size_t claims(const struct dossier_difference *difference)
{
    return difference ? difference->claim_count : 0;
}

static const struct dossier_claim *claim_of(const struct dossier_difference *difference,
                                            const char *dataset, bool derived)
{
    assert_non_null(difference);
    for (size_t i = 0; i < difference->claim_count; i++)
        if (strcmp(difference->claims[i].section->dataset, dataset) == 0 &&
            difference->claims[i].derived == derived)
            return &difference->claims[i];
    fail_msg("no claim of %s", dataset);
    return NULL;
}

/* --- differences ------------------------------------------------------------------------------ */

static void test_what_agrees_is_not_told(void **state)
{
    struct village village;

    village_begin(state, &village);
    /* Another form of the same: a width, a short address, a date in words, a number for a code. */
    put_pension(&village, "\"who\":\"张 文涛\",\"gender\":1,\"birth_day\":\"1990年3月7日\","
                          "\"address\":\"云汀省澜州市望川街道西乡村３组７号\"");
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->section_count, 2);
    assert_int_equal(dossier->difference_count, 0);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_what_does_not_agree_stands_side_by_side(void **state)
{
    struct village village;

    village_begin(state, &village);
    put_pension(&village, "\"who\":\"张文韬\",\"gender\":\"2\",\"birth_day\":\"1991-03-07\","
                          "\"address\":\"望川街道东乡村1组1号\"");
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->difference_count, 4);
    const struct dossier_difference *name = difference_of(dossier, ASPECT_NAME);
    assert_string_equal(claim_of(name, "population", false)->value, "张文涛");
    assert_string_equal(claim_of(name, "pension", false)->value, "张文韬");
    assert_string_equal(claim_of(name, "pension", false)->field->field->name, "who");
    assert_string_equal(claim_of(name, "pension", false)->section->record, "pension:1");
    const struct dossier_difference *sex = difference_of(dossier, ASPECT_SEX);
    assert_int_equal(claims(sex), 3);
    assert_string_equal(claim_of(sex, "population", true)->value,
                        claim_of(sex, "population", false)->value);
    assert_string_not_equal(claim_of(sex, "population", true)->value,
                            claim_of(sex, "pension", false)->value);
    /* Nobody else states a day of birth: the digits do. */
    const struct dossier_difference *birth = difference_of(dossier, ASPECT_BIRTH);
    assert_int_equal(claims(birth), 2);
    assert_string_equal(claim_of(birth, "population", true)->value, "1990-03-07");
    assert_string_equal(claim_of(birth, "pension", false)->value, "1991-03-07");
    assert_non_null(difference_of(dossier, ASPECT_ADDRESS));
    assert_null(difference_of(dossier, ASPECT_MARITAL));
    /* What a correction would begin with, and from whom. */
    const struct dossier_claim *wrong = claim_of(name, "pension", false);
    assert_string_equal(wrong->proposed, "张文涛");
    assert_true(wrong->differs);
    assert_false(claim_of(name, "population", false)->differs);
    assert_ptr_equal(wrong->proposed_by, claim_of(name, "population", false));
    assert_null(claim_of(name, "population", false)->proposed); /* nobody may correct it */
    wrong = claim_of(birth, "pension", false);
    assert_string_equal(wrong->proposed, "1990-03-07");
    assert_true(wrong->proposed_by->derived);
    assert_string_equal(claim_of(sex, "pension", false)->proposed, "1");
    dossier_free(dossier);
    village_leave(&village);
}

/* Who may not see the field does not see it through the digits either. */
static void test_differences_are_masked(void **state)
{
    struct village village;

    village_begin(state, &village);
    put_pension(&village, "\"who\":\"张文韬\",\"birth_day\":\"1991-03-07\"");
    struct dossier *dossier = open_as(&village, &village_auditor);
    const struct dossier_difference *birth = difference_of(dossier, ASPECT_BIRTH);
    assert_null(strstr(claim_of(birth, "population", true)->value, "1990"));
    assert_null(strstr(claim_of(birth, "pension", false)->value, "1991"));
    assert_null(claim_of(birth, "pension", false)->proposed);
    dossier_free(dossier);
    village_leave(&village);
}

/* Where the register writes words, a word is proposed; two names are never put in the place of one.
 */
static void test_a_proposal_is_written_as_the_record_writes(void **state)
{
    struct village village;

    village_begin(state, &village);
    village_document(
        &village,
        "{\"_id\":\"dataset:clinic\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"subject\":\"person\","
        "\"priority\":6,\"database\":\"clinic-{area}\",\"fields\":["
        "{\"name\":\"n\",\"type\":\"resident_id\",\"role\":\"subject\"},"
        "{\"name\":\"xm\",\"type\":\"text\",\"role\":\"title\",\"correctable\":true},"
        "{\"name\":\"xb\",\"type\":\"text\",\"correctable\":true},"
        "{\"name\":\"f9\",\"type\":\"text\",\"title\":{\"zh\":\"出生日期\"},\"correctable\":true}]"
        "}");
    assert_true(village_put(&village, "clinic",
                            "{\"_id\":\"k:1\",\"n\":\"" ZHANG "\",\"xm\":\"李四、王五\","
                            "\"xb\":\"女\",\"f9\":\"1990.3.8\"}"));
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_null(claim_of(difference_of(dossier, ASPECT_NAME), "clinic", false)->proposed);
    assert_string_equal(claim_of(difference_of(dossier, ASPECT_SEX), "clinic", false)->proposed,
                        "男");
    assert_string_equal(claim_of(difference_of(dossier, ASPECT_BIRTH), "clinic", false)->proposed,
                        "1990-03-07");
    dossier_free(dossier);
    village_leave(&village);
}

/* A record about two people names both. */
static void test_one_of_two_names_is_enough(void **state)
{
    struct village village;

    village_begin(state, &village);
    put_pension(&village, "\"who\":\"李娜、张文涛\"");
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->difference_count, 0);
    dossier_free(dossier);
    village_leave(&village);
}

/* What a certificate is called is not what its holder is called. */
static void test_holders_of_certificates(void **state)
{
    struct village village;

    village_begin(state, &village);
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:1\",\"name\":\"驾驶证\",\"certificate_id\":\"A1\","
                            "\"holder_id\":\"" ZHANG "\",\"holder_name\":\"张文涛\"}"));
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:2\",\"name\":\"营业执照\",\"certificate_id\":\"A2\","
                            "\"holder_id\":\"" ZHANG "\",\"holder_uscc\":\"" USCC
                            "\",\"holder_name\":\"张记商店\"}"));
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->difference_count, 0);
    dossier_free(dossier);
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:3\",\"name\":\"残疾人证\",\"certificate_id\":\"A3\","
                            "\"holder_id\":\"" ZHANG "\",\"holder_name\":\"张文滔\"}"));
    dossier = open_as(&village, &village_clerk);
    assert_non_null(difference_of(dossier, ASPECT_NAME));
    dossier_free(dossier);
    village_leave(&village);
}

/* What a dataset is about is its topic, not its name. */
static void test_a_death_is_one_by_its_topic(void **state)
{
    struct village village;

    village_begin(state, &village);
    village_document(
        &village,
        "{\"_id\":\"dataset:funeral\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"subject\":\"person\","
        "\"topic\":\"death\",\"priority\":6,\"database\":\"funeral-{area}\",\"fields\":["
        "{\"name\":\"n\",\"type\":\"resident_id\",\"role\":\"subject\"},"
        "{\"name\":\"day\",\"type\":\"date\"}]}");
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->flag_count, 0);
    dossier_free(dossier);
    assert_true(village_put(&village, "funeral",
                            "{\"_id\":\"f:1\",\"n\":\"" ZHANG "\",\"day\":\"2026-01-15\"}"));
    dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->flag_count, 1);
    assert_string_equal(dossier->flags[0], "Deceased 2026-01-15");
    dossier_free(dossier);
    village_leave(&village);
}

/* --- verdicts --------------------------------------------------------------------------------- */

static const struct dossier_section *section_of(const struct dossier *dossier, const char *record)
{
    for (size_t i = 0; i < dossier->section_count; i++)
        if (strcmp(dossier->sections[i].record, record) == 0)
            return &dossier->sections[i];
    fail_msg("no section %s", record);
    return NULL;
}

/* The issuer still says "valid": the dates know better. */
static void test_expiry_is_computed_now(void **state)
{
    struct village village;

    village_begin(state, &village);
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:1\",\"name\":\"驾驶证\",\"certificate_id\":\"A1\","
                            "\"holder_id\":\"" ZHANG "\",\"status\":\"有效\","
                            "\"from\":\"2010-01-01\",\"to\":\"2016-01-01\"}"));
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:2\",\"name\":\"健康证\",\"certificate_id\":\"A2\","
                            "\"holder_id\":\"" ZHANG "\",\"status\":\"有效\","
                            "\"from\":\"2010-01-01\",\"to\":\"长期\"}"));
    assert_true(village_put(&village, "certificate",
                            "{\"_id\":\"c:3\",\"name\":\"上岗证\",\"certificate_id\":\"A3\","
                            "\"holder_id\":\"" ZHANG "\",\"status\":\"吊销\","
                            "\"from\":\"2010-01-01\",\"to\":\"长期\"}"));
    struct dossier *dossier = open_as(&village, &village_clerk);
    const struct dossier_section *expired = section_of(dossier, "c:1");
    assert_true(expired->is_certificate);
    assert_int_equal(expired->verdict, VERDICT_EXPIRED);
    assert_non_null(strstr(expired->verdict_reason, "2016-01-01"));
    assert_int_equal(section_of(dossier, "c:2")->verdict, VERDICT_VALID);
    assert_int_equal(section_of(dossier, "c:3")->verdict, VERDICT_REVOKED);
    assert_false(dossier->sections[0].is_certificate);
    size_t judged = 0;
    for (size_t i = 0; i < dossier->link_count; i++)
        if (dossier->links[i].kind == LINK_CERTIFICATE) {
            assert_int_equal(dossier->links[i].verdict,
                             section_of(dossier, dossier->links[i].record)->verdict);
            judged++;
        }
    assert_int_equal(judged, 3);
    dossier_free(dossier);
    village_leave(&village);
}

/* However many there are: what was not looked at must not be called "cannot tell". */
static void test_every_certificate_is_judged(void **state)
{
    struct village village;
    char text[512];
    size_t valid = 0, revoked = 0;

    village_begin(state, &village);
    for (int i = 0; i < 120; i++) {
        snprintf(text, sizeof text,
                 "{\"_id\":\"c:%d\",\"name\":\"上岗证\",\"certificate_id\":\"A%d\","
                 "\"holder_id\":\"" ZHANG "\",\"status\":\"%s\","
                 "\"from\":\"2010-01-01\",\"to\":\"长期\"}",
                 i, i, i % 3 == 0 ? "吊销" : "有效");
        assert_true(village_put(&village, "certificate", text));
    }
    struct dossier *dossier = open_as(&village, &village_clerk);
    for (size_t i = 0; i < dossier->link_count; i++) {
        valid += dossier->links[i].verdict == VERDICT_VALID;
        revoked += dossier->links[i].verdict == VERDICT_REVOKED;
    }
    for (size_t i = 0; i < dossier->section_count; i++) {
        valid +=
            dossier->sections[i].is_certificate && dossier->sections[i].verdict == VERDICT_VALID;
        revoked +=
            dossier->sections[i].is_certificate && dossier->sections[i].verdict == VERDICT_REVOKED;
    }
    assert_int_equal(valid, 2 * 80);
    assert_int_equal(revoked, 2 * 40);
    dossier_free(dossier);
    village_leave(&village);
}

/* --- changes ---------------------------------------------------------------------------------- */

static const struct dossier_field *field_of(const struct dossier_section *section, const char *name)
{
    for (size_t i = 0; i < section->field_count; i++)
        if (strcmp(section->fields[i].field->name, name) == 0)
            return &section->fields[i];
    fail_msg("no field %s", name);
    return NULL;
}

static void move(struct village *village, const char *rev, const char *id, const char *address)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"_id\":\"person:" ZHANG
             "\",\"_rev\":\"%s\",\"id_number\":\"%s\",\"name\":\"张文涛\","
             "\"sex\":\"1\",\"phone\":\"15499001234\",\"address\":\"%s\",\"status\":\"正常\"}",
             rev, id, address);
    assert_true(village_put(village, "population", text));
}

static void test_changes_are_told_newest_first(void **state)
{
    struct village village;

    village_begin(state, &village);
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->sections[0].change_count, 0);
    assert_int_equal(field_of(&dossier->sections[0], "address")->changed_ms, 0);
    dossier_free(dossier);
    move(&village, "2-b", ZHANG, "西乡村8号");
    move(&village, "3-c", ZHANG, "西乡村9号");
    dossier = open_as(&village, &village_clerk);
    const struct dossier_section *section = &dossier->sections[0];
    assert_int_equal(section->change_count, 2);
    assert_string_equal(section->changes[0].name, "address");
    assert_string_equal(section->changes[0].before, "西乡村8号");
    assert_string_equal(section->changes[0].after, "西乡村9号");
    assert_string_equal(section->changes[1].after, "西乡村8号");
    assert_true(section->changes[0].at_ms >= section->changes[1].at_ms);
    assert_int_equal(field_of(section, "address")->changed_ms, section->changes[0].at_ms);
    assert_int_equal(field_of(section, "phone")->changed_ms, 0);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_changes_are_masked_like_their_field(void **state)
{
    struct village village;

    village_begin(state, &village);
    move(&village, "2-b", "990106900307763",
         "望川街道西乡村3组7号"); /* the old form of the number */
    move(&village, "3-c", ZHANG, "望川街道西乡村3组7号");
    struct dossier *dossier = open_as(&village, &village_clerk);
    const struct dossier_section *section = &dossier->sections[0];
    assert_int_equal(section->change_count, 2);
    assert_true(section->changes[0].masked);
    assert_null(strstr(section->changes[0].after, "19900307"));
    assert_null(strstr(section->changes[0].before, "900307"));
    dossier_free(dossier);
    village_leave(&village);
}

/* --- pending ---------------------------------------------------------------------------------- */

static void propose(struct village *village, const struct session *session, const char *address)
{
    const struct request_change change = {"address", address};
    const struct request_new request = {.dataset = "population",
                                        .record = "person:" ZHANG,
                                        .changes = &change,
                                        .change_count = 1,
                                        .ground = "inaccurate",
                                        .reason = "moved"};
    struct error error = {0};
    char id[48];

    village_ok(request_raise(village->outbox, village->reader, session, &request, id, &error),
               &error);
}

static void test_pending_says_by_whom(void **state)
{
    struct village village;

    village_begin(state, &village);
    propose(&village, &village_clerk, "东街1号");
    propose(&village, &village_supervisor, "东街2号");
    struct dossier *dossier = open_as(&village, &village_clerk);
    const struct dossier_field *field = field_of(&dossier->sections[0], "address");
    assert_string_equal(field->pending, "东街2号");
    assert_string_equal(field->pending_by, "wang");
    assert_int_equal(field->pending_others, 1);
    assert_true(field->pending_ms > 0);
    assert_int_equal(dossier->pending, 2);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_moved_away_whoever_says_so(void **state)
{
    struct village village;
    static const char entry[] =
        "{\"_id\":\"dataset:roll\",\"_rev\":\"1-a\",\"type\":\"dataset\",\"subject\":\"person\","
        "\"priority\":6,\"database\":\"roll-{area}\",\"fields\":["
        "{\"name\":\"id\",\"type\":\"resident_id\",\"role\":\"subject\"},"
        "{\"name\":\"state\",\"type\":\"text\",\"role\":\"status\"}]}";

    village_begin(state, &village);
    village_document(&village, entry);
    assert_true(
        village_put(&village, "roll", "{\"_id\":\"r:1\",\"id\":\"" ZHANG "\",\"state\":\"迁出\"}"));
    assert_true(
        village_put(&village, "roll", "{\"_id\":\"r:2\",\"id\":\"" ZHANG "\",\"state\":\"迁出\"}"));
    struct dossier *dossier = open_as(&village, &village_clerk);
    assert_int_equal(dossier->flag_count, 1);
    assert_string_equal(dossier->flags[0], "Moved away");
    dossier_free(dossier);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_agrees_is_not_told),
        TEST(test_what_does_not_agree_stands_side_by_side),
        TEST(test_differences_are_masked),
        TEST(test_a_death_is_one_by_its_topic),
        TEST(test_a_proposal_is_written_as_the_record_writes),
        TEST(test_one_of_two_names_is_enough),
        TEST(test_holders_of_certificates),
        TEST(test_expiry_is_computed_now),
        TEST(test_every_certificate_is_judged),
        TEST(test_changes_are_told_newest_first),
        TEST(test_changes_are_masked_like_their_field),
        TEST(test_pending_says_by_whom),
        TEST(test_moved_away_whoever_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
