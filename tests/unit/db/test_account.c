#include "db/account.h"
#include "db/passphrase.h"
#include "tests/unit/db/seat.h"

static enum status login(struct seat *seat, const char *name, const char *passphrase,
                         struct session *session, struct error *error)
{
    return account_login(seat->reader, seat->outbox, name, passphrase, session, error);
}

static void roles_are_words(void **state)
{
    unsigned roles = 0;
    char text[128];

    (void)state;
    assert_int_equal(account_roles_parse("clerk, supervisor", &roles, NULL), STATUS_OK);
    assert_int_equal(roles, ACCOUNT_CLERK | ACCOUNT_SUPERVISOR);
    account_roles_format(roles, text, sizeof text);
    assert_string_equal(text, "clerk,supervisor");
    account_roles_title(roles, text, sizeof text);
    assert_true(strlen(text) > 0);
    account_roles_format(roles, text, 6);
    assert_string_equal(text, "clerk");
    assert_int_equal(account_roles_parse("clerk,king", &roles, NULL), STATUS_INVALID);
    assert_int_equal(account_roles_parse("", &roles, NULL), STATUS_INVALID);
    assert_int_equal(account_roles_parse("clerk,", &roles, NULL), STATUS_INVALID);
}

static void only_the_right_passphrase_opens(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct error other = {0};
    struct session session = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(account_add(seat.outbox, "李雷", ACCOUNT_CLERK, "correct horse", &error), &error);
    seat_ok(login(&seat, "李雷", "correct horse", &session, &error), &error);
    assert_string_equal(session.account, "李雷");
    assert_int_equal(session.roles, ACCOUNT_CLERK);
    assert_int_equal(login(&seat, "李雷", "correct horsf", &session, &error), STATUS_REFUSED);
    assert_int_equal(login(&seat, "nobody", "correct horse", &session, &other), STATUS_REFUSED);
    assert_string_equal(error.text, other.text);
    assert_int_equal(account_add(seat.outbox, "李雷", ACCOUNT_CLERK, "another one", NULL),
                     STATUS_REFUSED);
    seat_leave(&seat);
}

static void names_and_passphrases_are_checked(void **state)
{
    static const char *const bad_names[] = {
        "",        "a b",   "a/b",
        "\x1b[2J", "a\xFF", "x123456789012345678901234567890123456789012345678901234567890abcde"};
    struct seat seat;

    seat_make(&seat, scratch_path(state, "home"));
    for (size_t i = 0; i < COUNT_OF(bad_names); i++)
        assert_int_equal(account_add(seat.outbox, bad_names[i], ACCOUNT_CLERK, "long enough", NULL),
                         STATUS_INVALID);
    assert_int_equal(account_add(seat.outbox, "li", ACCOUNT_CLERK, "short", NULL), STATUS_INVALID);
    assert_int_equal(account_add(seat.outbox, "li", 0, "long enough", NULL), STATUS_INVALID);
    seat_leave(&seat);
}

static void too_many_attempts_must_wait(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct session session = {0};

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(account_add(seat.outbox, "li", ACCOUNT_CLERK, "correct horse", &error), &error);
    struct sql *sql = outbox_lock(seat.outbox);
    seat_ok(sql_exec(sql,
                     "UPDATE account SET failures = 9,"
                     " failed_ms = unixepoch() * 1000",
                     &error),
            &error);
    outbox_unlock(seat.outbox);
    assert_int_equal(login(&seat, "li", "correct horse", &session, &error), STATUS_REFUSED);
    assert_non_null(strstr(error.text, " s."));
    sql = outbox_lock(seat.outbox);
    seat_ok(sql_exec(sql, "UPDATE account SET failed_ms = failed_ms - 61000", &error), &error);
    outbox_unlock(seat.outbox);
    seat_ok(login(&seat, "li", "correct horse", &session, &error), &error);
    seat_leave(&seat);
}

