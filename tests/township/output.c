#include "tests/township/output.h"

#include "tests/township/put.h"
#include "tests/township/records.h"
#include "tests/upstream/revision.h"

#include <errno.h>
#include <string.h>

#define BULK_DOCUMENTS 1000u
#define FLUSH_AT       ((size_t)256 << 10)

/* catalogue, one per data set, requests, audit */
#define FIXED_BEFORE 1u
#define FIXED_AFTER  2u

struct output {
    FILE *file;
    struct buf text, body;
    struct output_total total;
    uint32_t in_bulk;
};

bool output_database_name(const struct township *town, uint32_t at, char out[DATABASE_NAME_MAX])
{
    uint32_t sets = (uint32_t)dataset_total();
    if (at == 0)
        snprintf(out, DATABASE_NAME_MAX, "catalogue");
    else if (at < FIXED_BEFORE + sets)
        snprintf(out, DATABASE_NAME_MAX, "%s-%s", dataset_at(at - FIXED_BEFORE)->name, town->area);
    else if (at < FIXED_BEFORE + sets + FIXED_AFTER)
        snprintf(out, DATABASE_NAME_MAX, "%s-%s", at == FIXED_BEFORE + sets ? "requests" : "audit",
                 town->area);
    else
        return false;
    return true;
}

static bool flush(struct output *out)
{
    if (buf_failed(&out->text) || buf_failed(&out->body))
        return false;
    size_t written = fwrite(out->text.data, 1, out->text.length, out->file);
    out->total.bytes += written;
    bool whole = written == out->text.length;
    buf_clear(&out->text);
    return whole;
}

static void put_document(struct output *out, const char *key, const char *revision)
{
    buf_char(&out->text, '{');
    put_text(&out->text, "_id", key);
    put_text(&out->text, "_rev", revision);
    if (out->body.length > 0)
        buf_char(&out->text, ',');
    buf_bytes(&out->text, out->body.data, out->body.length);
    buf_char(&out->text, '}');
}

static void put_bulk_row(struct output *out, const char *key)
{
    if (out->in_bulk == BULK_DOCUMENTS) {
        buf_str(&out->text, "]}\n{\"docs\":[");
        out->in_bulk = 0;
    }
    if (out->in_bulk++ > 0)
        buf_char(&out->text, ',');
    put_document(out, key, NULL);
}

static void put_sequence(struct buf *out, uint64_t number)
{
    struct sequence sequence = {number, 0};
    char text[SEQUENCE_TEXT_MAX];
    sequence_format(&sequence, text);
    put_string(out, text);
}

static void put_change_row(struct output *out, const char *key)
{
    char revision[REVISION_TEXT_MAX];
    struct buf whole = {0};
    buf_char(&whole, '{');
    buf_bytes(&whole, out->body.data, out->body.length);
    buf_char(&whole, '}');
    revision_make(1, NULL, false, buf_text(&whole), whole.length, NULL, revision);
    buf_release(&whole);

    if (out->total.documents > 0)
        buf_str(&out->text, ",\r\n");
    buf_str(&out->text, "{\"seq\":");
    put_sequence(&out->text, out->total.documents + 1);
    put_text(&out->text, "id", key);
    buf_printf(&out->text, ",\"changes\":[{\"rev\":\"%s\"}],\"doc\":", revision);
    put_document(out, key, revision);
    buf_char(&out->text, '}');
}

static void put_row(struct output *out, enum output_format format, const char *key)
{
    if (format == OUTPUT_BULK)
        put_bulk_row(out, key);
    else
        put_change_row(out, key);
    out->total.documents++;
}

static bool write_rows(struct output *out, const struct township *town, uint32_t at,
                       enum output_format format)
{
    const struct dataset *dataset = at == 0 ? NULL : dataset_at(at - FIXED_BEFORE);
    uint32_t count = at == 0 ? catalogue_count() : dataset_count(dataset, town);
    struct maker maker = {.town = town};
    char key[RECORD_KEY_MAX];

    for (uint32_t i = 0; i < count; i++) {
        bool made = at == 0 ? catalogue_make(town, i, key, &out->body)
                            : dataset_make(dataset, &maker, i, key, &out->body);
        if (made)
            put_row(out, format, key);
        if (out->text.length >= FLUSH_AT && !flush(out))
            return false;
    }
    return true;
}

enum status output_database(const struct township *town, uint32_t at, enum output_format format,
                            FILE *file, struct output_total *total, struct error *error)
{
    struct output out = {.file = file};
    bool ok = true;

    buf_str(&out.text, format == OUTPUT_BULK ? "{\"docs\":[" : "{\"results\":[\n");
    if (at < FIXED_BEFORE + dataset_total())
        ok = write_rows(&out, town, at, format);
    if (format == OUTPUT_BULK) {
        buf_str(&out.text, "]}\n");
    } else {
        buf_str(&out.text, "\n],\n\"last_seq\":");
        put_sequence(&out.text, out.total.documents);
        buf_str(&out.text, ",\"pending\":0}\n\n");
    }
    ok = ok && flush(&out) && fflush(file) == 0;
    int errnum = errno;
    bool memory = buf_failed(&out.text) || buf_failed(&out.body);
    buf_release(&out.text);
    buf_release(&out.body);
    if (memory)
        return error_nomem(error);
    if (!ok)
        return error_set_errno(error, errnum, "Writing the township");
    *total = out.total;
    return STATUS_OK;
}
