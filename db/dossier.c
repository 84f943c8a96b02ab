#include "db/dossier.h"

#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/dossier_build.h"
#include "db/record.h"

#include <stdlib.h>
#include <string.h>

struct owned_dossier {
    struct dossier dossier; /* first: what the caller holds */
    struct arena *arena;
};

/* --- showing ---------------------------------------------------------------------------------- */

static bool is_revealed(const struct dossier_options *options, const char *dataset,
                        const char *field)
{
    size_t length = strlen(dataset);

    for (size_t i = 0; options && i < options->reveal_count; i++) {
        const char *name = options->reveal[i];
        if (strcmp(name, field) == 0)
            return true;
        if (strncmp(name, dataset, length) == 0 && name[length] == '.' &&
            strcmp(name + length + 1, field) == 0)
            return true;
    }
    return false;
}

const char *dossier_shown(const struct dossier_build *build, const struct dataset *dataset,
                          const struct dataset_field *field, const char *value, bool *masked)
{
    struct buf text = {0};

    *masked = *value && field && !session_sees(build->session, field->grade) &&
              !(session_may_read(build->session) &&
                is_revealed(build->options, dataset->name, field->name));
    if (!*masked)
        return arena_str(build->arena, value);
    if (field->role == ROLE_TITLE && dataset->subject == SUBJECT_PERSON)
        name_mask(value, &text);
    else
        field_mask(field->type, value, &text);
    const char *copy = arena_buf(build->arena, &text);
    buf_release(&text);
    return copy;
}

/* --- the head --------------------------------------------------------------------------------- */

/* Several records may say the same. */
static void add_flag(struct dossier_build *build, const char *text)
{
    struct dossier *dossier = build->dossier;

    for (size_t i = 0; text && i < dossier->flag_count; i++)
        if (strcmp(dossier->flags[i], text) == 0)
            return;
    if (text && dossier->flag_count < sizeof dossier->flags / sizeof *dossier->flags)
        dossier->flags[dossier->flag_count++] = text;
}

static const char *first_date(const struct record *record)
{
    for (size_t i = 0; i < record->dataset->field_count; i++)
        if (record->dataset->fields[i].type == TYPE_DATE) {
            const char *text = json_text(record->body, record->dataset->fields[i].name, "");
            if (*text)
                return text;
        }
    return NULL;
}

static void flag_deceased(struct dossier_build *build)
{
    const char *date = NULL;
    bool deceased = false;

    for (size_t i = 0; i < build->records.count; i++) {
        const struct record *record = &build->records.items[i];
        deceased = deceased || (record->flags & RECORD_DECEASED);
        if (!date && strcmp(record->dataset->topic, "death") == 0)
            date = first_date(record);
    }
    if (deceased)
        add_flag(build, date ? arena_printf(build->arena, _("Deceased %s"), date)
                             : arena_str(build->arena, _("Deceased")));
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof *(words))

static void flag_status(struct dossier_build *build, const struct record *record)
{
    static const char *const moved[] = {"迁出", "已迁出", "迁出注销", "moved_out", "moved"};
    static const char *const closed[] = {"注销", "已注销", "deregistered"};
    static const char *const withdrawn[] = {"吊销", "已吊销", "吊销未注销", "revoked"};
    const char *status = record->facts.status;

    if (record->facts.is_certificate)
        return;
    if (build->dossier->kind == SUBJECT_PERSON && IS_ONE_OF(status, moved))
        add_flag(build, arena_str(build->arena, _("Moved away")));
    else if (build->dossier->kind == SUBJECT_ENTERPRISE && IS_ONE_OF(status, closed))
        add_flag(build, arena_str(build->arena, _("Deregistered")));
    else if (build->dossier->kind == SUBJECT_ENTERPRISE && IS_ONE_OF(status, withdrawn))
        add_flag(build, arena_str(build->arena, _("Licence revoked")));
}

static const char *best_name(const struct dossier_build *build)
{
    for (int certificates = 0; certificates < 2; certificates++)
        for (size_t i = 0; i < build->records.count; i++) {
            const struct facts *facts = &build->records.items[i].facts;
            if (facts->is_certificate == (certificates == 1) && *facts->name)
                return facts->name;
        }
    return "";
}

static void make_head(struct dossier_build *build)
{
    struct dossier *dossier = build->dossier;
    const struct record *first = &build->records.items[0];
    const struct dataset_field *field = dataset_role(first->dataset, ROLE_SUBJECT);
    bool masked = false;

    dossier->kind = first->dataset->subject;
    dossier->subject = arena_str(build->arena, first->facts.subject);
    dossier->subject_shown =
        dossier_shown(build, first->dataset, field, first->facts.subject, &masked);
    dossier->name = arena_str(build->arena, best_name(build));
    flag_deceased(build);
    for (size_t i = 0; i < build->records.count; i++)
        flag_status(build, &build->records.items[i]);
}

/* --- opening ---------------------------------------------------------------------------------- */

static enum status build_all(struct dossier_build *build, bool with_links, struct error *error)
{
    make_head(build);
    enum status status = dossier_read_requests(build, error);
    if (status == STATUS_OK)
        status = dossier_make_sections(build, error);
    if (status == STATUS_OK && with_links)
        status = dossier_make_differences(build, error);
    if (status == STATUS_OK && with_links && *build->dossier->subject)
        status = dossier_make_links(build, error);
    build->dossier->links = build->links;
    build->dossier->link_count = build->link_count;
    if (status == STATUS_OK && arena_failed(build->arena))
        status = error_nomem(error);
    return status;
}

static enum status build_start(struct dossier_build *build, struct reader *reader,
                               const struct session *session, const struct dossier_options *options,
                               struct error *error)
{
    struct owned_dossier *owned = calloc(1, sizeof *owned);