static void accounts_are_locked_and_listed(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct session session = {0};
    struct account *accounts = NULL;
    size_t count = 0;

    seat_make(&seat, scratch_path(state, "home"));
    seat_ok(account_add(seat.outbox, "boss", ACCOUNT_ADMINISTRATOR, "correct horse", &error),
            &error);
    seat_ok(account_add(seat.outbox, "li", ACCOUNT_CLERK, "correct horse", &error), &error);
    assert_int_equal(account_set_locked(seat.outbox, "boss", true, NULL), STATUS_REFUSED);
    assert_int_equal(account_set_locked(seat.outbox, "nobody", true, NULL), STATUS_NOT_FOUND);
    seat_ok(account_set_locked(seat.outbox, "li", true, &error), &error);
    assert_int_equal(login(&seat, "li", "correct horse", &session, &error), STATUS_REFUSED);
    seat_ok(account_set_locked(seat.outbox, "li", false, &error), &error);
    seat_ok(account_set_passphrase(seat.outbox, "li", "battery staple", &error), &error);
    seat_ok(account_list(seat.reader, &accounts, &count, &error), &error);
    assert_int_equal(count, 2);
    assert_string_equal(accounts[0].name, "boss");
    assert_string_equal(accounts[1].name, "li");
    assert_false(accounts[1].locked);
    assert_true(accounts[1].created_ms > 0);
    free(accounts);
    seat_ok(login(&seat, "li", "battery staple", &session, &error), &error);
    seat_leave(&seat);
}

/* outbox.log brings accounts back, and never an older passphrase over a newer one. */
static void accounts_survive_a_lost_database(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct session session = {0};
    char home[PATH_MAX];

    snprintf(home, sizeof home, "%s", scratch_path(state, "home"));
    seat_make(&seat, home);
    seat_ok(account_add(seat.outbox, "li", ACCOUNT_CLERK, "first secret", &error), &error);
    seat_ok(account_set_passphrase(seat.outbox, "li", "second secret", &error), &error);
    seat_leave(&seat);
    assert_int_equal(unlink(scratch_path(state, "home/outbox.db")), 0);
    seat_sit(&seat, home);
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_CORRUPT);
    assert_int_equal(outbox_replayed(seat.outbox), 2);
    seat_ok(login(&seat, "li", "second secret", &session, &error), &error);
    assert_int_equal(login(&seat, "li", "first secret", &session, &error), STATUS_REFUSED);
    seat_leave(&seat);
}

static void damaged_parameters_are_refused(void **state)
{
    static const char *const bad[] = {"", "scrypt$131072$8$1$00$00",
                                      "scrypt$99999999$8$1$00112233445566778899aabbccddeeff$"
                                      "00112233445566778899aabbccddeeff"
                                      "00112233445566778899aabbccddeeff"};
    bool match = true;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(passphrase_check("x", bad[i], &match, NULL), STATUS_CORRUPT);
}

/* RFC 7914 has no vector with our parameters; this one comes from Python's hashlib.scrypt. */
static void the_derivation_is_scrypt(void **state)
{
    bool match = false;

    (void)state;
    assert_int_equal(
        passphrase_check("correct horse",
                         "scrypt$131072$8$1$00112233445566778899aabbccddeeff$"
                         "e72b00fbf3c01cd395b60dca1ab231075301183c3ce5a4ed68e755a52752f8c3",
                         &match, NULL),
        STATUS_OK);
    assert_true(match);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_words),
        WITH_SCRATCH(only_the_right_passphrase_opens),
        WITH_SCRATCH(names_and_passphrases_are_checked),
        WITH_SCRATCH(too_many_attempts_must_wait),
        WITH_SCRATCH(accounts_are_locked_and_listed),
        WITH_SCRATCH(accounts_survive_a_lost_database),
        cmocka_unit_test(damaged_parameters_are_refused),
        cmocka_unit_test(the_derivation_is_scrypt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
