/* A program made of nothing but the parts in tui/: a list of any length, a page with a text field,
 * the dialogs. The terminal tests and the measurements drive it.
 *
 *     widgets_demo [--rows N] [--keymap NAME] [--watch] [--payload] [--ascii]
 */
#include "base/clock.h"
#include "base/i18n.h"
#include "tui/app.h"
#include "tui/field.h"
#include "tui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct demo {
    struct app *app;
    size_t rows;
    bool payload;
};

/* --- page with a field --------------------------------------------------------------------------
 */

struct field_page {
    struct view view;
    struct demo *demo;
    struct field field;
    struct list list;
    const char *last; /* how the last text came */
};

static const char *field_title(struct view *view)
{
    (void)view;
    return "Field";
}

static enum context field_context(struct view *view)
{
    (void)view;
    return CONTEXT_SEARCH;
}

static void draw_hit(void *data, size_t index, struct canvas *canvas, struct area row)
{
    (void)data;
    (void)canvas_printf(canvas, row, STYLE_NORMAL, "hit %zu", index + 1);
}

static void field_page_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct field_page *page = (struct field_page *)view;

    (void)canvas_put(canvas, area_row(area, 0), STYLE_MUTED, "Text:");
    field_draw(&page->field, canvas, area_columns(area_row(area, 0), 6, 20), true);
    (void)canvas_printf(canvas, area_row(area, 1), STYLE_NORMAL, "text=[%s]",
                        field_text_of(&page->field));
    (void)canvas_printf(canvas, area_row(area, 2), STYLE_NORMAL, "last=%s", page->last);
    list_draw(&page->list, canvas, area_cut(area, 4, 0, 0, 0), draw_hit, page);
}

static unsigned field_page_command(struct view *view, enum command command, const char *argument)
{
    struct field_page *page = (struct field_page *)view;
    unsigned stale = field_command(&page->field, command);

    if (stale & STALE_UNHANDLED)
        stale = list_command(&page->list, command, argument);
    if ((stale & STALE_UNHANDLED) && command == COMMAND_OPEN) {
        page->last = "enter";
        return STALE_VIEW;
    }
    return stale;
}

static unsigned field_page_text(struct view *view, const struct input_event *event)
{
    static const char *const kinds[] = {
        [INPUT_KEY] = "key", [INPUT_PASTE] = "paste", [INPUT_SCAN] = "scan"};
    struct field_page *page = (struct field_page *)view;

    page->last = kinds[event->kind];
    (void)field_text(&page->field, event);
    return STALE_VIEW;
}

static void field_page_close(struct view *view)
{
    field_release(&((struct field_page *)view)->field);
    free(view);
}

static struct view *field_page_new(struct demo *demo)
{
    static const struct view_ops ops = {.title = field_title,
                                        .context = field_context,
                                        .draw = field_page_draw,
                                        .command = field_page_command,
                                        .text = field_page_text,
                                        .scan = field_page_text,
                                        .close = field_page_close};
    struct field_page *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->view.ops = &ops;
    page->demo = demo;
    page->last = "nothing";
    page->list.keep_cursor = true;
    list_set_count(&page->list, 5);
    field_init(&page->field, 200);
    return &page->view;
}

/* --- page with a list ---------------------------------------------------------------------------
 */

struct list_page {
    struct view view;
    struct demo *demo;
    struct list list;
};

static const char *list_title(struct view *view)
{
    (void)view;
    return "Widgets";
}

static enum context list_context(struct view *view)
{
    (void)view;
    return CONTEXT_QUEUE;
}

static const char *payload(size_t index)
{
    static const char *const payloads[] = {
        "osc \033]0;owned\007 end",
        "csi \033[31;7m end",
        "c1 \xc2\x9b"
        "31m end",
        "c1 osc \xc2\x9d"
        "0;x\xc2\x9c end",
        "rlo \xe2\x80\xae"
        "abc end",
        "rli \xe2\x81\xa7"
        "abc end",
        "zwsp \xe2\x80\x8b end",
        "bom \xef\xbb\xbf end",
        "tag \xf3\xa0\x81\x81 end",
        "so \016 si \017 end",
        "cr \rover end",
        "lf \n tab \t bs \b del \177 end",
        "bad \xff\xfe \xe7\x8e end",
        "ext 㐀𠀀𪛖\xf0\xb1\x8d\x90 end",
        "marks a\xcc\x81\xcc\x82\xcc\x83\xcc\x84 end",
    };

    return payloads[index % (sizeof payloads / sizeof payloads[0])];
}

static void draw_resident(void *data, size_t index, struct canvas *canvas, struct area row)
{
    static const char *const names[] = {"王小明", "欧阳娜娜", "买买提·艾力", "单雄信", "曾国藩"};
    const struct list_page *page = data;

    if (page->demo->payload) {
        (void)canvas_put(canvas, row, STYLE_NORMAL, payload(index));
        return;
    }
    (void)canvas_printf(canvas, area_columns(row, 0, 10), STYLE_MUTED, "row %zu", index + 1);
    (void)canvas_put(canvas, area_columns(row, 11, 15), STYLE_NORMAL, names[index % 5]);
    (void)canvas_printf(canvas, area_columns(row, 26, 20), STYLE_NORMAL, "440306199%05zu0017",
                        index % 100000);
    (void)canvas_printf(canvas, area_cut(row, 0, 0, 0, 46), STYLE_NORMAL, "西乡街道%zu号", index);
}

