#include "tests/ofd/keys.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SM2_ID "1234567812345678"

struct key {
    enum key_sort kind;
    EVP_PKEY *pkey;
    X509 *x509;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static EVP_PKEY *generate(enum key_sort kind)
{
    EVP_PKEY *pkey = NULL;

    switch (kind) {
    case SORT_SM2:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
        break;
    case SORT_RSA:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
        break;
    case SORT_ED25519:
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    }
    require(pkey);
    return pkey;
}

static const EVP_MD *digest_of(enum key_sort kind)
{
    if (kind == SORT_ED25519)
        return NULL;
    return kind == SORT_SM2 ? EVP_sm3() : EVP_sha256();
}

static EVP_MD_CTX *start_signing(const struct key *key)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    require(context &&
            EVP_DigestSignInit(context, &parameters, digest_of(key->kind), NULL, key->pkey) == 1);
    require(key->kind != SORT_SM2 || EVP_PKEY_CTX_set1_id(parameters, SM2_ID, 16) == 1);
    return context;
}

static void add_extension(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    require(extension && X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static const char *usage_of(const struct key_recipe *recipe)
{
    if (recipe->authority && recipe->no_lists)
        return "critical,keyCertSign";
    if (recipe->authority)
        return recipe->no_certificates ? "critical,cRLSign,digitalSignature"
                                       : "critical,keyCertSign,cRLSign,digitalSignature";
    return recipe->only_encrypts ? "critical,keyEncipherment"
                                 : "critical,digitalSignature,nonRepudiation";
}

static GENERAL_NAMES *names_of(const X509_NAME *name)
{
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *one = GENERAL_NAME_new();

    require(names && one && sk_GENERAL_NAME_push(names, one) > 0);
    one->type = GEN_DIRNAME;
    one->d.directoryName = X509_NAME_dup(name);
    require(one->d.directoryName != NULL);
    return names;
}

/* Where the issuer's revocation lists come from, when not from it. */
static void name_list_issuer(X509 *x509, const struct key *issuer)
{
    CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
    DIST_POINT *point = DIST_POINT_new();

    require(points && point && sk_DIST_POINT_push(points, point) > 0);
    point->CRLissuer = names_of(X509_get_subject_name(issuer->x509));
    require(X509_add1_ext_i2d(x509, NID_crl_distribution_points, points, 0, 0) == 1);
    CRL_DIST_POINTS_free(points);
}

static void describe_role(X509 *x509, const struct key_recipe *recipe)
{
    char constraints[64];

    (void)snprintf(constraints, sizeof constraints, "critical,CA:%s%s%s",
                   recipe->authority ? "TRUE" : "FALSE", recipe->constraint ? "," : "",
                   recipe->constraint ? recipe->constraint : "");
    add_extension(x509, NID_basic_constraints, constraints);
    add_extension(x509, NID_key_usage, usage_of(recipe));
    if (recipe->permitted) {
        char names[128];
        (void)snprintf(names, sizeof names, "critical,permitted;%s", recipe->permitted);
        add_extension(x509, NID_name_constraints, names);
    }
}

static void describe(X509 *x509, const struct key_recipe *recipe)
{
    X509_NAME *name = X509_get_subject_name(x509);
    const X509_NAME *issuer = recipe->issuer ? X509_get_subject_name(recipe->issuer->x509) : name;
    BIGNUM *serial = BN_new();

    require(X509_set_version(x509, X509_VERSION_3) == 1);
    require(serial && BN_rand(serial, 64, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    require(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x509)) != NULL);
    BN_free(serial);
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       (const unsigned char *)recipe->name, -1, -1, 0) == 1);
    require(X509_set_issuer_name(x509, issuer) == 1);
    require(ASN1_TIME_set(X509_getm_notBefore(x509), recipe->from_ms / 1000) != NULL);
    require(ASN1_TIME_set(X509_getm_notAfter(x509), recipe->to_ms / 1000) != NULL);
    describe_role(x509, recipe);
    if (recipe->list_issuer)
        name_list_issuer(x509, recipe->list_issuer);
    if (recipe->stamps)
        add_extension(x509, NID_ext_key_usage, "critical,timeStamping");
    if (recipe->purposes)
        add_extension(x509, NID_ext_key_usage, recipe->purposes);
    if (recipe->uri) {
        char names[256];
        (void)snprintf(names, sizeof names, "URI:%s", recipe->uri);
        add_extension(x509, NID_subject_alt_name, names);
    }
}

