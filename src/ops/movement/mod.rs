//! The same elements in another shape or order, parts of them, and tensors put together from several.
//!
//! | file | holds |
//! |---|---|
//! | `views` | views, reshapes, new axes |
//! | `slice` | parts of a tensor by `s![..]`, and writing into them |
//! | `lengths` | dims of sizes that were computed |
//! | `join` | concatenation, stacking, padding |
//!
//! Apart from `index`, where elements are told by the values of tensors: here it is by numbers that the program names.

pub mod join;
mod lengths;
pub mod slice;
mod views;

pub use join::{Joining, Stacking};
pub(in crate::ops) use lengths::{counted, dim};
pub use slice::Slicing;
pub(in crate::ops) use views::view;
pub use views::{Movement, ReshapedTo, TransposedOf, ViewOf};
