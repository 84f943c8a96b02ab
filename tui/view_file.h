#ifndef HUILIU_TUI_VIEW_FILE_H
#define HUILIU_TUI_VIEW_FILE_H
/*
 * The one-person and one-enterprise file, shared by its two halves: view_file.c (reading,
 * commands) and view_file_rows.c (rows and drawing). Private to them.
 *
 * The page is a list of rows made from a dossier: a head for each section, its fields, beneath a
 * field the change that is pending for it, then the links. A section that disappears upstream
 * while somebody reads it stays: `earlier` is the last dossier that had it.
 */
#include "db/dossier.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/workplace.h"

#define FILE_REVEAL_MAX 32
#define FILE_FIELD_MAX  160 /* "dataset.field" */

enum file_row_kind { FILE_SECTION, FILE_FIELD, FILE_PENDING, FILE_LINKS, FILE_LINK };

struct file_row {
    enum file_row_kind kind;
    const struct dossier_section *section;
    const struct dossier_field *field;
    const struct dossier_link *link;
    bool removed; /* upstream, since the page was opened */
};

struct file_view {
    struct view view;
    struct workplace *place;
    enum subject_kind kind;  /* SUBJECT_NONE: one record */
    char *key;               /* number of the subject, or "dataset/record" */
    struct dossier *dossier; /* NULL until the first answer */
    struct dossier *earlier; /* NULL, or what has sections that are gone now */
    bool gone;               /* nothing at all is left upstream */
    struct file_row *rows;
    size_t row_count;
    struct list list;
    struct buf filter; /* folded; "" shows every row */
    char reveal[FILE_REVEAL_MAX][FILE_FIELD_MAX];
    size_t reveal_count;
    char wanted[FILE_FIELD_MAX]; /* the field whose purpose is being asked */
    char failure[ERROR_TEXT_MAX];
    bool loading;
    struct refresh refresh;
};

/* Makes the rows again from the dossiers and the filter; false without memory. */
bool file_rows_build(struct file_view *file);
/* What a row is, in words that outlive its dossier: to find it again after a reload. */
void file_row_identity(const struct file_row *row, struct buf *out);
/* The row the keys act on, or NULL. */
const struct file_row *file_selected(const struct file_view *file);

void file_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
