//! `share`: a let in a register. The value is computed once per element and used any number of times inside one fused
//! loop, forward and backward; nothing is stored.
//!
//! Apart from `with`, which stores a whole tensor once and therefore also allows reductions over it.

use super::expr::{Ex, Operand};
use super::node::{Closed, Differentiable, Lazy};
use super::origin::Origin;
use crate::device::{Device, SameDevice};
use crate::dims::{Flag, On};
use crate::dtype::{Real, SameDtype};
use crate::error::{Error, raise};
use crate::layout::Sizes;
use crate::loops::{At, Body, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing, unbound};
use crate::num::{Lane, Num};
use crate::shape::{BodyShape, Mismatch, Shape};
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

thread_local! {
    /// The names of the lets whose bodies are being bound.
    static OPEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// A let whose body is being bound.
struct Open;

impl Open {
    fn new(name: u32) -> Self {
        OPEN.with_borrow_mut(|names| names.push(name));
        Open
    }

    /// Raises where a register stands outside of its let. Types do not see it: an inner let of a whole tensor may have
    /// captured the register of the let around it, whose value does not exist while the inner one is computed alone.
    fn check(name: u32) {
        if !OPEN.with_borrow(|names| names.contains(&name)) {
            let place = "where a whole tensor is needed: share the tensor by `with` instead";
            raise(Error::Escaped { what: "a value of `share`", place });
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(Vec::pop);
    }
}

struct Value<'up, V, R> {
    name: u32,
    value: V,
    up: &'up R,
}

impl<V: Copy, R: Registers<V>> Registers<V> for Value<'_, V, R> {
    #[cfg_attr(optimised, inline(always))]
    fn get(&self, name: u32) -> V {
        if name == self.name { self.value } else { self.up.get(name) }
    }
    fn add(&mut self, _: u32, _: V) {
        unbound()
    }
    #[cfg_attr(optimised, inline(always))]
    fn ahead(&self) -> Option<usize> {
        self.up.ahead()
    }
}

struct Gradient<'up, V, R> {
    name: u32,
    sum: V,
    up: &'up mut R,
}

impl<V: Num, R: Registers<V>> Registers<V> for Gradient<'_, V, R> {
    fn get(&self, _: u32) -> V {
        unbound()
    }
    #[cfg_attr(optimised, inline(always))]
    fn add(&mut self, name: u32, g: V) {
        if name == self.name { self.sum = self.sum + g } else { self.up.add(name, g) }
    }
}

/// The graph of `x.share(|v| body)`; as a body, of the bound operands.
#[derive(Clone, Copy)]
pub struct LetInRegister<X, B> {
    x: X,
    name: u32,
    body: B,
}

impl<X, B> Sealed for LetInRegister<X, B> {}
#[diagnostic::do_not_recommend]
impl<X: Closed, B> Closed for LetInRegister<X, B> {}

impl<E: Real, X: Lazy<E>, B: Lazy<E>> Lazy<E> for LetInRegister<X, B> {
    type Grad = <X::Grad as Flag>::Or<B::Grad>;
    type Body = LetInRegister<X::Body, B::Body>;

    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, region: S) -> bool {
        self.x.flat(region) && self.body.flat(region)
    }
    fn survey(&self, survey: &mut Survey) {
        self.x.survey(survey);
        self.body.survey(survey);
    }
    #[inline]
    fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
        let x = self.x.bind(frame, region);
        let _open = Open::new(self.name);
        LetInRegister { x, name: self.name, body: self.body.bind(frame, region) }
    }
    fn live(&self) -> bool {
        self.x.live() || self.body.live()
    }
    fn cut(&self) {
        self.x.cut();
        self.body.cut();
    }
    fn origin(this: Option<&Self>) -> Origin {
        let value = X::origin(this.map(|node| &node.x));
        let body = B::origin(this.map(|node| &node.body));
        Origin::InRegister(this.map(|node| node.name), Box::new(value), Box::new(body))
    }
}

impl<E: Real, X: Differentiable<E>, B: Differentiable<E>> Differentiable<E> for LetInRegister<X, B> {
    type Sink = (X::Sink, B::Sink);

