//! What a dim is, and the static dims `D`, `Dk` and `Dm`.
//!
//! Apart from `canonical.rs`, which knows how a number finds its spelling; here a spelling is a dim.

use crate::canonical::{Canonical, Flat, NotOne, Spelling};
use crate::fit::{Fit, Rigid};
use crate::flag::{Flag, Off, On};
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
    label = "expected `D<784>`, `d!(50257)`, or a name from `dims!` or `dyn_dim!`"
)]
pub trait Dim:
    Copy + PartialEq + Debug + Send + Sync + 'static + Fit<Self, Fitted = Self> + Fit<One, Fitted = Self>
{
    /// The size when the type knows it.
    const STATIC: Option<usize>;

    /// [`On`] for the literal `D<1>` only: the axis that NumPy's rule stretches.
    type Stretches: Flag;

    /// `On` when the type knows the size, as [`STATIC`](Dim::STATIC) says in a value.
    type Static: Flag;

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

/// The axis that stretches: the literal size 1. See [`Fit`].
pub type One = D<1>;

/// The static size `N`, below 10 000. A larger one is written by [`d!`](crate::d).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct D<const N: usize>;

/// The static size `K · 1000 + N`, from 10 000 on, below a million. Best written by [`d!`](crate::d).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dk<const K: usize, const N: usize>;

/// The static size `M · 1 000 000 + K · 1000 + N`, from a million on, below 10¹⁰. Best written by [`d!`](crate::d).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dm<const M: usize, const K: usize, const N: usize>;

/// The methods of a static dim, from its size.
macro_rules! of_static_size {
    ($size:expr) => {
        const STATIC: Option<usize> = Some($size);

        #[inline(always)]
        fn size(self) -> usize {
            $size
        }

        #[inline(always)]
        fn from_size(size: usize) -> Option<Self> {
            (size == $size).then(Self::default)
        }
    };
}

#[diagnostic::do_not_recommend]
impl Dim for One {
    type Stretches = On;
    type Static = On;
    of_static_size!(1);
}

impl<const N: usize> Rigid for D<N> where Spelling<Self>: Flat<N, Num: NotOne> {}

impl<const N: usize> Dim for D<N>
where
    Spelling<Self>: Flat<N, Num: NotOne>,
{
    type Stretches = Off;
    type Static = On;
    of_static_size!(N);
}

impl<const N: usize> StaticDim for D<N>
where
    D<N>: Dim,
    Spelling<Self>: Flat<N>,
{
    type Num = <Spelling<Self> as Flat<N>>::Num;
}

impl<const K: usize, const N: usize> Rigid for Dk<K, N> {}

#[diagnostic::do_not_recommend]
impl<const K: usize, const N: usize> Dim for Dk<K, N>
where
    Spelling<Self>: Canonical<Self>,
{
    type Stretches = Off;
    type Static = On;
    of_static_size!(K * 1000 + N);
}

impl<const K: usize, const N: usize> StaticDim for Dk<K, N>
where
    Spelling<Self>: Canonical<Self>,
{
    type Num = <Spelling<Self> as Canonical<Self>>::Num;
}

impl<const M: usize, const K: usize, const N: usize> Rigid for Dm<M, K, N> {}

#[diagnostic::do_not_recommend]
impl<const M: usize, const K: usize, const N: usize> Dim for Dm<M, K, N>
where
    Spelling<Self>: Canonical<Self>,
{
    type Stretches = Off;
    type Static = On;
    of_static_size!(M * 1_000_000 + K * 1000 + N);
}

impl<const M: usize, const K: usize, const N: usize> StaticDim for Dm<M, K, N>
where
    Spelling<Self>: Canonical<Self>,
{
    type Num = <Spelling<Self> as Canonical<Self>>::Num;
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
    use super::{D, Dim, Dk, Dm, One, StaticDim, without_paths};
    use crate::{Fit, Flag};

    #[test]
    fn sizes_of_every_spelling() {
        assert_eq!([D::<0>.size(), D::<1>.size(), D::<9999>.size()], [0, 1, 9999]);
        assert_eq!([Dk::<10, 0>.size(), Dk::<999, 999>.size()], [10_000, 999_999]);
        assert_eq!([Dm::<1, 0, 0>.size(), Dm::<9999, 999, 999>.size()], [1_000_000, 9_999_999_999]);
        assert_eq!([<Dk<50, 257>>::SIZE, <Dm<1, 204, 224>>::SIZE], [50_257, 1_204_224]);
        assert_eq!(<Dm<9999, 999, 999>>::STATIC, Some(9_999_999_999));
    }

    #[test]
    fn from_size_takes_the_own_size_only() {
        assert_eq!(D::<7>::from_size(7), Some(D));
        assert_eq!(D::<7>::from_size(8), None);
        assert_eq!(One::from_size(0), None);
        assert_eq!(Dk::<50, 257>::from_size(50_257), Some(Dk));
        assert_eq!(Dm::<1, 204, 224>::from_size(1_204_225), None);
    }

    #[test]
    fn only_the_literal_one_stretches() {
        fn stretches<A: Dim>(_: A) -> bool {
            A::Stretches::ON
        }
        crate::dims! { Channels = 1, Batch = ? }
        assert!(stretches(One::default()));
        assert!(!stretches(D::<0>) && !stretches(D::<2>) && !stretches(Dk::<10, 0>));
        assert!(!stretches(Channels) && !stretches(Batch(1)));
    }

    #[test]
    fn generic_code_fits_a_dim_with_itself_and_with_one() {
        fn fits<A: Dim>(a: A) -> bool {
            let with_itself: A = a.fit(a);
            let with_one: A = a.fit(One::default());
            let one_with: A = One::default().fit(a);
            with_itself == a && with_one == a && one_with == a
        }
        crate::dims! { Batch = ? }
        assert!(fits(One::default()) && fits(D::<0>) && fits(D::<784>) && fits(Dk::<50, 257>) && fits(Batch(3)));
    }

    #[test]
    fn names_lose_their_paths() {
        assert_eq!(without_paths("a::b_1::Batch"), "Batch");
        assert_eq!(without_paths("a::b::Pair<c::d::Left, e::Right>"), "Pair<Left, Right>");
        assert_eq!(without_paths("a::main::{{closure}}::rows"), "rows");
        assert_eq!(Dm::<1, 204, 224>::name(), "Dm<1, 204, 224>");
    }
}
