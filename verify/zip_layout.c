#include "verify/zip_layout.h"

#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>

#define LOCAL_BYTES     30
#define DIRECTORY_BYTES 46
#define END_BYTES       22

#define SIGNATURE_LOCAL      0x04034b50u
#define SIGNATURE_DIRECTORY  0x02014b50u
#define SIGNATURE_END        0x06054b50u
#define SIGNATURE_DESCRIPTOR 0x08074b50u

#define FLAG_DESCRIPTOR 0x0008u
#define FLAGS_KNOWN     0x080eu /* how hard it was packed, a descriptor, UTF-8 names */

#define EXTRA_NTFS 0x000au /* times, in the directory only */
#define EXTRA_TIME 0x5455u /* times; the directory repeats only the first */

/* --- numbers, little endian ------------------------------------------------------------------- */

static uint32_t two(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t four(const unsigned char *at)
{
    return two(at) | two(at + 2) << 16;
}

static enum status contradiction(const struct zip_entry *entry, struct error *error)
{
    return error_set(error, STATUS_INVALID,
                     _("The archive has been changed: it contradicts itself about %.*s."),
                     (int)entry->name_length, entry->name);
}

static enum status not_an_archive(struct error *error)
{
    return error_set(error, STATUS_INVALID,
                     _("The archive is damaged: its directory is not where it must be."));
}

/* --- the directory ---------------------------------------------------------------------------- */

static bool is_safe_name(const char *name, size_t length)
{
    size_t start = 0; /* of the current component */

    if (length == 0 || length > ZIP_NAME_MAX || name[0] == '/')
        return false;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && name[i] != '/') {
            unsigned char c = (unsigned char)name[i];
            if (c < 0x20 || c == 0x7f || c == '\\' || c == ':')
                return false;
            continue;
        }
        size_t part = i - start;
        bool dots = (part == 1 && name[start] == '.') ||
                    (part == 2 && name[start] == '.' && name[start + 1] == '.');
        if (dots || (part == 0 && i < length))
            return false;
        start = i + 1;
    }
    return true;
}

bool zip_entry_is_directory(const struct zip_entry *entry)
{
    return entry->name[entry->name_length - 1] == '/';
}

static enum status check_entry(const struct zip_entry *entry, struct error *error)
{
    if (!is_safe_name(entry->name, entry->name_length))
        return error_set(error, STATUS_INVALID,
                         _("The archive is refused: one of its members has a forbidden name."));
    if (entry->flags & ~FLAGS_KNOWN)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The archive is refused: %.*s is encrypted or uses unknown features."),
                         (int)entry->name_length, entry->name);
    if (entry->method != ZIP_METHOD_STORED && entry->method != ZIP_METHOD_DEFLATED)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The archive is refused: %.*s is packed by an unknown method."),
                         (int)entry->name_length, entry->name);
    if ((entry->method == ZIP_METHOD_STORED && entry->packed != entry->size) ||
        (zip_entry_is_directory(entry) && entry->size != 0) || entry->internal > 1)
        return contradiction(entry, error);
    return STATUS_OK;
}

/* One entry at `at`; *used becomes its length. */
static enum status read_entry(const unsigned char *at, size_t left, struct zip_entry *entry,
                              size_t *used, struct error *error)
{
    if (left < DIRECTORY_BYTES || four(at) != SIGNATURE_DIRECTORY)
        return not_an_archive(error);
    size_t name = two(at + 28), extra = two(at + 30), comment = two(at + 32);
    if (left - DIRECTORY_BYTES < name + extra + comment || two(at + 34) != 0)
        return not_an_archive(error);
    if (comment != 0)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The archive is refused: it has comments, which no signature covers."));
    *entry = (struct zip_entry){
        .made_by = two(at + 4),
        .needed = two(at + 6),
        .flags = two(at + 8),
        .method = two(at + 10),
        .stamp = four(at + 12),
        .crc = four(at + 16),
        .packed = four(at + 20),
        .size = four(at + 24),
        .internal = two(at + 36),
        .external = four(at + 38),
        .offset = four(at + 42),
        .name = (const char *)at + DIRECTORY_BYTES,
        .name_length = name,
        .extra = at + DIRECTORY_BYTES + name,
        .extra_length = extra,
    };
    *used = DIRECTORY_BYTES + name + extra;
    return check_entry(entry, error);
}

