#include "tui/screen.h"

#include "base/i18n.h"
#include "base/text.h"
#include "tui/restore.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <langinfo.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

/* term.h takes these words for itself. */
#undef columns
#undef lines

#define READ_MAX      4096
#define ESCAPE_MS     25
#define ESCAPE_SSH_MS 100

#define PASTE_ON   "\033[?2004h"
#define PASTE_OFF  "\033[?2004l"
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"
/* CAN ends a sequence that was cut in the middle; then every mode anything could have left on. */
#define MODES_OFF                                                                                  \
    "\030" SYNC_END PASTE_OFF "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l"

struct screen {
    WINDOW *window;
    SCREEN *terminal;
    struct canvas *canvas;
    struct cell *shadow; /* what curses was given last */
    cchar_t *row;        /* one row on its way */
    int rows, columns;
    int cursor_row, cursor_column;
    uint64_t bytes_read;
    bool cursor_shown;
    bool synchronised, ascii, coloured;
    iconv_t from_session; /* GB18030 sessions; (iconv_t)-1 in UTF-8 */
    char partial[8];      /* bytes of a character that is not complete yet */
    size_t partial_length;
};

/* --- what puts the terminal right ----------------------------------------------------------------
 */

static void add_capability(struct buf *bytes, const char *name)
{
    char *capability = tigetstr(name);

    if (capability && capability != (char *)-1)
        buf_str(bytes, capability);
}

/* Needs the terminal description to be loaded. */
static void compose_restore_bytes(struct buf *bytes)
{
    buf_str(bytes, MODES_OFF);
    add_capability(bytes, "sgr0");
    add_capability(bytes, "op");
    add_capability(bytes, "rmkx");
    add_capability(bytes, "cnorm");
    add_capability(bytes, "rmcup");
}

static enum status check_terminal(struct error *error)
{
    int found = 0;
    const char *name = getenv("TERM");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The interface needs a terminal; the subcommands work without one."));
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("This system does not know the terminal \"%.40s\" (TERM)."),
                         name ? name : "");
    char *move = tigetstr("cup");
    if (!move || move == (char *)-1)
        return error_set(error, STATUS_UNSUPPORTED,
                         _("The terminal \"%.40s\" cannot place its cursor."), name ? name : "");
    return STATUS_OK;
}

static bool session_is(const char *codeset)
{
    return strcmp(nl_langinfo(CODESET), codeset) == 0;
}

static enum status check_codeset(struct error *error)
{
    if (session_is("UTF-8") || session_is("GB18030"))
        return STATUS_OK;
    return error_set(error, STATUS_UNSUPPORTED,
                     _("This session's character set is %.20s, which cannot show every name. Set "
                       "the terminal to UTF-8."),
                     nl_langinfo(CODESET));
}

enum status screen_watch(struct screen_guard *guard, struct error *error)
{
    struct buf bytes = {0};
    enum status status = check_terminal(error);

    if (status != STATUS_OK)
        return status;
    compose_restore_bytes(&bytes);
    (void)del_curterm(cur_term);
    status = restore_watch(STDOUT_FILENO, buf_text(&bytes), bytes.length, &guard->is_parent,
                           &guard->exit_code, error);
    buf_release(&bytes);
    return status;
}

/* --- start and stop -------------------------------------------------------------------------- */

static int session_width(uint32_t codepoint)
{
    return text_codepoint_width(codepoint) < 0 ? -1 : wcwidth((wchar_t)codepoint);
}

static bool env_is_set(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] != '\0';
}

/* Terminals that understand, or at least skip, the synchronised-update mode. VTE before 0.70
 * mishandles it; the Linux console and true VT100s print it. */
