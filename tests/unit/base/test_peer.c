/* Two ends of a conversation, in one process: the listener has a thread of its own. */
#include "base/peer.h"
#include "tests/unit/base/support.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#define PATIENCE_S 30

/* What the listener heard. Written in its thread, read after the semaphore. */
struct ear {
    sem_t heard, gone;
    char last[64];
    size_t last_length;
    atomic_int heard_count, gone_count;
    struct peer *kept; /* the first who spoke */
    bool answers;      /* sends every message back */
};

static void hear(void *data, struct peer *peer, const char *message, size_t length)
{
    struct ear *ear = data;

    ear->last_length = length;
    snprintf(ear->last, sizeof ear->last, "%.*s", (int)(length < 40 ? length : 40), message);
    if (!ear->kept)
        ear->kept = peer_keep(peer);
    ear->heard_count++;
    if (ear->answers)
        assert_int_equal(peer_send(peer, message, length, NULL), STATUS_OK);
    sem_post(&ear->heard);
}

static void lose(void *data, struct peer *peer)
{
    struct ear *ear = data;

    (void)peer;
    ear->gone_count++;
    sem_post(&ear->gone);
}

static void wait_for(sem_t *semaphore)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

static struct listener *listen_at(const char *path, struct ear *ear)
{
    const struct listener_hooks hooks = {.data = ear, .heard = hear, .gone = lose};
    struct listener *listener = NULL;
    struct error error = {0};

