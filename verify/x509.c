#include "verify/x509.h"

#include "base/i18n.h"
#include "verify/crypto_handle.h"
#include "verify/fold.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#define PEM_BLOCKS_MAX 1024

/* --- certificates ----------------------------------------------------------------------------- */

/* The identity goes with the signature *on* a certificate, by its issuer. With another kind of key
 * an identity is an error. */
static bool set_identity(X509 *x509)
{
    if (X509_get_signature_nid(x509) != NID_SM2_with_SM3)
        return true;
    ASN1_OCTET_STRING *identity = ASN1_OCTET_STRING_new();
    if (!identity || ASN1_OCTET_STRING_set(identity, (const unsigned char *)SM2_IDENTITY,
                                           (int)strlen(SM2_IDENTITY)) != 1) {
        ASN1_OCTET_STRING_free(identity);
        return false;
    }
    X509_set0_distinguishing_id(x509, identity);
    return true;
}

static X509 *decode(const void *der, size_t length)
{
    const unsigned char *at = der;
    X509 *x509 =
        length > 0 && length <= CERTIFICATE_BYTES_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;

    if (x509 && at != (const unsigned char *)der + length) {
        X509_free(x509);
        x509 = NULL;
    }
    ERR_clear_error();
    return x509;
}

enum status certificate_read(const void *der, size_t length, struct certificate **certificate,
                             struct error *error)
{
    X509 *x509 = decode(der, length);

    if (!x509)
        return error_set(error, STATUS_INVALID, _("A certificate cannot be read."));
    struct certificate *made = calloc(1, sizeof *made);
    if (!made || !set_identity(x509)) {
        free(made);
        X509_free(x509);
        return error_nomem(error);
    }
    made->x509 = x509;
    if (public_key_adopt(X509_get0_pubkey(x509), &made->key, NULL) == STATUS_NOMEM) {
        certificate_free(made); /* any other failure: of a kind not used here */
        return error_nomem(error);
    }
    *certificate = made;
    return STATUS_OK;
}

void certificate_free(struct certificate *certificate)
{
    if (!certificate)
        return;
    public_key_free(certificate->key);
    X509_free(certificate->x509);
    free(certificate);
}

static bool common_name(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX])
{
    unsigned char *text = NULL;
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

    if (at < 0)
        return false;
    int length =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    bool usable = length > 0 && !memchr(text, '\0', (size_t)length);
    if (usable)
        fold_copy(out, CERTIFICATE_TEXT_MAX, (const char *)text); /* i2d adds a NUL */
    OPENSSL_free(text);
    return usable;
}

void name_print(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX])
{
    if (common_name(name, out))
        return;
    char *whole = X509_NAME_oneline(name, NULL, 0);
    fold_copy(out, CERTIFICATE_TEXT_MAX, whole ? whole : "");
    OPENSSL_free(whole);
}

void certificate_subject(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX])
{
    name_print(X509_get_subject_name(certificate->x509), out);
}

void certificate_issuer(const struct certificate *certificate, char out[CERTIFICATE_TEXT_MAX])
{
    name_print(X509_get_issuer_name(certificate->x509), out);
}

static void put_hex(const unsigned char *bytes, size_t length, const char *digits, char *out)
{
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

static bool is_text(const ASN1_STRING *string, const char *text)
{
    unsigned char *utf8 = NULL;
    int length = ASN1_STRING_to_UTF8(&utf8, string);
    bool same =
        length >= 0 && (size_t)length == strlen(text) && memcmp(utf8, text, (size_t)length) == 0;

    OPENSSL_free(utf8);
    return same;
}

static bool is_in_subject(const X509 *x509, const char *text)
{
    const X509_NAME *name = X509_get_subject_name(x509);

    for (int i = 0; i < X509_NAME_entry_count(name); i++)
        if (is_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)), text))
            return true;
    return false;
}

bool certificate_names(const struct certificate *certificate, const char *text)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate->x509, NID_subject_alt_name, NULL, NULL);
    bool found = is_in_subject(certificate->x509, text);

    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        found = name->type == GEN_URI && is_text(name->d.uniformResourceIdentifier, text);
    }
    GENERAL_NAMES_free(names);
    return found;
}

void certificate_serial(const struct certificate *certificate, char out[CERTIFICATE_SERIAL_MAX])
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
    size_t length = (size_t)ASN1_STRING_length(serial);
    char text[CERTIFICATE_SERIAL_MAX];

    if (2 * length >= sizeof text)
        length = (sizeof text - 1) / 2;
    put_hex(ASN1_STRING_get0_data(serial), length, "0123456789ABCDEF", text);
    const char *start = text;
    while (start[0] == '0' && start[1] != '\0')
        start++;
    fold_copy(out, CERTIFICATE_SERIAL_MAX, start);
}

void certificate_fingerprint(const struct certificate *certificate, char out[CERTIFICATE_PRINT_MAX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    out[0] = '\0';
    if (X509_digest(certificate->x509, EVP_sha256(), digest, &length) == 1 &&
        2 * length < CERTIFICATE_PRINT_MAX)
        put_hex(digest, length, "0123456789abcdef", out);
}

bool crypto_time(const ASN1_TIME *time, int64_t *ms)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    bool known = epoch && time && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

    ASN1_TIME_free(epoch);
    if (known)
        *ms = ((int64_t)days * 86400 + seconds) * 1000;
    return known;
}

