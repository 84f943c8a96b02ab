#include "base/text.h"
#include "tests/unit/base/support.h"

#include <locale.h>
#include <wchar.h>

/* --- UTF-8 ------------------------------------------------------------------------------------ */

static void decodes_well_formed_sequences(void **state)
{
    static const struct {
        const char *text;
        uint32_t codepoint;
    } cases[] = {
        {"A", 'A'},
        {"\x7F", 0x7F},
        {"\xC2\x80", 0x80},
        {"\xDF\xBF", 0x7FF},
        {"\xE0\xA0\x80", 0x800},
        {"\xE5\xBC\xA0", 0x5F20},
        {"\xED\x9F\xBF", 0xD7FF},
        {"\xEE\x80\x80", 0xE000},
        {"\xEF\xBF\xBF", 0xFFFF},
        {"\xF0\x90\x80\x80", 0x10000},
        {"\xF4\x8F\xBF\xBF", 0x10FFFF},
    };
    size_t used;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t length = strlen(cases[i].text);
        assert_int_equal(text_decode(cases[i].text, length, &used), cases[i].codepoint);
        assert_int_equal(used, length);
        assert_int_equal(text_decode(cases[i].text, length - 1, &used), TEXT_BAD);
        assert_int_equal(used, length > 1);
    }
}

static void refuses_ill_formed_sequences(void **state)
{
    static const char *const cases[] = {
        "\x80",             /* continuation alone */
        "\xC0\xAF",         /* overlong '/' */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* surrogate */
        "\xED\xBF\xBF",     /* surrogate */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xE5\xBC",         /* cut off */
        "\xE5\x28\xA0",     /* second byte wrong */
        "\xF0\x9F\x98\x28", /* fourth byte wrong */
    };
    size_t used;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(text_decode(cases[i], strlen(cases[i]), &used), TEXT_BAD);
        assert_int_equal(used, 1);
        assert_false(text_is_valid(cases[i], strlen(cases[i])));
    }
}

static void encodes_what_it_decodes(void **state)
{
    char bytes[4];
    size_t used;

    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        size_t length = text_encode(c, bytes);
        if (c >= 0xD800 && c <= 0xDFFF) {
            assert_int_equal(length, 0);
            continue;
        }
        if (text_decode(bytes, length, &used) != c || used != length)
            fail_msg("U+%04X does not come back", c);
    }
    assert_int_equal(text_encode(0x110000, bytes), 0);
    assert_int_equal(text_encode(TEXT_BAD, bytes), 0);
}

static void counts_code_points(void **state)
{
    (void)state;
    assert_int_equal(text_length(""), 0);
    assert_int_equal(text_length("张三a"), 3);
    assert_int_equal(text_length("\xE5\xBC张"), 3);
    assert_true(text_is_valid("张\0三", 7));
}

/* --- Width ------------------------------------------------------------------------------------ */

