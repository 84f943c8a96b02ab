#include "tests/unit/verify/signer.h"

#include "verify/jwk.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static enum status read_text(const char *text, struct jwk *jwk)
{
    struct error error = {0};
    json_t *value = NULL;

    assert_int_equal(json_parse(text, strlen(text), &value, &error), STATUS_OK);
    enum status status = jwk_read(value, jwk, &error);
    assert_true(status == STATUS_OK || error.text[0]);
    json_decref(value);
    return status;
}

static void refuse(const char *text)
{
    struct jwk jwk = {0};

    if (read_text(text, &jwk) != STATUS_INVALID)
        fail_msg("accepted: %s", text);
    assert_null(jwk.key);
}

#define X  "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\""
#define Y  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""
#define EC "{\"kty\":\"EC\",\"crv\":\"P-256\"," X "," Y
#define OKP                                                                                        \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define RSA_N                                                                                      \
    "\"n\":"                                                                                       \
    "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSo"      \
    "c_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"   \
    "FDW2"                                                                                         \
    "QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"                \
    "bFTWhAI4vMQFh6WeZ"                                                                            \
    "u0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\""

static void thumbprints_of_the_standards(void **state)
{
    static const struct {
        const char *key, *thumbprint;
    } rows[] = {
        {"{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
         "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},          /* RFC 7638 section 3.1 */
        {OKP "}", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}, /* RFC 8037 A.3 */
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
         "\"x\":\"11XvRWy1I2S0EyJlyf_bWfw_TQ5CJJNLw78bHXNxcgw\","
         "\"y\":\"eZXwxvO1hvCY0KucrPfKo7yAyMT6Ajc3N7OkAB6VYy8\"}",
         "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s"}, /* SMART Health Cards, example issuer */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct jwk jwk = {0};
        assert_int_equal(read_text(rows[i].key, &jwk), STATUS_OK);
        assert_string_equal(jwk.thumbprint, rows[i].thumbprint);
        assert_false(jwk.has_private);
        jwk_release(&jwk);
    }
}

static void a_key_is_for_its_algorithm(void **state)
{
    struct jwk jwk = {0};

    (void)state;
    assert_int_equal(read_text(EC "}", &jwk), STATUS_OK);
    assert_true(jwk_allows(&jwk, SIGNATURE_ES256));
    assert_false(jwk_allows(&jwk, SIGNATURE_SM2SM3));
    assert_string_equal(jwk.kid, "");
    jwk_release(&jwk);
    assert_int_equal(
        read_text("{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AQAB\",\"alg\":\"RS256\"}", &jwk), STATUS_OK);
    assert_true(jwk_allows(&jwk, SIGNATURE_RS256));
    assert_false(jwk_allows(&jwk, SIGNATURE_PS256));
    jwk_release(&jwk);
    assert_int_equal(read_text(EC ",\"d\":\"AAAA\",\"kid\":\"k\"}", &jwk), STATUS_OK);
    assert_true(jwk.has_private);
    assert_string_equal(jwk.kid, "k");
    jwk_release(&jwk);
}

static void keys_of_another_use_are_refused(void **state)
{
    static const char *const rests[] = {
        ",\"use\":\"enc\"}",
        ",\"use\":\"\"}",
        ",\"use\":1}",
        ",\"key_ops\":[\"encrypt\"]}",
        ",\"key_ops\":[]}",
        ",\"key_ops\":[\"sign\"]}",
        ",\"key_ops\":\"verify\"}",
        ",\"key_ops\":[\"verify\",\"deriveKey\"]}",
        ",\"alg\":\"ES384\"}",
        ",\"alg\":\"RS256\"}",
        ",\"alg\":\"none\"}",
        ",\"alg\":\"SM2SM3\"}",
        ",\"alg\":7}",
        ",\"kid\":7}",
        ",\"alg\":\"ECDH-ES\"}",
        ",\"x5c\":[]}",
        ",\"x5c\":\"MII\"}",
        ",\"x5c\":[\"MIIA\"]}",
    };
    struct jwk jwk = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rests); i++) {
        char text[512];
        snprintf(text, sizeof text, EC "%s", rests[i]);
        refuse(text);
    }
    assert_int_equal(read_text(EC ",\"use\":\"sig\",\"key_ops\":[\"verify\"]}", &jwk), STATUS_OK);
    jwk_release(&jwk);
}

static void damaged_keys_are_refused(void **state)
{
    static const char *const keys[] = {
        "{}",
        "[]",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," X "}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\"," X "," Y "}",
        "{\"kty\":\"EC\",\"crv\":\"SM2\"," X "," Y "}", /* a point of P-256 */
        "{\"kty\":\"EC\",\"crv\":\"P-521\"," X "," Y "}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," X "," Y "}",
        "{\"kty\":\"EC\",\"crv\":\"Ed25519\"," X "}",
        "{\"kty\":\"OKP\",\"crv\":\"P-256\"," X "," Y "}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\"," X "}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," Y
        ",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEQ\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," Y
        ",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\"," Y
        ",\"x\":\"AH_NzidxxF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
        "\"y\":"
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AQ\"}",
        "{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AAEAAQ\"}",
        "{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AQAA\"}",
        "{\"kty\":\"RSA\"," RSA_N "}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        refuse(keys[i]);
}

