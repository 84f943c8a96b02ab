#!/bin/sh
# `make demo`: a township of synthetic residents, a loopback upstream, a home for a clerk and one for
# a supervisor. On a terminal it opens the interface; without one it walks the same journey through
# the command line and checks every step. Everything it starts ends with it.
set -eu
b=$(cd "$1" && pwd)
residents=${DEMO_RESIDENTS:-50000}
area=990106001
huiliu=$b/huiliu
here=$(mktemp -d "${TMPDIR:-/tmp}/huiliu-demo.XXXXXX")
server=
chinese="--lang zh_CN"

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}
clean_up() {
    stop_server
    rm -rf "$here"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

start_server() { # port [more arguments]
    rm -f "$here/ready"
    mkfifo "$here/ready"
    "$b/tests/upstream/upstream" --data "$here/upstream.db" --port "$@" --user township \
        --password-file "$here/upstream.pass" --die-with-parent >"$here/ready" &
    server=$!
    exec 3<"$here/ready"
    read -r listening <&3 || {
        echo "The upstream did not start." >&2
        exit 1
    }
    port=${listening##*:}
}

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }

umask 077
printf 'demo-upstream-password\n' >"$here/upstream.pass"
printf 'river-stone-lamp-4\n' >"$here/clerk.pass"
printf 'quiet-maple-road-7\n' >"$here/supervisor.pass"

say "Generating a township of $residents synthetic residents"
mkdir "$here/town"
"$b/tests/township/township" --seed 20260101 --residents "$residents" --area $area \
    --format bulk --out "$here/town"
say "Starting an upstream on this computer (it speaks the CouchDB API)"
start_server 0 --load "$here/town" --create requests-$area
echo "listening on http://127.0.0.1:$port"

new_home() { # directory station account role passphrase-file
    "$huiliu" init --home "$1" --upstream "http://127.0.0.1:$port" --area $area --station "$2" \
        --upstream-user township --upstream-password-file "$here/upstream.pass" \
        --as "$3" --role "$4" --passphrase-file "$5" --lang en >/dev/null 2>&1
}
say "Making a home for this demonstration"
new_home "$here/counter" 'counter-1' admin administrator,supervisor "$here/supervisor.pass"
"$huiliu" account add clerk --role clerk --new-passphrase-file "$here/clerk.pass" \
    --home "$here/counter" --as admin --passphrase-file "$here/supervisor.pass" --lang en >/dev/null 2>&1

say "First sync: the catalogue, then the datasets it names"
"$huiliu" sync --home "$here/counter" --lang en

if [ -t 0 ] && [ -t 1 ]; then
    cat <<EOF

The interface opens now, in Chinese. Things to try first:

  account     clerk           passphrase  river-stone-lamp-4
  reviewer    admin           passphrase  quiet-maple-road-7

  type        zhangw          or a Chinese name, or the last four digits of an ID number
  Enter       opens the file; F6 there raises a correction
  F1          help (type to filter), Ctrl-P every command by name, F10 leaves

EOF
    printf 'Press Enter to open it. '
    read -r _
    "$huiliu" --home "$here/counter" --as clerk $chinese || true
    exit 0
fi

# --- the same journey without a terminal -------------------------------------------------------
step=0
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
clerk() { "$huiliu" "$@" --home "$here/counter" --as clerk --passphrase-file "$here/clerk.pass" --json; }
boss() { "$huiliu" "$@" --home "$here/office" --as reviewer --passphrase-file "$here/supervisor.pass" --json; }
first() { # name: the first occurrence of the member
    grep -o "\"$1\": *\(\"[^\"]*\"\|[^,}]*\)" | head -1 | sed 's/^[^:]*: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/'
}
expect() { # what expected actual
    step=$((step + 1))
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
    printf '  %-58s %s\n' "$1" "$3"
}
expect_some() { # what actual
    step=$((step + 1))
    [ -n "$2" ] && [ "$2" != 0 ] || fail "$1: nothing"
    printf '  %-58s %s\n' "$1" "$2"
}

say "What the cache holds"
"$huiliu" status --home "$here/counter" --lang en

say "Search: five ways to the same person"
hit=$(clerk search --kind person --limit 1 zhang)
name=$(echo "$hit" | first name)
record=$(echo "$hit" | first record)
id=${record#person:}
expect_some "pinyin 'zhang' finds" "$name"
tail4=$(printf %s "$id" | tail -c 4)
expect "whole ID number" "$record" "$(clerk search --limit 1 "$id" | first record)"
for query in "$name" "$(printf %.10s "$id") $name" "$tail4 $name"; do
    clerk search --limit 500 "$query" | grep -qF "\"$record\"" || fail "'$query' does not find $record"
    step=$((step + 1))
    printf '  %-58s found\n' "'$query'"
done

say "The one-person file"
file=$(clerk show person "$id")
expect "name in the file" "$name" "$(echo "$file" | grep -o '"name": *"[^"]*"' | grep -cF "\"$name\"" | sed 's/^[1-9].*/'"$name"'/')"
expect_some "sections, each with its provider and age" "$(echo "$file" | grep -o '"provider"' | wc -l | tr -d ' ')"

say "Verify"
expect "this ID number is well-formed" valid "$(clerk verify "$id" | first verdict)"
last=$(printf %s "$id" | tail -c 1)
[ "$last" = 1 ] && wrong=2 || wrong=1
bad=$(printf %.17s "$id")$wrong
expect "with one digit changed (exit status 6)" mismatch "$(clerk verify "$bad" | first verdict || true)"
certificate=$(clerk search --kind certificate --limit 1 许可证 | first record)
expect_some "a certificate of the cache" "$certificate"
verdict=$(clerk verify --offline "${certificate#certificate:}" | first verdict || true)
case $verdict in
valid | expired | revoked | suspended | superseded | not_yet_valid) expect_some "judged offline" "$verdict" ;;
*) fail "the certificate's verdict is '$verdict'" ;;
esac
clerk check --name "$name" --id "$id" >/dev/null && step=$((step + 1)) || fail "blind check: no match"
printf '  %-58s %s\n' "blind check of name and number" match

say "A correction, raised while the upstream is stopped"
stop_server
request=$(clerk request new --dataset population --record "$record" --set phone=19900001234 \
    --ground inaccurate --reason '本人到窗口更正联系电话')
number=$(echo "$request" | first id)
expect_some "request" "$number"
expect "its delivery" queued "$(clerk request show "$number" | first delivery)"
code=0
"$huiliu" sync --home "$here/counter" --json >/dev/null 2>&1 || code=$?
expect "sync says so (exit status 3: unreachable)" 3 "$code"
expect "still queued" queued "$(clerk request show "$number" | first delivery)"
code=0
"$huiliu" request approve "$number" --home "$here/counter" --as clerk \
    --passphrase-file "$here/clerk.pass" --json >/dev/null 2>&1 || code=$?
expect "its maker may not approve it (exit status 4: refused)" 4 "$code"

say "The upstream is back: delivery, and a supervisor on another station"
start_server "$port"
"$huiliu" sync --home "$here/counter" --lang en
expect "delivery" delivered "$(clerk request show "$number" | first delivery)"
new_home "$here/office" 'office-1' reviewer supervisor "$here/supervisor.pass"
"$huiliu" sync --home "$here/office" --lang en >/dev/null 2>&1
expect "the other station sees it" pending_review "$(boss request show "$number" | first state)"
boss request approve "$number" >/dev/null
"$huiliu" sync --home "$here/office" --lang en >/dev/null 2>&1
expect "approved and delivered there" delivered "$(boss request show "$number" | first delivery)"
"$huiliu" sync --home "$here/counter" --lang en >/dev/null 2>&1
expect "the clerk sees the decision" approved "$(clerk request show "$number" | first state)"

say "$step steps, all true. Run 'make demo' in a terminal to use the interface."
