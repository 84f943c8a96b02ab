#include "tests/terminal/chinese.h"

#include "base/i18n.h"
#include "base/text.h"
#include "tests/cli/run.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CUT_MARK   '~'
#define PHRASE_MAX 128

void chinese_start(void)
{
    static char folder[4096]; /* gettext keeps the pointer */
    struct error error = {0};
    const char *program = program_path("huiliu");

    (void)snprintf(folder, sizeof folder, "%.*s/locale", (int)(strrchr(program, '/') - program),
                   program);
    if (i18n_start("zh_CN", folder, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    if (strcmp(_("Quit"), "Quit") == 0)
        fail_msg("no translations in %s", folder);
}

static void fail_on(struct terminal *terminal, const char *page, int row, const char *what)
{
    char *screen = terminal_dump(terminal);

    print_error("%s, row %d: %s\n%s\n", page, row, what, screen);
    free(screen);
    fail();
}

/* --- cells ----------------------------------------------------------------------------------- */

static bool is_blank(const struct terminal *terminal, int row, int column)
{
    if (column < 0 || column >= terminal_columns(terminal))
        return true;
    struct terminal_cell cell = terminal_cell(terminal, row, column);
    return cell.width == 1 && (cell.codepoints[0] == 0 || cell.codepoints[0] == ' ');
}

/* Cells the text takes when it stands at the column; 0 when it does not. */
static int matches(const struct terminal *terminal, int row, int column, const char *text)
{
    size_t length = strlen(text), used = 0;
    int start = column;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(text + at, length - at, &used);
        if (column >= terminal_columns(terminal))
            return 0;
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        if (cell.codepoints[0] != codepoint && !(codepoint == ' ' && cell.codepoints[0] == 0))
            return 0;
        column += cell.width;
    }
    return column - start;
}

static int find_cell(const struct terminal *terminal, int row, const char *text)
{
    for (int column = 0; column < terminal_columns(terminal); column++)
        if (matches(terminal, row, column, text) > 0)
            return column;
    return -1;
}

int chinese_cell(struct terminal *terminal, int row, const char *text)
{
    int column = find_cell(terminal, row, text);

    if (column < 0)
        fail_on(terminal, text, row, "is not here");
    return column;
}

int chinese_row(struct terminal *terminal, const char *text)
{
    int row = terminal_find(terminal, text);

    if (row < 0)
        fail_on(terminal, text, row, "is on no row");
    return row;
}

/* --- rows and headings ----------------------------------------------------------------------- */

void chinese_rows_are_whole(struct terminal *terminal, const char *page)
{
    int columns = terminal_columns(terminal);

    for (int row = 0; row < terminal_rows(terminal); row++) {
        char *text = terminal_row(terminal, row);
        if (text_width(text) > columns)
            fail_on(terminal, page, row, "too wide");
        free(text);
        for (int column = 0; column < columns;) {
            int width = terminal_cell(terminal, row, column).width;
            if (width < 1 || column + width > columns)
                fail_on(terminal, page, row, "half a character");
            column += width;
        }
    }
}

static bool same_colour(const uint8_t a[3], const uint8_t b[3])
{
    return memcmp(a, b, 3) == 0;
}

/* A heading has the background of the title bar. */
static bool is_heading(const struct terminal *terminal, int row)
{
    struct terminal_cell bar = terminal_cell(terminal, 0, 0);

    assert_true(bar.coloured);
    for (int column = 0; column < terminal_columns(terminal); column++) {
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        if (cell.coloured && same_colour(cell.background, bar.background))
            return true;
    }
    return false;
}

void chinese_headings_are_whole(struct terminal *terminal, const char *page)
{
    int footer = terminal_rows(terminal) - 1;

    for (int row = 0; row <= footer; row++) {
        if (row != footer && !is_heading(terminal, row))
            continue;
        char *text = terminal_row(terminal, row);
        if (strchr(text, CUT_MARK))
            fail_on(terminal, page, row, "cut");
        if (row == footer && !*text)
            fail_on(terminal, page, row, "no keys are named");
        free(text);
    }
}

/* --- English --------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || c == '\'';
}

/* What is written like this in Chinese too. */
static bool is_name(const char *word, size_t length)
{
    static const char *const names[] = {"Alt",    "Ctrl", "Del",   "Down",  "End", "Enter",
                                        "Esc",    "Home", "Ins",   "Left",  "Tab", "PgDn",
                                        "Right",  "PgUp", "Shift", "Space", "Up",  "Huiliu",
                                        "huiliu", "OFD",  "PDF",   "GB",    "MiB", "JSON"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
            return true;
    return false;
}

/* Words of one blank between them; *words of them are no names. */
static size_t take_phrase(const char *at, int *words, bool *capital)
{
    size_t length = 0;

    *words = 0;
    *capital = false;
    for (;;) {
        size_t word = 0;
        while (is_letter(at[length + word]))
            word++;
        if (word == 0)
            return length > 0 ? length - 1 : 0;
        if (!is_name(at + length, word)) {
            (*words)++;
            *capital |= word > 1 && isupper((unsigned char)at[length]) &&
                        islower((unsigned char)at[length + 1]);
        }
        length += word;
        if (at[length] != ' ')
            return length;
        length++;
    }
}

static bool has_translation(const char *phrase, size_t length)
{
    char text[PHRASE_MAX];

    (void)snprintf(text, sizeof text, "%.*s", (int)length, phrase);
    return strcmp(_(text), text) != 0;
}

/* Part of an id (a-b, a_b, 1-a3) or of a number. */
static bool is_joined(const char *row, const char *at, size_t length)
{
    char before = at > row ? at[-1] : ' ';
    char after = at[length];

    return isdigit((unsigned char)before) || isdigit((unsigned char)after) || before == '-' ||
           after == '-' || before == '_' || after == '_';
}

static const char *find_english(const char *row, bool has_ids, size_t *found)
{
    for (const char *at = row; *at;) {
        int words;
        bool capital;
        size_t length = take_phrase(at, &words, &capital);
        bool english = words > 1 || capital || (!has_ids && has_translation(at, length));
        if (length > 0 && words > 0 && english && !is_joined(row, at, length)) {
            *found = length;
            return at;
        }
        at += length > 0 ? length : 1;
    }
    return NULL;
}

void chinese_has_no_english(struct terminal *terminal, const char *page, bool has_ids)
{
    for (int row = 0; row < terminal_rows(terminal); row++) {
        char *text = terminal_row(terminal, row);
        size_t length;
        const char *english = find_english(text, has_ids, &length);
        if (english) {
            char what[PHRASE_MAX + 16];
            (void)snprintf(what, sizeof what, "English: %.*s", (int)length, english);
            fail_on(terminal, page, row, what);
        }
        free(text);
    }
}

void chinese_check(struct terminal *terminal, const char *page, bool has_ids)
{
    chinese_rows_are_whole(terminal, page);
    chinese_headings_are_whole(terminal, page);
    chinese_has_no_english(terminal, page, has_ids);
}

/* --- columns of lists ------------------------------------------------------------------------ */

void chinese_begins(struct terminal *terminal, const char *page, int first, int rows, int cell)
{
    for (int row = first; row < first + rows; row++)
        if (is_blank(terminal, row, cell) || !is_blank(terminal, row, cell - 1))
            fail_on(terminal, page, row, "nothing begins where the column begins");
}

void chinese_ends_below(struct terminal *terminal, const char *page, const char *heading, int rows)
{
    int top = chinese_row(terminal, heading);
    int start = chinese_cell(terminal, top, heading);
    int end = start + matches(terminal, top, start, heading);

    for (int row = top + 1; row <= top + rows; row++)
        if (is_blank(terminal, row, end - 1) || !is_blank(terminal, row, end))
            fail_on(terminal, page, row, "nothing ends where the heading ends");
}

void chinese_in_line(struct terminal *terminal, const char *page, int first, int rows,
                     const char *text)
{
    int cell = chinese_cell(terminal, first, text);

    for (int row = first + 1; row < first + rows; row++)
        if (chinese_cell(terminal, row, text) != cell)
            fail_on(terminal, page, row, text);
}
