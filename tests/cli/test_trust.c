/*
 * Verdicts and what they rest on, from outside: the freshest record first, the difference shown, a
 * verdict from stored data repeated with the next sync; what is trusted; codes for demonstrations.
 */
#include "tests/cli/provider.h"
#include "tests/cli/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CERTIFICATES "certificate-" TOWN_AREA

struct stage {
    struct town *town;
    struct desk clerk;
    char *certificate; /* number of one in force */
};

static const char *verdict_of(const json_t *report)
{
    return json_text(report, "verdict", "");
}

static const json_t *check_of(const json_t *report, const char *name)
{
    const json_t *checks = json_object_get(report, "checks");

    for (size_t i = 0; i < json_array_size(checks); i++)
        if (strcmp(json_text(json_array_get(checks, i), "check", ""), name) == 0)
            return json_array_get(checks, i);
    return NULL;
}

static const char *result_of(const json_t *report, const char *name)
{
    return json_text(check_of(report, name), "result", "absent");
}

/* The first one of a search that is valid here. */
static char *find_certificate(const struct desk *desk)
{
    json_t *found =
        desk_ask(0, desk, "search", "--kind", "certificate", "--limit", "50", "执照", NULL);
    const json_t *hits = json_object_get(found, "hits");
    char *number = NULL;

    for (size_t i = 0; i < json_array_size(hits) && !number; i++) {
        const char *key = json_text(json_array_get(hits, i), "record", "");
        struct outcome outcome = desk_run(desk, "verify", "--offline", key, NULL);
        if (outcome.code == 0)
            number = strdup(strchr(key, ':') + 1);
        outcome_release(&outcome);
    }
    json_decref(found);
    assert_non_null(number);
    return number;
}

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new();
    stage->clerk = desk_new(stage->town, "counter", "li", "clerk");
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    stage->certificate = find_certificate(&stage->clerk);
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL)); /* answers what was asked on the way */
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    free(stage->certificate);
    desk_release(&stage->clerk);
    town_free(stage->town);
    free(stage);
    return 0;
}

static int64_t notices(const struct desk *desk)
{
    struct outcome outcome = desk_run(desk, "notices", NULL);
    int64_t count = 0;
    const char *at = buf_text(&outcome.out);

    while ((at = strstr(at, "\"recheck_differs\""))) {
        count++;
        at++;
    }
    outcome_release(&outcome);
    return count;
}

static void the_platform_is_asked_first(void **state)
{
    struct stage *stage = *state;
    char id[512];

    json_t *report = desk_ask(0, &stage->clerk, "verify", stage->certificate, NULL);
    assert_string_equal(result_of(report, "online"), "pass");
    assert_false(json_bool(report, "recheck", true));
    json_decref(report);
    report = desk_ask(0, &stage->clerk, "verify", "--offline", stage->certificate, NULL);
    assert_string_equal(result_of(report, "online"), "absent");
    assert_true(json_bool(report, "recheck", false));
    json_decref(report);

    (void)snprintf(id, sizeof id, "certificate:%s", stage->certificate);
    provider_change(stage->town, CERTIFICATES, id, "status", "吊销");
    report = desk_ask(6, &stage->clerk, "verify", stage->certificate, NULL);
    assert_string_equal(verdict_of(report), "revoked");
    assert_string_equal(result_of(report, "online"), "warn");
    json_decref(report);
    report = desk_ask(0, &stage->clerk, "verify", "--offline", stage->certificate, NULL);
    json_decref(report);
}

/* The verdict given offline above turns out wrong. */
static void the_next_sync_repeats_it(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(notices(&stage->clerk), 0);
    json_t *status = desk_ask(0, &stage->clerk, "status", NULL);
    assert_int_equal(json_int(status, "rechecks", -1), 1);
    json_decref(status);
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    assert_int_equal(notices(&stage->clerk), 1);
    status = desk_ask(0, &stage->clerk, "status", NULL);
    assert_int_equal(json_int(status, "rechecks", -1), 0);
    json_decref(status);
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    assert_int_equal(notices(&stage->clerk), 1); /* told once */
    json_decref(desk_ask(6, &stage->clerk, "verify", "--offline", stage->certificate, NULL));
    json_decref(desk_ask(0, &stage->clerk, "sync", NULL));
    assert_int_equal(notices(&stage->clerk), 1); /* the same verdict again */
}

static void a_dead_platform_is_said(void **state)
{
    struct stage *stage = *state;

    town_stop_server(stage->town);
    json_t *report = desk_ask(6, &stage->clerk, "verify", stage->certificate, NULL);
    assert_string_equal(result_of(report, "online"), "skipped");
    assert_true(json_bool(report, "recheck", false));
    json_decref(report);
    town_start_server(stage->town);
}

static void what_is_trusted(void **state)
{
    struct stage *stage = *state;
    json_t *list = desk_ask(0, &stage->clerk, "trust", "list", NULL);
    const json_t *trusted = json_object_get(list, "trusted");

    assert_true(json_array_size(trusted) > 0);
    assert_true(json_array_size(json_object_get(list, "revocation_lists")) > 0);
    const char *id = json_text(json_array_get(trusted, 0), "id", "");
    json_t *one = desk_ask(0, &stage->clerk, "trust", "show", id, NULL);
    assert_string_equal(json_text(one, "id", ""), id);
    assert_string_equal(json_text(one, "state", ""), "current");
    assert_int_equal(strlen(json_text(one, "fingerprint", "")), 43);
    json_decref(one);
    json_decref(desk_ask(1, &stage->clerk, "trust", "show", "nobody", NULL));
    json_decref(list);
}

