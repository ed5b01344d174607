//! A number where a tensor may stand: every function of two operands takes one, and gives what a full tensor gives.

use congruent::prelude::*;

/// One function of two operands over elements `E`, beside a number and beside a tensor full of it.
macro_rules! agrees {
    ($E:ident, $x:ident: $($method:ident($($number:expr),*))*) => {$($(
        let full = Cpu.full((), <$E>::of_f64($number as f64));
        let (found, expected) = ($x.$method($number).eval().to_vec(), $x.$method(&full).eval().to_vec());
        let bits = |values: &[$E]| values.iter().map(|x| x.as_f64().to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found), bits(&expected), "{}::{}({})", <$E>::NAME, stringify!($method), $number);
    )*)*};
}

macro_rules! floats {
    ($($name:ident $E:ident;)*) => {$(
        #[test]
        fn $name() {
            let numbers = [-3.5, -1.0, -0.0, 0.0, 0.5, 2.0, 7.0, f64::INFINITY, f64::NEG_INFINITY];
            let x = Cpu.from_fn((D::<9>,), |i| <$E>::of_f64(numbers[i]));
            agrees! { $E, x:
                maximum(0.0, -0.0, 2.5) minimum(0.0, 1.0) pow(2.0, 0.5, -1.0) rem(2.0, -1.5) fmod(2.0) floor_div(2.0)
                atan2(1.0, -0.0) hypot(4.0) copysign(-0.0, 1.0) logaddexp(0.5) xlogy(2.0)
            }
        }
    )*};
}
floats! { of_f16 f16; of_bf16 bf16; of_f32 f32; of_f64 f64; }

macro_rules! integers {
    ($($name:ident $E:ident;)*) => {$(
        #[test]
        fn $name() {
            let x = Cpu.from_fn((D::<9>,), |i| <$E>::of_i64(i as i64 * 13));
            agrees! { $E, x: maximum(5, 100) minimum(5, 100) pow(0, 2, 3) rem(7) fmod(7) floor_div(2, 7) }
        }
    )*};
}
integers! { of_i8 i8; of_i16 i16; of_i32 i32; of_i64 i64; of_u8 u8; of_u16 u16; of_u32 u32; of_u64 u64; }

#[test]
fn numbers_beside_two_byte_floats_are_not_rounded_to_them() {
    let x: Tensor<Shape![3], bf16> = Cpu.from_fn((D::<3>,), |i| bf16::from_f32(i as f32 + 1.5));
    let wide = x.cast::<f32>().pow(0.3).cast::<bf16>().eval();
    assert_eq!(x.pow(0.3).eval(), wide);
}

#[test]
fn the_gradient_passes_by_the_number() {
    let x: Param<Shape![2], Weights<f64>> = Cpu.tensor_of::<f64, _>([3.0, -2.0]).into();
    let (loss, dx) = x.value_and_grad(|x| (x.pow(2.0) + x.maximum(0.0)).sum()).unwrap();
    assert_eq!((loss, dx.as_slice()), (16.0, &[7.0, -4.0][..]));
}

#[test]
fn generic_code_writes_numbers_too() {
    fn rectified<S, E: Real, D: Device>(x: &Tensor<S, E, D>) -> Tensor<S, E, D>
    where
        S: Shape + congruent::shape::Broadcast<(), Out = S>,
    {
        x.maximum(0.0).eval()
    }
    assert_eq!(rectified(&Cpu.tensor([-1.0, 2.0])).as_slice(), [0.0, 2.0]);
}
