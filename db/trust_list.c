#include "db/trust_list.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "db/sql.h"
#include "verify/trust.h"
#include "verify/x509.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MS_PER_DAY   ((int64_t)86400 * 1000)
#define TRUST_PREFIX "trust:"
#define FINGER_MIN   8 /* characters of a fingerprint that may stand for it */

struct state_text {
    const char *name, *title;
};

static const struct state_text states[] = {
#define TRUST_STATE_TEXT(state, name, title) {name, title},
    TRUST_STATE_LIST(TRUST_STATE_TEXT)
#undef TRUST_STATE_TEXT
};

const char *trust_state_name(enum trust_state state)
{
    return states[state].name;
}

const char *trust_state_title(enum trust_state state)
{
    return _(states[state].title);
}

const char *trust_level_title(const char *level)
{
    if (strcmp(level, "root") == 0)
        return _("root: signs the certificates of others");
    if (strcmp(level, "issuer") == 0)
        return _("issuer: signs itself");
    return level;
}

/* --- keys and certificates -------------------------------------------------------------------- */

struct reading {
    struct trust_list *list;
    const json_t *document;
    int64_t now_ms;
};

static const char *keep(const struct reading *reading, const char *text)
{
    return arena_str(reading->list->arena, text);
}

static const char *keep_text(const struct reading *reading, const char *member)
{
    return keep(reading, json_text(reading->document, member, ""));
}

/* RFC 3339 or a day, whose last moment counts with `last`; the one there is, when it says none. */
static int64_t instant_or(const json_t *document, const char *member, bool last, int64_t other)
{
    const char *text = json_text(document, member, "");
    struct date day;
    int64_t ms = 0;

    if (date_parse(text, &day))
        return (date_to_days(day) + (last ? 1 : 0)) * MS_PER_DAY - (last ? 1 : 0);
    return instant_parse(text, &ms) ? ms : other;
}

static const char *join_uses(const struct reading *reading)
{
    const json_t *uses = json_object_get(reading->document, "use");
    const char *joined = "";

    for (size_t i = 0; i < json_array_size(uses) && joined; i++) {
        const char *use = json_string_value(json_array_get(uses, i));
        if (use)
            joined = arena_printf(reading->list->arena, "%s%s%s", joined, *joined ? ", " : "", use);
    }
    return joined;
}

static void describe_certificate(const struct reading *reading,
                                 const struct certificate *certificate, struct trust_item *item)
{
    char text[CERTIFICATE_TEXT_MAX], print[CERTIFICATE_PRINT_MAX], serial[CERTIFICATE_SERIAL_MAX];

    certificate_subject(certificate, text);
    item->subject = keep(reading, text);
    certificate_issuer(certificate, text);
    item->signed_by = keep(reading, text);
    certificate_serial(certificate, serial);
    item->serial = keep(reading, serial);
    certificate_fingerprint(certificate, print);
    item->fingerprint = keep(reading, print);
    if (!certificate_validity(certificate, &item->valid_from_ms, &item->valid_to_ms))
        item->refusal = _("The dates of the certificate cannot be read.");
}

struct describing {
    const struct reading *reading;
    struct trust_item *item;
    bool described;
};

static enum status take_block(void *context, struct pem_item *block, struct error *error)
{
    struct describing *describing = context;

    (void)error;
    if (block->certificate && !describing->described) {
        describe_certificate(describing->reading, block->certificate, describing->item);
        describing->described = true;
    }
    return STATUS_OK;
}

static enum status read_certificate(const struct reading *reading, const char *pem,
                                    struct trust_item *item, struct error *error)
{
    struct describing describing = {reading, item, false};
    struct error reason = {0};
    enum status status = pem_read(pem, strlen(pem), take_block, &describing, &reason);

    item->form = "certificate";
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        item->refusal = keep(reading, reason.text);
    else if (!describing.described)
        item->refusal = _("There is no certificate in it. Give certificates as PEM or DER.");
    return STATUS_OK;
}

static enum status read_key(const struct reading *reading, struct trust_item *item,
                            struct error *error)
{
    struct jwk jwk = {0};
    struct error reason = {0};
    enum status status = jwk_read(json_object_get(reading->document, "jwk"), &jwk, &reason);

