/*
 * What certificates and third parties prove: X.509 revocation lists, time stamps on seals, and the
 * certificates a signed code brings along.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/ofd/maker.h"
#include "verify/base64url.h"
#include "verify/credential.h"
#include "verify/ofd.h"
#include "verify/timestamp.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY    (86400 * (int64_t)1000)
#define NOW    (INT64_C(1773475200000)) /* 2026-03-14T08:00:00Z */
#define MINUTE ((int64_t)60000)
#define ISSUER "https://issuer.example/office"

struct people {
    struct key *root, *office, *rsa_root, *stamper, *stranger, *twin;
};

static struct people people;

static struct key *make(struct key_recipe recipe)
{
    recipe.from_ms = recipe.from_ms ? recipe.from_ms : NOW - 400 * DAY;
    recipe.to_ms = recipe.to_ms ? recipe.to_ms : NOW + 400 * DAY;
    return key_new(&recipe);
}

static int start(void **state)
{
    (void)state;
    people.root = make((struct key_recipe){.kind = SORT_SM2, .name = "Root", .authority = true});
    people.twin = make((struct key_recipe){.kind = SORT_SM2, .name = "Root", .authority = true});
    people.office = make((struct key_recipe){
        .kind = SORT_SM2, .name = "Office", .issuer = people.root, .uri = ISSUER});
    people.rsa_root =
        make((struct key_recipe){.kind = SORT_RSA, .name = "RSA Root", .authority = true});
    people.stamper = make((struct key_recipe){
        .kind = SORT_RSA, .name = "Stamper", .issuer = people.rsa_root, .stamps = true});
    people.stranger =
        make((struct key_recipe){.kind = SORT_RSA, .name = "Stranger", .stamps = true});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    key_free(people.root);
    key_free(people.twin);
    key_free(people.office);
    key_free(people.rsa_root);
    key_free(people.stamper);
    key_free(people.stranger);
    return 0;
}

static void add_key(struct anchors *trust, const struct key *key)
{
    struct buf pem = {0};

    key_put_pem(key, &pem);
    assert_int_equal(anchors_add(trust, buf_text(&pem), pem.length, NULL), STATUS_OK);
    buf_release(&pem);
}

static void add_list(struct anchors *trust, const struct list_recipe *recipe)
{
    struct buf pem = {0};

    key_put_list(recipe, &pem);
    assert_int_equal(anchors_add(trust, buf_text(&pem), pem.length, NULL), STATUS_OK);
    buf_release(&pem);
}

static struct anchors *trust_roots(void)
{
    struct anchors *trust = NULL;

    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    add_key(trust, people.root);
    add_key(trust, people.rsa_root);
    return trust;
}

/* --- revocation lists ------------------------------------------------------------------------- */

static struct chain_state judge_office(const struct anchors *trust)
{
    struct buf der = {0};
    struct certificate *office = NULL;
    struct chain_state state;

    key_put_certificate(people.office, &der);
    assert_int_equal(certificate_read(der.data, der.length, &office, NULL), STATUS_OK);
    assert_int_equal(chain_judge(trust, office, NULL, 0, NOW, &state, NULL), STATUS_OK);
    assert_int_equal(state.answer, CHAIN_TRUSTED);
    certificate_free(office);
    buf_release(&der);
    return state;
}

static struct list_recipe list_of(const struct key *issuer)
{
    return (struct list_recipe){
        .issuer = issuer, .issued_ms = NOW - 2 * DAY, .next_ms = NOW + 5 * DAY};
}

static void a_list_clears_and_condemns(void **state)
{
    struct anchors *trust = trust_roots();
    struct list_recipe list = list_of(people.root);

    (void)state;
    struct chain_state found = judge_office(trust);
    assert_int_equal(found.lists.found, 0);
    assert_int_equal(found.lists.needed, 1);
    add_list(trust, &list);
    found = judge_office(trust);
    assert_string_equal(found.revoked.name, "");
    assert_int_equal(found.lists.found, 1);
    assert_string_equal(found.lists.source, "Root");
    assert_int_equal(found.lists.next_ms, NOW + 5 * DAY);
    list.revoked = people.office;
    list.revoked_ms = NOW - 10 * DAY;
    list.issued_ms = NOW - DAY; /* newer: it counts alone */
    add_list(trust, &list);
    found = judge_office(trust);
    assert_string_equal(found.revoked.name, "Office");
    assert_int_equal(found.revoked.at_ms, NOW - 10 * DAY);
    assert_non_null(strstr(found.revoked.reason, "compromised"));
    list.revoked = NULL;
    list.issued_ms = NOW;
    add_list(trust, &list);
    assert_string_equal(judge_office(trust).revoked.name, "");
    anchors_free(trust);
}

