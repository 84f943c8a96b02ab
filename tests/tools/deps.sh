#!/bin/sh
# Installs the Debian packages Huiliu needs and that are missing, and says so first.
# usage: deps.sh build|demo|test|lint|ci       (each includes the ones before it that it needs)
set -eu

build="gcc libc6-dev pkg-config gettext libncurses-dev libsqlite3-dev libcurl4-openssl-dev
 libjansson-dev libssl-dev libicu-dev libinih-dev zlib1g-dev libzip-dev libxml2-dev libqrencode-dev
 unicode-data bzip2"
demo="$build libmicrohttpd-dev"
test="$demo libcmocka-dev libvterm-dev locales nodejs openssl curl"
lint="$build clang-format cppcheck"
ci="$test $lint clang libclang-rt-14-dev llvm valgrind python3-minimal"

case ${1:-} in
build) want=$build ;;
demo) want=$demo ;;
test) want=$test ;;
lint) want=$lint ;;
ci) want=$ci ;;
*)
    echo "usage: $0 build|demo|test|lint|ci" >&2
    exit 2
    ;;
esac

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This system does not use Debian packages. Huiliu needs what Debian calls:" $want >&2
    exit 0
fi

missing=
for package in $want; do
    installed "$package" && continue
    # A node or a npm from elsewhere is as good as Debian's.
    [ "$package" = nodejs ] && command -v node >/dev/null 2>&1 && continue
    missing="$missing $package"
done
case $want in
*nodejs*) command -v npm >/dev/null 2>&1 || missing="$missing npm" ;;
esac
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "These packages are missing and installing them needs root or sudo:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing with apt-get:$missing"
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    $missing </dev/null >/dev/null 2>&1; then
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $missing </dev/null >/dev/null
fi
