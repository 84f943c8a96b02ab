#ifndef HUILIU_DB_CATALOGUE_H
#define HUILIU_DB_CATALOGUE_H
/*
 * What the datasets mean (DESIGN section 4). A catalogue is an immutable snapshot read from the
 * cache; all its strings live as long as it does. Titles are given in the interface language,
 * falling back to the other language and then to the name. Unknown types and roles are text.
 * Thread-safe after loading.
 */
#include "base/error.h"
#include "base/json.h"

#include <stdbool.h>
#include <stddef.h>

enum subject_kind {
    SUBJECT_NONE,
    SUBJECT_PERSON,
    SUBJECT_ENTERPRISE,
    SUBJECT_PLACE,
    SUBJECT_INDICATOR
};

enum field_type {
    TYPE_TEXT,
    TYPE_CODE,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_INTEGER,
    TYPE_AMOUNT,
    TYPE_BOOLEAN,
    TYPE_RESIDENT_ID,
    TYPE_USCC,
    TYPE_CERTIFICATE_ID,
    TYPE_PHONE,
    TYPE_DIVISION,
    TYPE_LIST,
};

enum field_role {
    ROLE_NONE,
    ROLE_SUBJECT,
    ROLE_TITLE,
    ROLE_ADDRESS,
    ROLE_PHONE,
    ROLE_HOUSEHOLD,
    ROLE_LINK_PERSON,
    ROLE_LINK_ENTERPRISE,
    ROLE_STATUS,
    ROLE_VALID_FROM,
    ROLE_VALID_TO,
    ROLE_ISSUER,
    ROLE_CERTIFICATE,
    ROLE_JWS,
    ROLE_DIVISION,
    ROLE_HOLDER,
    /* What a value is to the rule checks and to the file; search does not look at these. */
    ROLE_BIRTH_DATE,
    ROLE_SEX,
    ROLE_MARITAL_STATUS,
    ROLE_ACTIVE, /* boolean: the registration or benefit goes on */
};

struct dataset_field {
    const char *name;
    const char *title; /* interface language */
    enum field_type type;
    enum field_role role;
    const char *codes; /* code system such as "GB/T 2261.1"; NULL: none */
    int grade;         /* 1..4; the field's own, else min(dataset's, 2) */
    bool correctable;
    bool required;
    int max_age_days; /* a date or time may not be older; 0: not stated */
};

struct dataset {
    const char *name; /* "population" */
    const char *title;
    const char *provider_name, *provider_uscc;
    const char *sharing, *sharing_scope, *purpose, *mode, *format, *update_cycle;
    int grade, max_age_days, retention_days, priority; /* 0: not stated (priority 9 when absent) */
    enum subject_kind subject;
    const char *topic;    /* what it is about, by the name of a well-known dataset ("death"): the
                             entry's own word, else its name */
    bool unique_subject;  /* one record for each subject: as stated, else registers (population,
                             enterprise) */
    bool accepts_new;     /* requests of kind "new" may be raised: "accepts":["new"] */
    const char *database; /* with {area} still in it */
    const struct dataset_field *fields;
    size_t field_count;
    const char *body; /* the whole entry as JSON */
};

struct catalogue;

/* Parses `dataset:*` documents; a name that comes twice is STATUS_INVALID. The documents are not
 * needed any more afterwards. */
enum status catalogue_parse(const json_t *const *documents, size_t count,
                            struct catalogue **catalogue, struct error *error) MUST_CHECK;
void catalogue_free(struct catalogue *catalogue);

size_t catalogue_count(const struct catalogue *catalogue);
/* By priority, then name. */
const struct dataset *catalogue_at(const struct catalogue *catalogue, size_t index);
const struct dataset *catalogue_find(const struct catalogue *catalogue, const char *name);

const struct dataset_field *dataset_field(const struct dataset *dataset, const char *name);
const struct dataset_field *dataset_role(const struct dataset *dataset, enum field_role role);
/* Whether search keys are made of fields in this role. */
bool role_is_searched(enum field_role role);
/* Database name with {area} filled in; STATUS_INVALID if it is not a legal CouchDB name. */
enum status dataset_database(const struct dataset *dataset, const char *area, char *out,
                             size_t size, struct error *error) MUST_CHECK;

const char *subject_kind_name(enum subject_kind kind); /* "person" … */
enum subject_kind subject_kind_parse(const char *name);

/* Displayed form of a field's value: code tables (GB/T 2261.1, 2261.2, 3304, 4761, 4658 …),
 * booleans, lists, amounts. Appends to `out`; raw, still to pass text_show(). */
void field_display(const struct dataset_field *field, const json_t *value, struct buf *out);

#endif
