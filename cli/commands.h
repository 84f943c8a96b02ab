#ifndef HUILIU_CLI_COMMANDS_H
#define HUILIU_CLI_COMMANDS_H
/*
 * The rows of the command table. Each stands at the end of the file that does the work; a new
 * command is declared here and added to commands.c.
 */
#include "cli/cli.h"

extern const struct cli_command command_init;
extern const struct cli_command command_account_add, command_account_list, command_account_passwd,
    command_account_lock, command_account_unlock;
extern const struct cli_command command_sync, command_status, command_notices;
extern const struct cli_command command_reconcile;
extern const struct cli_command command_bundle_identity, command_bundle_export,
    command_bundle_import, command_bundle_receipts;
extern const struct cli_command command_search, command_show, command_verify, command_check;
extern const struct cli_command command_slip;
extern const struct cli_command command_request_new, command_request_list, command_request_show,
    command_request_approve, command_request_return, command_request_withdraw, command_request_note,
    command_request_resolve, command_request_resubmit;
extern const struct cli_command command_dataset_list, command_dataset_show;
extern const struct cli_command command_keymap_list, command_keymap_check;
extern const struct cli_command command_quality;
extern const struct cli_command command_trust_list, command_trust_show, command_credential_issue;
extern const struct cli_command command_trust_list, command_trust_show;
extern const struct cli_command command_list_run, command_list_show, command_list_save,
    command_list_remove, command_list_export, command_list_tick;
extern const struct cli_command command_doctor, command_help;
extern const struct cli_command command_watch_add, command_watch_remove, command_watch_list;

#endif
