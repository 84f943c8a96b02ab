#ifndef HUILIU_TESTS_TERMINAL_CHINESE_H
#define HUILIU_TESTS_TERMINAL_CHINESE_H
/*
 * What a screen in Chinese must be like, whatever page it shows. Every function fails the test
 * with the screen printed and the page named. Cells are counted from 0; where a text is looked
 * for, its first cell is meant.
 *
 * English is found in three ways: two words after each other, a word that begins with a capital
 * letter, and (unless the page shows ids, "has_ids") any word or phrase that the catalogue has a
 * translation for. Names of keys and of the program are no English, nor is a small word that stands
 * alone and is in no catalogue (an account, pinyin).
 */
#include "tests/terminal/driver.h"

/* Opens the catalogue of this build; call it once. */
void chinese_start(void);

/* All of the following on one screen. */
void chinese_check(struct terminal *terminal, const char *page, bool has_ids);

/* No row takes more cells than the window has and no wide character is cut in two. */
void chinese_rows_are_whole(struct terminal *terminal, const char *page);
/* Nothing is cut in the footer, the title bar and the headings of tables. */
void chinese_headings_are_whole(struct terminal *terminal, const char *page);
void chinese_has_no_english(struct terminal *terminal, const char *page, bool has_ids);

/* Cell of the text in a row; fails the test when the row does not have it. */
int chinese_cell(struct terminal *terminal, int row, const char *text);
/* First row that has the text; fails the test when none has. */
int chinese_row(struct terminal *terminal, const char *text);

/* In each of these rows something begins in this cell, after a blank. */
void chinese_begins(struct terminal *terminal, const char *page, int first, int rows, int cell);
/* In each of these rows something ends where the heading ends. */
void chinese_ends_below(struct terminal *terminal, const char *page, const char *heading, int rows);
/* Each of these rows has the text, and always in the same cell. */
void chinese_in_line(struct terminal *terminal, const char *page, int first, int rows,
                     const char *text);

#endif
