#!/usr/bin/env bash
# Seagull's client and server scenario against each other, and bare sockets beside them: what a call
# costs. `--help` lists the options; README.md says what the figures mean.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/build.sh"
build -p gannet-cli --bin gannet
build -p gannet-net --example bare_socket
exec python3 -B "$here/lib/seagull_load.py" "$@" --gannet "$target/release/gannet" \
    --bare-socket "$target/release/examples/bare_socket" --fixtures "$shared/fixtures"
