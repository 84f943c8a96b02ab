#include "sync/relay.h"

#include "base/clock.h"
#include "base/thread.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define BATCHES           8
#define BATCH_ROWS        256
#define BATCH_BYTES       ((size_t)128 << 10)
#define WAITING_BYTES_MAX ((size_t)1 << 20)
/* A reader that had to wait goes on when so little is left, not with each batch that is taken, and
 * a writer that has run dry gets less than a full batch only from a reader who is slow. Otherwise
 * the two wake each other every few rows, and then they share one processor. */
#define WAITING_LOW       (BATCHES / 2)
#define BATCH_ROWS_URGENT 16
#define BATCH_MS_URGENT   20

/* A kept row; what does not live in `row.value` lies in the batch. */
struct kept {
    struct couch_row row;
    size_t text, reason;          /* offsets, of a row that is none */
    size_t id, rev, since, ready; /* and of a plain one */
};

/* Consecutive rows, and perhaps the end of a page behind them. */
struct batch {
    struct kept rows[BATCH_ROWS];
    size_t count;
    struct buf texts;
    size_t bytes;     /* of all rows, as a measure of the memory they take */
    int64_t begun_ms; /* monotonic clock, at the first row */
    struct relay_page page;
    char *last_seq; /* not NULL: there is a page */
};

/* `waiting` batches from `first` on (in a ring) belong to the writer, `filling` to the reader, who
 * also empties a batch before using it again: rows are freed by the thread that has made them. */
struct relay {
    struct relay_writer writer;
    pthread_t thread;
    pthread_mutex_t guard;
    pthread_cond_t arrived; /* a batch, or the end */
    pthread_cond_t taken;   /* few are left */
    size_t filling;         /* the reader's own */
    size_t first, waiting, waiting_bytes;
    bool ended; /* no more will come */
    struct error failure;
    atomic_bool dropped, failed, idle;
    struct batch batches[BATCHES];
};

/* --- batches ---------------------------------------------------------------------------------- */

static void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        json_decref(batch->rows[i].row.value);
    free(batch->last_seq);
    batch->last_seq = NULL;
    batch->count = 0;
    batch->bytes = 0;
    buf_clear(&batch->texts);
}

/* Appends a copy that ends with a NUL. */
static size_t keep_text(struct batch *batch, const char *text, size_t length)
{
    size_t offset = batch->texts.length;
    buf_bytes(&batch->texts, text, length);
    buf_char(&batch->texts, '\0');
    return offset;
}

/* Appends a copy at an address that suits any type. */
static size_t keep_bytes(struct batch *batch, const void *bytes, size_t size)
{
    static const char padding[alignof(max_align_t)];
    size_t beyond = batch->texts.length % sizeof(padding);
    buf_bytes(&batch->texts, padding, beyond > 0 ? sizeof(padding) - beyond : 0);
    size_t offset = batch->texts.length;
    buf_bytes(&batch->texts, bytes, size);
    return offset;
}

static void keep_plain(struct batch *batch, struct kept *kept)
{
    const struct couch_row *row = &kept->row;
    kept->id = keep_text(batch, row->id, strlen(row->id));
    kept->rev = keep_text(batch, row->rev, strlen(row->rev));
    kept->since = keep_text(batch, row->since, strlen(row->since));
    kept->ready = keep_bytes(batch, row->ready, row->ready_size);
}

static enum status batch_keep(struct batch *batch, const struct couch_row *row, struct error *error)
{
    struct kept kept = {.row = *row};
    if (!row->id) {
        kept.text = keep_text(batch, row->text, row->length);
        kept.reason = keep_text(batch, row->reason, strlen(row->reason));
    } else if (row->body) {
        keep_plain(batch, &kept);
    }
    if (buf_failed(&batch->texts))
        return error_nomem(error);
    json_incref(row->value);
    if (batch->count == 0)
        batch->begun_ms = clock_mono_ms();
    batch->rows[batch->count++] = kept;
    batch->bytes += row->length + row->ready_size;
    return STATUS_OK;
}

static bool batch_is_full(const struct batch *batch)
{
    return batch->count == BATCH_ROWS || batch->bytes >= BATCH_BYTES;
}

/* --- the writer's thread ---------------------------------------------------------------------- */

static struct couch_row kept_row(const struct batch *batch, const struct kept *kept)
{
    struct couch_row row = kept->row;
    const char *texts = batch->texts.data;
    row.text = row.id ? NULL : texts + kept->text;
    row.length = row.id ? 0 : row.length;
    row.reason = row.id ? NULL : texts + kept->reason;
    if (!row.body)
        return row;
    row.id = texts + kept->id;
    row.rev = texts + kept->rev;
    row.since = texts + kept->since;
    row.ready = texts + kept->ready;
    row.body = NULL;
    row.body_length = 0;
    return row;
}

static enum status write_row(const struct relay *relay, const struct batch *batch,
                             const struct kept *kept, struct error *error)
{
    const struct couch_row row = kept_row(batch, kept);
    return relay->writer.row(relay->writer.context, &row, error);
}

static enum status write_batch(struct relay *relay, const struct batch *batch, struct error *error)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (atomic_load(&relay->dropped))
            return STATUS_OK;
        enum status status = write_row(relay, batch, &batch->rows[i], error);
        if (status != STATUS_OK)
            return status;
    }
    if (!batch->last_seq || atomic_load(&relay->dropped))
        return STATUS_OK;
    return relay->writer.page(relay->writer.context, &batch->page, error);
}