struct key *key_new(const struct key_recipe *recipe)
{
    struct key *key = calloc(1, sizeof *key);

    require(key);
    key->kind = recipe->kind;
    key->pkey = recipe->same ? recipe->same->pkey : generate(recipe->kind);
    require(!recipe->same || EVP_PKEY_up_ref(key->pkey) == 1);
    key->x509 = X509_new();
    require(key->x509);
    describe(key->x509, recipe);
    require(X509_set_pubkey(key->x509, key->pkey) == 1);
    EVP_MD_CTX *context = start_signing(recipe->issuer && !recipe->broken ? recipe->issuer : key);
    require(X509_sign_ctx(key->x509, context) > 0);
    EVP_MD_CTX_free(context);
    return key;
}

void key_free(struct key *key)
{
    if (!key)
        return;
    X509_free(key->x509);
    EVP_PKEY_free(key->pkey);
    free(key);
}

enum key_sort key_sort(const struct key *key)
{
    return key->kind;
}

void key_put_certificate(const struct key *key, struct buf *out)
{
    unsigned char *der = NULL;
    int length = i2d_X509(key->x509, &der);

    require(length > 0);
    buf_bytes(out, der, (size_t)length);
    OPENSSL_free(der);
}

void key_put_pem(const struct key *key, struct buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;

    require(bio && PEM_write_bio_X509(bio, key->x509) == 1);
    long length = BIO_get_mem_data(bio, &text);
    require(length > 0);
    buf_bytes(out, text, (size_t)length);
    BIO_free(bio);
}

static void put_raw(const unsigned char *der, size_t length, struct buf *out)
{
    unsigned char raw[64];
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)length);

    require(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32) == 32 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32) == 32);
    buf_bytes(out, raw, sizeof raw);
    ECDSA_SIG_free(pair);
}

void key_sign(const struct key *key, const void *data, size_t length, bool raw, struct buf *out)
{
    unsigned char value[512];
    size_t value_length = sizeof value;
    EVP_MD_CTX *context = start_signing(key);

    require(EVP_DigestSign(context, value, &value_length, data, length) == 1);
    EVP_MD_CTX_free(context);
    if (raw)
        put_raw(value, value_length, out);
    else
        buf_bytes(out, value, value_length);
}

void key_digest(const struct key *key, const void *data, size_t length, struct buf *out)
{
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    require(EVP_Digest(data, length, value, &size, digest_of(key->kind), NULL) == 1);
    buf_bytes(out, value, size);
}

const char *key_check_method(const struct key *key)
{
    return key->kind == SORT_SM2 ? "SM3" : "SHA256";
}

void key_put_named(const struct key *key, struct buf *out)
{
    const unsigned char *name = NULL;
    size_t name_length = 0;
    unsigned char *serial = NULL;
    int length = i2d_ASN1_INTEGER(X509_get0_serialNumber(key->x509), &serial);

    require(X509_NAME_get0_der(X509_get_issuer_name(key->x509), &name, &name_length) == 1 &&
            length > 0);
    buf_bytes(out, name, name_length);
    buf_bytes(out, serial, (size_t)length);
    OPENSSL_free(serial);
}

/* --- time stamps ------------------------------------------------------------------------------ */

