/* The unlock page: no way past it, the passphrase nowhere longer than needed, and nothing about
 * anybody on it. The check of the passphrase is replaced here. */
#include "base/clock.h"
#include "db/account.h"
#include "tests/unit/tui/fake_place.h"
#include "tui/views.h"

#include <setjmp.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    char account[128], passphrase[64];
    struct outbox *outbox;
    int asked;
} login;

enum status account_login(struct reader *reader, struct outbox *outbox, const char *name,
                          const char *passphrase, struct session *session, struct error *error)
{
    (void)reader;
    login.asked++;
    login.outbox = outbox;
    (void)snprintf(login.account, sizeof login.account, "%s", name);
    (void)snprintf(login.passphrase, sizeof login.passphrase, "%s", passphrase);
    if (strcmp(passphrase, "right") != 0)
        return error_set(error, STATUS_REFUSED, "The account or the passphrase is wrong.");
    *session = (struct session){.roles = ACCOUNT_CLERK};
    (void)snprintf(session->account, sizeof session->account, "%s", name);
    return STATUS_OK;
}

struct folder {
    char path[64];
    struct home *home;
};

static int make_home(void **state)
{
    static struct folder folder = {.path = "/tmp/huiliu-unlock-XXXXXX"};
    const struct home_settings settings = {
        .upstream = "http://127.0.0.1:1", .area = "440306017", .station = "西乡3号窗口"};
    char home[80];

    if (!mkdtemp(folder.path))
        return 1;
    (void)snprintf(home, sizeof home, "%s/home", folder.path);
    if (home_create(home, &settings, NULL) != STATUS_OK ||
        home_open(home, HOME_READ, &folder.home, NULL) != STATUS_OK)
        return 1;
    *state = &folder;
    return 0;
}

static int remove_home(void **state)
{
    static const char *const names[] = {
        "huiliu.conf", "lock",          "cache.db",      "cache.db-wal", "cache.db-shm",
        "outbox.db",   "outbox.db-wal", "outbox.db-shm", "outbox.log",   "ballast"};
    struct folder *folder = *state;
    char path[128];

    home_close(folder->home);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/home/%s", folder->path, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/home", folder->path);
    (void)rmdir(path);
    return rmdir(folder->path);
}

static int set_up(void **state)
{
    fake_reset();
    memset(&login, 0, sizeof login);
    fake.home = ((struct folder *)*state)->home;
    fake.overview = (struct overview){.last_failure = "", .disk_free = -1};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close();
    return 0;
}

static void open_page(const char *account)
{
    fake_open(unlock_view_new(&fake.place, account));
}

static bool may(enum command command)
{
    char reason[VIEW_REASON_MAX] = "";
    bool allowed = fake.view->ops->enabled(fake.view, command, reason);

    assert_true(allowed || reason[0] != '\0');
    return allowed;
}

static void key(uint32_t code)
{
    struct input_event event = {.kind = INPUT_KEY, .key = {.code = code}};

    (void)fake.view->ops->text(fake.view, &event);
}

static void station_and_area_are_named(void **state)
{
    (void)state;
    open_page(NULL);
    assert_true(fake_shows(21, 80, "西乡3号窗口"));
    assert_true(fake_shows(21, 80, "440306017"));
    assert_true(fake_shows(21, 80, "Reading what is on this computer"));
}

static void what_is_here_is_said_without_a_name(void **state)
{
    struct dataset_status dataset = {.title = "人口", .rows = 5, .state = "ok", .reason = ""};

    (void)state;
    fake.overview.datasets = &dataset;
    fake.overview.dataset_count = 1;
    fake.overview.contact_ms = clock_wall_ms() - 180000;
    fake.overview.queued = 2;
    fake.has_overview = true;
    open_page(NULL);
    assert_true(fake_shows(21, 80, "1 dataset here · last contact "));
    assert_true(fake_shows(21, 80, "3 min ago"));
    assert_true(fake_shows(21, 80, "* 2 requests not sent yet"));
    fake.overview.queued = 0;
    assert_true(fake_shows(21, 80, "+ Everything entered here has been sent."));
    fake.overview.held = 1;
    assert_true(fake_shows(21, 80, "x 1 request needs a decision"));
}

static void only_fields_help_and_quit_work(void **state)
{
    (void)state;
    open_page("clerk");
    for (int command = 1; command < COMMAND_END; command++) {
        uint32_t contexts = command_info((enum command)command)->contexts;
        bool field = (contexts & CONTEXT_BIT(CONTEXT_TEXT)) != 0;
        bool listed = command == COMMAND_HELP || command == COMMAND_QUIT ||
                      command == COMMAND_REFRESH || command == COMMAND_SUBMIT ||
                      command == COMMAND_NEXT_FIELD || command == COMMAND_PREV_FIELD;
        assert_int_equal(may((enum command)command), field || listed);
    }
}

