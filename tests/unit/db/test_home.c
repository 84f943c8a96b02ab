#include "base/file.h"
#include "base/log.h"
#include "db/overview.h"
#include "tests/unit/db/seat.h"

#include <sys/stat.h>
#include <sys/wait.h>

static struct home_settings good_settings(void)
{
    return (struct home_settings){.upstream = "https://share.example:6984/couch/",
                                  .area = "990106001"};
}

static mode_t mode_of(const char *path)
{
    struct stat facts;

    assert_int_equal(stat(path, &facts), 0);
    return facts.st_mode & 0777;
}

static void everything_in_it_is_private(void **state)
{
    static const char *const files[] = {"home/huiliu.conf", "home/upstream.secret",
                                        "home/lock",        "home/outbox.db",
                                        "home/cache.db",    "home/outbox.log"};

    seat_create(scratch_path(state, "home"));
    assert_int_equal(mode_of(scratch_path(state, "home")), 0700);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        assert_int_equal(mode_of(scratch_path(state, files[i])), 0600);
}

static void settings_come_back(void **state)
{
    struct seat seat;

    seat_create(scratch_path(state, "home"));
    seat_sit(&seat, scratch_path(state, "home"));
    assert_string_equal(home_upstream(seat.home), "http://127.0.0.1:5984");
    assert_string_equal(home_upstream_user(seat.home), "station");
    assert_string_equal(home_upstream_password(seat.home), "secret");
    assert_null(home_ca_file(seat.home));
    assert_string_equal(home_area(seat.home), "990106001");
    assert_string_equal(home_station(seat.home), "窗口 3");
    assert_int_equal(strlen(home_device(seat.home)), 26);
    assert_string_equal(home_setting(seat.home, "interface.keymap", "?"), "default");
    assert_string_equal(home_setting(seat.home, "interface.none", "?"), "?");
    assert_true(home_is_writable(seat.home));
    seat_leave(&seat);
}

static void a_home_is_not_made_twice(void **state)
{
    struct error error = {0};
    struct home_settings settings = good_settings();
    struct seat seat;
    char device[64];

    seat_create(scratch_path(state, "home"));
    seat_sit(&seat, scratch_path(state, "home"));
    snprintf(device, sizeof device, "%s", home_device(seat.home));
    assert_int_equal(home_create(scratch_path(state, "home"), &settings, &error), STATUS_LOCKED);
    seat_leave(&seat);
    assert_int_equal(home_create(scratch_path(state, "home"), &settings, &error), STATUS_REFUSED);
    seat_sit(&seat, scratch_path(state, "home"));
    assert_string_equal(home_device(seat.home), device);
    seat_leave(&seat);
}

/* As if `init` had been killed before its last step. */
static void an_interrupted_creation_is_repeated(void **state)
{
    struct home *home = NULL;

    seat_create(scratch_path(state, "home"));
    assert_int_equal(unlink(scratch_path(state, "home/huiliu.conf")), 0);
    assert_int_equal(home_open(scratch_path(state, "home"), HOME_READ, &home, NULL),
                     STATUS_NOT_FOUND);
    seat_create(scratch_path(state, "home"));
    struct seat seat;
    seat_sit(&seat, scratch_path(state, "home"));
    assert_int_equal(outbox_health(seat.outbox, NULL), STATUS_OK);
    seat_leave(&seat);
}

static void bad_settings_are_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "ftp://x",
                                       "share.example",
                                       "https://",
                                       "https://user:secret@share.example/",
                                       "https://share.example/?x=1",
                                       "https://share example/",
                                       "https://:80/",
                                       "http://\xE4\xB8\xAD/"};
    static const char *const areas[] = {"", "99", "9901060", "99010600x", "9901060010000"};
    struct error error = {0};

    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct home_settings settings = good_settings();
        settings.upstream = urls[i];
        assert_int_equal(home_create(scratch_path(state, "home"), &settings, &error),
                         STATUS_INVALID);
        assert_null(strstr(error.text, "secret"));
    }
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        struct home_settings settings = good_settings();
        settings.area = areas[i];
        assert_int_equal(home_create(scratch_path(state, "home"), &settings, &error),
                         STATUS_INVALID);
    }
    struct home_settings settings = good_settings();
    settings.station = "two\nlines";
    assert_int_equal(home_create(scratch_path(state, "home"), &settings, &error), STATUS_INVALID);
    assert_int_not_equal(access(scratch_path(state, "home"), F_OK), 0);
}

