#include "base/json.h"
#include "tests/unit/base/support.h"

#include "base/text.h"

#include <float.h>

static json_t *parse(const char *text)
{
    struct error error = {0};
    json_t *value = NULL;

    if (json_parse(text, strlen(text), &value, &error) != STATUS_OK)
        fail_msg("%s: %s", text, error.text);
    return value;
}

/* --- Parsing ---------------------------------------------------------------------------------- */

static void refuses_what_is_not_strict_json(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "{",
        "1",
        "\"text\"",
        "null",
        "{\"a\":1}{}",
        "{\"a\":1,}",
        "[1,2",
        "{\"a\":1,\"a\":2}",
        "{\"x\":{\"a\":1,\"\\u0061\":2}}",
        "[\"\\ud800\"]",
        "[\"\xFF\"]",
        "[\"\xC0\xAF\"]",
        "[\"a\nb\"]",
        "[\"\\u0000\"]",
        "{\"\\u0000\":1}",
        "[NaN]",
        "[1e999]",
        "[9223372036854775808]",
        "[01]",
        "// comment\n[]",
        "\xEF\xBB\xBF[]",
        "<html>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = {0};
        json_t *value = NULL;
        assert_int_equal(json_parse(cases[i], strlen(cases[i]), &value, &error), STATUS_INVALID);
        assert_null(value);
        assert_int_equal(error.status, STATUS_INVALID);
        assert_true(strlen(error.text) > 0);
        assert_int_equal(json_parse(cases[i], strlen(cases[i]), &value, NULL), STATUS_INVALID);
    }
}

static void says_where_and_not_what(void **state)
{
    struct error error = {0};
    json_t *value = NULL;
    const char *text = "{\n\"name\": \x1B[31m张三";

    (void)state;
    assert_int_equal(json_parse(text, strlen(text), &value, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "line 2"));
    assert_null(strchr(error.text, '\x1B'));
    assert_null(strstr(error.text, "张三"));
    text = "{\"a\":1,\"a\":2}";
    assert_int_equal(json_parse(text, strlen(text), &value, &error), STATUS_INVALID);
    assert_non_null(strstr(error.text, "twice"));
}

static enum status parse_nested(int depth)
{
    char text[2 * (JSON_DEPTH_MAX + 8)];
    json_t *value = NULL;

    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    enum status status = json_parse(text, (size_t)depth * 2, &value, NULL);
    json_decref(value);
    return status;
}

static void bounds_the_depth(void **state)
{
    json_t *value = NULL;
    const char *brackets = "{\"a\":\"[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"}";

    (void)state;
    assert_int_equal(parse_nested(JSON_DEPTH_MAX), STATUS_OK);
    assert_int_equal(parse_nested(JSON_DEPTH_MAX + 1), STATUS_INVALID);
    assert_int_equal(json_parse(brackets, strlen(brackets), &value, NULL), STATUS_OK);
    json_decref(value);
}

/* "[" then `unit` again and again, ended and padded with blanks to `length`. */
static enum status parse_repeated(const char *unit, size_t count, size_t length)
{
    char *text = malloc(length);
    size_t at = 1;
    json_t *value = NULL;

    assert_non_null(text);
    memset(text, ' ', length);
    text[0] = '[';
    for (size_t i = 0; i < count; i++, at += strlen(unit))
        memcpy(text + at, unit, strlen(unit));
    text[at - 1] = ']';
    enum status status = json_parse(text, length, &value, NULL);
    assert_int_equal(json_array_size(value), status == STATUS_OK ? count : 0);
    json_decref(value);
    free(text);
    return status;
}

static void bounds_the_size(void **state)
{
    (void)state;
    assert_int_equal(parse_repeated("1,", 10, JSON_TEXT_MAX), STATUS_OK);
    assert_int_equal(parse_repeated("1,", 10, JSON_TEXT_MAX + 1), STATUS_TOO_LARGE);
    assert_int_equal(parse_repeated("1,", JSON_VALUES_MAX, JSON_TEXT_MAX), STATUS_OK);
    assert_int_equal(parse_repeated("1,", JSON_VALUES_MAX + 1, JSON_TEXT_MAX), STATUS_TOO_LARGE);
    assert_int_equal(parse_repeated("[],", JSON_VALUES_MAX, JSON_TEXT_MAX), STATUS_TOO_LARGE);
}

/* --- Printing --------------------------------------------------------------------------------- */

static void prints_in_order_of_insertion(void **state)
{
    struct buf out = {0};
    json_t *value = parse("{ \"b\" : [ 1, 2.5, true, null ], \"a\" : \"张\\u001b\" }");

    (void)state;
    assert_int_equal(json_print(value, &out, NULL), STATUS_OK);
    assert_string_equal(buf_text(&out), "{\"b\":[1,2.5,true,null],\"a\":\"张\\u001b\"}");
    buf_release(&out);
    json_decref(value);
}

