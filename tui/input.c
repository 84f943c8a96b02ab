#include "tui/input.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define SEQUENCE_MAX       256 /* bytes of an escape sequence or a terminal's answer */
#define STRING_MAX         4096
#define DEFINED_MAX        160
#define DEFINED_LENGTH_MAX 16
#define LATE_ESCAPE_MS     250  /* a continuation this late is still no typing */
#define STALLED_MS         1000 /* an unfinished sequence is given up */
#define STALLED_PASTE_MS   3000
#define LONG_AGO           (INT64_MIN / 2)

static const char paste_end[] = "\033[201~";
#define PASTE_END_LENGTH (sizeof paste_end - 1)

enum state {
    GROUND,
    CHARACTER, /* inside a UTF-8 sequence */
    ESCAPE,
    CONTROL, /* ESC [ */
    CONSOLE, /* ESC [ [ : function keys of the Linux console */
    SINGLE,  /* ESC O */
    STRING,  /* ESC ] P _ : answers up to BEL or ESC \ */
    STRING_ESCAPE,
    PASTE,
};

struct item {
    enum input_kind kind; /* KEY or PASTE */
    struct key key;
    int64_t at;
    char *text; /* PASTE: owned */
    size_t length;
    bool cut;
};

struct defined {
    char sequence[DEFINED_LENGTH_MAX];
    struct key key;
};

struct input {
    int escape_ms;
    bool hold;
    size_t dropped;
    /* decoder */
    enum state state;
    int64_t since;       /* last byte of an unfinished sequence */
    int64_t lone_escape; /* when Esc was given up waiting for */
    char sequence[SEQUENCE_MAX];
    size_t length;
    size_t string_length;
    bool alt; /* ESC came before the character */
    struct buf paste;
    bool paste_cut;
    struct defined *defined;
    size_t defined_count;
    /* decoded, not delivered: items[first..count) */
    struct item *items;
    size_t first, count, capacity;
    /* burst */
    int64_t last_text;  /* when the last character delivered as a key arrived */
    size_t run_started; /* characters of the run at hand already delivered */
    uint32_t leaked;    /* the first of them */
    size_t release;     /* items to deliver without looking at them again */
    struct buf text;    /* what the last event points to */
};

enum status input_new(int escape_ms, struct input **input, struct error *error)
{
    struct input *made = calloc(1, sizeof *made);

    if (made)
        made->defined = calloc(DEFINED_MAX, sizeof *made->defined);
    if (!made || !made->defined) {
        free(made);
        return error_nomem(error);
    }
    made->escape_ms = escape_ms;
    made->lone_escape = LONG_AGO;
    made->last_text = LONG_AGO;
    *input = made;
    return STATUS_OK;
}

void input_free(struct input *input)
{
    if (!input)
        return;
    for (size_t i = input->first; i < input->count; i++)
        free(input->items[i].text);
    buf_release(&input->paste);
    buf_release(&input->text);
    free(input->defined);
    free(input->items);
    free(input);
}

void input_define(struct input *input, const char *sequence, struct key key)
{
    size_t length = strlen(sequence);

    if (length < 3 || length >= DEFINED_LENGTH_MAX || sequence[0] != '\033' ||
        (sequence[1] != '[' && sequence[1] != 'O') || input->defined_count == DEFINED_MAX)
        return;
    struct defined *defined = &input->defined[input->defined_count++];
    memcpy(defined->sequence, sequence, length + 1);
    defined->key = key;
}

void input_hold(struct input *input, bool hold)
{
    input->hold = hold;
}

size_t input_dropped(const struct input *input)
{
    return input->dropped;
}

/* --- decoded items --------------------------------------------------------------------------- */

static bool make_room(struct input *input)
{
    if (input->first > 0 && input->first == input->count)
        input->first = input->count = 0;
    if (input->count < input->capacity)
        return true;
    size_t capacity = input->capacity ? input->capacity * 2 : 64;
    struct item *items = realloc(input->items, capacity * sizeof *items);
    if (!items)
        return false;
    input->items = items;
    input->capacity = capacity;
    return true;
}

static bool push_item(struct input *input, const struct item *item)
{
    if (!make_room(input)) {
        input->dropped++;
        return false;
    }
    input->items[input->count++] = *item;
    return true;
}

