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
    for file in "$@"; do
        [ -f "$file" ] || breach "tests/lint/house.sh: there is no $file"
    done
    for file in $(grep -lE "^#include <($pattern)" $sources); do
        case " $* " in
        *" $file "*) ;;
        *) breach "$file: <$pattern> belongs in: $*" ;;
        esac
    done
}
adapter 'n?curses|term\.h|panel' tui/screen.c
adapter 'curl/' sync/http.c
adapter 'sqlite3' db/sql.c
adapter 'jansson' base/json.h
adapter 'openssl/' verify/crypto.c verify/crypto_handle.h verify/digest.c verify/x509.c verify/chain.c verify/crl.c verify/crl_path.c verify/crl_path.h verify/signing.c verify/envelope.c verify/station_key.c db/passphrase.c
adapter 'zlib' verify/inflate.c
adapter 'libxml/' verify/xml.c
adapter 'zip\.h' verify/zip.c
adapter 'qrencode\.h' verify/qr_code.c
adapter 'unicode/' base/text.c
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

# Parameters: seven at most.
awk 'FNR == 1 { open = 0 }
     /^[a-z][a-zA-Z0-9_ *]*\(/ && !/;$/ { text = ""; open = 1 }
     open { text = text $0 }
     open && (/\{$/ || /;/) {
         open = 0
         sub(/\{.*/, "", text)
         while (sub(/\([^()]*\)\([^()]*\)/, "", text)); # a pointer to a function counts as one
         if (gsub(/,/, ",", text) >= 7) { print FILENAME ":" FNR ": more than seven parameters"; bad = 1 }
     }
     END { exit bad }' $sources >&2 || bad=1

# What can fail is not ignored: a status in a header is MUST_CHECK, unless it only says what an
# error already is.
awk 'FNR == 1 { open = 0 }
     /^enum status [a-z0-9_]*\(/ { text = ""; open = 1 }
     open { text = text $0 }
     open && /;/ {
         open = 0
         if (text !~ /MUST_CHECK|PRINTF_LIKE|error_nomem|classify_(nonsense|worse)|cli_refuse_role/) {
             print FILENAME ":" FNR ": MUST_CHECK is missing"
             bad = 1
         }
     }
     END { exit bad }' $(for f in $folders; do ls $f/*.h; done) >&2 || bad=1

# Nothing is left for later, and nothing sleeps in a test.
grep -nE '(^|[^A-Za-z])(TODO|FIXME|HACK)([^A-Za-z]|$)' $sources $(find tests -name '*.[ch]') >&2 && bad=1
grep -nE '(^|[^a-zA-Z0-9_])(usleep|nanosleep|sleep) ?\(' $(find tests -name '*.[ch]') >&2 && bad=1

# Functions that have a safer neighbour, and work that does not belong in a library.
banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|localtime|gmtime|asctime|ctime|atoi|atol|atof|system|popen|alloca|tmpnam|mktemp|get_wch|usleep|sleep'
grep -nE "(^|[^a-zA-Z0-9_])($banned) ?\(" $sources | grep -vE '^[^:]*:[0-9]+: *(\*|/\*|//)' >&2 && bad=1
for f in base verify db sync keymaps; do
    grep -nE '(^|[^a-zA-Z0-9_])(printf|puts|putchar|exit|abort) ?\(' $f/*.c 2>/dev/null >&2 && bad=1
done

# SQL is bound, never formatted.
grep -nE 'sqlite3_v?mprintf|sqlite3_snprintf' $sources >&2 && bad=1
grep -nE '"[^"]*(SELECT|INSERT INTO|UPDATE|DELETE FROM)[^"]*%[sd]' $sources >&2 && bad=1

# Every command of the table is carried out somewhere.
for name in $(sed -n 's/^COMMAND_ROW(\([A-Z_]*\),.*/\1/p' keymaps/commands.def); do
    grep -qwE "COMMAND_$name" tui/*.c || breach "keymaps/commands.def: nobody handles COMMAND_$name"
done

# Every header says what it is for, and is guarded by its own name.
for file in $(ls $(for f in $folders; do echo $f/*.h; done) 2>/dev/null); do
    guard=HUILIU_$(echo "$file" | tr 'a-z/.' 'A-Z__')
    [ "$(sed -n '1p' "$file")" = "#ifndef $guard" ] || breach "$file: the guard is not $guard"
    sed '/^struct .*{$/q;/^enum .*{$/q;/(/q' "$file" | grep -q '^/\*' || breach "$file: no essay on top"
done

# Exported mutable data (needs a build; silent without one).
objects=$(find "${B:-build}/o" -name '*.o' 2>/dev/null | grep -E '/o/(base|verify|db|sync|keymaps|tui|cli)/')
if [ -n "$objects" ] && command -v objdump >/dev/null; then
    objdump -t $objects 2>/dev/null | awk '
        /file format/ { object = $1 }
        / g .* (\.data|\.bss|\*COM\*)\t/ { print object " exports mutable data: " $NF; bad = 1 }
        END { exit bad }' >&2 || bad=1
fi

# "Where things live" names every source file.
for file in $(ls $(for f in $folders; do echo $f/*.c; done) 2>/dev/null); do
    stem=${file%.c}
    grep -qE "(^|[^a-z_/])$stem(\.c|\.h|[^a-z_]|\$)" docs/architecture.md || breach "docs/architecture.md does not name $file"
done
exit $bad
