"""What must come out of pointwise functions, reductions, normalisations and losses: mathematics in 64 digits.

Each reference gives the result, the size that rounding is measured by beside the result's own, and where anything goes.
"""

import math

import mpmath
import numpy as np

from .judge import FORMATS, WIDE, far
from .regions import POINTWISE

PI = WIDE("3.14159265358979323846264338327950288")
LIMIT_AT_MINUS_INFINITY = {"silu", "gelu", "gelu_tanh", "mish", "hardswish"}


def by_mpmath(f, exact_beyond):
    """A function of one number in 30 digits; beyond a size the limit that it has there."""
    def at(x):
        x = float(x)
        if math.isnan(x) or abs(x) > exact_beyond[0]:
            return exact_beyond[1](x)
        with mpmath.workdps(30):
            y = f(mpmath.mpf(x))
            return WIDE(mpmath.nstr(y, 25))
    return lambda x: np.array([at(x) for x in x.ravel()], WIDE).reshape(x.shape)


def lgamma(x):
    if math.isnan(x):
        return x
    if math.isinf(x) or (x <= 0 and x == math.floor(x)):
        return math.inf
    with mpmath.workdps(40):
        return WIDE(mpmath.nstr(mpmath.log(abs(mpmath.gamma(x))) if abs(x) < 1e3 else mpmath.re(mpmath.loggamma(x)), 25))


def sigmoid(x):
    tail = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, tail) / (1 + tail)


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def mish(x):
    tail = np.exp(-np.abs(x))
    up, down = (1 + 2 * tail) / (1 + 2 * tail + 2 * tail**2), (tail**2 + 2 * tail) / (tail**2 + 2 * tail + 2)
    return x * np.where(x >= 0, up, down)


def sinc(x):
    turn = np.fmod(np.abs(x), 2)
    # The sine of a turn near ½, 1 and 1½ by the nearer end, where it is exact.
    turn = np.where(turn > 1, turn - 2, turn)
    turn = np.where(np.abs(turn) > 0.5, np.sign(turn) - turn, turn)
    return np.where(x == 0, 1, np.sin(PI * turn) / (PI * np.abs(x)))


UNARY = {
    "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x), "square": np.square,
    "recip": lambda x: 1 / x, "cbrt": np.cbrt, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "ln": np.log,
    "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "sinc": sinc,
    "erf": by_mpmath(mpmath.erf, (30, np.sign)), "erfc": by_mpmath(mpmath.erfc, (200, lambda x: 1 - np.sign(x))),
    "lgamma": lambda x: np.array([lgamma(float(x)) for x in x.ravel()], WIDE).reshape(x.shape),
    "floor": np.floor, "ceil": np.ceil, "round": np.rint, "trunc": np.trunc, "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid, "softplus": softplus, "logsigmoid": lambda x: -softplus(-x), "silu": lambda x: x * sigmoid(x),
    "gelu": by_mpmath(lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2, (200, lambda x: max(x, 0.0) if x == x else x)),
    "gelu_tanh": lambda x: x * sigmoid(2 * np.sqrt(2 / PI) * x * (1 + WIDE(0.044715) * x * x)), "mish": mish,
    "softsign": lambda x: np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x))),
    "hardswish": lambda x: np.where(x >= 3, x, np.where(x <= -3, 0, x * (x + 3) / 6)),
    "tanhshrink": lambda x: x - np.tanh(x),
}
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "maximum": np.maximum,
    "minimum": np.minimum, "hypot": np.hypot, "logaddexp": np.logaddexp, "arctan2": np.arctan2, "fmod": np.fmod,
    "remainder": lambda x, y: python_remainder(x, y), "power": np.power,
    "xlogy": lambda x, y: np.where((x == 0) & ~np.isnan(y), 0, x * np.log(y)),
    "lerp": lambda x, y: x * WIDE(0.75) + y * WIDE(0.25), "fma": lambda x, y, z: x * y + z,
}


def python_remainder(x, y):
    r = np.fmod(x, y)
    return np.where((r != 0) & ((r < 0) != (y < 0)), r + y, r)


def pointwise(op, dtype, x):
    if op in UNARY:
        (x,) = x
        y = UNARY[op](x)
        if op in LIMIT_AT_MINUS_INFINITY:
            y = np.where(x == -np.inf, 0, y)
        # The exponential of a square that was rounded.
        scale = np.abs(y) * (1 + np.minimum(x * x, 1e9)) if op.startswith("gelu") else 0
        scale = np.abs(x) if op == "tanhshrink" else 1 if op == "lgamma" else scale
        # The sinc of infinity is NaN to some and 0 to others; hardswish and gelu_tanh take a product on their way.
        free = np.isinf(x) if op == "sinc" else False
        return y, scale, free
    y, size = BINARY[op](*x), [np.abs(x) for x in x]
    if op == "fma":
        product = size[0] * size[1]
        return y, 0 if FORMATS[dtype].half else product + size[2], product > FORMATS[dtype].largest
    if op == "logaddexp":
        return y, np.maximum(*size), False
    if op == "lerp":
        return y, size[0] + size[1], False
    return y, 0, False


