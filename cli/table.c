#include "cli/table.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2 /* blanks between columns */

struct table {
    size_t columns;
    struct arena *arena;
    const char **cells;
    size_t count;
};

struct table *table_new(size_t columns)
{
    struct table *table = calloc(1, sizeof *table);

    if (!table || columns == 0 || columns > TABLE_COLUMNS_MAX) {
        free(table);
        return NULL;
    }
    table->columns = columns;
    table->arena = arena_new();
    if (!table->arena) {
        free(table);
        return NULL;
    }
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    arena_free(table->arena);
    free(table);
}

void table_cell(struct table *table, const char *text)
{
    struct buf shown = {0};

    if (!table)
        return;
    if (text)
        text_show(&shown, text, strlen(text));
    const char **cell = arena_push(table->arena, &table->cells, &table->count, sizeof *cell);
    if (cell)
        *cell = arena_str(table->arena, buf_text(&shown));
    buf_release(&shown);
}

void table_cellf(struct table *table, const char *format, ...)
{
    va_list list;
    char *text = NULL;

    va_start(list, format);
    int length = vasprintf(&text, format, list);
    va_end(list);
    table_cell(table, length < 0 ? NULL : text);
    if (length >= 0)
        free(text);
}

static const char *cell_at(const struct table *table, size_t row, size_t column)
{
    const char *cell = table->cells[row * table->columns + column];

    return cell ? cell : "";
}

static void measure(const struct table *table, size_t rows, int widths[TABLE_COLUMNS_MAX])
{
    memset(widths, 0, TABLE_COLUMNS_MAX * sizeof *widths);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < table->columns; column++) {
            int width = text_width(cell_at(table, row, column));
            if (width > widths[column])
                widths[column] = width;
        }
    }
}

static void pad(struct buf *line, int cells)
{
    while (cells-- > 0)
        buf_char(line, ' ');
}

/* Blanks are owed, not written, so that no line ends in one. */
static void build_row(const struct table *table, size_t row, int indent, const int *widths,
                      struct buf *line)
{
    int owed = indent;

    for (size_t column = 0; column < table->columns; column++) {
        const char *cell = cell_at(table, row, column);
        if (cell[0] != '\0') {
            pad(line, owed);
            buf_str(line, cell);
            owed = -text_width(cell);
        }
        owed += widths[column] + (widths[column] > 0 ? GAP : 0);
    }
    buf_char(line, '\n');
}

void table_print(struct table *table, int indent, struct output *output)
{
    int widths[TABLE_COLUMNS_MAX];
    struct buf text = {0};

    if (!table)
        return;
    size_t rows = table->count / table->columns;
    measure(table, rows, widths);
    for (size_t row = 0; row < rows; row++)
        build_row(table, row, indent, widths, &text);
    output_block(output, buf_text(&text));
    buf_release(&text);
    table->count = 0;
    table->cells = NULL;
}
