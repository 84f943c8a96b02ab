#include "verify/crl.h"

#include "base/i18n.h"
#include "verify/asn1.h"
#include "verify/crypto_handle.h"
#include "verify/fold.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct crl {
    X509_CRL *list;
    int64_t issued_ms, next_ms;
    bool is_whole; /* no critical extension restricts it */
    bool is_indirect;
};

bool crl_is(const void *der, size_t length)
{
    struct der reader = der_of(der, length), outer, inner;
    struct der_item item;

    /* A list's version, or its algorithm; a certificate has [0] or its serial number, and names
     * its issuer only behind the algorithm. */
    if (!der_enter(&reader, DER_SEQUENCE, &outer) || !der_enter(&outer, DER_SEQUENCE, &inner))
        return false;
    if (der_peek(&inner) == DER_INTEGER && !der_skip(&inner, DER_INTEGER))
        return false;
    if (!der_take(&inner, DER_SEQUENCE, &item) || !der_take(&inner, DER_SEQUENCE, &item))
        return false;
    return der_peek(&inner) == DER_UTC_TIME || der_peek(&inner) == DER_GENERALIZED_TIME;
}

static bool says_indirect(X509_CRL *list)
{
    ISSUING_DIST_POINT *point =
        X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, NULL, NULL);
    bool indirect = point && point->indirectCRL > 0;

    ISSUING_DIST_POINT_free(point);
    return indirect;
}

enum status crl_read(const void *der, size_t length, struct crl **crl, struct error *error)
{
    const unsigned char *at = der;
    X509_CRL *list =
        length > 0 && length <= CRL_BYTES_MAX ? d2i_X509_CRL(NULL, &at, (long)length) : NULL;
    struct crl made = {.list = list};

    ERR_clear_error();
    bool whole = list && at == (const unsigned char *)der + length &&
                 crypto_time(X509_CRL_get0_lastUpdate(list), &made.issued_ms);
    struct crl *kept = whole ? malloc(sizeof *kept) : NULL;
    if (!kept) {
        X509_CRL_free(list);
        return whole ? error_nomem(error)
                     : error_set(error, STATUS_INVALID,
                                 _("A certificate revocation list cannot be read."));
    }
    if (!crypto_time(X509_CRL_get0_nextUpdate(list), &made.next_ms))
        made.next_ms = 0;
    made.is_whole = X509_CRL_get_ext_by_critical(list, 1, -1) < 0;
    made.is_indirect = says_indirect(list);
    *kept = made;
    *crl = kept;
    return STATUS_OK;
}

void crl_free(struct crl *crl)
{
    if (crl)
        X509_CRL_free(crl->list);
    free(crl);
}

int64_t crl_issued_ms(const struct crl *crl)
{
    return crl->issued_ms;
}

int64_t crl_next_ms(const struct crl *crl)
{
    return crl->next_ms;
}

bool crl_is_whole(const struct crl *crl)
{
    return crl->is_whole;
}

bool crl_is_delta(const struct crl *crl)
{
    return X509_CRL_get_ext_by_NID(crl->list, NID_delta_crl, -1) >= 0;
}

bool crl_is_indirect(const struct crl *crl)
{
    return crl->is_indirect;
}

X509_CRL *crl_handle(const struct crl *crl)
{
    return crl->list;
}

void crl_issuer(const struct crl *crl, char out[CERTIFICATE_TEXT_MAX])
{
    name_print(X509_CRL_get_issuer(crl->list), out);
}

bool crl_is_for(const struct crl *crl, const struct certificate *certificate)
{
    return X509_NAME_cmp(X509_CRL_get_issuer(crl->list), X509_get_issuer_name(certificate->x509)) ==
           0;
}

/* --- who signed it ---------------------------------------------------------------------------- */

/* RSA-PSS keeps its digest among its parameters; without any it is SHA-1. */
static bool is_strong_pss(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *named = NULL;
    const void *value = NULL;
    int type = 0;

    X509_ALGOR_get0(&named, &type, &value, algorithm);
    if (OBJ_obj2nid(named) != NID_rsassaPss || type != V_ASN1_SEQUENCE)
        return false;
    RSA_PSS_PARAMS *pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    int digest = pss && pss->hashAlgorithm ? OBJ_obj2nid(pss->hashAlgorithm->algorithm) : NID_sha1;
    RSA_PSS_PARAMS_free(pss);
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
}

