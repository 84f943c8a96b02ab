#include "db/code_keys.h"

#include "base/buf.h"
#include "db/certificate_trust.h"

#include <stdlib.h>
#include <string.h>

struct code_keys {
    struct buf state; /* keys and revisions of the documents it was made from */
    struct buf more;  /* what was trusted beside them, */
    bool has_more;    /* if anything was named */
    struct trust *trust;
    struct anchors *roots; /* NULL until they are asked for */
};

static void code_keys_free(void *keys)
{
    struct code_keys *old = keys;

    if (!old)
        return;
    trust_free(old->trust);
    anchors_free(old->roots);
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

static bool is_made_from(const struct code_keys *keys, const struct buf *state, const char *more,
                         size_t length)
{
    return keys && keys->has_more == (more != NULL) && keys->state.length == state->length &&
           keys->more.length == length &&
           memcmp(buf_text(&keys->state), buf_text(state), state->length) == 0 &&
           (length == 0 || memcmp(buf_text(&keys->more), more, length) == 0);
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

static enum status load(struct code_keys *keys, struct sql *cache, struct error *error)
{
    enum status status = trust_new(&keys->trust, error);

    if (status == STATUS_OK)
        status = load_documents(cache, keys->trust, error);
    if (status == STATUS_OK && keys->has_more)
        status = trust_add_file(keys->trust, buf_text(&keys->more), keys->more.length, error);
    return status;
}

/* Takes the state over. */
static enum status make(struct sql *cache, struct buf *state, const char *more, size_t length,
                        struct code_keys **keys, struct error *error)
{
    struct code_keys *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->state = *state;
    *state = (struct buf){0};
    made->has_more = more != NULL;
    buf_bytes(&made->more, more ? more : "", length);
    enum status status = buf_failed(&made->more) ? error_nomem(error) : load(made, cache, error);
    if (status == STATUS_OK)
        *keys = made;
    else
        code_keys_free(made);
    return status;
}

enum status code_keys_find(struct reader *reader, const char *more, size_t length,
                           struct code_keys **keys, struct error *error)
{
    struct sql *cache = reader_cache(reader);
    struct code_keys *kept = reader_kept(reader), *made = NULL;
    struct buf state = {0};
    enum status status = read_state(cache, &state, error);

    if (status == STATUS_OK && !is_made_from(kept, &state, more, more ? length : 0)) {
        status = make(cache, &state, more, more ? length : 0, &made, error);
        if (status == STATUS_OK)
            reader_keep(reader, made, code_keys_free);
        kept = made;
    }
    buf_release(&state);
    if (status == STATUS_OK)
        *keys = kept;
    return status;
}

const struct trust *code_keys_trust(const struct code_keys *keys)
{
    return keys->trust;
}

/* A file of bare keys holds no certificates. */
static enum status add_file(const struct code_keys *keys, struct anchors *roots,
                            struct error *error)
{
    struct error reason = {0};

    if (!trust_file_is_pem(buf_text(&keys->more), keys->more.length))
        return STATUS_OK;
    anchors_begin_temporary(roots);
    enum status status = anchors_add(roots, buf_text(&keys->more), keys->more.length, &reason);
    return status == STATUS_OK || status == STATUS_INVALID
               ? STATUS_OK
               : error_set(error, status, "%s", reason.text);
}

enum status code_keys_roots(struct code_keys *keys, struct reader *reader,
                            const struct anchors **roots, struct error *error)
{
    struct anchors *made = NULL;
    enum status status = STATUS_OK;

    if (!keys->roots) {
        status = anchors_new(&made, error);
        if (status == STATUS_OK)
            status = certificate_trust_load(reader, "credential", made, error);
        if (status == STATUS_OK)
            status = add_file(keys, made, error);
        if (status != STATUS_OK) {
            anchors_free(made);
            return status;
        }
        keys->roots = made;
    }
    *roots = keys->roots;
    return STATUS_OK;
}
