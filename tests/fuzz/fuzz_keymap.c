/* Keymap files from anywhere: parsing is bounded, every lookup answers, every problem prints. */
#include "keymaps/keymap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Includes give the input itself back: loops and depth are exercised too. */
struct echo {
    const char *text;
    size_t length;
};

static enum status read_echo(void *data, const char *name, struct buf *out, struct error *error)
{
    const struct echo *echo = data;

    if (name[0] == 'x')
        return error_set(error, STATUS_NOT_FOUND, "not there");
    buf_bytes(out, echo->text, echo->length);
    return STATUS_OK;
}

static void print_all(const struct keymap *map)
{
    struct buf out = {0};
    size_t count;
    const struct problem *problems = keymap_problems(map, &count);

    for (size_t i = 0; i < count; i++)
        keymap_print_problem(&problems[i], &out);
    keymap_describe(map, &out);
    buf_release(&out);
}

static void look_up_all(const struct keymap *map)
{
    for (size_t i = 0; i < keymap_binding_count(map); i++) {
        const struct binding *binding = keymap_binding_at(map, i);
        const struct binding *found = NULL;
        enum keymap_answer answer =
            keymap_lookup(map, binding->context, binding->keys, binding->key_count, &found);
        if (answer == KEYMAP_RUN && found != binding)
            abort();
        if (binding->key_count > 1 && binding->command != COMMAND_NONE &&
            keymap_lookup(map, binding->context, binding->keys, 1, &found) == KEYMAP_NONE)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct echo echo = {(const char *)data, size < 2048 ? size : 2048};
    struct keymap_loader loader = {.read = read_echo, .data = &echo};
    struct keymap *map = NULL;

    if (keymap_parse("fuzz", (const char *)data, size, &loader, &map, NULL) != STATUS_OK)
        return 0;
    print_all(map);
    look_up_all(map);
    keymap_free(map);
    return 0;
}
