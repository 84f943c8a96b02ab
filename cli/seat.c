#include "cli/seat.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "cli/secret.h"
#include "db/account.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOCK_RETRY_MS 20
#define LOAN_RETRY_MS 100

/* A line to whoever has the lock, in place of it. */
static bool call_holder(const struct seat_request *request, const char *directory,
                        struct seat *seat)
{
    return (request->needs & SEAT_OR_HOLDER) &&
           proxy_call(directory, &seat->holder, NULL) == STATUS_OK;
}

/* False: nobody takes calls, or it does not lend. */
static bool borrow(const struct seat_request *request, const char *directory, struct seat *seat,
                   bool *takes_calls)
{
    struct peer *lender = NULL;

    if (!(request->needs & SEAT_MAY_BORROW) || !request->passphrase_file ||
        proxy_call(directory, &lender, NULL) != STATUS_OK)
        return false;
    *takes_calls = true;
    if (proxy_ask_for_loan(lender, NULL) != STATUS_OK) {
        peer_release(lender);
        return false;
    }
    seat->lender = lender;
    return true;
}

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000L};

    nanosleep(&pause, NULL);
}

static enum status open_writable(const struct seat_request *request, const char *directory,
                                 struct seat *seat, struct error *error)
{
    int64_t began = clock_mono_ms();
    bool takes_calls = false;
    enum status status;

    while ((status = home_open(directory, HOME_WRITE, &seat->home, error)) == STATUS_LOCKED &&
           clock_mono_ms() - began < (takes_calls ? SEAT_BORROW_WAIT_MS : SEAT_LOCK_WAIT_MS)) {
        if (call_holder(request, directory, seat))
            return home_open(directory, HOME_READ, &seat->home, error);
        if (seat->lender || !borrow(request, directory, seat, &takes_calls))
            pause_ms(takes_calls ? LOAN_RETRY_MS : LOCK_RETRY_MS);
    }
    return status;
}

static enum status open_home(const struct seat_request *request, struct seat *seat,
                             struct error *error)
{
    char standard[PATH_MAX];
    const char *directory = request->directory;

    if (!directory) {
        enum status status = home_default_directory(standard, sizeof standard, error);
        if (status != STATUS_OK)
            return status;
        directory = standard;
    }
    if (request->needs & SEAT_WRITE)
        return open_writable(request, directory, seat, error);
    if ((request->needs & SEAT_WRITE_IF_FREE) &&
        home_open(directory, HOME_WRITE, &seat->home, NULL) == STATUS_OK)
        return STATUS_OK;
    return home_open(directory, HOME_READ, &seat->home, error);
}

/* The only account that can work here. */
static enum status only_account(struct reader *reader, char name[ACCOUNT_NAME_MAX],
                                struct error *error)
{
    struct account *accounts = NULL;
    size_t count = 0;

    enum status status = account_list(reader, &accounts, &count, error);
    if (status != STATUS_OK)
        return status;
    if (count == 1)
        memcpy(name, accounts[0].name, ACCOUNT_NAME_MAX);
    else
        status = error_set(error, STATUS_REFUSED, _("Say who is working: --as ACCOUNT."));
    free(accounts);
    return status;
}

static enum status login(const struct seat_request *request, struct seat *seat, struct error *error)
{
    char name[ACCOUNT_NAME_MAX] = "";
    char prompt[ACCOUNT_NAME_MAX + 64];
    struct buf passphrase = {0};
    const char *account = request->account;
    enum status status = STATUS_OK;

    if (!account) {
        status = only_account(seat->reader, name, error);
        account = name;
    }
    if (status == STATUS_OK) {
        (void)snprintf(prompt, sizeof prompt, _("Passphrase of %s: "), account);
        status = secret_read(request->passphrase_file, prompt, &passphrase, error);
    }
    if (status == STATUS_OK)
        status = account_login(seat->reader, seat->outbox, account, buf_text(&passphrase),
                               &seat->session, error);
    secret_release(&passphrase);
    seat->logged_in = status == STATUS_OK;
    return status;
}

static bool login_is_wanted(const struct seat_request *request)
{
    if (request->needs & SEAT_LOGIN)
        return true;
    return (request->needs & SEAT_LOGIN_IF_GIVEN) &&
           (request->account || request->passphrase_file || secret_can_ask());
}

static enum status open_reader(const struct seat_request *request, struct seat *seat,
                               struct error *error)
{
    if (request->needs & SEAT_BROKEN_TOO)
        return reader_open(seat->home, &seat->reader, NULL) == STATUS_NOMEM ? error_nomem(error)
                                                                            : STATUS_OK;
    return reader_open(seat->home, &seat->reader, error);
}

enum status seat_open(const struct seat_request *request, struct seat **seat, struct error *error)
{
    struct seat *made = calloc(1, sizeof *made);

    if (!made)
        return error_nomem(error);
    enum status status = open_home(request, made, error);
    if (status == STATUS_OK && home_is_writable(made->home))
        status = outbox_open(made->home, &made->outbox, error);
    if (status == STATUS_OK)
        status = open_reader(request, made, error);
    if (status == STATUS_OK && login_is_wanted(request))
        status = login(request, made, error);
    if (status == STATUS_OK)
        *seat = made;
    else
        seat_close(made);
    return status;
}

static void leave_home(struct seat *seat)
{
    reader_close(seat->reader);
    outbox_close(seat->outbox);
    home_close(seat->home);
    seat->reader = NULL;
    seat->outbox = NULL;
    seat->home = NULL;
}

enum status seat_release_lock(struct seat *seat, struct error *error)
{
    char directory[PATH_MAX];

    if (!seat->outbox)
        return STATUS_OK;
    (void)snprintf(directory, sizeof directory, "%s", home_directory(seat->home));
    leave_home(seat);
    enum status status = home_open(directory, HOME_READ, &seat->home, error);
    return status == STATUS_OK ? reader_open(seat->home, &seat->reader, error) : status;
}

enum status seat_retake_lock(struct seat *seat, struct error *error)
{
    enum status status = home_take_over(seat->home, error);

    return status == STATUS_OK && !seat->outbox ? outbox_open(seat->home, &seat->outbox, error)
                                                : status;
}

void seat_close(struct seat *seat)
{
    if (!seat)
        return;
    peer_release(seat->holder);
    leave_home(seat);
    peer_release(seat->lender); /* behind the lock: it is taken back at once */
    explicit_bzero(&seat->session, sizeof seat->session);
    free(seat);
}
