/*
 * A town fetched from the fixture upstream, then everything that reads it: search, files,
 * verification, freshness, the catalogue. Numbers of residents never appear in clear.
 */
#include "db/reader.h"
#include "db/schema.h"
#include "tests/cli/town.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct stage {
    struct town *town;
    struct desk boss, clerk;
    struct resident resident;
};

static int set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    assert_non_null(stage);
    stage->town = town_new();
    stage->boss = desk_new(stage->town, "counter", "boss", "administrator,supervisor");
    stage->clerk = desk_colleague(stage->town, &stage->boss, "li", "clerk");
    json_t *report = desk_ask(0, &stage->boss, "sync", NULL);
    assert_string_equal(json_text(report, "result", ""), "ok");
    json_decref(report);
    stage->resident = desk_find_resident(&stage->clerk, "zhang");
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    resident_release(&stage->resident);
    desk_release(&stage->clerk);
    desk_release(&stage->boss);
    town_free(stage->town);
    free(stage);
    return 0;
}

static const json_t *named(const json_t *list, const char *member, const char *name)
{
    const json_t *one;
    size_t index;

    json_array_foreach(list, index, one)
    {
        if (strcmp(json_text(one, member, ""), name) == 0)
            return one;
    }
    fail_msg("no %s %s", member, name);
    return NULL;
}

static void expect_error(struct outcome outcome, int code, const char *status)
{
    if (outcome.code != code)
        fail_msg("exit %d, not %d: %s", outcome.code, code, buf_text(&outcome.err));
    assert_string_equal(outcome_error(&outcome), status);
    outcome_release(&outcome);
}

/* --- sync ------------------------------------------------------------------------------------ */

static void test_sync_again_brings_nothing(void **state)
{
    struct stage *stage = *state;
    json_t *report = desk_ask(0, &stage->boss, "sync", NULL);
    const json_t *population = named(json_object_get(report, "datasets"), "dataset", "population");

    assert_string_equal(json_text(report, "result", ""), "ok");
    assert_int_equal(json_int(report, "pulled", -1), 0);
    assert_true(json_int(population, "rows", 0) >= TOWN_RESIDENTS);
    assert_non_null(json_object_get(population, "since"));
    assert_false(json_is_null(json_object_get(population, "since")));
    json_decref(report);
}

static void test_sync_of_one_dataset(void **state)
{
    struct stage *stage = *state;
    json_t *report = desk_ask(0, &stage->boss, "sync", "--dataset", "population", "--full", NULL);

    assert_true(json_int(report, "pulled", 0) >= TOWN_RESIDENTS);
    json_decref(report);
}

static void test_sync_of_an_unknown_dataset(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome = desk_run(&stage->boss, "sync", "--dataset", "unicorns", NULL);

    assert_int_equal(outcome.code, 1);
    assert_string_equal(json_text(outcome_json(&outcome), "result", ""), "not_found");
    assert_non_null(strstr(buf_text(&outcome.err), "unicorns"));
    outcome_release(&outcome);
}

static void test_reconcile(void **state)
{
    struct stage *stage = *state;
    json_t *report = desk_ask(0, &stage->boss, "reconcile", "--dataset", "population", NULL);
    const json_t *population = named(json_object_get(report, "datasets"), "dataset", "population");

    assert_string_equal(json_text(report, "result", ""), "ok");
    assert_true(json_int(population, "local", 0) >= TOWN_RESIDENTS);
    assert_int_equal(json_int(population, "upstream", -1), json_int(population, "local", -2));
    assert_int_equal(json_int(population, "missing", -1), 0);
    assert_int_equal(json_int(population, "extra", -1), 0);
    assert_int_equal(json_int(population, "different", -1), 0);
    json_decref(report);
    report = desk_ask(0, &stage->boss, "reconcile", "--repair", NULL);
    assert_true(json_array_size(json_object_get(report, "datasets")) > 5);
    assert_int_equal(json_int(report, "differences", -1), 0);
    json_decref(report);
    struct outcome outcome = desk_run(&stage->boss, "reconcile", "--dataset", "unicorns", NULL);
    assert_int_equal(outcome.code, 1);
    outcome_release(&outcome);
}

