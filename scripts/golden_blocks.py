"""Writes `tests/golden/blocks.npz`: outputs and gradients of PyTorch's layers and losses, in f64, for `tests/blocks`.

A case has its parameters, laid out as ours and one after the other by their names' order, `case/p`, the output
`case/y`, what it is multiplied by before the sum, `case/c`, and the gradients `case/g`. Models stand first in a tuple,
their names begin with `0.`.
Run by hand: `python3 scripts/golden_blocks.py`, with torch 2.13 and NumPy.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)

out = {}
draw = lambda *shape: torch.rand(shape) * 2 - 1


def case(name, parts, run):
    """`parts` are tensors by our names; `run` takes them and gives the output."""
    parts = {key: value.detach().clone().requires_grad_() for key, value in parts.items()}
    y = run(parts)
    c = draw(*y.shape)
    (y * c).sum().backward()
    out[f"{name}/y"], out[f"{name}/c"] = y.detach().numpy(), c.numpy()
    grad = lambda value: torch.zeros_like(value) if value.grad is None else value.grad
    out[f"{name}/p"] = np.concatenate([parts[key].detach().numpy().ravel() for key in sorted(parts)])
    out[f"{name}/g"] = np.concatenate([grad(parts[key]).numpy().ravel() for key in sorted(parts)])


def layer(module, transposed=lambda name: False, rename=lambda name: name, prefix="0."):
    """The parameters of a module by our names, and a call of it with them. What is `transposed` is (in, out) here."""
    turn = lambda name, value: value.T.contiguous() if transposed(name) and value.ndim == 2 else value
    ours = {prefix + rename(name): turn(name, draw(*value.shape) * 0.7) for name, value in module.named_parameters()}

    def call(parts, *inputs, **named):
        theirs = {name: turn(name, parts[prefix + rename(name)]) for name, _ in module.named_parameters()}
        return torch.func.functional_call(module, theirs, inputs, named)

    return ours, call


def simple():
    ours, call = layer(nn.Bilinear(3, 4, 5))
    inputs = {"1": draw(2, 3, 3), "2": draw(2, 3, 4)}
    case("bilinear", ours | inputs, lambda p: call(p, p["1"], p["2"]))

    ids, offsets = torch.tensor([4, 1, 1, 0, 3, 2, 4]), torch.tensor([0, 3, 3, 4])
    square = torch.tensor([[4, 1, 1], [0, 3, 2]])
    for mode in ("sum", "mean", "max"):
        ours, call = layer(nn.EmbeddingBag(5, 3, mode=mode))
        case(f"bag_{mode}", ours, lambda p: call(p, ids, offsets))
        case(f"bags_{mode}", ours, lambda p: call(p, square))

    for size in (1, 3, 4, 9):
        norm = nn.LocalResponseNorm(size, alpha=0.7, beta=0.6, k=1.3)
        case(f"local_response_{size}", {"0": draw(2, 5, 3, 2) * 2}, lambda p: norm(p["0"]))


def normed():
    """Layers by lengths and directions, through PyTorch's parametrization."""
    for name, module, x in (
        ("linear", nn.Linear(3, 4), draw(2, 3)),
        ("conv", nn.Conv2d(4, 6, 3, padding=1, groups=2), draw(2, 4, 3, 2)),
    ):
        module = nn.utils.parametrizations.weight_norm(module)
        g, v = "parametrizations.weight.original0", "parametrizations.weight.original1"
        turn = lambda weight: weight.T if name == "linear" else weight
        shapes = {theirs: value.shape for theirs, value in module.named_parameters()}
        ours = {"0.magnitude": draw(len(module.bias)), "0.layer.bias": draw(len(module.bias))}
        ours |= {"0.layer.weight": turn(draw(*shapes[v])), "1": x}

        def run(p):
            theirs = {g: p["0.magnitude"].reshape(shapes[g]), v: turn(p["0.layer.weight"]), "bias": p["0.layer.bias"]}
            return torch.func.functional_call(module, theirs, (p["1"],))

        case(f"weight_norm_{name}", ours, run)


