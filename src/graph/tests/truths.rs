//! Truth values: comparisons of every kind of numbers, alone and joined, find their operands as they lie, and a block
//! of them is its elements.
//!
//! Apart from the rows because what is compared is of another type than what comes of it.

use super::laws::forward_of_others;
use super::layouts::{Form, SIZES, Size};
use crate::device::{Buf, Cpu};
use crate::dims::Off;
use crate::dtype::{Elem, Numeric};
use crate::elements::{called, for_each_float};
use crate::graph::{Binary, Compared, Formula2, Lazy, Ternary, Unary, materialise};
use crate::ops::indicators::{Greater, Select};
use crate::ops::pointwise::{BitAnd, BitOr, BitXor, Flip};

/// Sizes of more than a block, beside the others.
const LARGE: [Size; 2] = [Size(2, 256), Size(3, 601)];

fn number(i: usize, operand: usize) -> i64 {
    ((i * 7 + operand * 3) % 11) as i64
}

fn operand<E: Elem>(size: Size, form: Form, number_of: usize) -> Buf<E> {
    Buf::from_fn(size.len(form), |i| E::of_i64(number(i, number_of)))
}

/// What is said of each element by what is said of the operands' numbers, each as it lies.
fn expected<const K: usize>(size: Size, forms: [Form; K], says: impl Fn([i64; K]) -> bool) -> Vec<bool> {
    let numbers = |index| std::array::from_fn(|k| number(size.place(forms[k], index), k));
    (0..size.0 * size.1).map(|index| says(numbers(index))).collect()
}

fn judge(what: &str, size: Size, node: &impl Lazy<bool>, expected: &[bool]) {
    let what = format!("{what} in {} x {}", size.0, size.1);
    assert_eq!(forward_of_others(&what, node, size.region()), expected, "{what}");
    // By the loops of the processor, which run block by block.
    assert_eq!(materialise(Cpu, node, size.region()).host(), expected, "{what}, in fast loops");
}

fn every_truth<E: Numeric>()
where
    Greater: Formula2<E>,
{
    for size in SIZES.into_iter().chain(LARGE) {
        let whole = || size.whole::<E, Off>(&operand(size, Form::Whole, 0));
        let turned = || size.turned::<E, Off>(&operand(size, Form::Turned, 0));
        let column = || size.column::<E, Off>(&operand(size, Form::OneColumn, 1));
        let row = || size.row::<E, Off>(&operand(size, Form::OneRow, 1));
        let first = || Compared::<E, _>::new(Binary { op: Greater, a: turned(), b: column() });
        let second = || Compared::<E, _>::new(Binary { op: Greater, a: row(), b: whole() });
        let forms = [Form::Turned, Form::OneColumn];
        judge(E::NAME, size, &first(), &expected(size, forms, |[x, y]| x > y));
        judge("!", size, &Unary { op: Flip, a: first() }, &expected(size, forms, |[x, y]| x <= y));
        let (a, b) =
            (expected(size, forms, |[x, y]| x > y), expected(size, [Form::Whole, Form::OneRow], |[x, y]| y > x));
        let both = |says: fn(bool, bool) -> bool| a.iter().zip(&b).map(|(&a, &b)| says(a, b)).collect::<Vec<_>>();
        judge("&", size, &Binary { op: BitAnd, a: first(), b: second() }, &both(|a, b| a & b));
        judge("|", size, &Binary { op: BitOr, a: first(), b: second() }, &both(|a, b| a | b));
        judge("^", size, &Binary { op: BitXor, a: first(), b: second() }, &both(|a, b| a ^ b));
        let stored = size.whole::<bool, Off>(&Buf::from_slice(&a));
        let chosen = Ternary { op: Select, a: second(), b: stored, c: first() };
        judge("chosen", size, &chosen, &a);
    }
}

#[test]
fn comparisons_are_legal() {
    for_each_float!(called every_truth());
    every_truth::<i64>();
    every_truth::<u8>();
}
