#ifndef HUILIU_DB_QUALITY_H
#define HUILIU_DB_QUALITY_H
/*
 * Is the returned data right? Rule checks over everything in the cache.
 *
 * What is checked follows from the catalogue: the types of fields (numbers, dates, codes), their
 * roles, `required`, `max_age_days`, and the topics of datasets (what counts as a death, a
 * marriage or a register of persons; docs/protocol.md). A rule has a stable id, a severity and
 * the ground of article 26 on which a correction can be asked for.
 *
 *   quality_run()      goes through the cache once, row by row, and then through what the rows
 *                      have in common (db/quality_sort.h): bounded memory, progress, and it can
 *                      be stopped at any row, which leaves the earlier results as they were.
 *   quality_summary()  counts by rule and dataset, as of the last run, and which datasets have
 *                      changed since.
 *   quality_page()     the records of a rule, page by page, with what is in them *now*: a record
 *                      that has changed or gone since the run says so.
 *
 * Results are remembered in quality.db, which is disposable and holds no data of persons: only row
 * ids, marks that tell whether a row is still the same, and names of fields. The sentences are
 * made when they are shown, in the language and masked for the eyes of that moment.
 *
 * quality_run() writes: the home must be open for writing, one run at a time. The others only read
 * and may run beside it. A reader is used by one thread, as everywhere.
 */
#include "base/json.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"
#include "verify/finding.h"

#include <stdint.h>

/* name, id, severity, ground, title */
#define QUALITY_RULE_LIST(X)                                                                       \
    X(RESIDENT_ID, "number.resident_id", ERROR, "inaccurate", N_("Resident ID is no valid one"))   \
    X(USCC, "number.uscc", ERROR, "inaccurate", N_("Credit code is no valid one"))                 \
    X(CERTIFICATE_ID, "number.certificate_id", ERROR, "inaccurate",                                \
      N_("Certificate number is no valid one"))                                                    \
    X(PHONE, "number.phone", ERROR, "inaccurate", N_("Phone number is no valid one"))              \
    X(DOUBTFUL, "number.doubtful", WARNING, "inaccurate", N_("Number is unusual"))                 \
    X(DATE, "value.date", ERROR, "inaccurate", N_("Date does not exist"))                          \
    X(CODE, "value.code", ERROR, "inaccurate", N_("Code is not in its table"))                     \
    X(SEX, "match.sex", ERROR, "inaccurate", N_("Sex differs from the resident ID"))               \
    X(BIRTH, "match.birth_date", ERROR, "inaccurate",                                              \
      N_("Date of birth differs from the resident ID"))                                            \
    X(SAME_SUBJECT, "duplicate.subject", ERROR, "inaccurate",                                      \
      N_("Several records under one number"))                                                      \
    X(SAME_PERSON, "duplicate.person", WARNING, "inaccurate",                                      \
      N_("Probably one person under two numbers"))                                                 \
    X(NAME, "conflict.name", ERROR, "inaccurate", N_("Name differs from the register"))            \
    X(DEAD_REGISTERED, "conflict.dead_registered", ERROR, "inaccurate",                            \
      N_("Dead, but registered as living"))                                                        \
    X(DEAD_BENEFIT, "conflict.dead_benefit", ERROR, "inaccurate", N_("Dead, but benefits go on"))  \
    X(MARRIAGE, "conflict.marriage", ERROR, "inaccurate", N_("Registered as single, but married")) \
    X(DEAD_REPRESENTATIVE, "conflict.representative", WARNING, "inaccurate",                       \
      N_("Person in charge of an active enterprise is dead"))                                      \
    X(STALE_DATASET, "stale.dataset", WARNING, "inaccurate",                                       \
      N_("Dataset is older than its provider allows"))                                             \
    X(STALE_RECORD, "stale.record", WARNING, "inaccurate", N_("Value has not been renewed"))       \
    X(REQUIRED, "missing.required", ERROR, "incomplete", N_("Required field is empty"))            \
    X(ADDRESS, "missing.address", WARNING, "incomplete",                                           \
      N_("Address ends above the village or street"))                                              \
    X(DATED, "value.dated", WARNING, "inaccurate", N_("Date lies in the future or before 1900"))

