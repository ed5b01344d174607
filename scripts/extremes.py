#!/usr/bin/env python3
"""Writes tests/catalogue/extremes.txt: what mathematics says of every pointwise operation, and of its slopes, at numbers
of all sizes. Needs mpmath. `python3 scripts/extremes.py`, after an operation was added to FUNCTIONS below.

A row is a name, then for each point of its grid the value and one slope an operand. `?` says that nothing is asked:
the slope where there is no value, and what is a convention that the docs tell. `~n` behind a number allows an error of
2**n units of the last place beyond that of an ordinary row: so much an argument rounded once would change it.
"""
import itertools
import math
from mpmath import mp, mpf, inf, nan
import mpmath

mp.prec = 1500
HUGE = mpf(10) ** 5000  # In place of infinity, where a limit is reached by then.
WIDE = 1.9921875 * 2.0**127
SIZES = [2.0**-1074, 2.0**-149, 1.5 * 2.0**-130, 2.0**-126, 2.0**-100, 2.0**-33, 2.0**-20, 2.0**-10, 0.125, 0.3125, 0.5,
         0.75, 0.875, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.5, 6.0, 8.0, 10.0, 20.0, 40.0, 88.0, 100.0, 750.0, 10240.0, 2.0**33,
         2.0**66, 2.0**100, 2.0**127, WIDE, 2.0**500, 2.0**1000, math.inf]
GRIDS = {
    1: [0.0, -0.0, math.nan] + [sign * size for size in SIZES for sign in (1.0, -1.0)],
    2: [0.0] + [sign * size for size in (2.0**-140, 2.0**-100, 0.75, 3.0, 2.0**66, 2.0**127, math.inf) for sign in (1.0, -1.0)],
    3: [0.0, 2.0**-100, -1.5, 3.0, 2.0**100, -(2.0**127), math.inf],
}
SKIP = object()


def rounded(x):
    """The nearest f64: mpmath rounds to 53 digits, also below the normal numbers."""
    if mpmath.isnan(x):
        return math.nan
    if mpmath.isinf(x):
        return math.inf if x > 0 else -math.inf
    if abs(x) < mpf(2) ** -1022:
        return math.ldexp(int(mpmath.nint(x * mpf(2) ** 1074)), -1074)
    if abs(x) >= mpf(2) ** 1024 * (1 - mpf(2) ** -54):
        return math.inf if x > 0 else -math.inf
    with mp.workprec(53):
        return float(+x)


def times(x, y):
    return nan if (x == 0 and mpmath.isinf(y)) or (y == 0 and mpmath.isinf(x)) else x * y


def over(x, y):
    if y == 0:
        return nan if x == 0 or mpmath.isnan(x) else x * inf
    if mpmath.isinf(x) and mpmath.isinf(y):
        return nan
    return mpf(0) if mpmath.isinf(y) else x / y


def exp(x):
    """Beyond every type, but no number of a million digits in its exponent."""
    return mp.exp(x) if abs(x) < 10**5 else mpf(2) ** (10**5 if x > 0 else -(10**5))


def expm1(x):
    return mpmath.expm1(x) if abs(x) < 10**5 else exp(x) - 1


def sinh(x):
    return mp.sinh(x) if abs(x) < 10**5 else sign(x) * exp(abs(x)) / 2


def cosh(x):
    return mp.cosh(x) if abs(x) < 10**5 else exp(abs(x)) / 2


def tanh(x):
    return mp.tanh(x) if abs(x) < 10**3 else sign(x)


def step(x):
    return mpf(0)


def sign(x):
    return mpf(0) if x == 0 else mpmath.sign(x)


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def softplus(x):
    return mpmath.log1p(exp(x)) if x < 10**6 else x


def phi(x):
    return erfc(-x / mp.sqrt(2)) / 2


def piece(x, *parts):
    """The part of the first bound that is not below x: (bound, value), .., and last the value beyond."""
    for bound, value in parts[:-1]:
        if x <= bound:
            return value
    return parts[-1]


def erf(x):
    return mp.erf(x) if abs(x) < 20 else sign(x)


def erfc(x):
    if x > 200:
        return mpf(0)
    with mp.workprec(400):
        return mp.erfc(x) if x > -20 else mpf(2)


