#!/usr/bin/env bash
# The highest rate of SIPp against SIPp and of gannet against gannet, and what a call costs.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/sipp_load.py" "$@" --gannet "$target/release/gannet"
