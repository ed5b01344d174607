"""What must come out of gradients of composite expressions: PyTorch's, in `f64`.

How far rounding may carry is asked of PyTorch too: the operands are moved by a few units of their last place, some times,
and the gradient's own movement, with the rounding of sums as large as it, is what the library may be off by.
"""

import numpy as np

from .judge import FORMATS

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    torch = None

MOVES = 6


def zeros(n):
    return torch.zeros(n, dtype=torch.long)


def cosine(x, y):
    squares = (x.square().sum(-1) + 1e-12) * (y.square().sum(-1) + 1e-12)
    return (1 - (x * y).sum(-1) / squares.sqrt()).mean()


def focal(x):
    log = x.log_softmax(-1)[:, 0]
    return ((1 - log.exp()) ** 2 * -log).mean()


def std(x):
    """The deviation, whose slope is 0 where all are equal; PyTorch's is NaN there."""
    square = (x - x.mean(-1, keepdim=True)).square().mean(-1, keepdim=True)
    return torch.where(square > 0, square, 1).sqrt() * (square > 0)


def norm(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-5)


LOSSES = {
    "mlp": lambda x, w, b: (x @ w + b).tanh().square().mean(),
    "gelu mlp": lambda x, w, v: norm(F.gelu(x @ w) @ v + x).sin().sum(),
    "silu gate": lambda x, w, v: F.softsign(F.silu(x @ w) * (x @ v)).sum(),
    "attention": lambda q, k, v: ((q @ k.T * 0.5).softmax(-1) @ v).square().sum(),
    "cross entropy of product": lambda x, w: F.cross_entropy(x @ w, zeros(len(x))),
    "weighted softmax": lambda x, y: (x.softmax(-1) * y).sum(),
    "weighted log_softmax": lambda x, y: (x.log_softmax(-1) * y.tanh()).mean(),
    "logsumexp of sums": lambda x, y: (x + y).logsumexp(1).square().sum(),
    "layer norm affine": lambda x, g, b: ((norm(x) * g + b).sigmoid() * x).sum(),
    "standardised": lambda x, y: ((x - x.mean(1, keepdim=True)) / (std(x) + 0.1) * y).sum(),
    "norms": lambda x, y: ((x.norm(dim=1) + 0.1).log() * (y.norm(dim=1) + 1).sqrt()).sum(),
    "var ratio": lambda x, y: (x.var(1, correction=0) / (y.var(1, correction=0) + 1)).log1p().sum(),
    "cumsum of exp": lambda x, y: (x.tanh().exp().cumsum(1) * y).sum(),
    "cumprod": lambda x, y: ((x.tanh() * 0.1 + 1).cumprod(1) * y).sum(),
    "logcumsumexp": lambda x, y: (x.logcumsumexp(1) * y).sum(),
    "prod of sums": lambda x, y: ((x.tanh() + y.tanh()) * 0.3 + 1).prod(1).sum(),
    "max of products": lambda x, y: (x * y).amax(1).tanh().sum(),
    "min and max": lambda x, y: (torch.maximum(x, y) * torch.minimum(x, y) + x.amax(0)).sum(),
    "sorted": lambda x, y: (x.sort(1).values * y).sum(),
    "turned": lambda x, y: ((x.T * y).cos().cumsum(0) / (y.square() + 1)).sum(),
    "sliced": lambda x, y: (x.flip(0) * y + x).atan().sum(),
    "reshaped": lambda x, y: (x[:, None] * y.exp()[:, None]).sin().square().sum(),
    "gathered": lambda x, y: (x[[0, 0, 0]].square().sum(0) * y).sum(),
    "scattered": lambda x, y: (x.index_add(0, zeros(len(x)), x.sigmoid()) @ y).square().sum(),
    "concatenated": lambda x, y: torch.cat([x, y.exp()]).softmax(-1).square().sum(),
    "powers": lambda x, y: (x.abs() + 0.5).pow(y.tanh()).sum(),
    "hypot and atan2": lambda x, y: (torch.hypot(x, y) + torch.atan2(x, y)).sum(),
    "logaddexp": lambda x, y: torch.logaddexp(x, (y * 2).expand_as(x)).logsumexp((0, 1)),
    "erf and softplus": lambda x, y: (x.erf() * F.softplus(y, threshold=1e9) + x * F.softplus(x, threshold=1e9).tanh()).sum(),
    "distances": lambda x, y: ((x[:, None] - y[None]).norm(dim=-1) + 1).log().sum(),
    "mse of tanh": lambda x, y: F.mse_loss(x.tanh(), y),
    "huber of products": lambda x, y: F.huber_loss(x * y, x, delta=0.7),
    "bce": lambda x, y: F.binary_cross_entropy_with_logits(x, y.sigmoid()),
    "kl": lambda x, y: (y.softmax(-1) * (y.log_softmax(-1) - x.log_softmax(-1))).sum() / len(x),
    "cosine": cosine,
    "triplet": lambda x, y, z: ((x - y + 1e-6).norm(dim=-1) - (x - z + 1e-6).norm(dim=-1) + 1).relu().mean(),
    "gaussian": lambda x, y, z: (0.5 * (z + (x - y).square() * (-z).exp())).mean(),
    "focal": lambda x, y: focal(x * y),
    "lerp and fma": lambda x, y, z: (torch.lerp(x, y, z.sigmoid()) * z + x).sum(),
    "masked": lambda x, y: (torch.where(x > y, x * 2, y.exp()) * x).sum(),
    "expanded": lambda x, y: (torch.outer(x, y).tanh() + y).sum(1).prod(),
    "matrix norm": lambda x, y: torch.linalg.matrix_norm(x @ y),
    "used thrice": lambda x: (x.sigmoid() * x + x.square().sum(0) + x.mean()).tanh().sum(),
    "solve": lambda x, y: torch.linalg.solve(x, y).tanh().sum(),
    "slogdet": lambda x, y: torch.linalg.slogdet(x @ y)[1] + torch.linalg.inv(x).sum(),
}
# How many units of the last place a result is off beside that, of the largest number of its tensor.
SCALE = {"f16": 8, "bf16": 8, "f32": 32, "f64": 256}
# Where numbers of this size are subtracted from each other on the way to smaller ones: `1 - cos`, `softmax - 1`, `1 - y²`,
# rows less their mean.
CANCELS = {"cosine": 1, "gelu mlp": 4, "cross entropy of product": 1, "used thrice": 16, "standardised": 8,
           "layer norm affine": 4, "kl": 1, "weighted softmax": 1, "attention": 1, "concatenated": 1, "focal": 1}