/* It neither condemns nor clears, and that a list was here is told. */
static void a_list_of_somebody_else_cannot_be_used(void **state)
{
    struct anchors *trust = trust_roots();
    struct list_recipe twin = list_of(people.twin), broken = list_of(people.root);

    (void)state;
    twin.revoked = people.office;
    add_list(trust, &twin);
    broken.broken = true;
    broken.revoked = people.office;
    add_list(trust, &broken);
    struct chain_state found = judge_office(trust);
    assert_string_equal(found.revoked.name, "");
    assert_int_equal(found.lists.found, 0);
    assert_int_equal(found.lists.unusable, 1);
    assert_non_null(strstr(found.lists.obstacle, "not signed by that issuer"));
    broken = list_of(people.root);
    broken.issued_ms -= DAY; /* older than the forged ones, which must not hide it */
    add_list(trust, &broken);
    found = judge_office(trust);
    assert_int_equal(found.lists.found, 1);
    assert_int_equal(found.lists.unusable, 0);
    anchors_free(trust);
}

struct partial {
    enum list_part part;
    bool clears; /* a user's certificate */
    const char *obstacle;
};

/* What is not for the certificate, or not understood, clears nobody; whom it names is revoked. */
static void a_part_of_a_list_condemns_and_clears_whom_it_is_for(void **state)
{
    static const struct partial partials[] = {
        {LIST_OF_USERS, true, ""},
        {LIST_OF_AUTHORITIES, false, "other certificates"},
        {LIST_OF_SOME_REASONS, false, "not whole"},
        {LIST_NOT_UNDERSTOOD, false, "not understood"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof partials / sizeof *partials; i++) {
        struct anchors *trust = trust_roots();
        struct list_recipe list = list_of(people.root), whole = list_of(people.root);
        list.part = partials[i].part;
        add_list(trust, &list);
        struct chain_state found = judge_office(trust);
        assert_string_equal(found.revoked.name, "");
        assert_int_equal(found.lists.found, partials[i].clears);
        assert_int_equal(found.lists.unusable, !partials[i].clears);
        assert_non_null(strstr(found.lists.obstacle, partials[i].obstacle));
        list.revoked = people.office;
        list.revoked_ms = NOW - 10 * DAY;
        list.issued_ms += DAY;
        add_list(trust, &list);
        assert_string_equal(judge_office(trust).revoked.name, "Office");
        whole.issued_ms = list.issued_ms + DAY; /* a whole list since then: it knows better */
        add_list(trust, &whole);
        found = judge_office(trust);
        assert_string_equal(found.revoked.name, "");
        assert_int_equal(found.lists.found, 1);
        anchors_free(trust);
    }
}

/* A catalogue's text: the list, and who signed it in the issuer's place. */
static void add_list_with(struct anchors *trust, const struct list_recipe *recipe,
                          const struct key *signer)
{
    struct buf pem = {0};

    key_put_pem(signer, &pem);
    key_put_list(recipe, &pem);
    assert_int_equal(anchors_add_crls(trust, buf_text(&pem), pem.length, NULL), STATUS_OK);
    buf_release(&pem);
}

/* Another key of the same authority, with a certificate of its own, signs the lists. */
static void lists_may_have_a_key_of_their_own(void **state)
{
    (void)state;
    for (int genuine = 0; genuine < 2; genuine++) {
        struct anchors *trust = trust_roots();
        struct key *signer = make((struct key_recipe){.kind = SORT_SM2,
                                                      .name = "Root",
                                                      .issuer = genuine ? people.root : people.twin,
                                                      .authority = true,
                                                      .no_certificates = true});
        struct list_recipe list = list_of(people.root);
        list.signer = signer;
        add_list_with(trust, &list, signer);
        struct chain_state found = judge_office(trust);
        assert_int_equal(found.lists.found, genuine);
        assert_int_equal(found.lists.unusable, !genuine);
        list.revoked = people.office;
        list.revoked_ms = NOW - 10 * DAY;
        list.issued_ms += DAY;
        add_list_with(trust, &list, signer);
        assert_string_equal(judge_office(trust).revoked.name, genuine ? "Office" : "");
        anchors_free(trust);
        key_free(signer);
    }
}

/* One authority issues the lists of another, as the certificates of that one say. */
static void lists_may_be_issued_by_another(void **state)
{
    struct key *lister = make((struct key_recipe){
        .kind = SORT_SM2, .name = "Lists", .issuer = people.root, .authority = true});
    struct key *office = people.office;
    struct anchors *trust = trust_roots();
    struct list_recipe list = list_of(lister);

    (void)state;
    people.office = make((struct key_recipe){
        .kind = SORT_SM2, .name = "Office", .issuer = people.root, .list_issuer = lister});
    list.part = LIST_OF_SEVERAL_ISSUERS;
    list.revoked = people.office;
    list.by_other = lister; /* its own certificate of that number */
    add_list_with(trust, &list, lister);
    struct chain_state found = judge_office(trust);
    assert_string_equal(found.revoked.name, "");
    assert_int_equal(found.lists.found, 1);
    list.by_other = people.root;
    list.issued_ms += DAY;
    add_list_with(trust, &list, lister);
    found = judge_office(trust);
    assert_string_equal(found.revoked.name, "Office");
    assert_string_equal(found.revoked.source, "Lists");
    anchors_free(trust);
    key_free(people.office);
    people.office = office;
    key_free(lister);
}

static void delta_lists_add_and_take_off(void **state)
{
    struct anchors *trust = trust_roots();
    struct list_recipe whole = list_of(people.root), delta = list_of(people.root);

    (void)state;
    delta.base = 1;
    delta.number = 2;
    delta.issued_ms += DAY;
    delta.revoked = people.office;
    delta.removed = true;
    add_list(trust, &delta);
    assert_int_equal(judge_office(trust).lists.unusable, 1); /* nothing to take off from */
    anchors_free(trust);
    trust = trust_roots();
    whole.number = 1;
    whole.has_deltas = true;
    whole.revoked = people.office;
    whole.revoked_ms = NOW - 20 * DAY;
    whole.hold = true;
    add_list(trust, &whole);
    assert_true(judge_office(trust).revoked.on_hold);
    add_list(trust, &delta);
    struct chain_state found = judge_office(trust);
    assert_string_equal(found.revoked.name, "");
    assert_int_equal(found.lists.found, 1);
    assert_int_equal(found.lists.unusable, 0);
    struct list_recipe newest = delta;
    newest.number = 3;
    newest.issued_ms += DAY / 2;
    newest.removed = false;
    newest.revoked_ms = NOW - DAY;
    add_list(trust, &newest);
    found = judge_office(trust);
    assert_string_equal(found.revoked.name, "Office");
    assert_false(found.revoked.on_hold);
    anchors_free(trust);
    trust = trust_roots(); /* the newest counts, whichever came first */
    add_list(trust, &newest);
    add_list(trust, &delta);
    add_list(trust, &whole);
    assert_string_equal(judge_office(trust).revoked.name, "Office");
    anchors_free(trust);
}

/* Every delta list says all that changed since the whole one: the newest counts alone, whichever
 * came first, and what an older one says is over. */
static void of_several_delta_lists_the_newest_counts(void **state)
{
    struct list_recipe whole = list_of(people.root), older = list_of(people.root), newest;

    (void)state;
    whole.number = 1;
    whole.has_deltas = true;
    whole.revoked = older.revoked = people.office;
    whole.revoked_ms = older.revoked_ms = NOW - 20 * DAY;
    whole.hold = older.hold = true;
    older.base = 1;
    older.number = 2;
    older.issued_ms += DAY / 2;
    newest = older;
    newest.number = 3;
    newest.issued_ms += DAY / 2;
    newest.removed = true;
    for (int first = 0; first < 2; first++) {
        struct anchors *trust = trust_roots();
        add_list(trust, &whole);
        add_list(trust, first ? &newest : &older);
        assert_true(first || judge_office(trust).revoked.on_hold);
        add_list(trust, first ? &older : &newest);
        struct chain_state found = judge_office(trust);
        assert_string_equal(found.revoked.name, "");
        assert_int_equal(found.lists.found, 1);
        anchors_free(trust);
    }
}

/* Its certificates lead to it, its lists count for nothing. */
static void not_every_authority_issues_lists(void **state)
{
    struct anchors *trust = NULL;
    struct key *authority = make((struct key_recipe){
        .kind = SORT_SM2, .name = "Authority", .authority = true, .no_lists = true});
    struct key *office = people.office;
    struct list_recipe list = list_of(authority);

    (void)state;
    people.office =
        make((struct key_recipe){.kind = SORT_SM2, .name = "Office", .issuer = authority});
    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    add_key(trust, authority);
    list.revoked = people.office;
    add_list(trust, &list);
    struct chain_state found = judge_office(trust);
    assert_string_equal(found.revoked.name, "");
    assert_int_equal(found.lists.found, 0);
    assert_int_equal(found.lists.unusable, 1);
    anchors_free(trust);
    key_free(people.office);
    people.office = office;
    key_free(authority);
}

static bool revokes(enum key_sort sort, const char *pss)
{
    struct anchors *trust = NULL;
    struct key *authority =
        make((struct key_recipe){.kind = sort, .name = "Authority", .authority = true});
    struct key *holder = make((struct key_recipe){
        .kind = SORT_RSA, .name = "Holder", .issuer = authority, .uri = ISSUER});
    struct list_recipe list = list_of(authority);
    struct buf der = {0};
    struct certificate *certificate = NULL;
    struct chain_state found;

    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    add_key(trust, authority);
    list.revoked = holder;
    list.pss = pss;
    add_list(trust, &list);
    key_put_certificate(holder, &der);
    assert_int_equal(certificate_read(der.data, der.length, &certificate, NULL), STATUS_OK);
    assert_int_equal(chain_judge(trust, certificate, NULL, 0, NOW, &found, NULL), STATUS_OK);
    assert_int_equal(found.answer, CHAIN_TRUSTED);
    certificate_free(certificate);
    buf_release(&der);
    anchors_free(trust);
    key_free(holder);
    key_free(authority);
    return *found.revoked.name != '\0';
}

static void lists_are_signed_in_many_ways(void **state)
{
    (void)state;
    assert_true(revokes(SORT_SM2, NULL));
    assert_true(revokes(SORT_RSA, NULL));
    assert_true(revokes(SORT_ED25519, NULL));
    assert_true(revokes(SORT_RSA, "SHA256"));
    assert_true(revokes(SORT_RSA, "SHA512"));
    assert_false(revokes(SORT_RSA, "SHA1")); /* anybody could have made it */
}

/* --- what certificates say they are for --------------------------------------------------------
 */

struct limit {
    const char *what;
    struct key_recipe root, middle, leaf;
    enum chain_answer answer;
    bool signs;       /* documents */
    const char *over; /* whose time it was not */
};

static const struct limit limits[] = {
    {"nothing special", {0}, {.authority = true}, {0}, CHAIN_TRUSTED, true, ""},
    {"no authority", {0}, {0}, {0}, CHAIN_BROKEN, true, ""},
    {"no certificates",
     {0},
     {.authority = true, .no_certificates = true},
     {0},
     CHAIN_BROKEN,
     true,
     ""},
    {"path length 0",
     {.constraint = "pathlen:0"},
     {.authority = true},
     {0},
     CHAIN_BROKEN,
     true,
     ""},
    {"path length 1",
     {.constraint = "pathlen:1"},
     {.authority = true},
     {0},
     CHAIN_TRUSTED,
     true,
     ""},
    {"names of others",
     {0},
     {.authority = true, .permitted = "URI:.gov.example"},
     {0},
     CHAIN_BROKEN,
     true,
     ""},
    {"its own names",
     {0},
     {.authority = true, .permitted = "URI:issuer.example"},
     {0},
     CHAIN_TRUSTED,
     true,
     ""},
    {"an expired authority",
     {0},
     {.authority = true, .to_ms = NOW - DAY},
     {0},
     CHAIN_TRUSTED,
     true,
     "Middle"},
    {"encrypts", {0}, {.authority = true}, {.only_encrypts = true}, CHAIN_TRUSTED, false, ""},
    {"a server", {0}, {.authority = true}, {.purposes = "serverAuth"}, CHAIN_TRUSTED, false, ""},
    {"mail",
     {0},
     {.authority = true},
     {.purposes = "serverAuth,emailProtection"},
     CHAIN_TRUSTED,
     true,
     ""},
    {"a purpose of its own",
     {0},
     {.authority = true},
     {.purposes = "1.2.156.3005.99"},
     CHAIN_TRUSTED,
     true,
     ""},
};

static struct certificate *read_back(const struct key *key)
{
    struct buf der = {0};
    struct certificate *certificate = NULL;

    key_put_certificate(key, &der);
    assert_int_equal(certificate_read(der.data, der.length, &certificate, NULL), STATUS_OK);
    buf_release(&der);
    return certificate;
}

static void try_limit(struct limit limit, enum key_sort sort)
{
    struct anchors *trust = NULL;
    struct chain_state found;

    limit.root.kind = limit.middle.kind = limit.leaf.kind = sort;
    limit.root.name = "Top";
    limit.root.authority = true;
    limit.middle.name = "Middle";
    limit.leaf.name = "Leaf";
    limit.leaf.uri = ISSUER;
    struct key *root = make(limit.root);
    limit.middle.issuer = root;
    struct key *middle = make(limit.middle);
    limit.leaf.issuer = middle;
    struct key *leaf = make(limit.leaf);
    struct certificate *signer = read_back(leaf), *between = read_back(middle);
    assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
    add_key(trust, root);
    assert_int_equal(chain_judge(trust, signer, &between, 1, NOW, &found, NULL), STATUS_OK);
    if (found.answer != limit.answer || certificate_may_sign(signer) != limit.signs ||
        strcmp(found.over, limit.over) != 0)
        fail_msg("%s: %d (%s), over: %s", limit.what, found.answer, found.reason, found.over);
    anchors_free(trust);
    certificate_free(signer);
    certificate_free(between);
    key_free(leaf);
    key_free(middle);
    key_free(root);
}

/* One authority, certified by two roots, of which either may be the one that is trusted here. */
static void either_of_two_certificates_of_an_authority_leads_on(void **state)
{
    struct key_recipe between = {.kind = SORT_SM2, .name = "Middle", .authority = true};
    struct key *top = make((struct key_recipe){.kind = SORT_SM2, .name = "A", .authority = true});
    struct key *other = make((struct key_recipe){.kind = SORT_SM2, .name = "B", .authority = true});

    (void)state;
    between.issuer = top;
    struct key *first = make(between);
    between.issuer = other;
    between.same = first;
    struct key *second = make(between);
    struct key *leaf = make((struct key_recipe){.kind = SORT_SM2, .name = "Leaf", .issuer = first});
    struct certificate *signer = read_back(leaf);
    struct certificate *others[] = {read_back(first), read_back(second)};
    const struct key *const roots[] = {top, other};
    for (size_t i = 0; i < 2; i++) {
        struct anchors *trust = NULL;
        struct chain_state found;
        assert_int_equal(anchors_new(&trust, NULL), STATUS_OK);
        assert_int_equal(chain_judge(trust, signer, others, 2, NOW, &found, NULL), STATUS_OK);
        assert_int_equal(found.answer, CHAIN_UNKNOWN);
        add_key(trust, roots[i]);
        assert_int_equal(chain_judge(trust, signer, others, 2, NOW, &found, NULL), STATUS_OK);
        assert_int_equal(found.answer, CHAIN_TRUSTED);
        assert_string_equal(found.anchor, i == 0 ? "A" : "B");
        anchors_free(trust);
    }
    certificate_free(signer);
    certificate_free(others[0]);
    certificate_free(others[1]);
    struct key *const keys[] = {leaf, second, first, other, top};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        key_free(keys[i]);
}

static void authorities_and_signers_keep_to_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        try_limit(limits[i], SORT_SM2);
    try_limit(limits[0], SORT_RSA);
    try_limit(limits[3], SORT_RSA);
}

