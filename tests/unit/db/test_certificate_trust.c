/* Whom the catalogue trusts to seal: which documents count, and which certificates are revoked. */
#include "db/certificate_trust.h"
#include "tests/unit/db/village.h"

/* A certificate of nobody, as it stands in JSON. */
#define AUTHORITY                                                                                  \
    "-----BEGIN CERTIFICATE-----\\n"                                                               \
    "MIIBiDCCAS+gAwIBAgIUJ5dnXB9kJB0AnChToc/OsSVbGkwwCgYIKoZIzj0EAwIw\\n"                          \
    "GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIxMjA1NzM0WhgPMjEy\\n"                          \
    "NjEwMjgyMDU3MzRaMBkxFzAVBgNVBAMMDlRlc3QgQXV0aG9yaXR5MFkwEwYHKoZI\\n"                          \
    "zj0CAQYIKoZIzj0DAQcDQgAEBkdSKsk4KSnxxKpVY+9v4r714FWQilFa9b0do7lE\\n"                          \
    "/6xeYATaclFDMlqSneNamHc52BIBnLqC9Asw1McvLQiUnqNTMFEwHQYDVR0OBBYE\\n"                          \
    "FP0u+cFi/ydeG0IlXnZO/aD3bVfqMB8GA1UdIwQYMBaAFP0u+cFi/ydeG0IlXnZO\\n"                          \
    "/aD3bVfqMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgVjkTfxxC\\n"                          \
    "Cxp7prkRxP9SpDq9by5cf9H+d/yXvHhENEgCICnFrOUtYpOxqpD634L5AqjfiO6O\\n"                          \
    "QMFhhvnSmJ1SrC+S\\n"                                                                          \
    "-----END CERTIFICATE-----\\n"

static void load(struct village *village, struct anchors **trust)
{
    struct error error = {0};

    village_ok(anchors_new(trust, &error), &error);
    village_ok(certificate_trust_load(village->reader, "seal", *trust, &error), &error);
}

static void expect(struct village *village, size_t anchors, size_t revocations)
{
    struct anchors *trust = NULL;

    load(village, &trust);
    assert_int_equal(anchors_count(trust), anchors);
    assert_int_equal(anchors_revocation_count(trust), revocations);
    anchors_free(trust);
}

static void test_uses(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    expect(&village, 0, 0);
    village_document(&village, "{\"_id\":\"trust:a\",\"_rev\":\"1-a\",\"type\":\"trust\",\"use\":"
                               "[\"credential\"],\"x509\":\"" AUTHORITY "\"}");
    village_document(&village, "{\"_id\":\"trust:b\",\"_rev\":\"1-a\",\"type\":\"trust\",\"use\":"
                               "[\"seal\"],\"x509\":\"no certificate\"}");
    village_document(&village, "{\"_id\":\"trust:c\",\"_rev\":\"1-a\",\"type\":\"trust\",\"use\":"
                               "[\"seal\"],\"jwk\":{}}");
    expect(&village, 0, 0);
    village_document(&village, "{\"_id\":\"trust:d\",\"_rev\":\"1-a\",\"type\":\"trust\",\"use\":"
                               "[\"bundle\",\"seal\"],\"x509\":\"" AUTHORITY "\"}");
    expect(&village, 1, 0);
    village_leave(&village);
}

static void test_revocations(void **state)
{
    struct village village;

    village_make(&village, scratch_path(state, "home"));
    village_document(&village,
                     "{\"_id\":\"trust:d\",\"_rev\":\"1-a\",\"type\":\"trust\",\"use\":"
                     "[\"seal\"],\"revoked_at\":\"2026-01-01T00:00:00.000Z\",\"x509\":\"" AUTHORITY
                     "\"}");
    expect(&village, 1, 1); /* by its fingerprint */
    village_document(&village, "{\"_id\":\"revocation:x\",\"_rev\":\"1-a\",\"type\":\"revocation\","
                               "\"issuer\":\"x\",\"revoked\":[{\"id\":\"0A:0B\"},"
                               "{\"id\":\"1.2.156.3005.2.1.2.3.001.4\"}]}");
    expect(&village, 1, 2); /* not the number of a document */
    village_leave(&village);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_uses, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_revocations, scratch_setup, scratch_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
