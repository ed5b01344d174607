#!/usr/bin/env python3
"""This library and its peers on the same work, interleaved for several rounds; ratios of times within one run.

  compare.py all [-r 3]               build everything, run it, print the table of the readme
  compare.py build [-p peer,..]       build the runners (a peer that does not build is left out, with its reason)
  compare.py bench [-r 3] [-c gemm,..] [-t 1,2] [-p peer,..] [-o results.jsonl]
  compare.py table [results.jsonl]    every peer beside every other, by category
  compare.py readme [results.jsonl]   this library's time over that of the best peer, workload by workload

PEERS_BUILD (default target/peers) holds what is built, PEERS_PYTHON is a Python with torch and numpy (default: one of
its own, made there), PEERS_JOBS is cargo's -j.
"""

import argparse
import json
import os
import platform
import re
import statistics as st
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("PEERS_BUILD", os.path.join(ROOT, "target", "peers"))
PY = os.environ.get("PEERS_PYTHON", os.path.join(BUILD, "venv", "bin", "python"))
JOBS = os.environ.get("PEERS_JOBS", "1")
TORCH, NUMPY = "torch==2.13.0", "numpy==2.4.*"
PLAIN = {"CARGO_PROFILE_RELEASE_LTO": "false", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16"}

# peer run: (target folder, cargo features, environment, name suffix, categories)
ALL = "gemm,elementwise,reduction,layout,conv,train,infer"
RUST = {
    "limits": ("native", "limits", {}, "", "limits,elementwise,reduction,layout,train,infer"),
    "gemm_crates": ("native", "gemm_crates", {}, "", "gemm,infer"),
    "gemm_v4": ("native-v4", "gemm_crates,gemm-v4", {}, "", "gemm,infer"),
    "candle": ("native", "candle", {}, "", ALL),
    "candle_v4": ("native-v4", "candle,gemm-v4", {}, "_v4", "gemm,conv,train,infer"),
    "candle_default": ("default", "candle", PLAIN, "_default", "gemm,elementwise,reduction,train"),
    "burn": ("native", "burn", {}, "", ALL),
    "ndarray": ("native", "ndarray", {}, "", "gemm,elementwise,reduction,layout,infer"),
    "dfdx": ("native", "dfdx", {}, "", "gemm,elementwise,reduction,train,infer"),
}
# (categories, environment); numpy's OpenBLAS takes this CPU for a Haswell, numpy_skx tells it to use AVX-512
PYTHON = {
    "torch": (ALL, {}),
    "torch_compile": ("elementwise,reduction,layout,train,infer", {}),
    "numpy": ("gemm,elementwise,reduction,layout,infer", {}),
    "numpy_skx": ("gemm", {"OPENBLAS_CORETYPE": "SkylakeX"}),
}
OURS = "congruent"
RUST[OURS] = ("", OURS, {}, "", ALL)
NOT_PEERS = ("limit", "ref")  # shown, but no ratio is taken to them

TABLE = [l.rstrip("\n").split("\t") for l in open(os.path.join(HERE, "..", "workloads.tsv")) if not l.startswith("#")]
CATS = list(dict.fromkeys(r[1] for r in TABLE))


def binary(peer):
    d, feats, *_ = RUST[peer]
    if peer == OURS:
        return os.path.join(BUILD, OURS)
    return os.path.join(BUILD, d, "release", "peer_" + feats.split(",")[0])


def build_python():
    if not os.path.exists(PY):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(BUILD, "venv")], check=True)
        subprocess.run([PY, "-m", "pip", "install", "-q", TORCH, NUMPY], check=True)


def build_ours():
    """The default build of a user: no flags for the processor at hand."""
    command = ["cargo", "bench", "-q", "-j", JOBS, "--bench", "workloads", "--no-run", "--message-format", "json"]
    environment = {k: v for k, v in os.environ.items() if k != "RUSTFLAGS"}
    built = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    made = [json.loads(line).get("executable") for line in built.stdout.splitlines()]
    with open(next(path for path in made if path), "rb") as source, open(binary(OURS), "wb") as copy:
        copy.write(source.read())
    os.chmod(binary(OURS), 0o755)


