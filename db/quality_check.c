#include "db/quality_run.h"

#include "base/i18n.h"
#include "db/codes.h"
#include "db/dated.h"
#include "db/search_key.h"
#include "verify/certificate_id.h"
#include "verify/day.h"
#include "verify/fold.h"
#include "verify/phone.h"
#include "verify/resident_id.h"
#include "verify/uscc.h"

#include <stdio.h>
#include <string.h>

#define MARITAL_SINGLE "10"

const char *quality_text(const json_t *body, const struct dataset_field *field, char out[32])
{
    const json_t *value = field ? json_object_get(body, field->name) : NULL;

    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_integer(value))
        return "";
    (void)snprintf(out, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return out;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void wrong(struct quality_judgement *judgement, const char *detail)
{
    judgement->wrong = true;
    (void)snprintf(judgement->detail, sizeof judgement->detail, "%s", detail);
}

static void take(const struct findings *findings, enum severity severity,
                 struct quality_judgement *judgement)
{
    for (size_t i = 0; i < findings->count && !judgement->wrong; i++)
        if (findings->items[i].severity == severity)
            wrong(judgement, findings->items[i].text);
}

/* An address code nobody knows is that of the first registration, often abolished since: no fault
 * of the data, and too common to be worth a look. */
static bool worth_a_look(const struct finding *finding)
{
    return finding->severity == FINDING_WARNING &&
           strcmp(finding->code, "resident_id.region") != 0 &&
           strcmp(finding->code, "uscc.region") != 0;
}

static void judge_number(const struct dataset_field *field, const char *text, struct date today,
                         struct findings *findings)
{
    struct resident_id id;
    struct uscc uscc;
    struct certificate_id certificate;
    struct phone phone;

    switch ((int)field->type) {
    case TYPE_RESIDENT_ID:
        (void)resident_id_check(text, today, &id, findings);
        break;
    case TYPE_USCC:
        (void)uscc_check(text, &uscc, findings);
        break;
    case TYPE_CERTIFICATE_ID:
        (void)certificate_id_check(text, &certificate, findings);
        break;
    case TYPE_PHONE:
        (void)phone_check(text, &phone, findings);
        break;
    default:
        break;
    }
}

static void judge_doubtful(const struct findings *findings, struct quality_judgement *judgement)
{
    if (findings_worst(findings) == FINDING_ERROR)
        return;
    for (size_t i = 0; i < findings->count && !judgement->wrong; i++)
        if (worth_a_look(&findings->items[i]))
            wrong(judgement, findings->items[i].text);
}

/* --- values ----------------------------------------------------------------------------------- */

static void judge_date(const char *text, struct quality_judgement *judgement)
{
    char day[DATE_TEXT_MAX];
    struct date date;

    (void)snprintf(day, sizeof day, "%.10s", text);
    if (!date_parse(text, &date) && !(strlen(text) > 10 && date_parse(day, &date)))
        wrong(judgement, _("There is no such day."));
}

static void judge_dated(const struct dataset_field *field, const char *text, struct date today,
                        struct quality_judgement *judgement)
{
    enum dated dated = dated_judge(field, text, today);

    if (dated != DATED_WELL)
        wrong(judgement, dated_remark(dated));
}

static void judge_code(const struct dataset_field *field, const char *text,
                       struct quality_judgement *judgement)
{
    if (code_system_is_known(field->codes) && !code_title(field->codes, text))
        (void)snprintf(judgement->detail, sizeof judgement->detail, _("%s has no such code."),
                       field->codes);
    judgement->wrong = judgement->detail[0] != '\0';
}

/* An address down to the village, street or number says where somebody lives; one that ends at
 * the township does not. */
static void judge_address(const char *text, struct quality_judgement *judgement)
{
    static const char *const ends[] = {"省", "自治区", "市", "县", "区", "镇", "乡", "街道"};
    static const char *const fine[] = {"社区", "小区", "园区", "校区", "厂区", "矿区"};
    size_t length = strlen(text);
    bool above = false;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        above = above || (length >= end && strcmp(text + length - end, ends[i]) == 0);
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        size_t end = strlen(fine[i]);
        above = above && !(length >= end && strcmp(text + length - end, fine[i]) == 0);
    }
    if (above)
        wrong(judgement, _("Village, street or number is missing."));
}

static void judge_age(const struct dataset_field *field, const char *text, struct date today,
                      struct quality_judgement *judgement)
{
    char day[DATE_TEXT_MAX];
    struct date date;

