#include "db/watch_state.h"

#include "base/i18n.h"
#include "db/feed_state.h"
#include "db/record.h"
#include "verify/digest.h"

#include <string.h>

#define DIGEST_SHOWN 16 /* hexadecimal digits of SHA-256: enough to tell two values apart */

/* One look at a subject. */
struct look {
    struct reader *reader;
    const struct catalogue *catalogue;
    struct arena *arena;
    const json_t *before; /* "records"; NULL: there is nothing to compare with */
    const json_t *whole;
    struct record_list records; /* of the subject */
    json_t *now;                /* "records" to be remembered */
    struct watch_news *news;
    size_t news_count;
};

/* --- digests ---------------------------------------------------------------------------------- */

static enum status digest_value(const json_t *value, char out[SHA256_HEX_MAX], struct error *error)
{
    struct buf text = {0};
    json_t *whole = json_pack("[O]", value);
    enum status status = whole ? json_print(whole, &text, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = sha256_hex(buf_text(&text), text.length, out, error);
    json_decref(whole);
    buf_release(&text);
    out[DIGEST_SHOWN] = '\0';
    return status;
}

/* Absent and null are the same. */
static enum status digest_record(const struct record *record, json_t **digests, struct error *error)
{
    char hex[SHA256_HEX_MAX] = "";
    json_t *object = json_object();
    bool ok = object != NULL;
    enum status status = ok ? STATUS_OK : error_nomem(error);
    const char *name;
    json_t *value;

    json_object_foreach(record->body, name, value)
    {
        if (status != STATUS_OK || json_is_null(value))
            continue;
        status = digest_value(value, hex, error);
        json_put_text(object, name, hex, &ok);
    }
    if (status == STATUS_OK && !ok)
        status = error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(object);
        return status;
    }
    *digests = object;
    return STATUS_OK;
}

/* --- telling ---------------------------------------------------------------------------------- */

static enum status add_news(struct look *look, enum watch_event event, const char *dataset,
                            const char *record, const char *fields, struct error *error)
{
    struct watch_news *news = arena_push(look->arena, &look->news, &look->news_count, sizeof *news);

    if (!news)
        return error_nomem(error);
    *news = (struct watch_news){.event = event,
                                .dataset = arena_str(look->arena, dataset),
                                .record = arena_str(look->arena, record),
                                .fields = arena_str(look->arena, fields)};
    return arena_failed(look->arena) ? error_nomem(error) : STATUS_OK;
}

static void add_line(struct buf *lines, const char *text)
{
    buf_str(lines, lines->length > 0 ? "\n" : "");
    buf_str(lines, text);
}

/* Names of the fields whose digests are not the same. */
static void list_fields(const json_t *before, const json_t *after, struct buf *lines)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)after, name, value)
    {
        if (strcmp(json_text(before, name, ""), json_string_value(value)) != 0)
            add_line(lines, name);
    }
    json_object_foreach((json_t *)(uintptr_t)before, name, value)
    {
        if (!json_object_get(after, name))
            add_line(lines, name);
    }
}

static bool was_whole(const struct look *look, const char *dataset)
{
    for (size_t i = 0; i < json_array_size(look->whole); i++) {
        const char *name = json_string_value(json_array_get(look->whole, i));
        if (name && strcmp(name, dataset) == 0)
            return true;
    }
    return false;
}

static enum status tell_record(struct look *look, const struct record *record, const json_t *before,
                               const json_t *after, struct error *error)
{
    struct buf lines = {0};
    enum status status = STATUS_OK;

    if (!before)
        return was_whole(look, record->dataset->name)
                   ? add_news(look, WATCH_ADDED, record->dataset->name, record->key, "", error)
                   : STATUS_OK;
    list_fields(before, after, &lines);
    if (buf_failed(&lines))
        status = error_nomem(error);
    else if (lines.length > 0)
        status = add_news(look, WATCH_CHANGED, record->dataset->name, record->key, buf_text(&lines),
                          error);
    buf_release(&lines);
    return status;
}

/* --- the records there are -------------------------------------------------------------------- */

static enum status look_at_record(struct look *look, const struct record *record,
                                  struct error *error)
{
    json_t *digests = NULL;
    bool ok = true;
    const char *key = arena_printf(look->arena, "%s/%s", record->dataset->name, record->key);
    enum status status = key ? digest_record(record, &digests, error) : error_nomem(error);

