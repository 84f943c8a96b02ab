#include "db/lists.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "db/feed_state.h"
#include "db/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_ROWS    500
#define PURPOSE_MIN  2
#define WIDTH_MIN    2  /* a Chinese character */
#define WIDTH_MAX    40 /* cells of a printed column */
#define SAMPLE_ROWS  500
#define OBJECT_BYTES 400

/* --- CSV -------------------------------------------------------------------------------------- */

/* What a spreadsheet takes for the beginning of a formula; a tab and a line end count because
 * they are skipped before one is looked for. Full-width forms are folded by some. */
static bool is_formula(const char *text)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};

    if (strchr("=+-@\t\r\n", text[0]) && text[0])
        return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0)
            return true;
    return false;
}

void list_csv_cell(const char *text, struct buf *out)
{
    bool formula = is_formula(text);

    if (!formula && !strpbrk(text, ",\"\r\n")) {
        buf_str(out, text);
        return;
    }
    buf_char(out, '"');
    if (formula)
        buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(out, '"');
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

/* --- printed columns -------------------------------------------------------------------------- */

struct writing {
    struct reader *reader;
    const struct session *session;
    const struct list_result *result;
    const struct list_export *wanted;
    const struct list_options *options;
    FILE *file;
    int widths[LIST_COLUMNS_MAX];
    struct buf line;
};

static void widen(int *width, const char *text)
{
    struct buf shown = {0};

    text_show(&shown, text, strlen(text));
    int cells = text_width(buf_text(&shown));
    buf_release(&shown);
    if (cells > *width)
        *width = cells < WIDTH_MAX ? cells : WIDTH_MAX;
}

/* The width of a column comes from its title and the first rows: an export is one pass. */
static enum status measure(struct writing *writing, struct error *error)
{
    struct list_page *page = NULL;
    enum status status =
        list_page(writing->reader, writing->session, writing->result, 0, SAMPLE_ROWS, &page, error);

    if (status != STATUS_OK)
        return status;
    for (size_t column = 0; column < list_result_columns(writing->result); column++) {
        writing->widths[column] = WIDTH_MIN;
        widen(&writing->widths[column], list_result_title(writing->result, column));
        for (size_t i = 0; i < page->count; i++)
            widen(&writing->widths[column], page->rows[i].cells[column]);
    }
    list_page_free(page);
    return STATUS_OK;
}

/* Puts what fits of the cell on the line; gives back the rest. */
static const char *put_printed(struct writing *writing, size_t column, const char *text)
{
    int cells = 0;
    size_t bytes = text_fit(text, writing->widths[column], &cells);

    buf_bytes(&writing->line, text, bytes);
    for (; cells < writing->widths[column] + 2; cells++)
        buf_char(&writing->line, ' ');
    return text + bytes;
}

/* --- lines ------------------------------------------------------------------------------------ */

static enum status failed(const struct writing *writing, struct error *error)
{
    return error_set_errno(error, errno, _("Cannot write %s"), writing->wanted->path);
}

static enum status end_line(struct writing *writing, struct error *error)
{
    struct buf *line = &writing->line;

    while (writing->wanted->form == LIST_TEXT && line->length > 0 &&
           line->data[line->length - 1] == ' ')
        line->data[--line->length] = '\0';
    buf_str(line, writing->wanted->form == LIST_TEXT ? "\n" : "\r\n");
    if (buf_failed(line))
        return error_nomem(error);
    size_t written = fwrite(buf_text(line), 1, line->length, writing->file);
    bool whole = written == line->length;
    buf_clear(line);
    return whole ? STATUS_OK : failed(writing, error);
}

static enum status write_csv(struct writing *writing, const char *const *cells, struct error *error)
{
    for (size_t i = 0; i < list_result_columns(writing->result); i++) {
        if (i > 0)
            buf_char(&writing->line, ',');
        list_csv_cell(cells[i], &writing->line);
    }
    return end_line(writing, error);
}

/* What does not fit a column goes on below, in the same column: nothing is cut off on paper. */
static enum status print_cells(struct writing *writing, struct buf *shown, struct error *error)
{
    size_t columns = list_result_columns(writing->result);
    const char *rest[LIST_COLUMNS_MAX];
    enum status status = STATUS_OK;
    bool more = true;

    for (size_t i = 0; i < columns; i++)
        rest[i] = buf_text(&shown[i]);
    while (more && status == STATUS_OK) {
        more = false;
        for (size_t i = 0; i < columns; i++) {
            const char *before = rest[i];
            rest[i] = put_printed(writing, i, before);
            more = more || (*rest[i] && rest[i] > before);
        }
        status = end_line(writing, error);
    }
    return status;
}

static enum status write_printed(struct writing *writing, const char *const *cells,
                                 struct error *error)
{
    struct buf shown[LIST_COLUMNS_MAX] = {{0}};
    size_t columns = list_result_columns(writing->result);

    for (size_t i = 0; i < columns; i++)
        text_show(&shown[i], cells[i], strlen(cells[i]));
    enum status status = print_cells(writing, shown, error);
    for (size_t i = 0; i < columns; i++)
        buf_release(&shown[i]);
    return status;
}

static enum status write_cells(struct writing *writing, const char *const *cells,
                               struct error *error)
{
    return writing->wanted->form == LIST_TEXT ? write_printed(writing, cells, error)
                                              : write_csv(writing, cells, error);
}

static enum status write_head(struct writing *writing, struct error *error)
{
    const char *titles[LIST_COLUMNS_MAX];

    if (writing->wanted->form == LIST_CSV_BOM)
        buf_str(&writing->line, "\xEF\xBB\xBF");
    for (size_t i = 0; i < list_result_columns(writing->result); i++)
        titles[i] = list_result_title(writing->result, i);
    return write_cells(writing, titles, error);
}

static enum status write_page(struct writing *writing, const struct list_page *page,
                              struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < page->count && status == STATUS_OK; i++) {
        if (page->rows[i].record[0])
            status = write_cells(writing, page->rows[i].cells, error);
    }
    return status;
}

