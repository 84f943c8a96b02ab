#include "base/i18n.h"
#include "base/text.h"
#include "tui/app_private.h"

#include <string.h>

#define MARGIN 2

struct area overlay_box(struct canvas *canvas, struct area area, int rows, int columns,
                        const char *title)
{
    struct area box = area_centre(area, rows + 2, columns + 2 * MARGIN);
    int width = canvas_measure(canvas, title, strlen(title));

    canvas_fill(canvas, box, STYLE_NORMAL);
    canvas_box(canvas, box, STYLE_BORDER);
    if (width > box.columns - 2 * MARGIN - 2)
        width = box.columns - 2 * MARGIN - 2;
    struct area label = area_columns(area_row(box, 0), MARGIN, width + 2);
    canvas_fill(canvas, label, STYLE_STRONG);
    (void)canvas_put(canvas, area_columns(label, 1, width), STYLE_STRONG, title);
    return area_cut(box, 1, MARGIN, 1, MARGIN);
}

void overlay_keys(const struct keymap *keymap, enum context context, enum command command,
                  int cells, struct buf *out)
{
    const struct binding *binding;

    for (size_t i = 0; (binding = keymap_binding_of(keymap, context, command, i)) != NULL; i++) {
        struct buf more = {0};
        buf_str(&more, i > 0 ? _(", ") : "");
        keymap_label(binding, &more);
        bool fits = i == 0 || text_width(buf_text(out)) + text_width(buf_text(&more)) <= cells;
        if (fits)
            buf_str(out, buf_text(&more));
        buf_release(&more);
        if (!fits)
            return;
    }
}
