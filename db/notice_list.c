#include "base/arena.h"
#include "base/i18n.h"
#include "db/notice.h"
#include "db/record.h"
#include "db/request_doc.h"
#include "db/wording.h"
#include "verify/verdict.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_USUAL 200
#define LIMIT_MOST  5000

struct owned_list {
    struct notice_list list; /* first: what the caller holds */
    struct arena *arena;
};

/* One sentence in the making. */
struct telling {
    const struct session *session;
    const struct dataset *dataset; /* of the notice; NULL: none, or not in the catalogue */
    const struct catalogue *catalogue;
    struct sql *cache;
    const struct notice *notice;
    struct buf *out;
};

/* --- parameters as people read them ----------------------------------------------------------- */

static void put_name(const struct telling *telling, const char *name)
{
    if (session_may_read(telling->session))
        buf_str(telling->out, name);
    else
        name_mask(name, telling->out);
}

/* The name in the record the notice leads to; false when that is not here (any more). */
static bool tell_present_name(const struct telling *telling)
{
    const struct notice *notice = telling->notice;
    struct record_head head;
    struct facts facts;
    json_t *body = NULL;

    if (!telling->dataset || !notice->record ||
        record_find(telling->cache, notice->dataset, notice->record, &head, &body, NULL) !=
            STATUS_OK)
        return false;
    facts_read(telling->dataset, body, &facts);
    bool named = *facts.name != '\0';
    if (named)
        put_name(telling, facts.name);
    json_decref(body);
    return named;
}

/* The name given, else the one in the record, else the number. */
static void tell_name(const struct telling *telling, const char *value)
{
    const struct notice *notice = telling->notice;

    if (*value)
        put_name(telling, value);
    else if (!tell_present_name(telling) && notice->subject)
        session_show_subject(telling->session, notice->subject_kind, notice->subject, telling->out);
}

static void tell_object(const struct telling *telling, const char *value)
{
    if (session_may_read(telling->session))
        buf_str(telling->out, value);
    else
        field_mask(TYPE_CERTIFICATE_ID, value, telling->out);
}

static void tell_note(const struct telling *telling, const char *value)
{
    if (session_may_read(telling->session))
        buf_str(telling->out, value);
    else if (*value)
        buf_str(telling->out, "***");
}

static void tell_dataset(const struct telling *telling, const char *value)
{
    const struct dataset *dataset = catalogue_find(telling->catalogue, value);

    buf_str(telling->out, dataset ? dataset->title : value);
}

static void tell_field(const struct telling *telling, const char *name, size_t length)
{
    char copy[128];
    const struct dataset_field *field = NULL;

    if (length < sizeof copy) {
        memcpy(copy, name, length);
        copy[length] = '\0';
        field = telling->dataset ? dataset_field(telling->dataset, copy) : NULL;
    }
    if (field)
        buf_str(telling->out, field->title);
    else
        buf_bytes(telling->out, name, length);
}

static void tell_fields(const struct telling *telling, const char *value)
{
    for (const char *at = value; *at;) {
        size_t length = strcspn(at, "\n");
        if (at != value)
            buf_str(telling->out, _(", "));
        tell_field(telling, at, length);
        at += length + (at[length] != '\0');
    }
}

static void tell_state(const struct telling *telling, const char *value)
{
    enum request_state state;

    buf_str(telling->out, request_state_parse(value, &state) ? request_state_title(state) : value);
}

static void tell_action(const struct telling *telling, const char *value)
{
    buf_str(telling->out, wording_action(value));
}

static void tell_verdict(const struct telling *telling, const char *value)
{
    for (int verdict = VERDICT_VALID; verdict <= VERDICT_CANNOT_TELL; verdict++)
        if (strcmp(verdict_name((enum verdict)verdict), value) == 0)
            value = verdict_title((enum verdict)verdict);
    buf_str(telling->out, value);
}

