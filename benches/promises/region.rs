//! A fused region, `gelu(x · w + b) · sigmoid(x)`, against loops that a person would write for it.
//!
//! The loops use the same lanes as the library, so that only what fusion costs is left: the walk over the region, the
//! operands, the memory of the result. `b` is one row, so its gradient is a sum over rows.
#![allow(unsafe_code)]

use crate::Promise;
use crate::race::race;
use congruent::num::{Kernel, Lane, Num, dispatch};
use congruent::prelude::*;
use std::f64::consts::FRAC_1_SQRT_2;

/// Times the loop by hand.
const LIMIT: f64 = 1.2;

/// `1 / √(2π)`, the factor of the normal density.
const DENSITY: f64 = 0.398_942_280_401_432_7;

#[derive(Model)]
struct Operands<R: Dim, C: Dim, P: Part = Weights> {
    x: Param<(R, C), P>,
    w: Param<(R, C), P>,
    b: Param<(C,), P>,
}

pub(crate) fn promises() -> Vec<Promise> {
    let (small, large) = (compare::<D<64>, D<256>>("64x256"), compare::<D<1000>, D<1024>>("1000x1024"));
    small.into_iter().chain(large).collect()
}

/// The value alone, and the sum of the region with all gradients.
fn compare<R: Dim + Default, C: Dim + Default>(size: &str) -> [Promise; 2] {
    let uniform = |seed| Cpu.uniform(<(R, C)>::default(), Key::new(seed), -2.0, 2.0);
    let b = Cpu.uniform(<(C,)>::default(), Key::new(3), -1.0, 1.0);
    let operands: Operands<R, C> = Operands { x: uniform(1).into(), w: uniform(2).into(), b: b.into() };
    let mut hand = ByHand::new(&operands);
    check(&operands, &mut hand);

    let (x, w, b) = (operands.x.tensor(), operands.w.tensor(), operands.b.tensor());
    let value = race(|| ((&x * &w + &b).gelu() * x.sigmoid()).eval(), || hand.value(&operands));
    let step = race(|| step(&operands), || hand.step(&operands));
    let elements = operands.x.as_slice().len() as f64;
    let each = |seconds: f64| seconds / elements * 1e9;
    println!("# region {size}: value {:.3} ns an element, by hand {:.3}", each(value.0), each(value.1));
    println!("# region {size}: sum and gradients {:.3} ns an element, by hand {:.3}", each(step.0), each(step.1));
    let promise = |what: &str, (ours, theirs): (f64, f64)| Promise {
        name: format!("region_{what}_{size}"),
        measured: ours / theirs,
        limit: LIMIT,
    };
    [promise("value", value), promise("gradient", step)]
}

fn step<R: Dim, C: Dim>(operands: &Operands<R, C>) -> (f32, Operands<R, C, Grads>) {
    operands
        .value_and_grad(|m| ((m.x * m.w + m.b).gelu() * m.x.sigmoid()).sum())
        .expect("sizes that the types have compared")
}

/// Both sides compute the same: a ratio of two different things would be worth nothing.
fn check<R: Dim, C: Dim>(operands: &Operands<R, C>, hand: &mut ByHand) {
    let (sum, grads) = step(operands);
    let close = |a: f32, b: f32| (a - b).abs() <= 1e-4 * (1.0 + b.abs());
    assert!(close(sum, hand.step(operands)), "the sums differ");
    let pairs = [(grads.x.as_slice(), &hand.dx), (grads.w.as_slice(), &hand.dw), (grads.b.as_slice(), &hand.db)];
    for (ours, theirs) in pairs {
        assert!(ours.iter().zip(theirs).all(|(&a, &b)| close(a, b)), "the gradients differ");
    }
}

/// The memory of the loops by hand, which they write again at each call.
struct ByHand {
    value: Vec<f32>,
    dx: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
}

impl ByHand {
    fn new<R: Dim, C: Dim>(operands: &Operands<R, C>) -> Self {
        let (elements, columns) = (operands.x.as_slice().len(), operands.b.as_slice().len());
        let zeros = |len| vec![0.0; len];
        ByHand { value: zeros(elements), dx: zeros(elements), dw: zeros(elements), db: zeros(columns) }
    }

    fn value<R: Dim, C: Dim>(&mut self, Operands { x, w, b }: &Operands<R, C>) {
        dispatch(Value { x: x.as_slice(), w: w.as_slice(), b: b.as_slice(), value: &mut self.value });
    }

