#include "verify/envelope.h"

#include "base/i18n.h"
#include "verify/cms_stream.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPOOL_BUFFER (64 << 10)

/* An encrypted key is none of ours: OpenSSL must not ask for its passphrase on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static EVP_PKEY *read_key(const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = text ? PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL) : NULL;

    BIO_free(text);
    return key;
}

static X509 *read_certificate(const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;

    BIO_free(text);
    return certificate;
}

static enum status bad_identity(struct error *error)
{
    ERR_clear_error();
    return error_set(error, STATUS_CORRUPT,
                     _("The key of this station for bundles cannot be read. Ask the administrator "
                       "to make a new one."));
}

/* --- writing ---------------------------------------------------------------------------------- */

#define WRITE_FLAGS (CMS_BINARY | CMS_STREAM | CMS_PARTIAL)

struct envelope {
    EVP_PKEY *key;
    X509 *own, *recipient;
    CMS_ContentInfo *sealed, *content; /* EnvelopedData, SignedData */
    BIO *file;                         /* the bottom */
    BIO *inner;                        /* where the content is written; the top of the chain */
};

/* SHA-256 also inside the key agreement, OAEP for RSA: the defaults of OpenSSL are older. */
static bool harden_recipient(CMS_RecipientInfo *recipient)
{
    EVP_PKEY_CTX *context = CMS_RecipientInfo_get0_pkey_ctx(recipient);

    if (!context)
        return true;
    if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_AGREE)
        return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0;
}

static bool make_structures(struct envelope *envelope)
{
    envelope->content = CMS_sign(NULL, NULL, NULL, NULL, WRITE_FLAGS);
    envelope->sealed = CMS_encrypt(NULL, NULL, EVP_aes_256_cbc(), WRITE_FLAGS);
    if (!envelope->content || !envelope->sealed ||
        !CMS_add1_signer(envelope->content, envelope->own, envelope->key, EVP_sha256(), CMS_BINARY))
        return false;
    CMS_RecipientInfo *recipient =
        CMS_add1_recipient_cert(envelope->sealed, envelope->recipient, CMS_KEY_PARAM);
    return recipient && harden_recipient(recipient);
}

/* The content goes through the signature into the encryption into the file. */
static bool make_chain(struct envelope *envelope)
{
    BIO *outer = BIO_new_CMS(envelope->file, envelope->sealed);

    if (!outer)
        return false;
    envelope->inner = BIO_new_CMS(outer, envelope->content);
    if (envelope->inner)
        return true;
    envelope->inner = outer; /* for the cleaning up */
    return false;
}

static enum status open_envelope(struct envelope *envelope, int fd,
                                 const struct envelope_identity *own, const char *recipient,
                                 struct error *error)
{
    envelope->key = read_key(own->key);
    envelope->own = read_certificate(own->certificate);
    if (!envelope->key || !envelope->own)
        return bad_identity(error);
    envelope->recipient = read_certificate(recipient);
    if (!envelope->recipient || !make_structures(envelope))
        return error_set(error, STATUS_INVALID,
                         _("This is not a certificate bundles can be encrypted for."));
    envelope->file = BIO_new_fd(fd, BIO_NOCLOSE);
    if (!envelope->file || !make_chain(envelope))
        return error_set(error, STATUS_INTERNAL, _("The bundle could not be begun."));
    return STATUS_OK;
}

enum status envelope_create(int fd, const struct envelope_identity *own, const char *recipient,
                            struct envelope **out, struct error *error)
{
    struct envelope *envelope = calloc(1, sizeof *envelope);

    if (!envelope)
        return error_nomem(error);
    enum status status = open_envelope(envelope, fd, own, recipient, error);
    ERR_clear_error();
    if (status != STATUS_OK) {
        envelope_free(envelope);
        return status;
    }
    *out = envelope;
    return STATUS_OK;
}

