#ifndef HUILIU_VERIFY_OFD_H
#define HUILIU_VERIFY_OFD_H
/*
 * Is this sealed or signed OFD file (GB/T 33190 section 18) genuine and whole?
 *
 *     struct ofd_document document = {0};
 *     ofd_verify(bytes, length, &(struct ofd_policy){trust, clock_wall_ms()}, &report, &document,
 *                &error);
 *     …
 *     ofd_document_release(&document);
 *
 * Checks of the report, those of a signature repeated for each and citing its signer:
 *
 *     container       the archive can be read and has not been changed as an archive
 *     references      every member the signature lists is there and unchanged; names the first
 *                     that is not
 *     signature       the signature fits the list (Signature.xml) and the signer's certificate
 *     seal            its maker signed the seal, the signer may use it, and it is the one stored
 *                     beside the signature
 *     seal_validity   the seal was valid when it was used; warns when it no longer is
 *     certificate     a path leads from the signer to a trusted certificate, nothing on it revoked
 *     seal_maker      the same for the maker of the seal, at the time the seal was made
 *     time            the signer's certificate was valid when it signed; warns when it no longer is
 *     timestamp       a time stamp on the signature is sound and of an authority trusted here: the
 *                     time it states then counts instead of the signer's
 *     revocation      nothing on the path is on a revocation list, and how current those are
 *     coverage        some signature covers every member, apart from the signatures' own files;
 *                     warns when none covers the list of signatures
 *
 * Without a time stamp the time of signing is the signer's own statement. The verdict is "valid"
 * only when everything was judged and is right: a member without a signature, an algorithm that
 * proves nothing (MD5, SHA-1, a keyed digest), a bare signature without a certificate leave it at
 * cannot_tell. A signature may lock the list of signatures (Signatures.xml); adding a later one
 * then changes that list, which warns but does not condemn the earlier one.
 *
 * What the document says is handed out as plain text beside the report, whatever the verdict, for
 * the clerk to compare with the paper: raw, to pass text_show() before it reaches a terminal.
 *
 * STATUS_OK means that there is a report, also for files that are refused or not OFD at all.
 * Reads nothing but the bytes. Thread-safe.
 */
#include "base/buf.h"
#include "verify/chain.h"
#include "verify/verdict.h"

#define OFD_BYTES_MAX   ((size_t)64 << 20)
#define OFD_SIGNERS_MAX 16
#define OFD_FIELDS_MAX  32
#define OFD_NAME_MAX    128
#define OFD_VALUE_MAX   512
#define OFD_TEXT_MAX    ((size_t)64 << 10)

struct ofd_policy {
    const struct anchors *trust; /* never NULL; may be empty */
    int64_t now_ms;
};

struct ofd_field {
    char name[OFD_NAME_MAX];
    char value[OFD_VALUE_MAX];
};

struct ofd_signer {
    char name[CERTIFICATE_TEXT_MAX];   /* from the certificate; "" when there is none */
    char issuer[CERTIFICATE_TEXT_MAX]; /* of the certificate */
    char seal[CERTIFICATE_TEXT_MAX];   /* name of the seal; "" for a signature without one */
    int64_t time_ms;                   /* said by the signer; 0 when not known */
};

struct ofd_document {
    char title[OFD_VALUE_MAX];
    size_t pages;
    struct buf text; /* of the first page, a line for every text object */
    bool text_is_cut;
    struct ofd_field fields[OFD_FIELDS_MAX]; /* custom data of the document */
    size_t field_count;
    struct ofd_signer signers[OFD_SIGNERS_MAX];
    size_t signer_count;
};

/* Begins like a zip archive: worth handing to ofd_verify(). */
bool ofd_is_archive(const void *bytes, size_t length);

/* `document` starts zeroed and is released by the caller whatever comes back. */
enum status ofd_verify(const void *bytes, size_t length, const struct ofd_policy *policy,
                       struct verdict_report *report, struct ofd_document *document,
                       struct error *error) MUST_CHECK;
void ofd_document_release(struct ofd_document *document);

#endif
