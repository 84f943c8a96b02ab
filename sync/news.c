#include "sync/news.h"

#include "base/log.h"
#include "db/watch.h"

bool news_look(const struct home *home, struct outbox *outbox)
{
    struct reader *reader = NULL;
    struct error why = {0};
    enum status status = reader_open(home, &reader, &why);

    if (status == STATUS_OK)
        status = watch_look(outbox, reader, NULL, &why);
    if (status != STATUS_OK)
        log_line("watch: %s (detail %d)", status_name(status), why.detail);
    reader_close(reader);
    return status == STATUS_OK;
}
