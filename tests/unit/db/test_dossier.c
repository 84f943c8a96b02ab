#include "base/i18n.h"
#include "db/dossier.h"
#include "db/request.h"
#include "tests/unit/db/village.h"

#define HEAD  "990106199003077635"
#define WIFE  "990106199105050021"
#define CHILD "990106201501010018"
#define USCC  "91990106MA5L2K4N7X"
#define CARD  "1.2.156.3005.2.11100000000013127D001.11990106MB000102XH.20250314000077.001.9"

static void put_member(struct village *village, const char *id, const char *name,
                       const char *relation)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"_id\":\"person:%s\",\"_rev\":\"3-c\",\"id_number\":\"%s\",\"name\":\"%s\","
             "\"sex\":\"1\",\"household_id\":\"H7\",\"relation\":\"%s\",\"phone\":\"15499001234\","
             "\"address\":\"西乡村3组7号\",\"status\":\"正常\",\"shoe_size\":42}",
             id, id, name, relation);
    assert_true(village_put(village, "population", text));
}

static void fill(struct village *village)
{
    put_member(village, HEAD, "张文涛", "02");
    put_member(village, WIFE, "李娜", "12");
    put_member(village, CHILD, "张小明", "21");
    assert_true(village_put(village, "enterprise",
                            "{\"_id\":\"enterprise:" USCC "\",\"uscc\":\"" USCC
                            "\",\"name\":\"张记商店\",\"legal\":\"" HEAD
                            "\",\"partners\":[{\"id\":\"" WIFE "\",\"name\":\"李娜\"},\"" CHILD
                            "\"]}"));
    assert_true(village_put(village, "certificate",
                            "{\"_id\":\"certificate:" CARD "\",\"certificate_id\":\"" CARD
                            "\",\"name\":\"居民身份证\",\"holder_id\":\"" HEAD
                            "\",\"holder_uscc\":\"" USCC "\",\"status\":\"有效\"}"));
}

static struct dossier *open_as(struct village *village, const struct session *session,
                               enum subject_kind kind, const char *subject,
                               const struct dossier_options *options)
{
    struct error error = {0};
    struct dossier *dossier = NULL;

    village_ok(dossier_open(village->reader, session, kind, subject, options, &dossier, &error),
               &error);
    return dossier;
}

static const struct dossier_field *field_of(const struct dossier *dossier, size_t section,
                                            const char *name)
{
    for (size_t i = 0; i < dossier->sections[section].field_count; i++)
        if (strcmp(dossier->sections[section].fields[i].field->name, name) == 0)
            return &dossier->sections[section].fields[i];
    fail_msg("no field %s", name);
    return &dossier->sections[section].fields[0];
}

static bool is_linked(const struct dossier *dossier, const char *target)
{
    for (size_t i = 0; i < dossier->link_count; i++)
        if (strcmp(dossier->links[i].target, target) == 0)
            return true;
    return false;
}

static struct dossier_link link_to(const struct dossier *dossier, const char *target)
{
    for (size_t i = 0; i < dossier->link_count; i++)
        if (strcmp(dossier->links[i].target, target) == 0)
            return dossier->links[i];
    fail_msg("no link to %s", target);
    return (struct dossier_link){0};
}