    *build = (struct dossier_build){.reader = reader, .session = session, .options = options};
    if (!owned)
        return error_nomem(error);
    owned->arena = arena_new();
    if (!owned->arena) {
        free(owned);
        return error_nomem(error);
    }
    build->arena = owned->arena;
    build->dossier = &owned->dossier;
    build->source.cache = reader_cache(reader);
    build->source.arena = owned->arena;
    return STATUS_OK;
}

/* The catalogue of the snapshot: asking for it again in there (the verdicts do) gives the same one,
 * so that it stays while the file is put together. */
static enum status snapshot_begin(struct dossier_build *build, struct error *error)
{
    enum status status = sql_snapshot_begin(build->source.cache, error);

    if (status != STATUS_OK)
        return status;
    status = reader_catalogue(build->reader, &build->source.catalogue, error);
    if (status == STATUS_OK)
        status = dated_today(reader_outbox(build->reader), &build->today, error);
    if (status != STATUS_OK)
        sql_snapshot_end(build->source.cache);
    return status;
}

/* Hands the dossier over on success, frees everything else. */
static enum status build_end(struct dossier_build *build, enum status status,
                             struct dossier **dossier)
{
    records_release(&build->records);
    json_decref(build->requests);
    if (status == STATUS_OK)
        *dossier = build->dossier;
    else
        dossier_free(build->dossier);
    return status;
}

/* Another kind of subject may have the same number, and folding is vague on purpose. */
static void keep_subject(struct dossier_build *build, enum subject_kind kind, const char *subject)
{
    size_t kept = 0;

    for (size_t i = 0; i < build->records.count; i++) {
        struct record *record = &build->records.items[i];
        if (record->dataset->subject == kind && subject_same(record->facts.subject, subject))
            build->records.items[kept++] = *record;
        else
            json_decref(record->body);
    }
    build->records.count = kept;
}

static enum status collect_subject(struct dossier_build *build, enum subject_kind kind,
                                   const char *subject, struct error *error)
{
    enum status status = records_collect(&build->source, TERM_SUBJECT, subject, SECTIONS_MAX,
                                         &build->records, error);

    if (status != STATUS_OK)
        return status;
    keep_subject(build, kind, subject);
    if (build->records.count == 0)
        return error_set(error, STATUS_NOT_FOUND,
                         _("Nothing is known about this number on this workstation."));
    return STATUS_OK;
}

enum status dossier_open(struct reader *reader, const struct session *session,
                         enum subject_kind kind, const char *subject,
                         const struct dossier_options *options, struct dossier **dossier,
                         struct error *error)
{
    struct dossier_build build;
    enum status status = build_start(&build, reader, session, options, error);

    if (status == STATUS_OK)
        status = snapshot_begin(&build, error);
    if (status == STATUS_OK) {
        status = collect_subject(&build, kind, subject, error);
        if (status == STATUS_OK)
            status = build_all(&build, true, error);
        sql_snapshot_end(reader_cache(reader));
    }
    return build_end(&build, status, dossier);
}

/* --- one record ------------------------------------------------------------------------------- */

static enum status take_record(struct dossier_build *build, const struct dataset *dataset,
                               const char *key, struct error *error)
{
    struct record_head head;
    json_t *body = NULL;
    enum status status =
        record_find(reader_cache(build->reader), dataset->name, key, &head, &body, error);

    if (status != STATUS_OK)
        return status;
    build->records.items = calloc(1, sizeof *build->records.items);
    if (!build->records.items) {
        json_decref(body);
        return error_nomem(error);
    }
    build->records.count = 1;
    build->records.items[0] = (struct record){.dataset = dataset,
                                              .key = arena_str(build->arena, key),
                                              .rev = arena_str(build->arena, head.rev),
                                              .id = head.id,
                                              .flags = head.flags,
                                              .body = body};
    facts_read(dataset, body, &build->records.items[0].facts);
    return STATUS_OK;
}

/* "population/person:…" names its dataset; a bare key is looked for in every one. */
static enum status find_record(struct dossier_build *build, const char *key, struct error *error)
{
    const char *slash = strchr(key, '/');
    struct error why = {0};
    enum status status = STATUS_NOT_FOUND;

    for (size_t i = 0; i < catalogue_count(build->source.catalogue) && slash; i++) {
        const struct dataset *dataset = catalogue_at(build->source.catalogue, i);
        size_t length = strlen(dataset->name);
        if ((size_t)(slash - key) == length && strncmp(key, dataset->name, length) == 0)
            return take_record(build, dataset, slash + 1, error);
    }
    for (size_t i = 0; i < catalogue_count(build->source.catalogue) && status == STATUS_NOT_FOUND;
         i++)
        status = take_record(build, catalogue_at(build->source.catalogue, i), key, &why);
    if (status == STATUS_NOT_FOUND)
        return error_set(error, status, _("There is no record %s on this workstation."), key);
    if (status != STATUS_OK && error)
        *error = why;
    return status;
}

enum status dossier_open_record(struct reader *reader, const struct session *session,
                                const char *key, const struct dossier_options *options,
                                struct dossier **dossier, struct error *error)
{
    struct dossier_build build;
    enum status status = build_start(&build, reader, session, options, error);

    if (status == STATUS_OK)
        status = snapshot_begin(&build, error);
    if (status == STATUS_OK) {
        status = find_record(&build, key, error);
        if (status == STATUS_OK)
            status = build_all(&build, false, error);
        sql_snapshot_end(reader_cache(reader));
    }
    return build_end(&build, status, dossier);
}

void dossier_free(struct dossier *dossier)
{
    struct owned_dossier *owned = (struct owned_dossier *)dossier;

    if (!owned)
        return;
    arena_free(owned->arena);
    free(owned);
}
