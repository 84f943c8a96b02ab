/*
 * Memory runs out at every allocation in turn of whole commands: synchronising, comparing, bundles,
 * requests, looking up, verifying. Each time the answer is right or an error with a sentence, what
 * was said to be saved is there once, what was refused is not there, and the same command without
 * the fault completes. Nothing crashes; under the sanitizers nothing is leaked either.
 */
#include "base/file.h"
#include "db/schema.h"
#include "db/sql.h"
#include "tests/cli/provider.h"
#include "tests/cli/town.h"
#include "tests/fault/chance.h"
#include "tests/fault/starve.h"
#include "tests/ofd/maker.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TRIES           16 /* of each thing; FAULT_ROUNDS for more */
#define RESIDENTS       24
#define POPULATION      "population-" TOWN_AREA
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

struct scene {
    struct town *town;
    struct desk boss, clerk, fresh; /* fresh: made anew for a try */
    struct resident resident;
    struct chance chance;
    char *evidence, *code, *keys, *document, *root, *certificate, *bundle;
    char print[65];   /* of the office that makes bundles */
    char request[48]; /* the last one that was raised */
    int64_t requests; /* saved until now */
    int serial, bundle_number;
    int wrong;
};

struct thing {
    const char *name;
    void (*prepare)(struct scene *scene); /* with memory; may be NULL */
    struct outcome (*run)(struct scene *scene);
    int code;                                       /* of the right answer */
    bool same;                                      /* which is the same each time */
    void (*settle)(struct scene *scene, bool done); /* with memory again; may be NULL */
};

/* --- looking up ---------------------------------------------------------------------------------
 */

static struct outcome run_search(struct scene *scene)
{
    return desk_run(&scene->clerk, "search", "wang", NULL);
}

static struct outcome run_show(struct scene *scene)
{
    return desk_run(&scene->clerk, "show", "record", scene->resident.record, NULL);
}

static struct outcome run_person(struct scene *scene)
{
    return desk_run(&scene->clerk, "show", "person", scene->resident.number, NULL);
}

static struct outcome run_check(struct scene *scene)
{
    return desk_run(&scene->clerk, "check", "--name", scene->resident.name, "--id",
                    scene->resident.number, NULL);
}

static struct outcome run_list(struct scene *scene)
{
    return desk_run(&scene->clerk, "list", "run", "--dataset", "population", "--where",
                    "id_number age>=20", NULL);
}

static struct outcome run_quality(struct scene *scene)
{
    return desk_run(&scene->clerk, "quality", "--again", NULL);
}

static struct outcome run_status(struct scene *scene)
{
    return desk_run(&scene->clerk, "status", NULL);
}

static struct outcome run_doctor(struct scene *scene)
{
    return desk_run(&scene->boss, "doctor", NULL);
}

static struct outcome run_datasets(struct scene *scene)
{
    return desk_run(&scene->clerk, "dataset", "list", NULL);
}

static struct outcome run_trust(struct scene *scene)
{
    return desk_run(&scene->clerk, "trust", "list", NULL);
}

static struct outcome run_notices(struct scene *scene)
{
    return desk_run(&scene->clerk, "notices", NULL);
}

/* --- verifying ----------------------------------------------------------------------------------
 */

static struct outcome verify_number(struct scene *scene)
{
    return desk_run(&scene->clerk, "verify", "--offline", scene->resident.number, NULL);
}

static struct outcome verify_code(struct scene *scene)
{
    return desk_run(&scene->clerk, "verify", "--offline", "--trust", scene->keys, scene->code,
                    NULL);
}

static struct outcome verify_document(struct scene *scene)
{
    return desk_run(&scene->clerk, "verify", "--offline", "--trust", scene->root, scene->document,
                    NULL);
}

static struct outcome verify_record(struct scene *scene)
{
    return desk_run(&scene->clerk, "verify", scene->resident.record, NULL);
}

/* --- requests -----------------------------------------------------------------------------------
 */

static struct outcome raise_one(struct scene *scene)
{
    char set[64];

    snprintf(set, sizeof set, "phone=1990000%04d", ++scene->serial);
    return desk_run(&scene->clerk, "request", "new", "--dataset", "population", "--record",
                    scene->resident.record, "--set", set, "--ground", "inaccurate", "--reason",
                    "moved", "--attach", scene->evidence, NULL);
}