    #[inline]
    fn bind_gradient<D: Device>(&self, device: D, frame: &Frame, region: &Sizes) -> (Self::Body, Self::Sink) {
        let (x, x_sink) = self.x.bind_gradient(device, frame, region);
        let _open = Open::new(self.name);
        let (body, body_sink) = self.body.bind_gradient(device, frame, region);
        (LetInRegister { x, name: self.name, body }, (x_sink, body_sink))
    }
    fn backward<D: Device>(self, device: D, sink: Self::Sink) {
        self.body.backward(device, sink.1);
        self.x.backward(device, sink.0);
    }
}

impl<E: Real, X: Body<E>, B: Body<E>> Body<E> for LetInRegister<X, B> {
    type Grad = <X::Grad as Flag>::Or<B::Grad>;
    type Tape<V: Lane<E>> = (X::Tape<V>, B::Tape<V>);
    type Sums<V: Lane<E>> = (X::Sums<V>, B::Sums<V>);

    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        self.x.spacing() | self.body.spacing()
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, frame: &Frame, index: &RowIndex) {
        self.x.seek(frame, index);
        self.body.seek(frame, index);
    }
    #[cfg_attr(optimised, inline(always))]
    fn select(&mut self, chunk: usize) {
        self.x.select(chunk);
        self.body.select(chunk);
    }
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V {
        let value = self.x.value::<V, R>(registers, at);
        self.body.value(&Value { name: self.name, value, up: registers }, at)
    }
    #[cfg_attr(optimised, inline(always))]
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>) {
        let (value, x_tape) = self.x.record::<V, R>(registers, at);
        let (y, tape) = self.body.record(&Value { name: self.name, value, up: registers }, at);
        (y, (x_tape, tape))
    }
    #[cfg_attr(optimised, inline(always))]
    fn sums<V: Lane<E>>(&self) -> Self::Sums<V> {
        (self.x.sums(), self.body.sums())
    }
    #[cfg_attr(optimised, inline(always))]
    fn pull<V: Lane<E>, R: Registers<V>>(
        &self,
        tape: Self::Tape<V>,
        g: V,
        sums: &mut Self::Sums<V>,
        registers: &mut R,
        at: At,
    ) {
        let mut own = Gradient { name: self.name, sum: V::c(0.0), up: registers };
        self.body.pull(tape.1, g, &mut sums.1, &mut own, at);
        let g = own.sum;
        if X::Grad::ON {
            self.x.pull(tape.0, g, &mut sums.0, registers, at);
        }
    }
    #[cfg_attr(optimised, inline(always))]
    fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>) {
        self.x.settle(sums.0);
        self.body.settle(sums.1);
    }
    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        let x = self.x.trace(tracing);
        tracing.within(self.name, x, |tracing| self.body.trace(tracing))
    }
}

/// The value inside `share`: `Copy`, for pointwise use.
pub struct Register<S, E, D> {
    name: u32,
    live: bool,
    shape: S,
    device: D,
    thread: PhantomData<(E, *const ())>,
}

impl<S: Copy, E, D: Copy> Clone for Register<S, E, D> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S: Copy, E, D: Copy> Copy for Register<S, E, D> {}

impl<S: Shape, E: Real, D: Device> Operand for Register<S, E, D> {
    type N = SharedValue;
    type S = S;
    type E = E;
    type D = D;
    #[inline]
    fn ex(self) -> Ex<S, E, D, SharedValue> {
        Ex::new(SharedValue { name: self.name, live: self.live }, self.shape, self.device)
    }
}

/// The graph node of a [`Register`].
#[derive(Clone, Copy)]
pub struct SharedValue {
    name: u32,
    live: bool,
}

impl Sealed for SharedValue {}

impl<E: Real> Lazy<E> for SharedValue {
    type Grad = On;
    type Body = SharedValue;
    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, _: S) -> bool {
        true
    }
    fn survey(&self, _: &mut Survey) {}
    #[cfg_attr(optimised, inline(always))]
    fn bind(&self, _: &Frame, _: &Sizes) -> Self {
        Open::check(self.name);
        *self
    }
    fn live(&self) -> bool {
        self.live
    }
    fn cut(&self) {}
    fn origin(this: Option<&Self>) -> Origin {
        Origin::Use(this.map(|value| value.name))
    }
}

