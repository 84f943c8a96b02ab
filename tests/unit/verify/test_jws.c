#include "tests/unit/verify/signer.h"

#include "verify/jws.h"

#define CLAIMS "{\"iss\":\"x\",\"nbf\":1}"

/* --- helpers -------------------------------------------------------------------------------- */

static struct jwk key_of(const char *text)
{
    struct jwk jwk = {0};
    struct error error = {0};
    json_t *value = NULL;

    if (json_parse(text, strlen(text), &value, &error) != STATUS_OK ||
        jwk_read(value, &jwk, &error) != STATUS_OK)
        fail_msg("%s: %s", text, error.text);
    json_decref(value);
    return jwk;
}

static struct jwk key_for(const struct signer *signer)
{
    struct buf text = {0};

    signer_jwk(signer, "", &text);
    struct jwk jwk = key_of(buf_text(&text));
    buf_release(&text);
    return jwk;
}

/* The whole way: form, signature, payload into `out` (NULL: not wanted). */
static enum status accept(const char *text, const struct jwk *jwk, struct buf *out)
{
    struct jws jws = {0};
    struct error error = {0};
    enum status status = jws_parse(text, strlen(text), &jws, &error);

    if (status == STATUS_OK)
        status = jws_verify(&jws, jwk, &error);
    if (status == STATUS_OK && out)
        status = jws_payload(&jws, out, &error);
    if (status != STATUS_OK && !error.text[0])
        fail_msg("no sentence for %s", text);
    jws_release(&jws);
    return status;
}

/* A text whose form is already wrong. */
static void refuse_form(const char *header, const char *content)
{
    struct buf text = {0};
    struct jws jws = {0};

    jws_open(header, content, strlen(content), &text);
    jws_close("0123456789012345678901234567890123456789012345678901234567890123", 64, &text);
    if (jws_parse(buf_text(&text), text.length, &jws, NULL) == STATUS_OK)
        fail_msg("accepted: %s", header);
    buf_release(&text);
}

/* --- published vectors ---------------------------------------------------------------------- */

struct vector {
    const char *source, *key, *jws, *payload;
};

#define JOE "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"

static const struct vector vectors[] = {
    {"RFC 7515 A.2",
     "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-"
     "Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_"
     "7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb"
     "3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FR"
     "WyuXpoQ\",\"e\":\"AQAB\"}",
     "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
     "mNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
     "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWz"
     "O75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES"
     "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlU"
     "PQGe77Rw",
     JOE},
    {"RFC 7515 A.3",
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
     "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlL"
     "mNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
     "pmWQxfKTUJqPP3-Kg6NU1Q",
     JOE},
    {"RFC 8037 A.4",
     "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
     "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
     "Example of Ed25519 signing"},
};

static void published_vectors_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct jwk jwk = key_of(vectors[i].key);
        struct buf payload = {0};
        assert_true_for(vectors[i].source, accept(vectors[i].jws, &jwk, &payload) == STATUS_OK);
        assert_string_equal(buf_text(&payload), vectors[i].payload);
        buf_release(&payload);
        jwk_release(&jwk);
    }
}

static void from_hex(const char *hex, unsigned char *out)
{
    for (size_t i = 0; hex[2 * i]; i++) {
        const char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
}

#define SM2_N "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
#define SM2_R "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define SM2_S "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define ZERO  "0000000000000000000000000000000000000000000000000000000000000000"

static struct public_key *annex_key(void)
{
    struct key_parts parts = {.kind = KEY_SM2, .first_length = 32, .second_length = 32};
    struct public_key *key = NULL;

    from_hex("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020", parts.first);
    from_hex("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13", parts.second);
    assert_int_equal(public_key_new(&parts, &key, NULL), STATUS_OK);
    return key;
}

/* GB/T 32918.5-2017, annex A, and what must not pass for it. */
static void the_sm2_example_of_the_standard(void **state)
{
    static const struct {
        const char *pair;
        bool fits;
    } rows[] = {
        {SM2_R SM2_S, true},
        {SM2_S SM2_R, false},
        {ZERO SM2_S, false},
        {SM2_R ZERO, false},
        {SM2_N SM2_S, false},
        {SM2_R SM2_N, false},
        {ZERO ZERO, false},
        /* s = n - r, so that r + s is 0 modulo n */
        {SM2_R "0A5FC4F8B72D3B9CF1153AEC1E447E5E18BEE5332FF04DEA100F755C4AEE2070", false},
    };
    struct public_key *key = annex_key();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned char pair[64];
        from_hex(rows[i].pair, pair);
        bool fits = signature_verify(key, SIGNATURE_SM2SM3, "message digest", 14, pair, 64, NULL) ==
                    STATUS_OK;
        assert_true_for(rows[i].pair, fits == rows[i].fits);
        assert_int_not_equal(
            signature_verify(key, SIGNATURE_SM2SM3, "message digesu", 14, pair, 64, NULL),
            STATUS_OK);
        assert_int_equal(
            signature_verify(key, SIGNATURE_ES256, "message digest", 14, pair, 64, NULL),
            STATUS_REFUSED);
    }
    public_key_free(key);
}