/* --- time stamps ------------------------------------------------------------------------------ */

static struct ofd_recipe sealed(enum ofd_form form)
{
    return (struct ofd_recipe){.form = form,
                               .signer = people.office,
                               .maker = people.office,
                               .signed_ms = NOW - 3 * DAY,
                               .seal_from_ms = NOW - 100 * DAY,
                               .seal_to_ms = NOW + 100 * DAY,
                               .seal_made_ms = NOW - 100 * DAY,
                               .stamper = people.stamper,
                               .stamped_ms = NOW - 2 * DAY,
                               .lock_list = true};
}

static struct verdict_report judge(const struct ofd_recipe *recipe, const struct anchors *trust)
{
    struct pack pack = {0};
    struct buf file = {0};
    struct verdict_report report;
    struct ofd_document document = {0};
    struct ofd_policy policy = {.trust = trust, .now_ms = NOW};

    ofd_make_plain(&pack);
    ofd_sign(&pack, recipe, 0);
    pack_write(&pack, &file);
    assert_int_equal(ofd_verify(buf_text(&file), file.length, &policy, &report, &document, NULL),
                     STATUS_OK);
    ofd_document_release(&document);
    buf_release(&file);
    pack_release(&pack);
    return report;
}

static void expect(const struct verdict_report *report, enum verdict verdict, const char *check,
                   enum check_result result)
{
    bool found = false;

