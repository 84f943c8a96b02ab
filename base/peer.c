#include "base/peer.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "base/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PEERS_MAX    4 /* more wait until one has gone */
#define SEND_WAIT_MS 2000
#define BEHIND_BYTES 16384 /* unread; the room is 208 KiB */

struct peer {
    int fd;
    atomic_int references;
};

struct listener {
    char path[PATH_MAX];
    struct listener_hooks hooks;
    pthread_t thread;
    bool running;
    int socket, leave; /* leave: an eventfd */
    struct peer *peers[PEERS_MAX];
    size_t peer_count;
    char message[PEER_MESSAGE_MAX];
};

/* --- addresses -------------------------------------------------------------------------------- */

/* A socket's address has room for 107 bytes; longer paths go by way of an open directory, whose
 * descriptor the caller closes. */
static enum status address_of(const char *path, struct sockaddr_un *address, int *directory)
{
    char parent[PATH_MAX], name[PATH_MAX];

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    *directory = -1;
    if (strlen(path) >= sizeof parent)
        return STATUS_INVALID;
    if (strlen(path) < sizeof address->sun_path) {
        memcpy(address->sun_path, path, strlen(path) + 1);
        return STATUS_OK;
    }
    memcpy(parent, path, strlen(path) + 1);
    memcpy(name, path, strlen(path) + 1);
    *directory = open(dirname(parent), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s",
                          *directory, basename(name));
    return *directory >= 0 && (size_t)length < sizeof address->sun_path ? STATUS_OK
                                                                        : STATUS_INVALID;
}

typedef int attach_fn(int fd, const struct sockaddr *address, socklen_t length);

