"""Writes `tests/golden/optimizers.npz` and `tests/golden/schedules.npz`: what PyTorch makes of known gradients and steps.

Everything is computed in f64. What PyTorch does not have (Adan, LAMB, Lion, Noam) is written out here from the papers.
Run by hand: `python3 scripts/golden_training.py`, with torch 2.13 and NumPy.
"""

import math
from pathlib import Path

import numpy as np
import torch
from torch.optim import lr_scheduler as lrs
from torch.optim.lbfgs import _strong_wolfe

torch.set_default_dtype(torch.float64)
# Muon's products are of bf16 in PyTorch: here they are exact, as ours are.
torch.Tensor.bfloat16 = lambda self: self.clone()

FOLDER = Path(__file__).parent.parent / "tests" / "golden"
STEPS = 16
# A matrix (4, 3), a vector (3), a matrix (3, 4).
PARTS = [(0, 12, (4, 3)), (12, 15, (3,)), (15, 27, (3, 4))]

rng = np.random.default_rng(7)
start = rng.normal(size=27)
gradients = rng.normal(size=(STEPS, 27)) * 10.0 ** rng.uniform(-2, 2, size=27) + rng.normal(size=27) * 0.3


def by_torch(make, transposed=False):
    """The weights after each step. PyTorch's matrices are (out, in), ours (in, out)."""
    turn = (lambda t: t.T.contiguous() if t.ndim == 2 else t) if transposed else (lambda t: t)
    cut = lambda row: [turn(torch.tensor(row[a:b]).reshape(shape)) for a, b, shape in PARTS]
    params = [torch.nn.Parameter(part.clone()) for part in cut(start)]
    optimizers = make(params)
    rows = []
    for row in gradients:
        for param, gradient in zip(params, cut(row)):
            param.grad = gradient.clone()
        for optimizer in optimizers:
            optimizer.step()
        rows.append(np.concatenate([turn(param.detach()).numpy().ravel() for param in params]))
    return np.array(rows)


def by_hand(step):
    """The weights after each step; `step(w, g, t, state)` is given each parameter on its own."""
    parts = [start[a:b].copy() for a, b, _ in PARTS]
    states = [{} for _ in PARTS]
    rows = []
    for t, row in enumerate(gradients, 1):
        parts = [step(w, row[a:b], t, state) for w, (a, b, _), state in zip(parts, PARTS, states)]
        rows.append(np.concatenate(parts))
    return np.array(rows)


def lion(w, g, t, state, lr=0.02, betas=(0.9, 0.99), decay=0.1):
    m = state.get("m", np.zeros_like(w))
    w = w * (1 - lr * decay) - lr * np.sign(betas[0] * m + (1 - betas[0]) * g)
    state["m"] = betas[1] * m + (1 - betas[1]) * g
    return w


def lamb(w, g, t, state, lr=0.05, betas=(0.8, 0.95), eps=1e-4, decay=0.1):
    m = betas[0] * state.get("m", 0.0) + (1 - betas[0]) * g
    v = betas[1] * state.get("v", 0.0) + (1 - betas[1]) * g**2
    state.update(m=m, v=v)
    r = m / (1 - betas[0] ** t) / (np.sqrt(v / (1 - betas[1] ** t)) + eps) + decay * w
    return w - lr * np.linalg.norm(w) / np.linalg.norm(r) * r


def adan(w, g, t, state, lr=0.05, betas=(0.9, 0.8, 0.95), eps=1e-4, decay=0.1):
    change = g - state.get("before", g)
    m = betas[0] * state.get("m", 0.0) + (1 - betas[0]) * g
    d = betas[1] * state.get("d", 0.0) + (1 - betas[1]) * change
    n = betas[2] * state.get("n", 0.0) + (1 - betas[2]) * (g + betas[1] * change) ** 2
    state.update(m=m, d=d, n=n, before=g)
    size = np.sqrt(n / (1 - betas[2] ** t)) + eps
    step = m / (1 - betas[0] ** t) + betas[1] * d / (1 - betas[1] ** t)
    return (w - lr * step / size) / (1 + lr * decay)


def muon(lr, adamw_lr, **settings):
    def make(params):
        matrices, rest = [p for p in params if p.ndim == 2], [p for p in params if p.ndim != 2]
        adamw = torch.optim.AdamW(rest, lr=adamw_lr, weight_decay=settings["weight_decay"])
        return [torch.optim.Muon(matrices, lr=lr, **settings), adamw]

    return make


def lbfgs(decay=0.0, steps=6, **settings):
    """The losses before the steps and the weights after them, in a valley as Rosenbrock's."""
    x, y = (torch.nn.Parameter(torch.tensor(part)) for part in (start[:3], start[3:6]))
    optimizer, rows = torch.optim.LBFGS([x, y], **settings), []

    def closure():
        optimizer.zero_grad()
        valley = ((1 - x) ** 2).sum() + 5 * ((y - x**2) ** 2).sum()
        loss = valley + decay / 2 * ((x**2).sum() + (y**2).sum())
        loss.backward()
        losses.append(valley.item())
        return loss

    for _ in range(steps):
        losses = []
        optimizer.step(closure)
        rows.append([losses[0], *x.tolist(), *y.tolist()])
    return np.array(rows)


