//! Operands that are memory already: constants, parameters, shared values, and the results of materialising operations.
//!
//! Apart from the operations because to a fused loop they all look the same.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::exact::Exact;
use super::memory::{InOrder, Memory};
use super::node::{Closed, Lazy};
use super::sink::LeafSink;
use super::table::Key;
use crate::device::{Buf, Device};
use crate::dims::{Flag, Off};
use crate::dtype::{Discrete, Real};
use crate::layout::{Axes, Sizes, Strided};
use crate::loops::{ExactSlot, Frame, GradTarget, Sealed, Slot, Survey};
use crate::shape::Shape;
use std::any::TypeId;
use std::marker::PhantomData;

/// A whole tensor in row-major order.
#[derive(Clone)]
pub struct Stored<S, E> {
    pub(crate) buf: Buf<E>,
    pub(crate) shape: S,
}

impl<S: Shape, E: Real> Stored<S, E> {
    /// One loop serves it: it has the region's very shape, or is a single element that stretches.
    #[inline(always)]
    pub(crate) fn flat<R: Shape>(&self) -> bool {
        Self::SINGLE || TypeId::of::<S>() == TypeId::of::<R>()
    }

    /// One element by type.
    const SINGLE: bool = matches!(S::STATIC_LEN, Some(1)) && <S::Stretches as Flag>::ON;

    #[inline(always)]
    fn axes(&self, region: &Sizes) -> Axes {
        if Self::SINGLE { Axes::single(region) } else { Axes::contiguous(self.shape).along(region) }
    }

    pub(crate) fn survey<G: Flag>(&self, survey: &mut Survey) {
        let axes = self.axes(survey.region());
        survey.operand(&axes, G::ON.then(|| self.buf.len()));
    }

    #[inline(always)]
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
        let slot = unsafe { Slot::new(self.buf.as_ptr(), &axes.stride, frame, gradient) };
        assert!(slot.stays_inside(frame, 0, self.buf.len()), "a buffer of {} elements is too short", self.buf.len());
        slot
    }

    #[inline(always)]
    pub(crate) fn bind_gradient<G: Flag, D: Device>(
        &self,
        device: D,
        frame: &Frame,
        region: &Sizes,
        there: Option<Buf<E>>,
    ) -> (Slot<E, G, S::Stretches>, LeafSink<E>) {
        let mut sink = LeafSink::none();
        let body = self.bind(frame, region, |axes| {
            let (target, opened) = LeafSink::open(device, there, self.buf.len(), axes, frame);
            sink = opened;
            target
        });
        (body, sink)
    }

    #[inline(always)]
    pub(crate) fn memory(&self) -> Memory<'_, E> {
        Memory::Whole(&self.buf)
    }
}

/// The five methods of [`Lazy`] that every materialised node forwards to its [`Stored`] value.
macro_rules! stored_node {
    ($field:ident, $E:ty, $S:ty) => {
        type Body = $crate::loops::Slot<$E, Self::Grad, <$S as $crate::shape::Shape>::Stretches>;
        type Sink = $crate::graph::LeafSink<$E>;
        #[inline(always)]
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
        #[inline(always)]
        fn memory(&self) -> Option<$crate::graph::Memory<'_, $E>> {
            Some(self.$field.memory())
        }
    };
}
pub(crate) use stored_node;

/// A tensor, parameter or shared value in the graph. `G`: gradients are collected under its key.
#[derive(Clone)]
pub struct Leaf<S, E, G> {
    stored: Stored<S, E>,
    key: Option<Key>,
    live: bool,
    gradient: PhantomData<G>,
}

impl<S, E, G> Leaf<S, E, G> {
    /// Memory that nothing differentiates.
    #[inline]
    pub(crate) fn constant(buf: Buf<E>, shape: S) -> Self {
        Leaf { stored: Stored { buf, shape }, key: None, live: false, gradient: PhantomData }
    }

    /// The memory.
    pub(crate) fn buf(&self) -> &Buf<E> {
        &self.stored.buf
    }

    /// Its shape.
    pub(crate) fn shape(&self) -> S
    where
        S: Copy,
    {
        self.stored.shape
    }
}

impl<S, E: Real, G> Leaf<S, E, G> {
    /// The value behind a key.
    #[inline]
    pub(crate) fn keyed(key: Key, shape: S, live: bool) -> Self {
        Leaf { stored: Stored { buf: key.value(), shape }, key: Some(key), live, gradient: PhantomData }
    }
}

impl<S, E, G> Sealed for Leaf<S, E, G> {}
#[diagnostic::do_not_recommend]
impl<S, E, G> Closed for Leaf<S, E, G> {}
#[diagnostic::do_not_recommend]
impl<S, E, G> InOrder for Leaf<S, E, G> {}

impl<S: Shape, E: Real, G: Flag> Lazy<E> for Leaf<S, E, G> {
    type Grad = G;
    stored_node!(stored, E, S);

    #[inline]
    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        if !G::ON {
            return (self.bind(frame, region), LeafSink::none());
        }
        let there = self.key.filter(|key| key.varies()).and_then(Key::take_gradient);
        self.stored.bind_gradient(device, frame, region, there)
    }

    #[inline]
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        if let (Some(key), Some(gradient)) = (self.key, sink.finish(device)) {
            deliver(device, key, gradient);
        }
    }

    fn accept<D: Device, R: Shape>(self, device: D, _: R, gradient: Buf<E>) {
        if let (true, Some(key)) = (G::ON, self.key) {
            deliver(device, key, gradient);
        }
    }

    #[inline(always)]
    fn live(&self) -> bool {
        G::ON && self.live
    }

    fn cut(&self) {
        if let (true, true, Some(key)) = (G::ON, self.live, self.key) {
            key.cut();
        }
    }
}

impl<S: Shape, E: Discrete> Exact<E> for Leaf<S, E, Off> {
    type Body = ExactSlot<E, S::Stretches>;
    #[inline(always)]
    fn flat<R: Shape>(&self, _: R) -> bool {
        TypeId::of::<S>() == TypeId::of::<R>()
    }
    fn survey(&self, survey: &mut Survey) {
        let axes = Axes::contiguous(self.shape()).along(survey.region());
        survey.operand(&axes, None);
    }
    #[inline]
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        ExactSlot::new(self.buf(), 0, &Axes::contiguous(self.shape()).along(region), frame)
    }
    fn place<R: Shape>(&self, shape: R) -> Option<Strided<E>> {
        Some(Strided::whole(self.buf().clone(), shape))
    }
}

/// Adds a gradient to what a key has; the first one is moved in. To the backward of a call inside of its own, the key's
/// value is a constant.
#[inline]
fn deliver<E: Real, D: Device>(device: D, key: Key, gradient: Buf<E>) {
    if !key.varies() {
        return;
    }
    if let Some((there, gradient)) = key.add_gradient(gradient) {
        let mut sum = device.unshared(there);
        device.add(&mut sum, &gradient);
        key.put_gradient(sum);
    }
}
