#ifndef HUILIU_VERIFY_ZIP_LAYOUT_H
#define HUILIU_VERIFY_ZIP_LAYOUT_H
/*
 * The bookkeeping of a zip archive (PKWARE APPNOTE 6.3), checked byte by byte before anything is
 * unpacked. A signature covers the content of members, not the archive around them; so that no
 * byte of a signed file can change without being noticed, the archive must
 *
 *   - consist of its members, its directory and its end, without gaps, overlaps or a comment;
 *   - say the same about a member in its directory and in front of the member;
 *   - describe all members alike where nothing can be compared (who made them, their attributes);
 *     one that differs may come from another program as well as from a change, so it is only
 *     pointed out (`odd`).
 *
 * Deflated members are looked at by their reader: bits that only fill up a byte must be zero
 * (verify/inflate.h), and in an archive that zlib packed the packed form must be zlib's
 * (verify/packing.h). What is left unnoticed are times of access in extra fields, which the
 * directory does not repeat, and the times 7-Zip keeps there. Encryption, several volumes, zip64
 * and methods other than "stored" and "deflated" are refused. Names point into the archive. Pure,
 * thread-safe.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZIP_NAME_MAX        240 /* bytes */
#define ZIP_METHOD_STORED   0u
#define ZIP_METHOD_DEFLATED 8u
#define ZIP_FLAG_UTF8       0x0800u
#define ZIP_MEMBERS_MAX     4096

struct zip_entry {
    const char *name; /* not NUL-terminated */
    size_t name_length;
    uint32_t crc, packed, size;
    uint32_t made_by, needed, flags, method, stamp; /* stamp: MS-DOS time and date */
    uint32_t internal, external;
    size_t offset, content, end; /* in the archive: local header, packed bytes, behind it all */
    const unsigned char *extra;  /* of the directory */
    size_t extra_length;
};

struct zip_layout {
    struct zip_entry *entries; /* in the order of the directory */
    size_t count;
    const struct zip_entry *odd; /* described unlike the others; NULL when none is */
};

/* STATUS_INVALID (a sentence says where), STATUS_UNSUPPORTED, STATUS_TOO_LARGE. The caller
 * releases *layout. */
enum status zip_layout_read(const unsigned char *bytes, size_t length, struct zip_layout *layout,
                            struct error *error) MUST_CHECK;
void zip_layout_release(struct zip_layout *layout);

bool zip_entry_is_directory(const struct zip_entry *entry); /* its name ends in '/' */

#endif
