"""Operations of one operand: the value and the slope of each, and both at infinities and NaN.

Constants are those that the catalogue tests its rows with.
"""

from mpmath import inf, mp, mpf, nan
import mpmath

from .elementary import HUGE, SKIP, cosh, cut, digamma, erf, erfc, erfinv, exp, expm1, lgamma, over, phi
from .elementary import sigmoid, sign, sinh, slope_of, softplus, step, tanh, tanhshrink, trigamma

LEAKY, LIMIT, CUBIC = mpf(0.01), mpf(0.1), mpf(0.044715)
ALPHA, SCALE, CELU = mpf(1.6732632423543772), mpf(1.0507009873554805), mpf(1.5)


def inside(low, high, f):
    return lambda x: f(x) if low <= x <= high else nan


def above(low, f, at=SKIP):
    """`f` above `low`, `at` there, NaN below."""
    return lambda x: f(x) if x > low else at if x == low else nan


def between(low, high, f):
    """A line held within two others: `f` between two numbers."""
    return lambda x: min(max(f(x), mpf(low)), mpf(high))


def arc(x):
    return over(mpf(1), mp.sqrt((1 - x) * (1 + x)))


def bell(x):
    return 2 / mp.sqrt(mp.pi) * exp(-x * x)


def tanh_slope(x):
    return 4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2


def sinc_slope(x):
    return mpf(0) if x == 0 else (mp.cospi(x) - mp.sinpi(x) / (mp.pi * x)) / x


def gelu_tanh(x):
    return x * sigmoid(2 * mp.sqrt(2 / mp.pi) * (x + CUBIC * x**3))


def mish(x):
    return x * tanh(softplus(x)) if x < 10**6 else x


def hardswish(x):
    return mpf(0) if x <= -3 else x if x >= 3 else x * (x + 3) / 6


UNARY = {
    "abs": (abs, sign),
    "sign": (sign, step),
    "square": (lambda x: x * x, lambda x: 2 * x),
    "neg": (lambda x: -x, lambda x: mpf(-1)),
    "affine": (lambda x: mpf(1.5) * x + mpf(0.5), lambda x: mpf(1.5)),
    "divide_by": (lambda x: x / 3, lambda x: mpf(1) / 3),
    "inverse": (lambda x: SKIP if x == 0 else 2 / x, lambda x: -inf if x == 0 else -2 / (x * x)),
    "recip": (lambda x: SKIP if x == 0 else 1 / x, lambda x: -inf if x == 0 else -1 / (x * x)),
    "sqrt": (above(0, mp.sqrt, mpf(0)), above(0, lambda x: 1 / (2 * mp.sqrt(x)), inf)),
    "rsqrt": (above(0, lambda x: 1 / mp.sqrt(x), inf), above(0, lambda x: -1 / (2 * x * mp.sqrt(x)))),
    "cbrt": (lambda x: sign(x) * mp.cbrt(abs(x)), lambda x: inf if x == 0 else 1 / (3 * mp.cbrt(abs(x)) ** 2)),
    "powf": (above(0, lambda x: x ** mpf(2.5), mpf(0)), above(0, lambda x: mpf(2.5) * x ** mpf(1.5), mpf(0))),
    "exp": (exp, exp),
    "exp2": (lambda x: exp(x * mp.ln2), lambda x: mp.ln2 * exp(x * mp.ln2)),
    "expm1": (expm1, exp),
    "ln": (above(0, mp.log, -inf), above(0, lambda x: 1 / x)),
    "log2": (above(0, lambda x: mp.log(x, 2), -inf), above(0, lambda x: 1 / (x * mp.ln2))),
    "log10": (above(0, lambda x: mp.log(x, 10), -inf), above(0, lambda x: 1 / (x * mp.ln10))),
    "log1p": (above(-1, mpmath.log1p, -inf), above(-1, lambda x: 1 / (1 + x))),
    "logit": (inside(0, 1, lambda x: -inf if x == 0 else inf if x == 1 else mp.log(x / (1 - x))),
              lambda x: over(mpf(1), x * (1 - x))),
    "sin": (mp.sin, mp.cos),
    "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tan": (mp.tan, lambda x: 1 / mp.cos(x) ** 2),
    "asin": (inside(-1, 1, mp.asin), inside(-1, 1, arc)),
    "acos": (inside(-1, 1, mp.acos), inside(-1, 1, lambda x: -arc(x))),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "sinc": (lambda x: mpf(1) if x == 0 else mp.sinpi(x) / (mp.pi * x), sinc_slope),
    "sinh": (sinh, cosh),
    "cosh": (cosh, sinh),
    "tanh": (tanh, tanh_slope),
    "asinh": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": (above(1, mp.acosh, mpf(0)), above(1, lambda x: 1 / (mp.sqrt(x - 1) * mp.sqrt(x + 1)), inf)),
    "atanh": (inside(-1, 1, lambda x: sign(x) * inf if abs(x) == 1 else mp.atanh(x)),
              lambda x: over(mpf(1), (1 - x) * (1 + x))),
    "erf": (erf, bell),
    "erfc": (erfc, lambda x: -bell(x)),
    "erfinv": (erfinv, lambda x: inf if abs(x) == 1 else mp.sqrt(mp.pi) / 2 * exp(erfinv(x) ** 2)),
    "lgamma": (lgamma, digamma),
    "digamma": (digamma, trigamma),
    "floor": (mp.floor, step),
    "ceil": (mp.ceil, step),
    "round": (mpmath.nint, step),
    "trunc": (cut, step),
    "frac": (lambda x: x - cut(x), lambda x: mpf(1)),
    "clamp": (between(-0.5, 0.75, lambda x: x), lambda x: mpf(-0.5 <= x <= 0.75)),
    "nan_to_num": (lambda x: x, lambda x: mpf(1)),
    "deg2rad": (lambda x: x * mp.pi / 180, lambda x: mp.pi / 180),
    "rad2deg": (lambda x: x * 180 / mp.pi, lambda x: 180 / mp.pi),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "logsigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x)),
    "softplus": (softplus, sigmoid),
    "relu": (lambda x: max(x, mpf(0)), lambda x: mpf(x > 0)),
    "relu6": (between(0, 6, lambda x: x), lambda x: mpf(0 < x < 6)),
    "leaky_relu": (lambda x: x if x > 0 else x * LEAKY, lambda x: mpf(1) if x > 0 else LEAKY),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * exp(-x * x / 2) / mp.sqrt(2 * mp.pi)),
    "gelu_tanh": (gelu_tanh, slope_of(gelu_tanh)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "mish": (mish, slope_of(mish)),
    "elu": (lambda x: x if x > 0 else expm1(x), lambda x: mpf(1) if x > 0 else exp(x)),
    "selu": (lambda x: SCALE * (x if x > 0 else ALPHA * expm1(x)), lambda x: SCALE * (1 if x > 0 else ALPHA * exp(x))),
    "celu": (lambda x: x if x > 0 else CELU * expm1(x / CELU), lambda x: mpf(1) if x > 0 else exp(x / CELU)),
    "hardtanh": (between(-1, 1, lambda x: x), lambda x: mpf(-1 < x < 1)),
    "hardsigmoid": (between(0, 1, lambda x: (x + 3) / 6), lambda x: mpf(-3 < x < 3) / 6),
    "hardswish": (hardswish, lambda x: mpf(0) if x <= -3 else mpf(1) if x >= 3 else (2 * x + 3) / 6),
    "hardshrink": (lambda x: mpf(0) if abs(x) <= 0.5 else x, lambda x: mpf(abs(x) > 0.5)),
    "softshrink": (lambda x: mpf(0) if abs(x) <= 0.5 else x - sign(x) / 2, lambda x: mpf(abs(x) > 0.5)),
    "tanhshrink": (tanhshrink, lambda x: tanh(x) ** 2),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "threshold": (lambda x: x if x > LIMIT else mpf(-0.5), lambda x: mpf(x > LIMIT)),
    "nan_indicator": (step, step),
    "inf_indicator": (step, step),
    "finite_indicator": (lambda x: mpf(1), step),
    "negated": (lambda x: SKIP, lambda x: SKIP),  # Of masks: 0 and 1.
}

