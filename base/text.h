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
 *     bad byte -> \xNN         C0, DEL -> ^X        C1 -> <9B>
 *     LF, CR, TAB -> U+21B5 U+240D U+2409; CR LF is one line end
 *     bidi, zero-width, BOM, TAG, variation selector, filler, skin tone -> U+25A1
 *     third and further mark on a letter, mark without a letter -> U+25A1
 *     unassigned, private use, no agreed width -> U+3013
 *
 * No variation sequence is exempt: two names that differ by one would look alike and not match.
 * Showing what was already shown changes nothing.
 *
 * Widths come from Unicode's East_Asian_Width through ICU; Ambiguous characters are narrow and all
 * of planes 2 and 3 is wide. curses, however, advances by the C library's wcwidth(), which is -1
 * for CJK Extensions H and I in glibc 2.36 (curses then paints a blank and the row is lost). So in
 * a UTF-8 locale text_show() also asks wcwidth() and turns what it counts otherwise into U+3013;
 * in any other locale (GB18030) wcwidth() counts in another character set and ICU alone decides.
 *
 * Thread-safe; apart from that look at the locale's character set, pure.
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

/* Appends text that old Chinese programs wrote (GB18030, which holds GBK and GB 2312) as UTF-8;
 * false, with nothing appended, when it is none, is empty or longer than TEXT_GB18030_MAX. */
#define TEXT_GB18030_MAX 512
bool text_from_gb18030(struct buf *out, const char *text, size_t length);

/* Cells one code point takes: 0, 1 or 2; -1 when it must not reach a terminal as it is. */
int text_codepoint_width(uint32_t codepoint);

/* Cells of text that came out of text_show(); '\n' counts none. */
int text_width(const char *shown);

/* Appends the terminal-safe form of raw bytes. One line: CR, LF and TAB become symbols. */
void text_show(struct buf *out, const char *raw, size_t length);

/* As text_show(), but keeps '\n' (also for CR LF) so that several lines stay several lines. */
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
