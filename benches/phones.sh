#!/usr/bin/env bash
# Full phones without media that call each other: calls per second, CPU per call, memory per open call.
# `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac
(cd "$root" && nice -n 10 cargo build --release --locked --quiet -p gannet-phone --example phones)
exec python3 -B "$here/lib/phones.py" "$@" --phones "$target/release/examples/phones"