    sem_init(&ear->heard, 0, 0);
    sem_init(&ear->gone, 0, 0);
    if (listener_open(path, &hooks, &listener, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return listener;
}

static struct peer *call(const char *path)
{
    struct peer *peer = NULL;
    struct error error = {0};

    if (peer_connect(path, &peer, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return peer;
}

static void say(struct peer *peer, const char *text)
{
    assert_int_equal(peer_send(peer, text, strlen(text), NULL), STATUS_OK);
}

static void end(struct listener *listener, struct ear *ear)
{
    peer_release(ear->kept);
    listener_close(listener);
    sem_destroy(&ear->heard);
    sem_destroy(&ear->gone);
}

static struct sockaddr_un address_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static void messages_arrive_whole_and_are_answered(void **state)
{
    const char *path = scratch_path(state, "calls");
    struct ear ear = {.answers = true};
    struct listener *listener = listen_at(path, &ear);
    struct peer *peer = call(path);
    struct buf answer = {0};

    say(peer, "first");
    say(peer, "second");
    assert_int_equal(peer_receive(peer, PATIENCE_S * 1000, &answer, NULL), STATUS_OK);
    assert_string_equal(buf_text(&answer), "first");
    assert_int_equal(peer_receive(peer, PATIENCE_S * 1000, &answer, NULL), STATUS_OK);
    assert_string_equal(buf_text(&answer), "second");
    assert_int_equal(peer_receive(peer, 0, &answer, NULL), STATUS_BUSY);
    peer_release(peer);
    wait_for(&ear.gone);
    assert_int_equal(ear.heard_count, 2);
    assert_int_equal(ear.gone_count, 1);
    buf_release(&answer);
    end(listener, &ear);
}

static void only_the_owner_can_connect_and_the_path_goes(void **state)
{
    const char *path = scratch_path(state, "calls");
    struct ear ear = {0};
    struct listener *listener = listen_at(path, &ear);
    struct stat facts;
    struct peer *peer = NULL;

    assert_int_equal(stat(path, &facts), 0);
    assert_true(S_ISSOCK(facts.st_mode));
    assert_int_equal(facts.st_mode & 0777, 0600);
    end(listener, &ear);
    assert_int_equal(stat(path, &facts), -1);
    assert_int_equal(peer_connect(path, &peer, NULL), STATUS_NOT_FOUND);
}

/* What a killed process leaves behind answers nobody, and is in nobody's way. */
static void what_lies_at_the_path_is_replaced(void **state)
{
    const char *path = scratch_path(state, "calls");
    struct sockaddr_un address = address_at(path);
    int dead = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    struct ear ear = {0};
    struct peer *peer = NULL;

    assert_int_equal(bind(dead, (const struct sockaddr *)&address, sizeof address), 0);
    close(dead);
    assert_int_equal(peer_connect(path, &peer, NULL), STATUS_NOT_FOUND);
    struct listener *listener = listen_at(path, &ear);
    peer = call(path);
    say(peer, "alive");
    wait_for(&ear.heard);
    assert_string_equal(ear.last, "alive");
    peer_release(peer);
    end(listener, &ear);
}

static void a_path_longer_than_an_address_works(void **state)
{
    char name[200];
    struct buf below = {0};
    struct ear ear = {0};

    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    buf_str(&below, scratch_path(state, name));
    assert_int_equal(mkdir(buf_text(&below), 0700), 0);
    buf_str(&below, "/calls");
    struct listener *listener = listen_at(buf_text(&below), &ear);
    struct peer *peer = call(buf_text(&below));
    say(peer, "from afar");
    wait_for(&ear.heard);
    assert_string_equal(ear.last, "from afar");
    peer_release(peer);
    buf_release(&below);
    end(listener, &ear);
}

static void messages_have_a_limit_on_both_sides(void **state)
{
    static char long_message[PEER_MESSAGE_MAX + 1];
    const char *path = scratch_path(state, "calls");
    struct ear ear = {0};
    struct listener *listener = listen_at(path, &ear);
    struct peer *peer = call(path);

    memset(long_message, 'x', sizeof long_message);
    assert_int_equal(peer_send(peer, long_message, sizeof long_message, NULL), STATUS_TOO_LARGE);
    assert_int_equal(peer_send(peer, long_message, 0, NULL), STATUS_TOO_LARGE);
    assert_int_equal(peer_send(peer, long_message, PEER_MESSAGE_MAX, NULL), STATUS_OK);
    wait_for(&ear.heard);
    assert_int_equal(ear.last_length, PEER_MESSAGE_MAX);
    peer_release(peer);
    end(listener, &ear);
}

/* Another program that does not keep to the limit is hung up on. */
static void who_sends_too_much_is_hung_up_on(void **state)
{
    static char long_message[PEER_MESSAGE_MAX + 1];
    const char *path = scratch_path(state, "calls");
    struct sockaddr_un address = address_at(path);
    struct ear ear = {0};
    struct listener *listener = listen_at(path, &ear);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, long_message, sizeof long_message, MSG_NOSIGNAL),
                     sizeof long_message);
    wait_for(&ear.gone);
    assert_int_equal(ear.heard_count, 0);
    close(fd);
    end(listener, &ear);
}

/* More than have room at once: each is heard when one before it has gone. */
static void many_callers_are_heard_one_after_another(void **state)
{
    const char *path = scratch_path(state, "calls");
    struct ear ear = {.answers = true};
    struct listener *listener = listen_at(path, &ear);
    struct peer *callers[7];
    struct buf answer = {0};

    for (size_t i = 0; i < COUNT_OF(callers); i++) {
        callers[i] = call(path);
        say(callers[i], "here");
    }
    for (size_t i = 0; i < COUNT_OF(callers); i++) {
        assert_int_equal(peer_receive(callers[i], PATIENCE_S * 1000, &answer, NULL), STATUS_OK);
        peer_release(callers[i]);
        wait_for(&ear.gone);
    }
    assert_int_equal(ear.heard_count, COUNT_OF(callers));
    buf_release(&answer);
    end(listener, &ear);
}

/* What may get lost leaves room for what may not. */
static void who_does_not_read_loses_only_what_may_get_lost(void **state)
{
    const char *path = scratch_path(state, "calls");
    char small[1000];
    struct ear ear = {0};
    struct listener *listener = listen_at(path, &ear);
    struct peer *peer = call(path);
    struct buf got = {0};
    int count = 0;

    memset(small, 's', sizeof small);
    say(peer, "hello");
    wait_for(&ear.heard);
    for (int i = 0; i < 1000; i++)
        peer_try_send(ear.kept, small, sizeof small);
    say(ear.kept, "the end");
    do
        assert_int_equal(peer_receive(peer, PATIENCE_S * 1000, &got, NULL), STATUS_OK);
    while (got.length == sizeof small && ++count < 1000);
    assert_string_equal(buf_text(&got), "the end");
    assert_in_range(count, 1, 100);
    peer_release(peer);
    buf_release(&got);
    end(listener, &ear);
}

static void who_has_hung_up_is_told(void **state)
{
    const char *path = scratch_path(state, "calls");
    struct ear ear = {0};
    struct listener *listener = listen_at(path, &ear);
    struct peer *peer = call(path);
    struct buf got = {0};
    struct error error = {0};

    say(peer, "hello");
    wait_for(&ear.heard);
    end(listener, &ear);
    assert_int_equal(peer_receive(peer, PATIENCE_S * 1000, &got, &error), STATUS_NOT_FOUND);
    assert_string_equal(error.text, "The other Huiliu has ended.");
    assert_int_equal(peer_send(peer, "still there?", 12, NULL), STATUS_NOT_FOUND);
    peer_release(peer);
    buf_release(&got);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_arrive_whole_and_are_answered),
        TEST(only_the_owner_can_connect_and_the_path_goes),
        TEST(what_lies_at_the_path_is_replaced),
        TEST(a_path_longer_than_an_address_works),
        TEST(messages_have_a_limit_on_both_sides),
        TEST(who_sends_too_much_is_hung_up_on),
        TEST(many_callers_are_heard_one_after_another),
        TEST(who_does_not_read_loses_only_what_may_get_lost),
        TEST(who_has_hung_up_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