/* bind() or connect(); 0, or an errno. */
static int attach(int fd, const char *path, attach_fn *how)
{
    struct sockaddr_un address;
    int directory;
    int errnum = ENAMETOOLONG;

    if (address_of(path, &address, &directory) == STATUS_OK)
        errnum = how(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    if (directory >= 0)
        close(directory);
    return errnum;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* --- one side of a conversation --------------------------------------------------------------- */

static struct peer *peer_of(int fd)
{
    struct peer *peer = malloc(sizeof *peer);

    if (!peer) {
        close(fd);
        return NULL;
    }
    peer->fd = fd;
    atomic_init(&peer->references, 1);
    return peer;
}

struct peer *peer_keep(struct peer *peer)
{
    atomic_fetch_add(&peer->references, 1);
    return peer;
}

void peer_release(struct peer *peer)
{
    if (!peer || atomic_fetch_sub(&peer->references, 1) > 1)
        return;
    close(peer->fd);
    free(peer);
}

enum status peer_connect(const char *path, struct peer **peer, struct error *error)
{
    int fd = new_socket();
    if (fd < 0)
        return error_set_errno(error, errno, _("Cannot open %s"), path);

    int errnum = attach(fd, path, connect);
    if (errnum != 0) {
        close(fd);
        return errnum == ECONNREFUSED ? error_set_errno(error, ENOENT, _("Cannot open %s"), path)
                                      : error_set_errno(error, errnum, _("Cannot open %s"), path);
    }
    struct peer *made = peer_of(fd);
    if (!made)
        return error_nomem(error);
    *peer = made;
    return STATUS_OK;
}

static bool wait_for(int fd, short events, int wait_ms)
{
    struct pollfd wait = {.fd = fd, .events = events};
    int64_t until = clock_mono_ms() + wait_ms;
    int ready;

    while ((ready = poll(&wait, 1, wait_ms)) < 0 && errno == EINTR)
        if (wait_ms >= 0 && (wait_ms = (int)(until - clock_mono_ms())) < 0)
            return false;
    return ready > 0;
}

static enum status hung_up(struct error *error)
{
    return error_set(error, STATUS_NOT_FOUND, "%s", _("The other Huiliu has ended."));
}

static enum status no_answer(struct error *error)
{
    return error_set(error, STATUS_BUSY, "%s", _("The other Huiliu does not answer."));
}

static ssize_t send_now(const struct peer *peer, const char *message, size_t length)
{
    ssize_t sent;

    do
        sent = send(peer->fd, message, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent;
}

enum status peer_send(struct peer *peer, const char *message, size_t length, struct error *error)
{
    if (length == 0 || length > PEER_MESSAGE_MAX)
        return error_set(error, STATUS_TOO_LARGE, "%s",
                         _("A message to the other Huiliu is too long."));
    if (send_now(peer, message, length) >= 0)
        return STATUS_OK;
    if (errno == EAGAIN) {
        if (!wait_for(peer->fd, POLLOUT, SEND_WAIT_MS))
            return no_answer(error);
        if (send_now(peer, message, length) >= 0)
            return STATUS_OK;
    }
    return errno == EAGAIN ? no_answer(error) : hung_up(error);
}

static bool keeps_up(const struct peer *peer)
{
    int waiting;

    return ioctl(peer->fd, SIOCOUTQ, &waiting) != 0 || waiting < BEHIND_BYTES;
}

void peer_try_send(struct peer *peer, const char *message, size_t length)
{
    if (length > 0 && length <= PEER_MESSAGE_MAX && keeps_up(peer))
        (void)send_now(peer, message, length);
}

/* Its length; 0 when the other side has hung up, -1 when nothing is there. What is too long for us
 * can only come from somebody who does not keep to the rules: as if he had hung up. */
static ssize_t receive_now(int fd, char *message)
{
    struct iovec part = {.iov_base = message, .iov_len = PEER_MESSAGE_MAX};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t length;

    do
        length = recvmsg(fd, &header, MSG_DONTWAIT);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return errno == EAGAIN ? -1 : 0;
    return header.msg_flags & MSG_TRUNC ? 0 : length;
}

enum status peer_receive(struct peer *peer, int wait_ms, struct buf *message, struct error *error)
{
    char *room = malloc(PEER_MESSAGE_MAX);
    if (!room)
        return error_nomem(error);

    enum status status = STATUS_OK;
    ssize_t length = -1;
    while (length < 0 && status == STATUS_OK) {
        if (!wait_for(peer->fd, POLLIN, wait_ms))
            status = no_answer(error);
        else
            length = receive_now(peer->fd, room);
    }
    if (length == 0)
        status = hung_up(error);
    if (status == STATUS_OK) {
        buf_clear(message);
        buf_bytes(message, room, (size_t)length);
        status = buf_failed(message) ? error_nomem(error) : STATUS_OK;
    }
    free(room);
    return status;
}

/* --- listening -------------------------------------------------------------------------------- */

static bool is_same_user(int fd)
{
    struct ucred other;
    socklen_t size = sizeof other;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 && other.uid == geteuid();
}

static void take_caller(struct listener *listener)
{
    struct sockaddr_un from; /* nameless */
    socklen_t size = sizeof from;
    int fd =
        accept4(listener->socket, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    if (!is_same_user(fd)) {
        close(fd);
        return;
    }
    struct peer *peer = peer_of(fd);
    if (peer)
        listener->peers[listener->peer_count++] = peer;
}

/* False: the other side has hung up. */
static bool hear(struct listener *listener, struct peer *peer)
{
    ssize_t length = receive_now(peer->fd, listener->message);

    if (length > 0)
        listener->hooks.heard(listener->hooks.data, peer, listener->message, (size_t)length);
    return length != 0;
}

static void drop(struct listener *listener, size_t at)
{
    struct peer *peer = listener->peers[at];

    listener->peers[at] = listener->peers[--listener->peer_count];
    listener->hooks.gone(listener->hooks.data, peer);
    peer_release(peer);
}

/* Downwards, because dropping one moves the last one to its place. */
static void hear_all(struct listener *listener, const struct pollfd *waits)
{
    for (size_t i = listener->peer_count; i-- > 0;)
        if (waits[i].revents && !hear(listener, listener->peers[i]))
            drop(listener, i);
}

static void *listen_on(void *data)
{
    struct listener *listener = data;

    for (;;) {
        struct pollfd waits[PEERS_MAX + 2];
        size_t count = listener->peer_count;
        bool has_room = count < PEERS_MAX;

        for (size_t i = 0; i < count; i++)
            waits[i] = (struct pollfd){.fd = listener->peers[i]->fd, .events = POLLIN};
        waits[count] = (struct pollfd){.fd = listener->leave, .events = POLLIN};
        waits[count + 1] =
            (struct pollfd){.fd = has_room ? listener->socket : -1, .events = POLLIN};
        if (poll(waits, count + 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (waits[count].revents)
            return NULL;
        hear_all(listener, waits);
        if (waits[count + 1].revents)
            take_caller(listener);
    }
}

/* Nobody can connect before listen(), so the file is ours alone by then. */
static enum status open_socket(struct listener *listener, struct error *error)
{
    listener->socket = new_socket();
    listener->leave = eventfd(0, EFD_CLOEXEC);
    if (listener->socket < 0 || listener->leave < 0)
        return error_set_errno(error, errno, _("Cannot start background work"));
    (void)unlink(listener->path);
    int errnum = attach(listener->socket, listener->path, bind);
    if (errnum == 0 && (chmod(listener->path, 0600) != 0 || listen(listener->socket, 8) != 0))
        errnum = errno;
    return errnum == 0 ? STATUS_OK
                       : error_set_errno(error, errnum, _("Cannot open %s"), listener->path);
}

enum status listener_open(const char *path, const struct listener_hooks *hooks,
                          struct listener **listener, struct error *error)
{
    struct listener *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    made->hooks = *hooks;
    made->socket = made->leave = -1;
    (void)snprintf(made->path, sizeof made->path, "%s", path);
    enum status status = open_socket(made, error);
    if (status == STATUS_OK)
        status = thread_start("calls", listen_on, made, &made->thread, error);
    made->running = status == STATUS_OK;
    if (status == STATUS_OK)
        *listener = made;
    else
        listener_close(made);
    return status;
}

void listener_close(struct listener *listener)
{
    if (!listener)
        return;
    if (listener->running) {
        eventfd_write(listener->leave, 1);
        pthread_join(listener->thread, NULL);
        (void)unlink(listener->path);
    }
    for (size_t i = 0; i < listener->peer_count; i++)
        peer_release(listener->peers[i]);
    if (listener->socket >= 0)
        close(listener->socket);
    if (listener->leave >= 0)
        close(listener->leave);
    free(listener);
}
