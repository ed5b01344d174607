//! Attention as a layer: queries, keys and values are made of what comes in, and heads are joined again.
//!
//! | file | holds |
//! |---|---|
//! | `layer`, `projections` | [`MultiHeadAttention`] |
//! | `graphs` | the types of its graphs |
//! | `heads` | features seen as those of heads, and back |
//! | `laws` | [`HeadCount`], [`Tokens`]: which heads a width has, which shapes are tokens |
//!
//! Apart from the operation (`ops::attention`), which has no parameters and takes heads as they are.

mod graphs;
mod heads;
mod laws;
mod layer;
mod projections;

pub use graphs::{AfterOthers, OverItself, OverOthers};
pub(in crate::nn) use graphs::{Attended, Cached, Scores};
pub use laws::{HeadCount, HeadWidth, Tokens};
pub use layer::MultiHeadAttention;
