#ifndef HUILIU_VERIFY_FOLD_H
#define HUILIU_VERIFY_FOLD_H
/*
 * Numbers and names as people hand them over, brought into one form before they are compared.
 *
 * An input method sends full-width digits and U+3002 for a full stop; a paste from a form brings
 * spaces, dashes of every length and invisible direction marks; the X of a resident number arrives
 * in lower case, as a multiplication sign, a Roman ten or a Cyrillic letter. Folding removes all
 * of that. It never guesses a digit: what has no one meaning makes the fold fail.
 *
 * Everything writes into the caller's buffer, allocates nothing and is thread-safe.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define FOLD_INPUT_MAX 1024 /* bytes; anything longer is no number and no name */

/* A code number: ASCII in upper case, white space and invisible characters dropped, dashes as '-'.
 * False, with out = "", for anything that is not printable ASCII then, or does not fit in size. */
bool fold_code(const char *text, char *out, size_t size);

/* A name or a word: width folded, ASCII in upper case, white space and invisible characters
 * dropped, the many middle dots (and the full stop typed for one) all U+00B7. False, with
 * out = "", for invalid UTF-8 or what does not fit. */
bool fold_name(const char *text, char *out, size_t size);

/* True when both are the same name after fold_name(). An empty name is equal to nothing. */
bool name_equal(const char *a, const char *b);

bool fold_is_digits(const char *text, size_t length); /* ASCII, at least one */
bool fold_is_alnum(const char *text, size_t length);  /* 0-9 A-Z, at least one */
void fold_drop(char *text, char unwanted);            /* in place, every occurrence */

/* Copies; what does not fit is cut at a character border. */
void fold_copy(char *out, size_t size, const char *text);

/* vsnprintf() whose cut, when the text is too long, falls on a character border. */
void fold_vprint(char *out, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
