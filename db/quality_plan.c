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

/* The title is the person's own name, unless the record is a certificate. */
static const struct dataset_field *name_field(const struct dataset *dataset)
{
    if (dataset->subject != SUBJECT_PERSON || dataset_role(dataset, ROLE_CERTIFICATE))
        return NULL;
    return dataset_role(dataset, ROLE_TITLE);
}

void quality_plan_make(const struct dataset *dataset, uint32_t source, struct quality_plan *plan)
{
    bool person = dataset->subject == SUBJECT_PERSON && !dataset_role(dataset, ROLE_CERTIFICATE);

    *plan = (struct quality_plan){
        .dataset = dataset,
        .source = source,
        .topic = topic_of(dataset),
        .subject = dataset_role(dataset, ROLE_SUBJECT),
        .name = name_field(dataset),
        .status = dataset_role(dataset, ROLE_STATUS),
        .active = dataset_role(dataset, ROLE_ACTIVE),
        .phone = dataset_role(dataset, ROLE_PHONE),
        .address = dataset_role(dataset, ROLE_ADDRESS),
    };
    if (!person)
        return;
    plan->sex = dataset_role(dataset, ROLE_SEX);
    plan->marital = dataset_role(dataset, ROLE_MARITAL_STATUS);
    plan->birth = dataset_role(dataset, ROLE_BIRTH_DATE);
}
