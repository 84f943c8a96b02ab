#include "tests/unit/verify/support.h"
#include "verify/certificate_id.h"
#include "verify/iso7064.h"

#define ROOT CERTIFICATE_ID_ROOT "."

static const char *const genuine[] = {
    ROOT "11100000000013338W011.11430000006122244L.20230000403.001.U",
    ROOT "11100000000013338W009.11330105002500287C.2025052201.002.0",
    ROOT "11100000MB03271699022.340100.000000016.001.9",
    ROOT "11100000000013127D001.113301060000000195.2025000001.001.I",
    ROOT "11100000MB0341032Y002.11420503087246977F.20250000000000000001.001.S",
};

static bool is_silent(const char *text)
{
    struct findings findings = {0};
    struct certificate_id id;

    return certificate_id_check(text, &id, &findings) && findings.count == 0;
}

static void published_identifiers_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++)
        assert_true_for(genuine[i], is_silent(genuine[i]));
}

static bool fits_standard(const char *text)
{
    size_t length = strlen(text);

    return iso7064_mod_37_36(text, length - 1) == text[length - 1];
}

static void the_check_system_is_the_standards(void **state)
{
    (void)state;
    assert_int_equal(certificate_id_check_character("A12425GABC1234002"), 'M');
    assert_int_equal(certificate_id_check_character("A12425.GABC.1234.002"), 'M');
    assert_int_equal(certificate_id_check_character(""), '\0');
    assert_int_equal(certificate_id_check_character("..."), '\0');
    assert_int_equal(certificate_id_check_character("A-1"), '\0');
    assert_changes_noticed("A12425GABC1234002M", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           fits_standard);
    assert_swaps_noticed("A12425GABC1234002M", fits_standard);
}

/* The check character of a dotted identifier without its root. */
static bool fits_standard_dotted(const char *text)
{
    char covered[CERTIFICATE_ID_TEXT_MAX];
    size_t length = strlen(text);

    snprintf(covered, sizeof covered, "%.*s", (int)(length - 1), text);
    return certificate_id_check_character(covered) == text[length - 1];
}

/* With the root, which is no part of it, the three published identifiers would end in 7, D, 2. */
static void the_root_is_not_covered(void **state)
{
    static const char with_root[] = {'7', 'D', '2'};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(with_root); i++) {
        char covered[CERTIFICATE_ID_TEXT_MAX];
        snprintf(covered, sizeof covered, "%.*s", (int)strlen(genuine[i]) - 2, genuine[i]);
        assert_int_equal(certificate_id_check_character(covered), with_root[i]);
        assert_true(fits_standard_dotted(genuine[i] + strlen(ROOT)));
    }
}

static void a_slip_in_any_part_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(genuine); i++) {
        const char *covered = genuine[i] + strlen(ROOT);
        assert_changes_noticed(covered, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                               fits_standard_dotted);
        assert_swaps_noticed(covered, fits_standard_dotted);
    }
}

static void parts_are_split(void **state)
{
    struct findings findings = {0};
    struct certificate_id id;

    (void)state;
    assert_true(certificate_id_check(genuine[1], &id, &findings));
    assert_string_equal(id.text, genuine[1]);
    assert_string_equal(id.root, CERTIFICATE_ID_ROOT);
    assert_string_equal(id.type, "11100000000013338W009");
    assert_string_equal(id.issuer, "11330105002500287C");
    assert_string_equal(id.serial, "2025052201");
    assert_string_equal(id.version, "002");
    assert_int_equal(id.check, '0');
}

static void input_is_normalised(void **state)
{
    struct findings findings = {0};
    struct certificate_id id;

    (void)state;
    assert_true(certificate_id_check(
        "1。2。156。3005。2。11100000mb03271699022。３４０１００。 000000016．001．9", &id,
        &findings));
    assert_string_equal(id.text, genuine[2]);
    assert_int_equal(findings.count, 0);
}

static void the_root_may_be_left_out(void **state)
{
    struct findings findings = {0};
    struct certificate_id id;

    (void)state;
    assert_true(certificate_id_check(genuine[0] + strlen(ROOT), &id, &findings));
    assert_string_equal(id.root, "");
    assert_finding(id.text, &findings, "certificate_id.no_root", FINDING_NOTE);
    assert_int_equal(findings.count, 1);
}

struct deviation {
    const char *text, *code;
    enum severity severity;
};

