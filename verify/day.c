#include "verify/day.h"

#include "verify/fold.h"

#include <stdint.h>
#include <string.h>

enum { FOLDED_MAX = 64 };

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(word, *words) == 0)
            return true;
    }
    return false;
}

/* Chinese words for "absent" and "without end", after fold_name(). */
static const char *const absent_words[] = {"", "-", "--", "/", "无", "NULL", NULL};
static const char *const endless_words[] = {"长期",     "长期有效",   "永久", "永久有效",
                                            "无期限",   "无固定期限", "终身", "终身有效",
                                            "LONGTERM", "PERMANENT",  NULL};

/* `least` to `most` digits at *at; -1 when there are fewer or more. */
static int take_number(const char **at, size_t least, size_t most)
{
    size_t length = strspn(*at, "0123456789");
    int number = 0;

    if (length < least || length > most)
        return -1;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (*at)[i] - '0';
    *at += length;
    return number;
}

/* One separator, in the form fold_name() gives it; `word` is the Chinese one. */
static bool take_separator(const char **at, const char *word)
{
    const char *const separators[] = {word, "-", "/", "\u00b7", NULL};

    for (size_t i = 0; separators[i]; i++) {
        size_t length = strlen(separators[i]);
        if (strncmp(*at, separators[i], length) == 0) {
            *at += length;
            return true;
        }
    }
    return false;
}

static bool read_parts(const char *text, struct date *day)
{
    const char *at = text;
    struct date read;

    read.year = take_number(&at, 4, 4);
    if (read.year < 0 || !take_separator(&at, "年"))
        return false;
    read.month = take_number(&at, 1, 2);
    if (read.month < 0 || !take_separator(&at, "月"))
        return false;
    read.day = take_number(&at, 1, 2);
    if (strncmp(at, "日", strlen("日")) == 0)
        at += strlen("日");
    if (read.day < 0 || *at || !date_is_valid(read))
        return false;
    *day = read;
    return true;
}

static bool read_date(const char *folded, struct date *day)
{
    return date_parse(folded, day) || read_parts(folded, day);
}

/* A date with a time of day behind it. The date is cut off before it is folded, because folding
 * drops the space between the two. */
static bool read_date_and_time(const char *text, struct date *day)
{
    char date_part[40], folded[FOLDED_MAX];

    text += strspn(text, " ");
    size_t length = strcspn(text, " T");
    const char *time_part = text + length;
    if (!*time_part || length >= sizeof date_part ||
        time_part[strspn(time_part, "0123456789:.TZ+- ")] != '\0')
        return false;
    memcpy(date_part, text, length);
    date_part[length] = '\0';
    return fold_name(date_part, folded, sizeof folded) && read_date(folded, day);
}

enum day_reading day_read(const char *text, struct date *day)
{
    char folded[FOLDED_MAX];
    struct date read;
    int64_t instant;

    if (!text)
        return DAY_ABSENT;
    if (!fold_name(text, folded, sizeof folded))
        return DAY_UNREADABLE;
    if (is_one_of(folded, absent_words))
        return DAY_ABSENT;
    if (is_one_of(folded, endless_words))
        return DAY_OPEN_ENDED;
    if (instant_parse(text, &instant))
        read = date_of_instant(instant);
    else if (!read_date_and_time(text, &read) && !read_date(folded, &read))
        return DAY_UNREADABLE;
    if (read.year == 9999)
        return DAY_OPEN_ENDED;
    *day = read;
    return DAY_READ;
}
