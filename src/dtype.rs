//! Element types: what a tensor may hold, and which of them the graph differentiates.
//!
//! Apart from `num`, which is about arithmetic; here is only what a type is called, how it is stored and converted.

use crate::graph::Table;
use crate::num::{Half, Simd};
use half::{bf16, f16};
use std::fmt::{Debug, Display};
use std::ops::{Add, Div, Mul, Neg, Sub};

mod sealed {
    pub trait Sealed {}
}

/// What a tensor can hold: `f16`, `bf16`, `f32`, `f64`, `i64`, `i32`, `u8`, `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor element type",
    label = "expected `f16`, `bf16`, `f32`, `f64`, `i64`, `i32`, `u8` or `bool`"
)]
pub trait Elem:
    Copy + Default + PartialEq + PartialOrd + Debug + Display + Send + Sync + sealed::Sealed + 'static
{
    /// The floating-point type that this is, or none.
    #[doc(hidden)]
    type Float;
    /// The name in Rust, for messages.
    const NAME: &'static str;
    /// Conversion as Rust's `as`: floats to integers truncate and saturate (NaN gives 0), `bool` is 0 or 1.
    fn as_f64(self) -> f64;
    /// The inverse of [`as_f64`](Elem::as_f64), rounding or saturating as `as` does; `bool` is `value != 0`.
    fn of_f64(value: f64) -> Self;
    /// Exact for every integer type; floats truncate and saturate.
    fn as_i64(self) -> i64;
    /// From an integer, as Rust's `as`; `bool` is `value != 0`.
    fn of_i64(value: i64) -> Self;
    /// Whether conversions should go through [`as_i64`](Elem::as_i64).
    const INTEGER: bool;
    /// Appends the little-endian bytes.
    fn write_le(self, out: &mut Vec<u8>);
    /// Reads little-endian bytes; `bytes` holds exactly one element.
    fn read_le(bytes: &[u8]) -> Self;
    /// The fewest decimal digits that name the element among those of its type.
    #[doc(hidden)]
    fn shortest(self) -> String {
        self.to_string()
    }
}

macro_rules! elements {
    ($($t:ident integer $integer:literal float $Float:ty;)*) => {$(
        impl sealed::Sealed for $t {}
        impl Elem for $t {
            type Float = $Float;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = $integer;
            #[inline(always)]
            fn as_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn of_f64(value: f64) -> Self { value as $t }
            #[inline(always)]
            fn as_i64(self) -> i64 { self as i64 }
            #[inline(always)]
            fn of_i64(value: i64) -> Self { value as $t }
            fn write_le(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
            fn read_le(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$t>()];
                own.copy_from_slice(bytes);
                $t::from_le_bytes(own)
            }
        }
    )*};
}
elements! {
    f32 integer false float f32;
    f64 integer false float f64;
    i64 integer true float NoFloat;
    i32 integer true float NoFloat;
    u8 integer true float NoFloat;
}