static void knows_widths(void **state)
{
    static const struct {
        uint32_t codepoint;
        int width;
    } cases[] = {
        {'a', 1},       {0x4E2D, 2},    {0xFF21, 2},   {0x3000, 2},   {0xFF71, 1},   {0xB7, 1},
        {0x2502, 1},    {0x2026, 1},    {0x301, 0},    {0x20E3, 0},   {0x20000, 2},  {0x2A6E0, 2},
        {0x30000, 2},   {0x31350, 2},   {0x323AF, 2},  {0x2EBF0, 2},  {0x3FFFD, 2},  {0x4DC0, 2},
        {0x3248, 2},    {0xAC00, 2},    {0x1161, 0},   {0x1F600, 2},  {0x3013, 2},   {0x25A1, 1},
        {0x1B, -1},     {0x7F, -1},     {0x9B, -1},    {0x200B, -1},  {0x200D, -1},  {0x202E, -1},
        {0x2066, -1},   {0x61C, -1},    {0xFEFF, -1},  {0xFE0F, -1},  {0xE0041, -1}, {0xE0100, -1},
        {0xAD, -1},     {0x3164, -1},   {0x2028, -1},  {0xE000, -1},  {0xF0000, -1}, {0x378, -1},
        {0xFFFF, -1},   {0xD800, -1},   {0x1FFFE, -1}, {0x2FFFE, -1}, {0x3FFFF, -1}, {0x1F3FB, -1},
        {TEXT_BAD, -1}, {0x110000, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (text_codepoint_width(cases[i].codepoint) != cases[i].width)
            fail_msg("U+%04X: width %d", cases[i].codepoint,
                     text_codepoint_width(cases[i].codepoint));
    assert_int_equal(text_width("张三 a\xCC\x81"), 6);
    assert_int_equal(text_width("a\nb"), 2);
}

/* --- The door --------------------------------------------------------------------------------- */

static void assert_shown(const char *raw, size_t length, const char *expected)
{
    struct buf out = {0};

    text_show(&out, raw, length);
    assert_false(buf_failed(&out));
    assert_string_equal(buf_text(&out), expected);
    buf_release(&out);
}

static void shows_everything_safely(void **state)
{
    static const struct {
        const char *raw, *shown;
    } cases[] = {
        {"", ""},
        {"张三 1990-01-01", "张三 1990-01-01"},
        {"\x1B]0;title\x07", "^[]0;title^G"},
        {"\x1B[2J", "^[[2J"},
        {"\x7F", "^?"},
        {"\xC2\x9B[31m", "<9B>[31m"},
        {"\xC2\x9D", "<9D>"},
        {"\x9B", "\\x9B"},
        {"a\xFF\xFE", "a\\xFF\\xFE"},
        {"a\nb\rc\td", "a↵b␍c␉d"},
        {"a\r\nb", "a↵b"},
        {"张\xE2\x80\xAE三", "张□三"},      /* U+202E */
        {"\xE2\x81\xA7x", "□x"},            /* U+2067 */
        {"王\xE2\x80\x8B五", "王□五"},      /* U+200B */
        {"\xEF\xBB\xBF王", "□王"},          /* U+FEFF */
        {"\xF3\xA0\x81\x81", "□"},          /* TAG A */
        {"葛\xF3\xA0\x84\x80", "葛□"},      /* U+E0100 */
        {"\xE2\x9D\xA4\xEF\xB8\x8F", "❤□"}, /* U+FE0F */
        {"e\xCC\x81\xCC\x82", "e\xCC\x81\xCC\x82"},
        {"e\xCC\x81\xCC\x82\xCC\x83\xCC\x84z", "e\xCC\x81\xCC\x82□□z"},
        {"\xCC\x81z", "□z"},    /* nothing to combine with */
        {"\xEE\x80\x80", "〓"}, /* private use */
        {"\xCD\xB8", "〓"},     /* unassigned */
        {"\xE2\x80\xA8", "□"},  /* line separator */
        {"\x0E\x0F", "^N^O"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_shown(cases[i].raw, strlen(cases[i].raw), cases[i].shown);
    assert_shown("a\0b", 3, "a^@b");
}

static void keeps_lines_apart(void **state)
{
    struct buf out = {0};
    const char *raw = "一\r\n二\n\xCC\x81三\r四";

    (void)state;
    text_show_lines(&out, raw, strlen(raw));
    assert_string_equal(buf_text(&out), "一\n二\n□三␍四");
    buf_release(&out);
}

static void respects_the_limit_of_the_buffer(void **state)
{
    struct buf out = {.limit = 5};

    (void)state;
    text_show(&out, "张三李四", strlen("张三李四"));
    assert_true(buf_failed(&out));
    assert_true(text_is_valid(buf_text(&out), out.length));
    buf_release(&out);
}

static bool is_forbidden(uint32_t c)
{
    return c == TEXT_BAD || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0xFEFF ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) ||
           (c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0xE000 && c <= 0xF8FF);
}

static void assert_harmless(const struct buf *shown, bool lines)
{
    size_t used;
    int marks = 99;

    for (size_t at = 0; at < shown->length; at += used) {
        uint32_t c = text_decode(shown->data + at, shown->length - at, &used);
        if (lines && c == '\n') {
            marks = 99;
            continue;
        }
        if (is_forbidden(c))
            fail_msg("U+%04X came through", c);
        int width = text_codepoint_width(c);
        assert_in_range(width, 0, 2);
        marks = width == 0 ? marks + 1 : 0;
        assert_in_range(marks, 0, 2);
    }
}

/* Bytes at random, and code points at random from the parts of Unicode that make trouble. */
static void append_random(struct buf *raw, uint64_t *seed)
{
    static const uint32_t starts[] = {0,       0x20,    0x80,    0x300,   0x600,   0x1100, 0x2000,
                                      0x2060,  0x3000,  0x4E00,  0xE000,  0xFE00,  0xFEF0, 0x1F3F0,
                                      0x20000, 0x31300, 0xE0000, 0xE0100, 0x10FFF0};
    uint32_t start = starts[next_number(seed) % COUNT_OF(starts)];

    if (next_number(seed) % 4 == 0)
        buf_char(raw, (char)next_number(seed));
    else
        buf_codepoint(raw, start + next_number(seed) % 0x40);
}

static void assert_shown_is_harmless(const struct buf *raw, bool lines)
{
    void (*show)(struct buf *, const char *, size_t) = lines ? text_show_lines : text_show;
    struct buf once = {0};
    struct buf twice = {0};

    show(&once, buf_text(raw), raw->length);
    assert_false(buf_failed(&once));
    assert_harmless(&once, lines);
    show(&twice, buf_text(&once), once.length);
    assert_string_equal(buf_text(&once), buf_text(&twice));
    buf_release(&once);
    buf_release(&twice);
}

static void shows_random_input_safely(void **state)
{
    uint64_t seed = 20260314;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct buf raw = {0};
        uint32_t pieces = next_number(&seed) % 24;
        for (uint32_t i = 0; i < pieces; i++)
            append_random(&raw, &seed);
        assert_shown_is_harmless(&raw, false);
        assert_shown_is_harmless(&raw, true);
        buf_release(&raw);
    }
}

/* curses advances by wcwidth(): what we show must have the width we say, code point by code point.
 * A multibyte locale turns U+31350 into U+3013 where the C library does not know it. */
static void agrees_with_the_c_library(void **state)
{
    wchar_t wide[16];

    (void)state;
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        struct buf raw = {0};
        struct buf shown = {0};
        buf_str(&raw, "a");
        buf_codepoint(&raw, c);
        text_show(&shown, buf_text(&raw), raw.length);
        size_t length = mbstowcs(wide, buf_text(&shown), COUNT_OF(wide));
        if (wcswidth(wide, length) != text_width(buf_text(&shown)))
            fail_msg("U+%04X: %d cells, not %d", c, wcswidth(wide, length),
                     text_width(buf_text(&shown)));
        buf_release(&raw);
        buf_release(&shown);
    }
    if (wcwidth(0x31350) < 0)
        assert_shown("\xF0\xB1\x8D\x90", 4, "〓");
    assert_non_null(setlocale(LC_ALL, "C"));
    assert_shown("\xF0\xB1\x8D\x90", 4, "\xF0\xB1\x8D\x90");
}

/* --- Fitting ---------------------------------------------------------------------------------- */

static void fits_whole_characters(void **state)
{
    static const struct {
        const char *text;
        int cells;
        size_t bytes;
        int width;
    } cases[] = {
        {"", 5, 0, 0},
        {"abc", 2, 2, 2},
        {"abc", 9, 3, 3},
        {"张三", 3, 3, 2},
        {"张三", 4, 6, 4},
        {"张三", 1, 0, 0},
        {"张三", 0, 0, 0},
        {"张三", -1, 0, 0},
        {"e\xCC\x81z", 1, 3, 1},
        {"张\xCC\x81z", 2, 5, 2},
        {"a张\xCC\x81", 2, 1, 1},
    };
    int width;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(text_fit(cases[i].text, cases[i].cells, &width), cases[i].bytes);
        assert_int_equal(width, cases[i].width);
        assert_int_equal(text_fit(cases[i].text, cases[i].cells, NULL), cases[i].bytes);
    }
}