/* The next batch, which stays in its place while it is written; NULL: the end. */
static struct batch *wait_for_batch(struct relay *relay)
{
    pthread_mutex_lock(&relay->guard);
    while (relay->waiting == 0 && !relay->ended) {
        atomic_store(&relay->idle, true);
        pthread_cond_wait(&relay->arrived, &relay->guard);
    }
    atomic_store(&relay->idle, false);
    struct batch *batch = relay->waiting > 0 ? &relay->batches[relay->first] : NULL;
    pthread_mutex_unlock(&relay->guard);
    return batch;
}

static void give_back(struct relay *relay, enum status status, const struct error *failure)
{
    pthread_mutex_lock(&relay->guard);
    relay->waiting_bytes -= relay->batches[relay->first].bytes;
    relay->first = (relay->first + 1) % BATCHES;
    relay->waiting--;
    if (status != STATUS_OK) {
        relay->failure = *failure;
        atomic_store(&relay->failed, true);
    }
    if (relay->waiting <= WAITING_LOW)
        pthread_cond_signal(&relay->taken);
    pthread_mutex_unlock(&relay->guard);
}

static void *write_all(void *context)
{
    struct relay *relay = context;
    struct batch *batch;
    while ((batch = wait_for_batch(relay)) != NULL) {
        struct error failure = {0};
        enum status status = STATUS_OK;
        if (!atomic_load(&relay->failed) && !atomic_load(&relay->dropped))
            status = write_batch(relay, batch, &failure);
        give_back(relay, status, &failure);
    }
    return NULL;
}

/* --- the reader's thread ---------------------------------------------------------------------- */

static bool has_room(const struct relay *relay)
{
    return relay->waiting == 0 ||
           (relay->waiting < BATCHES - 1 && relay->waiting_bytes < WAITING_BYTES_MAX);
}

static enum status failure_of(struct relay *relay, struct error *error)
{
    if (!atomic_load(&relay->failed))
        return STATUS_OK;
    if (error)
        *error = relay->failure;
    return relay->failure.status;
}

/* With the guard locked: what is in the present batch is the writer's from now on. */
static void pass_on(struct relay *relay)
{
    relay->waiting++;
    relay->waiting_bytes += relay->batches[relay->filling].bytes;
    relay->filling = (relay->filling + 1) % BATCHES;
    pthread_cond_signal(&relay->arrived);
}

static void wait_for_room(struct relay *relay)
{
    while (relay->waiting > WAITING_LOW || !has_room(relay))
        pthread_cond_wait(&relay->taken, &relay->guard);
}

/* The next batch is empty afterwards. */
static enum status hand_over(struct relay *relay, struct error *error)
{
    pthread_mutex_lock(&relay->guard);
    pass_on(relay);
    if (!has_room(relay))
        wait_for_room(relay);
    enum status status = failure_of(relay, error);
    pthread_mutex_unlock(&relay->guard);
    batch_clear(&relay->batches[relay->filling]);
    return status;
}

static bool is_urgent(const struct relay *relay, const struct batch *batch)
{
    return batch->count % BATCH_ROWS_URGENT == 0 && atomic_load(&relay->idle) &&
           clock_mono_ms() - batch->begun_ms >= BATCH_MS_URGENT;
}

enum status relay_row(void *context, const struct couch_row *row, struct error *error)
{
    struct relay *relay = context;
    struct batch *batch = &relay->batches[relay->filling];
    enum status status = batch_keep(batch, row, error);
    if (status != STATUS_OK)
        return status;
    return batch_is_full(batch) || is_urgent(relay, batch) ? hand_over(relay, error) : STATUS_OK;
}

enum status relay_page(struct relay *relay, const struct relay_page *page, struct error *error)
{
    struct batch *batch = &relay->batches[relay->filling];
    batch->last_seq = strdup(page->last_seq);
    if (!batch->last_seq)
        return error_nomem(error);
    batch->page = *page;
    batch->page.last_seq = batch->last_seq;
    return hand_over(relay, error);
}

/* --- life ------------------------------------------------------------------------------------- */

static void relay_free(struct relay *relay)
{
    for (size_t i = 0; i < BATCHES; i++) {
        batch_clear(&relay->batches[i]);
        buf_release(&relay->batches[i].texts);
    }
    pthread_cond_destroy(&relay->arrived);
    pthread_cond_destroy(&relay->taken);
    pthread_mutex_destroy(&relay->guard);
    free(relay);
}

enum status relay_start(const struct relay_writer *writer, struct relay **out, struct error *error)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    if (!relay)
        return error_nomem(error);
    relay->writer = *writer;
    pthread_mutex_init(&relay->guard, NULL);
    pthread_cond_init(&relay->arrived, NULL);
    pthread_cond_init(&relay->taken, NULL);
    enum status status = thread_start("cache", write_all, relay, &relay->thread, error);
    if (status != STATUS_OK) {
        relay_free(relay);
        return status;
    }
    *out = relay;
    return STATUS_OK;
}

/* Also the rows since the last full batch. */
static void finish(struct relay *relay)
{
    pthread_mutex_lock(&relay->guard);
    if (relay->batches[relay->filling].count > 0)
        pass_on(relay);
    relay->ended = true;
    pthread_cond_signal(&relay->arrived);
    pthread_mutex_unlock(&relay->guard);
}

enum status relay_end(struct relay *relay, bool drop, struct error *error)
{
    if (drop)
        atomic_store(&relay->dropped, true);
    finish(relay);
    pthread_join(relay->thread, NULL);
    enum status status = failure_of(relay, error);
    relay_free(relay);
    return status;
}
