//! Element types: what a tensor may hold, and which of them the graph differentiates.
//!
//! Apart from `num`, which is about arithmetic; here is only what a type is called, how it is stored and converted.

mod integer;

pub use integer::{ByNumber, Discrete, Integer, Numeric, Signed, Undefined};

use crate::num::{Half, Simd};
use half::{bf16, f16};
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::ops::{Add, Div, Mul, Neg, Sub};

mod sealed {
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

macro_rules! elements {
    ($($t:ident $kind:ident integer $integer:literal float $Float:ty;)*) => {$(
        impl sealed::Sealed for $t {}
        impl Elem for $t {
            type Float = $Float;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = $integer;
            #[inline(always)]
            fn by_kind<T: ByKind<Self>>(work: T) -> T::Out { work.$kind() }
            #[inline(always)]
            fn as_f64(self) -> f64 { self as f64 }
            #[inline(always)]
            fn of_f64(value: f64) -> Self { value as $t }
            #[inline(always)]
            fn as_i64(self) -> i64 { self as i64 }
            #[inline(always)]
            fn of_i64(value: i64) -> Self { value as $t }
            #[inline(always)]
            fn as_i128(self) -> i128 { self as i128 }
            #[inline(always)]
            fn of_u64(value: u64) -> Self { value as $t }
            const BEYOND_I64: bool = $integer && $t::MAX as i128 > i64::MAX as i128;
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
    f32 with_floats integer false float f32;
    f64 with_floats integer false float f64;
    i64 with_others integer true float NoFloat;
    i32 with_others integer true float NoFloat;
    i16 with_others integer true float NoFloat;
    i8 with_others integer true float NoFloat;
    u64 with_others integer true float NoFloat;
    u32 with_others integer true float NoFloat;
    u16 with_others integer true float NoFloat;
    u8 with_others integer true float NoFloat;
}

/// The 16-bit floats: stored in two bytes, computed with as `f32`.
macro_rules! halves {
    ($($t:ident)*) => {$(
        impl sealed::Sealed for $t {}
        impl Elem for $t {
            type Float = $t;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = false;
            const NARROW: bool = true;
            #[inline(always)]
            fn by_kind<T: ByKind<Self>>(work: T) -> T::Out { work.with_floats() }
            #[inline(always)]
            fn as_f64(self) -> f64 { f64::from(self.widen()) }
            #[inline(always)]
            fn of_f64(value: f64) -> Self { Half::narrow_f64(value) }
            #[inline(always)]
            fn as_i64(self) -> i64 { self.widen() as i64 }
            #[inline(always)]
            fn of_i64(value: i64) -> Self { Half::narrow_i64(value) }
            #[inline(always)]
            fn of_u64(value: u64) -> Self { Half::narrow_u64(value) }
            #[inline(always)]
            fn as_i128(self) -> i128 { self.widen() as i128 }
            fn write_le(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
            fn read_le(bytes: &[u8]) -> Self { $t::from_le_bytes([bytes[0], bytes[1]]) }
            fn shortest(self) -> String { Half::shortest(self) }
        }
    )*};
}
halves! { f16 bf16 }

impl sealed::Sealed for bool {}
impl Elem for bool {
    type Float = NoFloat<Logical>;
    const NAME: &'static str = "bool";
    const INTEGER: bool = true;
    const TRUTH: bool = true;
    #[inline(always)]
    fn by_kind<T: ByKind<Self>>(work: T) -> T::Out {
        work.with_others()
    }
    #[inline(always)]
    fn as_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
    #[inline(always)]
    fn of_f64(value: f64) -> Self {
        value != 0.0
    }
    #[inline(always)]
    fn as_i64(self) -> i64 {
        i64::from(self)
    }
    #[inline(always)]
    fn of_i64(value: i64) -> Self {
        value != 0
    }
    #[inline(always)]
    fn of_u64(value: u64) -> Self {
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
    if To::TRUTH {
        // Asked in the type itself: a loop over narrow elements is not widened to 64 bits.
        return To::of_i64(i64::from(value != From::default()));
    }
    match (From::INTEGER, To::INTEGER) {
        // Bits beyond those of `To` are dropped, which is the same by way of any 64.
        (true, false) if From::BEYOND_I64 => To::of_u64(value.as_i64() as u64),
        (true, _) => To::of_i64(value.as_i64()),
        _ => To::of_f64(value.as_f64()),
    }
}

/// The nearest value of an integer type; to other types as [`convert`].
pub fn saturated<From: Elem, To: Elem>(value: From) -> To {
    if !(From::INTEGER && To::INTEGER) || To::TRUTH {
        return convert(value);
    }
    // Floats saturate: infinities are the ends of the range.
    let (least, most) = (To::of_f64(f64::NEG_INFINITY), To::of_f64(f64::INFINITY));
    match value.as_i128() {
        value if value < least.as_i128() => least,
        value if value > most.as_i128() => most,
        _ => convert(value),
    }
}

/// The same value of another type; none where it has none.
pub fn exactly<From: Elem, To: Elem>(value: From) -> Option<To> {
    let converted: To = convert(value);
    let (own, other) = (value.as_f64(), converted.as_f64());
    let same = match (From::INTEGER, To::INTEGER) {
        (false, false) => own == other || (own.is_nan() && other.is_nan()),
        (false, true) => own.trunc() == own && value.as_i128() == converted.as_i128(),
        (true, _) => value.as_i128() == converted.as_i128(),
    };
    same.then_some(converted)
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

macro_rules! reals {
    ($($t:ident $epsilon:expr, $Precise:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Real for $t {
            const EPSILON: f64 = $epsilon;
            type Precise = $Precise;
        }
    )*};
}
reals! {
    f16 1.0 / 1024.0, f32;
    bf16 1.0 / 128.0, f32;
    f32 f32::EPSILON as f64, f32;
    f64 f64::EPSILON, f64;
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

/// Stands for the floating-point type that another type is not; `K` tells integers from `bool`.
#[doc(hidden)]
pub struct NoFloat<K = Integral>(PhantomData<K>);

/// The kind of integers.
#[doc(hidden)]
pub struct Integral;

/// The kind of `bool`.
#[doc(hidden)]
pub struct Logical;

#[doc(hidden)]
pub use crate::shape::Never;

#[diagnostic::do_not_recommend]
impl<E: Elem> SameDtype<Never> for E {}
