#ifndef HUILIU_BASE_CONF_H
#define HUILIU_BASE_CONF_H
/*
 * huiliu.conf: an INI file (inih), read once at start and written back whole and atomically.
 * Keys are "section.name". Values are single lines of UTF-8; a whole line has at most 197 bytes and
 * a section or name 49 (inih's buffers). conf_set() refuses what would not come back from the file
 * as it was: line breaks, spaces at the ends, " ;". Comments are not written back. Not
 * thread-safe; copy what a thread needs.
 */
#include "base/error.h"

#include <stddef.h>

struct conf;

struct conf *conf_new(void);
/* STATUS_NOT_FOUND when there is no file; STATUS_INVALID names the line: no section, a name twice,
 * a value over several lines, not UTF-8, too long. The caller conf_free()s *conf. */
enum status conf_load(const char *path, struct conf **conf, struct error *error) MUST_CHECK;
enum status conf_save(const struct conf *conf, const char *path, struct error *error) MUST_CHECK;
void conf_free(struct conf *conf);

/* `fallback` (may be NULL) when absent. The pointer lives until the key is set again. */
const char *conf_get(const struct conf *conf, const char *key, const char *fallback);
/* Decimal; `fallback` also when the value is not a whole number. */
long conf_get_long(const struct conf *conf, const char *key, long fallback);
/* A NULL value removes the key. */
enum status conf_set(struct conf *conf, const char *key, const char *value,
                     struct error *error) MUST_CHECK;

#endif
