/*
 * Bundles on the command line: a station that never sees a network, filled and emptied by USB
 * stick. The platform's side is curl, sed and the openssl command line (tests/tools/bundle.sh).
 */
#include "base/file.h"
#include "tests/cli/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define POPULATION "population-" TOWN_AREA
#define REQUESTS   "requests-" TOWN_AREA

struct stage {
    struct town *town;
    struct desk boss, clerk;
    char *station;  /* file of the desk's certificate */
    char print[65]; /* of the office's certificate */
    bool wired;     /* the desk has been filled by bundle 1 */
};

/* --- the platform's office ----------------------------------------------------------------------
 */

/* Runs a shell command in the town's directory; gives its exit code. */
static int office(const struct stage *stage, const char *format, ...) PRINTF_LIKE(2, 3);

static int office(const struct stage *stage, const char *format, ...)
{
    struct buf line = {0};
    char command[4096];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    buf_printf(&line, "cd '%s' && { %s; } 2>>office.log", town_directory(stage->town), command);
    int code = system(buf_text(&line));
    buf_release(&line);
    return WEXITSTATUS(code);
}

static char *file_of(const struct stage *stage, const char *name)
{
    return join_path(town_directory(stage->town), name);
}

/* Writes bundle `number` for the desk into the file `out`. */
static void make_bundle_for(const struct stage *stage, const char *area, int number,
                            const char *receipts, const char *out, const char *pages)
{
    char script[4096];

    assert_non_null(realpath("tests/tools/bundle.sh", script));
    int code = office(
        stage, "RECEIPTS='%s' sh '%s' %s %s office %d office.crt office.key station.crt %s %s",
        receipts, script, town_upstream(stage->town), area, number, out, pages);
    if (code != 0)
        fail_msg("no bundle: see office.log (%d)", code);
}

static void make_bundle(const struct stage *stage, int number, const char *out, const char *pages)
{
    make_bundle_for(stage, TOWN_AREA, number, "[]", out, pages);
}

static void office_keys(struct stage *stage)
{
    struct buf print = {0};
    char *file = file_of(stage, "print");

    assert_int_equal(office(stage, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256"
                                   " -nodes -days 30 -subj '/CN=Office' -keyout office.key"
                                   " -out office.crt"),
                     0);
    assert_int_equal(office(stage, "openssl x509 -in office.crt -noout -fingerprint -sha256 |"
                                   " sed 's/.*=//;s/://g' | tr A-F a-f >print"),
                     0);
    assert_int_equal(file_read(file, 100, &print, NULL), STATUS_OK);
    assert_true(print.length >= 64);
    memcpy(stage->print, print.data, 64);
    buf_release(&print);
    free(file);
}

static void station_certificate(struct stage *stage)
{
    json_t *identity = desk_ask(0, &stage->boss, "bundle", "identity", NULL);

    assert_non_null(strstr(json_text(identity, "request", ""), "BEGIN CERTIFICATE REQUEST"));
    assert_int_equal(strlen(json_text(identity, "fingerprint", "")), 64);
    stage->station = write_file(town_directory(stage->town), "station.crt",
                                json_text(identity, "certificate", ""));
    json_decref(identity);
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new();
    stage->boss = desk_new(stage->town, "village", "boss", "administrator,supervisor");
    stage->clerk = desk_colleague(stage->town, &stage->boss, "li", "clerk");
    office_keys(stage);
    station_certificate(stage);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    free(stage->station);
    desk_release(&stage->clerk);
    desk_release(&stage->boss);
    town_free(stage->town);
    free(stage);
    return 0;
}

/* --- the desk -----------------------------------------------------------------------------------
 */

static void expect_refusal(const struct stage *stage, const struct desk *desk, const char *name,
                           int code, const char *status)
{
    char *file = file_of(stage, name);
    struct outcome outcome = desk_run(desk, "bundle", "import", file, NULL);

    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s", outcome.code, code, buf_text(&outcome.err));
    if (strcmp(outcome_error(&outcome), status) != 0)
        fail_msg("%s", buf_text(&outcome.err));
    outcome_release(&outcome);
    free(file);
}

static json_t *import(const struct stage *stage, const char *name)
{
    char *file = file_of(stage, name);
    json_t *report = desk_ask(0, &stage->boss, "bundle", "import", file, NULL);

    free(file);
    return report;
}

