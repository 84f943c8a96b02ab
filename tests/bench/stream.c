#include "tests/bench/stream.h"

#include "sync/lines.h"

#include <errno.h>
#include <stdio.h>

#define PIECE_BYTES 16384

struct stream {
    stream_sink sink;
    void *context;
};

static enum status on_row(void *context, const char *text, size_t length, bool whole,
                          struct error *error)
{
    const struct stream *stream = context;
    json_t *value = NULL;

    if (!whole)
        return error_set(error, STATUS_INVALID, "a row is damaged");
    enum status status = json_parse(text, length, &value, error);
    if (status != STATUS_OK)
        return status;
    const json_t *changes = json_object_get(value, "changes");
    const struct change_row row = {.key = json_text(value, "id", ""),
                                   .rev = json_text(json_array_get(changes, 0), "rev", NULL),
                                   .deleted = json_bool(value, "deleted", false),
                                   .doc = json_object_get(value, "doc")};
    status = stream->sink(stream->context, &row, json_object_get(value, "seq"), error);
    json_decref(value);
    return status;
}

static enum status read_file(FILE *file, struct lines *lines, struct error *error)
{
    char piece[PIECE_BYTES];
    enum status status = STATUS_OK;

    while (status == STATUS_OK) {
        size_t got = fread(piece, 1, sizeof piece, file);
        if (got == 0)
            break;
        status = lines_feed(lines, piece, got, error);
    }
    return status == STATUS_OK ? lines_finish(lines, error) : status;
}

enum status stream_read(const char *path, stream_sink sink, void *context, struct error *error)
{
    struct stream stream = {sink, context};
    struct lines lines;
    FILE *file = fopen(path, "re");

    if (!file)
        return error_set_errno(error, errno, "%s", path);
    lines_init(&lines, on_row, &stream);
    enum status status = read_file(file, &lines, error);
    lines_release(&lines);
    (void)fclose(file);
    return status;
}