static void assert_fits_well(const struct buf *shown)
{
    int whole = text_width(buf_text(shown));
    size_t used;

    for (int cells = 0; cells <= whole + 1; cells++) {
        int width = -1;
        size_t bytes = text_fit(buf_text(shown), cells, &width);
        assert_true(text_is_valid(buf_text(shown), bytes));
        assert_in_range(width, 0, cells);
        if (bytes == shown->length) {
            assert_int_equal(width, whole);
            continue;
        }
        uint32_t next = text_decode(shown->data + bytes, shown->length - bytes, &used);
        assert_true(text_codepoint_width(next) > cells - width);
        assert_true(text_codepoint_width(next) > 0);
    }
}

static void never_cuts_a_cluster(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct buf raw = {0};
        struct buf shown = {0};
        for (uint32_t i = next_number(&seed) % 20; i > 0; i--)
            append_random(&raw, &seed);
        text_show(&shown, buf_text(&raw), raw.length);
        assert_fits_well(&shown);
        buf_release(&raw);
        buf_release(&shown);
    }
}

/* --- Folding and trimming --------------------------------------------------------------------- */

static void folds_full_width(void **state)
{
    struct buf out = {0};
    const char *text = "ＡＢ　１２３－．～张三・\xFF";

    (void)state;
    text_fold_width(&out, text, strlen(text));
    assert_string_equal(buf_text(&out), "AB 123-.~张三・\xFF");
    buf_release(&out);
}

