#!/usr/bin/env bash
# A million calls open at once, and what they cost in memory. `--help` lists the options; README.md says
# what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/seagull_million.py" "$@" --gannet "$target/release/gannet"
