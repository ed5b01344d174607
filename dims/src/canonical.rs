//! From numbers to spellings: each static size has exactly one, which rustc prints in messages.
//!
//! Apart from `sizes.rs`, where a spelling is a dim: here a typenum number finds its spelling, and one is checked.
//!
//! | size             | spelling                                    |
//! |------------------|---------------------------------------------|
//! | below 10 000     | `D<784>`                                    |
//! | below 1 000 000  | `Dk<50, 257>`, which is 50 257              |
//! | below 10¹⁰       | `Dm<1, 204, 224>`, which is 1 204 224       |

use crate::digits::{_0, Decimal, Digits, Nil};
use crate::dim::StaticDim;
use crate::spelling::{D, Dk, Dm};
use crate::table::{FirstOfTwo, FromDigits, Group, NumOf, Numeral};
use std::marker::PhantomData;
use std::ops::{Add, Mul};
use typenum::{NonZero, Prod, Sum, U1000, UInt, UTerm, Unsigned};

/// The static dim of a typenum number.
///
/// ```
/// use congruent_dims::{Dim, DimOf, typenum::{Prod, U28, U1000}};
/// assert_eq!(<DimOf<Prod<U28, U28>>>::name(), "D<784>");
/// assert_eq!(<DimOf<Prod<U28, U1000>>>::name(), "Dk<28, 0>");
/// ```
#[diagnostic::on_unimplemented(
    message = "a size of 10_000_000_000 or more is not a dimension",
    label = "the largest static size is `Dm<9999, 999, 999>`"
)]
pub trait ToDim {
    /// The dim of this size.
    type Dim: StaticDim;
}

/// The static dim of the typenum number `N`.
pub type DimOf<N> = <N as ToDim>::Dim;

#[diagnostic::do_not_recommend]
impl ToDim for UTerm {
    type Dim = D<0>;
}

#[diagnostic::do_not_recommend]
impl<U, B> ToDim for UInt<U, B>
where
    Self: Decimal<Out: Grouped<Out: StaticDim>>,
{
    type Dim = <<Self as Decimal>::Out as Grouped>::Out;
}

/// Decimal digits, least significant first, in the groups of a spelling.
pub trait Grouped {
    /// The spelling.
    type Out;
}

/// The number of one to four digits.
type Four<Units, Tens = _0, Hundreds = _0, Thousands = _0> = <Units as FromDigits<Tens, Hundreds, Thousands>>::Numeral;

/// `7` is `D<7>`
impl<A: FromDigits<_0, _0, _0>> Grouped for Digits<A, Nil> {
    type Out = Four<A>;
}

/// `84` is `D<84>`
impl<A: FromDigits<B, _0, _0>, B> Grouped for Digits<A, Digits<B, Nil>> {
    type Out = Four<A, B>;
}

/// `784` is `D<784>`
impl<A: FromDigits<B, C, _0>, B, C> Grouped for Digits<A, Digits<B, Digits<C, Nil>>> {
    type Out = Four<A, B, C>;
}

/// `4096` is `D<4096>`
impl<A: FromDigits<B, C, D>, B, C, D> Grouped for Digits<A, Digits<B, Digits<C, Digits<D, Nil>>>> {
    type Out = Four<A, B, C, D>;
}

/// From five digits on, the last three are a group by themselves.
impl<A, B, C, D, E, Rest> Grouped for Digits<A, Digits<B, Digits<C, Digits<D, Digits<E, Rest>>>>>
where
    A: FromDigits<B, C, _0>,
    Digits<D, Digits<E, Rest>>: Above<Four<A, B, C>>,
{
    type Out = <Digits<D, Digits<E, Rest>> as Above<Four<A, B, C>>>::Out;
}

/// The digits above the last three, joined with these.
pub trait Above<Last> {
    /// The spelling.
    type Out;
}

/// `50` above `257` is `Dk<50, 257>`
impl<A: FromDigits<B, _0, _0, Numeral: Join<Last>>, B, Last> Above<Last> for Digits<A, Digits<B, Nil>> {
    type Out = <Four<A, B> as Join<Last>>::Out;
}

/// `150` above `528` is `Dk<150, 528>`
impl<A: FromDigits<B, C, _0, Numeral: Join<Last>>, B, C, Last> Above<Last> for Digits<A, Digits<B, Digits<C, Nil>>> {
    type Out = <Four<A, B, C> as Join<Last>>::Out;
}

/// `1 204` above `224` is `Dm<1, 204, 224>`
impl<A, B, C, D, Rest, Last> Above<Last> for Digits<A, Digits<B, Digits<C, Digits<D, Rest>>>>
where
    A: FromDigits<B, C, _0>,
    Digits<D, Rest>: Grouped<Out: Join<(Four<A, B, C>, Last)>>,
{
    type Out = <<Digits<D, Rest> as Grouped>::Out as Join<(Four<A, B, C>, Last)>>::Out;
}

/// The first group of a spelling with the groups behind it.
pub trait Join<Behind> {
    /// The spelling.
    type Out;
}

