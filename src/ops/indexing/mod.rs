//! Elements and rows chosen, written and combined by the values of indices and masks; diagonals and triangles.
//!
//! Apart from `index`, the embedding, because here the axis is free and every element type takes part: integers and
//! masks are tensors in and tensors out, floats are differentiable graphs, by the same methods.
//!
//! | file | holds |
//! |---|---|
//! | `source` | what elements are taken from, and what comes of it, for every element type |
//! | `indices` | tensors of indices; where an index along an axis leads in memory |
//! | `several` | tensors of indices for several axes at once |
//! | `select` | `index`, `index_select`, `take`, `take_along_axis`, `index_fill` |
//! | `scatter` | `scatter`, `scatter_add`, `scatter_reduce`, `index_add`, `index_copy`, `index_put` |
//! | `writing` | which operands are written to which; the gradients of both |
//! | `scatter_reduce` | products, extremes and means of what meets at one place |
//! | `condition` | masks, lazy or stored; `argwhere`, `flatnonzero` |
//! | `masked` | `masked_fill`, `masked_select`, `masked_scatter`, `compress` |
//! | `turn` | elements moved around an axis |
//! | `rearranged` | `roll`, `pad_edges`, `repeat_interleave` |
//! | `diagonal` | `diagonal`, `diag_embed`, `tril`, `triu` |

mod condition;
mod diagonal;
mod indices;
mod masked;
mod rearranged;
mod scatter;
mod scatter_reduce;
mod select;
mod several;
mod source;
mod turn;
mod writing;

pub use condition::{Condition, Indicates, WholeMask};
pub use diagonal::{Diagonals, Triangle};
pub use indices::{Indices, NumberedRows};
pub use masked::{Fillable, Filled, MaskedWriting, Masking};
pub use rearranged::{Edges, Rearranging, Windows};
pub use scatter::Scattering;
pub use scatter_reduce::{CombinedBack, Combining, ScatterReduce};
pub use select::Indexing;
pub use several::{IndexTuple, Table};
pub use source::{Fill, FillOf, Moved, Moves, Source};
pub use writing::{AccumulatedOf, Accumulates, Combined, Holds, Put, Receives, SameOf, Writing, WritingBack};