enum quality_rule {
#define QUALITY_ENUM(name, id, severity, ground, title) QUALITY_##name,
    QUALITY_RULE_LIST(QUALITY_ENUM)
#undef QUALITY_ENUM
        QUALITY_RULE_COUNT
};

const char *quality_rule_id(enum quality_rule rule);
const char *quality_rule_title(enum quality_rule rule); /* translated */
enum severity quality_rule_severity(enum quality_rule rule);
const char *quality_rule_ground(enum quality_rule rule);
bool quality_rule_parse(const char *id, enum quality_rule *rule);

/* --- checking --------------------------------------------------------------------------------- */

struct quality_progress {
    bool comparing; /* the rows are read; now records are compared with each other */
    int64_t done, total;
};

struct quality_options {
    /* Called every few thousand rows; false stops the run (STATUS_CANCELLED). May be NULL. */
    bool (*progress)(const struct quality_progress *now, void *context);
    void *context;
};

enum status quality_run(struct reader *reader, const struct quality_options *options,
                        struct error *error) MUST_CHECK;

/* --- what was found --------------------------------------------------------------------------- */

#define QUALITY_LISTED_MAX 100000 /* records kept of one rule in one dataset; all are counted */

struct quality_count {
    enum quality_rule rule;
    const char *dataset, *title;
    int64_t count;
};

struct quality_summary {
    int64_t at_ms; /* when the run began */
    double seconds;
    int64_t rows;                       /* looked at */
    const struct quality_count *counts; /* by rule, then dataset; none that is zero */
    size_t count;
    const char *const *changed; /* titles of datasets with other rows, or another meaning, now */
    size_t changed_count;
};

/* STATUS_NOT_FOUND: nothing has been checked yet. */
enum status quality_summary(struct reader *reader, struct quality_summary **summary,
                            struct error *error) MUST_CHECK;
void quality_summary_free(struct quality_summary *summary);

enum quality_state {
    QUALITY_SAME,    /* the record is as it was in the run */
    QUALITY_CHANGED, /* it has another revision now */
    QUALITY_GONE     /* it is not here any more; all texts below are "" */
};

struct quality_finding {
    int64_t id;
    enum quality_rule rule;
    enum quality_state state;
    const char *dataset, *dataset_title;
    const char *record; /* key; never masked */
    enum subject_kind subject_kind;
    const char *subject, *subject_shown, *name; /* `subject` in clear: for opening its file */
    const char *field, *field_title;            /* "" when the rule is about the whole record */
    const char *value;                          /* displayed and masked for the session */
    const char *detail;                         /* one sentence: what is wrong with it */
    const char *proposed; /* what a correction would say, as it is typed; NULL: a person decides */
    const char *proposed_shown;               /* the same as `value` is shown */
    const char *other_dataset, *other_record; /* the record it disagrees with; "" */
    bool correctable;                         /* the field can be named in a request */
};

struct quality_page {
    const struct quality_finding *findings;
    size_t count;
    int64_t next; /* give it as `after` for the next page; 0: this was the last */
};

struct quality_filter {
    int rule;            /* enum quality_rule; -1: all */
    const char *dataset; /* NULL: all */
    int64_t after;       /* 0: from the start */
    int limit;           /* 0: 100; at most 1000 */
};

enum status quality_page(struct reader *reader, const struct session *session,
                         const struct quality_filter *filter, struct quality_page **page,
                         struct error *error) MUST_CHECK;
void quality_page_free(struct quality_page *page);

/* --- asking for corrections ------------------------------------------------------------------- */

struct quality_correction {
    const struct quality_finding *finding;
    const char *value; /* NULL: the proposed one */
    const char *reason;
};

/* One request about one finding, as request_raise() makes it, and whether it may be. STATUS_INVALID
 * when there is no value, STATUS_REFUSED when a request about this record is open already,
 * STATUS_CONFLICT when the record has changed or gone since the check. */
enum status quality_may_raise(struct reader *reader, const struct quality_correction *correction,
                              struct error *error) MUST_CHECK;
enum status quality_raise(struct outbox *outbox, struct reader *reader,
                          const struct session *session,
                          const struct quality_correction *correction, char id[48],
                          struct error *error) MUST_CHECK;

#endif