/* --- extra fields ----------------------------------------------------------------------------- */

struct extra {
    uint32_t id;
    const unsigned char *data;
    size_t length;
};

static bool next_extra(const unsigned char *bytes, size_t length, size_t *at, struct extra *extra)
{
    if (length - *at < 4)
        return false;
    *extra = (struct extra){two(bytes + *at), bytes + *at + 4, two(bytes + *at + 2)};
    if (length - *at - 4 < extra->length)
        return false;
    *at += 4 + extra->length;
    return true;
}

static bool same_extra(const struct extra *a, const struct extra *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;

    if (a->id != b->id)
        return false;
    if (a->id == EXTRA_TIME)
        return shorter >= 5 && memcmp(a->data, b->data, 5) == 0;
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* Every field of `some` stands among `others` too, and both are whole. */
static bool extras_are_among(const unsigned char *some, size_t length, const unsigned char *others,
                             size_t others_length)
{
    struct extra extra = {0}, other = {0};

    for (size_t at = 0; at < length;) {
        bool found = false;
        if (!next_extra(some, length, &at, &extra))
            return false;
        if (extra.id == EXTRA_NTFS)
            continue;
        for (size_t i = 0; i < others_length && !found;) {
            if (!next_extra(others, others_length, &i, &other))
                return false;
            found = same_extra(&extra, &other);
        }
        if (!found)
            return false;
    }
    return true;
}

/* --- in front of and behind a member ---------------------------------------------------------- */

/* The sizes behind a member that was written in one pass, with or without a signature. */
static bool check_descriptor(const unsigned char *bytes, size_t limit, struct zip_entry *entry)
{
    size_t at = entry->end;

    if (limit - at >= 16 && four(bytes + at) == SIGNATURE_DESCRIPTOR)
        at += 4;
    if (limit - at < 12 || four(bytes + at) != entry->crc ||
        four(bytes + at + 4) != entry->packed || four(bytes + at + 8) != entry->size)
        return false;
    entry->end = at + 12;
    return true;
}

/* With a descriptor the sizes in front are zero, or right. */
static bool same_sizes(const unsigned char *local, const struct zip_entry *entry)
{
    uint32_t crc = four(local + 14), packed = four(local + 18), size = four(local + 22);

    if ((entry->flags & FLAG_DESCRIPTOR) && crc == 0 && packed == 0 && size == 0)
        return true;
    return crc == entry->crc && packed == entry->packed && size == entry->size;
}

static enum status check_local(const unsigned char *bytes, size_t limit, struct zip_entry *entry,
                               struct error *error)
{
    if (entry->offset > limit || limit - entry->offset < LOCAL_BYTES)
        return contradiction(entry, error);
    const unsigned char *local = bytes + entry->offset;
    size_t name = two(local + 26), extra = two(local + 28);
    size_t room = limit - entry->offset - LOCAL_BYTES;

    if (four(local) != SIGNATURE_LOCAL || two(local + 4) != entry->needed ||
        two(local + 6) != entry->flags || two(local + 8) != entry->method ||
        four(local + 10) != entry->stamp || !same_sizes(local, entry) ||
        name != entry->name_length || room < name + extra ||
        memcmp(local + LOCAL_BYTES, entry->name, name) != 0 || room - name - extra < entry->packed)
        return contradiction(entry, error);
    const unsigned char *fields = local + LOCAL_BYTES + name;
    if (!extras_are_among(fields, extra, entry->extra, entry->extra_length) ||
        !extras_are_among(entry->extra, entry->extra_length, fields, extra))
        return contradiction(entry, error);
    entry->content = entry->offset + LOCAL_BYTES + name + extra;
    entry->end = entry->content + entry->packed;
    if ((entry->flags & FLAG_DESCRIPTOR) && !check_descriptor(bytes, limit, entry))
        return contradiction(entry, error);
    return STATUS_OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

static int by_offset(const void *a, const void *b)
{
    size_t left = (*(const struct zip_entry *const *)a)->offset;
    size_t right = (*(const struct zip_entry *const *)b)->offset;

    return (left > right) - (left < right);
}

/* The members, one behind the other, fill the archive up to its directory. */
static enum status check_gaps(const struct zip_layout *layout, size_t directory,
                              struct error *error)
{
    const struct zip_entry **sorted = calloc(layout->count + 1, sizeof *sorted);
    enum status status = STATUS_OK;
    size_t end = 0;

    if (!sorted)
        return error_nomem(error);
    for (size_t i = 0; i < layout->count; i++)
        sorted[i] = &layout->entries[i];
    qsort(sorted, layout->count, sizeof(const struct zip_entry *), by_offset);
    for (size_t i = 0; i < layout->count && status == STATUS_OK; i++) {
        if (sorted[i]->offset != end)
            status = contradiction(sorted[i], error);
        end = sorted[i]->end;
    }
    if (status == STATUS_OK && end != directory)
        status = not_an_archive(error);
    free(sorted);
    return status;
}

/* Where nothing repeats a statement, all members of a kind must agree on it. */
static void find_odd(struct zip_layout *layout)
{
    const struct zip_entry *first_of_method[ZIP_METHOD_DEFLATED + 1] = {NULL};
    const struct zip_entry *first_of_kind[2] = {NULL, NULL};

    for (size_t i = 0; i < layout->count; i++) {
        const struct zip_entry *entry = &layout->entries[i];
        const struct zip_entry **method = &first_of_method[entry->method];
        const struct zip_entry **kind = &first_of_kind[zip_entry_is_directory(entry)];
        *method = *method ? *method : entry;
        *kind = *kind ? *kind : entry;
        if ((*method)->made_by != entry->made_by || (*kind)->external != entry->external)
            layout->odd = entry;
    }
}

static enum status read_directory(const unsigned char *bytes, size_t start, size_t end,
                                  struct zip_layout *layout, size_t count, struct error *error)
{
    size_t at = start, used = 0;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = read_entry(bytes + at, end - at, &layout->entries[i], &used, error);
        if (status == STATUS_OK)
            status = check_local(bytes, start, &layout->entries[i], error);
        at += used;
    }
    layout->count = count;
    if (status == STATUS_OK && at != end)
        status = not_an_archive(error);
    if (status == STATUS_OK)
        status = check_gaps(layout, start, error);
    if (status == STATUS_OK)
        find_odd(layout);
    return status;
}

enum status zip_layout_read(const unsigned char *bytes, size_t length, struct zip_layout *layout,
                            struct error *error)
{
    if (length < END_BYTES)
        return not_an_archive(error);
    size_t end = length - END_BYTES;
    const unsigned char *tail = bytes + end;
    size_t count = two(tail + 10), size = four(tail + 12), start = four(tail + 16);

    if (four(tail) != SIGNATURE_END || two(tail + 4) != 0 || two(tail + 6) != 0 ||
        two(tail + 8) != count || two(tail + 20) != 0 || size > end || start != end - size)
        return not_an_archive(error);
    if (count > ZIP_MEMBERS_MAX)
        return error_set(error, STATUS_TOO_LARGE,
                         _("The archive is refused: it has too many members."));
    struct zip_layout read = {.entries = calloc(count + 1, sizeof *read.entries)};
    if (!read.entries)
        return error_nomem(error);
    enum status status = read_directory(bytes, start, end, &read, count, error);
    if (status == STATUS_OK)
        *layout = read;
    else
        zip_layout_release(&read);
    return status;
}

void zip_layout_release(struct zip_layout *layout)
{
    free(layout->entries);
    *layout = (struct zip_layout){0};
}
