#!/bin/sh
# Every sentence a clerk can see exists in Chinese. With --update: merges new source strings
# into po/zh_CN.po first.
set -eu
cd "$(dirname "$0")/../.."
pot=$(mktemp)
trap 'rm -f "$pot" "$pot.po"' EXIT

xgettext --from-code=UTF-8 --language=C --keyword=_ --keyword=N_ --keyword=ngettext:1,2 \
    --sort-by-file --no-wrap --package-name=huiliu --copyright-holder='The Huiliu authors' \
    --output="$pot" base/*.[ch] verify/*.[ch] db/*.[ch] sync/*.[ch] keymaps/*.[ch] keymaps/*.def \
    tui/*.[ch] cli/*.[ch]
sed -i 's/charset=CHARSET/charset=UTF-8/' "$pot"

if [ "${1:-}" = --update ]; then
    msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-by-file --no-location --update \
        --backup=none po/zh_CN.po "$pot"
    msgattrib --no-obsolete --no-wrap --no-location -o "$pot.po" po/zh_CN.po
    mv "$pot.po" po/zh_CN.po
fi
msgfmt --check -o /dev/null po/zh_CN.po
# msgcmp names every string of the sources that has no translation.
msgcmp --use-untranslated po/zh_CN.po "$pot" 2>/dev/null || {
    msgcmp po/zh_CN.po "$pot"
    exit 1
}
untranslated=$(msgattrib --untranslated --no-wrap po/zh_CN.po | grep -c '^msgid "..*"' || true)
fuzzy=$(msgattrib --only-fuzzy --no-wrap po/zh_CN.po | grep -c '^msgid "..*"' || true)
if [ "$untranslated" -ne 0 ] || [ "$fuzzy" -ne 0 ]; then
    echo "po/zh_CN.po: $untranslated untranslated, $fuzzy fuzzy" >&2
    exit 1
fi
