//! Rows of element types, of arithmetic on integers and their bits, and of checked conversions.
//!
//! Apart from the others because what they speak of goes across all groups: which elements there are.

/// The element types themselves.
pub(crate) mod types {
    rows! {
        "dtypes";
        given {
            use congruent::prelude::*;
        }
        "f32": "np.float32", "torch.float32" => "f32", "what a tensor holds when nothing else is said" {
            let x: Tensor<Shape![2], f32> = Cpu.tensor([1.5, 2.5]);
            assert_eq!(x.sum().eval().item(), 4.0);
        }
        "f64": "np.float64", "torch.float64" => "f64", "computed with, as `f32`" {
            let x = Cpu.tensor_of::<f64, _>([1.5, 2.5]);
            assert_eq!(x.sum().eval().item(), 4.0);
        }
        "f16": "np.float16", "torch.float16" => "f16", "" {
            let x = Cpu.tensor([1.5, 2.5]).cast::<f16>().eval();
            assert_eq!(x.sum().eval().item(), f16::from_f32(4.0));
        }
        "bf16": "", "torch.bfloat16" => "bf16", "" {
            let x = Cpu.tensor([1.5, 2.5]).cast::<bf16>().eval();
            assert_eq!((&x * 2.0).eval().as_slice(), [3.0, 5.0].map(bf16::from_f32));
        }
        "i64": "np.int64", "torch.int64" => "i64", "labels and indices" {
            let x: Tensor<Shape![2], i64> = Cpu.tensor([1, 2]);
            assert_eq!((&x + 1).eval().as_slice(), [2, 3]);
        }
        "i32": "np.int32", "torch.int32" => "i32", "" {
            let x = Cpu.tensor_of::<i32, _>([-7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [-14, 6]);
        }
        "i16": "np.int16", "torch.int16" => "i16", "" {
            let x = Cpu.tensor_of::<i16, _>([-7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [-14, 6]);
        }
        "i8": "np.int8", "torch.int8" => "i8", "" {
            let x = Cpu.tensor_of::<i8, _>([-7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [-14, 6]);
        }
        "u8": "np.uint8", "torch.uint8" => "u8", "" {
            let x = Cpu.tensor_of::<u8, _>([7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [14, 6]);
        }
        "u16": "np.uint16", "torch.uint16" => "u16", "" {
            let x = Cpu.tensor_of::<u16, _>([7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [14, 6]);
        }
        "u32": "np.uint32", "torch.uint32" => "u32", "" {
            let x = Cpu.tensor_of::<u32, _>([7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [14, 6]);
        }
        "u64": "np.uint64", "torch.uint64" => "u64", "" {
            let x = Cpu.tensor_of::<u64, _>([7, 3]);
            assert_eq!((&x * 2).eval().as_slice(), [14, 6]);
        }
        "bool": "np.bool", "torch.bool" => "bool", "masks, also of comparisons" {
            let x: Tensor<Shape![2], bool> = Cpu.tensor([true, false]);
            assert!(x.any() && !x.all());
        }
        "nbytes": "x.nbytes | x.itemsize", "x.nbytes" => "size_of_val(x.as_slice())", "" {
            let x = Cpu.tensor([1.5, 2.5]);
            assert_eq!(size_of_val(x.as_slice()), 8);
        }
        "finfo": "np.finfo(np.float32).eps | np.iinfo(np.int64).max", "torch.finfo | torch.iinfo" => "f32::EPSILON",
            "constants of Rust's types: `MAX`, `MIN_POSITIVE`, `i64::MAX`" {
            assert_eq!((f32::EPSILON, i64::MAX, f16::MAX.to_f32()), (1.1920929e-7, 9223372036854775807, 65504.0));
        }
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
        given {
            use congruent::prelude::*;
            let (a, b) = (Cpu.tensor([6, 3, 5]), Cpu.tensor([1, 5, 6]));
        }
        "integer arithmetic": "a + b", "a + b" => "&a + &b", "of integers, also `-`, `*`" {
            assert_eq!((&a + &b).eval().as_slice(), [7, 8, 11]);
            assert_eq!(((&a - &b) * 2).eval().as_slice(), [10, -4, -2]);
        }
        "bitwise and": "a & b | np.bitwise_and", "a & b | torch.bitwise_and" => "&a & &b", "of integers" {
            assert_eq!((&a & &b).eval().as_slice(), [0, 1, 4]);
        }
        "bitwise or": "np.bitwise_or", "torch.bitwise_or" => "&a | &b", "of integers" {
            assert_eq!((&a | &b).eval().as_slice(), [7, 7, 7]);
        }
        "bitwise xor": "a ^ b | np.bitwise_xor", "a ^ b | torch.bitwise_xor" => "&a ^ &b", "of integers" {
            assert_eq!((&a ^ &b).eval().as_slice(), [7, 6, 3]);
        }
        "bitwise not": "~a | np.bitwise_not", "~a | torch.bitwise_not" => "!&a", "of integers" {
            assert_eq!((!&a).eval().as_slice(), [-7, -4, -6]);
        }
        "shl": "a << b | np.left_shift", "a << b | torch.bitwise_left_shift" => "&a << &b", "of integers" {
            assert_eq!((&a << &b).eval().as_slice(), [12, 96, 320]);
        }
        "shr": "a >> b | np.right_shift", "a >> b | torch.bitwise_right_shift" => "&a >> &b", "of integers" {
            assert_eq!((&a >> &b).eval().as_slice(), [3, 0, 0]);
        }
    }
}

/// Conversions that look at the value.
pub(crate) mod conversions {
    rows! {
        "casting";
        given {
            use congruent::prelude::*;
        }
        "checked": "np.can_cast", "torch.can_cast" => "x.try_convert::<i64>()", "an error where a value does not fit" {
            let x = Cpu.tensor([1.0, -2.0]);
            assert_eq!(x.try_convert::<i64>()?.as_slice(), [1, -2]);
            assert!(Cpu.tensor([0.5]).try_convert::<i64>().is_err());
        }
        "saturating": "np.clip(x, lo, hi).astype(..)", "" => "x.saturating_convert::<u8>()",
            "the nearest value that fits" {
            let x = Cpu.tensor([300, -1, 7]);
            assert_eq!(x.saturating_convert::<u8>().as_slice(), [255, 0, 7]);
        }
    }
}
