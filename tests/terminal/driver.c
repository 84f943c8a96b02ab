#include "tests/terminal/driver.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "keymaps/key.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#define IDLE_MARK  "\033]7770;idle;"
#define IDLE_BYTES (sizeof IDLE_MARK - 1)
#define READ_MAX   16384
#define MODES_MAX  4096

struct terminal {
    pid_t pid;
    int pid_fd;
    int master, slave;
    int rows, columns;
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    struct buf output;
    size_t mark_matched; /* bytes of an idle mark at the end of what was read */
    uint64_t mark_number;
    unsigned long marks, marks_at_send;
    uint64_t bytes_sent, bytes_taken; /* to the program; by the program, as its last mark says */
    size_t mark_bytes_in_output;
    bool exited;
    int status;
    bool modes[MODES_MAX];
    struct buf sequence; /* private mode sequence being read */
    struct terminal *next;
};

/* Every terminal there is, so that none outlives the test that failed with it. */
static struct terminal *terminals;

/* --- start ------------------------------------------------------------------------------------ */

static void run_child(const struct terminal_options *options, int slave)
{
    const char *term = options->term ? options->term : "xterm-256color";

    (void)login_tty(slave);
    setenv("TERM", term, 1);
    setenv("HUILIU_TEST_IDLE", "1", 1);
    setenv("LANG", "C.UTF-8", 1);
    unsetenv("LC_ALL");
    unsetenv("SSH_CONNECTION");
    unsetenv("NO_COLOR");
    unsetenv("VTE_VERSION");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    for (const char *const *env = options->env; env && *env; env++)
        (void)putenv((char *)(uintptr_t)*env);
    execv(options->argv[0], options->argv);
    _exit(127);
}

static void start_vterm(struct terminal *terminal)
{
    terminal->vterm = vterm_new(terminal->rows, terminal->columns);
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
}

struct terminal *terminal_start(const struct terminal_options *options)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    struct winsize size = {.ws_row = (unsigned short)(options->rows ? options->rows : 24),
                           .ws_col = (unsigned short)(options->columns ? options->columns : 80)};

    if (!terminal || openpty(&terminal->master, &terminal->slave, NULL, NULL, &size) != 0) {
        free(terminal);
        return NULL;
    }
    terminal->rows = size.ws_row;
    terminal->columns = size.ws_col;
    (void)tcgetattr(terminal->slave, &terminal->before);
    terminal->modes[25] = true;
    start_vterm(terminal);
    fflush(stdout); /* not all: a pipe that a thread reads is locked */
    terminal->pid = fork();
    if (terminal->pid == 0) {
        int slave = dup(terminal->slave);
        close(terminal->master);
        close(terminal->slave);
        run_child(options, slave);
    }
    terminal->pid_fd = (int)syscall(SYS_pidfd_open, terminal->pid, 0);
    terminal->next = terminals;
    terminals = terminal;
    return terminal;
}

static void forget(const struct terminal *terminal)
{
    for (struct terminal **at = &terminals; *at; at = &(*at)->next)
        if (*at == terminal) {
            *at = terminal->next;
            return;
        }
}

/* The watched program goes first: its parent reaps it, so that nothing of it is left when this
 * returns. */
static void end_program(struct terminal *terminal)
{
    struct pollfd ended = {.fd = terminal->pid_fd, .events = POLLIN};
    pid_t watched = terminal_watched_pid(terminal);

    if (watched > 0 && kill(watched, SIGKILL) == 0)
        (void)poll(&ended, 1, TERMINAL_DEADLINE_MS);
    (void)kill(terminal->pid, SIGKILL);
    (void)waitpid(terminal->pid, NULL, 0);
}

void terminal_free(struct terminal *terminal)
{
    if (!terminal)
        return;
    forget(terminal);
    if (!terminal->exited)
        end_program(terminal);
    close(terminal->pid_fd);
    close(terminal->master);
    close(terminal->slave);
    vterm_free(terminal->vterm);
    buf_release(&terminal->output);
    buf_release(&terminal->sequence);
    free(terminal);
}