static void enter_goes_to_the_empty_field_first(void **state)
{
    (void)state;
    open_page(NULL);
    (void)fake_command(COMMAND_SUBMIT);
    fake_type("clerk");
    (void)fake_command(COMMAND_SUBMIT);
    assert_int_equal(login.asked, 0);
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_int_equal(login.asked, 1);
    assert_string_equal(login.account, "clerk");
    assert_string_equal(fake.session.account, "clerk");
}

static void a_passphrase_is_stars(void **state)
{
    (void)state;
    open_page("clerk");
    fake_type("right");
    assert_true(fake_shows(21, 80, "*****"));
    assert_true(fake_hides(21, 80, "right"));
}

static void nothing_can_be_sent_twice_while_it_is_checked(void **state)
{
    (void)state;
    open_page("clerk");
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    assert_true(fake_shows(21, 80, "* Checking"));
    assert_false(may(COMMAND_SUBMIT));
    assert_false(may(COMMAND_DELETE_LEFT));
    fake_work();
    assert_int_equal(login.asked, 1);
}

static void a_refusal_stands_at_the_field_and_empties_it(void **state)
{
    (void)state;
    open_page("clerk");
    fake_type("wrong");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_true(fake_shows(21, 80, "x The account or the passphrase is wrong."));
    assert_true(fake_hides(21, 80, "*****"));
    assert_int_equal(fake.session.roles, 0);
    assert_int_equal(fake.said_style, STYLE_ERROR); /* rings */
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_int_equal(fake.session.roles, ACCOUNT_CLERK);
}

static void typed_ahead_opens_the_search(void **state)
{
    (void)state;
    open_page("clerk");
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    for (const char *text = "zwt 1990"; *text; text++)
        key((uint32_t)*text);
    assert_true(fake_hides(21, 80, "zwt"));
    fake_work();
    assert_int_equal(fake.ran, COMMAND_SEARCH);
    assert_string_equal(fake.ran_argument, "zwt 1990");
}

static void typed_ahead_after_a_refusal_stays_secret(void **state)
{
    (void)state;
    open_page("clerk");
    fake_type("wrong");
    (void)fake_command(COMMAND_SUBMIT);
    for (const char *text = "right"; *text; text++)
        key((uint32_t)*text);
    fake_work();
    assert_int_equal(fake.ran, COMMAND_NONE);
    assert_true(fake_hides(21, 80, "right"));
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_string_equal(login.passphrase, "right");
}

static void after_a_lock_nothing_is_opened_over_the_page_that_waits(void **state)
{
    (void)state;
    fake.session = (struct session){.account = "clerk", .roles = ACCOUNT_CLERK};
    open_page("clerk");
    assert_true(fake_shows(21, 80, "Locked. clerk goes on"));
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    key('z');
    fake_work();
    assert_int_equal(fake.ran, COMMAND_NONE);
}

static void a_reading_window_checks_without_an_outbox(void **state)
{
    (void)state;
    fake.is_read_only = true;
    fake.has_overview = true;
    open_page("clerk");
    assert_true(fake_shows(21, 80, "! Read only"));
    fake_type("right");
    (void)fake_command(COMMAND_SUBMIT);
    fake_work();
    assert_null(login.outbox);
}

static void a_small_window_keeps_the_fields(void **state)
{
    struct canvas *canvas;
    int row, column;
    bool visible;

    (void)state;
    open_page("clerk");
    assert_true(fake_shows(7, 40, "Passphrase"));
    free(fake_screen(7, 40, &canvas));
    canvas_cursor_get(canvas, &row, &column, &visible);
    assert_int_equal(row, 1);
    assert_int_equal(column, 12);
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(station_and_area_are_named),
        TEST(what_is_here_is_said_without_a_name),
        TEST(only_fields_help_and_quit_work),
        TEST(enter_goes_to_the_empty_field_first),
        TEST(a_passphrase_is_stars),
        TEST(nothing_can_be_sent_twice_while_it_is_checked),
        TEST(a_refusal_stands_at_the_field_and_empties_it),
        TEST(typed_ahead_opens_the_search),
        TEST(typed_ahead_after_a_refusal_stays_secret),
        TEST(after_a_lock_nothing_is_opened_over_the_page_that_waits),
        TEST(a_reading_window_checks_without_an_outbox),
        TEST(a_small_window_keeps_the_fields),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
