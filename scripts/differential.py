"""Holds the library against NumPy on random cases: differential.py PROGRAM [EDGES] [--cases N] [--edges N] [--seed N].

PROGRAM is the binary of tests/differential, which names its programs when it runs alone. Each gets operands of random
sizes (0, 1, odd and large among them), saved by NumPy in C or Fortran order, either byte order, compressed for odd
seeds; NumPy computes the same in double precision, and the two results are compared: equal shapes and dtypes, NaN for
NaN, and numbers within 1e-5 (f32) or 1e-12 (f64), relative to the result, and for sums to the sum of magnitudes. Integers are
equal to the bit. Where a slice reaches outside, or an integer has no result, the library must say so.

EDGES is the other binary of tests/differential: the edges of arithmetic, region by region (scripts/edges), on all four
types of floats, held against mathematics in 64 digits, as NumPy overflows there itself; and gradients of composite
expressions, held against PyTorch in `f64`. Without PyTorch these are not compared, which is said.
"""

import argparse
import math
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

try:
    import numpy as np
except ImportError:
    sys.exit("there is no NumPy for this Python: nothing was compared")

import edges

TOLERANCE = {"f32": 1e-5, "f64": 1e-12}
DTYPE = {"f32": np.float32, "f64": np.float64, "bool": np.bool_}
DTYPE |= {f"{kind}{bits}": np.dtype(f"{kind}{bits // 8}").type for kind in "iu" for bits in (8, 16, 32, 64)}
# The most elements of an operand, so that thousands of cases take seconds.
LARGEST = 20_000

POSITIVE = ["sqrt", "rsqrt", "ln", "log2", "log10"]
UNIT = ["asin", "acos", "atanh"]

UNARY = {
    "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x), "square": np.square,
    "recip": np.reciprocal, "cbrt": np.cbrt, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "ln": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "erf": lambda x: np.vectorize(math.erf, otypes="d")(x), "erfc": lambda x: np.vectorize(math.erfc, otypes="d")(x),
    "floor": np.floor, "ceil": np.ceil, "round": np.round, "trunc": np.trunc, "deg2rad": np.deg2rad,
    "rad2deg": np.rad2deg, "relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, 0),
}
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "maximum": np.maximum,
    "minimum": np.minimum, "hypot": np.hypot, "logaddexp": np.logaddexp, "copysign": np.copysign, "fmod": np.fmod,
}


def softmax(x, axis=-1):
    if x.size == 0:
        return x
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(x, axis):
    if x.size == 0:
        return np.sum(x, axis=axis) - np.inf
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.log(np.exp(x - top).sum(axis=axis)) + np.squeeze(top, axis=axis)


def magnitude(x, axis):
    return np.abs(x).sum(axis=axis)


def reduced(op, x, axis):
    """A reduction, and the size that its rounding is measured by."""
    n = math.prod(x.shape[i] for i in axis)
    if op == "sum":
        return x.sum(axis=axis), magnitude(x, axis)
    if op == "mean":
        return x.mean(axis=axis), magnitude(x, axis) / max(n, 1)
    if op == "prod":
        return x.prod(axis=axis), 0
    if op == "max":
        return x.max(axis=axis, initial=-np.inf), 0
    if op == "min":
        return x.min(axis=axis, initial=np.inf, keepdims=True), 0
    if op == "var":
        return x.var(axis=axis, ddof=1) if n > 1 else x.sum(axis=axis) * np.nan, 0
    if op == "std":
        return x.std(axis=axis, keepdims=True), 0
    return logsumexp(x, axis), 1


def sliced(text, x):
    """`x[text]` in the grammar of `s!`, and nothing where it reaches outside of an axis."""
    items, axis = [], 0
    parts = text.split(",")
    rank = sum(part not in ("new", "...") for part in parts)
    for part in parts:
        if part == "new":
            items.append(None)
            continue
        if part == "...":
            items.append(Ellipsis)
            axis += x.ndim - rank
            continue
        length, axis = x.shape[axis], axis + 1
        if re.fullmatch(r"-?\d+", part):
            items.append(int(part))
            continue
        numbers = [int(n) if n else None for n in re.split(r"\.\.|:", part)]
        item = slice(*numbers)
        start, stop = item.start or 0, item.stop
        if (start < -length) or (stop is not None and stop > length):
            return None
        items.append(item)
    try:
        return x[tuple(items)]
    except IndexError:
        return None