static void test_sync_offline(void **state)
{
    struct stage *stage = *state;

    town_stop_server(stage->town);
    struct outcome outcome = desk_run(&stage->boss, "sync", NULL);
    assert_int_equal(outcome.code, 3);
    assert_string_equal(json_text(outcome_json(&outcome), "result", ""), "offline");
    assert_true(json_text(outcome_json(&outcome), "reason", "")[0] != '\0');
    assert_true(outcome.err.length > 0);
    outcome_release(&outcome);
    town_start_server(stage->town);
}

static void test_sync_in_words(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome = desk_print(&stage->boss, "sync", "--full", NULL);

    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), "population"));
    assert_null(strchr(buf_text(&outcome.err), '\r')); /* no bar where there is no terminal */
    outcome_release(&outcome);
}

static void test_sync_on_a_terminal(void **state)
{
    struct stage *stage = *state;
    const char *const arguments[] = {"sync",   "--full", "--home", stage->boss.home,
                                     "--lang", "en",     NULL};
    struct outcome outcome = run_on_terminal(NULL, arguments);

    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), "\r"));
    assert_non_null(strstr(buf_text(&outcome.out), "\033[K")); /* the line is rewritten */
    assert_non_null(strstr(buf_text(&outcome.out), " rows"));
    outcome_release(&outcome);
}

/* While another process writes, what only reads goes on and what must be written down is refused;
 * an interrupt ends the watch in good order. */
static void test_watch(void **state)
{
    struct stage *stage = *state;
    const char *const arguments[] = {"sync", "--watch", "--home", stage->boss.home, "--json", NULL};
    struct buf line = {0};
    int out[2];

    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t child = start_program("huiliu", -1, out[1], -1, arguments);
    close(out[1]);
    read_first_line(out[0], &line);
    assert_non_null(strstr(buf_text(&line), "{\"result\":\"ok\""));

    json_decref(desk_ask(0, &stage->clerk, "status", NULL));
    json_decref(desk_ask(0, &stage->clerk, "search", stage->resident.number, NULL));
    expect_error(desk_run(&stage->clerk, "show", "person", stage->resident.number, NULL), 4,
                 "locked");
    assert_int_equal(kill(child, SIGINT), 0);
    assert_int_equal(wait_code(child), 0);
    json_decref(desk_ask(0, &stage->clerk, "show", "person", stage->resident.number, NULL));
    close(out[0]);
    buf_release(&line);
}

/* --- search ---------------------------------------------------------------------------------- */

static void test_search_masks_numbers(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome = desk_run(&stage->clerk, "search", stage->resident.number, NULL);
    const json_t *value = outcome_json(&outcome);
    const json_t *hit = json_array_get(json_object_get(value, "hits"), 0);

    assert_int_equal(outcome.code, 0);
    assert_true(json_int(value, "total_at_least", 0) >= 1);
    assert_true(json_is_real(json_object_get(value, "seconds")));
    assert_string_equal(json_text(hit, "kind", ""), "person");
    assert_string_equal(json_text(hit, "name", ""), stage->resident.name);
    assert_string_equal(json_text(hit, "record", ""), stage->resident.record);
    assert_string_equal(json_text(hit, "dataset", ""), "population");
    assert_true(json_text(hit, "matched", "")[0] != '\0');
    assert_string_not_equal(json_text(hit, "subject", ""), stage->resident.number);
    assert_memory_equal(json_text(hit, "subject", ""), stage->resident.number, 6);
    assert_int_equal(json_int(hit, "pending", -1), 0);
    outcome_release(&outcome);
}

static void test_search_kinds_and_limits(void **state)
{
    struct stage *stage = *state;
    static const char *const kinds[] = {"person", "enterprise", "certificate"};
    static const char *const queries[] = {"wang", "91", "许可证"};
    const json_t *hit;
    size_t index;

    for (size_t i = 0; i < 3; i++) {
        json_t *value = desk_ask(0, &stage->clerk, "search", "--kind", kinds[i], "--limit", "3",
                                 queries[i], NULL);
        const json_t *hits = json_object_get(value, "hits");
        assert_in_range(json_array_size(hits), 1, 3);
        json_array_foreach(hits, index, hit)
        {
            assert_string_equal(json_text(hit, "kind", ""), kinds[i]);
        }
        json_decref(value);
    }
    expect_error(desk_run(&stage->clerk, "search", "--kind", "dog", "x", NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "search", "--limit", "0", "x", NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "search", "--limit", "501", "x", NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "search", NULL), 2, "usage");
    expect_error(desk_run(&stage->clerk, "search", "--batch", "/no/such/file", NULL), 1,
                 "not_found");
}