/* The product of two primes as the faulty chips made them (CVE-2017-15361): for each of them
 * k * M + 65537^a mod M, where M is the product of the first 126 primes. */
#define ROCA_N                                                                                     \
    "x-Nj39gsRr7oJkhjapUiBHTbeZg_YmtOIV-1o9XtZUYXsHPWjDEuWXsGNYD2RHHxOGsWy3Q3iSxC"                 \
    "KeKK8-zEzskuTLhrOUsud_wY73xfO9Kun4ryZ24G8sl_1tTrGa-ut8K2JVvGk1CO_ouqPCL4f9GX"                 \
    "0jEWn0s0iH_jj6xv7wXJmMxydRDCSQPW4COsyNqD-wRIntZeyngtBKCtlavMTIu1rZD6T-4T71Js"                 \
    "6FrOwLgE73mH78Qzp2ZA8wBxjayJ9gOjaQxTKT1Cd-0_BZXZfhXckY9abVnePSVqQmO4Uu348nMf"                 \
    "6xKOLRDub26Rq_lZ96KYa-TWbWA4LXpLCPfs3w"

static void refuse_saying(const char *text, const char *word)
{
    struct jwk jwk = {0};
    struct error error = {0};
    json_t *value = NULL;

    assert_int_equal(json_parse(text, strlen(text), &value, &error), STATUS_OK);
    assert_int_equal(jwk_read(value, &jwk, &error), STATUS_INVALID);
    if (!strstr(error.text, word))
        fail_msg("%s: %s", text, error.text);
    json_decref(value);
}

static void a_refusal_says_why(void **state)
{
    (void)state;
    refuse_saying("{\"kty\":\"RSA\",\"n\":\"" ROCA_N "\",\"e\":\"AQAB\"}", "CVE-2017-15361");
    refuse_saying("{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "2048");
    refuse_saying(EC ",\"alg\":\"ES256K\"}", "not used here: ES256K");
    refuse_saying(EC ",\"alg\":\"ES384\"}", "does not go with it");
    refuse_saying("{\"kty\":\"RSA\"," RSA_N ",\"e\":\"AQ\"}", "damaged");
}

/* Points of order 1, 2, 4 and 8, with either sign of x: anybody can make signatures that fit. */
static void keys_of_small_order_are_refused(void **state)
{
    static const char *const points[] = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "7P_______________________________________38",
        "7f_______________________________________38",
        "7v_______________________________________38",
    };
    char text[128];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        snprintf(text, sizeof text, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}",
                 points[i]);
        refuse_saying(text, "damaged");
    }
}

/* Our parts and OpenSSL's key are the same key, there and back. */
static void parts_and_keys_agree(void **state)
{
    (void)state;
    for (int a = SIGNATURE_ES256; a <= SIGNATURE_SM2SM3; a++) {
        struct signer signer = signer_new((enum signature_algorithm)a);
        struct buf text = {0};
        struct jwk jwk = {0};
        struct key_parts parts;
        struct public_key *again = NULL;
        signer_jwk(&signer, "", &text);
        assert_int_equal(read_text(buf_text(&text), &jwk), STATUS_OK);
        assert_int_equal(public_key_parts(jwk.key, &parts, NULL), STATUS_OK);
        assert_int_equal(public_key_new(&parts, &again, NULL), STATUS_OK);
        assert_true(public_key_equal(jwk.key, again));
        public_key_free(again);
        jwk_release(&jwk);
        buf_release(&text);
        signer_release(&signer);
    }
}

/* --- certificates --------------------------------------------------------------------------- */

static X509 *certify(const struct signer *subject, const char *name, const struct signer *issuer,
                     const char *issuer_name, const char *usage)
{
    X509 *certificate = X509_new();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, subject->pkey);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)issuer_name, -1, -1, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    assert_int_equal(EVP_DigestSignInit(context, &key_context, signer_digest(issuer->algorithm),
                                        NULL, issuer->pkey),
                     1);
    if (issuer->algorithm == SIGNATURE_SM2SM3)
        assert_int_equal(EVP_PKEY_CTX_set1_id(key_context, "1234567812345678", 16), 1);
    assert_true(X509_sign_ctx(certificate, context) > 0);
    EVP_MD_CTX_free(context);
    return certificate;
}