bool certificate_validity(const struct certificate *certificate, int64_t *from_ms, int64_t *to_ms)
{
    return crypto_time(X509_get0_notBefore(certificate->x509), from_ms) &&
           crypto_time(X509_get0_notAfter(certificate->x509), to_ms);
}

const struct public_key *certificate_key(const struct certificate *certificate)
{
    return certificate->key;
}

static bool is_for_machines(const ASN1_OBJECT *purpose)
{
    int nid = OBJ_obj2nid(purpose);

    return nid == NID_server_auth || nid == NID_OCSP_sign || nid == NID_time_stamp;
}

/* Every purpose named is another one: there are many names for signing documents, private ones
 * among them, and few for what is none of it. */
static bool has_another_purpose(const struct certificate *certificate)
{
    EXTENDED_KEY_USAGE *purposes =
        X509_get_ext_d2i(certificate->x509, NID_ext_key_usage, NULL, NULL);
    bool other = purposes && sk_ASN1_OBJECT_num(purposes) > 0;

    for (int i = 0; other && i < sk_ASN1_OBJECT_num(purposes); i++)
        other = is_for_machines(sk_ASN1_OBJECT_value(purposes, i));
    EXTENDED_KEY_USAGE_free(purposes);
    return other;
}

bool certificate_may_sign(const struct certificate *certificate)
{
    /* UINT32_MAX where there is no such extension. */
    uint32_t usage = X509_get_key_usage(certificate->x509);

    return (usage & (X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_NON_REPUDIATION)) != 0 &&
           !has_another_purpose(certificate);
}

bool certificate_may_stamp(const struct certificate *certificate)
{
    return (X509_get_extension_flags(certificate->x509) & EXFLAG_XKUSAGE) &&
           X509_get_extended_key_usage(certificate->x509) == XKU_TIMESTAMP;
}

bool certificate_is_issued_by(const struct certificate *certificate,
                              const struct certificate *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
    bool holds = key &&
                 X509_NAME_cmp(X509_get_issuer_name(certificate->x509),
                               X509_get_subject_name(issuer->x509)) == 0 &&
                 X509_verify(certificate->x509, key) == 1;

    ERR_clear_error();
    return holds;
}

bool certificate_equals(const struct certificate *certificate, const void *der, size_t length)
{
    unsigned char *own = NULL;
    int own_length = i2d_X509(certificate->x509, &own);
    bool same = own_length > 0 && (size_t)own_length == length && memcmp(own, der, length) == 0;

    OPENSSL_free(own);
    return same;
}

bool certificate_is_named(const struct certificate *certificate, const void *issuer,
                          size_t issuer_length, const void *serial, size_t serial_length)
{
    const unsigned char *name = NULL;
    size_t name_length = 0;
    unsigned char *number = NULL;
    int number_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate->x509), &number);
    bool same = X509_NAME_get0_der(X509_get_issuer_name(certificate->x509), &name, &name_length) &&
                name_length == issuer_length && memcmp(name, issuer, name_length) == 0 &&
                number_length > 0 && (size_t)number_length == serial_length &&
                memcmp(number, serial, serial_length) == 0;

    OPENSSL_free(number);
    return same;
}

/* --- PEM -------------------------------------------------------------------------------------- */

static enum status read_block(const char *name, const unsigned char *data, long length,
                              struct pem_item *item, struct error *error)
{
    if (strstr(name, "PRIVATE KEY"))
        return error_set(error, STATUS_REFUSED,
                         _("The file holds a private key. Give the public key or the certificate, "
                           "and keep the private key secret."));
    if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0)
        return certificate_read(data, (size_t)length, &item->certificate, error);
    if (strcmp(name, PEM_STRING_X509_CRL) == 0) {
        item->list = data;
        item->list_length = (size_t)length;
    } else if (strcmp(name, PEM_STRING_PUBLIC) == 0) {
        EVP_PKEY *pkey = d2i_PUBKEY(NULL, &(const unsigned char *){data}, length);
        enum status status = public_key_adopt(pkey, &item->key, error);
        EVP_PKEY_free(pkey);
        return status;
    }
    return STATUS_OK; /* parameters, requests: none of our business */
}

static enum status hand_over(struct pem_item *item, pem_each *each, void *context,
                             struct error *error)
{
    bool any = item->certificate || item->key || item->list;
    enum status status = any ? each(context, item, error) : STATUS_OK;

    certificate_free(item->certificate);
    public_key_free(item->key);
    return status;
}

/* False at the end of the text. */
static bool next_block(BIO *source, pem_each *each, void *context, enum status *status,
                       struct error *error)
{
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    struct pem_item item = {0};

    if (PEM_read_bio(source, &name, &header, &data, &size) != 1)
        return false;
    *status = read_block(name, data, size, &item, error);
    if (*status == STATUS_OK)
        *status = hand_over(&item, each, context, error);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)size);
    return true;
}

enum status pem_read(const char *text, size_t length, pem_each *each, void *context,
                     struct error *error)
{
    BIO *source = length <= INT32_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;
    enum status status = STATUS_OK;
    int blocks = 0;

    if (!source)
        return error_nomem(error);
    while (status == STATUS_OK && blocks < PEM_BLOCKS_MAX &&
           next_block(source, each, context, &status, error))
        blocks++;
    BIO_free(source);
    ERR_clear_error();
    if (status == STATUS_OK && blocks == 0)
        status = error_set(error, STATUS_INVALID, _("The file has no key and no certificate."));
    return status;
}
