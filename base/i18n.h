#ifndef HUILIU_BASE_I18N_H
#define HUILIU_BASE_I18N_H
/*
 * Translation of what users read. Source strings are English; `_()` gives the interface language.
 *
 * i18n_start() is called once by main() before any thread exists. It keeps a session's UTF-8 or
 * GB18030 character set and otherwise takes UTF-8, also where the system has no Chinese locale
 * installed (a bare Debian has only C.UTF-8: gettext then follows LANGUAGE), and keeps LC_NUMERIC
 * at "C" because JSON depends on it. Translations are UTF-8 whatever the session's character set.
 * Nothing else in the program calls setlocale(). Threads: `_()` may be called from any thread.
 */
#include "base/error.h"

#include <libintl.h>
#include <stdbool.h>

#define _(text)  gettext(text)
#define N_(text) (text)

/* language: "zh_CN" or "en"; anything else gives STATUS_INVALID. `catalog_dir` holds
 * zh_CN/LC_MESSAGES/huiliu.mo and must outlive the program's use of `_()`. */
enum status i18n_start(const char *language, const char *catalog_dir,
                       struct error *error) MUST_CHECK;

/* The language i18n_start() was given: "zh_CN" unless told otherwise. */
const char *i18n_language(void);

/* True when the interface language is Chinese (titles in the catalogue come in zh and en). */
bool i18n_is_chinese(void);

#endif
