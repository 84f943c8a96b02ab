#include "db/slip.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX     ((size_t)64 << 10)
#define DIGEST_CELLS 21 /* "code:" and sixteen digits: enough to compare */

/* --- what may stand on it ----------------------------------------------------------------------
 */

/* The checks whose sentences speak about the document, its issuer and the data, never about a
 * person: the static name of one, NULL for any other. */
static const char *impersonal(const char *check)
{
    static const char *const names[] = {
        "signature",  "issuer",      "trust",         "revocation", "validity",    "status",
        "version",    "freshness",   "container",     "references", "coverage",    "seal",
        "seal_maker", "certificate", "timestamp",     "time",       "holder_name", "holder_id",
        "record",     "form",        "seal_validity", "codes"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(check, names[i]) == 0)
            return names[i];
    return NULL;
}

static void mask_object(const char *object, char out[SLIP_OBJECT_MAX])
{
    struct buf masked = {.limit = SLIP_OBJECT_MAX - 1};
    const char *colon = strrchr(object, ':');
    size_t prefix = colon ? (size_t)(colon - object) + 1 : 0;
    bool digest = strncmp(object, "code:", 5) == 0 || strncmp(object, "file:", 5) == 0;

    if (digest) {
        buf_bytes(&masked, object, strnlen(object, DIGEST_CELLS));
    } else {
        buf_bytes(&masked, object, prefix);
        field_mask(TYPE_RESIDENT_ID, object + prefix, &masked);
    }
    (void)snprintf(out, SLIP_OBJECT_MAX, "%s", buf_failed(&masked) ? "***" : buf_text(&masked));
    buf_release(&masked);
}

static enum status keep_checks(struct slip *slip, const struct verdict_report *report,
                               struct error *error)
{
    slip->checks = calloc(report->count + 1, sizeof *slip->checks);
    if (!slip->checks)
        return error_nomem(error);
    for (size_t i = 0; i < report->count; i++) {
        if (impersonal(report->checks[i].check))
            slip->checks[slip->check_count++] = report->checks[i];
        else
            slip->left_out++;
    }
    return STATUS_OK;
}

/* --- as JSON -----------------------------------------------------------------------------------
 */

static json_t *check_to_json(const struct check *check, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "check", check->check, ok);
    json_put(value, "result", json_integer(check->result), ok);
    json_put_text(value, "detail", check->detail, ok);
    json_put_text(value, "source", check->source, ok);
    json_put_text(value, "as_of", check->as_of, ok);
    return value;
}

static json_t *to_json(const struct slip *slip, bool *ok)
{
    json_t *value = json_object(), *checks = json_array();

    for (size_t i = 0; i < slip->check_count; i++)
        json_add(checks, check_to_json(&slip->checks[i], ok), ok);
    json_put_text(value, "station", slip->station, ok);
    json_put_text(value, "area", slip->area, ok);
    json_put_text(value, "kind", slip->kind, ok);
    json_put_text(value, "object", slip->object, ok);
    json_put_text(value, "verdict", verdict_name(slip->verdict), ok);
    json_put(value, "recheck", json_boolean(slip->recheck), ok);
    json_put(value, "left_out", json_integer((json_int_t)slip->left_out), ok);
    json_put(value, "checks", checks, ok);
    return value;
}

static void take_text(const json_t *value, const char *name, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", json_text(value, name, ""));
}

static void check_from_json(const json_t *value, struct check *check)
{
    const char *name = impersonal(json_text(value, "check", ""));
    json_int_t result = json_int(value, "result", CHECK_SKIPPED);

    check->check = name ? name : "";
    check->result =
        result >= CHECK_PASS && result <= CHECK_SKIPPED ? (enum check_result)result : CHECK_SKIPPED;
    take_text(value, "detail", check->detail, sizeof check->detail);
    take_text(value, "source", check->source, sizeof check->source);
    take_text(value, "as_of", check->as_of, sizeof check->as_of);
}

static enum status from_json(const json_t *value, struct slip *slip, struct error *error)
{
    const json_t *checks = json_object_get(value, "checks");
    size_t count = json_array_size(checks);

