#ifndef HUILIU_BASE_THREAD_H
#define HUILIU_BASE_THREAD_H
/*
 * Starting a thread of our own: signals sent to the process stay with the main thread; those of a
 * crash are not blocked, or the handler that restores the terminal would not run.
 */
#include "base/error.h"

#include <pthread.h>

/* 15 characters of `name` are seen by debuggers. The caller joins *thread. */
enum status thread_start(const char *name, void *(*run)(void *context), void *context,
                         pthread_t *thread, struct error *error) MUST_CHECK;

/* The calling thread, and those it starts from now on, let everybody else go first: for work that
 * nobody waits for. There is no way back. */
void thread_give_way(void);

#endif