static void the_certificate_is_copied(void **state)
{
    static const char pem[] = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    struct error error = {0};
    struct home *home = NULL;
    struct home_settings settings = good_settings();
    char ca[PATH_MAX];

    snprintf(ca, sizeof ca, "%s", scratch_path(state, "ca.pem"));
    settings.ca_file = ca;
    assert_int_equal(home_create(scratch_path(state, "a"), &settings, &error), STATUS_NOT_FOUND);
    write_file(ca, "no certificate", 14);
    assert_int_equal(home_create(scratch_path(state, "b"), &settings, &error), STATUS_INVALID);
    write_file(ca, pem, sizeof pem - 1);
    seat_ok(home_create(scratch_path(state, "c"), &settings, &error), &error);
    seat_ok(home_open(scratch_path(state, "c"), HOME_READ, &home, &error), &error);
    assert_non_null(strstr(home_ca_file(home), "/upstream-ca.pem"));
    assert_string_equal(home_upstream(home), "https://share.example:6984/couch");
    assert_null(home_upstream_user(home));
    assert_null(home_upstream_password(home));
    assert_true(strlen(home_station(home)) > 0);
    home_close(home);
}

static void one_process_writes_others_read(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct home *home = NULL;
    struct outbox *outbox = NULL;
    struct reader *reader = NULL;

    seat_make(&seat, scratch_path(state, "home"));
    assert_int_equal(home_open(scratch_path(state, "home"), HOME_WRITE, &home, &error),
                     STATUS_LOCKED);
    seat_ok(home_open(scratch_path(state, "home"), HOME_READ, &home, &error), &error);
    assert_false(home_is_writable(home));
    assert_int_equal(outbox_open(home, &outbox, &error), STATUS_REFUSED);
    seat_ok(reader_open(home, &reader, &error), &error);
    reader_close(reader);
    home_close(home);
    seat_leave(&seat);
}

/* The cache is disposable: whoever may write starts again with an empty one. */
static void a_lost_or_broken_cache_is_replaced(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct home *home = NULL;
    struct reader *reader = NULL;

    seat_make(&seat, scratch_path(state, "home"));
    seat_leave(&seat);
    assert_int_equal(unlink(scratch_path(state, "home/cache.db")), 0);
    seat_ok(home_open(scratch_path(state, "home"), HOME_READ, &home, &error), &error);
    assert_int_equal(reader_open(home, &reader, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "huiliu sync"));
    home_close(home);
    for (int broken = 0; broken < 2; broken++) {
        if (broken)
            write_file(scratch_path(state, "home/cache.db"), "no database at all", 18);
        seat_sit(&seat, scratch_path(state, "home"));
        seat_leave(&seat);
    }
}