static void push(struct input *input, struct key key, int64_t now)
{
    (void)push_item(input, &(struct item){.kind = INPUT_KEY, .key = key, .at = now});
}

static void push_key(struct input *input, uint32_t code, uint32_t modifiers, int64_t now)
{
    push(input, (struct key){.code = code, .modifiers = modifiers}, now);
}

static void push_named(struct input *input, enum key_code code, uint32_t modifiers, int64_t now)
{
    push_key(input, (uint32_t)code, modifiers, now);
}

/* --- single bytes and characters ----------------------------------------------------------------
 */

static struct key key_of_byte(unsigned char byte)
{
    switch (byte) {
    case '\r':
        return (struct key){.code = KEY_CODE_ENTER};
    case '\t':
        return (struct key){.code = KEY_CODE_TAB};
    case 0x08:
    case 0x7F:
        return (struct key){.code = KEY_CODE_BACKSPACE};
    case 0x00:
        return (struct key){.code = ' ', .modifiers = KEY_CTRL};
    default:
        break;
    }
    if (byte < 0x1B)
        return (struct key){.code = byte + 0x60U, .modifiers = KEY_CTRL};
    if (byte < 0x20)
        return (struct key){.code = byte + 0x40U, .modifiers = KEY_CTRL};
    return (struct key){.code = byte};
}

static void begin_character(struct input *input, unsigned char byte, bool alt, int64_t now)
{
    if (byte < 0xC2 || byte > 0xF4) {
        input->dropped++;
        return;
    }
    input->sequence[0] = (char)byte;
    input->length = 1;
    input->alt = alt;
    input->state = CHARACTER;
    input->since = now;
}

static void begin_escape(struct input *input, int64_t now)
{
    input->state = ESCAPE;
    input->since = now;
    input->length = 0;
    input->string_length = 0;
}

static bool begins_sequence(unsigned char byte)
{
    return byte == '[' || byte == 'O' || byte == ']';
}

static void begin_sequence(struct input *input, unsigned char byte, int64_t now)
{
    input->state = byte == '[' ? CONTROL : byte == 'O' ? SINGLE : STRING;
    input->since = now;
    input->sequence[0] = (char)byte;
    input->length = 1;
    input->string_length = 0;
}

static void on_ground(struct input *input, unsigned char byte, int64_t now)
{
    bool late = now - input->lone_escape <= LATE_ESCAPE_MS;

    input->lone_escape = LONG_AGO;
    if (byte == 0x1B)
        begin_escape(input, now);
    else if (late && begins_sequence(byte))
        begin_sequence(input, byte, now);
    else if (byte >= 0x80)
        begin_character(input, byte, false, now);
    else
        push(input, key_of_byte(byte), now);
}

static void on_escape(struct input *input, unsigned char byte, int64_t now)
{
    input->state = GROUND;
    if (byte == 0x1B) {
        push_named(input, KEY_CODE_ESCAPE, 0, now);
        begin_escape(input, now);
    } else if (begins_sequence(byte) || byte == 'P' || byte == '_') {
        begin_sequence(input, byte, now);
    } else if (byte >= 0x80) {
        begin_character(input, byte, true, now);
    } else {
        struct key key = key_of_byte(byte);
        push_key(input, key.code, key.modifiers | KEY_ALT, now);
    }
}

static void on_character(struct input *input, unsigned char byte, int64_t now)
{
    static const unsigned char sizes[] = {2, 2, 3, 4}; /* by bits 5 and 4 of the first byte */
    size_t size = sizes[((unsigned char)input->sequence[0] >> 4) & 3U];
    size_t used;

    if ((byte & 0xC0) != 0x80) {
        input->dropped += input->length;
        input->state = GROUND;
        on_ground(input, byte, now);
        return;
    }
    input->sequence[input->length++] = (char)byte;
    input->since = now;
    if (input->length < size)
        return;
    input->state = GROUND;
    struct key key = {.code = text_decode(input->sequence, input->length, &used),
                      .modifiers = input->alt ? KEY_ALT : 0};
    if (key.code == TEXT_BAD || key.code < 0xA0)
        input->dropped += input->length;
    else
        push(input, key, now);
}

/* --- sequences ------------------------------------------------------------------------------- */