static void another_identity_is_another_signature(void **state)
{
    static const char *const identities[] = {"1234567812345678", "1234567812345678@", "",
                                             "TLSv1.3+GM+Cipher+Suite"};
    struct signer signer = signer_new(SIGNATURE_SM2SM3);
    struct jwk jwk = key_for(&signer);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(identities); i++) {
        struct buf der = {0};
        unsigned char pair[64];
        signer_sign_der(&signer, identities[i], "abc", 3, &der);
        const unsigned char *at = (const unsigned char *)der.data;
        ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.length);
        BN_bn2binpad(ECDSA_SIG_get0_r(signature), pair, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), pair + 32, 32);
        bool fits =
            signature_verify(jwk.key, SIGNATURE_SM2SM3, "abc", 3, pair, 64, NULL) == STATUS_OK;
        assert_true_for(identities[i], fits == (i == 0));
        ECDSA_SIG_free(signature);
        buf_release(&der);
    }
    jwk_release(&jwk);
    signer_release(&signer);
}

/* --- every algorithm ------------------------------------------------------------------------ */

static void header_for(enum signature_algorithm algorithm, const char *rest, char out[256])
{
    snprintf(out, 256, "{\"alg\":\"%s\"%s}", signature_algorithm_name(algorithm), rest);
}

static void each_algorithm_verifies_its_own_signatures(void **state)
{
    (void)state;
    for (int a = SIGNATURE_ES256; a <= SIGNATURE_SM2SM3; a++) {
        struct signer signer = signer_new((enum signature_algorithm)a);
        struct jwk jwk = key_for(&signer);
        char header[256];
        header_for(signer.algorithm, ",\"zip\":\"DEF\"", header);
        struct buf text = {0}, payload = {0};
        jws_make(&signer, header, CLAIMS, true, &text);
        assert_true_for(header, accept(buf_text(&text), &jwk, &payload) == STATUS_OK);
        assert_string_equal(buf_text(&payload), CLAIMS);
        for (int b = SIGNATURE_ES256; b <= SIGNATURE_SM2SM3; b++) {
            struct buf other = {0};
            header_for((enum signature_algorithm)b, "", header);
            jws_make(&signer, header, CLAIMS, false, &other);
            assert_true_for(header,
                            (accept(buf_text(&other), &jwk, NULL) == STATUS_OK) == (a == b));
            buf_release(&other);
        }
        buf_release(&text);
        buf_release(&payload);
        jwk_release(&jwk);
        signer_release(&signer);
    }
}

/* Every byte of a signed sample changed in three ways: no change is accepted. */
static void no_changed_byte_is_accepted(void **state)
{
    static const int changes[] = {1, 2, 32};

    (void)state;
    for (int a = SIGNATURE_ES256; a <= SIGNATURE_SM2SM3; a++) {
        struct signer signer = signer_new((enum signature_algorithm)a);
        struct jwk jwk = key_for(&signer);
        struct buf text = {0};
        char header[256];
        header_for(signer.algorithm, ",\"kid\":\"k\"", header);
        jws_make(&signer, header, CLAIMS, false, &text);
        for (size_t i = 0; i < text.length * COUNT_OF(changes); i++) {
            char *at = text.data + i / COUNT_OF(changes), old = *at;
            *at = (char)(old ^ changes[i % COUNT_OF(changes)]);
            if (accept(text.data, &jwk, NULL) == STATUS_OK)
                fail_msg("%s: byte %zu", header, i / COUNT_OF(changes));
            *at = old;
        }
        assert_int_equal(accept(text.data, &jwk, NULL), STATUS_OK);
        buf_release(&text);
        jwk_release(&jwk);
        signer_release(&signer);
    }
}