/* All of them: a list that is asked for has an end. */
static int64_t count_requests(struct scene *scene)
{
    struct sql *sql = NULL;
    struct error error = {0};
    int64_t count = 0;
    char *path = join_path(scene->clerk.home, "outbox.db");
    const struct sql_options options = {.path = path,
                                        .role = SQL_READER,
                                        .application_id = OUTBOX_APPLICATION_ID,
                                        .user_version_max = OUTBOX_SCHEMA_VERSION};

    if (sql_open(&options, &sql, &error) != STATUS_OK ||
        sql_integer(sql, "SELECT count(*) FROM request", &count, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    sql_close(sql);
    free(path);
    return count;
}

static void expect_requests(struct scene *scene, bool one_more)
{
    int64_t count = count_requests(scene);

    scene->requests += one_more;
    if (count != scene->requests) {
        print_error("%lld requests, not %lld\n", (long long)count, (long long)scene->requests);
        scene->wrong++;
    }
    scene->requests = count;
}

static void prepare_request(struct scene *scene)
{
    struct outcome outcome = raise_one(scene);

    if (outcome.code != 0)
        fail_msg("%s", buf_text(&outcome.err));
    snprintf(scene->request, sizeof scene->request, "%s",
             json_text(outcome_json(&outcome), "id", ""));
    outcome_release(&outcome);
    scene->requests++;
}

static struct outcome approve(struct scene *scene)
{
    return desk_run(&scene->boss, "request", "approve", scene->request, NULL);
}

static struct outcome withdraw(struct scene *scene)
{
    return desk_run(&scene->clerk, "request", "withdraw", scene->request, "--reason", "a mistake",
                    NULL);
}

/* The event is there when it was said to be, and not when it was refused. */
static void expect_state(struct scene *scene, bool done, const char *after)
{
    json_t *value = desk_ask(0, &scene->clerk, "request", "show", scene->request, NULL);
    const char *state = json_text(value, "state", "");

    if (strcmp(state, done ? after : "pending_review") != 0) {
        print_error("%s is %s although the command was %s\n", scene->request, state,
                    done ? "done" : "refused");
        scene->wrong++;
    }
    json_decref(value);
}

static void expect_approved(struct scene *scene, bool done)
{
    expect_state(scene, done, "approved");
}

static void expect_withdrawn(struct scene *scene, bool done)
{
    expect_state(scene, done, "withdrawn");
}

static struct outcome list_requests(struct scene *scene)
{
    return desk_run(&scene->clerk, "request", "list", NULL);
}

static struct outcome show_request(struct scene *scene)
{
    return desk_run(&scene->clerk, "request", "show", scene->request, NULL);
}

/* --- synchronising ------------------------------------------------------------------------------
 */

static void expect_equal(struct scene *scene, const struct desk *desk)
{
    struct outcome outcome = desk_run(desk, "reconcile", NULL);

    if (outcome.code != 0) {
        print_error("not as upstream: %s\n", buf_text(&outcome.out));
        scene->wrong++;
    }
    outcome_release(&outcome);
}

static void sync_well(const struct desk *desk)
{
    json_t *report = desk_ask(0, desk, "sync", NULL);

    assert_string_equal(json_text(report, "result", ""), "ok");
    json_decref(report);
}

static void drop_fresh(struct scene *scene)
{
    if (!scene->fresh.home)
        return;
    remove_directory(scene->fresh.home);
    free(scene->fresh.passphrase_file);
    scene->fresh = (struct desk){0};
}

static void prepare_fresh(struct scene *scene)
{
    char name[32];

    drop_fresh(scene);
    snprintf(name, sizeof name, "fresh%d", ++scene->serial);
    scene->fresh = desk_new(scene->town, name, "chen", "clerk");
}

static struct outcome sync_first(struct scene *scene)
{
    return desk_run(&scene->fresh, "sync", NULL);
}

static void settle_fresh(struct scene *scene, bool done)
{
    (void)done;
    sync_well(&scene->fresh);
    expect_equal(scene, &scene->fresh);
}

/* One row as always, one that no quick reading understands, and a request with its evidence. */
static void prepare_news(struct scene *scene)
{
    char text[64];

    snprintf(text, sizeof text, "新路%d号", ++scene->serial);
    provider_change(scene->town, POPULATION, scene->resident.record, "registered_address", text);
    snprintf(text, sizeof text, "\"%d\"\t\\\n", scene->serial);
    provider_change(scene->town, POPULATION, scene->resident.record, "remark", text);
    prepare_request(scene);
}

static struct outcome sync_again(struct scene *scene)
{
    return desk_run(&scene->clerk, "sync", NULL);
}

static struct outcome sync_full(struct scene *scene)
{
    return desk_run(&scene->clerk, "sync", "--full", NULL);
}

static struct outcome sync_watching(struct scene *scene)
{
    starve_interrupt_next();
    return desk_run(&scene->clerk, "sync", "--watch", NULL);
}

static void expect_delivered(struct scene *scene)
{
    json_t *status = desk_ask(0, &scene->clerk, "status", NULL);
    const json_t *queue = json_object_get(status, "requests");

    if (json_int(queue, "queued", -1) != 0 || json_int(queue, "sending", -1) != 0) {
        print_error("not delivered after a complete synchronisation\n");
        scene->wrong++;
    }
    json_decref(status);
}

/* Whatever is held asks for a person, who keeps it: the provider has changed the record. */
static void keep_held(struct scene *scene)
{
    json_t *list = desk_ask(0, &scene->clerk, "request", "list", "--held", NULL);
    const json_t *requests = json_object_get(list, "requests");

    for (size_t i = 0; i < json_array_size(requests); i++)
        json_decref(desk_ask(0, &scene->clerk, "request", "resolve", "--keep",
                             json_text(json_array_get(requests, i), "id", ""), NULL));
    json_decref(list);
}

static void settle_sync(struct scene *scene, bool done)
{
    struct outcome outcome = desk_run(&scene->clerk, "sync", NULL);

    (void)done;
    assert_true(outcome.code == 0 || outcome.code == 5);
    outcome_release(&outcome);
    keep_held(scene);
    sync_well(&scene->clerk);
    expect_equal(scene, &scene->clerk);
    expect_delivered(scene);
    expect_requests(scene, false);
}

static void prepare_difference(struct scene *scene)
{
    char text[64];

    snprintf(text, sizeof text, "新路%d号", ++scene->serial);
    provider_change(scene->town, POPULATION, scene->resident.record, "registered_address", text);
}

static struct outcome repair(struct scene *scene)
{
    return desk_run(&scene->clerk, "reconcile", "--repair", NULL);
}

static void settle_repair(struct scene *scene, bool done)
{
    (void)done;
    json_decref(desk_ask(0, &scene->clerk, "reconcile", "--repair", NULL));
    expect_equal(scene, &scene->clerk);
}

/* --- homes and accounts -------------------------------------------------------------------------
 */

static void prepare_place(struct scene *scene)
{
    char name[32];

    drop_fresh(scene);
    snprintf(name, sizeof name, "place%d", ++scene->serial);
    scene->fresh = (struct desk){.home = join_path(town_directory(scene->town), name),
                                 .account = "chen",
                                 .passphrase_file = strdup(scene->clerk.passphrase_file)};
}

static struct outcome init(struct scene *scene)
{
    return desk_run(&scene->fresh, "init", "--upstream", town_upstream(scene->town), "--area",
                    TOWN_AREA, "--role", "clerk", NULL);
}

/* What stopped half-way is gone on from, or was complete. */
static void settle_init(struct scene *scene, bool done)
{
    if (!done) {
        struct outcome outcome = init(scene);
        if (outcome.code != 0) {
            print_error("init after a failed one: %s", buf_text(&outcome.err));
            scene->wrong++;
        }
        outcome_release(&outcome);
    }
    json_decref(desk_ask(0, &scene->fresh, "request", "list", NULL));
}

static struct outcome add_account(struct scene *scene)
{
    char name[32];

    snprintf(name, sizeof name, "zhou%d", ++scene->serial);
    return desk_run(&scene->boss, "account", "add", name, "--role", "clerk",
                    "--new-passphrase-file", scene->clerk.passphrase_file, NULL);
}

static void settle_account(struct scene *scene, bool done)
{
    char name[32];
    json_t *list = desk_ask(0, &scene->boss, "account", "list", NULL);
    struct buf text = {0};

    snprintf(name, sizeof name, "\"zhou%d\"", scene->serial);
    assert_int_equal(json_print(list, &text, NULL), STATUS_OK);
    if (done != (strstr(buf_text(&text), name) != NULL)) {
        print_error("account %s was %s, and is %sthere\n", name, done ? "added" : "refused",
                    done ? "not " : "");
        scene->wrong++;
    }
    buf_release(&text);
    json_decref(list);
}

/* --- bundles ------------------------------------------------------------------------------------
 */

static void office(const struct scene *scene, const char *command)
{
    struct buf line = {0};

    buf_printf(&line, "cd '%s' && { %s; } 2>>office.log", town_directory(scene->town), command);
    if (system(buf_text(&line)) != 0)
        fail_msg("%s", command);
    buf_release(&line);
}

static struct outcome identify(struct scene *scene)
{
    return desk_run(&scene->boss, "bundle", "identity", NULL);
}

static struct outcome export(struct scene *scene)
{
    char name[32];

    snprintf(name, sizeof name, "up%d", ++scene->serial);
    char *out = join_path(town_directory(scene->town), name);
    struct outcome outcome = desk_run(&scene->clerk, "bundle", "export", "--to-cert",
                                      scene->certificate, "--out", out, NULL);
    free(out);
    return outcome;
}

/* The next number, once the one before has been taken. */
static void prepare_bundle(struct scene *scene)
{
    char script[PATH_MAX], command[PATH_MAX + 256];

    if (scene->bundle)
        return;
    assert_non_null(realpath("tests/tools/bundle.sh", script));
    snprintf(
        command, sizeof command,
        "sh '%s' %s %s office %d office.crt office.key station.crt bundle catalogue " POPULATION,
        script, town_upstream(scene->town), TOWN_AREA, ++scene->bundle_number);
    office(scene, command);
    scene->bundle = join_path(town_directory(scene->town), "bundle");
}

static struct outcome import(struct scene *scene)
{
    return desk_run(&scene->boss, "bundle", "import", scene->bundle, "--trust", scene->print, NULL);
}

/* Taken now, if it was not before, and taken for known the next time. */
static void settle_import(struct scene *scene, bool done)
{
    if (!done)
        json_decref(desk_ask(0, &scene->boss, "bundle", "import", scene->bundle, "--trust",
                             scene->print, NULL));
    json_t *again = desk_ask(0, &scene->boss, "bundle", "import", scene->bundle, NULL);
    assert_true(json_bool(again, "already", false));
    json_decref(again);
    expect_equal(scene, &scene->boss);
    free(scene->bundle);
    scene->bundle = NULL;
}

static struct outcome receipts(struct scene *scene)
{
    return desk_run(&scene->boss, "bundle", "receipts", NULL);
}

/* --- one try ------------------------------------------------------------------------------------
 */

static const struct thing things[] = {
    {"search", NULL, run_search, 0, true, NULL},
    {"show record", NULL, run_show, 0, true, NULL},
    {"show person", NULL, run_person, 0, true, NULL},
    {"check", NULL, run_check, 0, true, NULL},
    {"list run", NULL, run_list, 0, true, NULL},
    {"quality", NULL, run_quality, 0, false, NULL},
    {"status", NULL, run_status, 0, false, NULL},
    {"doctor", NULL, run_doctor, 0, false, NULL},
    {"dataset list", NULL, run_datasets, 0, true, NULL},
    {"trust list", NULL, run_trust, 0, true, NULL},
    {"notices", NULL, run_notices, 0, true, NULL},
    {"verify number", NULL, verify_number, 0, true, NULL},
    {"verify code", NULL, verify_code, 0, true, NULL},
    {"verify document", NULL, verify_document, 0, true, NULL},
    {"verify record", NULL, verify_record, 0, false, NULL},
    {"request new", NULL, raise_one, 0, false, expect_requests},
    {"request approve", prepare_request, approve, 0, false, expect_approved},
    {"request withdraw", prepare_request, withdraw, 0, false, expect_withdrawn},
    {"request list", NULL, list_requests, 0, true, NULL},
    {"request show", NULL, show_request, 0, true, NULL},
    {"first sync", prepare_fresh, sync_first, 0, false, settle_fresh},
    {"sync", prepare_news, sync_again, 0, false, settle_sync},
    {"sync --full", NULL, sync_full, 0, false, settle_sync},
    {"sync --watch", prepare_news, sync_watching, 0, false, settle_sync},
    {"reconcile --repair", prepare_difference, repair, 0, false, settle_repair},
    {"init", prepare_place, init, 0, false, settle_init},
    {"account add", NULL, add_account, 0, false, settle_account},
    {"bundle identity", NULL, identify, 0, false, NULL},
    {"bundle export", prepare_request, export, 0, false, NULL},
    {"bundle import", prepare_bundle, import, 0, false, settle_import},
    {"bundle receipts", NULL, receipts, 0, true, NULL},
};

/* What an answer says apart from how long it took. */
static char *essence(struct outcome *outcome)
{
    struct buf text = {0};
    json_t *value = json_deep_copy(outcome_json(outcome));

    json_object_del(value, "seconds");
    json_object_del(value, "recheck");
    json_object_del(value, "reference");
    assert_int_equal(json_print(value, &text, NULL), STATUS_OK);
    json_decref(value);
    return buf_take(&text);
}

/* An interruption may come when the program has already given up. */
static bool is_told(struct outcome *outcome)
{
    return (outcome->code == 1 || outcome->code == 128 + SIGINT) &&
           outcome->err.length > strlen("huiliu: \n");
}

static void complain(struct scene *scene, const struct thing *thing, long at, bool stays,
                     const struct outcome *outcome)
{
    print_error("%s, allocation %ld%s: exit %d: %s%s\n", thing->name, at,
                stays ? " and all after it" : "", outcome->code, buf_text(&outcome->out),
                buf_text(&outcome->err));
    scene->wrong++;
}

/* Shows where the answer leaves the right one. */
static void compare(struct scene *scene, const struct thing *thing, long at, const char *said,
                    const char *right)
{
    size_t same = 0;

    while (said[same] && said[same] == right[same])
        same++;
    size_t from = same > 60 ? same - 60 : 0;
    print_error("%s, allocation %ld:\n  %.160s\ninstead of\n  %.160s\n", thing->name, at,
                said + from, right + from);
    scene->wrong++;
}

static void try_once(struct scene *scene, const struct thing *thing, const char *right, long at,
                     bool stays)
{
    if (thing->prepare)
        thing->prepare(scene);
    starve_next(at, stays);
    struct outcome outcome = thing->run(scene);
    bool done = outcome.code == thing->code;
    char *said = done && outcome.out.length > 0 ? essence(&outcome) : NULL;

    if (!done && (!starve_has_struck() || !is_told(&outcome)))
        complain(scene, thing, at, stays, &outcome);
    else if (done && !said)
        complain(scene, thing, at, stays, &outcome);
    else if (done && thing->same && strcmp(said, right) != 0)
        compare(scene, thing, at, said, right);
    free(said);
    outcome_release(&outcome);
    if (thing->settle)
        thing->settle(scene, done);
}

/* The right answer, and how many allocations it takes. */
static long measure(struct scene *scene, const struct thing *thing, char **right)
{
    if (thing->prepare)
        thing->prepare(scene);
    struct outcome outcome = thing->run(scene);
    long count = starve_allocations();

    if (outcome.code != thing->code)
        fail_msg("%s: exit %d: %s%s", thing->name, outcome.code, buf_text(&outcome.out),
                 buf_text(&outcome.err));
    *right = essence(&outcome);
    outcome_release(&outcome);
    if (thing->settle)
        thing->settle(scene, true);
    return count;
}

/* Every allocation when there are few, else as many spread over all of them. */
static void try_all(struct scene *scene, const struct thing *thing)
{
    char *right = NULL;
    long count = measure(scene, thing, &right);
    long most = chance_rounds(TRIES);
    long step = count > most ? count / most : 1;
    int tries = 0;

    for (long at = 1; at <= count;
         at += 1 + (long)chance_below(&scene->chance, (uint64_t)(2 * step - 1)))
        try_once(scene, thing, right, at, tries++ % 2 == 1);
    print_message("# %s: %d of %ld allocations refused\n", thing->name, tries, count);
    free(right);
}

/* --- the scene ----------------------------------------------------------------------------------
 */

static char *save(const struct scene *scene, const char *name, const struct buf *data)
{
    char *path = join_path(town_directory(scene->town), name);

    assert_int_equal(file_replace(path, data->data, data->length, NULL), STATUS_OK);
    return path;
}

static void make_document(struct scene *scene)
{
    struct buf file = {0}, pem = {0};

    ofd_make_licence(&file, &pem);
    scene->document = save(scene, "licence.ofd", &file);
    scene->root = save(scene, "root.pem", &pem);
    buf_release(&file);
    buf_release(&pem);
}

static void make_code(struct scene *scene)
{
    char *key = join_path(town_directory(scene->town), "demo.pem");
    struct buf jwk = {0};
    json_t *made = desk_ask(0, &scene->clerk, "credential", "issue", "--key", key, "--new-key",
                            "ES256", "--issuer", "https://demonstration.example", "--holder",
                            "张三", "--valid-days", "3", NULL);

    assert_int_equal(json_print(json_object_get(made, "jwk"), &jwk, NULL), STATUS_OK);
    scene->keys = save(scene, "demo.jwk", &jwk);
    scene->code = strdup(json_text(made, "code", ""));
    json_decref(made);
    buf_release(&jwk);
    free(key);
}

static void make_office(struct scene *scene)
{
    struct buf print = {0};

    office(scene, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30"
                  " -subj '/CN=Office' -keyout office.key -out office.crt");
    office(scene, "openssl x509 -in office.crt -noout -fingerprint -sha256 |"
                  " sed 's/.*=//;s/://g' | tr A-F a-f >print");
    scene->certificate = join_path(town_directory(scene->town), "office.crt");
    char *file = join_path(town_directory(scene->town), "print");
    assert_int_equal(file_read(file, 100, &print, NULL), STATUS_OK);
    assert_true(print.length >= 64);
    memcpy(scene->print, print.data, 64);
    buf_release(&print);
    free(file);
    json_t *identity = desk_ask(0, &scene->boss, "bundle", "identity", NULL);
    free(write_file(town_directory(scene->town), "station.crt",
                    json_text(identity, "certificate", "")));
    json_decref(identity);
}

static void set_scene(struct scene *scene)
{
    *scene = (struct scene){.town = town_new_of(RESIDENTS), .chance = {chance_seed()}};
    scene->boss = desk_new(scene->town, "counter", "boss", "administrator,supervisor");
    scene->clerk = desk_colleague(scene->town, &scene->boss, "li", "clerk");
    sync_well(&scene->clerk);
    scene->resident = desk_find_resident(&scene->clerk, "wang");
    scene->evidence = write_file(town_directory(scene->town), "page.txt", "a page of evidence\n");
    make_document(scene);
    make_code(scene);
    make_office(scene);
    prepare_request(scene);
}

static void strike_scene(struct scene *scene)
{
    drop_fresh(scene);
    resident_release(&scene->resident);
    free(scene->evidence);
    free(scene->code);
    free(scene->keys);
    free(scene->document);
    free(scene->root);
    free(scene->certificate);
    free(scene->bundle);
    desk_release(&scene->clerk);
    desk_release(&scene->boss);
    town_free(scene->town);
}

static void memory_runs_out_in_every_command(void **state)
{
    const char *only = getenv("FAULT_ONLY");
    struct scene scene;

    (void)state;
    set_scene(&scene);
    for (size_t i = 0; i < COUNT_OF(things); i++)
        if (!only || !only[0] || strcmp(only, things[i].name) == 0)
            try_all(&scene, &things[i]);
    json_decref(desk_ask(0, &scene.boss, "doctor", NULL));
    settle_sync(&scene, true);
    strike_scene(&scene);
    assert_int_equal(scene.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_runs_out_in_every_command),
    };

    starve_start();
    return cmocka_run_group_tests_name("commands without memory", tests, NULL, NULL);
}
