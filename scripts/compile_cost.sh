#!/usr/bin/env bash
# What users wait for: seconds to compile programs of tests/compile_cost beyond an empty program that depends on the
# library. Best of three, only the program itself is compiled anew. Fails above the limits at the end of this file.
# Clock and processor time both bound what an idle machine needs from above, so the lesser one is judged.
set -euo pipefail
cd "$(dirname "$0")/../tests/compile_cost"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/../../target}"
export CARGO_INCREMENTAL=0 # or a touched file costs nothing
TIMEFORMAT='%3R %3U %3S'
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# best PROGRAM CARGO-WORDS..: milliseconds on the clock, and of processor, of the fastest of three runs.
best() {
    local program=$1 least=1000000000 least_work=0 clock user system
    shift
    for _ in 1 2 3; do
        touch "src/bin/$program.rs"
        { time cargo "$@" --quiet --bin "$program" 2>/dev/null; } 2>"$answer"
        read -r clock user system <"$answer"
        clock=$((10#${clock/[.,]/}))
        if ((clock < least)); then
            least=$clock
            least_work=$((10#${user/[.,]/} + 10#${system/[.,]/}))
        fi
    done
    echo "$least $least_work"
}

seconds() { printf '%d.%02d' $(($1 / 1000)) $(($1 % 1000 / 10)); }

# limit MILLISECONDS PROGRAM CARGO-WORDS..: holds a program against the empty one.
over=0
# The limits are those of an idle machine; on a shared one, CI's, it takes twice as much to fail.
slack=${COMPILE_COST_SLACK:-1}
limit() {
    local most=$1 program=$2 empty empty_work own own_work verdict=
    shift 2
    read -r empty empty_work < <(best empty "$@")
    read -r own own_work < <(best "$program" "$@")
    local clock=$((own > empty ? own - empty : 0)) work=$((own_work > empty_work ? own_work - empty_work : 0))
    if ((clock > most && work > most)); then
        verdict='  TOO SLOW'
    fi
    if ((clock > most * slack && work > most * slack)); then
        over=1
    fi
    printf '%-20s %-16s %6s s on the clock (at most %s), %6s s of processor, empty %s%s\n' "$program" "$*" \
        "$(seconds "$clock")" "$(seconds "$most")" "$(seconds "$work")" "$(seconds "$empty")" "$verdict"
}

# The library itself, once; mistakes in the programs show here.
cargo check --quiet --bins
cargo build --quiet --release --bin empty --bin transformer_scan

limit 500 transformer_static check
limit 500 transformer_scan check
limit 500 pointwise_chain check
limit 6000 transformer_static build --release
limit 6000 transformer_scan build --release
exit $over
