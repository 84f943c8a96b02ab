/* The township is the same each time, nobody has the number of another, and what is promised about
 * codes, families and faults holds. */
#include "base/json.h"
#include "tests/township/codes.h"
#include "tests/township/output.h"
#include "tests/township/put.h"
#include "tests/township/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct township sample(uint32_t residents)
{
    struct township town = {.seed = 7,
                            .residents = residents,
                            .enterprises = residents / 6,
                            .certificates = residents / 3,
                            .area = "990106001"};
    const char *problem = NULL;
    assert_true(township_check(&town, &problem));
    return town;
}

static char *whole_text(const struct township *town, uint32_t at, enum output_format format,
                        size_t *length)
{
    char *text = NULL;
    struct output_total total = {0};
    struct error error = {0};
    FILE *file = open_memstream(&text, length);
    assert_non_null(file);
    assert_int_equal(output_database(town, at, format, file, &total, &error), STATUS_OK);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(total.bytes, *length);
    return text;
}

static void test_check_characters(void **state)
{
    (void)state;
    assert_int_equal(code_resident_check("11010519491231002"), 'X');
    assert_int_equal(code_resident_check("33010619900101001"), '8');
    assert_int_equal(code_uscc_check("91350100M000100Y4"), '3');
    assert_int_equal(code_uscc_check("91620105L01510128"), '0'); /* sum divisible by 31 */
    assert_int_equal(code_organisation_check("D2143569"), 'X');
    const char *identifier = "11100000000013338W01111430000006122244L20230000403001";
    assert_int_equal(code_certificate_check(identifier), 'U');
    assert_int_not_equal(code_certificate_check_wrong(identifier), 'U');
}

static void test_same_arguments_same_bytes(void **state)
{
    (void)state;
    struct township town = sample(3000);
    struct township other = town;
    char name[DATABASE_NAME_MAX];
    other.seed++;
    for (uint32_t at = 0; output_database_name(&town, at, name); at++) {
        size_t length[3];
        char *first = whole_text(&town, at, OUTPUT_BULK, &length[0]);
        char *again = whole_text(&town, at, OUTPUT_BULK, &length[1]);
        char *third = whole_text(&other, at, OUTPUT_BULK, &length[2]);
        assert_int_equal(length[0], length[1]);
        assert_memory_equal(first, again, length[0]);
        if (at > 0 && length[0] > 100)
            assert_true(length[0] != length[2] || memcmp(first, third, length[0]) != 0);
        free(first);
        free(again);
        free(third);
    }
}

