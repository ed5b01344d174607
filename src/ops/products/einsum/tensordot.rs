//! Contraction of the last axes of one operand with the first axes of another one.
//!
//! Apart from the string macros because it needs none: the law says what comes out of any two ranks.

use super::contract::{Contracted, contract};
use crate::device::SameDevice;
use crate::dims::Dim;
use crate::dtype::{Never, Numeric};
use crate::error::raise;
use crate::graph::{Located, Operand};
use crate::ops::LocatedOver;
use crate::shape::{AxisAt, Mismatch, Shape};

/// The axes of one shape, then those of another one: `(A, B) + (C,) = (A, B, C)`.
#[diagnostic::on_unimplemented(
    message = "the axes of `{Self}` and `{Rhs}` together are more than six",
    label = "a tensor has at most six axes"
)]
pub trait JoinAxes<Rhs>: Shape {
    /// All axes.
    type Joined: Shape;
    /// All axes.
    fn join_axes(self, rhs: Rhs) -> Self::Joined;
}

macro_rules! joined {
    ($($($A:ident)* + $($B:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($A: Dim,)* $($B: Dim),*> JoinAxes<($($B,)*)> for ($($A,)*) {
            type Joined = ($($A,)* $($B,)*);
            #[cfg_attr(optimised, inline(always))]
            #[allow(non_snake_case, clippy::unused_unit, reason = "axes are called by their types; there may be none")]
            fn join_axes(self, ($($B,)*): ($($B,)*)) -> ($($A,)* $($B,)*) {
                let ($($A,)*) = self;
                ($($A,)* $($B,)*)
            }
        }
    )*};
}
joined! {
    +; + U; + U V; + U V W; + U V W X; + U V W X Y;
    A +; A + U; A + U V; A + U V W; A + U V W X; A + U V W X Y;
    A B +; A B + U; A B + U V; A B + U V W; A B + U V W X;
    A B C +; A B C + U; A B C + U V; A B C + U V W;
    A B C F +; A B C F + U; A B C F + U V;
    A B C F G +; A B C F G + U;
}

/// The last `N` axes of a shape are the first `N` of `Rhs`: `(A, B, K) · (K, C) = (A, B, C)` for `N` = 1.
#[diagnostic::on_unimplemented(
    message = "tensordot: the last {N} axes of `{Self}` and the first {N} of `{Rhs}` cannot be contracted",
    label = "`N` is 1 or 2, both operands have as many axes, and the result has at most six",
    note = "other axes are contracted by `einsum!`"
)]
pub trait TensorDot<const N: usize, Rhs>: Shape {
    /// What is left of both.
    type Dotted: Shape;
    /// What is left of both, and whether the sizes agree.
    fn dotted(self, rhs: Rhs) -> (Self::Dotted, bool);
}

/// Equality of two contracted axes.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "tensordot: contracted axes differ: left has `{Self}`, right has `{Rhs}`",
    label = "left ends with `{Self}` where right has `{Rhs}`"
)]
pub trait SameTerms<Rhs> {}
#[diagnostic::do_not_recommend]
impl<A: Dim> SameTerms<A> for A {}
#[diagnostic::do_not_recommend]
impl<A: Dim> SameTerms<Never> for A {}

type At<S, const I: isize> = <S as AxisAt<I>>::At;
type Without<S, const I: isize> = <S as AxisAt<I>>::Removed;

/// `(.., K) · (K, ..) = (.., ..)`
impl<A, B> TensorDot<1, B> for A
where
    A: AxisAt<-1>,
    B: AxisAt<0>,
    At<A, -1>: SameTerms<At<B, 0>>,
    Without<A, -1>: JoinAxes<Without<B, 0>>,
{
    type Dotted = <Without<A, -1> as JoinAxes<Without<B, 0>>>::Joined;

    fn dotted(self, rhs: B) -> (Self::Dotted, bool) {
        let agree = AxisAt::<-1>::at(self).size() == AxisAt::<0>::at(rhs).size();
        (AxisAt::<-1>::remove(self).join_axes(AxisAt::<0>::remove(rhs)), agree)
    }
}

