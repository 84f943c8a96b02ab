#include "tests/unit/verify/signer.h"

#include "verify/inflate.h"

static enum status inflated(const struct buf *data, size_t length, struct buf *out)
{
    struct error error = {0};
    enum status status = inflate_raw(data->data, length, out, &error);

    assert_true(status == STATUS_OK || error.text[0]);
    return status;
}

static void what_was_deflated_comes_back(void **state)
{
    struct buf text = {0}, packed = {0}, out = {0};

    (void)state;
    for (int i = 0; i < 2000; i++)
        buf_printf(&text, "%d,", i * i);
    pack_raw(text.data, text.length, &packed);
    buf_str(&out, "before:");
    assert_int_equal(inflated(&packed, packed.length, &out), STATUS_OK);
    assert_memory_equal(out.data, "before:", 7);
    assert_int_equal(out.length, text.length + 7);
    assert_memory_equal(out.data + 7, text.data, text.length);
    buf_release(&text);
    buf_release(&packed);
    buf_release(&out);
}

/* Cut anywhere, or with a byte behind it, it is no whole stream. */
static void the_stream_ends_where_the_data_ends(void **state)
{
    struct buf packed = {0}, out = {0};

    (void)state;
    pack_raw("{\"iss\":\"https://example.org\"}", 29, &packed);
    for (size_t length = 0; length < packed.length; length++)
        assert_int_not_equal(inflated(&packed, length, &out), STATUS_OK);
    assert_int_equal(inflated(&packed, packed.length, &out), STATUS_OK);
    buf_char(&packed, '\0');
    buf_clear(&out);
    assert_int_equal(inflated(&packed, packed.length, &out), STATUS_INVALID);
    assert_int_equal(out.length, 0);
    buf_release(&packed);
    buf_release(&out);
}

static void plain_text_and_zlib_headers_are_refused(void **state)
{
    unsigned char packed[256];
    uLongf size = sizeof packed;
    struct buf out = {0};

    (void)state;
    assert_int_equal(compress(packed, &size, (const Bytef *)"{\"iss\":1}", 9), Z_OK);
    assert_int_equal(inflate_raw(packed, size, &out, NULL), STATUS_INVALID);
    assert_int_equal(inflate_raw("{\"iss\":1}", 9, &out, NULL), STATUS_INVALID);
    buf_release(&out);
}

static void bombs_are_refused(void **state)
{
    static const size_t sizes[] = {INFLATE_SIZE_MAX + 1, (size_t)64 << 20};
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct buf packed = {0};
        char *zeros = calloc(sizes[i], 1);
        assert_non_null(zeros);
        pack_raw(zeros, sizes[i], &packed);
        assert_int_equal(inflated(&packed, packed.length, &out), STATUS_TOO_LARGE);
        assert_int_equal(out.length, 0);
        free(zeros);
        buf_release(&packed);
    }
}

/* Under the size limit, but a hundred times more than it says. */
static void the_ratio_is_limited(void **state)
{
    char zeros[100 << 10] = {0};
    struct buf packed = {0}, out = {0};

    (void)state;
    pack_raw(zeros, sizeof zeros, &packed);
    assert_true(packed.length * INFLATE_RATIO_MAX < sizeof zeros);
    assert_int_equal(inflated(&packed, packed.length, &out), STATUS_TOO_LARGE);
    buf_release(&packed);
    pack_raw(zeros, INFLATE_FREE_SIZE, &packed); /* too little to mind */
    assert_int_equal(inflated(&packed, packed.length, &out), STATUS_OK);
    buf_release(&packed);
    buf_release(&out);
}

/* One stored block, then an empty one that ends the stream; bits 3 to 7 of both only fill up. */
static void filling_is_zero(void **state)
{
    unsigned char stored[] = {0x00, 1, 0, 0xfe, 0xff, 'x', 0x01, 0, 0, 0xff, 0xff};
    unsigned char fixed[] = {0x03, 0x00}; /* ten bits: an empty block */

    (void)state;
    assert_true(deflate_fills_with_zeros(stored, sizeof stored));
    stored[0] = 0x08;
    assert_false(deflate_fills_with_zeros(stored, sizeof stored));
    stored[0] = 0;
    stored[6] = 0x81;
    assert_false(deflate_fills_with_zeros(stored, sizeof stored));
    assert_true(deflate_fills_with_zeros(fixed, sizeof fixed));
    fixed[1] = 0x04;
    assert_false(deflate_fills_with_zeros(fixed, sizeof fixed));
    assert_false(deflate_fills_with_zeros(fixed, 1)); /* not whole */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_is_zero),
        cmocka_unit_test(what_was_deflated_comes_back),
        cmocka_unit_test(the_stream_ends_where_the_data_ends),
        cmocka_unit_test(plain_text_and_zlib_headers_are_refused),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(the_ratio_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
