#ifndef HUILIU_BASE_RANDOM_H
#define HUILIU_BASE_RANDOM_H
/*
 * Random bytes and identifiers. ULIDs (26 characters of Crockford base 32: 48 bits of
 * milliseconds, 80 random bits) name requests and events; within one process they only grow, so
 * that sorting by id is sorting by time of making. Thread-safe.
 */
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define ULID_TEXT_MAX 27

enum status random_bytes(void *out, size_t length, struct error *error) MUST_CHECK;
enum status ulid_new(char out[ULID_TEXT_MAX], struct error *error) MUST_CHECK;
/* The same by a clock that is `offset_ms` ahead of this computer's: for what is sorted together
 * with ids made elsewhere. Such ids grow among themselves. */
enum status ulid_new_by(int64_t offset_ms, char out[ULID_TEXT_MAX], struct error *error) MUST_CHECK;

#endif
