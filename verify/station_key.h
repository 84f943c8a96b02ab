#ifndef HUILIU_VERIFY_STATION_KEY_H
#define HUILIU_VERIFY_STATION_KEY_H
/*
 * A workstation's own key: made here, never leaves. EC P-256; with it come a certificate the
 * station signed itself (others encrypt to it and recognise its signature) and a request
 * (PKCS #10) with which an authority can issue a better one for the same key. All texts are PEM.
 *
 * The private key is plain PKCS #8: whoever keeps it protects it. Part of the adapter to OpenSSL.
 */
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

struct station_name {
    const char *station; /* common name */
    const char *area;    /* organisation: the division code */
    const char *device;  /* serial number: the device's id */
};

struct station_key {
    struct buf key, certificate, request;
};

enum status station_key_make(const struct station_name *name, struct station_key *made,
                             struct error *error) MUST_CHECK;
void station_key_release(struct station_key *made); /* wipes the key */

/* Does the certificate certify this key? False also when one of them cannot be read. */
bool station_key_fits(const char *key, const char *certificate);

#endif