/* Short, and the same number when it is read again. */
static void prints_real_numbers(void **state)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0.005, "[0.005]"},
        {0.1, "[0.1]"},
        {0.1 + 0.2, "[0.30000000000000004]"},
        {12.0, "[12.0]"},
        {-0.0, "[-0.0]"},
        {1.0 / 3, "[0.3333333333333333]"},
        {1e300, "[1e+300]"},
        {DBL_MIN, "[2.2250738585072014e-308]"},
        {1234.5, "[1234.5]"},
        {DBL_TRUE_MIN, "[4.94065645841247e-324]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = {0};
        json_t *value = json_pack("[f]", cases[i].number);
        json_t *again = NULL;
        assert_int_equal(json_print(value, &out, NULL), STATUS_OK);
        assert_string_equal(buf_text(&out), cases[i].text);
        assert_int_equal(json_parse(out.data, out.length, &again, NULL), STATUS_OK);
        assert_true(json_equal(value, again));
        json_decref(again);
        json_decref(value);
        buf_release(&out);
    }
}

static void printing_is_bounded(void **state)
{
    struct buf out = {0};
    json_t *value = json_integer(1);

    (void)state;
    for (int i = 0; i < 2 * JSON_DEPTH_MAX; i++) {
        assert_int_equal(json_print(value, &out, NULL), STATUS_OK);
        value = json_pack("[o]", value);
    }
    assert_int_equal(json_print(value, &out, NULL), STATUS_OK);
    buf_clear(&out);
    value = json_pack("[o]", value);
    assert_int_equal(json_print(value, &out, NULL), STATUS_INVALID);
    assert_int_equal(json_print(NULL, &out, NULL), STATUS_NOMEM);
    assert_int_equal(out.length, 0);
    buf_release(&out);
    json_decref(value);
}

static void printing_that_fails_leaves_the_buffer(void **state)
{
    struct buf out = {.limit = 10};
    struct error error = {0};
    json_t *value = parse("[\"a long enough text\"]");

    (void)state;
    buf_str(&out, "before");
    assert_int_equal(json_print(value, &out, &error), STATUS_TOO_LARGE);
    assert_string_equal(buf_text(&out), "before");
    buf_clear(&out);
    buf_str(&out, "before");
    assert_int_equal(json_canonical(value, &out, &error), STATUS_TOO_LARGE);
    assert_string_equal(buf_text(&out), "before");
    buf_release(&out);
    json_decref(value);
}

/* --- RFC 8785 --------------------------------------------------------------------------------- */

static void assert_canonical(const char *text, const char *expected)
{
    struct buf out = {0};
    struct error error = {0};
    json_t *value = parse(text);

    if (json_canonical(value, &out, &error) != STATUS_OK)
        fail_msg("%s: %s", text, error.text);
    assert_string_equal(buf_text(&out), expected);
    buf_release(&out);
    json_decref(value);
}

static void canonical_form_is_that_of_rfc_8785(void **state)
{
    (void)state;
    assert_canonical("[]", "[]");
    assert_canonical("{ }", "{}");
    assert_canonical("{\"b\":1,\"a\":{\"d\":[true,false,null],\"c\":-0}}",
                     "{\"a\":{\"c\":0,\"d\":[true,false,null]},\"b\":1}");
    /* Section 3.2.2.2: the shortest escapes, the rest as it is. */
    assert_canonical("[\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"]",
                     "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]");
    assert_canonical("[\"\\b\\f\\n\\r\\t\\u001f\\u007f\\u2028\"]",
                     "[\"\\b\\f\\n\\r\\t\\u001f\x7F\xE2\x80\xA8\"]");
    /* Section 3.2.3: the order of UTF-16 units puts U+1F600 before U+FB33. */
    assert_canonical(
        "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
        "\"\\u0080\":6,\"\\u00f6\":7}",
        "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xEF\xAC\xB3\":3}");
    assert_canonical("{\"\\ue000\":1,\"\\ud83d\\ude00\":2,\"\\udbff\\udfff\":3}",
                     "{\"😀\":2,\"\xF4\x8F\xBF\xBF\":3,\"\xEE\x80\x80\":1}");
    assert_canonical("{\"aa\":1,\"a\":2,\"\":3,\"ab\":4}", "{\"\":3,\"a\":2,\"aa\":1,\"ab\":4}");
    assert_canonical("[9007199254740991,-9007199254740991]",
                     "[9007199254740991,-9007199254740991]");
}

static void canonical_form_refuses_inexact_numbers(void **state)
{
    static const char *const cases[] = {"[1.5]", "[1.0]", "[1E2]", "{\"a\":[9007199254740992]}",
                                        "[-9007199254740992]"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = {0};
        json_t *value = parse(cases[i]);
        assert_int_equal(json_canonical(value, &out, NULL), STATUS_INVALID);
        assert_int_equal(out.length, 0);
        buf_release(&out);
        json_decref(value);
    }
}

static void canonical_form_refuses_depth(void **state)
{
    struct buf out = {0};
    json_t *value = json_array();

    (void)state;
    for (int i = 1; i < JSON_DEPTH_MAX; i++)
        value = json_pack("[o]", value);
    assert_int_equal(json_canonical(value, &out, NULL), STATUS_OK);
    value = json_pack("[[o]]", value);
    assert_int_equal(json_canonical(value, &out, NULL), STATUS_INVALID);
    buf_release(&out);
    json_decref(value);
}

