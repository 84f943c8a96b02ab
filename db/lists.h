#ifndef HUILIU_DB_LISTS_H
#define HUILIU_DB_LISTS_H
/*
 * Lists: the records of a dataset that meet conditions, sorted, counted, paged; saved under a name;
 * taken along for a roll call; exported.
 *
 * A list is a JSON object, the same on the command line, in outbox.db and in the interface:
 *
 *     {"dataset":"assistance","match":"all",
 *      "where":[{"field":"kind","op":"contains","value":"最低生活保障"},
 *               {"field":"population.birth_date","op":"age_from","value":"80"},
 *               {"field":"population.household_id","op":"household_size","value":"1"}],
 *      "sort":"name","columns":["name","population.phone"]}
 *
 * A field is one of the catalogue: of the list's own dataset, or dataset.field of another dataset
 * about the same kind of subject, which then holds for a record when that dataset has one about
 * the same subject that fits. `match` is "all" (the default) or "any". Conditions on one other
 * dataset are about one and the same record of it. `sort` takes a field of the own dataset, "-"
 * before it turns the order round; names of persons come in the order of their pinyin. Only the
 * first 24 bytes of a value are compared.
 *
 * Operators: equals, not_equals, contains, starts, empty, filled for every type; from, to for
 * dates, times, numbers and amounts; age_from, age_to (completed years today) for dates and
 * resident numbers; household_size for the field with the role household: how many living members
 * who have not moved away the register has in it.
 *
 * Names of fields are looked up in the catalogue and values are compared here, never made part of
 * SQL. A list over a million rows is one pass (more when other datasets are asked) in bounded
 * memory: eight bytes for each row that fits, and for each subject of another dataset that fits.
 */
#include "base/json.h"
#include "db/outbox.h"
#include "db/reader.h"
#include "db/session.h"

#include <stdint.h>

#define LIST_CONDITIONS_MAX 16
#define LIST_COLUMNS_MAX    24
#define LIST_ROWS_MAX       2000000
#define LIST_NAME_MAX       120 /* bytes */

/* operator, its name, its title */
#define LIST_OPERATOR_LIST(X)                                                                      \
    X(EQUALS, "equals", N_("is"))                                                                  \
    X(NOT_EQUALS, "not_equals", N_("is not"))                                                      \
    X(CONTAINS, "contains", N_("contains"))                                                        \
    X(STARTS, "starts", N_("begins with"))                                                         \
    X(FROM, "from", N_("from"))                                                                    \
    X(TO, "to", N_("up to"))                                                                       \
    X(AGE_FROM, "age_from", N_("age at least"))                                                    \
    X(AGE_TO, "age_to", N_("age at most"))                                                         \
    X(HOUSEHOLD_SIZE, "household_size", N_("persons in the household"))                            \
    X(EMPTY, "empty", N_("is empty"))                                                              \
    X(FILLED, "filled", N_("is filled in"))

enum list_operator {
#define LIST_OPERATOR_ENUM(name, id, title) LIST_##name,
    LIST_OPERATOR_LIST(LIST_OPERATOR_ENUM)
#undef LIST_OPERATOR_ENUM
        LIST_OPERATOR_COUNT
};

const char *list_operator_name(enum list_operator op);
/* Translated, as it is said of values of this type: dates begin, numbers are at least. */
const char *list_operator_title(enum list_operator op, enum field_type type);
bool list_operator_parse(const char *name, enum list_operator *op);
bool list_operator_fits(enum list_operator op, const struct dataset_field *field);
bool list_operator_needs_value(enum list_operator op);

/* --- running ---------------------------------------------------------------------------------- */

struct list_progress {
    int64_t done, total; /* rows looked at, in all passes */
};

struct list_options {
    bool (*progress)(const struct list_progress *now, void *context); /* false stops; or NULL */
    void *context;
};

struct list_result;

/* STATUS_INVALID says which part of the list makes no sense with the present catalogue. */
enum status list_check(struct reader *reader, const json_t *list, struct error *error) MUST_CHECK;
enum status list_run(struct reader *reader, const json_t *list, const struct list_options *options,
                     struct list_result **result, struct error *error) MUST_CHECK;
void list_result_free(struct list_result *result);

size_t list_result_count(const struct list_result *result);
double list_result_seconds(const struct list_result *result);
size_t list_result_columns(const struct list_result *result);
const char *list_result_title(const struct list_result *result, size_t column);
const char *list_result_field(const struct list_result *result, size_t column); /* "a" or "d.a" */
const char *list_result_dataset(const struct list_result *result);
/* What the dataset calls the names of its records; NULL: they have none. */
const char *list_result_name_title(const struct list_result *result);

struct list_row {
    const char *record; /* key; "" when the record has gone since the list was run */
    enum subject_kind subject_kind;
    const char *subject, *subject_shown, *name; /* `subject` in clear: for opening its file */
    const char *const *cells;                   /* displayed and masked, one for each column */
};