static void test_search_for_people(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome = desk_print(&stage->clerk, "search", stage->resident.number, NULL);
    const char *text = buf_text(&outcome.out);

    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(text, stage->resident.name));
    /* The record's key holds the number; nothing before it does. */
    const char *number = strstr(text, stage->resident.number);
    assert_non_null(number);
    assert_memory_equal(number - 7, "person:", 7);
    outcome_release(&outcome);

    outcome = desk_print(&stage->clerk, "search", "zzzzqqqqxxxx", NULL);
    assert_int_equal(outcome.code, 0);
    assert_int_equal(outcome.out.length, 0);
    assert_true(outcome.err.length > 0);
    outcome_release(&outcome);
}

/* One line for each line, in order, whatever is in it. */
static void test_search_batch(void **state)
{
    struct stage *stage = *state;
    struct buf queries = {0};
    char *path;

    buf_printf(&queries, "%s\nzzzzqqqqxxxx\n%%' OR 1=1 --\n", stage->resident.number);
    for (int i = 0; i < 20000; i++)
        buf_char(&queries, 'x');
    buf_printf(&queries, "\n%s", stage->resident.name);
    path = write_file(town_directory(stage->town), "queries.txt", buf_text(&queries));

    struct outcome outcome = desk_print(&stage->clerk, "search", "--batch", path, NULL);
    assert_int_equal(outcome.code, 1); /* because of the line that is too long */
    char *rest = outcome.out.data;
    json_t *answers[5] = {0};
    for (int i = 0; i < 5; i++) {
        char *line = strsep(&rest, "\n");
        assert_non_null(line);
        assert_int_equal(json_parse(line, strlen(line), &answers[i], NULL), STATUS_OK);
    }
    assert_non_null(rest);
    assert_int_equal(rest[0], '\0');
    const json_t *hit = json_array_get(json_object_get(answers[0], "hits"), 0);
    assert_string_equal(json_text(hit, "record", ""), stage->resident.record);
    assert_int_equal(json_array_size(json_object_get(answers[1], "hits")), 0);
    assert_non_null(json_object_get(answers[2], "hits"));
    assert_string_equal(json_text(json_object_get(answers[3], "error"), "status", ""), "too_large");
    assert_true(json_array_size(json_object_get(answers[4], "hits")) >= 1);
    for (int i = 0; i < 5; i++)
        json_decref(answers[i]);
    outcome_release(&outcome);
    buf_release(&queries);
    free(path);
}

/* --- files ----------------------------------------------------------------------------------- */

static void test_show_person(void **state)
{
    struct stage *stage = *state;
    json_t *value = desk_ask(0, &stage->clerk, "show", "person", stage->resident.number, NULL);
    const json_t *section = named(json_object_get(value, "sections"), "dataset", "population");

    assert_string_equal(json_text(value, "kind", ""), "person");
    assert_string_equal(json_text(value, "name", ""), stage->resident.name);
    assert_string_not_equal(json_text(value, "subject", ""), stage->resident.number);
    assert_string_equal(json_text(section, "record", ""), stage->resident.record);
    assert_true(json_text(section, "provider", "")[0] != '\0');
    assert_int_equal(json_int(section, "age_days", -1), 0);
    assert_false(json_bool(section, "stale", true));
    const json_t *number = named(json_object_get(section, "fields"), "field", "id_number");
    assert_true(json_bool(number, "masked", false));
    assert_int_equal(json_int(number, "grade", 0), 4);
    assert_string_not_equal(json_text(number, "value", ""), stage->resident.number);
    json_decref(value);

    /* By the key that search gave, and as one record. */
    value = desk_ask(0, &stage->clerk, "show", "person", stage->resident.record, NULL);
    assert_string_equal(json_text(value, "name", ""), stage->resident.name);
    json_decref(value);
    value = desk_ask(0, &stage->clerk, "show", "record", stage->resident.record, NULL);
    assert_int_equal(json_array_size(json_object_get(value, "sections")), 1);
    json_decref(value);
}

