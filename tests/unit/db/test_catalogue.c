#include "base/i18n.h"
#include "db/catalogue.h"
#include "tests/unit/base/support.h"

static json_t *parse(const char *text)
{
    json_t *value = NULL;

    assert_int_equal(json_parse(text, strlen(text), &value, NULL), STATUS_OK);
    return value;
}

static struct catalogue *load(const char *const *texts, size_t count)
{
    struct catalogue *catalogue = NULL;
    json_t *documents[8];

    assert_true(count <= COUNT_OF(documents));
    for (size_t i = 0; i < count; i++)
        documents[i] = parse(texts[i]);
    assert_int_equal(catalogue_parse((const json_t *const *)documents, count, &catalogue, NULL),
                     STATUS_OK);
    for (size_t i = 0; i < count; i++)
        json_decref(documents[i]); /* a catalogue keeps nothing of its documents */
    return catalogue;
}

static enum status try_load(const char *text)
{
    struct catalogue *catalogue = NULL;
    struct error error = {0};
    json_t *document = parse(text);
    const json_t *const documents[] = {document};
    enum status status = catalogue_parse(documents, 1, &catalogue, &error);

    if (status != STATUS_OK) {
        assert_null(catalogue);
        assert_true(strlen(error.text) > 0);
    }
    catalogue_free(catalogue);
    json_decref(document);
    return status;
}

static const char population[] =
    "{\"_id\":\"dataset:population\",\"type\":\"dataset\",\"title\":{\"zh\":\"人口\",\"en\":"
    "\"Population\"},\"provider\":{\"uscc\":\"11100000000013127D\",\"name\":\"公安部\"},"
    "\"sharing\":\"conditional\",\"grade\":3,\"max_age_days\":7,\"retention_days\":365,"
    "\"subject\":\"person\",\"database\":\"population-{area}\",\"priority\":0,\"future\":{\"a\":1},"
    "\"fields\":[{\"name\":\"id_number\",\"title\":{\"zh\":\"号码\",\"en\":\"Number\"},"
    "\"type\":\"resident_id\",\"role\":\"subject\",\"grade\":4},"
    "{\"name\":\"name\",\"title\":{\"zh\":\"姓名\"},\"type\":\"text\",\"role\":\"title\"},"
    "{\"name\":\"odd\",\"type\":\"hologram\",\"role\":\"mystery\",\"grade\":9},"
    "{\"name\":\"sex\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\",\"required\":true}]}";
static const char minimal[] = "{\"_id\":\"dataset:bare\"}";
static const char place[] = "{\"_id\":\"dataset:a\",\"priority\":0,\"grade\":1,\"subject\":"
                            "\"place\",\"fields\":[{\"name\":\"x\"}]}";

static void test_entry(void **state)
{
    (void)state;
    const char *const texts[] = {population};

    assert_int_equal(i18n_start("en", "/nowhere", NULL), STATUS_OK);
    struct catalogue *catalogue = load(texts, 1);
    const struct dataset *dataset = catalogue_find(catalogue, "population");
    assert_non_null(dataset);
    assert_string_equal(dataset->title, "Population");
    assert_string_equal(dataset->provider_name, "公安部");
    assert_string_equal(dataset->sharing, "conditional");
    assert_int_equal(dataset->max_age_days, 7);
    assert_int_equal(dataset->priority, 0);
    assert_int_equal(dataset->subject, SUBJECT_PERSON);
    assert_int_equal(dataset->field_count, 4);
    const struct dataset_field *subject = dataset_role(dataset, ROLE_SUBJECT);
    assert_string_equal(subject->name, "id_number");
    assert_string_equal(subject->title, "Number");
    assert_int_equal(subject->type, TYPE_RESIDENT_ID);
    assert_int_equal(subject->grade, 4);
    assert_string_equal(dataset_field(dataset, "name")->title, "姓名"); /* no English: the other */
    assert_int_equal(dataset_field(dataset, "name")->grade, 2);         /* not the dataset's 3 */
    assert_true(dataset_field(dataset, "sex")->required);
    assert_string_equal(dataset_field(dataset, "sex")->codes, "GB/T 2261.1");
    assert_null(dataset_field(dataset, "nothing"));
    assert_non_null(strstr(dataset->body, "\"future\":{\"a\":1}"));
    catalogue_free(catalogue);
}

static void test_chinese_titles(void **state)
{
    (void)state;
    const char *const texts[] = {population, minimal};

    assert_int_equal(i18n_start("zh_CN", "/nowhere", NULL), STATUS_OK);
    struct catalogue *catalogue = load(texts, 2);
    assert_string_equal(catalogue_find(catalogue, "population")->title, "人口");
    assert_string_equal(catalogue_find(catalogue, "bare")->title, "bare");
    catalogue_free(catalogue);
}

