#ifndef HUILIU_TESTS_TOWNSHIP_PUT_H
#define HUILIU_TESTS_TOWNSHIP_PUT_H
/*
 * Members of a JSON object, one after another, into a buffer that holds the inside of the object.
 * The comma is put when something precedes. Text is escaped as RFC 8259 asks, UTF-8 left raw.
 */
#include "base/buf.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

void put_name(struct buf *out, const char *name);
void put_text(struct buf *out, const char *name, const char *text); /* nothing for NULL and "" */
void put_string(struct buf *out, const char *text);                 /* a bare value */
void put_number(struct buf *out, const char *name, int64_t number);
void put_bool(struct buf *out, const char *name, bool value);
void put_code(struct buf *out, const char *name, int code, int digits); /* text, zero-padded */
void put_date(struct buf *out, const char *name, struct date date);     /* nothing for year 0 */
void put_open(struct buf *out, const char *name, char bracket);         /* "name":{ or "name":[ */
void put_separator(struct buf *out); /* a comma unless an object or array has just begun */

#endif
