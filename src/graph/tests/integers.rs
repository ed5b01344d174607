//! Every row that integers have: its node finds its operands as they lie, in the order of the formula, and stops at the
//! first element without a value.
//!
//! Apart from the rows of floats because nothing of integers is differentiated, and not every element has a value.

use super::laws::forward_of_others;
use super::layouts::{Form, SIZES, Size};
use super::plain::same;
use crate::device::{Buf, Cpu};
use crate::dtype::Integer;
use crate::error::{Error, attempt};
use crate::graph::{Binary, Exact1, Exact2, Exact3, Lazy, Ternary, Unary, materialise};
use crate::loops::Faults;
use crate::ops::{self, IntegerVisitor, Row};
use std::marker::PhantomData;

/// A row, its operands, and what the bare formula makes of elements.
struct Case<'a, E: Integer, const K: usize> {
    row: &'a Row,
    size: Size,
    forms: [Form; K],
    formula: &'a dyn Fn([E; K], &mut Faults) -> E,
}

impl<E: Integer, const K: usize> Case<'_, E, K> {
    /// Small numbers, among them 0 and, where there are any, negative ones.
    fn operands(&self) -> [Vec<E>; K] {
        std::array::from_fn(|operand| {
            let number = |i: usize| ((i * 7 + operand * 3) % 11) as i64 - if E::MIN < E::default() { 4 } else { 0 };
            (0..self.size.len(self.forms[operand])).map(|i| E::of_i64(number(i))).collect()
        })
    }

    fn judge<N: Lazy<E>>(&self, make: impl Fn([&Buf<E>; K]) -> N) {
        let Case { row, size, forms, formula } = self;
        let what = format!("{} of {} {forms:?} in {} x {}", row.name, E::NAME, size.0, size.1);
        let operands = self.operands();
        let mut first = None;
        let values: Vec<E> = (0..size.0 * size.1)
            .map(|index| {
                let mut faults = Faults::default();
                let value = formula(std::array::from_fn(|k| operands[k][size.place(forms[k], index)]), &mut faults);
                if !faults.is_clean() {
                    first.get_or_insert((index, faults.reason()));
                }
                value
            })
            .collect();
        let bufs = operands.each_ref().map(|operand| Buf::from_slice(operand));
        let node = make(bufs.each_ref());
        let found = forward_of_others(&what, &node, size.region());
        for (place, (&found, &value)) in found.iter().zip(&values).enumerate() {
            assert!(same(found, value), "{what}: at {place} {found:?}, the formula says {value:?}");
        }
        // By the loops of the processor, too.
        match (attempt(|| materialise(Cpu, &node, size.region())), first) {
            (Ok(found), None) => assert_eq!(found.host(), values, "{what}, in fast loops"),
            (Err(Error::Undefined { what: reason, index, .. }), Some((place, expected))) => {
                assert_eq!(
                    (reason, index),
                    (expected.words(), vec![place / size.1, place % size.1]),
                    "{what}, in fast loops"
                );
            }
            (found, expected) => panic!("{what}: {:?} in fast loops, expected {expected:?}", found.map(|_| ())),
        }
    }
}

struct Each<E>(PhantomData<E>, usize);

impl<E: Integer> IntegerVisitor for Each<E> {
    type E = E;
    fn unary<Op: Exact1<E>>(&mut self, row: &Row, op: Op) {
        self.1 += 1;
        let formula = |[x]: [E; 1], faults: &mut Faults| op.value(x, faults);
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Whole]).judge(|[x]| Unary { op, a: size.whole(x) });
            of([Form::OneRow]).judge(|[x]| Unary { op, a: size.row(x) });
            of([Form::Turned]).judge(|[x]| Unary { op, a: size.turned(x) });
        }
    }
    fn binary<Op: Exact2<E>>(&mut self, row: &Row, op: Op) {
        self.1 += 1;
        let formula = |[x, y]: [E; 2], faults: &mut Faults| op.value(x, y, faults);
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Whole, Form::Whole]).judge(|[x, y]| Binary { op, a: size.whole(x), b: size.whole(y) });
            of([Form::OneRow, Form::Whole]).judge(|[x, y]| Binary { op, a: size.row(x), b: size.whole(y) });
            of([Form::Turned, Form::OneColumn]).judge(|[x, y]| Binary { op, a: size.turned(x), b: size.column(y) });
        }
    }
    fn ternary<Op: Exact3<E>>(&mut self, row: &Row, op: Op) {
        self.1 += 1;
        let formula = |[x, y, z]: [E; 3], faults: &mut Faults| op.value(x, y, z, faults);
        for size in SIZES {
            let of = |forms| Case { row, size, forms, formula: &formula };
            of([Form::Turned, Form::OneColumn, Form::Single]).judge(|[x, y, z]| Ternary {
                op,
                a: size.turned(x),
                b: size.column(y),
                c: size.single(z),
            });
        }
    }
}

fn every_row<E: Integer>() {
    let mut each = Each::<E>(PhantomData, 0);
    ops::every_table_of_integers(&mut each);
    assert!(each.1 > 12, "only {} rows of integers were found", each.1);
}

#[test]
fn rows_of_integers_with_a_sign_are_legal() {
    every_row::<i32>();
}

#[test]
fn rows_of_integers_without_a_sign_are_legal() {
    every_row::<u8>();
}
