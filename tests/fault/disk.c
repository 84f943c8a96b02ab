#include "tests/fault/disk.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR      ((size_t)512)
#define FILES_MAX   512
#define NAMES_MAX   256
#define BALLAST_MIN ((off_t)1 << 20)

/* The reserve for a full disk (db/ballast.h) holds nothing: it is left out of the account. */

/* The calls of this file go to the real system. */
int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __real_unlink(const char *path);
ssize_t __real_write(int fd, const void *data, size_t length);

struct change {
    off_t offset;
    size_t length;
    unsigned char *data; /* NULL: the file gets the length `offset` */
};

struct disk_file {
    struct buf durable;
    struct change *changes;
    size_t change_count;
    bool doomed; /* a sync failed: the changes before it will never reach the disk */
};

enum name_change { NAME_GIVEN, NAME_REMOVED };

struct name {
    char text[NAME_MAX + 1];
    struct disk_file *file;
};

struct rename_step {
    enum name_change what;
    struct name name;
    bool with_next; /* the first half of a rename: both happen or none */
};

static struct {
    char directory[PATH_MAX];
    struct chance *chance;
    struct disk_file *files[FILES_MAX];
    size_t file_count;
    struct name now[NAMES_MAX], durable[NAMES_MAX];
    size_t now_count, durable_count;
    struct rename_step *steps;
    size_t step_count;
    enum disk_failure failure;
    long after, operations;
    bool struck, freed, attached;
} disk;

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "disk: %s: %s\n", what, strerror(errno));
    abort();
}

/* --- names ------------------------------------------------------------------------------------ */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool disk_is_mine(const char *path)
{
    size_t length = strlen(disk.directory);

    return disk.attached && strncmp(path, disk.directory, length) == 0 && path[length] == '/' &&
           !strchr(path + length + 1, '/');
}

static struct name *find(struct name *names, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].text, text) == 0)
            return &names[i];
    return NULL;
}

static void give(struct name *names, size_t *count, const struct name *name)
{
    struct name *found = find(names, *count, name->text);

    check(found || *count < NAMES_MAX, "too many names");
    if (!found)
        found = &names[(*count)++];
    *found = *name;
}

static void take(struct name *names, size_t *count, const char *text)
{
    struct name *found = find(names, *count, text);

    if (found)
        *found = names[--*count];
}

static void apply_step(const struct rename_step *step, struct name *names, size_t *count)
{
    if (step->what == NAME_GIVEN)
        give(names, count, &step->name);
    else
        take(names, count, step->name.text);
}

static void add_step(enum name_change what, const char *path, struct disk_file *file,
                     bool with_next)
{
    struct rename_step *grown = realloc(disk.steps, (disk.step_count + 1) * sizeof *disk.steps);

    check(grown != NULL, "memory");
    disk.steps = grown;
    struct rename_step *step = &disk.steps[disk.step_count++];
    *step = (struct rename_step){.what = what, .name = {.file = file}, .with_next = with_next};
    snprintf(step->name.text, sizeof step->name.text, "%s", base_name(path));
    apply_step(step, disk.now, &disk.now_count);
}

static void settle_steps(size_t count)
{
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        apply_step(&disk.steps[i], disk.durable, &disk.durable_count);
    memmove(disk.steps, disk.steps + count, (disk.step_count - count) * sizeof *disk.steps);
    disk.step_count -= count;
}

/* --- files ------------------------------------------------------------------------------------ */

static struct disk_file *new_file(void)
{
    struct disk_file *file = calloc(1, sizeof *file);

    check(file && disk.file_count < FILES_MAX, "too many files");
    disk.files[disk.file_count++] = file;
    return file;
}

struct disk_file *disk_file_at(const char *path)
{
    if (!disk_is_mine(path))
        return NULL;
    struct name *name = find(disk.now, disk.now_count, base_name(path));
    if (name)
        return name->file;
    struct disk_file *file = new_file();
    disk_note_name(path, file);
    return file;
}

static void add_change(struct disk_file *file, const struct change *change)
{
    struct change *grown = realloc(file->changes, (file->change_count + 1) * sizeof *grown);

    check(grown != NULL, "memory");
    file->changes = grown;
    file->changes[file->change_count++] = *change;
}

