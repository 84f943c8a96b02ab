#include "cli/output.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS    INT64_C(86400000)
#define SAVED_MAX 1024

struct output {
    bool json;
    bool has_value;
    int failure; /* errno of the first write that failed */
    FILE *out, *notes;
    const char *saved; /* member that names what was saved; NULL: nothing */
    char saved_value[SAVED_MAX];
};

enum status output_new(bool json, FILE *out, FILE *notes, struct output **output,
                       struct error *error)
{
    struct output *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    *made = (struct output){.json = json, .out = out, .notes = notes};
    *output = made;
    return STATUS_OK;
}

void output_free(struct output *output)
{
    free(output);
}

bool output_is_json(const struct output *output)
{
    return output->json;
}

static void put_bytes(struct output *output, FILE *file, const struct buf *text)
{
    if (buf_failed(text) && output->failure == 0)
        output->failure = ENOMEM;
    if (fwrite(text->data ? text->data : "", 1, text->length, file) != text->length &&
        output->failure == 0)
        output->failure = errno ? errno : EIO;
}

void output_become_json(struct output *output)
{
    output->json = true;
}

/* As JSON, without asking for memory. */
static void put_quoted(FILE *file, const char *text)
{
    bool valid = text_is_valid(text, strlen(text));

    putc('"', file);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\' || *at < 0x20)
            fprintf(file, "\\u%04x", *at);
        else
            putc(*at < 0x80 || valid ? *at : '?', file);
    }
    putc('"', file);
}

static void note_without_memory(struct output *output)
{
    struct error error = {0};

    (void)error_nomem(&error);
    fprintf(output->notes, "huiliu: %s\n", error.text);
}

/* One formatted line, made safe; false when there is no memory for it. */
__attribute__((format(printf, 3, 0))) static bool print_line(struct output *output, FILE *file,
                                                             const char *format, va_list list)
{
    struct buf shown = {0};
    char *raw = NULL;
    int length = vasprintf(&raw, format, list);

    if (length < 0)
        return false;
    text_show(&shown, raw, (size_t)length);
    buf_char(&shown, '\n');
    bool made = !buf_failed(&shown);
    if (made)
        put_bytes(output, file, &shown);
    buf_release(&shown);
    free(raw);
    return made;
}

void output_line(struct output *output, const char *format, ...)
{
    va_list list;

    if (output->json)
        return;
    va_start(list, format);
    if (!print_line(output, output->out, format, list) && output->failure == 0)
        output->failure = ENOMEM;
    va_end(list);
}

void output_note(struct output *output, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    if (!print_line(output, output->notes, format, list))
        note_without_memory(output);
    va_end(list);
}

void output_block(struct output *output, const char *text)
{
    struct buf shown = {0};

    if (output->json)
        return;
    text_show_lines(&shown, text, strlen(text));
    put_bytes(output, output->out, &shown);
    buf_release(&shown);
}

enum status output_json(struct output *output, json_t *value, bool ok, struct error *error)
{
    struct buf text = {0};
    enum status status = STATUS_OK;

    if (!ok || !value)
        status = error_nomem(error);
    else if (output->json)
        status = json_print(value, &text, error);
    if (status == STATUS_OK && output->json) {
        buf_char(&text, '\n');
        put_bytes(output, output->out, &text);
        output->has_value = true;
    }
    buf_release(&text);
    json_decref(value);
    return status;
}

void output_saved(struct output *output, const char *member, const char *value)
{
    output->saved = member;
    snprintf(output->saved_value, sizeof output->saved_value, "%s", value);
}

bool output_has_saved(const struct output *output)
{
    return output->saved != NULL;
}

void output_tell_saved(struct output *output, const struct error *why)
{
    output->failure = 0;
    fprintf(output->notes, "huiliu: %s\n", _("It is saved, but the answer cannot be shown."));
    output_note(output, "huiliu: %s", why->text);
    if (!output->json || output->has_value)
        return;
    fprintf(output->out, "{\"%s\":", output->saved);
    put_quoted(output->out, output->saved_value);
    fprintf(output->out, ",\"shown\":false}\n");
    output->has_value = true;
}

static void error_json_without_memory(struct output *output, const struct error *error)
{
    fprintf(output->out, "{\"error\":{\"status\":\"%s\",\"text\":", status_name(error->status));
    put_quoted(output->out, error->text);
    fprintf(output->out, "}}\n");
    output->has_value = true;
}

void output_error_json(struct output *output, const struct error *error)
{
    bool ok = true;
    json_t *inner = json_object();
    json_t *value = json_object();

    json_put_text(inner, "status", status_name(error->status), &ok);
    put_shown(inner, "text", error->text, &ok);
    json_put(value, "error", inner, &ok);
    if (output_json(output, value, ok, NULL) != STATUS_OK)
        error_json_without_memory(output, error);
}

bool output_has_value(const struct output *output)
{
    return output->has_value;
}

enum status output_finish(struct output *output, struct error *error)
{
    if (fflush(output->out) != 0 && output->failure == 0)
        output->failure = errno;
    if (output->failure != 0)
        return error_set_errno(error, output->failure, _("Writing the result failed"));
    return STATUS_OK;
}

void put_shown(json_t *object, const char *name, const char *text, bool *ok)
{
    struct buf shown = {0};

    if (!text || text_is_valid(text, strlen(text))) {
        json_put_text(object, name, text, ok);
        return;
    }
    text_show(&shown, text, strlen(text));
    json_put_text(object, name, buf_text(&shown), ok);
    buf_release(&shown);
}

const char *local_instant(const char *instant, char out[INSTANT_TEXT_MAX])
{
    int64_t ms;

    if (!instant || !instant_parse(instant, &ms))
        return instant ? instant : "";
    instant_format_local(ms, out);
    return out;
}

void put_instant(json_t *object, const char *name, int64_t ms, bool *ok)
{
    char text[INSTANT_TEXT_MAX];

    if (ms == 0) {
        json_put_text(object, name, NULL, ok);
        return;
    }
    instant_format(ms, text);
    json_put_text(object, name, text, ok);
}

void put_age_days(json_t *object, const char *name, int64_t age_ms, bool *ok)
{
    json_put(object, name, age_ms < 0 ? json_null() : json_integer(age_ms / DAY_MS), ok);
}
