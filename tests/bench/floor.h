#ifndef HUILIU_TESTS_BENCH_FLOOR_H
#define HUILIU_TESTS_BENCH_FLOOR_H
/*
 * What nobody can do without, for a first sync to be compared with: one thread in which jansson
 * reads each line of a `_changes` answer and one table without an index takes it. Commits of the
 * size a load of the product begins with.
 *
 *     floor_open(path, &floor, &error);            // a new file, in place of an older one
 *     floor_file(floor, changes, &rows, &error);   // township's `changes` format
 *     floor_close(floor);
 */
#include "base/error.h"

#include <stdint.h>

struct floor;

enum status floor_open(const char *path, struct floor **floor, struct error *error) MUST_CHECK;
enum status floor_file(struct floor *floor, const char *path, int64_t *rows,
                       struct error *error) MUST_CHECK;
void floor_close(struct floor *floor); /* accepts NULL; the file stays */

#endif
