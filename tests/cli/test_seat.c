/*
 * Setting up, accounts and logging in: what a home looks like, who may do what, and that nothing
 * secret is shown or left readable.
 */
#include "tests/cli/cheap.h"
#include "tests/cli/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct stage {
    char *directory, *home, *pass, *other_pass;
};

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->directory = make_directory();
    stage->home = join_path(stage->directory, "home");
    stage->pass = write_file(stage->directory, "boss.pass", "quiet-maple-road\n");
    stage->other_pass = write_file(stage->directory, "other.pass", "other-passphrase\n");
    struct outcome made =
        run(NULL, "init", "--home", stage->home, "--upstream", "http://127.0.0.1:9", "--area",
            "990106001", "--as", "boss", "--passphrase-file", stage->pass, "--json", NULL);
    assert_int_equal(made.code, 0);
    assert_string_equal(json_text(outcome_json(&made), "home", ""), stage->home);
    outcome_release(&made);
    cheap_passphrase(stage->home, "boss", "quiet-maple-road");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    free(stage->home);
    free(stage->pass);
    free(stage->other_pass);
    remove_directory(stage->directory);
    free(stage);
    return 0;
}

static struct desk desk_of(const struct stage *stage, const char *account, char *pass)
{
    return (struct desk){.home = stage->home, .account = account, .passphrase_file = pass};
}

static void expect_error(struct outcome outcome, int code, const char *status)
{
    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s", outcome.code, code, buf_text(&outcome.err));
    assert_string_equal(outcome_error(&outcome), status);
    outcome_release(&outcome);
}

/* --- init ------------------------------------------------------------------------------------ */

static void test_home_is_private(void **state)
{
    static const char *const names[] = {"", "huiliu.conf", "outbox.db", "outbox.log", "cache.db"};
    const struct stage *stage = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = join_path(stage->home, names[i]);
        struct stat facts;
        assert_int_equal(stat(path, &facts), 0);
        assert_int_equal(facts.st_mode & 077, 0);
        free(path);
    }
}

static void test_existing_home_is_refused(void **state)
{
    const struct stage *stage = *state;
    char *conf = join_path(stage->home, "huiliu.conf");
    struct stat before, after;

    assert_int_equal(stat(conf, &before), 0);
    expect_error(run(NULL, "init", "--home", stage->home, "--upstream", "http://127.0.0.1:8",
                     "--area", "990106001", "--as", "thief", "--passphrase-file", stage->pass,
                     "--json", NULL),
                 4, "refused");
    assert_int_equal(stat(conf, &after), 0);
    assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
    assert_int_equal(before.st_ino, after.st_ino);
    free(conf);
}

static void test_init_checks_what_it_is_told(void **state)
{
    static const char *const wrong[][2] = {
        {"ftp://127.0.0.1", "990106001"},
        {"http://user:secret@127.0.0.1", "990106001"},
        {"http://127.0.0.1:9", "12345"},
        {"http://127.0.0.1:9", "99010600x"},
    };
    const struct stage *stage = *state;
    char *home = join_path(stage->directory, "wrong");

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_error(run(NULL, "init", "--home", home, "--upstream", wrong[i][0], "--area",
                         wrong[i][1], "--as", "boss", "--passphrase-file", stage->pass, "--json",
                         NULL),
                     2, "invalid");
    expect_error(run(NULL, "init", "--home", home, "--upstream", "http://127.0.0.1:9", "--area",
                     "990106001", "--as", "boss", "--role", "emperor", "--passphrase-file",
                     stage->pass, "--json", NULL),
                 2, "invalid");
    free(home);
}

/* A first account that cannot be made leaves nothing that looks set up: init can be repeated. */
static void test_failed_init_can_be_repeated(void **state)
{
    const struct stage *stage = *state;
    char *home = join_path(stage->directory, "again");
    char *weak = write_file(stage->directory, "weak.pass", "ab\n");

    struct outcome outcome =
        run(NULL, "init", "--home", home, "--upstream", "http://127.0.0.1:9", "--area", "990106001",
            "--as", "boss", "--passphrase-file", weak, "--json", NULL);
    assert_true(outcome.code == 2 || outcome.code == 4);
    outcome_release(&outcome);
    outcome = run(NULL, "init", "--home", home, "--upstream", "http://127.0.0.1:9", "--area",
                  "990106001", "--as", "boss", "--passphrase-file", stage->pass, "--json", NULL);
    assert_int_equal(outcome.code, 0);
    outcome_release(&outcome);
    free(home);
    free(weak);
}

/* --- logging in ------------------------------------------------------------------------------ */

static void test_login_failures(void **state)
{
    const struct stage *stage = *state;
    char *absent = join_path(stage->directory, "absent.pass");
    struct desk wrong = desk_of(stage, "boss", stage->other_pass);
    struct desk stranger = desk_of(stage, "stranger", stage->pass);
    struct desk no_file = desk_of(stage, "boss", absent);

    expect_error(desk_run(&stranger, "request", "list", NULL), 4, "refused");
    expect_error(desk_run(&no_file, "request", "list", NULL), 4, "refused");
    expect_error(desk_run(&wrong, "request", "list", NULL), 4, "refused");
    /* No file and no terminal. */
    expect_error(
        run(NULL, "request", "list", "--home", stage->home, "--as", "boss", "--json", NULL), 4,
        "refused");
    free(absent);
}