void disk_note_write(struct disk_file *file, const void *data, size_t length, off_t offset)
{
    struct change change = {offset, length, malloc(length ? length : 1)};

    check(change.data != NULL, "memory");
    memcpy(change.data, data, length);
    add_change(file, &change);
}

void disk_note_length(struct disk_file *file, off_t length)
{
    add_change(file, &(struct change){.offset = length});
}

void disk_note_name(const char *path, struct disk_file *file)
{
    add_step(NAME_GIVEN, path, file, false);
}

void disk_note_removed(const char *path, off_t length)
{
    add_step(NAME_REMOVED, path, NULL, false);
    if (length >= BALLAST_MIN)
        disk.freed = true;
}

void disk_note_renamed(const char *from, const char *to)
{
    struct disk_file *file = disk_file_at(from);

    add_step(NAME_REMOVED, from, NULL, true);
    add_step(NAME_GIVEN, to, file, false);
}

static void set_length(struct buf *content, size_t length)
{
    if (length < content->length) {
        content->length = length;
        return;
    }
    while (content->length < length)
        buf_char(content, '\0');
}

static void put_bytes(struct buf *content, const struct change *change, size_t from, size_t length)
{
    if (length == 0)
        return;
    if (content->length < (size_t)change->offset + from + length)
        set_length(content, (size_t)change->offset + from + length);
    memcpy(content->data + change->offset + from, change->data + from, length);
}

static void apply_whole(struct buf *content, const struct change *change)
{
    if (change->data)
        put_bytes(content, change, 0, change->length);
    else
        set_length(content, (size_t)change->offset);
}

/* Some sectors reach the disk and some do not; the file may have become longer all the same. */
static void apply_torn(struct buf *content, const struct change *change)
{
    if (!change->data)
        return;
    if (chance_one_in(disk.chance, 4) && content->length < (size_t)change->offset + change->length)
        set_length(content, (size_t)change->offset + change->length);
    for (size_t at = 0; at < change->length;) {
        size_t rest = SECTOR - ((size_t)change->offset + at) % SECTOR;
        size_t part = change->length - at < rest ? change->length - at : rest;
        if (chance_one_in(disk.chance, 2))
            put_bytes(content, change, at, part);
        at += part;
    }
}

static void forget_changes(struct disk_file *file)
{
    for (size_t i = 0; i < file->change_count; i++)
        free(file->changes[i].data);
    free(file->changes);
    file->changes = NULL;
    file->change_count = 0;
}

static void make_durable(struct disk_file *file)
{
    for (size_t i = 0; i < file->change_count; i++)
        apply_whole(&file->durable, &file->changes[i]);
    check(!buf_failed(&file->durable), "memory");
    forget_changes(file);
}

/* --- failing ---------------------------------------------------------------------------------- */

static int strike(int code)
{
    disk.struck = true;
    errno = code;
    return code;
}

static bool is_time(void)
{
    return ++disk.operations >= disk.after;
}

int disk_gate(void)
{
    if (!disk.attached || disk.failure == DISK_SOUND)
        return 0;
    bool time = is_time();
    if (disk.failure == DISK_FULL || disk.failure == DISK_SYNC_ONCE || !time)
        return 0;
    if (disk.failure == DISK_IO_ONCE && disk.struck)
        return 0;
    return strike(EIO);
}

int disk_gate_write(bool grows)
{
    int code = disk_gate();

    if (code == 0 && disk.failure == DISK_FULL && disk.operations >= disk.after && grows &&
        !disk.freed)
        return strike(ENOSPC);
    return code;
}

/* Linux marks the pages clean although they never reached the disk. */
static int fail_sync(struct disk_file *file)
{
    if (file && chance_one_in(disk.chance, 2))
        forget_changes(file);
    return strike(EIO);
}

int disk_sync(struct disk_file *file)
{
    int code = disk_gate();

    if (code != 0)
        return code;
    if (disk.failure == DISK_SYNC_ONCE && disk.operations >= disk.after && !disk.struck)
        return fail_sync(file);
    make_durable(file);
    for (size_t i = disk.step_count; i > 0; i--)
        if (disk.steps[i - 1].what == NAME_GIVEN && disk.steps[i - 1].name.file == file) {
            settle_steps(i);
            break;
        }
    return 0;
}

int disk_sync_names(void)
{
    int code = disk_gate();

    if (code != 0)
        return code;
    if (disk.failure == DISK_SYNC_ONCE && disk.operations >= disk.after && !disk.struck)
        return fail_sync(NULL);
    settle_steps(disk.step_count);
    return 0;
}

