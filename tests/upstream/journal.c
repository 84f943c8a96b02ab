#include "tests/upstream/journal.h"

#include "tests/upstream/request.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 1000

struct entry {
    char method[8];
    char target[400]; /* cut */
    unsigned status;
    size_t bytes;
};

struct journal {
    pthread_mutex_t lock;
    size_t total; /* ever added since it was cleared */
    struct entry entries[ENTRIES_MAX];
};

enum status journal_new(struct journal **out, struct error *error)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return error_nomem(error);
    pthread_mutex_init(&journal->lock, NULL);
    *out = journal;
    return STATUS_OK;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL)
        return;
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

void journal_add(struct journal *journal, const char *method, const char *target, unsigned status,
                 size_t bytes)
{
    pthread_mutex_lock(&journal->lock);
    struct entry *entry = &journal->entries[journal->total++ % ENTRIES_MAX];
    snprintf(entry->method, sizeof entry->method, "%s", method);
    snprintf(entry->target, sizeof entry->target, "%.399s", target);
    entry->status = status;
    entry->bytes = bytes;
    pthread_mutex_unlock(&journal->lock);
}

void journal_print(struct journal *journal, struct buf *out)
{
    pthread_mutex_lock(&journal->lock);
    size_t first = journal->total > ENTRIES_MAX ? journal->total - ENTRIES_MAX : 0;
    buf_char(out, '[');
    for (size_t i = first; i < journal->total; i++) {
        const struct entry *entry = &journal->entries[i % ENTRIES_MAX];
        buf_printf(out, "%s{\"method\":\"%s\",\"target\":", i > first ? ",\n" : "", entry->method);
        put_json_string(out, entry->target);
        buf_printf(out, ",\"status\":%u,\"bytes\":%zu}", entry->status, entry->bytes);
    }
    buf_str(out, "]\n");
    pthread_mutex_unlock(&journal->lock);
}

void journal_clear(struct journal *journal)
{
    pthread_mutex_lock(&journal->lock);
    journal->total = 0;
    pthread_mutex_unlock(&journal->lock);
}
