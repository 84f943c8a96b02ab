#ifndef HUILIU_DB_HOME_H
#define HUILIU_DB_HOME_H
/*
 * The state directory of one workstation (DESIGN section 3): its files, its settings, and the
 * rule that one process writes at a time.
 *
 *     home_create(dir, &settings, &error);            // `huiliu init`
 *     home_open(dir, HOME_WRITE, &home, &error);      // takes the lock, replaces a broken cache
 *     outbox_open(home, &outbox, &error);             // see db/outbox.h: needs HOME_WRITE;
 *                                                     // migrates, replays outbox.log
 *     reader_open(home, &reader, &error);             // see db/reader.h: one per thread
 *     cache_open(home, &cache, &error);               // see db/cache.h: needs HOME_WRITE
 *
 * HOME_WRITE opens the diagnostic log (base/log.h), huiliu.log, for as long as the home is open.
 * HOME_READ never writes a byte and works while another process holds the lock. The handle is
 * immutable after opening (but for home_take_over() and the note about the cache below) and may be
 * shared by threads; everything opened from it must be closed before home_close().
 *
 * A directory is a home when it holds huiliu.conf, which home_create() writes last: an interrupted
 * `huiliu init` can simply be repeated.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the process that holds the lock may take calls (sync/proxy.h). */
#define HOME_CALL_FILE "calls"

struct home;

enum home_mode { HOME_READ, HOME_WRITE };

struct home_settings {
    const char *upstream;          /* http(s)://host[:port][/prefix], without credentials */
    const char *upstream_user;     /* NULL: no login */
    const char *upstream_password; /* kept in upstream.secret, mode 0600 */
    const char *ca_file;           /* PEM, copied into the home; NULL: the system's */
    const char *area;              /* division code, 6, 9 or 12 digits */
    const char *station;           /* name of this counter or laptop; NULL: host name */
};

/* Default directory: $HUILIU_HOME, else $XDG_DATA_HOME/huiliu, else ~/.local/share/huiliu. */
enum status home_default_directory(char *out, size_t size, struct error *error) MUST_CHECK;

/* Refuses a directory that already holds a home (STATUS_REFUSED). Creates both databases. */
enum status home_create(const char *directory, const struct home_settings *settings,
                        struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND: no home there (the sentence names `huiliu init`). */
enum status home_open(const char *directory, enum home_mode mode, struct home **home,
                      struct error *error) MUST_CHECK;
void home_close(struct home *home);
/* The process that held the lock has ended: a handle of HOME_READ becomes one of HOME_WRITE, and
 * open readers go on. STATUS_LOCKED: it still works; after any failure the handle is as before.
 * By the thread that opened it. */
enum status home_take_over(struct home *home, struct error *error) MUST_CHECK;

/* The other way: a handle of HOME_WRITE becomes one of HOME_READ, and another process may write.
 * Everything that writes must be closed; open readers go on. */
void home_let_go(struct home *home);

/* Which files this program writes ("cache 7, outbox 9"): another text is another version, which
 * must not write while this one is open. */
#define HOME_FORMAT_MAX 40
void home_format(char out[HOME_FORMAT_MAX]);

const char *home_directory(const struct home *home);
bool home_is_writable(const struct home *home);
const char *home_upstream(const struct home *home);
const char *home_upstream_user(const struct home *home);     /* NULL: none */
const char *home_upstream_password(const struct home *home); /* NULL: none */
const char *home_ca_file(const struct home *home);           /* NULL: the system's */
const char *home_area(const struct home *home);
const char *home_station(const struct home *home);
const char *home_device(const struct home *home); /* ULID: "origin" */
/* When this home was first opened for writing on another computer than before, and took another
 * device id (db/home_device.h); 0: never. */
int64_t home_moved_ms(const struct home *home);
/* A setting of huiliu.conf such as "interface.keymap"; `fallback` when absent. */
const char *home_setting(const struct home *home, const char *key, const char *fallback);

/* Who meets damage in cache.db while others have it open says so here; the writer examines the file
 * at its next run, and puts a new one in its place. Whoever has the old one open sees from the
 * generation that there is a new one. Any thread. */
void home_suspect_cache(const struct home *home);
bool home_cache_is_suspect(const struct home *home);
unsigned home_cache_generation(const struct home *home);
/* For db/cache.c: a new file has taken the old one's place. */
void home_cache_replaced(const struct home *home);
/* For db/cache.c: the file was found sound. */
void home_trust_cache(const struct home *home);

/* Path of a file in the home, in `out`. */
enum status home_path(const struct home *home, const char *name, char *out, size_t size,
                      struct error *error) MUST_CHECK;

#endif