/* The only account needs no name. */
static void test_only_account_is_the_default(void **state)
{
    const struct stage *stage = *state;
    struct outcome outcome = run(NULL, "request", "list", "--home", stage->home,
                                 "--passphrase-file", stage->pass, "--json", NULL);

    assert_int_equal(outcome.code, 0);
    assert_int_equal(json_array_size(json_object_get(outcome_json(&outcome), "requests")), 0);
    outcome_release(&outcome);
}

static void test_passphrase_is_asked_without_echo(void **state)
{
    const struct stage *stage = *state;
    const char *const arguments[] = {"request", "list", "--home", stage->home,
                                     "--lang",  "en",   "--json", NULL};

    struct outcome outcome = run_on_terminal("quiet-maple-road\r", arguments);
    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), "Passphrase of boss"));
    assert_non_null(strstr(buf_text(&outcome.out), "{\"requests\":[]}"));
    assert_null(strstr(buf_text(&outcome.out), "maple"));
    outcome_release(&outcome);

    outcome = run_on_terminal("\003", arguments); /* Ctrl-C */
    assert_int_equal(outcome.code, 4);
    outcome_release(&outcome);
}

/* --- accounts -------------------------------------------------------------------------------- */

static const json_t *account_named(const json_t *list, const char *name)
{
    const json_t *one;
    size_t index;

    json_array_foreach(json_object_get(list, "accounts"), index, one)
    {
        if (strcmp(json_text(one, "name", ""), name) == 0)
            return one;
    }
    return NULL;
}

static void test_accounts(void **state)
{
    const struct stage *stage = *state;
    struct desk boss = desk_of(stage, "boss", stage->pass);
    struct desk clerk = desk_of(stage, "li", stage->other_pass);

    json_decref(desk_ask(0, &boss, "account", "add", "li", "--role", "clerk",
                         "--new-passphrase-file", stage->other_pass, NULL));
    expect_error(desk_run(&boss, "account", "add", "li", "--role", "clerk", "--new-passphrase-file",
                          stage->other_pass, NULL),
                 4, "refused");

    /* The list needs no login. */
    struct outcome outcome = run(NULL, "account", "list", "--home", stage->home, "--json", NULL);
    assert_int_equal(outcome.code, 0);
    const json_t *li = account_named(outcome_json(&outcome), "li");
    assert_non_null(li);
    assert_string_equal(json_string_value(json_array_get(json_object_get(li, "roles"), 0)),
                        "clerk");
    assert_int_equal(json_array_size(json_object_get(li, "roles")), 1);
    assert_false(json_bool(li, "locked", true));
    const json_t *first = account_named(outcome_json(&outcome), "boss");
    assert_int_equal(json_array_size(json_object_get(first, "roles")), 2);
    outcome_release(&outcome);

    /* With two accounts somebody has to say who is working. */
    expect_error(run(NULL, "request", "list", "--home", stage->home, "--passphrase-file",
                     stage->pass, "--json", NULL),
                 4, "refused");
    /* A clerk manages no accounts. */
    expect_error(desk_run(&clerk, "account", "add", "wu", "--role", "clerk",
                          "--new-passphrase-file", stage->pass, NULL),
                 4, "refused");
    expect_error(desk_run(&clerk, "account", "lock", "boss", NULL), 4, "refused");
    expect_error(desk_run(&clerk, "account", "passwd", "boss", "--new-passphrase-file",
                          stage->other_pass, NULL),
                 4, "refused");
}

static void test_own_passphrase(void **state)
{
    const struct stage *stage = *state;
    char *newer = write_file(stage->directory, "newer.pass", "a-newer-passphrase\n");
    struct desk before = desk_of(stage, "li", stage->other_pass);
    struct desk after = desk_of(stage, "li", newer);

    json_decref(desk_ask(0, &before, "account", "passwd", "--new-passphrase-file", newer, NULL));
    json_decref(desk_ask(0, &after, "request", "list", NULL));
    expect_error(desk_run(&before, "request", "list", NULL), 4, "refused");
    json_decref(
        desk_ask(0, &after, "account", "passwd", "--new-passphrase-file", stage->other_pass, NULL));
    free(newer);
}

static void test_locking(void **state)
{
    const struct stage *stage = *state;
    struct desk boss = desk_of(stage, "boss", stage->pass);
    struct desk clerk = desk_of(stage, "li", stage->other_pass);

    json_decref(desk_ask(0, &boss, "account", "lock", "li", NULL));
    expect_error(desk_run(&clerk, "request", "list", NULL), 4, "refused");
    json_decref(desk_ask(0, &boss, "account", "unlock", "li", NULL));
    json_decref(desk_ask(0, &clerk, "request", "list", NULL));
    expect_error(desk_run(&boss, "account", "lock", "boss", NULL), 4, "refused");
    expect_error(desk_run(&boss, "account", "lock", "nobody", NULL), 1, "not_found");
}

