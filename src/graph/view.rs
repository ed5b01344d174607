//! Views: the same memory under other strides (transposes, permutations, stretched axes), read without a copy.
//!
//! Apart from the leaves because a view's gradient has the layout of the memory, not of the view.
#![allow(unsafe_code, reason = "operands are pointers and strides, checked when they are bound")]

use super::constant::Constant;
use super::located::Located;
use super::memory::{InOrder, Memory};
use super::node::{Closed, Differentiable, Lazy, Seed, reverse};
use super::origin::{Call, Input, Origin, Reads, Work};
use super::sink::LeafSink;
use super::stored::{Stored, stored_node};
use crate::device::{Buf, Device};
use crate::dims::{Flag, On};
use crate::dtype::{Elem, Real};
use crate::layout::{Axes, Sizes, Strided};
use crate::loops::{Frame, GradTarget, Sealed, Slot, Survey};
use crate::shape::Shape;

/// The node of a view: operand `a` of shape `SA`, seen along other axes.
pub struct Viewed<A, SA, E> {
    a: A,
    shape: SA,
    memory: Strided<E>,
    own: Strided<E>,
}

impl<A: Located<E>, SA: Shape, E: Elem> Viewed<A, SA, E> {
    /// `arrange` turns the operand's memory into the view's axes (and offset).
    pub(crate) fn new<D: Device>(device: D, a: A, shape: SA, arrange: impl FnOnce(Strided<E>) -> Strided<E>) -> Self {
        let memory = a.located(device, shape);
        let own = arrange(memory.clone());
        Viewed { a, shape, memory, own }
    }
}

impl<A, SA, E: Elem> Viewed<A, SA, E> {
    /// The same view of the elements as another type, through which no gradient flows.
    pub(crate) fn converted<E2: Elem, D: Device>(&self, device: D) -> Viewed<Constant<E2>, (), E2> {
        Viewed::of_memory(Strided { buf: device.convert(&self.own.buf), offset: self.own.offset, axes: self.own.axes })
    }
}

impl<E: Elem> Viewed<Constant<E>, (), E> {
    /// Memory that nothing differentiates, of a shape that is no type.
    pub(crate) fn of_memory(own: Strided<E>) -> Self {
        Viewed { a: Constant(E::default()), shape: (), memory: own.clone(), own }
    }
}

impl<A: Lazy<E>, SA: Shape, E: Elem> Viewed<A, SA, E> {
    fn slot(&self, frame: &Frame, axes: &Axes, gradient: GradTarget<E>) -> Slot<E, A::Grad, On> {
        let Strided { buf, offset, .. } = &self.own;
        let place = buf.address().wrapping_add(*offset);
        // SAFETY: checked below, before any loop runs; the gradient has the memory's layout and length.
        let slot = unsafe { Slot::new(place, &axes.stride, frame, gradient) };
        assert!(slot.stays_inside(frame, *offset, buf.len()), "a view reaches outside of its memory");
        slot
    }
}

impl<A, SA, E> Sealed for Viewed<A, SA, E> {}
#[diagnostic::do_not_recommend]
impl<A, SA, E> Closed for Viewed<A, SA, E> {}

impl<A: Lazy<E>, SA: Shape, E: Elem> Lazy<E> for Viewed<A, SA, E> {
    type Grad = A::Grad;
    type Body = Slot<E, A::Grad, On>;

    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, _: S) -> bool {
        false
    }
    fn survey(&self, survey: &mut Survey) {
        let axes = self.own.axes.along(survey.region());
        let summed = A::Grad::ON && !axes.is_injective();
        let of_rows = !E::NARROW && axes.of_rows() && axes.nests();
        survey.receiving(&axes, summed.then(|| self.own.buf.len()), of_rows);
    }
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        self.slot(frame, &self.own.axes.along(region), GradTarget::NONE)
    }
    fn memory(&self) -> Option<Memory<'_, E>> {
        Some(Memory::Strided(&self.own))
    }
    fn live(&self) -> bool {
        self.a.live()
    }
    fn cut(&self) {
        self.a.cut();
    }
    fn origin(this: Option<&Self>) -> Origin {
        let of = Input::of::<E, _>(A::origin(this.map(|view| &view.a)), this.map(|view| view.shape), Reads::InPlace);
        Origin::viewed(this.map(|view| &view.own), of)
    }
}

impl<A: Differentiable<E>, SA: Shape, E: Real> Differentiable<E> for Viewed<A, SA, E> {
    type Sink = LeafSink<E>;

    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        let axes = self.own.axes.along(region);
        if !A::Grad::ON {
            return (self.slot(frame, &axes, GradTarget::NONE), LeafSink::none());
        }
        let (summed, of_rows) = (|| !axes.is_injective(), || axes.of_rows() && axes.nests());
        let (target, sink) = LeafSink::open(device, None, self.own.buf.len(), summed, of_rows, frame);
        (self.slot(frame, &axes, target.from(self.own.offset)), sink)
    }
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        let Some(gradient) = sink.finish(device) else { return };
        if self.memory.is_whole(self.shape) {
            self.a.accept(device, self.shape, gradient);
        } else {
            reverse(device, self.a, self.shape, Seed::strided(Strided { buf: gradient, ..self.memory }));
        }
    }
}