/// The 16-bit floats: stored in two bytes, computed with as `f32`.
macro_rules! halves {
    ($($t:ident)*) => {$(
        impl sealed::Sealed for $t {}
        impl Elem for $t {
            type Float = $t;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = false;
            #[inline(always)]
            fn as_f64(self) -> f64 { f64::from(self.widen()) }
            #[inline(always)]
            fn of_f64(value: f64) -> Self { Half::narrow_f64(value) }
            #[inline(always)]
            fn as_i64(self) -> i64 { self.widen() as i64 }
            #[inline(always)]
            fn of_i64(value: i64) -> Self { Half::narrow_i64(value) }
            fn write_le(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
            fn read_le(bytes: &[u8]) -> Self { $t::from_le_bytes([bytes[0], bytes[1]]) }
            fn shortest(self) -> String { Half::shortest(self) }
        }
    )*};
}
halves! { f16 bf16 }

impl sealed::Sealed for bool {}
impl Elem for bool {
    type Float = NoFloat;
    const NAME: &'static str = "bool";
    const INTEGER: bool = true;
    fn as_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
    fn of_f64(value: f64) -> Self {
        value != 0.0
    }
    fn as_i64(self) -> i64 {
        i64::from(self)
    }
    fn of_i64(value: i64) -> Self {
        value != 0
    }
    fn write_le(self, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
    fn read_le(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
}

/// Converts one element as Rust's `as` does.
#[inline(always)]
pub fn convert<From: Elem, To: Elem>(value: From) -> To {
    if From::INTEGER { To::of_i64(value.as_i64()) } else { To::of_f64(value.as_f64()) }
}

/// Floating-point types: those that the graph computes with and differentiates.
///
/// `f16` and `bf16` take two bytes in memory and are computed with as `f32`. Each result is rounded once, when it is
/// stored: a fused chain of operations has no roundings in between, which is more exact than one operation after the
/// other; nor has a sum, a row of softmax, a matrix product, or the gradient of an operand that was broadcast. Results
/// that are stored are rounded, also between operations that do not fuse, and gradients that reach one value by several
/// ways are added in its own type. `f16` ends at 65504, and its gradients underflow below 6e-8: multiply the loss, and
/// divide the learning rate, by a constant. `bf16` has the range of `f32`, and three significant digits at most.
///
/// ```
/// use congruent::prelude::*;
/// let x: Tensor<(D<4>,), bf16> = Cpu.full((D::<4>,), bf16::from_f32(0.1));
/// let y = (&x * 3.0 + 1.0).exp().eval(); // three operations, one rounding
/// assert_eq!(y.as_slice()[0], bf16::from_f32((x.as_slice()[0].to_f32() * 3.0 + 1.0).exp()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not differentiable: only floating-point tensors have gradients",
    label = "needs a floating-point element type, found `{Self}`",
    note = "pass integer tensors (labels, token ids) by reference to `cross_entropy`, `gather`, ..; \
            or `.convert::<f32>()` them first"
)]
pub trait Real:
    Elem<Float = Self>
    + Simd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The smallest step above 1.
    const EPSILON: f64;
    #[doc(hidden)]
    fn table<T>(f: impl FnOnce(&mut Table<Self>) -> T) -> T;
}

macro_rules! reals {
    ($($t:ident $epsilon:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Real for $t {
            const EPSILON: f64 = $epsilon;
            #[inline]
            fn table<T>(f: impl FnOnce(&mut Table<Self>) -> T) -> T {
                thread_local! { static TABLE: std::cell::RefCell<Table<$t>> = std::cell::RefCell::default(); }
                TABLE.with_borrow_mut(f)
            }
        }
    )*};
}
reals! {
    f16 1.0 / 1024.0;
    bf16 1.0 / 128.0;
    f32 f32::EPSILON as f64;
    f64 f64::EPSILON;
}

/// [`Real`], as operations ask for it whose results are written by it: `Graph<T>` is `T`.
///
/// Integers have no such graph, therefore no result either, and after the message about them the compiler has nothing
/// more to say of what is done with it. One mistake, one error. Holds for every [`Real`], and for nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not differentiable: only floating-point tensors have gradients",
    label = "needs a floating-point element type, found `{Self}`",
    note = "pass integer tensors (labels, token ids) by reference to `cross_entropy`, `gather`, ..; \
            or `.convert::<f32>()` them first"
)]
pub trait Floating<Float = <Self as Elem>::Float>: Real {
    /// The graph `T` itself.
    type Graph<T>;
    /// The graph itself.
    fn graph<T>(graph: T) -> Self::Graph<T>;
}
#[diagnostic::do_not_recommend]
impl<E: Real> Floating<E> for E {
    type Graph<T> = T;
    #[inline(always)]
    fn graph<T>(graph: T) -> T {
        graph
    }
}

/// Element types that may meet in one operation: the same one twice.
#[diagnostic::on_unimplemented(
    message = "element types differ: `{Self}` and `{Rhs}`",
    label = "`{Self}` and `{Rhs}` are never mixed implicitly",
    note = "convert one side: `x.cast::<{Self}>()` (differentiable)"
)]
pub trait SameDtype<Rhs> {}

#[diagnostic::do_not_recommend]
impl<E: Elem> SameDtype<E> for E {}

/// Stands for the floating-point type that an integer type is not.
#[doc(hidden)]
pub struct NoFloat;

/// Stands for a type that no user has: with a second candidate rustc reports our text instead of unifying first.
#[doc(hidden)]
pub struct Never;

#[diagnostic::do_not_recommend]
impl<E: Elem> SameDtype<Never> for E {}