impl<E: Real> Differentiable<E> for SharedValue {
    type Sink = ();
    #[cfg_attr(optimised, inline(always))]
    fn bind_gradient<D: Device>(&self, _: D, frame: &Frame, region: &Sizes) -> (Self, ()) {
        (<Self as Lazy<E>>::bind(self, frame, region), ())
    }
    fn backward<D: Device>(self, _: D, (): ()) {}
}

impl<E: Real> Body<E> for SharedValue {
    type Grad = On;
    type Tape<V: Lane<E>> = ();
    type Sums<V: Lane<E>> = ();
    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        Spacing::ONE
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, _: &Frame, _: &RowIndex) {}
    #[cfg_attr(optimised, inline(always))]
    fn select(&mut self, _: usize) {}
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, _: At) -> V {
        registers.get(self.name)
    }
    #[cfg_attr(optimised, inline(always))]
    fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, _: At) -> (V, ()) {
        (registers.get(self.name), ())
    }
    #[cfg_attr(optimised, inline(always))]
    fn sums<V: Lane<E>>(&self) {}
    #[cfg_attr(optimised, inline(always))]
    fn pull<V: Lane<E>, R: Registers<V>>(&self, _: (), g: V, _: &mut (), registers: &mut R, _: At) {
        registers.add(self.name, g);
    }
    #[cfg_attr(optimised, inline(always))]
    fn settle<V: Lane<E>>(&self, (): ()) {}
    fn trace(&self, tracing: &mut Tracing) -> TracedBody {
        tracing.shared(self.name)
    }
}

/// What [`Operand::share`](crate::graph::Share::share) gives.
pub type Shared<X, B> =
    Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, LetInRegister<<X as Operand>::N, <B as Operand>::N>>;

/// The method [`share`](Share::share).
pub trait Share: Operand + Sized {
    /// Names a value inside one fused loop: `x.share(|v| v * v.sigmoid())` computes `x` once per element.
    ///
    /// The body is pointwise and has the shape of `x`; to reduce or multiply the value, use
    /// [`with`](super::Sharing::with).
    /// The gradient of the value is summed in a register. A body of other run-time sizes raises
    /// [`Error::Sizes`](crate::Error::Sizes), a value that an inner `share` takes out of the loop
    /// [`Error::Escaped`](crate::Error::Escaped).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let x = Cpu.tensor([1.0, 2.0]);
    /// let y = (&x * 2.0).share(|v| v * v + v).eval();
    /// assert_eq!(y.as_slice(), [6.0, 20.0]);
    /// ```
    #[track_caller]
    fn share<B>(self, body: impl FnOnce(Register<Self::S, Self::E, Self::D>) -> B) -> Shared<Self, B>
    where
        B: Operand,
        B::S: BodyShape<Self::S>,
        Self::E: Real + SameDtype<B::E>,
        Self::D: SameDevice<B::D>,
        Self::N: Lazy<Self::E>,
    {
        thread_local! { static NAME: Cell<u32> = const { Cell::new(0) }; }
        let x = self.ex();
        let name = NAME.with(|name| name.replace(name.get().wrapping_add(1)));
        let live = x.node.live();
        let body = body(Register { name, live, shape: x.shape, device: x.device, thread: PhantomData }).ex();
        same_sizes("share", x.shape, body.shape);
        Ex::new(LetInRegister { x: x.node, name, body: body.node }, x.shape, x.device)
    }
}
impl<X: Operand> Share for X {}

/// Raises where the body of a let or of a loop has other run-time sizes than its value.
#[inline]
#[track_caller]
pub(super) fn same_sizes<S: Shape, B: Shape>(law: &'static str, value: S, body: B) {
    if value.dims().as_slice() != body.dims().as_slice() {
        raise(Mismatch::new(law, value, body).into());
    }
}