static json_t *random_value(uint64_t *seed, int depth)
{
    uint32_t kind = next_number(seed) % (depth > 0 ? 5 : 3);
    char name[8];

    if (kind == 0)
        return json_integer((json_int_t)next_number(seed) - (1 << 30));
    if (kind == 1)
        return json_sprintf("%c\t%u", (int)(next_number(seed) % 94 + 33), next_number(seed));
    if (kind == 2)
        return json_boolean(next_number(seed) % 2);
    json_t *value = kind == 3 ? json_array() : json_object();
    for (uint32_t i = next_number(seed) % 6; i > 0; i--) {
        json_t *member = random_value(seed, depth - 1);
        name[text_encode(0x20 + next_number(seed) % 0x300, name)] = '\0';
        if (kind == 3)
            json_array_append_new(value, member);
        else
            json_object_set_new(value, name, member);
    }
    return value;
}

/* The same members, put in the other way round. */
static json_t *reversed(json_t *value)
{
    json_t *copy = json_object();
    const char *names[64];
    size_t count = 0;

    for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at))
        names[count++] = json_object_iter_key(at);
    while (count > 0) {
        count--;
        json_object_set(copy, names[count], json_object_get(value, names[count]));
    }
    return copy;
}

static void canonical_form_is_stable(void **state)
{
    uint64_t seed = 8785;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct buf first = {0};
        struct buf second = {0};
        json_t *value =
            json_pack("{so so}", "z", random_value(&seed, 4), "a", random_value(&seed, 4));
        json_t *other = reversed(value);
        assert_int_equal(json_canonical(value, &first, NULL), STATUS_OK);
        assert_int_equal(json_canonical(other, &second, NULL), STATUS_OK);
        assert_string_equal(buf_text(&first), buf_text(&second));
        json_t *again = parse(buf_text(&first));
        assert_true(json_equal(value, again));
        buf_clear(&second);
        assert_int_equal(json_print(again, &second, NULL), STATUS_OK);
        assert_int_equal(first.length, second.length);
        json_decref(again);
        json_decref(other);
        json_decref(value);
        buf_release(&first);
        buf_release(&second);
    }
}

/* --- Members
 * ------------------------------------------------------------------------------------------------
 */

static void members_have_fallbacks(void **state)
{
    json_t *object = parse("{\"t\":\"text\",\"i\":7,\"b\":true,\"n\":null,\"r\":1.0}");

    (void)state;
    assert_string_equal(json_text(object, "t", "none"), "text");
    assert_string_equal(json_text(object, "i", "none"), "none");
    assert_null(json_text(object, "absent", NULL));
    assert_int_equal(json_int(object, "i", -1), 7);
    assert_int_equal(json_int(object, "r", -1), -1);
    assert_int_equal(json_int(object, "n", -1), -1);
    assert_true(json_bool(object, "b", false));
    assert_true(json_bool(object, "n", true));
    assert_false(json_bool(object, "absent", false));
    assert_string_equal(json_text(NULL, "t", "none"), "none");
    json_decref(object);
}

static void building_is_sticky(void **state)
{
    struct buf out = {0};
    json_t *object = json_object();
    json_t *array = json_array();
    bool ok = true;

    (void)state;
    json_put_text(object, "name", "张三", &ok);
    json_put_text(object, "none", NULL, &ok);
    json_add(array, json_integer(1), &ok);
    json_put(object, "list", array, &ok);
    assert_true(ok);
    assert_int_equal(json_print(object, &out, NULL), STATUS_OK);
    assert_string_equal(buf_text(&out), "{\"name\":\"张三\",\"none\":null,\"list\":[1]}");
    json_put_text(object, "bad", "\xFF", &ok);
    assert_false(ok);
    json_put(object, "late", json_integer(2), &ok);
    json_put_text(object, "later", "x", &ok);
    json_add(array, json_integer(3), &ok);
    assert_false(ok);
    assert_int_equal(json_object_size(object), 3);
    assert_int_equal(json_array_size(array), 1);
    ok = true;
    json_add(array, NULL, &ok);
    assert_false(ok);
    buf_release(&out);
    json_decref(object);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_strict_json),
        cmocka_unit_test(says_where_and_not_what),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(bounds_the_size),
        cmocka_unit_test(prints_in_order_of_insertion),
        cmocka_unit_test(prints_real_numbers),
        cmocka_unit_test(printing_is_bounded),
        cmocka_unit_test(printing_that_fails_leaves_the_buffer),
        cmocka_unit_test(canonical_form_is_that_of_rfc_8785),
        cmocka_unit_test(canonical_form_refuses_inexact_numbers),
        cmocka_unit_test(canonical_form_refuses_depth),
        cmocka_unit_test(canonical_form_is_stable),
        cmocka_unit_test(members_have_fallbacks),
        cmocka_unit_test(building_is_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