/* The first bundle, once: catalogue and two datasets. */
static void fill(struct stage *stage)
{
    if (stage->wired)
        return;
    char *file = file_of(stage, "first");
    make_bundle(stage, 1, "first", "catalogue " POPULATION " enterprise-" TOWN_AREA);
    json_t *report =
        desk_ask(0, &stage->boss, "bundle", "import", file, "--trust", stage->print, NULL);
    assert_true(json_int(report, "rows", 0) > TOWN_RESIDENTS);
    assert_int_equal(json_array_size(json_object_get(report, "pages")), 3);
    assert_int_equal(json_int(report, "skipped", -1), 0);
    json_decref(report);
    free(file);
    stage->wired = true;
}

static long long residents(const struct stage *stage)
{
    json_t *status = desk_ask(0, &stage->boss, "status", NULL);
    const json_t *datasets = json_object_get(status, "datasets");
    long long rows = -1;

    for (size_t i = 0; i < json_array_size(datasets); i++)
        if (strcmp(json_text(json_array_get(datasets, i), "dataset", ""), "population") == 0)
            rows = json_int(json_array_get(datasets, i), "rows", -1);
    json_decref(status);
    return rows;
}

/* --- downward -----------------------------------------------------------------------------------
 */

static void test_unknown_sender(void **state)
{
    struct stage *stage = *state;
    char *file;

    make_bundle(stage, 1, "first", "catalogue " POPULATION);
    expect_refusal(stage, &stage->boss, "first", 4, "refused");
    file = file_of(stage, "first");
    struct outcome outcome =
        desk_run(&stage->boss, "bundle", "import", file, "--trust", "00112233", NULL);
    assert_int_equal(outcome.code, 4);
    outcome_release(&outcome);
    outcome = desk_run(&stage->clerk, "bundle", "import", file, "--trust", stage->print, NULL);
    assert_int_equal(outcome.code, 4); /* a clerk cannot vouch */
    outcome_release(&outcome);
    free(file);
    assert_int_equal(residents(stage), -1);
}

static void test_first_fill_without_network(void **state)
{
    struct stage *stage = *state;

    fill(stage);
    assert_true(residents(stage) >= TOWN_RESIDENTS);
    struct resident resident = desk_find_resident(&stage->clerk, "wang");
    assert_true(resident.record[0] != '\0');
    resident_release(&resident);
    json_t *status = desk_ask(0, &stage->boss, "status", NULL);
    json_decref(status);
}

static void test_twice_is_harmless(void **state)
{
    struct stage *stage = *state;

    fill(stage);
    long long before = residents(stage);
    json_t *report = import(stage, "first");
    assert_true(json_bool(report, "already", false));
    json_decref(report);
    assert_int_equal(residents(stage), before);
}

/* The last position of a database upstream, as the next page's since. */
static void now_at(const struct stage *stage, const char *database, char *out, size_t size)
{
    struct buf seq = {0};
    char *file = file_of(stage, "seq");

    assert_int_equal(office(stage,
                            "curl -sSf '%s/%s/_changes?limit=0&since=now' | sed -n "
                            "'s/.*\"last_seq\":\"\\([^\"]*\\)\".*/\\1/p' | tr -d '\\n' >seq",
                            town_upstream(stage->town), database),
                     0);
    assert_int_equal(file_read(file, 200, &seq, NULL), STATUS_OK);
    snprintf(out, size, "%s", buf_text(&seq));
    buf_release(&seq);
    free(file);
}

static void put_resident(const struct stage *stage, const char *id)
{
    assert_int_equal(office(stage,
                            "curl -sSf -X PUT -H 'Content-Type: application/json' '%s/" POPULATION
                            "/%s' -d '{\"name\":\"欧阳测试\",\"id_number\":\"%s\"}' >/dev/null",
                            town_upstream(stage->town), id, id),
                     0);
}

