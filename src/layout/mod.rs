//! Where elements lie: axes, strides, and memory under them.
//!
//! Apart from the loops, which walk them, and from shapes, which are types: here are the numbers.
//!
//! | file | holds |
//! |---|---|
//! | `axes` | [`Axes`]: sizes and strides; [`MAX_AXES`] |
//! | `region` | the sizes of a region, read once |
//! | `strided` | [`Strided`]: memory under axes |

mod axes;
mod region;
mod strided;

pub use crate::shape::MAX_RANK;
pub use axes::{Axes, MAX_AXES, Sizes};
pub(crate) use axes::{COLUMNS, ROWS, Strides, stays_inside};
pub(crate) use region::{Region, count};
pub use strided::Strided;