static void tell(const struct telling *telling, const char *name, size_t length, const char *value)
{
    static const struct {
        const char *name;
        void (*tell)(const struct telling *telling, const char *value);
    } ways[] = {
        {"name", tell_name},       {"object", tell_object},  {"note", tell_note},
        {"dataset", tell_dataset}, {"fields", tell_fields},  {"state", tell_state},
        {"verdict", tell_verdict}, {"before", tell_verdict}, {"action", tell_action},
    };

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strlen(ways[i].name) == length && memcmp(ways[i].name, name, length) == 0) {
            ways[i].tell(telling, value);
            return;
        }
    buf_str(telling->out, value);
}

/* --- the sentence ----------------------------------------------------------------------------- */

/* Translated; NULL for a kind this program does not know. */
static const char *sentence_of(const char *kind)
{
    static const struct {
        const char *wire, *sentence;
    } kinds[] = {
#define NOTICE_ROW(name, wire, sentence) {wire, sentence},
        NOTICE_LIST(NOTICE_ROW)
#undef NOTICE_ROW
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].wire, kind) == 0)
            return _(kinds[i].sentence);
    return NULL;
}

static void fill_in(const struct telling *telling, const char *sentence, const json_t *parameters)
{
    const char *open;

    while ((open = strchr(sentence, '{')) != NULL) {
        const char *close = strchr(open, '}');
        char name[64];
        size_t length = close ? (size_t)(close - open - 1) : sizeof name;
        if (length >= sizeof name)
            break;
        memcpy(name, open + 1, length);
        name[length] = '\0';
        buf_bytes(telling->out, sentence, (size_t)(open - sentence));
        tell(telling, name, length, json_text(parameters, name, ""));
        sentence = close + 1;
    }
    buf_str(telling->out, sentence);
}

