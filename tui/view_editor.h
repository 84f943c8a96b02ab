#ifndef HUILIU_TUI_VIEW_EDITOR_H
#define HUILIU_TUI_VIEW_EDITOR_H
/*
 * The request editor, shared by its parts: view_editor.c (commands), view_editor_form.c (its
 * contents), view_editor_check.c (what was typed), view_editor_source.c (what the form is about),
 * view_editor_work.c (drafts, evidence, submitting) and view_editor_draw.c. Only
 * editor_view_focus() and editor_view_propose() are for other pages.
 *
 * The form is a list of items: one for each correctable field of the record, then ground, reason
 * and evidence. An empty input means "stays as it is".
 *
 * Nothing typed is lost: the form is kept as a draft when a field is left, a little after the last
 * key, and when the page closes. The draft goes away only when the request is saved, or when the
 * clerk discards it. While a submission runs the form takes no keys and says so; what it says
 * afterwards is read back from the disk.
 */
#include "base/arena.h"
#include "base/json.h"
#include "db/reader.h"
#include "tui/field.h"
#include "tui/refresh.h"
#include "tui/workplace.h"

#define EDITOR_EVIDENCE_MAX 16
#define EDITOR_KEY_MAX      1024

/* --- what the form is about; read by a worker, then never changed ---------------------------- */

struct editor_source_value {
    const char *name, *title, *codes;
    enum field_type type;
    const char *base;     /* displayed, masked when `masked` */
    const char *raw;      /* as it would be typed; NULL when masked or not typed */
    const char *previous; /* proposed by the request this one replaces; NULL */
    bool masked;
};

struct editor_source {
    struct arena *arena;
    const char *dataset_title, *provider, *name, *subject, *rev;
    struct editor_source_value *values;
    size_t value_count;
    size_t open_requests;                                          /* about this record */
    json_t *draft;                                                 /* NULL: none */
    const char *previous_ground, *previous_reason, *return_reason; /* NULL: none */
    const char *previous_files; /* names of its evidence, which goes along; NULL: none */
};

/* Any thread. `previous` may be "". */
enum status editor_source_read(struct reader *reader, const struct session *session,
                               const char *dataset, const char *record, const char *previous,
                               struct editor_source **source, struct error *error) MUST_CHECK;
void editor_source_free(struct editor_source *source);

/* --- the page -------------------------------------------------------------------------------- */

enum editor_ground { GROUND_BY_FORM, GROUND_INACCURATE, GROUND_INCOMPLETE };

struct editor_value {
    const struct editor_source_value *source;
    struct field input;
    bool base_changed; /* upstream, since the page was opened */
    enum style note_style;
    char note[ERROR_TEXT_MAX]; /* what is to be said about the input; "" nothing */
};

struct editor_view {
    struct view view;
    struct workplace *place;
    char dataset[128], record[EDITOR_KEY_MAX], previous[48];
    struct editor_source *source; /* NULL until it was read */
    struct editor_value *values;
    size_t value_count;
    struct field reason;
    enum editor_ground ground;
    char *evidence[EDITOR_EVIDENCE_MAX]; /* paths */
    size_t evidence_count;
    size_t focus; /* item */
    int first;    /* item at the top of the window */
    char focus_field[128];
    char *proposal, *proposed_by; /* for that field, from elsewhere; NULL: none */
    char failure[ERROR_TEXT_MAX];
    char notice[256];
    bool again; /* the same was asked for before, and that has been said: submitted all the same */
    bool loading, saving;
    bool dirty;      /* not in the draft yet */
    bool has_draft;  /* there is one on disk */
    bool dismissed;  /* submitted or discarded: nothing to keep */
    int64_t edit_ms; /* of the first change that has not been kept */
    struct refresh refresh;
};

/* Items behind the values, counted from value_count. */
enum editor_tail { EDITOR_GROUND, EDITOR_REASON, EDITOR_EVIDENCE, EDITOR_TAIL_COUNT };

size_t editor_item_count(const struct editor_view *editor);
/* The field an item types into; NULL for ground and evidence. */
struct field *editor_item_field(struct editor_view *editor, size_t item);
struct editor_value *editor_focused_value(struct editor_view *editor);
const char *editor_ground_word(const struct editor_view *editor); /* of the document */
void editor_edited(struct editor_view *editor);

/* Starts in the field of this name, when it can be corrected. */
void editor_view_focus(struct view *view, const char *field);
/* Fills that field in with what somebody else says, unless a draft or the request that is replaced
 * has a value for it; it is not kept as a draft before something is typed. `by` is for people. */
void editor_view_propose(struct view *view, const char *value, const char *by);

/* --- view_editor_check.c --------------------------------------------------------------------- */

/* Says beside the input what there is to say; a code's name becomes the code. */
void editor_check_value(struct editor_value *value);
bool editor_value_is_change(const struct editor_value *value);
/* Whether the form can be submitted; else the item to go to and what is missing. */
bool editor_check(struct editor_view *editor, size_t *item, struct buf *what);
/* Entries "1  male" of the field's code table, to be freed, and the codes themselves. Where a code
 * is written with one digit and with two, as the record writes it. */
size_t editor_codes(const struct editor_source_value *source, char codes[][8], char *titles[],
                    size_t most);

/* --- view_editor_form.c ----------------------------------------------------------------------- */

/* Takes over what was read; the first time it starts the form: from the draft, else from the
 * request that is replaced, else empty. Later it keeps what has been typed. */
void editor_take_source(struct editor_view *editor, struct editor_source *source);

/* --- view_editor_work.c ---------------------------------------------------------------------- */

void editor_load(struct editor_view *editor);
/* To the draft; `tell` says so when it is on disk. */
void editor_keep(struct editor_view *editor, bool tell);
void editor_drop_draft(struct editor_view *editor);
void editor_attach(struct editor_view *editor, const char *path);
void editor_submit(struct editor_view *editor);
/* --- view_editor_draw.c ---------------------------------------------------------------------- */

void editor_draw(struct view *view, struct canvas *canvas, struct area area);

#endif