static void test_show_links_lead_on(void **state)
{
    struct stage *stage = *state;
    json_t *value =
        desk_ask(0, &stage->clerk, "search", "--kind", "enterprise", "--limit", "1", "91", NULL);
    const json_t *hit = json_array_get(json_object_get(value, "hits"), 0);
    const char *subject = json_text(hit, "subject", "");

    /* A credit code is public. */
    json_t *file = desk_ask(0, &stage->clerk, "show", "enterprise", subject, NULL);
    assert_string_equal(json_text(file, "subject", ""), subject);
    assert_string_equal(json_text(file, "kind", ""), "enterprise");
    assert_true(json_array_size(json_object_get(file, "links")) >= 1);
    json_decref(file);
    json_decref(value);
}

static void test_show_in_words(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome =
        desk_print(&stage->clerk, "show", "person", stage->resident.number, NULL);

    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), stage->resident.name));
    assert_non_null(strstr(buf_text(&outcome.out), "**"));
    outcome_release(&outcome);
}

static void test_reveal_needs_a_purpose(void **state)
{
    struct stage *stage = *state;
    const char *number = stage->resident.number;

    expect_error(desk_run(&stage->clerk, "show", "person", number, "--reveal", "id_number", NULL),
                 2, "usage");
    expect_error(desk_run(&stage->clerk, "show", "person", number, "--reveal", "id_number",
                          "--purpose", "", NULL),
                 2, "usage");
    expect_error(desk_run(&stage->clerk, "show", "person", number, "--reveal", "shoe_size",
                          "--purpose", "x", NULL),
                 2, "invalid");
    json_t *value = desk_ask(0, &stage->clerk, "show", "person", number, "--reveal", "id_number",
                             "--purpose", "reads it back to the resident", NULL);
    const json_t *section = named(json_object_get(value, "sections"), "dataset", "population");
    const json_t *field = named(json_object_get(section, "fields"), "field", "id_number");
    assert_false(json_bool(field, "masked", true));
    assert_string_equal(json_text(field, "value", ""), number);
    json_decref(value);
}

static void test_show_what_is_not_there(void **state)
{
    struct stage *stage = *state;

    expect_error(desk_run(&stage->clerk, "show", "person", "990106190001011239", NULL), 1,
                 "not_found");
    expect_error(desk_run(&stage->clerk, "show", "record", "person:nobody", NULL), 1, "not_found");
    expect_error(desk_run(&stage->clerk, "show", "dog", "1", NULL), 2, "usage");
}

/* --- verification ---------------------------------------------------------------------------- */

static void spoil(char *number)
{
    char *last = number + strlen(number) - 1;

    *last = *last == '1' ? '2' : '1';
}