void terminal_free_all(void)
{
    while (terminals)
        terminal_free(terminals);
}

pid_t terminal_pid(const struct terminal *terminal)
{
    return terminal->pid;
}

pid_t terminal_watched_pid(const struct terminal *terminal)
{
    char path[64];
    char text[64] = "";
    int pid = (int)terminal->pid;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    size_t got = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return got > 0 ? (pid_t)strtol(text, NULL, 10) : -1;
}

/* --- taking in what the program writes ----------------------------------------------------------
 */

static void end_mark(struct terminal *terminal)
{
    terminal->marks++;
    terminal->bytes_taken = terminal->mark_number;
    terminal->mark_matched = 0;
}

static void count_marks(struct terminal *terminal, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        bool in_number = terminal->mark_matched == IDLE_BYTES;
        if (in_number && c >= '0' && c <= '9') {
            terminal->mark_number = terminal->mark_number * 10 + (uint64_t)(c - '0');
        } else if (in_number) {
            end_mark(terminal);
        } else if (c == IDLE_MARK[terminal->mark_matched]) {
            terminal->mark_number = 0;
            terminal->mark_bytes_in_output +=
                ++terminal->mark_matched == IDLE_BYTES ? IDLE_BYTES : 0;
            continue;
        } else {
            terminal->mark_matched = c == IDLE_MARK[0];
        }
        terminal->mark_bytes_in_output += in_number;
    }
}

/* "ESC [ ? 1 ; 25 h": notes each mode of the list. */
static void note_modes(struct terminal *terminal, const char *sequence, bool on)
{
    const char *at = sequence + 3;

    while (*at) {
        char *end;
        long mode = strtol(at, &end, 10);
        if (end == at)
            return;
        if (mode >= 0 && mode < MODES_MAX)
            terminal->modes[mode] = on;
        at = *end == ';' ? end + 1 : end;
    }
}

static void watch_modes(struct terminal *terminal, const char *bytes, size_t length)
{
    struct buf *sequence = &terminal->sequence;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '\033') {
            buf_clear(sequence);
            buf_char(sequence, c);
        } else if (sequence->length > 0) {
            bool private = sequence->length < 3 ? c == "\033[?"[sequence->length]
                                                : (c >= '0' && c <= '9') || c == ';';
            if (private) {
                buf_char(sequence, c);
                continue;
            }
            if (sequence->length >= 3 && (c == 'h' || c == 'l'))
                note_modes(terminal, buf_text(sequence), c == 'h');
            buf_clear(sequence);
        }
    }
}

/* Answers of the terminal to questions go back to the program. */
static void answer(struct terminal *terminal)
{
    char bytes[256];
    size_t length = vterm_output_read(terminal->vterm, bytes, sizeof bytes);

    if (length > 0)
        terminal_send(terminal, bytes, length);
}

static bool take_in(struct terminal *terminal)
{
    char bytes[READ_MAX];
    ssize_t got = read(terminal->master, bytes, sizeof bytes);

    if (got <= 0)
        return false;
    buf_bytes(&terminal->output, bytes, (size_t)got);
    count_marks(terminal, bytes, (size_t)got);
    watch_modes(terminal, bytes, (size_t)got);
    vterm_input_write(terminal->vterm, bytes, (size_t)got);
    answer(terminal);
    return true;
}

/* Waits for output or the end of the program; false when the time is over. */
static bool pump(struct terminal *terminal, int64_t deadline)
{
    struct pollfd slots[] = {{.fd = terminal->master, .events = POLLIN},
                             {.fd = terminal->exited ? -1 : terminal->pid_fd, .events = POLLIN}};
    int64_t left = deadline - clock_mono_ms();

    if (left < 0 || poll(slots, 2, (int)left) <= 0)
        return false;
    if (slots[0].revents & POLLIN)
        return take_in(terminal);
    if (slots[1].revents & POLLIN)
        terminal->exited = waitpid(terminal->pid, &terminal->status, 0) == terminal->pid;
    return true;
}

