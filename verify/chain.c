#include "verify/chain.h"

#include "base/arena.h"
#include "base/i18n.h"
#include "verify/crl_path.h"
#include "verify/crypto_handle.h"
#include "verify/fold.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_DAY     ((int64_t)86400 * 1000)
#define STRENGTH_LEVEL 2 /* OpenSSL's level of 112 bits: RSA from 2048, no SHA-1 */

struct anchors {
    struct arena *arena; /* what the catalogue says */
    struct certificate *anchors[TRUST_MAX];
    size_t count;
    size_t lasting;    /* those before are not temporary */
    X509_STORE *store; /* the same, for OpenSSL */
    X509_STORE_CTX_cert_crl_fn entry_check;
    struct certificate *helpers[TRUST_MAX]; /* came with lists and signed some; not trusted */
    size_t helper_count;
    struct crl *crls[REVOCATION_LISTS_MAX];
    size_t crl_count;
    struct revocation_list *lists;
    size_t list_count;
    struct certificate_revocation *revocations;
    size_t revocation_count;
};

/* --- the list --------------------------------------------------------------------------------- */

enum status anchors_new(struct anchors **trust, struct error *error)
{
    struct anchors *made = calloc(1, sizeof *made);

    if (made)
        made->arena = arena_new();
    if (made)
        made->store = X509_STORE_new(); /* no default directories of the system */
    enum status status = made && made->arena && made->store
                             ? crl_path_prepare(made->store, &made->entry_check, error)
                             : error_nomem(error);
    if (status != STATUS_OK) {
        anchors_free(made);
        return status;
    }
    made->lasting = TRUST_MAX;
    *trust = made;
    return STATUS_OK;
}

void anchors_free(struct anchors *trust)
{
    if (!trust)
        return;
    for (size_t i = 0; i < trust->count; i++)
        certificate_free(trust->anchors[i]);
    for (size_t i = 0; i < trust->helper_count; i++)
        certificate_free(trust->helpers[i]);
    for (size_t i = 0; i < trust->crl_count; i++)
        crl_free(trust->crls[i]);
    X509_STORE_free(trust->store);
    arena_free(trust->arena);
    free(trust);
}

size_t anchors_count(const struct anchors *trust)
{
    return trust->count;
}

void anchors_begin_temporary(struct anchors *trust)
{
    trust->lasting = trust->count;
}

size_t anchors_revocation_count(const struct anchors *trust)
{
    return trust->revocation_count;
}

const struct certificate *anchors_at(const struct anchors *trust, size_t index)
{
    return trust->anchors[index];
}

static bool is_vouched_for(const struct anchors *trust, const struct certificate *certificate,
                           struct certificate *const *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (certificate_is_issued_by(certificate, others[i]))
            return true;
    for (size_t i = 0; i < trust->count; i++)
        if (X509_cmp(trust->anchors[i]->x509, certificate->x509) == 0 ||
            certificate_is_issued_by(certificate, trust->anchors[i]))
            return true;
    return false;
}

const struct certificate *anchors_stray(const struct anchors *trust,
                                        struct certificate *const *certificates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_vouched_for(trust, certificates[i], certificates, count))
            return certificates[i];
    return NULL;
}

enum status anchors_add_certificate(struct anchors *trust, struct certificate *certificate,
                                    struct error *error)
{
    if (trust->count == TRUST_MAX) {
        certificate_free(certificate);
        return error_set(error, STATUS_TOO_LARGE, _("There are too many trusted certificates."));
    }
    if (X509_STORE_add_cert(trust->store, certificate->x509) != 1) {
        ERR_clear_error();
        certificate_free(certificate);
        return error_nomem(error);
    }
    trust->anchors[trust->count++] = certificate;
    return STATUS_OK;
}

static enum status add_crl(struct anchors *trust, const void *der, size_t length,
                           struct error *error)
{
    if (trust->crl_count == REVOCATION_LISTS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The revocation lists are too long."));
    enum status status = crl_read(der, length, &trust->crls[trust->crl_count], error);
    if (status == STATUS_OK)
        trust->crl_count++;
    return status;
}

static enum status add_der(struct anchors *trust, const void *der, size_t length,
                           struct error *error)
{
    struct certificate *certificate = NULL;

