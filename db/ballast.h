#ifndef HUILIU_DB_BALLAST_H
#define HUILIU_DB_BALLAST_H
/*
 * A reserve for a full disk: a file `ballast` of 16 MiB in the home that holds nothing. When a
 * request cannot be saved for want of space, the file is given up and the request is saved after
 * all. It is laid down again when the outbox is opened and there is plenty of room.
 *
 * All of this is a precaution: what goes wrong here is no reason to stop.
 */
#include "db/home.h"

bool ballast_is_laid(const struct home *home);
void ballast_lay(const struct home *home);
/* True when there was one: what failed for want of space is worth another try. */
bool ballast_give_up(const struct home *home);

#endif
