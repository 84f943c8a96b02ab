#include "db/catalogue.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "db/catalogue_role.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX          400
#define PRIORITY_NOT_STATED 9
#define GRADE_MAX           4
#define GRADE_INHERITED_MAX 2
#define DATASET_PREFIX      "dataset:"

struct catalogue {
    struct arena *arena;
    struct dataset *datasets; /* by priority, then name */
    size_t count;
};

static const char *const type_names[] = {
    [TYPE_TEXT] = "text",       [TYPE_CODE] = "code",
    [TYPE_DATE] = "date",       [TYPE_TIME] = "time",
    [TYPE_INTEGER] = "integer", [TYPE_AMOUNT] = "amount",
    [TYPE_BOOLEAN] = "boolean", [TYPE_RESIDENT_ID] = "resident_id",
    [TYPE_USCC] = "uscc",       [TYPE_CERTIFICATE_ID] = "certificate_id",
    [TYPE_PHONE] = "phone",     [TYPE_DIVISION] = "division",
    [TYPE_LIST] = "list",
};

static const char *const role_names[] = {
    [ROLE_NONE] = "",
    [ROLE_SUBJECT] = "subject",
    [ROLE_TITLE] = "title",
    [ROLE_ADDRESS] = "address",
    [ROLE_PHONE] = "phone",
    [ROLE_HOUSEHOLD] = "household",
    [ROLE_LINK_PERSON] = "link_person",
    [ROLE_LINK_ENTERPRISE] = "link_enterprise",
    [ROLE_STATUS] = "status",
    [ROLE_VALID_FROM] = "valid_from",
    [ROLE_VALID_TO] = "valid_to",
    [ROLE_ISSUER] = "issuer",
    [ROLE_CERTIFICATE] = "certificate",
    [ROLE_JWS] = "jws",
    [ROLE_DIVISION] = "division",
    [ROLE_HOLDER] = "holder",
    [ROLE_BIRTH_DATE] = "birth_date",
    [ROLE_SEX] = "sex",
    [ROLE_MARITAL_STATUS] = "marital_status",
    [ROLE_ACTIVE] = "active",
};

static const char *const subject_names[] = {
    [SUBJECT_NONE] = "none",
    [SUBJECT_PERSON] = "person",
    [SUBJECT_ENTERPRISE] = "enterprise",
    [SUBJECT_PLACE] = "place",
    [SUBJECT_INDICATOR] = "indicator",
};

/* Position of a word in a table, 0 (text, no role, no subject) when it is not there. */
static int word_index(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return 0;
}

#define WORD_INDEX(table, word) word_index(table, sizeof(table) / sizeof *(table), word)

/* --- reading an entry ------------------------------------------------------------------------- */

/* Title in the interface language; {"zh": …, "en": …}, or plain text. */
static const char *read_title(struct arena *arena, const json_t *owner, const char *fallback)
{
    const json_t *title = json_object_get(owner, "title");
    const char *zh = json_text(title, "zh", NULL);
    const char *en = json_text(title, "en", NULL);
    const char *chosen = i18n_is_chinese() ? (zh ? zh : en) : (en ? en : zh);

    if (!chosen)
        chosen = json_string_value(title);
    return arena_str(arena, chosen && *chosen ? chosen : fallback);
}

static const char *copy_text(struct arena *arena, const json_t *owner, const char *name)
{
    return arena_str(arena, json_text(owner, name, ""));
}

/* A whole number within int's range, 0 when it is not stated. */
static int small_int(const json_t *owner, const char *name, int fallback)
{
    json_int_t value = json_int(owner, name, fallback);

    return value < 0 || value > 1000000 ? fallback : (int)value;
}

static int field_grade(const json_t *entry, int dataset_grade)
{
    int own = small_int(entry, "grade", 0);

    if (own >= 1)
        return own > GRADE_MAX ? GRADE_MAX : own;
    return dataset_grade >= 1 && dataset_grade < GRADE_INHERITED_MAX ? dataset_grade
                                                                     : GRADE_INHERITED_MAX;
}