static ASN1_INTEGER *stamp_serial(TS_RESP_CTX *context, void *data)
{
    ASN1_INTEGER *serial = ASN1_INTEGER_new();

    (void)context;
    (void)data;
    require(serial && ASN1_INTEGER_set(serial, 17) == 1);
    return serial;
}

static int stamp_time(TS_RESP_CTX *context, void *data, long *seconds, long *microseconds)
{
    (void)context;
    *seconds = (long)(*(const int64_t *)data / 1000);
    *microseconds = 0;
    return 1;
}

static BIO *stamp_request(const void *data, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    BIO *bio = BIO_new(BIO_s_mem());

    require(request && imprint && algorithm && bio);
    require(EVP_Digest(data, length, digest, &size, EVP_sha256(), NULL) == 1);
    X509_ALGOR_set_md(algorithm, EVP_sha256());
    require(TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1);
    require(TS_MSG_IMPRINT_set_msg(imprint, digest, (int)size) == 1);
    require(TS_REQ_set_version(request, 1) == 1 && TS_REQ_set_msg_imprint(request, imprint) == 1 &&
            TS_REQ_set_cert_req(request, 1) == 1);
    require(i2d_TS_REQ_bio(bio, request) == 1);
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
    TS_REQ_free(request);
    return bio;
}

void key_put_timestamp(const struct key *key, const void *data, size_t length, int64_t at_ms,
                       struct buf *out)
{
    BIO *request = stamp_request(data, length);
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
    unsigned char *der = NULL;

    require(context && policy);
    require(TS_RESP_CTX_set_signer_cert(context, key->x509) == 1 &&
            TS_RESP_CTX_set_signer_key(context, key->pkey) == 1 &&
            TS_RESP_CTX_set_def_policy(context, policy) == 1 &&
            TS_RESP_CTX_add_md(context, EVP_sha256()) == 1 &&
            TS_RESP_CTX_set_signer_digest(context, EVP_sha256()) == 1 &&
            TS_RESP_CTX_set_ess_cert_id_digest(context, EVP_sha256()) == 1);
    TS_RESP_CTX_set_serial_cb(context, stamp_serial, NULL);
    TS_RESP_CTX_set_time_cb(context, stamp_time, &at_ms);
    TS_RESP *response = TS_RESP_create_response(context, request);
    require(response && TS_RESP_get_token(response));
    int size = i2d_PKCS7(TS_RESP_get_token(response), &der);
    require(size > 0);
    buf_bytes(out, der, (size_t)size);
    OPENSSL_free(der);
    TS_RESP_free(response);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_free(context);
    BIO_free(request);
}

/* --- revocation lists ------------------------------------------------------------------------- */

static long reason_of(const struct list_recipe *recipe)
{
    if (recipe->removed)
        return CRL_REASON_REMOVE_FROM_CRL;
    return recipe->hold ? CRL_REASON_CERTIFICATE_HOLD : CRL_REASON_KEY_COMPROMISE;
}

static void put_revoked(X509_CRL *list, const struct list_recipe *recipe)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *time = ASN1_TIME_set(NULL, recipe->revoked_ms / 1000);
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();

    require(entry && time && reason && ASN1_ENUMERATED_set(reason, reason_of(recipe)) == 1);
    require(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(recipe->revoked->x509)) ==
                1 &&
            X509_REVOKED_set_revocationDate(entry, time) == 1 &&
            X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0) == 1 &&
            X509_CRL_add0_revoked(list, entry) == 1);
    if (recipe->by_other) {
        GENERAL_NAMES *names = names_of(X509_get_subject_name(recipe->by_other->x509));
        require(X509_REVOKED_add1_ext_i2d(entry, NID_certificate_issuer, names, 1, 0) == 1);
        GENERAL_NAMES_free(names);
    }
    ASN1_ENUMERATED_free(reason);
    ASN1_TIME_free(time);
}

static EVP_MD_CTX *start_pss(const struct key *key, const char *digest)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;

    require(context &&
            EVP_DigestSignInit_ex(context, &parameters, digest, NULL, NULL, key->pkey, NULL) == 1 &&
            EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
    return context;
}

