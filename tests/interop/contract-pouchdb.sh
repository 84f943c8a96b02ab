#!/bin/sh
# The contract against PouchDB Server, as a program `make test` can run.
# B is the build directory, INTEROP where the server is installed.
set -eu
build=$(cd "${B:-build}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
cd "${INTEROP:-$build/interop}"
exec "$build/tests/interop/contract" --pouchdb -- node "$here/pouchdb.js" scratch
