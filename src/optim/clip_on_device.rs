//! Clipping by a norm that stays on its device.
//!
//! Apart from `clip`, whose norm is a number of the host's: what nobody waits for decides where it is, element by
//! element.
#![allow(unreachable_pub, reason = "`program!` prints public types")]

use super::optimizer::another_model;
use super::{Optimizer, Remember, clip::limit};
use crate::device::{Buf, Device};
use crate::dims::Off;
use crate::dtype::{Elem, Real};
use crate::error::{Error, raise};
use crate::graph::{Binary, Lazy, Leaf, Pointwise1, Pointwise2, Pointwise3, Ternary, Unary, materialise, total};
use crate::loops::{AlongLast, Combine, MAX_STATS, RowInput, RowProgram, Rows};
use crate::model::{Each, EachMut, Elements, Gradient, Grads, Map, Path, Tree, Weights, of_precise, precise};
use crate::num::Num;
use crate::ops::arithmetic::Add;
use crate::ops::binary::Maximum;
use crate::ops::reduce::program;
use crate::ops::unary::Sqrt;
use crate::shape::Shape;
use crate::tensor::Tensor;

type Values<V> = [V; MAX_STATS];

/// What [`clip_grad_norm_on_device`] gives: a number of `f32` for gradients of `f16` and `bf16`.
pub type NormOnDevice<E, D> = Tensor<(), <E as Real>::Precise, D>;

/// [`clip_grad_norm`](super::clip_grad_norm) whose norm stays on its device: a step does not wait for it.
/// `norm.item()` is the wait.
///
/// The norm is computed in the type of the gradients, in `f32` for `f16` and `bf16`; no square overflows or vanishes on
/// the way. Where an element is NaN or infinite the gradients stay as they are; a norm that is too large for its type
/// reads as inf, and clips. A limit that is negative or NaN raises [`Error::Value`](crate::Error::Value), a model
/// without parameters [`Error::NoGradient`](crate::Error::NoGradient).
///
/// ```
/// use congruent::{optim::clip_grad_norm_on_device, prelude::*};
/// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
/// let (_, mut grads) = w.loss_and_grad(|w| (w.square() * 0.5).sum())?;
/// let norm = clip_grad_norm_on_device(&mut grads, 1.0);
/// assert!((grads.as_slice()[1] - 0.8).abs() < 1e-5);
/// assert_eq!(norm.item(), 5.0);
/// # Ok::<(), congruent::Error>(())
/// ```
#[track_caller]
pub fn clip_grad_norm_on_device<E, D, G>(grads: &mut G, max: f64) -> NormOnDevice<E, D>
where
    E: Real,
    D: Device,
    G: Tree<Grads<E, D>>,
{
    scale_to(grads, max, Counted { frozen: Vec::new(), parameters: 0, device: None, gradients: Vec::new() })
}

impl<R: Remember, M: Tree<Weights<E, D>>, E: Real, D: Device> Optimizer<R, M, E, D> {
    /// [`clip_grad_norm`](Optimizer::clip_grad_norm) whose norm stays on its device, as
    /// [`clip_grad_norm_on_device`] has it.
    ///
    /// Gradients of another number of parameters raise [`Error::Value`](crate::Error::Value).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let mut model: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
    /// let mut opt = Sgd::new(&model, 1.0);
    /// let (_, mut grads) = model.loss_and_grad(|w| (w.square() * 0.5).sum())?;
    /// let norm = opt.clip_grad_norm_on_device(&mut grads, 2.5);
    /// opt.step(&mut model, &grads);
    /// assert!((model.as_slice()[0] - 1.5).abs() < 1e-5 && norm.item() == 5.0);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn clip_grad_norm_on_device(&self, grads: &mut M::With<Grads<E, D>>, max: f64) -> NormOnDevice<E, D> {
        scale_to(grads, max, Counted { frozen: self.frozen(), parameters: 0, device: None, gradients: Vec::new() })
    }
}

#[track_caller]
fn scale_to<E, D, G>(grads: &mut G, max: f64, mut counted: Counted<E, D>) -> NormOnDevice<E, D>
where
    E: Real,
    D: Device,
    G: Tree<Grads<E, D>>,
{
    let max = limit(max);
    let _ = Tree::map::<Each<(), E, D>, _>(grads, &mut counted, &Path::ROOT);
    if !counted.frozen.is_empty() && counted.frozen.len() != counted.parameters {
        raise(another_model(counted.parameters));
    }
    let Some(device) = counted.device else { raise(Error::NoGradient) };
    let [unit, times] = norm(device, &counted.gradients);
    grads.each_mut(&mut Scale { max, unit: &unit, times: &times }, &Path::ROOT);
    Tensor { buf: length(device, [&unit, &times]), shape: (), device }
}

/// The gradients that count, in the type that they are measured in.
struct Counted<E: Real, D> {
    /// Which parameters do not count; none are known where the list is empty.
    frozen: Vec<bool>,
    parameters: usize,
    device: Option<D>,
    gradients: Vec<Buf<E::Precise>>,
}

