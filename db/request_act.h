#ifndef HUILIU_DB_REQUEST_ACT_H
#define HUILIU_DB_REQUEST_ACT_H
/*
 * Acts on requests in their parts, for those who do more than one thing in one transaction. The
 * caller holds the outbox. Private to db/.
 */
#include "base/json.h"
#include "db/request.h"
#include "db/sql.h"

struct request_deed {
    const char *action, *note; /* note may be NULL */
};

/* The event, when the session may do this now. `id` is a whole one. New reference. */
enum status request_act_event(struct sql *sql, const struct session *session, const char *id,
                              const struct request_deed *deed, json_t **event,
                              struct error *error) MUST_CHECK;
/* The entry of outbox.log for it. New reference. */
enum status request_act_entry(const char *id, json_t *event, json_t **entry,
                              struct error *error) MUST_CHECK;

#endif
