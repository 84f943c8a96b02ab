#ifndef HUILIU_VERIFY_ENVELOPE_H
#define HUILIU_VERIFY_ENVELOPE_H
/*
 * A file for one receiver, from one sender: CMS (RFC 5652), signed inside, encrypted outside with
 * AES-256-CBC; what `openssl cms -sign` and then `openssl cms -encrypt` make. Of any size, in
 * constant memory.
 *
 *     envelope_create(fd, &own, recipient_pem, &envelope, &error);
 *     envelope_write(envelope, bytes, length, &error);   // one byte at least
 *     envelope_finish(envelope, &error);                 // signature, last block
 *     envelope_free(envelope);
 *
 *     envelope_decrypt(fd, &own, spool_fd, &error);       // the signed inside, to a private file
 *     envelope_verify(spool_fd, &signature, &error);      // is it whole, and who signed it?
 *     … read the content with verify/cms_stream.h, once more from the start of the spool …
 *     envelope_signature_release(&signature);
 *
 * Encryption alone proves nothing: nothing of the content may be used before envelope_verify() has
 * said STATUS_OK and the caller has decided about the signer. It wants one signer, whose
 * certificate is enclosed, signed attributes, and SHA-256 or better.
 *
 * STATUS_REFUSED: encrypted for somebody else, or the wrapped key was changed. STATUS_CORRUPT: it
 * was changed. STATUS_INVALID: it is no such file. STATUS_UNSUPPORTED: made with something weaker,
 * or stranger. Part of the adapter to OpenSSL. One thread.
 */
#include "base/buf.h"
#include "base/error.h"
#include "verify/x509.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* PEM */
struct envelope_identity {
    const char *key;
    const char *certificate;
};

#define ENVELOPE_CERTIFICATES_MAX 16

struct envelope_signature {
    struct certificate *signer;
    struct certificate *others[ENVELOPE_CERTIFICATES_MAX]; /* for the path to a trusted one */
    size_t other_count;
};

struct envelope;

/* The recipient's certificate; STATUS_INVALID when nothing can be encrypted for it. */
enum status envelope_create(int fd, const struct envelope_identity *own, const char *recipient,
                            struct envelope **envelope, struct error *error) MUST_CHECK;
enum status envelope_write(struct envelope *envelope, const void *bytes, size_t length,
                           struct error *error) MUST_CHECK;
enum status envelope_finish(struct envelope *envelope, struct error *error) MUST_CHECK;
void envelope_free(struct envelope *envelope);

/* Called between pieces with the bytes of the encrypted content read so far; false stops it with
 * STATUS_CANCELLED. */
struct envelope_watch {
    bool (*on)(void *context, int64_t bytes);
    void *context;
};

enum status envelope_decrypt(int fd, const struct envelope_identity *own, int spool,
                             const struct envelope_watch *watch, struct error *error) MUST_CHECK;
enum status envelope_verify(int spool, const struct envelope_watch *watch,
                            struct envelope_signature *signature, struct error *error) MUST_CHECK;
void envelope_signature_release(struct envelope_signature *signature);

#endif
