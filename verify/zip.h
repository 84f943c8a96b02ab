#ifndef HUILIU_VERIFY_ZIP_H
#define HUILIU_VERIFY_ZIP_H
/*
 * A zip archive out of a file that a stranger made, unpacked into memory and never onto the disk;
 * the adapter of libzip.
 *
 * The layout is checked first (verify/zip_layout.h); then every member is unpacked within limits
 * that do not depend on what the archive says of itself, and its checksum is compared. A member
 * whose name occurs twice is refused, because two readers would see two documents.
 *
 * Members live as long as the archive; the archive's bytes may go away once it is read. Directories
 * are not listed. Thread-safe as long as one archive stays in one thread.
 */
#include "base/error.h"

#include <stddef.h>

#define ZIP_BYTES_MAX        ((size_t)64 << 20)  /* of the archive */
#define ZIP_MEMBER_BYTES_MAX ((size_t)32 << 20)  /* of a member, unpacked */
#define ZIP_TOTAL_BYTES_MAX  ((size_t)128 << 20) /* of all, unpacked */
#define ZIP_RATIO_MAX        200                 /* unpacked to packed */
#define ZIP_RATIO_FREE       ((size_t)256 << 10) /* members this small may be any ratio */

struct zip_member {
    const char *name;
    const unsigned char *data; /* never NULL */
    size_t length;
};

struct zip_archive;

/* STATUS_INVALID (changed, damaged, not a zip), STATUS_UNSUPPORTED, STATUS_TOO_LARGE; the sentence
 * names the member. */
enum status zip_archive_read(const void *bytes, size_t length, struct zip_archive **archive,
                             struct error *error) MUST_CHECK;
void zip_archive_free(struct zip_archive *archive);

/* The name of a member that the archive describes unlike the others: put in by another program, or
 * its description was changed. NULL when there is none. */
const char *zip_archive_odd(const struct zip_archive *archive);

size_t zip_archive_count(const struct zip_archive *archive);
const struct zip_member *zip_archive_at(const struct zip_archive *archive, size_t index);
/* NULL when there is none of that name, to the byte. */
const struct zip_member *zip_archive_find(const struct zip_archive *archive, const char *name);

#endif
