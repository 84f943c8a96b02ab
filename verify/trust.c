#include "verify/trust.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX      "trust:"
#define USE         "credential"
#define PEM_OPENING "-----BEGIN "
#define MS_PER_DAY  ((int64_t)24 * 60 * 60 * 1000)

struct trust {
    struct arena *arena; /* strings of the keys */
    struct trust_key *keys;
    size_t count, capacity;
};

enum status trust_new(struct trust **trust, struct error *error)
{
    struct trust *made = calloc(1, sizeof *made);

    if (made)
        made->arena = arena_new();
    if (!made || !made->arena) {
        trust_free(made);
        return error_nomem(error);
    }
    *trust = made;
    return STATUS_OK;
}

void trust_free(struct trust *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->count; i++)
        jwk_release(&trust->keys[i].jwk);
    free(trust->keys);
    arena_free(trust->arena);
    free(trust);
}

size_t trust_count(const struct trust *trust)
{
    return trust->count;
}

/* --- filling ---------------------------------------------------------------------------------
 */

/* Takes key->jwk over on success. */
static enum status push(struct trust *trust, const struct trust_key *key, struct error *error)
{
    if (arena_failed(trust->arena))
        return error_nomem(error);
    if (trust->count == TRUST_KEYS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("There are too many keys of issuers."));
    if (trust->count == trust->capacity) {
        size_t capacity = trust->capacity ? 2 * trust->capacity : 16;
        struct trust_key *keys = realloc(trust->keys, capacity * sizeof *keys);
        if (!keys)
            return error_nomem(error);
        trust->keys = keys;
        trust->capacity = capacity;
    }
    trust->keys[trust->count++] = *key;
    return STATUS_OK;
}

static enum status add(struct trust *trust, struct trust_key *key, struct error *error)
{
    enum status status = push(trust, key, error);

    if (status != STATUS_OK)
        jwk_release(&key->jwk);
    return status;
}

static void refuse(struct trust *trust, struct trust_key *key, const char *reason)
{
    jwk_release(&key->jwk);
    key->refusal = arena_str(trust->arena, reason);
}

/* --- documents -------------------------------------------------------------------------------
 */

static bool is_for_credentials(const json_t *document)
{
    const json_t *one;
    size_t index;

    if (strcmp(json_text(document, "type", "trust"), "trust") != 0 ||
        strcmp(json_text(document, "level", "issuer"), "issuer") != 0)
        return false;
    json_array_foreach(json_object_get(document, "use"), index, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), USE) == 0)
            return true;
    }
    return false;
}

/* RFC 3339, or a day: its first moment, its last one with `last`. False for text that is there and
 * is neither. */
static bool read_instant(const json_t *document, const char *name, bool last, int64_t *ms)
{
    const json_t *value = json_object_get(document, name);
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    struct date day;

    if (!value || json_is_null(value))
        return true;
    if (!date_parse(text, &day))
        return instant_parse(text, ms);
    *ms = (date_to_days(day) + (last ? 1 : 0)) * MS_PER_DAY - (last ? 1 : 0);
    return true;
}

static enum status take_key(struct pem_item *item, struct jwk *jwk, struct error *error)
{
    return item->certificate ? jwk_from_certificate(item->certificate, jwk, error)
                             : jwk_from_key(item->key, jwk, error);
}

static enum status keep_first(void *context, struct pem_item *item, struct error *error)
{
    struct jwk *jwk = context;

    return jwk->key || item->list ? STATUS_OK : take_key(item, jwk, error);
}

static enum status read_document_key(const json_t *document, struct jwk *jwk, struct error *error)
{
    const char *pem = json_text(document, "x509", NULL);
    enum status status = pem ? pem_read(pem, strlen(pem), keep_first, jwk, error)
                             : jwk_read(json_object_get(document, "jwk"), jwk, error);

    if (status == STATUS_OK && !jwk->key)
        status = error_set(error, STATUS_INVALID, _("The file has no key and no certificate."));
    if (status == STATUS_OK && jwk->has_private)
        status = error_set(error, STATUS_INVALID,
                           _("The private half of the key has been published with it: anybody "
                             "can sign with it."));
    return status;
}

static void read_dates(struct trust *trust, const json_t *document, struct trust_key *key)
{
    key->valid_from_ms = key->jwk.valid_from_ms;
    key->valid_to_ms = key->jwk.valid_to_ms;
    if (!read_instant(document, "valid_from", false, &key->valid_from_ms) ||
        !read_instant(document, "valid_to", true, &key->valid_to_ms))
        refuse(trust, key, _("The dates of the key cannot be read."));
    const json_t *revoked = json_object_get(document, "revoked_at");
    key->revoked = revoked && !json_is_null(revoked);
    if (!read_instant(document, "revoked_at", false, &key->revoked_ms))
        key->revoked_ms = 0;
}