/// Same elements in the same order under another shape: no copy where the operand is whole, one loop otherwise.
pub struct Reshaped<A, SA, S, E> {
    a: A,
    from: SA,
    stored: Stored<S, E>,
}

impl<A: Located<E>, SA: Shape, S: Shape, E: Elem> Reshaped<A, SA, S, E> {
    /// The caller has checked that the element counts agree.
    pub(crate) fn new<D: Device>(device: D, a: A, from: SA, shape: S) -> Self {
        let buf: Buf<E> = a.in_order(device, from);
        Reshaped { a, from, stored: Stored { buf, shape } }
    }
}

impl<A, SA, S, E> Reshaped<A, SA, S, E> {
    /// The memory that it is.
    pub(crate) fn stored(&self) -> &Stored<S, E> {
        &self.stored
    }
}

impl<A, SA, S, E> Sealed for Reshaped<A, SA, S, E> {}
#[diagnostic::do_not_recommend]
impl<A, SA, S, E> Closed for Reshaped<A, SA, S, E> {}

impl<A: Lazy<E>, SA: Shape, S: Shape, E: Elem> Lazy<E> for Reshaped<A, SA, S, E> {
    type Grad = A::Grad;
    stored_node!(stored, E, S);

    fn live(&self) -> bool {
        self.a.live()
    }
    fn cut(&self) {
        self.a.cut();
    }
    fn origin(this: Option<&Self>) -> Origin {
        let of = Input::of::<E, _>(A::origin(this.map(|node| &node.a)), this.map(|node| node.from), Reads::RowMajor);
        let call = Call { name: "reshape", kind: Work::ViewOnly, of: vec![of], flops: Some(0) };
        Origin::stored(this.map(|node| &node.stored), Some(call))
    }
}

impl<A: Differentiable<E>, SA: Shape, S: Shape, E: Real> Differentiable<E> for Reshaped<A, SA, S, E> {
    type Sink = LeafSink<E>;

    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        if !A::Grad::ON {
            return (self.bind(frame, region), LeafSink::none());
        }
        self.stored.bind_gradient(device, frame, region, None)
    }
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        if let Some(gradient) = sink.finish(device) {
            self.a.accept(device, self.from, gradient);
        }
    }
    fn accept<D: Device, R: Shape>(self, device: D, _: R, gradient: Buf<E>) {
        self.a.accept(device, self.from, gradient);
    }
}

#[diagnostic::do_not_recommend]
impl<A, SA, S, E> InOrder for Reshaped<A, SA, S, E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elements::{called, for_each_float};
    use crate::layout::MAX_AXES;
    use crate::prelude::*;

    crate::dims! { Windows = ?, Len = ? }

    /// Windows of three elements, each one element on: no operation makes such a view yet.
    fn windows<E: Elem>(memory: Strided<E>, count: usize) -> Strided<E> {
        let mut axes = Axes::contiguous((D::<1>, D::<3>));
        (axes.size[MAX_AXES - 2], axes.stride[MAX_AXES - 2]) = (count, 1);
        Strided { axes, ..memory }
    }

    /// The gradient of `Σ w · windows(x)` by `x`.
    fn gradient<E: Real>(count: usize, weights: &Tensor<(Windows, D<3>), E>) -> Vec<f64> {
        let x: Param<(Len,), Weights<E>> = Cpu.ones_of::<E, _>((Len(count + 2),)).into();
        let step = x.value_and_grad(|x| {
            let Ex { node, shape, device, .. } = x.ex();
            let view = Viewed::new(device, node, shape, |memory| windows(memory, count));
            (Ex::<_, E, _, _>::new(view, (Windows(count), D::<3>), device) * weights).sum()
        });
        step.expect("sizes that fit").1.as_slice().iter().map(|x| x.as_f64()).collect()
    }

    fn check<E: Real>(count: usize) {
        let number = |window: usize, i: usize| ((window * 5 + i * 3) % 7) as f64 - 2.0;
        let shape = (Windows(count), D::<3>);
        let weights = Cpu.from_fn(shape, |place| E::of_f64(number(place / 3, place % 3)));
        let mut expected = vec![0.0; count + 2];
        (0..count).for_each(|window| (0..3).for_each(|i| expected[window + i] += number(window, i)));
        assert_eq!(gradient(count, &weights), expected, "{count} windows of {}", E::NAME);
    }

    #[test]
    fn elements_of_several_windows_add_their_gradients() {
        for count in [1, 2, 50, 40_000] {
            for_each_float!(called check(count));
        }
    }

    #[test]
    fn windows_give_the_same_bits_on_any_number_of_threads() {
        let weights = Cpu.normal((Windows(60_000), D::<3>), Key::new(7), 0.0, 1.0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| gradient(60_000, &weights))
        };
        assert_eq!(on(1), on(3));
    }
}
