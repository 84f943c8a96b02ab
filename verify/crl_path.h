#ifndef HUILIU_VERIFY_CRL_PATH_H
#define HUILIU_VERIFY_CRL_PATH_H
/*
 * Which of the revocation lists at hand cover the certificates of a path (RFC 5280 section 6.3),
 * for verify/chain.c; part of the adapter to OpenSSL. OpenSSL does the choosing while it verifies
 * the path: distribution points, lists for some reasons only, indirect and delta lists, lists
 * signed by another certificate of the issuer whose own path leads to the same anchor. What it
 * cannot do is done here: OpenSSL 3.0 cannot check a list signed with SM2, and believes the newest
 * list before it looks at its signature, so that a forged one would hide the genuine one.
 *
 *     X509_STORE *store = …;                        // once
 *     crl_path_prepare(store, &entry_check, &error);
 *     …
 *     struct crl_path path = {.lists = …, .signers = …, .anchors = …, .entry_check = …};
 *     crl_path_attach(&path, context);              // between X509_STORE_CTX_init and verifying
 *     X509_verify_cert(context);
 *     … path.covers[depth] …
 *
 * A path is used by one thread; the lists may be shared.
 */
#include "verify/crl.h"

#include <openssl/x509_vfy.h>

#define CRL_PATH_MAX (CHAIN_DEPTH_MAX + 2)

/* What the lists say about one certificate of the path. */
struct crl_cover {
    const struct crl *list;    /* the last that decided, a delta list only by taking it off again */
    const struct crl *names;   /* a list on which it stands, for good if on any; NULL */
    const struct crl *doubted; /* nobody who is trusted vouches for who signed this one; NULL */
    const char *obstacle;      /* why a list that is here does not clear it, translated; NULL */
    bool incomplete;           /* no list is left for some of the reasons, or for any */
};

struct crl_path {
    struct crl *const *lists;
    size_t list_count;
    STACK_OF(X509) * signers; /* who may have signed a list: anchors, the path, helpers */
    STACK_OF(X509) * anchors;
    X509_STORE_CTX_cert_crl_fn entry_check;
    struct crl_cover covers[CRL_PATH_MAX]; /* by depth, 0 is the certificate itself */
    /* For crl_path.c itself. */
    bool is_inner;             /* the path is that of a certificate that signed a list */
    const struct crl *current; /* is being looked at */
};

/* Makes the store ask the path; *entry_check becomes OpenSSL's own. */
enum status crl_path_prepare(X509_STORE *store, X509_STORE_CTX_cert_crl_fn *entry_check,
                             struct error *error) MUST_CHECK;
/* False without memory. */
bool crl_path_attach(struct crl_path *path, X509_STORE_CTX *context);

#endif
