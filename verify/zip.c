#include "verify/zip.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "base/text.h"
#include "verify/inflate.h"
#include "verify/packing.h"
#include "verify/zip_layout.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct zip_archive {
    struct arena *arena;
    struct zip_member *members; /* sorted by name */
    size_t count;
    const char *odd; /* in the arena */
};

/* --- limits ----------------------------------------------------------------------------------- */

static enum status check_sizes(const struct zip_layout *layout, struct error *error)
{
    size_t total = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct zip_entry *entry = &layout->entries[i];
        size_t size = entry->size, packed = entry->packed;
        total += size;
        if (size > ZIP_MEMBER_BYTES_MAX || total > ZIP_TOTAL_BYTES_MAX ||
            (size > ZIP_RATIO_FREE && size / ZIP_RATIO_MAX > packed))
            return error_set(error, STATUS_TOO_LARGE,
                             _("The archive is refused: %.*s would be too big unpacked."),
                             (int)entry->name_length, entry->name);
    }
    return STATUS_OK;
}

/* --- unpacking -------------------------------------------------------------------------------- */

static enum status damaged(const struct zip_member *member, struct error *error)
{
    return error_set(error, STATUS_INVALID, _("The archive is damaged or was changed at %s."),
                     member->name);
}

/* Exactly `length` bytes and not one more; at its end libzip compares the checksum. */
static bool read_exactly(zip_file_t *file, unsigned char *out, size_t length)
{
    unsigned char beyond;
    size_t got = 0;

    while (got < length) {
        zip_int64_t step = zip_fread(file, out + got, length - got);
        if (step <= 0)
            return false;
        got += (size_t)step;
    }
    return zip_fread(file, &beyond, 1) == 0;
}

#define FIRST_OF_THREE_BYTES 0x800

/* True for UTF-8 beyond Latin, Greek and Cyrillic: two Chinese characters in GBK may look like two
 * letters of those. */
static bool is_surely_utf8(const char *name, size_t length)
{
    bool ascii = true, far = false;
    size_t used = 0;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(name + at, length - at, &used);
        if (codepoint == TEXT_BAD)
            return false;
        ascii = ascii && codepoint < 0x80;
        far = far || codepoint >= FIRST_OF_THREE_BYTES;
    }
    return ascii || far;
}

/* Names are UTF-8 and say so; old Chinese programs write GBK and say nothing. */
static const char *name_of(struct arena *arena, const struct zip_entry *entry)
{
    struct buf name = {0};

    if ((entry->flags & ZIP_FLAG_UTF8) || is_surely_utf8(entry->name, entry->name_length) ||
        !text_from_gb18030(&name, entry->name, entry->name_length)) {
        buf_release(&name);
        return arena_strn(arena, entry->name, entry->name_length);
    }
    const char *kept = arena_strn(arena, name.data, name.length);
    buf_release(&name);
    return kept;
}

static enum status unpack(struct zip_archive *archive, zip_t *zip, size_t index,
                          const struct zip_entry *entry, struct error *error)
{
    struct zip_member *member = &archive->members[archive->count];
    unsigned char *data = arena_alloc(archive->arena, (size_t)entry->size + 1);

    member->name = name_of(archive->arena, entry);
    member->data = data;
    member->length = entry->size;
    if (!data || !member->name)
        return error_nomem(error);
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    bool whole = file && read_exactly(file, data, member->length);
    if (file && zip_fclose(file) != 0)
        whole = false;
    if (!whole)
        return damaged(member, error);
    archive->count++;
    return STATUS_OK;
}

/* No checksum covers the bits that fill up a byte. */
static enum status check_filling(const struct zip_entry *entry, const unsigned char *bytes,
                                 const struct zip_member *member, struct error *error)
{
    bool odd = entry->method == ZIP_METHOD_DEFLATED &&
               !deflate_fills_with_zeros(bytes + entry->content, entry->packed);

    return odd ? damaged(member, error) : STATUS_OK;
}

static enum status unpack_all(struct zip_archive *archive, zip_t *zip, const unsigned char *bytes,
                              const struct zip_layout *layout, struct error *error)
{
    enum status status = STATUS_OK;

    if (zip_get_num_entries(zip, 0) != (zip_int64_t)layout->count)
        return error_set(error, STATUS_INVALID, _("The archive is damaged."));
    for (size_t i = 0; i < layout->count && status == STATUS_OK; i++) {
        const struct zip_entry *entry = &layout->entries[i];
        status = unpack(archive, zip, i, entry, error);
        if (status == STATUS_OK)
            status = check_filling(entry, bytes, &archive->members[archive->count - 1], error);
        if (status == STATUS_OK && zip_entry_is_directory(entry))
            archive->count--; /* read only to see that it is empty */
    }
    return status;
}

static enum status open_and_unpack(struct zip_archive *archive, const void *bytes, size_t length,
                                   const struct zip_layout *layout, struct error *error)
{
    zip_error_t failure;

    zip_error_init(&failure);
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &failure);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &failure) : NULL;
    enum status status;
    if (zip) {
        status = unpack_all(archive, zip, bytes, layout, error);
        zip_discard(zip); /* and the source */
    } else {
        zip_source_free(source);
        status = error_set_detail(error, STATUS_INVALID, zip_error_code_zip(&failure),
                                  _("The archive is damaged."));
    }
    zip_error_fini(&failure);
    return status;
}

