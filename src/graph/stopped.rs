//! A value without its gradient: everything below is pruned from the backward when the program is compiled.
//!
//! Apart from `with`, whose methods say how graphs hang together: this is a node, and a body.

use super::memory::Memory;
use super::node::{Closed, Differentiable, Lazy};
use super::origin::Origin;
use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{
    At, Block, Body, Column, Faults, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing,
    without_gradient,
};
use crate::num::Lane;
use crate::shape::Shape;

/// The node of [`stop_gradient`](super::Sharing::stop_gradient).
#[derive(Clone, Copy)]
pub struct Stopped<N>(pub(crate) N);

impl<N> Sealed for Stopped<N> {}
#[diagnostic::do_not_recommend]
impl<N: Closed> Closed for Stopped<N> {}

impl<E: Elem, N: Lazy<E>> Lazy<E> for Stopped<N> {
    type Grad = Off;
    type Body = Stopped<N::Body>;
    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, region: S) -> bool {
        self.0.flat(region)
    }
    fn survey(&self, survey: &mut Survey) {
        self.0.survey(survey);
    }
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        Stopped(self.0.bind(frame, region))
    }
    fn cut(&self) {}
    fn origin(this: Option<&Self>) -> Origin {
        N::origin(this.map(|stopped| &stopped.0))
    }
    fn memory(&self) -> Option<Memory<'_, E>> {
        self.0.memory()
    }
}

impl<E: Real, N: Lazy<E>> Differentiable<E> for Stopped<N> {
    type Sink = ();
    fn bind_gradient<D: Device>(&self, _: D, frame: &Frame, region: &Sizes) -> (Self::Body, ()) {
        (self.bind(frame, region), ())
    }
    fn backward<D: Device>(self, _: D, (): ()) {}
}

impl<E: Elem, B: Body<E>> Body<E> for Stopped<B> {
    without_gradient!(E);
    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        self.0.spacing()
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        self.0.seek(frame, index);
    }
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V
    where
        E: Real,
    {
        self.0.value(registers, at)
    }
    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        TracedBody::constant(self.0.trace(tracing).value)
    }
    #[cfg_attr(optimised, inline(always))]
    fn element<const DENSE: bool>(&self, at: Column<DENSE>, faults: &mut Faults) -> E {
        self.0.element(at, faults)
    }
    #[cfg_attr(optimised, inline(always))]
    fn block<const DENSE: bool>(&self, at: Block<DENSE>, out: &mut [E], faults: &mut Faults) {
        self.0.block(at, out, faults);
    }
}