static void folds_input_method_keys(void **state)
{
    static const struct {
        uint32_t from;
        char to;
    } cases[] = {
        {0xFF4D, 'm'}, {0x3000, ' '}, {0x3001, '/'}, {0x3002, '.'},  {0xFF0C, ','},  {0xFF1B, ';'},
        {0xFF1A, ':'}, {0xFF1F, '?'}, {0xFF01, '!'}, {0x3010, '['},  {0x3011, ']'},  {0x300A, '<'},
        {0x300B, '>'}, {0x201C, '"'}, {0x201D, '"'}, {0x2018, '\''}, {0x2019, '\''}, {0xFFE5, '$'},
        {0x2026, '^'}, {0x2014, '_'}, {0xB7, '`'},   {'m', 'm'},     {0xFF5E, '~'},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(text_fold_key(cases[i].from), cases[i].to);
    assert_int_equal(text_fold_key(0x5F20), 0x5F20);
    assert_int_equal(text_fold_key(0xFF5F), 0xFF5F);
}

static void recognises_ideographs(void **state)
{
    static const uint32_t han[] = {0x4E00,  0x9FFF,  0x3400,  0x3007,  0x3005, 0xF900,
                                   0x20000, 0x2EBF0, 0x30000, 0x31350, 0x323AF};
    static const uint32_t other[] = {'a',    0x3042, 0x30A2,  0xAC00,
                                     0x3001, 0xFF21, 0x1F600, TEXT_BAD};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(han); i++)
        assert_true(text_is_han(han[i]));
    for (size_t i = 0; i < COUNT_OF(other); i++)
        assert_false(text_is_han(other[i]));
}

static void trims_both_ends(void **state)
{
    static const struct {
        const char *text, *trimmed;
    } cases[] = {
        {"", ""},           {" \t\r\n　", ""}, {"张三", "张三"}, {"　 张 　三\n　", "张 　三"},
        {" \xFF ", "\xFF"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *start = NULL;
        size_t length = text_trim(cases[i].text, strlen(cases[i].text), &start);
        assert_int_equal(length, strlen(cases[i].trimmed));
        assert_memory_equal(start, cases[i].trimmed, length);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_well_formed_sequences),
        cmocka_unit_test(refuses_ill_formed_sequences),
        cmocka_unit_test(encodes_what_it_decodes),
        cmocka_unit_test(counts_code_points),
        cmocka_unit_test(knows_widths),
        cmocka_unit_test(shows_everything_safely),
        cmocka_unit_test(keeps_lines_apart),
        cmocka_unit_test(respects_the_limit_of_the_buffer),
        cmocka_unit_test(shows_random_input_safely),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(fits_whole_characters),
        cmocka_unit_test(never_cuts_a_cluster),
        cmocka_unit_test(folds_full_width),
        cmocka_unit_test(folds_input_method_keys),
        cmocka_unit_test(recognises_ideographs),
        cmocka_unit_test(trims_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
