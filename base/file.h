#ifndef HUILIU_BASE_FILE_H
#define HUILIU_BASE_FILE_H
/*
 * Files of the state directory: small, private (directories 0700, files 0600), replaced
 * atomically, read with a limit. Symbolic links are never followed at the last step.
 * Thread-safe; errors name the path.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* With its parents. A directory that is there already keeps its mode. */
enum status file_make_directory(const char *path, struct error *error) MUST_CHECK;
bool file_exists(const char *path); /* also a link that leads nowhere */

/* Appends the whole file to `out`; STATUS_TOO_LARGE over `limit` (or out->limit), STATUS_NOT_FOUND
 * when absent. Follows links and reads pipes: for files the user names. */
enum status file_read(const char *path, size_t limit, struct buf *out,
                      struct error *error) MUST_CHECK;

/* New content under the same name: temporary file, fsync, rename, fsync of the directory. A reader
 * sees the old content or the new; a link is replaced, not followed. */
enum status file_replace(const char *path, const void *data, size_t length,
                         struct error *error) MUST_CHECK;

/* First line of a file without its line ending (a passphrase); STATUS_INVALID when empty.
 * At most 1024 bytes; no copy stays behind in memory except in `out`. */
enum status file_read_secret(const char *path, struct buf *out, struct error *error) MUST_CHECK;

/* One writing process per home: an flock() that goes away with the process. */
struct file_lock;
/* STATUS_LOCKED when another process (or another lock of this one) holds it. */
enum status file_lock_take(const char *path, struct file_lock **lock,
                           struct error *error) MUST_CHECK;
void file_lock_release(struct file_lock *lock);

/* Directory of the running executable, without a trailing slash; empty when unknown. */
void file_executable_directory(char *out, size_t size);

/* Free bytes on the file system that holds `path`; -1 when unknown. */
long long file_free_space(const char *path);

#endif