static bool give_up(const struct terminal *terminal, const char *waiting_for)
{
    char *dump = terminal_dump(terminal);

    fprintf(stderr, "--- waited in vain for %s; the screen:\n%s---\n", waiting_for,
            dump ? dump : "");
    free(dump);
    return false;
}

static int64_t deadline_from_now(void)
{
    return clock_mono_ms() + TERMINAL_DEADLINE_MS;
}

bool terminal_wait_idle(struct terminal *terminal)
{
    int64_t deadline = deadline_from_now();

    while (terminal->marks == terminal->marks_at_send ||
           terminal->bytes_taken < terminal->bytes_sent)
        if (terminal->exited || !pump(terminal, deadline))
            return terminal->exited || give_up(terminal, "the program to be idle");
    return true;
}

/* row -1: anywhere. */
static bool row_has(const struct terminal *terminal, int row, const char *text)
{
    if (row < 0)
        return terminal_find(terminal, text) >= 0;
    char *line = terminal_row(terminal, row);
    bool has = line && strstr(line, text);
    free(line);
    return has;
}

static bool wait_for_text(struct terminal *terminal, int row, const char *text, bool present)
{
    int64_t deadline = deadline_from_now();

    while (row_has(terminal, row, text) != present)
        if (terminal->exited || !pump(terminal, deadline))
            return give_up(terminal, text);
    return true;
}

bool terminal_wait_text(struct terminal *terminal, const char *text)
{
    return wait_for_text(terminal, -1, text, true);
}

bool terminal_wait_row(struct terminal *terminal, int row, const char *text)
{
    return wait_for_text(terminal, row, text, true);
}

bool terminal_wait_no_text(struct terminal *terminal, const char *text)
{
    return wait_for_text(terminal, -1, text, false);
}

static bool output_waits(const struct terminal *terminal)
{
    struct pollfd slot = {.fd = terminal->master, .events = POLLIN};

    return poll(&slot, 1, 0) > 0 && (slot.revents & POLLIN);
}

bool terminal_wait_exit(struct terminal *terminal, int *status)
{
    int64_t deadline = deadline_from_now();

    while (!terminal->exited)
        if (!pump(terminal, deadline))
            return give_up(terminal, "the program to end");
    while (output_waits(terminal) && take_in(terminal))
        continue;
    *status = terminal->status;
    return true;
}

void terminal_listen(struct terminal *terminal, int milliseconds)
{
    int64_t deadline = clock_mono_ms() + milliseconds;

    while (pump(terminal, deadline))
        continue;
}

/* --- keys ------------------------------------------------------------------------------------ */

void terminal_send(struct terminal *terminal, const char *bytes, size_t length)
{
    terminal->marks_at_send = terminal->marks;
    terminal->bytes_sent += length;
    while (length > 0) {
        ssize_t wrote = write(terminal->master, bytes, length);
        if (wrote < 0 && errno != EINTR)
            return;
        if (wrote > 0) {
            bytes += wrote;
            length -= (size_t)wrote;
        }
    }
}

/* xterm's modifier parameter. */
static unsigned modifier_parameter(struct key key)
{
    return 1U + (key.modifiers & KEY_SHIFT ? 1U : 0U) + (key.modifiers & KEY_ALT ? 2U : 0U) +
           (key.modifiers & KEY_CTRL ? 4U : 0U);
}

static void encode_letter(struct buf *out, struct key key, char letter, const char *plain)
{
    if (key.modifiers)
        buf_printf(out, "\033[1;%u%c", modifier_parameter(key), letter);
    else
        buf_printf(out, "\033%s%c", plain, letter);
}

static void encode_number(struct buf *out, struct key key, unsigned number)
{
    if (key.modifiers)
        buf_printf(out, "\033[%u;%u~", number, modifier_parameter(key));
    else
        buf_printf(out, "\033[%u~", number);
}

