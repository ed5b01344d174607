//! Backward as a rule: what an operation that is computed when called says of its gradient, and nothing else.
//!
//! Apart from the node (`op`), which any backward may stand behind: whether a gradient is wanted, where it goes and
//! what a cut means is the same for all operations of one operand, and for all of two.

use super::expr::{Ex, Operand};
use super::node::{Differentiable, Lazy, Seed};
use super::op::{Behind, Op, Pullback};
use super::origin::{Call, Described, Dims, Input, Reads};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::shape::Shape;
use std::marker::PhantomData;

/// What an operation was computed from, and what its gradient goes back to: one operand or several.
pub trait Operands<E: Real>: Behind<E> {
    /// Their gradients, as a rule says them.
    type Slopes;
    /// Hands the gradients on.
    fn accept<D: Device>(self, device: D, slopes: Self::Slopes);
}

/// An operand of an operation: its graph, and the shape that its gradient has. Its slope is row-major.
pub struct Given<S, N> {
    pub(crate) node: N,
    pub(crate) shape: S,
}

impl<S, E, D, N> Ex<S, E, D, N> {
    /// The expression as an operand of an operation.
    pub(crate) fn given(self) -> Given<S, N> {
        Given { node: self.node, shape: self.shape }
    }
}

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for Given<S, N> {
    type Grad = N::Grad;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        N::Grad::ON && self.node.live()
    }
    fn cut(&self) {
        self.node.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.push(Input::of::<E, _>(
            N::origin(this.map(|given| &given.node)),
            this.map(|given| given.shape),
            Reads::RowMajor,
        ));
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Operands<E> for Given<S, N> {
    type Slopes = Buf<E>;
    #[cfg_attr(optimised, inline(always))]
    fn accept<D: Device>(self, device: D, slope: Buf<E>) {
        self.node.accept(device, self.shape, slope);
    }
}

/// An operand whose slope is a [`Seed`]: one number for many elements, or elements in an order of their own. Neither is
/// spread out in memory; the loop of the operand's own backward reads it as it is.
pub struct Seeded<S, N>(pub(crate) Given<S, N>);

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for Seeded<S, N> {
    type Grad = N::Grad;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        self.0.live()
    }
    fn cut(&self) {
        self.0.node.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        <Given<S, N> as Behind<E>>::inputs(this.map(|seeded| &seeded.0), to);
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Operands<E> for Seeded<S, N> {
    type Slopes = Seed<E>;
    #[cfg_attr(optimised, inline(always))]
    fn accept<D: Device>(self, device: D, seed: Seed<E>) {
        seed.hand_on(device, self.0.node, self.0.shape);
    }
}

/// Operands over elements `A`, whatever those of the result are.
pub struct Foreign<A, X> {
    x: X,
    elem: PhantomData<A>,
}

impl<E: Elem, A: Elem, X: Behind<A>> Behind<E> for Foreign<A, X> {
    type Grad = X::Grad;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        X::inputs(this.map(|foreign| &foreign.x), to);
    }
}

impl<E: Real, A: Real, X: Operands<A>> Operands<E> for Foreign<A, X> {
    type Slopes = X::Slopes;
    #[cfg_attr(optimised, inline(always))]
    fn accept<D: Device>(self, device: D, slopes: X::Slopes) {
        self.x.accept(device, slopes);
    }
}

/// Two operands; a gradient that is not wanted is `None`.
pub struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> Both<A, B> {
    /// Of which of them a gradient is wanted.
    pub(crate) fn wanted<E: Elem>(&self) -> [bool; 2]
    where
        A: Behind<E>,
        B: Behind<E>,
    {
        [self.0.live(), self.1.live()]
    }
}

impl<E: Elem, A: Behind<E>, B: Behind<E>> Behind<E> for Both<A, B> {
    type Grad = <A::Grad as Flag>::Or<B::Grad>;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        self.0.live() || self.1.live()
    }
    fn cut(&self) {
        self.0.cut();
        self.1.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        A::inputs(this.map(|both| &both.0), to);
        B::inputs(this.map(|both| &both.1), to);
    }
}

