#include "base/i18n.h"
#include "db/dossier_build.h"

#include <string.h>

#define NAMED_MAX 8 /* records looked at for the name of a linked subject */

/* --- adding ----------------------------------------------------------------------------------- */

/* A member of the household is one link, whatever datasets the household stands in. */
static bool is_linked(const struct dossier_build *build, const struct dossier_link *link)
{
    for (size_t i = 0; i < build->link_count; i++) {
        const struct dossier_link *known = &build->links[i];
        if (known->kind == link->kind && strcmp(known->target, link->target) == 0 &&
            (link->kind == LINK_HOUSEHOLD || strcmp(known->relation, link->relation) == 0))
            return true;
    }
    return false;
}

static enum status add_link(struct dossier_build *build, const struct dossier_link *link,
                            struct error *error)
{
    if (arena_failed(build->arena))
        return error_nomem(error);
    if (!*link->target || build->link_count == LINKS_MAX || is_linked(build, link))
        return STATUS_OK;
    struct dossier_link *added =
        arena_push(build->arena, &build->links, &build->link_count, sizeof *added);
    if (!added)
        return error_nomem(error);
    *added = *link;
    return STATUS_OK;
}

/* Where the subject of a kind is graded: its number is shown by that grade everywhere. */
static const char *shown_subject(struct dossier_build *build, const struct dataset *holder,
                                 const struct dataset_field *field, const char *subject)
{
    bool masked;

    return dossier_shown(build, holder, field, subject, &masked);
}

/* The name of a subject by the first dataset that has one; "" when the cache has none. */
static enum status name_of(struct dossier_build *build, enum subject_kind kind, const char *subject,
                           const char **name, struct error *error)
{
    struct record_list list = {0};
    enum status status =
        records_collect(&build->source, TERM_SUBJECT, subject, NAMED_MAX, &list, error);

    if (status != STATUS_OK)
        return status;
    *name = "";
    for (size_t i = 0; i < list.count && *name && !**name; i++) {
        const struct facts *facts = &list.items[i].facts;
        if (list.items[i].dataset->subject == kind && !facts->is_certificate &&
            subject_same(facts->subject, subject))
            *name = arena_str(build->arena, facts->name);
    }
    records_release(&list);
    return *name ? STATUS_OK : error_nomem(error);
}

/* One number out of a list is masked as a number, so that people can be told apart. */
static struct dataset_field field_of_item(const struct dataset_field *field)
{
    struct dataset_field item = *field;

    if (item.type == TYPE_LIST)
        item.type = item.role == ROLE_LINK_PERSON ? TYPE_RESIDENT_ID : TYPE_USCC;
    return item;
}

/* --- from our own records --------------------------------------------------------------------- */

static enum status link_from_fact(struct dossier_build *build, const struct record *record,
                                  const struct fact *fact, struct error *error)
{
    bool person = fact->field->role == ROLE_LINK_PERSON;
    enum subject_kind kind = person ? SUBJECT_PERSON : SUBJECT_ENTERPRISE;
    const struct dataset_field item = field_of_item(fact->field);
    const char *name = "";

    if (subject_same(fact->text, build->dossier->subject))
        return STATUS_OK;
    enum status status = name_of(build, kind, fact->text, &name, error);
    if (status != STATUS_OK)
        return status;
    const struct dossier_link link = {
        .kind = person ? LINK_PERSON : LINK_ENTERPRISE,
        .dataset = arena_str(build->arena, record->dataset->name),
        .record = record->key,
        .relation = arena_str(build->arena, fact->field->title),
        .target_kind = kind,
        .target = arena_str(build->arena, fact->text),
        .target_shown = shown_subject(build, record->dataset, &item, fact->text),
        .name = name,
    };
    return add_link(build, &link, error);
}

/* One's own certificates have been judged for their sections. */
static enum status verdict_of(struct dossier_build *build, const struct record *record,
                              enum verdict *verdict, const char **reason, struct error *error)
{
    const struct dossier *dossier = build->dossier;

    for (size_t i = 0; i < dossier->section_count; i++) {
        const struct dossier_section *section = &dossier->sections[i];
        if (strcmp(section->record, record->key) == 0 &&
            strcmp(section->dataset, record->dataset->name) == 0) {
            *verdict = section->verdict;
            *reason = section->verdict_reason;
            return STATUS_OK;
        }
    }
    return dossier_judge(build, record, verdict, reason, error);
}

static enum status link_certificate(struct dossier_build *build, const struct record *record,
                                    struct error *error)
{
    const struct dataset_field *field = dataset_role(record->dataset, ROLE_CERTIFICATE);
    enum verdict verdict = VERDICT_CANNOT_TELL;
    const char *reason = "";
    enum status status = verdict_of(build, record, &verdict, &reason, error);

    if (status != STATUS_OK)
        return status;
    const struct dossier_link link = {
        .kind = LINK_CERTIFICATE,
        .dataset = arena_str(build->arena, record->dataset->name),
        .record = arena_str(build->arena, record->key),
        .relation = arena_str(build->arena, record->facts.status),
        .target_kind = SUBJECT_NONE,
        .target = arena_str(build->arena, record->facts.certificate),
        .target_shown = shown_subject(build, record->dataset, field, record->facts.certificate),
        .name = arena_str(build->arena, record->facts.name),
        .verdict = verdict,
        .verdict_reason = reason,
    };

