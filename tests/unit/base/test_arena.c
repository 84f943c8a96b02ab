#include "base/arena.h"
#include "tests/unit/base/support.h"

#include <stdalign.h>

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    static unsigned char *pieces[2000];
    static size_t sizes[2000];
    struct arena *arena = arena_new();
    uint64_t seed = 1;

    (void)state;
    assert_non_null(arena);
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        sizes[i] = next_number(&seed) % (i % 50 ? 200 : 40000) + 1;
        pieces[i] = arena_alloc(arena, sizes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t at = 0; at < sizes[i]; at++)
            assert_int_equal(pieces[i][at], 0);
        memset(pieces[i], (int)i & 0xFF, sizes[i]);
    }
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        assert_int_equal(pieces[i][0], i & 0xFF);
        assert_int_equal(pieces[i][sizes[i] - 1], i & 0xFF);
    }
    assert_false(arena_failed(arena));
    arena_free(arena);
    arena_free(NULL);
}

static void copies_text(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_string_equal(arena_str(arena, "张三"), "张三");
    assert_null(arena_str(arena, NULL));
    assert_string_equal(arena_strn(arena, "张三", 3), "张");
    assert_string_equal(arena_strn(arena, NULL, 0), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_false(arena_failed(arena));
    arena_free(arena);
}

static void failure_stays(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_null(arena_array(arena, SIZE_MAX / 2, 3));
    assert_true(arena_failed(arena));
    assert_null(arena_alloc(arena, 1));
    assert_null(arena_str(arena, "x"));
    arena_free(arena);
    arena = arena_new();
    assert_null(arena_strn(arena, "x", SIZE_MAX));
    assert_true(arena_failed(arena));
    arena_free(arena);
}

struct item {
    int number;
    char *name;
};

static void arrays_grow(void **state)
{
    struct arena *arena = arena_new();
    struct item *items = NULL;
    size_t count = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct item *item = arena_push(arena, &items, &count, sizeof *item);
        assert_non_null(item);
        assert_int_equal(item->number, 0);
        assert_null(item->name);
        item->number = i;
        item->name = arena_printf(arena, "%d", i);
    }
    assert_int_equal(count, 5000);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(items[i].number, i);
        assert_int_equal(atoi(items[i].name), i);
    }
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(copies_text),
        cmocka_unit_test(failure_stays),
        cmocka_unit_test(arrays_grow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
