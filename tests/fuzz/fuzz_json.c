/*
 * Any bytes: json_parse() accepts or refuses them with a sentence, and what it accepts prints and
 * comes back equal. The canonical form, where there is one, is a fixed point.
 */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static json_t *parse_again(const struct buf *text)
{
    json_t *value = NULL;

    require(json_parse(buf_text(text), text->length, &value, NULL) == STATUS_OK);
    return value;
}

static void require_print_comes_back(const json_t *value)
{
    struct buf text = {0};

    require(json_print(value, &text, NULL) == STATUS_OK);
    json_t *again = parse_again(&text);
    require(json_equal(value, again));
    json_decref(again);
    buf_release(&text);
}

static void require_canonical_is_fixed(const json_t *value)
{
    struct buf once = {0};
    struct buf twice = {0};
    struct error error = {0};

    if (json_canonical(value, &once, &error) != STATUS_OK) {
        require(error.status == STATUS_INVALID && once.length == 0);
        buf_release(&once);
        return;
    }
    json_t *again = parse_again(&once);
    require(json_equal(value, again));
    require(json_canonical(again, &twice, NULL) == STATUS_OK);
    require(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    json_decref(again);
    buf_release(&once);
    buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    json_t *value = NULL;

    if (json_parse((const char *)data, size, &value, &error) != STATUS_OK) {
        require(value == NULL && error.status != STATUS_OK && error.text[0] != '\0');
        return 0;
    }
    require_print_comes_back(value);
    require_canonical_is_fixed(value);
    json_decref(value);
    return 0;
}
