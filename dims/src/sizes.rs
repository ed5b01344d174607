//! The static sizes as dims: which spellings are one, and their numbers.
//!
//! Apart from `canonical.rs`, which knows how a number finds its spelling; here a spelling is a dim.

use crate::canonical::{Canonical, Flat, NotOne, Spelling};
use crate::dim::{Dim, StaticDim};
use crate::fit::Rigid;
use crate::flag::{Off, On};
use crate::spelling::{D, Dk, Dm, One};

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
    type Identity = ();
    of_static_size!(1);
}

impl<const N: usize> Rigid for D<N> where Spelling<Self>: Flat<N, Num: NotOne> {}

impl<const N: usize> Dim for D<N>
where
    Spelling<Self>: Flat<N, Num: NotOne>,
{
    type Stretches = Off;
    type Static = On;
    type Identity = ();
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
    type Identity = ();
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
    type Identity = ();
    of_static_size!(M * 1_000_000 + K * 1000 + N);
}

impl<const M: usize, const K: usize, const N: usize> StaticDim for Dm<M, K, N>
where
    Spelling<Self>: Canonical<Self>,
{
    type Num = <Spelling<Self> as Canonical<Self>>::Num;
}

#[cfg(test)]
mod tests {
    use crate::{D, Dim, Dk, Dm, Fit, Flag, One, StaticDim};

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
}