    for (size_t i = 0; i < report->count; i++)
        found |= strcmp(report->checks[i].check, check) == 0 && report->checks[i].result == result;
    if (report->verdict == verdict && found)
        return;
    for (size_t i = 0; i < report->count; i++)
        print_message("  %s %s: %s\n", report->checks[i].check,
                      check_result_name(report->checks[i].result), report->checks[i].detail);
    fail_msg("%s, expected %s with %s", verdict_name(report->verdict), verdict_name(verdict),
             check);
}

static void stamps_are_judged(void **state)
{
    static const enum ofd_form forms[] = {FORM_SEAL_V4, FORM_CMS_ATTRIBUTES, FORM_CMS_DIGEST};
    struct anchors *trust = trust_roots();

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct ofd_recipe recipe = sealed(forms[i]);
        struct verdict_report report = judge(&recipe, trust);
        expect(&report, VERDICT_VALID, "timestamp", CHECK_PASS);
        recipe.stamp_other = true;
        report = judge(&recipe, trust);
        expect(&report, VERDICT_CANNOT_TELL, "timestamp", CHECK_FAIL);
        recipe.stamp_other = false;
        recipe.stamper = people.stranger;
        report = judge(&recipe, trust);
        expect(&report, VERDICT_VALID, "timestamp", CHECK_WARN);
    }
    anchors_free(trust);
}

