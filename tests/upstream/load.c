#include "tests/upstream/load.h"

#include "base/i18n.h"
#include "tests/upstream/document.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".bulk.ndjson"

static enum status load_document(struct store *store, int64_t database, json_t *document,
                                 struct error *error)
{
    struct draft draft = {0};
    struct complaint complaint = {0};
    char revision[REVISION_TEXT_MAX];
    bool ok = document_take(document, NULL, &draft, &complaint) &&
              document_write(store, database, &draft, false, NULL, revision, &complaint);
    enum status status =
        ok ? STATUS_OK : error_set(error, STATUS_INVALID, "%.200s: %s", draft.id, complaint.reason);
    draft_release(&draft);
    return status;
}

static enum status load_line(struct store *store, int64_t database, const char *line, size_t length,
                             uint64_t *count, struct error *error)
{
    json_t *body = json_loadb(line, length, 0, NULL);
    const json_t *documents = json_object_get(body, "docs");
    enum status status = STATUS_OK;
    if (!json_is_array(documents))
        status = error_set(error, STATUS_INVALID, _("A line is no _bulk_docs body"));
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(documents); i++) {
        status = load_document(store, database, json_array_get(documents, i), error);
        ++*count;
    }
    json_decref(body);
    return status;
}

static enum status load_lines(struct store *store, int64_t database, FILE *file, uint64_t *count,
                              struct error *error)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && (length = getline(&line, &capacity, file)) > 0)
        status = load_line(store, database, line, (size_t)length, count, error);
    if (status == STATUS_OK && ferror(file))
        status = error_set_errno(error, errno, _("Reading"));
    free(line);
    return status;
}

static enum status fill_database(struct store *store, const char *name, FILE *file, uint64_t *count,
                                 struct error *error)
{
    struct database database;
    enum status status = store_begin(store, error);
    if (status != STATUS_OK)
        return status;
    status = store_create_database(store, name, error);
    if (status == STATUS_OK)
        status = store_find_database(store, name, &database, error);
    if (status == STATUS_OK)
        status = load_lines(store, database.key, file, count, error);
    if (status == STATUS_OK)
        return store_commit(store, error);
    store_rollback(store);
    return status;
}

static enum status load_file(struct store *store, const char *directory, const char *file_name,
                             struct load_total *total, struct error *error)
{
    char path[PATH_MAX];
    char name[NAME_MAX];
    struct database existing;
    int length = snprintf(path, sizeof path, "%s/%s", directory, file_name);
    if (length < 0 || length >= (int)sizeof path)
        return error_set(error, STATUS_INVALID, _("The path is too long"));
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file_name) - strlen(SUFFIX)), file_name);
    if (store_find_database(store, name, &existing, NULL) == STATUS_OK)
        return STATUS_OK;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return error_set_errno(error, errno, _("Opening %s"), path);
    enum status status = fill_database(store, name, file, &total->documents, error);
    if (status != STATUS_OK)
        error_prefix(error, "%s", path);
    fclose(file);
    total->databases++;
    return status;
}

static int is_bulk_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > strlen(SUFFIX) && length < NAME_MAX &&
           strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

enum status load_directory(struct store *store, const char *directory, struct load_total *total,
                           struct error *error)
{
    struct dirent **entries = NULL;
    enum status status = STATUS_OK;
    int count = scandir(directory, &entries, is_bulk_file, alphasort);
    if (count < 0)
        return error_set_errno(error, errno, _("Reading %s"), directory);
    for (int i = 0; i < count; i++) {
        if (status == STATUS_OK)
            status = load_file(store, directory, entries[i]->d_name, total, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}
