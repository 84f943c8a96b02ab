#include "tests/unit/verify/support.h"

#include "verify/base64url.h"
#include "verify/qr_numeric.h"

static void expect(const char *text, const char *decoded)
{
    struct buf out = {0};
    struct error error = {0};
    enum status status = qr_numeric_decode(text, strlen(text), &out, &error);

    if (decoded) {
        assert_int_equal(status, STATUS_OK);
        assert_string_equal(buf_text(&out), decoded);
    } else {
        if (status != STATUS_INVALID || !error.text[0])
            fail_msg("%s: %s", text, status_name(status));
        assert_int_equal(out.length, 0);
    }
    buf_release(&out);
}

/* "eyJ" is 101-45, 121-45, 74-45. */
static void pairs_become_characters(void **state)
{
    (void)state;
    expect("shc:/567629", "eyJ");
    expect("shc:/567629\r\n", "eyJ");
    expect("shc:/0001035077", "-.0_z"); /* the ends of the alphabet */
}

static void what_is_damaged_is_refused(void **state)
{
    static const char *const texts[] = {
        "shc:/",
        "shc:/5",
        "shc:/56762",
        "shc:/56762x",
        "shc:/5678",
        "shc:/5699",
        "shc:/5602",
        "shc:/56 76",
        "SHC:/5676",
        "shc:5676",
        "hc1:/5676",
        "shc:/5676shc:/",
        "shc:/-1",
        "shc:/0/1/56",
        "shc:/2/1/56",
        "shc:/1/17/5",
        "shc:/1/2",
        "shc:/1//56",
        "",
        "shc:/56.76",
        "shc:/1/2/56 shc:/1/2/76",
        "shc:/1/2/56",
        "shc:/1/2/56 shc:/2/3/76",
        "shc:/5676 shc:/29",
        "shc:/111/222/5676",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect(texts[i], NULL);
}

/* Nearly a code of ours: to be told as a damaged one, and not looked up as a record. */
static void what_is_nearly_one(void **state)
{
    static const struct {
        const char *text;
        bool damaged;
    } rows[] = {
        {"SHC:/56762909524320603460", true},
        {"shc://5676290952432060346029", false},
        {"shc:567629095243206034602924374044603122295953265460346029254077", true},
        {"shc:56762909524320603460292437404460312229595326546034602925407", false},
        {"place:4403060170010002000300040005", false}, /* a record */
        {"person:990106199003077635", false},
        {"shc:/567629095243206034602924", false}, /* ours, as the one with two slashes */
        {"0012345678901234567890", false},
        {"shc:", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (qr_numeric_is_damaged(rows[i].text, strlen(rows[i].text)) != rows[i].damaged)
            fail_msg("%s", rows[i].text);
}

static void an_error_names_the_place(void **state)
{
    struct buf out = {0};
    struct error error = {0};

    (void)state;
    assert_int_equal(qr_numeric_decode("shc:/5676x9", 11, &out, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "10"));
    assert_int_equal(qr_numeric_decode("shc:/567699", 11, &out, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "character 10: 99"));
    assert_int_equal(qr_numeric_decode("shc:/3/2/56", 11, &out, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "part 3 of 2"));
    assert_int_equal(qr_numeric_decode("shc:/1/3/56shc:/2/3/76", 22, &out, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "part 3 is missing"));
}

static void parts_come_in_any_order(void **state)
{
    (void)state;
    expect("shc:/1/3/56\nshc:/2/3/76\nshc:/3/3/29", "eyJ");
    expect("shc:/3/3/29 shc:/1/3/56 shc:/2/3/76", "eyJ");
    expect("shc:/1/1/567629", "eyJ");
    expect("shc:/3/3/29shc:/1/3/56shc:/2/3/76", "eyJ"); /* a scanner that sends nothing between */
    expect("shc:/1/2/56shc:/1/2/56shc:/2/2/7629", "eyJ");
    assert_true(qr_numeric_continues("shc:/1/3/56", "shc:/3/3/29"));
    assert_true(qr_numeric_continues("shc:/1/3/56 shc:/3/3/29", "shc:/2/3/76"));
    assert_false(qr_numeric_continues("shc:/1/3/56", "shc:/1/3/56"));
    assert_false(qr_numeric_continues("shc:/1/3/56", "shc:/2/2/56"));
    assert_false(qr_numeric_continues("shc:/1/2/56 shc:/2/2/76", "shc:/1/2/56"));
    assert_false(qr_numeric_continues("shc:/567629", "shc:/567629"));
    assert_false(qr_numeric_continues("330106199001010018", "shc:/1/2/56"));
    assert_false(qr_numeric_continues("shc:/1/2/56", "eyJ.x.y"));
}

static void one_text_for_one_byte_string(void **state)
{
    static const char *const wrong[] = {"A", "QQ==", "QR", "QUJDRA=", "QU JD", "Q+==", "/w", "QUJ"};
    struct buf out = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_true_for(wrong[i], !base64url_decode(wrong[i], strlen(wrong[i]), &out));
    assert_int_equal(out.length, 0);
    for (size_t length = 0; length < 40; length++) {
        unsigned char bytes[40], back[40];
        struct buf text = {0};
        size_t used = 0;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (unsigned char)(i * 37 + length * 11);
        base64url_encode(bytes, length, &text);
        assert_true(base64url_decode_into(buf_text(&text), text.length, back, 40, &used));
        assert_int_equal(used, length);
        assert_memory_equal(back, bytes, length);
        assert_true(length == 0 ||
                    !base64url_decode_into(buf_text(&text), text.length, back, length - 1, &used));
        buf_clear(&out);
        assert_true(base64url_decode(buf_text(&text), text.length, &out));
        assert_int_equal(out.length, length);
        buf_release(&text);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_become_characters), cmocka_unit_test(what_is_damaged_is_refused),
        cmocka_unit_test(what_is_nearly_one),      cmocka_unit_test(an_error_names_the_place),
        cmocka_unit_test(parts_come_in_any_order), cmocka_unit_test(one_text_for_one_byte_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
