#!/usr/bin/env bash
# Calls of Seagull's client and server scenario while somebody throws rubbish at the server. `--help`
# lists the options.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/seagull_hostile.py" "$@" --gannet "$target/release/gannet" \
    --fixtures "$shared/fixtures"
