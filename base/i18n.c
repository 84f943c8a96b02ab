#include "base/i18n.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "huiliu"

const char *i18n_language(void)
{
    const char *language = getenv("LANGUAGE");

    return language && strcmp(language, "en") == 0 ? "en" : "zh_CN";
}

bool i18n_is_chinese(void)
{
    return strcmp(i18n_language(), "zh_CN") == 0;
}

/* gettext ignores LANGUAGE in the plain "C" locale, so one with a name is needed; curses needs
 * UTF-8. A clerk's GB18030 session keeps its own character set. */
static bool set_a_locale(void)
{
    static const char *const candidates[] = {"", "C.UTF-8", "zh_CN.UTF-8", "en_US.UTF-8"};

    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        const char *name = setlocale(LC_ALL, candidates[i]);
        if (name && strcmp(setlocale(LC_CTYPE, NULL), "C") != 0 &&
            strcmp(setlocale(LC_CTYPE, NULL), "POSIX") != 0 &&
            strcmp(setlocale(LC_MESSAGES, NULL), "C") != 0)
            return true;
    }
    return false;
}

enum status i18n_start(const char *language, const char *catalog_dir, struct error *error)
{
    if (strcmp(language, "zh_CN") != 0 && strcmp(language, "en") != 0)
        return error_set(error, STATUS_INVALID, "--lang %.40s: zh_CN or en", language);
    if (!set_a_locale())
        return error_set(error, STATUS_UNSUPPORTED, "This system has no UTF-8 locale at all.");
    setlocale(LC_NUMERIC, "C");
    if (setenv("LANGUAGE", language, 1) != 0)
        return error_nomem(error);
    bindtextdomain(DOMAIN, catalog_dir);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    return STATUS_OK;
}