/* Whatever is changed in a token, it proves nothing any more. */
static void a_changed_stamp_proves_nothing(void **state)
{
    struct anchors *trust = trust_roots();
    struct buf token = {0};
    struct timestamp stamp;

    (void)state;
    key_put_timestamp(people.stamper, "value", 5, NOW - DAY, &token);
    assert_int_equal(timestamp_judge(token.data, token.length, "value", 5, trust, &stamp, NULL),
                     STATUS_OK);
    assert_int_equal(stamp.answer, TIMESTAMP_GOOD);
    assert_int_equal(stamp.time_ms, NOW - DAY);
    assert_string_equal(stamp.authority, "Stamper");
    for (size_t i = 0; i < token.length; i++) {
        token.data[i] ^= 1;
        assert_int_equal(timestamp_judge(token.data, token.length, "value", 5, trust, &stamp, NULL),
                         STATUS_OK);
        if (stamp.answer == TIMESTAMP_GOOD || stamp.answer == TIMESTAMP_UNTRUSTED)
            fail_msg("byte %zu of %zu", i, token.length);
        token.data[i] ^= 1;
    }
    buf_release(&token);
    anchors_free(trust);
}

/* Revoked after it signed: only a time stamp proves the order. */
static void a_stamp_proves_what_came_first(void **state)
{
    struct anchors *trust = trust_roots();
    struct list_recipe list = list_of(people.root);
    struct ofd_recipe recipe = sealed(FORM_CMS_ATTRIBUTES);

    (void)state;
    list.revoked = people.office;
    list.revoked_ms = NOW - DAY;
    add_list(trust, &list);
    struct verdict_report report = judge(&recipe, trust);
    expect(&report, VERDICT_VALID, "revocation", CHECK_WARN);
    recipe.form = FORM_SEAL_V4; /* its maker is the same office */
    report = judge(&recipe, trust);
    expect(&report, VERDICT_VALID, "revocation", CHECK_WARN);
    recipe.form = FORM_CMS_ATTRIBUTES;
    recipe.stamped_ms = NOW - DAY / 2;
    report = judge(&recipe, trust);
    expect(&report, VERDICT_REVOKED, "revocation", CHECK_FAIL);
    recipe.stamper = NULL;
    report = judge(&recipe, trust);
    expect(&report, VERDICT_CANNOT_TELL, "revocation", CHECK_WARN);
    assert_non_null(strstr(verdict_report_find(&report, "revocation")->detail, "no time stamp"));
    recipe.signed_ms = NOW - DAY - DAY / 2; /* half a day before is no clear "before" */
    report = judge(&recipe, trust);
    expect(&report, VERDICT_REVOKED, "revocation", CHECK_FAIL);
    anchors_free(trust);
}

