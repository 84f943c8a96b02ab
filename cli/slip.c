#include "cli/slip.h"

#include "base/i18n.h"
#include "cli/commands.h"
#include "cli/verdict_text.h"
#include "verify/qr_code.h"

#include <string.h>
#include <unistd.h>

json_t *slip_value(const struct slip *slip, bool *ok)
{
    json_t *value = json_object(), *checks = json_array();
    struct buf code = {0};

    slip_code(slip, &code);
    for (size_t i = 0; i < slip->check_count; i++)
        json_add(checks, check_value(&slip->checks[i], ok), ok);
    json_put_text(value, "reference", slip->reference, ok);
    put_instant(value, "at", slip->at_ms, ok);
    put_shown(value, "station", slip->station, ok);
    put_shown(value, "area", slip->area, ok);
    put_shown(value, "by", slip->account, ok);
    put_shown(value, "kind", slip->kind, ok);
    put_shown(value, "object", slip->object, ok);
    json_put_text(value, "verdict", verdict_name(slip->verdict), ok);
    json_put(value, "recheck", json_boolean(slip->recheck), ok);
    json_put(value, "checks", checks, ok);
    json_put(value, "left_out", json_integer((json_int_t)slip->left_out), ok);
    json_put_text(value, "code", buf_failed(&code) ? NULL : buf_text(&code), ok);
    buf_release(&code);
    return value;
}

enum status slip_write(const struct seat *seat, const char *object,
                       const struct verdict_report *report, struct slip **slip, struct error *error)
{
    if (!seat->logged_in)
        return error_set(error, STATUS_REFUSED,
                         _("A slip is written by somebody: name yourself with --as and "
                           "--passphrase-file."));
    if (!seat->outbox)
        return error_set(error, STATUS_LOCKED,
                         _("Another Huiliu window holds this home: it writes the slip."));
    return slip_make(seat->outbox, &seat->session, object, report, slip, error);
}

static void print_code(struct output *out, const struct qr_code *code)
{
    enum qr_code_ink ink = isatty(STDOUT_FILENO) == 1 ? QR_CODE_ON_SCREEN : QR_CODE_ON_PAPER;
    struct buf block = {0};

    for (int row = 0; row < qr_code_rows(code); row++) {
        qr_code_row(code, row, ink, &block);
        buf_char(&block, '\n');
    }
    output_block(out, buf_text(&block));
    buf_release(&block);
}

static enum status print_for_people(struct output *out, const struct slip *slip,
                                    struct error *error)
{
    struct buf text = {0};
    struct qr_code *code = NULL;

    slip_code(slip, &text);
    enum status status =
        buf_failed(&text) ? error_nomem(error) : qr_code_new(buf_text(&text), &code, error);
    if (status == STATUS_OK) {
        buf_clear(&text);
        slip_describe(slip, &text);
        for (const char *line = buf_text(&text); *line;) {
            int length = (int)strcspn(line, "\n");
            output_line(out, "%.*s", length, line);
            line += length + (line[length] == '\n');
        }
        print_code(out, code);
    }
    qr_code_free(code);
    buf_release(&text);
    return status;
}

enum status slip_print(struct cli *cli, const struct slip *slip, struct error *error)
{
    bool ok = true;

    if (!output_is_json(cli->out))
        return print_for_people(cli->out, slip, error);
    json_t *value = slip_value(slip, &ok);
    return output_json(cli->out, value, ok, error);
}

static enum status run(struct cli *cli, struct error *error)
{
    struct slip *slip = NULL;
    enum status status = slip_find(cli->seat->reader, cli->line->operands[0], &slip, error);

    if (status == STATUS_OK)
        status = slip_print(cli, slip, error);
    slip_free(slip);
    return status;
}

static const struct option_row options[] = {{NULL, NULL, 0, NULL}};

const struct cli_command command_slip = {
    .name = "slip",
    .operands = "REFERENCE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Print a verification slip again, by the reference that stands on it."),
    .options = options,
    .needs = SEAT_HOME | SEAT_LOGIN,
    .allowed = session_may_read,
    .run = run,
};