/* --- names ------------------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    const struct zip_member *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static enum status sort_members(struct zip_archive *archive, struct error *error)
{
    qsort(archive->members, archive->count, sizeof *archive->members, by_name);
    for (size_t i = 1; i < archive->count; i++)
        if (strcmp(archive->members[i - 1].name, archive->members[i].name) == 0)
            return error_set(error, STATUS_INVALID, _("The archive is refused: it holds %s twice."),
                             archive->members[i].name);
    return STATUS_OK;
}

/* --- Info-ZIP marks text ---------------------------------------------------------------------- */

static bool looks_like_text(const struct zip_member *member)
{
    for (size_t i = 0; i < member->length; i++) {
        unsigned char c = member->data[i];
        if (c < 7 || (c >= 14 && c <= 25) || (c >= 28 && c <= 31))
            return false;
    }
    return true;
}

/* The mark is nowhere repeated: members of a kind, text or not, must all have it or all not. */
static const struct zip_entry *find_odd_mark(const struct zip_archive *archive,
                                             const struct zip_layout *layout)
{
    uint32_t marks[2] = {2, 2}; /* not seen yet */
    size_t at = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct zip_entry *entry = &layout->entries[i];
        if (zip_entry_is_directory(entry)) {
            if (entry->internal != 0)
                return entry;
            continue;
        }
        const struct zip_member *member = &archive->members[at++];
        uint32_t *mark = &marks[member->length > 0 && looks_like_text(member)];
        if (*mark == 2)
            *mark = entry->internal;
        if (*mark != entry->internal)
            return entry;
    }
    return NULL;
}

static enum status note_odd(struct zip_archive *archive, const struct zip_layout *layout,
                            struct error *error)
{
    const struct zip_entry *odd = layout->odd ? layout->odd : find_odd_mark(archive, layout);

    if (!odd)
        return STATUS_OK;
    archive->odd = arena_strn(archive->arena, odd->name, odd->name_length);
    return archive->odd ? STATUS_OK : error_nomem(error);
}

/* --- bytes that can change unseen ------------------------------------------------------------- */

static bool is_deflated(const struct zip_entry *entry)
{
    return entry->method == ZIP_METHOD_DEFLATED && !zip_entry_is_directory(entry);
}

/* Of the members, which are still in the order of the directory. */
static size_t collect_deflated(const struct zip_archive *archive, const struct zip_layout *layout,
                               const unsigned char *bytes, struct deflated *deflated,
                               const struct zip_member **members)
{
    size_t at = 0, count = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct zip_entry *entry = &layout->entries[i];
        if (is_deflated(entry)) {
            const struct zip_member *member = &archive->members[at];
            deflated[count] = (struct deflated){.content = member->data,
                                                .size = member->length,
                                                .packed = bytes + entry->content,
                                                .length = entry->packed};
            members[count++] = member;
        }
        at += !zip_entry_is_directory(entry);
    }
    return count;
}

static enum status check_packing(struct zip_archive *archive, const struct zip_layout *layout,
                                 const unsigned char *bytes, struct error *error)
{
    struct deflated *deflated = arena_array(archive->arena, layout->count + 1, sizeof *deflated);
    const struct zip_member **members =
        arena_array(archive->arena, layout->count + 1, sizeof(const struct zip_member *));
    size_t changed;

    if (!deflated || !members)
        return error_nomem(error);
    size_t count = collect_deflated(archive, layout, bytes, deflated, members);
    enum status status = packing_find_changed(deflated, count, &changed, error);
    return status == STATUS_OK && changed < count ? damaged(members[changed], error) : status;
}

/* --- entrances -------------------------------------------------------------------------------- */

static enum status read_archive(struct zip_archive *archive, const void *bytes, size_t length,
                                const struct zip_layout *layout, struct error *error)
{
    enum status status = check_sizes(layout, error);

    archive->members = arena_array(archive->arena, layout->count + 1, sizeof *archive->members);
    if (!archive->members)
        return error_nomem(error);
    if (status == STATUS_OK)
        status = open_and_unpack(archive, bytes, length, layout, error);
    if (status == STATUS_OK)
        status = check_packing(archive, layout, bytes, error);
    if (status == STATUS_OK)
        status = note_odd(archive, layout, error);
    return status == STATUS_OK ? sort_members(archive, error) : status;
}

enum status zip_archive_read(const void *bytes, size_t length, struct zip_archive **archive,
                             struct error *error)
{
    struct zip_layout layout = {0};

    if (length > ZIP_BYTES_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The archive is refused: it is too big."));
    enum status status = zip_layout_read(bytes, length, &layout, error);
    if (status != STATUS_OK)
        return status;
    struct zip_archive *made = calloc(1, sizeof *made);
    if (made)
        made->arena = arena_new();
    status = made && made->arena ? read_archive(made, bytes, length, &layout, error)
                                 : error_nomem(error);
    zip_layout_release(&layout);
    if (status == STATUS_OK)
        *archive = made;
    else
        zip_archive_free(made);
    return status;
}

void zip_archive_free(struct zip_archive *archive)
{
    if (archive)
        arena_free(archive->arena);
    free(archive);
}

const char *zip_archive_odd(const struct zip_archive *archive)
{
    return archive->odd;
}

size_t zip_archive_count(const struct zip_archive *archive)
{
    return archive->count;
}

const struct zip_member *zip_archive_at(const struct zip_archive *archive, size_t index)
{
    return &archive->members[index];
}

const struct zip_member *zip_archive_find(const struct zip_archive *archive, const char *name)
{
    struct zip_member wanted = {.name = name};

    return bsearch(&wanted, archive->members, archive->count, sizeof *archive->members, by_name);
}