# The value and the slope at inf, and both at -inf, where the function at HUGE is not yet at its limit.
NEVER = (nan, SKIP)
GROWS = ((inf, 0), NEVER)
AT_INFINITY = {
    "sin": (NEVER, NEVER), "cos": (NEVER, NEVER), "tan": (NEVER, NEVER), "frac": (NEVER, NEVER),
    "ln": GROWS, "log2": GROWS, "log10": GROWS, "log1p": GROWS, "acosh": GROWS, "digamma": GROWS,
    "exp": ((inf, inf), (0, 0)), "exp2": ((inf, inf), (0, 0)), "expm1": ((inf, inf), (-1, 0)),
    "sinh": ((inf, inf), (-inf, inf)), "cosh": ((inf, inf), (inf, -inf)), "sinc": ((0, 0), (0, 0)),
    "powf": ((inf, inf), (inf, SKIP)),  # C's, of a negative base.
    "asinh": ((inf, 0), (-inf, 0)), "lgamma": ((inf, inf), (inf, SKIP)),
    "nan_to_num": ((mpf(1e30), 0), (mpf(-1e30), 0)),
    "inf_indicator": ((1, 0), (1, 0)), "finite_indicator": ((0, 0), (0, 0)),
}
AT_NAN = {"nan_to_num": 0, "nan_indicator": 1, "inf_indicator": 0, "finite_indicator": 0}


def unary(name, x):
    """The value and the slope at `x`, one of Python's numbers."""
    f, slope = UNARY[name]
    if mpmath.isnan(x):
        return AT_NAN.get(name, nan), SKIP
    if mpmath.isfinite(x):
        return f(mpf(x)), slope(mpf(x))
    if name in AT_INFINITY:
        return AT_INFINITY[name][0 if x > 0 else 1]
    return f(sign(mpf(x)) * HUGE), slope(sign(mpf(x)) * HUGE)