/* xterm's modifier parameter: 1 + shift 1, alt 2, ctrl 4. */
static uint32_t modifiers_of(unsigned parameter)
{
    unsigned bits = parameter > 0 ? parameter - 1 : 0;

    return (bits & 1 ? KEY_SHIFT : 0) | (bits & 2 ? KEY_ALT : 0) | (bits & 4 ? KEY_CTRL : 0);
}

static uint32_t code_of_letter(char letter)
{
    switch (letter) {
    case 'A':
        return KEY_CODE_UP;
    case 'B':
        return KEY_CODE_DOWN;
    case 'C':
        return KEY_CODE_RIGHT;
    case 'D':
        return KEY_CODE_LEFT;
    case 'H':
        return KEY_CODE_HOME;
    case 'F':
        return KEY_CODE_END;
    case 'P':
        return KEY_CODE_F1;
    case 'Q':
        return KEY_CODE_F2;
    case 'S':
        return KEY_CODE_F4;
    default:
        return 0;
    }
}

/* ESC [ number ~ */
static uint32_t code_of_number(unsigned number)
{
    static const uint32_t codes[] = {
        [1] = KEY_CODE_HOME, [2] = KEY_CODE_INSERT,  [3] = KEY_CODE_DELETE,
        [4] = KEY_CODE_END,  [5] = KEY_CODE_PAGE_UP, [6] = KEY_CODE_PAGE_DOWN,
        [7] = KEY_CODE_HOME, [8] = KEY_CODE_END,     [11] = KEY_CODE_F1,
        [12] = KEY_CODE_F2,  [13] = KEY_CODE_F3,     [14] = KEY_CODE_F4,
        [15] = KEY_CODE_F5,  [17] = KEY_CODE_F6,     [18] = KEY_CODE_F7,
        [19] = KEY_CODE_F8,  [20] = KEY_CODE_F9,     [21] = KEY_CODE_F10,
        [23] = KEY_CODE_F11, [24] = KEY_CODE_F12,    [25] = KEY_CODE_F13,
        [26] = KEY_CODE_F14, [28] = KEY_CODE_F15,    [29] = KEY_CODE_F16,
        [31] = KEY_CODE_F17, [32] = KEY_CODE_F18,    [33] = KEY_CODE_F19,
        [34] = KEY_CODE_F20,
    };

    return number < sizeof codes / sizeof codes[0] ? codes[number] : 0;
}

static bool push_defined(struct input *input, int64_t now)
{
    for (size_t i = 0; i < input->defined_count; i++) {
        const char *sequence = input->defined[i].sequence;
        if (strlen(sequence) == input->length + 1 &&
            memcmp(sequence + 1, input->sequence, input->length) == 0) {
            push(input, input->defined[i].key, now);
            return true;
        }
    }
    return false;
}

/* Up to two numbers, parted by ';'. False when anything else is in there. */
static bool parse_parameters(const char *text, size_t length, unsigned parameters[2])
{
    size_t at = 0;

    parameters[0] = parameters[1] = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ';' && at == 0)
            at = 1;
        else if (text[i] >= '0' && text[i] <= '9' && parameters[at] < 1000)
            parameters[at] = parameters[at] * 10 + (unsigned)(text[i] - '0');
        else
            return false;
    }
    return true;
}

/* The sequence is "[" parameters final. Whatever is no key (answers to position and attribute
 * questions, focus reports) is swallowed. */
static void finish_control(struct input *input, int64_t now)
{
    char final = input->sequence[input->length - 1];
    unsigned parameters[2];

    input->state = GROUND;
    if (!parse_parameters(input->sequence + 1, input->length - 2, parameters) ||
        push_defined(input, now))
        return;
    if (final == '~' && parameters[0] == 200) {
        input->state = PASTE;
        input->since = now;
        input->paste_cut = false;
        buf_clear(&input->paste);
        return;
    }
    uint32_t code = 0;
    uint32_t modifiers = modifiers_of(parameters[1]);
    if (final == '~' || final == '^' || final == '$' || final == '@')
        code = code_of_number(parameters[0]);
    else if (final == 'Z')
        code = KEY_CODE_TAB;
    else if (final >= 'a' && final <= 'd')
        code = code_of_letter((char)(final - 'a' + 'A'));
    else
        code = code_of_letter(final);
    if (final == 'Z' || final == '$' || final == '@' || (final >= 'a' && final <= 'd'))
        modifiers |= KEY_SHIFT;
    if (final == '^' || final == '@')
        modifiers |= KEY_CTRL;
    if (code)
        push_key(input, code, modifiers, now);
}

