#include "tests/bench/subjects.h"

#include "tests/bench/stream.h"

#include <string.h>

static const char *const datasets[GROUP_COUNT] = {"population", "enterprise", "certificate"};

/* --- reading ---------------------------------------------------------------------------------- */

struct reading {
    subject_sink sink;
    void *context;
    enum subject_group group;
    int64_t number;
};

static enum status on_row(void *context, const struct change_row *row, const json_t *seq,
                          struct error *error)
{
    struct reading *reading = context;
    bool person = reading->group == GROUP_PERSON;
    const char *code = reading->group == GROUP_CERTIFICATE  ? "certificate_id"
                       : reading->group == GROUP_ENTERPRISE ? "uscc"
                                                            : "id_number";
    char birth[9] = "";

    (void)seq;
    const struct subject subject = {
        .group = reading->group,
        .number = ++reading->number,
        .key = row->key,
        .code = json_text(row->doc, code, ""),
        .name =
            json_text(row->doc, reading->group == GROUP_CERTIFICATE ? "holder_name" : "name", ""),
        .phone = json_text(row->doc, "phone", ""),
        .address = json_text(row->doc, person ? "registered_address" : "address", ""),
        .birth = birth};
    if (person && strlen(subject.code) == 18)
        memcpy(birth, subject.code + 6, 8);
    return reading->sink(reading->context, &subject, error);
}

enum status subjects_read(const struct bench *bench, subject_sink sink, void *context,
                          struct error *error)
{
    struct reading reading = {.sink = sink, .context = context};
    enum status status = STATUS_OK;
    char path[PATH_MAX];

    for (int group = 0; group < GROUP_COUNT && status == STATUS_OK; group++) {
        reading.group = (enum subject_group)group;
        status = bench_changes(bench, datasets[group], path, error);
        if (status == STATUS_OK)
            status = stream_read(path, on_row, &reading, error);
    }
    return status;
}

/* --- sampling --------------------------------------------------------------------------------- */

struct sampling {
    struct subject_sample *sample;
    struct dice dice;
    uint32_t rates[GROUP_COUNT]; /* one in so many */
};

static enum status keep(void *context, const struct subject *subject, struct error *error)
{
    struct sampling *sampling = context;
    struct subject_sample *sample = sampling->sample;
    struct arena *arena = sample->arena;

    sample->sizes[subject->group]++;
    if (dice_below(&sampling->dice, sampling->rates[subject->group]) != 0)
        return STATUS_OK;
    struct subject *kept = arena_push(arena, &sample->items[subject->group],
                                      &sample->counts[subject->group], sizeof *kept);
    if (!kept)
        return error_nomem(error);
    *kept = (struct subject){.group = subject->group,
                             .number = subject->number,
                             .key = arena_str(arena, subject->key),
                             .code = arena_str(arena, subject->code),
                             .name = arena_str(arena, subject->name),
                             .phone = arena_str(arena, subject->phone),
                             .address = arena_str(arena, subject->address),
                             .birth = arena_str(arena, subject->birth)};
    return arena_failed(arena) ? error_nomem(error) : STATUS_OK;
}

/* township's defaults: 15 enterprises and 30 certificates to 100 residents. */
static uint32_t rate(uint32_t residents, unsigned percent, size_t wanted)
{
    uint64_t rows = (uint64_t)residents * percent / 100;

    return rows > wanted ? (uint32_t)(rows / wanted) : 1;
}

enum status subjects_sample(const struct bench *bench, size_t wanted, struct subject_sample *sample,
                            struct error *error)
{
    struct sampling sampling = {.sample = sample,
                                .dice = dice_for(BENCH_SEED, TOPIC_RECORD, 0),
                                .rates = {rate(bench->residents, 100, wanted),
                                          rate(bench->residents, 15, wanted),
                                          rate(bench->residents, 30, wanted)}};

    *sample = (struct subject_sample){.arena = arena_new()};
    if (!sample->arena)
        return error_nomem(error);
    return subjects_read(bench, keep, &sampling, error);
}

void subject_sample_release(struct subject_sample *sample)
{
    arena_free(sample->arena);
    *sample = (struct subject_sample){0};
}
