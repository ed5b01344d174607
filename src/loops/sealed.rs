//! Closes [`Lazy`](crate::graph::Lazy) and [`Body`](super::Body): nodes are read unchecked inside the loops that bound
//! them, which only this crate's nodes can be trusted with. Operations of users are formulas
//! ([`elementwise!`](crate::elementwise!)) and compositions.

/// Implemented by the nodes and bodies of this crate alone.
pub trait Sealed {}