static void test_verify_numbers(void **state)
{
    struct stage *stage = *state;
    char *wrong = strdup(stage->resident.number);

    json_t *value = desk_ask(0, &stage->clerk, "verify", stage->resident.number, NULL);
    assert_string_equal(json_text(value, "verdict", ""), "valid");
    assert_string_equal(json_text(value, "kind", ""), "resident_id");
    assert_true(json_array_size(json_object_get(value, "checks")) >= 1);
    json_decref(value);

    spoil(wrong);
    value = desk_ask(6, &stage->clerk, "verify", wrong, NULL);
    assert_string_equal(json_text(value, "verdict", ""), "mismatch");
    json_decref(value);
    free(wrong);

    value = desk_ask(6, &stage->clerk, "verify", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", NULL);
    assert_string_equal(json_text(value, "verdict", ""), "unknown_issuer");
    json_decref(value);
}

/* The second vector of docs/credential.md. */
#define CODE                                                                                       \
    "eyJhbGciOiJFZERTQSIsInppcCI6IkRFRiIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3V"        \
    "HhIQ1R3WEJ5Z3JTNGsifQ.VU8xbgIxEPzL1I41a2PfnUuUJgU97QWMYpQAgiuQ0BUUiDJdmjT8AKVJBb9JUJ6"        \
    "BDLoiK-1qd0aa2dkgrVYIEKkqkhz086QMh1BIdYMghS971hlSYfY8-Q_E9QLBsLSVL5mBaZMQYGj8w02ngMIo"        \
    "Lps0SaO6iQgbpHH200aL89qSLq8i7EqsmOKRFC1iLYW-IyqnDY27Hzr3ExRm9VtEwO_X7uf8_nfcolV4mb-O4"        \
    "zK7dezpcPnYX74_c6z8wF35lloopJRo2ys.BX5PeDI6lb0ZRb_ij3LUF43GfH3C7ran-691yZBtw_EwfxxSCY"        \
    "eD1IMI55DDeNOmDbxO8_6XpBUt6qFgh3e-Dg"
#define CODE_KEY                                                                                   \
    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"                                       \
    "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"

static void expect_verdict(int code, json_t *value, const char *verdict)
{
    if (strcmp(json_text(value, "verdict", ""), verdict) != 0)
        fail_msg("%d: %s, not %s", code, json_text(value, "verdict", ""), verdict);
    assert_string_equal(json_text(value, "kind", ""), "jws");
    json_decref(value);
}

static void test_verify_signed_codes(void **state)
{
    struct stage *stage = *state;
    const struct desk *desk = &stage->clerk;
    char *keys = write_file(town_directory(stage->town), "keys.json", CODE_KEY);
    char *code = write_file(town_directory(stage->town), "code.txt", CODE "\r\n");
    char *damaged = write_file(town_directory(stage->town), "damaged.txt", "shc:/567");

    expect_verdict(6, desk_ask(6, desk, "verify", CODE, NULL), "unknown_issuer");
    expect_verdict(0, desk_ask(0, desk, "verify", CODE, "--trust", keys, NULL), "valid");
    expect_verdict(0, desk_ask(0, desk, "verify", code, "--trust", keys, NULL), "valid");
    expect_verdict(6, desk_ask(6, desk, "verify", code, "--trust", keys, "--holder", "李四", NULL),
                   "mismatch");
    expect_verdict(6, desk_ask(6, desk, "verify", CODE "A", "--trust", keys, NULL),
                   "signature_invalid");
    expect_verdict(6, desk_ask(6, desk, "verify", damaged, NULL), "cannot_tell");
    expect_error(desk_run(desk, "verify", CODE, "--trust", code, NULL), 2, "invalid");
    expect_error(desk_run(desk, "verify", CODE, "--trust", "/dev/null", NULL), 2, "invalid");
    free(damaged);
    free(code);
    free(keys);
}

static void test_verify_a_certificate(void **state)
{
    struct stage *stage = *state;
    json_t *hits = desk_ask(0, &stage->clerk, "search", "--kind", "certificate", "--limit", "1",
                            "许可证", NULL);
    const json_t *hit = json_array_get(json_object_get(hits, "hits"), 0);
    const char *record = json_text(hit, "record", "");

    struct outcome outcome = desk_run(&stage->clerk, "verify", "--offline", record, NULL);
    assert_true(outcome.code == 0 || outcome.code == 6);
    const json_t *checks = json_object_get(outcome_json(&outcome), "checks");
    assert_string_equal(json_text(outcome_json(&outcome), "kind", ""), "certificate");
    const json_t *status = named(checks, "check", "status");
    assert_true(json_text(status, "detail", "")[0] != '\0');
    assert_non_null(named(checks, "check", "validity"));
    bool valid = strcmp(json_text(outcome_json(&outcome), "verdict", ""), "valid") == 0;
    assert_int_equal(outcome.code, valid ? 0 : 6);
    outcome_release(&outcome);

    /* It is not his. */
    json_t *value = desk_ask(6, &stage->clerk, "verify", record, "--holder", "Nobody At All", NULL);
    assert_string_equal(json_text(value, "verdict", ""), "mismatch");
    json_decref(value);
    json_decref(hits);
}

/* The slip can be printed again, and holds no number in clear. */
static void test_verify_slip(void **state)
{
    struct stage *stage = *state;
    const struct desk *desk = &stage->clerk;
    json_t *value = desk_ask(0, desk, "verify", stage->resident.number, "--slip", NULL);
    const char *reference = json_text(json_object_get(value, "slip"), "reference", "");

    json_t *again = desk_ask(0, desk, "slip", reference, NULL);
    assert_true(json_equal(json_object_get(value, "slip"), again));
    assert_string_equal(json_text(again, "verdict", ""), "valid");
    assert_null(strstr(json_text(again, "object", ""), stage->resident.number));
    assert_non_null(strstr(json_text(again, "code", ""), reference));

    struct outcome outcome = desk_print(desk, "slip", reference, NULL);
    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), reference));
    assert_non_null(strstr(buf_text(&outcome.out), "\u2580\u2580\u2580"));
    assert_null(strstr(buf_text(&outcome.out), stage->resident.number));
    outcome_release(&outcome);
    expect_error(desk_run(desk, "slip", "01JD0000000000000000000000", NULL), 1, "not_found");
    expect_error(desk_run(desk, "slip", "01JD", NULL), 2, "invalid");
    expect_error(
        run(NULL, "verify", stage->resident.number, "--slip", "--home", desk->home, "--json", NULL),
        4, "refused");
    json_decref(again);
    json_decref(value);
}

