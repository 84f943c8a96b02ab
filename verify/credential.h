#ifndef HUILIU_VERIFY_CREDENTIAL_H
#define HUILIU_VERIFY_CREDENTIAL_H
/*
 * Judging a signed code: our own profile (docs/credential.md) and SMART Health Cards.
 *
 *     credential_text(text, length, index, &jws, &error);          // out of a QR code or a file
 *     credential_open(jws, length, trust, &credential, &error);    // form, key, signature, content
 *     identity = credential_identity(credential);                  // to look for revocation lists
 *     credential_judge(credential, &circumstances, &report);
 *     credential_free(credential);
 *
 * Checks, in this order: format, issuer, signature, key, content, validity, revocation,
 * holder_name, holder_id, holder; with certificates (x5c) also chain and key_revocation beside key.
 * The later ones are made only when the signature is sound: what a forger wrote is not shown. Their
 * verdicts:
 *
 *   signature_invalid  no proper JWS, or the signature is not the issuer's
 *   unknown_issuer     the key is not trusted, cannot be used, belongs to another than the issuer
 *                      named inside, was not valid when the code was signed, or had been revoked
 *   cannot_tell        the signature is sound but the content is not what it should be; or the key
 *                      was revoked later than the code says it was signed: the date is the
 *                      signer's own word
 *   revoked            it is on a revocation list, or a certificate it brings along is
 *   expired, not_yet_valid, mismatch as everywhere
 *
 * The number of the holder is compared and never shown. A credential keeps no pointer into the
 * trust set's arguments but into the set itself, which outlives it. One thread.
 */
#include "verify/chain.h"
#include "verify/record.h"
#include "verify/trust.h"
#include "verify/verdict.h"

#include <stdbool.h>
#include <stddef.h>

#define CREDENTIAL_KIND     "jws"
#define CREDENTIAL_TEXT_MAX ((size_t)256 << 10) /* of a file that holds codes */

/* True for text that holds a signed code: a compact JWS, shc:/ or a health card file; also for one
 * in the JSON form, which credential_text() refuses. */
bool credential_is_signed(const char *text, size_t length);

/* Appends the compact JWS number `index` (from 0): white space around it is dropped, a numeric QR
 * code decoded, a file of health cards opened. STATUS_NOT_FOUND when there are no more. */
enum status credential_text(const char *text, size_t length, size_t index, struct buf *jws,
                            struct error *error) MUST_CHECK;

struct credential;

/* Whom to believe, and when. Outlives the credential. */
struct credential_trust {
    const struct trust *keys;
    const struct anchors *roots; /* for codes that bring certificates along; NULL: none */
    int64_t now_ms;
};

/* True when the roots would be asked: the header has certificates. */
bool credential_brings_certificates(const char *jws, size_t length);

/* STATUS_OK also for forged and damaged codes: credential_judge() then says so. */
enum status credential_open(const char *jws, size_t length, const struct credential_trust *trust,
                            struct credential **credential, struct error *error) MUST_CHECK;
void credential_free(struct credential *credential);

/* Who says it and by which names it may stand on a revocation list. The strings live as long as
 * the credential. `issuer` is "" unless the signature is sound. */
struct credential_identity {
    const char *issuer;
    const char *const *ids;
    size_t id_count;
};
struct credential_identity credential_identity(const struct credential *credential);

/* What a sound code says that a record may say differently; raw, "" when it does not say it. The
 * strings live as long as the credential. All "" unless the signature is sound. */
struct credential_subject {
    const char *certificate_id;
    const char *holder_name, *holder_id;
};
struct credential_subject credential_subject(const struct credential *credential);

/* What the caller knows beside the code. NULL or "" means "not known", or "not asked". */
struct credential_circumstances {
    int64_t now_ms;
    const char *trust_source, *trust_as_of; /* where the keys come from, RFC 3339 */
    enum revocation_answer revocation;
    int64_t revocation_number;
    const char *revoked_at, *revocation_reason, *revocation_source;
    const char *revocation_issued_at, *revocation_next_update; /* RFC 3339 */
    const char *asked_name, *asked_id;
};

void credential_judge(const struct credential *credential,
                      const struct credential_circumstances *circumstances,
                      struct verdict_report *report);

/* A report about text that holds a code no JWS could be got out of. */
void credential_judge_damaged(const struct error *reason, struct verdict_report *report);

#endif