    if (crl_is(der, length))
        return add_crl(trust, der, length, error);
    enum status status = certificate_read(der, length, &certificate, error);
    return status == STATUS_OK ? anchors_add_certificate(trust, certificate, error) : status;
}

static enum status add_item(void *context, struct pem_item *item, struct error *error)
{
    struct certificate *certificate = item->certificate;

    item->certificate = NULL;
    if (certificate)
        return anchors_add_certificate(context, certificate, error);
    return item->list ? add_crl(context, item->list, item->list_length, error) : STATUS_OK;
}

static enum status add_list_item(void *context, struct pem_item *item, struct error *error)
{
    struct anchors *trust = context;

    if (item->certificate && trust->helper_count < TRUST_MAX) {
        trust->helpers[trust->helper_count++] = item->certificate;
        item->certificate = NULL;
    }
    return item->list ? add_crl(context, item->list, item->list_length, error) : STATUS_OK;
}

enum status anchors_add_crls(struct anchors *trust, const char *pem, size_t length,
                             struct error *error)
{
    return pem_read(pem, length, add_list_item, trust, error);
}

enum status anchors_add(struct anchors *trust, const void *bytes, size_t length,
                        struct error *error)
{
    size_t before = trust->count + trust->crl_count;

    if (length > TRUST_BYTES_MAX)
        return error_set(error, STATUS_TOO_LARGE,
                         _("The file of trusted certificates is too big."));
    if (length > 0 && *(const unsigned char *)bytes == 0x30) /* a SEQUENCE: DER */
        return add_der(trust, bytes, length, error);
    enum status status = pem_read(bytes, length, add_item, trust, error);
    if (status == STATUS_OK && trust->count + trust->crl_count == before)
        status = error_set(error, STATUS_INVALID,
                           _("There is no certificate in it. Give certificates as PEM or DER."));
    return status;
}

/* --- what the catalogue says about revocation ------------------------------------------------- */

enum status anchors_add_list(struct anchors *trust, const struct revocation_list *list,
                             struct error *error)
{
    if (trust->list_count == REVOCATION_LISTS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The revocation lists are too long."));
    struct revocation_list *kept =
        arena_push(trust->arena, &trust->lists, &trust->list_count, sizeof *kept);
    if (!kept)
        return error_nomem(error);
    *kept = (struct revocation_list){
        .issuer = arena_str(trust->arena, list->issuer ? list->issuer : ""),
        .source = arena_str(trust->arena, list->source ? list->source : ""),
        .as_of = arena_str(trust->arena, list->as_of ? list->as_of : ""),
        .next_update = arena_str(trust->arena, list->next_update ? list->next_update : ""),
    };
    return arena_failed(trust->arena) ? error_nomem(error) : STATUS_OK;
}

enum status anchors_revoke(struct anchors *trust, const struct certificate_revocation *revocation,
                           struct error *error)
{
    if (trust->revocation_count == REVOCATIONS_MAX)
        return error_set(error, STATUS_TOO_LARGE, _("The revocation lists are too long."));
    struct certificate_revocation *kept =
        arena_push(trust->arena, &trust->revocations, &trust->revocation_count, sizeof *kept);
    if (!kept)
        return error_nomem(error);
    *kept = (struct certificate_revocation){
        .id = arena_str(trust->arena, revocation->id ? revocation->id : ""),
        .issuer = arena_str(trust->arena, revocation->issuer ? revocation->issuer : ""),
        .at = arena_str(trust->arena, revocation->at ? revocation->at : ""),
        .reason = arena_str(trust->arena, revocation->reason ? revocation->reason : ""),
        .source = arena_str(trust->arena, revocation->source ? revocation->source : ""),
        .as_of = arena_str(trust->arena, revocation->as_of ? revocation->as_of : ""),
    };
    return arena_failed(trust->arena) ? error_nomem(error) : STATUS_OK;
}

/* The next digit of a hexadecimal id behind separators; '\0' at the end. */
static char next_digit(const char **id)
{
    while (**id == ':' || **id == ' ' || **id == '-')
        (*id)++;
    return **id == '\0' ? '\0' : (char)tolower((unsigned char)*(*id)++);
}

static bool same_number(const char *a, const char *b)
{
    char left = next_digit(&a), right = next_digit(&b);

    while (left == '0')
        left = next_digit(&a);
    while (right == '0')
        right = next_digit(&b);
    if (left == '\0')
        return false;
    while (left == right && left != '\0') {
        left = next_digit(&a);
        right = next_digit(&b);
    }
    return left == right;
}

static bool same_issuer(const struct certificate *certificate, const char *issuer)
{
    char name[CERTIFICATE_TEXT_MAX];

    certificate_issuer(certificate, name);
    if (strcmp(issuer, name) == 0)
        return true;
    char *whole = X509_NAME_oneline(X509_get_issuer_name(certificate->x509), NULL, 0);
    bool same = whole && strcmp(issuer, whole) == 0;
    OPENSSL_free(whole);
    return same;
}

/* The entry of the catalogue that names the certificate; NULL when none does. */
static const struct certificate_revocation *find_entry(const struct anchors *trust,
                                                       const struct certificate *certificate)
{
    char print[CERTIFICATE_PRINT_MAX], serial[CERTIFICATE_SERIAL_MAX];

    certificate_fingerprint(certificate, print);
    certificate_serial(certificate, serial);
    for (size_t i = 0; i < trust->revocation_count; i++) {
        const struct certificate_revocation *revocation = &trust->revocations[i];
        if (same_number(revocation->id, print) ||
            (*revocation->issuer && same_number(revocation->id, serial) &&
             same_issuer(certificate, revocation->issuer)))
            return revocation;
    }
    return NULL;
}

static int64_t when(const char *text)
{
    struct date day;
    int64_t ms = 0;

    if (date_parse(text, &day))
        return date_to_days(day) * MS_PER_DAY;
    return instant_parse(text, &ms) ? ms : 0;
}

static void take_entry(const struct certificate_revocation *entry, struct chain_revocation *out)
{
    fold_copy(out->reason, sizeof out->reason, entry->reason);
    fold_copy(out->source, sizeof out->source, entry->source);
    fold_copy(out->as_of, sizeof out->as_of, entry->as_of);
    out->at_ms = when(entry->at);
}

/* --- which lists cover a certificate ---------------------------------------------------------- */

/* A list for the certificate that its issuer signed: the next on the path, or an anchor. `above`
 * may be NULL. */
static bool is_sound(const struct anchors *trust, const struct crl *crl,
                     const struct certificate *certificate, const struct certificate *above)
{
    if (!crl_is_for(crl, certificate))
        return false;
    bool sound = above && crl_is_signed_by(crl, above);
    for (size_t i = 0; i < trust->count && !sound; i++)
        sound = crl_is_signed_by(crl, trust->anchors[i]);
    return sound;
}

/* The newest whole list; NULL when there is none. */
static const struct crl *find_crl(const struct anchors *trust,
                                  const struct certificate *certificate)
{
    const struct crl *newest = NULL;

    for (size_t i = 0; i < trust->crl_count; i++) {
        const struct crl *crl = trust->crls[i];
        if (crl_is_whole(crl) && (!newest || crl_issued_ms(crl) > crl_issued_ms(newest)) &&
            is_sound(trust, crl, certificate, NULL))
            newest = crl;
    }
    return newest;
}

/* A partial list not older than `whole` (may be NULL) on which the certificate stands, whatever
 * else it says; NULL when there is none. */
static const struct crl *find_part(const struct anchors *trust,
                                   const struct certificate *certificate,
                                   const struct certificate *above, const struct crl *whole)
{
    struct chain_revocation unused;

    for (size_t i = 0; i < trust->crl_count; i++) {
        const struct crl *crl = trust->crls[i];
        if (!crl_is_whole(crl) && (!whole || crl_issued_ms(crl) >= crl_issued_ms(whole)) &&
            crl_find(crl, certificate, &unused) && is_sound(trust, crl, certificate, above))
            return crl;
    }
    return NULL;
}

static const struct revocation_list *find_list(const struct anchors *trust,
                                               const struct certificate *certificate)
{
    for (size_t i = 0; i < trust->list_count; i++)
        if (*trust->lists[i].issuer && same_issuer(certificate, trust->lists[i].issuer))
            return &trust->lists[i];
    return NULL;
}

/* A further list covers the path: the oldest is named, the first end counts. A day is no point in
 * time that could be ahead of a clock. */
static void count_list(struct chain_lists *lists, const char *source, const char *as_of,
                       int64_t next_ms)
{
    int64_t issued_ms = 0;

    if (instant_parse(as_of, &issued_ms) && issued_ms > lists->newest_ms)
        lists->newest_ms = issued_ms;
    if (lists->found == 0 || when(as_of) < when(lists->as_of)) {
        fold_copy(lists->source, sizeof lists->source, source);
        fold_copy(lists->as_of, sizeof lists->as_of, as_of);
    }
    if (next_ms != 0 && (lists->next_ms == 0 || next_ms < lists->next_ms))
        lists->next_ms = next_ms;
    lists->found++;
}

/* True when a list is here that claims to be for the certificate. */
static bool has_list_for(const struct anchors *trust, const struct certificate *certificate)
{
    for (size_t i = 0; i < trust->crl_count; i++)
        if (crl_is_for(trust->crls[i], certificate))
            return true;
    return false;
}

/* What the path still needs, and what there is for it. */
static void look_for_lists(const struct anchors *trust, const struct certificate *certificate,
                           const struct crl_cover *cover, struct chain_lists *lists)
{
    const struct revocation_list *list = find_list(trust, certificate);
    const char *obstacle = cover->obstacle;
    char issuer[CERTIFICATE_TEXT_MAX], issued[INSTANT_TEXT_MAX];

    lists->needed++;
    if (cover->list && !obstacle && !cover->incomplete) {
        crl_issuer(cover->list, issuer);
        instant_format(crl_issued_ms(cover->list), issued);
        count_list(lists, issuer, issued, crl_next_ms(cover->list));
    } else if (list) {
        count_list(lists, list->source, list->as_of, when(list->next_update));
    } else if (obstacle || cover->list || has_list_for(trust, certificate)) {
        if (!obstacle)
            obstacle = _("it is not whole, or not signed by that issuer");
        if (lists->unusable++ == 0)
            fold_copy(lists->obstacle, sizeof lists->obstacle, obstacle);
    }
}

static bool find_on(const struct crl *crl, const struct certificate *certificate,
                    struct chain_revocation *revoked)
{
    if (!crl || !crl_find(crl, certificate, revoked))
        return false;
    crl_issuer(crl, revoked->source);
    instant_format(crl_issued_ms(crl), revoked->as_of);
    return true;
}

static bool find_revocation(const struct anchors *trust, const struct certificate *certificate,
                            const struct certificate *above, const struct crl_cover *cover,
                            struct chain_revocation *revoked)
{
    const struct certificate_revocation *entry = find_entry(trust, certificate);

