#include "sync/bundle_identity.h"

#include "base/file.h"
#include "base/i18n.h"

#include <limits.h>
#include <string.h>

#define KEY_FILE         "bundle.key"
#define CERTIFICATE_FILE "bundle.crt"
#define REQUEST_FILE     "bundle.csr"
#define PEM_MAX          ((size_t)64 << 10)

struct first {
    char *fingerprint, *subject;
    bool found;
};

static enum status take_first(void *context, struct pem_item *item, struct error *error)
{
    struct first *first = context;

    (void)error;
    if (!item->certificate || first->found)
        return STATUS_OK;
    certificate_fingerprint(item->certificate, first->fingerprint);
    certificate_subject(item->certificate, first->subject);
    first->found = true;
    return STATUS_OK;
}

enum status bundle_fingerprint(const char *pem, char out[CERTIFICATE_PRINT_MAX],
                               char subject[CERTIFICATE_TEXT_MAX], struct error *error)
{
    struct first first = {.fingerprint = out, .subject = subject};
    enum status status = pem_read(pem, strlen(pem), take_first, &first, error);

    if (status == STATUS_OK && !first.found)
        status = error_set(error, STATUS_INVALID, _("There is no certificate in this file."));
    return status;
}

/* --- files ------------------------------------------------------------------------------------ */

static enum status read_part(const struct home *home, const char *name, struct buf *out,
                             struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, name, path, sizeof path, error);

    return status == STATUS_OK ? file_read(path, PEM_MAX, out, error) : status;
}

static enum status write_part(const struct home *home, const char *name, const struct buf *text,
                              struct error *error)
{
    char path[PATH_MAX];
    enum status status = home_path(home, name, path, sizeof path, error);

    return status == STATUS_OK ? file_replace(path, text->data, text->length, error) : status;
}

/* The key last: with it the identity exists. */
static enum status make(const struct home *home, struct station_key *pem, struct error *error)
{
    const struct station_name name = {home_station(home), home_area(home), home_device(home)};
    enum status status = station_key_make(&name, pem, error);

    if (status == STATUS_OK)
        status = write_part(home, REQUEST_FILE, &pem->request, error);
    if (status == STATUS_OK)
        status = write_part(home, CERTIFICATE_FILE, &pem->certificate, error);
    if (status == STATUS_OK)
        status = write_part(home, KEY_FILE, &pem->key, error);
    return status;
}

static enum status read_parts(const struct home *home, struct station_key *pem, struct error *error)
{
    enum status status = read_part(home, KEY_FILE, &pem->key, error);

    if (status == STATUS_OK)
        status = read_part(home, CERTIFICATE_FILE, &pem->certificate, error);
    if (status == STATUS_OK)
        status = read_part(home, REQUEST_FILE, &pem->request, error);
    return status;
}

static bool exists(const struct home *home)
{
    char path[PATH_MAX];

    return home_path(home, KEY_FILE, path, sizeof path, NULL) == STATUS_OK && file_exists(path);
}

enum status bundle_identity_load(const struct home *home, struct bundle_identity *identity,
                                 struct error *error)
{
    enum status status;

    *identity = (struct bundle_identity){0};
    if (exists(home))
        status = read_parts(home, &identity->pem, error);
    else if (home_is_writable(home))
        status = make(home, &identity->pem, error);
    else
        status = error_set(error, STATUS_NOT_FOUND, _("This station has no key for bundles yet."));
    if (status == STATUS_OK)
        status = bundle_fingerprint(buf_text(&identity->pem.certificate), identity->fingerprint,
                                    identity->subject, error);
    if (status != STATUS_OK)
        bundle_identity_release(identity);
    return status;
}

void bundle_identity_release(struct bundle_identity *identity)
{
    station_key_release(&identity->pem);
}

enum status bundle_identity_certify(const struct home *home, const char *certificate,
                                    struct error *error)
{
    struct bundle_identity identity;
    struct buf text = {0};
    enum status status = bundle_identity_load(home, &identity, error);

    if (status != STATUS_OK)
        return status;
    if (!station_key_fits(buf_text(&identity.pem.key), certificate))
        status = error_set(error, STATUS_INVALID,
                           _("This certificate was not issued for the key of this station."));
    buf_str(&text, certificate);
    if (status == STATUS_OK && buf_failed(&text))
        status = error_nomem(error);
    if (status == STATUS_OK)
        status = write_part(home, CERTIFICATE_FILE, &text, error);
    buf_release(&text);
    bundle_identity_release(&identity);
    return status;
}
