#!/usr/bin/env bash
# The tests of CUDA devices, without one: on libraries that stand in for CUDA's and run kernels on the CPU
# (stand_in/README.md), in three orders of threads, with memory pools and without, kernels under the address sanitizer;
# without any library, where a device says what is missing; and by NVIDIA's compiler, which needs no device and is
# fetched from PyPI. What it cannot run it says; with --allow-missing that is no failure.
#
#   tests/cuda/run.sh [--allow-missing] [--quick | --full] [TEST ARGUMENTS]
#
# --quick: one order, no sanitizer, no compiler of NVIDIA's. --full: every formula, also for the sanitizer, NVIDIA's
# compiler over every kernel, the messages of ui-tests/cuda, digits learned and benches run on the stand-in.
# CONGRUENT_CUDA_OUT is where the stand-in and compiled kernels are kept, CONGRUENT_CUDA_FEATURES what the tests are
# built with.
set -euo pipefail
cd "$(dirname "$0")/../.."
allow_missing=false
quick=false
full=false
while [ $# -gt 0 ]; do
    case $1 in
        --allow-missing) allow_missing=true ;;
        --quick) quick=true ;;
        --full) full=true ;;
        *) break ;;
    esac
    shift
done

skip() {
    echo "SKIPPED: $1" >&2
    $allow_missing || exit 1
    exit 0
}
command -v g++ >/dev/null || skip 'the stand-in is built by g++, which is not installed'
[ "$(uname -sm)" = 'Linux x86_64' ] || skip "the stand-in is for Linux on x86-64, this is $(uname -sm)"

out=$(realpath -m "${CONGRUENT_CUDA_OUT:-${CARGO_TARGET_DIR:-target}/cuda}")
tests/cuda/stand_in/build.sh "$out/lib"

echo '--- building the tests'
# Each line of the messages that names a test program.
features=${CONGRUENT_CUDA_FEATURES:-cuda}
programs=$(cargo test --features "$features" --lib --test cuda_runtime --test cuda_device --no-run --message-format=json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
[ -n "$programs" ] || { echo 'no test program was built' >&2; exit 1; }

# Formulas are many, of one form, and each is several kernels: half of them, unless all are asked for. So are the tests
# that attack them.
formulas='--skip every_other_row --skip attack:: --skip edges:: --skip programs::'
! $full || formulas=

# Runs the tests of devices; the caller has set what they run on.
tests() {
    local program filter
    for program in $programs; do
        case $(basename "$program") in
            cuda*) filter='' ;;
            *) filter=cuda:: ;;
        esac
        "$program" --quiet $filter $formulas "$@"
    done
}
mkdir -p "$out/sources"
on_the_stand_in() {
    CUSIM_SOURCES=$out/sources LD_LIBRARY_PATH=$out/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} CONGRUENT_REQUIRE_CUDA=1 CUSIM_MEMORY=$((256 << 20)) \
        CUSIM_LEAKS=1 XDG_CACHE_HOME="$out/$1" tests "${@:2}"
}

echo '--- without any library'
if ldconfig -p 2>/dev/null | grep -q 'libcuda\.so'; then
    echo 'SKIPPED: this machine has a driver, so nothing can be missing' >&2
else
    (unset LD_LIBRARY_PATH CONGRUENT_REQUIRE_CUDA && CONGRUENT_WITHOUT_CUDA=1 tests "$@")
fi

# Only kernels are watched, and the memory that they are given; a Rust program keeps what it likes to the end.
sanitizer=$(g++ -print-file-name=libasan.so)
watched() {
    LD_PRELOAD=$sanitizer ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0 \
        CUSIM_CXXFLAGS=-fsanitize=address on_the_stand_in watched "$@"
}
if ! $quick && [ ! -e "$sanitizer" ]; then
    echo 'SKIPPED: g++ has no address sanitizer here' >&2
    $allow_missing || exit 1
    watched() { on_the_stand_in cache "$@"; }
fi

# Most kernels are formulas, and all of one form: they are compiled once, and watched where all is asked for.
rows=row_is_that_of_the_processor
if $full; then
    for order in 0 1 2; do
        echo "--- on the stand-in, threads in order $order"
        CUSIM_ORDER=$order on_the_stand_in cache "$@"
    done
    echo '--- on the stand-in, threads in order 1, without memory pools and without a cache on the disk'
    CUSIM_ORDER=1 CUSIM_POOLS=0 CONGRUENT_KERNEL_CACHE=off on_the_stand_in cache "$@"
    echo '--- on the stand-in, threads in order 2, kernels under the address sanitizer'
    CUSIM_ORDER=2 watched "$@"
elif $quick; then
    echo '--- on the stand-in, threads in order 0; kernels are not run under the address sanitizer'
    CUSIM_ORDER=0 on_the_stand_in cache "$@"
else
    if [ $# = 0 ]; then
        for order in 0 2; do
            echo "--- formulas on the stand-in, threads in order $order"
            CUSIM_ORDER=$order on_the_stand_in cache $rows
        done
        echo '--- formulas on the stand-in, threads in order 1, without memory pools and without a cache on the disk'
        CUSIM_ORDER=1 CUSIM_POOLS=0 CONGRUENT_KERNEL_CACHE=off on_the_stand_in cache $rows
    fi
    for order in 0 2; do
        echo "--- on the stand-in, threads in order $order, kernels under the address sanitizer"
        CUSIM_ORDER=$order watched --skip $rows "$@"
    done
    echo '--- the same in order 1, without memory pools and without a cache on the disk'
    CUSIM_ORDER=1 CUSIM_POOLS=0 CONGRUENT_KERNEL_CACHE=off watched --skip $rows "$@"
fi

if $quick; then
    echo "--- quick: NVIDIA's compiler did not see the kernels"
else
    echo "--- by NVIDIA's compiler"
    every=3
    ! $full || every=1
    if ! [ -x "$out/nvrtc/bin/python" ]; then
        python3 -m venv "$out/nvrtc" && "$out/nvrtc/bin/pip" install --quiet 'nvidia-cuda-nvrtc==13.0.*' ||
            { rm -rf "$out/nvrtc"; echo "SKIPPED: python3 with venv and PyPI are needed for NVIDIA's compiler" >&2; $allow_missing || exit 1; }
    fi
    if [ -x "$out/nvrtc/bin/python" ]; then
        library=$(find "$out/nvrtc" -name 'libnvrtc.so.*' -printf '%h\n' | head -1)
        "$out/nvrtc/bin/python" tests/cuda/nvrtc.py "$library" "$out/sources" $every
    fi
fi

if $full; then
    echo '--- what the compiler says of devices that meet'
    cargo test --features cuda --test ui -- mistakes trybuild=gpu
    echo '--- digits, learned on the stand-in'
    cargo build --quiet --release --features cuda --example digits
    LD_LIBRARY_PATH=$out/lib "${CARGO_TARGET_DIR:-target}/release/examples/digits" --device cuda | tail -n 1
    echo '--- benches, in small'
    LD_LIBRARY_PATH=$out/lib cargo bench --quiet --profile dev --features cuda --bench cuda -- --small --min-time 0.01
fi
echo 'the CUDA devices of the stand-in do what they are asked for'
