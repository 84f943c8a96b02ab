#include "db/verification.h"

#include "base/i18n.h"
#include "db/cache_store.h"
#include "db/feed_state.h"
#include "db/name.h"
#include "db/record.h"
#include "db/signed_code.h"
#include "verify/fold.h"
#include "verify/number.h"
#include "verify/record.h"
#include "verify/resident_id.h"

#include <string.h>

#define RECORDS_MAX 16

struct verifying {
    struct record_source source;
    const char *holder_name, *holder_id;
    const struct verification_source *online; /* NULL: nobody is asked */
    struct verdict_report *report;
};

static bool is_asked(const char *text)
{
    return text && *text;
}

static enum status collect(const struct verifying *verifying, enum term_class class,
                           const char *text, struct record_list *list, struct error *error)
{
    return records_collect(&verifying->source, class, text, RECORDS_MAX, list, error);
}

/* --- revocation lists ------------------------------------------------------------------------- */

struct revocation {
    enum revocation_answer answer;
    const char *at, *reason, *source, *as_of, *next; /* in the arena */
    int64_t number;
};

static bool same_certificate(const char *a, const char *b)
{
    char left[CERTIFICATE_CODE_MAX];
    char right[CERTIFICATE_CODE_MAX];

    return certificate_code(a, left, sizeof left) && certificate_code(b, right, sizeof right) &&
           strcmp(left, right) == 0;
}

static void read_list(struct verifying *verifying, const json_t *list, const char *certificate,
                      bool issuers_own, struct revocation *revocation)
{
    const json_t *revoked = json_object_get(list, "revoked");
    const json_t *entry = NULL;

    for (size_t i = 0; i < json_array_size(revoked) && !entry; i++)
        if (same_certificate(json_text(json_array_get(revoked, i), "id", ""), certificate))
            entry = json_array_get(revoked, i);
    if (!entry && !issuers_own)
        return;
    revocation->answer = entry ? REVOCATION_LISTED : REVOCATION_CLEAR;
    revocation->at = arena_str(verifying->source.arena, json_text(entry, "at", ""));
    revocation->reason = arena_str(verifying->source.arena, json_text(entry, "reason", ""));
    revocation->source = arena_str(verifying->source.arena, json_text(list, "issuer", ""));
    revocation->as_of = arena_str(verifying->source.arena, json_text(list, "issued_at", ""));
    revocation->next = arena_str(verifying->source.arena, json_text(list, "next_update", ""));
    revocation->number = json_int(list, "number", 0);
}

/* The issuer's own list can clear a certificate; any list of the catalogue can name it. */
static enum status look_for_revocation(struct verifying *verifying, const char *certificate,
                                       const char *issuer, struct revocation *revocation,
                                       struct error *error)
{
    struct stmt *stmt;
    bool row = false;
    enum status status = sql_statement(verifying->source.cache,
                                       "SELECT body, key = 'revocation:' || ?1 FROM document"
                                       " WHERE key >= 'revocation:' AND key < 'revocation;'"
                                       " AND (key = 'revocation:' || ?1 OR instr(body, ?2) > 0)",
                                       &stmt, error);

    if (status != STATUS_OK)
        return status;
    stmt_bind_text(stmt, 1, issuer);
    stmt_bind_text(stmt, 2, certificate);
    while (revocation->answer != REVOCATION_LISTED &&
           (status = stmt_step(stmt, &row, error)) == STATUS_OK && row) {
        json_t *list = NULL;
        size_t length = 0;
        const char *text = stmt_blob(stmt, 0, &length);
        status = json_parse(text ? text : "", length, &list, error);
        if (status != STATUS_OK)
            break;
        read_list(verifying, list, certificate, stmt_int(stmt, 1) != 0, revocation);
        json_decref(list);
    }
    stmt_reset(stmt);
    return status;
}

/* --- newer versions --------------------------------------------------------------------------- */

