"""When a number is right: the formats, and the distance that rounding explains.

References are `longdouble`, whose 64 digits and 15 bits of exponent neither round nor overflow where `f64` does.
"""

from dataclasses import dataclass

import numpy as np

WIDE = np.longdouble


@dataclass(frozen=True)
class Format:
    """A type of floats: digits after the first, and the exponents of its least normal and its greatest numbers."""

    digits: int
    least: int
    greatest: int

    @property
    def epsilon(self):
        return 2.0**-self.digits

    @property
    def tiny(self):
        return 2.0**self.least

    @property
    def unit(self):
        """The least number."""
        return 2.0 ** (self.least - self.digits)

    @property
    def limit(self):
        """The first number that is too large, if exponents went on."""
        return WIDE(2) ** (self.greatest + 1)

    @property
    def largest(self):
        return float((WIDE(2) - WIDE(self.epsilon)) * WIDE(2) ** self.greatest)

    @property
    def half(self):
        """Whether it is computed in `f32` and rounded at the end."""
        return self.digits < 23


FORMATS = {"f16": Format(10, -14, 15), "bf16": Format(7, -126, 127), "f32": Format(23, -126, 127),
           "f64": Format(52, -1022, 1023)}


def rounded(x, dtype):
    """Numbers of the type, as `f64`."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        if dtype == "f16":
            return x.astype(np.float16).astype(np.float64)
        if dtype == "bf16":
            bits = x.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
            return np.where(np.isnan(x), np.nan, bits.view(np.float32).astype(np.float64))
        return x.astype(np.float32).astype(np.float64) if dtype == "f32" else x


def far(got, want, dtype, relative, scale=0, free=False, units=2):
    """Where `got` is further from `want` than `relative` times the larger of both scales, or of another kind.

    `free` marks what may be anything: where a step of the definition itself leaves the type.
    """
    form = FORMATS[dtype]
    got, want = np.asarray(got, WIDE), np.asarray(want, WIDE)
    scale = np.where(np.isfinite(scale), scale, 0)
    finite = np.where(np.isfinite(want), want, 0)
    room = relative * np.maximum(np.abs(finite), scale) + units * WIDE(form.unit)
    near = np.abs(np.clip(got, -form.limit, form.limit) - np.clip(want, -form.limit, form.limit)) <= room
    # An infinite result stands for an infinite number, or for one that is too large.
    overflow = np.isinf(got) & (np.sign(got) == np.sign(want)) & (np.abs(want) + room >= form.largest)
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    right = same | overflow | (near & np.isfinite(got) & np.isfinite(want))
    return ~(right | free)
