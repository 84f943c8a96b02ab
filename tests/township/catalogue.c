/* The documents of the database `catalogue`: one entry for each data set, the working-day
 * calendars, a notice, an issuer's key and a revocation list. */
#include "tests/township/put.h"
#include "tests/township/records.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define PLATFORM_BODY   "MB000010"
#define PLATFORM_NAME   "云汀省政务服务和数据管理局"
#define PROVINCE        "990000"

static void put_titles(struct buf *out, const char *zh, const char *en)
{
    put_open(out, "title", '{');
    put_text(out, "zh", zh);
    put_text(out, "en", en);
    buf_char(out, '}');
}

static void put_field(struct buf *out, const struct field *field)
{
    put_separator(out);
    buf_char(out, '{');
    put_text(out, "name", field->name);
    put_titles(out, field->zh, field->en);
    put_text(out, "type", field->type);
    put_text(out, "role", field->role);
    put_text(out, "codes", field->codes);
    if (field->grade > 0)
        put_number(out, "grade", field->grade);
    if (field->correctable)
        put_bool(out, "correctable", true);
    if (field->correctable == REQUIRED)
        put_bool(out, "required", true);
    buf_char(out, '}');
}

static void put_provider(struct buf *out, const struct dataset *dataset)
{
    char uscc[19] = "";
    if (dataset->provider_body != NULL)
        firms_credit_code("11", PROVINCE, dataset->provider_body, uscc);
    put_open(out, "provider", '{');
    put_text(out, "uscc", dataset->provider_body != NULL ? uscc : dataset->provider_uscc);
    put_text(out, "name", dataset->provider_name);
    buf_char(out, '}');
}

static void put_entry(struct buf *out, const struct dataset *dataset)
{
    put_text(out, "type", "dataset");
    put_titles(out, dataset->zh, dataset->en);
    put_provider(out, dataset);
    put_text(out, "sharing", dataset->sharing);
    put_text(out, "sharing_scope", dataset->scope);
    put_text(out, "purpose", dataset->purpose);
    put_text(out, "mode", "batch");
    put_text(out, "format", "json");
    put_number(out, "grade", dataset->grade);
    put_text(out, "update_cycle", dataset->cycle);
    put_number(out, "max_age_days", dataset->max_age_days);
    put_number(out, "retention_days", dataset->retention_days);
    put_text(out, "subject", dataset->subject);
    put_name(out, "database");
    buf_printf(out, "\"%s-{area}\"", dataset->name);
    put_number(out, "priority", dataset->priority);
    if (dataset->accepts_new)
        buf_str(out, ",\"accepts\":[\"new\"]");
    put_open(out, "fields", '[');
    for (size_t i = 0; i < dataset->field_count; i++)
        put_field(out, &dataset->fields[i]);
    buf_char(out, ']');
}

/* Days off that are not plain weekends, weekends inside a holiday included, and Saturdays and
 * Sundays that are worked, as month and day. */
struct calendar {
    int year;
    bool provisional; /* the year's notice is not out: statutory days only */
    const char *holidays, *workdays;
};

static const struct calendar CALENDARS[] = {
    {2026, false,
     "0101 0102 0103 0215 0216 0217 0218 0219 0220 0221 0222 0223 0404 0405 0406 0501 0502 0503 "
     "0504 0505 0619 0620 0621 0925 0926 0927 1001 1002 1003 1004 1005 1006 1007",
     "0104 0214 0228 0509 0920 1010"},
    {2027, true,
     "0101 0205 0206 0207 0208 0209 0210 0405 0501 0502 0503 0504 0609 0915 1001 1002 1003 1004 "
     "1005",
     ""},
};

static void put_days(struct buf *out, const char *name, int year, const char *days)
{
    put_open(out, name, '[');
    for (; *days != '\0'; days += days[4] == ' ' ? 5 : 4) {
        put_separator(out);
        buf_printf(out, "\"%04d-%.2s-%.2s\"", year, days, days + 2);
    }
    buf_char(out, ']');
}

static void make_calendar(const struct township *town, uint32_t at, char *key, struct buf *out)
{
    (void)town;
    const struct calendar *calendar = &CALENDARS[at];
    snprintf(key, RECORD_KEY_MAX, "calendar:%d", calendar->year);
    put_text(out, "type", "calendar");
    put_days(out, "holidays", calendar->year, calendar->holidays);
    put_days(out, "workdays", calendar->year, calendar->workdays);
    if (calendar->provisional)
        put_bool(out, "provisional", true);
}

