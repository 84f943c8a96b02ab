#include "base/i18n.h"
#include "db/dossier_build.h"
#include "db/request_row.h"
#include "verify/day.h"
#include "verify/fold.h"
#include "verify/resident_id.h"

#include <string.h>

#define CLAIMS_MAX      24
#define DIFFERENCES_MAX 12

/* One statement about the subject: which field of which record, and the raw value in it. */
struct statement {
    size_t section, field; /* indices */
    const char *raw;
    bool derived;
};

struct statements {
    struct statement items[CLAIMS_MAX];
    size_t count;
};

/* What one aspect is gathered with. */
struct gathering {
    const struct dossier_build *build;
    enum dossier_aspect aspect;
    const struct dataset_field *like; /* ASPECT_ADDRESS: fields that are called the same */
    struct statements statements;
};

const char *dossier_aspect_name(enum dossier_aspect aspect)
{
    static const char *const names[] = {"name", "birth_date", "sex", "marital_status", "address"};

    return names[aspect];
}

const char *dossier_aspect_title(enum dossier_aspect aspect)
{
    static const char *const titles[] = {N_("Name"), N_("Date of birth"), N_("Sex"),
                                         N_("Marital status"), N_("Address")};

    return _(titles[aspect]);
}

/* --- which fields say something --------------------------------------------------------------- */

/* Who holds a certificate is an enterprise when it names one. */
static bool names_an_enterprise(const struct record *record)
{
    for (size_t i = 0; i < record->facts.count; i++)
        if (record->facts.items[i].field->role == ROLE_LINK_ENTERPRISE)
            return true;
    return false;
}

/* A certificate's title is its own, and so is that of a record that says who holds it. */
static bool is_name(const struct record *record, const struct dataset_field *field)
{
    if (!record->facts.is_certificate && !dataset_role(record->dataset, ROLE_HOLDER))
        return field->role == ROLE_TITLE;
    return field->role == ROLE_HOLDER && !names_an_enterprise(record);
}

static bool is_called_the_same(const struct dataset_field *a, const struct dataset_field *b)
{
    return strcmp(a->name, b->name) == 0 || strcmp(a->title, b->title) == 0;
}

static bool says(const struct gathering *gathering, const struct record *record,
                 const struct dataset_field *field)
{
    switch (gathering->aspect) {
    case ASPECT_NAME:
        return is_name(record, field);
    case ASPECT_BIRTH:
        return field->role == ROLE_BIRTH_DATE;
    case ASPECT_SEX:
        return field->role == ROLE_SEX;
    case ASPECT_MARITAL:
        return field->role == ROLE_MARITAL_STATUS;
    case ASPECT_ADDRESS:
        break;
    }
    return field->role == ROLE_ADDRESS && is_called_the_same(field, gathering->like);
}

/* --- gathering -------------------------------------------------------------------------------- */

static void add(struct gathering *gathering, size_t section, size_t field, const char *raw,
                bool derived)
{
    struct statements *statements = &gathering->statements;

    if (*raw && statements->count < CLAIMS_MAX)
        statements->items[statements->count++] =
            (struct statement){.section = section, .field = field, .raw = raw, .derived = derived};
}

/* Codes may be written as numbers. */
static const char *raw_text(const struct dossier_build *build, const json_t *value)
{
    const char *text = json_string_value(value);

    if (!text && json_is_integer(value))
        text = arena_printf(build->arena, "%lld", (long long)json_integer_value(value));
    return text ? text : "";
}

static void gather_record(struct gathering *gathering, size_t at)
{
    const struct record *record = &gathering->build->records.items[at];

    for (size_t i = 0; i < record->dataset->field_count; i++) {
        const struct dataset_field *field = &record->dataset->fields[i];
        if (says(gathering, record, field))
            add(gathering, at, i,
                raw_text(gathering->build, json_object_get(record->body, field->name)), false);
    }
}

/* What the digits of the resident number say, beside the first record that has it. */
static void gather_digits(struct gathering *gathering)
{
    const struct dossier_build *build = gathering->build;
    const struct record *record = &build->records.items[0];
    const struct dataset_field *subject = dataset_role(record->dataset, ROLE_SUBJECT);
    struct resident_id id = {0};
    struct findings findings = {0};
    char day[DATE_TEXT_MAX];

    if (!subject || subject->type != TYPE_RESIDENT_ID)
        return;
    /* A number that does not check out says something all the same, as far as it can be read. */
    (void)resident_id_check(record->facts.subject, date_today(), &id, &findings);
    size_t field = (size_t)(subject - record->dataset->fields);
    if (gathering->aspect == ASPECT_SEX && id.sex != SEX_UNKNOWN)
        add(gathering, 0, field, id.sex == SEX_MALE ? "1" : "2", true);
    if (gathering->aspect == ASPECT_BIRTH && id.birth_known) {
        date_format(id.birth, day);
        const char *copy = arena_str(build->arena, day);
        add(gathering, 0, field, copy ? copy : "", true);
    }
}

