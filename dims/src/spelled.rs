//! What spells a dim, be it one or not.
//!
//! Apart from `dim.rs` because it tells a dim that is spelled wrongly, as `D<50257>`, from what is no dim at all, as a
//! number: of the first the compiler says how it is written, and of the second once that it is none.

use crate::spelling::{D, Dk, Dm};

/// A type that spells a dim, also where it is none, as `D<50257>`. `A: Dim` implies it; `dims!` and `dyn_dim!`
/// implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor dimension",
    label = "expected `D<784>`, as a value `D::<784>`; `d!(50257)`; or a name from `dims!` or `dyn_dim!`"
)]
pub trait Spelled {
    /// The type itself: of what spells no dim the compiler has no more to ask.
    type Own;
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Spelled for D<N> {
    type Own = Self;
}
#[diagnostic::do_not_recommend]
impl<const K: usize, const N: usize> Spelled for Dk<K, N> {
    type Own = Self;
}
#[diagnostic::do_not_recommend]
impl<const M: usize, const K: usize, const N: usize> Spelled for Dm<M, K, N> {
    type Own = Self;
}
