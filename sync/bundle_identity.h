#ifndef HUILIU_SYNC_BUNDLE_IDENTITY_H
#define HUILIU_SYNC_BUNDLE_IDENTITY_H
/*
 * This station's key for bundles and its certificate, in the home: bundle.key (0600), bundle.crt,
 * bundle.csr. Made once, at the first use; the certificate may later be replaced by one an
 * authority issued for the same key.
 *
 * The private key is as safe as the home is: nothing else protects it.
 */
#include "db/home.h"
#include "verify/station_key.h"
#include "verify/x509.h"

struct bundle_identity {
    struct station_key pem;
    char fingerprint[CERTIFICATE_PRINT_MAX]; /* of the certificate */
    char subject[CERTIFICATE_TEXT_MAX];
};

/* Makes it when there is none and the home may be written; otherwise STATUS_NOT_FOUND. */
enum status bundle_identity_load(const struct home *home, struct bundle_identity *identity,
                                 struct error *error) MUST_CHECK;
void bundle_identity_release(struct bundle_identity *identity); /* wipes the key */

/* Takes a certificate (PEM) into use; STATUS_INVALID when it is for another key. */
enum status bundle_identity_certify(const struct home *home, const char *certificate,
                                    struct error *error) MUST_CHECK;

/* The first certificate of a PEM text: its fingerprint. */
enum status bundle_fingerprint(const char *pem, char out[CERTIFICATE_PRINT_MAX],
                               char subject[CERTIFICATE_TEXT_MAX], struct error *error) MUST_CHECK;

#endif
