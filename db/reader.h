#ifndef HUILIU_DB_READER_H
#define HUILIU_DB_READER_H
/*
 * A reading view of the home for one thread: its own connections to cache.db and outbox.db, and a
 * catalogue snapshot that is reloaded when the catalogue has changed. Works while another thread
 * or process writes; never writes itself.
 */
#include "db/catalogue.h"
#include "db/home.h"
#include "db/sql.h"

struct reader;

enum status reader_open(const struct home *home, struct reader **reader,
                        struct error *error) MUST_CHECK;
void reader_close(struct reader *reader);

struct sql *reader_cache(struct reader *reader);
struct sql *reader_outbox(struct reader *reader);
const struct home *reader_home(const struct reader *reader);
/* Current snapshot; the pointer is valid until the next call. An empty catalogue is not an error.
 */
enum status reader_catalogue(struct reader *reader, const struct catalogue **catalogue,
                             struct error *error) MUST_CHECK;
/* What the modules that judge codes and seals keep for their next question (db/kept_trust.h); freed
 * with the reader, or when another is kept. NULL: nothing. */
void *reader_kept(const struct reader *reader);
void reader_keep(struct reader *reader, void *kept, void (*release)(void *kept));
/* Makes statements of this reader running in its own thread stop with STATUS_CANCELLED. */
void reader_interrupt(struct reader *reader);

#endif
