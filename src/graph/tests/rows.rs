//! Every row of every table, over floats: its node finds its operands as they lie, in the order of the
//! formula, and hands each the gradient that the formula says.
//!
//! Apart from `tests/catalogue`, which asks whether the formula is right.

use super::laws::{Way, forward_of_floats};
use super::layouts::{Form, SIZES, Size};
use super::plain::{Judge, element, same};
use crate::device::Buf;
use crate::dtype::Real;
use crate::graph::{
    Binary, Borrowed, Differentiable, Formula1, Formula2, Formula3, Key, Pointwise1, Pointwise2, Pointwise3, Ternary,
    Unary,
};
use crate::num::Lane;
use crate::ops::{self, BasicArithmeticTable, Catalogue, Row, TernaryMathTable, Visitor};
use crate::prelude::{bf16, f16};
use crate::random;
use std::marker::PhantomData;

/// A row, its operands, and what the bare formula makes of elements: a value, and a slope for each of them.
struct Case<'a, E: Real, const K: usize> {
    row: &'a Row,
    size: Size,
    forms: [Form; K],
    formula: &'a dyn Fn([E; K]) -> (E, [E::One; K]),
}

impl<E: Real, const K: usize> Case<'_, E, K> {
    fn operands(&self) -> [Vec<E>; K] {
        let key = random::Key::new(7);
        std::array::from_fn(|operand| {
            let (low, high) = self.row.samples[operand];
            let number = |i| low + (high - low) * key.fold_in(operand as u64).uniform_f64(i as u64);
            (0..self.size.len(self.forms[operand])).map(|i| E::of_f64(number(i))).collect()
        })
    }

    /// Holds the node that `make` makes of the keys of its operands against the formula.
    fn judge<N: Differentiable<E>>(&self, make: impl Fn([Key; K]) -> N) {
        let size = self.size;
        let expected = self.expected();
        for way in [Way::Bound(0), Way::Bound(1), Way::Bound(2)] {
            Borrowed::during(|shown| {
                let keys = expected.show(shown);
                let node = make(keys);
                expected.judge_values(&forward_of_floats(&expected.what, &node, size.region()));
                way.back(Judge, node, size.region(), Buf::from_slice(&expected.gradient));
                expected.judge_gradients(way, keys);
            });
        }
    }

    /// What the formula says. Apart from what is made of it, which is compiled for each node.
    fn expected(&self) -> Expected<E, K> {
        let Case { row, size, forms, formula } = self;
        let what = format!("{} of {} {forms:?} in {} x {}", row.name, E::NAME, size.0, size.1);
        let (operands, len) = (self.operands(), size.0 * size.1);
        let gradient: Vec<E> = (0..len).map(|i| E::of_f64(0.5 + (i % 5) as f64 / 4.0)).collect();
        let mut terms: [Vec<Vec<f64>>; K] = std::array::from_fn(|k| vec![Vec::new(); operands[k].len()]);
        let mut values = Vec::new();
        for index in 0..len {
            let places: [usize; K] = std::array::from_fn(|k| size.place(forms[k], index));
            let (value, slopes) = formula(std::array::from_fn(|k| operands[k][places[k]]));
            values.push(value);
            for k in 0..K {
                terms[k][places[k]].push((E::One::splat(gradient[index]) * slopes[k]).hsum().into());
            }
        }
        Expected { what, operands: operands.map(|operand| Buf::from_slice(&operand)), values, gradient, terms }
    }
}

/// Operands, and what a formula makes of them.
struct Expected<E: Real, const K: usize> {
    what: String,
    operands: [Buf<E>; K],
    values: Vec<E>,
    /// That of the values.
    gradient: Vec<E>,
    /// What each element of each operand gets, term by term.
    terms: [Vec<Vec<f64>>; K],
}

impl<E: Real, const K: usize> Expected<E, K> {
    fn show<'a>(&'a self, shown: &mut Borrowed<'a>) -> [Key; K] {
        self.operands.each_ref().map(|buf| shown.show(buf))
    }

    #[track_caller]
    fn judge_values(&self, found: &[E]) {
        for (place, (&found, &value)) in found.iter().zip(&self.values).enumerate() {
            assert!(same(found, value), "{}: at {place} {found:?}, the formula says {value:?}", self.what);
        }
    }

    #[track_caller]
    fn judge_gradients(&self, way: Way, keys: [Key; K]) {
        for (operand, (key, terms)) in keys.iter().zip(&self.terms).enumerate() {
            let what = format!("{}, {way:?}: the gradient of operand {operand}", self.what);
            close(&what, key.take_gradient::<E>().expect("a gradient").host(), terms);
        }
    }
}

