/* One rule for all keys: what was signed before they were revoked, and who says so. */
#include "verify/key_revocation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY     ((int64_t)86400 * 1000)
#define REVOKED (1000 * DAY)

static void proof_counts_to_the_millisecond(void **state)
{
    (void)state;
    assert_int_equal(key_revocation_judge(REVOKED, false, 0, REVOKED - 1), KEY_REVOKED_AFTER_PROOF);
    assert_int_equal(key_revocation_judge(REVOKED, false, 0, REVOKED), KEY_REVOKED);
    /* A late time stamp does not make an early statement better. */
    assert_int_equal(key_revocation_judge(REVOKED, false, REVOKED - 9 * DAY, REVOKED + 1),
                     KEY_REVOKED);
}

static void a_statement_counts_a_day_before(void **state)
{
    (void)state;
    assert_int_equal(key_revocation_judge(REVOKED, false, REVOKED - DAY, 0),
                     KEY_REVOKED_AFTER_STATEMENT);
    assert_int_equal(key_revocation_judge(REVOKED, false, REVOKED - DAY + 1, 0), KEY_REVOKED);
    assert_int_equal(key_revocation_judge(REVOKED, false, REVOKED + DAY, 0), KEY_REVOKED);
}

static void what_is_not_known_helps_nobody(void **state)
{
    (void)state;
    assert_int_equal(key_revocation_judge(0, false, 1, 1), KEY_REVOKED);
    assert_int_equal(key_revocation_judge(REVOKED, false, 0, 0), KEY_REVOKED);
}

static void on_hold_is_for_the_time_being(void **state)
{
    (void)state;
    assert_int_equal(key_revocation_judge(REVOKED, true, REVOKED - 9 * DAY, 0), KEY_ON_HOLD);
    assert_int_equal(key_revocation_judge(REVOKED, true, 0, REVOKED + 1), KEY_ON_HOLD);
    assert_int_equal(key_revocation_judge(0, true, 0, 0), KEY_ON_HOLD);
    assert_int_equal(key_revocation_judge(REVOKED, true, 0, REVOKED - 1), KEY_REVOKED_AFTER_PROOF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proof_counts_to_the_millisecond),
        cmocka_unit_test(a_statement_counts_a_day_before),
        cmocka_unit_test(what_is_not_known_helps_nobody),
        cmocka_unit_test(on_hold_is_for_the_time_being),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
