#include "verify/ofd_signature.h"

#include "base/i18n.h"
#include "verify/fold.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TIME_TEXT_MAX 64
#define CHINA_MS      (8 * 3600 * (int64_t)1000) /* SignatureDateTime has no zone */

void ofd_cover(struct ofd_run *run, const struct zip_member *member)
{
    run->covered[member - zip_archive_at(run->package->archive, 0)] = true;
}

bool ofd_is_covered(const struct ofd_run *run, const struct zip_member *member)
{
    return run->covered[member - zip_archive_at(run->package->archive, 0)];
}

void ofd_add(const struct ofd_case *item, const char *check, enum check_result result,
             enum verdict verdict, const char *format, ...)
{
    char sentence[CHECK_DETAIL_MAX];
    va_list arguments;

    va_start(arguments, format);
    fold_vprint(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    verdict_report_add(item->run->report, check, result, verdict, "%s", sentence);
    verdict_report_cite(item->run->report, item->signer, NULL);
}

void ofd_note(const struct ofd_case *item, const char *check, enum check_result result,
              const char *format, ...)
{
    char sentence[CHECK_DETAIL_MAX];
    va_list arguments;

    va_start(arguments, format);
    fold_vprint(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    verdict_report_note(item->run->report, check, result, "%s", sentence);
    verdict_report_cite(item->run->report, item->signer, NULL);
}

/* --- who signed, and when ----------------------------------------------------------------------
 */

/* "2026-08-04 10:08:09", "20260804100809Z", "2026-08-04T10:08:09" … : fourteen digits. */
static int64_t written_time(const struct ofd_case *item)
{
    char text[TIME_TEXT_MAX], digits[16];
    size_t count = 0;
    int64_t ms = 0;

    if (!xml_child_text(item->info, "SignatureDateTime", text, sizeof text))
        return 0;
    for (const char *at = text; *at && count < 14; at++)
        if (*at >= '0' && *at <= '9')
            digits[count++] = *at;
    if (!der_time_text((const unsigned char *)digits, count, false, &ms))
        return 0;
    return strchr(text, 'Z') ? ms : ms - CHINA_MS;
}

static void introduce(struct ofd_case *item, const char *seal,
                      const struct certificate *certificate, int64_t time_ms)
{
    struct ofd_document *document = item->run->document;

    item->time_ms = time_ms;
    if (certificate)
        certificate_subject(certificate, item->signer);
    if (document->signer_count == OFD_SIGNERS_MAX)
        return;
    struct ofd_signer *signer = &document->signers[document->signer_count++];
    fold_copy(signer->name, sizeof signer->name, item->signer);
    fold_copy(signer->seal, sizeof signer->seal, seal);
    if (certificate)
        certificate_issuer(certificate, signer->issuer);
    signer->time_ms = time_ms;
}

/* --- the value ---------------------------------------------------------------------------------
 */

/* Is `digest` that of Signature.xml, made with the digest of the signature or of the references? */
static enum status is_digest_of_file(const struct ofd_case *item, enum digest_kind kind,
                                     const struct span *digest, bool *is, struct error *error)
{
    const enum digest_kind kinds[] = {kind, item->check_method};
    struct digest_value value;

    for (size_t i = 0; i < 2 && !*is; i++) {
        if (kinds[i] == DIGEST_NONE)
            continue;
        enum status status =
            digest_compute(kinds[i], item->file->data, item->file->length, &value, error);
        if (status != STATUS_OK)
            return status;
        *is =
            value.length == digest->length && memcmp(value.bytes, digest->bytes, value.length) == 0;
    }
    return STATUS_OK;
}

static void report_file_changed(const struct ofd_case *item)
{
    ofd_add(item, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
            _("%s is not what %s vouches for: one of them was changed after it was signed."),
            item->file->name, item->value->name);
}

static void report_unnamed_signer(const struct ofd_case *item)
{
    ofd_add(item, "signature", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
            _("The signature in %s does not carry its signer's certificate and cannot be judged."),
            item->value->name);
}

static void report_answer(const struct ofd_case *item, enum signature_answer answer,
                          const char *algorithm)
{
    switch (answer) {
    case SIGNATURE_GOOD:
        item->run->good++;
        ofd_add(item, "signature", CHECK_PASS, VERDICT_VALID,
                _("The signature fits the document and the signer's certificate."));
        break;
    case SIGNATURE_BAD:
        ofd_add(item, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The signature in %s does not fit the signer's certificate."), item->value->name);
        break;
    case SIGNATURE_UNSUPPORTED:
        ofd_add(item, "signature", CHECK_SKIPPED, VERDICT_CANNOT_TELL,
                _("The signature in %s is made in a way that proves nothing here (%s)."),
                item->value->name, algorithm);
        break;
    }
}

static void report_no_certificate(const struct ofd_case *item)
{
    ofd_add(item, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
            _("The signer's certificate in %s cannot be read."), item->value->name);
}

/* --- with a seal -------------------------------------------------------------------------------
 */

/* The seal's signature names the file it is for, by its path. */
static void compare_property(const struct ofd_case *item, const struct seal_signature *signature)
{
    const struct zip_member *named =
        ofd_package_find(item->run->package, item->run->package->root_member, signature->property);

    if (named != item->file)
        ofd_note(item, "signature", CHECK_WARN,
                 _("The signature was made for %s and is found in %s."), signature->property,
                 item->file->name);
}

static enum status judge_sealed(struct ofd_case *item, const struct seal_signature *signature,
                                struct error *error)
{
    struct certificate *signer = NULL;
    bool same = false;

    enum status status = certificate_read(signature->certificate.bytes,
                                          signature->certificate.length, &signer, NULL);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK) {
        report_no_certificate(item);
        return STATUS_OK;
    }
    introduce(item, signature->seal.name, signer, signature->time_ms);
    status = ofd_references_judge(item, error);
    if (status == STATUS_OK)
        status =
            is_digest_of_file(item, signature_digest(certificate_key(signer), signature->algorithm),
                              &signature->data_hash, &same, error);
    if (status == STATUS_OK) {
        if (!same)
            report_file_changed(item);
        else
            report_answer(item,
                          signature_verify_oid(certificate_key(signer), signature->algorithm,
                                               signature->to_sign.bytes, signature->to_sign.length,
                                               signature->signature.bytes,
                                               signature->signature.length),
                          signature->algorithm);
        compare_property(item, signature);
        status = ofd_seal_judge(item, signature, signer, error);
    }
    certificate_free(signer);
    return status;
}

/* --- without a seal ----------------------------------------------------------------------------
 */

struct cms_case {
    const struct cms_signature *cms;
    struct certificate *certificates[CMS_CERTIFICATES_MAX];
    size_t count;
    size_t unreadable;
    const struct certificate *signer;
    char algorithm[OID_TEXT_MAX];
};

static enum status read_certificates(struct cms_case *cms, struct error *error)
{
    const struct cms_signature *read = cms->cms;

    for (size_t i = 0; i < read->certificate_count; i++) {
        enum status status =
            certificate_read(read->certificates[i].bytes, read->certificates[i].length,
                             &cms->certificates[cms->count], NULL);
        if (status == STATUS_NOMEM)
            return error_nomem(error);
        cms->count += status == STATUS_OK;
        cms->unreadable += status != STATUS_OK;
    }
    for (size_t i = 0; i < cms->count && !cms->signer; i++)
        if (certificate_is_named(cms->certificates[i], read->issuer.bytes, read->issuer.length,
                                 read->serial.bytes, read->serial.length))
            cms->signer = cms->certificates[i];
    return STATUS_OK;
}

/* The content is Signature.xml or its digest, embedded or not; with attributes, what they name. */
static enum status is_about_file(const struct ofd_case *item, const struct cms_case *cms,
                                 enum digest_kind kind, bool *is, struct error *error)
{
    const struct cms_signature *read = cms->cms;
    const struct span file = {item->file->data, item->file->length};
    struct span content = read->content.bytes ? read->content : file;
    struct digest_value digest;
    bool about =
        content.length == file.length && memcmp(content.bytes, file.bytes, file.length) == 0;
    enum status status = about ? STATUS_OK : is_digest_of_file(item, kind, &content, &about, error);

    if (status != STATUS_OK || !about || !read->attributes.bytes) {
        *is = about;
        return status;
    }
    status = digest_compute(kind, content.bytes, content.length, &digest, error);
    if (status != STATUS_OK)
        return status;
    *is = digest.length == read->message_digest.length &&
          memcmp(digest.bytes, read->message_digest.bytes, digest.length) == 0;
    return STATUS_OK;
}

static enum status check_cms(const struct ofd_case *item, const struct cms_case *cms,
                             enum signature_answer *answer, struct error *error)
{
    const struct cms_signature *read = cms->cms;
    struct buf covered = {0};

    if (read->attributes.bytes)
        cms_signed_attributes(read, &covered);
    else if (read->content.bytes)
        buf_bytes(&covered, read->content.bytes, read->content.length);
    else
        buf_bytes(&covered, item->file->data, item->file->length);
    bool failed = buf_failed(&covered);
    if (!failed)
        *answer =
            signature_verify_oid(certificate_key(cms->signer), cms->algorithm, covered.data,
                                 covered.length, read->signature.bytes, read->signature.length);
    buf_release(&covered);
    return failed ? error_nomem(error) : STATUS_OK;
}

/* What stands beside a signature and no signature covers: anybody can add it or change it. */
static void judge_additions(const struct ofd_case *item, const struct cms_case *cms)
{
    const struct certificate *stray =
        anchors_stray(item->run->policy->trust, cms->certificates, cms->count);
    char name[CERTIFICATE_TEXT_MAX];

    if (cms->cms->has_additions)
        ofd_add(item, "signature", CHECK_WARN, VERDICT_CANNOT_TELL,
                _("%s carries additions that no signature covers: anybody may have added or "
                  "changed them."),
                item->value->name);
    if (cms->unreadable > 0) {
        ofd_add(item, "certificate", CHECK_WARN, VERDICT_CANNOT_TELL,
                _("%s carries a certificate that cannot be read."), item->value->name);
    } else if (stray && stray != cms->signer) {
        certificate_subject(stray, name);
        ofd_add(item, "certificate", CHECK_WARN, VERDICT_CANNOT_TELL,
                _("%s carries a certificate of %s that nobody vouches for: it was changed, or "
                  "does not belong there."),
                item->value->name, name);
    }
}

static enum status judge_cms_signer(struct ofd_case *item, const struct cms_case *cms,
                                    struct error *error)
{
    enum signature_answer answer = SIGNATURE_UNSUPPORTED;
    enum digest_kind kind = signature_digest(certificate_key(cms->signer), cms->algorithm);
    bool about = false;

    if (kind != digest_kind_of(cms->cms->digest))
        kind = DIGEST_NONE; /* it contradicts itself */

    enum status status = ofd_references_judge(item, error);
    if (status == STATUS_OK && kind != DIGEST_NONE)
        status = is_about_file(item, cms, kind, &about, error);
    if (status == STATUS_OK && kind != DIGEST_NONE)
        status = check_cms(item, cms, &answer, error);
    if (status != STATUS_OK)
        return status;
    if (kind != DIGEST_NONE && !about)
        report_file_changed(item);
    else
        report_answer(item, answer, cms->algorithm);
    judge_additions(item, cms);
    status = ofd_timestamp_judge(item, cms->cms->timestamp, cms->cms->signature, error);
    if (status != STATUS_OK)
        return status;
    return ofd_signer_judge(item, cms->signer, cms->certificates, cms->count, error);
}

static enum status judge_cms(struct ofd_case *item, const struct cms_signature *read,
                             struct error *error)
{
    struct cms_case cms = {.cms = read};
    enum status status = read_certificates(&cms, error);

    cms_signature_algorithm(read, cms.algorithm);
    introduce(item, "", cms.signer, read->time_ms != 0 ? read->time_ms : written_time(item));
    if (status == STATUS_OK && cms.signer)
        status = judge_cms_signer(item, &cms, error);
    else if (status == STATUS_OK)
        report_unnamed_signer(item);
    for (size_t i = 0; i < cms.count; i++)
        certificate_free(cms.certificates[i]);
    return status;
}

/* --- which of them it is -----------------------------------------------------------------------
 */

/* A signature value alone: SEQUENCE of two integers, or 64 bytes. */
static bool is_bare(const struct zip_member *value)
{
    struct der reader = der_of(value->data, value->length), pair;

    return value->length == 64 ||
           (der_enter(&reader, DER_SEQUENCE, &pair) && der_at_end(&reader) &&
            der_skip(&pair, DER_INTEGER) && der_skip(&pair, DER_INTEGER) && der_at_end(&pair));
}

/* Libraries leave lengths open while they write; `der` then holds what was read. */
static bool read_cms(const struct zip_member *value, struct buf *der, struct cms_signature *cms)
{
    return cms_signature_read(value->data, value->length, cms) ||
           (value->length <= SEAL_BYTES_MAX && der_from_ber(value->data, value->length, der) &&
            cms_signature_read(der->data, der->length, cms));
}

static enum status judge_other(struct ofd_case *item, struct error *error)
{
    const struct zip_member *value = item->value;

    introduce(item, "", NULL, written_time(item));
    enum status status = ofd_references_judge(item, error);
    if (status != STATUS_OK)
        return status;
    if (is_bare(value))
        report_unnamed_signer(item);
    else
        ofd_add(item, "signature", CHECK_FAIL, VERDICT_SIGNATURE_INVALID,
                _("The signature in %s is damaged or of an unknown kind."), value->name);
    return STATUS_OK;
}

enum status ofd_signature_judge(struct ofd_case *item, struct error *error)
{
    const struct zip_member *value = item->value;
    struct seal_signature sealed;
    struct cms_signature cms;
    struct buf der = {0};

    if (seal_signature_read(value->data, value->length, &sealed))
        return judge_sealed(item, &sealed, error);
    enum status status =
        read_cms(value, &der, &cms) ? judge_cms(item, &cms, error) : judge_other(item, error);
    buf_release(&der);
    return status;
}
