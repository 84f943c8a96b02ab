#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "db/cache_store.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXAMINED_EVERY_MS (7LL * 24 * 3600 * 1000)

static const char aside_mark[] = CACHE_FILE ".bad-";

/* --- files put aside -------------------------------------------------------------------------- */

/* Calls `visit` with the descriptor of the directory and each name; false when it cannot be read.
 */
static bool each_aside(const char *directory,
                       void (*visit)(void *context, int at, const char *name), void *context)
{
    struct dirent *entry;
    DIR *listing = opendir(directory);

    if (!listing)
        return false;
    /* cppcheck-suppress readdirCalled ; the listing is this call's own */
    while ((entry = readdir(listing)) != NULL)
        if (strncmp(entry->d_name, aside_mark, strlen(aside_mark)) == 0)
            visit(context, dirfd(listing), entry->d_name);
    closedir(listing);
    return true;
}

static void remove_one(void *context, int at, const char *name)
{
    (void)context;
    unlinkat(at, name, 0);
}

void cache_remove_aside(const char *path)
{
    char directory[4096];
    const char *slash = strrchr(path, '/');

    snprintf(directory, sizeof directory, "%.*s", (int)(slash ? slash - path : 0), path);
    each_aside(*directory ? directory : "/", remove_one, NULL);
}

static void note_one(void *context, int at, const char *name)
{
    bool *found = context;

    (void)at;
    (void)name;
    *found = true;
}

bool cache_damage_is_kept(const struct home *home)
{
    bool found = false;

    return each_aside(home_directory(home), note_one, &found) && found;
}

static enum status every_feed_is_complete(struct sql *sql, bool *complete, struct error *error)
{
    int64_t some = 0;
    int64_t unread = 0;
    enum status status = sql_integer(sql, "SELECT count(*) FROM feed", &some, error);

    if (status == STATUS_OK)
        status =
            sql_integer(sql, "SELECT count(*) FROM feed WHERE complete = 0 AND state <> 'absent'",
                        &unread, error);
    if (status == STATUS_OK)
        *complete = some > 0 && unread == 0;
    return status;
}

void cache_forget_damage(struct cache *cache)
{
    bool complete = false;

    if (!cache_damage_is_kept(cache->home))
        return;
    if (every_feed_is_complete(cache->sql, &complete, NULL) == STATUS_OK && complete) {
        cache_remove_aside(cache->path);
        log_line("damaged cache removed");
    }
}

/* --- the examination -------------------------------------------------------------------------- */

bool cache_was_left_open(const char *path)
{
    char wal[4200];
    struct stat facts;

    snprintf(wal, sizeof wal, "%s-wal", path);
    return stat(wal, &facts) == 0 && facts.st_size > 0;
}

bool cache_is_damaged(const struct cache *cache)
{
    return cache->damaged || (cache->sql && sql_is_damaged(cache->sql));
}

static enum status is_due(struct cache *cache, bool *due, struct error *error)
{
    int64_t examined = 0;
    int64_t now = clock_wall_ms();

    *due = true;
    if (cache->left_open || home_cache_is_suspect(cache->home))
        return STATUS_OK;
    enum status status = sql_integer(
        cache->sql, "SELECT value FROM meta WHERE name = 'examined_ms'", &examined, error);
    if (status == STATUS_OK)
        *due = examined > now || now - examined >= EXAMINED_EVERY_MS;
    return status;
}

static enum status note_examined(struct cache *cache, struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_statement(cache->sql,
                                       "INSERT INTO meta(name, value) VALUES('examined_ms', ?1)"
                                       " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                                       &stmt, error);
    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, clock_wall_ms());
    return stmt_run(stmt, error);
}

/* On a connection of its own: the writer's pages are in its memory, and the disk may have others.
 */
static enum status check_file(const struct cache *cache, struct error *error)
{
    const struct sql_options options = {.path = cache->path,
                                        .role = SQL_READER,
                                        .application_id = CACHE_APPLICATION_ID,
                                        .user_version_max = CACHE_SCHEMA_VERSION};
    struct sql *sql = NULL;
    enum status status = sql_open(&options, &sql, error);

    if (status == STATUS_OK)
        status = sql_quick_check(sql, error);
    sql_close(sql);
    return status;
}

enum status cache_examine(struct cache *cache, struct error *error)
{
    bool due = false;
    enum status status = is_due(cache, &due, error);

    if (status != STATUS_OK || !due)
        return status;
    status = check_file(cache, error);
    if (status == STATUS_OK)
        status = note_examined(cache, error);
    if (status == STATUS_CORRUPT)
        cache->damaged = true;
    if (status != STATUS_OK)
        return status;
    cache->left_open = false;
    home_trust_cache(cache->home);
    return STATUS_OK;
}

static enum status renew(const struct home *home, struct error *error)
{
    struct cache *cache = NULL;
    enum status status = cache_open(home, &cache, error);

    cache_close(cache);
    return status;
}

enum status cache_repair(const struct home *home, bool *renewed, struct error *error)
{
    struct error damage = {0};
    struct cache *cache = NULL;
    enum status status = cache_open(home, &cache, error);

    if (status != STATUS_OK)
        return status;
    home_suspect_cache(home);
    status = cache_examine(cache, &damage);
    cache_close(cache);
    if (status == STATUS_CORRUPT)
        status = renew(home, &damage);
    if (status == STATUS_OK)
        *renewed = home_cache_generation(home) > 0;
    else if (error)
        *error = damage;
    return status;
}
