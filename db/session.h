#ifndef HUILIU_DB_SESSION_H
#define HUILIU_DB_SESSION_H
/*
 * Who is working, and what they may see. A session is the outcome of a successful login
 * (db/account.h); it is a plain value and is copied freely.
 *
 * Grades: the catalogue grades fields 1 (public) to 4 (most sensitive). A clerk or supervisor sees
 * up to grade 3 in clear and grade 4 masked until it is revealed with a purpose; administrators
 * and auditors who are nothing else see grades 3 and 4 masked and cannot reveal.
 */
#include "db/catalogue.h"

#include <stdbool.h>

#define ACCOUNT_NAME_MAX 65

enum account_role {
    ACCOUNT_CLERK = 1,
    ACCOUNT_SUPERVISOR = 2,
    ACCOUNT_ADMINISTRATOR = 4,
    ACCOUNT_AUDITOR = 8,
};

struct session {
    char account[ACCOUNT_NAME_MAX];
    unsigned roles; /* of enum account_role */
};

bool session_may_read(const struct session *session);    /* people's data: clerk or supervisor */
bool session_may_request(const struct session *session); /* raise and withdraw: clerk, supervisor */
bool session_may_review(const struct session *session);  /* approve and return: supervisor */
bool session_may_administer(const struct session *session);
/* Role written into events: "supervisor" when it has that role and reviews, else "clerk". */
const char *session_event_role(const struct session *session, bool reviews);
bool session_sees(const struct session *session, int grade);

/* Appends the masked form of a value: numbers of persons, enterprises and certificates keep 6
 * leading and 4 trailing characters, phones 3 and 4, other values nothing but their length
 * class. */
void field_mask(enum field_type type, const char *value, struct buf *out);
/* A name (ROLE_TITLE of a person) keeps its first character. */
void name_mask(const char *value, struct buf *out);

/* What a session may see: appends the value, or its masked form. The number of a person is of grade
 * 4, that of an enterprise or of anything else is seen by everybody; NULL appends nothing. A field
 * that is not in the catalogue (any more: `field` NULL) is taken for GRADE_UNKNOWN. */
#define GRADE_UNKNOWN 3
void session_show_subject(const struct session *session, enum subject_kind kind, const char *number,
                          struct buf *out);
void session_show_value(const struct session *session, const struct dataset_field *field,
                        const char *value, struct buf *out);

#endif