static void the_log_lives_as_long_as_the_writing_home(void **state)
{
    struct seat seat;
    char text[4096];

    seat_make(&seat, scratch_path(state, "home"));
    log_line("while %s", "open");
    seat_leave(&seat);
    log_line("after closing");
    FILE *file = fopen(scratch_path(state, "home/huiliu.log"), "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "while open\n"));
    assert_null(strstr(text, "after"));
}

static void a_folder_others_can_write_into_is_refused(void **state)
{
    struct home *home = NULL;

    seat_create(scratch_path(state, "home"));
    assert_int_equal(chmod(scratch_path(state, "home"), 0770), 0);
    assert_int_equal(home_open(scratch_path(state, "home"), HOME_READ, &home, NULL),
                     STATUS_REFUSED);
}

static void a_broken_configuration_is_named(void **state)
{
    struct home *home = NULL;
    struct error error = {0};

    seat_create(scratch_path(state, "home"));
    write_file(scratch_path(state, "home/huiliu.conf"), "[upstream]\nurl = https://a\n", 27);
    assert_int_equal(home_open(scratch_path(state, "home"), HOME_READ, &home, &error),
                     STATUS_CORRUPT);
    assert_non_null(strstr(error.text, "huiliu.conf"));
}

static void the_default_place_follows_the_environment(void **state)
{
    char path[PATH_MAX];
    char tiny[4];

    (void)state;
    setenv("HUILIU_HOME", "/a", 1);
    setenv("XDG_DATA_HOME", "/b", 1);
    setenv("HOME", "/c", 1);
    assert_int_equal(home_default_directory(path, sizeof path, NULL), STATUS_OK);
    assert_string_equal(path, "/a");
    unsetenv("HUILIU_HOME");
    assert_int_equal(home_default_directory(path, sizeof path, NULL), STATUS_OK);
    assert_string_equal(path, "/b/huiliu");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_int_equal(home_default_directory(path, sizeof path, NULL), STATUS_OK);
    assert_string_equal(path, "/c/.local/share/huiliu");
    assert_int_equal(home_default_directory(tiny, sizeof tiny, NULL), STATUS_INVALID);
}

/* As if the folder had been copied here from another computer. */
static void come_from_elsewhere(const char *path, char was[64])
{
    struct error error = {0};
    struct buf text = {0}, changed = {0};

    seat_ok(file_read(path, 4096, &text, &error), &error);
    json_t *value = seat_parse(buf_text(&text));
    snprintf(was, 64, "%s", json_text(value, "device", ""));
    json_object_set_new(value, "machine", json_string("that of another computer"));
    seat_ok(json_print(value, &changed, &error), &error);
    seat_ok(file_replace(path, changed.data, changed.length, &error), &error);
    json_decref(value);
    buf_release(&text);
    buf_release(&changed);
}

static void expect_move_told(struct seat *seat, bool told)
{
    struct error error = {0};
    struct overview *overview = NULL;
    bool found = false;

    seat_ok(overview_read(seat->reader, NULL, &overview, &error), &error);
    for (size_t i = 0; i < overview->notice_count; i++)
        found = found || strstr(overview->notices[i], "came from another computer");
    overview_free(overview);
    assert_int_equal(found, told);
}

static void a_copied_home_takes_an_identity_of_its_own(void **state)
{
    struct seat seat;
    struct error error = {0};
    struct home *home = NULL;
    struct outgoing outgoing;
    char path[PATH_MAX], was[64], now[64], id[48], second[48];

    if (!file_exists("/etc/machine-id"))
        skip(); /* this computer does not say which one it is */
    seat_make(&seat, scratch_path(state, "home"));
    seat_raise(&seat, "西乡 2", id);
    expect_move_told(&seat, false);
    seat_leave(&seat);
    snprintf(path, sizeof path, "%s", scratch_path(state, "home/device"));
    assert_int_equal(mode_of(path), 0600);
    come_from_elsewhere(path, was);

    seat_ok(home_open(scratch_path(state, "home"), HOME_READ, &home, &error), &error);
    assert_string_equal(home_device(home), was); /* looking changes nothing */
    home_close(home);
    seat_sit(&seat, scratch_path(state, "home"));
    snprintf(now, sizeof now, "%s", home_device(seat.home));
    assert_string_not_equal(now, was);
    assert_true(home_moved_ms(seat.home) > 0);
    expect_move_told(&seat, true);
    seat_ok(request_next_outgoing(seat.outbox, "", &outgoing, &error), &error);
    assert_string_equal(outgoing.id, id); /* what was queued goes out as it was */
    assert_string_equal(json_text(outgoing.document, "origin", ""), was);
    seat_ok(request_acknowledge(seat.outbox, &outgoing, "1-a", &error), &error);
    outgoing_release(&outgoing);
    seat_raise(&seat, "西乡 3", second);
    seat_ok(request_next_outgoing(seat.outbox, "", &outgoing, &error), &error);
    assert_string_equal(json_text(outgoing.document, "origin", ""), now);
    outgoing_release(&outgoing);
    seat_leave(&seat);

    seat_sit(&seat, scratch_path(state, "home")); /* once is enough */
    assert_string_equal(home_device(seat.home), now);
    seat_leave(&seat);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(everything_in_it_is_private),
        WITH_SCRATCH(settings_come_back),
        WITH_SCRATCH(a_home_is_not_made_twice),
        WITH_SCRATCH(an_interrupted_creation_is_repeated),
        WITH_SCRATCH(bad_settings_are_refused),
        WITH_SCRATCH(the_certificate_is_copied),
        WITH_SCRATCH(one_process_writes_others_read),
        WITH_SCRATCH(a_lost_or_broken_cache_is_replaced),
        WITH_SCRATCH(the_log_lives_as_long_as_the_writing_home),
        WITH_SCRATCH(a_folder_others_can_write_into_is_refused),
        WITH_SCRATCH(a_broken_configuration_is_named),
        WITH_SCRATCH(the_default_place_follows_the_environment),
        WITH_SCRATCH(a_copied_home_takes_an_identity_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
