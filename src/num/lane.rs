//! `Lane`, a number that is a whole vector register, and `Kernel`, a loop over lanes.
//!
//! Apart from `number.rs` because formulas never see memory; only the loops around them do. There is one copy of a loop
//! an instruction set and no scalar tail: the last round simply asks for fewer elements. Hence a lane's value must not
//! depend on its position, nor on how many lanes are in use.
#![allow(unsafe_code, reason = "lanes are read from memory and written to it")]

use super::Num;
use super::engine::{Engine, Gemm};
use super::level::Level;
use std::ops::Add;

pub(super) mod sealed {
    /// Implemented by the element types of this crate alone.
    pub trait Sealed {}
}

/// An element type that loops can be compiled for: `f32` and `f64`, and `f16` and `bf16`, whose lanes are of `f32`.
#[diagnostic::on_unimplemented(
    message = "there are no lanes of `{Self}`",
    label = "lanes hold `f16`, `bf16`, `f32` or `f64`",
    note = "cast the tensor to a floating-point type first"
)]
pub trait Simd: sealed::Sealed + Copy + Default + Send + Sync + 'static {
    /// What lanes of this element compute in, and what sums are kept in until they are done: `f32` for 16-bit floats,
    /// else the type itself.
    type Wide: Simd<Wide = Self::Wide, Sum = Self::Sum> + Add<Output = Self::Wide> + Into<f64>;
    /// What long sums and running formulas run in: lanes add up a few terms, their sums are added in this, and the
    /// whole is rounded once. `f64` for every type of today.
    type Sum: Num;
    /// How many elements take the memory of one of `Wide`.
    const WORDS: usize = size_of::<Self::Wide>() / size_of::<Self>();
    /// What multiplies large matrices of it on the host, in lanes.
    #[doc(hidden)]
    const ENGINE: Engine<Self, Self::Wide>;
    /// What multiplies them where no lanes are known but those that the compiler finds; without it, loops do.
    #[doc(hidden)]
    const GEMM: Option<Gemm<Self>>;
    /// A lane of length 1: tests walk loops with it, element by element.
    #[cfg(test)]
    type One: Lane<Self>;

    /// The element as a term of a sum.
    fn to_sum(self) -> Self::Sum;
    /// A sum, rounded to the element.
    fn of_sum(sum: Self::Sum) -> Self;

    /// Runs the kernel with the lanes of `level`.
    ///
    /// # Safety
    /// `level` is at most what the processor has.
    #[doc(hidden)]
    unsafe fn run<K: Kernel<Self>>(kernel: K, level: Level) -> K::Out;
}

/// A [`Num`] of `N` elements side by side, with the memory traffic that a loop needs.
///
/// Sums, products and extrema over the lanes fold halves onto each other: `N` alone fixes the order of the additions.
pub trait Lane<E: Simd>: Num + Send {
    /// The same lanes, with what they compute in as elements.
    type Wide: Lane<E::Wide>;
    /// How many elements a lane holds.
    const N: usize;
    /// Whether processors that still are in use have wider lanes. Every loop is compiled for these, too: short loops
    /// are worth more here than fast ones.
    const RARE: bool = false;

    /// Reads `n` elements at `p`; the other lanes are 0. Memory past them is not touched.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is readable.
    unsafe fn load(p: *const E, n: usize) -> Self;

    /// Writes the first `n` lanes to `p`, rounded to the nearest element, halves to even. Memory past them is not
    /// touched.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is writable.
    unsafe fn store(self, p: *mut E, n: usize);

    /// Writes the first lanes to `out`, which holds at most `N` elements.
    #[cfg_attr(optimised, inline(always))]
    fn put(self, out: &mut [E]) {
        assert!(out.len() <= Self::N, "more elements than lanes");
        // SAFETY: the slice is writable memory of at most `N` elements.
        unsafe { self.store(out.as_mut_ptr(), out.len()) }
    }

    /// Reads `n` elements that lie `step` elements apart; the other lanes are 0.
    ///
    /// # Safety
    /// `n <= N`, and `p + i * step` is readable for each `i < n`.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn gather(p: *const E, step: isize, n: usize) -> Self {
        // SAFETY: the caller vouches for each of the `n` elements.
        let element = |i| unsafe { *p.offset(i as isize * step) };
        // A constant count is unrolled: 3.5 times faster with 16 lanes.
        if n == Self::N { Self::from_fn(Self::N, element) } else { Self::from_fn(n, element) }
    }

    /// Writes the first `n` lanes to places that lie `step` elements apart.
    ///
    /// # Safety
    /// `n <= N`, and `p + i * step` is writable for each `i < n`.
    unsafe fn scatter(self, p: *mut E, step: isize, n: usize);

    /// `x` in every lane.
    fn splat(x: E) -> Self;
    /// The first `n` lanes, and `other`'s from there on.
    fn keep_or(self, n: usize, other: Self) -> Self;
    /// The first `n` lanes, and 0 from there on.
    #[cfg_attr(optimised, inline(always))]
    fn keep(self, n: usize) -> Self {
        self.keep_or(n, Self::c(0.0))
    }
    /// The sum of all lanes.
    fn hsum(self) -> E::Wide;
    /// The product of all lanes.
    fn hprod(self) -> E::Wide;
    /// The largest lane, NaN if any is NaN.
    fn hmax(self) -> E::Wide;
    /// The smallest lane, NaN if any is NaN.
    fn hmin(self) -> E::Wide;
    /// These lanes, to be kept in memory unrounded.
    fn wide(self) -> Self::Wide;
    /// The lanes that were kept so.
    fn of_wide(wide: Self::Wide) -> Self;
    /// A sum in every lane, not rounded to the element but to what the lanes compute in.
    #[cfg_attr(optimised, inline(always))]
    fn of_sum(sum: E::Sum) -> Self {
        Self::of_wide(Self::Wide::splat(<E::Wide as Simd>::of_sum(sum)))
    }
    /// Writes the lanes to `out`, as many as fit.
    fn lanes(self, out: &mut [E]);
    /// `f(0), f(1), …` in the first `n` lanes (at most `N`), 0 in the others.
    fn from_fn(n: usize, f: impl FnMut(usize) -> E) -> Self;
}

/// The body of a loop, to be compiled once for each instruction set.
///
/// A trait and not a closure: closures do not inherit the instruction set of the function they are called in, and ran
/// 50 to 70 times slower. Mark `run`, and all that it calls in the loop, `#[inline(always)]`.
///
/// ```
/// # use congruent::num;
/// use num::{Kernel, Lane, dispatch};
///
/// /// The sum of squares of a slice.
/// struct Squares<'a>(&'a [f32]);
///
/// impl Kernel<f32> for Squares<'_> {
///     type Out = f32;
///
///     #[inline(always)]
///     fn run<V: Lane<f32>>(self) -> f32 {
///         let mut sum = V::c(0.0);
///         for chunk in self.0.chunks(V::N) {
///             // SAFETY: a chunk has at most `N` elements, and these are read.
///             let x = unsafe { V::load(chunk.as_ptr(), chunk.len()) };
///             sum = x.fma(x, sum);
///         }
///         sum.hsum()
///     }
/// }
///
/// assert_eq!(dispatch(Squares(&[3.0, 4.0])), 25.0);
/// ```
pub trait Kernel<E: Simd> {
    /// What the loop returns.
    type Out;
    /// Runs the loop with lanes of one kind.
    fn run<V: Lane<E>>(self) -> Self::Out;
}