def shifted(x, axis=-1):
    """`x` less its greatest element, and that element, 0 where it is infinite."""
    top = x.max(axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0)
    return x - top, top


def one_way(x):
    """NaN for rows that hold +inf, or -inf alone: probabilities have no meaning there."""
    lost = (x.max(axis=-1, keepdims=True, initial=-np.inf) == np.inf) | (x == -np.inf).all(axis=-1, keepdims=True)
    return np.where(lost, np.nan, x)


def logsumexp(x, axis=-1):
    low, top = shifted(x, axis)
    return np.log(np.exp(low).sum(axis=axis)) + top.sum(axis=axis)


def softmax(x):
    e = np.exp(shifted(x)[0])
    return e / e.sum(axis=-1, keepdims=True)


def product(x, axis=-1):
    """Without leaving the type on the way."""
    mantissa, exponent = np.frexp(x)
    exponent = np.where(np.isfinite(x) & (x != 0), exponent, 0).sum(axis=axis)
    return np.ldexp(mantissa.prod(axis=axis), np.clip(exponent, -16000, 16000))


def quantile(x, q):
    x = np.sort(x, axis=-1)
    place = q * (x.shape[-1] - 1)
    low, high = x[..., math.floor(place)], x[..., math.ceil(place)]
    weight = WIDE(place - math.floor(place))
    between = np.where(weight == 0, low, np.where(low == high, low, low * (1 - weight) + high * weight))
    return np.where(np.isnan(x).any(axis=-1), np.nan, between), np.abs(low) + np.abs(high)


def rows(op, dtype, x):
    largest, y = WIDE(FORMATS[dtype].largest), x[1] if len(x) > 1 else None
    x = x[0]
    word, axis = op.split()[0], int(op.split()[1]) if " " in op else -1
    n = x.shape[axis]
    if word in ("sum", "mean"):
        size = np.abs(x).sum(axis=axis)
        wanted = x.sum(axis=axis) if word == "sum" else x.mean(axis=axis)
        return wanted, size / (1 if word == "sum" else max(n, 1)), np.isfinite(size) & (size > largest)
    if word == "prod":
        return product(x), 0, False
    if word in ("max", "min"):
        return x.max(axis=axis, initial=-np.inf) if word == "max" else x.min(axis=axis, initial=np.inf), 0, False
    if word in ("var", "std"):
        # The mean is rounded, and so is each difference.
        room = np.abs(x).max(axis=axis, initial=0) * FORMATS["f32" if FORMATS[dtype].half else dtype].epsilon * 4
        deviation = x.std(axis=axis)
        spread = deviation * room * 2 + room**2 if word == "var" else room
        return deviation**2 if word == "var" else deviation, spread / RELATIVE[dtype], False
    if word == "norm":
        return np.sqrt(np.square(x).sum(axis=axis)), 0, False
    if word == "norm3":
        return np.cbrt((np.abs(x) ** 3).sum(axis=axis)), 0, False
    if word == "matrix_norm":
        return np.sqrt(np.square(x).sum()), 0, False
    if word == "logsumexp":
        return logsumexp(x), np.abs(shifted(x)[1]).sum(axis=-1) + 1, False
    if word == "masked_softmax":
        word, x = "softmax", np.where(y > 0, -np.inf, x)
    if word in ("softmax", "log_softmax"):
        x = one_way(x)
    if word == "softmax":
        distance = np.where(np.isfinite(x), np.abs(shifted(x)[0]), 0)
        return softmax(x), softmax(x) * (1 + distance), False
    if word == "log_softmax":
        low, top = shifted(x)
        return low - np.log(np.exp(low).sum(axis=-1, keepdims=True)), np.abs(low) + 1, False
    if word == "layer_norm":
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + WIDE(1e-5))
        size = np.abs(x).max(axis=-1, keepdims=True, initial=0) * np.ones_like(x) / deviation
        constant = (x == x[..., :1]).all(axis=-1, keepdims=True)
        return centred / deviation, np.where(constant, 1, size + 1), False
    if word == "cumsum":
        size = np.abs(x).cumsum(axis=-1)
        return x.cumsum(axis=-1), size, np.isfinite(size) & (size > largest)
    if word == "cumprod":
        y = np.stack([product(x[..., :i + 1]) for i in range(n)], axis=-1) if n else x
        # What has left the type does not come back.
        out = (np.abs(y) > largest) | ((np.abs(y) < FORMATS[dtype].tiny) & (y != 0))
        return y, 0, np.logical_or.accumulate(out, axis=-1)
    if word == "logcumsumexp":
        y = np.stack([logsumexp(x[..., :i + 1]) for i in range(n)], axis=-1) if n else x
        return y, np.maximum.accumulate(np.where(np.isfinite(x), np.abs(x), 0), axis=-1) + 1 if n else 0, False
    if word in ("median", "quantile"):
        return *quantile(x, 0.5 if word == "median" else 0.3), False
    if word == "sort":
        return np.sort(x, axis=-1), 0, False
    if word in ("matmul", "dot"):
        size = np.matmul(np.abs(x), np.abs(y))
        return np.matmul(x, y), size, np.isfinite(size) & (size > largest)
    if word == "cdist":
        return np.sqrt(np.square(x[:, None] - y[None]).sum(axis=-1)), 0, False
    if word == "scatter_add":
        size = np.abs(y).sum() + np.abs(x[0])
        return np.concatenate([x[:1] + y.sum(), x[1:]]), np.append(size, 0 * x[1:]), size > largest
    return losses(word, x, y, largest)


