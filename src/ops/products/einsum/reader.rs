//! What the macros ask of operands before labels are gone: as many axes as labels, lengths of joined and cut axes.
//!
//! Apart from `axes` because these are methods.

use super::contract::{Contracted, contract};
use super::laws::{Labelled, Sliceable, Written};
use crate::device::{Device, SameDevice};
use crate::dims::{DivDim, Divided, MulDim, Multiplied};
use crate::dtype::{Elem, Numeric};
use crate::error::raise;
use crate::graph::{Ex, Located, Operand};
use crate::ops::LocatedOver;
use crate::ops::reduce::{SummedNode, several, sum_own};
use crate::shape::{Broadcast, Ellipsis, Mismatch, Reduce, Reduced, Shape};

/// What reads the operands of the macros.
#[doc(hidden)]
pub struct Reader;

// Methods, not functions: of a function whose result is computed by a law, rustc reports a breach twice.
impl Reader {
    /// The expression of an operand, whose rank is the number of its labels.
    #[doc(hidden)]
    pub fn labelled<const RANK: usize, X>(self, x: X) -> Ex<Written<X::S, RANK>, X::E, X::D, X::N>
    where
        X: Operand,
        X::S: Labelled<RANK>,
    {
        let Ex { node, shape, device, .. } = x.ex();
        Ex::new(node, shape.written(), device)
    }

    /// The expression of an operand, of which the string names the first `BEFORE` axes and the last `AFTER`.
    #[doc(hidden)]
    #[track_caller]
    pub fn elliptic<const BEFORE: usize, const AFTER: usize, X>(
        self,
        x: X,
    ) -> Ex<<X::S as Ellipsis<BEFORE, AFTER>>::Whole, X::E, X::D, X::N>
    where
        X: Operand,
        X::S: Ellipsis<BEFORE, AFTER>,
    {
        let Ex { node, shape, device, .. } = x.ex();
        Ex::new(node, shape.whole(), device)
    }

    /// The axes that `...` stands for in a product: they broadcast.
    #[doc(hidden)]
    #[track_caller]
    pub fn met<L: Broadcast<R>, R>(self, left: L, right: R) -> L::Out {
        left.join(right).unwrap_or_else(|mismatch| raise(Mismatch { law: "einsum", ..mismatch }.into()))
    }

    /// The length of two axes made one. Of a pair, so that both are known when the law is asked.
    #[doc(hidden)]
    pub fn times<A: MulDim<B>, B>(self, _: (A, B)) -> Multiplied<A, B> {
        Default::default()
    }

    /// An axis that is cut by division.
    #[doc(hidden)]
    pub fn cut<A: Sliceable>(self, _: A) -> A::Whole {
        Default::default()
    }

    /// The length of what is left of an axis, where the product of the other parts is `B`.
    #[doc(hidden)]
    pub fn divided<A: DivDim<B>, B>(self, _: A, _: B) -> Divided<A, B> {
        Default::default()
    }
}

impl<S: Shape, E: Elem, D: Device, N> Ex<S, E, D, N> {
    /// `Σ x · y` over the labels that the last term has not. Every label occurs in two of the three terms.
    #[doc(hidden)]
    pub fn contracted<Y, To>(self, y: Y, shape: To, labels: [&str; 3]) -> Contracted<Self, Y, To>
    where
        E: Numeric,
        N: Located<E>,
        Y: Operand,
        D: SameDevice<Y::D>,
        Y::N: LocatedOver<E, Y::E>,
        To: Shape,
    {
        contract(self, y, shape, labels)
    }

    /// The sum over the axes `A`, of the own element type as all sums of products are.
    #[doc(hidden)]
    pub fn summed<A>(self) -> Ex<Reduced<S, A>, E, D, SummedNode<S, Reduced<S, A>, E, N>>
    where
        E: Numeric,
        N: Located<E>,
        S: Reduce<A>,
    {
        let shape = self.shape.removed();
        sum_own(self, several::<S, A>(), shape)
    }
}