static void test_increments_gaps_and_order(void **state)
{
    struct stage *stage = *state;
    char seq[3][128], pages[256];

    fill(stage);
    long long before = residents(stage);
    now_at(stage, POPULATION, seq[0], sizeof seq[0]);
    put_resident(stage, "990106199001010017");
    snprintf(pages, sizeof pages, POPULATION "@%s", seq[0]);
    make_bundle(stage, 2, "second", pages);
    now_at(stage, POPULATION, seq[1], sizeof seq[1]);
    put_resident(stage, "990106199001010025");
    snprintf(pages, sizeof pages, POPULATION "@%s", seq[1]);
    make_bundle(stage, 3, "third", pages);

    expect_refusal(stage, &stage->boss, "third", 1, "conflict"); /* the second is missing */
    assert_int_equal(residents(stage), before);
    json_t *report = import(stage, "second");
    assert_int_equal(json_int(report, "rows", -1), 1);
    assert_true(json_is_null(json_object_get(report, "gap_from")));
    json_decref(report);
    json_decref(import(stage, "third"));
    assert_int_equal(residents(stage), before + 2);

    /* A complete one after lost ones is taken, and the loss told. */
    make_bundle(stage, 7, "seventh", POPULATION);
    report = import(stage, "seventh");
    assert_int_equal(json_int(report, "gap_from", 0), 4);
    assert_int_equal(json_int(report, "gap_to", 0), 6);
    json_decref(report);
    assert_int_equal(residents(stage), before + 2);

    make_bundle(stage, 5, "fifth", POPULATION);
    expect_refusal(stage, &stage->boss, "fifth", 1, "conflict"); /* older than what is here */
    make_bundle(stage, 7, "other-seventh", "catalogue");
    expect_refusal(stage, &stage->boss, "other-seventh", 1, "conflict");
}

static void test_another_township(void **state)
{
    struct stage *stage = *state;

    fill(stage);
    make_bundle_for(stage, "990106002", 8, "[]", "foreign", POPULATION);
    expect_refusal(stage, &stage->boss, "foreign", 4, "refused");
}

static void test_edited_and_truncated(void **state)
{
    static const char *const edits[] = {
        "head -c 20000 eighth >edited",
        "head -c 20000 eighth >edited; printf X >>edited; tail -c +20002 eighth >>edited",
        "head -c 300 eighth >edited; printf XX >>edited; tail -c +303 eighth >>edited",
        "{ cat eighth; printf X; } >edited",
        ": >edited",
        "cp station.crt edited",
    };
    struct stage *stage = *state;

    fill(stage);
    long long before = residents(stage);
    put_resident(stage, "990106199001010033");
    make_bundle(stage, 8, "eighth", POPULATION);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char *file = file_of(stage, "edited");
        assert_int_equal(office(stage, "%s", edits[i]), 0);
        struct outcome outcome = desk_run(&stage->boss, "bundle", "import", file, NULL);
        assert_true(outcome.code == 1 || outcome.code == 4);
        outcome_release(&outcome);
        free(file);
        assert_int_equal(residents(stage), before);
    }
    json_decref(import(stage, "eighth"));
    assert_int_equal(residents(stage), before + 1);
}

static void test_newer_version(void **state)
{
    struct stage *stage = *state;

    fill(stage);
    long long before = residents(stage);
    put_resident(stage, "990106199001010041");
    assert_int_equal(setenv("VERSION", "2", 1), 0);
    make_bundle(stage, 40, "tomorrow", POPULATION);
    assert_int_equal(unsetenv("VERSION"), 0);
    expect_refusal(stage, &stage->boss, "tomorrow", 1, "unsupported");
    assert_int_equal(residents(stage), before); /* nothing of it was used … */
    make_bundle(stage, 40, "today", POPULATION);
    json_decref(import(stage, "today")); /* … not even its number */
    assert_int_equal(residents(stage), before + 1);
}

static void test_for_another_station(void **state)
{
    struct stage *stage = *state;

    fill(stage);
    assert_int_equal(office(stage, "cp station.crt keep && cp office.crt station.crt"), 0);
    make_bundle(stage, 9, "misdirected", POPULATION);
    assert_int_equal(office(stage, "mv keep station.crt"), 0);
    expect_refusal(stage, &stage->boss, "misdirected", 4, "refused");
}

static void test_pages_nobody_knows_are_told(void **state)
{
    struct stage *stage = *state;
    char *file = file_of(stage, "strange");

    fill(stage);
    make_bundle(stage, 9, "strange", "audit-" TOWN_AREA);
    json_t *report = desk_ask(5, &stage->boss, "bundle", "import", file, NULL);
    assert_int_equal(json_int(report, "skipped", 0), 1);
    json_decref(report);
    free(file);
}

/* --- upward -------------------------------------------------------------------------------------
 */