static void on_control(struct input *input, unsigned char byte, int64_t now)
{
    bool is_private = input->length > 1 && strchr("?><=", input->sequence[1]) != NULL;

    input->since = now;
    if (byte < 0x20 || byte >= 0x7F) {
        input->state = GROUND;
        on_ground(input, byte, now);
        return;
    }
    if (byte == '[' && input->length == 1) {
        input->state = CONSOLE;
        return;
    }
    if (input->length == SEQUENCE_MAX) {
        if (byte >= 0x40)
            input->state = GROUND;
        return;
    }
    input->sequence[input->length++] = (char)byte;
    if (byte >= 0x40 || (byte == '$' && !is_private))
        finish_control(input, now);
}

static void on_console(struct input *input, unsigned char byte, int64_t now)
{
    input->state = GROUND;
    if (byte >= 'A' && byte <= 'E')
        push_key(input, KEY_CODE_F1 + (uint32_t)(byte - 'A'), 0, now);
    else
        on_ground(input, byte, now);
}

/* The key pad's own codes: ESC O j..y are its signs and digits. */
static uint32_t code_of_keypad(char final)
{
    static const char signs[] = "*+,-./0123456789";

    if (final >= 'j' && final <= 'y')
        return (uint32_t)signs[final - 'j'];
    if (final == 'M')
        return KEY_CODE_ENTER;
    if (final == 'R')
        return KEY_CODE_F3;
    return final == 'X' ? '=' : code_of_letter(final);
}

static void on_single(struct input *input, unsigned char byte, int64_t now)
{
    unsigned parameters[2] = {0};

    input->since = now;
    if (byte >= '0' && byte <= '9' && input->length < 4) {
        input->sequence[input->length++] = (char)byte;
        return;
    }
    input->state = GROUND;
    if (byte < 0x20 || byte >= 0x7F) {
        on_ground(input, byte, now);
        return;
    }
    input->sequence[input->length++] = (char)byte;
    if (push_defined(input, now))
        return;
    (void)parse_parameters(input->sequence + 1, input->length - 2, parameters);
    uint32_t code = code_of_keypad((char)byte);
    if (code)
        push_key(input, code, modifiers_of(parameters[0]), now);
}

static void on_string(struct input *input, unsigned char byte, int64_t now)
{
    input->since = now;
    if (byte == 0x07 || ++input->string_length > STRING_MAX)
        input->state = GROUND;
    else if (byte == 0x1B)
        input->state = STRING_ESCAPE;
}

static void on_string_escape(struct input *input, unsigned char byte, int64_t now)
{
    input->state = GROUND;
    if (byte == '\\')
        return;
    begin_escape(input, now);
    on_escape(input, byte, now);
}

/* --- paste ----------------------------------------------------------------------------------- */

/* CR and CR LF become LF, in place. */
static size_t unify_line_ends(char *text, size_t length)
{
    size_t out = 0;
    char before = '\0';

    for (size_t i = 0; i < length; i++) {
        char here = text[i];
        if (here != '\n' || before != '\r')
            text[out++] = here == '\r' ? '\n' : here;
        before = here;
    }
    return out;
}

/* Length without the beginning of a character whose end was cut off. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t start = length > 0 ? length - 1 : 0;
    size_t used;

    while (start > 0 && length - start < 4 && ((unsigned char)text[start] & 0xC0) == 0x80)
        start--;
    return text_decode(text + start, length - start, &used) == TEXT_BAD ? start : length;
}

static void finish_paste(struct input *input, size_t trailing, int64_t now)
{
    size_t length = input->paste.length - trailing;
    bool cut = input->paste_cut || length > INPUT_PASTE_MAX;

    input->state = GROUND;
    char *text = buf_take(&input->paste);
    if (!text)
        return;
    if (length > INPUT_PASTE_MAX)
        length = whole_characters(text, INPUT_PASTE_MAX);
    length = unify_line_ends(text, length);
    text[length] = '\0';
    struct item item = {.kind = INPUT_PASTE, .at = now, .text = text, .length = length, .cut = cut};
    if (!push_item(input, &item))
        free(text);
}

/* Too long a paste keeps only enough of its end to see where it stops. */
static void trim_paste(struct input *input)
{
    if (input->paste.length <= INPUT_PASTE_MAX + 2 * PASTE_END_LENGTH)
        return;
    char tail[PASTE_END_LENGTH];
    memcpy(tail, input->paste.data + input->paste.length - PASTE_END_LENGTH, sizeof tail);
    input->paste.length = INPUT_PASTE_MAX + PASTE_END_LENGTH - sizeof tail;
    buf_bytes(&input->paste, tail, sizeof tail);
    input->paste_cut = true;
}

