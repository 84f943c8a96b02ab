#include "cli/commands.h"

#include <string.h>

static const struct cli_command *const table[] = {
    &command_search,
    &command_show,
    &command_verify,
    &command_check,
    &command_request_new,
    &command_request_list,
    &command_request_show,
    &command_request_approve,
    &command_request_return,
    &command_request_withdraw,
    &command_request_note,
    &command_request_resolve,
    &command_request_resubmit,
    &command_sync,
    &command_status,
    &command_notices,
    &command_watch_add,
    &command_watch_remove,
    &command_watch_list,
    &command_reconcile,
    &command_dataset_list,
    &command_dataset_show,
    &command_account_add,
    &command_account_list,
    &command_account_passwd,
    &command_account_lock,
    &command_account_unlock,
    &command_keymap_list,
    &command_keymap_check,
    &command_slip,
    &command_init,
    &command_doctor,
    &command_help,
    &command_quality,
    &command_trust_list,
    &command_trust_show,
    &command_credential_issue,
    &command_bundle_identity,
    &command_bundle_export,
    &command_bundle_import,
    &command_bundle_receipts,
    &command_list_run,
    &command_list_show,
    &command_list_save,
    &command_list_remove,
    &command_list_export,
    &command_list_tick,
};

size_t commands_count(void)
{
    return sizeof table / sizeof table[0];
}

const struct cli_command *commands_at(size_t index)
{
    return table[index];
}

const struct cli_command *commands_find(const char *name, const char *action)
{
    for (size_t i = 0; i < commands_count(); i++) {
        const struct cli_command *command = table[i];
        if (strcmp(command->name, name) != 0)
            continue;
        if (!action || (command->action && strcmp(command->action, action) == 0))
            return command;
    }
    return NULL;
}