def erfinv(x):
    if abs(x) > 1:
        return nan
    if abs(x) == 1:
        return sign(x) * inf
    if abs(x) < mpf(2) ** -600:
        return x * mp.sqrt(mp.pi) / 2
    with mp.workprec(400):
        return mp.erfinv(x)


def lgamma(x):
    if x <= 0 and x == mp.floor(x):
        return inf
    if abs(x) < mpf(2) ** -200:
        return -mp.log(abs(x)) - mp.euler * x
    with mp.workprec(300):
        if x > 10**6:
            return mp.re(mp.loggamma(x))
        return mp.log(abs(mp.gamma(x)))


def digamma(x):
    if x == 0:
        return SKIP
    if x < 0 and x == mp.floor(x):
        return nan
    if abs(x) < mpf(2) ** -200:
        return -1 / x - mp.euler
    with mp.workprec(300):
        return mp.log(x) - 1 / (2 * x) - 1 / (12 * x * x) if x > 10**30 else mp.digamma(x)


def trigamma(x):
    if x <= 0 and x == mp.floor(x):
        return SKIP
    if abs(x) < mpf(2) ** -200:
        return 1 / (x * x)
    with mp.workprec(300):
        return 1 / x if x > 10**30 else mp.psi(1, x)


def cut(x):
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def tanhshrink(x):
    return x - tanh(x) if abs(x) < 10**6 else x - sign(x)


def inside(low, high, f, beyond=nan):
    return lambda x: f(x) if low <= x <= high else beyond


def guarded(f, at):
    """f, but for the arguments of a table."""
    return lambda x: at[x] if x in at else f(x)


