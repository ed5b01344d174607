//! A tensor in memory, as a fused loop reads it.
//!
//! Apart from the nodes because leaves, results and reshaped tensors all look like this.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::memory::Memory;
use super::sink::LeafSink;
use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, Sizes};
use crate::loops::{Frame, GradTarget, Slot, Survey};
use crate::shape::Shape;
use std::any::TypeId;

/// A whole tensor in row-major order.
#[derive(Clone)]
pub struct Stored<S, E> {
    pub(crate) buf: Buf<E>,
    pub(crate) shape: S,
}

impl<S: Shape, E: Elem> Stored<S, E> {
    /// One loop serves it: it has the region's very shape, or is a single element that stretches.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn flat<R: Shape>(&self) -> bool {
        Self::SINGLE || TypeId::of::<S>() == TypeId::of::<R>()
    }

    /// One element by type.
    const SINGLE: bool = matches!(S::STATIC_LEN, Some(1)) && <S::Stretches as Flag>::ON;

    #[cfg_attr(optimised, inline(always))]
    fn axes(&self, region: &Sizes) -> Axes {
        if Self::SINGLE { Axes::single(region) } else { Axes::stretched(self.shape, region) }
    }

    pub(crate) fn survey<G: Flag>(&self, survey: &mut Survey) {
        let gradients = if G::ON { Some(self.buf.len()) } else { None };
        if Self::SINGLE {
            let axes = Axes::single(survey.region());
            survey.operand(&axes.stride, gradients.filter(|_| axes.reduces()));
        } else {
            survey.dense(self.shape.dims().as_ref(), gradients, !E::NARROW);
        }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn bind<G: Flag>(
        &self,
        frame: &Frame,
        region: &Sizes,
        gradient: impl FnOnce(&Axes) -> GradTarget<E>,
    ) -> Slot<E, G, S::Stretches> {
        let axes = self.axes(region);
        let gradient = gradient(&axes);
        // SAFETY: every place is compared with the length below, before any loop runs; the gradient has the memory's
        // layout and length. Rows of a shape whose last axis cannot stretch are contiguous, because a frame drops the
        // last axis only when it is `D<1>` for every operand.
        let slot = unsafe { Slot::new(self.buf.address(), &axes.stride, frame, gradient) };
        assert!(slot.stays_inside(frame, 0, self.buf.len()), "a buffer of {} elements is too short", self.buf.len());
        slot
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn memory(&self) -> Memory<'_, E> {
        Memory::Whole(&self.buf)
    }
}

impl<S: Shape, E: Real> Stored<S, E> {
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn bind_gradient<G: Flag, D: Device>(
        &self,
        device: D,
        frame: &Frame,
        region: &Sizes,
        there: Option<Buf<E>>,
    ) -> (Slot<E, G, S::Stretches>, LeafSink<E>) {
        let mut sink = LeafSink::none();
        let body = self.bind(frame, region, |axes| {
            let (summed, of_rows) = (|| axes.reduces(), || axes.of_rows());
            let (target, opened) = LeafSink::open(device, there, self.buf.len(), summed, of_rows, frame);
            sink = opened;
            target
        });
        (body, sink)
    }
}

/// What of [`Lazy`](super::Lazy) every materialised node forwards to its [`Stored`] value.
macro_rules! stored_node {
    ($field:ident, $E:ty, $S:ty) => {
        type Body = $crate::loops::Slot<$E, Self::Grad, <$S as $crate::shape::Shape>::Stretches>;
        #[cfg_attr(optimised, inline(always))]
        fn flat<Region_: $crate::shape::Shape>(&self, _: Region_) -> bool {
            self.$field.flat::<Region_>()
        }
        fn survey(&self, survey: &mut $crate::loops::Survey) {
            self.$field.survey::<Self::Grad>(survey);
        }
        #[inline]
        fn bind(&self, frame: &$crate::loops::Frame, region: &$crate::layout::Sizes) -> Self::Body {
            self.$field.bind(frame, region, |_| $crate::loops::GradTarget::NONE)
        }
        #[cfg_attr(optimised, inline(always))]
        fn memory(&self) -> Option<$crate::graph::Memory<'_, $E>> {
            Some(self.$field.memory())
        }
        #[cfg_attr(optimised, inline(always))]
        fn taken(self) -> Result<$crate::device::Buf<$E>, Self> {
            Ok(self.$field.buf)
        }
    };
}
pub(crate) use stored_node;
