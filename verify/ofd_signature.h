#ifndef HUILIU_VERIFY_OFD_SIGNATURE_H
#define HUILIU_VERIFY_OFD_SIGNATURE_H
/*
 * One signature of an OFD file: its list of references, its value (a seal's, or CMS), its signer.
 * Part of verify/ofd.h: ofd.c walks the lists of signatures and calls this for each;
 * ofd_references.c compares the members, ofd_signer.c judges seals, signers and times.
 */
#include "verify/cms.h"
#include "verify/crypto.h"
#include "verify/ofd.h"
#include "verify/ofd_package.h"

/* One verification. */
struct ofd_run {
    const struct ofd_package *package;
    const struct ofd_policy *policy;
    struct verdict_report *report;
    struct ofd_document *document;
    bool *covered; /* by index of the archive */
    size_t good;   /* signatures whose value is right */
};

/* One signature, opened. */
struct ofd_case {
    struct ofd_run *run;
    const struct zip_member *list;     /* Signatures.xml */
    const struct zip_member *file;     /* Signature.xml */
    const struct zip_member *value;    /* SignedValue.dat */
    const struct xml_element *info;    /* SignedInfo */
    bool is_last;                      /* in the list */
    char signer[CERTIFICATE_TEXT_MAX]; /* cited by its checks; "" until known */
    int64_t time_ms;                   /* said by the signer; 0 when not known */
    int64_t proven_ms;                 /* by a time stamp that can be trusted; 0 when none */
    enum digest_kind check_method;     /* of the references */
};

void ofd_cover(struct ofd_run *run, const struct zip_member *member);
bool ofd_is_covered(const struct ofd_run *run, const struct zip_member *member);
/* A check of this signature: ofd_add() decides, ofd_note() only informs; both cite the signer. */
void ofd_add(const struct ofd_case *item, const char *check, enum check_result result,
             enum verdict verdict, const char *format, ...) PRINTF_LIKE(5, 6);
void ofd_note(const struct ofd_case *item, const char *check, enum check_result result,
              const char *format, ...) PRINTF_LIKE(4, 5);

/* Everything about one signature. */
enum status ofd_signature_judge(struct ofd_case *item, struct error *error) MUST_CHECK;

/* Every reference against its member. */
enum status ofd_references_judge(struct ofd_case *item, struct error *error) MUST_CHECK;

/* The time stamp over the signature value, when there is one; sets item->proven_ms. */
enum status ofd_timestamp_judge(struct ofd_case *item, struct span token, struct span stamped,
                                struct error *error) MUST_CHECK;

/* The seal itself, the signer and the seal's maker, the times. */
enum status ofd_seal_judge(struct ofd_case *item, const struct seal_signature *signature,
                           const struct certificate *signer, struct error *error) MUST_CHECK;
enum status ofd_signer_judge(const struct ofd_case *item, const struct certificate *signer,
                             struct certificate *const *others, size_t other_count,
                             struct error *error) MUST_CHECK;

#endif