# Name: the value, the slope (None: by differences of the value), and what both are at -inf and inf (None: the limit).
Y = {
    "abs": (abs, sign), "sign": (sign, step), "square": (lambda x: x * x, lambda x: 2 * x), "neg": (lambda x: -x, lambda x: mpf(-1)),
    "sqrt": (lambda x: mp.sqrt(x) if x >= 0 else nan, lambda x: over(mpf(1), 2 * mp.sqrt(x)) if x >= 0 else nan),
    "rsqrt": (lambda x: nan if x < 0 else inf if x == 0 else 1 / mp.sqrt(x), lambda x: SKIP if x <= 0 else -1 / (2 * x * mp.sqrt(x))),
    "recip": (lambda x: SKIP if x == 0 else 1 / x, lambda x: -inf if x == 0 else -1 / (x * x)),
    "cbrt": (lambda x: sign(x) * mp.cbrt(abs(x)), lambda x: inf if x == 0 else 1 / (3 * mp.cbrt(abs(x)) ** 2)),
    "powf": (lambda x: nan if x < 0 else x ** mpf(2.5), lambda x: nan if x < 0 else mpf(2.5) * x ** mpf(1.5)),
    "exp": (exp, exp), "exp2": (lambda x: exp(x * mp.ln2), lambda x: mp.ln2 * exp(x * mp.ln2)), "expm1": (expm1, exp),
    "ln": (lambda x: nan if x < 0 else -inf if x == 0 else mp.log(x), lambda x: SKIP if x <= 0 else 1 / x),
    "log2": (lambda x: nan if x < 0 else -inf if x == 0 else mp.log(x, 2), lambda x: SKIP if x <= 0 else 1 / (x * mp.ln2)),
    "log10": (lambda x: nan if x < 0 else -inf if x == 0 else mp.log(x, 10), lambda x: SKIP if x <= 0 else 1 / (x * mp.ln10)),
    "log1p": (lambda x: nan if x < -1 else -inf if x == -1 else mpmath.log1p(x), lambda x: SKIP if x <= -1 else 1 / (1 + x)),
    "logit": (lambda x: nan if not 0 <= x <= 1 else -inf if x == 0 else inf if x == 1 else mp.log(x / (1 - x)),
              lambda x: over(mpf(1), x * (1 - x))),
    "sin": (mp.sin, mp.cos), "cos": (mp.cos, lambda x: -mp.sin(x)), "tan": (mp.tan, lambda x: 1 / mp.cos(x) ** 2),
    "asin": (inside(-1, 1, mp.asin), inside(-1, 1, lambda x: over(mpf(1), mp.sqrt((1 - x) * (1 + x))))),
    "acos": (inside(-1, 1, mp.acos), inside(-1, 1, lambda x: -over(mpf(1), mp.sqrt((1 - x) * (1 + x))))),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "sinc": (lambda x: mpf(1) if x == 0 else mp.sinpi(x) / (mp.pi * x),
             lambda x: mpf(0) if x == 0 else (mp.cospi(x) - mp.sinpi(x) / (mp.pi * x)) / x),
    "sinh": (sinh, cosh), "cosh": (cosh, sinh), "tanh": (tanh, lambda x: 4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2),
    "asinh": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": (lambda x: nan if x < 1 else mp.acosh(x), lambda x: over(mpf(1), mp.sqrt(x - 1) * mp.sqrt(x + 1)) if x >= 1 else nan),
    "atanh": (lambda x: nan if abs(x) > 1 else sign(x) * inf if abs(x) == 1 else mp.atanh(x), lambda x: over(mpf(1), (1 - x) * (1 + x))),
    "erf": (erf, lambda x: 2 / mp.sqrt(mp.pi) * exp(-x * x)), "erfc": (erfc, lambda x: -2 / mp.sqrt(mp.pi) * exp(-x * x)),
    "erfinv": (erfinv, lambda x: inf if abs(x) == 1 else mp.sqrt(mp.pi) / 2 * exp(erfinv(x) ** 2)),
    "lgamma": (lgamma, digamma), "digamma": (digamma, trigamma),
    "floor": (mp.floor, step), "ceil": (mp.ceil, step), "round": (mpmath.nint, step), "trunc": (cut, step),
    "frac": (lambda x: x - cut(x), lambda x: mpf(1)),
    "clamp": (lambda x: min(max(x, mpf(-0.5)), mpf(0.75)), lambda x: mpf(-0.5 <= x <= 0.75)),
    "nan_to_num": (lambda x: x, lambda x: mpf(1)),
    "deg2rad": (lambda x: x * mp.pi / 180, lambda x: mp.pi / 180), "rad2deg": (lambda x: x * 180 / mp.pi, lambda x: 180 / mp.pi),
    "affine": (lambda x: mpf(1.5) * x + mpf(0.5), lambda x: mpf(1.5)), "divide_by": (lambda x: x / 3, lambda x: mpf(1) / 3),
    "inverse": (lambda x: SKIP if x == 0 else 2 / x, lambda x: -inf if x == 0 else -2 / (x * x)),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)), "logsigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "softplus": (softplus, sigmoid),
    "relu": (lambda x: max(x, mpf(0)), lambda x: mpf(x > 0)), "relu6": (lambda x: min(max(x, mpf(0)), mpf(6)), lambda x: mpf(0 < x < 6)),
    "leaky_relu": (lambda x: x if x > 0 else x * mpf(0.01), lambda x: mpf(1) if x > 0 else mpf(0.01)),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * exp(-x * x / 2) / mp.sqrt(2 * mp.pi)),
    "gelu_tanh": (lambda x: x * sigmoid(2 * mp.sqrt(2 / mp.pi) * (x + mpf(0.044715) * x**3)), None),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "mish": (lambda x: x * tanh(softplus(x)) if x < 10**6 else x, None),
    "elu": (lambda x: x if x > 0 else expm1(x), lambda x: mpf(1) if x > 0 else exp(x)),
    "selu": (lambda x: mpf(1.0507009873554805) * (x if x > 0 else mpf(1.6732632423543772) * expm1(x)),
             lambda x: mpf(1.0507009873554805) * (mpf(1) if x > 0 else mpf(1.6732632423543772) * exp(x))),
    "celu": (lambda x: x if x > 0 else mpf(1.5) * expm1(x / mpf(1.5)), lambda x: mpf(1) if x > 0 else exp(x / mpf(1.5))),
    "hardtanh": (lambda x: min(max(x, mpf(-1)), mpf(1)), lambda x: mpf(-1 < x < 1)),
    "hardsigmoid": (lambda x: min(max((x + 3) / 6, mpf(0)), mpf(1)), lambda x: mpf(-3 < x < 3) / 6),
    "hardswish": (lambda x: piece(x, (-3, mpf(0)), (3, x * (x + 3) / 6), x), lambda x: mpf(0) if x <= -3 else mpf(1) if x >= 3 else (2 * x + 3) / 6),
    "hardshrink": (lambda x: mpf(0) if abs(x) <= 0.5 else x, lambda x: mpf(abs(x) > 0.5)),
    "softshrink": (lambda x: mpf(0) if abs(x) <= 0.5 else x - sign(x) / 2, lambda x: mpf(abs(x) > 0.5)),
    "tanhshrink": (tanhshrink, lambda x: tanh(x) ** 2),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "threshold": (lambda x: x if x > mpf(0.1) else mpf(-0.5), lambda x: mpf(x > mpf(0.1))),
    "nan_indicator": (step, step), "inf_indicator": (step, step), "finite_indicator": (lambda x: mpf(1), step),
    "negated": (lambda x: SKIP, lambda x: SKIP),  # Of masks: 0 and 1.
}
NOTHING = ["sin", "cos", "tan"]  # No limit at infinity.
INFINITE = {name: (1, 0) for name in ["ln", "log2", "log10", "log1p", "acosh", "digamma"]}
AT_INFINITY = {
    "asinh": {1: (inf, 0), -1: (-inf, 0)}, "lgamma": {1: (inf, inf), -1: (inf, SKIP)}, "digamma": {1: (inf, 0), -1: (nan, SKIP)},
    "frac": {1: (nan, SKIP), -1: (nan, SKIP)}, "nan_to_num": {1: (mpf(1e30), 0), -1: (mpf(-1e30), 0)},
    "inf_indicator": {1: (1, 0), -1: (1, 0)}, "finite_indicator": {1: (0, 0), -1: (0, 0)},
    "exp": {1: (inf, inf), -1: (0, 0)}, "exp2": {1: (inf, inf), -1: (0, 0)}, "expm1": {1: (inf, inf), -1: (-1, 0)},
    "sinh": {1: (inf, inf), -1: (-inf, inf)}, "cosh": {1: (inf, inf), -1: (inf, -inf)}, "sinc": {1: (0, 0), -1: (0, 0)},
}
AT_NAN = {"nan_to_num": 0, "nan_indicator": 1, "inf_indicator": 0, "finite_indicator": 0}


