#include "verify/station_key.h"

#include "base/i18n.h"
#include "base/text.h"
#include "verify/crypto.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#define VALID_DAYS     3650
#define NAME_CHARS_MAX 64 /* upper bound of the attributes in X.520 */
#define SERIAL_BYTES   16

static enum status failed(struct error *error)
{
    ERR_clear_error();
    return error_set(error, STATUS_INTERNAL, _("The key of this station could not be made."));
}

/* --- names ------------------------------------------------------------------------------------ */

/* Cut at a character, not through it. */
static int cut_name(const char *text)
{
    size_t length = strlen(text), at = 0, used = 0;

    for (int count = 0; at < length && count < NAME_CHARS_MAX; count++) {
        (void)text_decode(text + at, length - at, &used);
        at += used;
    }
    return (int)at;
}

static bool add_name(X509_NAME *to, const char *field, const char *text)
{
    return *text == '\0' ||
           X509_NAME_add_entry_by_txt(to, field, MBSTRING_UTF8, (const unsigned char *)text,
                                      cut_name(text), -1, 0) == 1;
}

static X509_NAME *name_of(const struct station_name *name)
{
    X509_NAME *made = X509_NAME_new();

    if (made && add_name(made, "C", "CN") && add_name(made, "O", name->area) &&
        add_name(made, "CN", name->station) && add_name(made, "serialNumber", name->device))
        return made;
    X509_NAME_free(made);
    return NULL;
}

/* --- the certificate -------------------------------------------------------------------------- */

static bool add_extension(X509 *to, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, to, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension && X509_add_ext(to, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static bool set_serial(X509 *x509)
{
    unsigned char bytes[SERIAL_BYTES];

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40); /* positive, and always as long */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509));
    BN_free(number);
    return ok;
}

static bool fill_certificate(X509 *x509, EVP_PKEY *pkey, X509_NAME *name)
{
    return X509_set_version(x509, X509_VERSION_3) == 1 && set_serial(x509) &&
           X509_set_subject_name(x509, name) == 1 && X509_set_issuer_name(x509, name) == 1 &&
           X509_gmtime_adj(X509_getm_notBefore(x509), -86400) != NULL &&
           X509_time_adj_ex(X509_getm_notAfter(x509), VALID_DAYS, 0, NULL) != NULL &&
           X509_set_pubkey(x509, pkey) == 1 &&
           add_extension(x509, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(x509, NID_key_usage, "critical,digitalSignature,keyAgreement") &&
           add_extension(x509, NID_subject_key_identifier, "hash") &&
           X509_sign(x509, pkey, EVP_sha256()) > 0;
}

static bool write_certificate(EVP_PKEY *pkey, X509_NAME *name, BIO *out)
{
    X509 *x509 = X509_new();
    bool ok = x509 && fill_certificate(x509, pkey, name) && PEM_write_bio_X509(out, x509) == 1;

    X509_free(x509);
    return ok;
}

static bool write_request(EVP_PKEY *pkey, X509_NAME *name, BIO *out)
{
    X509_REQ *request = X509_REQ_new();
    bool ok =
        request && X509_REQ_set_version(request, X509_REQ_VERSION_1) == 1 &&
        X509_REQ_set_subject_name(request, name) == 1 && X509_REQ_set_pubkey(request, pkey) == 1 &&
        X509_REQ_sign(request, pkey, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(out, request) == 1;

    X509_REQ_free(request);
    return ok;
}

static bool write_key(EVP_PKEY *pkey, X509_NAME *name, BIO *out)
{
    (void)name;
    return PEM_write_bio_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL) == 1;
}

/* --- all of it -------------------------------------------------------------------------------- */

typedef bool writer(EVP_PKEY *pkey, X509_NAME *name, BIO *out);

static bool write_text(writer *write, EVP_PKEY *pkey, X509_NAME *name, struct buf *text)
{
    BIO *out = BIO_new(BIO_s_secmem());
    char *data = NULL;
    bool ok = out && write(pkey, name, out);
    long length = ok ? BIO_get_mem_data(out, &data) : 0;

    if (ok)
        buf_bytes(text, data, (size_t)length);
    BIO_free(out);
    return ok && !buf_failed(text);
}

enum status station_key_make(const struct station_name *name, struct station_key *made,
                             struct error *error)
{
    X509_NAME *subject = name_of(name);
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    bool ok = subject && pkey && write_text(write_key, pkey, subject, &made->key) &&
              write_text(write_certificate, pkey, subject, &made->certificate) &&
              write_text(write_request, pkey, subject, &made->request);

    EVP_PKEY_free(pkey);
    X509_NAME_free(subject);
    if (ok)
        return STATUS_OK;
    station_key_release(made);
    return failed(error);
}

void station_key_release(struct station_key *made)
{
    if (made->key.data)
        explicit_bzero(made->key.data, made->key.capacity);
    buf_release(&made->key);
    buf_release(&made->certificate);
    buf_release(&made->request);
}

/* An encrypted key is none of ours: OpenSSL must not ask for its passphrase on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

bool station_key_fits(const char *key, const char *certificate)
{
    BIO *key_text = BIO_new_mem_buf(key, -1);
    BIO *certificate_text = BIO_new_mem_buf(certificate, -1);
    EVP_PKEY *pkey = key_text ? PEM_read_bio_PrivateKey(key_text, NULL, no_passphrase, NULL) : NULL;
    X509 *x509 = certificate_text ? PEM_read_bio_X509(certificate_text, NULL, NULL, NULL) : NULL;
    bool fits = pkey && x509 && X509_check_private_key(x509, pkey) == 1;

    X509_free(x509);
    EVP_PKEY_free(pkey);
    BIO_free(certificate_text);
    BIO_free(key_text);
    ERR_clear_error();
    return fits;
}
