#ifndef HUILIU_TUI_VIEWS_H
#define HUILIU_TUI_VIEWS_H
/*
 * The pages, one line each: how to make them. Every one returns NULL only for want of memory, is
 * handed to app_push() and belongs to the application from then on.
 */
#include "db/catalogue.h"
#include "db/quality.h"
#include "tui/view.h"
#include "tui/workplace.h"
#include "verify/verdict.h"

/* Account and passphrase. `account` fills in the first field; NULL: empty. On success it calls
 * workplace_set_session() and nothing else: the session hook replaces it. Its `enabled` refuses
 * every command but its own fields, help and quit, so nothing beneath can be reached. */
struct view *unlock_view_new(struct workplace *place, const char *account);

/* Start page: freshness of every dataset, the queue in numbers, notices, ways to go. */
struct view *home_view_new(struct workplace *place);

/* What the catalogue says about a dataset: who gives it, for what, how fresh, which fields. */
struct view *dataset_view_new(struct workplace *place, const char *dataset);

/* Search as you type; `text` is what has been typed already ("" for nothing). */
struct view *search_view_new(struct workplace *place, const char *text);
/* What was typed or pasted elsewhere goes into an open search page. */
unsigned search_view_type(struct view *view, const struct input_event *event);

/* The one-person or one-enterprise file. */
struct view *file_view_new(struct workplace *place, enum subject_kind kind, const char *subject);
/* A single record of any dataset ("certificate:…"), shown the same way. */
struct view *record_view_new(struct workplace *place, const char *dataset, const char *record);

/* A number, a code or a record key and its verdict; `text` is judged at once when not empty. */
struct view *verify_view_new(struct workplace *place, const char *text);

/* What a notice about a repeated verdict leads to (db/recheck.h): both verdicts, and a new one. */
struct view *verify_view_new_again(struct workplace *place, const char *link);

/* The slip about a verdict, written down as the page opens. `object` as slip_make() wants it. */
struct view *slip_view_new(struct workplace *place, const char *object,
                           const struct verdict_report *report);

/* A change request on one record: a form over its correctable fields, ground, reason. Starts from
 * the record as it is now, or from the draft left there. `previous`: the request this one replaces
 * ("" none). */
struct view *editor_view_new(struct workplace *place, const char *dataset, const char *record,
                             const char *previous);

enum queue_tab { QUEUE_MINE, QUEUE_REVIEW, QUEUE_HELD };
struct view *queue_view_new(struct workplace *place, enum queue_tab tab);

/* One request: base, proposed and present value side by side, its history, the decision. */
struct view *compare_view_new(struct workplace *place, const char *id);

/* What happened that this account should know of (db/notice.h), until it has seen it. */
struct view *notices_view_new(struct workplace *place);
/* Bundles written and imported, their numbers and receipts. */
struct view *bundles_view_new(struct workplace *place);

/* What the rule checks found, and checking again; the records of one rule in one dataset. */
struct view *quality_view_new(struct workplace *place);
struct view *findings_view_new(struct workplace *place, enum quality_rule rule,
                               const char *dataset);

/* What is trusted: the keys, certificates and revocation lists of the catalogue (db/trust_list.h),
 * and a page of its own for each of them. */
struct view *trust_view_new(struct workplace *place);

/* Saved lists; the rows of one (db/lists.h): a copy of `list` is kept. `name` "": not saved. */
struct view *lists_view_new(struct workplace *place);
struct view *list_view_new(struct workplace *place, const char *name, const json_t *list);

/* The sync monitor: the run under way, the last one, every dataset. */
struct view *sync_view_new(struct workplace *place);

#endif
