#ifndef HUILIU_DB_JOURNAL_H
#define HUILIU_DB_JOURNAL_H
/*
 * What is written down about the work itself (outbox.db): look-ups of persons (article 29 of the
 * sharing regulation asks for a record of use), verifications, drafts of the request editor, and
 * small settings such as the clock offset. Thread-safe through the outbox handle.
 */
#include "base/json.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

/* action: "search", "open", "reveal", "check", "verify". `object` is a record key or subject. */
enum status journal_lookup(struct outbox *outbox, const struct session *session, const char *action,
                           const char *object, const char *purpose, struct error *error) MUST_CHECK;
enum status journal_verification(struct outbox *outbox, const struct session *session,
                                 const char *object, const char *verdict,
                                 struct error *error) MUST_CHECK;

/* The unfinished editor form of (account, dataset, record), as JSON; written at each field exit. */
enum status draft_save(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, const json_t *form, struct error *error) MUST_CHECK;
enum status draft_drop(struct outbox *outbox, const struct session *session, const char *dataset,
                       const char *record, struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND: none. Caller json_decref()s *form. */
enum status draft_load(struct reader *reader, const struct session *session, const char *dataset,
                       const char *record, json_t **form, struct error *error) MUST_CHECK;

/* Integers kept for the machine: "clock.offset_ms", "sync.contact_ms", "sync.failure" … */
enum status setting_set(struct outbox *outbox, const char *key, const char *value,
                        struct error *error) MUST_CHECK;
/* STATUS_NOT_FOUND: never set. */
enum status setting_get(struct reader *reader, const char *key, struct buf *value,
                        struct error *error) MUST_CHECK;

#endif
