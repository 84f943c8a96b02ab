#ifndef HUILIU_VERIFY_CREDENTIAL_CHAIN_H
#define HUILIU_VERIFY_CREDENTIAL_CHAIN_H
/*
 * Part of verify/credential.h: a signed code that brings its signer's certificates along (`x5c`,
 * RFC 7515 section 4.1.6) instead of naming a key of the catalogue. They count when they lead to a
 * certificate the catalogue trusts for credentials (level root, or a PEM file for one run). The
 * first one must be for signatures; the issuer named inside must stand in its subject or among its
 * alternative names (URI). One thread.
 */
#include "verify/chain.h"
#include "verify/claims.h"
#include "verify/jws.h"
#include "verify/trust.h"
#include "verify/verdict.h"

struct credential_chain {
    struct x5c x5c;
    struct trust_key key; /* the signer's, as if the catalogue had it */
    char name[CERTIFICATE_TEXT_MAX];
    struct chain_state state; /* when the code was signed */
};

/* True when the header brings certificates. */
bool credential_chain_is(const struct jws *jws);

/* Reads the certificates; STATUS_INVALID, with the reason, when they cannot be used. */
enum status credential_chain_read(const struct jws *jws, struct credential_chain *chain,
                                  struct error *error) MUST_CHECK;
void credential_chain_release(struct credential_chain *chain);

/* Follows them to the roots, as of the time of signing. `issuer` is the one named inside. */
enum status credential_chain_follow(struct credential_chain *chain, const struct anchors *roots,
                                    int64_t signed_ms, const char *issuer,
                                    struct error *error) MUST_CHECK;

/* The checks "chain" and "key" of the report. */
void credential_chain_judge(const struct credential_chain *chain, int64_t signed_ms, bool said,
                            int64_t now_ms, struct verdict_report *report);

#endif
