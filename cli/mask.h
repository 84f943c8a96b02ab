#ifndef HUILIU_CLI_MASK_H
#define HUILIU_CLI_MASK_H
/*
 * Numbers of subjects in JSON, as a session may see them (db/session.h). The keys of records are
 * never masked (DESIGN section 9).
 */
#include "base/json.h"
#include "db/session.h"

void put_subject(json_t *object, const char *name, const struct session *session,
                 enum subject_kind kind, const char *number, bool *ok);

#endif