    if (find_on(cover->names, certificate, revoked) ||
        find_on(find_part(trust, certificate, above, cover->list), certificate, revoked))
        return true;
    if (entry)
        take_entry(entry, revoked);
    return entry != NULL;
}

/* The first that is revoked counts; where none is, the first that is on hold. */
static void look_at_lists(const struct anchors *trust, const struct certificate *certificate,
                          const struct certificate *above, const struct crl_cover *cover,
                          struct chain_state *state)
{
    struct chain_revocation revoked = {0};

    bool decided = *state->revoked.name && !state->revoked.on_hold;
    if (decided || !find_revocation(trust, certificate, above, cover, &revoked) ||
        (*state->revoked.name && revoked.on_hold))
        return;
    certificate_subject(certificate, revoked.name);
    if (!*revoked.name)
        fold_copy(revoked.name, sizeof revoked.name, "?");
    state->revoked = revoked;
}

/* Without a path: what the lists of its issuer say, if that is an anchor. */
static void look_at_one(const struct anchors *trust, const struct certificate *certificate,
                        struct chain_state *state)
{
    struct crl_cover cover = {.list = find_crl(trust, certificate)};

    cover.names = cover.list;
    look_at_lists(trust, certificate, NULL, &cover, state);
    look_for_lists(trust, certificate, &cover, &state->lists);
}

/* --- the path --------------------------------------------------------------------------------- */

static void look_at_times(const struct certificate *certificate, int64_t at_ms,
                          struct chain_state *state)
{
    char name[CERTIFICATE_TEXT_MAX];
    int64_t from = 0, to = 0;
    bool dated = certificate_validity(certificate, &from, &to);