static void read_field(struct arena *arena, const json_t *entry, const char *name,
                       int dataset_grade, struct dataset_field *field)
{
    const char *codes = json_text(entry, "codes", NULL);

    field->name = arena_str(arena, name);
    field->title = read_title(arena, entry, name);
    field->type = (enum field_type)WORD_INDEX(type_names, json_text(entry, "type", ""));
    field->role = (enum field_role)WORD_INDEX(role_names, json_text(entry, "role", ""));
    field->codes = arena_str(arena, codes);
    field->grade = field_grade(entry, dataset_grade);
    field->correctable = json_bool(entry, "correctable", false);
    field->required = json_bool(entry, "required", false);
    field->max_age_days = small_int(entry, "max_age_days", 0);
}

static enum status read_fields(struct arena *arena, const json_t *list, struct dataset *dataset,
                               struct error *error)
{
    size_t count = json_array_size(list);

    if (count > FIELDS_MAX)
        return error_set(error, STATUS_INVALID, _("Dataset %s has too many fields (%zu)."),
                         dataset->name, count);
    struct dataset_field *fields = arena_array(arena, count + 1, sizeof *fields);
    if (!fields)
        return error_nomem(error);
    dataset->fields = fields;
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *name = json_text(entry, "name", "");
        if (!*name)
            return error_set(error, STATUS_INVALID, _("Field %zu of dataset %s has no name."),
                             i + 1, dataset->name);
        if (dataset_field(dataset, name))
            return error_set(error, STATUS_INVALID, _("Dataset %s names the field %s twice."),
                             dataset->name, name);
        read_field(arena, entry, name, dataset->grade, &fields[i]);
        dataset->field_count = i + 1;
    }
    catalogue_infer_roles(list, fields, dataset);
    return STATUS_OK;
}

static void read_provider(struct arena *arena, const json_t *document, struct dataset *dataset)
{
    const json_t *provider = json_object_get(document, "provider");

    dataset->provider_name = arena_str(arena, json_text(provider, "name", ""));
    dataset->provider_uscc = copy_text(arena, provider, "uscc");
    dataset->sharing = copy_text(arena, document, "sharing");
    dataset->sharing_scope = copy_text(arena, document, "sharing_scope");
    dataset->purpose = copy_text(arena, document, "purpose");
    dataset->mode = copy_text(arena, document, "mode");
    dataset->format = copy_text(arena, document, "format");
    dataset->update_cycle = copy_text(arena, document, "update_cycle");
}

static bool accepts(const json_t *document, const char *kind)
{
    const json_t *kinds = json_object_get(document, "accepts");

    for (size_t i = 0; i < json_array_size(kinds); i++) {
        const char *word = json_string_value(json_array_get(kinds, i));
        if (word && strcmp(word, kind) == 0)
            return true;
    }
    return false;
}

static void read_meaning(struct arena *arena, const json_t *document, struct dataset *dataset)
{
    dataset->subject = subject_kind_parse(json_text(document, "subject", ""));
    dataset->topic = arena_str(arena, json_text(document, "topic", dataset->name));
    bool is_register = dataset->topic && (strcmp(dataset->topic, "population") == 0 ||
                                          strcmp(dataset->topic, "enterprise") == 0);
    dataset->unique_subject = json_bool(document, "unique_subject", is_register);
    dataset->accepts_new = accepts(document, "new");
}

static enum status keep_body(struct arena *arena, const json_t *document, struct dataset *dataset,
                             struct error *error)
{
    struct buf text = {0};
    enum status status = json_print(document, &text, error);

    if (status == STATUS_OK)
        dataset->body = arena_buf(arena, &text);
    buf_release(&text);
    return status;
}

static enum status read_dataset(struct arena *arena, const json_t *document,
                                struct dataset *dataset, struct error *error)
{
    const char *id = json_text(document, "_id", "");
    size_t prefix = strlen(DATASET_PREFIX);

    if (strncmp(id, DATASET_PREFIX, prefix) != 0 || id[prefix] == '\0')
        return error_set(error, STATUS_INVALID,
                         _("A catalogue entry must have an _id that begins with \"dataset:\"."));
    dataset->name = arena_str(arena, id + prefix);
    if (!dataset->name)
        return error_nomem(error);
    dataset->title = read_title(arena, document, dataset->name);
    dataset->grade = small_int(document, "grade", 0);
    dataset->max_age_days = small_int(document, "max_age_days", 0);
    dataset->retention_days = small_int(document, "retention_days", 0);
    dataset->priority = small_int(document, "priority", PRIORITY_NOT_STATED);
    read_meaning(arena, document, dataset);
    dataset->database = copy_text(arena, document, "database");
    read_provider(arena, document, dataset);
    enum status status = read_fields(arena, json_object_get(document, "fields"), dataset, error);
    if (status == STATUS_OK)
        status = keep_body(arena, document, dataset, error);
    return status;
}

