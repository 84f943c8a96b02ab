/* What a reader reads, and what a slow line makes of typing. */
#include "tui/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void numbers_and_signed_codes_are_codes(void **state)
{
    static const char *const codes[] = {
        "11010519491231002X",
        "330106199001010018",
        "330106199001010019", /* a wrong check digit is for the verify page to tell */
        "91350100M000100Y43",
        "N2330106MF00000137",
        "D2143569-X",
        "932682198501010017",
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "shc:/567629595326546034602925",
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAA",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++)
        if (!scan_is_code(codes[i]))
            fail_msg("no code: %s", codes[i]);
}

static void words_are_typing(void **state)
{
    static const char *const typed[] = {
        "zhangbowen",
        "zhangwei1990",
        "zhangwei 19900101",
        "zhangweizhangweizh",
        "chenhuachenhua1990", /* as long as a credit code */
        "13800138000",
        "440306001001",
        "toggle-something",
        "ouyangnana1990",
        "wrong phone number",
        "xixiang 12 zw 19",
        "1990",
        "19900314",
        "316x",
        "zw1990",
        "99010619900314",
        "9876543210123",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(typed); i++)
        if (scan_is_code(typed[i]))
            fail_msg("typed: %s", typed[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_signed_codes_are_codes),
        cmocka_unit_test(words_are_typing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
