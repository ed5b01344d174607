//! Dropout: the layer, and the node that masks an expression or lets it pass.
//!
//! A node of its own because in inference dropout must be the identity without becoming another type: what it wraps is
//! then handed on as it is, memory and all.

use super::Layer;
use crate::device::{Buf, Device, DrawWork};
use crate::dims::Off;
use crate::dtype::Real;
use crate::error::Error;
use crate::graph::{Closed, Differentiable, Ex, Expr, Lazy, Leaf, Memory, Node, Operand, Origin, Out, reverse_dense};
use crate::layout::{Sizes, count};
use crate::loops::{At, Back, Body, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing};
use crate::model::{Forward, Model, Part, Weights, next_key};
use crate::num::{Lane, Num};
use crate::random::is_given_in_inference;
use crate::shape::Shape;
use std::fmt;
use std::marker::PhantomData;

/// Dropout: in training, elements are zeroed with probability `p` and the others scaled by `1 / (1 - p)`.
///
/// `y = mask · x`, `dx = mask · dy`, any shape. In inference it is the identity, unless
/// [`with_dropout`](crate::model::with_dropout) asks for it there, and so it is with `p = 0`. The mask is
/// drawn from the key of the step ([`with_key`](crate::model::with_key)): element `i` depends on that key and `i`
/// alone.
/// A dropped element is 0 even where `x` is NaN or infinite. Srivastava et al. 2014.
///
/// ```
/// use congruent::prelude::*;
/// let dropout = Dropout::<Weights>::new(0.5)?;
/// let x = Cpu.ones::<Shape![100]>();
/// assert_eq!(dropout.infer(|m| m.forward(&x).eval())?, x);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model)]
pub struct Dropout<P: Part = Weights> {
    p: f64,
    part: PhantomData<P>,
}

impl<P: Part> fmt::Debug for Dropout<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dropout").field("p", &self.p).finish()
    }
}

impl<P: Part> Dropout<P> {
    /// Dropout with probability `p`.
    ///
    /// # Errors
    /// [`Error::Value`] where `p` is not in `[0, 1)`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let error = Dropout::<Weights>::new(1.0).unwrap_err();
    /// assert_eq!(error.to_string(), "dropout probability: 1 is not allowed, it must be in [0, 1)");
    /// ```
    pub fn new(p: f64) -> Result<Self, Error> {
        let rule = "it must be in [0, 1)";
        match (0.0..1.0).contains(&p) {
            true => Ok(Dropout { p, part: PhantomData }),
            false => Err(Error::Value { what: "dropout probability", found: p.to_string(), rule }),
        }
    }

    /// Dropout that drops nothing.
    pub(super) fn none() -> Self {
        Dropout { p: 0.0, part: PhantomData }
    }

    /// The probability that an element is dropped.
    pub fn p(&self) -> f64 {
        self.p
    }

    /// Masks `x` in training, hands it on in inference.
    ///
    /// In training with `p > 0` it raises [`Error::NoKey`] outside of [`with_key`](crate::model::with_key). A frozen
    /// model's is the identity, also inside of another model's step.
    #[track_caller]
    pub fn forward<X>(self, x: X) -> Ex<X::S, X::E, X::D, Dropped<X::S, X::E, X::N>>
    where
        P: Forward,
        X: Operand<E: Real, N: Node<X::E>>,
    {
        let Ex { node, shape, device, .. } = x.ex();
        let mask = ((P::TRAIN || is_given_in_inference()) && self.p > 0.0)
            .then(|| Leaf::constant(device.keep_mask(next_key(), count(shape), self.p), shape));
        Ex::new(Dropped { x: node, mask, scale: 1.0 / (1.0 - self.p) }, shape, device)
    }
}

impl<S: Shape, P: Forward> Layer<S, P> for Dropout<P> {
    type Out = S;
    type Graph<N: Node<P::Elem>> = Dropped<S, P::Elem, N>;
    fn forward<X: Expr<S, P>>(self, x: X) -> Out<S, P, Self::Graph<X::N>> {
        Dropout::forward(self, x)
    }
}

/// The node of dropout: an expression under a mask, or as it is.
pub struct Dropped<S, E, N> {
    x: N,
    mask: Option<Leaf<S, E, Off>>,
    scale: f64,
}

impl<S, E, N> Sealed for Dropped<S, E, N> {}
#[diagnostic::do_not_recommend]
impl<S, E, N: Closed> Closed for Dropped<S, E, N> {}

