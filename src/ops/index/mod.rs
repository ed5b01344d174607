//! Elements and rows chosen, written and combined by the values of indices.
//!
//! | file | holds |
//! |---|---|
//! | `flat` | `unravel_index`, `ravel_multi_index` |
//! | `gather` | rows of a table by index: the embedding |
//! | `source` | what elements are taken from, and what comes of it, for every element type |
//! | `indices` | tensors of indices; where an index along an axis leads in memory |
//! | `several` | tensors of indices for several axes at once |
//! | `select` | `index`, `index_select`, `take`, `take_along_axis`, `index_fill` |
//! | `scatter` | `scatter`, `scatter_add`, `scatter_reduce`, `index_add`, `index_copy`, `index_put` |
//! | `writing` | which operands are written to which; the gradients of both |
//! | `scatter_reduce` | products, extremes and means of what meets at one place |
//! | `segments` | `segment_reduce`: sums, means and extremes of groups |
//! | `turn` | elements moved around an axis |
//!
//! The axis is free but for `gather`, and every element type takes part: integers and masks are tensors in and tensors
//! out, floats are differentiable graphs, by the same methods.

mod flat;
mod gather;
mod indices;
mod scatter;
mod scatter_reduce;
mod segments;
mod select;
mod several;
mod source;
mod turn;
mod writing;

pub use flat::FlatIndices;
pub use gather::{Gather, GatherBack, GatherOf, MatrixOfRows, WidthOf};
pub(in crate::ops) use indices::Line;
pub use indices::{Indices, NumberedRows};
pub use scatter::Scattering;
pub use scatter_reduce::{CombinedBack, Combining, ScatterReduce};
pub use segments::Grouping;
pub use select::Indexing;
pub use several::{IndexTuple, Table};
pub use source::{Fill, FillOf, Moved, Moves, Source, ViewedAs};
pub use writing::{AccumulatedOf, Accumulates, Combined, Holds, Put, Receives, SameOf, Writing, WritingBack};
