#include "verify/issue.h"

#include "base/i18n.h"
#include "verify/base64url.h"
#include "verify/inflate.h"
#include "verify/jwk.h"

/* --- the key ---------------------------------------------------------------------------------- */

enum status issue_jwk(const struct signing_key *key, json_t **jwk, struct error *error)
{
    struct jwk own = {0};
    struct buf text = {0};
    json_t *value = NULL;
    bool ok = true;
    enum status status = jwk_from_key(signing_key_public(key), &own, error);

    if (status == STATUS_OK)
        status = jwk_canonical(own.key, &text, error);
    if (status == STATUS_OK)
        status = json_parse(buf_text(&text), text.length, &value, error);
    if (status == STATUS_OK) {
        json_put_text(value, "kid", own.thumbprint, &ok);
        json_put_text(value, "alg", signature_algorithm_name(signing_key_algorithm(key)), &ok);
        json_put_text(value, "use", "sig", &ok);
        status = ok ? STATUS_OK : error_nomem(error);
    }
    buf_release(&text);
    jwk_release(&own);
    if (status == STATUS_OK)
        *jwk = value;
    else
        json_decref(value);
    return status;
}

/* --- the code --------------------------------------------------------------------------------- */

static void put_known(json_t *object, const char *name, const char *text, bool *ok)
{
    if (text && *text)
        json_put_text(object, name, text, ok);
}

static json_t *pair(const char *first, const char *first_text, const char *second,
                    const char *second_text, bool *ok)
{
    json_t *value = json_object();

    put_known(value, first, first_text, ok);
    put_known(value, second, second_text, ok);
    return value;
}

static json_t *content_of(const struct issue_recipe *recipe, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "iss", recipe->issuer, ok);
    json_put(value, "iat", json_integer(recipe->issued_ms / 1000), ok);
    json_put(value, "nbf", json_integer(recipe->issued_ms / 1000), ok);
    if (recipe->expires_ms != 0)
        json_put(value, "exp", json_integer(recipe->expires_ms / 1000), ok);
    put_known(value, "jti", recipe->number, ok);
    json_put(value, "demonstration", json_true(), ok);
    if (recipe->certificate_id || recipe->certificate_name)
        json_put(value, "certificate",
                 pair("id", recipe->certificate_id, "name", recipe->certificate_name, ok), ok);
    if (recipe->holder_name || recipe->holder_id)
        json_put(value, "holder", pair("name", recipe->holder_name, "id", recipe->holder_id, ok),
                 ok);
    return value;
}

static enum status print_header(const struct signing_key *key, struct buf *out, struct error *error)
{
    struct jwk jwk = {0};
    json_t *header = json_object();
    bool ok = true;
    enum status status = jwk_from_key(signing_key_public(key), &jwk, error);

    json_put_text(header, "alg", signature_algorithm_name(signing_key_algorithm(key)), &ok);
    json_put_text(header, "zip", "DEF", &ok);
    json_put_text(header, "kid", jwk.thumbprint, &ok);
    if (status == STATUS_OK)
        status = ok ? json_print(header, out, error) : error_nomem(error);
    json_decref(header);
    jwk_release(&jwk);
    return status;
}

static enum status print_content(const struct issue_recipe *recipe, struct buf *out,
                                 struct error *error)
{
    bool ok = true;
    json_t *content = content_of(recipe, &ok);
    struct buf text = {0};
    enum status status = ok ? json_print(content, &text, error) : error_nomem(error);

    if (status == STATUS_OK)
        status = deflate_raw(buf_text(&text), text.length, out, error);
    buf_release(&text);
    json_decref(content);
    return status;
}

static enum status join(const struct signing_key *key, const struct buf *header,
                        const struct buf *content, struct buf *code, struct error *error)
{
    struct buf made = {0}, signature = {0};

    base64url_encode(buf_text(header), header->length, &made);
    buf_char(&made, '.');
    base64url_encode(buf_text(content), content->length, &made);
    enum status status = buf_failed(&made)
                             ? error_nomem(error)
                             : signing_key_sign(key, made.data, made.length, &signature, error);
    if (status == STATUS_OK) {
        buf_char(&made, '.');
        base64url_encode(buf_text(&signature), signature.length, &made);
        buf_bytes(code, buf_text(&made), made.length);
        if (buf_failed(&made) || buf_failed(code))
            status = error_nomem(error);
    }
    buf_release(&signature);
    buf_release(&made);
    return status;
}

enum status issue_code(const struct signing_key *key, const struct issue_recipe *recipe,
                       struct buf *code, struct error *error)
{
    struct buf header = {0}, content = {0};

    if (!recipe->issuer || !*recipe->issuer)
        return error_set(error, STATUS_INVALID, _("Say who issues the code."));
    enum status status = print_header(key, &header, error);
    if (status == STATUS_OK)
        status = print_content(recipe, &content, error);
    if (status == STATUS_OK)
        status = join(key, &header, &content, code, error);
    buf_release(&content);
    buf_release(&header);
    return status;
}
