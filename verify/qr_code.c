#include "verify/qr_code.h"

#include "base/i18n.h"

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_MODULES 2

struct qr_code {
    QRcode *code;
};

enum status qr_code_new(const char *text, struct qr_code **code, struct error *error)
{
    if (strlen(text) > QR_CODE_TEXT_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The text is too long for a QR code."));
    struct qr_code *made = calloc(1, sizeof *made);
    if (!made)
        return error_nomem(error);
    made->code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    if (!made->code) {
        free(made);
        return error_set(error, STATUS_INVALID, _("The text cannot be made into a QR code."));
    }
    *code = made;
    return STATUS_OK;
}

void qr_code_free(struct qr_code *code)
{
    if (!code)
        return;
    QRcode_free(code->code);
    free(code);
}

static int side(const struct qr_code *code)
{
    return code->code->width + 2 * QUIET_MODULES;
}

int qr_code_columns(const struct qr_code *code)
{
    return side(code);
}

int qr_code_rows(const struct qr_code *code)
{
    return (side(code) + 1) / 2;
}

bool qr_code_is_dark(const struct qr_code *code, int row, int column)
{
    int width = code->code->width;

    row -= QUIET_MODULES;
    column -= QUIET_MODULES;
    if (row < 0 || column < 0 || row >= width || column >= width)
        return false;
    return code->code->data[row * width + column] & 1;
}

void qr_code_row(const struct qr_code *code, int row, enum qr_code_ink ink, struct buf *out)
{
    static const char *const blocks[] = {" ", "\u2580", "\u2584", "\u2588"};
    bool inked_when = ink == QR_CODE_ON_PAPER;

    for (int column = 0; column < side(code); column++) {
        bool upper = qr_code_is_dark(code, 2 * row, column) == inked_when;
        bool lower = qr_code_is_dark(code, 2 * row + 1, column) == inked_when;
        buf_str(out, blocks[(upper ? 1 : 0) + (lower ? 2 : 0)]);
    }
}
