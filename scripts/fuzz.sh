#!/usr/bin/env bash
# Fuzzes the readers of files: fuzz.sh [SECONDS] [TARGET..], 60 seconds for each of all targets unless it is said.
# fuzz/corpus holds the seeds, and in found.tar.gz what an hour of fuzzing found beyond them; new inputs go below the
# target folder. Needs the nightly toolchain and a C++ compiler; fails at the first crash, whose input it names.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"
target=$(realpath -m "${CARGO_TARGET_DIR:-../target}")/fuzz
seconds=${1:-60}
[ $# -gt 0 ] && shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(npy npz safetensors gguf idx csv)
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo 'there is no nightly toolchain on this machine: nothing was fuzzed'
    exit 0
fi

host=$(rustc +nightly -vV | sed -n 's/^host: //p')
export RUSTFLAGS="--cfg fuzzing -Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
export CONGRUENT_POOL=off ASAN_OPTIONS=detect_leaks=0
cargo +nightly build --quiet --release --target "$host" --target-dir "$target"
mkdir -p "$target/corpus"
tar -xzf corpus/found.tar.gz -C "$target/corpus"
for name in "${targets[@]}"; do
    echo "--- $name, $seconds s"
    mkdir -p "$target/corpus/$name"
    "$target/$host/release/$name" "$target/corpus/$name" "corpus/$name" -max_total_time="$seconds" -max_len=4096 \
        -rss_limit_mb=1024 -malloc_limit_mb=256 -timeout=5 -print_final_stats=1 -artifact_prefix="$target/$name-" \
        >"$target/$name.log" 2>&1 || { tail -n 40 "$target/$name.log" && exit 1; }
    grep -E 'stat::number_of_executed_units|stat::peak_rss_mb|^Done|DONE' "$target/$name.log" | tail -n 4
done