    (void)snprintf(day, sizeof day, "%.10s", text);
    if (!date_parse(text, &date) && !date_parse(day, &date))
        return;
    int64_t age = date_to_days(today) - date_to_days(date);
    if (age <= field->max_age_days)
        return;
    judgement->wrong = true;
    (void)snprintf(judgement->detail, sizeof judgement->detail, _("%lld days old; %d are allowed."),
                   (long long)age, field->max_age_days);
}

/* --- against the resident ID ------------------------------------------------------------------ */

/* The number of the record's own person; false when it is none that can be relied on. */
static bool read_id(const struct quality_plan *plan, const json_t *body, struct date today,
                    struct resident_id *id)
{
    char digits[32];
    struct findings findings = {0};
    const char *text = quality_text(body, plan->subject, digits);

    if (!plan->subject || plan->subject->type != TYPE_RESIDENT_ID || !*text)
        return false;
    return resident_id_check(text, today, id, &findings);
}

static void judge_sex(const struct resident_id *id, const char *text,
                      struct quality_judgement *judgement)
{
    enum person_sex said = person_sex_read(text);

    if (id->sex == SEX_UNKNOWN || said == SEX_UNKNOWN || said == id->sex)
        return;
    wrong(judgement, id->sex == SEX_MALE ? _("The number is that of a man.")
                                         : _("The number is that of a woman."));
    (void)snprintf(judgement->proposed, sizeof judgement->proposed, "%s",
                   person_sex_write(id->sex, text));
}

static void judge_birth(const struct resident_id *id, const char *text,
                        struct quality_judgement *judgement)
{
    char own[DATE_TEXT_MAX];
    struct date date;

    if (!id->birth_known || day_read(text, &date) != DAY_READ || date_compare(date, id->birth) == 0)
        return;
    date_format(id->birth, own);
    judgement->wrong = true;
    (void)snprintf(judgement->detail, sizeof judgement->detail, _("The number says %s."), own);
    (void)snprintf(judgement->proposed, sizeof judgement->proposed, "%s", own);
}

static void judge_by_id(const struct quality_plan *plan, enum quality_rule rule, const json_t *body,
                        const char *text, struct date today, struct quality_judgement *judgement)
{
    struct resident_id id;

    if (!*text || !read_id(plan, body, today, &id))
        return;
    if (rule == QUALITY_SEX)
        judge_sex(&id, text, judgement);
    else
        judge_birth(&id, text, judgement);
}

