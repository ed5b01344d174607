//! `f16` and `bf16`: every operation against the same one over `f32`, rounded once at the end.
//!
//! Apart from the tests of the operations because the rule is one for all. Inputs are numbers of the 16-bit type; the
//! loops are those of `f32`, so that a fused chain, a row of softmax or a product differs from `f32` by the rounding of
//! what is stored, and by nothing else.

mod bits;
mod catalogue;
mod files;
mod learning;
mod products;
mod rows;

use congruent::num::Simd;
use congruent::prelude::*;
use congruent::tensor::Number;

dims! {
    /// The length of vectors.
    pub(crate) Len = ?,
    /// The rows of matrices.
    pub(crate) Rows = ?,
    /// The columns of matrices.
    pub(crate) Columns = ?,
    /// The inner axis of products.
    pub(crate) Inner = ?,
    /// Matrices of a batch.
    pub(crate) Batch = ?,
}

/// A 16-bit type, with the bits of its numbers.
pub(crate) trait Half: Real + Number + Simd<Wide = f32> {
    /// The bits.
    fn bits(self) -> u16;
    /// The number of these bits.
    fn of_bits(bits: u16) -> Self;
    /// The largest finite number.
    const LARGEST: Self;
}

impl Half for f16 {
    fn bits(self) -> u16 {
        self.to_bits()
    }
    fn of_bits(bits: u16) -> Self {
        Self::from_bits(bits)
    }
    const LARGEST: Self = f16::MAX;
}

impl Half for bf16 {
    fn bits(self) -> u16 {
        self.to_bits()
    }
    fn of_bits(bits: u16) -> Self {
        Self::from_bits(bits)
    }
    const LARGEST: Self = bf16::MAX;
}

/// The place of a number among all of its type, so that neighbours are 1 apart.
fn place<E: Half>(x: E) -> i32 {
    let size = i32::from(x.bits() & 0x7fff);
    if x.bits() >> 15 == 1 { -size } else { size }
}

/// Asserts that each number is the rounded one, or at most so many neighbours away. NaN is NaN.
#[track_caller]
pub(crate) fn assert_rounded<E: Half>(what: &str, found: &[E], wanted: &[f64], neighbours: i32) {
    assert_eq!(found.len(), wanted.len(), "{what}: the lengths differ");
    for (i, (&found, &wanted)) in found.iter().zip(wanted).enumerate() {
        let rounded = E::of_f64(wanted);
        let near = (place(found) - place(rounded)).abs() <= neighbours;
        let nan = found.as_f64().is_nan() && wanted.is_nan();
        assert!(nan || (near && !found.as_f64().is_nan()), "{what}: at {i} found {found}, expected {wanted}");
    }
}

/// The numbers of a tensor as `f64`.
pub(crate) fn wide<S: Shape, E: Elem>(x: &Tensor<S, E>) -> Vec<f64> {
    x.as_slice().iter().map(|x| x.as_f64()).collect()
}

/// A number everywhere, rounded to the type.
pub(crate) fn filled<S: Shape, E: Elem>(shape: S, value: f64) -> Tensor<S, E> {
    Cpu.full(shape, E::of_f64(value))
}

/// Uniform numbers in `[-1, 1)`, rounded to the type.
pub(crate) fn uniform<S: Shape, E: Elem>(shape: S, seed: u64) -> Tensor<S, E> {
    Cpu.uniform_of(shape, Key::new(seed), -1.0, 1.0)
}

/// `both!(name: generic)`: a test that runs a generic function for both types.
macro_rules! both {
    ($($name:ident: $check:ident;)*) => { $(
        #[test]
        fn $name() {
            $check::<congruent::f16>();
            $check::<congruent::bf16>();
        }
    )* };
}
pub(crate) use both;
