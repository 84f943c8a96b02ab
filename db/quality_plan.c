#include "db/quality_run.h"

#include <string.h>

static enum topic topic_of(const struct dataset *dataset)
{
    static const struct {
        const char *word;
        enum topic topic;
    } words[] = {
        {"population", TOPIC_POPULATION},
        {"death", TOPIC_DEATH},
        {"marriage", TOPIC_MARRIAGE},
        {"education", TOPIC_EDUCATION},
    };

    if (dataset->subject != SUBJECT_PERSON)
        return TOPIC_OTHER;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(dataset->topic, words[i].word) == 0)
            return words[i].topic;
    return TOPIC_OTHER;
}

static bool is_coded(const struct dataset_field *field, const char *system)
{
    return field->codes && strncmp(field->codes, system, strlen(system)) == 0;
}

/* The first field of a person's record that has the code system. */
static const struct dataset_field *coded_field(const struct dataset *dataset, const char *system)
{
    for (size_t i = 0; i < dataset->field_count; i++)
        if (is_coded(&dataset->fields[i], system))
            return &dataset->fields[i];
    return NULL;
}

static const struct dataset_field *named_field(const struct dataset *dataset, enum field_type type,
                                               const char *const *names)
{
    for (; *names; names++) {
        const struct dataset_field *field = dataset_field(dataset, *names);
        if (field && field->type == type)
            return field;
    }
    return NULL;
}

/* The title is the person's own name, unless the record is a certificate. */
static const struct dataset_field *name_field(const struct dataset *dataset)
{
    if (dataset->subject != SUBJECT_PERSON || dataset_role(dataset, ROLE_CERTIFICATE))
        return NULL;
    return dataset_role(dataset, ROLE_TITLE);
}

void quality_plan_make(const struct dataset *dataset, uint32_t source, struct quality_plan *plan)
{
    static const char *const births[] = {"birth_date", "birthday", "birth", "date_of_birth", NULL};
    static const char *const actives[] = {"active", NULL};
    bool person = dataset->subject == SUBJECT_PERSON && !dataset_role(dataset, ROLE_CERTIFICATE);

    *plan = (struct quality_plan){
        .dataset = dataset,
        .source = source,
        .topic = topic_of(dataset),
        .subject = dataset_role(dataset, ROLE_SUBJECT),
        .name = name_field(dataset),
        .status = dataset_role(dataset, ROLE_STATUS),
        .active = named_field(dataset, TYPE_BOOLEAN, actives),
        .phone = dataset_role(dataset, ROLE_PHONE),
        .address = dataset_role(dataset, ROLE_ADDRESS),
    };
    if (!person)
        return;
    plan->sex = coded_field(dataset, "GB/T 2261.1");
    plan->marital = coded_field(dataset, "GB/T 2261.2");
    plan->birth = named_field(dataset, TYPE_DATE, births);
}
