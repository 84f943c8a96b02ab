#include "db/request_doc.h"
#include "tests/unit/base/support.h"

#define ULID(last) "01JDZZZZZZZZZZZZZZZZZZZZ" last

static void ok(enum status status)
{
    assert_int_equal(status, STATUS_OK);
}

static json_t *parse(const char *text)
{
    json_t *value = NULL;

    ok(json_parse(text, strlen(text), &value, NULL));
    return value;
}

static json_t *freeze(struct request_draft *draft, const char *changes)
{
    json_t *frozen = NULL;
    struct error error = {0};

    draft->changes = parse(changes);
    if (request_freeze(draft, &frozen, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    json_decref(draft->changes);
    return frozen;
}

static struct request_draft good_draft(void)
{
    return (struct request_draft){
        .id = "request:" ULID("00"),
        .kind = "correction",
        .area = "990106001",
        .station = "窗口 3",
        .origin = ULID("ZZ"),
        .dataset = "population",
        .record = "person:990106199001011230",
        .base_rev = "3-abc",
        .subject_kind = "person",
        .subject_id = "990106199001011230",
        .ground = "inaccurate",
        .reason = "moved",
    };
}

static json_t *event(const char *id, const char *by, const char *role, const char *action,
                     const char *note)
{
    json_t *json = NULL;
    const struct request_event made = {.id = id,
                                       .at = "2026-03-14T08:05:09.123Z",
                                       .mono = 1,
                                       .by = by,
                                       .role = role,
                                       .action = action,
                                       .note = note};

    ok(request_event_json(&made, &json, NULL));
    return json;
}

/* --- frozen part ------------------------------------------------------------------------------ */

#define ONE_CHANGE "[{\"field\":\"phone\",\"base\":null,\"proposed\":\"19900001234\"}]"

static void the_hash_covers_everything_frozen(void **state)
{
    struct request_draft draft = good_draft();
    json_t *frozen = freeze(&draft, ONE_CHANGE);
    json_t *events = json_array();
    json_t *document = NULL;

    (void)state;
    assert_int_equal(strlen(json_text(frozen, "hash", "")), 64);
    assert_int_equal(json_int(frozen, "schema", 0), 1);
    json_array_append_new(events, event(ULID("01"), "li", "clerk", "submit", NULL));
    ok(request_join(frozen, events, &document, NULL));
    json_object_set_new(document, "_rev", json_string("1-a"));
    json_object_set_new(document, "_attachments", json_object());
    ok(request_check(document, NULL));
    json_object_set_new(document, "reason", json_string("another"));
    assert_int_equal(request_check(document, NULL), STATUS_CORRUPT);
    json_object_set_new(document, "reason", json_string("moved"));
    ok(request_check(document, NULL));
    json_object_set_new(document, "unknown", json_true());
    assert_int_equal(request_check(document, NULL), STATUS_CORRUPT);
    json_decref(document);
    json_decref(events);
    json_decref(frozen);
}

static void the_hash_is_the_documented_one(void **state)
{
    struct request_draft draft = good_draft();
    json_t *frozen = freeze(&draft, ONE_CHANGE);

    (void)state;
    /* Computed from the documented form by another program. */
    assert_string_equal(json_text(frozen, "hash", ""),
                        "bd5fb645351f3ca6ffc95152cc8c47e33c62347792f94ceb16c2adeca115e7ab");
    json_decref(frozen);
}

static void a_bad_draft_is_refused(void **state)
{
    json_t *frozen = NULL;
    struct request_draft draft;
    static const char *const bad_changes[] = {
        "[]",
        "[1]",
        "[{\"field\":\"\",\"base\":1,\"proposed\":2}]",
        "[{\"field\":\"a\",\"proposed\":2}]",
        "[{\"field\":\"a\",\"base\":1}]",
        "[{\"field\":\"a\",\"base\":1,\"proposed\":2},{\"field\":\"a\",\"base\":1,\"proposed\":3}]",
        "[{\"field\":\"a\",\"base\":1.5,\"proposed\":2}]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_changes); i++) {
        draft = good_draft();
        draft.changes = parse(bad_changes[i]);
        assert_int_equal(request_freeze(&draft, &frozen, NULL), STATUS_INVALID);
        json_decref(draft.changes);
    }
    json_t *changes = parse(ONE_CHANGE);
    draft = good_draft();
    draft.changes = changes;
    draft.ground = "because";
    assert_int_equal(request_freeze(&draft, &frozen, NULL), STATUS_INVALID);
    draft = good_draft();
    draft.changes = changes;
    draft.reason = "";
    assert_int_equal(request_freeze(&draft, &frozen, NULL), STATUS_INVALID);
    draft = good_draft();
    draft.changes = changes;
    draft.id = "request:01jd";
    assert_int_equal(request_freeze(&draft, &frozen, NULL), STATUS_INVALID);
    draft = good_draft();
    draft.changes = changes;
    draft.kind = "wish";
    assert_int_equal(request_freeze(&draft, &frozen, NULL), STATUS_INVALID);
    assert_null(frozen);
    json_decref(changes);
}

static void a_bad_document_is_refused(void **state)
{
    struct request_draft draft = good_draft();
    json_t *frozen = freeze(&draft, ONE_CHANGE);
    json_t *document = json_deep_copy(frozen);

    (void)state;
    assert_int_equal(request_check(document, NULL), STATUS_INVALID); /* no events */
    json_object_set_new(document, "events", parse("[{\"id\":\"x\"}]"));
    assert_int_equal(request_check(document, NULL), STATUS_INVALID);
    json_object_set_new(document, "events", json_array());
    ok(request_check(document, NULL));
    json_object_set_new(document, "schema", json_integer(2));
    assert_int_equal(request_check(document, NULL), STATUS_UNSUPPORTED);
    json_t *array = json_array();
    assert_int_equal(request_check(array, NULL), STATUS_INVALID);
    json_decref(array);
    json_decref(document);
    json_decref(frozen);
}

static void splitting_and_joining_are_inverses(void **state)
{
    struct request_draft draft = good_draft();
    json_t *frozen = freeze(&draft, ONE_CHANGE);
    json_t *events = json_array();
    json_t *document = NULL;
    json_t *frozen_again = NULL;
    json_t *events_again = NULL;

    (void)state;
    json_array_append_new(events, event(ULID("02"), "wang", "supervisor", "approve", NULL));
    json_array_append_new(events, event(ULID("01"), "li", "clerk", "submit", NULL));
    ok(request_join(frozen, events, &document, NULL));
    ok(request_split(document, &frozen_again, &events_again, NULL));
    assert_true(json_equal(frozen, frozen_again));
    assert_string_equal(json_text(json_array_get(events_again, 0), "id", ""), ULID("01"));
    assert_int_equal(json_array_size(events_again), 2);
    json_decref(frozen_again);
    json_decref(events_again);
    json_decref(document);
    json_decref(events);
    json_decref(frozen);
}

static void one_id_is_one_event(void **state)
{
    json_t *a = json_array();
    json_t *b = json_array();
    json_t *merged = NULL;

    (void)state;
    json_array_append_new(a, event(ULID("01"), "li", "clerk", "submit", NULL));
    json_array_append_new(b, event(ULID("01"), "li", "clerk", "submit", NULL));
    ok(request_merge_events(a, b, &merged, NULL));
    assert_int_equal(json_array_size(merged), 1);
    json_decref(merged);
    merged = NULL;
    json_array_append_new(b, event(ULID("01"), "li", "clerk", "withdraw", NULL));
    assert_int_equal(request_merge_events(a, b, &merged, NULL), STATUS_CORRUPT);
    assert_null(merged);
    json_decref(a);
    json_decref(b);
}

static void ids_are_normalised(void **state)
{
    char id[REQUEST_ID_MAX];

    (void)state;
    assert_true(request_id_normalise("01jdzzzzzzzzzzzzzzzzzzzz00", id));
    assert_string_equal(id, "request:" ULID("00"));
    assert_true(request_id_normalise("request:" ULID("00"), id));
    assert_string_equal(id, "request:" ULID("00"));
    assert_false(request_id_normalise("", id));
    assert_false(request_id_normalise("request:", id));
    assert_false(request_id_normalise("91JDZZZZZZZZZZZZZZZZZZZZ00", id));
    assert_false(request_id_normalise("01JDZZZZZZZZZZZZZZZZZZZZU0", id));
}

/* --- the fold --------------------------------------------------------------------------------- */

struct happening {
    const char *id, *by, *role, *action, *note;
};

static json_t *events_of(const struct happening *happenings, size_t count)
{
    json_t *events = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(events, event(happenings[i].id, happenings[i].by, happenings[i].role,
                                            happenings[i].action, happenings[i].note));
    return events;
}

struct story {
    const char *what;
    struct happening happenings[8];
    enum request_state state;
    size_t ignored;
};

static const struct story stories[] = {
    {"nothing", {{0}}, REQUEST_DRAFT, 0},
    {"submitted", {{ULID("01"), "li", "clerk", "submit", NULL}}, REQUEST_PENDING_REVIEW, 0},
    {"the whole way",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "approve", NULL},
      {ULID("03"), "gongan", "provider", "receive", NULL},
      {ULID("04"), "gongan", "provider", "check", NULL},
      {ULID("05"), "gongan", "provider", "correct", NULL},
      {ULID("06"), "li", "clerk", "close", NULL}},
     REQUEST_CLOSED,
     0},
    {"the maker cannot approve",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "li", "supervisor", "approve", NULL}},
     REQUEST_PENDING_REVIEW,
     1},
    {"a clerk cannot approve",
     {{ULID("01"), "li", "clerk", "submit", NULL}, {ULID("02"), "wang", "clerk", "approve", NULL}},
     REQUEST_PENDING_REVIEW,
     1},
    {"returning needs a reason",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "return", NULL}},
     REQUEST_PENDING_REVIEW,
     1},
    {"returned with a reason, then resubmitted",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "return", "no evidence"},
      {ULID("03"), "li", "clerk", "resubmit", "request:" ULID("99")}},
     REQUEST_CLOSED,
     0},
    {"only the maker withdraws",
     {{ULID("01"), "li", "clerk", "submit", NULL}, {ULID("02"), "zhao", "clerk", "withdraw", NULL}},
     REQUEST_PENDING_REVIEW,
     1},
    {"withdrawn while approved",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "approve", NULL},
      {ULID("03"), "li", "clerk", "withdraw", NULL}},
     REQUEST_WITHDRAWN,
     0},
    {"a station with a slow clock: the approval waits for the submission",
     {{ULID("05"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "approve", NULL}},
     REQUEST_APPROVED,
     0},
    {"the first decision counts",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "return", "no"},
      {ULID("03"), "zhao", "supervisor", "approve", NULL}},
     REQUEST_RETURNED,
     1},
    {"only a provider receives",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "approve", NULL},
      {ULID("03"), "wang", "supervisor", "receive", NULL}},
     REQUEST_APPROVED,
     1},
    {"disputed and closed",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "approve", NULL},
      {ULID("03"), "gongan", "provider", "receive", NULL},
      {ULID("04"), "gongan", "provider", "uphold", NULL},
      {ULID("05"), "li", "clerk", "dispute", NULL},
      {ULID("06"), "gongan", "provider", "close", NULL}},
     REQUEST_CLOSED,
     0},
    {"notes change nothing, unknown actions neither",
     {{ULID("01"), "li", "clerk", "submit", NULL},
      {ULID("02"), "wang", "supervisor", "note", "hm"},
      {ULID("03"), "wang", "supervisor", "abolish", NULL}},
     REQUEST_PENDING_REVIEW,
     1},
};