static void codes_for_demonstrations(void **state)
{
    struct stage *stage = *state;
    char *key = join_path(town_directory(stage->town), "demo.pem");
    json_t *list = desk_ask(0, &stage->clerk, "trust", "list", NULL);
    const char *known =
        json_text(json_array_get(json_object_get(list, "trusted"), 0), "issuer", "");

    json_t *made = desk_ask(0, &stage->clerk, "credential", "issue", "--key", key, "--new-key",
                            "SM2SM3", "--issuer", "https://demonstration.example", "--holder",
                            "张三", "--valid-days", "3", NULL);
    struct buf jwk = {0};
    assert_int_equal(json_print(json_object_get(made, "jwk"), &jwk, NULL), STATUS_OK);
    char *keys = write_file(town_directory(stage->town), "demo.jwk", buf_text(&jwk));
    json_t *report = desk_ask(0, &stage->clerk, "verify", "--trust", keys, "--holder", "張三",
                              json_text(made, "qr", ""), NULL);
    assert_string_equal(result_of(report, "demonstration"), "warn");
    assert_string_equal(result_of(report, "holder_name"), "pass");
    assert_string_equal(result_of(report, "holder_spelling"), "warn");
    json_decref(report);
    report = desk_ask(6, &stage->clerk, "verify", json_text(made, "code", ""), NULL);
    assert_string_equal(verdict_of(report), "unknown_issuer");
    json_decref(report);
    json_decref(
        desk_ask(4, &stage->clerk, "credential", "issue", "--key", key, "--issuer", known, NULL));
    json_decref(desk_ask(1, &stage->clerk, "credential", "issue", "--key", key, "--new-key",
                         "ES256", "--issuer", "x", NULL)); /* a key is never overwritten */
    json_decref(made);
    json_decref(list);
    buf_release(&jwk);
    free(keys);
    free(key);
}

/* The code stays as it was signed; its certificate was revoked in the first test. */
static void a_code_is_compared_with_its_record(void **state)
{
    struct stage *stage = *state;
    char *key = join_path(town_directory(stage->town), "office.pem");
    struct buf jwk = {0};

    json_t *made = desk_ask(0, &stage->clerk, "credential", "issue", "--key", key, "--new-key",
                            "ES256", "--issuer", "https://demonstration.example", "--certificate",
                            stage->certificate, NULL);
    assert_int_equal(json_print(json_object_get(made, "jwk"), &jwk, NULL), STATUS_OK);
    char *keys = write_file(town_directory(stage->town), "office.jwk", buf_text(&jwk));
    json_t *report =
        desk_ask(6, &stage->clerk, "verify", "--trust", keys, json_text(made, "code", ""), NULL);
    assert_string_equal(verdict_of(report), "revoked");
    assert_string_equal(result_of(report, "signature"), "pass");
    assert_string_equal(result_of(report, "record_status"), "fail");
    assert_string_equal(result_of(report, "online"), "pass");
    json_decref(report);
    json_decref(made);
    buf_release(&jwk);
    free(keys);
    free(key);
}

static void numbers_say_what_follows(void **state)
{
    struct stage *stage = *state;
    json_t *report = desk_ask(0, &stage->clerk, "verify", "--offline", "11010519491231002X", NULL);
    const json_t *derived = json_object_get(report, "derived");

    assert_string_equal(json_text(derived, "sex", ""), "female");
    assert_string_equal(json_text(derived, "birth", ""), "1949-12-31");
    assert_true(json_int(derived, "age", 0) >= 76);
    assert_string_equal(json_text(derived, "region", ""), "110105");
    json_decref(report);
    report = desk_ask(6, &stage->clerk, "verify", "--offline", "110105194912310021", NULL);
    assert_null(json_object_get(report, "derived")); /* nothing follows from a wrong number */
    json_decref(report);
}

static void every_line_gets_its_answer(void **state)
{
    struct stage *stage = *state;
    char *path = write_file(town_directory(stage->town), "burst.txt",
                            "shb:/5676295953265460346029254077280433602870286471674522\n"
                            "shc:/2/3/5676\nperson:nobody\n11010519491231002X\n");
    struct outcome outcome =
        desk_print(&stage->clerk, "verify", "--offline", "--batch", path, NULL);
    const char *expected[] = {"\"cannot_tell\"", "\"cannot_tell\"", "\"error\"", "\"valid\""};
    char *rest = outcome.out.data;

    for (size_t i = 0; i < 4; i++) {
        const char *line = strsep(&rest, "\n");
        assert_non_null(line);
        if (!strstr(line, expected[i]))
            fail_msg("line %zu: %s", i, line);
    }
    outcome_release(&outcome);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_platform_is_asked_first),
        cmocka_unit_test(the_next_sync_repeats_it),
        cmocka_unit_test(a_dead_platform_is_said),
        cmocka_unit_test(what_is_trusted),
        cmocka_unit_test(codes_for_demonstrations),
        cmocka_unit_test(a_code_is_compared_with_its_record),
        cmocka_unit_test(numbers_say_what_follows),
        cmocka_unit_test(every_line_gets_its_answer),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
