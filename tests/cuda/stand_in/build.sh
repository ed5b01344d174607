#!/usr/bin/env bash
# Builds the stand-ins of CUDA's libraries into a folder: `build.sh OUTDIR`. A program that finds them there
# (LD_LIBRARY_PATH=OUTDIR) sees devices whose kernels run on the CPU. README.md says what they do and do not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "${1:?where to: build.sh OUTDIR}" && cd "$1" && pwd)
command -v g++ >/dev/null || { echo 'the stand-in needs g++, which is not installed' >&2; exit 1; }

library() {
    local name=$1
    shift
    # A program may have the old one open.
    g++ -O2 -std=c++17 -fPIC -shared -Wall -Wextra -DCUSIM_HOME="\"$here\"" "$@" -o "$out/$name.new" \
        "-Wl,-soname,$name" "-Wl,--version-script=$here/exported.map" -ldl -pthread
    mv -f "$out/$name.new" "$out/$name"
}

library libcuda.so.1 "$here"/driver.cpp "$here"/memory.cpp "$here"/module.cpp &
library libnvrtc.so.13 "$here"/nvrtc.cpp "$here"/translation.cpp &
library libcublas.so.13 "$here"/cublas.cpp &
for job in $(jobs -p); do
    wait "$job"
done
