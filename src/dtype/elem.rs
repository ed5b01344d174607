//! What an element type is: five traits that speak of each other.
//!
//! Apart from what they say of each type, which are tables: [`Elem`] asks for the kind of an element, the kinds are
//! [`Real`] and [`Discrete`], and the sums of the latter are [`Integer`]s.

use super::no_float::{Integral, NoFloat};
use super::undefined::Undefined;
use crate::num::Simd;
use std::fmt::{Debug, Display};
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

/// Closes [`Elem`]: what the crate knows of an element type is not checked for any other.
pub(super) mod sealed {
    /// Implemented by the element types alone.
    pub trait Sealed {}
}

/// What a tensor can hold.
///
/// Every element type is stored, printed, converted ([`convert`](crate::Tensor::convert)), moved, sorted, selected by
/// masks, and written to `.npy`, `.npz`, safetensors and CSV. Beyond that:
///
/// | type | index | bits | arithmetic, comparisons | gradients | sums are | NumPy | PyTorch | safetensors |
/// |---|---|---|---|---|---|---|---|---|
/// | `f32`, `f64` | | | yes | yes | the type | `float32`, `float64` | `float32`, `float64` | `F32`, `F64` |
/// | `f16` | | | in `f32` | yes | the type | `float16` | `float16` | `F16` |
/// | `bf16` | | | in `f32` | yes | the type | | `bfloat16` | `BF16` |
/// | `i8` | yes | yes | yes | | `i64` | `int8` | `int8` | `I8` |
/// | `i16` | yes | yes | yes | | `i64` | `int16` | `int16` | `I16` |
/// | `i32` | yes | yes | yes | | `i64` | `int32` | `int32` | `I32` |
/// | `i64` | yes | yes | yes | | `i64` | `int64` | `int64` | `I64` |
/// | `u8` | yes | yes | yes | | `u64` | `uint8` | `uint8` | `U8` |
/// | `u16` | yes | yes | yes | | `u64` | `uint16` | `uint16` | `U16` |
/// | `u32` | yes | yes | yes | | `u64` | `uint32` | `uint32` | `U32` |
/// | `u64` | yes | yes | yes | | `u64` | `uint64` | `uint64` | `U64` |
/// | `bool` | | yes | | | `i64` | `bool` | `bool` | `BOOL` |
///
/// Integers follow NumPy and PyTorch where they meet Rust half-way: what does not fit wraps around, in every build;
/// `/` and `%` round towards 0 as Rust's, [`floor_div`](crate::ops::BinaryMath::floor_div) and
/// [`rem`](crate::ops::BinaryMath::rem) round down as Python's `//` and `%`; a division by 0 and a negative power raise
/// [`Error::Undefined`](crate::Error::Undefined); shifts by fewer than 0 or by all bits shift everything out. Numbers
/// beside them are of their own type, `&x * 2`. Types are never mixed implicitly.
///
/// ```
/// use congruent::prelude::*;
/// let (a, b) = (Cpu.tensor([1, -2, 3]), Cpu.tensor([10, 20, 30]));
/// assert_eq!(((&a * 3 + &b) % 7).eval().as_slice(), [6, 0, 4]); // one loop
/// assert_eq!((&a / 2).eval().as_slice(), [0, -1, 1]);
/// assert_eq!(a.floor_div(&Cpu.tensor([2])).eval().as_slice(), [0, -1, 1]);
/// assert!(attempt(|| (&b / (&a - 1)).eval()).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor element type",
    label = "expected `f16`, `bf16`, `f32`, `f64`, an integer from `i8` to `u64`, or `bool`"
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
    /// Exact for every integer type but `u64`, which wraps; floats truncate and saturate.
    fn as_i64(self) -> i64;
    /// From an integer, as Rust's `as`; `bool` is `value != 0`. Undoes [`as_i64`](Elem::as_i64) for every integer type.
    fn of_i64(value: i64) -> Self;
    /// Exact for every integer type; floats truncate and saturate.
    fn as_i128(self) -> i128 {
        i128::from(self.as_i64())
    }
    /// From an unsigned integer, as Rust's `as`; `bool` is `value != 0`.
    fn of_u64(value: u64) -> Self {
        Self::of_f64(value as f64)
    }
    /// Whether some values are beyond [`as_i64`](Elem::as_i64): those of `u64`.
    const BEYOND_I64: bool = false;
    /// Whether conversions should go through [`as_i64`](Elem::as_i64).
    const INTEGER: bool;
    /// Whether it is `bool`, for which every number but 0 is true.
    const TRUTH: bool = false;
    /// Whether it is a float of two bytes, whose sums are kept in a wider type.
    #[doc(hidden)]
    const NARROW: bool = false;
    /// Does what is done in one way with floats and in another with integers and `bool`.
    #[doc(hidden)]
    fn by_kind<T: ByKind<Self>>(work: T) -> T::Out;
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