impl<const K: usize, const N: usize> Join<D<N>> for D<K> {
    type Out = Dk<K, N>;
}

impl<const M: usize, const K: usize, const N: usize> Join<(D<K>, D<N>)> for D<M> {
    type Out = Dm<M, K, N>;
}

/// The spelling `S`, of which [`Flat`] or [`Canonical`] is asked. Not asked of `S` itself, because for an unmet bound
/// rustc prefers the words of the outer trait, `Dim`, as long as both bounds are on one type.
pub struct Spelling<S>(PhantomData<S>);

/// A `D<N>` that spells its number as `d!` would: N is below 10 000.
#[diagnostic::on_unimplemented(
    message = "`D<{N}>` is not a dimension: above 9_999 write `d!({N})`",
    label = "`D<..>` spells the sizes below 10_000 only",
    note = "code that is generic over a number `N` says `where D<N>: Dim`"
)]
pub trait Flat<const N: usize> {
    /// The size.
    type Num: Unsigned;
}

/// num(N) is a row of the table.
#[diagnostic::do_not_recommend]
impl<const N: usize> Flat<N> for Spelling<D<N>>
where
    D<N>: Numeral<Num: Unsigned>,
{
    type Num = NumOf<D<N>>;
}

/// A `Dk` or `Dm` that spells its number as `d!` would.
#[diagnostic::on_unimplemented(
    message = "`{S}` is not the spelling of a size: write `d!(n)` with the number itself",
    label = "a size is `D<n>` below 10_000, `Dk<50, 257>` below a million, else `Dm<1, 204, 224>`",
    note = "the largest static size is 9_999_999_999"
)]
pub trait Canonical<S> {
    /// The size.
    type Num: Unsigned;
}

/// Every typenum number but 1. Coherence sees that 1 is none, which keeps the impls for `D<1>` apart from those for the
/// other sizes.
pub trait NotOne {}

impl NotOne for UTerm {}

impl<U, A, B> NotOne for UInt<UInt<U, A>, B> {}

/// `1000 · self + Low`
pub trait Thousandfold<Low> {
    /// The sum.
    type Out: Unsigned;
}

impl<High, Low> Thousandfold<Low> for High
where
    High: Mul<U1000, Output: Add<Low, Output: Unsigned>>,
{
    type Out = Sum<Prod<High, U1000>, Low>;
}

type Joined<High, Low> = <High as Thousandfold<Low>>::Out;

/// num(K, N) = 1000 · num(K) + num(N)
#[diagnostic::do_not_recommend]
impl<const K: usize, const N: usize> Canonical<Dk<K, N>> for Spelling<Dk<K, N>>
where
    D<K>: FirstOfTwo + Numeral<Num: Thousandfold<NumOf<D<N>>>>,
    D<N>: Group + Numeral,
{
    type Num = Joined<NumOf<D<K>>, NumOf<D<N>>>;
}

/// num(M, K, N) = 1000 · (1000 · num(M) + num(K)) + num(N)
#[diagnostic::do_not_recommend]
impl<const M: usize, const K: usize, const N: usize> Canonical<Dm<M, K, N>> for Spelling<Dm<M, K, N>>
where
    D<M>: Numeral<Num: NonZero + Thousandfold<NumOf<D<K>>, Out: Thousandfold<NumOf<D<N>>>>>,
    D<K>: Group + Numeral,
    D<N>: Group + Numeral,
{
    type Num = Joined<Joined<NumOf<D<M>>, NumOf<D<K>>>, NumOf<D<N>>>;
}

#[cfg(test)]
mod tests {
    use crate::holds::holds;
    use crate::{D, Dim, DimOf, Dk, Dm, StaticDim, d};

    /// A number's dim must be the one that `d!` writes.
    macro_rules! round_trips {
        ($($size:literal)*) => {$(
            let _: d!($size) = <DimOf<<d!($size) as StaticDim>::Num>>::default();
            assert_eq!(<d!($size) as StaticDim>::SIZE, $size);
        )*};
    }

    #[test]
    fn every_number_of_digits_round_trips() {
        round_trips! {
            0 1 2 9 10 15 16 17 99 100 101 999 1_000 1_024 4_095 4_096 9_984 9_999 10_000 10_001 25_088 50_257 99_999
            100_000 150_528 999_999 1_000_000 1_000_001 1_204_224 10_020_030 999_000_999 1_000_000_000 4_294_967_296
            9_999_999_999
        }
    }

    #[test]
    fn other_spellings_are_not_dims() {
        assert!(holds!(D<9999>: Dim) && holds!(Dk<10, 0>: Dim) && holds!(Dm<1, 0, 0>: Dim));
        assert!(!holds!(D<10_000>: Dim) && !holds!(D<{ usize::MAX }>: Dim));
        assert!(!holds!(Dk<1, 24>: Dim) && !holds!(Dk<10, 1000>: Dim) && !holds!(Dk<1000, 0>: Dim));
        assert!(!holds!(Dm<0, 999, 999>: Dim) && !holds!(Dm<1, 1000, 0>: Dim) && !holds!(Dm<10_000, 0, 0>: Dim));
    }
}