static bool wants_synchronised(enum screen_sync sync)
{
    static const char *const known[] = {"xterm",  "tmux",      "screen",  "foot",    "kitty",
                                        "mintty", "alacritty", "ghostty", "wezterm", "rxvt"};
    const char *name = getenv("TERM");
    const char *vte = getenv("VTE_VERSION");

    if (sync != SCREEN_SYNC_AUTO)
        return sync == SCREEN_SYNC_ON;
    if (!name || (vte && strtol(vte, NULL, 10) < 7000))
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(name, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

/* A canvas has its own idea of how large a terminal can be; what lies beyond it stays blank. */
static enum status make_grid(struct screen *screen, int rows, int columns, struct error *error)
{
    enum status status = screen->canvas ? canvas_resize(screen->canvas, rows, columns, error)
                                        : canvas_new(rows, columns, &screen->canvas, error);

    if (status != STATUS_OK)
        return status;
    struct area grid = canvas_area(screen->canvas);
    free(screen->shadow);
    free(screen->row);
    screen->shadow = calloc((size_t)grid.rows * (size_t)grid.columns, sizeof *screen->shadow);
    screen->row = calloc((size_t)grid.columns + 1, sizeof *screen->row);
    bool whole = screen->shadow && screen->row;
    screen->rows = whole ? grid.rows : 0; /* without them nothing is given to curses */
    screen->columns = whole ? grid.columns : 0;
    screen->cursor_row = -1;
    return whole ? STATUS_OK : error_nomem(error);
}

/* Pairs: number of the style + 1; the terminal's own palette. */
static void start_colours(struct screen *screen, enum screen_colour colour)
{
    static const short foregrounds[STYLE_COUNT] = {
        [STYLE_NORMAL] = -1,        [STYLE_TITLE] = COLOR_WHITE,
        [STYLE_SELECTED] = -1,      [STYLE_MUTED] = -1,
        [STYLE_STRONG] = -1,        [STYLE_KEY] = COLOR_CYAN,
        [STYLE_OK] = COLOR_GREEN,   [STYLE_WARNING] = COLOR_YELLOW,
        [STYLE_ERROR] = COLOR_RED,  [STYLE_PENDING] = COLOR_CYAN,
        [STYLE_FIELD] = -1,         [STYLE_BORDER] = COLOR_BLUE,
        [STYLE_CODE] = COLOR_BLACK,
    };

    if (colour == SCREEN_COLOUR_NEVER || env_is_set("NO_COLOR") || !has_colors() ||
        start_color() != OK || use_default_colors() != OK)
        return;
    for (short style = 0; style < STYLE_COUNT; style++)
        if (foregrounds[style] >= 0)
            (void)init_pair((short)(style + 1), foregrounds[style],
                            style == STYLE_TITLE  ? COLOR_BLUE
                            : style == STYLE_CODE ? COLOR_WHITE
                                                  : -1);
    screen->coloured = true;
}

/* Until its first endwin() ncurses flushes at every cursor movement: 62 writes a page. */
static void start_curses_modes(void)
{
    raw();
    noecho();
    nonl();
    typeahead(-1); /* a frame is never cut short because keys wait */
    idlok(stdscr, TRUE);
    leaveok(stdscr, FALSE);
    endwin();
    refresh();
}

static void send(const char *bytes, size_t length)
{
    restore_write(STDOUT_FILENO, bytes, length);
}

/* Keys in the form terminfo describes, paste marked as such. */
static void modes_on(void)
{
    struct buf bytes = {0};

    add_capability(&bytes, "smkx");
    buf_str(&bytes, PASTE_ON);
    send(buf_text(&bytes), bytes.length);
    buf_release(&bytes);
}

static void modes_off(void)
{
    struct buf bytes = {0};

    add_capability(&bytes, "rmkx");
    buf_str(&bytes, PASTE_OFF);
    send(buf_text(&bytes), bytes.length);
    buf_release(&bytes);
}

static enum status arm(struct error *error)
{
    struct buf bytes = {0};

    compose_restore_bytes(&bytes);
    (void)del_curterm(cur_term);
    enum status status = restore_arm(STDOUT_FILENO, buf_text(&bytes), bytes.length, error);
    buf_release(&bytes);
    return status;
}

static bool terminal_size(int *rows, int *columns)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return true;
}

static enum status open_terminal(struct screen *screen, const struct screen_options *options,
                                 struct error *error)
{
    int rows;
    int columns;

    screen->terminal = newterm(NULL, stdout, stdin);
    if (!screen->terminal)
        return error_set(error, STATUS_UNSUPPORTED, _("The terminal cannot be opened."));
    screen->window = stdscr;
    start_colours(screen, options->colour);
    start_curses_modes();
    if (terminal_size(&rows, &columns) && (rows != LINES || columns != COLS))
        (void)resizeterm(rows, columns);
    modes_on();
    return make_grid(screen, LINES, COLS, error);
}

static enum status start(struct screen *screen, const struct screen_options *options,
                         struct error *error)
{
    enum status status = check_terminal(error);

    if (status == STATUS_OK)
        status = check_codeset(error);
    if (status == STATUS_OK)
        status = arm(error);
    if (status == STATUS_OK)
        status = open_terminal(screen, options, error);
    return status;
}

static enum status convert_from_gb18030(struct screen *screen, struct error *error)
{
    screen->from_session = iconv_open("UTF-8", "GB18030");
    if (screen->from_session == (iconv_t)-1)
        return error_set_errno(error, errno, _("What is typed in GB18030 cannot be read here"));
    canvas_set_width(screen->canvas, session_width);
    return STATUS_OK;
}

enum status screen_start(const struct screen_options *options, struct screen **screen,
                         struct error *error)
{
    struct screen *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->synchronised = wants_synchronised(options->sync);
    made->ascii = options->ascii;
    made->from_session = (iconv_t)-1;
    enum status status = start(made, options, error);
    if (status == STATUS_OK && session_is("GB18030"))
        status = convert_from_gb18030(made, error);
    if (status != STATUS_OK) {
        screen_stop(made);
        return status;
    }
    *screen = made;
    return STATUS_OK;
}

void screen_stop(struct screen *screen)
{
    if (!screen)
        return;
    if (screen->terminal) {
        modes_off();
        (void)curs_set(1);
        endwin();
        delscreen(screen->terminal);
    }
    restore_disarm();
    if (screen->from_session != (iconv_t)-1)
        iconv_close(screen->from_session);
    canvas_free(screen->canvas);
    free(screen->shadow);
    free(screen->row);
    free(screen);
}

struct canvas *screen_canvas(struct screen *screen)
{
    return screen->canvas;
}

/* --- output ---------------------------------------------------------------------------------- */

static attr_t attributes_of(const struct screen *screen, const struct cell *cell)
{
    static const attr_t coloured[STYLE_COUNT] = {
        [STYLE_TITLE] = A_BOLD,  [STYLE_SELECTED] = A_REVERSE, [STYLE_MUTED] = A_DIM,
        [STYLE_STRONG] = A_BOLD, [STYLE_KEY] = A_BOLD,         [STYLE_WARNING] = A_BOLD,
        [STYLE_ERROR] = A_BOLD,  [STYLE_FIELD] = A_UNDERLINE,
    };
    static const attr_t plain[STYLE_COUNT] = {
        [STYLE_TITLE] = A_REVERSE,   [STYLE_SELECTED] = A_REVERSE, [STYLE_STRONG] = A_BOLD,
        [STYLE_KEY] = A_BOLD,        [STYLE_WARNING] = A_BOLD,     [STYLE_ERROR] = A_BOLD,
        [STYLE_FIELD] = A_UNDERLINE, [STYLE_CODE] = A_REVERSE,
    };
    attr_t attributes = screen->coloured ? coloured[cell->style] : plain[cell->style];

    return cell->selected ? attributes | A_REVERSE : attributes;
}

static short pair_of(const struct screen *screen, const struct cell *cell)
{
    bool has_pair = cell->style == STYLE_TITLE || cell->style == STYLE_KEY ||
                    (cell->style >= STYLE_OK && cell->style <= STYLE_PENDING) ||
                    cell->style == STYLE_BORDER || cell->style == STYLE_CODE;

    return screen->coloured && has_pair ? (short)(cell->style + 1) : 0;
}

static const cchar_t *line_piece(enum canvas_line line)
{
    switch (line) {
    case LINE_HORIZONTAL:
        return WACS_HLINE;
    case LINE_VERTICAL:
        return WACS_VLINE;
    case LINE_TOP_LEFT:
        return WACS_ULCORNER;
    case LINE_TOP_RIGHT:
        return WACS_URCORNER;
    case LINE_BOTTOM_LEFT:
        return WACS_LLCORNER;
    case LINE_BOTTOM_RIGHT:
        return WACS_LRCORNER;
    case LINE_NONE:
        break;
    }
    return NULL;
}

static wchar_t ascii_piece(enum canvas_line line)
{
    return line == LINE_HORIZONTAL ? L'-' : line == LINE_VERTICAL ? L'|' : L'+';
}

static void set_piece(const struct screen *screen, const struct cell *cell, cchar_t *out)
{
    wchar_t text[CCHARW_MAX + 1] = {0};
    attr_t attributes = 0;
    short pair = 0;

    if (screen->ascii)
        text[0] = ascii_piece((enum canvas_line)cell->line);
    else
        (void)getcchar(line_piece((enum canvas_line)cell->line), text, &attributes, &pair, NULL);
    (void)setcchar(out, text, attributes | attributes_of(screen, cell), pair_of(screen, cell),
                   NULL);
}

static void set_cell(const struct screen *screen, const struct cell *cell, cchar_t *out)
{
    wchar_t text[CELL_MARKS_MAX + 2] = {0};

    if (cell->line != LINE_NONE) {
        set_piece(screen, cell, out);
        return;
    }
    for (size_t i = 0; i <= CELL_MARKS_MAX && cell->codepoints[i]; i++)
        text[i] = (wchar_t)cell->codepoints[i];
    if (text[0] == L'\0')
        text[0] = L' ';
    (void)setcchar(out, text, attributes_of(screen, cell), pair_of(screen, cell), NULL);
}

/* Gives curses one row if it differs from what it was given before. */
static bool give_row(struct screen *screen, int row)
{
    const struct cell *cells = canvas_cell(screen->canvas, row, 0);
    size_t bytes = (size_t)screen->columns * sizeof *cells;
    struct cell *shadow = screen->shadow + (size_t)row * (size_t)screen->columns;
    int count = 0;

    if (!cells || memcmp(cells, shadow, bytes) == 0)
        return false;
    for (int column = 0; column < screen->columns; column++)
        if (cells[column].width > 0)
            set_cell(screen, &cells[column], &screen->row[count++]);
    (void)mvwadd_wchnstr(screen->window, row, 0, screen->row, count);
    memcpy(shadow, cells, bytes);
    return true;
}

static bool give_cursor(struct screen *screen)
{
    int row;
    int column;
    bool visible;

    canvas_cursor_get(screen->canvas, &row, &column, &visible);
    bool moved = row != screen->cursor_row || column != screen->cursor_column;
    bool changed = moved || visible != screen->cursor_shown;
    if (visible != screen->cursor_shown)
        (void)curs_set(visible ? 1 : 0);
    screen->cursor_row = row;
    screen->cursor_column = column;
    screen->cursor_shown = visible;
    (void)wmove(screen->window, row, column);
    return changed;
}

void screen_flush(struct screen *screen, bool repaint)
{
    bool changed = repaint;

    if (repaint)
        clearok(curscr, TRUE);
    for (int row = 0; row < screen->rows; row++)
        changed = give_row(screen, row) || changed;
    changed = give_cursor(screen) || changed;
    if (!changed)
        return;
    if (screen->synchronised)
        send(SYNC_BEGIN, sizeof SYNC_BEGIN - 1);
    (void)wnoutrefresh(screen->window);
    (void)doupdate();
    if (screen->synchronised)
        send(SYNC_END, sizeof SYNC_END - 1);
}

void screen_bell(struct screen *screen)
{
    (void)screen;
    send("\a", 1);
}

void screen_send_idle_mark(struct screen *screen)
{
    char mark[48];
    int length = snprintf(mark, sizeof mark, "\033]7770;idle;%" PRIu64 "\007", screen->bytes_read);

    send(mark, (size_t)length);
}

/* --- input ----------------------------------------------------------------------------------- */

int screen_input_fd(const struct screen *screen)
{
    (void)screen;
    return STDIN_FILENO;
}

int screen_signal_fd(const struct screen *screen)
{
    (void)screen;
    return restore_signal_fd();
}

int screen_escape_delay(void)
{
    return env_is_set("SSH_CONNECTION") ? ESCAPE_SSH_MS : ESCAPE_MS;
}

/* GB18030 to UTF-8. The bytes of a character may come in two packets; a byte that begins none is
 * passed on as it is and the decoder drops it. */
static void convert(struct screen *screen, const char *bytes, size_t length, struct buf *out)
{
    char in[READ_MAX + sizeof screen->partial];
    char made[READ_MAX * 2];

    memcpy(in, screen->partial, screen->partial_length);
    memcpy(in + screen->partial_length, bytes, length);
    char *from = in;
    size_t left = screen->partial_length + length;
    screen->partial_length = 0;
    while (left > 0) {
        char *to = made;
        size_t room = sizeof made;
        size_t result = iconv(screen->from_session, &from, &left, &to, &room);
        buf_bytes(out, made, (size_t)(to - made));
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL && left < sizeof screen->partial) {
            memcpy(screen->partial, from, left);
            screen->partial_length = left;
            return;
        }
        buf_char(out, (char)0xFF);
        from++;
        left--;
    }
}

