#ifndef HUILIU_DB_RECORD_H
#define HUILIU_DB_RECORD_H
/*
 * Reading single records of the cache by key, and all records about a subject. Private to db/.
 */
#include "db/catalogue.h"
#include "db/sql.h"

#include <stdint.h>

#define RECORD_REV_MAX 96

struct record_head {
    int64_t id;
    int64_t flags;
    int64_t received_ms;
    char rev[RECORD_REV_MAX];
};

/* STATUS_NOT_FOUND when there is none. The caller json_decref()s *body (which may be NULL: then
 * only the head is read). */
enum status record_find(struct sql *cache, const char *dataset, const char *key,
                        struct record_head *head, json_t **body, struct error *error) MUST_CHECK;

#endif