/// Compares sums with their terms, which were added in another order and rounded once.
#[track_caller]
fn close<E: Real>(what: &str, found: &[E], terms: &[Vec<f64>]) {
    assert_eq!(found.len(), terms.len(), "{what}: so many elements");
    let wide = f64::EPSILON.max(if size_of::<E::Wide>() == 4 { f64::from(f32::EPSILON) } else { 0.0 });
    for (place, (found, terms)) in found.iter().zip(terms).enumerate() {
        let expected: f64 = terms.iter().sum();
        let size: f64 = terms.iter().map(|term| term.abs()).sum();
        let off = (found.as_f64() - expected).abs();
        let near = off <= (E::EPSILON + terms.len() as f64 * wide) * size + 1e-7 * f64::from(u8::from(E::NARROW));
        let rounded = same(*found, E::of_f64(expected));
        assert!(near || rounded, "{what}: at {place} {found:?}, the formula says {expected:e}");
    }
}

struct Each<E>(PhantomData<E>);

impl<E: Real> Visitor for Each<E> {
    fn unary<Op: Pointwise1>(&mut self, row: &Row, op: Op) {
        let formula = |[x]: [E; 1]| {
            let (_, dx) = op.slopes(E::One::splat(x));
            (element(op.lanes(E::One::splat(x))), [dx])
        };
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Whole]).judge(|[x]| Unary { op, a: size.whole::<E, _>(x) });
            of([Form::OneRow]).judge(|[x]| Unary { op, a: size.row::<E, _>(x) });
            of([Form::Turned]).judge(|[x]| Unary { op, a: size.turned::<E, _>(x) });
            of([Form::Single]).judge(|[x]| Unary { op, a: size.single::<E, _>(x) });
        }
    }
    fn binary<Op: Pointwise2>(&mut self, row: &Row, op: Op) {
        let formula = |[x, y]: [E; 2]| {
            let [x, y] = [x, y].map(E::One::splat);
            let (_, dx, dy) = op.slopes(x, y);
            (element(op.lanes(x, y)), [dx, dy])
        };
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Whole, Form::Whole]).judge(|[x, y]| Binary {
                op,
                a: size.whole::<E, _>(x),
                b: size.whole::<E, _>(y),
            });
            of([Form::OneRow, Form::Whole]).judge(|[x, y]| Binary {
                op,
                a: size.row::<E, _>(x),
                b: size.whole::<E, _>(y),
            });
            of([Form::Turned, Form::OneColumn]).judge(|[x, y]| Binary {
                op,
                a: size.turned::<E, _>(x),
                b: size.column::<E, _>(y),
            });
            of([Form::Single, Form::Turned]).judge(|[x, y]| Binary {
                op,
                a: size.single::<E, _>(x),
                b: size.turned::<E, _>(y),
            });
        }
    }
    fn ternary<Op: Pointwise3>(&mut self, row: &Row, op: Op) {
        let formula = |[x, y, z]: [E; 3]| {
            let [x, y, z] = [x, y, z].map(E::One::splat);
            let (_, dx, dy, dz) = op.slopes(x, y, z);
            (element(op.lanes(x, y, z)), [dx, dy, dz])
        };
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Whole, Form::OneRow, Form::Whole]).judge(|[x, y, z]| Ternary {
                op,
                a: size.whole::<E, _>(x),
                b: size.row::<E, _>(y),
                c: size.whole::<E, _>(z),
            });
            of([Form::Turned, Form::OneColumn, Form::Single]).judge(|[x, y, z]| Ternary {
                op,
                a: size.turned::<E, _>(x),
                b: size.column::<E, _>(y),
                c: size.single::<E, _>(z),
            });
        }
    }
}

#[test]
fn rows_of_f64_are_legal() {
    ops::every_table(&mut Each::<f64>(PhantomData));
}

/// Their lanes are of another type than what lies in memory.
#[test]
fn rows_of_f16_are_legal() {
    ops::every_table(&mut Each::<f16>(PhantomData));
}

/// Lanes of these are those of the types above: a few rows show that, where all would take as long again to compile.
#[test]
fn rows_of_f32_and_bf16_are_legal() {
    BasicArithmeticTable::visit(&mut Each::<f32>(PhantomData));
    TernaryMathTable::visit(&mut Each::<f32>(PhantomData));
    BasicArithmeticTable::visit(&mut Each::<bf16>(PhantomData));
    TernaryMathTable::visit(&mut Each::<bf16>(PhantomData));
}