static bool goes_on(const struct writing *writing, size_t done, size_t total)
{
    const struct list_progress now = {(int64_t)done, (int64_t)total};
    const struct list_options *options = writing->options;

    return !options || !options->progress || options->progress(&now, options->context);
}

static void put_shown(struct buf *line, const char *text)
{
    text_show(line, text, strlen(text));
}

/* Paper is read when the screen has long gone: which list it is, whose data, as of when and what it
 * was printed for. */
static enum status write_caption(struct writing *writing, struct error *error)
{
    const struct catalogue *catalogue = NULL;
    const struct dataset *dataset = NULL;
    struct feed_state feed = {0};
    char at[INSTANT_TEXT_MAX] = "-";
    struct buf *line = &writing->line;
    enum status status = reader_catalogue(writing->reader, &catalogue, error);

    if (status == STATUS_OK)
        dataset = catalogue_find(catalogue, list_result_dataset(writing->result));
    if (status == STATUS_OK && dataset)
        status = feed_state_read(reader_cache(writing->reader), dataset, &feed, error);
    if (status != STATUS_OK)
        return status;
    if (feed.contact_ms)
        instant_format_local(feed.contact_ms, at);
    put_shown(line, dataset ? dataset->title : list_result_dataset(writing->result));
    if (writing->wanted->name && writing->wanted->name[0]) {
        buf_str(line, " · ");
        put_shown(line, writing->wanted->name);
    }
    buf_printf(line, " · %zu · %s%s", list_result_count(writing->result), _("as of "), at);
    status = end_line(writing, error);
    put_shown(line, writing->wanted->purpose);
    buf_str(line, " · ");
    put_shown(line, writing->session->account);
    if (status == STATUS_OK)
        status = end_line(writing, error);
    return status == STATUS_OK ? end_line(writing, error) : status;
}

static enum status write_rows(struct writing *writing, struct error *error)
{
    size_t total = list_result_count(writing->result);
    enum status status =
        writing->wanted->form == LIST_TEXT ? write_caption(writing, error) : STATUS_OK;

    if (status == STATUS_OK)
        status = write_head(writing, error);

    for (size_t from = 0; from < total && status == STATUS_OK; from += PAGE_ROWS) {
        struct list_page *page = NULL;
        if (!goes_on(writing, from, total))
            return error_set(error, STATUS_CANCELLED, _("Stopped. No file was written."));
        status = list_page(writing->reader, writing->session, writing->result, from, PAGE_ROWS,
                           &page, error);
        if (status == STATUS_OK)
            status = write_page(writing, page, error);
        list_page_free(page);
    }
    return status;
}

/* --- the file --------------------------------------------------------------------------------- */

static enum status refuse_existing(const struct list_export *wanted, struct error *error)
{
    return error_set(error, STATUS_REFUSED,
                     _("%s exists already. Choose another name; nothing is overwritten."),
                     wanted->path);
}

static enum status open_new(struct writing *writing, struct error *error)
{
    int file =
        open(writing->wanted->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0 && errno == EEXIST)
        return refuse_existing(writing->wanted, error);
    if (file < 0)
        return failed(writing, error);
    writing->file = fdopen(file, "w");
    if (writing->file)
        return STATUS_OK;
    close(file);
    return error_nomem(error);
}

static enum status close_file(struct writing *writing, enum status status, struct error *error)
{
    if (status == STATUS_OK && (fflush(writing->file) != 0 || fsync(fileno(writing->file)) != 0))
        status = failed(writing, error);
    if (fclose(writing->file) != 0 && status == STATUS_OK)
        status = failed(writing, error);
    if (status != STATUS_OK)
        (void)unlink(writing->wanted->path);
    return status;
}

/* --- allowed, and written ----------------------------------------------------------------------
 */

static enum status check_wanted(const struct session *session, const struct list_export *wanted,
                                struct error *error)
{
    if (!session_may_read(session))
        return error_set(error, STATUS_REFUSED,
                         _("Only a clerk or a supervisor may export lists."));
    if (!wanted->purpose || text_length(wanted->purpose) < PURPOSE_MIN)
        return error_set(error, STATUS_INVALID,
                         _("Say what the list is needed for; it is written down."));
    return access(wanted->path, F_OK) == 0 ? refuse_existing(wanted, error) : STATUS_OK;
}

enum status list_export_permit(struct outbox *outbox, const struct session *session,
                               const struct list_result *result, const struct list_export *wanted,
                               struct error *error)
{
    char object[OBJECT_BYTES];
    enum status status = check_wanted(session, wanted, error);

    if (status != STATUS_OK)
        return status;
    (void)snprintf(object, sizeof object, "%s %.150s %zu", list_result_dataset(result),
                   wanted->name ? wanted->name : "", list_result_count(result));
    return journal_lookup(outbox, session, "export", object, wanted->purpose, error);
}

enum status list_export_write(struct reader *reader, const struct session *session,
                              const struct list_result *result, const struct list_export *wanted,
                              const struct list_options *options, struct error *error)
{
    struct writing writing = {.reader = reader,
                              .session = session,
                              .result = result,
                              .wanted = wanted,
                              .options = options};
    enum status status = STATUS_OK;

    if (wanted->form == LIST_TEXT)
        status = measure(&writing, error);
    if (status == STATUS_OK)
        status = open_new(&writing, error);
    if (status != STATUS_OK)
        return status;
    status = write_rows(&writing, error);
    status = close_file(&writing, status, error);
    buf_release(&writing.line);
    return status;
}