    certificate_subject(certificate, name);
    if ((!dated || at_ms > to) && !*state->over)
        fold_copy(state->over, sizeof state->over, *name ? name : "?");
    if (dated && at_ms < from && !*state->not_yet)
        fold_copy(state->not_yet, sizeof state->not_yet, *name ? name : "?");
}

static enum chain_answer answer_of(int failure)
{
    switch (failure) {
    case X509_V_OK:
        return CHAIN_TRUSTED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return CHAIN_UNKNOWN;
    default:
        return CHAIN_BROKEN;
    }
}

static bool is_temporary(const struct anchors *trust, const struct certificate *anchor)
{
    for (size_t i = 0; i < trust->lasting && i < trust->count; i++)
        if (X509_cmp(trust->anchors[i]->x509, anchor->x509) == 0)
            return false;
    return true;
}

/* Nobody's list covers the anchor: it is trusted by decision. */
static void read_path(const struct anchors *trust, const struct crl_path *lists,
                      X509_STORE_CTX *context, int64_t at_ms, struct chain_state *state)
{
    static const struct crl_cover none = {0};
    const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
    int length = sk_X509_num(path);

    for (int i = 0; i < length; i++) {
        const struct certificate one = {.x509 = sk_X509_value(path, i)};
        const struct certificate above = {.x509 = sk_X509_value(path, i + 1)};
        const struct crl_cover *cover = i < CRL_PATH_MAX ? &lists->covers[i] : &none;
        look_at_times(&one, at_ms, state);
        look_at_lists(trust, &one, above.x509 ? &above : NULL, cover, state);
        if (i == 0 || above.x509)
            look_for_lists(trust, &one, cover, &state->lists);
    }
    if (length == 0)
        return;
    const struct certificate last = {.x509 = sk_X509_value(path, length - 1)};
    certificate_subject(&last, state->anchor);
    state->anchor_is_temporary = is_temporary(trust, &last);
}

/* Policies are processed, and any of them is welcome: OpenSSL wants that said. */
static bool set_rules(X509_VERIFY_PARAM *parameters)
{
    const unsigned long flags =
        X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_POLICY_CHECK;
    ASN1_OBJECT *any = OBJ_nid2obj(NID_any_policy); /* static */

    return any && X509_VERIFY_PARAM_add0_policy(parameters, any) == 1 &&
           X509_VERIFY_PARAM_set_flags(parameters, flags) == 1;
}

/* What chain_judge() was asked. */
struct question {
    const struct anchors *trust;
    const struct certificate *certificate;
    struct certificate *const *others;
    size_t other_count;
    size_t left_out; /* of the others; NOBODY */
    int64_t at_ms;
};

#define NOBODY SIZE_MAX

static enum status run(const struct question *question, const struct crl_path *lists,
                       X509_STORE_CTX *context, struct chain_state *state, struct error *error)
{
    struct chain_state found = {.answer = CHAIN_UNKNOWN};

    if (X509_verify_cert(context) == 1) {
        found.answer = CHAIN_TRUSTED;
        read_path(question->trust, lists, context, question->at_ms, &found);
    } else {
        int failure = X509_STORE_CTX_get_error(context);
        if (failure == X509_V_ERR_OUT_OF_MEM)
            return error_nomem(error);
        found.answer = failure == X509_V_OK ? CHAIN_BROKEN : answer_of(failure);
        fold_copy(found.reason, sizeof found.reason, X509_verify_cert_error_string(failure));
        look_at_times(question->certificate, question->at_ms, &found);
        look_at_one(question->trust, question->certificate, &found);
    }
    *state = found;
    return STATUS_OK;
}

static bool push_all(STACK_OF(X509) * stack, struct certificate *const *certificates, size_t count,
                     size_t left_out)
{
    bool pushed = stack != NULL;

    for (size_t i = 0; pushed && i < count; i++)
        pushed = i == left_out || sk_X509_push(stack, certificates[i]->x509) > 0;
    return pushed;
}

static bool set_up(const struct anchors *trust, X509_STORE_CTX *context,
                   const struct certificate *certificate, struct crl_path *lists)
{
    X509_VERIFY_PARAM *parameters;

    if (!context ||
        X509_STORE_CTX_init(context, trust->store, certificate->x509, lists->signers) != 1 ||
        !set_rules(X509_STORE_CTX_get0_param(context)) || !crl_path_attach(lists, context))
        return false;
    parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(parameters, CHAIN_DEPTH_MAX);
    X509_VERIFY_PARAM_set_auth_level(parameters, STRENGTH_LEVEL);
    return true;
}

/* Anchors are offered for the path as well: among them may be who signs lists for an issuer. */
static enum status judge(const struct question *question, struct chain_state *state,
                         struct error *error)
{
    const struct anchors *trust = question->trust;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    struct crl_path lists = {
        .lists = trust->crls,
        .list_count = trust->crl_count,
        .signers = sk_X509_new_null(),
        .anchors = sk_X509_new_null(),
        .entry_check = trust->entry_check,
    };
    bool made =
        push_all(lists.anchors, trust->anchors, trust->count, NOBODY) &&
        push_all(lists.signers, question->others, question->other_count, question->left_out) &&
        push_all(lists.signers, trust->helpers, trust->helper_count, NOBODY) &&
        push_all(lists.signers, trust->anchors, trust->count, NOBODY) &&
        set_up(trust, context, question->certificate, &lists);
    enum status status = made ? run(question, &lists, context, state, error) : error_nomem(error);