impl<E: Real, A: Operands<E, Slopes = Buf<E>>, B: Operands<E, Slopes = Buf<E>>> Operands<E> for Both<A, B> {
    type Slopes = [Option<Buf<E>>; 2];
    /// The second first: what comes last in the graph is passed on first.
    #[cfg_attr(optimised, inline(always))]
    fn accept<D: Device>(self, device: D, [first, second]: [Option<Buf<E>>; 2]) {
        if let Some(slope) = second.filter(|_| self.1.live()) {
            self.1.accept(device, slope);
        }
        if let Some(slope) = first.filter(|_| self.0.live()) {
            self.0.accept(device, slope);
        }
    }
}

/// What an operation says of its gradient.
pub trait SlopeRule<E: Real, X: Operands<E>>: Sized + Described {
    /// The gradients of the operands, from that of the result; `out` is the result.
    fn slopes<D: Device>(self, device: D, x: &X, gradient: Buf<E>, out: Buf<E>) -> X::Slopes;
}

/// The backward of an operation: its operands, and its rule.
pub struct Backward<X, R> {
    x: X,
    rule: R,
}

/// The backward of an operation of one operand.
pub type BackOf<S, N, R> = Backward<Given<S, N>, R>;

/// The backward of an operation of two operands.
pub type BackOfBoth<SA, A, SB, B, R> = Backward<Both<Given<SA, A>, Given<SB, B>>, R>;

/// What an operation of the operand `X` gives: a tensor of shape `S`, whose gradient goes back by the rule `R`.
pub type Ruled<X, S, R> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    Op<S, <X as Operand>::E, BackOf<<X as Operand>::S, <X as Operand>::N, R>>,
>;

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> Ex<S, E, D, N> {
    /// The value `out` of an operation of this operand, and its rule, which over floats is a [`SlopeRule`].
    pub(crate) fn ruled<S2: Shape, R: Described>(self, out: Buf<E>, shape: S2, rule: R) -> Ruled<Self, S2, R> {
        let (device, operand) = (self.device, self.given());
        Ex::new(Op::new(out, shape, Backward::new(operand, rule)), shape, device)
    }
}

/// What an operation of the operands `X` and `Y` gives: a tensor of shape `S`, whose gradient goes back by the rule
/// `R`.
pub type RuledByBoth<X, Y, S, R> = Ex<
    S,
    <X as Operand>::E,
    <X as Operand>::D,
    Op<S, <X as Operand>::E, BackOfBoth<<X as Operand>::S, <X as Operand>::N, <Y as Operand>::S, <Y as Operand>::N, R>>,
>;

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> Ex<S, E, D, N> {
    /// The value `out` of an operation of this operand and another one, and its rule.
    pub(crate) fn ruled_with<S2: Shape, N2: Lazy<E>, S3: Shape, R: Described>(
        self,
        other: Given<S2, N2>,
        out: Buf<E>,
        shape: S3,
        rule: R,
    ) -> RuledByBoth<Self, Ex<S2, E, D, N2>, S3, R> {
        let (device, operands) = (self.device, Both(self.given(), other));
        Ex::new(Op::new(out, shape, Backward::new(operands, rule)), shape, device)
    }
}

impl<X, R> Backward<X, R> {
    /// Of any operands.
    #[inline]
    pub(crate) fn new(x: X, rule: R) -> Self {
        Backward { x, rule }
    }
}

impl<S, A, N, R> Backward<Foreign<A, Given<S, N>>, R> {
    /// Of one operand over elements `A`, where the result has others.
    pub(crate) fn foreign(node: N, shape: S, rule: R) -> Self {
        Backward::new(Foreign { x: Given { node, shape }, elem: PhantomData }, rule)
    }
}

impl<E: Elem, X: Behind<E>, R: Described> Behind<E> for Backward<X, R> {
    type Grad = X::Grad;
    #[cfg_attr(optimised, inline(always))]
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        X::inputs(this.map(|backward| &backward.x), to);
    }
    fn call(this: Option<&Self>, out: &Dims) -> Call {
        let mut of = Vec::new();
        Self::inputs(this, &mut of);
        for operand in of.iter_mut().filter(|operand| operand.reads == Reads::RowMajor) {
            operand.reads = R::reads(out, operand);
        }
        let rule = this.map(|backward| &backward.rule);
        let flops = R::flops(rule, out, &of);
        Call { name: R::name(rule), kind: R::KIND, of, flops }
    }
}

impl<E: Real, X: Operands<E>, R: SlopeRule<E, X>> Pullback<E> for Backward<X, R> {
    #[inline]
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        let slopes = self.rule.slopes(device, &self.x, gradient, out);
        self.x.accept(device, slopes);
    }
}
