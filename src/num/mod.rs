//! The lane algebra: numbers that a pointwise formula is written once for.
//!
//! Apart from everything above it because it knows neither tensors nor graphs. A formula is generic over [`Num`]; what
//! it then means depends on the number it is given:
//!
//! | number | meaning |
//! |---|---|
//! | [`Scalar`] and `f64` | one value, the functions of the standard library and of `libm` |
//! | a [`Lane`] | 2 to 16 values in one vector register, branch-free polynomials |
//! | [`Dual`] | a value and its derivative, over any other number |
//!
//! Loops are [`Kernel`]s; [`dispatch`] runs one with the widest lanes that the processor has. Everything that a loop
//! calls is `#[inline(always)]`: a formula that the compiler leaves out of line is compiled without the vector
//! instructions, and GELU then ran 50 times slower.
//!
//! How far each function is off over all `f32`, on each instruction set, is measured by `scripts/ulps.sh` and stands in
//! `docs/ulps.md`; `poly` says it for `f64`.
//!
//! | file | holds |
//! |---|---|
//! | `primitives` | every function, one row each |
//! | `number`, `lane` | what formulas ask, what loops ask |
//! | `level`, `dispatch` | which instruction set loops run on, and how they get there |
//! | `prefetch` | memory that is asked for before it is read |
//! | `vector`, `pack`, `lanes` | what a register must supply, and every register as a number and a lane |
//! | `portable`; `x86_base`, `x86`, `x86_half` | the registers: those of any processor; those of x86-64 |
//! | `half`, `stored` | 16-bit floats, and how they are loaded into registers of `f32` |
//! | `poly`, `coefficients`, `bits` | functions over lanes |
//! | `scalar`, `real`, `special` | one number, and its functions |
//! | `dual`, `slopes` | derivatives |
//! | `traced` | a number that writes down what is done with it |
//! | `engine`, `gemm` | what a gemm engine is given, and the one over lanes |
//! | `sorting` | integers in order, by registers |
//! | `factors`, `ends` | products that no exponent bounds, quotients at the ends of a type |
//!
//! ```
//! # use congruent::num;
//! use num::{Dual, Num};
//!
//! /// x · σ(x)
//! #[inline(always)]
//! fn silu<V: Num>(x: V) -> V {
//!     x * x.sigmoid()
//! }
//!
//! assert_eq!(silu(0.0_f64), 0.0);
//! let slope = silu(Dual { value: 0.0_f64, tangent: 1.0 }).tangent;
//! assert_eq!(slope, 0.5);
//! ```

mod bits;
mod coefficients;
mod dispatch;
mod dual;
mod ends;
mod engine;
mod factors;
mod gemm;
mod half;
mod lane;
mod lanes;
mod level;
mod number;
mod pack;
mod poly;
#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
mod prefetch;
mod primitives;
mod real;
mod scalar;
mod slopes;
mod sorting;
mod special;
mod stored;
#[cfg(test)]
#[allow(unsafe_code, reason = "tests call what loops call")]
mod tests;
mod traced;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
mod x86_base;
#[cfg(target_arch = "x86_64")]
mod x86_half;

pub use dispatch::dispatch;
pub(crate) use dispatch::{Plain, dispatch_rows, vectorised};
pub use dual::Dual;
pub(crate) use ends::Ends;
pub(crate) use engine::GemmCall;
pub(crate) use factors::{Factors, Scaled};
pub(crate) use gemm::{Strips, Tiles, in_tiles, tile_size};
pub(crate) use half::Half;
pub use lane::{Kernel, Lane, Simd};
pub use level::{Level, level, with_level};
pub use number::Num;
#[cfg(not(target_arch = "x86_64"))]
use portable as base;
pub(crate) use prefetch::prefetch;
use real::Real;
pub use scalar::Scalar;
#[cfg(target_arch = "x86_64")]
pub(crate) use sorting::{Part, Sortable};
pub use traced::{Trace, TraceStep, Traced, What};
#[cfg(target_arch = "x86_64")]
use x86_base as base;