def difference(f, x):
    small = max(abs(x), mpf(2) ** -500) * mpf(2) ** -700
    return (f(x + small) - f(x - small)) / (2 * small)


def growth(f, x, y):
    """By how many units of the last place `y` changes when `x` changes by one, as a power of two."""
    if x == 0 or y == 0 or not mpmath.isfinite(y) or not mpmath.isfinite(x):
        return 0
    if abs(x) > mpf(2) ** 200:
        return 0 if f in (exp,) else 0
    other = f(x * (1 + mpf(2) ** -100))
    if other is SKIP or not mpmath.isfinite(other) or other == y:
        return 0
    change = abs((other - y) / y) * mpf(2) ** 100
    return max(0, int(mpmath.ceil(mp.log(change, 2)))) if change > 2 else 0


def token(y, more=0):
    if y is SKIP:
        return "?"
    text = repr(rounded(mpf(y)))
    text = text.replace("inf", "i").replace("nan", "n").removesuffix(".0")
    return text if more == 0 else f"{text}~{more}"


def unary(name):
    f, slope = Y[name]
    slope = slope or (lambda x: difference(f, x))
    tokens = []
    for x in GRIDS[1]:
        if math.isnan(x):
            y, dy = AT_NAN.get(name, nan), SKIP
        elif math.isinf(x):
            side = int(math.copysign(1, x))
            if name in NOTHING:
                y, dy = nan, SKIP
            elif name in AT_INFINITY:
                y, dy = AT_INFINITY[name][side]
            elif name in INFINITE:
                y, dy = (inf, 0) if side == 1 else (nan, SKIP)
            else:
                y, dy = f(side * HUGE), slope(side * HUGE)
        else:
            y, dy = f(mpf(x)), slope(mpf(x))
        if y is not SKIP and mpmath.isnan(y):
            dy = SKIP
        if x == 0 and math.copysign(1, x) < 0:
            # Beside -0 infinities have the other sign in some functions.
            y, dy = (SKIP if z is not SKIP and mpmath.isinf(z) else z for z in (y, dy))
        own = growth(f, mpf(x), y) if y is not SKIP else 0
        tokens += [token(y, own), token(dy, growth(slope, mpf(x), dy) if dy is not SKIP else 0)]
    return tokens


