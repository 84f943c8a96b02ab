#ifndef HUILIU_CLI_MASK_H
#define HUILIU_CLI_MASK_H
/*
 * Numbers of subjects as a session may see them: a person's is of grade 4, an enterprise's credit
 * code is public, anything else is of grade 2. Records' keys are never masked (DESIGN section 9).
 */
#include "base/json.h"
#include "db/session.h"

/* Appends to `out`; raw, still to pass text_show(). */
void mask_subject(const struct session *session, enum subject_kind kind, const char *number,
                  struct buf *out);
/* The same as a member of a JSON object. */
void put_subject(json_t *object, const char *name, const struct session *session,
                 enum subject_kind kind, const char *number, bool *ok);

#endif
