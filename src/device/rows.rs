//! Row programs: reductions, softmax, normalisation, and their gradients.

use super::cpu::{Cpu, integers, rows};
use super::storage::Storage;
use crate::dtype::{Discrete, Elem, Real};
use crate::loops::{ExactFold, MAX_INPUTS, MAX_STATS, RowFold, RowInput, RowLoops, RowProgram, Rows};
use crate::memory::Buf;
use std::borrow::Cow;

/// Programs over rows. By default they run on the host.
pub trait RowWork: Storage {
    /// One result for each row: what the last pass of a program gives, or the fold of integers, in any order.
    ///
    /// # Panics
    /// When a fold is given anything but one input, its elements.
    fn fold_rows<E: Elem, F: RowFold<E>>(self, rows: Rows, fold: F, inputs: &[RowInput<'_, E>]) -> Buf<F::Out> {
        on_host(self, rows, fold, inputs)
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
    /// The same, and between the two what the program has beside each result.
    fn map_rows_beside<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> [Buf<E>; 3] {
        let held = held(self, inputs);
        rows::map_beside(rows, program, (inputs, &slices(&held))).map(|buf| self.adopt(buf))
    }
    /// What `plain` gives where the term of a program is 0 of the numbers at each place of two buffers, else what
    /// `careful` does, in buffers of the same lengths: a choice that only decides how to go on.
    ///
    /// By default the host looks at the numbers, and waits for them. A device of its own may run both, and take the
    /// elements of one where the sum of the terms is.
    ///
    /// # Panics
    /// When the two buffers are of different lengths.
    fn either<E: Real, P: RowProgram, const N: usize>(
        self,
        (program, numbers): (P, [&Buf<E>; 2]),
        plain: impl FnOnce() -> [Buf<E>; N],
        careful: impl FnOnce() -> [Buf<E>; N],
    ) -> [Buf<E>; N] {
        let [x, y] = numbers.map(|numbers| self.read(numbers));
        assert_eq!(x.len(), y.len(), "a program over numbers of different places");
        let none = [0.0; MAX_STATS];
        let doubt = |(x, y): (&E, &E)| {
            let (mut values, numbers) = (none, [x.as_f64(), y.as_f64()]);
            values[..2].copy_from_slice(&numbers);
            program.term(0, values, none) != 0.0
        };
        if x.iter().zip(&*y).any(doubt) { careful() } else { plain() }
    }
}

impl RowWork for Cpu {}

/// The results of a fold, which the host computes.
pub(super) fn on_host<D: Storage, E: Elem, F: RowFold<E>>(
    device: D,
    rows: Rows,
    fold: F,
    inputs: &[RowInput<'_, E>],
) -> Buf<F::Out> {
    let held = held(device, inputs);
    device.adopt(fold.fold(HostRows { rows, inputs, slices: slices(&held) }))
}

/// Rows in the memory of the host.
struct HostRows<'r, 'b, E> {
    rows: Rows,
    inputs: &'r [RowInput<'b, E>],
    slices: [&'r [E]; MAX_INPUTS],
}

impl<E: Elem> RowLoops<E> for HostRows<'_, '_, E> {
    #[cfg_attr(optimised, inline(always))]
    fn program<P: RowProgram>(self, program: P) -> Buf<E>
    where
        E: Real,
    {
        rows::fold(self.rows, program, (self.inputs, &self.slices))
    }
    fn exact<F: ExactFold<E>>(self, _: F) -> Buf<F::Out>
    where
        E: Discrete,
    {
        assert!(matches!(self.inputs, [RowInput::Elements(_)]), "an exact fold is of elements");
        integers::fold::<E, F>(self.rows, self.slices[0])
    }
}

/// The elements of the inputs in host memory; none behind the last one.
#[inline]
fn held<'a, D: Storage, E: Elem>(device: D, inputs: &[RowInput<'a, E>]) -> [Cow<'a, [E]>; MAX_INPUTS] {
    assert!(inputs.len() <= MAX_INPUTS, "a row program of {} inputs", inputs.len());
    std::array::from_fn(|i| inputs.get(i).map_or(Cow::Borrowed(&[][..]), |input| device.read(input.buf())))
}

#[inline]
fn slices<'a, E: Elem>(held: &'a [Cow<'_, [E]>; MAX_INPUTS]) -> [&'a [E]; MAX_INPUTS] {
    std::array::from_fn(|i| &*held[i])
}