    item->form = "key";
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        item->refusal = keep(reading, reason.text);
    else if (jwk.has_private)
        item->refusal = _("The private half of the key has been published with it: anybody can "
                          "sign with it.");
    item->fingerprint = keep(reading, jwk.thumbprint);
    item->valid_from_ms = jwk.valid_from_ms;
    item->valid_to_ms = jwk.valid_to_ms;
    jwk_release(&jwk);
    return STATUS_OK;
}

static enum trust_state state_of(const struct reading *reading, const struct trust_item *item)
{
    const json_t *revoked = json_object_get(reading->document, "revoked_at");

    if (revoked && !json_is_null(revoked))
        return TRUST_STATE_REVOKED;
    if (*item->refusal)
        return TRUST_STATE_UNUSABLE;
    if (item->valid_from_ms != 0 && reading->now_ms < item->valid_from_ms)
        return TRUST_STATE_NOT_YET;
    if (item->valid_to_ms != 0 && reading->now_ms > item->valid_to_ms)
        return TRUST_STATE_EXPIRED;
    return TRUST_STATE_CURRENT;
}

static enum status take_key(const struct reading *reading, const char *id, const char *rev,
                            int64_t received_ms, struct error *error)
{
    struct trust_list *list = reading->list;
    struct trust_item *item = arena_push(list->arena, &list->keys, &list->key_count, sizeof *item);
    const char *pem = json_text(reading->document, "x509", "");

    if (!item)
        return error_nomem(error);
    *item = (struct trust_item){.id = keep(reading, id + strlen(TRUST_PREFIX)),
                                .rev = keep(reading, rev),
                                .level = keep_text(reading, "level"),
                                .uses = join_uses(reading),
                                .issuer = keep_text(reading, "issuer"),
                                .name = keep_text(reading, "name"),
                                .fingerprint = "",
                                .subject = "",
                                .signed_by = "",
                                .serial = "",
                                .revocation_reason = keep_text(reading, "revocation_reason"),
                                .refusal = "",
                                .followed_by = "",
                                .received_ms = received_ms};
    enum status status =
        *pem ? read_certificate(reading, pem, item, error) : read_key(reading, item, error);
    if (status != STATUS_OK || arena_failed(list->arena))
        return status != STATUS_OK ? status : error_nomem(error);
    item->valid_from_ms = instant_or(reading->document, "valid_from", false, item->valid_from_ms);
    item->valid_to_ms = instant_or(reading->document, "valid_to", true, item->valid_to_ms);
    item->revoked_ms = instant_or(reading->document, "revoked_at", false, 0);
    item->state = state_of(reading, item);
    return STATUS_OK;
}

/* --- one key after another ---------------------------------------------------------------------
 */

bool trust_item_is_rotated(const struct trust_item *item)
{
    return item->state == TRUST_STATE_EXPIRED && *item->followed_by;
}

static bool follows(const struct trust_item *next, const struct trust_item *item)
{
    return *item->issuer && strcmp(next->issuer, item->issuer) == 0 &&
           strcmp(next->level, item->level) == 0 && strcmp(next->uses, item->uses) == 0 &&
           next->valid_from_ms > item->valid_from_ms && next->state != TRUST_STATE_UNUSABLE;
}

/* The first of those that began to be valid later. */
static void find_followers(struct trust_list *list)
{
    for (size_t i = 0; i < list->key_count; i++) {
        const struct trust_item *next = NULL;
        for (size_t k = 0; k < list->key_count; k++)
            if (follows(&list->keys[k], &list->keys[i]) &&
                (!next || list->keys[k].valid_from_ms < next->valid_from_ms))
                next = &list->keys[k];
        if (next)
            list->keys[i].followed_by = next->id;
    }
}

/* --- revocation lists ------------------------------------------------------------------------- */