/* --- signed codes with certificates ----------------------------------------------------------- */

static void put_base64(struct buf *out, const struct key *key)
{
    struct buf der = {0};
    unsigned char text[4096];

    key_put_certificate(key, &der);
    int length = EVP_EncodeBlock(text, (const unsigned char *)der.data, (int)der.length);
    buf_bytes(out, text, (size_t)length);
    buf_release(&der);
}

static void make_code(const struct key *signer, const struct key *shown, const char *claims,
                      struct buf *out)
{
    struct buf header = {0}, value = {0};

    buf_printf(&header, "{\"alg\":\"%s\",\"x5c\":[\"",
               key_sort(signer) == SORT_SM2 ? "SM2SM3" : "RS256");
    put_base64(&header, shown);
    buf_str(&header, "\"]}");
    base64url_encode(header.data, header.length, out);
    buf_char(out, '.');
    base64url_encode(claims, strlen(claims), out);
    key_sign(signer, out->data, out->length, key_sort(signer) == SORT_SM2, &value);
    buf_char(out, '.');
    base64url_encode(value.data, value.length, out);
    buf_release(&header);
    buf_release(&value);
}

static struct verdict_report judge_code(const struct key *signer, const struct key *shown,
                                        const char *claims, const struct anchors *roots)
{
    struct credential_circumstances around = {.now_ms = NOW};
    struct trust *keys = NULL;
    struct credential *credential = NULL;
    struct verdict_report report;
    struct buf code = {0};

    assert_int_equal(trust_new(&keys, NULL), STATUS_OK);
    make_code(signer, shown, claims, &code);
    assert_true(credential_brings_certificates(buf_text(&code), code.length));
    const struct credential_trust trust = {keys, roots, NOW};
    assert_int_equal(credential_open(buf_text(&code), code.length, &trust, &credential, NULL),
                     STATUS_OK);
    credential_judge(credential, &around, &report);
    credential_free(credential);
    trust_free(keys);
    buf_release(&code);
    return report;
}