static void make_notice(const struct township *town, uint32_t at, char *key, struct buf *out)
{
    (void)town;
    (void)at;
    snprintf(key, RECORD_KEY_MAX, "notice:2026-02-27-01");
    put_text(out, "type", "notice");
    put_titles(out, "社会救助数据按月更新", "Assistance data is renewed monthly");
    put_open(out, "text", '{');
    put_text(out, "zh",
             "自2026年3月起，最低生活保障信息于每月5日前完成回流。发现数据不准确、不完整的，请提交"
             "校核申请。");
    put_text(out, "en",
             "From March 2026, assistance data is returned before the 5th of each month. Where "
             "it is inaccurate or incomplete, please request a correction.");
    buf_char(out, '}');
    put_text(out, "published_at", "2026-02-27T01:00:00.000Z");
    put_text(out, "valid_until", "2026-12-31");
}

/* The key pair printed in RFC 7515, appendix A.3: its private half is public, so that tests and
 * demonstrations can sign with it and nobody can mistake it for a secret. */
static void make_trust(const struct township *town, uint32_t at, char *key, struct buf *out)
{
    (void)town;
    (void)at;
    char uscc[19];
    firms_credit_code("11", PROVINCE, PLATFORM_BODY, uscc);
    snprintf(key, RECORD_KEY_MAX, "trust:yunting-demonstration-2026");
    put_text(out, "type", "trust");
    put_text(out, "level", "issuer");
    buf_str(out, ",\"use\":[\"credential\",\"bundle\"]");
    put_text(out, "issuer", uscc);
    put_text(out, "name", PLATFORM_NAME);
    put_open(out, "jwk", '{');
    put_text(out, "kty", "EC");
    put_text(out, "crv", "P-256");
    put_text(out, "kid", "yunting-demonstration-2026");
    put_text(out, "alg", "ES256");
    put_text(out, "x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    put_text(out, "y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    buf_char(out, '}');
    put_text(out, "valid_from", "2026-01-01T00:00:00.000Z");
    put_text(out, "valid_to", "2028-12-31T23:59:59.000Z");
    buf_str(out, ",\"revoked_at\":null");
}

static void put_revoked(struct buf *out, const struct certificate *certificate)
{
    put_separator(out);
    buf_char(out, '{');
    put_text(out, "id", certificate->identifier);
    put_text(out, "at", "2026-02-20T02:00:00.000Z");
    put_text(out, "reason", certificate->status);
    buf_char(out, '}');
}

/* Withdrawn certificates of the local market authority, as far as the first few thousand go. */
static void make_revocation(const struct township *town, uint32_t at, char *key, struct buf *out)
{
    (void)at;
    char issuer[19];
    firms_credit_code("11", town->county, "MB000105", issuer);
    snprintf(key, RECORD_KEY_MAX, "revocation:%s", issuer);
    put_text(out, "type", "revocation");
    put_text(out, "issuer", issuer);
    put_number(out, "number", 17);
    put_text(out, "issued_at", "2026-02-28T16:00:00.000Z");
    put_text(out, "next_update", "2026-03-07T16:00:00.000Z");
    put_open(out, "revoked", '[');
    uint32_t last = town->certificates < 5000 ? town->certificates : 5000;
    for (uint32_t i = 0, found = 0; i < last && found < 8; i++) {
        struct certificate certificate;
        certificate_make(town, i, &certificate);
        bool withdrawn =
            strcmp(certificate.status, "吊销") == 0 || strcmp(certificate.status, "撤销") == 0;
        if (withdrawn && strcmp(certificate.issuer, issuer) == 0) {
            put_revoked(out, &certificate);
            found++;
        }
    }
    buf_char(out, ']');
}

static const struct {
    uint32_t count;
    void (*make)(const struct township *town, uint32_t at, char *key, struct buf *out);
} OTHERS[] = {
    {COUNT_OF(CALENDARS), make_calendar},
    {1, make_notice},
    {1, make_trust},
    {1, make_revocation},
};

uint32_t catalogue_count(void)
{
    uint32_t count = (uint32_t)dataset_total();
    for (uint32_t i = 0; i < COUNT_OF(OTHERS); i++)
        count += OTHERS[i].count;
    return count;
}

bool catalogue_make(const struct township *town, uint32_t index, char key[RECORD_KEY_MAX],
                    struct buf *body)
{
    buf_clear(body);
    if (index < dataset_total()) {
        snprintf(key, RECORD_KEY_MAX, "dataset:%s", dataset_at(index)->name);
        put_entry(body, dataset_at(index));
        return true;
    }
    index -= (uint32_t)dataset_total();
    for (uint32_t i = 0; i < COUNT_OF(OTHERS); index -= OTHERS[i++].count) {
        if (index < OTHERS[i].count) {
            OTHERS[i].make(town, index, key, body);
            return true;
        }
    }
    return false;
}
