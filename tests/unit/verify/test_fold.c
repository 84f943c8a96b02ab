#include "base/text.h"
#include "tests/unit/verify/support.h"
#include "verify/digest.h"
#include "verify/fold.h"

static void equal_names_are_equal(void **state)
{
    static const char *const pairs[][2] = {
        {"张三", "张三"},
        {"张 三", "张三"},
        {"张\u3000三", " 张三 "},
        {"买买提·吐尔逊", "买买提•吐尔逊"},
        {"买买提·吐尔逊", "买买提・吐尔逊"},
        {"买买提·吐尔逊", "买买提‧吐尔逊"},
        {"买买提·吐尔逊", "买买提．吐尔逊"},
        {"买买提·吐尔逊", "买买提.吐尔逊"},
        {"买买提·吐尔逊", "买买提 \uff65 吐尔逊"},
        {"John Smith", "ＪＯＨＮ　ＳＭＩＴＨ"},
        {"西乡（深圳）有限公司", "西乡(深圳)有限公司"},
        {"张\u200b三", "张三"},
        {"葛\U000e0100", "葛"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        assert_true_for(pairs[i][0], name_equal(pairs[i][0], pairs[i][1]));
        assert_true_for(pairs[i][0], name_equal(pairs[i][1], pairs[i][0]));
    }
}

static void different_names_are_different(void **state)
{
    static const char *const pairs[][2] = {
        {"张三", "张四"}, {"张三", "张三三"}, {"买买提·吐尔逊", "买买提吐尔逊"}, {"", ""},
        {" ", " "},       {"\xff", "\xff"},   {"张三\xe5", "张三\xe5"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        assert_true_for(pairs[i][0], !name_equal(pairs[i][0], pairs[i][1]));
}

static void long_input_is_refused(void **state)
{
    char text[FOLD_INPUT_MAX + 2], out[2 * sizeof text];

    (void)state;
    memset(text, '7', sizeof text);
    text[FOLD_INPUT_MAX] = '\0';
    assert_true(fold_code(text, out, sizeof out));
    assert_int_equal(strlen(out), FOLD_INPUT_MAX);
    assert_false(fold_code(text, out, FOLD_INPUT_MAX));
    assert_string_equal(out, "");
    assert_true(fold_code(text, out, FOLD_INPUT_MAX + 1));
    text[FOLD_INPUT_MAX] = '7';
    text[FOLD_INPUT_MAX + 1] = '\0';
    assert_false(fold_code(text, out, sizeof out));
    assert_false(name_equal(text, text));
}

static void codes_are_printable_ascii(void **state)
{
    char out[32];

    (void)state;
    assert_true(fold_code(" ａ\u20141\u3002x ", out, sizeof out));
    assert_string_equal(out, "A-1.X");
    assert_false(fold_code("1\x1b[0m", out, sizeof out));
    assert_false(fold_code("1\x7f", out, sizeof out));
    assert_false(fold_code("一", out, sizeof out));
    assert_string_equal(out, "");
}

/* At any size, a cut keeps whole characters and is the longest that does. */
static void a_cut_keeps_whole_characters(void **state)
{
    static const char text[] = "a张é\U00020000三b";
    char out[sizeof text];

    (void)state;
    for (size_t size = 1; size <= sizeof text; size++) {
        fold_copy(out, size, text);
        size_t length = strlen(out);
        assert_true(length < size && text_is_valid(out, length));
        assert_memory_equal(out, text, length);
        size_t used;
        text_decode(text + length, sizeof text - length, &used);
        assert_true(length == sizeof text - 1 || length + used >= size);
    }
}

static void findings_keep_the_worst(void **state)
{
    struct findings findings = {0};

    (void)state;
    assert_int_equal(findings_worst(&findings), FINDING_NOTE);
    for (size_t i = 0; i < FINDINGS_MAX; i++)
        findings_add(&findings, FINDING_WARNING, "test.warning", "%zu", i);
    findings_add(&findings, FINDING_NOTE, "test.note", "dropped");
    assert_null(findings_find(&findings, "test.note"));
    findings_add(&findings, FINDING_ERROR, "test.error", "kept");
    assert_string_equal(findings_find(&findings, "test.error")->text, "kept");
    assert_int_equal(findings.count, FINDINGS_MAX);
    assert_int_equal(findings_worst(&findings), FINDING_ERROR);
    assert_int_equal(findings_count(&findings, FINDING_WARNING), FINDINGS_MAX - 1);
}

static void a_long_finding_is_cut_at_a_character(void **state)
{
    char text[3 * FINDING_TEXT_MAX + 1] = "";
    struct findings findings = {0};

    (void)state;
    for (size_t i = 0; i < FINDING_TEXT_MAX; i++)
        memcpy(text + 3 * i, "张", 4);
    findings_add(&findings, FINDING_NOTE, "test.long", "%s", text);
    size_t length = strlen(findings.items[0].text);
    assert_int_equal(length, (FINDING_TEXT_MAX - 1) / 3 * 3);
    assert_true(text_is_valid(findings.items[0].text, length));
}

/* FIPS 180-4 examples. */
static void sha256_is_the_standards(void **state)
{
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    char out[SHA256_HEX_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(sha256_hex(rows[i].text, strlen(rows[i].text), out, NULL), STATUS_OK);
        assert_string_equal(out, rows[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_names_are_equal),
        cmocka_unit_test(different_names_are_different),
        cmocka_unit_test(long_input_is_refused),
        cmocka_unit_test(codes_are_printable_ascii),
        cmocka_unit_test(a_cut_keeps_whole_characters),
        cmocka_unit_test(findings_keep_the_worst),
        cmocka_unit_test(a_long_finding_is_cut_at_a_character),
        cmocka_unit_test(sha256_is_the_standards),
    };

    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
