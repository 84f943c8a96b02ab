#include "db/certificate_trust.h"

#include "base/json.h"

#include <string.h>

struct loading {
    struct anchors *trust;
    const char *use;
};

static bool is_for(const json_t *document, const char *wanted)
{
    const json_t *uses = json_object_get(document, "use");

    for (size_t i = 0; i < json_array_size(uses); i++) {
        const char *use = json_string_value(json_array_get(uses, i));
        if (use && strcmp(use, wanted) == 0)
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
        certificate_fingerprint(anchors_at(trust, i), print);
        status = anchors_revoke(trust, &revocation, error);
    }
    return status;
}

static enum status take_trust(const struct loading *loading, const json_t *document,
                              struct error *error)
{
    const char *certificate = json_text(document, "x509", "");
    size_t before = anchors_count(loading->trust);

    if (!*certificate || !is_for(document, loading->use))
        return STATUS_OK;
    enum status status = anchors_add(loading->trust, certificate, strlen(certificate), error);
    if (status == STATUS_INVALID)
        return STATUS_OK;
    if (status == STATUS_OK && *json_text(document, "revoked_at", ""))
        status = revoke_since(loading->trust, before, document, error);
    return status;
}

/* Certificates of documents (GB/T 36904) have dots in their numbers; those are not meant. */
static enum status take_entries(struct anchors *trust, const json_t *document, struct error *error)
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

static enum status take_list(struct anchors *trust, const json_t *document, struct error *error)
{
    const char *crl = json_text(document, "crl", "");
    struct revocation_list list = {
        .issuer = json_text(document, "issuer", ""),
        .source = json_text(document, "issuer", ""),
        .as_of = json_text(document, "issued_at", ""),
        .next_update = json_text(document, "next_update", ""),
    };
    enum status status = take_entries(trust, document, error);

    if (status == STATUS_OK && json_object_get(document, "revoked"))
        status = anchors_add_list(trust, &list, error);
    if (status == STATUS_OK && *crl) {
        status = anchors_add_crls(trust, crl, strlen(crl), error);
        if (status == STATUS_INVALID || status == STATUS_REFUSED)
            status = STATUS_OK;
    }
    return status;
}

static enum status take(const struct loading *loading, const char *key, const char *text,
                        size_t length, struct error *error)
{
    json_t *document = NULL;
    struct error unread = {0};
    enum status status = json_parse(text, length, &document, &unread);

    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK)
        return STATUS_OK;
    status = strncmp(key, "trust:", 6) == 0 ? take_trust(loading, document, error)
                                            : take_list(loading->trust, document, error);
    json_decref(document);
    return status;
}

enum status certificate_trust_load(struct reader *reader, const char *use, struct anchors *trust,
                                   struct error *error)
{
    const struct loading loading = {trust, use};
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
        status = take(&loading, key ? key : "", text ? text : "", length, error);
        if (status != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}