/* The highest version above `id` among the certificates of the same type, issuer and serial. */
static enum status look_for_newer(struct verifying *verifying, const struct certificate_id *id,
                                  const char **version, struct error *error)
{
    struct certificate_parts parts;
    struct record_list list = {0};
    struct certificate_id highest = *id;

    *version = NULL;
    if (!certificate_split(id->text, &parts))
        return STATUS_OK;
    enum status status = collect(verifying, TERM_ISSUE, parts.issue, &list, error);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < list.count; i++) {
        struct certificate_id other = {0};
        struct findings findings = {0};
        certificate_id_check(list.items[i].facts.certificate, &other, &findings);
        if (certificate_id_supersedes(&other, &highest)) {
            highest = other;
            *version = arena_str(verifying->source.arena, other.version);
        }
    }
    records_release(&list);
    return STATUS_OK;
}

/* --- a certificate ---------------------------------------------------------------------------- */

static const char *role_text(const struct record *record, enum field_role role)
{
    const struct dataset_field *field = dataset_role(record->dataset, role);

    return field ? json_text(record->body, field->name, "") : "";
}

/* The name by which the highest dataset knows a subject; "" when none does. */
static enum status subject_name(struct verifying *verifying, const char *subject, const char **name,
                                struct error *error)
{
    struct record_list list = {0};

    *name = "";
    if (!*subject)
        return STATUS_OK;
    enum status status = collect(verifying, TERM_SUBJECT, subject, &list, error);
    for (size_t i = 0; i < list.count && *name && !**name; i++) {
        const struct facts *facts = &list.items[i].facts;
        if (!facts->is_certificate && subject_same(facts->subject, subject))
            *name = arena_str(verifying->source.arena, facts->name);
    }
    records_release(&list);
    if (status == STATUS_OK && !*name)
        status = error_nomem(error);
    return status;
}

/* Issuers write the holder's name into a field of that name; else the register knows it. */
static enum status holder_on_record(struct verifying *verifying, const struct record *record,
                                    struct certificate_record *facts, struct error *error)
{
    facts->holder_id = record->facts.subject;
    for (size_t i = 0; i < record->facts.count; i++) {
        const struct fact *fact = &record->facts.items[i];
        if (fact->field->role == ROLE_LINK_ENTERPRISE && is_asked(verifying->holder_id) &&
            subject_same(fact->text, verifying->holder_id))
            facts->holder_id = fact->text;
    }
    facts->holder_name = json_text(record->body, "holder_name", "");
    if (*facts->holder_name || !is_asked(verifying->holder_name))
        return STATUS_OK;
    return subject_name(verifying, facts->holder_id, &facts->holder_name, error);
}

/* --- the upstream's own record ---------------------------------------------------------------- */

enum fresh_answer { FRESH_NOT_ASKED, FRESH_SAME, FRESH_OTHER, FRESH_GONE, FRESH_UNREACHABLE };

struct fresh_record {
    enum fresh_answer answer;
    struct record record; /* same and other; its body is ours */
    struct error reason;  /* unreachable */
};

static bool same_text(const struct record *a, const struct record *b, enum field_role role)
{
    return strcmp(role_text(a, role), role_text(b, role)) == 0;
}

/* What a verdict rests on. */
static bool same_certificate_record(const struct record *a, const struct record *b)
{
    return strcmp(a->facts.status, b->facts.status) == 0 &&
           strcmp(a->facts.subject, b->facts.subject) == 0 &&
           strcmp(a->facts.certificate, b->facts.certificate) == 0 &&
           same_text(a, b, ROLE_VALID_FROM) && same_text(a, b, ROLE_VALID_TO) &&
           strcmp(json_text(a->body, "holder_name", ""), json_text(b->body, "holder_name", "")) ==
               0;
}

static enum status ask_upstream(const struct verifying *verifying, const struct record *cached,
                                struct fresh_record *fresh, struct error *error)
{
    const struct verification_source *online = verifying->online;

