#ifndef HUILIU_DB_REQUEST_NEWS_H
#define HUILIU_DB_REQUEST_NEWS_H
/*
 * Notices about requests: when somebody else has brought a request into another state, its maker
 * is told, if it was made at this workstation, and so is everybody who watches it. Private to db/.
 *
 * The cause is the event, so the same event is told once, however often its document arrives.
 * Events older than NEWS_DAYS are history, not news: a workstation that is set up again and reads
 * its old requests does not tell them all.
 */
#include "db/request_doc.h"
#include "db/sql.h"

#define NEWS_DAYS 90

/* Inside the transaction that changes the events, before the fold is written to the table: what is
 * there is the state before. */
enum status request_news_tell(struct sql *sql, const char *request, const struct request_fold *fold,
                              struct error *error) MUST_CHECK;
/* Tells those who decided at this workstation that their decision has no effect: another one, made
 * elsewhere, came first. In the same transaction. */
enum status request_news_overtaken(struct sql *sql, const char *request,
                                   const struct request_fold *fold, struct error *error) MUST_CHECK;

/* Tells those who watch a request that it is about to be removed, because the upstream deleted it,
 * and takes their marks off. In the same transaction, while it is still there. */
enum status request_news_deleted(struct sql *sql, const char *request,
                                 struct error *error) MUST_CHECK;

#endif
