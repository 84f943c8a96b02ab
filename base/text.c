#include "base/text.h"

#include <langinfo.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/uscript.h>
#include <wchar.h>

/* What stands in for what must not be drawn. */
#define SYMBOL_LINE_FEED       0x21B5
#define SYMBOL_CARRIAGE_RETURN 0x240D
#define SYMBOL_TAB             0x2409
#define SYMBOL_HIDDEN          0x25A1
#define SYMBOL_NO_GLYPH        0x3013

/* More marks on one letter only serve to draw over the neighbouring lines. */
#define MARKS_PER_BASE 2

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t codepoint, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (codepoint >= ranges[i].first && codepoint <= ranges[i].last)
            return true;
    return false;
}

#define IN_RANGES(codepoint, ranges)                                                               \
    in_ranges(codepoint, ranges, sizeof(ranges) / sizeof((ranges)[0]))

/* --- UTF-8 ------------------------------------------------------------------------------------ */

static size_t sequence_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

uint32_t text_decode(const char *text, size_t length, size_t *used)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;

    *used = length > 0;
    if (length == 0)
        return TEXT_BAD;
    size_t size = sequence_size(bytes[0]);
    if (size == 1)
        return bytes[0];
    if (size == 0 || size > length)
        return TEXT_BAD;
    uint32_t codepoint = bytes[0] & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return TEXT_BAD;
        codepoint = codepoint << 6 | (bytes[i] & 0x3FU);
    }
    if (codepoint < least[size] || codepoint > UCHAR_MAX_VALUE || U_IS_SURROGATE(codepoint))
        return TEXT_BAD;
    *used = size;
    return codepoint;
}

size_t text_encode(uint32_t codepoint, char out[4])
{
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

    if (codepoint > UCHAR_MAX_VALUE || U_IS_SURROGATE(codepoint))
        return 0;
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    size_t size = codepoint < 0x800 ? 2 : codepoint < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (codepoint & 0x3F));
        codepoint >>= 6;
    }
    out[0] = (char)(lead[size] | codepoint);
    return size;
}

bool text_is_valid(const char *text, size_t length)
{
    size_t used;

    for (size_t at = 0; at < length; at += used)
        if (text_decode(text + at, length - at, &used) == TEXT_BAD)
            return false;
    return true;
}

bool text_from_gb18030(struct buf *out, const char *text, size_t length)
{
    static const char replaced[] = "\xef\xbf\xbd"; /* U+FFFD: it was no such text */
    char room[2 * TEXT_GB18030_MAX];               /* two bytes become three, four become four */
    UErrorCode failure = U_ZERO_ERROR;

    if (length == 0 || length > TEXT_GB18030_MAX)
        return false;
    int32_t made = ucnv_convert("UTF-8", "GB18030", room, (int32_t)sizeof room, text,
                                (int32_t)length, &failure);
    if (U_FAILURE(failure) || made <= 0 || (size_t)made >= sizeof room || strstr(room, replaced))
        return false;
    buf_bytes(out, room, (size_t)made);
    return !buf_failed(out);
}

size_t text_length(const char *text)
{
    size_t length = strlen(text);
    size_t count = 0;
    size_t used;

    for (size_t at = 0; at < length; at += used, count++)
        (void)text_decode(text + at, length - at, &used);
    return count;
}

/* --- What a code point does to a terminal ----------------------------------------------------- */

enum drawing {
    DRAWS_CELLS,    /* a letter, a digit, an ideograph, a visible space */
    DRAWS_MARK,     /* combines with what stands before it */
    DRAWS_CONTROL,  /* C0, DEL, C1: commands to the terminal */
    DRAWS_HIDDEN,   /* nothing to see, or moves its neighbours about */
    DRAWS_NO_GLYPH, /* unassigned or private: nobody knows what it looks like */
};

/* Ideographs by definition of the two planes, also those that Unicode adds after this ICU. */
static bool is_ideographic_plane(uint32_t codepoint)
{
    return (codepoint >= 0x20000 && codepoint <= 0x2FFFD) ||
           (codepoint >= 0x30000 && codepoint <= 0x3FFFD);
}

/* Hangul vowels and finals join the syllable before them; ICU calls them letters. */
static bool is_joining_jamo(uint32_t codepoint)
{
    return (codepoint >= 0x1160 && codepoint <= 0x11FF) ||
           (codepoint >= 0xD7B0 && codepoint <= 0xD7FF);
}

/* Terminals join a skin tone to the emoji before it and curses does not: the row would shift. */
static bool is_skin_tone(uint32_t codepoint)
{
    return codepoint >= 0x1F3FB && codepoint <= 0x1F3FF;
}