/* Without a login the form is judged and nothing is looked up. */
static void test_verify_without_login(void **state)
{
    struct stage *stage = *state;
    struct outcome outcome = run(NULL, "verify", stage->resident.number, "--home",
                                 stage->clerk.home, "--lang", "en", "--json", NULL);

    assert_int_equal(outcome.code, 0);
    assert_string_equal(json_text(outcome_json(&outcome), "verdict", ""), "valid");
    assert_null(strstr(buf_text(&outcome.out), stage->resident.name));
    outcome_release(&outcome);
    expect_error(
        run(NULL, "verify", stage->resident.record, "--home", stage->clerk.home, "--json", NULL), 4,
        "refused");
}

static void test_verify_batch(void **state)
{
    struct stage *stage = *state;
    struct buf numbers = {0};

    buf_printf(&numbers, "%s\nnonsense\n", stage->resident.number);
    char *path = write_file(town_directory(stage->town), "numbers.txt", buf_text(&numbers));
    struct outcome outcome = desk_print(&stage->clerk, "verify", "--batch", path, NULL);
    assert_int_equal(outcome.code, 6);
    char *rest = outcome.out.data;
    const char *first = strsep(&rest, "\n");
    const char *second = strsep(&rest, "\n");
    assert_non_null(strstr(first, "\"verdict\":\"valid\""));
    assert_non_null(strstr(second, "\"verdict\":\"cannot_tell\""));
    assert_string_equal(rest, "");
    outcome_release(&outcome);
    buf_release(&numbers);
    free(path);
}

static void test_blind_check(void **state)
{
    struct stage *stage = *state;
    json_t *value = desk_ask(0, &stage->clerk, "check", "--name", stage->resident.name, "--id",
                             stage->resident.number, NULL);

    assert_true(json_bool(value, "match", false));
    assert_true(json_text(value, "as_of", "")[0] != '\0');
    assert_int_equal(json_object_size(value), 2); /* and nothing else */
    json_decref(value);

    struct outcome outcome = desk_run(&stage->clerk, "check", "--name", "Somebody Else", "--id",
                                      stage->resident.number, NULL);
    assert_int_equal(outcome.code, 6);
    assert_false(json_bool(outcome_json(&outcome), "match", true));
    assert_null(strstr(buf_text(&outcome.out), stage->resident.name));
    outcome_release(&outcome);
}

/* --- the state of things --------------------------------------------------------------------- */