static void deviations_are_judged_mildly(void **state)
{
    static const struct deviation rows[] = {
        /* Numbered by the routine that counts letters from 11; the standard gives D. */
        {ROOT "11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
         "certificate_id.check_variant", FINDING_NOTE},
        {ROOT "11100000MB03271699022.340100.000000016.001.8", "certificate_id.check",
         FINDING_WARNING},
        {ROOT "11100000MB03271698022.340100.000000016.001.9", "certificate_id.type",
         FINDING_WARNING},
        {ROOT "11100000MB03271699022.3401.000000016.001.9", "certificate_id.issuer",
         FINDING_WARNING},
        {ROOT "11100000MB03271699022.340100.000000016.1.9", "certificate_id.version",
         FINDING_WARNING},
        {"1.2.156.3005.9.11100000MB03271699022.340100.000000016.001.9", "certificate_id.root",
         FINDING_WARNING},
        {ROOT "11100000MB03271699022.340100.00000_0-16.001.9", "certificate_id.check_skipped",
         FINDING_NOTE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct certificate_id id;
        assert_true_for(rows[i].text, certificate_id_check(rows[i].text, &id, &findings));
        assert_finding(rows[i].text, &findings, rows[i].code, rows[i].severity);
    }
}

static void what_is_none_is_refused(void **state)
{
    static const struct deviation rows[] = {
        {"", "certificate_id.shape", FINDING_ERROR},
        {".....", "certificate_id.shape", FINDING_ERROR},
        {"1.2.3.4.5", "certificate_id.shape", FINDING_ERROR},
        {"192.168.1.1", "certificate_id.shape", FINDING_ERROR},
        {ROOT "11100000MB03271699022.340100.000000016.001", "certificate_id.shape", FINDING_ERROR},
        {ROOT "11100000MB03271699022.340100.000000016.001.", "certificate_id.shape", FINDING_ERROR},
        {ROOT "11100000MB03271699022.340100.000000016.001.99", "certificate_id.shape",
         FINDING_ERROR},
        {ROOT "11100000MB03271699022.340100..001.9", "certificate_id.shape", FINDING_ERROR},
        {ROOT "11100000MB03271699022.340100.00/016.001.9", "certificate_id.symbol", FINDING_ERROR},
        {ROOT "11100000MB03271699022.340-00.016.001.9", "certificate_id.symbol", FINDING_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct certificate_id id;
        assert_true_for(rows[i].text, !certificate_id_check(rows[i].text, &id, &findings));
        assert_finding(rows[i].text, &findings, rows[i].code, FINDING_ERROR);
    }
}

static void an_overlong_identifier_is_refused(void **state)
{
    char text[400];
    struct findings findings = {0};
    struct certificate_id id;

    (void)state;
    snprintf(text, sizeof text, ROOT "11100000MB03271699022.340100.%0200d.001.9", 1);
    assert_false(certificate_id_check(text, &id, &findings));
    assert_finding(text, &findings, "certificate_id.shape", FINDING_ERROR);
    assert_string_equal(id.text, "");
}

static struct certificate_id version_of(const char *text)
{
    struct findings findings = {0};
    struct certificate_id id;

    certificate_id_check(text, &id, &findings);
    return id;
}

static void a_higher_version_supersedes(void **state)
{
    struct certificate_id first = version_of("11100000MB03271699022.340100.16.001.9");
    struct certificate_id tenth = version_of("11100000MB03271699022.340100.16.010.9");
    struct certificate_id other = version_of("11100000MB03271699022.340100.17.010.9");
    struct certificate_id none = version_of("nothing");

    (void)state;
    assert_true(certificate_id_supersedes(&tenth, &first));
    assert_false(certificate_id_supersedes(&first, &tenth));
    assert_false(certificate_id_supersedes(&first, &first));
    assert_false(certificate_id_supersedes(&other, &first));
    assert_false(certificate_id_supersedes(&none, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_identifiers_pass),
        cmocka_unit_test(the_check_system_is_the_standards),
        cmocka_unit_test(the_root_is_not_covered),
        cmocka_unit_test(a_slip_in_any_part_is_noticed),
        cmocka_unit_test(parts_are_split),
        cmocka_unit_test(input_is_normalised),
        cmocka_unit_test(the_root_may_be_left_out),
        cmocka_unit_test(deviations_are_judged_mildly),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(an_overlong_identifier_is_refused),
        cmocka_unit_test(a_higher_version_supersedes),
    };

    return cmocka_run_group_tests_name("certificate_id", tests, NULL, NULL);
}
