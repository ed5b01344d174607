#!/usr/bin/env python3
"""A GGUF file as ggml's own package writes it, and what that reads of it: `pip install gguf`, then run it.

Writes tests/golden/tiny.gguf, and tests/golden/tiny_gguf.npz with the same tensors, blocks widened to float32; holds the
table of types in src/files/gguf/stored.rs against the package's.
"""

import re
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize, quantize

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests/golden"


def numbers(*shape):
    """Values of both signs and many sizes, so that nothing random has to be kept."""
    at = np.arange(np.prod(shape), dtype=np.float64)
    return (np.sin(at * 7.1) * 1.5 ** (at % 13 - 6)).reshape(shape).astype(np.float32)


def tensors():
    """Each with its type; plain ones are NumPy's, the others bytes."""
    yield "token_embd.weight", numbers(5, 8).astype(np.float16), None
    yield "blk.0.ffn_up.weight", quantize(numbers(6, 64), Type.Q8_0), Type.Q8_0
    yield "blk.0.ffn_up.bias", numbers(6), None
    yield "blk.0.ffn_down.weight", quantize(numbers(2, 3, 32), Type.Q4_0), Type.Q4_0
    # More blocks than a reader takes at a time.
    yield "many.weight", quantize(np.tile(numbers(11, 32), (100, 1)), Type.Q4_0), Type.Q4_0
    yield "bf16", quantize(numbers(3, 2), Type.BF16), Type.BF16
    yield "f64", numbers(2, 2).astype(np.float64), None
    for dtype in (np.int8, np.int16, np.int32, np.int64):
        edges = np.iinfo(dtype)
        yield dtype.__name__, np.array([edges.min, -1, 0, edges.max], dtype), None
    yield "q4_k", np.arange(2 * 144, dtype=np.uint8).reshape(2, 144), Type.Q4_K
    yield "zero_scale", np.zeros((1, 34), np.uint8), Type.Q8_0
    yield "last", numbers(4, 1, 2, 1), None


def write(path):
    out = GGUFWriter(path, "tiny")
    out.add_uint8("tiny.u8", 255)
    out.add_int8("tiny.i8", -128)
    out.add_uint16("tiny.u16", 65535)
    out.add_int16("tiny.i16", -32768)
    out.add_uint32("tiny.block_count", 1)
    out.add_int32("tiny.i32", -(2**31))
    out.add_float32("tiny.f32", 0.1)
    out.add_uint64("tiny.u64", 2**64 - 1)
    out.add_int64("tiny.i64", -(2**63))
    out.add_float64("tiny.f64", 0.1)
    out.add_bool("tiny.bool", True)
    out.add_string("tiny.text", "Φ and \n")
    out.add_array("tiny.tokens", ["<s>", "", "é"])
    out.add_key_value("tiny.bytes", b"\x01\xff", GGUFValueType.ARRAY)
    out.add_array("tiny.scores", [0.5, -1.0, 3.25])
    out.add_array("tiny.bools", [True, False])
    out.add_array("tiny.nested", [["a", "b"], ["c"]])
    for name, array, kind in tensors():
        out.add_tensor(name, array, raw_dtype=kind)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def read(path):
    for tensor in GGUFReader(path).tensors:
        shape = [int(dim) for dim in reversed(tensor.shape)]
        if tensor.tensor_type in (Type.Q8_0, Type.Q4_0):
            yield tensor.name, dequantize(tensor.data, tensor.tensor_type).reshape(shape)
        elif tensor.tensor_type == Type.BF16:
            yield tensor.name, tensor.data.view(np.uint16).reshape(shape)
        elif tensor.tensor_type != Type.Q4_K:
            yield tensor.name, tensor.data.reshape(shape)


def check_table():
    text = (ROOT / "src/files/gguf/stored.rs").read_text()
    ours = {(int(a), b, int(c), int(d)) for a, b, c, d in re.findall(r'\((\d+), "(\w+)", (\d+), (\d+)\)', text)}
    theirs = {(kind.value, kind.name, *GGML_QUANT_SIZES[kind]) for kind in Type}
    assert ours == theirs, ours ^ theirs


if __name__ == "__main__":
    check_table()
    write(GOLDEN / "tiny.gguf")
    np.savez_compressed(GOLDEN / "tiny_gguf.npz", **dict(read(GOLDEN / "tiny.gguf")))