def reference(op, x):
    """NumPy's result, and the size that rounding is measured by; no result where the library must refuse."""
    word, *numbers = op.split()
    if op in UNARY:
        return UNARY[op](x[0]), 0
    if op in BINARY:
        scale = np.maximum(*np.broadcast_arrays(*map(np.abs, x))) if op in ("add", "subtract", "logaddexp") else 0
        return BINARY[op](*x), scale
    if word in ("sum", "mean", "prod", "max", "min", "var", "std", "logsumexp") and all(n.isdigit() for n in numbers):
        return reduced(word, x[0], tuple(map(int, numbers)))
    if word == "permute":
        return x[0].transpose(tuple(map(int, numbers))) * 2, 0
    if word == "slice":
        y = sliced(numbers[0], x[0])
        return (None if y is None else y * 2), 0
    if op == "matmul":
        return np.matmul(*x), np.matmul(*map(np.abs, x))
    if op == "matmul_t":
        return x[0] @ x[1].T, np.abs(x[0]) @ np.abs(x[1].T)
    if op == "t_matmul":
        return x[0].T @ x[1], np.abs(x[0].T) @ np.abs(x[1])
    if op == "softmax":
        return softmax(x[0]), 0
    if op == "softmax_first":
        return softmax(x[0], 0), 0
    if op == "log_softmax":
        return x[0] - logsumexp(x[0], -1)[..., None], np.abs(x[0]) + 1
    if op == "sum of exp of t plus":
        y = np.tanh(x[0].T + x[1])
        # What is added first is rounded first, by as much as the operands' own size.
        return y.sum(axis=0), (np.abs(x[0].T) + np.abs(x[1]) + 1).sum(axis=0)
    if op == "mean of product along middle":
        y = x[0] * x[1]
        return y.mean(axis=1), np.abs(y).sum(axis=1) / max(y.shape[1], 1)
    if op == "standardised":
        y = x[0] - x[0].mean(axis=0, keepdims=True)
        return y / (x[0].std(axis=0, keepdims=True) + 1), np.abs(x[0]) + 10
    if op == "sum of permuted 2 0 1 along 1":
        return x[0].transpose(2, 0, 1).sum(axis=1), magnitude(x[0].transpose(2, 0, 1), 1)
    if op == "max of reversed":
        y = (x[0][::-1] * 3 - 1).max(axis=1, initial=-np.inf)
        # As large as the product before 1 is subtracted.
        return y, np.abs(y) + 1
    raise KeyError(f"differential.py has no reference for `{op}`")


def exact(op, x):
    """NumPy's result of an `integer` program in the element type itself; a word of the error where there is none."""
    word, *axes = op.split()[1:]
    axes = tuple(map(int, axes)) if axes and axes[0].isdigit() else ()
    if word in ("sum", "prod"):
        return getattr(x[0], word)(axis=axes)
    if word in ("cumsum", "cumprod"):
        return getattr(np, word)(x[0], axis=axes[0])
    if word in ("max", "min"):
        n = math.prod(x[0].shape[i] for i in axes)
        if n == 0 and math.prod(x[0].shape[i] for i in range(x[0].ndim) if i not in axes):
            return "empty"
        return getattr(x[0], word)(axis=axes) if n else np.empty([x[0].shape[1 - i] for i in axes], x[0].dtype)
    if word == "twice":
        return x[0].T + x[0].T
    if word == "reversed":
        return x[0][::-1] ^ x[0][:, ::-1]
    if word == "where":
        return np.where(x[0] < x[1], x[0] - x[1], x[1])
    if word == "fused":
        return (x[0] * x[1] + x[0]) ^ (x[1] - x[0])
    y = x[-1]
    if word in ("floor_divide", "remainder", "fmod") and (np.broadcast_arrays(*x)[1] == 0).any():
        return "divided by 0"
    if word == "power" and (np.broadcast_arrays(*x)[1] < 0).any():
        return "negative power"
    return getattr(np, word)(*x)


