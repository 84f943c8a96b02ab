#include "db/quality_sort.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_TRAITS ((size_t)1 << 18) /* sorted in memory: 8 MiB */
#define RUN_TRAITS   ((size_t)1 << 11) /* read ahead of each run: 64 KiB */
#define RUNS_MAX     1024              /* 268 million traits */

/* A sorted stretch of the file. */
struct run {
    off_t at, end; /* bytes still to be read */
    struct trait *traits;
    size_t next, count;
};

struct quality_sort {
    int file; /* -1: everything fitted into the chunk */
    off_t written;
    struct trait *chunk;
    size_t chunk_count, chunk_next;
    struct run *runs;
    size_t run_count;
    size_t *heap; /* runs by their next trait */
    size_t heap_count;
    int failure; /* errno */
    char directory[4096];
};

static int compare(const void *a, const void *b)
{
    const struct trait *left = a;
    const struct trait *right = b;

    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    if (left->flags != right->flags)
        return left->flags < right->flags ? -1 : 1;
    if (left->source != right->source)
        return left->source < right->source ? -1 : 1;
    if (left->record != right->record)
        return left->record < right->record ? -1 : 1;
    return 0;
}

enum status quality_sort_new(const char *directory, struct quality_sort **out, struct error *error)
{
    struct quality_sort *sort = calloc(1, sizeof *sort);

    if (!sort)
        return error_nomem(error);
    sort->file = -1;
    (void)snprintf(sort->directory, sizeof sort->directory, "%s", directory);
    sort->chunk = malloc(CHUNK_TRAITS * sizeof *sort->chunk);
    if (!sort->chunk) {
        quality_sort_free(sort);
        return error_nomem(error);
    }
    *out = sort;
    return STATUS_OK;
}

void quality_sort_free(struct quality_sort *sort)
{
    if (!sort)
        return;
    for (size_t i = 0; i < sort->run_count; i++)
        free(sort->runs[i].traits);
    free(sort->runs);
    free(sort->heap);
    free(sort->chunk);
    if (sort->file >= 0)
        close(sort->file);
    free(sort);
}

/* --- adding ----------------------------------------------------------------------------------- */

/* A file without a name where the file system can make one, else one that is unlinked at once. */
static enum status open_file(struct quality_sort *sort, struct error *error)
{
    char path[4200];

    sort->file = open(sort->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (sort->file >= 0)
        return STATUS_OK;
    (void)snprintf(path, sizeof path, "%s/.quality-XXXXXX", sort->directory);
    sort->file = mkostemp(path, O_CLOEXEC);
    if (sort->file < 0)
        return error_set_errno(error, errno, _("Cannot write in %s"), sort->directory);
    (void)unlink(path);
    return STATUS_OK;
}

static enum status write_chunk(struct quality_sort *sort, struct error *error)
{
    const char *bytes = (const char *)sort->chunk;
    size_t left = sort->chunk_count * sizeof *sort->chunk;

    while (left > 0) {
        ssize_t done = write(sort->file, bytes, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return error_set_errno(error, errno ? errno : EIO, _("Cannot write in %s"),
                                   sort->directory);
        bytes += done;
        left -= (size_t)done;
    }
    return STATUS_OK;
}

static enum status spill(struct quality_sort *sort, struct error *error)
{
    enum status status = sort->file < 0 ? open_file(sort, error) : STATUS_OK;
    struct run *grown = realloc(sort->runs, (sort->run_count + 1) * sizeof *grown);