static enum status write_failed(struct error *error)
{
    ERR_clear_error();
    return error_set(error, STATUS_IO,
                     _("The bundle could not be written. Is there enough space on the medium?"));
}

enum status envelope_write(struct envelope *envelope, const void *bytes, size_t length,
                           struct error *error)
{
    size_t written = 0;

    if (length == 0)
        return STATUS_OK;
    return BIO_write_ex(envelope->inner, bytes, length, &written) == 1 && written == length
               ? STATUS_OK
               : write_failed(error);
}

enum status envelope_finish(struct envelope *envelope, struct error *error)
{
    return BIO_flush(envelope->inner) == 1 ? STATUS_OK : write_failed(error);
}

void envelope_free(struct envelope *envelope)
{
    if (!envelope)
        return;
    for (BIO *bio = envelope->inner; bio && bio != envelope->file;) {
        BIO *below = BIO_pop(bio);
        BIO_free(bio);
        bio = below;
    }
    BIO_free(envelope->file);
    CMS_ContentInfo_free(envelope->content);
    CMS_ContentInfo_free(envelope->sealed);
    X509_free(envelope->own);
    X509_free(envelope->recipient);
    EVP_PKEY_free(envelope->key);
    ERR_clear_error();
    free(envelope);
}

/* --- content for OpenSSL, from a stream ------------------------------------------------------- */

struct source {
    struct cms_stream *stream;
    const struct envelope_watch *watch;
    int64_t bytes;
    struct error error; /* why reading ended early */
};

static int source_read(BIO *bio, char *out, int size)
{
    struct source *source = BIO_get_data(bio);
    size_t got = 0;

    BIO_clear_retry_flags(bio);
    if (source->error.status != STATUS_OK || size <= 0)
        return -1;
    if (source->watch && !source->watch->on(source->watch->context, source->bytes))
        (void)error_set(&source->error, STATUS_CANCELLED, _("Stopped. Nothing was changed."));
    else if (cms_stream_read(source->stream, out, (size_t)size, &got, &source->error) == STATUS_OK)
        source->bytes += (int64_t)got;
    return source->error.status == STATUS_OK ? (int)got : -1;
}