static void raise_request(const struct stage *stage, char id[48])
{
    struct resident resident = desk_find_resident(&stage->clerk, "wang");
    json_t *value = desk_ask(0, &stage->clerk, "request", "new", "--dataset", "population",
                             "--record", resident.record, "--set", "phone=19900004321", "--ground",
                             "inaccurate", "--reason", "came to the counter", NULL);

    snprintf(id, 48, "%s", json_text(value, "id", ""));
    json_decref(value);
    resident_release(&resident);
}

static void expect_delivery(const struct stage *stage, const char *id, const char *delivery)
{
    json_t *value = desk_ask(0, &stage->clerk, "request", "show", id, NULL);

    assert_string_equal(json_text(value, "delivery", ""), delivery);
    json_decref(value);
}

static long long export_to(const struct stage *stage, const char *name, long long requests)
{
    char *office_certificate = file_of(stage, "office.crt");
    char *file = file_of(stage, name);
    json_t *report = desk_ask(0, &stage->clerk, "bundle", "export", "--to-cert", office_certificate,
                              "--out", file, NULL);
    long long number = json_int(report, "number", 0);

    assert_int_equal(json_int(report, "requests", -1), requests);
    json_decref(report);
    free(file);
    free(office_certificate);
    return number;
}

/* The office opens it with openssl and posts it with curl. */
static void post(const struct stage *stage, const char *name)
{
    assert_int_equal(office(stage,
                            "openssl cms -decrypt -binary -inform DER -in %s -recip office.crt"
                            " -inkey office.key -out signed && openssl cms -verify -binary -inform"
                            " DER -in signed -CAfile station.crt -purpose any -out body &&"
                            " curl -sSf -X POST -H 'Content-Type: application/json' -d @body"
                            " '%s/" REQUESTS "/_bulk_docs' >/dev/null",
                            name, town_upstream(stage->town)),
                     0);
}

static void test_request_travels_and_comes_back(void **state)
{
    struct stage *stage = *state;
    char id[48];

    fill(stage);
    raise_request(stage, id);
    long long number = export_to(stage, "up1", 1);
    expect_delivery(stage, id, "queued"); /* gone is not arrived */
    json_t *value = desk_ask(0, &stage->clerk, "request", "show", id, NULL);
    assert_non_null(
        strstr(json_text(value, "delivery_reason", json_text(value, "reason", "")), "bundle"));
    json_decref(value);
    post(stage, "up1");
    post(stage, "up1");                                       /* twice has one effect */
    assert_int_equal(export_to(stage, "up2", 1), number + 1); /* not proved: it goes along again */
    post(stage, "up2");
    make_bundle(stage, 20, "back", REQUESTS);
    json_decref(import(stage, "back"));
    expect_delivery(stage, id, "delivered");
}

/* What the desk exported, as the office reads it with openssl. */
static json_t *open_upward(const struct stage *stage, const char *name)
{
    struct buf body = {0};
    json_t *parsed = NULL;
    char *file = file_of(stage, "body");

    assert_int_equal(office(stage,
                            "openssl cms -decrypt -binary -inform DER -in %s -recip"
                            " office.crt -inkey office.key | openssl cms -verify -binary"
                            " -inform DER -CAfile station.crt -purpose any -out body",
                            name),
                     0);
    assert_int_equal(file_read(file, 1 << 20, &body, NULL), STATUS_OK);
    assert_int_equal(json_parse(buf_text(&body), body.length, &parsed, NULL), STATUS_OK);
    buf_release(&body);
    free(file);
    return parsed;
}

static void test_receipt_delivers(void **state)
{
    struct stage *stage = *state;
    char id[48], receipts[256];
    json_t *status;

    fill(stage);
    raise_request(stage, id);
    long long number = export_to(stage, "up3", 1);
    json_t *parsed = open_upward(stage, "up3");
    assert_int_equal(json_array_size(json_object_get(parsed, "docs")), 1);
    const json_t *head = json_object_get(parsed, "bundle");
    assert_int_equal(json_int(head, "number", 0), number);
    assert_true(json_array_size(json_object_get(head, "receipts")) > 0);
    snprintf(receipts, sizeof receipts,
             "[{\"origin\":\"%s\",\"number\":%lld,\"at\":\"2026-11-01T08:00:00Z\"}]",
             json_text(head, "origin", ""), number);
    make_bundle_for(stage, TOWN_AREA, 21, receipts, "receipt", "catalogue");
    json_t *report = import(stage, "receipt");
    assert_int_equal(json_int(report, "receipts", 0), 1);
    assert_int_equal(json_int(report, "delivered", 0), 1);
    json_decref(report);
    expect_delivery(stage, id, "delivered");
    status = desk_ask(0, &stage->boss, "bundle", "receipts", NULL);
    const json_t *newest = json_array_get(json_object_get(status, "exported"), 0);
    assert_int_equal(json_int(newest, "number", 0), number);
    assert_int_equal(json_int(newest, "waiting", -1), 0);
    assert_false(json_is_null(json_object_get(newest, "receipt_at")));
    json_decref(status);
    json_decref(parsed);
}

