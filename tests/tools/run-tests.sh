#!/bin/sh
# Runs test programs side by side and closes with "N passed, N failed".
# usage: run-tests.sh LOG_DIRECTORY PROGRAM…
# A program prints TAP lines ("ok …", "not ok …") and exits 0 only if all passed. One that dies,
# or prints no line at all, counts as failed. Logs of failed programs are printed whole.
set -u

if [ "${1:-}" = --one ]; then
    log=$2/$(printf %s "$3" | tr '/ ' '__').log
    start=$(date +%s)
    CMOCKA_MESSAGE_OUTPUT=TAP timeout "${TEST_TIMEOUT:-240}" sh -c "exec $3" >"$log" 2>&1 </dev/null
    code=$?
    passed=$(grep -c '^ok' "$log")
    failed=$(grep '^not ok' "$log" | grep -vc '# SKIP') # cmocka calls a skipped test not ok
    if [ "$failed" -eq 0 ] && { [ $code -ne 0 ] || [ "$passed" -eq 0 ]; }; then
        failed=1
        echo "not ok - $3 ended with status $code" >>"$log"
    fi
    echo "$passed $failed" >"$log.count"
    [ "$failed" -eq 0 ] && mark=ok || mark=FAILED
    printf '%-7s %4s  %3ss  %s\n' "$mark" "$passed" "$(($(date +%s) - start))" "$3"
    exit 0
fi

logs=$1
shift
rm -rf "$logs"
mkdir -p "$logs"
printf '%s\0' "$@" | xargs -0 -P "${TEST_JOBS:-$(nproc)}" -n 1 sh "$0" --one "$logs"

passed=0
failed=0
for count in "$logs"/*.count; do
    read -r p f <"$count"
    passed=$((passed + p))
    failed=$((failed + f))
    if [ "$f" -ne 0 ]; then
        echo "--- ${count%.count}"
        cat "${count%.count}"
    fi
done
# What did not run is named: a skipped test shows nothing.
grep -H '^[a-z ]*ok .*# SKIP' "$logs"/*.log | sed 's/^.*\/\([^:]*\)\.log:.*# SKIP */skipped: \1: /'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
