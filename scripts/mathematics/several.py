"""Operations of two and three operands: the value, then the slope by each.

Apart from `unary.py` because no limit at infinity could be asked of a function: which operand is there first?
"""

import math

from mpmath import inf, mp, mpf, nan
import mpmath

from .elementary import SKIP, cut, exp, over, sigmoid, sign, softplus, times


def infinite(*numbers):
    return any(mpmath.isinf(x) for x in numbers)


def div(x, y):
    if y == 0:
        return over(x, y), SKIP, SKIP
    return over(x, y), over(mpf(1), y), SKIP if infinite(x) else -over(over(x, y), y)


def fmod(x, y):
    if y == 0 or infinite(x):
        return nan, 1, SKIP
    if infinite(y):
        return x, 1, mpf(0)
    often = cut(x / y)
    return x - often * y, 1, -often


def rem(x, y):
    rest, _, often = fmod(x, y)
    if often is not SKIP and rest != 0 and (rest < 0) != (y < 0):
        return rest + y, 1, often + 1
    return rest, 1, often


def floor_div(x, y):
    if y == 0:
        return over(x, y), 0, 0
    if infinite(x):
        return SKIP, 0, 0
    if infinite(y):
        return mpf(0) if x == 0 or (x > 0) == (y > 0) else mpf(-1), 0, 0
    return mp.floor(x / y), 0, 0


def power(x, y):
    """Of positive numbers, beyond every type without an exponent of a million digits."""
    log = mp.log(x) * y
    return exp(log) if abs(log) < 10**6 else inf if log > 0 else mpf(0)


def pow(x, y):
    """By C's rules."""
    if y == 0:
        return mpf(1), mpf(0), mpf(0) if x == 0 else mp.log(x) if x > 0 and not infinite(x) else SKIP
    if infinite(x, y):
        value = mpf(math.pow(x, y))
        return value, SKIP, mpf(0) if value == 0 and x > 0 else SKIP
    if x == 0:
        if y < 0:
            return SKIP, SKIP, SKIP
        return mpf(0), SKIP if y < 1 else mpf(y == 1), mpf(0)
    if x < 0 and y != mp.floor(y):
        return nan, SKIP, SKIP
    flip = -1 if x < 0 and int(y) % 2 else 1
    value = flip * power(abs(x), y)
    return value, y * flip * sign(x) * power(abs(x), y - 1), value * mp.log(x) if x > 0 else SKIP


def atan2(y, x):
    if infinite(x, y) or x == 0 == y:
        both = infinite(x) == infinite(y)
        return mpf(math.atan2(y, x)), SKIP if both else mpf(0), SKIP if both else mpf(0)
    return mp.atan2(y, x), x / (x * x + y * y), -y / (x * x + y * y)


def hypot(x, y):
    if infinite(x, y):
        slopes = (SKIP, SKIP) if infinite(x) and infinite(y) else (sign(x) * infinite(x), sign(y) * infinite(y))
        return inf, *slopes
    length = mp.sqrt(x * x + y * y)
    return (length, SKIP, SKIP) if length == 0 else (length, x / length, y / length)


def copysign(x, y):
    return (SKIP, SKIP, 0) if y == 0 else (abs(x) * sign(y), sign(x) * sign(y), 0)


def logaddexp(x, y):
    if x == y:
        return x + mp.ln2, mpf(0.5), mpf(0.5)
    if infinite(x, y):
        return max(x, y), mpf(x > y), mpf(y > x)
    return max(x, y) + softplus(-abs(x - y)), sigmoid(x - y), sigmoid(y - x)


def xlogy(x, y):
    if x == 0:
        return mpf(0), SKIP, SKIP
    if y < 0:
        return nan, SKIP, SKIP
    log = -inf if y == 0 else inf if infinite(y) else mp.log(y)
    return times(x, log), log, SKIP if y == 0 else over(x, y)


def extreme(value, x, y, first):
    return value, mpf(first) + mpf(x == y) / 2, mpf(not first) - mpf(x == y) / 2


def weighed(x, y, w):
    if w == 0 or w == 1:
        return (x, y)[int(w)]
    return x if x == y else times(x, 1 - w) + times(y, w)


def lerp_with(x, y, w):
    # One end times a wide weight may become infinite, and beside another infinity decides.
    beyond = infinite(w) or (infinite(x, y) and abs(w) > 2**64)
    return SKIP if beyond else weighed(x, y, w), 1 - w, w, y - x


def moved(x, part):
    """Their sum; but a product or a quotient that is large may become infinite, and beside another infinity decides."""
    return SKIP if infinite(x) and not infinite(part) and abs(part) > 2**127 else x + part


def addcmul(x, y, z):
    return moved(x, times(y, z) / 2), 1, z / 2, y / 2


def addcdiv(x, y, z):
    part = over(y / 2, z)
    if z == 0:
        return x + part, 1, SKIP, SKIP
    return moved(x, part), 1, over(mpf(0.5), z), SKIP if infinite(y) else -over(part, z)


def clamp_tensor(x, low, high):
    own, below = low <= x <= high, low > x and high > low
    return min(max(x, low), high), own, not own and below, not own and not below


def flat(f):
    return lambda x, y: (f(x, y), 0, 0)


SEVERAL = {
    "add": lambda x, y: (x + y, 1, 1),
    "sub": lambda x, y: (x - y, 1, -1),
    "mul": lambda x, y: (times(x, y), y, x),
    "div": div,
    "pow": pow,
    "rem": rem,
    "fmod": fmod,
    "floor_div": floor_div,
    "maximum": lambda x, y: extreme(max(x, y), x, y, x > y),
    "minimum": lambda x, y: extreme(min(x, y), x, y, x < y),
    "atan2": atan2,
    "hypot": hypot,
    "copysign": copysign,
    "logaddexp": logaddexp,
    "xlogy": xlogy,
    "heaviside": lambda x, h: (mpf(x > 0) if x != 0 else h, 0, mpf(x == 0)),
    "prelu": lambda x, s: (x if x > 0 else times(x, s), 1 if x > 0 else s, 0 if x > 0 else x),
    "lerp": lambda x, y: (weighed(x, y, mpf(0.3)), mpf(0.7), mpf(0.3)),
    "equal": flat(lambda x, y: x == y),
    "not_equal": flat(lambda x, y: x != y),
    "less": flat(lambda x, y: x < y),
    "less_equal": flat(lambda x, y: x <= y),
    "greater": flat(lambda x, y: x > y),
    "greater_equal": flat(lambda x, y: x >= y),
    "is_close": flat(lambda x, y: SKIP),
    # Of masks: 0 and 1.
    "both": lambda x, y: (SKIP, SKIP, SKIP),
    "either": lambda x, y: (SKIP, SKIP, SKIP),
    "exactly_one": lambda x, y: (SKIP, SKIP, SKIP),
    "fma": lambda x, y, z: (times(x, y) + z, y, x, 1),
    "lerp_with": lerp_with,
    "addcmul": addcmul,
    "addcdiv": addcdiv,
    "clamp_tensor": clamp_tensor,
    "choose": lambda m, x, y: (x if m > 0.5 else y, 0, mpf(m > 0.5), mpf(m <= 0.5)),
}