static void encode_function(struct buf *out, struct key key)
{
    static const unsigned numbers[] = {0,  0,  0,  0,  15, 17, 18, 19, 20, 21,
                                       23, 24, 25, 26, 28, 29, 31, 32, 33, 34};
    uint32_t index = key.code - KEY_CODE_F1;

    if (index < 4)
        encode_letter(out, key, "PQRS"[index], "O");
    else if (index < sizeof numbers / sizeof numbers[0])
        encode_number(out, key, numbers[index]);
}

static void encode_named(struct buf *out, struct key key)
{
    static const struct {
        uint32_t code;
        char letter;      /* ESC O letter */
        unsigned number;  /* ESC [ number ~ */
        const char *byte; /* as it is */
    } codes[] = {
        {KEY_CODE_ENTER, 0, 0, "\r"},    {KEY_CODE_TAB, 0, 0, "\t"},
        {KEY_CODE_ESCAPE, 0, 0, "\033"}, {KEY_CODE_BACKSPACE, 0, 0, "\177"},
        {KEY_CODE_INSERT, 0, 2, NULL},   {KEY_CODE_DELETE, 0, 3, NULL},
        {KEY_CODE_UP, 'A', 0, NULL},     {KEY_CODE_DOWN, 'B', 0, NULL},
        {KEY_CODE_LEFT, 'D', 0, NULL},   {KEY_CODE_RIGHT, 'C', 0, NULL},
        {KEY_CODE_HOME, 'H', 0, NULL},   {KEY_CODE_END, 'F', 0, NULL},
        {KEY_CODE_PAGE_UP, 0, 5, NULL},  {KEY_CODE_PAGE_DOWN, 0, 6, NULL},
    };

    if (key.code == KEY_CODE_TAB && key.modifiers == KEY_SHIFT) {
        buf_str(out, "\033[Z");
        return;
    }
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code != key.code)
            continue;
        if (codes[i].byte)
            buf_printf(out, "%s%s", key.modifiers & KEY_ALT ? "\033" : "", codes[i].byte);
        else if (codes[i].letter)
            encode_letter(out, key, codes[i].letter, "O");
        else
            encode_number(out, key, codes[i].number);
        return;
    }
    encode_function(out, key);
}

static void encode_key(struct buf *out, struct key key)
{
    if (key.code >= KEY_CODE_FIRST) {
        encode_named(out, key);
        return;
    }
    if (key.modifiers & KEY_ALT)
        buf_char(out, '\033');
    if (key.modifiers & KEY_CTRL)
        buf_char(out, (char)(key.code & 0x1F));
    else
        buf_codepoint(out, key.code);
}

/* One key of the notation, or a blank, at `keys`; returns the bytes of notation taken. */
static size_t encode_next(struct buf *out, const char *keys)
{
    struct key key = {.code = ' '};
    size_t used = key_parse(keys, strlen(keys), &key);

    encode_key(out, key);
    return used > 0 ? used : 1;
}

bool terminal_type(struct terminal *terminal, const char *keys)
{
    struct buf bytes = {0};

    while (*keys)
        keys += encode_next(&bytes, keys);
    terminal_send(terminal, buf_text(&bytes), bytes.length);
    buf_release(&bytes);
    return terminal_wait_idle(terminal);
}

bool terminal_type_slowly(struct terminal *terminal, const char *keys)
{
    struct buf bytes = {0};
    bool ok = true;

    while (ok && *keys) {
        buf_clear(&bytes);
        keys += encode_next(&bytes, keys);
        terminal_send(terminal, buf_text(&bytes), bytes.length);
        ok = terminal_wait_idle(terminal);
    }
    buf_release(&bytes);
    return ok;
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    terminal->rows = rows;
    terminal->columns = columns;
    terminal->marks_at_send = terminal->marks;
    vterm_set_size(terminal->vterm, rows, columns);
    (void)ioctl(terminal->master, TIOCSWINSZ, &size);
}

/* --- looking --------------------------------------------------------------------------------- */

int terminal_rows(const struct terminal *terminal)
{
    return terminal->rows;
}

int terminal_columns(const struct terminal *terminal)
{
    return terminal->columns;
}

