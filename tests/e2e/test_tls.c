/* A platform behind TLS, and everything that can be wrong with its certificate or with this
 * computer's clock: each has a sentence of its own, nothing is sent, and what waits goes on its way
 * as soon as it is put right. */
#include "tests/e2e/rig.h"
#include "tests/e2e/tls_front.h"

#include "db/home.h"

#include <string.h>

#define HERE      "127.0.0.1"
#define ELSEWHERE "127.0.0.9"

struct scene {
    struct rig rig;
    struct authority *authority;
    char ca_file[128];
    struct seat seat;
    char id[48]; /* a request that waits */
};

static void set_scene(struct scene *scene)
{
    rig_start(&scene->rig, SERVER_FIXTURE, NULL);
    rig_create(&scene->rig, REQUESTS);
    rig_load_people(&scene->rig, 0, 10);
    scene->authority = authority_new("Test authority");
    snprintf(scene->ca_file, sizeof scene->ca_file, "%s/authority.pem", scene->rig.directory);
    authority_write(scene->authority, scene->ca_file);
}

static void leave_scene(struct scene *scene)
{
    authority_free(scene->authority);
    rig_stop(&scene->rig);
}

static void open_seat(struct scene *scene, const char *name, int port, const char *ca_file)
{
    char url[64], directory[96];
    struct error error = {0};
    const struct home_settings settings = {
        .upstream = url, .area = AREA, .station = name, .ca_file = ca_file};

    snprintf(url, sizeof url, "https://" HERE ":%d", port);
    snprintf(directory, sizeof directory, "%s/%s", scene->rig.directory, name);
    if (home_create(directory, &settings, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    seat_open(&scene->rig, &scene->seat, name, "lin", ACCOUNT_CLERK);
}

static void expect_sentence(struct scene *scene, enum status expected, const char *words)
{
    const struct sync_options options = {0};
    struct sync_report *report = seat_sync_report(&scene->seat, &options, expected);

    if (!strstr(report->reason, words))
        fail_msg("\"%s\" does not say \"%s\"", report->reason, words);
    sync_report_free(report);
}

/* The certificate as wanted, against a client that trusts the authority or does not. */
static void refuse(const struct certificate_wanted *wanted, bool trusts, const char *words)
{
    struct scene scene = {0};

    set_scene(&scene);
    struct tls_front *front = tls_front_start(scene.authority, wanted, scene.rig.port);
    open_seat(&scene, "a", tls_front_port(front), trusts ? scene.ca_file : NULL);
    expect_sentence(&scene, STATUS_TLS, words);
    expect_sentence(&scene, STATUS_TLS, words);
    assert_int_equal(tls_front_bytes(front), 0);
    assert_int_equal(seat_rows(&scene.seat, "population"), 0);
    seat_close(&scene.seat);
    tls_front_stop(front);
    leave_scene(&scene);
}

static void test_authority_of_our_own(void **state)
{
    struct scene scene = {0};
    const struct certificate_wanted sound = {HERE, -1, 30, false};

    (void)state;
    set_scene(&scene);
    struct tls_front *front = tls_front_start(scene.authority, &sound, scene.rig.port);
    open_seat(&scene, "a", tls_front_port(front), scene.ca_file);
    seat_sync(&scene.seat, STATUS_OK);
    seat_raise(&scene.seat, 5, "南村3号", scene.id);
    seat_sync(&scene.seat, STATUS_OK);
    seat_expect_request(&scene.seat, scene.id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_expect_upstream(&scene.seat);
    assert_true(tls_front_bytes(front) > 0);
    seat_close(&scene.seat);
    tls_front_stop(front);
    leave_scene(&scene);
}

static void test_unknown_authority(void **state)
{
    const struct certificate_wanted sound = {HERE, -1, 30, false};

    (void)state;
    refuse(&sound, false, "is not trusted");
}

static void test_other_name(void **state)
{
    const struct certificate_wanted other = {ELSEWHERE, -1, 30, false};

    (void)state;
    refuse(&other, true, "made out to another name");
}

static void test_expired(void **state)
{
    const struct certificate_wanted old = {HERE, -30, -1, false};

    (void)state;
    refuse(&old, true, "has expired");
}

static void test_clock_behind(void **state)
{
    const struct certificate_wanted early = {HERE, 2, 30, false};

    (void)state;
    refuse(&early, true, "clock is behind");
}

static void test_no_common_protocol(void **state)
{
    const struct certificate_wanted old = {HERE, -1, 30, true};

    (void)state;
    refuse(&old, true, "No secure connection");
}

/* Somebody else answers with a certificate of his own in the middle of the work: what waits keeps
 * waiting, what is here stays, and goes on when the platform is back. */
static void test_somebody_in_between(void **state)
{
    struct scene scene = {0};
    const struct certificate_wanted sound = {HERE, -1, 30, false};
    struct authority *stranger = authority_new("Somebody");

    (void)state;
    set_scene(&scene);
    struct tls_front *front = tls_front_start(scene.authority, &sound, scene.rig.port);
    open_seat(&scene, "a", tls_front_port(front), scene.ca_file);
    seat_sync(&scene.seat, STATUS_OK);
    seat_raise(&scene.seat, 5, "南村3号", scene.id);
    seat_close(&scene.seat);

    long sent = tls_front_bytes(front);
    tls_front_use(front, stranger, &sound);
    seat_open(&scene.rig, &scene.seat, "a", "lin", ACCOUNT_CLERK);
    expect_sentence(&scene, STATUS_TLS, "is not trusted");
    assert_int_equal(tls_front_bytes(front), sent);
    seat_expect_request(&scene.seat, scene.id, REQUEST_PENDING_REVIEW, DELIVERY_QUEUED, NULL);
    seat_expect_upstream(&scene.seat);

    tls_front_use(front, scene.authority, &sound);
    seat_sync(&scene.seat, STATUS_OK);
    seat_expect_request(&scene.seat, scene.id, REQUEST_PENDING_REVIEW, DELIVERY_DELIVERED, NULL);
    seat_close(&scene.seat);
    tls_front_stop(front);
    authority_free(stranger);
    leave_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_authority_of_our_own), cmocka_unit_test(test_unknown_authority),
        cmocka_unit_test(test_other_name),           cmocka_unit_test(test_expired),
        cmocka_unit_test(test_clock_behind),         cmocka_unit_test(test_no_common_protocol),
        cmocka_unit_test(test_somebody_in_between),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("a platform behind TLS", tests, NULL, NULL);
}
