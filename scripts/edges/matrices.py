"""What must come out of decompositions: NumPy's in `f64` of the matrix scaled by a power of two, and identities."""

import math

import numpy as np

from .judge import FORMATS, WIDE, far, rounded


def scaled(x):
    """The matrix divided by a power of two that brings its largest element near 1, and that power."""
    top = np.abs(x).max(initial=0)
    power = 2.0 ** math.frexp(top)[1] if top else 1.0
    return x / power, power


def singular(x):
    small, power = scaled(x)
    s = np.linalg.svd(small, compute_uv=False).astype(WIDE) * power if x.size else np.zeros(min(x.shape), WIDE)
    return s


def rank(x):
    s = singular(x)
    return int((s > s.max(initial=0) * max(x.shape) * 1e-6).sum())


def pinv(x):
    """Of a matrix whose singular values are 0 or far from it, and the condition of those."""
    small, power = scaled(x)
    r = rank(x)
    if r == 0:
        return np.zeros(x.shape[::-1], WIDE), 1.0
    u, s, vt = np.linalg.svd(small, full_matrices=False)
    return ((vt[:r].T / s[:r]) @ u[:, :r].T).astype(WIDE) / power, s[0] / s[r - 1]


def exponential(x):
    norm = np.abs(x).sum(axis=0).max(initial=0)
    halvings = max(0, int(np.ceil(np.log2(max(float(norm), 1e-300)))) + 4)
    small, term = x / WIDE(2) ** halvings, np.eye(len(x), dtype=WIDE)
    total = term.copy()
    for i in range(1, 24):
        term = term @ small / i
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def disagreement(op, dtype, inputs, got, error):
    """Words for what is wrong, or None."""
    x, wide = inputs[0], [x.astype(WIDE) for x in inputs]
    epsilon = FORMATS["f64"].epsilon * max(x.shape, default=1) * 100
    relative = FORMATS[dtype].epsilon + epsilon
    if got is None:
        return None if op in ("inv", "solve") and rank(x) < len(x) else f"refused: {error}"
    with np.errstate(all="ignore"):
        s = singular(x)
        condition = float(s.max(initial=1) / s.min(initial=1)) if rank(x) == min(x.shape) and s.size else 1.0
        size, free = 0, False
        if op == "det":
            small, power = scaled(x)
            want = WIDE(np.linalg.det(small)) * WIDE(power) ** len(x)
            if rank(x) < len(x):
                want = WIDE(0)
            rows = np.sqrt(np.square(wide[0]).sum(axis=1)).prod() if x.size else WIDE(1)
            size, free = rows * epsilon / relative, rows * epsilon > FORMATS[dtype].largest
        elif op == "slogdet":
            small, power = scaled(x)
            want = np.linalg.slogdet(small)[1] + len(x) * math.log(power)
            size = 1 + condition * epsilon / relative + len(x) * abs(math.log(power))
        elif op in ("inv", "pinv"):
            want, spread = pinv(x)
            size = np.abs(want).max(initial=0) * max(1, spread**2 * epsilon / relative)
        elif op in ("solve", "lstsq"):
            inverse, spread = pinv(x)
            want = inverse @ wide[1]
            size = (np.abs(inverse) @ np.abs(wide[1])).max(initial=0) * max(1, spread**2 * epsilon / relative)
        elif op == "svdvals":
            want, size = s, s.max(initial=0)
        elif op == "cond":
            want = s.max() / s.min() if s.size else np.nan
            free = rank(x) < min(x.shape) and (not np.isfinite(got) or got > 1e12)
            size = np.abs(want) * max(1, condition * epsilon / relative)
        elif op == "eigvalsh":
            small, power = scaled(x)
            want = np.linalg.eigvalsh(small).astype(WIDE) * power
            size = s.max(initial=0) * 2 + np.abs(want).max(initial=0)
        elif op == "expm":
            want = exponential(wide[0])
            norm = np.abs(wide[0]).sum(axis=0).max(initial=0)
            size = np.exp(np.minimum(norm, 1e3)) * epsilon / relative
        elif op == "rank":
            want, relative = WIDE(rank(x)), 0
        else:
            want, size, relative = wide[0], s.max(initial=0), 20 * relative
        want = np.asarray(want)
        if got.shape != want.shape:
            return f"{got.shape} for {want.shape}"
        wrong = far(got, want, dtype, relative, size, free)
    if not wrong.any():
        return None
    place = tuple(int(i[0]) for i in np.nonzero(wrong)) if wrong.ndim else ()
    return f"{wrong.sum()} of {wrong.size} differ, first at {place}: {got[place]!r} for {float(want[place])!r} of {x.tolist()}"