    *fresh = (struct fresh_record){.answer = FRESH_NOT_ASKED};
    if (!online || !cached->key)
        return STATUS_OK;
    enum status status = online->fetch(online->context, cached->dataset, cached->key,
                                       &fresh->record.body, &fresh->reason);
    if (status == STATUS_NOMEM)
        return error_nomem(error);
    if (status != STATUS_OK) {
        fresh->answer = status == STATUS_NOT_FOUND ? FRESH_GONE : FRESH_UNREACHABLE;
        return STATUS_OK;
    }
    fresh->record.dataset = cached->dataset;
    fresh->record.key = cached->key;
    facts_read(cached->dataset, fresh->record.body, &fresh->record.facts);
    fresh->answer = same_certificate_record(cached, &fresh->record) ? FRESH_SAME : FRESH_OTHER;
    return STATUS_OK;
}

static void note_difference(struct verdict_report *report, const char *here, const char *there)
{
    if (strcmp(here, there) == 0)
        verdict_report_note(report, "online", CHECK_WARN,
                            _("The platform has a newer record than this workstation: validity or "
                              "holder are different. The newer one was judged."));
    else
        verdict_report_note(report, "online", CHECK_WARN,
                            _("The platform has a newer record than this workstation: its state is "
                              "%s, here it is %s. The newer one was judged."),
                            *there ? there : "?", *here ? here : "?");
}

static void note_online(const struct verifying *verifying, const struct record *cached,
                        const struct fresh_record *fresh)
{
    struct verdict_report *report = verifying->report;
    char now[INSTANT_TEXT_MAX];

    instant_format(clock_wall_ms(), now);
    switch (fresh->answer) {
    case FRESH_NOT_ASKED:
        return;
    case FRESH_SAME:
        verdict_report_note(report, "online", CHECK_PASS,
                            _("The platform has the same record at this moment."));
        break;
    case FRESH_OTHER:
        note_difference(report, cached->facts.status, fresh->record.facts.status);
        break;
    case FRESH_GONE:
        verdict_report_add(report, "online", CHECK_FAIL, VERDICT_CANNOT_TELL,
                           _("The platform no longer has this record: ask the issuer."));
        break;
    case FRESH_UNREACHABLE:
        verdict_report_note(report, "online", CHECK_SKIPPED,
                            _("The platform could not be asked: %s"), fresh->reason.text);
        return;
    }
    verdict_report_cite(report, cached->dataset->provider_name, now);
}

/* --- ways of writing a name ------------------------------------------------------------------- */

static void note_spelling(struct verdict_report *report, enum name_likeness likeness)
{
    if (likeness == NAME_SPELLED_OTHERWISE)
        verdict_report_note(report, "holder_spelling", CHECK_WARN,
                            _("The name is the same in other characters (traditional or "
                              "simplified, or the middle dot). Compare with the document."));
}

/* A name that only is written otherwise is compared as the record has it. */
static enum name_likeness spell_as_recorded(struct certificate_record *facts)
{
    if (!is_asked(facts->asked_name) || !is_asked(facts->holder_name))
        return NAME_SAME;
    enum name_likeness likeness = name_compare(facts->asked_name, facts->holder_name);
    if (likeness == NAME_SPELLED_OTHERWISE)
        facts->asked_name = facts->holder_name;
    return likeness;
}

static void note_form(struct verdict_report *report, const struct number_report *number)
{
    for (size_t i = 0; i < number->findings.count; i++) {
        const struct finding *finding = &number->findings.items[i];
        verdict_report_note(report, finding->code,
                            finding->severity == FINDING_NOTE ? CHECK_PASS : CHECK_WARN, "%s",
                            finding->text);
        verdict_report_cite(report, number_kind_standard(number->kind), NULL);
    }
}

