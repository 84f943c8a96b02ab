#ifndef HUILIU_TESTS_UPSTREAM_FAULT_H
#define HUILIU_TESTS_UPSTREAM_FAULT_H
/*
 * What goes wrong on purpose. A fault waits in a list until a request matches its method and path
 * prefix; it may let `skip` of them pass, then it strikes `count` times and is gone.
 *
 *     POST /_fixture/fault
 *     {"kind":"cut","path":"/population","method":"GET","bytes":1000,"skip":1,"count":1}
 *
 *   kind       what happens                                     members it reads
 *   cut        the connection closes after `bytes` of the body   bytes
 *   truncate   the body ends after `bytes`, in good HTTP order   bytes
 *   drop       the request is carried out, no answer comes
 *   refuse     nothing is carried out, the connection closes
 *   status     nothing is carried out, answers `status`          status, retry_after, error, reason
 *   portal     nothing is carried out, a captive portal's 200
 *   delay      the body waits `ms` after `bytes` of it            ms, bytes
 *   drip       behind `bytes` the body comes a byte each `ms`    ms, bytes
 *   clock      all is well, but the answer's Date is `ms` off     ms (may be negative)
 *
 * Thread-safe.
 */
#include "tests/upstream/request.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_CUT,
    FAULT_TRUNCATE,
    FAULT_DROP,
    FAULT_REFUSE,
    FAULT_STATUS,
    FAULT_PORTAL,
    FAULT_DELAY,
    FAULT_DRIP,
    FAULT_CLOCK
};

struct fault {
    enum fault_kind kind;
    char method[8]; /* empty: any */
    char path[256]; /* prefix; empty: any */
    int64_t skip, count, bytes, ms;
    unsigned status;
    int64_t retry_after; /* seconds; 0: no header */
    char error[64], reason[256];
};

struct faults;

enum status faults_new(struct faults **faults, struct error *error) MUST_CHECK;
void faults_free(struct faults *faults);

/* The fault that strikes this request, or one of FAULT_NONE. */
struct fault faults_take(struct faults *faults, const char *method, const char *path);

/* The answer of FAULT_STATUS and FAULT_PORTAL. */
void fault_answer(const struct fault *fault, struct reply *reply);
/* The Date of FAULT_CLOCK. */
void fault_date(const struct fault *fault, struct reply *reply);

/* POST adds (400 when it makes no sense), GET lists what waits, DELETE forgets all. */
void faults_post(struct faults *faults, struct request *request, struct reply *reply);
void faults_get(struct faults *faults, struct reply *reply);
void faults_delete(struct faults *faults, struct reply *reply);

#endif
