#!/usr/bin/env bash
# 500,000 calls of gannet sipp open at once, and the memory that they take.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/sipp_open.py" "$@" --gannet "$target/release/gannet"
