/* SQLite's files on the disk of disk.h. */
#include "tests/fault/disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

struct file {
    sqlite3_file base;
    struct disk_file *known; /* NULL: not in the directory, or kept in memory only */
    sqlite3_file *real;      /* follows in the same block */
};

static struct file *of(sqlite3_file *file)
{
    return (struct file *)file;
}

static int failure(int code, int otherwise)
{
    return code == ENOSPC ? SQLITE_FULL : otherwise;
}

static int close_file(sqlite3_file *file)
{
    sqlite3_file *real = of(file)->real;

    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *out, int length, sqlite3_int64 offset)
{
    return of(file)->real->pMethods->xRead(of(file)->real, out, length, offset);
}

static int write_file(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = of(file)->real;
    sqlite3_int64 size = 0;

    if (of(file)->known) {
        real->pMethods->xFileSize(real, &size);
        int code = disk_gate_write(offset + length > size);
        if (code != 0)
            return failure(code, SQLITE_IOERR_WRITE);
        disk_note_write(of(file)->known, data, (size_t)length, offset);
    }
    return real->pMethods->xWrite(real, data, length, offset);
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 length)
{
    sqlite3_file *real = of(file)->real;

    if (of(file)->known) {
        if (disk_gate() != 0)
            return SQLITE_IOERR_TRUNCATE;
        disk_note_length(of(file)->known, length);
    }
    return real->pMethods->xTruncate(real, length);
}

static int sync_file(sqlite3_file *file, int flags)
{
    (void)flags;
    if (of(file)->known && disk_sync(of(file)->known) != 0)
        return SQLITE_IOERR_FSYNC;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return of(file)->real->pMethods->xFileSize(of(file)->real, size);
}

static int lock(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xLock(of(file)->real, level);
}

static int unlock(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xUnlock(of(file)->real, level);
}

static int check_lock(sqlite3_file *file, int *held)
{
    return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, held);
}

/* SIZE_HINT and CHUNK_SIZE would let the system change the file behind our back. */
static int control(sqlite3_file *file, int what, void *argument)
{
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_OK;
    return of(file)->real->pMethods->xFileControl(of(file)->real, what, argument);
}

static int sector_size(sqlite3_file *file)
{
    return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

static int characteristics(sqlite3_file *file)
{
    return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return of(file)->real->pMethods->xShmMap(of(file)->real, page, size, extend, out);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return of(file)->real->pMethods->xShmLock(of(file)->real, offset, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    of(file)->real->pMethods->xShmBarrier(of(file)->real);
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    return of(file)->real->pMethods->xShmUnmap(of(file)->real, remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static sqlite3_vfs *below(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static bool is_there(const char *path)
{
    struct stat facts;

    return stat(path, &facts) == 0;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    struct file *opened = of(file);
    bool mine = path && disk_is_mine(path);

    memset(opened, 0, sizeof *opened);
    opened->real = (sqlite3_file *)(opened + 1);
    if (mine && !is_there(path) && (flags & SQLITE_OPEN_CREATE) && disk_gate() != 0)
        return SQLITE_CANTOPEN;
    int code = below(vfs)->xOpen(below(vfs), path, opened->real, flags, out);
    if (code == SQLITE_OK && mine)
        opened->known = disk_file_at(path);
    if (opened->real->pMethods)
        opened->base.pMethods = &methods;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync)
{
    struct stat facts = {0};
    bool mine = disk_is_mine(path) && stat(path, &facts) == 0;

    if (mine && disk_gate() != 0)
        return SQLITE_IOERR_DELETE;
    int code = below(vfs)->xDelete(below(vfs), path, 0);
    if (code != SQLITE_OK || !mine)
        return code;
    disk_note_removed(path, facts.st_size);
    return sync && disk_sync_names() != 0 ? SQLITE_IOERR_DIR_FSYNC : SQLITE_OK;
}

void disk_register_vfs(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);

    if (vfs.zName)
        return;
    vfs = *real;
    vfs.zName = "disk";
    vfs.pNext = NULL;
    vfs.pAppData = real;
    vfs.szOsFile = (int)sizeof(struct file) + real->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    sqlite3_vfs_register(&vfs, 1);
}