static long source_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *source_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "content");

    if (method && BIO_meth_set_read(method, source_read) == 1 &&
        BIO_meth_set_ctrl(method, source_control) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

static BIO *source_bio(BIO_METHOD *method, struct source *source)
{
    BIO *bio = method ? BIO_new(method) : NULL;

    if (!bio)
        return NULL;
    BIO_set_data(bio, source);
    BIO_set_init(bio, 1);
    return bio;
}

static CMS_ContentInfo *read_shell(const struct cms_stream *stream)
{
    struct buf shell = {0};
    CMS_ContentInfo *cms = NULL;

    if (cms_stream_shell(stream, &shell, NULL) == STATUS_OK) {
        const unsigned char *at = (const unsigned char *)shell.data;
        cms = d2i_CMS_ContentInfo(NULL, &at, (long)shell.length);
    }
    buf_release(&shell);
    return cms;
}

static enum status nonsense(struct error *error)
{
    return error_set(error, STATUS_INVALID,
                     _("This is no bundle, or it was damaged on the way. Copy it again."));
}

/* --- decrypting ------------------------------------------------------------------------------- */

/* AES-256-CBC, and nothing that only looks like it: the cipher decides what a reader without the
 * key can learn. */
static bool is_strong(const struct cms_stream *stream)
{
    static const unsigned char aes_256_cbc[] = {0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                0x65, 0x03, 0x04, 0x01, 0x2A};
    const struct buf *info = cms_stream_content_info(stream);

    return memmem(info->data, info->length, aes_256_cbc, sizeof aes_256_cbc) != NULL;
}

/* A key wrapped for somebody else and one that was edited look the same. */
static enum status cannot_decrypt(struct error *error)
{
    return error_set(error, STATUS_REFUSED,
                     _("This bundle cannot be opened here: it is encrypted for another station, or "
                       "was changed on the way. Ask for one made for this station's certificate "
                       "(huiliu bundle identity)."));
}

static enum status decrypt_content(CMS_ContentInfo *cms, BIO *content, const struct source *source,
                                   BIO *out, struct error *error)
{
    if (CMS_decrypt(cms, NULL, NULL, content, out, CMS_BINARY) == 1 && BIO_flush(out) == 1)
        return STATUS_OK;
    if (source->error.status != STATUS_OK) {
        if (error)
            *error = source->error;
        return source->error.status;
    }
    return error_set(error, STATUS_CORRUPT,
                     _("The bundle was changed on the way. Nothing of it was used."));
}

/* OpenSSL hands on four kilobytes at a time. */
static BIO *spool_bio(int spool)
{
    BIO *file = BIO_new_fd(spool, BIO_NOCLOSE);
    BIO *buffered = BIO_new(BIO_f_buffer());

    if (file && buffered && BIO_set_write_buffer_size(buffered, SPOOL_BUFFER) == 1)
        return BIO_push(buffered, file);
    BIO_free(buffered);
    BIO_free(file);
    return NULL;
}

static enum status decrypt_stream(struct cms_stream *stream, EVP_PKEY *key, struct source *source,
                                  int spool, struct error *error)
{
    CMS_ContentInfo *cms = read_shell(stream);
    BIO_METHOD *method = source_method();
    BIO *content = source_bio(method, source);
    BIO *out = spool_bio(spool);
    enum status status = STATUS_OK;

    if (!cms || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_enveloped)
        status = nonsense(error);
    else if (!is_strong(stream))
        status = error_set(error, STATUS_UNSUPPORTED,
                           _("This bundle is not encrypted with AES-256. Ask for one that is."));
    else if (!content || !out)
        status = error_nomem(error);
    else if (CMS_decrypt_set1_pkey(cms, key, NULL) != 1)
        status = cannot_decrypt(error);
    if (status == STATUS_OK)
        status = decrypt_content(cms, content, source, out, error);
    BIO_free_all(out);
    BIO_free(content);
    BIO_meth_free(method);
    CMS_ContentInfo_free(cms);
    return status;
}

enum status envelope_decrypt(int fd, const struct envelope_identity *own, int spool,
                             const struct envelope_watch *watch, struct error *error)
{
    struct source source = {.watch = watch};
    EVP_PKEY *key = read_key(own->key);
    enum status status = key ? cms_stream_open(fd, &source.stream, error) : bad_identity(error);

    if (status == STATUS_OK)
        status = decrypt_stream(source.stream, key, &source, spool, error);
    if (status == STATUS_OK)
        status = cms_stream_finish(source.stream, error);
    cms_stream_free(source.stream);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return status;
}

/* --- verifying -------------------------------------------------------------------------------- */

static bool is_good_digest(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *object = NULL;

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    int nid = OBJ_obj2nid(object);
    return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

/* One signer, with signed attributes: without them a signature over other data could be passed off
 * as one over a content. */
static enum status check_form(CMS_ContentInfo *cms, struct error *error)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    X509_ALGOR *digest = NULL;

    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || sk_CMS_SignerInfo_num(signers) != 1)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("This bundle is not signed by exactly one sender."));
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    if (CMS_signed_get_attr_count(signer) <= 0 || !digest || !is_good_digest(digest))
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The signature of this bundle is of a kind that proves too little."));
    return STATUS_OK;
}

static enum status keep_certificate(X509 *x509, struct certificate **out, struct error *error)
{
    unsigned char *der = NULL;
    int length = i2d_X509(x509, &der);
    enum status status =
        length > 0 ? certificate_read(der, (size_t)length, out, error) : error_nomem(error);

    OPENSSL_free(der);
    return status;
}