def losses(word, x, y, largest):
    if word == "cross_entropy":
        picked = np.take_along_axis(x, y.argmax(axis=-1)[:, None], -1)[:, 0]
        size = np.abs(np.where(np.isfinite(x), x, 0)).max(initial=0)
        return (logsumexp(x) - picked).mean(), size + 1, False
    if word == "cosine":
        cosine = (x * y).sum(axis=-1) / np.sqrt((np.square(x).sum(-1) + WIDE(1e-12)) * (np.square(y).sum(-1) + WIDE(1e-12)))
        return (1 - cosine).mean(), 1, False
    if word == "bce_with_logits":
        terms, size = softplus(-np.abs(x)) + np.maximum(x, 0) - x * y, np.abs(x) + np.abs(x * y) + 1
    else:
        d = np.abs(x - y)
        terms = {"mse": d * d, "l1": d, "huber": np.where(d < 1, d * d / 2, d - WIDE(0.5))}[word]
        size = terms if word != "huber" else d
    return terms.mean(), size.mean() if size.size else 0, size.sum() > largest


# A result is rounded once from what `f32` or the type itself computes; sums, and what takes a few steps, lose a few more.
POINTWISE_RELATIVE = {"f16": 2.0**-11 * 1.01, "bf16": 2.0**-8 * 1.01, "f32": 6e-7, "f64": 1.8e-15}
RELATIVE = {"f16": 2.0**-11 * 1.05, "bf16": 2.0**-8 * 1.01, "f32": 1e-5, "f64": 1e-12}
# Losses and distances are made of parts, each rounded to the type.
PARTS = {"cosine", "cdist", "cross_entropy", "mse", "l1", "huber", "bce_with_logits", "softmax", "log_softmax",
         "masked_softmax"}


def disagreement(op, dtype, inputs, got, error):
    """Words for what is wrong, or None."""
    refused = op in ("median", "quantile", "cross_entropy") and inputs[0].shape[-1:] == (0,)
    if refused or (op == "scatter_add" and inputs[0].size == 0 and inputs[1].size):
        return None if error or got.size == 0 or np.isnan(got).all() else "an error was expected"
    if got is None:
        return f"refused: {error}"
    with np.errstate(all="ignore"):
        x = [x.astype(WIDE) for x in inputs]
        want, scale, free = (pointwise if op in POINTWISE else rows)(op, dtype, x)
        want = np.asarray(want)
        if got.shape != want.shape:
            return f"{got.shape} for {want.shape}"
        relative = (POINTWISE_RELATIVE if op in POINTWISE else RELATIVE)[dtype]
        if op in PARTS and FORMATS[dtype].half:
            relative *= 4
        wrong = far(got, want, dtype, relative, scale, free)
    if not wrong.any():
        return None
    place = tuple(int(i[0]) for i in np.nonzero(wrong)) if wrong.ndim else ()
    at = [x[place].item() if x.shape == got.shape else x[place[0]].tolist() if place and x.ndim > 1 and len(x) > place[0]
          else "" for x in inputs]
    return f"{wrong.sum()} of {wrong.size} differ, first at {place}: {got[place]!r} for {float(want[place])!r} of {str(at)[:300]}"
