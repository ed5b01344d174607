//! Row programs: reductions, softmax, normalisation, and their gradients.

use super::cpu::{Cpu, integers, rows};
use super::storage::Storage;
use crate::dtype::{Discrete, Real};
use crate::loops::{ExactFold, MAX_INPUTS, RowInput, RowProgram, Rows};
use crate::memory::Buf;
use std::borrow::Cow;

/// Programs over rows. By default they run on the host.
pub trait RowWork: Storage {
    /// One result for each row: what the last pass of the program gives.
    fn fold_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        let held = held(self, inputs);
        self.adopt(rows::fold(rows, program, (inputs, &slices(&held))))
    }
    /// One result for each element: what the program finishes with.
    fn map_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        let held = held(self, inputs);
        self.adopt(rows::map(rows, program, (inputs, &slices(&held))))
    }
    /// The same, and the number of each row that the program says it keeps.
    fn map_rows_keeping<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> (Buf<E>, Buf<E>) {
        let held = held(self, inputs);
        let (out, kept) = rows::map_keeping(rows, program, (inputs, &slices(&held)));
        (self.adopt(out), self.adopt(kept))
    }

    /// One result for each row of elements without gradients. The order of rows, blocks and elements is not specified:
    /// folds are exact.
    fn fold_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out> {
        self.adopt(integers::fold::<E, F>(rows, &self.read(values)))
    }
}

impl RowWork for Cpu {}

/// The elements of the inputs in host memory; none behind the last one.
#[inline]
fn held<'a, D: Storage, E: Real>(device: D, inputs: &[RowInput<'a, E>]) -> [Cow<'a, [E]>; MAX_INPUTS] {
    assert!(inputs.len() <= MAX_INPUTS, "a row program of {} inputs", inputs.len());
    std::array::from_fn(|i| inputs.get(i).map_or(Cow::Borrowed(&[][..]), |input| device.read(input.buf())))
}

#[inline]
fn slices<'a, E: Real>(held: &'a [Cow<'_, [E]>; MAX_INPUTS]) -> [&'a [E]; MAX_INPUTS] {
    std::array::from_fn(|i| &*held[i])
}
