//! Type-level tensor dimensions on stable Rust: one readable spelling a size, arithmetic by the compiler, names.
//!
//! Apart from the crate `congruent` because its table costs some seconds to compile, once.
//!
//! | what                          | where                                                         |
//! |-------------------------------|---------------------------------------------------------------|
//! | what a dim is; static dims    | [`Dim`], [`StaticDim`], [`D`], [`Dk`], [`Dm`]                 |
//! | what spells a dim             | [`Spelled`]                                                   |
//! | a size as a number            | [`d!`], [`Shape!`]                                            |
//! | a size with a name            | [`dims!`], [`dyn_dim!`]                                       |
//! | arithmetic                    | [`AddDim`], [`SubDim`], [`MulDim`], [`DivDim`], [`WindowDim`] |
//! | NumPy's stretching of size 1  | [`Fit`], [`One`], [`Rigid`]                                   |
//! | typenum numbers to dims       | [`ToDim`], [`DimOf`]; the way back is [`StaticDim::Num`]      |
//! | truth as a type               | [`Flag`], [`On`], [`Off`]                                     |

mod arith;
mod canonical;
mod digits;
mod dim;
mod fit;
mod flag;
#[cfg(test)]
mod holds;
mod identity;
#[doc(hidden)]
pub mod literal;
mod named;
mod sizes;
mod spelled;
mod spelling;
mod table;

pub use arith::{AddDim, Added, DivDim, Divided, MulDim, Multiplied, SubDim, Subtracted, WindowDim, Windowed};
pub use canonical::{DimOf, ToDim};
pub use dim::{Dim, StaticDim};
pub use fit::{Fit, Rigid};
pub use flag::{Flag, Off, On};
#[doc(hidden)]
pub use identity::{Identity, SameIdentity, Truth, digits};
pub use spelled::Spelled;
pub use spelling::{D, Dk, Dm, One};
pub use typenum;
