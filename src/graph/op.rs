//! Operations that are computed when called: a value, and what its backward needs.
//!
//! Apart from the operations (`ops`), each of which is a rule, [`SlopeRule`](super::SlopeRule), that says its slope;
//! the node around it is always this one. Four types implement [`Pullback`], and no operation does:
//! [`Backward`](super::Backward), which every rule stands in; [`Recalled`](super::Recalled), a graph in place of a
//! rule; [`Scan`](super::Scan), whose layers are counted at run time, and whose backward may be put off half-way;
//! [`Erasure`](super::Erasure), whose operand has no type any more.

use super::memory::InOrder;
use super::node::{Closed, Differentiable, Lazy};
use super::origin::{Call, Dims, Input, Origin, Work, dims_of};
use super::sink::LeafSink;
use super::stored::{Stored, stored_node};
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{Frame, Sealed};
use crate::shape::Shape;

/// What stands behind a value over elements `E`: what it was computed from. Behind integers nothing is alive.
pub trait Behind<E: Elem>: Sized + 'static {
    /// Whether a gradient flows to any of it.
    type Grad: Flag;
    /// Run-time refinement of `Grad`.
    fn live(&self) -> bool {
        Self::Grad::ON
    }
    /// Hands [`Lazy::cut`] on.
    fn cut(&self);
    /// The operands, for [`Lazy::origin`]; where they were let go, what their types know.
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>);
    /// The operation that gave a value of these sizes.
    fn call(this: Option<&Self>, out: &Dims) -> Call {
        let mut of = Vec::new();
        Self::inputs(this, &mut of);
        let _ = out;
        Call { name: "operation", kind: Work::UserFunction, of, flops: None }
    }
}

/// The backward of a materialising operation: owns its operands' graphs and whatever else it needs.
pub trait Pullback<E: Real>: Behind<E> {
    /// Passes the gradient of the output on to the operands. `out` is the operation's value.
    fn pull<D: Device>(self, device: D, gradient: Buf<E>, out: Buf<E>);
}

/// The node of a materialising operation.
pub struct Op<S, E, T> {
    stored: Stored<S, E>,
    pullback: Option<T>,
}

impl<S: Shape, E: Elem, T: Behind<E>> Op<S, E, T> {
    /// Keeps the pullback only where a gradient will come: in inference the operands are freed here.
    pub(crate) fn new(out: Buf<E>, shape: S, pullback: T) -> Self {
        let pullback = if pullback.live() { Some(pullback) } else { None };
        Op { stored: Stored { buf: out, shape }, pullback }
    }

    /// A value behind which nothing is alive.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn constant(out: Buf<E>, shape: S) -> Self {
        Op { stored: Stored { buf: out, shape }, pullback: None }
    }
}

impl<S, E, T> Op<S, E, T> {
    /// The memory that it is.
    pub(crate) fn stored(&self) -> &Stored<S, E> {
        &self.stored
    }
}

impl<S, E, T> Sealed for Op<S, E, T> {}
#[diagnostic::do_not_recommend]
impl<S, E, T> Closed for Op<S, E, T> {}
#[diagnostic::do_not_recommend]
impl<S, E, T> InOrder for Op<S, E, T> {}

impl<S: Shape, E: Elem, T: Behind<E>> Lazy<E> for Op<S, E, T> {
    type Grad = T::Grad;
    stored_node!(stored, E, S);

    fn live(&self) -> bool {
        self.pullback.is_some()
    }

    fn cut(&self) {
        if let Some(pullback) = &self.pullback {
            pullback.cut();
        }
    }

    fn origin(this: Option<&Self>) -> Origin {
        let out = dims_of(this.map(|node| node.stored.shape));
        let call = T::call(this.and_then(|node| node.pullback.as_ref()), &out);
        Origin::stored(this.map(|node| &node.stored), Some(call))
    }
}

impl<S: Shape, E: Real, T: Pullback<E>> Differentiable<E> for Op<S, E, T> {
    type Sink = LeafSink<E>;

    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        if !T::Grad::ON {
            return (self.bind(frame, region), LeafSink::none());
        }
        self.stored.bind_gradient(device, frame, region, None)
    }

    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        if let (Some(pullback), Some(gradient)) = (self.pullback, sink.finish(device)) {
            pullback.pull(device, gradient, self.stored.buf);
        }
    }

    fn accept<D: Device, R: Shape>(self, device: D, _: R, gradient: Buf<E>) {
        if let Some(pullback) = self.pullback {
            pullback.pull(device, gradient, self.stored.buf);
        }
    }
}