static void on_paste(struct input *input, unsigned char byte, int64_t now)
{
    struct buf *paste = &input->paste;

    input->since = now;
    buf_char(paste, (char)byte);
    if (byte == '~' && paste->length >= PASTE_END_LENGTH &&
        memcmp(paste->data + paste->length - PASTE_END_LENGTH, paste_end, PASTE_END_LENGTH) == 0)
        finish_paste(input, PASTE_END_LENGTH, now);
    else
        trim_paste(input);
}

/* --- time ------------------------------------------------------------------------------------ */

/* When the unfinished sequence is given up, or LONG_AGO. */
static int64_t deadline(const struct input *input)
{
    switch (input->state) {
    case ESCAPE:
        return input->since + input->escape_ms;
    case CONTROL:
    case SINGLE:
        return input->since + (input->length == 1 ? LATE_ESCAPE_MS : STALLED_MS);
    case STRING:
        return input->since + (input->string_length == 0 ? input->escape_ms : STALLED_MS);
    case CONSOLE:
    case STRING_ESCAPE:
        return input->since + STALLED_MS;
    case PASTE:
        return input->since + STALLED_PASTE_MS;
    case GROUND:
    case CHARACTER:
        break;
    }
    return LONG_AGO;
}

static void give_up(struct input *input, int64_t now)
{
    enum state state = input->state;

    input->state = GROUND;
    if (state == ESCAPE) {
        push_named(input, KEY_CODE_ESCAPE, 0, now);
        input->lone_escape = now;
    } else if ((state == CONTROL || state == SINGLE) && input->length == 1) {
        push_named(input, KEY_CODE_ESCAPE, 0, now);
    } else if (state == STRING && input->string_length == 0) {
        push_key(input, (unsigned char)input->sequence[0], KEY_ALT, now);
    } else if (state == PASTE) {
        finish_paste(input, 0, now);
    }
}

static void expire(struct input *input, int64_t now)
{
    int64_t at = deadline(input);

    if (at != LONG_AGO && now >= at)
        give_up(input, now);
}

static void step(struct input *input, unsigned char byte, int64_t now)
{
    static void (*const steps[])(struct input *, unsigned char, int64_t) = {
        [GROUND] = on_ground,   [CHARACTER] = on_character,
        [ESCAPE] = on_escape,   [CONTROL] = on_control,
        [CONSOLE] = on_console, [SINGLE] = on_single,
        [STRING] = on_string,   [STRING_ESCAPE] = on_string_escape,
        [PASTE] = on_paste,
    };

    steps[input->state](input, byte, now);
}

void input_feed(struct input *input, const char *bytes, size_t length, int64_t now)
{
    expire(input, now);
    for (size_t i = 0; i < length; i++)
        step(input, (unsigned char)bytes[i], now);
}

/* --- bursts ---------------------------------------------------------------------------------- */

/* What a reader of codes can send: ASCII, or its full-width form when an input method is on. */
static bool is_burst_character(const struct item *item)
{
    uint32_t code = item->key.code;

    return item->kind == INPUT_KEY && key_is_text(item->key) &&
           (code < 0x7F || (code >= 0xFF01 && code <= 0xFF5E));
}

static bool is_return(const struct item *item)
{
    return item->kind == INPUT_KEY && item->key.code == KEY_CODE_ENTER && item->key.modifiers == 0;
}

/* How long the next character, or the return, may keep one waiting after so many. */
static int64_t patience(size_t run)
{
    return run < INPUT_SCAN_LONG ? INPUT_SCAN_GAP_MS : INPUT_SCAN_LONG_GAP_MS;
}

