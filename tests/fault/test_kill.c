/*
 * The real program is killed at any moment, again and again: command lines that raise, decide and
 * synchronise, and the interface. Whatever a command said to be done is there; nothing is there
 * twice; the next command finds nothing in its way.
 */
#include "db/account.h"
#include "db/journal.h"
#include "db/overview.h"
#include "tests/cli/run.h"
#include "tests/e2e/rig.h"
#include "tests/fault/chance.h"
#include "tests/fault/typist.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS        60
#define CHECK_EVERY   12 /* rounds */
#define WINDOW_ROUNDS 8
#define PEOPLE_COUNT  40
#define ROUNDS_EACH   240 /* in one scene before it is made anew */
#define SAID_MAX      ROUNDS_EACH
#define TYPED_US      60000 /* until the submitted request is on the screen as saved, and longer */
#define PASSPHRASE    "river-and-stone"
#define CHEAP_COST    16 /* of scrypt: a login takes no time here */

struct said {
    char id[48];
    bool approved;
};

struct scene {
    struct rig rig;
    struct seat seat; /* closed but while the scene looks at it */
    char *passphrase_file;
    struct said *said; /* by the program, on its output or its screen */
    size_t said_count;
    struct tally *tally;
    int killed;
};

/* Of the whole run. */
struct tally {
    size_t said;
    int killed, finished, windows_shown, typed, typed_saved, typed_unsaid;
};

/* --- the scene -------------------------------------------------------------------------------- */

static void look(struct scene *scene)
{
    seat_open(&scene->rig, &scene->seat, "desk", "li", ACCOUNT_CLERK);
}

