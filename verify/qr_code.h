#ifndef HUILIU_VERIFY_QR_CODE_H
#define HUILIU_VERIFY_QR_CODE_H
/*
 * A short text as a QR code (ISO/IEC 18004, error correction level L) and that code as rows of
 * text, two rows of modules to a row of characters (U+2580, U+2584, U+2588), so that a phone can
 * read it off a terminal or a printed page. Capital letters, digits and " $%*+-./:" take the least
 * room.
 *
 *     struct qr_code *code;
 *     if (qr_code_new("HUILIU:SLIP:…", &code, &error) == STATUS_OK)
 *         for (int row = 0; row < qr_code_rows(code); row++)
 *             qr_code_row(code, row, QR_CODE_ON_PAPER, &line);
 *     qr_code_free(code);
 *
 * The quiet zone is two modules wide: half of what the standard asks for, which readers accept and
 * which a page of 24 rows has. Thread-safe; a code belongs to its caller.
 */
#include "base/buf.h"
#include "base/error.h"

#define QR_CODE_TEXT_MAX 300 /* bytes */

struct qr_code;

enum qr_code_ink {
    QR_CODE_ON_SCREEN, /* characters are light, the background dark */
    QR_CODE_ON_PAPER,  /* characters are dark, the background light */
};

/* STATUS_TOO_LARGE when the text is longer than QR_CODE_TEXT_MAX. */
enum status qr_code_new(const char *text, struct qr_code **code, struct error *error) MUST_CHECK;
void qr_code_free(struct qr_code *code); /* accepts NULL */

int qr_code_rows(const struct qr_code *code);    /* of characters */
int qr_code_columns(const struct qr_code *code); /* cells */
/* Appends one row, without a line end. */
void qr_code_row(const struct qr_code *code, int row, enum qr_code_ink ink, struct buf *out);

/* Whether the module is dark; the quiet zone and what lies outside are light. */
bool qr_code_is_dark(const struct qr_code *code, int row, int column);

#endif
