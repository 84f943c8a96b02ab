#!/bin/sh
# docs/failures.md names tests as `file:name`; each must be registered in that file, and every
# failure from F01 to F70 must have its row. Silent when all is well.
set -u
cd "$(dirname "$0")/../.."
page=docs/failures.md
bad=0
for number in $(seq -w 1 70); do
    if [ "$(grep -c "^| F$number |" $page)" -ne 1 ]; then
        echo "$page: F$number has not exactly one row" >&2
        bad=1
    fi
done
for named in $(grep '^| F[0-9]' $page | grep -o '`tests/[^` ]*:[^` ]*`' | tr -d '`' | sort -u); do
    file=${named%%:*}
    test=${named#*:}
    # twice: where it is written, and where it is run
    if [ ! -f "$file" ] || [ "$(grep -cw "$test" "$file")" -lt 2 ]; then
        echo "$page: there is no test $test in $file" >&2
        bad=1
    fi
done
if grep '^| F[0-9]' $page | grep -v '`tests/[^` ]*:[^` ]*` |$\|| not yet |$' >&2; then
    echo "$page: the rows above name neither a test nor \"not yet\"" >&2
    bad=1
fi
exit $bad