impl<S: Shape, E: Real, N: Lazy<E>> Lazy<E> for Dropped<S, E, N> {
    type Grad = N::Grad;
    type Body = DroppedBody<N::Body, <Leaf<S, E, Off> as Lazy<E>>::Body>;

    fn flat<R: Shape>(&self, region: R) -> bool {
        self.x.flat(region) && self.mask.as_ref().is_none_or(|mask| mask.flat(region))
    }
    fn survey(&self, survey: &mut Survey) {
        self.x.survey(survey);
        self.mask.iter().for_each(|mask| mask.survey(survey));
    }
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        let mask = self.mask.as_ref().map(|mask| mask.bind(frame, region));
        DroppedBody { x: self.x.bind(frame, region), mask, scale: self.scale }
    }
    fn memory(&self) -> Option<Memory<'_, E>> {
        if self.mask.is_none() { self.x.memory() } else { None }
    }
    fn live(&self) -> bool {
        self.x.live()
    }
    fn cut(&self) {
        self.x.cut();
    }
    fn origin(this: Option<&Self>) -> Origin {
        let x = N::origin(this.map(|node| &node.x));
        match this.map(|node| node.mask.as_ref()) {
            Some(None) => x,
            mask => Origin::formula("dropout", Some(3), vec![x, Leaf::<S, E, Off>::origin(mask.flatten())]),
        }
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Differentiable<E> for Dropped<S, E, N> {
    type Sink = N::Sink;

    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        let (x, sink) = self.x.bind_gradient(device, frame, region);
        (DroppedBody { x, mask: self.mask.as_ref().map(|mask| mask.bind(frame, region)), scale: self.scale }, sink)
    }
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        self.x.backward(device, sink);
    }
    fn accept<D: Device, R: Shape>(self, device: D, shape: R, gradient: Buf<E>) {
        match self.mask {
            None => self.x.accept(device, shape, gradient),
            Some(_) => reverse_dense(device, self, shape, gradient),
        }
    }
}

/// [`Dropped`] as a fused loop sees it.
#[derive(Clone, Copy)]
pub struct DroppedBody<B, M> {
    x: B,
    mask: Option<M>,
    // Beside the mask and not in it: `f16` holds no scale above 65504, and few of them exactly.
    scale: f64,
}

impl<B, M> Sealed for DroppedBody<B, M> {}

impl<E: Real, B: Body<E>, M: Body<E>> Body<E> for DroppedBody<B, M> {
    type Grad = B::Grad;
    type Tape<V: Lane<E>> = (B::Tape<V>, V);
    type Sums<V: Lane<E>> = B::Sums<V>;

    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        self.x.spacing() | self.mask.as_ref().map_or(Spacing::ONE, M::spacing)
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        self.x.seek(frame, index);
        if let Some(mask) = &mut self.mask {
            mask.seek(frame, index);
        }
    }
    #[cfg_attr(optimised, inline(always))]
    fn select(&mut self, chunk: usize) {
        self.x.select(chunk);
    }
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V {
        let x = self.x.value(registers, at);
        self.mask.as_ref().map_or(x, |mask| masked(x, mask.value(registers, at) * self.scale))
    }
    #[cfg_attr(optimised, inline(always))]
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>) {
        let (x, tape) = self.x.record(registers, at);
        let mask = self.mask.as_ref().map_or(V::c(1.0), |mask| mask.value(registers, at) * self.scale);
        (masked(x, mask), (tape, mask))
    }
    #[cfg_attr(optimised, inline(always))]
    fn sums<V: Lane<E>>(&self) -> Self::Sums<V> {
        self.x.sums()
    }
    #[cfg_attr(optimised, inline(always))]
    fn pull<V: Lane<E>, R: Registers<V>>(
        &self,
        (tape, mask): Self::Tape<V>,
        g: V,
        sums: &mut Self::Sums<V>,
        registers: &mut R,
        at: At,
    ) {
        self.x.pull(tape, g * mask, sums, registers, at);
    }
    #[cfg_attr(optimised, inline(always))]
    fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>) {
        self.x.settle(sums);
    }
    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        let x = self.x.trace(tracing);
        let Some(mask) = &self.mask else { return x };
        let mask = mask.trace(tracing).value * self.scale;
        TracedBody { value: masked(x.value, mask), back: Back::Slopes(vec![(mask, x.back)]) }
    }
}

/// `x · mask`, but 0 where the mask is, whatever `x` is.
#[cfg_attr(optimised, inline(always))]
fn masked<V: Num>(x: V, mask: V) -> V {
    V::select_eq(mask, V::c(0.0), V::c(0.0), x * mask)
}
