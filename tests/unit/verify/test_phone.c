#include "tests/unit/verify/support.h"
#include "verify/phone.h"

struct row {
    const char *text;
    enum phone_kind kind;
    const char *number;
};

static void numbers_are_read(void **state)
{
    static const struct row rows[] = {
        {"13912345678", PHONE_MOBILE, "13912345678"},
        {"19912345678", PHONE_MOBILE, "19912345678"},
        {"16612345678", PHONE_MOBILE, "16612345678"},
        {"139-1234-5678", PHONE_MOBILE, "13912345678"},
        {"139 1234 5678", PHONE_MOBILE, "13912345678"},
        {"１３９１２３４５６７８", PHONE_MOBILE, "13912345678"},
        {"+86 139 1234 5678", PHONE_MOBILE, "13912345678"},
        {"＋８６－１３９１２３４５６７８", PHONE_MOBILE, "13912345678"},
        {"008613912345678", PHONE_MOBILE, "13912345678"},
        {"8613912345678", PHONE_MOBILE, "13912345678"},
        {"(+86)13912345678", PHONE_MOBILE, "13912345678"},
        {"0571-88881234", PHONE_LANDLINE, "0571-88881234"},
        {"057188881234", PHONE_LANDLINE, "0571-88881234"},
        {"(0571)88881234", PHONE_LANDLINE, "0571-88881234"},
        {"（0854）6221234", PHONE_LANDLINE, "0854-6221234"},
        {"010-62345678", PHONE_LANDLINE, "010-62345678"},
        {"02162345678", PHONE_LANDLINE, "021-62345678"},
        {"+86-10-6234-5678", PHONE_LANDLINE, "010-62345678"},
        {"+86 571 8888 1234", PHONE_LANDLINE, "0571-88881234"},
        {"0571-88881234-801", PHONE_LANDLINE, "0571-88881234-801"},
        {"0571-88881234转801", PHONE_LANDLINE, "0571-88881234-801"},
        {"0571-88881234 x801", PHONE_LANDLINE, "0571-88881234-801"},
        {"0571-8888-1234", PHONE_LANDLINE, "0571-88881234"},
        {"400-123-4567", PHONE_SERVICE, "4001234567"},
        {"88881234", PHONE_LOCAL, "88881234"},
        {"622-1234", PHONE_LOCAL, "6221234"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct findings findings = {0};
        struct phone phone;
        assert_true_for(rows[i].text, phone_check(rows[i].text, &phone, &findings));
        assert_string_equal(phone.number, rows[i].number);
        assert_true_for(rows[i].text, phone.kind == rows[i].kind);
        if (phone.kind == PHONE_LOCAL)
            assert_finding(rows[i].text, &findings, "phone.area_code", FINDING_WARNING);
        else
            assert_true_for(rows[i].text, findings.count == 0);
    }
}

static void other_text_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "12912345678",
        "1391234567a",
        "+1 212 555 0100",
        "0010-62345678",
        "0011-1234567",
        "010-6234567",
        "0571-888812345",
        "0571-18881234",
        "1234567",
        "139123456789012",
        "电话",
        "13912345678-801",
        "0571-88881234-8012345",
        "0571-88881234转",
        "#",
        "转转转",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct findings findings = {0};
        struct phone phone;
        assert_true_for(texts[i], !phone_check(texts[i], &phone, &findings));
        assert_int_equal(phone.kind, PHONE_NONE);
        assert_string_equal(phone.number, "");
        assert_finding(texts[i], &findings, "phone.shape", FINDING_ERROR);
    }
}

static void a_digit_too_few_is_counted(void **state)
{
    struct findings findings = {0};
    struct phone phone;

    (void)state;
    assert_false(phone_check("139 1234 567", &phone, &findings));
    assert_string_equal(findings_find(&findings, "phone.mobile_length")->text,
                        "A mobile number has 11 digits, this one has 10.");
}

static void equal_numbers_are_equal(void **state)
{
    (void)state;
    assert_true(phone_equal("+86 139 1234 5678", "13912345678"));
    assert_true(phone_equal("0571-88881234-801", "057188881234"));
    assert_true(phone_equal("057188881234", "0571-88881234-801"));
    assert_false(phone_equal("0571-88881234-801", "0571-88881234-802"));
    assert_false(phone_equal("13912345678", "13912345679"));
    assert_false(phone_equal("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(other_text_is_refused),
        cmocka_unit_test(a_digit_too_few_is_counted),
        cmocka_unit_test(equal_numbers_are_equal),
    };

    return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
