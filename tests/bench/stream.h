#ifndef HUILIU_TESTS_BENCH_STREAM_H
#define HUILIU_TESTS_BENCH_STREAM_H
/*
 * A file of township's `changes` format, read the way an answer of the upstream is read: pieces of
 * 16 KiB (curl's) through sync/lines, each row through json_parse().
 */
#include "base/json.h"
#include "db/cache.h"

typedef enum status (*stream_sink)(void *context, const struct change_row *row, const json_t *seq,
                                   struct error *error);

/* Every row of the file must be one; STATUS_INVALID otherwise. */
enum status stream_read(const char *path, stream_sink sink, void *context,
                        struct error *error) MUST_CHECK;

#endif
