#include "verify/jwk.h"

#include "base/i18n.h"
#include "verify/base64url.h"

#include <stdio.h>
#include <string.h>

#define CERTIFICATE_BASE64_MAX (CERTIFICATE_BYTES_MAX / 3 * 4 + 4)

/* --- which kind ------------------------------------------------------------------------------
 */

struct kind_row {
    const char *kty, *crv; /* crv NULL: has none */
    enum key_kind kind;
    const char *first, *second; /* members; second NULL: has none */
};

static const struct kind_row kinds[] = {
    {"EC", "P-256", KEY_P256, "x", "y"}, {"EC", "P-384", KEY_P384, "x", "y"},
    {"EC", "SM2", KEY_SM2, "x", "y"},    {"OKP", "Ed25519", KEY_ED25519, "x", NULL},
    {"RSA", NULL, KEY_RSA, "n", "e"},
};

static const struct kind_row *kind_by_names(const char *kty, const char *crv)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kty, kinds[i].kty) == 0 && (!kinds[i].crv || strcmp(crv, kinds[i].crv) == 0))
            return &kinds[i];
    return NULL;
}

static const struct kind_row *kind_row(enum key_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return &kinds[i];
    return NULL;
}

/* --- what it may be used for -----------------------------------------------------------------
 */

static unsigned algorithms_of(enum key_kind kind)
{
    unsigned bits = 0;

#define ADD_BIT(algorithm, name, its_kind, digest)                                                 \
    if (kind == (its_kind))                                                                        \
        bits |= 1U << SIGNATURE_##algorithm;
    SIGNATURE_LIST(ADD_BIT)
#undef ADD_BIT
    return bits;
}

static enum status read_algorithm(const json_t *value, enum key_kind kind, unsigned *algorithms,
                                  struct error *error)
{
    const json_t *alg = json_object_get(value, "alg");
    enum signature_algorithm algorithm;

    *algorithms = algorithms_of(kind);
    if (!alg)
        return STATUS_OK;
    if (json_is_string(alg) && !signature_algorithm_parse(json_string_value(alg), &algorithm))
        return error_set(error, STATUS_INVALID,
                         _("The key is for an algorithm that is not used here: %.40s."),
                         json_string_value(alg));
    if (!json_is_string(alg) || signature_algorithm_kind(algorithm) != kind)
        return error_set(error, STATUS_INVALID,
                         _("The key is for an algorithm that does not go with it."));
    *algorithms = 1U << algorithm;
    return STATUS_OK;
}

static bool only_verifies(const json_t *operations)
{
    const json_t *one;
    size_t index;
    bool verifies = false;

    json_array_foreach(operations, index, one)
    {
        const char *name = json_is_string(one) ? json_string_value(one) : "";
        verifies |= strcmp(name, "verify") == 0;
        if (strcmp(name, "verify") != 0 && strcmp(name, "sign") != 0)
            return false;
    }
    return verifies;
}

static enum status check_use(const json_t *value, struct error *error)
{
    const json_t *use = json_object_get(value, "use");
    const json_t *operations = json_object_get(value, "key_ops");

    if ((use && strcmp(json_text(value, "use", ""), "sig") != 0) ||
        (operations && !only_verifies(operations)))
        return error_set(error, STATUS_INVALID,
                         _("The key is not meant for checking signatures (use, key_ops)."));
    return STATUS_OK;
}

/* --- parts -----------------------------------------------------------------------------------
 */

static bool read_part(const json_t *value, const char *name, unsigned char out[KEY_PART_MAX],
                      size_t *length)
{
    const char *text = json_text(value, name, "");

    return *text && base64url_decode_into(text, strlen(text), out, KEY_PART_MAX, length) &&
           *length > 0;
}

static enum status read_parts(const json_t *value, const struct kind_row *row,
                              struct key_parts *parts, struct error *error)
{
    *parts = (struct key_parts){.kind = row->kind};
    bool whole =
        read_part(value, row->first, parts->first, &parts->first_length) &&
        (!row->second || read_part(value, row->second, parts->second, &parts->second_length));

    if (row->kind == KEY_RSA && (parts->first[0] == 0 || parts->second[0] == 0))
        whole = false; /* RFC 7518 section 2: no more octets than needed */
    if (!whole)
        return error_set(error, STATUS_INVALID, _("The numbers of the key are damaged."));
    return STATUS_OK;
}

