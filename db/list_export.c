#include "db/lists.h"

#include "base/i18n.h"
#include "base/text.h"
#include "db/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_ROWS    500
#define PURPOSE_MIN  2
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
    struct outbox *outbox;
    struct reader *reader;
    const struct session *session;
    const struct list_result *result;
    const struct list_export *wanted;
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
        widen(&writing->widths[column], list_result_title(writing->result, column));
        for (size_t i = 0; i < page->count; i++)
            widen(&writing->widths[column], page->rows[i].cells[column]);
    }
    list_page_free(page);
    return STATUS_OK;
}

static void put_printed(struct writing *writing, size_t column, const char *text)
{
    struct buf shown = {0};
    int cells = 0;

    text_show(&shown, text, strlen(text));
    size_t bytes = text_fit(buf_text(&shown), writing->widths[column], &cells);
    buf_bytes(&writing->line, buf_text(&shown), bytes);
    for (; cells < writing->widths[column] + 2; cells++)
        buf_char(&writing->line, ' ');
    buf_release(&shown);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void put_cell(struct writing *writing, size_t column, const char *text)
{
    if (writing->wanted->form == LIST_TEXT) {
        put_printed(writing, column, text);
        return;
    }
    if (column > 0)
        buf_char(&writing->line, ',');
    list_csv_cell(text, &writing->line);
}

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

static enum status write_head(struct writing *writing, struct error *error)
{
    if (writing->wanted->form == LIST_CSV_BOM)
        buf_str(&writing->line, "\xEF\xBB\xBF");
    for (size_t i = 0; i < list_result_columns(writing->result); i++)
        put_cell(writing, i, list_result_title(writing->result, i));
    return end_line(writing, error);
}

static enum status write_page(struct writing *writing, const struct list_page *page,
                              struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < page->count && status == STATUS_OK; i++) {
        if (!page->rows[i].record[0])
            continue;
        for (size_t column = 0; column < list_result_columns(writing->result); column++)
            put_cell(writing, column, page->rows[i].cells[column]);
        status = end_line(writing, error);
    }
    return status;
}

static enum status write_rows(struct writing *writing, struct error *error)
{
    size_t total = list_result_count(writing->result);
    enum status status = write_head(writing, error);

    for (size_t from = 0; from < total && status == STATUS_OK; from += PAGE_ROWS) {
        struct list_page *page = NULL;
        status = list_page(writing->reader, writing->session, writing->result, from, PAGE_ROWS,
                           &page, error);
        if (status == STATUS_OK)
            status = write_page(writing, page, error);
        list_page_free(page);
    }
    return status;
}

/* --- the file --------------------------------------------------------------------------------- */

static enum status open_new(struct writing *writing, struct error *error)
{
    int file =
        open(writing->wanted->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file < 0 && errno == EEXIST)
        return error_set(error, STATUS_REFUSED,
                         _("%s exists already. Choose another name; nothing is overwritten."),
                         writing->wanted->path);
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

static enum status write_down(struct writing *writing, struct error *error)
{
    char object[OBJECT_BYTES];

    (void)snprintf(object, sizeof object, "%s %.150s %zu", list_result_dataset(writing->result),
                   writing->wanted->name ? writing->wanted->name : "",
                   list_result_count(writing->result));
    return journal_lookup(writing->outbox, writing->session, "export", object,
                          writing->wanted->purpose, error);
}

static enum status check_wanted(const struct writing *writing, struct error *error)
{
    if (!session_may_read(writing->session))
        return error_set(error, STATUS_REFUSED,
                         _("Only a clerk or a supervisor may export lists."));
    if (!writing->wanted->purpose || text_length(writing->wanted->purpose) < PURPOSE_MIN)
        return error_set(error, STATUS_INVALID,
                         _("Say what the list is needed for; it is written down."));
    return STATUS_OK;
}

enum status list_export(struct outbox *outbox, struct reader *reader, const struct session *session,
                        const struct list_result *result, const struct list_export *wanted,
                        struct error *error)
{
    struct writing writing = {
        .outbox = outbox, .reader = reader, .session = session, .result = result, .wanted = wanted};
    enum status status = check_wanted(&writing, error);

    if (status == STATUS_OK && wanted->form == LIST_TEXT)
        status = measure(&writing, error);
    if (status == STATUS_OK)
        status = open_new(&writing, error);
    if (status != STATUS_OK)
        return status;
    status = write_down(&writing, error);
    if (status == STATUS_OK)
        status = write_rows(&writing, error);
    status = close_file(&writing, status, error);
    buf_release(&writing.line);
    return status;
}