static void put_number(X509_CRL *list, int nid, long number, bool critical)
{
    ASN1_INTEGER *value = ASN1_INTEGER_new();

    require(value && ASN1_INTEGER_set(value, number) == 1 &&
            X509_CRL_add1_ext_i2d(list, nid, value, critical, 0) == 1);
    ASN1_INTEGER_free(value);
}

static void put_numbers(X509_CRL *list, const struct list_recipe *recipe)
{
    if (recipe->number)
        put_number(list, NID_crl_number, recipe->number, false);
    if (recipe->base)
        put_number(list, NID_delta_crl, recipe->base, true);
    if (recipe->has_deltas) {
        X509_EXTENSION *where =
            X509V3_EXT_conf_nid(NULL, NULL, NID_freshest_crl, "URI:https://lists.example/delta");
        require(where && X509_CRL_add_ext(list, where, -1) == 1);
        X509_EXTENSION_free(where);
    }
}

static void put_not_understood(X509_CRL *list)
{
    ASN1_OBJECT *kind = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();

    require(kind && value && ASN1_OCTET_STRING_set(value, (const unsigned char *)"?", 1) == 1);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, kind, 1, value);
    require(extension && X509_CRL_add_ext(list, extension, -1) == 1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(kind);
}

static void put_part(X509_CRL *list, enum list_part part)
{
    ISSUING_DIST_POINT *point = ISSUING_DIST_POINT_new();

    require(point != NULL);
    if (part == LIST_OF_USERS)
        point->onlyuser = 0xFF;
    if (part == LIST_OF_AUTHORITIES)
        point->onlyCA = 0xFF;
    if (part == LIST_OF_SEVERAL_ISSUERS)
        point->indirectCRL = 0xFF;
    if (part == LIST_OF_SOME_REASONS) {
        point->onlysomereasons = ASN1_BIT_STRING_new();
        require(point->onlysomereasons && ASN1_BIT_STRING_set_bit(point->onlysomereasons, 4, 1));
    }
    require(X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, point, 1, 0) == 1);
    ISSUING_DIST_POINT_free(point);
}

void key_put_list(const struct list_recipe *recipe, struct buf *out)
{
    X509_CRL *list = X509_CRL_new();
    ASN1_TIME *issued = ASN1_TIME_set(NULL, recipe->issued_ms / 1000);
    ASN1_TIME *next = ASN1_TIME_set(NULL, recipe->next_ms / 1000);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;

    require(list && issued && next && bio && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
            X509_CRL_set_issuer_name(list, X509_get_subject_name(recipe->issuer->x509)) == 1 &&
            X509_CRL_set1_lastUpdate(list, issued) == 1 &&
            X509_CRL_set1_nextUpdate(list, next) == 1);
    if (recipe->revoked)
        put_revoked(list, recipe);
    put_numbers(list, recipe);
    if (recipe->part == LIST_NOT_UNDERSTOOD)
        put_not_understood(list);
    else if (recipe->part != LIST_WHOLE)
        put_part(list, recipe->part);
    X509_CRL_sort(list);
    EVP_MD_CTX *context = recipe->pss
                              ? start_pss(recipe->issuer, recipe->pss)
                              : start_signing(recipe->signer ? recipe->signer : recipe->issuer);
    require(X509_CRL_sign_ctx(list, context) > 0);
    EVP_MD_CTX_free(context);
    if (recipe->broken)
        require(X509_CRL_set1_lastUpdate(list, next) == 1);
    require(PEM_write_bio_X509_CRL(bio, list) == 1);
    long length = BIO_get_mem_data(bio, &text);
    buf_bytes(out, text, (size_t)length);
    BIO_free(bio);
    ASN1_TIME_free(next);
    ASN1_TIME_free(issued);
    X509_CRL_free(list);
}
