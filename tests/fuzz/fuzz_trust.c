/*
 * Any bytes as what comes from outside about trust, in one of four doors by the first byte: a file
 * of trusted certificates, keys and revocation lists; a certificate; a list; a time stamp. What was
 * read is used: a path is looked for, names are printed. Nobody is trusted, so no stamp is good.
 */
#include "verify/chain.h"
#include "verify/crl.h"
#include "verify/timestamp.h"
#include "verify/trust.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1773475200000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void describe(const struct certificate *certificate)
{
    char text[CERTIFICATE_TEXT_MAX], serial[CERTIFICATE_SERIAL_MAX], print[CERTIFICATE_PRINT_MAX];

    certificate_subject(certificate, text);
    require(strlen(text) < sizeof text);
    certificate_issuer(certificate, text);
    require(strlen(text) < sizeof text);
    certificate_serial(certificate, serial);
    require(strlen(serial) < sizeof serial);
    certificate_fingerprint(certificate, print);
    require(strlen(print) == 64);
    (void)certificate_names(certificate, "https://issuer.example");
    (void)certificate_may_sign(certificate);
    (void)certificate_may_stamp(certificate);
    (void)certificate_is_issued_by(certificate, certificate);
}

static void judge_all(const struct anchors *trust)
{
    for (size_t i = 0; i < anchors_count(trust); i++) {
        struct chain_state state;
        describe(anchors_at(trust, i));
        require(chain_judge(trust, anchors_at(trust, i), NULL, 0, NOW_MS, &state, NULL) ==
                STATUS_OK);
        require(state.lists.found <= state.lists.needed);
    }
}

static void try_file(const uint8_t *data, size_t size)
{
    struct anchors *trust = NULL;
    struct trust *keys = NULL;

    require(anchors_new(&trust, NULL) == STATUS_OK && trust_new(&keys, NULL) == STATUS_OK);
    if (anchors_add(trust, data, size, NULL) == STATUS_OK)
        judge_all(trust);
    (void)trust_file_is_pem((const char *)data, size);
    if (trust_add_file(keys, (const char *)data, size, NULL) == STATUS_OK)
        require(trust_count(keys) <= TRUST_KEYS_MAX);
    trust_free(keys);
    anchors_free(trust);
}

static void try_certificate(const uint8_t *data, size_t size)
{
    struct certificate *certificate = NULL;

    if (certificate_read(data, size, &certificate, NULL) != STATUS_OK)
        return;
    describe(certificate);
    certificate_free(certificate);
}

static void try_list(const uint8_t *data, size_t size)
{
    struct crl *crl = NULL;

    (void)crl_is(data, size);
    if (crl_read(data, size, &crl, NULL) != STATUS_OK)
        return;
    (void)crl_issued_ms(crl);
    (void)crl_next_ms(crl);
    crl_free(crl);
}

static void try_stamp(const uint8_t *data, size_t size)
{
    struct anchors *trust = NULL;
    struct timestamp stamp;

    require(anchors_new(&trust, NULL) == STATUS_OK);
    require(timestamp_judge(data, size, "stamped", 7, trust, &stamp, NULL) == STATUS_OK);
    require(stamp.answer != TIMESTAMP_GOOD);
    anchors_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const doors[])(const uint8_t *, size_t) = {try_file, try_certificate, try_list,
                                                             try_stamp};

    if (size < 1)
        return 0;
    doors[data[0] % 4](data + 1, size - 1);
    return 0;
}