static void copy_colour(const struct terminal *terminal, VTermColor colour, uint8_t out[3])
{
    vterm_screen_convert_color_to_rgb(terminal->screen, &colour);
    out[0] = colour.rgb.red;
    out[1] = colour.rgb.green;
    out[2] = colour.rgb.blue;
}

struct terminal_cell terminal_cell(const struct terminal *terminal, int row, int column)
{
    VTermScreenCell cell = {0};
    struct terminal_cell out = {0};

    (void)vterm_screen_get_cell(terminal->screen, (VTermPos){.row = row, .col = column}, &cell);
    bool right_half = cell.chars[0] == (uint32_t)-1;
    out.width = right_half ? 0 : cell.width;
    for (size_t i = 0; !right_half && i < 6; i++)
        out.codepoints[i] = cell.chars[i];
    if (!right_half && out.codepoints[0] == 0)
        out.codepoints[0] = ' ';
    out.attributes = (cell.attrs.bold ? TERMINAL_BOLD : 0U) |
                     (cell.attrs.reverse ? TERMINAL_REVERSE : 0U) |
                     (cell.attrs.underline ? TERMINAL_UNDERLINE : 0U);
    out.coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
    copy_colour(terminal, cell.fg, out.foreground);
    copy_colour(terminal, cell.bg, out.background);
    return out;
}

void terminal_cursor(const struct terminal *terminal, int *row, int *column)
{
    VTermPos position;

    vterm_state_get_cursorpos(vterm_obtain_state(terminal->vterm), &position);
    *row = position.row;
    *column = position.col;
}

static void append_row(const struct terminal *terminal, int row, struct buf *out)
{
    size_t end = out->length;

    for (int column = 0; column < terminal->columns; column++) {
        struct terminal_cell cell = terminal_cell(terminal, row, column);
        for (size_t i = 0; cell.width > 0 && i < 6 && cell.codepoints[i]; i++)
            buf_codepoint(out, cell.codepoints[i]);
        if (cell.codepoints[0] != ' ')
            end = out->length;
    }
    out->length = end;
    if (out->data)
        out->data[end] = '\0';
}

char *terminal_row(const struct terminal *terminal, int row)
{
    struct buf out = {0};

    append_row(terminal, row, &out);
    return buf_take(&out);
}

char *terminal_dump(const struct terminal *terminal)
{
    struct buf out = {0};

    for (int row = 0; row < terminal->rows; row++) {
        append_row(terminal, row, &out);
        buf_char(&out, '\n');
    }
    return buf_take(&out);
}

int terminal_find(const struct terminal *terminal, const char *text)
{
    struct buf out = {0};
    int found = -1;

    for (int row = 0; row < terminal->rows && found < 0; row++) {
        buf_clear(&out);
        append_row(terminal, row, &out);
        if (strstr(buf_text(&out), text))
            found = row;
    }
    buf_release(&out);
    return found;
}

/* --- bytes ----------------------------------------------------------------------------------- */

const char *terminal_output(const struct terminal *terminal, size_t *length)
{
    *length = terminal->output.length;
    return buf_text(&terminal->output);
}

void terminal_forget_output(struct terminal *terminal)
{
    buf_clear(&terminal->output);
    terminal->mark_bytes_in_output = 0;
}

size_t terminal_output_bytes(const struct terminal *terminal)
{
    return terminal->output.length - terminal->mark_bytes_in_output;
}

bool terminal_mode_is_on(const struct terminal *terminal, int mode)
{
    return terminal->modes[mode];
}

bool terminal_line_is_restored(const struct terminal *terminal)
{
    struct termios now;

    return tcgetattr(terminal->slave, &now) == 0 && now.c_iflag == terminal->before.c_iflag &&
           now.c_oflag == terminal->before.c_oflag && now.c_cflag == terminal->before.c_cflag &&
           now.c_lflag == terminal->before.c_lflag &&
           memcmp(now.c_cc, terminal->before.c_cc, sizeof now.c_cc) == 0;
}
