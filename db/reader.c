#include "db/reader.h"

#include "base/i18n.h"
#include "db/schema.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#define READER_CACHE_KIB 16384

struct reader {
    const struct home *home;
    pthread_mutex_t guard; /* of `cache`, where it is exchanged and where another thread asks it to
                              stop */
    struct sql *cache;
    unsigned cache_generation; /* of the file `cache` has open */
    struct sql *retired;       /* the file before, which somebody may still be reading */
    struct sql *outbox;
    struct catalogue *catalogue;
    int64_t seen_version; /* data_version of the cache when the catalogue was last compared */
    int64_t generation;   /* of `catalogue` */
    void *kept;
    void (*release)(void *kept);
};

static enum status open_file(const struct home *home, const char *name, uint32_t application_id,
                             int version_wanted, struct sql **out, struct error *error)
{
    char path[PATH_MAX];
    struct sql *sql = NULL;
    int version = 0;
    enum status status = home_path(home, name, path, sizeof path, error);

    if (status != STATUS_OK)
        return status;
    const struct sql_options options = {.path = path,
                                        .role = SQL_READER,
                                        .application_id = application_id,
                                        .user_version_max = version_wanted,
                                        .cache_kib = READER_CACHE_KIB};
    status = sql_open(&options, &sql, error);
    if (status == STATUS_NOT_FOUND)
        return error_set(error, status, _("There is no %s here. Run `huiliu sync` once."), path);
    if (status == STATUS_CORRUPT)
        return error_set(error, status,
                         _("%s is damaged. Run `huiliu sync` once: it is put right from the "
                           "platform and from the second copy."),
                         path);
    if (status == STATUS_OK)
        status = sql_user_version(sql, &version, error);
    if (status == STATUS_OK && version != version_wanted)
        status = error_set(error, STATUS_UNSUPPORTED,
                           _("%s was written by an older version of this program. Run "
                             "`huiliu sync` once to bring it up to date."),
                           path);
    if (status != STATUS_OK) {
        sql_close(sql);
        return status;
    }
    *out = sql;
    return STATUS_OK;
}

static enum status open_cache(struct reader *reader, struct sql **out, struct error *error)
{
    unsigned generation = home_cache_generation(reader->home);
    enum status status =
        open_file(reader->home, CACHE_FILE, CACHE_APPLICATION_ID, CACHE_SCHEMA_VERSION, out, error);

    if (status == STATUS_OK)
        reader->cache_generation = generation;
    return status;
}

enum status reader_open(const struct home *home, struct reader **out, struct error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return error_nomem(error);

    reader->home = home;
    pthread_mutex_init(&reader->guard, NULL);
    enum status status = open_cache(reader, &reader->cache, error);
    if (status == STATUS_OK)
        status = open_file(home, OUTBOX_FILE, OUTBOX_APPLICATION_ID, OUTBOX_SCHEMA_VERSION,
                           &reader->outbox, error);
    if (status != STATUS_OK) {
        reader_close(reader);
        return status;
    }
    *out = reader;
    return STATUS_OK;
}

void reader_close(struct reader *reader)
{
    if (!reader)
        return;
    reader_keep(reader, NULL, NULL);
    catalogue_free(reader->catalogue);
    sql_close(reader->cache);
    sql_close(reader->retired);
    sql_close(reader->outbox);
    pthread_mutex_destroy(&reader->guard);
    free(reader);
}

void *reader_kept(const struct reader *reader)
{
    return reader->kept;
}

void reader_keep(struct reader *reader, void *kept, void (*release)(void *kept))
{
    if (reader->release)
        reader->release(reader->kept);
    reader->kept = kept;
    reader->release = release;
}

/* A damaged file was put aside while it was open here. Whoever called reader_cache() before may
 * still hold the old connection, so it lives until the next time. */
static void follow_cache(struct reader *reader)
{
    struct sql *fresh = NULL;

    if (open_cache(reader, &fresh, NULL) != STATUS_OK)
        return;
    sql_close(reader->retired);
    reader->retired = reader->cache;
    pthread_mutex_lock(&reader->guard);
    reader->cache = fresh;
    pthread_mutex_unlock(&reader->guard);
    reader->seen_version = -1;
    reader->generation = -1;
}

struct sql *reader_cache(struct reader *reader)
{
    if (reader->cache_generation != home_cache_generation(reader->home))
        follow_cache(reader);
    else if (sql_is_damaged(reader->cache))
        home_suspect_cache(reader->home);
    return reader->cache;
}

struct sql *reader_outbox(struct reader *reader)
{
    return reader->outbox;
}

const struct home *reader_home(const struct reader *reader)
{
    return reader->home;
}

static enum status reload(struct reader *reader, int64_t generation, struct error *error)
{
    struct catalogue *fresh = NULL;
    enum status status = catalogue_load(reader->cache, &fresh, error);

    if (status != STATUS_OK)
        return status;
    catalogue_free(reader->catalogue);
    reader->catalogue = fresh;
    reader->generation = generation;
    return STATUS_OK;
}

/* Any commit changes the data version; only a changed generation costs a reload. */
enum status reader_catalogue(struct reader *reader, const struct catalogue **catalogue,
                             struct error *error)
{
    int64_t version = 0;
    int64_t generation = 0;
    enum status status = sql_data_version(reader_cache(reader), &version, error);

    if (status != STATUS_OK)
        return status;
    if (!reader->catalogue || version != reader->seen_version) {
        status = catalogue_generation(reader->cache, &generation, error);
        if (status == STATUS_OK && (!reader->catalogue || generation != reader->generation))
            status = reload(reader, generation, error);
        if (status != STATUS_OK)
            return status;
        reader->seen_version = version;
    }
    *catalogue = reader->catalogue;
    return STATUS_OK;
}

void reader_interrupt(struct reader *reader)
{
    pthread_mutex_lock(&reader->guard);
    sql_interrupt(reader->cache);
    pthread_mutex_unlock(&reader->guard);
    sql_interrupt(reader->outbox);
}