static void put_certificate(X509 *certificate, struct buf *out)
{
    unsigned char *der = NULL;
    unsigned char text[8192];
    int length = i2d_X509(certificate, &der);

    assert_true(length > 0 && length < 6000);
    EVP_EncodeBlock(text, der, length);
    buf_str(out, (const char *)text);
    OPENSSL_free(der);
}

static enum status read_with_chain(const struct signer *key, X509 *first, X509 *second,
                                   struct jwk *jwk)
{
    struct buf text = {0};

    signer_jwk_open(key, NULL, &text);
    buf_str(&text, ",\"x5c\":[\"");
    put_certificate(first, &text);
    if (second) {
        buf_str(&text, "\",\"");
        put_certificate(second, &text);
    }
    buf_str(&text, "\"]}");
    enum status status = read_text(buf_text(&text), jwk);
    buf_release(&text);
    return status;
}

static void certificates_beside_the_key(void **state)
{
    static const enum signature_algorithm kinds[] = {SIGNATURE_ES256, SIGNATURE_SM2SM3,
                                                     SIGNATURE_RS256, SIGNATURE_EDDSA};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct signer root = signer_new(kinds[i]), leaf = signer_new(kinds[i]);
        X509 *above = certify(&root, "root", &root, "root", "keyCertSign");
        X509 *below = certify(&leaf, "leaf", &root, "root", "digitalSignature");
        X509 *forged = certify(&leaf, "leaf", &leaf, "root", "digitalSignature");
        X509 *stranger = certify(&leaf, "leaf", &root, "somebody", "digitalSignature");
        X509 *encipher = certify(&leaf, "leaf", &root, "root", "keyEncipherment");
        struct jwk jwk = {0};
        assert_int_equal(read_with_chain(&leaf, below, above, &jwk), STATUS_OK);
        assert_int_equal(jwk.valid_to_ms - jwk.valid_from_ms, 2 * 3600 * 1000);
        jwk_release(&jwk);
        assert_int_equal(read_with_chain(&leaf, below, NULL, &jwk), STATUS_OK);
        jwk_release(&jwk);
        assert_int_equal(read_with_chain(&root, below, above, &jwk), STATUS_INVALID);
        assert_int_equal(read_with_chain(&leaf, forged, above, &jwk), STATUS_INVALID);
        assert_int_equal(read_with_chain(&leaf, stranger, above, &jwk), STATUS_INVALID);
        assert_int_equal(read_with_chain(&leaf, encipher, above, &jwk), STATUS_INVALID);
        assert_int_equal(read_with_chain(&leaf, above, below, &jwk), STATUS_INVALID);
        X509_free(above);
        X509_free(below);
        X509_free(forged);
        X509_free(stranger);
        X509_free(encipher);
        signer_release(&root);
        signer_release(&leaf);
    }
}

/* --- PEM ------------------------------------------------------------------------------------ */

static enum status count_key(void *context, struct pem_item *item, struct error *error)
{
    struct jwk jwk = {0};
    int *count = context;

    assert_int_equal(item->certificate ? jwk_from_certificate(item->certificate, &jwk, error)
                                       : jwk_from_key(item->key, &jwk, error),
                     STATUS_OK);
    assert_int_equal(strlen(jwk.thumbprint), 43);
    *count += 1;
    jwk_release(&jwk);
    return STATUS_OK;
}

static void pem_holds_keys_and_certificates(void **state)
{
    (void)state;
    for (int a = SIGNATURE_ES256; a <= SIGNATURE_SM2SM3; a++) {
        struct signer signer = signer_new((enum signature_algorithm)a);
        X509 *certificate = certify(&signer, "a", &signer, "a", "digitalSignature");
        BIO *out = BIO_new(BIO_s_mem());
        char *text = NULL;
        int count = 0;
        PEM_write_bio_PUBKEY(out, signer.pkey);
        PEM_write_bio_X509(out, certificate);
        long length = BIO_get_mem_data(out, &text);
        assert_int_equal(pem_read(text, (size_t)length, count_key, &count, NULL), STATUS_OK);
        assert_int_equal(count, 2);
        PEM_write_bio_PrivateKey(out, signer.pkey, NULL, NULL, 0, NULL, NULL);
        length = BIO_get_mem_data(out, &text);
        assert_int_equal(pem_read(text, (size_t)length, count_key, &count, NULL), STATUS_REFUSED);
        BIO_free(out);
        X509_free(certificate);
        signer_release(&signer);
    }
    assert_int_equal(pem_read("nothing", 7, count_key, NULL, NULL), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thumbprints_of_the_standards),
        cmocka_unit_test(a_key_is_for_its_algorithm),
        cmocka_unit_test(keys_of_another_use_are_refused),
        cmocka_unit_test(damaged_keys_are_refused),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(keys_of_small_order_are_refused),
        cmocka_unit_test(parts_and_keys_agree),
        cmocka_unit_test(certificates_beside_the_key),
        cmocka_unit_test(pem_holds_keys_and_certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
