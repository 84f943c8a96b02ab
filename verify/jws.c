#include "verify/jws.h"

#include "base/i18n.h"
#include "verify/base64url.h"
#include "verify/inflate.h"

#include <string.h>
#include <strings.h>

enum { PART_HEADER, PART_CONTENT, PART_SIGNATURE, PART_COUNT };

#define LIKELY_MIN 100   /* characters of a text in three parts that can be nothing else */
#define HEADER_MAX 32768 /* certificates included */

struct part {
    const char *text;
    size_t length;
};

/* --- form ------------------------------------------------------------------------------------
 */

static bool split(const char *text, size_t length, struct part parts[PART_COUNT])
{
    const char *end = text + length;

    for (int i = 0; i < PART_COUNT; i++) {
        const char *dot = memchr(text, '.', (size_t)(end - text));
        if ((dot == NULL) != (i == PART_COUNT - 1))
            return false;
        parts[i] = (struct part){text, (size_t)((dot ? dot : end) - text)};
        text = dot ? dot + 1 : end;
    }
    return true;
}

/* An opening brace is 'e' and one of 'w' to '_' in base64url. */
static bool begins_with_object(const char *text, size_t length)
{
    return length > 2 && text[0] == 'e' && text[1] && strchr("wxyz0123456789-_", text[1]);
}

bool jws_is_compact(const char *text, size_t length)
{
    struct part parts[PART_COUNT];

    if (begins_with_object(text, length) && memchr(text, '.', length))
        return true;
    if (length < LIKELY_MIN || !split(text, length, parts))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '.' && !base64url_is_digit(text[i]))
            return false;
    return true;
}

static bool has(const char *text, size_t length, const char *word)
{
    return memmem(text, length, word, strlen(word)) != NULL;
}

bool jws_is_json(const char *text, size_t length)
{
    return length > 0 && text[0] == '{' &&
           (has(text, length, "\"signature\"") || has(text, length, "\"signatures\"")) &&
           (has(text, length, "\"protected\"") || has(text, length, "\"payload\""));
}

static enum status damaged(struct error *error, const char *which)
{
    return error_set(error, STATUS_INVALID,
                     _("The %s of the signed code is damaged. Scan it again."), which);
}

static enum status decode_part(const struct part *part, const char *name, struct buf *out,
                               struct error *error)
{
    bool decoded = base64url_decode(part->text, part->length, out);

    if (buf_failed(out))
        return error_nomem(error);
    return decoded ? STATUS_OK : damaged(error, name);
}

static enum status decode_rest(const struct part parts[PART_COUNT], struct jws *jws,
                               struct error *error)
{
    enum status status = decode_part(&parts[PART_CONTENT], _("content"), &jws->content, error);

    if (status == STATUS_OK)
        status = decode_part(&parts[PART_SIGNATURE], _("signature"), &jws->signature, error);
    buf_bytes(&jws->signed_text, parts[PART_HEADER].text,
              parts[PART_HEADER].length + 1 + parts[PART_CONTENT].length);
    return status == STATUS_OK && buf_failed(&jws->signed_text) ? error_nomem(error) : status;
}

static enum status read_algorithm(struct jws *jws, struct error *error)
{
    const json_t *alg = json_object_get(jws->header, "alg");

    if (!alg)
        return error_set(error, STATUS_INVALID,
                         _("The code does not say in which way it was signed (alg)."));
    if (!json_is_string(alg))
        return damaged(error, _("header"));
    if (strcasecmp(json_string_value(alg), "none") == 0)
        return error_set(error, STATUS_INVALID,
                         _("The code is not signed (alg: none): anybody can have written it."));
    jws->algorithm_known = signature_algorithm_parse(json_string_value(alg), &jws->algorithm);
    return STATUS_OK;
}

static enum status read_header(struct jws *jws, struct error *error)
{
    const json_t *kid = json_object_get(jws->header, "kid");
    const json_t *zip = json_object_get(jws->header, "zip");
    const json_t *b64 = json_object_get(jws->header, "b64");

    if (!json_is_object(jws->header) || (kid && !json_is_string(kid)))
        return damaged(error, _("header"));
    if (json_object_get(jws->header, "crit") || (b64 && !json_is_true(b64)) ||
        (zip && (!json_is_string(zip) || strcmp(json_string_value(zip), "DEF") != 0)))
        return error_set(error, STATUS_INVALID,
                         _("The signed code asks for something that is not known here (crit, zip, "
                           "b64)."));
    jws->kid = kid ? json_string_value(kid) : NULL;
    jws->deflated = zip != NULL;
    return read_algorithm(jws, error);
}

/* What the header asks for is told before damage behind it: with b64 false there is no base64. */
static enum status decode_header(const struct part *part, struct jws *jws, struct error *error)
{
    struct buf text = {0};
    enum status status = decode_part(part, _("header"), &text, error);

    if (status == STATUS_OK) {
        status = json_parse(buf_text(&text), text.length, &jws->header, NULL);
        if (status == STATUS_NOMEM)
            (void)error_nomem(error);
        else
            status = status == STATUS_OK ? read_header(jws, error) : damaged(error, _("header"));
    }
    buf_release(&text);
    return status;
}

enum status jws_parse(const char *text, size_t length, struct jws *jws, struct error *error)
{
    struct part parts[PART_COUNT];
    struct jws read = {0};

    if (length > JWS_TEXT_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The signed code is too long."));
    if (!split(text, length, parts) || parts[PART_HEADER].length > HEADER_MAX)
        return error_set(error, STATUS_INVALID,
                         _("A signed code has three parts with dots between them; this has not."));
    enum status status = decode_header(&parts[PART_HEADER], &read, error);
    if (status == STATUS_OK)
        status = decode_rest(parts, &read, error);
    if (status == STATUS_OK)
        *jws = read;
    else
        jws_release(&read);
    return status;
}

void jws_release(struct jws *jws)
{
    json_decref(jws->header);
    buf_release(&jws->signed_text);
    buf_release(&jws->content);
    buf_release(&jws->signature);
    *jws = (struct jws){0};
}

/* --- judging ---------------------------------------------------------------------------------
 */

enum status jws_verify(const struct jws *jws, const struct jwk *jwk, struct error *error)
{
    if (!jws->algorithm_known)
        return error_set(error, STATUS_INVALID,
                         _("The signed code names an algorithm that is not used here: %.40s."),
                         json_text(jws->header, "alg", "?"));
    if (!jwk_allows(jwk, jws->algorithm))
        return error_set(error, STATUS_INVALID,
                         _("The signed code names an algorithm the issuer's key is not for."));
    return signature_verify(jwk->key, jws->algorithm, jws->signed_text.data,
                            jws->signed_text.length, buf_text(&jws->signature),
                            jws->signature.length, error);
}

enum status jws_payload(const struct jws *jws, struct buf *out, struct error *error)
{
    if (jws->deflated)
        return inflate_raw(buf_text(&jws->content), jws->content.length, out, error);
    buf_bytes(out, buf_text(&jws->content), jws->content.length);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}
