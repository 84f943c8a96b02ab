#ifndef HUILIU_TUI_FUZZY_H
#define HUILIU_TUI_FUZZY_H
/*
 * How well a text matches what was typed: all its characters, in order, not necessarily together.
 * Case and full width do not matter. For the palette, the help page and lists to choose from;
 * searching people is db's work. Pure.
 */

/* 0: no match. Higher is better: whole, start, start of words, together, scattered. An empty
 * pattern matches everything alike. */
int fuzzy_score(const char *pattern, const char *text);

#endif