impl<'a, E: Real, D: Device> Map<'a, Grads<E, D>, Each<(), E, D>> for Counted<E, D> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &'a Gradient<E, D>) {
        self.parameters += 1;
        self.device = Some(gradient.device());
        if !self.frozen.get(self.parameters - 1).is_some_and(|&frozen| frozen) {
            self.gradients.extend(gradient.get().map(|values| precise(gradient.device(), values.clone())));
        }
    }
    fn stat(&mut self, _: &Path<'_>, _: &[usize], _: &'a Option<Buf<E::Precise>>) {}
}

/// The unit that a norm is measured in, the largest size, and how many of it the norm is: one element each. No square
/// of a ratio is too large or too small.
pub(super) fn norm<E: Real, D: Device>(device: D, gradients: &[Buf<E>]) -> [Buf<E>; 2] {
    let sizes = gradients.iter().map(|gradient| largest(device, gradient));
    let largest = sizes.reduce(|x, y| computed(device, Binary { op: Maximum, a: leaf(&x, ()), b: leaf(&y, ()) }, ()));
    let largest = largest.unwrap_or_else(|| device.scalar(E::of_f64(0.0)));
    let unit = computed(device, Unary { op: AsUnit, a: leaf(&largest, ()) }, ());
    let squares = gradients.iter().map(|gradient| {
        let shape = (Elements(gradient.len()),);
        total(device, &Binary { op: SquareOfRatio, a: leaf(gradient, shape), b: leaf(&unit, ()) }, shape, 1.0)
    });
    let sum = squares.reduce(|x, y| computed(device, Binary { op: Add, a: leaf(&x, ()), b: leaf(&y, ()) }, ()));
    let sum = sum.unwrap_or_else(|| device.scalar(E::of_f64(0.0)));
    [unit, computed(device, Unary { op: Sqrt, a: leaf(&sum, ()) }, ())]
}

/// The largest size of an element.
pub(super) fn largest<E: Real, D: Device>(device: D, values: &Buf<E>) -> Buf<E> {
    device.fold_rows(Rows::new(1, values.len(), 1), AlongLast(Largest {}), &[RowInput::Elements(values)])
}

/// A norm as one number.
pub(super) fn length<E: Real, D: Device>(device: D, [unit, times]: [&Buf<E>; 2]) -> Buf<E> {
    computed(device, Binary { op: Times, a: leaf(unit, ()), b: leaf(times, ()) }, ())
}

pub(super) fn leaf<E: Elem, S>(buf: &Buf<E>, shape: S) -> Leaf<S, E, Off> {
    Leaf::constant(buf.clone(), shape)
}

pub(super) fn computed<E: Real, D: Device, N: Lazy<E>, S: Shape>(device: D, node: N, shape: S) -> Buf<E> {
    materialise(device, &node, shape)
}

/// Scales every gradient, where the norm is above the limit.
struct Scale<'n, E> {
    max: f64,
    unit: &'n Buf<E>,
    times: &'n Buf<E>,
}

impl<E: Real, D: Device> EachMut<Grads<E, D>> for Scale<'_, E::Precise> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], gradient: &mut Gradient<E, D>) {
        let (device, shape) = (gradient.device(), (Elements(gradient.len()),));
        gradient.replace(|own| {
            let own = precise(device, own.clone());
            let (a, b, c) = (leaf(&own, shape), leaf(self.unit, ()), leaf(self.times, ()));
            of_precise(device, computed(device, Ternary { op: Limited { max: self.max }, a, b, c }, shape))
        });
    }
}

program! {
    /// The largest size.
    Largest {} 1 passes;
    combine [Combine::Maximum];
    term |self, _pass, x, _s| x[0].abs();
    close |self, _pass, total, _len, _s| total.at_least(0.0);
}

/// The largest size as a unit: 1 where it is 0, infinite or NaN.
#[derive(Clone, Copy)]
struct AsUnit;

impl Pointwise1 for AsUnit {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, size: V) -> V {
        let some = V::select_gt(size, V::c(0.0), size, V::c(1.0));
        V::select_gt(V::c(f64::INFINITY), some, some, V::c(1.0))
    }
}

/// `(x / unit)²`
#[derive(Clone, Copy)]
struct SquareOfRatio;

impl Pointwise2 for SquareOfRatio {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, unit: V) -> V {
        let ratio = x / unit;
        ratio * ratio
    }
}

/// `unit · times`
#[derive(Clone, Copy)]
struct Times;

impl Pointwise2 for Times {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, unit: V, times: V) -> V {
        unit * times
    }
}

/// `x · max / (unit · times + 1e-6)` where that is less than `x` and the norm is finite, computed in units: neither the
/// norm nor its part of the limit leaves the range of the type on the way.
#[derive(Clone, Copy)]
struct Limited {
    max: f64,
}

impl Pointwise3 for Limited {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, unit: V, times: V) -> V {
        let long = times + V::c(1e-6) / unit;
        let clipped = x / unit / long * self.max;
        let above = V::select_gt(long, V::c(self.max) / unit, clipped, x);
        V::select_gt(V::c(f64::INFINITY), times, above, x)
    }
}
