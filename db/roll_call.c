#include "db/lists.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "db/dossier.h"
#include "db/request.h"
#include "db/sql.h"

#include <stdio.h>
#include <string.h>

#define TICK_FIELDS_MAX 5
#define DAY_MS          ((int64_t)24 * 3600000)

/* --- where ------------------------------------------------------------------------------------ */

enum status roll_places(struct reader *reader, enum subject_kind kind,
                        struct roll_place places[ROLL_PLACES_MAX], size_t *count,
                        struct error *error)
{
    const struct catalogue *catalogue = NULL;
    size_t found = 0;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < catalogue_count(catalogue) && found < ROLL_PLACES_MAX; i++) {
        const struct dataset *dataset = catalogue_at(catalogue, i);
        if (!dataset->accepts_new || dataset->subject != kind)
            continue;
        struct roll_place *place = &places[found++];
        (void)snprintf(place->dataset, sizeof place->dataset, "%s", dataset->name);
        (void)snprintf(place->title, sizeof place->title, "%s", dataset->title);
    }
    *count = found;
    return STATUS_OK;
}

/* --- once a day ------------------------------------------------------------------------------- */

/* A tick that was returned or withdrawn counts no more: the day is open again. */
#define TICKS                                                                                      \
    " FROM request WHERE kind = 'new' AND dataset = ?1"                                            \
    " AND state NOT IN ('withdrawn', 'returned')"

static bool is_of_today(struct stmt *stmt)
{
    return date_compare(date_of_instant(stmt_int(stmt, 1)), date_today()) == 0;
}

enum status roll_ticked(struct reader *reader, const char *dataset, const char *subject,
                        struct roll_mark *mark, struct error *error)
{
    struct roll_mark found = {0};
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT id, created_ms, unsent" TICKS " AND subject = ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    stmt_bind_text(stmt, 2, subject);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if (is_of_today(stmt)) {
            const char *id = stmt_text(stmt, 0);
            (void)snprintf(found.id, sizeof found.id, "%s", id ? id : "");
            found.unsent = stmt_int(stmt, 2) > 0;
        }
    stmt_reset(stmt);
    if (status == STATUS_OK)
        *mark = found;
    return status;
}

enum status roll_count(struct reader *reader, const char *dataset, struct roll_counts *counts,
                       struct error *error)
{
    struct roll_counts found = {0};
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        reader_outbox(reader),
        "SELECT id, created_ms, unsent" TICKS " AND born_here AND created_ms >= ?2", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, dataset);
    stmt_bind_int(stmt, 2, clock_wall_ms() - DAY_MS);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if (is_of_today(stmt)) {
            found.ticked++;
            found.unsent += stmt_int(stmt, 2) > 0;
        }
    stmt_reset(stmt);
    if (status == STATUS_OK)
        *counts = found;
    return status;
}

/* --- ticking ---------------------------------------------------------------------------------- */

struct ticking {
    const struct roll_tick *tick;
    const struct dataset *dataset; /* to tick in */
    struct request_change changes[TICK_FIELDS_MAX];
    size_t count;
    char today[DATE_TEXT_MAX];
    char subject[129], name[513];
};

static void add(struct ticking *ticking, const struct dataset_field *field, const char *value)
{
    if (field && value && *value && ticking->count < TICK_FIELDS_MAX)
        ticking->changes[ticking->count++] = (struct request_change){field->name, value};
}

static const struct dataset_field *first_date(const struct dataset *dataset)
{
    for (size_t i = 0; i < dataset->field_count; i++)
        if (dataset->fields[i].type == TYPE_DATE && dataset->fields[i].correctable)
            return &dataset->fields[i];
    return NULL;
}

static const struct dataset_field *note_field(const struct dataset *dataset)
{
    const struct dataset_field *note = dataset_field(dataset, "note");

    return note && note->correctable ? note : NULL;
}

static enum status read_record(struct reader *reader, const struct catalogue *catalogue,
                               struct ticking *ticking, struct error *error)
{
    const struct dataset *from = catalogue_find(catalogue, ticking->tick->list_dataset);
    const struct dataset_field *subject = from ? dataset_role(from, ROLE_SUBJECT) : NULL;
    const struct dataset_field *name = from ? dataset_role(from, ROLE_TITLE) : NULL;
    json_t *body = NULL;

    if (!subject)
        return error_set(error, STATUS_INVALID, _("There is nobody in %s who could be ticked."),
                         ticking->tick->list_dataset);
    enum status status = record_body(reader, from->name, ticking->tick->record, &body, NULL, error);
    if (status != STATUS_OK)
        return status;
    (void)snprintf(ticking->subject, sizeof ticking->subject, "%s",
                   json_text(body, subject->name, ""));
    (void)snprintf(ticking->name, sizeof ticking->name, "%s",
                   name ? json_text(body, name->name, "") : "");
    json_decref(body);
    if (!ticking->subject[0] || from->subject != ticking->dataset->subject)
        return error_set(error, STATUS_INVALID, _("The record names nobody who could be ticked."));
    return STATUS_OK;
}

static enum status find_datasets(struct reader *reader, struct ticking *ticking,
                                 struct error *error)
{
    const struct catalogue *catalogue = NULL;
    enum status status = reader_catalogue(reader, &catalogue, error);

    if (status != STATUS_OK)
        return status;
    ticking->dataset = catalogue_find(catalogue, ticking->tick->dataset);
    if (!ticking->dataset || !ticking->dataset->accepts_new)
        return error_set(error, STATUS_INVALID, _("\"%.64s\" does not take new records."),
                         ticking->tick->dataset);
    return read_record(reader, catalogue, ticking, error);
}

static enum status refuse_second(struct reader *reader, const struct ticking *ticking,
                                 struct error *error)
{
    struct roll_mark mark;
    enum status status =
        roll_ticked(reader, ticking->tick->dataset, ticking->subject, &mark, error);

    if (status == STATUS_OK && mark.id[0])
        status =
            error_set(error, STATUS_REFUSED, _("%s has been ticked today already."), ticking->name);
    return status;
}

static enum status save(struct outbox *outbox, struct reader *reader, const struct session *session,
                        struct ticking *ticking, char id[48], struct error *error)
{
    const struct dataset *dataset = ticking->dataset;
    const struct dataset_field *note = note_field(dataset);
    const char *said = ticking->tick->note ? ticking->tick->note : "";

    date_format(date_today(), ticking->today);
    add(ticking, dataset_role(dataset, ROLE_SUBJECT), ticking->subject);
    add(ticking, dataset_role(dataset, ROLE_TITLE), ticking->name);
    add(ticking, first_date(dataset), ticking->today);
    add(ticking, note, said);
    const struct request_new request = {
        .kind = "new",
        .dataset = dataset->name,
        .changes = ticking->changes,
        .change_count = ticking->count,
        .ground = "incomplete",
        .subject_is_registered = true, /* a wrong digit there is no reason not to tick */
        .reason = !note && *said ? said : _("Ticked off in a roll call."),
    };
    return request_raise(outbox, reader, session, &request, id, error);
}

enum status roll_tick(struct outbox *outbox, struct reader *reader, const struct session *session,
                      const struct roll_tick *tick, char id[48], struct error *error)
{
    struct ticking ticking = {.tick = tick};
    enum status status = find_datasets(reader, &ticking, error);

    if (status == STATUS_OK)
        status = refuse_second(reader, &ticking, error);
    return status == STATUS_OK ? save(outbox, reader, session, &ticking, id, error) : status;
}
