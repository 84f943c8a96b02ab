#ifndef HUILIU_BASE_TEXT_H
#define HUILIU_BASE_TEXT_H
/*
 * UTF-8, display width and the door between data and the terminal.
 *
 * Anything that came from the network, a file, a scanner or the keyboard is "raw": it may hold
 * control characters, bidi overrides, invalid bytes. text_show() turns raw text into text that is
 * safe for a terminal and whose width is known: control bytes become visible marks, bidi and
 * zero-width characters become a visible box (a name with a hidden character is a data fault the
 * clerk must see), code points no terminal can draw become U+3013. It is the only such function;
 * the screen, the command line and the log all use it.
 *
 * Widths come from Unicode's East_Asian_Width through ICU, not from wcwidth(): glibc 2.36 says -1
 * for CJK Extensions H and I and ncurses then prints a blank. Ambiguous characters are narrow.
 * Everything here is pure and thread-safe.
 */
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_BAD UINT32_MAX

/* Decodes one code point at `text` (at most `length` bytes); sets *used to the bytes taken (>= 1
 * when length > 0). Invalid, overlong and surrogate sequences give TEXT_BAD with *used = 1. */
uint32_t text_decode(const char *text, size_t length, size_t *used);

/* Encodes into out[4]; returns the number of bytes, 0 for an impossible code point. */
size_t text_encode(uint32_t codepoint, char out[4]);

bool text_is_valid(const char *text, size_t length);
size_t text_length(const char *text); /* code points; invalid bytes count one each */

/* Cells one code point takes: 0, 1 or 2; -1 when it must not reach a terminal as it is. */
int text_codepoint_width(uint32_t codepoint);

/* Cells of text that came out of text_show(). */
int text_width(const char *shown);

/* Appends the terminal-safe form of raw bytes. One line: CR, LF and TAB become symbols. */
void text_show(struct buf *out, const char *raw, size_t length);

/* As text_show(), but keeps '\n' so that several lines stay several lines. */
void text_show_lines(struct buf *out, const char *raw, size_t length);

/* Bytes of the longest prefix of `shown` that fits in `cells`, cut at a cluster border; sets
 * *width to its cells (width may be NULL). */
size_t text_fit(const char *shown, int cells, int *width);

/* Full-width ASCII (U+FF01..FF5E) and U+3000 become ASCII; everything else is copied. */
void text_fold_width(struct buf *out, const char *text, size_t length);

/* One full-width or Chinese punctuation key, as an input method sends it, folded to the ASCII
 * key the clerk meant (U+FF4D -> 'm', U+3001 -> '/'); other code points come back unchanged. */
uint32_t text_fold_key(uint32_t codepoint);

bool text_is_han(uint32_t codepoint);

/* Trimmed of ASCII white space and U+3000 at both ends: sets *start, returns the length. */
size_t text_trim(const char *text, size_t length, const char **start);

#endif
