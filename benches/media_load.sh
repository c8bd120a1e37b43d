#!/usr/bin/env bash
# How many G.711 streams leave on time and arrive, with gannet at both ends; SIPp's and baresip's beside it.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/media_load.py" "$@" --gannet "$target/release/gannet"
