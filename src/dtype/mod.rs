//! Element types: what a tensor may hold, and which of them the graph differentiates.
//!
//! Apart from `num`, which is about arithmetic; here is only what a type is called, how it is stored and converted.
//!
//! | file | holds |
//! |---|---|
//! | `elem` | [`Elem`]; [`Real`], [`Discrete`] and [`Integer`], of which it knows |
//! | `types` | every element type |
//! | `integer` | what integers compute; [`Numeric`], [`Signed`] |
//! | `undefined`, `no_float` | why an element has no value; the kinds of what is no float |
//! | `convert` | one element as another type |
//! | `laws` | [`Floating`], [`SameDtype`]: what operations ask |

mod convert;
mod elem;
mod integer;
mod laws;
mod no_float;
mod types;
mod undefined;

pub use convert::{convert, exactly, saturated};
pub use elem::{ByKind, Discrete, Elem, Integer, Real, TruthValue};
pub use integer::{ByNumber, Numeric, Signed};
#[doc(hidden)]
pub use laws::Never;
pub use laws::{Floating, SameDtype};
#[doc(hidden)]
pub use no_float::{Integral, Logical, NoFloat};
pub use types::{OneType, PairedWith, TwoTypes};
pub use undefined::Undefined;
