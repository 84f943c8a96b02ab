#ifndef HUILIU_DB_OUTBOX_LOG_H
#define HUILIU_DB_OUTBOX_LOG_H
/*
 * outbox.log: the second copy of what was accepted here. One entry a line:
 *
 *     <first 16 hexadecimal digits of the SHA-256 of the JSON> <JSON>\n
 *
 * Lines are only ever appended, each fdatasync()ed before the next begins, so a crash can only
 * tear the last one: it is cut off when the file is opened. A line in the middle that fails its
 * digest is damage: the old file is kept as outbox.log.bad-<time>, a copy without the bad lines
 * takes its place, and the report says so. Reading uses bounded memory. One thread at a time.
 *
 * A failed fdatasync() is final: after it this handle takes nothing more.
 */
#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_LOG_LINE_MAX ((size_t)8 << 20)

struct outbox_log;

/* What opening found. */
struct outbox_log_report {
    int64_t replay_from; /* first byte the database does not stand for yet */
    int64_t bad_lines;   /* damaged lines, kept in `aside` */
    bool shorter;        /* the file ends before the place the database knows it had reached */
    char aside[PATH_MAX + 32]; /* path of the file put aside; "" when nothing was */
};

/* `covered`: length of the log that the database stands for, 0 when unknown. */
enum status outbox_log_open(const char *path, int64_t covered, struct outbox_log **log,
                            struct outbox_log_report *report, struct error *error) MUST_CHECK;
void outbox_log_close(struct outbox_log *log);

/* Calls `visit` with every entry from byte `from` on; stops at the first status but OK. */
enum status outbox_log_read(struct outbox_log *log, int64_t from,
                            enum status (*visit)(void *context, const char *json, size_t length,
                                                 struct error *error),
                            void *context, struct error *error) MUST_CHECK;

/* On disk when it returns STATUS_OK; otherwise the file is as it was. */
enum status outbox_log_append(struct outbox_log *log, const char *json, size_t length,
                              struct error *error) MUST_CHECK;
/* Takes the last appended line back: its transaction did not come about. */
enum status outbox_log_retract(struct outbox_log *log, struct error *error) MUST_CHECK;
/* Leaves out the entries that are not wanted: the rest is written to a new file, read back, and put
 * in the place of the old one. When this fails before that moment, the old file stays as it is. */
typedef enum status outbox_log_filter(void *context, const char *json, size_t length, bool *wanted,
                                      struct error *error);
enum status outbox_log_compact(struct outbox_log *log, outbox_log_filter *wanted, void *context,
                               struct error *error) MUST_CHECK;
/* Counts without changing anything, also while another process writes: a last line that is just
 * being written counts as bad. */
enum status outbox_log_examine(const char *path, int64_t *lines, int64_t *bad,
                               struct error *error) MUST_CHECK;
/* Bytes in the file. */
int64_t outbox_log_length(const struct outbox_log *log);

#endif