def transformers():
    matrix = lambda name: "norm" not in name
    hidden = torch.tensor([[False] * 4, [False, False, True, True]])
    later = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
    x = {"1": draw(2, 4, 6)}
    for pre in (False, True):
        for act in ("relu", "gelu"):
            module = nn.TransformerEncoderLayer(6, 3, 8, 0.0, act, batch_first=True, norm_first=pre)
            ours, call = layer(module, matrix)
            name = f"encoder_{'pre' if pre else 'post'}_{act}"
            case(name, ours | x, lambda p: call(p, p["1"]))
            case(name + "_causal", ours | x, lambda p: call(p, p["1"], src_mask=later))
            case(name + "_masked", ours | x, lambda p: call(p, p["1"], src_key_padding_mask=hidden))
        module = nn.TransformerDecoderLayer(6, 3, 8, 0.0, "relu", batch_first=True, norm_first=pre)
        ours, call = layer(module, matrix)
        inputs = {"1": draw(2, 3, 6), "2": draw(2, 4, 6)}
        run = lambda p: call(p, p["1"], p["2"], tgt_mask=later[:3, :3], memory_key_padding_mask=hidden)
        case(f"decoder_{'pre' if pre else 'post'}", ours | inputs, run)


def packed():
    """Sequences of different lengths: all outputs, then the last states."""
    lengths = torch.tensor([2, 4, 1])
    for kind in (nn.RNN, nn.LSTM, nn.GRU):
        module = kind(3, 2, batch_first=True)
        ours, call = layer(module, lambda name: "weight" in name, lambda name: name.removesuffix("_l0"))
        inputs = {"1": draw(3, 4, 3), "2": draw(3, 2)} | ({"3": draw(3, 2)} if kind is nn.LSTM else {})

        def run(p):
            start = tuple(p[key][None] for key in ("2", "3") if key in p)
            x = pack_padded_sequence(p["1"], lengths, batch_first=True, enforce_sorted=False)
            y, last = call(p, x, start if len(start) == 2 else start[0])
            last = last if isinstance(last, tuple) else (last,)
            y = pad_packed_sequence(y, batch_first=True)[0]
            return torch.cat([part.flatten() for part in (y, *last)])

        case(f"packed_{kind.__name__.lower()}", ours | inputs, run)


    ways = {"_l0": "forward.", "_l0_reverse": "backward."}
    name = lambda theirs: ways[theirs[theirs.index("_l0"):]] + theirs[:theirs.index("_l0")]
    ours, call = layer(nn.GRU(3, 2, batch_first=True, bidirectional=True), lambda name: "weight" in name, name)

    def both(p):
        y = call(p, pack_padded_sequence(p["1"], lengths, batch_first=True, enforce_sorted=False))[0]
        return pad_packed_sequence(y, batch_first=True)[0]

    case("packed_both", ours | {"1": draw(3, 4, 3)}, both)


def ctc():
    labels = torch.tensor([[1, 2, 2], [4, 1, 0], [2, 0, 0], [0, 0, 0], [1, 1, 0]])
    steps, counts = torch.tensor([6, 4, 1, 5, 2]), torch.tensor([3, 2, 1, 0, 2])  # the last one is too short
    loss = torch.nn.functional.ctc_loss
    logits = {"0": draw(5, 6, 6) * 3}
    run = lambda p, n, **how: loss(p["0"][:n].log_softmax(2).transpose(0, 1), labels[:n], steps[:n], counts[:n], **how)
    case("ctc", logits, lambda p: run(p, 4))
    case("ctc_blank", logits, lambda p: run(p, 4, blank=3))
    case("ctc_none", logits, lambda p: run(p, 4, reduction="none"))
    case("ctc_zero_infinity", logits, lambda p: run(p, 5, zero_infinity=True))


simple()
normed()
transformers()
packed()
ctc()
path = Path(__file__).parent.parent / "tests" / "golden" / "blocks.npz"
np.savez_compressed(path, **out)
print(len(out), "arrays,", path.stat().st_size, "bytes")
