#include "base/arena.h"

#include "base/buf.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16 << 10)

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks;
    bool failed;
};

struct arena *arena_new(void)
{
    return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

bool arena_failed(const struct arena *arena)
{
    return arena->failed;
}

/* A large piece gets a block of its own behind the first, whose room stays in use. */
static struct block *block_with_room(struct arena *arena, size_t size)
{
    struct block *first = arena->blocks;

    if (first && first->size - first->used >= size)
        return first;
    bool large = size > BLOCK_SIZE / 4;
    size_t room = large ? size : BLOCK_SIZE;
    struct block *block = malloc(sizeof *block + room);
    if (!block)
        return NULL;
    struct block **place = large && first ? &first->next : &arena->blocks;
    *block = (struct block){.next = *place, .size = room};
    *place = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = alignof(max_align_t);

    if (arena->failed || size > SIZE_MAX / 4) {
        arena->failed = true;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    struct block *block = block_with_room(arena, size);
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    void *result = block->bytes + block->used;
    block->used += size;
    return memset(result, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

char *arena_strn(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length < SIZE_MAX ? length + 1 : length);

    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_str(struct arena *arena, const char *text)
{
    return text ? arena_strn(arena, text, strlen(text)) : NULL;
}

char *arena_buf(struct arena *arena, const struct buf *buf)
{
    if (buf_failed(buf)) {
        arena->failed = true;
        return NULL;
    }
    return arena_str(arena, buf_text(buf));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;
    char *text = NULL;

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length >= 0)
        text = arena_alloc(arena, (size_t)length + 1);
    else
        arena->failed = true;
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

/* Capacity is not stored: the array doubles whenever the count reaches a power of two. The
 * caller's pointer has a type of its own, hence memcpy(). */
void *arena_push(struct arena *arena, void *items_pointer, size_t *count, size_t size)
{
    char *items;
    bool full = (*count & (*count - 1)) == 0;

    memcpy(&items, items_pointer, sizeof items);
    if (full) {
        char *grown = arena_array(arena, *count ? *count * 2 : 1, size);
        if (!grown)
            return NULL;
        if (*count)
            memcpy(grown, items, *count * size);
        items = grown;
        memcpy(items_pointer, &items, sizeof items);
    }
    return items + size * (*count)++;
}
