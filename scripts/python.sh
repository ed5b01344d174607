#!/usr/bin/env bash
# What needs a Python with NumPy: builds the module of examples/python and tests it, then compares thousands of random
# cases with NumPy and mathematics in 64 digits (scripts/differential.py), with --full also gradients with PyTorch's.
# Takes $PYTHON, or the first python3. What it lacks of NumPy, mpmath and PyTorch it gets in a virtual environment below
# the target folder; of PyTorch that is 6 GB in 80 seconds, once. What could not be had is named, and then not tested:
# with --required that is a failure. --module compares nothing beside the module's tests; --build stops when the module
# is built, and says how to import it.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
required=false
build=false
full=false
module=false
for option in "$@"; do
    case $option in
    --required) required=true ;;
    --full) full=true ;;
    --module) module=true ;;
    --build) build=true required=true ;;
    *)
        echo "usage: $0 [--module | --full] [--required] | --build" >&2
        exit 2
        ;;
    esac
done

missing() {
    $build && echo "$1: the module was NOT built" || echo "$1: Python and NumPy were NOT tested"
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
if $build; then
    echo "PYTHONPATH=$target/python/module $python -c 'import congruent_python'"
    exit 0
fi
PYTHONPATH=$target/python/module "$python" examples/python/test.py
if $module; then
    echo "random cases are NOT compared with NumPy and mathematics: $0 without --module does"
    exit 0
fi

references='NumPy and mathematics' packages='numpy>=1.25 mpmath' own=$target/python-mpmath modules=mpmath
if $full; then
    references='NumPy, mathematics and PyTorch' packages+=' torch' own=$target/python-torch modules='mpmath, torch'
else
    echo 'gradients are NOT compared with those of PyTorch: --full does'
fi
echo "--- against $references"
if ! "$python" -c "import $modules" 2>/dev/null; then
    [ -x "$own/bin/python" ] || "$python" -m venv --system-site-packages "$own"
    began=$SECONDS
    for package in $packages; do
        if ! "$own/bin/python" -m pip install --quiet --disable-pip-version-check "$package"; then
            echo "$package could not be installed: what needs it was NOT compared"
            $required && exit 1
        fi
    done
    echo "what was missing was installed into $own in $((SECONDS - began)) s"
    python=$own/bin/python
fi
cargo build --quiet --release --manifest-path tests/differential/Cargo.toml --target-dir "$target/differential"
binaries=$target/differential/release
"$python" scripts/differential.py "$binaries/differential" "$binaries/edges"
