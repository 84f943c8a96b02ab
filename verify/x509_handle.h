#ifndef HUILIU_VERIFY_X509_HANDLE_H
#define HUILIU_VERIFY_X509_HANDLE_H
/* Private to verify/x509.c and verify/chain.c: what a certificate is made of. */
#include <openssl/x509.h>

struct certificate {
    X509 *x509;
};

#endif