/* Number of characters from the first item on that follow each other without a gap. */
static size_t run_length(const struct input *input)
{
    const struct item *items = input->items + input->first;
    size_t run = 0, count = input->count - input->first;

    while (run < count && run < INPUT_SCAN_MAX && is_burst_character(&items[run]) &&
           (run == 0 || items[run].at - items[run - 1].at < patience(run)))
        run++;
    return run;
}

static void deliver_key(struct input *input, struct input_event *event)
{
    const struct item *item = &input->items[input->first++];
    bool is_character = is_burst_character(item);
    bool follows = is_character && item->at - input->last_text < INPUT_SCAN_GAP_MS;

    input->run_started = is_character ? (follows ? input->run_started + 1 : 1) : 0;
    if (input->run_started == 1)
        input->leaked = item->key.code;
    input->last_text = is_character ? item->at : LONG_AGO;
    *event = (struct input_event){.kind = INPUT_KEY, .key = item->key};
}

static void deliver_paste(struct input *input, struct input_event *event)
{
    struct item *item = &input->items[input->first++];

    input->last_text = LONG_AGO;
    buf_clear(&input->text);
    buf_bytes(&input->text, item->text, item->length);
    free(item->text);
    item->text = NULL;
    *event = (struct input_event){.kind = INPUT_PASTE,
                                  .text = buf_text(&input->text),
                                  .length = input->text.length,
                                  .cut = item->cut};
}

static void append_character(struct buf *out, uint32_t code)
{
    char bytes[4];

    buf_bytes(out, bytes, text_encode(code, bytes));
}

static void deliver_scan(struct input *input, size_t run, struct input_event *event)
{
    struct buf raw = {0};

    if (input->run_started == 1)
        append_character(&raw, input->leaked);
    for (size_t i = input->first; i < input->first + run; i++)
        append_character(&raw, input->items[i].key.code);
    buf_clear(&input->text);
    text_fold_width(&input->text, buf_text(&raw), raw.length);
    buf_release(&raw);
    *event = (struct input_event){.kind = INPUT_SCAN,
                                  .text = buf_text(&input->text),
                                  .length = input->text.length,
                                  .leaked = input->run_started};
    input->first += run + 1;
    input->run_started = 0;
    input->last_text = LONG_AGO;
}

enum verdict { DELIVER, HOLD_BACK, SCANNED };

/* The first item is a character: deliver it (and `release` more), wait, or make it a scan. */
static enum verdict judge_run(struct input *input, int64_t now, size_t *run)
{
    const struct item *head = &input->items[input->first];
    bool follows = head->at - input->last_text < INPUT_SCAN_GAP_MS;

    if (!follows)
        input->run_started = 0;
    if ((!input->hold && !follows) || (follows && input->run_started > 1))
        return DELIVER;
    *run = run_length(input);
    size_t end = input->first + *run;
    const struct item *last = &input->items[end - 1];
    if (end == input->count && *run < INPUT_SCAN_MAX)
        return now - last->at < patience(*run) ? HOLD_BACK : DELIVER;
    if (end < input->count && is_return(&input->items[end]) &&
        input->items[end].at - last->at < patience(*run) &&
        *run + input->run_started >= INPUT_SCAN_MIN)
        return SCANNED;
    return DELIVER;
}

bool input_next(struct input *input, int64_t now, struct input_event *event)
{
    size_t run = 1;

    expire(input, now);
    if (input->first == input->count)
        return false;
    const struct item *head = &input->items[input->first];
    if (head->kind == INPUT_PASTE) {
        deliver_paste(input, event);
        return true;
    }
    if (input->release > 0) {
        input->release--;
    } else if (is_burst_character(head)) {
        enum verdict verdict = judge_run(input, now, &run);
        if (verdict == HOLD_BACK)
            return false;
        if (verdict == SCANNED) {
            deliver_scan(input, run, event);
            return true;
        }
        input->release = run - 1;
    }
    deliver_key(input, event);
    return true;
}

int input_wait(const struct input *input, int64_t now)
{
    int64_t at = deadline(input);

    if (input->first < input->count) {
        int64_t burst = input->items[input->count - 1].at + patience(run_length(input));
        if (at == LONG_AGO || burst < at)
            at = burst;
    }
    if (at == LONG_AGO)
        return -1;
    return at > now ? (int)(at - now) : 0;
}
