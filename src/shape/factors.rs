//! What element counts are made of: the product of the static axes, and the run-time axes by their identity.
//!
//! Apart from `reshape`, the law that compares them: here two products are compared only where all that is not known
//! by type stands on both sides.

use congruent_dims::{Dim, Flag, Off, On, SameIdentity, StaticDim, Truth};
use std::ops::Mul;
use typenum::{Eq, IsEqual, Prod, U1, Unsigned};

/// A shape's static product, and its run-time axes as a list.
#[doc(hidden)]
pub trait Factored {
    type Product: Unsigned;
    type RunTime;
}

/// What an axis gives to the element count: a number, or an item of the list of run-time axes.
#[doc(hidden)]
pub trait AxisFactor {
    type Num: Unsigned;
    type Before<Rest>;
}
impl<A: Dim<Static: AxisFactorOf<A>>> AxisFactor for A {
    type Num = <A::Static as AxisFactorOf<A>>::Num;
    type Before<Rest> = <A::Static as AxisFactorOf<A>>::Before<Rest>;
}

/// [`AxisFactor`], asked of whether the size is static.
#[doc(hidden)]
pub trait AxisFactorOf<A> {
    type Num: Unsigned;
    type Before<Rest>;
}
impl<A: StaticDim> AxisFactorOf<A> for On {
    type Num = A::Num;
    type Before<Rest> = Rest;
}
impl<A: Dim> AxisFactorOf<A> for Off {
    type Num = U1;
    type Before<Rest> = (A::Identity, Rest);
}

/// Whether two lists of run-time axes are one, item by item.
#[doc(hidden)]
pub trait SameList<List> {
    type Out: Flag;
}
impl SameList<()> for () {
    type Out = On;
}
impl<A, Rest> SameList<(A, Rest)> for () {
    type Out = Off;
}
impl<A, Rest> SameList<()> for (A, Rest) {
    type Out = Off;
}
impl<A, Rest, B, Others> SameList<(B, Others)> for (A, Rest)
where
    A: SameIdentity<B>,
    Rest: SameList<Others>,
{
    type Out = <A::Out as Flag>::And<Rest::Out>;
}

/// A verdict on static products where the run-time axes are the same, `On`; else it is on: the program will see.
#[doc(hidden)]
pub trait Decides<Verdict> {
    type Verdict;
}
impl<Verdict> Decides<Verdict> for Off {
    type Verdict = On;
}
impl<Verdict> Decides<Verdict> for On {
    type Verdict = Verdict;
}

/// Whether two numbers are equal, as a flag.
#[doc(hidden)]
pub trait EqualCount<M> {
    type Out: Flag;
}
impl<N: IsEqual<M, Output: Truth>, M> EqualCount<M> for N {
    type Out = <Eq<N, M> as Truth>::As;
}

/// `N = M`, as a flag.
pub(super) type EqualCounts<N, M> = <N as EqualCount<M>>::Out;

congruent_macros::rank_impls! { Factored }

#[cfg(test)]
mod tests {
    use super::{Factored, SameList};
    use crate::shape::Shape;
    use congruent_dims::{D, Flag, dims};
    use typenum::Unsigned;

    dims! { Batch = ?, Time = ?, Width = 4 }

    fn same<S: Factored<RunTime: SameList<R::RunTime>>, R: Factored>() -> bool {
        <S::RunTime as SameList<R::RunTime>>::Out::ON
    }

    #[test]
    fn shapes_are_taken_apart() {
        fn product<S: Shape + Factored>() -> usize {
            S::Product::USIZE
        }
        assert_eq!([product::<()>(), product::<(Batch,)>(), product::<(Width, Batch, D<5>)>()], [1, 1, 20]);
        assert!(same::<(Batch, D<3>, Time), (Batch, Time, Width)>() && same::<(), (D<3>,)>());
        assert!(!same::<(Batch, Time), (Time, Batch)>() && !same::<(Batch,), (Time,)>());
        assert!(!same::<(Batch,), ()>() && !same::<(Batch,), (Batch, Batch)>());
    }
}
