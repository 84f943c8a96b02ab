#include "verify/chain.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "verify/fold.h"
#include "verify/x509_handle.h"

#include <ctype.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#define STRENGTH_LEVEL 2 /* OpenSSL's level of 112 bits: RSA from 2048, no SHA-1 */

struct anchors {
    struct arena *arena; /* the revocations */
    struct certificate *anchors[TRUST_MAX];
    size_t count;
    struct certificate_revocation *revocations;
    size_t revocation_count;
};

/* --- the list --------------------------------------------------------------------------------- */

enum status anchors_new(struct anchors **trust, struct error *error)
{
    struct anchors *made = calloc(1, sizeof *made);

    if (made)
        made->arena = arena_new();
    if (!made || !made->arena) {
        free(made);
        return error_nomem(error);
    }
    *trust = made;
    return STATUS_OK;
}

void anchors_free(struct anchors *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->count; i++)
        certificate_free(trust->anchors[i]);
    arena_free(trust->arena);
    free(trust);
}

size_t anchors_count(const struct anchors *trust)
{
    return trust->count;
}

size_t anchors_revocation_count(const struct anchors *trust)
{
    return trust->revocation_count;
}

void anchors_fingerprint(const struct anchors *trust, size_t index, char out[CERTIFICATE_PRINT_MAX])
{
    certificate_fingerprint(trust->anchors[index], out);
}

static enum status add_der(struct anchors *trust, const void *der, size_t length,
                           struct error *error)
{
    if (trust->count == TRUST_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("There are too many trusted certificates."));
    enum status status = certificate_read(der, length, &trust->anchors[trust->count], error);
    if (status == STATUS_OK)
        trust->count++;
    return status;
}

static enum status add_pem(struct anchors *trust, BIO *text, struct error *error)
{
    enum status status = STATUS_OK;
    size_t before = trust->count;
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long length = 0;

    while (status == STATUS_OK && PEM_read_bio(text, &name, &header, &der, &length) == 1) {
        if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0)
            status = add_der(trust, der, (size_t)length, error);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(der);
    }
    if (status == STATUS_OK && trust->count == before)
        status = error_set(error, STATUS_INVALID,
                           _("There is no certificate in it. Give certificates as PEM or DER."));
    return status;
}

enum status anchors_add(struct anchors *trust, const void *bytes, size_t length,
                        struct error *error)
{
    if (length > TRUST_BYTES_MAX)
        return error_set(error, STATUS_TOO_LARGE,
                         _("The file of trusted certificates is too big."));
    if (length > 0 && *(const unsigned char *)bytes == 0x30) /* a SEQUENCE: DER */
        return add_der(trust, bytes, length, error);
    BIO *text = BIO_new_mem_buf(bytes, (int)length);
    if (!text)
        return error_nomem(error);
    enum status status = add_pem(trust, text, error);
    BIO_free(text);
    return status;
}

/* --- revocations ------------------------------------------------------------------------------ */

enum status anchors_revoke(struct anchors *trust, const struct certificate_revocation *revocation,
                           struct error *error)
{
    if (trust->revocation_count == REVOCATIONS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The revocation lists are too long."));
    struct certificate_revocation *kept =
        arena_push(trust->arena, &trust->revocations, &trust->revocation_count, sizeof *kept);
    if (!kept)
        return error_nomem(error);
    *kept = (struct certificate_revocation){
        .id = arena_str(trust->arena, revocation->id ? revocation->id : ""),
        .issuer = arena_str(trust->arena, revocation->issuer ? revocation->issuer : ""),
        .at = arena_str(trust->arena, revocation->at ? revocation->at : ""),
        .reason = arena_str(trust->arena, revocation->reason ? revocation->reason : ""),
        .source = arena_str(trust->arena, revocation->source ? revocation->source : ""),
        .as_of = arena_str(trust->arena, revocation->as_of ? revocation->as_of : ""),
    };
    return arena_failed(trust->arena) ? error_nomem(error) : STATUS_OK;
}

/* The next digit of a hexadecimal id behind separators; '\0' at the end. */
static char next_digit(const char **id)
{
    while (**id == ':' || **id == ' ' || **id == '-')
        (*id)++;
    return **id == '\0' ? '\0' : (char)tolower((unsigned char)*(*id)++);
}

static bool same_number(const char *a, const char *b)
{
    char left = next_digit(&a), right = next_digit(&b);

    while (left == '0')
        left = next_digit(&a);
    while (right == '0')
        right = next_digit(&b);
    if (left == '\0')
        return false;
    while (left == right && left != '\0') {
        left = next_digit(&a);
        right = next_digit(&b);
    }
    return left == right;
}

static bool same_issuer(const struct certificate *certificate, const char *issuer)
{
    char name[CERTIFICATE_TEXT_MAX];

    certificate_issuer(certificate, name);
    if (strcmp(issuer, name) == 0)
        return true;
    char *whole = X509_NAME_oneline(X509_get_issuer_name(certificate->x509), NULL, 0);
    bool same = whole && strcmp(issuer, whole) == 0;
    OPENSSL_free(whole);
    return same;
}

static const struct certificate_revocation *find_revocation(const struct anchors *trust,
                                                            const struct certificate *certificate)
{
    char print[CERTIFICATE_PRINT_MAX], serial[CERTIFICATE_SERIAL_MAX];

    certificate_fingerprint(certificate, print);
    certificate_serial(certificate, serial);
    for (size_t i = 0; i < trust->revocation_count; i++) {
        const struct certificate_revocation *revocation = &trust->revocations[i];
        if (same_number(revocation->id, print) ||
            (*revocation->issuer && same_number(revocation->id, serial) &&
             same_issuer(certificate, revocation->issuer)))
            return revocation;
    }
    return NULL;
}

/* --- the path --------------------------------------------------------------------------------- */

static void look_at(const struct anchors *trust, X509 *x509, int64_t at_ms,
                    struct chain_state *state)
{
    struct certificate certificate = {.x509 = x509};
    const struct certificate_revocation *revocation = find_revocation(trust, &certificate);
    char name[CERTIFICATE_TEXT_MAX];
    int64_t from = 0, to = 0;
    bool dated = certificate_validity(&certificate, &from, &to);

