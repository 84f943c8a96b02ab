#!/bin/sh
# The contract against the fixture, as a program `make test` can run. B is the build directory.
set -eu
build=${B:-build}
exec "$build/tests/interop/contract" -- "$build/tests/upstream/upstream" --die-with-parent
