#include "db/kept_trust.h"

#include "base/buf.h"
#include "db/certificate_trust.h"

#include <stdlib.h>
#include <string.h>

struct kept_trust {
    struct buf state;                  /* keys and revisions of the documents it was made from */
    struct buf more;                   /* what was trusted beside them, */
    bool has_more;                     /* if anything was named */
    struct trust *keys;                /* NULL until they are asked for */
    struct anchors *roots[TRUST_USES]; /* the same */
    char *list_key;                    /* of the list parsed last; NULL: none */
    json_t *list;
};

static void forget_list(struct kept_trust *kept)
{
    free(kept->list_key);
    json_decref(kept->list);
    kept->list_key = NULL;
    kept->list = NULL;
}

static void kept_trust_free(void *kept)
{
    struct kept_trust *old = kept;

    if (!old)
        return;
    trust_free(old->keys);
    for (int i = 0; i < TRUST_USES; i++)
        anchors_free(old->roots[i]);
    forget_list(old);
    buf_release(&old->state);
    buf_release(&old->more);
    free(old);
}

/* --- is it still the same? -------------------------------------------------------------------- */

static enum status read_state(struct sql *cache, struct buf *state, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status =
        sql_statement(cache,
                      "SELECT key, rev FROM document WHERE (key >= 'trust:' AND key < 'trust;')"
                      " OR (key >= 'revocation:' AND key < 'revocation;') ORDER BY key",
                      &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        const char *key = stmt_text(stmt, 0), *rev = stmt_text(stmt, 1);
        buf_printf(state, "%s %s\n", key ? key : "", rev ? rev : "");
    }
    stmt_reset(stmt);
    return status == STATUS_OK && buf_failed(state) ? error_nomem(error) : status;
}

static bool is_made_from(const struct kept_trust *kept, const struct buf *state, const char *more,
                         size_t length)
{
    return kept && kept->has_more == (more != NULL) && kept->state.length == state->length &&
           kept->more.length == length &&
           memcmp(buf_text(&kept->state), buf_text(state), state->length) == 0 &&
           (length == 0 || memcmp(buf_text(&kept->more), more, length) == 0);
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum status take_document(struct trust *trust, const char *text, size_t length,
                                 struct error *error)
{
    json_t *document = NULL;
    enum status status = json_parse(text, length, &document, error);

    if (status == STATUS_OK)
        status = trust_add_document(trust, document, error);
    json_decref(document);
    return status;
}

static enum status load_documents(struct sql *cache, struct trust *trust, struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(
        cache, "SELECT body FROM document WHERE key >= 'trust:' AND key < 'trust;'", &stmt, error);

    if (status != STATUS_OK)
        return status;
    while ((status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        size_t length = 0;
        const char *text = stmt_blob(stmt, 0, &length);
        if ((status = take_document(trust, text ? text : "", length, error)) != STATUS_OK)
            break;
    }
    stmt_reset(stmt);
    return status;
}

/* Takes the state over. */
static enum status make(struct buf *state, const char *more, size_t length,
                        struct kept_trust **kept, struct error *error)
{
    struct kept_trust *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->state = *state;
    *state = (struct buf){0};
    made->has_more = more != NULL;
    buf_bytes(&made->more, more ? more : "", length);
    if (buf_failed(&made->more)) {
        kept_trust_free(made);
        return error_nomem(error);
    }
    *kept = made;
    return STATUS_OK;
}

enum status kept_trust_find(struct reader *reader, const char *more, size_t length,
                            struct kept_trust **kept, struct error *error)
{
    struct kept_trust *found = reader_kept(reader), *made = NULL;
    struct buf state = {0};
    enum status status = read_state(reader_cache(reader), &state, error);

    if (status == STATUS_OK && !is_made_from(found, &state, more, more ? length : 0)) {
        status = make(&state, more, more ? length : 0, &made, error);
        if (status == STATUS_OK)
            reader_keep(reader, made, kept_trust_free);
        found = made;
    }
    buf_release(&state);
    if (status == STATUS_OK)
        *kept = found;
    return status;
}

/* --- keys of issuers -------------------------------------------------------------------------- */

static enum status load_keys(const struct kept_trust *kept, struct sql *cache, struct trust *keys,
                             struct error *error)
{
    enum status status = load_documents(cache, keys, error);

    return status == STATUS_OK && kept->has_more
               ? trust_add_file(keys, buf_text(&kept->more), kept->more.length, error)
               : status;
}

enum status kept_trust_keys(struct kept_trust *kept, struct reader *reader,
                            const struct trust **keys, struct error *error)
{
    struct trust *made = NULL;

    if (!kept->keys) {
        enum status status = trust_new(&made, error);
        if (status == STATUS_OK)
            status = load_keys(kept, reader_cache(reader), made, error);
        if (status != STATUS_OK) {
            trust_free(made);
            return status;
        }
        kept->keys = made;
    }
    *keys = kept->keys;
    return STATUS_OK;
}

/* --- certificates ----------------------------------------------------------------------------- */

static enum status add_file(const struct kept_trust *kept, enum trust_use use,
                            struct anchors *roots, struct error *error)
{
    const char *text = buf_text(&kept->more);
    struct error reason = {0};

    anchors_begin_temporary(roots);
    if (!kept->has_more || (use == TRUST_OF_CODES && !trust_file_is_pem(text, kept->more.length)))
        return STATUS_OK;
    enum status status = anchors_add(roots, text, kept->more.length, &reason);
    return status == STATUS_OK || (status == STATUS_INVALID && use == TRUST_OF_CODES)
               ? STATUS_OK
               : error_set(error, status, "%s", reason.text);
}

enum status kept_trust_roots(struct kept_trust *kept, struct reader *reader, enum trust_use use,
                             const struct anchors **roots, struct error *error)
{
    struct anchors *made = NULL;

    if (!kept->roots[use]) {
        enum status status = anchors_new(&made, error);
        if (status == STATUS_OK)
            status = certificate_trust_load(reader, use == TRUST_OF_SEALS ? "seal" : "credential",
                                            made, error);
        if (status == STATUS_OK)
            status = add_file(kept, use, made, error);
        if (status != STATUS_OK) {
            anchors_free(made);
            return status;
        }
        kept->roots[use] = made;
    }
    *roots = kept->roots[use];
    return STATUS_OK;
}

/* --- revocation lists ------------------------------------------------------------------------- */

enum status kept_trust_list(struct kept_trust *kept, const char *key, const char *text,
                            size_t length, const json_t **list, struct error *error)
{
    json_t *parsed = NULL;

    if (!kept->list_key || strcmp(kept->list_key, key) != 0) {
        enum status status = json_parse(text, length, &parsed, error);
        if (status != STATUS_OK)
            return status;
        forget_list(kept);
        kept->list = parsed;
        kept->list_key = strdup(key);
        if (!kept->list_key)
            return error_nomem(error);
    }
    *list = kept->list;
    return STATUS_OK;
}