    ERR_clear_error();
    X509_STORE_CTX_free(context);
    sk_X509_free(lists.signers);
    sk_X509_free(lists.anchors);
    return status;
}

/* Another of them has the same name: one authority, certified by several others. */
static bool has_twin(const struct question *question, size_t index)
{
    const X509_NAME *name = X509_get_subject_name(question->others[index]->x509);

    for (size_t i = 0; i < question->other_count; i++)
        if (i != index &&
            X509_NAME_cmp(name, X509_get_subject_name(question->others[i]->x509)) == 0)
            return true;
    return false;
}

/* OpenSSL follows the first certificate that fits and does not turn back: where an authority came
 * with several, the path is looked for without one of them after the other. */
enum status chain_judge(const struct anchors *trust, const struct certificate *certificate,
                        struct certificate *const *others, size_t other_count, int64_t at_ms,
                        struct chain_state *state, struct error *error)
{
    struct question question = {trust, certificate, others, other_count, NOBODY, at_ms};
    struct chain_state found, detour;
    enum status status = judge(&question, &found, error);

    for (size_t i = 0; i < other_count && status == STATUS_OK && found.answer == CHAIN_UNKNOWN;
         i++) {
        question.left_out = i;
        if (!has_twin(&question, i))
            continue;
        status = judge(&question, &detour, error);
        if (status == STATUS_OK && detour.answer == CHAIN_TRUSTED)
            found = detour;
    }
    if (status == STATUS_OK)
        *state = found;
    return status;
}