/* The required members in the order of their names (RFC 7638 section 3.2). */
static void put_canonical(const struct key_parts *parts, struct buf *out)
{
    const struct kind_row *row = kind_row(parts->kind);

    buf_char(out, '{');
    if (parts->kind == KEY_RSA) {
        buf_str(out, "\"e\":\"");
        base64url_encode(parts->second, parts->second_length, out);
        buf_str(out, "\",\"kty\":\"RSA\",\"n\":\"");
        base64url_encode(parts->first, parts->first_length, out);
    } else {
        buf_printf(out, "\"crv\":\"%s\",\"kty\":\"%s\",\"x\":\"", row->crv, row->kty);
        base64url_encode(parts->first, parts->first_length, out);
        if (row->second) {
            buf_str(out, "\",\"y\":\"");
            base64url_encode(parts->second, parts->second_length, out);
        }
    }
    buf_str(out, "\"}");
}

enum status jwk_canonical(const struct public_key *key, struct buf *out, struct error *error)
{
    struct key_parts parts;
    enum status status = public_key_parts(key, &parts, error);

    if (status == STATUS_OK && !kind_row(parts.kind))
        status = error_set(error, STATUS_INVALID,
                           _("The key is of a kind that is not used here (kty, crv)."));
    if (status != STATUS_OK)
        return status;
    put_canonical(&parts, out);
    return buf_failed(out) ? error_nomem(error) : STATUS_OK;
}

static enum status make_thumbprint(const struct key_parts *parts, char out[JWK_THUMBPRINT_MAX],
                                   struct error *error)
{
    struct digest_value digest;
    struct buf canonical = {0}, text = {0};

    put_canonical(parts, &canonical);
    enum status status = buf_failed(&canonical) ? error_nomem(error)
                                                : digest_compute(DIGEST_SHA256, canonical.data,
                                                                 canonical.length, &digest, error);
    if (status == STATUS_OK) {
        base64url_encode(digest.bytes, digest.length, &text);
        (void)snprintf(out, JWK_THUMBPRINT_MAX, "%s", buf_text(&text));
        if (buf_failed(&text))
            status = error_nomem(error);
    }
    buf_release(&text);
    buf_release(&canonical);
    return status;
}

/* --- certificates ----------------------------------------------------------------------------
 */