static bool named_signature_fits(X509_CRL *list, const struct public_key *key)
{
    const ASN1_BIT_STRING *value = NULL;
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *named = NULL;
    unsigned char *signed_part = NULL;
    char oid[OID_TEXT_MAX];

    X509_CRL_get0_signature(list, &value, &algorithm);
    X509_ALGOR_get0(&named, NULL, NULL, algorithm);
    int length = i2d_re_X509_CRL_tbs(list, &signed_part);
    int named_length = OBJ_obj2txt(oid, sizeof oid, named, 1);
    bool fits =
        length > 0 && named_length > 0 && named_length < (int)sizeof oid &&
        signature_verify_oid(key, oid, signed_part, (size_t)length, ASN1_STRING_get0_data(value),
                             (size_t)ASN1_STRING_length(value)) == SIGNATURE_GOOD;

    OPENSSL_free(signed_part);
    return fits;
}

static bool signature_fits(X509_CRL *list, const struct public_key *key)
{
    const X509_ALGOR *algorithm = NULL;

    X509_CRL_get0_signature(list, NULL, &algorithm);
    bool fits = is_strong_pss(algorithm) ? X509_CRL_verify(list, key->pkey) == 1
                                         : named_signature_fits(list, key);
    ERR_clear_error();
    return fits;
}

bool crl_is_signed_by(const struct crl *crl, const struct certificate *issuer)
{
    struct public_key *key = NULL;
    X509 *x509 = issuer->x509;

    if (X509_NAME_cmp(X509_CRL_get_issuer(crl->list), X509_get_subject_name(x509)) != 0 ||
        !(X509_get_key_usage(x509) & KU_CRL_SIGN) ||
        public_key_adopt(X509_get0_pubkey(x509), &key, NULL) != STATUS_OK)
        return false;
    bool fits = signature_fits(crl->list, key);
    public_key_free(key);
    return fits;
}

/* --- what stands on it ------------------------------------------------------------------------ */

static const char *const reasons[] = {
    [CRL_REASON_UNSPECIFIED] = N_("no reason given"),
    [CRL_REASON_KEY_COMPROMISE] = N_("the key was compromised"),
    [CRL_REASON_CA_COMPROMISE] = N_("the issuer's key was compromised"),
    [CRL_REASON_AFFILIATION_CHANGED] = N_("the holder's affiliation changed"),
    [CRL_REASON_SUPERSEDED] = N_("it was replaced"),
    [CRL_REASON_CESSATION_OF_OPERATION] = N_("it is no longer needed"),
    [CRL_REASON_CERTIFICATE_HOLD] = N_("it is on hold"),
    [CRL_REASON_PRIVILEGE_WITHDRAWN] = N_("the privilege was withdrawn"),
    [CRL_REASON_AA_COMPROMISE] = N_("the issuer's key was compromised"),
};

static long reason_of(X509_REVOKED *entry)
{
    ASN1_ENUMERATED *value = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    long number = value ? ASN1_ENUMERATED_get(value) : CRL_REASON_UNSPECIFIED;

    ASN1_ENUMERATED_free(value);
    bool known =
        number >= 0 && (size_t)number < sizeof reasons / sizeof *reasons && reasons[number] != NULL;
    return known ? number : CRL_REASON_UNSPECIFIED;
}

static int64_t date_of(X509_REVOKED *entry)
{
    ASN1_GENERALIZEDTIME *invalid =
        X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, NULL, NULL);
    int64_t revoked_ms = 0, invalid_ms = 0;

    if (!crypto_time(X509_REVOKED_get0_revocationDate(entry), &revoked_ms))
        revoked_ms = 0;
    if (invalid && crypto_time(invalid, &invalid_ms) && invalid_ms < revoked_ms)
        revoked_ms = invalid_ms;
    ASN1_GENERALIZEDTIME_free(invalid);
    return revoked_ms;
}

bool crl_find(const struct crl *crl, const struct certificate *certificate,
              struct chain_revocation *revoked)
{
    X509_REVOKED *entry = NULL;

    if (X509_CRL_get0_by_cert(crl->list, &entry, certificate->x509) != 1)
        return false; /* 2: it was taken off the list again */
    long reason = reason_of(entry);
    revoked->at_ms = date_of(entry);
    revoked->on_hold = reason == CRL_REASON_CERTIFICATE_HOLD;
    fold_copy(revoked->reason, CHAIN_REASON_MAX, _(reasons[reason]));
    return true;
}