    return add_link(build, &link, error);
}

/* --- from records of others ------------------------------------------------------------------- */

/* The field of `record` in which the subject stands. */
static const struct dataset_field *field_of_subject(const struct dossier_build *build,
                                                    const struct record *record)
{
    for (size_t i = 0; i < record->facts.count; i++) {
        const struct fact *fact = &record->facts.items[i];
        bool link =
            fact->field->role == ROLE_LINK_PERSON || fact->field->role == ROLE_LINK_ENTERPRISE;
        if (link && subject_same(fact->text, build->dossier->subject))
            return fact->field;
    }
    return NULL;
}

/* An enterprise names us as its representative: the field says as what. A marriage names us as the
 * other half: the dataset says what it is. */
static enum status link_from_other(struct dossier_build *build, const struct record *record,
                                   struct error *error)
{
    const struct dataset_field *field = field_of_subject(build, record);
    const struct dataset_field *subject = dataset_role(record->dataset, ROLE_SUBJECT);
    enum subject_kind kind = record->dataset->subject;
    const char *name = "";

    if (!field || subject_same(record->facts.subject, build->dossier->subject))
        return STATUS_OK;
    if (record->facts.is_certificate)
        return link_certificate(build, record, error);
    if (kind == SUBJECT_PERSON || kind == SUBJECT_ENTERPRISE) {
        enum status status = name_of(build, kind, record->facts.subject, &name, error);
        if (status != STATUS_OK)
            return status;
    } else {
        name = arena_str(build->arena, record->facts.name);
    }
    const struct dossier_link link = {
        .kind = kind == SUBJECT_PERSON       ? LINK_PERSON
                : kind == SUBJECT_ENTERPRISE ? LINK_ENTERPRISE
                                             : LINK_PLACE,
        .dataset = arena_str(build->arena, record->dataset->name),
        .record = arena_str(build->arena, record->key),
        .relation = arena_str(build->arena,
                              kind == SUBJECT_ENTERPRISE ? field->title : record->dataset->title),
        .target_kind = kind,
        .target = arena_str(build->arena, record->facts.subject),
        .target_shown = shown_subject(build, record->dataset, subject, record->facts.subject),
        .name = name,
    };
    return add_link(build, &link, error);
}

/* The relation to the head of the household, as that record's coded field shows it. */
static const char *relation_of(struct dossier_build *build, const struct record *record)
{
    for (size_t i = 0; i < record->dataset->field_count; i++) {
        const struct dataset_field *field = &record->dataset->fields[i];
        if (field->codes && strncmp(field->codes, "GB/T 4761", strlen("GB/T 4761")) == 0) {
            struct buf text = {0};
            field_display(field, json_object_get(record->body, field->name), &text);
            const char *copy = arena_buf(build->arena, &text);
            buf_release(&text);
            return copy;
        }
    }
    return "";
}

static enum status link_member(struct dossier_build *build, const struct record *record,
                               struct error *error)
{
    const struct dataset_field *subject = dataset_role(record->dataset, ROLE_SUBJECT);
    const struct dossier_link link = {
        .kind = LINK_HOUSEHOLD,
        .dataset = arena_str(build->arena, record->dataset->name),
        .record = arena_str(build->arena, record->key),
        .relation = relation_of(build, record),
        .target_kind = record->dataset->subject,
        .target = arena_str(build->arena, record->facts.subject),
        .target_shown = shown_subject(build, record->dataset, subject, record->facts.subject),
        .name = arena_str(build->arena, record->facts.name),
    };

    if (record->dataset->subject != SUBJECT_PERSON ||
        subject_same(record->facts.subject, build->dossier->subject))
        return STATUS_OK;
    return add_link(build, &link, error);
}

/* --- all -------------------------------------------------------------------------------------- */

typedef enum status (*link_maker)(struct dossier_build *, const struct record *, struct error *);

static enum status link_each(struct dossier_build *build, enum term_class class, const char *text,
                             link_maker maker, struct error *error)
{
    struct record_list list = {0};
    enum status status = records_collect(&build->source, class, text, LINKS_MAX, &list, error);

    for (size_t i = 0; i < list.count && status == STATUS_OK; i++)
        status = maker(build, &list.items[i], error);
    records_release(&list);
    return status;
}

static enum status link_own_record(struct dossier_build *build, const struct record *record,
                                   struct error *error)
{
    enum status status = STATUS_OK;

    if (record->facts.is_certificate)
        return link_certificate(build, record, error);
    for (size_t i = 0; i < record->facts.count && status == STATUS_OK; i++) {
        const struct fact *fact = &record->facts.items[i];
        if (fact->field->role == ROLE_LINK_PERSON || fact->field->role == ROLE_LINK_ENTERPRISE)
            status = link_from_fact(build, record, fact, error);
        else if (fact->field->role == ROLE_HOUSEHOLD)
            status = link_each(build, TERM_HOUSEHOLD, fact->text, link_member, error);
    }
    return status;
}

enum status dossier_make_links(struct dossier_build *build, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < build->records.count && status == STATUS_OK; i++)
        status = link_own_record(build, &build->records.items[i], error);
    if (status == STATUS_OK)
        status = link_each(build, TERM_LINK, build->dossier->subject, link_from_other, error);
    return status;
}
