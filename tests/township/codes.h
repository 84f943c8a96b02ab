#ifndef HUILIU_TESTS_TOWNSHIP_CODES_H
#define HUILIU_TESTS_TOWNSHIP_CODES_H
/*
 * Check characters, written here a second time on purpose: what the product verifies must not be
 * made by the code that verifies it. Arguments hold only characters of the code's own alphabet.
 */

/* GB 11643-1999, from 17 digits. */
char code_resident_check(const char *body);

/* GB 32100-2015, from 17 characters; and GB 11714, from 8. */
char code_uscc_check(const char *body);
char code_organisation_check(const char *body);

/* GB/T 36904 (ISO/IEC 7064 MOD 37,36) over type, issuer, serial and version in one string. */
char code_certificate_check(const char *text);

/* As code_certificate_check(), but with letters counted from 11 as some issuers' systems do; never
 * the right character. */
char code_certificate_check_wrong(const char *text);

/* The n-th symbol of the alphabet of credit codes: 0-9 A-Z without I O S V Z, n < 31. */
char code_uscc_symbol(unsigned n);

#endif
