//! Rows of element types, and of arithmetic on integers.
//!
//! Apart from `casting`, which goes from one to another.

rows! {
    "dtypes";
    "f32": "np.float32", "torch.float32" => "f32", "what a tensor holds when nothing else is said" {}
    "f64": "np.float64", "torch.float64" => "f64", "computed with, as `f32`" {}
    "f16": "np.float16", "torch.float16" => "f16", "" {}
    "bf16": "", "torch.bfloat16" => "bf16", "" {}
    "i64": "np.int64", "torch.int64" => "i64", "labels and indices" {}
    "i32": "np.int32", "torch.int32" => "i32", "" {}
    "i8, i16": "np.int8 | np.int16", "torch.int8 | torch.int16" => "i8", "" {}
    "u8": "np.uint8", "torch.uint8" => "u8", "" {}
    "u16, u32, u64": "np.uint16 | np.uint32 | np.uint64", "torch.uint16 | .." => "u16", "" {}
    "bool": "np.bool", "torch.bool" => "bool", "stored masks" {}
    "integer arithmetic": "a + b", "a + b" => "a + b", "of integers" {}
    "f8": "ml_dtypes.float8_e4m3", "torch.float8_e4m3fn" => "", "not yet: 8-bit floats" {}
    "complex64, complex128": "np.complex64 | np.complex128", "torch.complex64 | torch.complex128" => "",
        "not yet: complex numbers" {}
    "quantised": "", "torch.quantize_per_tensor" => "", "not yet: quantised numbers" {}
}
