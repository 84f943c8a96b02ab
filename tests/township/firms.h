#ifndef HUILIU_TESTS_TOWNSHIP_FIRMS_H
#define HUILIU_TESTS_TOWNSHIP_FIRMS_H
/*
 * Enterprises and certificates of the township. An enterprise is run and owned by residents: its
 * legal representative is the head of a household. Kinds by first characters of the credit code:
 * 92 sole traders (62 %), 91 companies (32 %), 93 farmers' cooperatives (6 %), and N2, one
 * collective for every village. Certificate identifiers follow GB/T 36904; of the certificates 3 in
 * 100 are a version 001 that a 002 replaces, 3 in 1,000 have the check character of a system that
 * counts letters from 11, and the states are as in certificate_state(). Like residents, every item
 * can be made alone.
 */
#include "base/buf.h"
#include "tests/township/people.h"

#define SHAREHOLDER_MAX 3
#define COLLECTIVES     16u

struct enterprise {
    char uscc[19];
    char name[160];
    const char *kind, *status, *industry, *scope;
    char capital[24]; /* yuan with two decimals */
    char phone[16];
    char address[ADDRESS_MAX];
    unsigned village;
    struct date established;
    struct person legal;
    uint32_t shareholder_count;
    struct {
        char name[NAME_MAX_BYTES];
        char id_number[19];
        unsigned percent;
    } shareholders[SHAREHOLDER_MAX];
};

struct certificate {
    char identifier[96];
    const char *name, *status, *issuer_name;
    char issuer[19];
    char holder_name[160];
    char holder_id[19];
    char holder_uscc[19]; /* empty when a person holds it */
    struct date issued;
    struct date expires; /* year 0: without limit */
};

void enterprise_make(const struct township *town, uint32_t index, struct enterprise *out);
void certificate_make(const struct township *town, uint32_t index, struct certificate *out);

/* A credit code for department and category (2), region (6) and body (8): adds both checks. */
void firms_credit_code(const char *kind, const char *region, const char *body, char out[19]);

#endif
