#!/usr/bin/env bash
# Half an hour of gannet sipp with lost datagrams and a called side that restarts twice.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/sipp_soak.py" "$@" --gannet "$target/release/gannet"