#define CLAIMS(iss, iat) "{\"iss\":\"" iss "\",\"iat\":" iat ",\"jti\":\"1\"}"
#define YESTERDAY        "1773388800"

static void codes_by_certificate(void **state)
{
    struct anchors *roots = trust_roots();
    const char *good = CLAIMS(ISSUER, YESTERDAY);

    (void)state;
    struct verdict_report report = judge_code(people.office, people.office, good, roots);
    expect(&report, VERDICT_VALID, "chain", CHECK_PASS);
    expect(&report, VERDICT_VALID, "key_revocation", CHECK_SKIPPED);
    report = judge_code(people.office, people.office, CLAIMS("Office", YESTERDAY), roots);
    expect(&report, VERDICT_VALID, "issuer", CHECK_PASS);
    report = judge_code(people.office, people.office, CLAIMS("Somebody", YESTERDAY), roots);
    expect(&report, VERDICT_UNKNOWN_ISSUER, "issuer", CHECK_FAIL);
    report = judge_code(people.office, people.office, CLAIMS(ISSUER, "1673388800"), roots);
    expect(&report, VERDICT_UNKNOWN_ISSUER, "key", CHECK_FAIL); /* years before the certificate */
    report = judge_code(people.twin, people.office, good, roots);
    expect(&report, VERDICT_SIGNATURE_INVALID, "signature", CHECK_FAIL);
    report = judge_code(people.stranger, people.stranger, good, roots);
    expect(&report, VERDICT_UNKNOWN_ISSUER, "issuer", CHECK_FAIL);
    anchors_free(roots);
}

static void codes_by_a_revoked_certificate(void **state)
{
    struct anchors *roots = trust_roots();
    struct list_recipe list = list_of(people.root);

    (void)state;
    add_list(roots, &list);
    struct verdict_report report =
        judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_VALID, "key_revocation", CHECK_PASS);
    list.issued_ms = NOW;
    list.revoked = people.office;
    list.revoked_ms = NOW - 2 * DAY;
    add_list(roots, &list);
    report = judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_REVOKED, "key_revocation", CHECK_FAIL);
    list.issued_ms = NOW + 1000;
    list.revoked_ms = NOW - DAY / 2; /* later than the code says it was signed */
    add_list(roots, &list);
    report = judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_REVOKED, "key_revocation", CHECK_FAIL);
    list.issued_ms = NOW + 2000;
    list.revoked_ms = NOW + 1000; /* more than a day later */
    add_list(roots, &list);
    report = judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_CANNOT_TELL, "key_revocation", CHECK_WARN);
    assert_non_null(
        strstr(verdict_report_find(&report, "key_revocation")->detail, "no time stamp proves it"));
    anchors_free(roots);
}