/// Work that is done in one way with floats, in lanes and with gradients, and in another with integers and `bool`: what
/// asks for the kind of an element type, asks by [`Elem::by_kind`].
pub trait ByKind<E: Elem> {
    /// What comes out.
    type Out;
    /// With floats.
    fn with_floats(self) -> Self::Out
    where
        E: Real;
    /// With integers and `bool`.
    fn with_others(self) -> Self::Out
    where
        E: Discrete;
}

/// Floating-point types: those that the graph computes with and differentiates.
///
/// `f16` and `bf16` take two bytes in memory and are computed with as `f32`. Each result is rounded once, when it is
/// stored: a fused chain of operations has no roundings in between, which is more exact than one operation after the
/// other; nor has a sum, a row of softmax, a matrix product, or the gradient of an operand that was broadcast. Results
/// that are stored are rounded, also between operations that do not fuse, and gradients that reach one value by several
/// ways are added in its own type. `f16` ends at 65504, and its gradients underflow below 6e-8: multiply the loss, and
/// divide the learning rate, by a constant. `bf16` has the range of `f32`, and three significant digits at most.
/// Numbers beside tensors of these take part in arithmetic as an `f32`, as in PyTorch: `&x * 0.1`, `x.clamp(0.1, 0.3)`,
/// `x.pow(0.3)`, tolerances. Where they stand for an element, in comparisons, `where_` and `masked_fill`, they are
/// rounded to the type first: `x.eq(0.1)` holds of an element that was stored as 0.1.
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
    /// What is kept from one step to the next, running statistics and the state of optimizers: `f32` for `f16` and
    /// `bf16`, in which small changes would vanish, else the type itself.
    type Precise: Real<Precise = Self::Precise>;
}

/// Element types that are bits: the integers and `bool`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no bits to combine: bitwise operators need integers or `bool`",
    label = "needs an integer element type or `bool`, found `{Self}`",
    note = "comparisons, `x.gt(&y)`, are `bool`, whatever is compared"
)]
pub trait Discrete:
    Elem<Float = NoFloat<Self::Kind>>
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// What tells integers from `bool`.
    #[doc(hidden)]
    type Kind;
    /// What sums are: `i64`, or `u64` of integers without a sign.
    type Wide: Integer;
    /// The same number in 64 bits; 0 or 1 of `bool`.
    fn widened(self) -> Self::Wide;
}

/// `bool`, where code may not name it: what is said of lanes may not be said of a type that is known to have none.
pub trait TruthValue: Elem {}

/// Integer element types, `i8` to `i64` and `u8` to `u64`: numbers without a fraction, computed modulo 2 to the power
/// of their bits as NumPy and PyTorch do. What does not fit wraps around, in every build; nothing here panics.
///
/// ```
/// use congruent::prelude::*;
/// fn sum_of_squares<E: Integer>(x: E, y: E) -> E {
///     x.times(x).plus(y.times(y))
/// }
/// assert_eq!(sum_of_squares(3i32, 4), 25);
/// assert_eq!(sum_of_squares(16u8, 1), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an integer type",
    label = "needs an integer element type, found `{Self}`",
    note = "`.convert::<i64>()` makes integers of numbers, towards 0; draws of floats are `rand` and `uniform`"
)]
pub trait Integer: Discrete<Kind = Integral> {
    /// How many bits it has.
    const BITS: u32;
    /// The smallest value.
    const MIN: Self;
    /// The largest value.
    const MAX: Self;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The sum.
    fn plus(self, y: Self) -> Self;
    /// The difference.
    fn minus(self, y: Self) -> Self;
    /// The product.
    fn times(self, y: Self) -> Self;
    /// The negative; that of the smallest value is itself.
    fn negative(self) -> Self;
    /// The absolute value; that of the smallest value is itself.
    fn absolute(self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// The quotient rounded towards 0, as Rust's `/`; the smallest value by -1 is itself.
    fn quotient(self, y: Self) -> Result<Self, Undefined>;
    /// The quotient rounded down, as Python's `//`; the smallest value by -1 is itself.
    fn floor_quotient(self, y: Self) -> Result<Self, Undefined>;
    /// What the quotient rounded towards 0 leaves, with the sign of the dividend: Rust's `%`, C's `fmod`.
    fn rest(self, y: Self) -> Result<Self, Undefined>;
    /// What the quotient rounded down leaves, with the sign of the divisor: Python's `%`.
    fn floor_rest(self, y: Self) -> Result<Self, Undefined>;
    /// The power.
    fn power(self, exponent: u32) -> Self;
    /// The power; a negative exponent has no integer result.
    fn power_of_own(self, exponent: Self) -> Result<Self, Undefined>;
    /// The bits moved to the left. A count outside of `0..BITS` moves all of them out, as in NumPy.
    fn shifted_left(self, count: Self) -> Self;
    /// The bits moved to the right, the sign staying. A count outside of `0..BITS` moves all of them out, as in NumPy.
    fn shifted_right(self, count: Self) -> Self;
}