    if (status == STATUS_OK && look->before)
        status = tell_record(look, record, json_object_get(look->before, key), digests, error);
    if (status != STATUS_OK) {
        json_decref(digests);
        return status;
    }
    json_put(look->now, key, digests, &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status look_at_records(struct look *look, enum subject_kind kind, const char *subject,
                                   struct error *error)
{
    struct record_source source = {
        .cache = reader_cache(look->reader), .catalogue = look->catalogue, .arena = look->arena};
    enum status status =
        records_collect(&source, TERM_SUBJECT, subject, WATCHED_RECORDS_MAX, &look->records, error);

    for (size_t i = 0; i < look->records.count && status == STATUS_OK; i++) {
        const struct record *record = &look->records.items[i];
        if (record->dataset->subject == kind && subject_same(record->facts.subject, subject))
            status = look_at_record(look, record, error);
    }
    return status;
}

/* --- the records there are no more ------------------------------------------------------------ */

/* Whether everything of the dataset has been read and may be. */
static enum status is_whole(struct look *look, const struct dataset *dataset, bool *whole,
                            struct error *error)
{
    struct feed_state feed;
    enum status status = feed_state_read(reader_cache(look->reader), dataset, &feed, error);

    if (status == STATUS_OK)
        *whole = feed.complete && !feed.withdrawn;
    return status;
}

/* Deleted: told and forgotten. Only not here: remembered. */
static enum status look_at_missing(struct look *look, const char *key, json_t *digests,
                                   struct error *error)
{
    const char *slash = strchr(key, '/');
    const char *name = slash ? arena_strn(look->arena, key, (size_t)(slash - key)) : NULL;
    const struct dataset *dataset = name ? catalogue_find(look->catalogue, name) : NULL;
    bool whole = false, ok = true;
    enum status status = dataset ? is_whole(look, dataset, &whole, error) : STATUS_OK;

    if (status != STATUS_OK)
        return status;
    if (whole)
        return add_news(look, WATCH_REMOVED, name, slash + 1, "", error);
    json_put(look->now, key, json_incref(digests), &ok);
    return ok ? STATUS_OK : error_nomem(error);
}

static enum status look_for_missing(struct look *look, struct error *error)
{
    enum status status = STATUS_OK;
    const char *key;
    json_t *digests;

    json_object_foreach((json_t *)(uintptr_t)look->before, key, digests)
    {
        if (status == STATUS_OK && !json_object_get(look->now, key))
            status = look_at_missing(look, key, digests, error);
    }
    return status;
}

/* --- what is remembered ----------------------------------------------------------------------- */

static enum status list_whole(struct look *look, json_t **whole, struct error *error)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    enum status status = ok ? STATUS_OK : error_nomem(error);

    for (size_t i = 0; i < catalogue_count(look->catalogue) && status == STATUS_OK; i++) {
        const struct dataset *dataset = catalogue_at(look->catalogue, i);
        bool complete = false;
        status = is_whole(look, dataset, &complete, error);
        if (complete)
            json_add(list, json_string(dataset->name), &ok);
    }
    if (status == STATUS_OK && !ok)
        status = error_nomem(error);
    if (status != STATUS_OK) {
        json_decref(list);
        return status;
    }
    *whole = list;
    return STATUS_OK;
}

/* A dataset that is being read again was whole: what turns up in it is news all the same. */
static void keep_whole(const struct look *look, json_t *whole, bool *ok)
{
    for (size_t i = 0; i < json_array_size(look->whole); i++) {
        const char *name = json_string_value(json_array_get(look->whole, i));
        bool listed = false;
        for (size_t k = 0; k < json_array_size(whole) && name; k++)
            listed = listed || strcmp(json_string_value(json_array_get(whole, k)), name) == 0;
        if (name && !listed)
            json_add(whole, json_string(name), ok);
    }
}

static enum status make_state(struct look *look, const json_t *before, json_t **state,
                              struct error *error)
{
    json_t *whole = NULL;
    enum status status = list_whole(look, &whole, error);
    json_t *object = json_object();
    bool ok = object != NULL;

    if (status != STATUS_OK) {
        json_decref(object);
        return status;
    }
    keep_whole(look, whole, &ok);
    json_put(object, "n", json_integer(json_int(before, "n", 0) + (json_int_t)look->news_count),
             &ok);
    json_put(object, "whole", whole, &ok);
    json_put(object, "records", json_incref(look->now), &ok);
    if (!ok) {
        json_decref(object);
        return error_nomem(error);
    }
    *state = object;
    return STATUS_OK;
}

/* By the first record that is no certificate. */
static const char *name_of(const struct look *look, enum subject_kind kind)
{
    for (size_t i = 0; i < look->records.count; i++) {
        const struct facts *facts = &look->records.items[i].facts;
        if (!facts->is_certificate && *facts->name && facts->dataset->subject == kind)
            return arena_str(look->arena, facts->name);
    }
    return "";
}

/* --- all -------------------------------------------------------------------------------------- */

static enum status look_once(struct look *look, enum subject_kind kind, const char *subject,
                             struct error *error)
{
    enum status status = reader_catalogue(look->reader, &look->catalogue, error);

    if (status == STATUS_OK && (look->now = json_object()) == NULL)
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = look_at_records(look, kind, subject, error);
    if (status == STATUS_OK)
        status = look_for_missing(look, error);
    return status;
}

enum status watch_state_compare(struct reader *reader, enum subject_kind kind, const char *subject,
                                const json_t *before, struct arena *arena,
                                struct watch_difference *out, struct error *error)
{
    struct look look = {.reader = reader,
                        .arena = arena,
                        .before = json_object_get(before, "records"),
                        .whole = json_object_get(before, "whole")};
    json_t *state = NULL;
    enum status status = sql_snapshot_begin(reader_cache(reader), error);

    if (status != STATUS_OK)
        return status;
    status = look_once(&look, kind, subject, error);
    if (status == STATUS_OK)
        status = make_state(&look, before, &state, error);
    sql_snapshot_end(reader_cache(reader));
    const char *name = status == STATUS_OK ? name_of(&look, kind) : "";
    records_release(&look.records);
    json_decref(look.now);
    if (status == STATUS_OK && !name) {
        json_decref(state);
        status = error_nomem(error);
    }
    if (status == STATUS_OK)
        *out = (struct watch_difference){
            .news = look.news, .count = look.news_count, .name = name, .state = state};
    return status;
}

enum status watch_state_take(struct reader *reader, enum subject_kind kind, const char *subject,
                             struct arena *arena, struct watch_difference *out, struct error *error)
{
    struct watch_difference taken;
    enum status status = watch_state_compare(reader, kind, subject, NULL, arena, &taken, error);

    if (status != STATUS_OK)
        return status;
    if (json_object_size(json_object_get(taken.state, "records")) == 0) {
        json_decref(taken.state);
        return error_set(error, STATUS_NOT_FOUND,
                         _("Nothing is known about this number on this workstation."));
    }
    *out = taken;
    return STATUS_OK;
}