static enum status take_revocations(const struct reading *reading, const char *id, const char *rev,
                                    int64_t received_ms, struct error *error)
{
    const json_t *document = reading->document;
    struct trust_list *list = reading->list;
    struct trust_revocations *item =
        arena_push(list->arena, &list->lists, &list->list_count, sizeof *item);

    if (!item)
        return error_nomem(error);
    *item = (struct trust_revocations){
        .id = keep(reading, id),
        .issuer = keep_text(reading, "issuer"),
        .rev = keep(reading, rev),
        .number = json_int(document, "number", 0),
        .entries = json_array_size(json_object_get(document, "revoked")),
        .has_crl = *json_text(document, "crl", "") != '\0',
        .issued_ms = instant_or(document, "issued_at", false, 0),
        .next_ms = instant_or(document, "next_update", true, 0),
        .received_ms = received_ms,
    };
    item->late = item->next_ms != 0 && item->next_ms < reading->now_ms;
    return arena_failed(list->arena) ? error_nomem(error) : STATUS_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum status take_row(struct reading *reading, struct stmt *stmt, struct error *error)
{
    const char *key = stmt_text(stmt, 0), *rev = stmt_text(stmt, 1);
    int64_t received_ms = stmt_int(stmt, 2);
    size_t length = 0;
    const char *text = stmt_blob(stmt, 3, &length);
    json_t *document = NULL;
    enum status status = json_parse(text ? text : "", length, &document, error);

    if (status != STATUS_OK)
        return status;
    reading->document = document;
    status = strncmp(key, TRUST_PREFIX, strlen(TRUST_PREFIX)) == 0
                 ? take_key(reading, key, rev, received_ms, error)
                 : take_revocations(reading, key, rev, received_ms, error);
    json_decref(document);
    return status;
}

static enum status read_rows(struct reading *reading, struct sql *cache, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(cache,
                                       "SELECT key, rev, received_ms, body FROM document"
                                       " WHERE (key >= 'trust:' AND key < 'trust;')"
                                       " OR (key >= 'revocation:' AND key < 'revocation;')"
                                       " ORDER BY key",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row)
        if ((status = take_row(reading, stmt, error)) != STATUS_OK)
            break;
    stmt_reset(stmt);
    return status;
}

static enum status read_as_of(struct trust_list *list, struct sql *cache, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT contact_ms FROM feed WHERE database = 'catalogue'", &stmt, error);

    if (status == STATUS_OK)
        status = stmt_step(stmt, &row, error);
    if (status != STATUS_OK)
        return status;
    list->as_of_ms = row ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return STATUS_OK;
}

enum status trust_list_read(struct reader *reader, int64_t now_ms, struct trust_list **list,
                            struct error *error)
{
    struct trust_list *made = calloc(1, sizeof *made);
    struct reading reading = {.list = made, .now_ms = now_ms};
    struct sql *cache = reader_cache(reader);

    if (made)
        made->arena = arena_new();
    if (!made || !made->arena) {
        free(made);
        return error_nomem(error);
    }
    enum status status = sql_snapshot_begin(cache, error);
    if (status == STATUS_OK) {
        status = read_rows(&reading, cache, error);
        if (status == STATUS_OK)
            status = read_as_of(made, cache, error);
        sql_snapshot_end(cache);
    }
    find_followers(made);
    if (status == STATUS_OK)
        *list = made;
    else
        trust_list_free(made);
    return status;
}

void trust_list_free(struct trust_list *list)
{
    if (!list)
        return;
    arena_free(list->arena);
    free(list);
}

static bool fits(const struct trust_item *item, const char *text)
{
    size_t length = strlen(text);

    return strcmp(item->id, text) == 0 || strcmp(item->issuer, text) == 0 ||
           strcmp(item->name, text) == 0 ||
           (length >= FINGER_MIN && strncasecmp(item->fingerprint, text, length) == 0);
}

const struct trust_item *trust_list_find(const struct trust_list *list, const char *text)
{
    const struct trust_item *found = NULL;

    for (size_t i = 0; i < list->key_count; i++) {
        if (!fits(&list->keys[i], text))
            continue;
        if (strcmp(list->keys[i].id, text) == 0)
            return &list->keys[i];
        if (found)
            return NULL;
        found = &list->keys[i];
    }
    return found;
}
