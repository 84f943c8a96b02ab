#ifndef HUILIU_VERIFY_PACKING_H
#define HUILIU_VERIFY_PACKING_H
/*
 * Was a member of an archive changed after it had been packed? Signatures and checksums cover what
 * a member unpacks to, but DEFLATE has several ways of saying the same (a match may point to any
 * place with the same text), so that a byte of the packed form can change and nothing else does.
 *
 * zlib, which most programs pack with, always says it in one way, whatever the size of the pieces
 * it is fed: the same content packed once more, with the same settings, gives the same bytes. So
 * when most members of an archive are to the byte what zlib makes of their content, and another one
 * differs from that in a few bytes only, somebody changed these. Of archives that another program
 * packed (7-Zip, libdeflate, Chromium's zlib ...) nothing can be said: hardly a member of theirs
 * comes out alike, and none is named.
 *
 *     size_t changed;
 *     status = packing_find_changed(members, count, &changed, &error);
 *     if (status == STATUS_OK && changed < count)
 *         ... members[changed] was changed ...
 *
 * The work is bounded (PACKING_WORK_MAX), the smallest members come first; what is not reached is
 * not named. Thread-safe.
 */
#include "verify/inflate.h"

#include <stddef.h>

/* Unpacked bytes packed once more, all tries together; the slow levels count eightfold. About half
 * a second for ordinary content, ten for content made to be slow. */
#define PACKING_WORK_MAX ((size_t)16 << 20)

/* The index of the member, or `count` when none is named. STATUS_NOMEM. */
enum status packing_find_changed(const struct deflated *members, size_t count, size_t *changed,
                                 struct error *error) MUST_CHECK;

#endif