    if (!grown)
        return error_nomem(error);
    sort->runs = grown;
    if (status == STATUS_OK && sort->run_count == RUNS_MAX)
        status = error_set(error, STATUS_TOO_LARGE, _("There are too many records to check."));
    if (status != STATUS_OK)
        return status;
    qsort(sort->chunk, sort->chunk_count, sizeof *sort->chunk, compare);
    status = write_chunk(sort, error);
    if (status != STATUS_OK)
        return status;
    off_t end = sort->written + (off_t)(sort->chunk_count * sizeof *sort->chunk);
    sort->runs[sort->run_count++] = (struct run){.at = sort->written, .end = end};
    sort->written = end;
    sort->chunk_count = 0;
    return STATUS_OK;
}

enum status quality_sort_add(struct quality_sort *sort, const struct trait *trait,
                             struct error *error)
{
    if (sort->chunk_count == CHUNK_TRAITS) {
        enum status status = spill(sort, error);
        if (status != STATUS_OK)
            return status;
    }
    sort->chunk[sort->chunk_count++] = *trait;
    return STATUS_OK;
}

/* --- merging ---------------------------------------------------------------------------------- */

/* False at the end of the run. */
static bool refill(struct quality_sort *sort, struct run *run)
{
    size_t wanted = RUN_TRAITS * sizeof *run->traits;
    size_t got = 0;

    if (run->at >= run->end)
        return false;
    if ((off_t)wanted > run->end - run->at)
        wanted = (size_t)(run->end - run->at);
    while (got < wanted) {
        ssize_t done =
            pread(sort->file, (char *)run->traits + got, wanted - got, run->at + (off_t)got);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            sort->failure = done < 0 ? errno : EIO;
            return false;
        }
        got += (size_t)done;
    }
    run->at += (off_t)wanted;
    run->next = 0;
    run->count = wanted / sizeof *run->traits;
    return true;
}

static const struct trait *first_of(const struct quality_sort *sort, size_t place)
{
    const struct run *run = &sort->runs[sort->heap[place]];

    return &run->traits[run->next];
}

static void sink(struct quality_sort *sort, size_t place)
{
    for (;;) {
        size_t least = place;
        for (size_t child = 2 * place + 1; child <= 2 * place + 2; child++)
            if (child < sort->heap_count &&
                compare(first_of(sort, child), first_of(sort, least)) < 0)
                least = child;
        if (least == place)
            return;
        size_t other = sort->heap[place];
        sort->heap[place] = sort->heap[least];
        sort->heap[least] = other;
        place = least;
    }
}

static enum status start_merge(struct quality_sort *sort, struct error *error)
{
    sort->heap = calloc(sort->run_count, sizeof *sort->heap);
    if (!sort->heap)
        return error_nomem(error);
    for (size_t i = 0; i < sort->run_count; i++) {
        sort->runs[i].traits = malloc(RUN_TRAITS * sizeof *sort->runs[i].traits);
        if (!sort->runs[i].traits)
            return error_nomem(error);
        if (refill(sort, &sort->runs[i]))
            sort->heap[sort->heap_count++] = i;
    }
    for (size_t place = sort->heap_count / 2; place-- > 0;)
        sink(sort, place);
    return quality_sort_failed(sort, error);
}

enum status quality_sort_finish(struct quality_sort *sort, struct error *error)
{
    if (sort->run_count == 0) {
        qsort(sort->chunk, sort->chunk_count, sizeof *sort->chunk, compare);
        return STATUS_OK;
    }
    enum status status = sort->chunk_count > 0 ? spill(sort, error) : STATUS_OK;
    free(sort->chunk);
    sort->chunk = NULL;
    return status == STATUS_OK ? start_merge(sort, error) : status;
}

bool quality_sort_next(struct quality_sort *sort, struct trait *trait)
{
    if (sort->run_count == 0) {
        if (sort->chunk_next == sort->chunk_count)
            return false;
        *trait = sort->chunk[sort->chunk_next++];
        return true;
    }
    if (sort->heap_count == 0 || sort->failure)
        return false;
    struct run *run = &sort->runs[sort->heap[0]];
    *trait = run->traits[run->next++];
    if (run->next == run->count && !refill(sort, run))
        sort->heap[0] = sort->heap[--sort->heap_count];
    sink(sort, 0);
    return true;
}

enum status quality_sort_failed(const struct quality_sort *sort, struct error *error)
{
    if (sort->failure)
        return error_set_errno(error, sort->failure, _("Cannot read back from %s"),
                               sort->directory);
    return STATUS_OK;
}
