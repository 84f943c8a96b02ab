#include "db/seal_trust.h"

#include "base/json.h"

#include <string.h>

static bool is_for_seals(const json_t *document)
{
    const json_t *uses = json_object_get(document, "use");

    for (size_t i = 0; i < json_array_size(uses); i++) {
        const char *use = json_string_value(json_array_get(uses, i));
        if (use && strcmp(use, "seal") == 0)
            return true;
    }
    return false;
}

/* All certificates this document brought, from `first` on, were revoked. */
static enum status revoke_since(struct anchors *trust, size_t first, const json_t *document,
                                struct error *error)
{
    char print[CERTIFICATE_PRINT_MAX];
    struct certificate_revocation revocation = {
        .id = print,
        .at = json_text(document, "revoked_at", ""),
        .reason = json_text(document, "revocation_reason", ""),
        .source = json_text(document, "name", ""),
    };
    enum status status = STATUS_OK;

    for (size_t i = first; i < anchors_count(trust) && status == STATUS_OK; i++) {
        anchors_fingerprint(trust, i, print);
        status = anchors_revoke(trust, &revocation, error);
    }
    return status;
}

static enum status take_trust(struct anchors *trust, const json_t *document, struct error *error)
{
    const char *certificate = json_text(document, "x509", "");
    size_t before = anchors_count(trust);

    if (!*certificate || !is_for_seals(document))
        return STATUS_OK;
    enum status status = anchors_add(trust, certificate, strlen(certificate), error);
    if (status == STATUS_INVALID)
        return STATUS_OK;
    if (status == STATUS_OK && *json_text(document, "revoked_at", ""))
        status = revoke_since(trust, before, document, error);
    return status;
}

/* Certificates of documents (GB/T 36904) have dots in their numbers; those are not meant. */
static enum status take_revocations(struct anchors *trust, const json_t *document,
                                    struct error *error)
{
    const json_t *revoked = json_object_get(document, "revoked");
    enum status status = STATUS_OK;

    for (size_t i = 0; i < json_array_size(revoked) && status == STATUS_OK; i++) {
        const json_t *entry = json_array_get(revoked, i);
        struct certificate_revocation revocation = {
            .id = json_text(entry, "id", ""),
            .issuer = json_text(document, "issuer", ""),
            .at = json_text(entry, "at", ""),
            .reason = json_text(entry, "reason", ""),
            .source = json_text(document, "issuer", ""),
            .as_of = json_text(document, "issued_at", ""),
        };
        if (*revocation.id && !strchr(revocation.id, '.'))
            status = anchors_revoke(trust, &revocation, error);
    }
    return status;
}

static enum status take(struct anchors *trust, const char *key, const char *text, size_t length,
                        struct error *error)
{
    json_t *document = NULL;
    struct error unread = {0};
    enum status status = json_parse(text, length, &document, &unread);

    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        return STATUS_OK;
    status = strncmp(key, "trust:", 6) == 0 ? take_trust(trust, document, error)
                                            : take_revocations(trust, document, error);
    json_decref(document);
    return status;
}

enum status seal_trust_load(struct reader *reader, struct anchors *trust, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(reader_cache(reader),
                                       "SELECT key, body FROM document"
                                       " WHERE (key >= 'trust:' AND key < 'trust;')"
                                       " OR (key >= 'revocation:' AND key < 'revocation;')",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        size_t length = 0;
        const char *text = stmt_blob(stmt, 1, &length);
        const char *key = stmt_text(stmt, 0);
        status = take(trust, key ? key : "", text ? text : "", length, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}