static void list_page_draw(struct view *view, struct canvas *canvas, struct area area)
{
    struct list_page *page = (struct list_page *)view;

    list_draw(&page->list, canvas, area, draw_resident, page);
}

static void tell_answer(struct app *app, const struct app_answer *answer)
{
    if (!answer->yes)
        app_say(app, STYLE_MUTED, "answer: no");
    else if (answer->text[0])
        app_say(app, STYLE_OK, "answer: %s", answer->text);
    else
        app_say(app, STYLE_OK, "answer: yes %zu", answer->index);
}

static unsigned list_page_command(struct view *view, enum command command, const char *argument)
{
    static const char *const items[] = {"第一", "第二", "第三"};
    struct list_page *page = (struct list_page *)view;

    if (command == COMMAND_APPROVE) {
        app_confirm(view->app, "Approve?", "It leaves this desk.", DANGER_RECORDED, tell_answer,
                    NULL);
    } else if (command == COMMAND_RETURN_REQUEST) {
        struct app_prompt prompt = {.question = "Why?", .minimum = 2};
        app_prompt(view->app, &prompt, tell_answer, NULL);
    } else if (command == COMMAND_FILTER) {
        app_choose(view->app, "Choose", items, 3, 1, tell_answer, NULL);
    } else {
        return list_command(&page->list, command, argument);
    }
    return STALE_VIEW;
}

static bool list_page_enabled(struct view *view, enum command command, char reason[VIEW_REASON_MAX])
{
    (void)view;
    if (command != COMMAND_WITHDRAW)
        return true;
    snprintf(reason, VIEW_REASON_MAX, "It was not yours.");
    return false;
}

static void list_page_close(struct view *view)
{
    free(view);
}

static struct view *list_page_new(struct demo *demo)
{
    static const struct view_ops ops = {.title = list_title,
                                        .context = list_context,
                                        .draw = list_page_draw,
                                        .command = list_page_command,
                                        .enabled = list_page_enabled,
                                        .close = list_page_close};
    struct list_page *page = calloc(1, sizeof *page);

    if (!page)
        return NULL;
    page->view.ops = &ops;
    page->demo = demo;
    list_set_count(&page->list, demo->rows);
    return &page->view;
}

/* --- host ---------------------------------------------------------------------------------------
 */

static unsigned host_command(void *data, enum command command, const char *argument)
{
    struct demo *demo = data;

    (void)argument;
    if (command != COMMAND_SEARCH)
        return STALE_UNHANDLED;
    app_push(demo->app, field_page_new(demo));
    return STALE_VIEW;
}

static unsigned host_text(void *data, const struct input_event *event)
{
    struct demo *demo = data;
    struct view *view = field_page_new(demo);

    if (!view)
        return STALE_NOTHING;
    app_push(demo->app, view);
    return field_page_text(view, event);
}

/* --- main ---------------------------------------------------------------------------------------
 */

struct arguments {
    struct demo demo;
    struct app_options options;
    bool watch;
};

static bool parse(int argc, char **argv, struct arguments *arguments)
{
    *arguments =
        (struct arguments){.demo = {.rows = 100000}, .options = {.keymap_folder = "keymaps"}};
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--rows") == 0 && more)
            arguments->demo.rows = (size_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--keymap") == 0 && more)
            arguments->options.keymap_name = argv[++i];
        else if (strcmp(argv[i], "--watch") == 0)
            arguments->watch = true;
        else if (strcmp(argv[i], "--payload") == 0)
            arguments->demo.payload = true;
        else if (strcmp(argv[i], "--ascii") == 0)
            arguments->options.screen.ascii = true;
        else
            return false;
    }
    return true;
}

static enum status run(struct arguments *arguments, int *signal_number, struct error *error)
{
    struct app_host host = {
        .data = &arguments->demo, .command = host_command, .text = host_text, .scan = host_text};
    enum status status = app_new(&arguments->options, &host, &arguments->demo.app, error);

    if (status != STATUS_OK)
        return status;
    app_set_status(arguments->demo.app, STYLE_TITLE, "demo");
    app_push(arguments->demo.app, list_page_new(&arguments->demo));
    status = app_run(arguments->demo.app, error);
    *signal_number = app_ended_by(arguments->demo.app);
    app_free(arguments->demo.app);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct error error = {0};
    struct screen_guard guard = {0};
    int signal_number = 0;

    if (!parse(argc, argv, &arguments))
        return 2;
    enum status status = i18n_start("en", "/nonexistent", &error);
    if (status == STATUS_OK && arguments.watch)
        status = screen_watch(&guard, &error);
    if (guard.is_parent)
        return guard.exit_code;
    if (status == STATUS_OK)
        status = run(&arguments, &signal_number, &error);
    if (status != STATUS_OK)
        fprintf(stderr, "widgets_demo: %s\n", error.text);
    if (status == STATUS_OK && signal_number)
        return 128 + signal_number;
    return status == STATUS_OK ? 0 : 1;
}
