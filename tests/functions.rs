//! Operations of a user's own crate that see whole tensors: their values, their gradients, and what they may get wrong.

use congruent::Error;
use congruent::device::Device;
use congruent::dtype::Real;
use congruent::ops::{Apply, Function, Function2};
use congruent::prelude::*;
use congruent::shape::Shape;
use half::f16;
use std::cell::Cell;
use std::rc::Rc;

dims! { Batch = ? }

/// `Σ x³` along the last axis, with a loop of its own, for every shape of rank 2.
struct Cubes;
impl<A: Dim, B: Dim, E: Real> Function<(A, B), E, Cpu> for Cubes {
    type Out = (A,);
    fn forward(&self, x: &Tensor<(A, B), E>) -> Tensor<(A,), E> {
        let width = x.shape().1.size();
        let cube = |x: &E| x.as_f64().powi(3);
        Cpu.from_fn((x.shape().0,), |i| E::of_f64(x.as_slice()[i * width..][..width].iter().map(cube).sum()))
    }
    fn backward(self, x: &Tensor<(A, B), E>, _: &Tensor<(A,), E>, dy: Tensor<(A,), E>) -> Tensor<(A, B), E> {
        let width = x.shape().1.size();
        let slope = |i: usize| 3.0 * x.as_slice()[i].as_f64().powi(2) * dy.as_slice()[i / width].as_f64();
        Cpu.from_fn(x.shape(), |i| E::of_f64(slope(i)))
    }
}

/// `a + 2b` of two tensors of one shape; counts how often it was asked for gradients.
struct Weighted(Rc<Cell<usize>>);
impl<S: Shape, E: Real, D: Device> Function2<S, S, E, D> for Weighted {
    type Out = S;
    fn forward(&self, a: &Tensor<S, E, D>, b: &Tensor<S, E, D>) -> Tensor<S, E, D> {
        let sums = a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| a + b + b);
        a.device().from_vec(a.shape(), sums.collect()).expect("as many as there were")
    }
    fn backward(
        self,
        _: (&Tensor<S, E, D>, &Tensor<S, E, D>),
        _: &Tensor<S, E, D>,
        dy: Tensor<S, E, D>,
    ) -> (Tensor<S, E, D>, Tensor<S, E, D>) {
        self.0.set(self.0.get() + 1);
        let twice = (&dy * 2.0).eval();
        (dy, twice)
    }
}

fn slope(w: &Param<Shape![3, 4], Weights<f64>>, loss: impl Fn(&Tensor<Shape![3, 4], f64>) -> f64) -> Vec<f64> {
    let values = w.as_slice();
    let at = |i: usize, h: f64| {
        let moved = Cpu.from_fn(w.shape(), |j| if i == j { values[j] + h } else { values[j] });
        loss(&moved)
    };
    (0..values.len()).map(|i| (at(i, 1e-5) - at(i, -1e-5)) / 2e-5).collect()
}

fn close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() <= 1e-7 * (1.0 + wanted.abs()), "{found} {wanted}");
    }
}

#[test]
fn a_function_has_the_gradient_that_it_says() {
    let values: Tensor<Shape![3, 4], f64> = Cpu.from_fn(Default::default(), |i| 0.3 * i as f64 - 1.7);
    let w: Param<Shape![3, 4], Weights<f64>> = values.clone().into();
    // Behind a formula, a view, and before a formula.
    let (loss, grads) = w.value_and_grad(|w| (w * 2.0).tanh().apply(Cubes).square().sum()).expect("no error");
    let wanted = |w: &Tensor<_, f64>| (w * 2.0).tanh().powf(3.0).sum_axis::<1>().square().sum().eval().item();
    assert!((loss - wanted(&values)).abs() < 1e-12);
    close(grads.as_slice(), &slope(&w, wanted));
    let (_, grads) = w.value_and_grad(|w| w.t().apply(Cubes).exp().sum()).expect("no error");
    close(grads.as_slice(), &slope(&w, |w| w.t().powf(3.0).sum_axis::<1>().exp().sum().eval().item()));
    // Nested, kept, repeated.
    let (_, grads) = w.value_and_grad(|w| w.with(|w| w.apply(Cubes).sum() + w.apply(Cubes).sum())).expect("no error");
    close(grads.as_slice(), &slope(&w, |w| w.powf(3.0).sum().eval().item() * 2.0));
}

#[test]
fn sizes_are_those_of_the_run_and_halves_are_rounded_once() {
    for rows in [0, 1, 7, 17] {
        let values: Tensor<(Batch, D<3>), f16> = Cpu.from_fn((Batch(rows), D::<3>), |i| f16::from_f64(0.1 * i as f64));
        let w: Param<(Batch, D<3>), Weights<f16>> = values.clone().into();
        let (_, grads) = w.value_and_grad(|w| w.apply(Cubes).sum()).expect("no error");
        let wanted = values.to_vec().into_iter().map(|x| f16::from_f64(3.0 * x.to_f64().powi(2)));
        assert_eq!(grads.as_slice(), wanted.collect::<Vec<_>>());
    }
}

#[test]
fn backward_runs_only_where_a_gradient_is_wanted() {
    let asked = Rc::new(Cell::new(0));
    let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
    let x = Cpu.tensor([3.0, 4.0]);
    let both = || Weighted(asked.clone());
    assert_eq!(w.infer(|w| w.apply_with(&x, both()).eval().to_vec()).expect("no error"), [7.0, 10.0]);
    assert_eq!(asked.get(), 0);
    let (_, grads) = w.value_and_grad(|w| w.apply_with(&x, both()).sum()).expect("no error");
    assert_eq!((asked.get(), grads.as_slice()), (1, &[1.0, 1.0][..]));
    let (_, grads) = w.value_and_grad(|w| x.apply_with(w, both()).sum() + w.sum()).expect("no error");
    assert_eq!((asked.get(), grads.as_slice()), (2, &[3.0, 3.0][..]));
    let (_, grads) = w.value_and_grad(|w| x.apply_with(&x, both()).sum() + w.sum()).expect("no error");
    assert_eq!((asked.get(), grads.as_slice()), (2, &[1.0, 1.0][..]));
}

/// Says that its gradient has another number of rows.
struct Shorter;
impl Function<(Batch,), f32, Cpu> for Shorter {
    type Out = (Batch,);
    fn forward(&self, x: &Tensor<(Batch,)>) -> Tensor<(Batch,)> {
        x.clone()
    }
    fn backward(self, _: &Tensor<(Batch,)>, _: &Tensor<(Batch,)>, _: Tensor<(Batch,)>) -> Tensor<(Batch,)> {
        Cpu.ones_of((Batch(1),))
    }
}

#[test]
fn a_gradient_of_other_sizes_is_an_error() {
    let w: Param<(Batch,)> = Cpu.full((Batch(3),), 1.0f32).into();
    let error = w.value_and_grad(|w| w.apply(Shorter).sum()).map(|(loss, _)| loss).expect_err("one row for three");
    assert!(matches!(error, Error::Sizes(_)), "{error:?}");
    assert!(error.to_string().contains("gradient of a function"), "{error}");
    // The step that failed leaves nothing behind.
    assert_eq!(w.value_and_grad(|w| w.square().sum()).expect("no error").1.as_slice(), [2.0, 2.0, 2.0]);
}
