#!/bin/sh
# A downward bundle, as a platform's office makes it with curl, sed and openssl (docs/bundles.md).
#
#   bundle.sh URL AREA ORIGIN NUMBER SIGNER-CERT SIGNER-KEY STATION-CERT OUT DATABASE[@SINCE]...
#
# RECEIPTS in the environment: the JSON array of receipts for the first page. VERSION: of the form.
set -eu
url=$1 area=$2 origin=$3 number=$4 signer=$5 key=$6 station=$7 out=$8
shift 8
at=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
receipts=${RECEIPTS:-[]}

page() { # DATABASE SINCE
    since=null
    [ -z "$2" ] || since=\"$2\"
    instance=$(curl -sSf "$url/$1" | sed 's/.*"instance_start_time":"\([^"]*\)".*/\1/')
    head="{\"version\":${VERSION:-1},\"direction\":\"down\",\"origin\":\"$origin\",\"number\":$number"
    head="$head,\"area\":\"$area\",\"created_at\":\"$at\",\"database\":\"$1\""
    head="$head,\"instance\":\"$instance\",\"since\":$since,\"receipts\":$receipts}"
    curl -sSf "$url/$1/_changes?include_docs=true&since=${2:-0}" | sed "1s/^{/{\"bundle\":$head,/"
    receipts=[]
}

for database; do
    case $database in
    *@*) page "${database%%@*}" "${database#*@}" ;;
    *) page "$database" "" ;;
    esac
done | openssl cms -sign -binary -nodetach -stream -md sha256 -signer "$signer" -inkey "$key" \
    -outform DER |
    openssl cms -encrypt -binary -stream -aes-256-cbc -recip "$station" -outform DER -out "$out"
