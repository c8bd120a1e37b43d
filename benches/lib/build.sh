# For the scripts beside this folder: where things are, and building what is measured.
root=$(cd "$here/.." && pwd)
shared=$(cd "${GANNET_SHARED:-$root/../shared}" && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac

# build ARGUMENTS...: a release build, silent when there is nothing to do.
build() {
    (cd "$root" && nice -n 10 cargo build --release --locked --quiet "$@")
}