static enum status judge_one_record(struct verifying *verifying, const struct record *record,
                                    bool online, struct error *error)
{
    struct number_report number;
    struct revocation revocation = {.answer = REVOCATION_UNKNOWN};
    struct feed_state feed;
    const char *certificate = record->facts.certificate;
    struct certificate_record facts = {
        .status = record->facts.status,
        .valid_from = role_text(record, ROLE_VALID_FROM),
        .valid_to = role_text(record, ROLE_VALID_TO),
        .asked_name = verifying->holder_name,
        .asked_id = verifying->holder_id,
        .source = record->dataset->provider_name,
        .max_age_days = record->dataset->max_age_days,
        .today = date_today(),
        .now_ms = clock_wall_ms(),
    };

    (void)number_check(certificate, &number);
    const struct certificate_id *id = &number.as.certificate_id;
    bool shaped = number.kind == NUMBER_CERTIFICATE_ID;
    enum status status = feed_state_read(verifying->source.cache, record->dataset, &feed, error);
    if (status == STATUS_OK)
        status = look_for_revocation(verifying, certificate, shaped ? id->issuer : "", &revocation,
                                     error);
    if (status == STATUS_OK && shaped)
        status = look_for_newer(verifying, id, &facts.newer_version, error);
    if (status == STATUS_OK)
        status = holder_on_record(verifying, record, &facts, error);
    if (status != STATUS_OK)
        return status;
    enum name_likeness likeness = spell_as_recorded(&facts);
    facts.as_of_ms = online ? facts.now_ms : feed.contact_ms;
    facts.online = online;
    facts.revocation = revocation.answer;
    facts.revoked_at = revocation.at;
    facts.revocation_reason = revocation.reason;
    facts.revocation_source = revocation.source;
    facts.revocation_as_of = revocation.as_of;
    facts.revocation_number = revocation.number;
    facts.revocation_next = revocation.next;
    verdict_from_record(&facts, verifying->report);
    note_spelling(verifying->report, likeness);
    if (shaped)
        note_form(verifying->report, &number);
    return STATUS_OK;
}

/* The upstream's record where it can be had, else the one kept here. */
static enum status judge_certificate_record(struct verifying *verifying,
                                            const struct record *record, struct error *error)
{
    struct fresh_record fresh;
    enum status status = ask_upstream(verifying, record, &fresh, error);

    if (status != STATUS_OK)
        return status;
    bool online = fresh.answer == FRESH_SAME || fresh.answer == FRESH_OTHER;
    status = judge_one_record(verifying, online ? &fresh.record : record, online, error);
    if (status == STATUS_OK)
        note_online(verifying, record, &fresh);
    json_decref(fresh.record.body);
    return status;
}

/* No record: the form, and what revocation lists and other versions say all the same. */
static enum status judge_certificate_form(struct verifying *verifying,
                                          const struct number_report *number, struct error *error)
{
    const struct certificate_id *id = &number->as.certificate_id;
    struct verdict_report *report = verifying->report;
    struct revocation revocation = {.answer = REVOCATION_UNKNOWN};
    const char *newer = NULL;
    enum status status = look_for_revocation(verifying, id->text, id->issuer, &revocation, error);

    if (status == STATUS_OK)
        status = look_for_newer(verifying, id, &newer, error);
    if (status != STATUS_OK)
        return status;
    verdict_from_number(number, report);
    verdict_report_note(report, "record", CHECK_SKIPPED,
                        _("There is no record of this certificate on this workstation."));
    if (revocation.answer == REVOCATION_LISTED) {
        verdict_report_add(report, "revocation", CHECK_FAIL, VERDICT_REVOKED,
                           _("The issuer's list says that it was revoked."));
        verdict_report_cite(report, revocation.source, revocation.as_of);
    }
    if (newer)
        verdict_report_add(report, "version", CHECK_FAIL, VERDICT_SUPERSEDED,
                           _("A newer version (%s) is known here."), newer);
    report->recheck = true;
    return STATUS_OK;
}

static enum status judge_certificate(struct verifying *verifying,
                                     const struct number_report *number, struct error *error)
{
    char code[CERTIFICATE_CODE_MAX];
    struct record_list list = {0};
    enum status status = STATUS_OK;

    if (certificate_code(number->normalised, code, sizeof code))
        status = collect(verifying, TERM_CERTIFICATE, code, &list, error);
    if (status != STATUS_OK)
        return status;
    status = list.count > 0 ? judge_certificate_record(verifying, &list.items[0], error)
                            : judge_certificate_form(verifying, number, error);
    records_release(&list);
    return status;
}

/* --- any other number ------------------------------------------------------------------------- */

