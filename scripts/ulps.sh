#!/usr/bin/env bash
# By how much pointwise functions are off: ulps.sh [--step N] [NAME..] measures them over all `f32` (or one number of N)
# and writes docs/ulps.md, or only the rows of those names; it takes most of an hour of two cores. ulps.sh --check
# measures one number of 65 535 in seconds and fails where the page promises less, or lacks a function.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
cargo build --quiet --release --manifest-path tests/ulps/Cargo.toml --target-dir "$target"
program=$target/release/ulps
mkdir -p "$target/ulps"
page=docs/ulps.md

if [ "${1:-}" = --check ]; then
    # A multiple of the steps that the page was measured with: these numbers are among the page's.
    "$program" --step 65535 >"$target/ulps/found.txt"
    awk -F '|' '
        function number(text) { gsub(/ /, "", text); return text == "inf" ? 1e300 : text + 0 }
        NR == FNR { if ($2 ~ /`/) for (i = 3; i <= NF; i++) promised[$2, i] = number($i); if ($2 ~ /`/) known[$2]; next }
        !($2 in known) { print "docs/ulps.md lacks " $2; wrong++; next }
        {
            functions++
            # Neither the place nor the order of neighbours.
            for (i = 3; i < NF; i++) if (i != 6 && i != 8 && number($i) > promised[$2, i] + 0.011) {
                print $2 ": " $i " in column " i - 1 ", where docs/ulps.md promises " promised[$2, i]; wrong++
            }
        }
        END { print functions + 0 " functions are within docs/ulps.md"; exit wrong > 0 || functions == 0 }
    ' "$page" "$target/ulps/found.txt"
    exit
fi

"$program" "$@" | tee "$target/ulps/found.txt"
awk -F '|' '
    NR == FNR { found[$2] = $0; order[++count] = $2; next }
    $2 in found { print found[$2]; done[$2]; last = 1; next }
    $2 ~ /`/ { last = 1 }
    last && $2 !~ /`/ { rest(); last = 0 }
    { print }
    function rest() { for (i = 1; i <= count; i++) if (!(order[i] in done)) { print found[order[i]]; done[order[i]] } }
    END { rest() }
' "$target/ulps/found.txt" "$page" >"$target/ulps/page.md"
cp "$target/ulps/page.md" "$page"
