#ifndef HUILIU_SYNC_BUNDLE_EXPORT_H
#define HUILIU_SYNC_BUNDLE_EXPORT_H
/*
 * What is waiting here for the platform, as one file for a USB stick (docs/bundles.md): every
 * request with something that is not proved to be delivered, in the form of a `_bulk_docs` body,
 * and our receipts for the bundles that arrived. Signed by this station, encrypted for one
 * receiver.
 *
 * A request goes along again in every bundle until it is proved to be delivered: a lost stick loses
 * nothing, and the same revision posted twice has one effect. Until then it stays queued, with the
 * number of the bundle as the reason.
 *
 * The file appears under its name when it is whole and on the disk; a file that is there already is
 * not replaced. STATUS_NOT_FOUND: nothing waits. The outbox may be shared; one thread.
 */
#include "db/outbox.h"
#include "verify/x509.h"

#include <limits.h>

struct bundle_export_report {
    int64_t number;
    char file[PATH_MAX];
    char recipient[CERTIFICATE_PRINT_MAX];     /* fingerprint of the certificate */
    char recipient_name[CERTIFICATE_TEXT_MAX]; /* its subject */
    int64_t requests, receipts;
};

/* recipient: a certificate (PEM). path: the file, or a directory where it gets a name of its own;
 * NULL: the working directory. */
enum status bundle_export(struct outbox *outbox, const char *recipient, const char *path,
                          struct bundle_export_report *report, struct error *error) MUST_CHECK;

#endif
