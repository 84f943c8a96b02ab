#ifndef HUILIU_SYNC_BUNDLE_IMPORT_H
#define HUILIU_SYNC_BUNDLE_IMPORT_H
/*
 * A bundle from the platform (docs/bundles.md), in two steps, so that somebody can look at it
 * first:
 *
 *     bundle_open(sync, path, &options, &bundle, &error);   // decrypted, verified, read through
 *     const struct bundle_info *info = bundle_info(bundle);
 *     if (!info->trust.trusted && …) bundle_vouch(bundle, account, &error);
 *     bundle_apply(bundle, &report, &error);
 *     bundle_close(bundle);
 *
 * bundle_open() uses nothing of the content: it decrypts to a file without a name inside the home
 * (0600; it is gone with the handle, or with the process), checks the signature over all of it, and
 * reads its form to the end. bundle_apply() refuses, and then has changed nothing: another
 * township's bundle; a signer nobody trusts; another file under a number that was used; one behind
 * a gap. It then applies the pages like pages from the network (sync/pull.h), the catalogue where
 * it comes first.
 *
 * A page begins where the database stands here, or where the last bundle of this origin left it, or
 * at the start: then it is the whole database and replaces what is here. Numbers that are missing
 * before a bundle that begins so are told (`gap_from`), and no obstacle. An import that was stopped
 * is begun again with the same file. The same file twice changes nothing (`already`).
 *
 * Receipts in it, and requests that come back in it, are what proves that requests of ours arrived.
 *
 * sync_cancel() stops either step. The sync's thread.
 */
#include "db/bundle_store.h"
#include "db/bundle_trust.h"
#include "sync/engine.h"

struct bundle;

struct bundle_info {
    char origin[BUNDLE_ORIGIN_MAX];
    char area[16], created_at[40];
    int64_t number;
    char signer[CERTIFICATE_TEXT_MAX], fingerprint[CERTIFICATE_PRINT_MAX];
    struct bundle_trust trust;
    size_t page_count;
    int64_t rows;
    bool already; /* this very file has been applied */
};

struct bundle_page_report {
    const char *database;
    const char *dataset; /* name, "catalogue" or "requests"; NULL: not known here, skipped */
    int64_t rows;
    bool whole; /* replaced what was here */
};

struct bundle_report {
    bool already;
    int64_t gap_from, gap_to; /* numbers that never came; 0: none are missing */
    int64_t rows;
    int64_t receipts;  /* bundles of ours it confirms */
    int64_t refused;   /* requests these receipts refuse: they are held with the platform's words */
    int64_t delivered; /* requests that were proved to be delivered by these receipts */
    size_t skipped;    /* pages */
    double seconds;
    const struct bundle_page_report *pages;
    size_t page_count;
};

struct bundle_options {
    void (*progress)(const struct sync_progress *progress, void *context);
    void *context;
};

enum status bundle_open(struct sync *sync, const char *path, const struct bundle_options *options,
                        struct bundle **bundle, struct error *error) MUST_CHECK;
const struct bundle_info *bundle_info(const struct bundle *bundle);
/* Fixes the signer: it is trusted from now on. STATUS_REFUSED where that is not for anybody here to
 * say. */
enum status bundle_vouch(struct bundle *bundle, const char *account,
                         struct error *error) MUST_CHECK;
/* Once. The report lives as long as the bundle. */
enum status bundle_apply(struct bundle *bundle, const struct bundle_report **report,
                         struct error *error) MUST_CHECK;
void bundle_close(struct bundle *bundle);

#endif
