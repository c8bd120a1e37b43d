#!/usr/bin/env bash
# 1,000 phones in one scenario: each registers, subscribes to ten others and publishes once.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
exec python3 -B "$here/lib/thousand_phones.py" "$@" --gannet "$target/release/gannet"
