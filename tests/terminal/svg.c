/* A screen as an SVG: one rectangle per run of background, one text per run of equal looks. */
#include "base/text.h"
#include "tests/terminal/driver.h"

#include <string.h>

#define CELL_WIDTH  9
#define CELL_HEIGHT 20
#define BASELINE    15
#define MARGIN      12
#define INK         "#d8dee9"
#define PAPER       "#1e222a"

struct look {
    char ink[8], paper[8];
    bool bold, underline;
};

static void hex(const uint8_t rgb[3], char out[8])
{
    snprintf(out, 8, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
}

static struct look look_of(const struct terminal_cell *cell)
{
    struct look look = {.bold = (cell->attributes & TERMINAL_BOLD) != 0,
                        .underline = (cell->attributes & TERMINAL_UNDERLINE) != 0};
    char ink[8] = INK;
    char paper[8] = PAPER;

    if (cell->coloured) {
        bool has_paper = cell->background[0] || cell->background[1] || cell->background[2];
        hex(cell->foreground, ink);
        if (has_paper)
            hex(cell->background, paper);
    }
    bool reverse = (cell->attributes & TERMINAL_REVERSE) != 0;
    memcpy(look.ink, reverse ? paper : ink, sizeof look.ink);
    memcpy(look.paper, reverse ? ink : paper, sizeof look.paper);
    return look;
}

static bool same_look(const struct look *a, const struct look *b)
{
    return strcmp(a->ink, b->ink) == 0 && strcmp(a->paper, b->paper) == 0 && a->bold == b->bold &&
           a->underline == b->underline;
}

static void write_character(uint32_t codepoint, FILE *file)
{
    char bytes[4];

    if (codepoint == '&')
        fputs("&amp;", file);
    else if (codepoint == '<')
        fputs("&lt;", file);
    else
        fwrite(bytes, 1, text_encode(codepoint, bytes), file);
}

static void write_paper(const struct look *look, int row, int from, int to, FILE *file)
{
    if (strcmp(look->paper, PAPER) != 0)
        fprintf(file, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
                MARGIN + from * CELL_WIDTH, MARGIN + row * CELL_HEIGHT, (to - from) * CELL_WIDTH,
                CELL_HEIGHT, look->paper);
}

static bool is_blank(const struct terminal_cell *cell)
{
    return cell->codepoints[0] == 0 || cell->codepoints[0] == ' ';
}

static bool is_narrow(const struct terminal_cell *cell)
{
    return cell->width == 1 && !is_blank(cell);
}

static int word_length(const struct terminal *terminal, int row, int from, int to)
{
    int column = from;

    while (column < to) {
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        if (!is_narrow(&cell))
            break;
        column++;
    }
    return column - from;
}

static void start_word(int column, int cells, FILE *file)
{
    fprintf(file, "<tspan x=\"%d\"", MARGIN + column * CELL_WIDTH);
    if (cells > 1)
        fprintf(file, " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", cells * CELL_WIDTH);
    fputc('>', file);
}

/* Each word of narrow characters has its own x and width, each wide one its own x: fonts differ in
 * how wide they draw, and viewers in what they make of blanks. */
static void write_ink(const struct terminal *terminal, const struct look *look, int row, int from,
                      int to, FILE *file)
{
    bool inside = false;

    fprintf(file, "<text y=\"%d\" fill=\"%s\"%s%s>", MARGIN + row * CELL_HEIGHT + BASELINE,
            look->ink, look->bold ? " font-weight=\"bold\"" : "",
            look->underline ? " text-decoration=\"underline\"" : "");
    for (int column = from; column < to; column++) {
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        if (cell.width == 0)
            continue;
        bool narrow = is_narrow(&cell);
        if (inside && !narrow)
            fputs("</tspan>", file);
        if (!is_blank(&cell)) {
            if (!inside || !narrow)
                start_word(column, narrow ? word_length(terminal, row, column, to) : 1, file);
            write_character(cell.codepoints[0], file);
            if (!narrow)
                fputs("</tspan>", file);
        }
        inside = narrow;
    }
    fputs(inside ? "</tspan></text>\n" : "</text>\n", file);
}

static bool is_blank_run(const struct terminal *terminal, int row, int from, int to)
{
    for (int column = from; column < to; column++)
        if (terminal_cell(terminal, row, column).codepoints[0] != ' ')
            return false;
    return true;
}

static void write_row(const struct terminal *terminal, int row, FILE *file)
{
    for (int from = 0; from < terminal_columns(terminal);) {
        struct terminal_cell cell = terminal_cell(terminal, row, from);
        struct look look = look_of(&cell);
        int to = from + 1;
        for (; to < terminal_columns(terminal); to++) {
            struct terminal_cell next = terminal_cell(terminal, row, to);
            struct look next_look = look_of(&next);
            if (next.width > 0 && !same_look(&look, &next_look))
                break;
        }
        write_paper(&look, row, from, to, file);
        if (look.underline || !is_blank_run(terminal, row, from, to))
            write_ink(terminal, &look, row, from, to, file);
        from = to;
    }
}

void terminal_write_svg(const struct terminal *terminal, FILE *file)
{
    int width = terminal_columns(terminal) * CELL_WIDTH + 2 * MARGIN;
    int height = terminal_rows(terminal) * CELL_HEIGHT + 2 * MARGIN;

    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"'Noto Sans Mono CJK SC','Sarasa Mono SC',"
            "'DejaVu Sans Mono',monospace\" font-size=\"15\">\n"
            "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"" PAPER "\"/>\n",
            width, height, width, height, width, height);
    for (int row = 0; row < terminal_rows(terminal); row++)
        write_row(terminal, row, file);
    fputs("</svg>\n", file);
}