/* Bytes that can be read without waiting; -1 when the terminal is gone. */
static int input_waiting(void)
{
    struct pollfd slot = {.fd = STDIN_FILENO, .events = POLLIN};
    int waiting = 0;

    if (poll(&slot, 1, 0) <= 0)
        return 0;
    if (ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0 || waiting <= 0)
        return -1;
    return waiting;
}

enum status screen_read(struct screen *screen, struct buf *out)
{
    char bytes[READ_MAX];
    int waiting = input_waiting();

    if (waiting == 0)
        return STATUS_NOT_FOUND;
    ssize_t got = waiting > 0 ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return STATUS_NOT_FOUND;
    if (got <= 0)
        return STATUS_OFFLINE;
    screen->bytes_read += (uint64_t)got;
    if (screen->from_session != (iconv_t)-1)
        convert(screen, bytes, (size_t)got, out);
    else
        buf_bytes(out, bytes, (size_t)got);
    return STATUS_OK;
}

void screen_teach(const struct screen *screen, struct input *input)
{
    static const struct {
        const char *capability;
        enum key_code code;
        uint32_t modifiers;
    } keys[] = {
        {"kcuu1", KEY_CODE_UP, 0},         {"kcud1", KEY_CODE_DOWN, 0},
        {"kcub1", KEY_CODE_LEFT, 0},       {"kcuf1", KEY_CODE_RIGHT, 0},
        {"khome", KEY_CODE_HOME, 0},       {"kend", KEY_CODE_END, 0},
        {"kpp", KEY_CODE_PAGE_UP, 0},      {"knp", KEY_CODE_PAGE_DOWN, 0},
        {"kich1", KEY_CODE_INSERT, 0},     {"kdch1", KEY_CODE_DELETE, 0},
        {"kcbt", KEY_CODE_TAB, KEY_SHIFT},
    };
    char name[8];

    (void)screen;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char *sequence = tigetstr(keys[i].capability);
        if (sequence && sequence != (char *)-1)
            input_define(input, sequence,
                         (struct key){.code = keys[i].code, .modifiers = keys[i].modifiers});
    }
    for (unsigned number = 1; number <= 12; number++) {
        (void)snprintf(name, sizeof name, "kf%u", number);
        char *sequence = tigetstr(name);
        if (sequence && sequence != (char *)-1)
            input_define(input, sequence, (struct key){.code = KEY_CODE_F1 + number - 1});
    }
}

/* --- signals and size ------------------------------------------------------------------------ */

int screen_take_signal(struct screen *screen)
{
    (void)screen;
    return restore_take_signal();
}

bool screen_resize(struct screen *screen)
{
    int rows;
    int columns;

    if (!terminal_size(&rows, &columns) || (rows == screen->rows && columns == screen->columns))
        return false;
    if (resizeterm(rows, columns) != OK || make_grid(screen, LINES, COLS, NULL) != STATUS_OK)
        return false;
    return true;
}

void screen_suspend(struct screen *screen)
{
    struct sigaction stop = {.sa_handler = SIG_DFL};
    struct sigaction before;

    modes_off();
    (void)curs_set(1);
    endwin();
    sigemptyset(&stop.sa_mask);
    (void)sigaction(SIGTSTP, &stop, &before);
    (void)kill(0, SIGTSTP);
    (void)sigaction(SIGTSTP, &before, NULL);
    modes_on();
    screen->cursor_shown = true;
    clearok(curscr, TRUE);
    (void)wrefresh(screen->window);
}
