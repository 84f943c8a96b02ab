#include "db/catalogue_role.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define WORDS_MAX 10

/* How a field in this role is called where the entry does not say so. */
struct habit {
    enum field_role role;
    enum field_type type, other_type;
    const char *codes; /* NULL: no code system of its own */
    const char *names[WORDS_MAX];
    const char *titles[WORDS_MAX];
};

static const struct habit habits[] = {
    {ROLE_BIRTH_DATE,
     TYPE_DATE,
     TYPE_TEXT,
     NULL,
     {"birth_date", "birthday", "birth_day", "birth", "birthdate", "date_of_birth", "dob", "csrq"},
     {"出生日期", "出生年月日", "出生年月", "生日", "Date of birth", "Birth date", "Birthday"}},
    {ROLE_SEX,
     TYPE_CODE,
     TYPE_TEXT,
     "GB/T 2261.1",
     {"sex", "gender", "xb"},
     {"性别", "Sex", "Gender"}},
    {ROLE_MARITAL_STATUS,
     TYPE_CODE,
     TYPE_CODE,
     "GB/T 2261.2",
     {"marital_status", "marriage_status", "hyzk"},
     {"婚姻状况", "婚姻状态", "Marital status"}},
    {ROLE_ACTIVE, TYPE_BOOLEAN, TYPE_BOOLEAN, NULL, {"active"}, {NULL}},
    {ROLE_HOLDER, TYPE_TEXT, TYPE_TEXT, NULL, {"holder_name"}, {NULL}},
};

static bool is_one_of(const char *word, const char *const *words)
{
    for (size_t i = 0; word && i < WORDS_MAX && words[i]; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return false;
}

/* In either language: the interface's own does not change what a field is. */
static bool is_titled(const json_t *entry, const char *const *titles)
{
    const json_t *title = json_object_get(entry, "title");

    return is_one_of(json_string_value(title), titles) ||
           is_one_of(json_text(title, "zh", NULL), titles) ||
           is_one_of(json_text(title, "en", NULL), titles);
}

bool field_has_codes(const struct dataset_field *field, const char *system)
{
    size_t length = strlen(system);

    return field->codes && strncmp(field->codes, system, length) == 0 &&
           !isdigit((unsigned char)field->codes[length]);
}

static bool may_have(const struct dataset_field *field, const struct habit *habit)
{
    return field->role == ROLE_NONE &&
           (field->type == habit->type || field->type == habit->other_type);
}

/* The only field there is by this sign; NULL when there are none or several. */
enum sign { BY_NAME, BY_TITLE, BY_CODES };

static bool shows(const json_t *entry, const struct dataset_field *field, const struct habit *habit,
                  enum sign sign)
{
    if (sign == BY_NAME)
        return is_one_of(field->name, habit->names);
    if (sign == BY_TITLE)
        return is_titled(entry, habit->titles);
    return habit->codes && field_has_codes(field, habit->codes);
}

static struct dataset_field *only_field(const json_t *entries, struct dataset_field *fields,
                                        size_t count, const struct habit *habit, enum sign sign)
{
    struct dataset_field *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!may_have(&fields[i], habit) ||
            !shows(json_array_get(entries, i), &fields[i], habit, sign))
            continue;
        if (found)
            return NULL;
        found = &fields[i];
    }
    return found;
}

static void infer(const json_t *entries, struct dataset_field *fields, size_t count,
                  const struct habit *habit)
{
    struct dataset_field *field = NULL;

    for (int sign = BY_NAME; sign <= BY_CODES && !field; sign++)
        field = only_field(entries, fields, count, habit, (enum sign)sign);
    if (field)
        field->role = habit->role;
}

void catalogue_infer_roles(const json_t *entries, struct dataset_field *fields,
                           const struct dataset *dataset)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (!dataset_role(dataset, habits[i].role))
            infer(entries, fields, dataset->field_count, &habits[i]);
}
