#ifndef HUILIU_TESTS_OFD_PACK_H
#define HUILIU_TESTS_OFD_PACK_H
/* A zip writer for tests that writes whatever it is told, good or bad: members are stored, not
 * deflated, the directory and the members can be made to disagree. */
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define PACK_FILES_MAX 32

struct pack_file {
    char name[256];
    struct buf data;
};

struct pack {
    struct pack_file files[PACK_FILES_MAX];
    size_t count;
    bool old_names; /* says nothing about the character set of the names */
};

/* The file of that name, made when there is none. */
struct buf *pack_file(struct pack *pack, const char *name);
void pack_rename(struct pack *pack, const char *from, const char *to);
void pack_release(struct pack *pack);
void pack_write(const struct pack *pack, struct buf *out);

/* One member and the directory of an archive being written by hand. */
struct pack_writer {
    struct buf *out;
    struct buf directory;
    unsigned count;
    bool old_names;
};
void pack_member(struct pack_writer *writer, const char *name, size_t name_length, const void *data,
                 size_t length);
void pack_finish(struct pack_writer *writer);

#endif
