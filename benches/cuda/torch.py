"""The workloads of this bench by PyTorch, on the same card: eager, and by torch.compile with --compile.

python benches/cuda/torch.py [--compile [MODE]] [--only WORD] [--min-time S]
MODE is one of torch.compile's: `default`, `reduce-overhead` (graphs of launches), `max-autotune`; each is a peer of its
own, the fastest one counts. Prints first what the card's own copies reach: the limit of what reads and writes memory.
`sort` gives the positions as well, as PyTorch's always does.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

arguments = argparse.ArgumentParser()
arguments.add_argument("--compile", nargs="?", const="default")
arguments.add_argument("--only", default="")
arguments.add_argument("--min-time", type=float, default=0.3)
A = arguments.parse_args()
PEER = f"torch_compile_{A.compile}" if A.compile else "torch"
CARD = torch.device("cuda")
torch.manual_seed(1)


def fused(call):
    return torch.compile(call, mode=A.compile) if A.compile else call


def seconds(call, calls):
    start = time.perf_counter()
    for _ in range(calls):
        call()
    torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(name, call, amount=1.0, unit="steps/s", scale=1.0):
    if A.only not in name:
        return
    start, fastest = time.perf_counter(), float("inf")
    while time.perf_counter() - start < 0.1 or fastest == float("inf"):
        fastest = max(min(fastest, seconds(call, 1)), 1e-9)
    calls = max(1, min(100_000, int(5e-3 / fastest) + 1))
    samples, start = [], time.perf_counter()
    while len(samples) < 3 or time.perf_counter() - start < A.min_time:
        samples.append(seconds(call, calls) / calls)
    samples.sort()
    median = samples[len(samples) // 2]
    line = dict(peer=PEER, workload=name, median_s=float(f"{median:.4e}"), min_s=float(f"{samples[0]:.4e}"))
    print(json.dumps(line | dict(rate=round(amount / median / scale, 4), unit=unit, samples=len(samples))), flush=True)


def flops(name, call, amount):
    measure(name, call, amount, "TFLOP/s", 1e12)


def moved(name, call, count):
    measure(name, call, count, "GB/s", 1e9)


def uniform(*shape, grad=False, dtype=torch.float32):
    return (torch.rand(shape, device=CARD) * 2 - 1).to(dtype).requires_grad_(grad)


def chain(x, w, b):
    return (F.gelu(x * w + b, approximate="tanh") * x.sigmoid() + x.tanh()) * 0.5


def backward(loss, *leaves):
    return torch.autograd.grad(loss, leaves)


def arithmetic():
    to = torch.empty(1 << 27, device=CARD)
    source = uniform(1 << 27)
    moved("limit_copy", lambda: to.copy_(source), 2 * 4 * (1 << 27))
    for side in [1024, 2048, 4096, 8192, 10_000]:
        for word, dtype in [("f32", torch.float32), ("bf16", torch.bfloat16)]:
            a, b = uniform(side, side, dtype=dtype), uniform(side, side, dtype=dtype)
            flops(f"matmul_{word}_{side}", lambda: a @ b, 2.0 * side**3)
    x, w, b = (uniform(1 << 27) for _ in range(3))
    one_loop, summed = fused(chain), fused(lambda x, w, b: chain(x, w, b).sum())
    moved("chain8_f32", lambda: one_loop(x, w, b), 4 * 4 * (1 << 27))
    x = uniform(1 << 27, grad=True)
    moved("chain8_fb_f32", lambda: backward(summed(x, w, b), x), 6 * 4 * (1 << 27))
    x, size = uniform(16_384, 4096), 16_384 * 4096 * 4
    norm = fused(nn.LayerNorm(4096, device=CARD).requires_grad_(False))
    softmax = fused(lambda x: x.softmax(-1))
    moved("sum_axis1", lambda: x.sum(1), size)
    moved("softmax", lambda: softmax(x), 2 * size)
    moved("layer_norm", lambda: norm(x), 2 * size)
    moved("transpose", lambda: x.t().contiguous(), 2 * size)
    moved("copy", lambda: x + 1.0, 2 * size)
    moved("sort", lambda: x.sort(-1).values, 2 * size)
    q, k, v = (uniform(8, 16, 2048, 64, grad=True) for _ in range(3))
    amount = 2.0 * 8 * 16 * 2048 * 2048 * 64
    attend = lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)
    with torch.no_grad():
        flops("attention", attend, amount)
    flops("attention_fb", lambda: backward(attend().sum(), q, k, v), 3.5 * amount)


def train(name, model, optimizer, x, y, loss):
    model = fused(model)

    def step():
        optimizer.zero_grad(set_to_none=True)
        value = loss(model(x), y)
        value.backward()
        optimizer.step()
        return value

    measure(name, step)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before_attention, self.before_mlp = nn.LayerNorm(256), nn.LayerNorm(256)
        self.heads, self.out = nn.Linear(256, 768), nn.Linear(256, 256)
        self.up, self.down = nn.Linear(256, 1024), nn.Linear(1024, 256)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.heads(self.before_attention(x)).view(batch, time, 3, 4, 64).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
        x = x + self.out(mixed.reshape(batch, time, width))
        return x + self.down(F.gelu(self.up(self.before_mlp(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(5000, 256), nn.Parameter(torch.randn(128, 256) * 0.02)
        self.blocks, self.norm = nn.Sequential(*[Block() for _ in range(4)]), nn.LayerNorm(256)
        self.head = nn.Linear(256, 5000, bias=False)

    def forward(self, ids):
        return self.head(self.norm(self.blocks(self.tokens(ids) + self.places))).flatten(0, 1)


def models():
    line = nn.Linear(8, 1, device=CARD)
    train("train_linreg", line, torch.optim.SGD(line.parameters(), 1e-5), uniform(32, 8), uniform(32, 1), F.mse_loss)
    for batch in [64, 4096]:
        labels = torch.randint(0, 10, (batch,), device=CARD)
        mlp = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)).to(CARD)
        adam = torch.optim.Adam(mlp.parameters(), 1e-6, fused=True)
        train(f"train_mlp_adam_{batch}", mlp, adam, uniform(batch, 784), labels, F.cross_entropy)
        features = [nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
        features += [nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
        scores = [nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10)]
        cnn = nn.Sequential(*features, *scores).to(CARD)
        adam = torch.optim.Adam(cnn.parameters(), 1e-6, fused=True)
        train(f"train_cnn_adam_{batch}", cnn, adam, uniform(batch, 1, 28, 28), labels, F.cross_entropy)
    gpt, ids = Gpt().to(CARD), torch.randint(0, 5000, (8, 128), device=CARD)
    adam = torch.optim.AdamW(gpt.parameters(), 1e-6, weight_decay=0.1, fused=True)
    train("train_gpt", gpt, adam, ids, torch.randint(0, 5000, (8 * 128,), device=CARD), F.cross_entropy)


print(json.dumps(dict(device=torch.cuda.get_device_name(), torch=torch.__version__)))
arithmetic()
models()