# Inverses carry the rounding of products further than a movement of the operands shows.
INVERSES = ("solve", "slogdet")


def outcome(op, inputs):
    x = [torch.tensor(x, requires_grad=True) for x in inputs]
    loss = LOSSES[op](*x)
    gradients = torch.autograd.grad(loss, x, allow_unused=True)
    return [loss.detach().numpy()] + [np.zeros(x.shape) if g is None else g.numpy() for g, x in zip(gradients, inputs)]


def disagreement(op, dtype, inputs, got, error, random):
    """Words for what is wrong, or None."""
    op = op.removeprefix("gradient ")
    if got is None:
        return f"refused: {error}"
    epsilon = FORMATS[dtype].epsilon
    want = outcome(op, inputs)
    if abs(want[0]) > FORMATS[dtype].largest / 4:
        return None
    # Each step may round what it gets: the operands move as if all of that had been theirs.
    moved = [outcome(op, [x * (1 + random.uniform(-2, 2, size=x.shape) * epsilon) for x in inputs]) for _ in range(MOVES)]
    for i, (found, wanted) in enumerate(zip(got, want)):
        what = "the loss" if i == 0 else f"the gradient by operand {i - 1}"
        if found.shape != wanted.shape:
            return f"{what}: {found.shape} for {wanted.shape}"
        spread = np.max([np.abs(m[i] - wanted) for m in moved], axis=0, initial=0)
        size = np.abs(wanted).max(initial=0) + CANCELS.get(op, 0)
        room = (64 if op in INVERSES else 4) * spread + SCALE[dtype] * epsilon * size + FORMATS[dtype].unit * 64
        wrong = ~((np.abs(found - wanted) <= room) | (np.isnan(found) & np.isnan(wanted)))
        if wrong.any():
            place = tuple(int(i[0]) for i in np.nonzero(wrong)) if wrong.ndim else ()
            return f"{what}: {wrong.sum()} of {wrong.size} differ, first at {place}: {found[place]!r} for {wanted[place]!r}"
    return None