static void der_signatures_are_refused(void **state)
{
    static const enum signature_algorithm curves[] = {SIGNATURE_ES256, SIGNATURE_ES384,
                                                      SIGNATURE_SM2SM3};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        struct signer signer = signer_new(curves[i]);
        struct jwk jwk = key_for(&signer);
        struct buf text = {0}, der = {0};
        char header[256];
        header_for(curves[i], "", header);
        jws_open(header, CLAIMS, strlen(CLAIMS), &text);
        signer_sign_der(&signer, "1234567812345678", text.data, text.length, &der);
        jws_close(der.data, der.length, &text);
        assert_int_equal(accept(buf_text(&text), &jwk, NULL), STATUS_INVALID);
        buf_release(&der);
        buf_release(&text);
        jwk_release(&jwk);
        signer_release(&signer);
    }
}

static void signatures_have_one_length(void **state)
{
    (void)state;
    for (int a = SIGNATURE_ES256; a <= SIGNATURE_SM2SM3; a++) {
        struct signer signer = signer_new((enum signature_algorithm)a);
        struct jwk jwk = key_for(&signer);
        struct buf signature = {0};
        signer_sign(&signer, "abc", 3, &signature);
        buf_char(&signature, '\0');
        for (size_t length = 0; length <= signature.length; length++)
            assert_int_equal(signature_verify(jwk.key, signer.algorithm, "abc", 3, signature.data,
                                              length, NULL) == STATUS_OK,
                             length == signature.length - 1);
        buf_release(&signature);
        jwk_release(&jwk);
        signer_release(&signer);
    }
}

/* The algorithm of the key counts: an RSA key for PS256 takes no RS256, and "none" is nothing. */
static void the_key_pins_the_algorithm(void **state)
{
    struct signer signer = signer_new(SIGNATURE_RS256);
    struct buf key = {0}, rs256 = {0}, unsigned_text = {0};

    (void)state;
    signer_jwk(&signer, ",\"alg\":\"PS256\"", &key);
    struct jwk jwk = key_of(buf_text(&key));
    jws_make(&signer, "{\"alg\":\"RS256\"}", CLAIMS, false, &rs256);
    assert_int_equal(accept(buf_text(&rs256), &jwk, NULL), STATUS_INVALID);
    jws_open("{\"alg\":\"none\"}", CLAIMS, strlen(CLAIMS), &unsigned_text);
    buf_char(&unsigned_text, '.');
    assert_int_equal(accept(buf_text(&unsigned_text), &jwk, NULL), STATUS_INVALID);
    buf_release(&unsigned_text);
    buf_release(&rs256);
    buf_release(&key);
    jwk_release(&jwk);
    signer_release(&signer);
}

/* --- form ----------------------------------------------------------------------------------- */

