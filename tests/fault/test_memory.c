/*
 * Memory runs out at every allocation in turn, of everything a station does: each time the answer
 * is "out of memory" or right, nothing is saved that was refused, and the next try succeeds. Under
 * the sanitizers nothing is leaked either.
 */
#include "db/overview.h"
#include "tests/fault/memory.h"
#include "tests/fault/station.h"

#define TRIES 150 /* of each thing; FAULT_ROUNDS for more */

struct scene {
    struct station station;
    struct chance chance;
    char id[48]; /* of a request that waits for review */
    int wrong;   /* answers that were neither right nor "out of memory" */
};

typedef enum status thing(struct scene *scene, struct error *error);

static enum status open_and_close(struct scene *scene, struct error *error)
{
    station_close(&scene->station);
    enum status status = station_open(&scene->station);
    if (status != STATUS_OK)
        *error = scene->station.last;
    return status;
}

static enum status raise(struct scene *scene, struct error *error)
{
    char id[48];
    struct seat seat = {.home = scene->station.home,
                        .outbox = scene->station.outbox,
                        .reader = scene->station.reader};

    return seat_try_raise(&seat, "address", "西乡 9", id, error);
}

static enum status note(struct scene *scene, struct error *error)
{
    return request_act(scene->station.outbox, &seat_clerk, scene->id, "note", "a word", error);
}

static enum status list(struct scene *scene, struct error *error)
{
    struct request_list *list = NULL;
    const struct request_filter filter = {.state = -1};
    enum status status = request_list(scene->station.reader, &filter, &list, error);

    request_list_free(list);
    return status;
}

static enum status look_at_one(struct scene *scene, struct error *error)
{
    struct request_detail *detail = NULL;
    enum status status = request_get(scene->station.reader, scene->id, &detail, error);

    request_detail_free(detail);
    return status;
}

static enum status look_over(struct scene *scene, struct error *error)
{
    struct overview *overview = NULL;
    enum status status = overview_read(scene->station.reader, "li", &overview, error);

    overview_free(overview);
    return status;
}

static enum status send(struct scene *scene, struct error *error)
{
    struct outgoing outgoing = {0};
    enum status status = request_next_outgoing(scene->station.outbox, "", &outgoing, error);

    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = request_defer(scene->station.outbox, outgoing.id, "no line", error);
    outgoing_release(&outgoing);
    return status;
}

static enum status receive(struct scene *scene, struct error *error)
{
    struct request_detail *detail = NULL;
    enum status status = request_get(scene->station.reader, scene->id, &detail, error);

    if (status == STATUS_OK)
        status = request_merge_upstream(scene->station.outbox, scene->id, "1-a", detail->document,
                                        "requests-990106001", "\"1-x\"", error);
    request_detail_free(detail);
    return status;
}

static enum status apply_rows(struct scene *scene, struct error *error)
{
    enum status status = station_fill_cache(&scene->station, &scene->chance);

    if (status != STATUS_OK)
        *error = scene->station.last;
    return status;
}

static enum status shorten_log(struct scene *scene, struct error *error)
{
    (void)outbox_lock(scene->station.outbox);
    enum status status = outbox_compact(scene->station.outbox, error);
    outbox_unlock(scene->station.outbox);
    return status;
}

static const struct {
    const char *name;
    thing *run;
} things[] = {{"opening", open_and_close}, {"raising", raise},       {"noting", note},
              {"listing", list},           {"looking", look_at_one}, {"overview", look_over},
              {"sending", send},           {"receiving", receive},   {"applying", apply_rows},
              {"shortening", shorten_log}};

static void set_scene(struct scene *scene, const char *directory)
{
    struct error error = {0};

    *scene = (struct scene){.chance = {chance_seed()}};
    station_make(&scene->station, directory);
    if (station_open(&scene->station) != STATUS_OK)
        fail_msg("%s", scene->station.last.text);
    struct seat seat = {.home = scene->station.home,
                        .outbox = scene->station.outbox,
                        .reader = scene->station.reader};
    seat_ok(seat_try_raise(&seat, "address", "西乡 5", scene->id, &error), &error);
}

static long measure(struct scene *scene, size_t which)
{
    struct error error = {0};

    memory_fail(0, false);
    seat_ok(things[which].run(scene, &error), &error);
    return memory_allocations();
}

static void try_once(struct scene *scene, size_t which, long at, bool stays)
{
    struct error error = {0};

    memory_fail(at, stays);
    enum status status = things[which].run(scene, &error);
    bool failed = memory_has_failed();
    memory_fail(0, false);
    if (status != STATUS_OK && (!failed || status != STATUS_NOMEM || error.text[0] == '\0')) {
        print_error("%s, allocation %ld%s: %s: %s\n", things[which].name, at,
                    stays ? " and all after it" : "", status_name(status), error.text);
        scene->wrong++;
    }
    if (!scene->station.home && station_open(&scene->station) != STATUS_OK)
        fail_msg("%s, allocation %ld: does not open again: %s", things[which].name, at,
                 scene->station.last.text);
}

/* Every allocation when there are few, else as many spread over all of them. */
static int try_all(struct scene *scene, size_t which)
{
    long count = measure(scene, which);
    long most = chance_rounds(TRIES);
    long step = count > most ? count / most : 1;
    int tries = 0;

    for (long at = 1; at <= count;
         at += 1 + (long)chance_below(&scene->chance, (uint64_t)(2 * step - 1))) {
        try_once(scene, which, at, tries % 2 == 1);
        tries++;
    }
    struct error error = {0};
    seat_ok(things[which].run(scene, &error), &error);
    return tries;
}

static int64_t requests(struct scene *scene)
{
    struct error error = {0};
    int64_t count = 0;

    seat_ok(sql_integer(reader_outbox(scene->station.reader), "SELECT count(*) FROM request",
                        &count, &error),
            &error);
    return count;
}

/* Each is in the log and in the database, or in neither. */
static void expect_both_copies(struct scene *scene)
{
    int64_t before = requests(scene);

    station_lose_outbox(&scene->station);
    assert_int_equal(requests(scene), before);
}

static void memory_runs_out_everywhere(void **state)
{
    struct scene scene;
    int tries = 0;

    set_scene(&scene, scratch_path(state, "home"));
    for (size_t i = 0; i < COUNT_OF(things); i++) {
        int here = try_all(&scene, i);
        print_message("# %s: %d allocations refused\n", things[i].name, here);
        tries += here;
    }
    assert_int_equal(scene.wrong, 0);
    expect_both_copies(&scene);
    station_close(&scene.station);
    assert_true(tries > 100);
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SCRATCH(memory_runs_out_everywhere),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("out of memory", tests, NULL, NULL);
}