static void judge_holder(struct verifying *verifying, const struct number_report *number,
                         const struct record *record, const char *as_of)
{
    struct verdict_report *report = verifying->report;

    if (is_asked(verifying->holder_name)) {
        enum name_likeness likeness = name_compare(verifying->holder_name, record->facts.name);
        bool same = likeness != NAME_OTHER;
        verdict_report_add(report, "holder_name", same ? CHECK_PASS : CHECK_FAIL,
                           same ? VERDICT_VALID : VERDICT_MISMATCH,
                           same ? _("The name agrees with the record.")
                                : _("The name does not agree with the record."));
        verdict_report_cite(report, record->dataset->provider_name, as_of);
        note_spelling(report, likeness);
    }
    if (is_asked(verifying->holder_id) && number->kind == NUMBER_RESIDENT_ID) {
        bool same = resident_id_equal(verifying->holder_id, number->normalised);
        verdict_report_add(report, "holder_id", same ? CHECK_PASS : CHECK_FAIL,
                           same ? VERDICT_VALID : VERDICT_MISMATCH,
                           same ? _("The holder's number is this number.")
                                : _("The holder's number is another number."));
    }
}

static enum status note_record(struct verifying *verifying, const struct number_report *number,
                               const struct record_list *list, struct error *error)
{
    const struct record *first = &list->items[0];
    struct verdict_report *report = verifying->report;
    struct feed_state feed;
    enum status status = feed_state_read(verifying->source.cache, first->dataset, &feed, error);

    if (status != STATUS_OK)
        return status;
    verdict_report_note(report, "record", CHECK_PASS, _("There is a record about it: %s."),
                        first->dataset->title);
    verdict_report_cite(report, first->dataset->provider_name, feed.as_of);
    if (feed.stale)
        verdict_report_note(report, "freshness", CHECK_WARN,
                            _("The data is older than its provider allows. Synchronise first."));
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].flags & RECORD_DECEASED) {
            verdict_report_note(report, "deceased", CHECK_WARN,
                                _("The person is recorded as deceased."));
            verdict_report_cite(report, list->items[i].dataset->provider_name, feed.as_of);
            break;
        }
    judge_holder(verifying, number, first, feed.as_of);
    report->recheck = true;
    return STATUS_OK;
}

/* Records whose subject it is, those of certificates left out. */
static void keep_subject(struct record_list *list, const char *subject)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct facts *facts = &list->items[i].facts;
        if (!facts->is_certificate && subject_same(facts->subject, subject))
            list->items[kept++] = list->items[i];
        else
            json_decref(list->items[i].body);
    }
    list->count = kept;
}

static enum status collect_subject(const struct verifying *verifying, const char *subject,
                                   struct record_list *list, struct error *error)
{
    enum status status = collect(verifying, TERM_SUBJECT, subject, list, error);

    if (status == STATUS_OK)
        keep_subject(list, subject);
    return status;
}

static enum status judge_number(struct verifying *verifying, const char *input, struct error *error)
{
    struct number_report number;
    struct record_list list = {0};

    (void)number_check(input, &number);
    if (number.kind == NUMBER_CERTIFICATE_ID)
        return judge_certificate(verifying, &number, error);
    verdict_from_number(&number, verifying->report);
    const char *subject = *number.normalised ? number.normalised : input;
    enum status status = collect_subject(verifying, subject, &list, error);
    if (status != STATUS_OK)
        return status;
    if (list.count > 0)
        status = note_record(verifying, &number, &list, error);
    else
        verdict_report_note(verifying->report, "record", CHECK_SKIPPED,
                            _("There is no record about it on this workstation."));
    records_release(&list);
    return status;
}

/* --- a record by its key ---------------------------------------------------------------------- */

static enum status judge_found(struct verifying *verifying, const struct dataset *dataset,
                               const char *key, json_t *body, struct error *error)
{
    struct record record = {.dataset = dataset, .key = key, .body = body};

    facts_read(dataset, body, &record.facts);
    if (record.facts.is_certificate)
        return judge_certificate_record(verifying, &record, error);
    return judge_number(verifying, record.facts.subject, error);
}

static enum status judge_key(struct verifying *verifying, const char *key, struct error *error)
{
    const char *slash = strchr(key, '/');
    struct record_head head;

