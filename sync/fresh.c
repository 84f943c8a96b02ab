#include "sync/fresh.h"

#include "base/i18n.h"
#include "sync/couch.h"

#include <stdlib.h>
#include <string.h>

#define DATABASE_MAX 256

struct fresh {
    const struct home *home;
    struct couch *couch;  /* NULL until asked */
    struct error failure; /* why the upstream cannot be asked; OK: it can */
};

enum status fresh_new(const struct home *home, struct fresh **fresh, struct error *error)
{
    struct fresh *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->home = home;
    *fresh = made;
    return STATUS_OK;
}

void fresh_free(struct fresh *fresh)
{
    if (!fresh)
        return;
    couch_close(fresh->couch);
    free(fresh);
}

static enum status connect_couch(struct fresh *fresh, struct error *error)
{
    const struct http_settings settings = {
        .base_url = home_upstream(fresh->home),
        .user = home_upstream_user(fresh->home),
        .password = home_upstream_password(fresh->home),
        .ca_file = home_ca_file(fresh->home),
        .proxy = home_setting(fresh->home, "upstream.proxy", NULL),
        .at_most_ms = FRESH_WAIT_MS,
    };

    return fresh->couch ? STATUS_OK : couch_open(&settings, &fresh->couch, error);
}

/* A 404 about the database says nothing about the record. */
static bool is_about_document(const struct fresh *fresh)
{
    const struct http_answer *answer = couch_last(fresh->couch);
    json_t *body = NULL;

    if (!answer ||
        json_parse(buf_text(&answer->body), answer->body.length, &body, NULL) != STATUS_OK)
        return false;
    const char *reason = json_text(body, "reason", "");
    bool about = strcmp(reason, "missing") == 0 || strcmp(reason, "deleted") == 0;
    json_decref(body);
    return about;
}

static enum status ask(struct fresh *fresh, const struct dataset *dataset, const char *key,
                       json_t **document, struct error *error)
{
    char database[DATABASE_MAX];
    enum status status =
        dataset_database(dataset, home_area(fresh->home), database, sizeof database, error);

    if (status == STATUS_OK)
        status = connect_couch(fresh, error);
    if (status == STATUS_OK)
        status = couch_get(fresh->couch, database, key, NULL, document, error);
    if (status == STATUS_NOT_FOUND && !is_about_document(fresh))
        status = error_set(error, STATUS_REFUSED,
                           _("The upstream does not show the dataset %s to this workstation."),
                           dataset->title);
    return status;
}

static enum status fetch(void *context, const struct dataset *dataset, const char *key,
                         json_t **document, struct error *error)
{
    struct fresh *fresh = context;
    struct error reason = {0};

    if (fresh->failure.status != STATUS_OK)
        return error_set(error, fresh->failure.status, "%s", fresh->failure.text);
    enum status status = ask(fresh, dataset, key, document, &reason);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (status != STATUS_NOT_FOUND && status != STATUS_REFUSED)
        fresh->failure = reason;
    return error_set(error, status, "%s", reason.text);
}

struct verification_source fresh_source(struct fresh *fresh)
{
    return (struct verification_source){.fetch = fetch, .context = fresh};
}
