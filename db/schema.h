#ifndef HUILIU_DB_SCHEMA_H
#define HUILIU_DB_SCHEMA_H
/*
 * What the two database files are called and how they are told apart, and the few functions the
 * modules of this folder give to each other. Private to db/.
 *
 * cache.db is disposable: another schema version means a new file. outbox.db is precious: its
 * version only grows, one migration at a time (db/outbox_schema.c).
 */
#include "base/json.h"
#include "db/catalogue.h"
#include "db/home.h"
#include "db/outbox.h"
#include "db/sql.h"

#define HOME_CONF_FILE "huiliu.conf"

#define CACHE_FILE           "cache.db"
#define CACHE_APPLICATION_ID 0x48554C43u /* "HULC" */
#define CACHE_SCHEMA_VERSION 9
/* Since this version only the search index is different, which is made from the rows. */
#define CACHE_ROWS_VERSION 4

#define OUTBOX_FILE           "outbox.db"
#define OUTBOX_LOG_FILE       "outbox.log"
#define BALLAST_FILE          "ballast"
#define OUTBOX_APPLICATION_ID 0x48554C4Fu /* "HULO" */
#define OUTBOX_SCHEMA_VERSION 10

/* --- db/catalogue.c, over cache.db ------------------------------------------------------------ */

/* A number that is different whenever a `dataset:*` document is different. Cheap: it is asked
 * for at the first use of the catalogue after any commit. */
enum status catalogue_generation(struct sql *cache, int64_t *generation,
                                 struct error *error) MUST_CHECK;
/* The snapshot of all `dataset:*` documents; an empty one is fine. */
enum status catalogue_load(struct sql *cache, struct catalogue **catalogue,
                           struct error *error) MUST_CHECK;
/* One document of the catalogue database by its id ("calendar:2026"); STATUS_NOT_FOUND. The
 * caller json_decref()s *document. */
enum status catalogue_document(struct sql *cache, const char *id, json_t **document,
                               struct error *error) MUST_CHECK;

/* --- db/outbox_schema.c ----------------------------------------------------------------------- */

/* Brings outbox.db to OUTBOX_SCHEMA_VERSION, one transaction for each step. */
enum status outbox_migrate(struct sql *outbox, struct error *error) MUST_CHECK;

#endif
