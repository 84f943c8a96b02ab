#include "tui/home_remarks.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/view_parts.h"

#include <stdlib.h>

#define CLOCK_TOLERANCE_MS 60000
#define DISK_LOW           (500LL * 1000 * 1000)

/* Draws at the top of what is left of the area, and takes it away from it. */
static void remark(struct canvas *canvas, struct area *left, enum style style, const char *text)
{
    if (left->rows > 0)
        *left = area_cut(*left, part_marked_lines(canvas, *left, style, text), 0, 0, 0);
}

static void remark_clock(const struct overview *overview, struct canvas *canvas, struct area *left)
{
    int64_t offset = overview->clock_offset_ms;
    char size[64];
    struct buf text = {0};

    if (!overview->clock_offset_known || llabs((long long)offset) <= CLOCK_TOLERANCE_MS)
        return;
    duration_format(offset < 0 ? -offset : offset, size, sizeof size);
    buf_printf(&text,
               offset < 0 ? _("This computer's clock is %s ahead of the upstream's. Set it right: "
                              "ages and times shown here are off by as much.")
                          : _("This computer's clock is %s behind the upstream's. Set it right: "
                              "ages and times shown here are off by as much."),
               size);
    remark(canvas, left, STYLE_WARNING, buf_text(&text));
    buf_release(&text);
}

static void remark_disk(const struct overview *overview, struct canvas *canvas, struct area *left)
{
    struct buf text = {0}, size = {0};

    if (overview->disk_free < 0 || overview->disk_free >= DISK_LOW)
        return;
    part_bytes(overview->disk_free, &size);
    buf_printf(&text, _("Only %s are free on this disk. Make room: a full disk cannot save."),
               buf_text(&size));
    remark(canvas, left, STYLE_WARNING, buf_text(&text));
    buf_release(&text);
    buf_release(&size);
}

/* Nothing has gone up for a day or more. */
static void remark_unsent(const struct overview *overview, struct canvas *canvas, struct area *left)
{
    int64_t count = overview->queued + overview->sending + overview->held;
    int64_t waiting_ms = clock_wall_ms() - overview->oldest_unsent_ms;
    char age[64];
    struct buf text = {0};

    if (count == 0 || overview->oldest_unsent_ms == 0 || waiting_ms < UNSENT_OLD_MS)
        return;
    duration_format(waiting_ms, age, sizeof age);
    buf_printf(&text,
               _("Requests not sent: %lld, the oldest for %s. Connect this computer to the "
                 "platform, or take them there as a file."),
               (long long)count, age);
    remark(canvas, left, STYLE_WARNING, buf_text(&text));
    buf_release(&text);
}

void home_remarks_draw(const struct overview *overview, struct canvas *canvas, struct area area)
{
    if (overview->last_failure && overview->last_failure[0])
        remark(canvas, &area, STYLE_WARNING, overview->last_failure);
    remark_unsent(overview, canvas, &area);
    remark_disk(overview, canvas, &area);
    remark_clock(overview, canvas, &area);
    for (size_t i = 0; i < overview->notice_count; i++)
        remark(canvas, &area, STYLE_PENDING, overview->notices[i]);
}