/* What this program does not know yet is text. */
static void test_unknown_words(void **state)
{
    (void)state;
    const char *const texts[] = {population, minimal};
    struct catalogue *catalogue = load(texts, 2);
    const struct dataset_field *odd = dataset_field(catalogue_find(catalogue, "population"), "odd");

    assert_int_equal(odd->type, TYPE_TEXT);
    assert_int_equal(odd->role, ROLE_NONE);
    assert_int_equal(odd->grade, 4);
    assert_string_equal(odd->title, "odd");
    const struct dataset *bare = catalogue_find(catalogue, "bare");
    assert_int_equal(bare->subject, SUBJECT_NONE);
    assert_int_equal(bare->priority, 9);
    assert_int_equal(bare->field_count, 0);
    catalogue_free(catalogue);
}

/* "role": what each field of the only dataset is. */
static void expect_role(const char *fields, enum field_role role, const char *name)
{
    char text[2048];
    const char *const texts[] = {text};

    snprintf(text, sizeof text, "{\"_id\":\"dataset:x\",\"subject\":\"person\",\"fields\":[%s]}",
             fields);
    struct catalogue *catalogue = load(texts, 1);
    const struct dataset_field *field = dataset_role(catalogue_find(catalogue, "x"), role);
    if (!field != !name || (name && strcmp(field->name, name) != 0))
        fail_msg("%s: %s", fields, field ? field->name : "none");
    catalogue_free(catalogue);
}

/* A catalogue that does not know these roles still says what a field is. */
static void test_roles_left_out(void **state)
{
    (void)state;
    expect_role("{\"name\":\"f7\",\"type\":\"date\",\"role\":\"birth_date\"},"
                "{\"name\":\"birth_date\",\"type\":\"date\"}",
                ROLE_BIRTH_DATE, "f7");
    expect_role("{\"name\":\"CSRQ\",\"type\":\"date\"}", ROLE_BIRTH_DATE, "CSRQ");
    expect_role("{\"name\":\"f1\",\"type\":\"date\",\"title\":{\"zh\":\"出生日期\"}}",
                ROLE_BIRTH_DATE, "f1");
    expect_role("{\"name\":\"child_birth_date\",\"type\":\"date\","
                "\"title\":{\"zh\":\"子女出生日期\"}}",
                ROLE_BIRTH_DATE, NULL);
    expect_role("{\"name\":\"a\",\"type\":\"date\",\"title\":\"Date of birth\"},"
                "{\"name\":\"b\",\"type\":\"date\",\"title\":\"Date of birth\"}",
                ROLE_BIRTH_DATE, NULL); /* of two people */
    expect_role("{\"name\":\"f2\",\"type\":\"code\",\"codes\":\"GB/T 2261.1-2003\"}", ROLE_SEX,
                "f2");
    expect_role("{\"name\":\"f2\",\"type\":\"code\",\"codes\":\"GB/T 2261.10\"}", ROLE_SEX, NULL);
    expect_role("{\"name\":\"f2\",\"type\":\"text\",\"title\":{\"zh\":\"性别\"}}", ROLE_SEX, "f2");
    expect_role("{\"name\":\"his\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\"},"
                "{\"name\":\"hers\",\"type\":\"code\",\"codes\":\"GB/T 2261.1\"}",
                ROLE_SEX, NULL);
    expect_role("{\"name\":\"f3\",\"type\":\"code\",\"codes\":\"GB/T 2261.2\"}",
                ROLE_MARITAL_STATUS, "f3");
    expect_role("{\"name\":\"active\",\"type\":\"boolean\"}", ROLE_ACTIVE, "active");
    expect_role("{\"name\":\"holder_name\",\"type\":\"text\"}", ROLE_HOLDER, "holder_name");
}

static void test_order(void **state)
{
    (void)state;
    const char *const texts[] = {minimal, population, place};
    struct catalogue *catalogue = load(texts, 3);

    assert_int_equal(catalogue_count(catalogue), 3);
    assert_string_equal(catalogue_at(catalogue, 0)->name, "a");
    assert_string_equal(catalogue_at(catalogue, 1)->name, "population");
    assert_string_equal(catalogue_at(catalogue, 2)->name, "bare");
    assert_null(catalogue_at(catalogue, 3));
    assert_int_equal(catalogue_at(catalogue, 0)->fields[0].grade, 1); /* inherits the lower */
    catalogue_free(catalogue);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "{\"_id\":\"dataset:\"}",
        "{\"_id\":\"trust:x\"}",
        "{\"_id\":\"dataset:x\",\"fields\":[{\"type\":\"text\"}]}",
        "{\"_id\":\"dataset:x\",\"fields\":[{\"name\":\"a\"},{\"name\":\"a\"}]}",
        "[]",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_int_equal(try_load(texts[i]), STATUS_INVALID);
}