/* An auditor or an administrator who is nothing else does not look people up. */
static void test_roles_that_may_not_look_up(void **state)
{
    const struct stage *stage = *state;
    struct desk boss = desk_of(stage, "boss", stage->pass);
    static const char *const roles[] = {"auditor", "administrator"};

    for (size_t i = 0; i < 2; i++) {
        struct desk one = desk_of(stage, roles[i], stage->other_pass);
        json_decref(desk_ask(0, &boss, "account", "add", roles[i], "--role", roles[i],
                             "--new-passphrase-file", stage->other_pass, NULL));
        expect_error(desk_run(&one, "search", "zhang", NULL), 4, "refused");
        expect_error(desk_run(&one, "check", "--name", "x", "--id", "1", NULL), 4, "refused");
        expect_error(desk_run(&one, "show", "person", "1", NULL), 4, "refused");
        expect_error(desk_run(&one, "request", "new", "--record", "x", "--set", "a=b", "--ground",
                              "inaccurate", "--reason", "r", NULL),
                     4, "refused");
    }
}

static void test_doctor_and_permissions(void **state)
{
    const struct stage *stage = *state;
    char *log = join_path(stage->home, "outbox.log");

    struct outcome outcome = run(NULL, "doctor", "--home", stage->home, "--json", NULL);
    assert_int_equal(outcome.code, 0);
    assert_true(json_bool(outcome_json(&outcome), "ok", false));
    outcome_release(&outcome);

    assert_int_equal(chmod(log, 0644), 0);
    outcome = run(NULL, "doctor", "--home", stage->home, "--json", NULL);
    assert_int_equal(outcome.code, 1);
    assert_false(json_bool(outcome_json(&outcome), "ok", true));
    outcome_release(&outcome);
    assert_int_equal(chmod(log, 0600), 0);
    free(log);
}

static void overwrite(const char *path, long offset, size_t length)
{
    FILE *file = fopen(path, "r+b");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(fputc('#', file), '#');
    assert_int_equal(fclose(file), 0);
}

static const char *result_of(const json_t *value, const char *check)
{
    const json_t *checks = json_object_get(value, "checks");

    for (size_t i = 0; i < json_array_size(checks); i++)
        if (strcmp(json_text(json_array_get(checks, i), "check", ""), check) == 0)
            return json_text(json_array_get(checks, i), "result", "");
    return "";
}

static void expect_health(struct outcome outcome, int code, const char *check, const char *result)
{
    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s%s", outcome.code, code, buf_text(&outcome.out),
                 buf_text(&outcome.err));
    assert_string_equal(result_of(outcome_json(&outcome), check), result);
    outcome_release(&outcome);
}

/* Both databases and a line of the second copy: examined, told, put right; nobody is locked out. */
static void test_doctor_repairs(void **state)
{
    const struct stage *stage = *state;
    struct desk boss = desk_of(stage, "boss", stage->pass);
    char *cache = join_path(stage->home, "cache.db");
    char *outbox = join_path(stage->home, "outbox.db");
    char *log = join_path(stage->home, "outbox.log");

    overwrite(cache, 0, 12288);
    expect_health(run(NULL, "doctor", "--home", stage->home, "--json", NULL), 1, "databases",
                  "fail");
    expect_health(run(NULL, "doctor", "--repair", "--home", stage->home, "--json", NULL), 0, "kept",
                  "warn");
    overwrite(outbox, 4096, 8192);
    expect_health(run(NULL, "doctor", "--home", stage->home, "--json", NULL), 1, "outbox.db",
                  "fail");
    expect_health(run(NULL, "doctor", "--repair", "--home", stage->home, "--json", NULL), 0,
                  "outbox.db", "pass");
    overwrite(log, 20, 1);
    expect_health(run(NULL, "doctor", "--home", stage->home, "--json", NULL), 1, "outbox.log",
                  "fail");
    expect_health(run(NULL, "doctor", "--repair", "--home", stage->home, "--json", NULL), 0,
                  "outbox.log", "pass");
    json_decref(desk_ask(0, &boss, "account", "list", NULL));
    free(cache);
    free(outbox);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_home_is_private),
        cmocka_unit_test(test_existing_home_is_refused),
        cmocka_unit_test(test_init_checks_what_it_is_told),
        cmocka_unit_test(test_failed_init_can_be_repeated),
        cmocka_unit_test(test_only_account_is_the_default),
        cmocka_unit_test(test_passphrase_is_asked_without_echo),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_own_passphrase),
        cmocka_unit_test(test_locking),
        cmocka_unit_test(test_roles_that_may_not_look_up),
        cmocka_unit_test(test_doctor_and_permissions),
        cmocka_unit_test(test_login_failures),
        cmocka_unit_test(test_doctor_repairs),
    };

    return cmocka_run_group_tests_name("seat", tests, set_up, tear_down);
}
