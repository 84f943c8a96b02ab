#!/bin/sh
# Rules of the house that a compiler does not know. Silent when all hold; each breach is one line.
set -u
cd "$(dirname "$0")/../.."
bad=0
breach() {
    echo "$1" >&2
    bad=1
}

folders="base verify db sync keymaps tui cli"
sources=$(for f in $folders; do ls $f/*.c $f/*.h 2>/dev/null; done)

# Imports go one way.
allowed() {
    case $1 in
    base) echo base ;;
    verify) echo base verify ;;
    db) echo base verify db ;;
    sync) echo base verify db sync ;;
    keymaps) echo base keymaps ;;
    tui) echo base verify db sync keymaps tui ;;
    cli) echo base verify db sync keymaps tui cli ;;
    esac
}
for file in $sources; do
    own=${file%%/*}
    for used in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file" | sort -u); do
        case " $(allowed "$own") " in
        *" $used "*) ;;
        *) breach "$file: $own/ must not include $used/" ;;
        esac
    done
    grep -n '^#include "[^/"]*"' "$file" | sed "s|^|$file:|;s|\$| (name the folder)|" | grep . && bad=1
done

# No include cycles between files.
pairs=$(for file in $sources; do
    sed -n 's/^#include "\([^"]*\.h\)".*/\1/p' "$file" | sed "s|^|$file |"
done | awk '{ if ($1 != $2) print }')
cycle=$(echo "$pairs" | tsort 2>&1 >/dev/null)
[ -z "$cycle" ] || breach "include cycle: $cycle"

# One or two adapter files per third-party header.
adapter() { # header-pattern allowed-files…
    pattern=$1
    shift
    for file in $(grep -lE "^#include <($pattern)" $sources); do
        case " $* " in
        *" $file "*) ;;
        *) breach "$file: <$pattern> belongs in: $*" ;;
        esac
    done
}
adapter 'n?curses|term\.h|panel' tui/screen.c
adapter 'curl/' sync/http.c
adapter 'sqlite3' db/sql.c db/search_tokenizer.c
adapter 'jansson' base/json.h
adapter 'openssl/' verify/digest.c verify/x509.c verify/x509_handle.h verify/chain.c db/passphrase.c
adapter 'libxml/' verify/xml.c
adapter 'zip\.h' verify/zip.c
adapter 'unicode/' base/text.c db/pinyin.c db/search_fold.c
adapter 'ini\.h' base/conf.c

# Sizes.
for file in $sources; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 1000 ] || breach "$file: $lines lines (1000 at most)"
    awk -v file="$file" '
        /^{/ { start = NR }
        /^}/ { if (start && NR - start + 1 > 80) { print file ":" start ": function of " NR - start + 1 " lines (80 at most)"; bad = 1 } start = 0 }
        length($0) > 120 { print file ":" NR ": line of " length($0) " bytes"; bad = 1 }
        END { exit bad }' "$file" >&2 || bad=1
done

# Functions that have a safer neighbour, and work that does not belong in a library.
banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|localtime|gmtime|asctime|ctime|atoi|atol|atof|system|popen|alloca|tmpnam|mktemp|get_wch|usleep|sleep'
grep -nE "(^|[^a-zA-Z0-9_])($banned) ?\(" $sources | grep -vE '^[^:]*:[0-9]+: *(\*|/\*|//)' >&2 && bad=1
for f in base verify db sync keymaps; do
    grep -nE '(^|[^a-zA-Z0-9_])(printf|puts|putchar|exit|abort) ?\(' $f/*.c 2>/dev/null >&2 && bad=1
done

# SQL is bound, never formatted.
grep -nE 'sqlite3_v?mprintf|sqlite3_snprintf' $sources >&2 && bad=1
grep -nE '"[^"]*(SELECT|INSERT INTO|UPDATE|DELETE FROM)[^"]*%[sd]' $sources >&2 && bad=1

# Exported mutable data (needs a build; silent without one).
objects=$(find "${B:-build}/o" -name '*.o' 2>/dev/null | grep -E '/o/(base|verify|db|sync|keymaps|tui|cli)/')
if [ -n "$objects" ] && command -v nm >/dev/null; then
    nm -A --defined-only $objects 2>/dev/null | grep -E ' [BDC] ' | grep -v ' DW.ref' >&2 && bad=1
fi

# "Where things live" names every source file.
for file in $(ls $(for f in $folders; do echo $f/*.c; done) 2>/dev/null); do
    stem=${file%.c}
    grep -qE "(^|[^a-z_/])$stem(\.c|\.h|[^a-z_]|\$)" docs/architecture.md || breach "docs/architecture.md does not name $file"
done
exit $bad
