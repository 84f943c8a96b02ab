#include "cli/batch.h"

#include "base/i18n.h"

#include <errno.h>
#include <string.h>

/* Reads a line without its ending; false at the end. *whole tells whether it fitted; the rest of
 * one that did not is skipped. */
static bool read_line(FILE *file, char line[BATCH_LINE_MAX], bool *whole)
{
    size_t length = 0;
    int c;

    *whole = true;
    while ((c = getc(file)) != EOF && c != '\n') {
        if (length + 1 < BATCH_LINE_MAX)
            line[length++] = (char)c;
        else
            *whole = false;
    }
    if (c == EOF && length == 0)
        return false;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return true;
}

static bool concerns_one_line(enum status status)
{
    return status == STATUS_INVALID || status == STATUS_NOT_FOUND || status == STATUS_TOO_LARGE;
}

static enum status answer_line(struct cli *cli, const char *line, bool whole, batch_answer *answer,
                               struct error *error)
{
    struct error why = {0};
    enum status status =
        whole ? answer(cli, line, &why)
              : error_set(&why, STATUS_TOO_LARGE, _("The line is longer than %d bytes."),
                          BATCH_LINE_MAX - 1);

    if (status == STATUS_OK)
        return STATUS_OK;
    output_error_json(cli->out, &why);
    if (!concerns_one_line(status))
        return error_set(error, status, "%s", why.text);
    cli->exit_code = CLI_FAILED;
    return STATUS_OK;
}

enum status batch_run(struct cli *cli, const char *path, batch_answer *answer, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    char line[BATCH_LINE_MAX];
    bool whole;
    enum status status = STATUS_OK;

    if (!file)
        return error_set_errno(error, errno, _("Cannot open %s"), path);
    output_become_json(cli->out);
    while (status == STATUS_OK && read_line(file, line, &whole))
        status = answer_line(cli, line, whole, answer, error);
    if (status == STATUS_OK && ferror(file))
        status = error_set_errno(error, errno, _("Cannot read %s"), path);
    if (!standard)
        (void)fclose(file); /* only read from */
    return status;
}
