#!/usr/bin/env bash
# Signed calls of gannet sipp beside unsigned ones: whether a rate is held on one core, and what a call costs.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac
[ -n "${GANNET_BINARY:-}" ] || (cd "$root" && nice -n 10 cargo build --release --locked --quiet -p gannet-cli --bin gannet)
exec python3 -B "$here/lib/stir_load.py" "$@" --gannet "${GANNET_BINARY:-$target/release/gannet}"
