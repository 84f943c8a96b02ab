#include "db/quality.h"

#include "base/i18n.h"
#include "db/request.h"

/* Asking twice for the same would double the provider's work. */
static enum status refuse_second(struct reader *reader, const struct quality_finding *finding,
                                 struct error *error)
{
    const struct request_filter filter = {.record = finding->record,
                                          .dataset = finding->dataset,
                                          .state = -1,
                                          .open_only = true,
                                          .limit = 20};
    struct request_list *list = NULL;
    enum status status = request_list(reader, &filter, &list, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < list->count && status == STATUS_OK; i++)
        if (!request_state_is_final(list->rows[i].state))
            status =
                error_set(error, STATUS_REFUSED,
                          _("A request about this record is open already: %s"), list->rows[i].id);
    request_list_free(list);
    return status;
}

static const char *proposed_of(const struct quality_correction *correction)
{
    return correction->value ? correction->value : correction->finding->proposed;
}

enum status quality_may_raise(struct reader *reader, const struct quality_correction *correction,
                              struct error *error)
{
    if (correction->finding->state != QUALITY_SAME)
        return error_set(error, STATUS_CONFLICT,
                         _("The record has changed since the check. Check the data again."));
    if (!proposed_of(correction))
        return error_set(error, STATUS_INVALID,
                         _("The right value does not follow from the data: enter it."));
    return refuse_second(reader, correction->finding, error);
}

enum status quality_raise(struct outbox *outbox, struct reader *reader,
                          const struct session *session,
                          const struct quality_correction *correction, char id[48],
                          struct error *error)
{
    const struct quality_finding *finding = correction->finding;
    const struct request_change change = {finding->field, proposed_of(correction)};
    const struct request_new request = {
        .dataset = finding->dataset,
        .record = finding->record,
        .changes = &change,
        .change_count = 1,
        .ground = quality_rule_ground(finding->rule),
        .reason = correction->reason,
    };
    enum status status = quality_may_raise(reader, correction, error);

    return status == STATUS_OK ? request_raise(outbox, reader, session, &request, id, error)
                               : status;
}
