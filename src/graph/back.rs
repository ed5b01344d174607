//! Backward as a rule: what an operation that is computed when called says of its gradient, and nothing else.
//!
//! Apart from the node (`op`), which any backward may stand behind: whether a gradient is wanted, where it goes and
//! what a cut means is the same for all operations of one operand, and for all of two.

use super::node::Lazy;
use super::op::Pullback;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::shape::Shape;

/// An operand of an operation: its graph, and the shape that its gradient has.
pub struct Given<S, N> {
    pub(crate) node: N,
    pub(crate) shape: S,
}

impl<S, N> Given<S, N> {
    fn wanted<E: Real>(&self) -> bool
    where
        N: Lazy<E>,
    {
        N::Grad::ON && self.node.live()
    }
}

/// The operands of an operation: one, or two.
pub trait Operands<E: Real>: 'static {
    /// Whether one of them has a gradient.
    type Grad: Flag;
    /// Their gradients.
    type Slopes;
    /// Run-time refinement of `Grad`.
    fn live(&self) -> bool;
    /// Notes at each of them that the operation became a tensor.
    fn cut(&self);
    /// Hands the gradients on.
    fn accept<D: Device>(self, device: D, slopes: Self::Slopes);
}

impl<S: Shape, E: Real, N: Lazy<E>> Operands<E> for Given<S, N> {
    type Grad = N::Grad;
    type Slopes = Buf<E>;
    fn live(&self) -> bool {
        self.wanted()
    }
    fn cut(&self) {
        self.node.cut();
    }
    fn accept<D: Device>(self, device: D, slope: Buf<E>) {
        self.node.accept(device, self.shape, slope);
    }
}

/// Two operands; a gradient that is not wanted is `None`.
pub struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<SA: Shape, SB: Shape, A, B> Both<Given<SA, A>, Given<SB, B>> {
    /// Of which of them a gradient is wanted.
    pub(crate) fn wanted<E: Real>(&self) -> [bool; 2]
    where
        A: Lazy<E>,
        B: Lazy<E>,
    {
        [self.0.wanted(), self.1.wanted()]
    }
}

impl<SA: Shape, SB: Shape, E: Real, A: Lazy<E>, B: Lazy<E>> Operands<E> for Both<Given<SA, A>, Given<SB, B>> {
    type Grad = <A::Grad as Flag>::Or<B::Grad>;
    type Slopes = [Option<Buf<E>>; 2];
    fn live(&self) -> bool {
        self.wanted().contains(&true)
    }
    fn cut(&self) {
        self.0.cut();
        self.1.cut();
    }
    /// The second first: what comes last in the graph is passed on first.
    fn accept<D: Device>(self, device: D, [first, second]: [Option<Buf<E>>; 2]) {
        if let Some(slope) = second.filter(|_| self.1.wanted()) {
            self.1.accept(device, slope);
        }
        if let Some(slope) = first.filter(|_| self.0.wanted()) {
            self.0.accept(device, slope);
        }
    }
}

/// What an operation says of its gradient.
pub trait SlopeRule<E: Real, X: Operands<E>>: Sized + 'static {
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

impl<S, N, R> Backward<Given<S, N>, R> {
    /// Of one operand.
    pub(crate) fn of(node: N, shape: S, rule: R) -> Self {
        Backward { x: Given { node, shape }, rule }
    }
}

impl<SA, A, SB, B, R> Backward<Both<Given<SA, A>, Given<SB, B>>, R> {
    /// Of two operands.
    pub(crate) fn of_both((a, a_shape): (A, SA), (b, b_shape): (B, SB), rule: R) -> Self {
        Backward { x: Both(Given { node: a, shape: a_shape }, Given { node: b, shape: b_shape }), rule }
    }
}

impl<E: Real, X: Operands<E>, R: SlopeRule<E, X>> Pullback<E> for Backward<X, R> {
    type Grad = X::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        let slopes = self.rule.slopes(device, &self.x, gradient, out);
        self.x.accept(device, slopes);
    }
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
}
