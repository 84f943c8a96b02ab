#!/bin/sh
# Every sentence a clerk can see exists in Chinese, and nothing is translated that no source says.
# With --update: merges the strings of the sources into po/zh_CN.po first; new ones come in empty.
set -eu
cd "$(dirname "$0")/../.."
po=po/zh_CN.po
pot=$(mktemp)
seen=$(mktemp)
trap 'rm -f "$pot" "$seen"' EXIT

# Dates are left out of the file: they change with every run and say nothing.
xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
    --sort-by-file --no-wrap --package-name=huiliu --copyright-holder='The Huiliu authors' \
    --output="$pot" base/*.[ch] verify/*.[ch] db/*.[ch] sync/*.[ch] keymaps/*.[ch] keymaps/*.def \
    tui/*.[ch] cli/*.[ch]
sed -i -e 's/charset=CHARSET/charset=UTF-8/' -e '/^"POT-Creation-Date:/d' "$pot"

if [ "${1:-}" = --update ]; then
    msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-by-file --no-location --update \
        --backup=none "$po" "$pot"
    msgattrib --no-obsolete --no-wrap --no-location --output-file="$seen" "$po"
    cat "$seen" >"$po"
fi

# Form of the file, and the same placeholders in both languages.
msgfmt --check --output-file=/dev/null "$po"

# Names each string of the sources that is untranslated or fuzzy, and each that no source has.
if ! msgcmp "$po" "$pot" 2>"$seen" || [ -s "$seen" ]; then
    cat "$seen" >&2
    echo "$po: run sh tests/lint/translations.sh --update, then translate what is listed" >&2
    exit 1
fi
