//! Tensors that are put together from parts: each operand fills a window of the result.
//!
//! Apart from the operations (joining, stacking, padding), which only say where the windows lie. Elements of any type
//! are put together; floats are differentiated: an operand's gradient is its window of the result's.

use super::leaf::Leaf;
use super::located::Located;
use super::node::{Lazy, Seed, reverse};
use super::op::{Op, Pullback};
use crate::device::{Buf, Device};
use crate::dims::{Flag, Off};
use crate::dtype::{Elem, NoFloat, Real};
use crate::layout::{Axes, Strided};
use crate::shape::Shape;

/// An operand and its window of the result.
pub struct Part<N, S> {
    /// The operand.
    pub(crate) node: N,
    /// Its shape.
    pub(crate) shape: S,
    /// The place of its first element in the result.
    pub(crate) offset: usize,
    /// The strides of the result along its axes.
    pub(crate) axes: Axes,
}

impl<N, S: Shape> Part<N, S> {
    fn write<E: Elem, D: Device>(&self, device: D, out: &mut Buf<E>)
    where
        N: Located<E>,
    {
        let values = self.node.in_order(device, self.shape);
        device.put_strided(out, self.offset, &self.axes, &values);
    }

    fn pull<E: Real, D: Device>(self, device: D, gradient: &Buf<E>)
    where
        N: Lazy<E>,
    {
        let window = Strided { buf: gradient.clone(), offset: self.offset, axes: self.axes };
        reverse(device, self.node, self.shape, Seed::strided(window));
    }
}

/// Parts that can be written.
pub trait Parts<E> {
    /// Writes every window.
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>);
}

/// Parts that can be differentiated.
pub trait LazyParts<E: Real>: 'static {
    /// Whether a part has a gradient.
    type Grad: Flag;
    /// Hands each operand its window of the gradient.
    fn pull<D: Device>(self, device: D, gradient: &Buf<E>);
    /// Run-time refinement of `Grad`.
    fn live(&self) -> bool;
    /// See [`Lazy::cut`].
    fn cut(&self);
}

impl<E: Elem, N: Located<E>, S: Shape> Parts<E> for Vec<Part<N, S>> {
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>) {
        self.iter().for_each(|part| part.write(device, out));
    }
}

impl<E: Real, N: Lazy<E>, S: Shape> LazyParts<E> for Vec<Part<N, S>> {
    type Grad = N::Grad;
    fn pull<D: Device>(self, device: D, gradient: &Buf<E>) {
        self.into_iter().for_each(|part| part.pull(device, gradient));
    }
    fn live(&self) -> bool {
        self.iter().any(|part| part.node.live())
    }
    fn cut(&self) {
        self.iter().for_each(|part| part.node.cut());
    }
}

impl<E: Elem, A: Located<E>, SA: Shape, B: Located<E>, SB: Shape> Parts<E> for (Part<A, SA>, Part<B, SB>) {
    fn write<D: Device>(&self, device: D, out: &mut Buf<E>) {
        self.0.write(device, out);
        self.1.write(device, out);
    }
}

impl<E: Real, A: Lazy<E>, SA: Shape, B: Lazy<E>, SB: Shape> LazyParts<E> for (Part<A, SA>, Part<B, SB>) {
    type Grad = <A::Grad as Flag>::Or<B::Grad>;
    fn pull<D: Device>(self, device: D, gradient: &Buf<E>) {
        self.0.pull(device, gradient);
        self.1.pull(device, gradient);
    }
    fn live(&self) -> bool {
        self.0.node.live() || self.1.node.live()
    }
    fn cut(&self) {
        self.0.node.cut();
        self.1.node.cut();
    }
}

/// The backward of an assembled tensor.
pub struct Assembled<P>(P);

impl<E: Real, P: LazyParts<E>> Pullback<E> for Assembled<P> {
    type Grad = P::Grad;
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>) {
        drop(out);
        self.0.pull(device, &gradient);
    }
    fn live(&self) -> bool {
        P::Grad::ON && self.0.live()
    }
    fn cut(&self) {
        self.0.cut();
    }
}

/// The node of a tensor assembled of parts `P`: with a backward over floats, a plain tensor otherwise.
pub trait AssembledNode<S, P, Float = <Self as Elem>::Float>: Elem {
    /// The node.
    type Node;
    /// A buffer for a result of which every element will be written.
    fn room<D: Device>(device: D, len: usize) -> Buf<Self>;
    /// The node of a result that has been written.
    fn node(out: Buf<Self>, shape: S, parts: P) -> Self::Node;
}

#[diagnostic::do_not_recommend]
impl<E: Real, S: Shape, P: LazyParts<E>> AssembledNode<S, P, E> for E {
    type Node = Op<S, E, Assembled<P>>;
    fn room<D: Device>(device: D, len: usize) -> Buf<E> {
        device.unwritten(len)
    }
    fn node(out: Buf<E>, shape: S, parts: P) -> Self::Node {
        Op::new(out, shape, Assembled(parts))
    }
}

#[diagnostic::do_not_recommend]
impl<K, E: Elem<Float = NoFloat<K>>, S: Shape, P> AssembledNode<S, P, NoFloat<K>> for E {
    type Node = Leaf<S, E, Off>;
    fn room<D: Device>(device: D, len: usize) -> Buf<E> {
        device.zeroed(len)
    }
    fn node(out: Buf<E>, shape: S, _: P) -> Self::Node {
        Leaf::constant(out, shape)
    }
}
