//! What a dim is.
//!
//! Apart from `sizes.rs`, where the static sizes are dims.

use crate::fit::Fit;
use crate::flag::Flag;
use crate::spelled::Spelled;
use crate::spelling::One;
use std::any::type_name;
use std::fmt::Debug;
use typenum::Unsigned;

/// The length of an axis: static, named or known at run time.
///
/// A dim is a value: zero-sized where the type knows the size, a `usize` where it does not. Generic code over `A: Dim`
/// may rely on two facts that stand here as supertraits: `A` fits itself, and `A` fits [`One`].
///
/// ```
/// use congruent_dims::{D, Dim, dims};
/// dims! { pub Batch = ?, pub Features = 784 }
///
/// assert_eq!((Batch(32).size(), Features.size(), D::<3>.size()), (32, 784, 3));
/// assert_eq!((Batch::STATIC, Features::STATIC), (None, Some(784)));
/// assert_eq!((Batch::from_size(5), D::<3>::from_size(5)), (Some(Batch(5)), None));
/// assert_eq!((Batch::name(), D::<3>::name()), ("Batch".into(), "D<3>".into()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor dimension",
    label = "expected `D<784>`, as a value `D::<784>`; `d!(50257)`; or a name from `dims!` or `dyn_dim!`"
)]
pub trait Dim:
    Copy
    + PartialEq
    + Debug
    + Send
    + Sync
    + 'static
    + Spelled<Own = Self>
    + Fit<Self, Fitted = Self>
    + Fit<One, Fitted = Self>
{
    /// The size when the type knows it.
    const STATIC: Option<usize>;

    /// [`On`](crate::On) for the literal `D<1>` only: the axis that NumPy's rule stretches.
    type Stretches: Flag;

    /// `On` when the type knows the size, as [`STATIC`](Dim::STATIC) says in a value.
    type Static: Flag;

    /// What tells a dim of run-time size from all others, for laws that ask whether two are one. `dims!` and `dyn_dim!`
    /// make it; `()` where there is nothing to tell, as with static sizes.
    type Identity;

    /// The number of elements along the axis.
    fn size(self) -> usize;

    /// The dim of this size; `None` when the type has another size.
    fn from_size(size: usize) -> Option<Self>;

    /// The name as the user wrote it, for run-time messages: `D<784>`, `Batch`.
    fn name() -> String {
        without_paths(type_name::<Self>())
    }
}

/// A dim whose size the type system knows, and can calculate with.
///
/// ```
/// use congruent_dims::{StaticDim, d};
/// assert_eq!(<d!(50_257) as StaticDim>::SIZE, 50_257);
/// ```
#[diagnostic::on_unimplemented(
    message = "the size of dimension `{Self}` is not known at compile time",
    label = "a static size is needed here",
    note = "the size of a dimension declared `Name = ?` is known at run time only"
)]
pub trait StaticDim: Dim + Default {
    /// The size as a typenum number.
    type Num: Unsigned;

    /// The size as a value.
    const SIZE: usize = <Self::Num as Unsigned>::USIZE;
}

/// Strips module paths: `my_net::sizes::Batch` is `Batch`. A `::` takes back the word before it.
fn without_paths(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut word = 0;
    for letter in name.chars() {
        match letter {
            ':' => short.truncate(word),
            '_' | '{' | '}' => short.push(letter),
            _ if letter.is_alphanumeric() => short.push(letter),
            _ => {
                short.push(letter);
                word = short.len();
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{Dim, without_paths};
    use crate::Dm;

    #[test]
    fn names_lose_their_paths() {
        assert_eq!(without_paths("a::b_1::Batch"), "Batch");
        assert_eq!(without_paths("a::b::Pair<c::d::Left, e::Right>"), "Pair<Left, Right>");
        assert_eq!(without_paths("a::main::{{closure}}::rows"), "rows");
        assert_eq!(Dm::<1, 204, 224>::name(), "Dm<1, 204, 224>");
    }
}
