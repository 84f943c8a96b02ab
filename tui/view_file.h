#ifndef HUILIU_TUI_VIEW_FILE_H
#define HUILIU_TUI_VIEW_FILE_H
/*
 * The one-person and one-enterprise file, shared by its parts: view_file.c (reading, commands),
 * view_file_rows.c (rows and drawing) and view_file_facts.c (the rows that are no fields). Private
 * to them.
 *
 * The page is a list of rows made from a dossier: what the ministries do not agree about, then a
 * head for each section, beneath that of a certificate its verdict, its fields, beneath a field the
 * change that is pending for it, then the links and what has changed. A section that disappears
 * upstream while somebody reads it stays: `earlier` is the last dossier that had it.
 */
#include "db/dossier.h"
#include "tui/list.h"
#include "tui/refresh.h"
#include "tui/workplace.h"

#define FILE_REVEAL_MAX 32
#define FILE_FIELD_MAX  160 /* "dataset.field" */

enum file_row_kind {
    FILE_SECTION,
    FILE_FIELD,
    FILE_PENDING,
    FILE_LINKS,
    FILE_LINK,
    FILE_DIFFERENCE, /* head */
    FILE_CLAIM,      /* has section and field too */
    FILE_VERDICT,    /* of a section */
    FILE_CHANGES,    /* head */
    FILE_CHANGE,     /* has a section too */
};

struct file_row {
    enum file_row_kind kind;
    const struct dossier_section *section;
    const struct dossier_field *field;
    const struct dossier_link *link;
    const struct dossier_difference *difference;
    const struct dossier_claim *claim;
    const struct dossier_change *change;
    bool removed;   /* upstream, since the page was opened */
    bool household; /* of a head of links: they are the members of the household */
};

struct file_view {
    struct view view;
    struct workplace *place;
    enum subject_kind kind;  /* SUBJECT_NONE: one record */
    char *key;               /* number of the subject, or "dataset/record" */
    struct dossier *dossier; /* NULL until the first answer */
    bool watched;            /* by the account at work */
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
void file_row_identity(const struct file_view *file, const struct file_row *row, struct buf *out);
/* The row the keys act on, or NULL. */
const struct file_row *file_selected(const struct file_view *file);

/* --- view_file_rows.c, for view_file_facts.c ---------------------------------------------------
 */

void file_row_add(struct file_view *file, struct file_row row); /* there is room */

/* --- view_file_facts.c -------------------------------------------------------------------------
 */

size_t file_rows_of_facts(const struct dossier *dossier); /* rows at most */
void file_rows_add_differences(struct file_view *file, const struct dossier *dossier);
void file_rows_add_changes(struct file_view *file, const struct dossier *dossier);
void file_draw_difference(const struct file_row *row, struct canvas *canvas, struct area at);
void file_draw_claim(const struct file_row *row, struct canvas *canvas, struct area at, int label);
void file_draw_verdict(const struct file_row *row, struct canvas *canvas, struct area at);
void file_draw_change(const struct file_row *row, struct canvas *canvas, struct area at, int label);
const char *file_claim_title(const struct dossier_claim *claim); /* whose statement it is */
enum style file_verdict_style(enum verdict verdict);
/* False for rows that are described elsewhere. */
bool file_describe_fact(const struct file_row *row, struct buf *out);

void file_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
