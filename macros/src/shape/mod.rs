//! `rank_impls! { Law, .. }`: prints what a shape law says for each rank, 0 to 6.
//!
//! Apart from the laws themselves because tuples of different lengths share no code: the text of the impls is all that
//! can be shared. Names are resolved where the macro is called, so the file of a law imports what its impls mention.

mod axis;
mod broadcast;
mod concat;
mod ellipsis;
mod equations;
mod laws;
mod matmul;
mod permute;
mod rank;
mod reduce;
mod reshape;
mod tuple;

pub(crate) use laws::rank_impls;
pub(crate) use rank::MAX_RANK;