/* The receipt refuses one of two: that one is held with the platform's words, the other arrived. */
static void test_receipt_refuses(void **state)
{
    struct stage *stage = *state;
    char refused[48], good[48], receipts[400];

    fill(stage);
    raise_request(stage, refused);
    raise_request(stage, good);
    long long number = export_to(stage, "up5", 2);
    json_t *parsed = open_upward(stage, "up5");
    snprintf(receipts, sizeof receipts,
             "[{\"origin\":\"%s\",\"number\":%lld,\"at\":\"2026-11-01T08:00:00Z\",\"refused\":"
             "[{\"id\":\"%s\",\"reason\":\"no such street\"}]}]",
             json_text(json_object_get(parsed, "bundle"), "origin", ""), number, refused);
    make_bundle_for(stage, TOWN_AREA, 22, receipts, "refusing", "catalogue");
    char *file = file_of(stage, "refusing");
    json_t *report = desk_ask(5, &stage->boss, "bundle", "import", file, NULL);
    assert_int_equal(json_int(report, "delivered", 0), 1);
    assert_int_equal(json_int(report, "refused", 0), 1);
    json_decref(report);
    free(file);
    expect_delivery(stage, good, "delivered");
    expect_delivery(stage, refused, "held");
    json_t *value = desk_ask(0, &stage->clerk, "request", "show", refused, NULL);
    assert_non_null(strstr(json_text(value, "reason", ""), "no such street"));
    json_decref(value);
    assert_int_equal(export_to(stage, "up6", 0), number + 1); /* a person has to decide first */
    json_decref(desk_ask(0, &stage->clerk, "request", "resolve", refused, "--keep", NULL));
    expect_delivery(stage, refused, "queued");
    json_decref(
        desk_ask(0, &stage->clerk, "request", "withdraw", refused, "--reason", "wrong", NULL));
    json_decref(parsed);
}

/* --- who is trusted and who one is --------------------------------------------------------------
 */

/* The office's key as the catalogue names it: a JWK of the same point. */
static void publish_key(const struct stage *stage, const char *use)
{
    int code = office(
        stage,
        "openssl ec -in office.key -pubout -outform DER 2>/dev/null | tail -c 64 >point &&"
        " x=$(head -c 32 point | base64 -w0 | tr '+/' '-_' | tr -d =) &&"
        " y=$(tail -c 32 point | base64 -w0 | tr '+/' '-_' | tr -d =) &&"
        " rev=$(curl -sS '%s/catalogue/trust:office' | sed -n "
        "'s/.*\"_rev\":\"\\([^\"]*\\)\".*/\\1/p') &&"
        " printf '{\"_id\":\"trust:office\",%%s\"type\":\"trust\",\"level\":\"issuer\",\"use\":"
        "[\"%s\"],\"name\":\"Office\",\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\","
        "\"kid\":\"office\",\"x\":\"%%s\",\"y\":\"%%s\"}}'"
        " \"${rev:+\\\"_rev\\\":\\\"$rev\\\",}\" \"$x\" \"$y\" >trust.json &&"
        " curl -sSf -X PUT -H 'Content-Type: application/json' -d @trust.json"
        " '%s/catalogue/trust:office' >/dev/null",
        town_upstream(stage->town), use, town_upstream(stage->town));
    if (code != 0)
        fail_msg("the key is not published: see office.log (%d)", code);
}

/* A desk that has the catalogue from the network needs nobody's word: the key it names is trusted,
 * for bundles when it says so and not otherwise. */
