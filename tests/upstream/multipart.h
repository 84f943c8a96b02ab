#ifndef HUILIU_TESTS_UPSTREAM_MULTIPART_H
#define HUILIU_TESTS_UPSTREAM_MULTIPART_H
/*
 * A multipart/related body cut into its parts (RFC 2046, section 5.1). The parts point into the
 * body, which must outlive them.
 */
#include "base/buf.h"

#include <stdbool.h>

#define MULTIPART_PARTS_MAX 32

struct multipart {
    const char *data[MULTIPART_PARTS_MAX];
    size_t lengths[MULTIPART_PARTS_MAX];
    size_t count;
};

bool multipart_split(const struct buf *body, const char *content_type, struct multipart *out);

#endif