def fmod(x, y):
    if y == 0 or mpmath.isinf(x):
        return nan, SKIP
    if mpmath.isinf(y):
        return x, mpf(0)
    times_in = cut(x / y)
    return x - times_in * y, -times_in


def rem(x, y):
    rest, times_in = fmod(x, y)
    if times_in is not SKIP and rest != 0 and (rest < 0) != (y < 0):
        return rest + y, times_in - (-1)
    return rest, times_in


def floor_div(x, y):
    if y == 0:
        return over(x, y)
    if mpmath.isinf(x):
        return SKIP
    if mpmath.isinf(y):
        return mpf(0) if x == 0 or (x > 0) == (y > 0) else mpf(-1)
    return mp.floor(x / y)


def pow_(x, y):
    """The value by C's rules, the slope of the base and the one of the exponent."""
    if y == 0:
        return mpf(1), mpf(0), (mpf(0) if x == 0 else mp.log(x) if x > 0 and mpmath.isfinite(x) else SKIP)
    if mpmath.isinf(x) or mpmath.isinf(y):
        with_floats = SKIP
        try:
            with_floats = mpf(math.pow(float(rounded(x)), float(rounded(y))))
        except (ValueError, OverflowError):
            pass
        return with_floats, SKIP, (mpf(0) if with_floats is not SKIP and with_floats == 0 and x > 0 else SKIP)
    whole = y == mp.floor(y)
    if x == 0:
        base = SKIP if y < 1 else mpf(1) if y == 1 else mpf(0)
        return (mpf(0) if y > 0 else SKIP), base, (mpf(0) if y > 0 else SKIP)
    if x < 0 and not whole:
        return nan, SKIP, SKIP
    flip = -1 if x < 0 and int(y) % 2 else 1
    def power(y):
        log = mp.log(abs(x)) * y
        return exp(log) if abs(log) < 10**6 else (inf if log > 0 else mpf(0))
    value = flip * power(y)
    return value, y * flip * sign(x) * power(y - 1), (value * mp.log(x) if x > 0 else SKIP)


def atan2(y, x):
    value = mpf(math.atan2(float(y), float(x))) if mpmath.isinf(x) or mpmath.isinf(y) or x == 0 == y else mp.atan2(y, x)
    if x == 0 == y or (mpmath.isinf(x) and mpmath.isinf(y)):
        return value, SKIP, SKIP
    if mpmath.isinf(x) or mpmath.isinf(y):
        return value, mpf(0), mpf(0)
    return value, x / (x * x + y * y), -y / (x * x + y * y)


def hypot(x, y):
    if mpmath.isinf(x) or mpmath.isinf(y):
        both = mpmath.isinf(x) and mpmath.isinf(y)
        return inf, SKIP if both else sign(x) if mpmath.isinf(x) else mpf(0), SKIP if both else sign(y) if mpmath.isinf(y) else mpf(0)
    length = mp.sqrt(x * x + y * y)
    return length, (SKIP if length == 0 else x / length), (SKIP if length == 0 else y / length)


def logaddexp(x, y):
    if x == y:
        return x + mp.ln2, mpf(0.5), mpf(0.5)
    if mpmath.isinf(x) or mpmath.isinf(y) or abs(x - y) > 10**6:
        return max(x, y), mpf(x > y), mpf(y > x)
    return max(x, y) + softplus(-abs(x - y)), sigmoid(x - y), sigmoid(y - x)


def xlogy(x, y):
    if x == 0:
        return mpf(0), SKIP, SKIP
    if y < 0:
        return nan, SKIP, SKIP
    log = -inf if y == 0 else mp.log(y) if mpmath.isfinite(y) else inf
    return times(x, log), log, over(x, y) if y != 0 else SKIP


def choice(value, x, y, first):
    return value, mpf(first), mpf(not first)


