"""What goes in: for each region, which programs it is of, and operands.

Sizes are small, so that a reference of 64 digits takes no time: the common range has the large ones.
"""

import math
import re

import numpy as np

from .judge import FORMATS, rounded

POINTWISE = set("""abs sign sqrt rsqrt square recip cbrt exp exp2 expm1 ln log2 log10 log1p sin cos tan asin acos atan sinh
    cosh tanh asinh acosh atanh erf erfc sinc lgamma floor ceil round trunc relu sigmoid softplus logsigmoid silu gelu
    gelu_tanh mish softsign hardswish tanhshrink add subtract multiply divide maximum minimum hypot logaddexp arctan2 fmod
    remainder power xlogy lerp fma""".split())
MATRICES = set("det slogdet inv solve svdvals pinv cond lstsq eigvalsh expm rank".split()) | {"q r", "u s vt"}
LOGITS = set("softmax log_softmax logcumsumexp cross_entropy masked_softmax".split()) | {"logsumexp 1", "max 1"}
# What has a meaning where it is infinite or NaN.
OF_INFINITIES = POINTWISE | LOGITS | {"sum 1", "sum 0", "mean 1", "max 1", "min 0", "prod 1", "norm 1", "norm3 1", "median",
                                      "quantile", "sort", "cumsum", "var 1", "std 1", "matmul", "dot"}


def parts(program):
    op, dtype, *shapes = program.split("|")
    return op, dtype, shapes


def sizes(texts, random, empty=False, most=40):
    """A size for each letter; with `empty`, at least one of them 0."""
    letters = sorted(set(re.findall(r"[A-Z]", "".join(texts))))
    size = {letter: int(random.choice([1, 2, 3, 5, 8, 17, random.integers(1, most)])) for letter in letters}
    if empty:
        size[random.choice(letters)] = 0
    return [tuple(size[letter] for letter in re.findall(r"[A-Z]", text)) for text in texts]


def signs(shape, random):
    return random.choice([-1.0, 1.0], size=shape)


def wide(shape, dtype, random):
    """Magnitudes over the whole type; at times all of a row are of one magnitude."""
    form = FORMATS[dtype]
    low, high = (form.least + 2) * math.log10(2), (form.greatest - 1) * math.log10(2)
    exponent = random.uniform(low, high, size=shape)
    if random.random() < 0.5:
        exponent = random.uniform(low, high) + random.normal(scale=0.4, size=shape)
    return signs(shape, random) * 10 ** np.clip(exponent, low, high)


def sprinkled(values):
    def make(shape, dtype, random):
        x = random.normal(scale=3, size=shape)
        chosen = random.random(size=shape) < random.choice([0.05, 0.3])
        return np.where(chosen, random.choice(values, size=shape), x)
    return make


def subnormal(shape, dtype, random):
    form = FORMATS[dtype]
    x = random.integers(1, 2 ** min(form.digits, 50), size=shape) * form.unit
    x = np.where(random.random(size=shape) < 0.2, form.unit * random.integers(0, 3, size=shape), x)
    return signs(shape, random) * x


def constant(shape, dtype, random):
    """Each row one number, of which no sum is exact."""
    form = FORMATS[dtype]
    exponent = random.uniform(-4, 4) if dtype == "f16" else random.uniform(-30, 30)
    x = random.uniform(1, 10, size=(*shape[:-1], 1)) * 10**exponent
    return np.broadcast_to(np.minimum(x, form.largest / 4) * signs((*shape[:-1], 1), random), shape)


def ordinary(shape, dtype, random):
    return random.normal(scale=2, size=shape)


def masked(shape, dtype, random):
    """Logits, up to all of which but one are masked by -inf; now and then far apart."""
    x = random.normal(scale=random.choice([1, 30, 1e4]), size=shape)
    keep = random.random(size=shape) < random.choice([0.2, 0.8])
    if shape and shape[-1]:
        keep[..., random.integers(shape[-1])] = True
    return np.where(keep, x, -np.inf)


def deficient(shape, dtype, random):
    """A product of thin matrices of small integers, or one of them times a power of ten; at times all zeros."""
    rows, columns = shape
    rank = int(random.integers(0, max(1, min(rows, columns))))
    x = random.integers(-3, 4, size=(rows, rank)) @ random.integers(-3, 4, size=(rank, columns))
    scale = random.choice([0, 0, -20, 20] if dtype == "f32" else [0, 0, -150, 150])
    return x * (2.0 ** float(scale))


def of(generator, programs=None, empty=False, most=40, dtypes=tuple(FORMATS)):
    """A region: whether it is of a program, and the operands of a case."""
    def holds(op, dtype):
        return dtype in dtypes and not op.startswith("gradient ") and (op in programs if programs else op not in MATRICES)

    def make(program, random):
        op, dtype, texts = parts(program)
        found = [rounded(generator(shape, dtype, random), dtype) for shape in sizes(texts, random, empty, most)]
        return suited(op, dtype, found)
    return holds, make


def suited(op, dtype, inputs):
    """The operands, turned where a decomposition takes tall matrices alone, and symmetric where it takes these."""
    x = inputs[0]
    if op in ("q r", "u s vt", "svdvals") and x.shape[0] < x.shape[1]:
        return [x.T]
    return [rounded(x + x.T, dtype)] if op == "eigvalsh" else inputs


def gradients(dtypes):
    def holds(op, dtype):
        return op.startswith("gradient ") and dtype in dtypes

    def make(program, random):
        _, dtype, texts = parts(program)
        found = [rounded(random.normal(size=shape), dtype) for shape in sizes(texts, random, most=12)]
        return [x + 3 * np.eye(len(x)) if x.ndim == 2 and text == "(A, A)" else x for x, text in zip(found, texts)]
    return holds, make


REGIONS = {
    "from 1e-38 to 1e38": of(wide, most=12),
    "infinities": of(sprinkled([np.inf, -np.inf]), OF_INFINITIES),
    "NaN": of(sprinkled([np.nan]), OF_INFINITIES),
    "subnormal numbers": of(subnormal),
    "constant rows": of(constant, {"mean 1", "var 1", "std 1", "std 0", "layer_norm", "softmax", "log_softmax", "norm 1",
                                   "logsumexp 1", "median", "quantile", "matrix_norm"}, most=900),
    "rank-deficient matrices": of(deficient, MATRICES - {"expm", "inv", "solve", "slogdet"}, most=9),
    "masked logits": of(masked, LOGITS),
    "two-byte floats": of(ordinary, dtypes=("f16", "bf16"), most=300),
    "empty axes": of(ordinary, empty=True),
    "regular matrices": of(ordinary, MATRICES, most=9),
    "gradients in f64": gradients(("f64",)),
    "gradients in f32": gradients(("f32",)),
    "gradients in two bytes": gradients(("f16", "bf16")),
}
