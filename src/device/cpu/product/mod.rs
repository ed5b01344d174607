//! Matrix products: register loops where matrices are small, a gemm engine where they are large.
//!
//! | file | holds |
//! |---|---|
//! | `batch` | a whole batch, and which way each of its products goes |
//! | `check` | that every place of a batch is there |
//! | `call` | one product as raw memory |
//! | `registers` | loops that keep a tile of sums in registers |
//! | `few` | whole matrices that are so small that the way to these loops is longer than the work |
//! | `upright` | small right factors that lie column after column, set upright for these loops |
//! | `dots` | products of rows with one column |
//! | `engine` | the gemm engine of an element type, or another way where it has none |
//! | `summed` | products over many terms, batches that are summed over |
#![allow(unsafe_code, reason = "matrices are pointers and strides, checked once for the whole batch")]

mod batch;
mod call;
mod check;
mod dots;
mod engine;
mod few;
mod registers;
mod summed;
mod upright;

pub(in crate::device) use batch::multiply;
pub(super) use batch::multiply_slices;
pub(super) use check::check_places;
pub(in crate::device) use few::multiply_few;
