//! Tensors that are put together from parts: each operand fills a window of the result.
//!
//! Apart from the operations (joining, stacking, padding), which only say where the windows lie. Elements of any type
//! are put together; floats are differentiated: an operand's gradient is its window of the result's.

use super::back::{Backward, Operands, SlopeRule};
use super::located::Located;
use super::node::{Differentiable, Lazy, Seed, reverse};
use super::op::{Behind, Op};
use super::origin::{Described, Input, Reads, Work};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, Strided};
use crate::shape::Shape;

/// An operand and its window of the result.
pub struct Piece<N, S> {
    /// The operand.
    pub(crate) node: N,
    /// Its shape.
    pub(crate) shape: S,
    /// The place of its first element in the result.
    pub(crate) offset: usize,
    /// The strides of the result along its axes.
    pub(crate) axes: Axes,
}

impl<N, S: Shape> Piece<N, S> {
    fn write<E: Elem, D: Device>(&self, device: D, out: &mut Buf<E>)
    where
        N: Located<E>,
    {
        let values = self.node.in_order(device, self.shape);
        device.put_strided(out, self.offset, &self.axes, &values);
    }
}

/// Parts that can be written.
pub trait Pieces<E: Elem> {
    /// Writes every window.
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>);
}

impl<E: Elem, N: Located<E>, S: Shape> Pieces<E> for Vec<Piece<N, S>> {
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>) {
        self.iter().for_each(|part| part.write(device, out));
    }
}

impl<E: Elem, A: Located<E>, SA: Shape, B: Located<E>, SB: Shape> Pieces<E> for (Piece<A, SA>, Piece<B, SB>) {
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>) {
        self.0.write(device, out);
        self.1.write(device, out);
    }
}

/// A part, several of a kind, or two: each takes its window of the result's gradient.
impl<E: Elem, N: Lazy<E>, S: Shape> Behind<E> for Piece<N, S> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        N::Grad::ON && self.node.live()
    }
    fn cut(&self) {
        self.node.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.push(Input::of::<E, _>(
            N::origin(this.map(|part| &part.node)),
            this.map(|part| part.shape),
            Reads::RowMajor,
        ));
    }
}

impl<E: Real, N: Differentiable<E>, S: Shape> Operands<E> for Piece<N, S> {
    type Slopes = Buf<E>;
    fn accept<D: Device>(self, device: D, gradient: Buf<E>) {
        let window = Strided { buf: gradient, offset: self.offset, axes: self.axes };
        reverse(device, self.node, self.shape, Seed::strided(window));
    }
}

impl<E: Elem, N: Lazy<E>, S: Shape> Behind<E> for Vec<Piece<N, S>> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        self.iter().any(|part| Behind::<E>::live(part))
    }
    fn cut(&self) {
        self.iter().for_each(|part| Behind::<E>::cut(part));
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        match this {
            Some(parts) => parts.iter().for_each(|part| <Piece<N, S> as Behind<E>>::inputs(Some(part), to)),
            None => <Piece<N, S> as Behind<E>>::inputs(None, to),
        }
    }
}

impl<E: Real, N: Differentiable<E>, S: Shape> Operands<E> for Vec<Piece<N, S>> {
    type Slopes = Buf<E>;
    fn accept<D: Device>(self, device: D, gradient: Buf<E>) {
        self.into_iter().for_each(|part| part.accept(device, gradient.clone()));
    }
}

impl<E: Elem, A: Lazy<E>, SA: Shape, B: Lazy<E>, SB: Shape> Behind<E> for (Piece<A, SA>, Piece<B, SB>) {
    type Grad = <A::Grad as Flag>::Or<B::Grad>;
    fn live(&self) -> bool {
        self.0.live() || self.1.live()
    }
    fn cut(&self) {
        self.0.cut();
        self.1.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        <Piece<A, SA> as Behind<E>>::inputs(this.map(|parts| &parts.0), to);
        <Piece<B, SB> as Behind<E>>::inputs(this.map(|parts| &parts.1), to);
    }
}

impl<E, A, SA, B, SB> Operands<E> for (Piece<A, SA>, Piece<B, SB>)
where
    E: Real,
    A: Differentiable<E>,
    SA: Shape,
    B: Differentiable<E>,
    SB: Shape,
{
    type Slopes = Buf<E>;
    fn accept<D: Device>(self, device: D, gradient: Buf<E>) {
        self.0.accept(device, gradient.clone());
        self.1.accept(device, gradient);
    }
}

/// The rule of an assembled tensor: its parts find their gradients in its own.
pub struct AssembledBack;

impl Described for AssembledBack {
    const NAME: &'static str = "join";
    const KIND: Work = Work::JoinedParts;
}

impl<E: Real, P: Operands<E, Slopes = Buf<E>>> SlopeRule<E, P> for AssembledBack {
    fn slopes<D: Device>(self, _: D, _: &P, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        gradient
    }
}

/// The backward of an assembled tensor.
pub type Assembled<P> = Backward<P, AssembledBack>;

/// The node of a tensor assembled of parts `P`.
pub type AssembledNode<S, E, P> = Op<S, E, Assembled<P>>;

/// The node of a tensor whose windows the parts have filled.
pub(crate) fn assembled<S: Shape, E: Elem, P: Behind<E>>(out: Buf<E>, shape: S, parts: P) -> AssembledNode<S, E, P> {
    Op::new(out, shape, Backward::new(parts, AssembledBack))
}
