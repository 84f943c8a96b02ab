#!/bin/sh
# Whether every class of query finds whom it describes, in a small town (docs/performance.md has the
# figures of a large one).
set -eu

build=${B:-build}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
"$build/tests/bench/bench" --build "$build" --in "$scratch" --residents 3000 load >/dev/null
"$build/tests/bench/bench" --build "$build" --in "$scratch" --residents 3000 recall