static enum status make_sentence(const struct telling *telling, const char *kind,
                                 const char *parameters, struct error *error)
{
    const char *sentence = sentence_of(kind);
    json_t *object = NULL;
    enum status status = json_parse(parameters, strlen(parameters), &object, error);

    if (status != STATUS_OK)
        return status;
    if (sentence)
        fill_in(telling, sentence, object);
    else
        buf_printf(telling->out, _("A newer Huiliu has something to say here (%s)."), kind);
    json_decref(object);
    return buf_failed(telling->out) ? error_nomem(error) : STATUS_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

struct listing {
    struct sql *sql;
    struct telling telling;
    struct arena *arena;
};

/* NULL stays NULL. */
static const char *copy(struct listing *listing, struct stmt *stmt, int column)
{
    return arena_str(listing->arena, stmt_text(stmt, column));
}

static const char *known(const char *text)
{
    return text ? text : "";
}

static enum status read_sentence(struct listing *listing, struct stmt *stmt, struct notice *notice,
                                 struct error *error)
{
    struct buf sentence = {0};
    struct telling telling = listing->telling;

    telling.out = &sentence;
    telling.notice = notice;
    telling.dataset = notice->dataset ? catalogue_find(telling.catalogue, notice->dataset) : NULL;
    enum status status = make_sentence(&telling, notice->kind, known(stmt_text(stmt, 10)), error);
    if (status == STATUS_OK)
        notice->sentence = arena_buf(listing->arena, &sentence);
    buf_release(&sentence);
    return status;
}

static enum status read_row(struct listing *listing, struct stmt *stmt, struct notice *notice,
                            struct error *error)
{
    int64_t severity = stmt_int(stmt, 2);
    const char *account = copy(listing, stmt, 4);

    *notice = (struct notice){
        .id = stmt_int(stmt, 0),
        .kind = arena_str(listing->arena, known(stmt_text(stmt, 1))),
        .severity = severity >= NOTICE_ALARM ? NOTICE_ALARM : (enum notice_severity)severity,
        .at_ms = stmt_int(stmt, 3),
        .account = account && *account ? account : NULL,
        .subject_kind = subject_kind_parse(known(stmt_text(stmt, 5))),
        .subject = copy(listing, stmt, 6),
        .dataset = copy(listing, stmt, 7),
        .record = copy(listing, stmt, 8),
        .request = copy(listing, stmt, 9),
        .seen = stmt_int(stmt, 11) != 0,
    };
    if (!notice->kind)
        return error_nomem(error);
    return read_sentence(listing, stmt, notice, error);
}

static enum status read_rows(struct listing *listing, const struct notice_filter *filter,
                             struct notice **items, size_t *count, struct error *error)
{
    size_t limit = filter->limit == 0 ? LIMIT_USUAL : filter->limit;
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        listing->sql,
        "SELECT * FROM (SELECT n.id, n.kind, n.severity, n.at_ms, n.account, n.subject_kind,"
        " n.subject, n.dataset, n.record, n.request, n.parameters,"
        " EXISTS(SELECT 1 FROM notice_seen s WHERE s.notice = n.id AND s.account = ?1) AS seen"
        " FROM notice n WHERE n.account IN ('', ?1)) WHERE ?2 OR NOT seen"
        " ORDER BY id DESC LIMIT ?3",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, listing->telling.session->account);
    stmt_bind_int(stmt, 2, filter->with_seen);
    stmt_bind_int(stmt, 3, (int64_t)(limit > LIMIT_MOST ? LIMIT_MOST : limit));
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct notice *notice = arena_push(listing->arena, items, count, sizeof *notice);
        status = notice ? read_row(listing, stmt, notice, error) : error_nomem(error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

static enum status read_viewers(struct listing *listing, struct notice *notice, struct error *error)
{
    struct notice_viewer *viewers = NULL;
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        listing->sql, "SELECT account, at_ms FROM notice_seen WHERE notice = ?1 ORDER BY at_ms",
        &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_int(stmt, 1, notice->id);
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        struct notice_viewer *viewer =
            arena_push(listing->arena, &viewers, &notice->viewer_count, sizeof *viewer);
        if (!viewer)
            break;
        viewer->account = copy(listing, stmt, 0);
        viewer->at_ms = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    notice->viewers = viewers;
    return status;
}

/* Not there before a newer program has opened the outbox for writing. */
static enum status has_table(struct sql *outbox, int64_t *has, struct error *error)
{
    return sql_integer(outbox, "SELECT count(*) FROM sqlite_schema WHERE name = 'notice_seen'", has,
                       error);
}

static enum status read_list(struct listing *listing, const struct notice_filter *filter,
                             struct notice_list *list, struct error *error)
{
    struct notice *items = NULL;
    int64_t has = 0;
    enum status status = has_table(listing->sql, &has, error);

    if (status == STATUS_OK && has)
        status = read_rows(listing, filter, &items, &list->count, error);

    for (size_t i = 0; i < list->count && status == STATUS_OK; i++)
        status = read_viewers(listing, &items[i], error);
    list->items = items;
    if (status == STATUS_OK && arena_failed(listing->arena))
        status = error_nomem(error);
    return status;
}

enum status notice_read(struct reader *reader, const struct session *session,
                        const struct notice_filter *filter, struct notice_list **list,
                        struct error *error)
{
    struct owned_list *owned = calloc(1, sizeof *owned);
    struct listing listing = {.sql = reader_outbox(reader),
                              .telling = {.session = session, .cache = reader_cache(reader)}};

    if (!owned)
        return error_nomem(error);
    owned->arena = listing.arena = arena_new();
    enum status status = owned->arena ? reader_catalogue(reader, &listing.telling.catalogue, error)
                                      : error_nomem(error);
    if (status == STATUS_OK)
        status = sql_snapshot_begin(listing.sql, error);
    if (status == STATUS_OK) {
        status = read_list(&listing, filter, &owned->list, error);
        sql_snapshot_end(listing.sql);
    }
    if (status != STATUS_OK) {
        notice_list_free(&owned->list);
        return status;
    }
    *list = &owned->list;
    return STATUS_OK;
}

void notice_list_free(struct notice_list *list)
{
    struct owned_list *owned = (struct owned_list *)list;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}

enum status notice_count(struct reader *reader, const char *account, int64_t *unseen,
                         struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    int64_t has = 0;
    enum status status = has_table(reader_outbox(reader), &has, error);

    if (status != STATUS_OK || !has)
        return status;
    status =
        sql_statement(reader_outbox(reader),
                      "SELECT count(*) FROM notice n WHERE (?1 IS NULL OR n.account IN ('', ?1))"
                      " AND NOT EXISTS(SELECT 1 FROM notice_seen s WHERE s.notice = n.id"
                      "  AND (?1 IS NULL OR s.account = ?1))",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, account);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        *unseen = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return status;
}
