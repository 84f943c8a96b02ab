#include "db/ready.h"

#include "db/search_key.h"

#include <string.h>

/* Behind it: body, subject, name and terms, each with a NUL byte. */
struct ready {
    size_t size;
    size_t body_length, subject_length, name_length, terms_length;
    bool deceased, complete;
};

static void put_text(struct buf *out, const char *text, size_t length)
{
    buf_bytes(out, text, length);
    buf_char(out, '\0');
}

static void put_facts(struct buf *out, const struct facts *facts, struct ready *head)
{
    head->subject_length = strlen(facts->subject);
    head->name_length = strlen(facts->name);
    put_text(out, facts->subject, head->subject_length);
    put_text(out, facts->name, head->name_length);
    size_t start = out->length;
    search_terms(facts, out);
    head->terms_length = out->length - start;
    buf_char(out, '\0');
    head->deceased = facts_deceased(facts);
}

enum status ready_make(struct ready_maker *maker, const struct dataset *dataset, const char *body,
                       size_t length, const struct ready **ready, struct error *error)
{
    struct ready head = {.body_length = length};
    struct facts facts;

    buf_clear(&maker->out);
    buf_clear(&maker->strings);
    buf_bytes(&maker->out, &head, sizeof head);
    put_text(&maker->out, body, length);
    head.complete = facts_scan_all(dataset, body, length, &maker->strings, &facts);
    if (head.complete)
        put_facts(&maker->out, &facts, &head);
    if (buf_failed(&maker->out) || buf_failed(&maker->strings))
        return error_nomem(error);
    head.size = maker->out.length;
    memcpy(maker->out.data, &head, sizeof head);
    *ready = (const struct ready *)(const void *)maker->out.data;
    return STATUS_OK;
}

void ready_maker_release(struct ready_maker *maker)
{
    buf_release(&maker->strings);
    buf_release(&maker->out);
}

size_t ready_size(const struct ready *ready)
{
    return ready->size;
}

void ready_read(const struct ready *ready, struct ready_parts *parts)
{
    const char *body = (const char *)(ready + 1);
    const char *subject = body + ready->body_length + 1;
    const char *name = subject + ready->subject_length + 1;

    *parts = (struct ready_parts){.body = body, .body_length = ready->body_length};
    if (!ready->complete)
        return;
    parts->subject = subject;
    parts->name = name;
    parts->terms = name + ready->name_length + 1;
    parts->terms_length = ready->terms_length;
    parts->deceased = ready->deceased;
    parts->complete = true;
}
