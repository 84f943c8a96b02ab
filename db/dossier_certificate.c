#include "db/dossier_build.h"
#include "db/verification.h"

#include <string.h>

/* The check that decided: the first that failed, else the first that warns; of a valid one until
 * when it is valid, else what its issuer says. */
static const struct check *deciding(const struct verdict_report *report)
{
    static const enum check_result order[] = {CHECK_FAIL, CHECK_WARN};
    bool is_valid = report->verdict == VERDICT_VALID;

    for (size_t k = 0; k < sizeof order / sizeof *order && !is_valid; k++)
        for (size_t i = 0; i < report->count; i++)
            if (report->checks[i].result == order[k])
                return &report->checks[i];
    const struct check *validity = verdict_report_find(report, "validity");
    return validity && validity->result == CHECK_PASS ? validity
                                                      : verdict_report_find(report, "status");
}

enum status dossier_judge(struct dossier_build *build, const struct record *record,
                          enum verdict *verdict, const char **reason, struct error *error)
{
    struct verdict_report report;

    if (!session_may_read(build->session))
        return STATUS_OK;
    const char *key = arena_printf(build->arena, "%s/%s", record->dataset->name, record->key);
    if (!key)
        return error_nomem(error);
    enum status status =
        verification_run(build->reader, build->session, key, NULL, NULL, &report, error);
    if (status != STATUS_OK)
        return status;
    const struct check *check = deciding(&report);
    const char *text = arena_str(build->arena, check ? check->detail : "");
    if (!text)
        return error_nomem(error);
    *verdict = report.verdict;
    *reason = text;
    return STATUS_OK;
}
