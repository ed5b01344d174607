//! Every row of every table over 16-bit floats: values and gradients are those of `f32`, rounded, to the last bit.

use super::{Half, Len};
use congruent::graph::Boxed;
use congruent::ops::{self, Pointwise1, Pointwise2, Pointwise3, Row, Visitor};
use congruent::prelude::*;
use std::marker::PhantomData;

/// Runs each row over `E` and over `f32`.
struct Compare<E> {
    rows: usize,
    element: PhantomData<E>,
}

type Vector<E> = Tensor<(Len,), E>;
type Variable<E> = Param<(Len,), Traced<E>>;

/// Random operands from the ranges of a row, and NaN, infinities, zeros and the largest number behind them.
fn operands<E: Half>(row: &Row, count: usize) -> Vec<Vector<E>> {
    let edges = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, E::LARGEST.as_f64(), E::of_bits(1).as_f64()];
    let number = |operand: usize, (low, high): (f64, f64), i: usize| match i.checked_sub(count) {
        None => low + (high - low) * Key::new(operand as u64).uniform_f64(i as u64),
        // The edges of one operand meet all those of the other.
        Some(edge) if operand == 0 => edges[edge % edges.len()],
        Some(edge) => edges[edge / edges.len()],
    };
    let all = count + edges.len() * edges.len();
    let ranges = row.samples.iter().enumerate();
    ranges.map(|(operand, &range)| Cpu.from_fn((Len(all),), |i| E::of_f64(number(operand, range, i)))).collect()
}

/// The same bits but for NaN, of which there are many.
#[track_caller]
fn assert_same<E: Half>(row: &Row, what: &str, found: &Vector<E>, single: &Vector<f32>) {
    assert_eq!(found.len(), single.len());
    for (i, (&found, &single)) in found.as_slice().iter().zip(single.as_slice()).enumerate() {
        let wanted = E::of_f64(single.into());
        let same = found.bits() == wanted.bits() || (found.as_f64().is_nan() && wanted.as_f64().is_nan());
        assert!(same, "{what} of {} over {}: at {i} found {found}, expected {single}", row.name, E::NAME);
    }
}

fn single<E: Half>(x: &Vector<E>) -> Vector<f32> {
    x.convert()
}

/// The gradient of `Σ y · cotangent` by one operand.
fn slope<E: Real>(
    x: &Vector<E>,
    cotangent: &Vector<E>,
    op: &dyn Fn(Variable<E>) -> Boxed<(Len,), E, Cpu>,
) -> Vector<E> {
    let model: Param<(Len,), Weights<E>> = x.clone().into();
    model.value_and_grad(|x| (op(x) * cotangent).sum()).expect("the sizes agree").1.tensor()
}

impl<E: Half> Compare<E> {
    fn slopes<Op: Pointwise1>(&self, row: &Row, op: Op, x: &Vector<E>) {
        let cotangent: Vector<E> = Cpu.uniform_of((Len(x.len()),), Key::new(9), 0.5, 1.5);
        let found = slope(x, &cotangent, &|x| ops::unary(op, x).boxed());
        let wanted = slope(&single(x), &single(&cotangent), &|x| ops::unary(op, x).boxed());
        assert_same(row, "the gradient", &found, &wanted);
    }
}

impl<E: Half> Visitor for Compare<E> {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
        self.rows += 1;
        let x = &operands::<E>(row, 101)[0];
        assert_same(row, "the value", &ops::unary(op, x).eval(), &ops::unary(op, &single(x)).eval());
        self.slopes(row, op, x);
    }
    fn binary<Op: Pointwise2>(&mut self, row: &Row, op: Op) {
        self.rows += 1;
        let [x, y] = operands::<E>(row, 101).try_into().expect("two operands");
        let wanted = ops::binary(op, &single(&x), &single(&y)).eval();
        assert_same(row, "the value", &ops::binary(op, &x, &y).eval(), &wanted);
    }
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, op: Op) {
        self.rows += 1;
        let [x, y, z] = operands::<E>(row, 101).try_into().expect("three operands");
        let wanted = ops::ternary(op, &single(&x), &single(&y), &single(&z)).eval();
        assert_same(row, "the value", &ops::ternary(op, &x, &y, &z).eval(), &wanted);
    }
}

fn compare<E: Half>() {
    let mut visitor = Compare::<E> { rows: 0, element: PhantomData };
    ops::every_table(&mut visitor);
    assert!(visitor.rows > 80, "only {} rows were found", visitor.rows);
}

#[test]
fn every_row_of_f16_is_that_of_f32_rounded() {
    compare::<f16>();
}

#[test]
fn every_row_of_bf16_is_that_of_f32_rounded() {
    compare::<bf16>();
}

/// Three operations and two broadcasts in one loop: one rounding.
fn a_chain_rounds_once<E: Half>() {
    let (x, row): (Tensor<Shape![7, 17], E>, Tensor<Shape![17], E>) =
        (super::uniform(Default::default(), 1), super::uniform(Default::default(), 2));
    let found = ((&x * &row + 1.0).exp() * 0.1).eval();
    let wanted = ((x.cast::<f32>() * row.cast::<f32>() + 1.0).exp() * 0.1).eval();
    super::assert_rounded("a chain", found.as_slice(), &super::wide(&wanted), 0);
}
super::both! { chains_round_once: a_chain_rounds_once; }

fn strided_operands<E: Half>() {
    let x: Tensor<Shape![5, 17, 7], E> = super::uniform(Default::default(), 3);
    let y = x.convert::<f32>();
    let check = |what, found: Vec<E>, wanted: Vec<f32>| {
        let wanted: Vec<f64> = wanted.into_iter().map(f64::from).collect();
        super::assert_rounded(what, &found, &wanted, 0);
    };
    check("transposed", (x.t() * 3.0).eval().to_vec(), (y.t() * 3.0).eval().to_vec());
    check(
        "permuted",
        (x.permute::<Axes![2, 0, 1]>().exp()).eval().to_vec(),
        (y.permute::<Axes![2, 0, 1]>().exp()).eval().to_vec(),
    );
    check(
        "sliced",
        (x.slice(s![1.., ::-3, 2]) / 3.0).eval().to_vec(),
        (y.slice(s![1.., ::-3, 2]) / 3.0).eval().to_vec(),
    );
    check("flipped", (x.flip::<2>() - 0.3).eval().to_vec(), (y.flip::<2>() - 0.3).eval().to_vec());
    check(
        "a column",
        (&x + x.narrow::<2, _>(3, D::<1>)).eval().to_vec(),
        (&y + y.narrow::<2, _>(3, D::<1>)).eval().to_vec(),
    );
    check(
        "a row",
        (&x * x.narrow::<1, _>(3, D::<1>)).eval().to_vec(),
        (&y * y.narrow::<1, _>(3, D::<1>)).eval().to_vec(),
    );
}
super::both! { strided_and_broadcast_operands: strided_operands; }