def build(peers):
    os.makedirs(BUILD, exist_ok=True)
    for p in peers:
        if p == OURS:
            build_ours()
            continue
        d, feats, env, *_ = RUST[p]
        e = {**os.environ, **env, "CARGO_TARGET_DIR": os.path.join(BUILD, d)}
        if d != "default":
            e["RUSTFLAGS"] = "-C target-cpu=native"
        t = time.time()
        r = subprocess.run(
            [
                "cargo",
                "build",
                "-q",
                "-j",
                JOBS,
                "--release",
                "--features",
                feats,
                "--bin",
                "peer_" + feats.split(",")[0],
            ],
            cwd=HERE,
            env=e,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        print(f"build {p}: {'ok' if r.returncode == 0 else 'FAILED'} {time.time() - t:.0f}s", flush=True)
        if r.returncode:
            print(r.stdout[-1500:])


def bench(a):
    if not os.path.exists(PY):
        sys.exit(f"{PY} is not there: `compare.py build` makes it, or PEERS_PYTHON names a Python with torch and numpy")
    peers = [p for p in [*RUST, *PYTHON] if not a.peers or p in a.peers.split(",")]
    peers = [p for p in peers if p in PYTHON or os.path.exists(binary(p))]
    cats = a.categories.split(",") if a.categories else CATS
    out = open(a.out, "a")
    for rnd in range(a.rounds):
        for cat in cats:
            for th in map(int, a.threads.split(",")):
                order = peers[rnd % len(peers) :] + peers[: rnd % len(peers)]  # another peer goes first each round
                for p in order:
                    if cat not in (RUST[p][4] if p in RUST else PYTHON[p][0]).split(","):
                        continue
                    cmd = [PY, os.path.join(HERE, "torch_numpy.py"), "--peer", p] if p in PYTHON else [binary(p)]
                    if p in RUST and RUST[p][3]:
                        cmd += ["--suffix", RUST[p][3]]
                    cmd += ["--threads", str(th), "--min-time", str(a.min_time), "--workloads", cat]
                    n = str(th)
                    env = {
                        **os.environ,
                        "RAYON_NUM_THREADS": n,
                        "OMP_NUM_THREADS": n,
                        "MKL_NUM_THREADS": n,
                        "OPENBLAS_NUM_THREADS": n,
                        "MATMUL_NUM_THREADS": n,
                        "TORCHINDUCTOR_CACHE_DIR": os.path.join(BUILD, "inductor"),
                        **(PYTHON[p][1] if p in PYTHON else {}),
                    }
                    if a.keep:
                        env |= {
                            "MALLOC_TRIM_THRESHOLD_": "4000000000",
                            "MALLOC_MMAP_THRESHOLD_": "1000000000",
                            "MALLOC_TOP_PAD_": "268435456",
                        }
                    r = subprocess.run(cmd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                    load = round(os.getloadavg()[0], 2)
                    for l in r.stdout.splitlines():
                        if l.startswith("{"):
                            d = json.loads(l)
                            if p == "gemm_v4" and d["peer"] != "gemm_v4":
                                continue
                            out.write(json.dumps({**d, "round": rnd, "load": load}) + "\n")
                    out.flush()
                    if r.returncode:
                        print(f"! {p} {cat} threads {th}: exit {r.returncode}: {r.stderr.strip()[-300:]}", flush=True)
        print(f"round {rnd} done, load {os.getloadavg()[0]:.1f}", flush=True)
    out.close()


def fmt(s):
    return f"{s * 1e9:.0f} ns" if s < 1e-6 else f"{s * 1e6:.1f} us" if s < 1e-3 else f"{s * 1e3:.2f} ms"


def table(path, md):
    R = {}
    for l in open(path):
        d = json.loads(l)
        R.setdefault((d["workload"], d["threads"]), {}).setdefault(d["peer"], []).append(d)
    for cat in CATS:
        rows = [r for r in TABLE if r[1] == cat]
        names = list(dict.fromkeys(p for r in rows for t in (1, 2) for p in R.get((r[0], t), {})))
        peers = [p for p in names if p not in NOT_PEERS]
        if not names:
            continue
        head = (
            ["workload", "thr", "best peer", "time", "rate"]
            + (["% peak"] if cat in ("gemm", "conv", "train") else [])
            + names
        )
        lines = []
        for r in rows:
            for t in (1, 2, 4, 8):
                D = R.get((r[0], t))
                if not D:
                    continue
                # median over the rounds of each round's median: ratios within one run
                med = {p: st.median(x["median_s"] for x in v) for p, v in D.items()}
                ps = [p for p in med if p not in NOT_PEERS] or list(med)
                best = min(ps, key=med.get)
                rate = st.median(x["gflops_or_gbps"] for x in D[best])
                row = [r[0], str(t), best, fmt(med[best]), f"{rate:.3g} {r[3]}"]
                if len(head) > 5 + len(names):
                    # the peak is a property of the machine: the best sample of one thread, times the threads
                    pk = R.get(("lim_fma_f64" if "f64" in r[0] else "lim_fma_f32", 1), {}).get("limit")
                    row.append(
                        f"{100 * rate / t / max(x['gflops_or_gbps'] * x['median_s'] / x['min_s'] for x in pk):.0f}"
                        if pk and r[3] == "GFLOP/s"
                        else ""
                    )
                row += [f"{med[p] / med[best]:.2f}" if p in med else "" for p in names]
                lines.append(row)
        print(f"\n## {cat}" + ("" if cat == "limits" else "   (peer columns: time / time of the best peer)"))
        if md:
            print("|" + "|".join(head) + "|\n|" + "---|" * len(head))
            for l in lines:
                print("|" + "|".join(l) + "|")
        else:
            w = [max(len(x[i]) for x in [head] + lines) for i in range(len(head))]
            for l in [head] + lines:
                print("  ".join(x.ljust(n) if i < 1 or i == 2 else x.rjust(n) for i, (x, n) in enumerate(zip(l, w))))


def command(words):
    """The first line of what a program prints; nothing where there is no such program."""
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    except FileNotFoundError:
        return ""


def versions():
    """Machine, date and versions: a ratio means nothing without them."""
    cpu = next(
        (l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine()
    )
    own = command(["git", "-C", ROOT, "describe", "--always", "--dirty"])
    python = command(
        [PY, "-c", "import torch, numpy; print('torch', torch.__version__ + ', numpy', numpy.__version__)"]
    )
    pinned = [line for line in open(os.path.join(HERE, "Cargo.toml")) if '"=' in line]
    crates = [re.sub(r'^([\w-]+) .*?"=([\d.]+)".*$', r"\1 \2", line.strip()) for line in pinned]
    machine = f"{cpu}, {os.cpu_count()} cores"
    day = time.strftime("%Y-%m-%d")
    return "; ".join([machine, day, f"commit {own}", command(["rustc", "--version"]), python, ", ".join(crates)])


def readme(path):
    """Our time over that of the best peer, at each number of threads."""
    results = {}
    for line in open(path):
        d = json.loads(line)
        results.setdefault((d["workload"], d["threads"]), {}).setdefault(d["peer"], []).append(d["median_s"])
    threads = sorted({t for _, t in results})
    print(versions() + "\n")
    print("| workload | " + " | ".join(f"{t} thread{'s' * (t > 1)}" for t in threads) + " |")
    print("|---" * (len(threads) + 1) + "|")
    behind = []
    for name, *_ in TABLE:
        cells = []
        for t in threads:
            medians = {p: st.median(v) for p, v in results.get((name, t), {}).items() if p not in NOT_PEERS}
            ours = medians.pop(OURS, None)
            if ours is None or not medians:
                cells.append("-")
                continue
            best = min(medians, key=medians.get)
            cells.append(f"{ours / medians[best]:.2f} ({best})")
            if ours > medians[best]:
                behind.append(f"{name} {ours / medians[best]:.2f} at {t}")
        if any(cell != "-" for cell in cells):
            print(f"| `{name}` | " + " | ".join(cells) + " |")
    print("\nBehind the best peer: " + ("; ".join(behind) or "nowhere") + ".")


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("what", choices=["build", "bench", "table", "readme", "all"])
ap.add_argument("file", nargs="?", default=None)
ap.add_argument("-r", "--rounds", type=int, default=3)
ap.add_argument("-c", "--categories", default="")
ap.add_argument("-t", "--threads", default="1,2")
ap.add_argument("-p", "--peers", default="")
ap.add_argument("-m", "--min-time", type=float, default=0.15)
ap.add_argument("-o", "--out", default="results.jsonl")
ap.add_argument(
    "--keep", action="store_true", help="bench: tell glibc to keep freed memory (takes page faults out of every peer)"
)
ap.add_argument("--md", action="store_true")
a = ap.parse_args()
a.out = a.file or a.out
if a.what in ("build", "all"):
    build_python()
    build([p for p in RUST if not a.peers or p in a.peers.split(",")])
if a.what in ("bench", "all"):
    bench(a)
if a.what == "table":
    table(a.out, a.md)
if a.what in ("readme", "all"):
    readme(a.out)
