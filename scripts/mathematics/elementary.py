"""The functions that tables of operations are made of, for arguments of all sizes.

Apart from the tables because `mpmath` alone would take hours here: e to the power of 2**1000 has too many digits to be
written down, and series of thousands of terms have long reached their limit.
"""

from mpmath import inf, mp, mpf, nan
import mpmath

mp.prec = 1500
HUGE = mpf(10) ** 5000  # In place of infinity, where a limit is reached by then.
SKIP = object()


def times(x, y):
    """Zero times infinity is no number."""
    return nan if (x == 0 and mpmath.isinf(y)) or (y == 0 and mpmath.isinf(x)) else x * y


def over(x, y):
    """Division by the rules of IEEE 754, for divisors that are +0."""
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


def tanhshrink(x):
    return x - tanh(x)


def step(x):
    return mpf(0)


def sign(x):
    return mpf(0) if x == 0 else mpmath.sign(x)


def cut(x):
    """Rounded towards 0."""
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def softplus(x):
    return mpmath.log1p(exp(x)) if x < 10**4 else x


def phi(x):
    """The normal distribution's."""
    return erfc(-x / mp.sqrt(2)) / 2


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
        return mp.re(mp.loggamma(x)) if x > 10**6 else mp.log(abs(mp.gamma(x)))


def digamma(x):
    if x == 0:
        return -inf
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


def slope_of(f):
    """By differences, of digits enough that few are lost."""

    def slope(x):
        small = max(abs(x), mpf(2) ** -500) * mpf(2) ** -700
        return (f(x + small) - f(x - small)) / (2 * small)

    return slope