static void test_sections(void **state)
{
    struct village village;

    assert_int_equal(i18n_start("zh_CN", "/nowhere", NULL), STATUS_OK);
    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_string_equal(dossier->subject, HEAD);
    assert_string_equal(dossier->name, "张文涛");
    assert_int_equal(dossier->section_count, 2);
    assert_string_equal(dossier->sections[0].dataset, "population"); /* by priority */
    assert_string_equal(dossier->sections[1].dataset, "certificate");
    assert_string_equal(dossier->sections[0].title, "人口");
    assert_string_equal(dossier->sections[0].provider, "Police");
    assert_string_equal(dossier->sections[0].record, "person:" HEAD);
    assert_string_equal(dossier->sections[0].rev, "3-c");
    assert_string_equal(field_of(dossier, 0, "sex")->value, "男");
    assert_string_equal(field_of(dossier, 0, "relation")->value, "户主");
    /* In the order of the catalogue, then what the catalogue does not know. */
    assert_string_equal(dossier->sections[0].fields[0].field->name, "id_number");
    const struct dossier_field *last =
        &dossier->sections[0].fields[dossier->sections[0].field_count - 1];
    assert_string_equal(last->field->name, "shoe_size");
    assert_string_equal(last->value, "42");
    assert_int_equal(last->field->grade, 2);
    assert_false(field_of(dossier, 1, "holder_name")->present);
    assert_string_equal(field_of(dossier, 1, "holder_name")->value, "");
    assert_int_equal(dossier->flag_count, 0);
    assert_int_equal(dossier->pending, 0);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_masking(void **state)
{
    static const char *const reveal[] = {"population.id_number"};
    static const char *const reveal_other[] = {"certificate.id_number", "phone_number"};
    const struct dossier_options options = {reveal, 1};
    const struct dossier_options other = {reveal_other, 2};
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    const struct dossier_field *id = field_of(dossier, 0, "id_number");
    assert_true(id->masked);
    assert_null(id->clear);
    assert_null(strstr(id->value, "19900307"));
    assert_null(strstr(dossier->subject_shown, "19900307"));
    assert_false(field_of(dossier, 0, "phone")->masked);
    assert_string_equal(field_of(dossier, 0, "phone")->clear, "15499001234");
    assert_null(strstr(link_to(dossier, WIFE).target_shown, "19910505"));
    dossier_free(dossier);

    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, &options);
    assert_false(field_of(dossier, 0, "id_number")->masked);
    assert_string_equal(field_of(dossier, 0, "id_number")->value, HEAD);
    assert_true(field_of(dossier, 1, "holder_id")->masked); /* of another dataset */
    dossier_free(dossier);

    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, &other);
    assert_true(field_of(dossier, 0, "id_number")->masked);
    dossier_free(dossier);

    /* An auditor sees less and cannot reveal. */
    dossier = open_as(&village, &village_auditor, SUBJECT_PERSON, HEAD, &options);
    assert_true(field_of(dossier, 0, "id_number")->masked);
    assert_true(field_of(dossier, 0, "phone")->masked);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_links_of_a_person(void **state)
{
    struct village village;

    assert_int_equal(i18n_start("zh_CN", "/nowhere", NULL), STATUS_OK);
    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    const struct dossier_link wife = link_to(dossier, WIFE);
    assert_int_equal(wife.kind, LINK_HOUSEHOLD);
    assert_string_equal(wife.relation, "妻");
    assert_string_equal(wife.name, "李娜");
    assert_string_equal(wife.record, "person:" WIFE);
    assert_string_equal(link_to(dossier, CHILD).relation, "独生子");
    const struct dossier_link shop = link_to(dossier, USCC);
    assert_int_equal(shop.kind, LINK_ENTERPRISE);
    assert_int_equal(shop.target_kind, SUBJECT_ENTERPRISE);
    assert_string_equal(shop.relation, "法定代表人");
    assert_string_equal(shop.name, "张记商店");
    const struct dossier_link card = link_to(dossier, CARD);
    assert_int_equal(card.kind, LINK_CERTIFICATE);
    assert_string_equal(card.name, "居民身份证");
    assert_false(is_linked(dossier, HEAD));
    assert_int_equal(dossier->link_count, 4);
    dossier_free(dossier);
    /* Named in a list, as an object. */
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, WIFE, NULL);
    assert_true(is_linked(dossier, USCC));
    dossier_free(dossier);
    village_leave(&village);
}

static void test_links_of_an_enterprise(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_ENTERPRISE, USCC, NULL);
    assert_string_equal(dossier->name, "张记商店");
    static const char *const people[] = {HEAD, WIFE, CHILD};
    static const char *const names[] = {"张文涛", "李娜", "张小明"};
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        const struct dossier_link link = link_to(dossier, people[i]);
        assert_int_equal(link.kind, LINK_PERSON);
        assert_string_equal(link.name, names[i]);
        assert_string_not_equal(link.target_shown, people[i]);
        /* Each of a list too: region and last digits tell them apart. */
        assert_memory_equal(link.target_shown, people[i], 6);
        assert_string_equal(link.target_shown + 14, people[i] + 14);
    }
    assert_int_equal(link_to(dossier, CARD).kind, LINK_CERTIFICATE);
    dossier_free(dossier);
    village_leave(&village);
}

static void test_flags(void **state)
{
    struct village village;
    struct error error = {0};
    struct dossier *dossier = NULL;

    assert_int_equal(i18n_start("en", "/nowhere", NULL), STATUS_OK);
    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    assert_true(village_put(&village, "death",
                            "{\"_id\":\"d:1\",\"id_number\":\"" WIFE
                            "\",\"name\":\"李娜\",\"died_on\":\"2025-03-02\"}"));
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, WIFE, NULL);
    assert_int_equal(dossier->flag_count, 1);
    assert_string_equal(dossier->flags[0], "Deceased 2025-03-02");
    dossier_free(dossier);
    assert_true(village_put(&village, "population",
                            "{\"_id\":\"person:" CHILD "\",\"_rev\":\"4-d\",\"id_number\":\"" CHILD
                            "\",\"name\":\"张小明\",\"status\":\"迁出\"}"));
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, CHILD, NULL);
    assert_string_equal(dossier->flags[0], "Moved away");
    dossier_free(dossier);
    assert_true(village_put(&village, "enterprise",
                            "{\"_id\":\"enterprise:" USCC "\",\"_rev\":\"2-b\",\"uscc\":\"" USCC
                            "\",\"name\":\"张记商店\",\"status\":\"吊销\"}"));
    dossier = open_as(&village, &village_clerk, SUBJECT_ENTERPRISE, USCC, NULL);
    assert_string_equal(dossier->flags[0], "Licence revoked");
    dossier_free(dossier);
    dossier = NULL;
    assert_int_equal(dossier_open(village.reader, &village_clerk, SUBJECT_ENTERPRISE, HEAD, NULL,
                                  &dossier, &error),
                     STATUS_NOT_FOUND); /* a person's number is no enterprise's */
    assert_null(dossier);
    village_leave(&village);
}