static void gather(struct gathering *gathering)
{
    const struct dossier_build *build = gathering->build;

    if (build->dossier->kind == SUBJECT_PERSON)
        gather_digits(gathering);
    for (size_t i = 0; i < build->records.count; i++)
        gather_record(gathering, i);
}

/* --- agreeing --------------------------------------------------------------------------------- */

static const char *const list_marks[] = {"、", "，", ",", ";", "；", "/"};
#define LIST_MARKS (sizeof list_marks / sizeof *list_marks)

static bool is_list_of_names(const char *text)
{
    for (size_t i = 0; i < LIST_MARKS; i++)
        if (strstr(text, list_marks[i]))
            return true;
    return false;
}

/* A record about two people names both: one of them is enough. */
static bool names_agree(const char *a, const char *b)
{
    static const char separators[] = "\x01"; /* what list marks are turned into */
    char parts[512];
    char *save = NULL;

    if (name_equal(a, b))
        return true;
    fold_copy(parts, sizeof parts, a);
    for (size_t i = 0; i < LIST_MARKS; i++)
        for (char *at; (at = strstr(parts, list_marks[i])) != NULL;)
            memset(at, separators[0], strlen(list_marks[i]));
    for (const char *part = strtok_r(parts, separators, &save); part;
         part = strtok_r(NULL, separators, &save))
        if (name_equal(part, b))
            return true;
    return false;
}

static bool days_agree(const char *a, const char *b)
{
    struct date left, right;

    if (day_read(a, &left) != DAY_READ || day_read(b, &right) != DAY_READ)
        return strcmp(a, b) == 0;
    return date_compare(left, right) == 0;
}

/* One may leave out province and county: then it is the end of the other. */
static bool addresses_agree(const char *a, const char *b)
{
    char left[FOLD_INPUT_MAX], right[FOLD_INPUT_MAX];

    if (!fold_name(a, left, sizeof left) || !fold_name(b, right, sizeof right))
        return strcmp(a, b) == 0;
    size_t longer = strlen(left), shorter = strlen(right);
    const char *whole = left, *end = right;
    if (longer < shorter) {
        whole = right;
        end = left;
        longer = strlen(right);
        shorter = strlen(left);
    }
    return strcmp(whole + longer - shorter, end) == 0;
}

/* 1 and 01 are one code. */
static bool codes_agree(const char *a, const char *b)
{
    while (*a == '0' && a[1])
        a++;
    while (*b == '0' && b[1])
        b++;
    return strcmp(a, b) == 0;
}

static bool sexes_agree(const char *a, const char *b)
{
    enum person_sex left = person_sex_read(a), right = person_sex_read(b);

    return left && right ? left == right : codes_agree(a, b);
}

static bool agree(enum dossier_aspect aspect, const char *a, const char *b)
{
    switch (aspect) {
    case ASPECT_NAME:
        return names_agree(a, b) || names_agree(b, a);
    case ASPECT_BIRTH:
        return days_agree(a, b);
    case ASPECT_SEX:
        return sexes_agree(a, b);
    case ASPECT_MARITAL:
        return codes_agree(a, b);
    case ASPECT_ADDRESS:
        break;
    }
    return addresses_agree(a, b);
}

/* Somebody says otherwise, and not only about another field of the same record. */
static bool is_disputed(const struct gathering *gathering)
{
    const struct statements *statements = &gathering->statements;

    for (size_t i = 0; i < statements->count; i++)
        for (size_t k = i + 1; k < statements->count; k++) {
            const struct statement *a = &statements->items[i], *b = &statements->items[k];
            bool two = a->section != b->section || a->derived != b->derived;
            if (two && !agree(gathering->aspect, a->raw, b->raw))
                return true;
        }
    return false;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* The field that says it in so many words, for how a derived value is shown and graded. */
static const struct dataset_field *model_of(const struct gathering *gathering)
{
    const struct statements *statements = &gathering->statements;
    const struct dataset_field *model = NULL;

    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *statement = &statements->items[i];
        const struct record *record = &gathering->build->records.items[statement->section];
        const struct dataset_field *field = &record->dataset->fields[statement->field];
        if (!statement->derived && (!model || field->grade > model->grade))
            model = field;
    }
    return model;
}

/* Digits are shown like the field they contradict; the number itself stays masked. */
static const char *derived_value(const struct gathering *gathering,
                                 const struct statement *statement, bool *masked)
{
    const struct dossier_build *build = gathering->build;
    const struct dataset_field *model = model_of(gathering);
    json_t *value = json_string(statement->raw);

    if (!model || !value) {
        json_decref(value);
        return "";
    }
    const char *text = request_value_display(build->arena, model, value);
    json_decref(value);
    return dossier_shown(build, build->records.items[statement->section].dataset, model,
                         text ? text : "", masked);
}

static void tell(const struct gathering *gathering, const struct statement *statement,
                 struct dossier_claim *claim)
{
    const struct dossier_section *section =
        &gathering->build->dossier->sections[statement->section];