/* On hold: neither good nor gone, in a code and in a seal. */
static void what_is_on_hold_is_suspended(void **state)
{
    struct anchors *roots = trust_roots();
    struct list_recipe list = list_of(people.root);
    struct ofd_recipe recipe = sealed(FORM_SEAL_V4);

    (void)state;
    recipe.stamper = NULL;
    list.revoked = people.office;
    list.revoked_ms = NOW;
    list.hold = true;
    add_list(roots, &list);
    struct verdict_report report =
        judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_SUSPENDED, "key_revocation", CHECK_FAIL);
    report = judge(&recipe, roots);
    expect(&report, VERDICT_SUSPENDED, "revocation", CHECK_FAIL);
    list.revoked = people.root; /* what is above is revoked for good: that is graver */
    list.hold = false;
    list.part = LIST_OF_USERS;
    add_list(roots, &list);
    report = judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), roots);
    expect(&report, VERDICT_CANNOT_TELL, "key_revocation", CHECK_WARN);
    anchors_free(roots);
}

/* A list that cannot have been issued yet, or a clock that is wrong: it clears nobody, neither the
 * signer of a code nor that of a seal nor who stamped it. */
static void a_list_from_the_future_clears_nobody(void **state)
{
    static const struct {
        int64_t ahead_ms;
        enum verdict verdict;
        enum check_result result;
    } rows[] = {{0, VERDICT_VALID, CHECK_PASS},
                {MINUTE, VERDICT_VALID, CHECK_WARN},
                {5 * MINUTE, VERDICT_VALID, CHECK_WARN},
                {5 * MINUTE + 1000, VERDICT_CANNOT_TELL, CHECK_WARN},
                {400 * DAY, VERDICT_CANNOT_TELL, CHECK_WARN}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct anchors *trust = trust_roots();
        struct list_recipe list = list_of(people.root), of_stamper = list_of(people.rsa_root);
        struct ofd_recipe recipe = sealed(FORM_SEAL_V4);
        list.issued_ms = of_stamper.issued_ms = NOW + rows[i].ahead_ms;
        list.next_ms = of_stamper.next_ms = NOW + 500 * DAY;
        add_list(trust, &of_stamper);
        struct verdict_report report = judge(&recipe, trust);
        expect(&report, VERDICT_VALID, "timestamp",
               rows[i].verdict == VERDICT_VALID ? CHECK_PASS : CHECK_WARN);
        add_list(trust, &list);
        report = judge(&recipe, trust);
        expect(&report, rows[i].verdict, "revocation", rows[i].result);
        report = judge_code(people.office, people.office, CLAIMS(ISSUER, YESTERDAY), trust);
        expect(&report, rows[i].verdict, "key_revocation", rows[i].result);
        list.revoked = people.office; /* whom it names it condemns */
        list.revoked_ms = NOW - 20 * DAY;
        list.issued_ms += 1000;
        add_list(trust, &list);
        report = judge(&recipe, trust);
        expect(&report, VERDICT_REVOKED, "revocation", CHECK_FAIL);
        anchors_free(trust);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(either_of_two_certificates_of_an_authority_leads_on),
        cmocka_unit_test(a_list_clears_and_condemns),
        cmocka_unit_test(of_several_delta_lists_the_newest_counts),
        cmocka_unit_test(a_list_from_the_future_clears_nobody),
        cmocka_unit_test(a_list_of_somebody_else_cannot_be_used),
        cmocka_unit_test(a_part_of_a_list_condemns_and_clears_whom_it_is_for),
        cmocka_unit_test(lists_may_have_a_key_of_their_own),
        cmocka_unit_test(lists_may_be_issued_by_another),
        cmocka_unit_test(delta_lists_add_and_take_off),
        cmocka_unit_test(not_every_authority_issues_lists),
        cmocka_unit_test(lists_are_signed_in_many_ways),
        cmocka_unit_test(authorities_and_signers_keep_to_their_limits),
        cmocka_unit_test(stamps_are_judged),
        cmocka_unit_test(a_changed_stamp_proves_nothing),
        cmocka_unit_test(a_stamp_proves_what_came_first),
        cmocka_unit_test(codes_by_certificate),
        cmocka_unit_test(codes_by_a_revoked_certificate),
        cmocka_unit_test(what_is_on_hold_is_suspended),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
