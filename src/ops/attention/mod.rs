//! Attention: queries look at keys, and mix the values of those that they find.
//!
//! | file | holds |
//! |---|---|
//! | `methods` | `attention`, `attention_with` |
//! | `attend` | [`Attend`]: order, scale, masks and biases |
//! | `sight` | what a mask or a bias must be beside queries and keys |
//! | `operation` | the operation and its gradient |
//!
//! Apart from `products` and `reduce`, of which it could be written: here the weights of all queries for all keys are
//! never in memory.

mod attend;
mod methods;
mod operation;
mod sight;

pub use attend::Attend;
pub use methods::{Attended, Attending};
pub use operation::{AttentionBack, AttentionNode};
pub use sight::{BiasedBy, Everything, MaskedBy, Restriction, Restricts};
