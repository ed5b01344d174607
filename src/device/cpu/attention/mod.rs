//! Attention on the host: tiles of scores that stay in the cache, and are computed again for the gradients.
//!
//! After Dao, "FlashAttention-2: Faster attention with better parallelism and work partitioning", 2023: the largest
//! score and the sum of exponentials of a query go on from tile to tile, so that no row of weights is ever whole.
//!
//! | file | holds |
//! |---|---|
//! | `call` | one attention as raw memory, of which all places are checked |
//! | `pack` | rows laid down as the loops read them, and written back |
//! | `sight` | which keys of a tile a query sees |
//! | `tile` | what the loops of both ways share: scores, and products of strips |
//! | `forward`, `weigh` | the result: its tasks, and the loop over a tile |
//! | `backward`, `slopes` | the gradients likewise |
//! | `run` | each of the above for each element type, compiled once |
#![allow(unsafe_code, reason = "heads are pointers and strides, checked once for all of them")]

mod backward;
mod call;
mod forward;
mod pack;
mod run;
mod sight;
mod slopes;
mod tile;
mod weigh;

pub(in crate::device) use call::Slices;
pub(in crate::device) use run::{backward, forward};
