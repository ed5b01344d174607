//! The same elements in another shape or order, parts of them, and tensors put together from several.
//!
//! | file | holds |
//! |---|---|
//! | `views` | views, reshapes, new axes |
//! | `slice` | parts of a tensor by `s![..]`, and writing into them |
//! | `lengths` | dims of sizes that were computed |
//! | `join` | concatenation, padding |
//! | `lists` | stacking, and concatenation of lists |
//! | `rearranged` | `roll`, `pad_edges`, `repeat_interleave`, windows, subpixels |
//! | `counts` | `repeat_interleave_each` |
//! | `parts` | where operands lie in the tensor that is put together from them |
//!
//! Apart from `index`, where elements are told by the values of tensors: here it is by numbers that the program names.

mod counts;
pub mod join;
mod lengths;
mod lists;
mod parts;
mod rearranged;
pub mod slice;
mod views;

pub use counts::RepeatingEach;
pub use join::Joining;
pub(crate) use lengths::counted;
pub(in crate::ops) use lengths::dim;
pub use lists::{JoiningLists, Stacking};
pub use parts::{AssembledOf, Equals, Pair};
pub use rearranged::{Edges, Rearranging, Windows};
pub use slice::Slicing;
pub(in crate::ops) use views::view;
pub use views::{Movement, ReshapedTo, TransposedOf, ViewOf};