def whole(dtype, shape, random):
    """Random integers over all bits, small ones, zeros and the ends."""
    if dtype == np.bool_:
        return random.random(size=shape) < 0.5
    ends = np.iinfo(dtype)
    x = random.integers(ends.min, ends.max, size=shape, dtype=dtype, endpoint=True)
    small = random.integers(0 if ends.min == 0 else -9, 10, size=shape).astype(dtype)
    edge = random.choice(np.array([ends.min, ends.max, 0, 1, ends.max // 2 + 1], dtype), size=shape)
    kind = random.random(size=shape)
    x = np.where(kind < 0.4, x, np.where(kind < 0.9, small, edge)).astype(dtype)
    # Most divisors are not 0, and most exponents are not negative.
    return np.abs(x) | dtype(1) if random.random() < 0.7 else x


def shapes(texts, random):
    """Sizes for the axes of `(A, D<1>, B)`: each letter has one size in all operands."""
    axes = [re.findall(r"[A-Z](?:<1>)?", text) for text in texts]
    letters = sorted({axis for operand in axes for axis in operand if axis != "D<1>"})
    while True:
        most = {1: 2000, 2: 140, 3: 40}.get(len(letters), 6)
        pools = ([0, 1, 2, 3], [1, 2, 3, 5, 7, 17], range(1, most + 1))
        size = {letter: int(random.choice(pools[random.choice(3, p=(0.15, 0.55, 0.3))])) for letter in letters}
        found = [tuple(1 if axis == "D<1>" else size[axis] for axis in operand) for operand in axes]
        if max(math.prod(shape) for shape in found) <= LARGEST:
            return found


def operand(op, shape, dtype, random):
    """Random numbers in the domain of the operation; now and then the edges of arithmetic, where it is pointwise."""
    if op.startswith("integer "):
        return whole(dtype, shape, random)
    x = random.normal(scale=2, size=shape)
    if op in POSITIVE or op == "acosh":
        x = np.abs(x) + (1 if op == "acosh" else 1e-3)
    if op in UNIT:
        x = np.tanh(x)
    if op == "log1p":
        x = np.abs(x) - 0.9
    if op.startswith("prod"):
        x = np.sign(x) * (1 + 0.05 * np.abs(x))
    x = x.astype(dtype)
    if (op in UNARY or op in BINARY or op.split()[0] in ("max", "min")) and x.size and random.random() < 0.2:
        edges = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0], dtype)
        for place in random.integers(x.size, size=3):
            x.flat[place] = random.choice(edges)
    return x


def stored(x, random):
    """The same array as another program may have written it."""
    if random.random() < 0.3:
        x = np.asfortranarray(x) if x.ndim else x
    return x.astype(x.dtype.newbyteorder(">")) if random.random() < 0.3 else x


def disagreement(op, dtype, inputs, got, error):
    """Words for what is wrong, or None."""
    if op.startswith("integer "):
        with np.errstate(all="ignore"):
            want = exact(op, inputs)
        if isinstance(want, str):
            return None if want in error else f"`{want}` was expected, not {error or 'a result'}"
        if got is None:
            return f"refused: {error}"
        want = np.asarray(want)
        if got.shape != want.shape or got.dtype != want.dtype:
            return f"{got.dtype} {got.shape} for {want.dtype} {want.shape}"
        return None if np.array_equal(got, want) else f"{(got != want).sum()} of {got.size} differ"
    wide = [x.astype(np.float64) for x in inputs]
    with np.errstate(all="ignore"):
        want, scale = reference(op, wide)
        if want is None:
            return None if "outside of axis" in error else f"an error was expected, not {error or 'a result'}"
        if got is None:
            return f"refused: {error}"
        want = np.asarray(want)
        if got.shape != want.shape or got.dtype != DTYPE[dtype]:
            return f"{got.dtype} {got.shape} for {want.shape}"
        # What is too large for f32 is infinite there, what is tiny may be zero.
        rounded = want.astype(DTYPE[dtype]).astype(np.float64)
        size = np.maximum(np.abs(want), scale) * TOLERANCE[dtype] + np.finfo(DTYPE[dtype]).tiny
        far = ~((np.abs(got - rounded) <= size) | (got == rounded) | (np.isnan(got) & np.isnan(rounded)))
    if not far.any():
        return None
    place = tuple(int(i[0]) for i in np.nonzero(far)) if far.ndim else ()
    return f"{far.sum()} of {far.size} differ, first at {place}: {got[place]!r} for {want[place]!r}"


def run(program, cases, inputs, seed):
    """The results of each case, and the error of those that have none."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "cases.txt").write_text("\n".join(cases) + "\n")
        arrays = {f"{i}.{j}": x for i, case in enumerate(inputs) for j, x in enumerate(case)}
        (np.savez_compressed if seed % 2 else np.savez)(folder / "in.npz", **arrays)
        subprocess.run([program, str(folder)], check=True)
        errors = (folder / "errors.txt").read_text().split("\n")
        results = [[] for _ in cases]
        with np.load(folder / "out.npz") as out:
            for name in sorted(out.files, key=lambda name: int(name.split(".")[1])):
                results[int(name.split(".")[0])].append(out[name])
        return [found or None for found in results], errors


def programs(program):
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()


def drawn(names, count, random):
    """Every program as often as every other, the rest by chance."""
    return names * (count // len(names)) + list(random.choice(names, count % len(names), replace=False))


def report(case, name, sizes, words):
    print(f"case {case}, {name}, sizes {sizes}: {words}", flush=True)


def common(options):
    """The middle of arithmetic: how many cases there were, and how many disagree."""
    names = programs(options.program)
    random = np.random.default_rng(options.seed)
    cases = drawn(names, options.cases, random)
    inputs = []
    for name in cases:
        op, dtype, *texts = name.split("|")
        inputs.append([operand(op, shape, DTYPE[dtype], random) for shape in shapes(texts, random)])
    written = [[stored(x, random) for x in case] for case in inputs]
    results, errors = run(options.program, cases, written, options.seed)
    wrong = 0
    for i, (name, case, got) in enumerate(zip(cases, inputs, results)):
        op, dtype = name.split("|")[:2]
        words = disagreement(op, dtype, case, got and got[0], errors[i])
        if words:
            wrong += 1
            if wrong <= options.show:
                report(i, name, [x.shape for x in case], words)
    refused = sum(found is None for found in results)
    print(f"{len(names)} programs, {len(cases)} cases of seed {options.seed} against NumPy {np.__version__}: "
          f"{wrong} disagree, {refused} were refused")
    return len(cases), wrong


def region(options, place, title, names):
    """One region of the edges: how many cases there were, and how many disagree."""
    random = np.random.default_rng([options.seed, place])
    holds, make = edges.REGIONS[title]
    names = [name for name in names if holds(*name.split("|")[:2])]
    cases = drawn(names, options.edges, random)
    inputs = [make(name, random) for name in cases]
    results, errors = run(options.edge_program, cases, inputs, options.seed)
    wrong = 0
    for i, (name, case, got) in enumerate(zip(cases, inputs, results)):
        op, dtype = name.split("|")[:2]
        words = edges.disagreement(op, dtype, case, got, errors[i], random)
        if words:
            wrong += 1
            if wrong <= options.show:
                report(i, name, [x.shape for x in case], words)
    print(f"{title}: {len(names)} programs, {len(cases)} cases, {wrong} disagree", flush=True)
    return len(cases), wrong


def main():
    # Means of nothing, and edges of arithmetic, are part of the cases.
    warnings.simplefilter("ignore", RuntimeWarning)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the binary `differential` of tests/differential, or `-`")
    parser.add_argument("edge_program", nargs="?", help="the binary `edges` of tests/differential")
    parser.add_argument("--cases", type=int, default=6000, help="in the common range")
    parser.add_argument("--edges", type=int, default=500, help="in each region of the edges")
    parser.add_argument("--region", help="only regions whose names have this in them")
    parser.add_argument("--show", type=int, default=40, help="at most so many disagreements of a region")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts = [common(options)] if options.program != "-" else []
    if options.edge_program:
        names = programs(options.edge_program)
        for place, title in enumerate(edges.REGIONS):
            if "gradient" in title and not edges.TORCH:
                print(f"{title}: there is no PyTorch for this Python, nothing was compared")
            elif not options.region or options.region in title:
                counts.append(region(options, place, title, names))
        print(f"references: NumPy {np.__version__}, mpmath, PyTorch {edges.TORCH or '(none)'}")
    cases, wrong = (sum(count) for count in zip(*counts))
    print(f"in all: {cases} cases, {wrong} disagree")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