    if (!verdict_from_name(json_text(value, "verdict", ""), &slip->verdict))
        return error_set(error, STATUS_CORRUPT, _("The slip that was kept cannot be read."));
    take_text(value, "station", slip->station, sizeof slip->station);
    take_text(value, "area", slip->area, sizeof slip->area);
    take_text(value, "kind", slip->kind, sizeof slip->kind);
    take_text(value, "object", slip->object, sizeof slip->object);
    slip->recheck = json_bool(value, "recheck", false);
    slip->left_out = (size_t)json_int(value, "left_out", 0);
    slip->checks = calloc(count + 1, sizeof *slip->checks);
    if (!slip->checks)
        return error_nomem(error);
    for (size_t i = 0; i < count; i++)
        check_from_json(json_array_get(checks, i), &slip->checks[i]);
    slip->check_count = count;
    return STATUS_OK;
}

/* --- making one ---------------------------------------------------------------------------------
 */

static enum status insert(struct sql *sql, const struct slip *slip, const char *body,
                          struct error *error)
{
    struct stmt *stmt;
    enum status status = sql_begin(sql, error);

    if (status == STATUS_OK)
        status = sql_statement(sql,
                               "INSERT INTO slip(reference, at_ms, account, body)"
                               " VALUES(?1, ?2, ?3, ?4)",
                               &stmt, error);
    if (status == STATUS_OK) {
        stmt_bind_text(stmt, 1, slip->reference);
        stmt_bind_int(stmt, 2, slip->at_ms);
        stmt_bind_text(stmt, 3, slip->account);
        stmt_bind_text(stmt, 4, body);
        status = stmt_run(stmt, error);
    }
    if (status == STATUS_OK)
        status = sql_commit(sql, error);
    sql_rollback(sql);
    return status;
}

static enum status keep(struct outbox *outbox, const struct slip *slip, struct error *error)
{
    struct buf body = {.limit = BODY_MAX};
    bool ok = true;
    json_t *value = to_json(slip, &ok);
    enum status status = ok ? json_print(value, &body, error) : error_nomem(error);

    if (status == STATUS_OK) {
        status = insert(outbox_lock(outbox), slip, buf_text(&body), error);
        outbox_unlock(outbox);
    }
    json_decref(value);
    buf_release(&body);
    return status;
}

enum status slip_make(struct outbox *outbox, const struct session *session, const char *object,
                      const struct verdict_report *report, struct slip **slip, struct error *error)
{
    const struct home *home = outbox_home(outbox);
    struct slip *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->at_ms = clock_wall_ms();
    made->verdict = report->verdict;
    made->recheck = report->recheck;
    (void)snprintf(made->station, sizeof made->station, "%s", home_station(home));
    (void)snprintf(made->area, sizeof made->area, "%s", home_area(home));
    (void)snprintf(made->account, sizeof made->account, "%s", session->account);
    (void)snprintf(made->kind, sizeof made->kind, "%s", report->kind);
    mask_object(object, made->object);
    enum status status = keep_checks(made, report, error);
    if (status == STATUS_OK)
        status = ulid_new(made->reference, error);
    if (status == STATUS_OK)
        status = keep(outbox, made, error);
    if (status != STATUS_OK) {
        slip_free(made);
        return status;
    }
    *slip = made;
    return STATUS_OK;
}

void slip_free(struct slip *slip)
{
    if (!slip)
        return;
    free(slip->checks);
    free(slip);
}

/* --- finding one --------------------------------------------------------------------------------
 */

/* Crockford's reading of what was copied by hand; false when it is no reference at all. */
static bool read_reference(const char *text, char out[ULID_TEXT_MAX])
{
    size_t length = 0;

    for (; *text; text++) {
        char c = (char)toupper((unsigned char)*text);
        if (c == ' ' || c == '-')
            continue;
        if (c == 'O')
            c = '0';
        if (c == 'I' || c == 'L')
            c = '1';
        if (!isalnum((unsigned char)c) || length >= ULID_TEXT_MAX - 1)
            return false;
        out[length++] = c;
    }
    out[length] = '\0';
    return length == ULID_TEXT_MAX - 1;
}