static void test_status(void **state)
{
    static const char *const members[] = {"datasets",     "requests",     "last_contact",
                                          "disk_free",    "notices",      "clock_offset_ms",
                                          "last_failure", "oldest_unsent"};
    struct stage *stage = *state;
    struct outcome outcome = run(NULL, "status", "--home", stage->clerk.home, "--json", NULL);
    const json_t *value = outcome_json(&outcome);

    assert_int_equal(outcome.code, 0);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        assert_non_null(json_object_get(value, members[i]));
    const json_t *population = named(json_object_get(value, "datasets"), "dataset", "population");
    assert_true(json_int(population, "rows", 0) >= TOWN_RESIDENTS);
    assert_string_equal(json_text(population, "state", ""), "ok");
    assert_int_equal(json_int(population, "age_days", -1), 0);
    assert_int_equal(json_int(json_object_get(value, "requests"), "queued", -1), 0);
    assert_true(json_is_null(json_object_get(value, "oldest_unsent")));
    outcome_release(&outcome);

    outcome = desk_print(&stage->clerk, "status", NULL);
    assert_int_equal(outcome.code, 0);
    assert_non_null(strstr(buf_text(&outcome.out), "population"));
    outcome_release(&outcome);
}

static void test_datasets(void **state)
{
    struct stage *stage = *state;
    json_t *list = desk_ask(0, &stage->clerk, "dataset", "list", NULL);
    const json_t *one = named(json_object_get(list, "datasets"), "dataset", "population");

    assert_true(json_array_size(json_object_get(list, "datasets")) >= 11);
    assert_string_equal(json_text(one, "subject", ""), "person");
    json_decref(list);
    json_t *entry = desk_ask(0, &stage->clerk, "dataset", "show", "population", NULL);
    const json_t *phone = named(json_object_get(entry, "fields"), "field", "phone");
    assert_true(json_bool(phone, "correctable", false));
    assert_string_equal(json_text(json_object_get(entry, "entry"), "type", ""), "dataset");
    json_decref(entry);
    expect_error(desk_run(&stage->clerk, "dataset", "show", "unicorns", NULL), 1, "not_found");
}

/* Titles of the catalogue come in both languages; Chinese is the standard. */
static void test_languages(void **state)
{
    struct stage *stage = *state;
    const char *home = stage->clerk.home;
    struct outcome english = run(NULL, "dataset", "list", "--home", home, "--lang", "en", NULL);
    struct outcome standard = run(NULL, "dataset", "list", "--home", home, NULL);
    struct outcome chinese = run(NULL, "dataset", "list", "--home", home, "--lang=zh_CN", NULL);

    assert_int_equal(english.code, 0);
    assert_int_equal(chinese.code, 0);
    assert_string_not_equal(buf_text(&english.out), buf_text(&chinese.out));
    assert_string_equal(buf_text(&standard.out), buf_text(&chinese.out));
    outcome_release(&english);
    outcome_release(&standard);
    outcome_release(&chinese);
}

/* --- damage ---------------------------------------------------------------------------------- */

/* Every body of the population becomes rubbish, as a failing disk would leave it. */
static void damage_records(const struct stage *stage)
{
    char *path = join_path(stage->clerk.home, CACHE_FILE);
    struct sql *sql = NULL;
    const struct sql_options options = {.path = path,
                                        .role = SQL_WRITER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};

    assert_int_equal(sql_open(&options, &sql, NULL), STATUS_OK);
    assert_int_equal(sql_exec(sql,
                              "UPDATE record SET body = '{rubbish' WHERE dataset ="
                              " (SELECT id FROM dataset WHERE name = 'population')",
                              NULL),
                     STATUS_OK);
    sql_close(sql);
    free(path);
}

static void test_damage_is_named_and_repaired(void **state)
{
    struct stage *stage = *state;

    damage_records(stage);
    expect_error(desk_run(&stage->clerk, "show", "record", stage->resident.record, NULL), 1,
                 "corrupt");
    struct outcome outcome = desk_print(&stage->clerk, "search", stage->resident.number, NULL);
    assert_int_equal(outcome.code, 1);
    assert_non_null(strstr(buf_text(&outcome.err), "huiliu sync --full"));
    outcome_release(&outcome);
    json_decref(desk_ask(0, &stage->boss, "sync", "--full", NULL));
    json_t *found = desk_ask(0, &stage->clerk, "search", stage->resident.number, NULL);
    const json_t *hit = json_array_get(json_object_get(found, "hits"), 0);
    assert_string_equal(json_text(hit, "record", ""), stage->resident.record);
    json_decref(found);
}

/* --- traces ---------------------------------------------------------------------------------- */