static void test_sender_known_by_the_catalogue(void **state)
{
    struct stage *stage = *state;
    struct desk desk = desk_new(stage->town, "hamlet", "zhao", "administrator,supervisor");
    json_t *identity = desk_ask(0, &desk, "bundle", "identity", NULL);
    char *certificate = write_file(town_directory(stage->town), "hamlet.crt",
                                   json_text(identity, "certificate", ""));
    char *file = file_of(stage, "hamlet.bundle"), script[4096];

    json_decref(identity);
    publish_key(stage, "credential");
    json_decref(desk_ask(0, &desk, "sync", NULL));
    assert_non_null(realpath("tests/tools/bundle.sh", script));
    assert_int_equal(office(stage,
                            "sh '%s' %s " TOWN_AREA " office 1 office.crt office.key hamlet.crt"
                            " hamlet.bundle catalogue",
                            script, town_upstream(stage->town)),
                     0);
    expect_refusal(stage, &desk, "hamlet.bundle", 4, "refused");
    publish_key(stage, "bundle");
    json_decref(desk_ask(0, &desk, "sync", NULL));
    json_decref(desk_ask(0, &desk, "bundle", "import", file, NULL));
    free(file);
    free(certificate);
    desk_release(&desk);
}

/* The office issues a certificate for the station's request: it is taken over, and somebody else's
 * is not. */
static void test_certificate_of_the_office(void **state)
{
    struct stage *stage = *state;
    struct desk desk = desk_new(stage->town, "mill", "qian", "administrator,supervisor");
    json_t *identity = desk_ask(0, &desk, "bundle", "identity", NULL);
    char *request =
        write_file(town_directory(stage->town), "mill.csr", json_text(identity, "request", ""));
    char *issued = file_of(stage, "mill.crt"), *foreign = file_of(stage, "office.crt");
    char own[65];

    snprintf(own, sizeof own, "%s", json_text(identity, "fingerprint", ""));
    json_decref(identity);
    assert_int_equal(office(stage, "openssl x509 -req -in mill.csr -CA office.crt -CAkey office.key"
                                   " -CAcreateserial -days 30 -out mill.crt"),
                     0);
    struct outcome refused = desk_run(&desk, "bundle", "identity", "--certificate", foreign, NULL);
    assert_int_not_equal(refused.code, 0);
    outcome_release(&refused);
    identity = desk_ask(0, &desk, "bundle", "identity", NULL);
    assert_string_equal(json_text(identity, "fingerprint", ""), own); /* as it was */
    json_decref(identity);
    identity = desk_ask(0, &desk, "bundle", "identity", "--certificate", issued, NULL);
    assert_string_not_equal(json_text(identity, "fingerprint", ""), own);
    json_decref(identity);
    free(request);
    free(issued);
    free(foreign);
    desk_release(&desk);
}

static void test_export_refusals(void **state)
{
    struct stage *stage = *state;
    char *station = file_of(stage, "station.crt"), *there = file_of(stage, "office.log");
    char *garbage = file_of(stage, "office.key");
    char id[48];

    fill(stage);
    raise_request(stage, id);
    struct outcome outcome =
        desk_run(&stage->clerk, "bundle", "export", "--to-cert", station, "--out", there, NULL);
    assert_int_equal(outcome.code, 4); /* a file is not replaced */
    outcome_release(&outcome);
    outcome = desk_run(&stage->clerk, "bundle", "export", "--to-cert", garbage, NULL);
    assert_int_not_equal(outcome.code, 0);
    outcome_release(&outcome);
    expect_delivery(stage, id, "queued");
    free(garbage);
    free(there);
    free(station);
}

static void test_key_is_private(void **state)
{
    struct stage *stage = *state;
    struct stat info;
    char *key = join_path(stage->boss.home, "bundle.key");

    assert_int_equal(stat(key, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_sender),
        cmocka_unit_test(test_first_fill_without_network),
        cmocka_unit_test(test_twice_is_harmless),
        cmocka_unit_test(test_increments_gaps_and_order),
        cmocka_unit_test(test_another_township),
        cmocka_unit_test(test_edited_and_truncated),
        cmocka_unit_test(test_for_another_station),
        cmocka_unit_test(test_pages_nobody_knows_are_told),
        cmocka_unit_test(test_request_travels_and_comes_back),
        cmocka_unit_test(test_receipt_delivers),
        cmocka_unit_test(test_receipt_refuses),
        cmocka_unit_test(test_export_refusals),
        cmocka_unit_test(test_sender_known_by_the_catalogue),
        cmocka_unit_test(test_certificate_of_the_office),
        cmocka_unit_test(test_newer_version),
        cmocka_unit_test(test_key_is_private),
    };
    return cmocka_run_group_tests_name("bundles", tests, set_up, tear_down);
}
