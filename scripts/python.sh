#!/usr/bin/env bash
# What needs a Python with NumPy: builds the module of examples/python and tests it, then compares thousands of random
# cases with NumPy (scripts/differential.py). Takes $PYTHON, or the first python3. A Python without NumPy gets one in a
# virtual environment below the target folder. What the machine lacks is named, and then nothing is tested: with
# --required that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
required=false
[ "${1:-}" = --required ] && required=true

missing() {
    echo "$1: Python and NumPy were NOT tested"
    $required && exit 1
    exit 0
}

python=${PYTHON:-$(command -v python3 || true)}
[ -n "$python" ] && "$python" --version >/dev/null 2>&1 || missing 'there is no working python3 on this machine'
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || missing 'python3 is older than 3.10'
if ! "$python" -c 'import numpy' 2>/dev/null; then
    own=$target/python-numpy
    if ! "$own/bin/python" -c 'import numpy' 2>/dev/null; then
        echo "$python has no NumPy: installing it into $own"
        "$python" -m venv "$own" &&
            "$own/bin/python" -m pip install --quiet --disable-pip-version-check 'numpy>=1.25' ||
            missing 'NumPy could not be installed'
    fi
    python=$own/bin/python
fi
"$python" -c 'import sys, numpy; print("Python", sys.version.split()[0], "with NumPy", numpy.__version__)'

echo '--- the module congruent_python'
PYO3_PYTHON=$python cargo build --quiet --manifest-path examples/python/Cargo.toml --target-dir "$target/python"
case $(uname -s) in
Darwin) built=libcongruent_python.dylib ;;
*) built=libcongruent_python.so ;;
esac
mkdir -p "$target/python/module"
cp "$target/python/debug/$built" "$target/python/module/congruent_python.abi3.so"
PYTHONPATH=$target/python/module "$python" examples/python/test.py

if [ -f scripts/differential.py ]; then
    echo '--- against NumPy'
    cargo build --quiet --release --manifest-path tests/differential/Cargo.toml --target-dir "$target/differential"
    "$python" scripts/differential.py "$target/differential/release/differential"
fi
