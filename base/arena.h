#ifndef HUILIU_BASE_ARENA_H
#define HUILIU_BASE_ARENA_H
/*
 * Memory that is freed all at once: a search result or a person's file owns one arena, and every
 * string in it lives exactly as long. Allocation returns NULL when memory runs out and then
 * arena_failed() stays true, so a builder may check once at the end (NULL strings are tolerated
 * by arena_str). Not thread-safe; an arena may be handed from one thread to another.
 */
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
bool arena_failed(const struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* Zeroed array; NULL when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_str(struct arena *arena, const char *text); /* copy; NULL in, NULL out */
char *arena_strn(struct arena *arena, const char *text, size_t length);
/* Copy of what was gathered; NULL, and the arena failed, when it could not be gathered whole. */
char *arena_buf(struct arena *arena, const struct buf *buf);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends one zeroed element to a growing array kept in the arena and returns it.
 * Start with *items = NULL, *count = 0. Earlier element pointers may move. */
void *arena_push(struct arena *arena, void *items_pointer, size_t *count, size_t size);

#endif
