#!/usr/bin/env python3
"""Whether TensorBoard's own reader finds in our event files what was written.

    scripts/tensorboard.py [--required]

Runs `cargo test --test tensorboard`, which leaves the folder of a run that was stopped, killed in the midst of a record,
and went on, and of events written by hand; reads it by the package `tensorboard`, and compares with the log of the run.
What this Python lacks of the package is installed into a virtual environment below the target folder; where it is not
to be had, that is said, and with --required a failure.
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

root = pathlib.Path(__file__).resolve().parent.parent
target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))

del sys.path[0]  # This file has the name of the package.
try:
    import numpy as np
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray
except ImportError:
    own = target / "python-tensorboard"
    python = own / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == own.resolve():
        sys.exit("tensorboard was installed and cannot be imported")
    print(f"{sys.executable} has no tensorboard: using that of {own}", flush=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "tensorboard>=2.15"]
    try:
        if not python.exists():
            venv.create(own, with_pip=True)
        subprocess.run(install, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{error}: TensorBoard's own reader has NOT looked at event files")
        sys.exit("--required" in sys.argv)
    os.execv(python, [str(python), *sys.argv])


def same(ours, theirs):
    """Equal as f32, NaN among them."""
    return np.array_equal(np.float32(ours), np.float32(theirs), equal_nan=True)


def read(folder):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0, "histograms": 0})
    return events.Reload()


def run(folder):
    """The curves of a run against its log: every step once, as the log has it."""
    expected = {}
    for line in (folder / "log.jsonl").read_text().splitlines():
        line = json.loads(line)
        group, names = ("step", ["loss", "lr", "norm"]) if "batch" in line else ("epoch", ["loss", "validation", "nothing"])
        for name in names:
            value = math.nan if line[name] is None else line[name]
            expected.setdefault(f"{group}/{name}", []).append((line["steps"], value))
    events = read(folder / "run")
    assert sorted(events.Tags()["scalars"]) == sorted(expected), events.Tags()
    for tag, points in expected.items():
        found = events.Scalars(tag)
        assert [point.step for point in found] == [step for step, _ in points], (tag, found)
        assert same([value for _, value in points], [point.value for point in found]), (tag, found)
        assert all(abs(point.wall_time - os.path.getmtime(folder / "log.jsonl")) < 3600 for point in found), tag
    return sum(map(len, expected.values()))


def by_hand(folder):
    events = read(folder)
    found = [(point.step, point.value) for point in events.Scalars("a/b")]
    assert found == [(0, 0.0), (1, -1.5), (2**32 + 4, math.inf)], found
    (text,) = events.Tensors("notes")
    assert text.step == 3 and make_ndarray(text.tensor_proto).tolist() == ["**Wide** — ä漢".encode()], text
    assert events.PluginTagToContent("text").keys() == {"notes"}
    (histogram,) = events.Histograms("weights")
    value, numbers = histogram.histogram_value, np.arange(301, dtype=np.float32) / np.float32(100)
    counts, edges = np.histogram(numbers.astype(float), 30)
    assert histogram.step == 4 and (value.min, value.max, value.num) == (0.0, 3.0, 301.0), value
    assert np.allclose(value.bucket_limit, edges[1:]) and sum(value.bucket) == 301, value
    # A number on an edge may be counted on either side.
    assert np.abs(np.array(value.bucket) - counts).max() <= 1, (value.bucket, counts)
    assert np.allclose([value.sum, value.sum_squares], [numbers.sum(), (numbers.astype(float) ** 2).sum()])


with tempfile.TemporaryDirectory() as folder:
    command = ["cargo", "test", "--quiet", "--test", "tensorboard", "what_is_shown"]
    environment = os.environ | {"CONGRUENT_TENSORBOARD": folder}
    subprocess.run(command, check=True, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    folder = pathlib.Path(folder)
    points = run(folder)
    by_hand(folder / "by_hand")
    import tensorboard

    print(f"TensorBoard {tensorboard.__version__} reads all {points} points of the run, the text and the histogram")