def lerp(x, y, w):
    if w == 0 or w == 1:
        return (x, y)[int(w)]
    if x == y:
        return x
    return times(x, 1 - w) + times(y, w)


Z = {
    "add": lambda x, y: (x + y, 1, 1), "sub": lambda x, y: (x - y, 1, -1), "mul": lambda x, y: (times(x, y), y, x),
    "div": lambda x, y: (over(x, y), SKIP if y == 0 else over(mpf(1), y), SKIP if y == 0 or mpmath.isinf(x) else -over(over(x, y), y)),
    "pow": pow_, "rem": lambda x, y: (rem(x, y)[0], 1, rem(x, y)[1]), "fmod": lambda x, y: (fmod(x, y)[0], 1, fmod(x, y)[1]),
    "floor_div": lambda x, y: (floor_div(x, y), 0, 0),
    "maximum": lambda x, y: (max(x, y), mpf(x > y) + mpf(x == y) / 2, mpf(y > x) + mpf(x == y) / 2),
    "minimum": lambda x, y: (min(x, y), mpf(x < y) + mpf(x == y) / 2, mpf(y < x) + mpf(x == y) / 2),
    "atan2": atan2, "hypot": hypot, "copysign": lambda x, s: (SKIP, SKIP, 0) if s == 0 else (abs(x) * sign(s), sign(x) * sign(s), 0),
    "logaddexp": logaddexp, "xlogy": xlogy, "heaviside": lambda x, h: (mpf(x > 0) if x != 0 else h, 0, mpf(x == 0)),
    "prelu": lambda x, s: (x if x > 0 else times(x, s), 1 if x > 0 else s, 0 if x > 0 else x),
    "lerp": lambda x, y: (lerp(x, y, mpf(0.3)), mpf(0.7), mpf(0.3)),
    "equal": lambda x, y: (x == y, 0, 0), "not_equal": lambda x, y: (x != y, 0, 0), "less": lambda x, y: (x < y, 0, 0),
    "less_equal": lambda x, y: (x <= y, 0, 0), "greater": lambda x, y: (x > y, 0, 0), "greater_equal": lambda x, y: (x >= y, 0, 0),
    "is_close": lambda x, y: (SKIP, 0, 0), "both": lambda x, y: (SKIP, SKIP, SKIP),
    "either": lambda x, y: (SKIP, SKIP, SKIP), "exactly_one": lambda x, y: (SKIP, SKIP, SKIP),
}


def addcdiv(x, y, z):
    part = over(mpf(0.5) * y, z)
    return x + part, 1, SKIP if z == 0 else over(mpf(0.5), z), SKIP if z == 0 or mpmath.isinf(y) else -over(part, z)


def clamp_tensor(x, low, high):
    value = min(max(x, low), high)
    own = low <= x <= high
    return value, own, (not own) and low > x and high > low, (not own) and not (low > x and high > low)


T = {
    "fma": lambda x, y, z: (times(x, y) + z, y, x, 1),
    "lerp_with": lambda x, y, w: (SKIP if mpmath.isinf(w) else lerp(x, y, w), 1 - w, w, y - x),
    "addcmul": lambda x, y, z: (x + times(y, z) / 2, 1, z / 2, y / 2), "addcdiv": addcdiv, "clamp_tensor": clamp_tensor,
    "choose": lambda m, x, y: (x if m > 0.5 else y, 0, mpf(m > 0.5), mpf(m <= 0.5)),
}


def several(f, count):
    tokens = []
    for point in itertools.product(GRIDS[count], repeat=count):
        value, *slopes = f(*map(mpf, point))
        if value is SKIP or mpmath.isnan(mpf(value)):
            slopes = [SKIP] * count
        tokens += map(token, [value if value is SKIP else mpf(value), *slopes])
    return tokens


def main():
    grids = [f"grid{count} " + " ".join(token(x) for x in grid) for count, grid in GRIDS.items()]
    rows = [(name, unary(name)) for name in Y]
    rows += [(name, several(f, 2)) for name, f in Z.items()] + [(name, several(f, 3)) for name, f in T.items()]
    with open("tests/catalogue/extremes.txt", "w") as file:
        file.write("\n".join(grids + [name + " " + " ".join(tokens) for name, tokens in rows]) + "\n")


main()