static void headers_are_read_strictly(void **state)
{
    static const char *const headers[] = {
        "{}",
        "[]",
        "{\"alg\":1}",
        "{\"alg\":null}",
        "\"ES256\"",
        "",
        "{\"alg\":\"ES256\",\"alg\":\"ES256\"}",
        "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"ES256\",\"crit\":[]}",
        "{\"alg\":\"ES256\",\"b64\":false}",
        "{\"alg\":\"ES256\",\"zip\":\"GZIP\"}",
        "{\"alg\":\"ES256\",\"zip\":\"def\"}",
        "{\"alg\":\"ES256\",\"zip\":1}",
        "{\"alg\":\"ES256\",\"kid\":7}",
        "{\"alg\":\"ES256\"} x",
        "{\"alg\":\"ES256\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++)
        refuse_form(headers[i], CLAIMS);
}

/* What the header asks for is the reason, whatever stands behind it. The first is the compact form
 * of RFC 7797 section 4.2 with its content left out of base64. */
static void a_refusal_names_the_reason(void **state)
{
    static const struct {
        const char *header, *content, *word;
    } rows[] = {
        {"{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", "$ 02", "b64"},
        {"{\"alg\":\"ES256\"}", "$ 02", "content"},
        {"{\"alg\":\"none\"}", "e30", "none"},
        {"{\"alg\":\"nOnE\"}", "e30", "none"},
        {"{\"zip\":\"DEF\"}", "e30", "(alg)"},
        {"{\"alg\":1}", "e30", "header"},
        {"[]", "e30", "header"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text = {0};
        struct jws jws = {0};
        struct error error = {0};
        base64url_encode(rows[i].header, strlen(rows[i].header), &text);
        buf_printf(&text, ".%s.AAAA", rows[i].content);
        assert_int_equal(jws_parse(buf_text(&text), text.length, &jws, &error), STATUS_INVALID);
        if (!strstr(error.text, rows[i].word))
            fail_msg("%s: %s", rows[i].header, error.text);
        buf_release(&text);
    }
}

static void there_are_three_parts_and_nothing_else(void **state)
{
    static const char *const ends[] = {" ", "\n", ".", ".e30", "=", "A", "%"};
    struct jwk jwk = key_of(vectors[1].key);
    struct jws jws;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct buf text = {0};
        buf_printf(&text, "%s%s", vectors[1].jws, ends[i]);
        assert_true_for(ends[i], accept(buf_text(&text), &jwk, NULL) != STATUS_OK);
        buf_clear(&text);
        buf_printf(&text, "%s%s", ends[i], vectors[1].jws);
        assert_true_for(ends[i], accept(buf_text(&text), &jwk, NULL) != STATUS_OK);
        buf_release(&text);
    }
    assert_int_equal(jws_parse("", 0, &jws, NULL), STATUS_INVALID);
    assert_int_equal(jws_parse("..", 2, &jws, NULL), STATUS_INVALID);
    assert_int_equal(jws_parse("eyJhbGciOiJFUzI1NiJ9.e30", 24, &jws, NULL), STATUS_INVALID);
    jwk_release(&jwk);
}

static void what_wants_to_be_a_jws(void **state)
{
    static const char *const numbers[] = {
        "330106199001010018",
        "1.2.156.3005.2",
        "person:x",
        "population/person:1",
        "",
        "e",
        "11100000000013127D001.11990106MB000102XH.20250314000077.001.X",
        "shc:/5676",
        "91110108717743469K",
        "13800138000",
        "elm street 5. 3",
        "Zhang San",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++)
        assert_true(jws_is_compact(vectors[i].jws, strlen(vectors[i].jws)));
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_true_for(numbers[i], !jws_is_compact(numbers[i], strlen(numbers[i])));
}

static void a_bomb_inside_is_refused(void **state)
{
    struct signer signer = signer_new(SIGNATURE_ES256);
    struct jwk jwk = key_for(&signer);
    struct buf text = {0}, payload = {0}, bomb = {0};

    (void)state;
    for (int i = 0; i < 1 << 20; i++)
        buf_char(&bomb, ' ');
    jws_make(&signer, "{\"alg\":\"ES256\",\"zip\":\"DEF\"}", buf_text(&bomb), true, &text);
    assert_int_equal(accept(buf_text(&text), &jwk, &payload), STATUS_TOO_LARGE);
    buf_clear(&text); /* signed, but not compressed as it says */
    jws_make(&signer, "{\"alg\":\"ES256\",\"zip\":\"DEF\"}", CLAIMS, false, &text);
    assert_int_equal(accept(buf_text(&text), &jwk, &payload), STATUS_INVALID);
    assert_int_equal(payload.length, 0);
    buf_release(&text);
    buf_release(&bomb);
    jwk_release(&jwk);
    signer_release(&signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_are_accepted),
        cmocka_unit_test(the_sm2_example_of_the_standard),
        cmocka_unit_test(another_identity_is_another_signature),
        cmocka_unit_test(each_algorithm_verifies_its_own_signatures),
        cmocka_unit_test(no_changed_byte_is_accepted),
        cmocka_unit_test(der_signatures_are_refused),
        cmocka_unit_test(signatures_have_one_length),
        cmocka_unit_test(the_key_pins_the_algorithm),
        cmocka_unit_test(headers_are_read_strictly),
        cmocka_unit_test(a_refusal_names_the_reason),
        cmocka_unit_test(there_are_three_parts_and_nothing_else),
        cmocka_unit_test(what_wants_to_be_a_jws),
        cmocka_unit_test(a_bomb_inside_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