enum status trust_add_document(struct trust *trust, const json_t *document, struct error *error)
{
    struct trust_key key = {0};
    struct error reason = {0};
    const char *id = json_text(document, "_id", "");

    if (!is_for_credentials(document))
        return STATUS_OK;
    enum status status = read_document_key(document, &key.jwk, &reason);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        refuse(trust, &key, reason.text);
    if (strncmp(id, PREFIX, strlen(PREFIX)) == 0)
        id += strlen(PREFIX);
    const char *kid = json_text(json_object_get(document, "jwk"), "kid", id);
    key.kid = arena_str(trust->arena, kid);
    key.issuer = arena_str(trust->arena, json_text(document, "issuer", ""));
    key.name = arena_str(trust->arena, json_text(document, "name", ""));
    read_dates(trust, document, &key);
    if (!arena_failed(trust->arena) && !*key.issuer)
        refuse(trust, &key, _("It is not said whose key it is."));
    return add(trust, &key, error);
}

/* --- files -----------------------------------------------------------------------------------
 */

static enum status add_for_this_run(struct trust *trust, struct trust_key *key, const char *kid,
                                    struct error *error)
{
    key->kid = arena_str(trust->arena, kid);
    key->issuer = "";
    key->name = "";
    key->valid_from_ms = key->jwk.valid_from_ms;
    key->valid_to_ms = key->jwk.valid_to_ms;
    key->this_run_only = true;
    return add(trust, key, error);
}

static enum status add_jwk(struct trust *trust, const json_t *value, struct error *error)
{
    struct trust_key key = {0};
    struct error reason = {0};
    enum status status = jwk_read(value, &key.jwk, &reason);

    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        refuse(trust, &key, reason.text);
    return add_for_this_run(trust, &key, json_text(value, "kid", ""), error);
}

/* Certificates that are not for signing documents lead to others: verify/chain.h. */
static enum status add_pem_key(void *context, struct pem_item *item, struct error *error)
{
    struct trust_key key = {0};

    if (item->list || (item->certificate && !certificate_may_sign(item->certificate)))
        return STATUS_OK;
    enum status status = take_key(item, &key.jwk, error);
    return status == STATUS_OK ? add_for_this_run(context, &key, "", error) : status;
}

static enum status add_jwks(struct trust *trust, const char *text, size_t length,
                            struct error *error)
{
    json_t *value = NULL;
    enum status status = json_parse(text, length, &value, error);

    if (status != STATUS_OK) {
        error_prefix(error, "%s", _("This is neither a set of keys (JWKS) nor PEM"));
        return status;
    }
    const json_t *keys = json_is_array(value) ? value : json_object_get(value, "keys");
    if (!keys)
        status = add_jwk(trust, value, error);
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(keys); i++)
        status = add_jwk(trust, json_array_get(keys, i), error);
    if (status == STATUS_OK && keys && json_array_size(keys) == 0)
        status = error_set(error, STATUS_INVALID, _("The file has no key and no certificate."));
    json_decref(value);
    return status;
}

bool trust_file_is_pem(const char *text, size_t length)
{
    const char *start;
    size_t trimmed = text_trim(text, length, &start);

    return trimmed > 0 && start[0] != '{' && start[0] != '[' &&
           memmem(start, trimmed, PEM_OPENING, strlen(PEM_OPENING));
}

enum status trust_add_file(struct trust *trust, const char *text, size_t length,
                           struct error *error)
{
    const char *start;

    if (length > TRUST_FILE_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The file of keys is too large."));
    size_t trimmed = text_trim(text, length, &start);
    if (trust_file_is_pem(start, trimmed))
        return pem_read(start, trimmed, add_pem_key, trust, error);
    return add_jwks(trust, start, trimmed, error);
}

/* --- looking up ------------------------------------------------------------------------------
 */

static bool may_be(const struct trust_key *key, const struct trust_wanted *wanted)
{
    if (wanted->kid)
        return strcmp(key->kid, wanted->kid) == 0 ||
               (key->jwk.key && strcmp(key->jwk.thumbprint, wanted->kid) == 0) ||
               (key->this_run_only && !*key->kid);
    return key->this_run_only || (wanted->issuer && strcmp(key->issuer, wanted->issuer) == 0);
}

const struct trust_key *trust_next(const struct trust *trust, const struct trust_wanted *wanted,
                                   const struct trust_key *previous)
{
    const struct trust_key *end = trust->keys + trust->count;

    if (trust->count == 0)
        return NULL;
    for (const struct trust_key *key = previous ? previous + 1 : trust->keys; key < end; key++)
        if (may_be(key, wanted))
            return key;
    return NULL;
}