static size_t count_happenings(const struct story *story)
{
    size_t count = 0;

    while (count < COUNT_OF(story->happenings) && story->happenings[count].id)
        count++;
    return count;
}

static size_t count_ignored(const struct request_fold *fold)
{
    size_t ignored = 0;

    for (size_t i = 0; i < fold->step_count; i++) {
        ignored += fold->steps[i].ignored ? 1 : 0;
        if (fold->steps[i].ignored)
            assert_true(strlen(fold->steps[i].ignored) > 0);
    }
    return ignored;
}

static void stories_end_as_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stories); i++) {
        const struct story *story = &stories[i];
        json_t *events = events_of(story->happenings, count_happenings(story));
        struct arena *arena = arena_new();
        struct request_fold fold;
        ok(request_fold_events(events, arena, &fold, NULL));
        if (fold.state != story->state || count_ignored(&fold) != story->ignored)
            fail_msg("%s: %s, %zu ignored", story->what, request_state_name(fold.state),
                     count_ignored(&fold));
        assert_int_equal(fold.step_count, count_happenings(story));
        arena_free(arena);
        json_decref(events);
    }
}

static void the_fold_knows_who_and_when(void **state)
{
    json_t *events = events_of(stories[2].happenings, 6);
    struct arena *arena = arena_new();
    struct request_fold fold;

    (void)state;
    ok(request_fold_events(events, arena, &fold, NULL));
    assert_string_equal(fold.maker, "li");
    assert_string_equal(fold.decided_by, "wang");
    assert_string_equal(fold.received_at, "2026-03-14T08:05:09.123Z");
    assert_null(fold.return_reason);
    assert_int_equal(fold.steps[0].state, REQUEST_PENDING_REVIEW);
    arena_free(arena);
    json_decref(events);
}

