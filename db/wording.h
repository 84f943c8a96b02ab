#ifndef HUILIU_DB_WORDING_H
#define HUILIU_DB_WORDING_H
/*
 * The words documents are written with, as people read them: what catalogue entries and requests
 * say in the protocol's English ("conditional", "need_more") in the interface language. A word
 * nobody knows here comes back as it is, raw; NULL comes back as "". Static strings; thread-safe.
 */

/* Of a catalogue entry. */
const char *wording_sharing(const char *sharing);
const char *wording_mode(const char *mode);
const char *wording_format(const char *format);
const char *wording_cycle(const char *update_cycle);

/* Of a request and its events. */
const char *wording_ground(const char *ground);
const char *wording_action(const char *action); /* what was done: "approved" */
const char *wording_role(const char *role);

#endif
