#!/usr/bin/env python3
"""Writes tests/catalogue/extremes.txt: what mathematics says of every pointwise operation, and of its slopes, at
numbers of all sizes. Needs mpmath. Run it after an operation was added to the tables in `mathematics`.

A line is a name, then for each point of its grid the value and one slope an operand. `?` says that nothing is asked,
`n` is NaN and `i` is inf. `~n` behind a number allows an error 2**n times as large as the test's: see WIDER.
"""

import itertools
import math
import struct

from mpmath import mp, mpf
import mpmath

from mathematics import SEVERAL, SKIP, UNARY, unary

def single(x):
    """The nearest number of f32, whose digits are as many as it has."""
    return struct.unpack("f", struct.pack("f", x))[0]


# At 1.25 * 2**-86 and 2**-683 the power -3/2 is near the ends of f32 and f64; at 128.25 and 1024.25 that of 2 is beyond
# them. Numbers that f32 does not have are of f64 alone.
SIZES = [2.0**-1074, 2.0**-683, 2.0**-149, 1.5 * 2.0**-130, 2.0**-126, 2.0**-100, 1.25 * 2.0**-86, 2.0**-33,
         single(1e-6), 2.0**-10, single(0.11), 0.3125, 0.5, single(0.7), 0.75, 0.875, 1 - 2.0**-20, 1.0, single(1.1),
         1.25, 1.5, 2.0, single(2.7), 3.0, 4.0, 5.5, 6.0, single(7.3), 8.0, 10.0, 20.0, single(33.3), 40.0,
         single(86.6), 88.0, 100.0, 128.25, 750.0, 1024.25, single(12345.678), 590000.5, 2.0**33, 2.0**66, 2.0**100,
         2.0**127, 1.9921875 * 2.0**127, 2.0**500, 2.0**1000, math.inf]
OF_TWO = [2.0**-140, 2.0**-100, single(0.7), 3.0, 2.0**66, 2.0**127, math.inf]
GRIDS = {
    1: [0.0, -0.0, math.nan] + [sign * size for size in SIZES for sign in (1.0, -1.0)],
    2: [0.0] + [sign * size for size in OF_TWO for sign in (1.0, -1.0)],
    3: [0.0, 2.0**-100, -1.5, 3.0, 2.0**100, -(2.0**127), math.inf],
}
# Where a value (0) or a slope (1) may be further off, and by how many powers of two.
WIDER = {
    # The argument of the exponential is rounded, which its size multiplies; these are too busy to carry the rest along.
    ("gelu", 0): (6, lambda x: x < -5),
    ("gelu_tanh", 0): (3, lambda x: x < -5),
    ("celu", 1): (2, lambda x: x < -500),
    # A root of the slope lies between -0.75 and -0.753: its terms cancel.
    ("gelu", 1): (3, lambda x: x == -0.75),
    ("gelu_tanh", 1): (3, lambda x: x == -0.75),
    # x times a number that has lost digits below the normal numbers.
    ("silu", 0): (2, lambda x: x == -100),
    ("mish", 0): (2, lambda x: x == -100),
}


def rounded(x):
    """The nearest f64: mpmath rounds to 53 digits, also below the normal numbers."""
    if mpmath.isnan(x) or mpmath.isinf(x):
        return float(x)
    if abs(x) < mpf(2) ** -1022:
        return math.ldexp(int(mpmath.nint(x * mpf(2) ** 1074)), -1074)
    if abs(x) >= mpf(2) ** 1024 * (1 - mpf(2) ** -54):
        return math.inf if x > 0 else -math.inf
    with mp.workprec(53):
        return float(+x)


def text(x):
    return repr(x).replace("inf", "i").replace("nan", "n").removesuffix(".0")


def token(x, more=0):
    if x is SKIP:
        return "?"
    return text(rounded(mpf(x))) + (f"~{more}" if more else "")


def wider(name, what, x):
    more, where = WIDER.get((name, what), (0, None))
    return more if more and where(x) else 0


def of_one(name):
    tokens = []
    for x in GRIDS[1]:
        y, slope = unary(name, x)
        if y is not SKIP and mpmath.isnan(y):
            slope = SKIP
        if text(x) == "-0":
            # Beside -0 infinities have the other sign in some functions.
            y, slope = (SKIP if z is not SKIP and mpmath.isinf(z) else z for z in (y, slope))
        tokens += [token(y, wider(name, 0, x)), token(slope, wider(name, 1, x))]
    return tokens


def of_several(name):
    f, count = SEVERAL[name], SEVERAL[name].__code__.co_argcount
    tokens = []
    for point in itertools.product(GRIDS[count], repeat=count):
        value, *slopes = f(*map(mpf, point))
        if value is SKIP or mpmath.isnan(mpf(value)):
            slopes = [SKIP] * count
        tokens += map(token, [value, *slopes])
    return tokens


def main():
    lines = [[f"grid{count}", *map(text, grid)] for count, grid in GRIDS.items()]
    lines += [[name, *of_one(name)] for name in UNARY] + [[name, *of_several(name)] for name in SEVERAL]
    with open("tests/catalogue/extremes.txt", "w") as file:
        file.write("\n".join(" ".join(line) for line in lines) + "\n")


main()