    claim->section = section;
    claim->field = &section->fields[statement->field];
    claim->derived = statement->derived;
    claim->masked = claim->field->masked;
    claim->value = statement->derived ? derived_value(gathering, statement, &claim->masked)
                                      : claim->field->value;
}

/* --- what could stand there instead ----------------------------------------------------------- */

/* `raw` as it would be typed where `like` stands: in the same way of writing; NULL when that cannot
 * be known. */
static const char *retyped(const struct gathering *gathering, const char *raw, const char *like)
{
    struct arena *arena = gathering->build->arena;
    char text[DATE_TEXT_MAX];
    const char *sex;
    struct date day;

    switch (gathering->aspect) {
    case ASPECT_SEX:
        sex = person_sex_write(person_sex_read(raw), like);
        return *sex ? sex : NULL;
    case ASPECT_BIRTH:
        if (day_read(raw, &day) != DAY_READ)
            return NULL;
        date_format(day, text);
        return arena_str(arena, text);
    case ASPECT_NAME:
        if (is_list_of_names(raw) || is_list_of_names(like))
            return NULL;
        break;
    case ASPECT_MARITAL:
    case ASPECT_ADDRESS:
        break;
    }
    return arena_str(arena, raw);
}

/* Statements stand in the order of trust: the digits of the number, then the catalogue's. */
static void propose(const struct gathering *gathering, struct dossier_claim *claims, size_t at)
{
    const struct statements *statements = &gathering->statements;
    const char *own = statements->items[at].raw;

    for (size_t i = 0; i < statements->count && !claims[at].proposed; i++) {
        if (claims[i].masked || agree(gathering->aspect, own, statements->items[i].raw))
            continue;
        claims[at].proposed = retyped(gathering, statements->items[i].raw, own);
        claims[at].proposed_by = claims[at].proposed ? &claims[i] : NULL;
    }
}

static enum status add_difference(struct dossier_build *build, const struct gathering *gathering,
                                  struct error *error)
{
    struct dossier *dossier = build->dossier;
    struct dossier_difference *list = (struct dossier_difference *)(uintptr_t)dossier->differences;
    struct dossier_claim *claims =
        arena_array(build->arena, gathering->statements.count, sizeof *claims);

    if (!claims)
        return error_nomem(error);
    for (size_t i = 0; i < gathering->statements.count; i++)
        tell(gathering, &gathering->statements.items[i], &claims[i]);
    for (size_t i = 1; i < gathering->statements.count; i++)
        claims[i].differs = !agree(gathering->aspect, gathering->statements.items[0].raw,
                                   gathering->statements.items[i].raw);
    for (size_t i = 0; i < gathering->statements.count; i++)
        if (!claims[i].derived && claims[i].field->field->correctable)
            propose(gathering, claims, i);
    list[dossier->difference_count++] = (struct dossier_difference){
        .aspect = gathering->aspect, .claims = claims, .claim_count = gathering->statements.count};
    return STATUS_OK;
}

static enum status look_at(struct dossier_build *build, enum dossier_aspect aspect,
                           const struct dataset_field *like, struct error *error)
{
    struct gathering gathering = {.build = build, .aspect = aspect, .like = like};

    gather(&gathering);
    if (build->dossier->difference_count == DIFFERENCES_MAX || !is_disputed(&gathering))
        return STATUS_OK;
    return add_difference(build, &gathering, error);
}

/* Each address of the first record that has one of that name: a later record's has been compared
 * with it already. */
static bool is_first_so_called(const struct dossier_build *build, size_t record,
                               const struct dataset_field *field)
{
    for (size_t i = 0; i < record; i++) {
        const struct dataset *dataset = build->records.items[i].dataset;
        for (size_t k = 0; k < dataset->field_count; k++)
            if (dataset->fields[k].role == ROLE_ADDRESS &&
                is_called_the_same(&dataset->fields[k], field))
                return false;
    }
    return true;
}

static enum status look_at_addresses(struct dossier_build *build, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < build->records.count; i++) {
        const struct dataset *dataset = build->records.items[i].dataset;
        for (size_t k = 0; k < dataset->field_count && status == STATUS_OK; k++)
            if (dataset->fields[k].role == ROLE_ADDRESS &&
                is_first_so_called(build, i, &dataset->fields[k]))
                status = look_at(build, ASPECT_ADDRESS, &dataset->fields[k], error);
    }
    return status;
}

enum status dossier_make_differences(struct dossier_build *build, struct error *error)
{
    enum status status = STATUS_OK;

    build->dossier->differences =
        arena_array(build->arena, DIFFERENCES_MAX, sizeof *build->dossier->differences);
    if (!build->dossier->differences)
        return error_nomem(error);
    for (int aspect = ASPECT_NAME; aspect < ASPECT_ADDRESS && status == STATUS_OK; aspect++)
        status = look_at(build, (enum dossier_aspect)aspect, NULL, error);
    return status == STATUS_OK ? look_at_addresses(build, error) : status;
}
