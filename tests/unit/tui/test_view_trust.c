/* The page of what is trusted: every state a key can be in, one entry with everything, lists. */
#include "tests/unit/tui/desk.h"

#define OF_TOWN "\"type\":\"trust\",\"level\":\"issuer\",\"issuer\":\"11990106MB00010547\","
/* The public key of RFC 7515, appendix A.3, and another one of the same curve. */
#define KEY_A                                                                                      \
    "\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"                                             \
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                             \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define KEY_B                                                                                      \
    "\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"11XvRWy1I2S0EyJlyf_bWfw_"                   \
    "TQ5CJJNLw78bHXNxcgw\","                                                                       \
    "\"y\":\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}"

static struct desk desk;

static void put(const char *text)
{
    seat_describe(&desk.seat, text);
    workplace_changed(&fake.place);
}

static void open_trust(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    put("{\"_id\":\"trust:old\"," OF_TOWN
        "\"use\":[\"credential\"],\"valid_from\":\"2020-01-01\",\"valid_to\":\"2021-12-31\"," KEY_A
        "}");
    put("{\"_id\":\"trust:present\"," OF_TOWN
        "\"use\":[\"credential\"],\"valid_from\":\"2022-01-01\",\"valid_to\":\"2999-12-31\"," KEY_B
        "}");
    put("{\"_id\":\"trust:stolen\",\"type\":\"trust\",\"level\":\"issuer\","
        "\"issuer\":\"11990106MB00020001\",\"name\":\"测试局\",\"use\":[\"credential\",\"seal\"],"
        "\"valid_from\":\"2022-01-01\",\"revoked_at\":\"2026-03-04T05:06:07Z\","
        "\"revocation_reason\":\"key compromise\"," KEY_A "}");
    put("{\"_id\":\"trust:wrong\",\"type\":\"trust\",\"level\":\"issuer\","
        "\"issuer\":\"11990106MB00020002\",\"use\":[\"credential\"],\"jwk\":{\"kty\":\"EC\"}}");
    put("{\"_id\":\"revocation:11990106MB00010547\",\"type\":\"revocation\","
        "\"issuer\":\"11990106MB00010547\",\"number\":17,\"issued_at\":\"2026-01-02\","
        "\"next_update\":\"2026-01-03\",\"revoked\":[{\"id\":\"x\",\"at\":\"2026-01-01\"}]}");
    desk_page(trust_view_new(&fake.place));
}

static void every_state_is_told(void **state)
{
    open_trust(state);
    assert_true(desk_shows("  replaced        11990106MB00010547"));
    assert_true(desk_shows("+ in use          11990106MB00010547"));
    assert_true(desk_shows("x revoked         测试局"));
    assert_true(desk_shows("codes, seals         2026-03-04"));
    assert_true(desk_shows("x cannot be used  11990106MB00020002"));
    assert_true(desk_shows("! overdue         revocation list 17, 1 entries"));
    assert_true(desk_shows("Valid from 2020-01-01 to 2021-12-31, followed by present"));
    assert_true(desk_shows("From the catalogue, revision 1-a"));
    desk_stays_inside();
    desk_leave(&desk);
}

/* Opens the row and puts its page in the place of the list. */
static void open_row(size_t row)
{
    for (size_t i = 0; i < row; i++)
        (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(desk_enabled(COMMAND_OPEN));
    (void)fake_command(COMMAND_OPEN);
    struct view *entry = fake.pushed;
    assert_non_null(entry);
    fake.pushed = NULL;
    fake_close();
    desk_page(entry);
}

static void an_entry_says_everything(void **state)
{
    open_trust(state);
    open_row(2);
    assert_true(desk_shows("stolen"));
    assert_true(desk_shows("State             revoked"));
    assert_true(desk_shows("Revoked           2026-03-04"));
    assert_true(desk_shows("Reason            key compromise"));
    assert_true(desk_shows("For               codes, seals"));
    assert_true(desk_shows("Its revision      1-a"));
    assert_true(desk_shows("SHA-256           oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"));
    (void)fake_command(COMMAND_ROW_DOWN);
    assert_true(desk_shows("does not count."));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_stays_inside();
    desk_leave(&desk);
}

static void a_revocation_list_has_its_age(void **state)
{
    open_trust(state);
    open_row(4);
    assert_true(desk_shows("Number            17"));
    assert_true(desk_shows("A newer list should have come by now."));
    assert_true(desk_shows("Next one due      2026-01-0"));
    desk_leave(&desk);
}

static void nobody_is_said(void **state)
{
    desk_open(state, &desk, &seat_clerk);
    desk_page(trust_view_new(&fake.place));
    assert_true(desk_shows("Nobody is trusted yet"));
    assert_false(desk_enabled(COMMAND_OPEN));
    desk_stays_inside();
    desk_leave(&desk);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_state_is_told),
        TEST(an_entry_says_everything),
        TEST(a_revocation_list_has_its_age),
        TEST(nobody_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