static enum status keep_certificates(CMS_ContentInfo *cms, struct envelope_signature *signature,
                                     struct error *error)
{
    STACK_OF(X509) *signers = CMS_get0_signers(cms);
    STACK_OF(X509) *all = CMS_get1_certs(cms);
    X509 *signer = sk_X509_num(signers) == 1 ? sk_X509_value(signers, 0) : NULL;
    enum status status = signer ? keep_certificate(signer, &signature->signer, error)
                                : error_set(error, STATUS_INVALID,
                                            _("The signer's certificate is not in the bundle."));

    for (int i = 0; i < sk_X509_num(all) && status == STATUS_OK; i++) {
        if (X509_cmp(sk_X509_value(all, i), signer) == 0 ||
            signature->other_count == ENVELOPE_CERTIFICATES_MAX)
            continue;
        status = keep_certificate(sk_X509_value(all, i), &signature->others[signature->other_count],
                                  error);
        if (status == STATUS_OK)
            signature->other_count++;
    }
    sk_X509_pop_free(all, X509_free);
    sk_X509_free(signers);
    return status;
}

static enum status verify_content(CMS_ContentInfo *cms, struct source *source, struct error *error)
{
    BIO_METHOD *method = source_method();
    BIO *content = source_bio(method, source);
    BIO *nowhere = BIO_new(BIO_s_null());
    enum status status = content && nowhere ? STATUS_OK : error_nomem(error);

    if (status == STATUS_OK && CMS_verify(cms, NULL, NULL, content, nowhere,
                                          CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
        status = error_set(error, STATUS_CORRUPT,
                           _("The bundle was changed on the way. Nothing of it was used."));
        if (source->error.status != STATUS_OK) {
            status = source->error.status;
            if (error)
                *error = source->error;
        }
    }
    BIO_free(nowhere);
    BIO_free(content);
    BIO_meth_free(method);
    return status;
}

/* The signature stands behind the content: the file is read once to get there, once to check. */
static enum status read_whole_shell(int spool, CMS_ContentInfo **cms, struct error *error)
{
    struct cms_stream *stream = NULL;

    if (lseek(spool, 0, SEEK_SET) != 0)
        return error_set(error, STATUS_IO, _("The bundle cannot be read again."));
    enum status status = cms_stream_open(spool, &stream, error);
    if (status == STATUS_OK)
        status = cms_stream_finish(stream, error);
    if (status == STATUS_OK) {
        *cms = read_shell(stream);
        if (!*cms)
            status = nonsense(error);
    }
    cms_stream_free(stream);
    return status;
}

static enum status check_signature(int spool, CMS_ContentInfo *cms,
                                   const struct envelope_watch *watch, struct error *error)
{
    struct source source = {.watch = watch};

    if (lseek(spool, 0, SEEK_SET) != 0)
        return error_set(error, STATUS_IO, _("The bundle cannot be read again."));
    enum status status = cms_stream_open(spool, &source.stream, error);
    if (status == STATUS_OK)
        status = verify_content(cms, &source, error);
    cms_stream_free(source.stream);
    return status;
}

enum status envelope_verify(int spool, const struct envelope_watch *watch,
                            struct envelope_signature *signature, struct error *error)
{
    CMS_ContentInfo *cms = NULL;
    struct envelope_signature found = {0};
    enum status status = read_whole_shell(spool, &cms, error);

    if (status == STATUS_OK)
        status = check_form(cms, error);
    if (status == STATUS_OK)
        status = check_signature(spool, cms, watch, error);
    if (status == STATUS_OK)
        status = keep_certificates(cms, &found, error);
    if (status == STATUS_OK)
        *signature = found;
    else
        envelope_signature_release(&found);
    CMS_ContentInfo_free(cms);
    ERR_clear_error();
    return status;
}

void envelope_signature_release(struct envelope_signature *signature)
{
    certificate_free(signature->signer);
    for (size_t i = 0; i < signature->other_count; i++)
        certificate_free(signature->others[i]);
    *signature = (struct envelope_signature){0};
}
