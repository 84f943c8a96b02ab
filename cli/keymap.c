#include "cli/commands.h"

#include "base/i18n.h"
#include "cli/places.h"
#include "cli/table.h"
#include "keymaps/keymap.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".keys"

/* --- check -------------------------------------------------------------------------------------
 */

static json_t *problem_json(const struct problem *problem, bool *ok)
{
    json_t *value = json_object();

    json_put_text(value, "level", problem->level == PROBLEM_ERROR ? "error" : "warning", ok);
    put_shown(value, "file", problem->file, ok);
    json_put(value, "line", json_integer(problem->line), ok);
    json_put(value, "column", json_integer(problem->column), ok);
    put_shown(value, "text", problem->text, ok);
    return value;
}

static enum status problems_json(struct output *out, const struct keymap *map, const char *file,
                                 struct error *error)
{
    size_t count = 0;
    const struct problem *problems = keymap_problems(map, &count);
    json_t *value = json_object();
    json_t *list = json_array();
    bool ok = true;

    put_shown(value, "file", file, &ok);
    json_put(value, "errors", json_integer((json_int_t)keymap_error_count(map)), &ok);
    for (size_t i = 0; i < count; i++)
        json_add(list, problem_json(&problems[i], &ok), &ok);
    json_put(value, "problems", list, &ok);
    return output_json(out, value, ok, error);
}

static void problems_print(struct output *out, const struct keymap *map, const char *file)
{
    size_t count = 0;
    const struct problem *problems = keymap_problems(map, &count);

    for (size_t i = 0; i < count; i++) {
        struct buf text = {0};
        keymap_print_problem(&problems[i], &text);
        output_block(out, buf_text(&text));
        buf_release(&text);
    }
    if (count == 0)
        output_line(out, _("%s is in order."), file);
}

static enum status run_check(struct cli *cli, struct error *error)
{
    const char *file = cli->line->operands[0];
    struct keymap *map = NULL;

    enum status status = keymap_load_file(file, &map, error);
    if (status != STATUS_OK)
        return status;
    if (output_is_json(cli->out))
        status = problems_json(cli->out, map, file, error);
    else
        problems_print(cli->out, map, file);
    if (keymap_error_count(map) > 0)
        cli->exit_code = CLI_FAILED;
    keymap_free(map);
    return status;
}

const struct cli_command command_keymap_check = {
    .name = "keymap",
    .action = "check",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .summary = N_("Check a keymap file: unknown words, conflicts, keys that cannot arrive."),
    .run = run_check,
};

/* --- list --------------------------------------------------------------------------------------
 */

static int is_keymap(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), tail = strlen(SUFFIX);

    return length > tail && entry->d_name[0] != '.' &&
           strcmp(entry->d_name + length - tail, SUFFIX) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status list_one(const char *folder, const char *name, json_t *list, struct table *table,
                            struct error *error)
{
    struct keymap *map = NULL;
    bool ok = true;

    enum status status = keymap_load(folder, name, &map, error);
    if (status != STATUS_OK)
        return status;
    const char *title = keymap_title(map, i18n_is_chinese() ? "zh" : "en");
    json_t *value = json_object();
    put_shown(value, "name", name, &ok);
    put_shown(value, "title", title, &ok);
    json_put(value, "errors", json_integer((json_int_t)keymap_error_count(map)), &ok);
    json_put(value, "bindings", json_integer((json_int_t)keymap_binding_count(map)), &ok);
    json_add(list, value, &ok);
    table_cell(table, name);
    table_cell(table, title);
    table_cell(table, keymap_error_count(map) > 0 ? _("has errors") : NULL);
    keymap_free(map);
    return ok ? STATUS_OK : error_nomem(error);
}

/* Every map of the folder; where there is none, the one inside the program. */
static enum status list_folder(const char *folder, json_t *list, struct table *table,
                               struct error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_keymap, by_name);
    enum status status = STATUS_OK;

    if (count <= 0)
        status = list_one(folder, "default", list, table, error);
    for (int i = 0; i < count; i++) {
        entries[i]->d_name[strlen(entries[i]->d_name) - strlen(SUFFIX)] = '\0';
        if (status == STATUS_OK)
            status = list_one(folder, entries[i]->d_name, list, table, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum status list_all(struct cli *cli, const char *folder, struct error *error)
{
    struct table *table = table_new(3);
    json_t *value = json_object();
    json_t *list = json_array();
    bool ok = true;

    enum status status = list_folder(folder, list, table, error);
    json_put(value, "keymaps", list, &ok);
    if (status == STATUS_OK) {
        table_print(table, 0, cli->out);
        status = output_json(cli->out, value, ok, error);
    } else {
        json_decref(value);
    }
    table_free(table);
    return status;
}

static json_t *binding_json(const struct binding *binding, bool *ok)
{
    const struct command_info *info = command_info(binding->command);
    struct buf label = {0};
    json_t *value = json_object();

    keymap_label(binding, &label);
    json_put_text(value, "context", context_id(binding->context), ok);
    json_put_text(value, "keys", buf_text(&label), ok);
    json_put_text(value, "command", info->id, ok);
    json_put_text(value, "title", _(info->title), ok);
    put_shown(value, "argument", binding->argument, ok);
    put_shown(value, "file", binding->file, ok);
    json_put(value, "line", json_integer(binding->line), ok);
    buf_release(&label);
    return value;
}

/* Every binding in force in one map. */
static enum status list_bindings(struct cli *cli, const char *folder, const char *name,
                                 struct error *error)
{
    struct keymap *map = NULL;
    struct buf text = {0};
    bool ok = true;

    enum status status = keymap_load(folder, name, &map, error);
    if (status != STATUS_OK)
        return status;
    json_t *value = json_object();
    json_t *list = json_array();
    put_shown(value, "name", name, &ok);
    for (size_t i = 0; i < keymap_binding_count(map); i++) {
        const struct binding *binding = keymap_binding_at(map, i);
        if (binding->command != COMMAND_NONE)
            json_add(list, binding_json(binding, &ok), &ok);
    }
    json_put(value, "bindings", list, &ok);
    keymap_describe(map, &text);
    output_block(cli->out, buf_text(&text));
    status = output_json(cli->out, value, ok && !buf_failed(&text), error);
    buf_release(&text);
    keymap_free(map);
    return status;
}

static enum status run_list(struct cli *cli, struct error *error)
{
    char folder[PATH_MAX];

    places_keymaps(folder, sizeof folder);
    if (cli->line->operand_count > 0)
        return list_bindings(cli, folder, cli->line->operands[0], error);
    return list_all(cli, folder, error);
}

const struct cli_command command_keymap_list = {
    .name = "keymap",
    .action = "list",
    .operands = "[NAME]",
    .operands_max = 1,
    .summary = N_("List the keymaps, or the keys of one."),
    .run = run_list,
};