    for (size_t i = 0; i < catalogue_count(verifying->source.catalogue); i++) {
        const struct dataset *dataset = catalogue_at(verifying->source.catalogue, i);
        bool named = slash && strncmp(key, dataset->name, (size_t)(slash - key)) == 0 &&
                     dataset->name[slash - key] == '\0';
        json_t *body = NULL;
        enum status status = record_find(verifying->source.cache, dataset->name,
                                         named ? slash + 1 : key, &head, &body, error);
        if (status == STATUS_NOT_FOUND)
            continue;
        if (status == STATUS_OK)
            status = judge_found(verifying, dataset, named ? slash + 1 : key, body, error);
        json_decref(body);
        return status;
    }
    return error_set(error, STATUS_NOT_FOUND, _("There is no record %s on this workstation."), key);
}

/* --- entrances -------------------------------------------------------------------------------- */

static enum status verifying_start(struct verifying *verifying, struct reader *reader,
                                   struct error *error)
{
    verifying->source.cache = reader_cache(reader);
    verifying->source.arena = arena_new();
    if (!verifying->source.arena)
        return error_nomem(error);
    enum status status = reader_catalogue(reader, &verifying->source.catalogue, error);
    return status == STATUS_OK ? sql_snapshot_begin(verifying->source.cache, error) : status;
}

/* --- a signed code and the record of its certificate ------------------------------------------ */

/* Checks of the record as they stand in the report on the code. */
static const struct {
    const char *check, *name;
} of_record[] = {
    {"record", "record"},
    {"status", "record_status"},
    {"validity", "record_validity"},
    {"revocation", "record_revocation"},
    {"version", "record_version"},
    {"holder_name", "record_holder_name"},
    {"holder_id", "record_holder_id"},
    {"freshness", "freshness"},
    {"online", "online"},
};

/* The record can only make it worse: what the issuer signed is known without it. */
static void merge_record(const struct verdict_report *record, struct verdict_report *report)
{
    for (size_t i = 0; i < sizeof of_record / sizeof *of_record; i++) {
        const struct check *check = verdict_report_find(record, of_record[i].check);
        if (check)
            verdict_report_copy(report, of_record[i].name, check);
    }
    const struct check *online = verdict_report_find(record, "online");
    bool gone = online && online->result == CHECK_FAIL;
    if (gone || (record->verdict != VERDICT_VALID && record->verdict != VERDICT_CANNOT_TELL))
        verdict_report_weigh(report, record->verdict);
}

static enum status compare_with_record(struct reader *reader,
                                       const struct signed_code_subject *subject,
                                       const struct verification_source *source,
                                       struct verdict_report *report, struct error *error)
{
    struct verdict_report record;
    struct number_report number;
    struct verifying verifying = {.holder_name = subject->holder_name,
                                  .holder_id = subject->holder_id,
                                  .online = source,
                                  .report = &record};

    (void)number_check(subject->certificate, &number);
    if (number.kind != NUMBER_CERTIFICATE_ID)
        return STATUS_OK;
    enum status status = verifying_start(&verifying, reader, error);
    if (status == STATUS_OK) {
        status = judge_certificate(&verifying, &number, error);
        sql_snapshot_end(verifying.source.cache);
    }
    if (status == STATUS_OK)
        merge_record(&record, report);
    arena_free(verifying.source.arena);
    return status;
}

enum status verification_run_code(struct reader *reader, const struct session *session,
                                  const struct signed_code_question *question,
                                  const struct verification_source *source,
                                  struct verdict_report *report, struct error *error)
{
    struct signed_code_subject subject;
    enum status status = signed_code_judge(reader, question, report, &subject, error);

    if (status != STATUS_OK || !*subject.certificate)
        return status;
    if (session && session_may_read(session))
        return compare_with_record(reader, &subject, source, report, error);
    verdict_report_note(report, "record", CHECK_SKIPPED,
                        _("No record was looked up: nobody is logged in."));
    return STATUS_OK;
}

/* What may be asked was settled by the caller. */
static enum status run(struct verifying *verifying, struct reader *reader, const char *input,
                       struct error *error)
{
    enum status status = verifying_start(verifying, reader, error);