    fn step<R: Dim, C: Dim>(&mut self, Operands { x, w, b }: &Operands<R, C>) -> f32 {
        let (x, w, b) = (x.as_slice(), w.as_slice(), b.as_slice());
        let sum = dispatch(Total { x, w, b });
        self.db.fill(0.0);
        dispatch(Gradient { x, w, b, dx: &mut self.dx, dw: &mut self.dw, db: &mut self.db });
        sum
    }
}

/// Φ, the normal distribution.
#[inline(always)]
fn normal<V: Num>(x: V) -> V {
    (x * -FRAC_1_SQRT_2).erfc() * 0.5
}

/// The columns at which the vectors of a row begin, and how many lanes of each count.
#[inline(always)]
fn vectors(columns: usize, lanes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..columns).step_by(lanes).map(move |column| (column, lanes.min(columns - column)))
}

/// Writes the value.
struct Value<'a> {
    x: &'a [f32],
    w: &'a [f32],
    b: &'a [f32],
    value: &'a mut [f32],
}

impl Kernel<f32> for Value<'_> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<f32>>(self) {
        let columns = self.b.len();
        for row in (0..self.x.len()).step_by(columns) {
            for (column, lanes) in vectors(columns, V::N) {
                // SAFETY: `column + lanes` ends inside a row, and all matrices have the same rows.
                unsafe {
                    let x = V::load(self.x.as_ptr().add(row + column), lanes);
                    let w = V::load(self.w.as_ptr().add(row + column), lanes);
                    let t = x.fma(w, V::load(self.b.as_ptr().add(column), lanes));
                    (t * normal(t) * x.sigmoid()).store(self.value.as_mut_ptr().add(row + column), lanes);
                }
            }
        }
    }
}

/// Adds up the value without storing it.
struct Total<'a> {
    x: &'a [f32],
    w: &'a [f32],
    b: &'a [f32],
}

impl Kernel<f32> for Total<'_> {
    type Out = f32;
    #[inline(always)]
    fn run<V: Lane<f32>>(self) -> f32 {
        let (columns, mut total) = (self.b.len(), 0.0);
        for row in (0..self.x.len()).step_by(columns) {
            let mut sum = V::c(0.0);
            for (column, lanes) in vectors(columns, V::N) {
                // SAFETY: `column + lanes` ends inside a row, and all matrices have the same rows.
                unsafe {
                    let x = V::load(self.x.as_ptr().add(row + column), lanes);
                    let w = V::load(self.w.as_ptr().add(row + column), lanes);
                    let t = x.fma(w, V::load(self.b.as_ptr().add(column), lanes));
                    sum = sum + (t * normal(t) * x.sigmoid()).keep(lanes);
                }
            }
            total += f64::from(sum.hsum()); // long sums are kept in `f64`
        }
        total as f32
    }
}

/// Writes the gradients of the sum.
struct Gradient<'a> {
    x: &'a [f32],
    w: &'a [f32],
    b: &'a [f32],
    dx: &'a mut [f32],
    dw: &'a mut [f32],
    db: &'a mut [f32],
}

impl Kernel<f32> for Gradient<'_> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<f32>>(self) {
        let columns = self.b.len();
        for row in (0..self.x.len()).step_by(columns) {
            for (column, lanes) in vectors(columns, V::N) {
                // SAFETY: `column + lanes` ends inside a row, and all matrices have the same rows.
                unsafe {
                    let x = V::load(self.x.as_ptr().add(row + column), lanes);
                    let w = V::load(self.w.as_ptr().add(row + column), lanes);
                    let t = x.fma(w, V::load(self.b.as_ptr().add(column), lanes));
                    let (below, gate) = (normal(t), x.sigmoid());
                    let dt = gate * t.fma((t * t * -0.5).exp() * DENSITY, below);
                    (dt * x).store(self.dw.as_mut_ptr().add(row + column), lanes);
                    let through_gate = t * below * gate * (V::c(1.0) - gate);
                    dt.fma(w, through_gate).store(self.dx.as_mut_ptr().add(row + column), lanes);
                    let db = self.db.as_mut_ptr().add(column);
                    (V::load(db, lanes) + dt).store(db, lanes);
                }
            }
        }
    }
}