void disk_fail(enum disk_failure failure, long after)
{
    disk.failure = failure;
    disk.after = after;
    disk.operations = 0;
    disk.struck = false;
    disk.freed = false;
}

void disk_heal(void)
{
    disk.failure = DISK_SOUND;
}

bool disk_has_failed(void)
{
    return disk.struck;
}

long disk_operations(void)
{
    return disk.operations;
}

/* --- the power cut ---------------------------------------------------------------------------- */

static void survive(struct disk_file *file)
{
    for (size_t i = 0; i < file->change_count; i++) {
        uint64_t fate = chance_below(disk.chance, 3);
        if (fate == 0)
            apply_whole(&file->durable, &file->changes[i]);
        else if (fate == 1)
            apply_torn(&file->durable, &file->changes[i]);
    }
    check(!buf_failed(&file->durable), "memory");
    forget_changes(file);
}

static void path_of(const char *name, char path[PATH_MAX])
{
    check(snprintf(path, PATH_MAX, "%s/%s", disk.directory, name) < PATH_MAX, "path");
}

static void write_out(const struct name *name)
{
    char path[PATH_MAX];

    path_of(name->text, path);
    int fd = __real_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(fd >= 0, path);
    const struct buf *content = &name->file->durable;
    for (size_t done = 0; done < content->length;) {
        ssize_t written = __real_write(fd, content->data + done, content->length - done);
        check(written > 0, path);
        done += (size_t)written;
    }
    __real_close(fd);
}

static bool is_kept_by_nobody(const char *name)
{
    size_t length = strlen(name);

    return length > 4 && strcmp(name + length - 4, "-shm") == 0;
}

static void remove_all(void)
{
    struct dirent *entry;
    DIR *listing = opendir(disk.directory);

    check(listing != NULL, disk.directory);
    while ((entry = readdir(listing)) != NULL) {
        char path[PATH_MAX];
        path_of(entry->d_name, path);
        if (is_kept_by_nobody(entry->d_name) || find(disk.now, disk.now_count, entry->d_name))
            __real_unlink(path);
    }
    closedir(listing);
}

void disk_lose_power(void)
{
    size_t kept = chance_below(disk.chance, disk.step_count + 1);

    if (kept > 0 && disk.steps[kept - 1].with_next)
        kept++;
    remove_all();
    settle_steps(kept);
    disk.step_count = 0;
    for (size_t i = 0; i < disk.file_count; i++)
        survive(disk.files[i]);
    for (size_t i = 0; i < disk.durable_count; i++)
        write_out(&disk.durable[i]);
    memcpy(disk.now, disk.durable, sizeof disk.now);
    disk.now_count = disk.durable_count;
}

/* --- attaching -------------------------------------------------------------------------------- */

static void load(const char *name)
{
    char path[PATH_MAX];
    char bytes[65536];
    ssize_t got;
    struct name known = {.file = new_file()};

    path_of(name, path);
    int fd = __real_open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0, path);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        buf_bytes(&known.file->durable, bytes, (size_t)got);
    check(got == 0 && !buf_failed(&known.file->durable), path);
    __real_close(fd);
    snprintf(known.text, sizeof known.text, "%s", name);
    give(disk.now, &disk.now_count, &known);
    give(disk.durable, &disk.durable_count, &known);
}

void disk_attach(const char *directory, struct chance *chance)
{
    struct dirent *entry;

    check(!disk.attached, "attached twice");
    snprintf(disk.directory, sizeof disk.directory, "%s", directory);
    disk.chance = chance;
    DIR *listing = opendir(directory);
    check(listing != NULL, directory);
    while ((entry = readdir(listing)) != NULL)
        if (entry->d_name[0] != '.' && !is_kept_by_nobody(entry->d_name) &&
            strcmp(entry->d_name, "ballast") != 0)
            load(entry->d_name);
    closedir(listing);
    disk.attached = true;
    disk_fail(DISK_SOUND, 0);
}

void disk_detach(void)
{
    for (size_t i = 0; i < disk.file_count; i++) {
        forget_changes(disk.files[i]);
        buf_release(&disk.files[i]->durable);
        free(disk.files[i]);
    }
    free(disk.steps);
    memset(&disk, 0, sizeof disk);
}