static void print_hex(const unsigned char *bytes, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* As db/passphrase.h keeps it, at a lower cost. */
static void make_login_cheap(struct scene *scene)
{
    static const unsigned char salt[16] = "0123456789abcdef";
    unsigned char key[32];
    char salt_text[33], key_text[65], script[320];
    struct error error = {0};
    struct sql *sql = outbox_lock(scene->seat.outbox);

    assert_int_equal(EVP_PBE_scrypt(PASSPHRASE, strlen(PASSPHRASE), salt, sizeof salt, CHEAP_COST,
                                    8, 1, 0, key, sizeof key),
                     1);
    print_hex(salt, sizeof salt, salt_text);
    print_hex(key, sizeof key, key_text);
    snprintf(script, sizeof script, "UPDATE account SET passphrase = 'scrypt$%d$8$1$%s$%s'",
             CHEAP_COST, salt_text, key_text);
    if (sql_exec(sql, script, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    outbox_unlock(scene->seat.outbox);
}

static void add_account(struct scene *scene, const char *name, unsigned roles)
{
    struct error error = {0};

    if (account_add(scene->seat.outbox, name, roles, PASSPHRASE, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}

static void set_scene(struct scene *scene, struct tally *tally)
{
    *scene = (struct scene){.said = calloc(SAID_MAX, sizeof *scene->said), .tally = tally};
    assert_non_null(scene->said);
    rig_start(&scene->rig, SERVER_FIXTURE, NULL);
    rig_create(&scene->rig, REQUESTS);
    rig_load_people(&scene->rig, 0, PEOPLE_COUNT);
    look(scene);
    seat_sync(&scene->seat, STATUS_OK);
    add_account(scene, "li", ACCOUNT_CLERK);
    add_account(scene, "wang", ACCOUNT_SUPERVISOR);
    make_login_cheap(scene);
    seat_close(&scene->seat);
    scene->passphrase_file = write_file(scene->rig.directory, "passphrase", PASSPHRASE "\n");
}

static void leave_scene(struct scene *scene)
{
    scene->tally->said += scene->said_count;
    scene->tally->killed += scene->killed;
    rig_stop(&scene->rig);
    free(scene->passphrase_file);
    free(scene->said);
}

/* --- one command ------------------------------------------------------------------------------ */

/* Busy rather than asleep, so that the moment falls anywhere; what is said meanwhile is kept. */
static void hear_for(int fd, int64_t microseconds, struct buf *heard)
{
    struct timespec start, now;
    char bytes[4096];

    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, 0) > 0) {
            ssize_t got = read(fd, bytes, sizeof bytes);
            if (got <= 0)
                return;
            buf_bytes(heard, bytes, (size_t)got);
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000 <
             microseconds);
}

static void hear_rest(int fd, struct buf *heard)
{
    char bytes[4096];
    ssize_t got;

    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        buf_bytes(heard, bytes, (size_t)got);
}

/* Lets the command live for so long (-1: to its end). Its exit code, or 128 + 9. */
static int run_for(struct scene *scene, const char *const *arguments, int64_t microseconds,
                   struct buf *heard)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = start_program("huiliu", -1, ends[1], ends[1], arguments);
    close(ends[1]);
    if (microseconds >= 0) {
        hear_for(ends[0], microseconds, heard);
        kill(child, SIGKILL);
    }
    hear_rest(ends[0], heard);
    close(ends[0]);
    int code = wait_code(child);
    scene->killed += code == 128 + SIGKILL;
    scene->tally->finished += code != 128 + SIGKILL;
    return code;
}

static void remember(struct scene *scene, const char *id)
{
    assert_true(scene->said_count < SAID_MAX);
    snprintf(scene->said[scene->said_count++].id, 48, "%s", id);
}

static int64_t some_time(struct chance *chance)
{
    return chance_one_in(chance, 6) ? -1 : (int64_t)chance_below(chance, 45000);
}

static void raise_one(struct scene *scene, struct chance *chance)
{
    char person[32], set[96];
    struct buf heard = {0};
    rig_person_id((int)chance_below(chance, PEOPLE_COUNT), person);
    snprintf(set, sizeof set, "registered_address=北村%llu号",
             (unsigned long long)chance_next(chance));
    const char *const arguments[] = {"request",
                                     "new",
                                     "--home",
                                     scene->seat.directory,
                                     "--as",
                                     "li",
                                     "--passphrase-file",
                                     scene->passphrase_file,
                                     "--json",
                                     "--dataset",
                                     "population",
                                     "--record",
                                     person,
                                     "--set",
                                     set,
                                     "--ground",
                                     "inaccurate",
                                     "--reason",
                                     "moved",
                                     NULL};
    int code = run_for(scene, arguments, some_time(chance), &heard);
    json_t *answer = json_loadb(buf_text(&heard), heard.length, 0, NULL);
    if (code != 0 && code != 128 + SIGKILL)
        fail_msg("request new: exit %d: %s", code, buf_text(&heard));
    if (answer)
        remember(scene, json_text(answer, "id", ""));
    json_decref(answer);
    buf_release(&heard);
}

static void approve_one(struct scene *scene, struct chance *chance)
{
    struct buf heard = {0};
    if (scene->said_count == 0)
        return;

    struct said *said = &scene->said[chance_below(chance, scene->said_count)];
    const char *const arguments[] = {"request",
                                     "approve",
                                     said->id,
                                     "--home",
                                     scene->seat.directory,
                                     "--as",
                                     "wang",
                                     "--passphrase-file",
                                     scene->passphrase_file,
                                     "--json",
                                     NULL};
    int code = run_for(scene, arguments, some_time(chance), &heard);
    said->approved = said->approved || code == 0;
    if (code != 0 && code != 128 + SIGKILL && code != 4 && code != 1) /* approved before */
        fail_msg("request approve: exit %d: %s", code, buf_text(&heard));
    buf_release(&heard);
}

static void synchronise(struct scene *scene, int64_t microseconds)
{
    struct buf heard = {0};
    const char *const arguments[] = {"sync", "--home", scene->seat.directory, "--json", NULL};
    int code = run_for(scene, arguments, microseconds, &heard);

    if (code != 0 && code != 5 && code != 128 + SIGKILL) /* 5: something is held */
        fail_msg("sync: exit %d: %s", code, buf_text(&heard));
    buf_release(&heard);
}

static void change_upstream(struct scene *scene, struct chance *chance)
{
    char rev[COUCH_REV_MAX], address[32];

    snprintf(address, sizeof address, "新村%llu号", (unsigned long long)chance_below(chance, 1000));
    rig_change_person(&scene->rig, (int)chance_below(chance, PEOPLE_COUNT), address, rev);
}

/* Logs in, which starts a synchronisation, and dies. */
static void open_interface(struct scene *scene, struct chance *chance)
{
    int terminal;
    struct buf shown = {0};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    const char *path = program_path("huiliu");
    pid_t child = forkpty(&terminal, NULL, NULL, &size);

    assert_true(child >= 0);
    if (child == 0) {
        setenv("TERM", "xterm-256color", 1);
        execl(path, path, "--home", scene->seat.directory, "--as", "li", "--lang", "en",
              (char *)NULL);
        _exit(127);
    }
    hear_for(terminal, 30000, &shown);
    dprintf(terminal, "%s\r", PASSPHRASE);
    hear_for(terminal, (int64_t)chance_below(chance, 250000), &shown);
    kill(-child, SIGKILL);
    waitpid(child, NULL, 0);
    close(terminal);
    scene->killed++;
    scene->tally->windows_shown += shown.length > 0;
    buf_release(&shown);
}

/* Requests that propose this; the last one's id. */
static int requests_of(struct scene *scene, const char *proposed, char id[48])
{
    struct error error = {0};
    struct stmt *stmt;
    bool row = false;
    int count = 0;

    if (sql_statement(reader_outbox(scene->seat.reader),
                      "SELECT id FROM request WHERE instr(frozen, ?1) > 0", &stmt,
                      &error) != STATUS_OK)
        fail_msg("%s", error.text);
    stmt_bind_text(stmt, 1, proposed);
    while (stmt_step(stmt, &row, &error) == STATUS_OK && row) {
        snprintf(id, 48, "%s", stmt_text(stmt, 0));
        count++;
    }
    stmt_reset(stmt);
    return count;
}

static bool is_draft(struct scene *scene, const char *person, const char *proposed)
{
    struct error error = {0};
    json_t *form = NULL;

    enum status status =
        draft_load(scene->seat.reader, &scene->seat.session, "population", person, &form, &error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        fail_msg("%s", error.text);
    char *text = form ? json_dumps(form, 0) : NULL;
    bool has = text && strstr(text, proposed);
    free(text);
    json_decref(form);
    return has;
}

/* What was typed is one request, or still a draft; what was said to be saved is the request. */
static void expect_typed(struct scene *scene, const char *person, const char *proposed, bool said)
{
    char id[48] = "";

    look(scene);
    int count = requests_of(scene, proposed, id);
    if (count > 1 || (said && count == 0))
        fail_msg("%s: %d requests, said to be saved: %d", proposed, count, said);
    if (count == 0 && !is_draft(scene, person, proposed))
        fail_msg("%s was typed and is neither saved nor a draft", proposed);
    seat_close(&scene->seat);
    scene->tally->typed++;
    scene->tally->typed_saved += said;
    scene->tally->typed_unsaid += !said && count == 1;
    if (said)
        remember(scene, id);
}

/* Microseconds: up to 60 ms, short times more often, because a save takes a few. */
static int64_t around_the_save(struct chance *chance)
{
    int64_t root = (int64_t)chance_below(chance, 3900);

    return root * root * root / 1000000;
}

/* A correction is typed in the window and submitted; the program dies around the moment of saving.
 */
static void type_one(struct scene *scene, struct chance *chance)
{
    char person[32], proposed[64];

    rig_person_id((int)chance_below(chance, PEOPLE_COUNT), person);
    snprintf(proposed, sizeof proposed, "Mill Lane %llu", (unsigned long long)chance_next(chance));
    const struct typist typist = {.home = scene->seat.directory,
                                  .account = "li",
                                  .passphrase = PASSPHRASE,
                                  .number = person + strlen("person:"),
                                  .proposed = proposed,
                                  .lives_us = around_the_save(chance)};
    bool said = typist_submits_and_dies(&typist);
    scene->killed++;
    expect_typed(scene, person, proposed, said);
}

/* --- what must be true ------------------------------------------------------------------------ */

static void expect_said(struct scene *scene, const struct said *said)
{
    struct error error = {0};
    struct request_detail *detail = NULL;

    if (request_get(scene->seat.reader, said->id, &detail, &error) != STATUS_OK)
        fail_msg("%s was said to be saved and is lost: %s", said->id, error.text);
    if (said->approved && detail->row.state != REQUEST_APPROVED)
        fail_msg("%s was said to be approved and is %s", said->id,
                 request_state_name(detail->row.state));
    request_detail_free(detail);
}

/* What the program says of the whole is what the tables say. */
static void expect_status(struct scene *scene, int64_t count)
{
    const char *const arguments[] = {"status", "--home", scene->seat.directory, "--json", NULL};
    struct outcome outcome = run_arguments(NULL, arguments);
    assert_int_equal(outcome.code, 0);
    const json_t *queue = json_object_get(outcome_json(&outcome), "requests");

    assert_int_equal(json_int(queue, "delivered", -1), count);
    assert_int_equal(json_int(queue, "queued", -1), 0);
    assert_int_equal(json_int(queue, "sending", -1), 0);
    assert_int_equal(json_int(queue, "held", -1), 0);
    outcome_release(&outcome);
}

static void expect_upstream_once(struct scene *scene, int64_t count)
{
    json_t *facts = rig_ask(&scene->rig, "GET", "/" REQUESTS, NULL, 200);

    assert_int_equal(json_int(facts, "doc_count", -1), count);
    json_decref(facts);
    for (size_t i = 0; i < scene->said_count; i++)
        json_decref(rig_get(&scene->rig, REQUESTS, scene->said[i].id));
}

/* Somebody looks at what is held - its record has changed meanwhile - and keeps it. */
static bool keep_held(struct scene *scene)
{
    struct error error = {0};
    struct request_list *held = NULL;
    const struct request_filter filter = {.state = -1, .held_only = true};
    const struct seat *seat = &scene->seat;

    look(scene);
    if (request_list(seat->reader, &filter, &held, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < held->count; i++)
        if (request_resolve(seat->outbox, seat->reader, &seat->session, held->rows[i].id,
                            RESOLVE_KEEP, "still right", &error) != STATUS_OK)
            fail_msg("%s: %s", held->rows[i].id, error.text);
    bool any = held->count > 0;
    request_list_free(held);
    seat_close(&scene->seat);
    return any;
}

static void come_to_rest(struct scene *scene)
{
    do {
        synchronise(scene, -1);
        synchronise(scene, -1); /* what the first one sent comes back with the feed */
    } while (keep_held(scene));
}

static void expect_all(struct scene *scene)
{
    struct error error = {0};
    int64_t count = 0;

    come_to_rest(scene);
    look(scene);
    assert_int_equal(outbox_health(scene->seat.outbox, &error), STATUS_OK);
    if (sql_integer(reader_outbox(scene->seat.reader), "SELECT count(*) FROM request", &count,
                    &error) != STATUS_OK)
        fail_msg("%s", error.text);
    assert_in_range(count, scene->said_count, scene->said_count + (size_t)scene->killed);
    for (size_t i = 0; i < scene->said_count; i++)
        expect_said(scene, &scene->said[i]);
    seat_expect_upstream(&scene->seat);
    seat_close(&scene->seat);
    expect_upstream_once(scene, count);
    expect_status(scene, count);
}

static void one_round(struct scene *scene, struct chance *chance)
{
    uint64_t what = chance_below(chance, 24);

    if (what == 23)
        type_one(scene, chance);
    else if (what == 22)
        open_interface(scene, chance);
    else if ((what %= 11) < 5)
        raise_one(scene, chance);
    else if (what < 8)
        approve_one(scene, chance);
    else
        synchronise(scene, some_time(chance));
    if (chance_one_in(chance, 3))
        change_upstream(scene, chance);
}

static void expect_variety(const struct tally *tally, int rounds)
{
    print_message(
        "# %d rounds: %d killed (%d windows, %d of them with a request under way), %d ran "
        "to their end, %zu requests said to be saved, %d of them by a window; %d were "
        "saved unsaid\n",
        rounds, tally->killed, tally->windows_shown + tally->typed, tally->typed, tally->finished,
        tally->said, tally->typed_saved, tally->typed_unsaid);
    assert_true(tally->killed * 4 > rounds);
    assert_true(tally->said > 0);
    assert_true(tally->windows_shown + tally->typed > 0);
}

static void killed_at_any_moment(void **state)
{
    static struct scene scene;
    struct tally tally = {0};
    int rounds = chance_rounds(ROUNDS);

    (void)state;
    for (int round = 0; round < rounds; round++) {
        struct chance chance = {chance_round_seed(round)};
        bool is_last = round == rounds - 1 || round % ROUNDS_EACH == ROUNDS_EACH - 1;
        if (round % ROUNDS_EACH == 0)
            set_scene(&scene, &tally);
        one_round(&scene, &chance);
        if (round % CHECK_EVERY == CHECK_EVERY - 1 || is_last) {
            print_message("FAULT_SEED=%llu\n", (unsigned long long)chance_round_seed(round));
            expect_all(&scene);
        }
        if (is_last)
            leave_scene(&scene);
    }
    expect_variety(&tally, rounds);
}

/* As soon as it is shown as saved it is: a round of its own, because it is rare among the others.
 */
static void a_window_says_saved_and_dies(void **state)
{
    static struct scene scene;
    struct tally tally = {0};
    struct chance chance = {chance_seed()};

    (void)state;
    set_scene(&scene, &tally);
    for (int round = 0; round < WINDOW_ROUNDS; round++)
        type_one(&scene, &chance);
    expect_all(&scene);
    leave_scene(&scene);
    print_message("# %d windows: %d said to have saved, %d had and did not say so\n", tally.typed,
                  tally.typed_saved, tally.typed_unsaid);
    assert_true(tally.typed_saved > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(a_window_says_saved_and_dies),
    };

    if (sql_start(NULL) != STATUS_OK)
        return 1;
    return cmocka_run_group_tests_name("kill -9", tests, NULL, NULL);
}
