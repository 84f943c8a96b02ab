#ifndef HUILIU_DB_HOME_DEVICE_H
#define HUILIU_DB_HOME_DEVICE_H
/*
 * Who this workstation is to others: the device id ("origin" of requests and bundles), and on which
 * computer it was given. A home that was copied to a second computer would speak under the id of
 * the first; so the file `device` in the home keeps a digest of this computer's machine-id(5), and
 * a home that is opened for writing on another one takes a new id. The old one, the day and the
 * digest are kept; what is queued is sent as before, under its own ids.
 *
 *     {"device":"01…","machine":"<SHA-256>","moved_at":"2026-…","before":["01…"]}
 *
 * A computer without a machine id, and a home that cannot be written, keep what they have. Private
 * to db/; home_device() and home_moved_ms() are the doors.
 */
#include "base/error.h"
#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

#define HOME_DEVICE_FILE "device"

struct home_device {
    char id[ULID_TEXT_MAX]; /* "": the one of huiliu.conf */
    int64_t moved_ms;       /* when it was taken because the computer is another one; 0: never */
};

/* `first` is the id of huiliu.conf. Writes the file when it may and something is new. */
enum status home_device_find(const char *path, const char *first, bool writable,
                             struct home_device *device, struct error *error) MUST_CHECK;

#endif
