//! Rows of element types, of arithmetic on integers and their bits, and of checked conversions.
//!
//! Apart from the others because what they speak of goes across all groups: which elements there are.

/// The element types themselves.
pub(crate) mod types {
    rows! {
        "dtypes";
        "f32": "np.float32", "torch.float32" => "f32", "what a tensor holds when nothing else is said" {}
        "f64": "np.float64", "torch.float64" => "f64", "computed with, as `f32`" {}
        "f16": "np.float16", "torch.float16" => "f16", "" {}
        "bf16": "", "torch.bfloat16" => "bf16", "" {}
        "i64": "np.int64", "torch.int64" => "i64", "labels and indices" {}
        "i32": "np.int32", "torch.int32" => "i32", "" {}
        "i16": "np.int16", "torch.int16" => "i16", "" {}
        "i8": "np.int8", "torch.int8" => "i8", "" {}
        "u8": "np.uint8", "torch.uint8" => "u8", "" {}
        "u16": "np.uint16", "torch.uint16" => "u16", "" {}
        "u32": "np.uint32", "torch.uint32" => "u32", "" {}
        "u64": "np.uint64", "torch.uint64" => "u64", "" {}
        "bool": "np.bool", "torch.bool" => "bool", "stored masks" {}
        "f8": "ml_dtypes.float8_e4m3fn", "torch.float8_e4m3fn" => "", "not yet: 8-bit floats" {}
        "complex64, complex128": "np.complex64 | np.complex128", "torch.complex64 | torch.complex128" => "",
            "not yet: complex numbers" {}
        "quantised": "", "torch.quantize_per_tensor" => "", "not yet: quantised numbers" {}
    }
}

/// Arithmetic on integers, and on their bits.
pub(crate) mod bits {
    rows! {
        "elementwise binary";
        "integer arithmetic": "a + b", "a + b" => "a + b", "of integers, also `-`, `*`" {}
        "bitwise and": "a & b | np.bitwise_and", "a & b | torch.bitwise_and" => "a & b", "of integers" {}
        "bitwise or": "np.bitwise_or", "torch.bitwise_or" => "a | b", "of integers" {}
        "bitwise xor": "a ^ b | np.bitwise_xor", "a ^ b | torch.bitwise_xor" => "a ^ b", "of integers" {}
        "bitwise not": "~a | np.bitwise_not", "~a | torch.bitwise_not" => "!a", "of integers" {}
        "shl": "a << b | np.left_shift", "a << b | torch.bitwise_left_shift" => "a << b", "of integers" {}
        "shr": "a >> b | np.right_shift", "a >> b | torch.bitwise_right_shift" => "a >> b", "of integers" {}
    }
}

/// Conversions that look at the value.
pub(crate) mod conversions {
    rows! {
        "casting";
        "checked": "np.can_cast", "torch.can_cast" => "x.try_convert::<i64>()", "an error where a value does not fit" {}
        "saturating": "np.clip(x, lo, hi).astype(..)", "" => "x.saturating_convert::<u8>()",
            "the nearest value that fits" {}
    }
}