static void raise_phone(struct village *village, const char *phone, char id[48])
{
    struct error error = {0};
    const struct request_change change = {"phone", phone};
    const struct request_new wanted = {.dataset = "population",
                                       .record = "person:" HEAD,
                                       .changes = &change,
                                       .change_count = 1,
                                       .ground = "inaccurate",
                                       .reason = "new number"};

    village_ok(request_raise(village->outbox, village->reader, &village_clerk, &wanted, id, &error),
               &error);
}

static void test_pending(void **state)
{
    struct village village;
    struct error error = {0};
    char first[48];
    char second[48];

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    raise_phone(&village, "15411110000", first);
    raise_phone(&village, "15422220000", second);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_int_equal(dossier->pending, 2);
    const struct dossier_field *phone = field_of(dossier, 0, "phone");
    assert_string_equal(phone->value, "15499001234");
    assert_string_equal(phone->pending, "15422220000"); /* the newest */
    assert_string_equal(phone->pending_id, second);
    assert_true(strlen(phone->pending_state) > 0);
    assert_true(phone->pending_ms > 0);
    assert_null(field_of(dossier, 0, "address")->pending);
    dossier_free(dossier);
    dossier = open_as(&village, &village_auditor, SUBJECT_PERSON, HEAD, NULL);
    assert_string_not_equal(field_of(dossier, 0, "phone")->pending, "15422220000");
    dossier_free(dossier);
    village_ok(request_act(village.outbox, &village_clerk, second, "withdraw", "typo", &error),
               &error);
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_int_equal(dossier->pending, 1);
    assert_string_equal(field_of(dossier, 0, "phone")->pending, "15411110000");
    dossier_free(dossier);
    village_leave(&village);
}

static void test_age(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    struct dossier *dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_int_equal(dossier->sections[0].age_ms, -1);
    assert_false(dossier->sections[0].stale);
    assert_string_equal(dossier->sections[0].as_of, "");
    dossier_free(dossier);
    village_position(&village, "population", clock_wall_ms() - (int64_t)8 * 86400000);
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_true(dossier->sections[0].stale);
    assert_true(dossier->sections[0].age_ms >= (int64_t)8 * 86400000);
    dossier_free(dossier);
    village_position(&village, "population", clock_wall_ms() - 1000);
    dossier = open_as(&village, &village_clerk, SUBJECT_PERSON, HEAD, NULL);
    assert_false(dossier->sections[0].stale);
    assert_int_equal(strlen(dossier->sections[0].as_of), strlen("2026-03-14T08:05:09.123Z"));
    dossier_free(dossier);
    village_leave(&village);
}

static void test_record(void **state)
{
    static const char *const keys[] = {"enterprise:" USCC, "enterprise/enterprise:" USCC};
    struct village village;
    struct error error = {0};

    village_make(&village, scratch_path(state, "home"));
    fill(&village);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct dossier *dossier = NULL;
        village_ok(
            dossier_open_record(village.reader, &village_clerk, keys[i], NULL, &dossier, &error),
            &error);
        assert_int_equal(dossier->section_count, 1);
        assert_int_equal(dossier->kind, SUBJECT_ENTERPRISE);
        assert_string_equal(dossier->sections[0].dataset, "enterprise");
        dossier_free(dossier);
    }
    struct dossier *dossier = NULL;
    assert_int_equal(dossier_open_record(village.reader, &village_clerk, "enterprise/person:" HEAD,
                                         NULL, &dossier, &error),
                     STATUS_NOT_FOUND);
    assert_int_equal(
        dossier_open_record(village.reader, &village_clerk, "", NULL, &dossier, &error),
        STATUS_NOT_FOUND);
    assert_null(dossier);
    village_leave(&village);
}

static void test_unknown(void **state)
{
    struct village village;
    struct error error = {0};
    struct dossier *dossier = NULL;

    village_make(&village, scratch_path(state, "home"));
    static const char *const subjects[] = {HEAD, "", "\"", "*", "张文涛"};
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        assert_int_equal(dossier_open(village.reader, &village_clerk, SUBJECT_PERSON, subjects[i],
                                      NULL, &dossier, &error),
                         STATUS_NOT_FOUND);
    assert_null(dossier);
    dossier_free(NULL);
    village_leave(&village);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sections),
        TEST(test_masking),
        TEST(test_links_of_a_person),
        TEST(test_links_of_an_enterprise),
        TEST(test_flags),
        TEST(test_pending),
        TEST(test_age),
        TEST(test_record),
        TEST(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
