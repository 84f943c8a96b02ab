#include "verify/claims.h"

#include "base/i18n.h"
#include "verify/base64url.h"
#include "verify/fold.h"

#include <stdio.h>
#include <string.h>

#define SECONDS_MAX      253402300799.0 /* the end of the year 9999 */
#define HEALTH_CARD_TYPE "https://smarthealth.cards#health-card"
#define ENTRIES_MAX      64
#define GIVEN_NAMES_MAX  8
#define RID_LENGTH_MAX   24

static void flaw(struct claims *claims, const char *sentence)
{
    if (!claims->flaw)
        claims->flaw = sentence;
}

static void read_time(const json_t *payload, const char *name, struct claim_time *time)
{
    const json_t *value = json_object_get(payload, name);
    double seconds = json_number_value(value);

    if (!value)
        return;
    time->reading = CLAIM_UNREADABLE;
    if (!json_is_number(value) || !(seconds >= 0 && seconds <= SECONDS_MAX))
        return;
    time->reading = CLAIM_READ;
    time->ms = (int64_t)(seconds * 1000);
}

static void add_id(struct claims *claims, const char *id)
{
    if (*id && claims->id_count < CLAIMS_IDS_MAX)
        claims->ids[claims->id_count++] = id;
}

/* --- SMART Health Cards ----------------------------------------------------------------------
 */

static bool has_text(const json_t *array, const char *text)
{
    const json_t *one;
    size_t index;

    json_array_foreach(array, index, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), text) == 0)
            return true;
    }
    return false;
}

static const json_t *find_patient(const json_t *bundle)
{
    const json_t *entries = json_object_get(bundle, "entry");

    for (size_t i = 0; i < json_array_size(entries) && i < ENTRIES_MAX; i++) {
        const json_t *resource = json_object_get(json_array_get(entries, i), "resource");
        if (strcmp(json_text(resource, "resourceType", ""), "Patient") == 0)
            return resource;
    }
    return NULL;
}

static void join(char out[CLAIMS_NAME_MAX], const char *word)
{
    size_t length = strlen(out);

    if (*word && length + 1 < CLAIMS_NAME_MAX) {
        if (length)
            out[length++] = ' ';
        fold_copy(out + length, CLAIMS_NAME_MAX - length, word);
    }
}

static void join_given(char out[CLAIMS_NAME_MAX], const json_t *name)
{
    const json_t *given = json_object_get(name, "given");

    for (size_t i = 0; i < json_array_size(given) && i < GIVEN_NAMES_MAX; i++) {
        const char *word = json_string_value(json_array_get(given, i));
        join(out, word ? word : "");
    }
}

/* FHIR HumanName: family and given names apart, or one text. */
static void read_patient(const json_t *patient, struct claims *claims)
{
    const json_t *name = json_array_get(json_object_get(patient, "name"), 0);
    const char *family = json_text(name, "family", "");

    join_given(claims->holder_name, name);
    join(claims->holder_name, family);
    join(claims->holder_reversed, family);
    join_given(claims->holder_reversed, name);
    if (!*claims->holder_name)
        join(claims->holder_name, json_text(name, "text", ""));
    claims->birth_date = json_text(patient, "birthDate", "");
}

/* The number by which a revocation list can name the card: 1 to 24 characters of base64url. */
static bool is_rid(const char *text)
{
    size_t length = 0;

    while (base64url_is_digit(text[length]))
        length++;
    return !text[length] && length > 0 && length <= RID_LENGTH_MAX;
}

static void read_health_card(const json_t *payload, const json_t *vc, struct claims *claims)
{
    const json_t *subject = json_object_get(vc, "credentialSubject");
    const json_t *bundle = json_object_get(subject, "fhirBundle");

    claims->health_card = true;
    add_id(claims, json_text(vc, "rid", ""));
    if (json_object_get(vc, "rid") && !is_rid(json_text(vc, "rid", "")))
        flaw(claims, _("No revocation list can name the health card by its number (rid)."));
    if (!has_text(json_object_get(vc, "type"), HEALTH_CARD_TYPE))
        flaw(claims, _("The content does not say that it is a health card."));
    if (strcmp(json_text(bundle, "resourceType", ""), "Bundle") != 0 ||
        strcmp(json_text(bundle, "type", ""), "collection") != 0 ||
        json_array_size(json_object_get(bundle, "entry")) == 0 ||
        !*json_text(subject, "fhirVersion", ""))
        flaw(claims, _("The health card has no proper content (FHIR bundle)."));
    if (strncmp(claims->issuer, "https://", 8) != 0 ||
        claims->issuer[strlen(claims->issuer) - 1] == '/')
        flaw(claims, _("The issuer of the health card is no address (https)."));
    if (!json_object_get(payload, "nbf"))
        flaw(claims, _("The health card does not say since when it is valid (nbf)."));
    read_patient(find_patient(bundle), claims);
}

/* --- our own profile -------------------------------------------------------------------------
 */

static void read_own(const json_t *payload, struct claims *claims)
{
    const json_t *holder = json_object_get(payload, "holder");
    const json_t *certificate = json_object_get(payload, "certificate");

    if (!*claims->issuer)
        flaw(claims, _("The content does not say who issued it (iss)."));
    if ((holder && !json_is_object(holder)) || (certificate && !json_is_object(certificate)))
        flaw(claims, _("Holder and certificate are not written as they should be."));
    fold_copy(claims->holder_name, sizeof claims->holder_name, json_text(holder, "name", ""));
    claims->holder_id = json_text(holder, "id", json_text(payload, "sub", ""));
    claims->certificate_id = json_text(certificate, "id", "");
    claims->certificate_name = json_text(certificate, "name", "");
    add_id(claims, claims->certificate_id);
}

void claims_read(const json_t *payload, struct claims *claims)
{
    const json_t *vc = json_object_get(payload, "vc");

    *claims = (struct claims){
        .issuer = json_text(payload, "iss", ""),
        .certificate_id = "",
        .certificate_name = "",
        .holder_id = "",
        .birth_date = "",
    };
    if (!json_is_object(payload)) {
        flaw(claims, _("What was signed is no certificate, but something else."));
        return;
    }
    claims->demonstration = json_is_true(json_object_get(payload, "demonstration"));
    read_time(payload, "iat", &claims->issued);
    read_time(payload, "nbf", &claims->not_before);
    read_time(payload, "exp", &claims->expires);
    add_id(claims, json_text(payload, "jti", ""));
    if (vc)
        read_health_card(payload, vc, claims);
    else
        read_own(payload, claims);
}
