#ifndef HUILIU_TESTS_FAULT_DISK_H
#define HUILIU_TESTS_FAULT_DISK_H
/*
 * A disk that loses power, fills up or breaks.
 *
 * The program under test writes to real files in one directory: SQLite through the VFS of
 * disk_vfs.c, our own code through the system calls that disk_calls.c takes the place of at link
 * time. What was written and not synced is remembered. disk_lose_power() then leaves in the
 * directory what a disk might hold after a power cut: of each file what was synced, and of each
 * write since then all, nothing, or some of its 512-byte sectors; of the names made, changed and
 * removed since the directory was synced, some number of the first. Syncing a file also keeps the
 * names given before, as journalling file systems do.
 *
 *     disk_attach(directory, &chance);      // what is there now is on the disk
 *     disk_fail(DISK_POWER, 17);            // at the 17th operation the power goes
 *     … the program works, and fails …
 *     disk_lose_power();                    // after everything has been closed
 *     disk_heal();
 *     … the program must be right again …
 *     disk_detach();
 *
 * One disk at a time, one thread.
 */
#include "tests/fault/chance.h"

#include <stddef.h>
#include <sys/types.h>

enum disk_failure {
    DISK_SOUND,
    DISK_POWER,     /* from then on everything fails: the program is as good as dead */
    DISK_IO_ONCE,   /* that operation fails with EIO, the next ones work */
    DISK_IO_STAYS,  /* so do all after it */
    DISK_SYNC_ONCE, /* the first sync from there on fails; what it should have written is lost to
                       the next power cut, though later syncs succeed, as with Linux */
    DISK_FULL,      /* no file can grow until one of a megabyte or more is removed */
};

void disk_attach(const char *directory, struct chance *chance);
void disk_detach(void);
/* From the `after`th operation on that changes something; counts anew. */
void disk_fail(enum disk_failure failure, long after);
void disk_heal(void);
bool disk_has_failed(void); /* the failure has struck */
long disk_operations(void); /* since disk_fail() or disk_attach() */
void disk_lose_power(void);

/* --- for disk_vfs.c and disk_calls.c ---------------------------------------------------------- */

struct disk_file;

bool disk_is_mine(const char *path);
/* Before anything that changes the disk: 0, or the errno to fail with. */
int disk_gate(void);
/* The same for a write; `grows`: the file would become longer. */
int disk_gate_write(bool grows);
/* The same for a sync; when it says 0 the caller reports success without asking the real disk. */
int disk_sync(struct disk_file *file);
int disk_sync_names(void);

/* The file behind a name, made known when it is new; NULL when it is not in the directory. */
struct disk_file *disk_file_at(const char *path);
void disk_note_write(struct disk_file *file, const void *data, size_t length, off_t offset);
void disk_note_length(struct disk_file *file, off_t length);
void disk_note_name(const char *path, struct disk_file *file); /* created or linked */
void disk_note_removed(const char *path, off_t length);
void disk_note_renamed(const char *from, const char *to);

/* Makes the VFS known to SQLite as the standard one. */
void disk_register_vfs(void);

#endif
