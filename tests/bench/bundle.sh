#!/bin/sh
# A downward bundle of a generated town, as an office makes it with sed and openssl
# (docs/bundles.md): the catalogue and some datasets, each a whole database.
#
#   bundle.sh TOWN AREA STATION-CERT OUT DATASET...
#
# TOWN holds township's `changes` files. The office's key is made anew and thrown away.
set -eu
town=$1 area=$2 station=$3 out=$4
shift 4
office=$(mktemp -d)
trap 'rm -rf "$office"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=office \
    -keyout "$office/key" -out "$office/cert" 2>/dev/null

page() { # DATABASE
    head="{\"version\":1,\"direction\":\"down\",\"origin\":\"office\",\"number\":1"
    head="$head,\"area\":\"$area\",\"created_at\":\"$(date -u +%FT%TZ)\""
    head="$head,\"database\":\"$1\",\"since\":null}"
    sed "1s/^{/{\"bundle\":$head,/" "$town/$1.changes"
}

{
    page catalogue
    for dataset; do page "$dataset-$area"; done
} | openssl cms -sign -binary -nodetach -stream -md sha256 -signer "$office/cert" \
    -inkey "$office/key" -outform DER |
    openssl cms -encrypt -binary -stream -aes-256-cbc -recip "$station" -outform DER -out "$out"