/* x5c is ordinary base64 with padding: brought into the one form we read. */
static bool decode_base64(const json_t *value, struct buf *der)
{
    const char *text = json_string_value(value);
    size_t length = text ? strlen(text) : 0;
    struct buf plain = {0};

    if (length == 0 || length > CERTIFICATE_BASE64_MAX || length % 4 != 0)
        return false;
    for (int padding = 0; padding < 2 && text[length - 1] == '='; padding++)
        length--;
    for (size_t i = 0; i < length; i++)
        buf_char(&plain, text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    bool decoded = !memchr(text, '-', length) && !memchr(text, '_', length) &&
                   !buf_failed(&plain) && base64url_decode(buf_text(&plain), plain.length, der);
    buf_release(&plain);
    return decoded;
}

static enum status read_one(const json_t *value, struct certificate **certificate,
                            struct error *error)
{
    struct buf der = {0};
    enum status status =
        decode_base64(value, &der)
            ? certificate_read(der.data, der.length, certificate, error)
            : error_set(error, STATUS_INVALID,
                        _("The certificates beside the key (x5c) cannot be read."));

    buf_release(&der);
    return status;
}

enum status x5c_read(const json_t *value, struct x5c *chain, struct error *error)
{
    struct x5c made = {0};
    size_t count = json_array_size(value);
    enum status status = STATUS_OK;

    if (count == 0 || count > X5C_MAX)
        return error_set(error, STATUS_INVALID,
                         _("The certificates beside the key (x5c) cannot be read."));
    while (status == STATUS_OK && made.count < count) {
        status = read_one(json_array_get(value, made.count), &made.certificates[made.count], error);
        made.count += status == STATUS_OK;
    }
    if (status == STATUS_OK)
        *chain = made;
    else
        x5c_release(&made);
    return status;
}

void x5c_release(struct x5c *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        certificate_free(chain->certificates[i]);
    *chain = (struct x5c){0};
}

static bool is_linked(const struct x5c *chain)
{
    for (size_t i = 1; i < chain->count; i++)
        if (!certificate_is_issued_by(chain->certificates[i - 1], chain->certificates[i]))
            return false;
    return true;
}

static enum status check_chain(const json_t *value, struct jwk *jwk, struct error *error)
{
    struct x5c chain = {0};
    enum status status = x5c_read(value, &chain, error);

    if (status != STATUS_OK)
        return status;
    const struct certificate *own = chain.certificates[0];
    const struct public_key *key = certificate_key(own);
    if (!certificate_may_sign(own) || !key || !public_key_equal(key, jwk->key))
        status = error_set(error, STATUS_INVALID,
                           _("The certificate beside the key (x5c) is for another key or use."));
    else if (!is_linked(&chain))
        status = error_set(error, STATUS_INVALID,
                           _("The certificates beside the key (x5c) form no chain."));
    else if (!certificate_validity(own, &jwk->valid_from_ms, &jwk->valid_to_ms))
        status = error_set(error, STATUS_INVALID,
                           _("The certificates beside the key (x5c) cannot be read."));
    x5c_release(&chain);
    return status;
}

/* --- entrances -------------------------------------------------------------------------------
 */

static enum status read_names(const json_t *value, struct jwk *jwk, struct error *error)
{
    const json_t *kid = json_object_get(value, "kid");

    if (kid && (!json_is_string(kid) || json_string_length(kid) >= JWK_KID_MAX))
        return error_set(error, STATUS_INVALID, _("The name of the key (kid) is damaged."));
    (void)snprintf(jwk->kid, sizeof jwk->kid, "%s", kid ? json_string_value(kid) : "");
    jwk->has_private = json_object_get(value, "d") != NULL;
    return STATUS_OK;
}

static enum status read_key(const json_t *value, struct jwk *jwk, struct error *error)
{
    const struct kind_row *row =
        kind_by_names(json_text(value, "kty", ""), json_text(value, "crv", ""));
    const json_t *chain = json_object_get(value, "x5c");
    struct key_parts parts;

    if (!row)
        return error_set(error, STATUS_INVALID,
                         _("The key is of a kind that is not used here (kty, crv)."));
    enum status status = read_parts(value, row, &parts, error);
    if (status == STATUS_OK)
        status = read_algorithm(value, row->kind, &jwk->algorithms, error);
    if (status == STATUS_OK)
        status = make_thumbprint(&parts, jwk->thumbprint, error);
    if (status == STATUS_OK)
        status = public_key_new(&parts, &jwk->key, error);
    if (status == STATUS_OK && chain)
        status = check_chain(chain, jwk, error);
    return status;
}

enum status jwk_read(const json_t *value, struct jwk *jwk, struct error *error)
{
    struct jwk made = {0};
    enum status status = read_names(value, &made, error);

    if (status == STATUS_OK)
        status = check_use(value, error);
    if (status == STATUS_OK)
        status = read_key(value, &made, error);
    if (status == STATUS_OK)
        *jwk = made;
    else
        jwk_release(&made);
    return status;
}

enum status jwk_from_key(const struct public_key *key, struct jwk *jwk, struct error *error)
{
    struct jwk made = {0};
    struct key_parts parts;
    enum status status = public_key_parts(key, &parts, error);

    if (status == STATUS_OK && !kind_row(parts.kind))
        status = error_set(error, STATUS_INVALID,
                           _("The key is of a kind that is not used here (kty, crv)."));
    if (status == STATUS_OK)
        status = make_thumbprint(&parts, made.thumbprint, error);
    if (status == STATUS_OK)
        status = public_key_new(&parts, &made.key, error);
    if (status == STATUS_OK) {
        made.algorithms = algorithms_of(parts.kind);
        *jwk = made;
    }
    return status;
}

enum status jwk_from_certificate(const struct certificate *certificate, struct jwk *jwk,
                                 struct error *error)
{
    const struct public_key *key = certificate_key(certificate);
    struct jwk made = {0};

    if (!key)
        return error_set(error, STATUS_INVALID,
                         _("The key is of a kind that is not used here (kty, crv)."));
    if (!certificate_may_sign(certificate))
        return error_set(error, STATUS_INVALID, _("The certificate is not meant for signatures."));
    enum status status = jwk_from_key(key, &made, error);
    if (status == STATUS_OK &&
        !certificate_validity(certificate, &made.valid_from_ms, &made.valid_to_ms)) {
        jwk_release(&made);
        status = error_set(error, STATUS_INVALID, _("A certificate cannot be read."));
    }
    if (status == STATUS_OK)
        *jwk = made;
    return status;
}

void jwk_release(struct jwk *jwk)
{
    public_key_free(jwk->key);
    *jwk = (struct jwk){0};
}

bool jwk_allows(const struct jwk *jwk, enum signature_algorithm algorithm)
{
    return (jwk->algorithms >> algorithm & 1) != 0;
}