static enum status take_row(struct stmt *stmt, struct slip *slip, struct error *error)
{
    const char *account = stmt_text(stmt, 1), *body = stmt_text(stmt, 2);
    json_t *value = NULL;

    if (!account || !body)
        return error_nomem(error);
    slip->at_ms = stmt_int(stmt, 0);
    (void)snprintf(slip->account, sizeof slip->account, "%s", account);
    enum status status = json_parse(body, strlen(body), &value, error);
    if (status == STATUS_OK)
        status = from_json(value, slip, error);
    json_decref(value);
    return status;
}

static enum status look_up(struct reader *reader, struct slip *slip, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(reader_outbox(reader),
                      "SELECT at_ms, account, body FROM slip WHERE reference = ?1", &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, slip->reference);
    status = stmt_step(stmt, &row, error);
    if (status == STATUS_OK && row)
        status = take_row(stmt, slip, error);
    else if (status == STATUS_OK)
        status = error_set(error, STATUS_NOT_FOUND,
                           _("This workstation (%s) has written no slip with this reference. Ask "
                             "the office that is named on it."),
                           home_station(reader_home(reader)));
    stmt_reset(stmt);
    return status;
}

enum status slip_find(struct reader *reader, const char *reference, struct slip **slip,
                      struct error *error)
{
    struct slip *found = calloc(1, sizeof *found);

    if (!found)
        return error_nomem(error);
    enum status status =
        read_reference(reference, found->reference)
            ? look_up(reader, found, error)
            : error_set(error, STATUS_INVALID,
                        _("A reference has %d letters and digits, as they stand on the slip."),
                        ULID_TEXT_MAX - 1);
    if (status != STATUS_OK) {
        slip_free(found);
        return status;
    }
    *slip = found;
    return STATUS_OK;
}

/* --- on paper -----------------------------------------------------------------------------------
 */

static void describe_check(const struct check *check, struct buf *out)
{
    static const char *const marks[] = {
        [CHECK_PASS] = "+", [CHECK_FAIL] = "x", [CHECK_WARN] = "!", [CHECK_SKIPPED] = "?"};

    buf_printf(out, "%s %s", marks[check->result],
               check->result == CHECK_SKIPPED ? _("Not checked: ") : "");
    buf_printf(out, "%s", check->detail);
    if (check->source[0])
        buf_printf(out, " (%s)", check->source);
    buf_char(out, '\n');
}

void slip_describe(const struct slip *slip, struct buf *out)
{
    char at[INSTANT_TEXT_MAX];

    instant_format_local(slip->at_ms, at);
    buf_printf(out, "%s\n", _("Verification slip"));
    buf_printf(out, _("Verdict: %s\n"), verdict_title(slip->verdict));
    buf_printf(out, _("About: %s\n"), slip->object);
    buf_printf(out, _("Verified: %s\n"), at);
    buf_printf(out, _("Where: %s, area %s\n"), slip->station, slip->area);
    buf_printf(out, _("Reference: %s\n"), slip->reference);
    if (slip->recheck)
        buf_printf(out, "%s\n", _("From the data of this station, without asking the issuer."));
    for (size_t i = 0; i < slip->check_count; i++)
        describe_check(&slip->checks[i], out);
    if (slip->left_out > 0)
        buf_printf(out,
                   ngettext("%zu further check speaks about the person and is not printed.\n",
                            "%zu further checks speak about the person and are not printed.\n",
                            (unsigned long)slip->left_out),
                   slip->left_out);
}

void slip_code(const struct slip *slip, struct buf *out)
{
    char day[INSTANT_TEXT_MAX];

    instant_format(slip->at_ms, day);
    buf_printf(out, "HUILIU:SLIP:%s:%s:", slip->reference, slip->area);
    for (const char *c = verdict_name(slip->verdict); *c; c++)
        buf_char(out, *c == '_' ? '-' : (char)toupper((unsigned char)*c));
    buf_printf(out, ":%.4s%.2s%.2s", day, day + 5, day + 8);
}