optim = torch.optim
np.savez_compressed(
    FOLDER / "optimizers.npz",
    start=start,
    gradients=gradients,
    adam_amsgrad=by_torch(lambda p: [optim.Adam(p, 0.05, (0.8, 0.9), 1e-3, 0.2, amsgrad=True)]),
    adamw_amsgrad=by_torch(lambda p: [optim.AdamW(p, 0.05, (0.8, 0.9), 1e-3, 0.2, amsgrad=True)]),
    adadelta=by_torch(lambda p: [optim.Adadelta(p, 0.5, 0.8, 1e-3, 0.2)]),
    adadelta_usual=by_torch(lambda p: [optim.Adadelta(p)]),
    adamax=by_torch(lambda p: [optim.Adamax(p, 0.05, (0.8, 0.9), 1e-3, 0.2)]),
    nadam=by_torch(lambda p: [optim.NAdam(p, 0.05, (0.8, 0.9), 1e-3, 0.2, 0.1)]),
    nadam_decoupled=by_torch(lambda p: [optim.NAdam(p, weight_decay=0.2, decoupled_weight_decay=True)]),
    radam=by_torch(lambda p: [optim.RAdam(p, 0.05, (0.8, 0.99), 1e-3, 0.2)]),
    radam_decoupled=by_torch(lambda p: [optim.RAdam(p, weight_decay=0.2, decoupled_weight_decay=True)]),
    muon=by_torch(muon(0.05, 0.005, weight_decay=0.2), transposed=True),
    muon_matched=by_torch(
        muon(0.05, 0.05, weight_decay=0.1, momentum=0.8, nesterov=False, adjust_lr_fn="match_rms_adamw"), True
    ),
    lion=by_hand(lion),
    lamb=by_hand(lamb),
    adan=by_hand(adan),
    lbfgs=lbfgs(lr=0.5, max_iter=4, history_size=3),
    lbfgs_wolfe=lbfgs(max_iter=4, history_size=5, line_search_fn="strong_wolfe"),
    lbfgs_few=lbfgs(max_iter=4, max_eval=2, line_search_fn="strong_wolfe"),
    lbfgs_far=lbfgs(lr=7.0, max_iter=5, line_search_fn="strong_wolfe"),
    lbfgs_farther=lbfgs(lr=40.0, max_iter=3, line_search_fn="strong_wolfe"),
    lbfgs_decayed=lbfgs(0.2, lr=0.1, line_search_fn="strong_wolfe", tolerance_grad=1e-5, tolerance_change=1e-7),
)


def rates(make, steps=101, lr=0.1):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)
    scheduler, found = make(optimizer), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(found)


def one_cycle(optimizer, **settings):
    return lrs.OneCycleLR(optimizer, 0.1, total_steps=102, cycle_momentum=False, **settings)


def plateau(metrics, **settings):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, found = lrs.ReduceLROnPlateau(optimizer, **settings), []
    for metric in metrics:
        scheduler.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    return np.array(found)


metrics = 1.0 / np.sqrt(1.0 + np.arange(101)) + 0.02 * rng.normal(size=101)
metrics[13] = math.nan
sequence = lambda o: lrs.SequentialLR(o, [lrs.LinearLR(o, 0.1, 1.0, 10), lrs.CosineAnnealingLR(o, 91, 0.01)], [10])
np.savez_compressed(
    FOLDER / "schedules.npz",
    step=rates(lambda o: lrs.StepLR(o, 30, 0.5)),
    multistep=rates(lambda o: lrs.MultiStepLR(o, [10, 30, 30, 80], 0.3)),
    exponential=rates(lambda o: lrs.ExponentialLR(o, 0.97)),
    cosine=rates(lambda o: lrs.CosineAnnealingLR(o, 40, 0.01)),
    restarts=rates(lambda o: lrs.CosineAnnealingWarmRestarts(o, 10, 1, 0.01)),
    longer_restarts=rates(lambda o: lrs.CosineAnnealingWarmRestarts(o, 10, 2)),
    linear=rates(lambda o: lrs.LinearLR(o, 0.2, 1.0, 25)),
    polynomial=rates(lambda o: lrs.PolynomialLR(o, 60, 2.0)),
    one_cycle=rates(one_cycle),
    one_cycle_linear=rates(lambda o: one_cycle(o, pct_start=0.2, anneal_strategy="linear", div_factor=10.0)),
    one_cycle_three=rates(lambda o: one_cycle(o, three_phase=True, final_div_factor=100.0)),
    sequential=rates(sequence),
    chained=rates(lambda o: lrs.ChainedScheduler([lrs.ConstantLR(o, 0.5, 20), lrs.ExponentialLR(o, 0.9)])),
    function=rates(lambda o: lrs.LambdaLR(o, lambda t: 1.0 / (1 + t))),
    noam=np.array([2.0 * 512**-0.5 * min(t**-0.5, t * 30**-1.5) for t in range(1, 102)]),
    metrics=metrics,
    plateau=plateau(metrics, factor=0.5, patience=3, cooldown=4, min_lr=0.002),
    plateau_largest=plateau(-metrics, mode="max", threshold=0.01, threshold_mode="abs", patience=1, factor=0.7),
)


def searches():
    """The rows of the unit test of `src/optim/lbfgs/search.rs`: the line, the first step, the last one, evaluations."""
    lines = [
        (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
        (lambda t: (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4, lambda t: 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3),
        (lambda t: t * t - 8.5 * t + 0.3 * math.sin(20 * t), lambda t: 2 * t - 8.5 + 6 * math.cos(20 * t)),
    ]
    for which, (loss, slope) in enumerate(lines):
        for first in (1e-3, 0.1, 1.0, 1.3, 10.0, 100.0, 1000.0):
            at = lambda x, t, d: (loss(float(t)), torch.tensor([slope(float(t))]))
            start, along = torch.tensor([slope(0.0)]), torch.ones(1)
            found = _strong_wolfe(at, None, first, along, loss(0.0), start, start.dot(along))
            print(f"({which}, {first!r}, {float(found[2])!r}, {found[3]}),")


searches()
