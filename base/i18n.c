#include "base/i18n.h"

#include <langinfo.h>
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

/* gettext ignores LANGUAGE in the plain "C" locale, so one with another name is needed. The
 * character set must have every name in it: UTF-8, or the GB18030 of an old terminal. */
static bool locale_is_usable(void)
{
    const char *codeset = nl_langinfo(CODESET);
    const char *messages = setlocale(LC_MESSAGES, NULL);

    return (strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "GB18030") == 0) && messages &&
           strcmp(messages, "C") != 0 && strcmp(messages, "POSIX") != 0;
}

static bool set_a_locale(void)
{
    static const char *const candidates[] = {"", "C.UTF-8", "zh_CN.UTF-8", "en_US.UTF-8"};

    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
        if (setlocale(LC_ALL, candidates[i]) && locale_is_usable())
            return true;
    return false;
}

enum status i18n_start(const char *language, const char *catalog_dir, struct error *error)
{
    if (strcmp(language, "zh_CN") != 0 && strcmp(language, "en") != 0)
        return error_set(error, STATUS_INVALID, "--lang %.40s: the languages are zh_CN and en.",
                         language);
    if (!set_a_locale())
        return error_set(error, STATUS_UNSUPPORTED,
                         "This system has no UTF-8 locale. Install the locale C.UTF-8.");
    setlocale(LC_NUMERIC, "C");
    if (setenv("LANGUAGE", language, 1) != 0)
        return error_nomem(error);
    bindtextdomain(DOMAIN, catalog_dir);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    textdomain(DOMAIN);
    return STATUS_OK;
}
