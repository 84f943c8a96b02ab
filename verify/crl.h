#ifndef HUILIU_VERIFY_CRL_H
#define HUILIU_VERIFY_CRL_H
/*
 * X.509 certificate revocation lists (RFC 5280 section 5), for verify/chain.c; part of the adapter
 * to OpenSSL. Lists of the issuer itself only. One with a critical extension (a delta, a list of
 * some certificates or some reasons) is a part: it names some that are revoked, and clears nobody.
 * Immutable and thread-safe.
 */
#include "verify/chain.h"

#include <stdbool.h>

#define CRL_BYTES_MAX ((size_t)16 << 20)

struct crl;

/* True for DER that looks like a list rather than a certificate. */
bool crl_is(const void *der, size_t length);
enum status crl_read(const void *der, size_t length, struct crl **crl,
                     struct error *error) MUST_CHECK;
void crl_free(struct crl *crl);

int64_t crl_issued_ms(const struct crl *crl);
int64_t crl_next_ms(const struct crl *crl); /* 0: not said */
bool crl_is_whole(const struct crl *crl);
bool crl_is_delta(const struct crl *crl);
bool crl_is_indirect(const struct crl *crl); /* also of certificates of other issuers */
/* The list as OpenSSL has it; lives as long as this one. */
struct X509_crl_st *crl_handle(const struct crl *crl);
void crl_issuer(const struct crl *crl, char out[CERTIFICATE_TEXT_MAX]);
bool crl_is_for(const struct crl *crl, const struct certificate *certificate);
bool crl_is_signed_by(const struct crl *crl, const struct certificate *issuer);

/* True when the certificate stands on it. The date is the earlier of revocation and invalidity;
 * the reason is translated; name and list are left as they are. */
bool crl_find(const struct crl *crl, const struct certificate *certificate,
              struct chain_revocation *revoked);

#endif