struct list_page {
    const struct list_row *rows;
    size_t count;
};

/* Rows `from` to from + count - 1 (at most 1000) as the cache has them now. */
enum status list_page(struct reader *reader, const struct session *session,
                      const struct list_result *result, size_t from, size_t count,
                      struct list_page **page, struct error *error) MUST_CHECK;
void list_page_free(struct list_page *page);

/* --- saved lists ------------------------------------------------------------------------------ */

struct saved_list {
    const char *name, *account;
    bool shared;
    int64_t saved_ms;
    const json_t *list;
};

struct saved_lists {
    const struct saved_list *items;
    size_t count;
};

/* The account's own and those others share, by name. */
enum status lists_saved(struct reader *reader, const struct session *session,
                        struct saved_lists **lists, struct error *error) MUST_CHECK;
void lists_saved_free(struct saved_lists *lists);
/* Its own of that name, else a shared one; STATUS_NOT_FOUND. The caller json_decref()s *list. */
enum status list_load(struct reader *reader, const struct session *session, const char *name,
                      json_t **list, struct error *error) MUST_CHECK;
/* Replaces the account's own of that name. */
enum status list_save(struct outbox *outbox, const struct session *session, const char *name,
                      const json_t *list, bool shared, struct error *error) MUST_CHECK;
/* Only one's own; STATUS_NOT_FOUND. */
enum status list_remove(struct outbox *outbox, const struct session *session, const char *name,
                        struct error *error) MUST_CHECK;

/* --- taking it along -------------------------------------------------------------------------- */

enum list_form {
    LIST_CSV,     /* RFC 4180 in UTF-8; cells a spreadsheet would compute get a ' before them */
    LIST_CSV_BOM, /* the same with a byte order mark, which Excel needs to read Chinese */
    LIST_TEXT, /* columns lined up by display width, for printing, under the names of the list and
                  its dataset, its age, the purpose and who printed it */
};

struct list_export {
    enum list_form form;
    const char *path; /* must not exist: nothing is overwritten */
    const char
        *purpose;     /* asked for by article 29; goes into the journal before a byte is written */
    const char *name; /* of the list, for the journal; may be "" */
};

/* Two steps, because one writes the outbox and the other may last: whether it may be done, which
 * puts the purpose into the journal, and then the file, of mode 0600, all rows, masked as on the
 * screen. A file that is not finished (STATUS_CANCELLED: `options` stopped it) is not left behind.
 */
enum status list_export_permit(struct outbox *outbox, const struct session *session,
                               const struct list_result *result, const struct list_export *wanted,
                               struct error *error) MUST_CHECK;
enum status list_export_write(struct reader *reader, const struct session *session,
                              const struct list_result *result, const struct list_export *wanted,
                              const struct list_options *options, struct error *error) MUST_CHECK;

/* A cell as RFC 4180 has it, quoted where it must be, and safe in a spreadsheet. */
void list_csv_cell(const char *text, struct buf *out);

/* --- roll call -------------------------------------------------------------------------------- */

/* One tick: a request of kind "new" in a dataset that accepts it (its catalogue entry says
 * "accepts":["new"]), about the subject of a record. The subject field and the title field (name)
 * are filled in from the record, the first date field that can be corrected with today; `note` goes
 * into the field "note" or, where there is none, into the reason. */
struct roll_tick {
    const char *dataset;      /* to tick in: "visit" */
    const char *list_dataset; /* where the record is */
    const char *record;
    const char *note; /* "" or NULL: none */
};

#define ROLL_PLACES_MAX 8

struct roll_place {
    char dataset[65], title[129];
};

/* The datasets that accept new records about the kind of subject, in the order of the catalogue;
 * the first ROLL_PLACES_MAX. */
enum status roll_places(struct reader *reader, enum subject_kind kind,
                        struct roll_place places[ROLL_PLACES_MAX], size_t *count,
                        struct error *error) MUST_CHECK;
/* Saved twice on the disk when it returns, like every request. STATUS_REFUSED when the subject has
 * been ticked today already. */
enum status roll_tick(struct outbox *outbox, struct reader *reader, const struct session *session,
                      const struct roll_tick *tick, char id[48], struct error *error) MUST_CHECK;
/* The tick of a subject today. */
struct roll_mark {
    char id[48]; /* of the request; "": none */
    bool unsent; /* it is only on this computer so far */
};
enum status roll_ticked(struct reader *reader, const char *dataset, const char *subject,
                        struct roll_mark *mark, struct error *error) MUST_CHECK;
/* All ticks of today in the dataset that were made here. */
struct roll_counts {
    int64_t ticked, unsent;
};
enum status roll_count(struct reader *reader, const char *dataset, struct roll_counts *counts,
                       struct error *error) MUST_CHECK;

#endif
