"""The edges of arithmetic: what goes in (`regions`), what must come out (`values`, `matrices`, `gradients`), and how near
(`judge`). Apart from `differential.py` because its middle needs one reference and one tolerance."""

from . import gradients, matrices, values
from .regions import MATRICES, REGIONS

TORCH = gradients.torch and gradients.torch.__version__


def disagreement(op, dtype, inputs, got, error, random):
    """Words for what is wrong, or None."""
    if op.startswith("gradient "):
        return gradients.disagreement(op, dtype, inputs, got, error, random)
    judge = matrices if op in MATRICES else values
    return judge.disagreement(op, dtype, inputs, got and got[0], error)