static int64_t count_traces(const struct stage *stage, const char *action, const char *object)
{
    struct home *home = NULL;
    struct reader *reader = NULL;
    struct stmt *stmt = NULL;
    bool row = false;

    assert_int_equal(home_open(stage->clerk.home, HOME_READ, &home, NULL), STATUS_OK);
    assert_int_equal(reader_open(home, &reader, NULL), STATUS_OK);
    assert_int_equal(sql_statement(reader_outbox(reader),
                                   "SELECT count(*) FROM lookup"
                                   " WHERE account = 'li' AND action = ?1 AND object = ?2",
                                   &stmt, NULL),
                     STATUS_OK);
    stmt_bind_text(stmt, 1, action);
    stmt_bind_text(stmt, 2, object);
    assert_int_equal(stmt_step(stmt, &row, NULL), STATUS_OK);
    int64_t count = stmt_int(stmt, 0);
    stmt_reset(stmt);
    reader_close(reader);
    home_close(home);
    return count;
}

/* Every look-up is in the journal before its answer is out. */
static void test_looking_leaves_traces(void **state)
{
    struct stage *stage = *state;
    struct resident other = desk_find_resident(&stage->clerk, "li");
    char revealed[64];

    assert_true(count_traces(stage, "search", "li") >= 1);
    assert_int_equal(count_traces(stage, "open", other.number), 0);
    json_decref(desk_ask(0, &stage->clerk, "show", "person", other.number, NULL));
    assert_int_equal(count_traces(stage, "open", other.number), 1);
    json_decref(desk_ask(0, &stage->clerk, "show", "person", other.number, "--reveal", "id_number",
                         "--purpose", "test", NULL));
    snprintf(revealed, sizeof revealed, "%s id_number", other.number);
    assert_int_equal(count_traces(stage, "reveal", revealed), 1);
    json_decref(desk_ask(6, &stage->clerk, "check", "--name", "No", "--id", other.number, NULL));
    assert_int_equal(count_traces(stage, "check", other.number), 1);
    resident_release(&other);
}

/* Whatever is typed or scanned is cut down to size before it is written down. */
static void test_endless_queries(void **state)
{
    struct stage *stage = *state;
    char query[4001];

    for (size_t i = 0; i + 1 < sizeof query; i++)
        query[i] = (char)('a' + i % 26);
    query[sizeof query - 1] = '\0';
    json_decref(desk_ask(0, &stage->clerk, "search", query, NULL));
    json_decref(desk_ask(6, &stage->clerk, "verify", query, NULL));
    memcpy(query, "eyJ", 3);
    json_decref(desk_ask(6, &stage->clerk, "verify", query, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sync_again_brings_nothing),
        cmocka_unit_test(test_sync_of_one_dataset),
        cmocka_unit_test(test_sync_of_an_unknown_dataset),
        cmocka_unit_test(test_reconcile),
        cmocka_unit_test(test_sync_offline),
        cmocka_unit_test(test_sync_in_words),
        cmocka_unit_test(test_sync_on_a_terminal),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_search_masks_numbers),
        cmocka_unit_test(test_search_kinds_and_limits),
        cmocka_unit_test(test_search_for_people),
        cmocka_unit_test(test_search_batch),
        cmocka_unit_test(test_show_person),
        cmocka_unit_test(test_show_links_lead_on),
        cmocka_unit_test(test_show_in_words),
        cmocka_unit_test(test_reveal_needs_a_purpose),
        cmocka_unit_test(test_show_what_is_not_there),
        cmocka_unit_test(test_verify_numbers),
        cmocka_unit_test(test_verify_signed_codes),
        cmocka_unit_test(test_verify_a_certificate),
        cmocka_unit_test(test_verify_slip),
        cmocka_unit_test(test_verify_without_login),
        cmocka_unit_test(test_verify_batch),
        cmocka_unit_test(test_blind_check),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_datasets),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_looking_leaves_traces),
        cmocka_unit_test(test_endless_queries),
        cmocka_unit_test(test_damage_is_named_and_repaired), /* last: it costs the cache */
    };

    return cmocka_run_group_tests_name("look-ups", tests, set_up, tear_down);
}