static json_t *random_events(uint64_t *seed, size_t count)
{
    static const char *const actions[] = {"submit", "approve",  "return", "withdraw",  "receive",
                                          "check",  "correct",  "uphold", "need_more", "dispute",
                                          "close",  "resubmit", "note"};
    static const char *const people[] = {"li", "wang", "zhao"};
    static const char *const roles[] = {"clerk", "supervisor", "provider"};
    json_t *events = json_array();

    for (size_t i = 0; i < count; i++) {
        char id[40];
        snprintf(id, sizeof id, "01JDZZZZZZZZZZZZZZZZZZZ%03u", next_number(seed) % 500);
        json_array_append_new(events,
                              event(id, people[next_number(seed) % 3], roles[next_number(seed) % 3],
                                    actions[next_number(seed) % COUNT_OF(actions)], "n"));
    }
    return events;
}

static void drop_repeated(json_t *events)
{
    for (size_t i = 0; i < json_array_size(events); i++)
        for (size_t j = json_array_size(events) - 1; j > i; j--)
            if (strcmp(json_text(json_array_get(events, i), "id", ""),
                       json_text(json_array_get(events, j), "id", "")) == 0)
                json_array_remove(events, j);
}

static char *fold_as_text(const json_t *events)
{
    struct arena *arena = arena_new();
    struct request_fold fold;
    struct buf text = {0};

    ok(request_fold_events(events, arena, &fold, NULL));
    buf_printf(&text, "%s %s ", request_state_name(fold.state), fold.maker);
    for (size_t i = 0; i < fold.step_count; i++)
        buf_printf(&text, "%s:%s ", fold.steps[i].id,
                   fold.steps[i].ignored ? fold.steps[i].ignored : "");
    arena_free(arena);
    return buf_take(&text);
}

