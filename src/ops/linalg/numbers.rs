//! Products that are made of fused multiplications, of any numbers.
//!
//! Apart from `products` because a formula is one of floats or one of integers: which one it is, is asked here, and
//! what is done with it is the same.

use super::space::across;
use crate::device::{Buf, Device};
use crate::dtype::{ByNumber, Elem, Integer, Numeric, Real};
use crate::graph::{Binary, Ex, Formula2, Located, Reshaped};
use crate::layout::MAX_AXES;
use crate::ops::arithmetic::{Mul, Sub};
use crate::ops::reduce::{SummedNode, sum_own};
use crate::shape::Shape;

/// Work that is done in one way with all numbers, once their formulas are known.
macro_rules! of_numbers {
    () => {
        #[cfg_attr(optimised, inline(always))]
        fn with_floats(self) -> Self::Out
        where
            E: Real,
        {
            self.work()
        }
        #[cfg_attr(optimised, inline(always))]
        fn with_integers(self) -> Self::Out
        where
            E: Integer,
        {
            self.work()
        }
    };
}

/// Two operands of one shape, whose products are summed up.
pub(super) struct Summed<A, B>(pub(super) A, pub(super) B);

/// The graph of the sum of the products of `A` and `B`.
pub type SumOfProducts<S, E, A, B> = SummedNode<S, (), E, Binary<Mul, A, B>>;

impl<S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>> Summed<Ex<S, E, D, A>, Ex<S, E, D, B>> {
    fn work(self) -> Ex<(), E, D, SumOfProducts<S, E, A, B>>
    where
        E: Numeric,
        Mul: Formula2<E>,
    {
        let Summed(a, b) = self;
        sum_own(Ex::new(Binary { op: Mul, a: a.node, b: b.node }, a.shape, a.device), [true; MAX_AXES], ())
    }
}

impl<S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>> ByNumber<E>
    for Summed<Ex<S, E, D, A>, Ex<S, E, D, B>>
{
    type Out = Ex<(), E, D, SumOfProducts<S, E, A, B>>;
    of_numbers! {}
}

/// Two operands that are multiplied under the shape `grid`, of which a tensor of shape `shape` is made.
pub(super) struct Joined<A, B, G, S> {
    pub(super) factors: (A, B),
    pub(super) grid: G,
    pub(super) shape: S,
}

impl<SA, SB, G: Shape, S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>>
    Joined<Ex<SA, E, D, A>, Ex<SB, E, D, B>, G, S>
{
    fn work(self) -> Ex<S, E, D, Reshaped<Binary<Mul, A, B>, G, S, E>>
    where
        Mul: Formula2<E>,
    {
        let Joined { factors: (a, b), grid, shape } = self;
        let product = Binary { op: Mul, a: a.node, b: b.node };
        Ex::new(Reshaped::new(a.device, product, grid, shape), shape, a.device)
    }
}

impl<SA, SB, G: Shape, S: Shape, E: Elem, D: Device, A: Located<E>, B: Located<E>> ByNumber<E>
    for Joined<Ex<SA, E, D, A>, Ex<SB, E, D, B>, G, S>
{
    type Out = Ex<S, E, D, Reshaped<Binary<Mul, A, B>, G, S, E>>;
    of_numbers! {}
}

/// Vectors of space, one after the other in both buffers.
pub(super) struct Crossed<'b, E, D> {
    pub(super) device: D,
    pub(super) factors: [&'b Buf<E>; 2],
}

impl<E: Elem, D: Device> Crossed<'_, E, D> {
    fn work(self) -> Buf<E>
    where
        Mul: Formula2<E>,
        Sub: Formula2<E>,
    {
        across(self.device, self.factors)
    }
}

impl<E: Elem, D: Device> ByNumber<E> for Crossed<'_, E, D> {
    type Out = Buf<E>;
    of_numbers! {}
}