static enum drawing drawing_by_category(uint32_t codepoint)
{
    uint32_t category = U_MASK(u_charType((UChar32)codepoint));

    if (category & (U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK))
        return DRAWS_HIDDEN;
    if (category & (U_GC_CN_MASK | U_GC_CO_MASK | U_GC_CS_MASK))
        return DRAWS_NO_GLYPH;
    if (category & (U_GC_MN_MASK | U_GC_ME_MASK) || is_joining_jamo(codepoint))
        return DRAWS_MARK;
    return DRAWS_CELLS;
}

/* Default_Ignorable_Code_Point covers bidi controls, joiners, fillers, BOM, TAG characters and
 * every variation selector. */
static enum drawing drawing_of(uint32_t codepoint)
{
    if (codepoint >= 0x20 && codepoint < 0x7F)
        return DRAWS_CELLS;
    if (codepoint < 0xA0)
        return DRAWS_CONTROL;
    if (codepoint > UCHAR_MAX_VALUE)
        return DRAWS_NO_GLYPH;
    if (is_ideographic_plane(codepoint))
        return DRAWS_CELLS;
    if (is_skin_tone(codepoint) ||
        u_hasBinaryProperty((UChar32)codepoint, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
        return DRAWS_HIDDEN;
    return drawing_by_category(codepoint);
}

/* Circled numbers on squares and the hexagrams of the Yijing: not W in ICU 72, but two cells to
 * the C library, to curses and (from Unicode 16 on) to Unicode. */
static bool is_wide(uint32_t codepoint)
{
    static const struct range also_wide[] = {{0x3248, 0x324F}, {0x4DC0, 0x4DFF}};

    if (codepoint < 0x1100)
        return false;
    if (is_ideographic_plane(codepoint) || IN_RANGES(codepoint, also_wide))
        return true;
    int width = u_getIntPropertyValue((UChar32)codepoint, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

int text_codepoint_width(uint32_t codepoint)
{
    switch (drawing_of(codepoint)) {
    case DRAWS_CELLS:
        return is_wide(codepoint) ? 2 : 1;
    case DRAWS_MARK:
        return 0;
    case DRAWS_CONTROL:
    case DRAWS_HIDDEN:
    case DRAWS_NO_GLYPH:
        break;
    }
    return -1;
}

/* --- The door to the terminal ----------------------------------------------------------------- */

struct door {
    struct buf *out;
    bool keep_lines;
    bool ask_c_library; /* its wcwidth() counts cells of Unicode: the locale is UTF-8 */
    int marks;          /* on the base before; MARKS_PER_BASE when there is no base */
};

static void show_symbol(struct door *door, uint32_t symbol)
{
    buf_codepoint(door->out, symbol);
    door->marks = 0;
}

static void show_control(struct door *door, uint32_t codepoint)
{
    if (codepoint == '\n')
        show_symbol(door, SYMBOL_LINE_FEED);
    else if (codepoint == '\r')
        show_symbol(door, SYMBOL_CARRIAGE_RETURN);
    else if (codepoint == '\t')
        show_symbol(door, SYMBOL_TAB);
    else if (codepoint < 0x80)
        buf_printf(door->out, "^%c", (int)(codepoint ^ 0x40));
    else
        buf_printf(door->out, "<%02X>", codepoint);
    door->marks = 0;
}

/* curses places by wcwidth(): a code point it counts differently would shift the rest of the row.
 */
static bool c_library_agrees(const struct door *door, uint32_t codepoint)
{
    return codepoint < 0x80 || !door->ask_c_library ||
           wcwidth((wchar_t)codepoint) == text_codepoint_width(codepoint);
}

static void show_drawable(struct door *door, uint32_t codepoint, bool is_mark)
{
    if (!c_library_agrees(door, codepoint)) {
        show_symbol(door, SYMBOL_NO_GLYPH);
    } else if (!is_mark) {
        show_symbol(door, codepoint);
    } else if (door->marks < MARKS_PER_BASE) {
        buf_codepoint(door->out, codepoint);
        door->marks++;
    } else {
        buf_codepoint(door->out, SYMBOL_HIDDEN);
    }
}

static void show_codepoint(struct door *door, uint32_t codepoint)
{
    switch (drawing_of(codepoint)) {
    case DRAWS_CELLS:
        show_drawable(door, codepoint, false);
        break;
    case DRAWS_MARK:
        show_drawable(door, codepoint, true);
        break;
    case DRAWS_CONTROL:
        show_control(door, codepoint);
        break;
    case DRAWS_HIDDEN:
        show_symbol(door, SYMBOL_HIDDEN);
        break;
    case DRAWS_NO_GLYPH:
        show_symbol(door, SYMBOL_NO_GLYPH);
        break;
    }
}

static void show_bad_byte(struct door *door, unsigned char byte)
{
    buf_printf(door->out, "\\x%02X", byte);
    door->marks = 0;
}

static bool is_line_end_pair(const char *raw, size_t length)
{
    return length >= 2 && raw[0] == '\r' && raw[1] == '\n';
}

static void pass_through(struct door *door, const char *raw, size_t length)
{
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(raw + at, length - at, &used);
        if (codepoint == TEXT_BAD) {
            show_bad_byte(door, (unsigned char)raw[at]);
        } else if (is_line_end_pair(raw + at, length - at)) {
            continue;
        } else if (codepoint == '\n' && door->keep_lines) {
            buf_char(door->out, '\n');
            door->marks = MARKS_PER_BASE;
        } else {
            show_codepoint(door, codepoint);
        }
    }
}

static struct door open_door(struct buf *out, bool keep_lines)
{
    return (struct door){.out = out,
                         .keep_lines = keep_lines,
                         .ask_c_library = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                         .marks = MARKS_PER_BASE};
}

void text_show(struct buf *out, const char *raw, size_t length)
{
    struct door door = open_door(out, false);

    pass_through(&door, raw, length);
}

void text_show_lines(struct buf *out, const char *raw, size_t length)
{
    struct door door = open_door(out, true);

    pass_through(&door, raw, length);
}

/* --- Measuring shown text --------------------------------------------------------------------- */

static int cells_of(uint32_t codepoint)
{
    int width = codepoint == TEXT_BAD ? 1 : text_codepoint_width(codepoint);

    return width > 0 ? width : 0;
}

int text_width(const char *shown)
{
    size_t length = strlen(shown);
    size_t used;
    int width = 0;

    for (size_t at = 0; at < length; at += used)
        width += cells_of(text_decode(shown + at, length - at, &used));
    return width;
}

/* A cluster is a code point with cells and the marks behind it; marks need no room and stay. */
size_t text_fit(const char *shown, int cells, int *width)
{
    size_t length = strlen(shown);
    size_t at = 0;
    size_t used;
    int total = 0;

    for (; at < length; at += used) {
        int wide = cells_of(text_decode(shown + at, length - at, &used));
        if (wide > cells - total)
            break;
        total += wide;
    }
    if (width)
        *width = total;
    return at;
}

/* --- Folding and trimming --------------------------------------------------------------------- */

static uint32_t fold_width(uint32_t codepoint)
{
    if (codepoint >= 0xFF01 && codepoint <= 0xFF5E)
        return codepoint - 0xFF01 + '!';
    return codepoint == 0x3000 ? ' ' : codepoint;
}

void text_fold_width(struct buf *out, const char *text, size_t length)
{
    size_t used;

    for (size_t at = 0; at < length; at += used) {
        uint32_t codepoint = text_decode(text + at, length - at, &used);
        uint32_t folded = fold_width(codepoint);
        if (folded != codepoint)
            buf_char(out, (char)folded);
        else
            buf_bytes(out, text + at, used);
    }
}

uint32_t text_fold_key(uint32_t codepoint)
{
    static const struct {
        uint32_t from;
        char to;
    } keys[] = {
        {0x3001, '/'}, {0x3002, '.'}, {0x3010, '['}, {0x3011, ']'},  {0x300A, '<'},
        {0x300B, '>'}, {0x201C, '"'}, {0x201D, '"'}, {0x2018, '\''}, {0x2019, '\''},
        {0xFFE5, '$'}, {0x00A5, '$'}, {0x2026, '^'}, {0x2014, '_'},  {0x00B7, '`'},
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].from == codepoint)
            return (uint32_t)keys[i].to;
    return fold_width(codepoint);
}

bool text_is_han(uint32_t codepoint)
{
    UErrorCode failure = U_ZERO_ERROR;

    if (codepoint < 0x2E80 || codepoint > UCHAR_MAX_VALUE)
        return false;
    return is_ideographic_plane(codepoint) ||
           uscript_getScript((UChar32)codepoint, &failure) == USCRIPT_HAN;
}

static bool is_space(uint32_t codepoint)
{
    return codepoint == ' ' || (codepoint >= '\t' && codepoint <= '\r') || codepoint == 0x3000;
}

size_t text_trim(const char *text, size_t length, const char **start)
{
    size_t first = 0;
    size_t used;

    while (first < length && is_space(text_decode(text + first, length - first, &used)))
        first += used;
    size_t end = first;
    for (size_t at = first; at < length; at += used)
        if (!is_space(text_decode(text + at, length - at, &used)))
            end = at + used;
    *start = text + first;
    return end - first;
}