static void test_any_order(void **state)
{
    (void)state;
    struct township town = sample(5000);
    static struct household forward[5000];
    struct household one;
    for (uint32_t i = 0; i < town.residents; i++)
        household_of(&town, i, &forward[i]);
    for (uint32_t i = town.residents; i-- > 0;) {
        household_of(&town, i, &one);
        assert_memory_equal(&one, &forward[i], sizeof one);
        assert_in_range(i, one.first, one.first + one.size - 1);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    return memcmp(a, b, 18);
}

static void check_unique(uint32_t residents)
{
    struct township town = sample(residents);
    struct household household;
    char(*numbers)[18] = calloc(residents, sizeof *numbers);
    assert_non_null(numbers);
    for (uint32_t i = 0; i < residents; i += household.size) {
        household_of(&town, i, &household);
        for (uint32_t k = 0; k < household.size; k++)
            memcpy(numbers[i + k], household.members[k].id_number, 18);
    }
    qsort(numbers, residents, sizeof *numbers, compare_numbers);
    for (uint32_t i = 1; i < residents; i++)
        assert_int_not_equal(memcmp(numbers[i - 1], numbers[i], 18), 0);
    free(numbers);
}

static void test_numbers_are_unique(void **state)
{
    (void)state;
    check_unique(100000);
    check_unique(1000000);
}

static void check_person(const struct person *person)
{
    char birth[DATE_TEXT_MAX];
    char digits[9];
    assert_int_equal(strlen(person->id_number), 18);
    assert_memory_equal(person->id_number, "99", 2);
    assert_int_equal(person->id_number[17], code_resident_check(person->id_number));
    assert_int_equal((person->id_number[16] - '0') % 2, person->male ? 1 : 0);
    date_format(person->birth, birth);
    snprintf(digits, sizeof digits, "%.4s%.2s%.2s", birth, birth + 5, birth + 8);
    assert_memory_equal(person->id_number + 6, digits, 8);
    assert_true(date_is_valid(person->birth));
    assert_in_range(date_age(person->birth, people_as_of()), 0, 105);
    assert_true(strlen(person->name) >= 6);
    if (person->fate == FATE_DECEASED) {
        assert_true(date_compare(person->birth, person->death) < 0);
        assert_true(date_compare(person->death, people_as_of()) < 0);
    }
}

static void check_family(const struct household *household)
{
    const struct person *head = &household->members[0];
    assert_int_equal(head->relation, 2);
    assert_true(date_age(head->birth, people_as_of()) >= 18);
    for (uint32_t k = 1; k < household->size; k++) {
        const struct person *member = &household->members[k];
        int years = head->birth.year - member->birth.year;
        if (member->relation >= 20 && member->relation < 40)
            assert_in_range(-years, 20, 35);
        else if (member->relation == 51 || member->relation == 52)
            assert_in_range(years, 18, 40);
        else
            assert_true(k == 1 && household->married && member->male != head->male);
    }
}

static void test_families_are_coherent(void **state)
{
    (void)state;
    struct township town = sample(60000);
    struct household household;
    for (uint32_t i = 0; i < town.residents; i += household.size) {
        household_of(&town, i, &household);
        check_family(&household);
        for (uint32_t k = 0; k < household.size; k++)
            check_person(&household.members[k]);
    }
}

static void check_identifier(const struct certificate *certificate, unsigned *wrong)
{
    char text[96] = "";
    const char *dot = certificate->identifier + strlen("1.2.156.3005.2.");
    size_t length = 0;
    for (; strchr(dot, '.') != NULL; dot++)
        if (*dot != '.')
            text[length++] = *dot;
    text[length] = '\0';
    *wrong += *dot != code_certificate_check(text);
    assert_int_equal(certificate->issuer[17], code_uscc_check(certificate->issuer));
}

static void test_enterprises_and_certificates(void **state)
{
    (void)state;
    struct township town = sample(30000);
    struct enterprise firm;
    struct certificate certificate;
    unsigned wrong = 0;
    for (uint32_t i = 0; i < town.enterprises; i++) {
        enterprise_make(&town, i, &firm);
        assert_int_equal(strlen(firm.uscc), 18);
        assert_int_equal(firm.uscc[16], code_organisation_check(firm.uscc + 8));
        assert_int_equal(firm.uscc[17], code_uscc_check(firm.uscc));
        check_person(&firm.legal);
    }
    for (uint32_t i = 0; i < town.certificates; i++) {
        certificate_make(&town, i, &certificate);
        check_identifier(&certificate, &wrong);
        assert_true(date_compare(certificate.issued, people_as_of()) <= 0);
        assert_true(certificate.expires.year == 0 || date_is_valid(certificate.expires));
    }
    assert_in_range(wrong, 5, 120); /* 0.3 % of 10,000 */
}

/* Every member is in the catalogue, and every field of the catalogue occurs. */
static void check_fields(const struct dataset *dataset, json_t *document, bool *seen)
{
    const char *name;
    json_t *value;
    json_object_foreach(document, name, value)
    {
        size_t i = 0;
        while (i < dataset->field_count && strcmp(dataset->fields[i].name, name) != 0)
            i++;
        assert_true(i < dataset->field_count);
        const char *type = dataset->fields[i].type;
        if (strcmp(type, "list") == 0)
            assert_true(json_is_array(value));
        else if (strcmp(type, "integer") == 0)
            assert_true(json_is_integer(value));
        else if (strcmp(type, "boolean") == 0)
            assert_true(json_is_boolean(value));
        else
            assert_true(json_is_string(value));
        seen[i] = true;
    }
}

static void check_dataset(const struct township *town, const struct dataset *dataset)
{
    struct maker maker = {.town = town};
    struct buf body = {0};
    struct buf whole = {0};
    char key[RECORD_KEY_MAX];
    bool seen[32] = {false};
    uint32_t made = 0;
    for (uint32_t i = 0; i < dataset_count(dataset, town); i++) {
        if (!dataset_make(dataset, &maker, i, key, &body))
            continue;
        json_t *document = NULL;
        buf_clear(&whole);
        buf_printf(&whole, "{%s}", buf_text(&body));
        assert_int_equal(json_parse(whole.data, whole.length, &document, NULL), STATUS_OK);
        check_fields(dataset, document, seen);
        json_decref(document);
        made++;
    }
    assert_true(made > 0);
    for (size_t i = 0; i < dataset->field_count; i++)
        if (!seen[i])
            fail_msg("%s.%s never occurs", dataset->name, dataset->fields[i].name);
    buf_release(&body);
    buf_release(&whole);
}

static void test_records_follow_the_catalogue(void **state)
{
    (void)state;
    struct township town = sample(40000);
    for (size_t i = 0; i < dataset_total(); i++)
        check_dataset(&town, dataset_at(i));
}

static void test_catalogue_is_json(void **state)
{
    (void)state;
    struct township town = sample(40000);
    struct buf body = {0};
    struct buf whole = {0};
    char key[RECORD_KEY_MAX];
    for (uint32_t i = 0; i < catalogue_count(); i++) {
        json_t *document = NULL;
        assert_true(catalogue_make(&town, i, key, &body));
        buf_clear(&whole);
        buf_printf(&whole, "{%s}", buf_text(&body));
        assert_int_equal(json_parse(whole.data, whole.length, &document, NULL), STATUS_OK);
        assert_int_equal(strncmp(key, json_text(document, "type", "?"), 5), 0);
        json_decref(document);
    }
    assert_false(catalogue_make(&town, catalogue_count(), key, &body));
    buf_release(&body);
    buf_release(&whole);
}

static void test_changes_layout(void **state)
{
    (void)state;
    struct township town = sample(500);
    size_t length = 0;
    char *text = whole_text(&town, 1, OUTPUT_CHANGES, &length);
    assert_memory_equal(text, "{\"results\":[\n{\"seq\":\"1-g1AAAA", 29);
    assert_non_null(strstr(text, "\"}},\r\n{\"seq\":\"2-g1AAAA"));
    assert_non_null(strstr(text, "\"}}\n],\n\"last_seq\":\"500-g1AAAA"));
    assert_string_equal(text + length - 15, ",\"pending\":0}\n\n");
    free(text);
    text = whole_text(&town, 13, OUTPUT_CHANGES, &length);
    assert_memory_equal(text, "{\"results\":[\n\n],\n\"last_seq\":", 28);
    free(text);
    text = whole_text(&town, 13, OUTPUT_BULK, &length);
    assert_string_equal(text, "{\"docs\":[]}\n");
    free(text);
}

static void test_bounds(void **state)
{
    (void)state;
    const char *problem = NULL;
    struct township town = {.residents = 0, .area = "990106001"};
    assert_false(township_check(&town, &problem));
    town.residents = RESIDENTS_MAX + 1;
    assert_false(township_check(&town, &problem));
    town.residents = RESIDENTS_MAX;
    assert_true(township_check(&town, &problem));
    memcpy(town.area, "44030601", 9);
    assert_false(township_check(&town, &problem));
    memcpy(town.area, "440306017", 10);
    assert_true(township_check(&town, &problem));
    assert_string_equal(town.county, "990306");
}

static void test_json_text_is_escaped(void **state)
{
    (void)state;
    struct buf out = {0};
    put_string(&out, "a\"b\\c\n\x01中");
    assert_string_equal(buf_text(&out), "\"a\\\"b\\\\c\\u000a\\u0001中\"");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_characters),
        cmocka_unit_test(test_same_arguments_same_bytes),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_numbers_are_unique),
        cmocka_unit_test(test_families_are_coherent),
        cmocka_unit_test(test_enterprises_and_certificates),
        cmocka_unit_test(test_records_follow_the_catalogue),
        cmocka_unit_test(test_catalogue_is_json),
        cmocka_unit_test(test_changes_layout),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_json_text_is_escaped),
    };
    return cmocka_run_group_tests_name("township", tests, NULL, NULL);
}