/// `(.., K, L) · (K, L, ..) = (.., ..)`
impl<A, B> TensorDot<2, B> for A
where
    A: AxisAt<-1> + AxisAt<-2>,
    B: AxisAt<0> + AxisAt<1>,
    At<A, -2>: SameTerms<At<B, 0>>,
    At<A, -1>: SameTerms<At<B, 1>>,
    Without<A, -1>: AxisAt<-1>,
    Without<B, 0>: AxisAt<0>,
    Without<Without<A, -1>, -1>: JoinAxes<Without<Without<B, 0>, 0>>,
{
    type Dotted = <Without<Without<A, -1>, -1> as JoinAxes<Without<Without<B, 0>, 0>>>::Joined;

    fn dotted(self, rhs: B) -> (Self::Dotted, bool) {
        let agree = AxisAt::<-2>::at(self).size() == AxisAt::<0>::at(rhs).size()
            && AxisAt::<-1>::at(self).size() == AxisAt::<1>::at(rhs).size();
        let left = AxisAt::<-1>::remove(AxisAt::<-1>::remove(self));
        let right = AxisAt::<0>::remove(AxisAt::<0>::remove(rhs));
        (left.join_axes(right), agree)
    }
}

/// A second shape that nobody has.
#[doc(hidden)]
pub struct Nobody;

// Until the right side is known these are candidates, too: only then the message about another `N` has both shapes.
#[diagnostic::do_not_recommend]
impl<const N: usize, A: Shape> TensorDot<N, Never> for A {
    type Dotted = ();

    fn dotted(self, _: Never) -> ((), bool) {
        ((), false)
    }
}
#[diagnostic::do_not_recommend]
impl<const N: usize, A: Shape> TensorDot<N, Nobody> for A {
    type Dotted = ();

    fn dotted(self, _: Nobody) -> ((), bool) {
        ((), false)
    }
}

/// The method [`tensordot`](TensorDots::tensordot).
pub trait TensorDots: Operand + Sized {
    /// Sums over the last `N` axes of `self` and the first `N` of `rhs`, which are the same; `N` is 1 or 2.
    ///
    /// `z[i.., j..] = Σₖ x[i.., k..] · y[k.., j..]`, `dx = Σⱼ dz · y`, `dy = Σᵢ x · dz`. Over no terms the sum is 0;
    /// NaN spreads as in sums, integers wrap around. Run-time sizes that differ raise
    /// [`Error::Sizes`](crate::Error::Sizes).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.ones::<Shape![2, 3, 4]>();
    /// let y = Cpu.ones::<Shape![3, 4, 5]>();
    /// let z = x.tensordot::<2, _>(&y).eval();
    /// assert_eq!((z.shape(), z.as_slice()[0]), ((D::<2>, D::<5>), 12.0));
    /// ```
    #[track_caller]
    fn tensordot<const N: usize, Y: Operand>(
        self,
        rhs: Y,
    ) -> Contracted<Self, Y, <Self::S as TensorDot<N, Y::S>>::Dotted>
    where
        Self::E: Numeric,
        Self::N: Located<Self::E>,
        Self::D: SameDevice<Y::D>,
        Self::S: TensorDot<N, Y::S>,
        Y::N: LocatedOver<Self::E, Y::E>,
    {
        let (x, y) = (self.ex(), rhs.ex());
        let (shape, agree) = x.shape.dotted(y.shape);
        if !agree {
            raise(Mismatch::new("tensordot", x.shape, y.shape).into());
        }
        let (free, rank) = (<Self::S as Shape>::RANK - N, <Self::S as Shape>::RANK);
        let labels = &"abcdefghijkl"[..rank + <Y::S as Shape>::RANK - N];
        let out = [&labels[..free], &labels[rank..]].concat();
        contract(x, y, shape, [&labels[..rank], &labels[free..], &out])
    }
}
impl<X: Operand> TensorDots for X {}