/* Whatever way the copies of a set are cut, ordered and joined, every replica sees the same. */
static void every_replica_computes_the_same(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 500; round++) {
        json_t *all = random_events(&seed, 1 + next_number(&seed) % 12);
        json_t *a = json_array();
        json_t *b = json_array();
        json_t *ab = NULL;
        json_t *ba = NULL;
        drop_repeated(all);
        for (size_t i = json_array_size(all); i-- > 0;) {
            uint32_t where = next_number(&seed) % 3;
            if (where != 0)
                json_array_append(a, json_array_get(all, i));
            if (where != 1)
                json_array_append(b, json_array_get(all, i));
        }
        ok(request_merge_events(a, b, &ab, NULL));
        ok(request_merge_events(b, a, &ba, NULL));
        assert_true(json_equal(ab, ba));
        char *one = fold_as_text(all);
        char *two = fold_as_text(ab);
        assert_string_equal(one, two);
        free(one);
        free(two);
        json_decref(all);
        json_decref(a);
        json_decref(b);
        json_decref(ab);
        json_decref(ba);
    }
}

static void states_have_names(void **state)
{
    (void)state;
    for (int i = REQUEST_DRAFT; i <= REQUEST_CLOSED; i++) {
        enum request_state parsed = REQUEST_DRAFT;
        assert_true(request_state_parse(request_state_name((enum request_state)i), &parsed));
        assert_int_equal(parsed, i);
        assert_true(strlen(request_state_title((enum request_state)i)) > 0);
    }
    enum request_state unchanged = REQUEST_CLOSED;
    assert_false(request_state_parse("nonsense", &unchanged));
    assert_int_equal(unchanged, REQUEST_CLOSED);
    assert_true(request_state_is_final(REQUEST_CLOSED));
    assert_false(request_state_is_final(REQUEST_PENDING_REVIEW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_covers_everything_frozen),
        cmocka_unit_test(the_hash_is_the_documented_one),
        cmocka_unit_test(a_bad_draft_is_refused),
        cmocka_unit_test(a_bad_document_is_refused),
        cmocka_unit_test(splitting_and_joining_are_inverses),
        cmocka_unit_test(one_id_is_one_event),
        cmocka_unit_test(ids_are_normalised),
        cmocka_unit_test(stories_end_as_told),
        cmocka_unit_test(the_fold_knows_who_and_when),
        cmocka_unit_test(every_replica_computes_the_same),
        cmocka_unit_test(states_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