    if (status == STATUS_OK) {
        status = strchr(input, ':') ? judge_key(verifying, input, error)
                                    : judge_number(verifying, input, error);
        sql_snapshot_end(verifying->source.cache);
    }
    arena_free(verifying->source.arena);
    return status;
}

enum status verification_run_online(struct reader *reader, const struct session *session,
                                    const struct verification_question *question,
                                    struct verdict_report *report, struct error *error)
{
    struct verifying verifying = {.holder_name = question->holder_name,
                                  .holder_id = question->holder_id,
                                  .online = question->source,
                                  .report = report};

    if (!session_may_read(session))
        return error_set(error, STATUS_REFUSED,
                         _("Your role does not allow looking at people's data."));
    if (signed_code_is(question->input))
        return verification_run_code(
            reader, session,
            &(struct signed_code_question){.text = question->input,
                                           .holder_name = question->holder_name,
                                           .holder_id = question->holder_id},
            question->source, report, error);
    return run(&verifying, reader, question->input, error);
}

enum status verification_run(struct reader *reader, const struct session *session,
                             const char *input, const char *holder_name, const char *holder_id,
                             struct verdict_report *report, struct error *error)
{
    const struct verification_question question = {input, holder_name, holder_id, NULL};

    return verification_run_online(reader, session, &question, report, error);
}

enum status verification_repeat(struct reader *reader, const char *input, const char *holder_name,
                                const char *holder_id, struct verdict_report *report,
                                struct error *error)
{
    const struct session workstation = {.roles = ACCOUNT_CLERK};

    return verification_run(reader, &workstation, input, holder_name, holder_id, report, error);
}

/* --- blind check ------------------------------------------------------------------------------ */

/* The register that would know the number, when no record does. */
static enum status as_of_register(struct verifying *verifying, enum subject_kind kind,
                                  char as_of[BLIND_AS_OF_MAX], struct error *error)
{
    struct feed_state feed;

    for (size_t i = 0; i < catalogue_count(verifying->source.catalogue); i++) {
        const struct dataset *dataset = catalogue_at(verifying->source.catalogue, i);
        if (dataset->subject != kind)
            continue;
        enum status status = feed_state_read(verifying->source.cache, dataset, &feed, error);
        if (status == STATUS_OK)
            memcpy(as_of, feed.as_of, sizeof feed.as_of);
        return status;
    }
    as_of[0] = '\0';
    return STATUS_OK;
}

static enum status compare_blind(struct verifying *verifying, const char *name, const char *id,
                                 bool *match, char as_of[BLIND_AS_OF_MAX], struct error *error)
{
    struct number_report number;
    struct record_list list = {0};
    struct feed_state feed;

    (void)number_check(id, &number);
    const char *subject = number.kind == NUMBER_RESIDENT_ID && *number.as.resident_id.upgraded
                              ? number.as.resident_id.upgraded
                              : number.normalised;
    enum subject_kind kind = number.kind == NUMBER_USCC ? SUBJECT_ENTERPRISE : SUBJECT_PERSON;
    enum status status = *subject ? collect_subject(verifying, subject, &list, error) : STATUS_OK;
    if (status == STATUS_OK && list.count == 0) {
        status = as_of_register(verifying, kind, as_of, error);
        if (status == STATUS_OK)
            *match = false;
    } else if (status == STATUS_OK) {
        status = feed_state_read(verifying->source.cache, list.items[0].dataset, &feed, error);
        if (status == STATUS_OK) {
            memcpy(as_of, feed.as_of, sizeof feed.as_of);
            *match = name_compare(name, list.items[0].facts.name) != NAME_OTHER;
        }
    }
    records_release(&list);
    return status;
}

enum status blind_check(struct reader *reader, const char *name, const char *id, bool *match,
                        char as_of[BLIND_AS_OF_MAX], struct error *error)
{
    struct verifying verifying = {0};
    enum status status = verifying_start(&verifying, reader, error);

    if (status == STATUS_OK) {
        status = compare_blind(&verifying, name, id, match, as_of, error);
        sql_snapshot_end(verifying.source.cache);
    }
    arena_free(verifying.source.arena);
    return status;
}
