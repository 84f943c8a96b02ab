/*
 * Signed codes from anywhere: compact JWS, numeric QR codes, files of health cards, files of keys,
 * compressed content. Nobody can sign with the trusted key but the corpus, whose samples are the
 * examples of RFC 7515 and RFC 8037: a text that is not one of them letter by letter must never be
 * taken for signed. What lies behind a signature (content, claims) is also tried without one.
 */
#include "base/text.h"
#include "verify/base64url.h"
#include "verify/claims.h"
#include "verify/credential.h"
#include "verify/inflate.h"
#include "verify/jws.h"
#include "verify/qr_numeric.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char keys[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
    "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

/* What is between the braces of the two headers and contents is all that was ever signed. */
static const char *const signed_texts[] = {
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ",
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool was_signed(const char *jws, size_t length)
{
    for (size_t i = 0; i < sizeof signed_texts / sizeof *signed_texts; i++) {
        size_t known = strlen(signed_texts[i]);
        if (length > known && memcmp(jws, signed_texts[i], known) == 0 && jws[known] == '.')
            return true;
    }
    return false;
}

static void check_report(const struct verdict_report *report)
{
    must(report->count > 0);
    for (size_t i = 0; i < report->count; i++)
        must(report->checks[i].detail[0] && report->checks[i].check);
}

static void judge(const char *jws, size_t length, const struct trust *trust)
{
    const struct credential_circumstances around = {.now_ms = 1773475200000, .asked_name = "x"};
    struct credential *credential = NULL;
    struct verdict_report report;

    if (credential_open(jws, length, &(struct credential_trust){trust, NULL, 1773475200000},
                        &credential, NULL) != STATUS_OK)
        return;
    credential_judge(credential, &around, &report);
    check_report(&report);
    const struct check *signature = verdict_report_find(&report, "signature");
    if (signature && signature->result == CHECK_PASS)
        must(was_signed(jws, length));
    must(report.verdict != VERDICT_VALID); /* the one with an end is long expired */
    credential_free(credential);
}

static void judge_all(const char *text, size_t size, const struct trust *trust)
{
    for (size_t i = 0; i < 4; i++) {
        struct buf jws = {0};
        bool found = credential_text(text, size, i, &jws, NULL) == STATUS_OK;
        if (found)
            judge(buf_text(&jws), jws.length, trust);
        buf_release(&jws);
        if (!found)
            return;
    }
}

static void try_content(const char *text, size_t size)
{
    struct buf out = {0};
    struct claims claims;
    json_t *value = NULL;

    if (inflate_raw(text, size, &out, NULL) == STATUS_OK)
        must(out.length <= INFLATE_SIZE_MAX);
    if (json_parse(text, size, &value, NULL) == STATUS_OK) {
        claims_read(value, &claims);
        must(claims.id_count <= CLAIMS_IDS_MAX);
        must(strlen(claims.holder_name) < CLAIMS_NAME_MAX);
    }
    json_decref(value);
    buf_release(&out);
}

/* What decodes is what encoding gives. */
static void try_base64(const char *text, size_t size)
{
    struct buf bytes = {0}, again = {0};

    if (base64url_decode(text, size, &bytes)) {
        base64url_encode(bytes.data, bytes.length, &again);
        must(again.length == size && (size == 0 || memcmp(again.data, text, size) == 0));
    }
    buf_release(&bytes);
    buf_release(&again);
}

static void try_keys(const char *text, size_t size)
{
    struct trust *trust = NULL;

    if (trust_new(&trust, NULL) != STATUS_OK)
        return;
    (void)!trust_add_file(trust, text, size, NULL);
    must(trust_count(trust) <= TRUST_KEYS_MAX);
    trust_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct trust *trust = NULL;

    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    if (trust_new(&trust, NULL) == STATUS_OK &&
        trust_add_file(trust, keys, sizeof keys - 1, NULL) == STATUS_OK)
        judge_all(text, size, trust);
    trust_free(trust);
    (void)credential_is_signed(text, size);
    (void)qr_numeric_continues(text, text);
    try_content(text, size);
    try_base64(text, size);
    try_keys(text, size);
    free(text);
    return 0;
}
