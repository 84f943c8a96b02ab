#ifndef HUILIU_SYNC_NEWS_H
#define HUILIU_SYNC_NEWS_H
/*
 * After rows have come, by whatever way (an exchange, a bundle, a repair): looks whether they are
 * about somebody who is watched (db/watch.h). Never fails for the caller: what came is there, and
 * a look that could not be made is made up for by the next one. False: it could not be made.
 */
#include "db/outbox.h"

#include <stdbool.h>

bool news_look(const struct home *home, struct outbox *outbox);

#endif
