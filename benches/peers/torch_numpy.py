"""Peers: torch (eager), torch_out (eager, output allocated beforehand), torch_compile (inductor), numpy.

torch_numpy.py --peer torch|torch_compile|numpy|numpy_skx --threads N --min-time S --workloads a,b,category
"""

import argparse
import json
import os
import time

ap = argparse.ArgumentParser()
ap.add_argument("--peer", required=True)
ap.add_argument("--threads", type=int, default=1)
ap.add_argument("--min-time", type=float, default=0.2)
ap.add_argument("--workloads", default="")
A = ap.parse_args()
for k in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[k] = str(A.threads)
import numpy as np

TABLE = {}
for l in open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "workloads.tsv")):
    if not l.startswith("#"):
        f = l.rstrip("\n").split("\t")
        TABLE[f[0]] = (f[1], float(f[2]), f[3])
WANT = [w for w in A.workloads.split(",") if w]


def want(name):
    return not WANT or name in WANT or TABLE[name][0] in WANT


def run(name, f, peer=None):
    clock = time.perf_counter
    t0, calls, one = clock(), 0, 9e9
    while clock() - t0 < 0.03 or (calls < 2 and one < 0.5):
        t = clock()
        f()
        one = max(min(one, clock() - t), 1e-9)
        calls += 1
    inner = max(1, int(2e-3 / one + 0.5))
    s, start = [], clock()
    while len(s) < 5 or clock() - start < A.min_time:
        t = clock()
        for _ in range(inner):
            f()
        s.append((clock() - t) / inner)
        if clock() - start > 1.5 and len(s) >= 3:
            break
    s.sort()
    med = s[len(s) // 2]
    print(
        json.dumps(
            dict(
                peer=peer or A.peer,
                workload=name,
                threads=A.threads,
                median_s=float(f"{med:.4e}"),
                min_s=float(f"{s[0]:.4e}"),
                gflops_or_gbps=round(TABLE[name][1] / med / 1e9, 4),
                unit=TABLE[name][2],
                samples=len(s),
            )
        ),
        flush=True,
    )


GEMM = [
    ("gemm_64", 64, 64, 64, 0, 0),
    ("gemm_256", 256, 256, 256, 0, 0),
    ("gemm_1024", 1024, 1024, 1024, 0, 0),
    ("gemm_2048", 2048, 2048, 2048, 0, 0),
    ("gemm_64x784x128", 64, 784, 128, 0, 0),
    ("gemm_128x768x3072", 128, 768, 3072, 0, 0),
    ("gemm_ta_1024", 1024, 1024, 1024, 1, 0),
    ("gemm_tb_1024", 1024, 1024, 1024, 0, 1),
    ("mm_4", 4, 4, 4, 0, 0),
    ("mm_8", 8, 8, 8, 0, 0),
    ("mm_16", 16, 16, 16, 0, 0),
    ("mm_32", 32, 32, 32, 0, 0),
]
rng = np.random.default_rng(11)


def arr(*d, dtype=np.float32):
    return rng.random(d, dtype=dtype) * 2 - 1


def numpy_main():
    for name, m, k, n, ta, tb in GEMM:
        if want(name):
            a = arr(k, m).T if ta else arr(m, k)
            b = arr(n, k).T if tb else arr(k, n)
            run(name, lambda: a @ b)
    if want("gemm_f64_1024"):
        a, b = arr(1024, 1024, dtype=np.float64), arr(1024, 1024, dtype=np.float64)
        run("gemm_f64_1024", lambda: a @ b)
    p, q = np.float32(1.5), np.float32(0.5)
    for name, n in [("ew_axpb_1e4", 10**4), ("ew_axpb_1e6", 10**6), ("ew_axpb_1e7", 10**7)]:
        if want(name):
            x = arr(n)
            run(name, lambda: x * p + q)
    x, w, d = arr(10**6), arr(10**6), arr(10**6)
    c = np.float32(0.7978845608)
    gelu = lambda x: np.float32(0.5) * x * (1 + np.tanh(c * (x + np.float32(0.044715) * x * x * x)))
    sig = lambda x: 1 / (1 + np.exp(-x))
    if want("ew_gelu_1e6"):
        run("ew_gelu_1e6", lambda: gelu(x))
    if want("ew_exp_1e6"):
        run("ew_exp_1e6", lambda: np.exp(x))
    if want("ew_chain8_1e6"):
        run("ew_chain8_1e6", lambda: (gelu(x * w + d) * sig(x) + np.tanh(x)) * q)
    if want("ew_chain8_f64_1e6"):
        X, W, B = (t.astype(np.float64) for t in (x, w, d))
        run("ew_chain8_f64_1e6", lambda: (gelu(X * W + B) * sig(X) + np.tanh(X)) * q)
    x, v, w = arr(4096, 1024), arr(1024), arr(1024)
    if want("ew_bcast_add"):
        run("ew_bcast_add", lambda: x + v)
    if want("red_sum_1e7"):
        y = arr(10**7)
        run("red_sum_1e7", lambda: y.sum())
    if want("red_sum_axis0"):
        run("red_sum_axis0", lambda: x.sum(0))
    if want("red_sum_axis1"):
        run("red_sum_axis1", lambda: x.sum(1))

    def softmax():
        e = np.exp(x - x.max(1, keepdims=True))
        e /= e.sum(1, keepdims=True)
        return e

    def layernorm():
        m = x - x.mean(1, keepdims=True)
        m *= 1 / np.sqrt((m * m).mean(1, keepdims=True) + 1e-5)
        return m * w + v

    if want("red_softmax"):
        run("red_softmax", softmax)
    if want("red_layernorm"):
        run("red_layernorm", layernorm)
    if want("red_argmax"):
        run("red_argmax", lambda: x.argmax(1))
    if want("lay_transpose"):
        y = arr(4096, 4096)
        run("lay_transpose", lambda: np.ascontiguousarray(y.T))
    if want("lay_concat"):
        y = arr(4096, 1024)
        run("lay_concat", lambda: np.concatenate([x, y], 1))
    if want("lay_gather"):
        y, i = arr(50257, 768), rng.integers(0, 50257, 4096)
        run("lay_gather", lambda: y[i])
    if want("inf_mlp_b1"):
        ws = [(arr(i, o), arr(o)) for i, o in [(784, 512), (512, 256), (256, 10)]]
        y = arr(1, 784)

        def f():
            h = np.maximum(y @ ws[0][0] + ws[0][1], 0)
            h = np.maximum(h @ ws[1][0] + ws[1][1], 0)
            return h @ ws[2][0] + ws[2][1]

        run("inf_mlp_b1", f)


def torch_main():
    import torch, torch.nn as nn, torch.nn.functional as F

    torch.set_num_threads(A.threads)
    comp = A.peer == "torch_compile"
    if comp:
        torch._dynamo.config.cache_size_limit = 1000
    C = (lambda f: torch.compile(f, dynamic=False)) if comp else (lambda f: f)
    T = lambda *d: torch.from_numpy(arr(*d))
    ids = lambda n, m: torch.from_numpy(rng.integers(0, m, n))
    eager = not comp
    with torch.no_grad():
        if eager:
            for name, m, k, n, ta, tb in GEMM:
                if want(name):
                    a = T(k, m).T if ta else T(m, k)
                    b = T(n, k).T if tb else T(k, n)
                    run(name, lambda: torch.mm(a, b))
            for name, kind in [("gemm_f16_1024", torch.float16), ("gemm_bf16_1024", torch.bfloat16)]:
                if want(name):
                    a, b = (T(1024, 1024).to(kind) for _ in range(2))
                    run(name, lambda: torch.mm(a, b))
            if want("gemm_f64_1024"):
                a, b = (torch.from_numpy(arr(1024, 1024, dtype=np.float64)) for _ in range(2))
                run("gemm_f64_1024", lambda: torch.mm(a, b))
        for name, n in [("ew_axpb_1e4", 10**4), ("ew_axpb_1e6", 10**6), ("ew_axpb_1e7", 10**7)]:
            if want(name):
                x, o = T(n), torch.empty(n)
                f = C(lambda x: x * 1.5 + 0.5)
                run(name, lambda: f(x))
                if eager:
                    run(name, lambda: torch.add(torch.mul(x, 1.5, out=o), 0.5, out=o), "torch_out")
        x, w, d = T(10**6), T(10**6), T(10**6)
        g = lambda x: F.gelu(x, approximate="tanh")
        if want("ew_gelu_1e6"):
            f = C(g)
            run("ew_gelu_1e6", lambda: f(x))
        if want("ew_exp_1e6"):
            f = C(torch.exp)
            run("ew_exp_1e6", lambda: f(x))
            if eager:
                o = torch.empty_like(x)
                run("ew_exp_1e6", lambda: torch.exp(x, out=o), "torch_out")
        if want("ew_chain8_1e6"):
            f = C(lambda x, w, d: (g(x * w + d) * torch.sigmoid(x) + torch.tanh(x)) * 0.5)
            run("ew_chain8_1e6", lambda: f(x, w, d))
        kinds = [("f64", torch.float64), ("f16", torch.float16), ("bf16", torch.bfloat16)]
        for name, kind in [(f"ew_chain8_{short}_1e6", kind) for short, kind in kinds]:
            if want(name):
                p, q, r = (t.to(kind) for t in (x, w, d))
                f = C(lambda x, w, d: (g(x * w + d) * torch.sigmoid(x) + torch.tanh(x)) * 0.5)
                run(name, lambda: f(p, q, r))
        x, v, w = T(4096, 1024), T(1024), T(1024)
        if want("ew_bcast_add"):
            f = C(lambda x, v: x + v)
            run("ew_bcast_add", lambda: f(x, v))
            if eager:
                o = torch.empty_like(x)
                run("ew_bcast_add", lambda: torch.add(x, v, out=o), "torch_out")
        if want("red_sum_1e7"):
            y = T(10**7)
            f = C(lambda y: y.sum())
            run("red_sum_1e7", lambda: f(y))
        for name, fn in [
            ("red_sum_axis0", lambda x: x.sum(0)),
            ("red_sum_axis1", lambda x: x.sum(1)),
            ("red_softmax", lambda x: torch.softmax(x, 1)),
            ("red_layernorm", lambda x: F.layer_norm(x, (1024,), w, v)),
            ("red_argmax", lambda x: x.argmax(1)),
        ]:
            if want(name):
                f = C(fn)
                run(name, lambda: f(x))
        if want("lay_transpose"):
            y = T(4096, 4096)
            f = C(lambda y: y.t().contiguous())
            run("lay_transpose", lambda: f(y))
            if eager:
                o = torch.empty_like(y)
                run("lay_transpose", lambda: o.copy_(y.t()), "torch_out")
        if want("lay_concat"):
            y = T(4096, 1024)
            f = C(lambda x, y: torch.cat([x, y], 1))
            run("lay_concat", lambda: f(x, y))
            if eager:
                o = torch.empty(4096, 2048)
                run("lay_concat", lambda: torch.cat([x, y], 1, out=o), "torch_out")
        if want("lay_gather"):
            y, i = T(50257, 768), ids(4096, 50257)
            f = C(lambda y, i: F.embedding(i, y))
            run("lay_gather", lambda: f(y, i))
    if eager:
        for fw, fb, dims, c in [
            ("conv_small_fwd", "conv_small_fb", (32, 3, 32, 32), 3),
            ("conv_big_fwd", "conv_big_fb", (16, 64, 56, 56), 64),
        ]:
            if want(fw) or want(fb):
                x, w, d = T(*dims), T(64, c, 3, 3) * 0.05, T(64)
                if want(fw):
                    with torch.no_grad():
                        run(fw, lambda: F.conv2d(x, w, d, padding=1))
                if want(fb):
                    p = [x.requires_grad_(), w.requires_grad_(), d.requires_grad_()]
                    run(fb, lambda: torch.autograd.grad(F.conv2d(x, w, d, padding=1).sum(), p))
        if want("pool_fwd") or want("pool_fb"):
            x = T(16, 64, 56, 56)
            if want("pool_fwd"):
                with torch.no_grad():
                    run("pool_fwd", lambda: F.max_pool2d(x, 2))
            if want("pool_fb"):
                x.requires_grad_()
                run("pool_fb", lambda: torch.autograd.grad(F.max_pool2d(x, 2).sum(), x))

    def train(name, model, opt, loss):
        lf = C(loss)
        step = C(opt.step) if comp else opt.step

        def f():
            opt.zero_grad(set_to_none=True)
            lf().backward()
            step()

        run(name, f)

    if want("train_linreg"):
        m, x, y = nn.Linear(8, 1), T(32, 8), T(32, 1)
        train("train_linreg", m, torch.optim.SGD(m.parameters(), lr=1e-5), lambda: F.mse_loss(m(x), y))
    mlp = lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    for name, o in [
        ("train_mlp_sgd", lambda p: torch.optim.SGD(p, lr=1e-5, momentum=0.9)),
        ("train_mlp_adam", lambda p: torch.optim.Adam(p, lr=1e-6)),
    ]:
        if want(name):
            m1, x, y = mlp(), T(64, 784), ids(64, 10)
            train(name, m1, o(m1.parameters()), lambda: F.cross_entropy(m1(x), y))
    if want("train_cnn"):
        m2 = nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(1568, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )
        x2, y2 = T(64, 1, 28, 28), ids(64, 10)
        train("train_cnn", m2, torch.optim.Adam(m2.parameters(), lr=1e-6), lambda: F.cross_entropy(m2(x2), y2))
    if want("train_gpt"):

        class Block(nn.Module):
            def __init__(s):
                super().__init__()
                s.n1, s.n2 = nn.LayerNorm(256), nn.LayerNorm(256)
                s.qkv, s.out, s.up, s.down = (
                    nn.Linear(256, 768),
                    nn.Linear(256, 256),
                    nn.Linear(256, 1024),
                    nn.Linear(1024, 256),
                )

            def forward(s, x):
                b, t, d = x.shape
                q, k, v = s.qkv(s.n1(x)).view(b, t, 3, 4, 64).permute(2, 0, 3, 1, 4)
                a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
                x = x + s.out(a.transpose(1, 2).reshape(b, t, d))
                return x + s.down(F.gelu(s.up(s.n2(x)), approximate="tanh"))

        class Gpt(nn.Module):
            def __init__(s):
                super().__init__()
                s.wte, s.wpe, s.nf = nn.Embedding(5000, 256), nn.Embedding(128, 256), nn.LayerNorm(256)
                s.blocks, s.head = nn.Sequential(*[Block() for _ in range(4)]), nn.Linear(256, 5000, bias=False)

            def forward(s, i):
                return s.head(s.nf(s.blocks(s.wte(i) + s.wpe.weight)))

        m3, i3, y3 = Gpt(), ids(1024, 5000).view(8, 128), ids(1024, 5000)
        train(
            "train_gpt",
            m3,
            torch.optim.AdamW(m3.parameters(), lr=1e-6, weight_decay=0.1),
            lambda: F.cross_entropy(m3(i3).view(-1, 5000), y3),
        )
    if want("inf_mlp_b1"):
        m4, x4 = mlp(), T(1, 784)
        with torch.inference_mode() if eager else torch.no_grad():
            f = C(m4)
            run("inf_mlp_b1", lambda: f(x4))


numpy_main() if A.peer.startswith("numpy") else torch_main()