/* --- the catalogue ---------------------------------------------------------------------------- */

static int compare_datasets(const void *a, const void *b)
{
    const struct dataset *left = a;
    const struct dataset *right = b;

    if (left->priority != right->priority)
        return left->priority < right->priority ? -1 : 1;
    return strcmp(left->name, right->name);
}

static enum status read_all(struct catalogue *catalogue, const json_t *const *documents,
                            size_t count, struct error *error)
{
    catalogue->datasets = arena_array(catalogue->arena, count + 1, sizeof *catalogue->datasets);
    if (!catalogue->datasets)
        return error_nomem(error);
    for (size_t i = 0; i < count; i++) {
        struct dataset *dataset = &catalogue->datasets[i];
        enum status status = read_dataset(catalogue->arena, documents[i], dataset, error);
        if (status != STATUS_OK)
            return status;
        if (catalogue_find(catalogue, dataset->name))
            return error_set(error, STATUS_INVALID, _("Dataset %s is described twice."),
                             dataset->name);
        catalogue->count = i + 1;
    }
    if (arena_failed(catalogue->arena))
        return error_nomem(error);
    if (count > 1)
        qsort(catalogue->datasets, count, sizeof *catalogue->datasets, compare_datasets);
    return STATUS_OK;
}

enum status catalogue_parse(const json_t *const *documents, size_t count, struct catalogue **out,
                            struct error *error)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);

    if (!catalogue)
        return error_nomem(error);
    catalogue->arena = arena_new();
    enum status status =
        catalogue->arena ? read_all(catalogue, documents, count, error) : error_nomem(error);
    if (status != STATUS_OK) {
        catalogue_free(catalogue);
        return status;
    }
    *out = catalogue;
    return STATUS_OK;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    arena_free(catalogue->arena);
    free(catalogue);
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct dataset *catalogue_at(const struct catalogue *catalogue, size_t index)
{
    return index < catalogue->count ? &catalogue->datasets[index] : NULL;
}

const struct dataset *catalogue_find(const struct catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->datasets[i].name, name) == 0)
            return &catalogue->datasets[i];
    return NULL;
}

const struct dataset_field *dataset_field(const struct dataset *dataset, const char *name)
{
    for (size_t i = 0; i < dataset->field_count; i++)
        if (strcmp(dataset->fields[i].name, name) == 0)
            return &dataset->fields[i];
    return NULL;
}

const struct dataset_field *dataset_role(const struct dataset *dataset, enum field_role role)
{
    for (size_t i = 0; i < dataset->field_count; i++)
        if (dataset->fields[i].role == role)
            return &dataset->fields[i];
    return NULL;
}

bool role_is_searched(enum field_role role)
{
    return role != ROLE_NONE && role < ROLE_BIRTH_DATE;
}

/* --- names ------------------------------------------------------------------------------------ */

static bool is_database_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_$()+/-";

    return name[0] >= 'a' && name[0] <= 'z' && name[strspn(name, allowed)] == '\0';
}

enum status dataset_database(const struct dataset *dataset, const char *area, char *out,
                             size_t size, struct error *error)
{
    static const char placeholder[] = "{area}";
    struct buf name = {.limit = size > 0 ? size - 1 : 0};
    const char *at = dataset->database;

    for (const char *hole; (hole = strstr(at, placeholder)) != NULL;
         at = hole + strlen(placeholder)) {
        buf_bytes(&name, at, (size_t)(hole - at));
        buf_str(&name, area);
    }
    buf_str(&name, at);
    bool good = size > 0 && !buf_failed(&name) && is_database_name(buf_text(&name));
    if (good)
        memcpy(out, buf_text(&name), name.length + 1);
    buf_release(&name);
    if (good)
        return STATUS_OK;
    return error_set(error, STATUS_INVALID,
                     _("The catalogue gives dataset %s an impossible database name (%s)."),
                     dataset->name, dataset->database);
}

const char *subject_kind_name(enum subject_kind kind)
{
    return subject_names[kind];
}

enum subject_kind subject_kind_parse(const char *name)
{
    return (enum subject_kind)WORD_INDEX(subject_names, name);
}
