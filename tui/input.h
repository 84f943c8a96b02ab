#ifndef HUILIU_TUI_INPUT_H
#define HUILIU_TUI_INPUT_H
/*
 * From bytes to keys. A pure state machine: bytes and the time of their arrival go in, events come
 * out, so that every awkward packet can be tested without a terminal.
 *
 *     input_feed(input, bytes, length, now);      // what read() gave
 *     while (input_next(input, now, &event)) ...  // drain all before painting
 *     poll(..., input_wait(input, now));          // time may complete an event (Esc, a burst)
 *
 *   - UTF-8 may arrive in pieces; a byte that fits nowhere is dropped and the next one starts
 *     afresh.
 *   - Escape sequences may arrive in pieces too: Esc waits `escape_ms` for its continuation, and a
 *     continuation that is later still is swallowed rather than typed into a field. The terminal's
 *     answers to questions (position, attributes, colours), however late, are swallowed as well.
 *   - Bracketed paste is one event; line ends inside become '\n'. It never runs a command.
 *   - A reader of codes and ID cards that plays keyboard sends ten or more characters with gaps
 *     under ten milliseconds and a return at the end: one INPUT_SCAN event. After forty characters
 *     nobody can have typed it any more, and longer gaps are forgiven: a line delivers a long code
 *     in packets, and some readers pause before the return. With `hold` set (a
 *     context in which letters are commands) no character of a burst ever leaks; without it the
 *     first one has been delivered as a key before the burst can be known, and `leaked` says so.
 *
 * Input that is not bounded by its nature is cut: sequences at 256 bytes, a paste at
 * INPUT_PASTE_MAX (the rest of it is swallowed and `cut` set), a burst at INPUT_SCAN_MAX.
 */
#include "base/error.h"
#include "keymaps/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INPUT_PASTE_MAX        ((size_t)64 << 10)
#define INPUT_SCAN_MAX         8192
#define INPUT_SCAN_MIN         10 /* characters */
#define INPUT_SCAN_GAP_MS      10
#define INPUT_SCAN_LONG        40 /* characters; from there on */
#define INPUT_SCAN_LONG_GAP_MS 100

struct input;

enum input_kind {
    INPUT_KEY,
    INPUT_PASTE, /* text, raw: may hold anything but ends of sequences */
    INPUT_SCAN,  /* text without the return, full width folded to ASCII */
};

struct input_event {
    enum input_kind kind;
    struct key key;   /* INPUT_KEY */
    const char *text; /* PASTE, SCAN: NUL-terminated, until the next call of input_*() */
    size_t length;
    size_t leaked; /* SCAN: characters at its start already delivered as keys: 0 or 1 */
    bool cut;      /* PASTE: there was more */
};

enum status input_new(int escape_ms, struct input **input, struct error *error) MUST_CHECK;
void input_free(struct input *input);

/* Another spelling of a key, from terminfo; the usual ones are known already. */
void input_define(struct input *input, const char *sequence, struct key key);

void input_hold(struct input *input, bool hold);

/* Times are milliseconds of a monotonic clock. */
void input_feed(struct input *input, const char *bytes, size_t length, int64_t now);
bool input_next(struct input *input, int64_t now, struct input_event *event);

/* Milliseconds until time alone completes an event; -1 when it will not. */
int input_wait(const struct input *input, int64_t now);

/* Bytes that fitted nowhere, since the start. */
size_t input_dropped(const struct input *input);

#endif