    certificate_subject(&certificate, name);
    if ((!dated || at_ms > to) && !*state->over)
        fold_copy(state->over, sizeof state->over, *name ? name : "?");
    if (dated && at_ms < from && !*state->not_yet)
        fold_copy(state->not_yet, sizeof state->not_yet, *name ? name : "?");
    if (revocation && !state->revoked) {
        state->revoked = revocation;
        fold_copy(state->revoked_name, sizeof state->revoked_name, name);
    }
}

static enum chain_answer answer_of(int failure)
{
    switch (failure) {
    case X509_V_OK:
        return CHAIN_TRUSTED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return CHAIN_UNKNOWN;
    default:
        return CHAIN_BROKEN;
    }
}

static void read_path(const struct anchors *trust, X509_STORE_CTX *context, int64_t at_ms,
                      struct chain_state *state)
{
    const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
    int length = sk_X509_num(path);

    for (int i = 0; i < length; i++)
        look_at(trust, sk_X509_value(path, i), at_ms, state);
    if (length > 0) {
        struct certificate last = {.x509 = sk_X509_value(path, length - 1)};
        certificate_subject(&last, state->anchor);
    }
}

static enum status run(const struct anchors *trust, X509_STORE_CTX *context, X509 *leaf,
                       int64_t at_ms, struct chain_state *state, struct error *error)
{
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    struct chain_state found = {.answer = CHAIN_UNKNOWN};

    if (X509_VERIFY_PARAM_set_flags(parameters,
                                    X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME) != 1)
        return error_nomem(error);
    X509_VERIFY_PARAM_set_depth(parameters, CHAIN_DEPTH_MAX);
    X509_VERIFY_PARAM_set_auth_level(parameters, STRENGTH_LEVEL);
    if (X509_verify_cert(context) == 1) {
        found.answer = CHAIN_TRUSTED;
        read_path(trust, context, at_ms, &found);
    } else {
        int failure = X509_STORE_CTX_get_error(context);
        if (failure == X509_V_ERR_OUT_OF_MEM)
            return error_nomem(error);
        found.answer = failure == X509_V_OK ? CHAIN_BROKEN : answer_of(failure);
        fold_copy(found.reason, sizeof found.reason, X509_verify_cert_error_string(failure));
        look_at(trust, leaf, at_ms, &found);
    }
    *state = found;
    return STATUS_OK;
}

static STACK_OF(X509) * stack_of(struct certificate *const *certificates, size_t count)
{
    STACK_OF(X509) *stack = sk_X509_new_null();

    for (size_t i = 0; stack && i < count; i++) {
        if (sk_X509_push(stack, certificates[i]->x509) == 0) {
            sk_X509_free(stack);
            stack = NULL;
        }
    }
    return stack;
}

enum status chain_judge(const struct anchors *trust, const struct certificate *certificate,
                        struct certificate *const *others, size_t other_count, int64_t at_ms,
                        struct chain_state *state, struct error *error)
{
    STACK_OF(X509) *anchors = stack_of(trust->anchors, trust->count);
    STACK_OF(X509) *untrusted = stack_of(others, other_count);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE *none = X509_STORE_new(); /* no default directories of the system */
    enum status status;

    if (!anchors || !untrusted || !context || !none ||
        X509_STORE_CTX_init(context, none, certificate->x509, untrusted) != 1) {
        status = error_nomem(error);
    } else {
        X509_STORE_CTX_set0_trusted_stack(context, anchors);
        status = run(trust, context, certificate->x509, at_ms, state, error);
    }
    X509_STORE_CTX_free(context);
    X509_STORE_free(none);
    sk_X509_free(untrusted);
    sk_X509_free(anchors);
    return status;
}
