#include "cli/exchange.h"

#include "cli/interrupt.h"

static void stop(void *context)
{
    sync_cancel(context);
}

enum status exchange_run(struct cli *cli, exchange_fn *work, struct error *error)
{
    struct interrupt *interrupt = NULL;
    struct progress *progress = NULL;
    struct sync *sync = NULL;

    enum status status = interrupt_new(&interrupt, error); /* before any thread */
    if (status == STATUS_OK)
        status = progress_new(stderr, &progress, error);
    if (status == STATUS_OK)
        status = sync_new(cli->seat->home, cli->seat->outbox, &sync, error);
    if (status == STATUS_OK) {
        interrupt_set_stop(interrupt, stop, sync);
        status = work(cli, sync, progress, error);
        interrupt_set_stop(interrupt, NULL, NULL);
    }
    sync_free(sync);
    progress_free(progress);
    interrupt_free(interrupt);
    return status;
}