static bool is_empty(const json_t *body, const struct dataset_field *field)
{
    const json_t *value = json_object_get(body, field->name);

    return !value || json_is_null(value) ||
           (json_is_string(value) && json_string_length(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

void quality_judge(const struct quality_plan *plan, enum quality_rule rule,
                   const struct dataset_field *field, const json_t *body, struct date today,
                   struct quality_judgement *judgement)
{
    struct findings findings = {0};
    char digits[32];
    const char *text = quality_text(body, field, digits);

    *judgement = (struct quality_judgement){0};
    switch ((int)rule) {
    case QUALITY_RESIDENT_ID:
    case QUALITY_USCC:
    case QUALITY_CERTIFICATE_ID:
    case QUALITY_PHONE:
        judge_number(field, text, today, &findings);
        take(&findings, FINDING_ERROR, judgement);
        break;
    case QUALITY_DOUBTFUL:
        judge_number(field, text, today, &findings);
        judge_doubtful(&findings, judgement);
        break;
    case QUALITY_DATE:
        judge_date(text, judgement);
        break;
    case QUALITY_DATED:
        judge_dated(field, text, today, judgement);
        break;
    case QUALITY_CODE:
        judge_code(field, text, judgement);
        break;
    case QUALITY_SEX:
    case QUALITY_BIRTH:
        judge_by_id(plan, rule, body, text, today, judgement);
        break;
    case QUALITY_ADDRESS:
        judge_address(text, judgement);
        break;
    case QUALITY_STALE_RECORD:
        judge_age(field, text, today, judgement);
        break;
    case QUALITY_REQUIRED:
        if (is_empty(body, field))
            wrong(judgement, _("The field must be filled in."));
        break;
    default: /* about several records: db/quality_run.c */
        break;
    }
}

/* --- one record, field by field --------------------------------------------------------------- */

struct check {
    struct quality_job *job;
    const struct quality_plan *plan;
    const struct quality_row *row;
    struct quality_mark mark;
    struct error *error;
    enum status status;
};

static void ask(struct check *check, enum quality_rule rule, const struct dataset_field *field)
{
    struct quality_judgement judgement;

    if (check->status != STATUS_OK)
        return;
    quality_judge(check->plan, rule, field, check->row->body, check->job->today, &judgement);
    if (judgement.wrong)
        check->status = quality_store_add(check->job, rule, check->plan->source, &check->mark,
                                          field->name, 0, check->error);
}

/* The same number is looked at once for both rules. */
static void ask_number(struct check *check, enum quality_rule rule,
                       const struct dataset_field *field, const char *text)
{
    struct findings findings = {0};
    struct quality_judgement doubt = {0};

    judge_number(field, text, check->job->today, &findings);
    judge_doubtful(&findings, &doubt);
    bool condemned = findings_worst(&findings) == FINDING_ERROR;
    if (check->status == STATUS_OK && (condemned || doubt.wrong))
        check->status =
            quality_store_add(check->job, condemned ? rule : QUALITY_DOUBTFUL, check->plan->source,
                              &check->mark, field->name, 0, check->error);
}

static void ask_value(struct check *check, const struct dataset_field *field, const char *text)
{
    switch (field->type) {
    case TYPE_RESIDENT_ID:
        ask_number(check, QUALITY_RESIDENT_ID, field, text);
        break;
    case TYPE_USCC:
        ask_number(check, QUALITY_USCC, field, text);
        break;
    case TYPE_CERTIFICATE_ID:
        ask_number(check, QUALITY_CERTIFICATE_ID, field, text);
        break;
    case TYPE_PHONE:
        ask_number(check, QUALITY_PHONE, field, text);
        break;
    case TYPE_DATE:
        ask(check, QUALITY_DATE, field);
        ask(check, QUALITY_DATED, field);
        break;
    case TYPE_TIME:
        ask(check, QUALITY_DATED, field);
        break;
    case TYPE_CODE:
        ask(check, QUALITY_CODE, field);
        break;
    case TYPE_TEXT:
    case TYPE_INTEGER:
    case TYPE_AMOUNT:
    case TYPE_BOOLEAN:
    case TYPE_DIVISION:
    case TYPE_LIST:
        break;
    }
    if (field->role == ROLE_ADDRESS)
        ask(check, QUALITY_ADDRESS, field);
    if (field->max_age_days > 0)
        ask(check, QUALITY_STALE_RECORD, field);
}

static void ask_fields(struct check *check)
{
    const struct dataset *dataset = check->plan->dataset;
    char digits[32];

    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        const char *text = quality_text(check->row->body, field, digits);
        if (*text)
            ask_value(check, field, text);
        else if (field->required)
            ask(check, QUALITY_REQUIRED, field);
    }
    if (check->plan->sex)
        ask(check, QUALITY_SEX, check->plan->sex);
    if (check->plan->birth)
        ask(check, QUALITY_BIRTH, check->plan->birth);
}

/* --- what it shares with others --------------------------------------------------------------- */

static uint64_t hash_on(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15u;
}

static uint64_t hash_new(const char *text)
{
    return hash_on(0xCBF29CE484222325u, text);
}

/* A person under the old number and under the new one is one person; 0: no usable number. */
static uint64_t subject_hash(enum subject_kind kind, const char *number)
{
    char upgraded[RESIDENT_ID_TEXT_MAX];
    struct buf folded = {0};

    if (kind == SUBJECT_PERSON && strlen(number) == 15 && resident_id_upgrade(number, upgraded))
        number = upgraded;
    search_subject(number, &folded);
    uint64_t hash = folded.length > 0 && !buf_failed(&folded)
                        ? hash_on(hash_new(subject_kind_name(kind)), buf_text(&folded))
                        : 0;
    buf_release(&folded);
    return hash;
}

/* 0 for no name, and for the names of a couple in one field. */
static uint64_t name_hash(const char *name)
{
    char folded[FOLD_INPUT_MAX];

    if (!*name || strstr(name, "、") || !fold_name(name, folded, sizeof folded) || !*folded)
        return 0;
    return hash_new(folded);
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static bool says_dead(const struct check *check, const char *status)
{
    static const char *const words[] = {"deceased", "dead", "死亡",     "已故",
                                        "已死亡",   "去世", "死亡注销", NULL};

    return check->plan->topic == TOPIC_DEATH || is_one_of(status, words);
}

/* Words registers use for what goes on. Anything else is taken for over: no alarm is better than
 * a false one. */
static bool says_active(const struct check *check, const char *status)
{
    static const char *const words[] = {"在享",
                                        "享受中",
                                        "在保",
                                        "在册",
                                        "正常",
                                        "有效",
                                        "在发",
                                        "发放中",
                                        "正常享受",
                                        "正常参保",
                                        "正常缴费",
                                        "存续",
                                        "在业",
                                        "开业",
                                        "在营",
                                        "在营（开业）",
                                        "存续（在营、开业、在册）",
                                        "正常营业",
                                        "active",
                                        "valid",
                                        NULL};
    const struct dataset_field *active = check->plan->active;

    if (active && json_is_true(json_object_get(check->row->body, active->name)))
        return true;
    return is_one_of(status, words);
}

static void share(struct check *check, uint64_t hash, uint64_t value, unsigned flags)
{
    const struct trait trait = {hash, value, flags, check->plan->source, check->row->id};

    if (check->status == STATUS_OK && hash)
        check->status = quality_sort_add(check->job->sort, &trait, check->error);
}

static void share_links(struct check *check, unsigned flags)
{
    const struct dataset *dataset = check->plan->dataset;
    char digits[32];

    for (size_t i = 0; i < dataset->field_count; i++) {
        const struct dataset_field *field = &dataset->fields[i];
        if (field->role != ROLE_LINK_PERSON || field->type != TYPE_RESIDENT_ID)
            continue;
        const char *text = quality_text(check->row->body, field, digits);
        share(check, subject_hash(SUBJECT_PERSON, text), 0, flags);
    }
}

/* Name, birth and phone, or name, birth and address: more than chance. */
static void share_likeness(struct check *check, uint64_t subject, uint64_t name)
{
    const struct quality_plan *plan = check->plan;
    char digits[32];
    const char *birth = quality_text(check->row->body, plan->birth, digits);
    const char *phone = quality_text(check->row->body, plan->phone, digits);
    const char *address = quality_text(check->row->body, plan->address, digits);

    if (!name || !*birth)
        return;
    if (*phone)
        share(check, hash_on(hash_on(name, birth), phone), subject, TRAIT_LIKENESS);
    if (*address)
        share(check, hash_on(hash_on(name ^ 1, birth), address), subject, TRAIT_LIKENESS);
}

static unsigned person_flags(const struct check *check, const char *status)
{
    const struct quality_plan *plan = check->plan;
    char digits[32];
    unsigned flags = 0;
    bool dead = says_dead(check, status);
    bool active = !dead && says_active(check, status);

    if (plan->topic == TOPIC_POPULATION) {
        flags |= TRAIT_REGISTER;
        if (strcmp(quality_text(check->row->body, plan->marital, digits), MARITAL_SINGLE) == 0)
            flags |= TRAIT_SINGLE;
    }
    if (plan->topic == TOPIC_MARRIAGE)
        return flags | (!*status || active ? (unsigned)TRAIT_MARRIED : 0);
    flags |= dead ? (unsigned)TRAIT_DEAD : 0;
    flags |= active && plan->topic != TOPIC_EDUCATION ? (unsigned)TRAIT_ACTIVE : 0;
    return flags;
}

static void share_person(struct check *check, const char *number, const char *status)
{
    const struct quality_plan *plan = check->plan;
    char digits[32];
    uint64_t subject = subject_hash(SUBJECT_PERSON, number);
    uint64_t name = plan->topic == TOPIC_MARRIAGE
                        ? 0
                        : name_hash(quality_text(check->row->body, plan->name, digits));
    unsigned flags = person_flags(check, status);

    if (plan->dataset->unique_subject)
        flags |= TRAIT_UNIQUE;
    if (flags || name)
        share(check, subject, name, flags);
    if (flags & TRAIT_MARRIED)
        share_links(check, TRAIT_MARRIED);
    if (flags & TRAIT_REGISTER)
        share_likeness(check, subject, name);
}

static void share_all(struct check *check)
{
    const struct quality_plan *plan = check->plan;
    char digits[32], word[32];
    const char *number = quality_text(check->row->body, plan->subject, digits);
    const char *status = quality_text(check->row->body, plan->status, word);

    if (plan->dataset->subject == SUBJECT_PERSON) {
        if (!dataset_role(plan->dataset, ROLE_CERTIFICATE))
            share_person(check, number, status);
        return;
    }
    if (plan->dataset->unique_subject)
        share(check, subject_hash(plan->dataset->subject, number), 0, TRAIT_UNIQUE);
    if (plan->dataset->subject == SUBJECT_ENTERPRISE && says_active(check, status))
        share_links(check, TRAIT_REPRESENTATIVE);
}

enum status quality_check_row(struct quality_job *job, const struct quality_plan *plan,
                              const struct quality_row *row, struct error *error)
{
    struct check check = {.job = job, .plan = plan, .row = row, .error = error};

    quality_mark_set(&check.mark, row->id, row->key, row->rev);
    ask_fields(&check);
    share_all(&check);
    return check.status;
}
