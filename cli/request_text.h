#ifndef HUILIU_CLI_REQUEST_TEXT_H
#define HUILIU_CLI_REQUEST_TEXT_H
/*
 * Requests on standard output: a row of the queue and a whole request, as JSON and as text. The
 * subject is masked for the session; old and current values of fields the session does not see
 * are masked too, in text the proposed ones and summaries as well. The frozen document is given as
 * it is: its hash is over exactly that.
 */
#include "cli/output.h"
#include "db/request.h"
#include "db/session.h"

/* Who asks for the same change: as a JSON array, as lines. */
json_t *request_same_json(const struct request_detail *detail, bool *ok);
void request_same_print(struct output *out, const struct request_detail *detail);
/* Members of one request, for a list or to be added to. */
json_t *request_row_json(const struct session *session, const struct request_row *row, bool *ok);

enum status request_list_json(struct output *out, const struct session *session,
                              const struct request_list *list, struct error *error) MUST_CHECK;
void request_list_print(struct output *out, const struct session *session,
                        const struct request_list *list);

enum status request_detail_json(struct output *out, struct reader *reader,
                                const struct session *session, const struct request_detail *detail,
                                struct error *error) MUST_CHECK;
enum status request_detail_print(struct output *out, struct reader *reader,
                                 const struct session *session, const struct request_detail *detail,
                                 struct error *error) MUST_CHECK;

#endif