static void test_database_names(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *area, *name; /* NULL: refused */
    } rows[] = {
        {"population-{area}", "990106001", "population-990106001"},
        {"all", "990106001", "all"},
        {"{area}-x", "990106001", NULL}, /* must begin with a letter */
        {"Population-{area}", "9", NULL},
        {"p-{area}", "9/../../etc", NULL},
        {"", "9", NULL},
        {"p q", "9", NULL},
        {"a{area}b{area}", "1", "a1b1"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct dataset dataset = {.name = "x", .database = rows[i].pattern};
        char out[32] = "untouched";
        enum status status = dataset_database(&dataset, rows[i].area, out, sizeof out, NULL);
        assert_int_equal(status, rows[i].name ? STATUS_OK : STATUS_INVALID);
        assert_string_equal(out, rows[i].name ? rows[i].name : "untouched");
    }
}

static void test_database_name_too_long(void **state)
{
    (void)state;
    const struct dataset dataset = {.name = "x", .database = "population-{area}"};
    char out[12];

    assert_int_equal(dataset_database(&dataset, "990106001", out, sizeof out, NULL),
                     STATUS_INVALID);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int kind = SUBJECT_NONE; kind <= SUBJECT_INDICATOR; kind++) {
        const char *name = subject_kind_name((enum subject_kind)kind);
        assert_int_equal(subject_kind_parse(name), kind);
    }
    assert_int_equal(subject_kind_parse("martian"), SUBJECT_NONE);
}

/* --- displayed values ------------------------------------------------------------------------- */

static void check_display(enum field_type type, const char *codes, const char *value,
                          const char *shown)
{
    const struct dataset_field field = {.name = "f", .type = type, .codes = codes};
    struct buf out = {0};
    char wrapped[256];

    snprintf(wrapped, sizeof wrapped, "[%s]", value);
    json_t *array = parse(wrapped);
    field_display(&field, json_array_get(array, 0), &out);
    assert_string_equal(buf_text(&out), shown);
    json_decref(array);
    buf_release(&out);
}

static void test_display(void **state)
{
    (void)state;
    assert_int_equal(i18n_start("zh_CN", "/nowhere", NULL), STATUS_OK);
    check_display(TYPE_TEXT, NULL, "\"西乡\"", "西乡");
    check_display(TYPE_TEXT, NULL, "null", "");
    check_display(TYPE_CODE, "GB/T 2261.1", "\"1\"", "男");
    check_display(TYPE_CODE, "GB/T 2261.1", "1", "男");
    check_display(TYPE_CODE, "GB/T 3304", "1", "汉族");
    check_display(TYPE_CODE, "GB/T 2261.1", "\"7\"", "7"); /* unknown code: as it is */
    check_display(TYPE_CODE, NULL, "\"1\"", "1");
    check_display(TYPE_TEXT, "GB/T 2261.1", "\"1\"", "1");
    check_display(TYPE_INTEGER, NULL, "1234567", "1234567");
    check_display(TYPE_AMOUNT, NULL, "1234567", "1,234,567");
    check_display(TYPE_AMOUNT, NULL, "-1234.5", "-1,234.5");
    check_display(TYPE_AMOUNT, NULL, "\"17900000.00\"", "17,900,000.00");
    check_display(TYPE_AMOUNT, NULL, "\"about 1000\"", "about 1000");
    check_display(TYPE_AMOUNT, NULL, "999", "999");
    check_display(TYPE_LIST, NULL, "[\"甲\",\"乙\"]", "甲、乙");
    check_display(TYPE_LIST, NULL, "[{\"id\":\"1\",\"name\":\"甲\"},2]", "甲 (1)、2");
    check_display(TYPE_TEXT, NULL, "{\"a\":1,\"b\":[]}", "a: 1、b: ");
    check_display(TYPE_TEXT, NULL, "[[[[[[[\"deep\"]]]]]]]", "");
    assert_int_equal(i18n_start("en", "/nowhere", NULL), STATUS_OK);
    check_display(TYPE_BOOLEAN, NULL, "true", "yes");
    check_display(TYPE_BOOLEAN, NULL, "false", "no");
    check_display(TYPE_LIST, NULL, "[\"a\",\"b\"]", "a, b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),          cmocka_unit_test(test_chinese_titles),
        cmocka_unit_test(test_unknown_words),  cmocka_unit_test(test_roles_left_out),
        cmocka_unit_test(test_order),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_database_names), cmocka_unit_test(test_database_name_too_long),
        cmocka_unit_test(test_kinds),          cmocka_unit_test(test_display),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
