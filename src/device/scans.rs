//! What runs along rows: running sums and products, and their gradients.

use super::cpu::{Cpu, integers, scan};
use super::storage::Storage;
use crate::dtype::{Discrete, Real};
use crate::loops::{ExactFold, MAX_INPUTS, Recurrence, Rows};
use crate::memory::Buf;
use std::borrow::Cow;

/// Running formulas. By default they run on the host.
pub trait ScanWork: Storage {
    /// One result for each element: what the running formula gives there.
    fn scan_rows<E: Real, P: Recurrence>(self, rows: Rows, program: P, inputs: &[&Buf<E>]) -> Buf<E> {
        assert!(inputs.len() <= MAX_INPUTS, "a running formula of {} inputs", inputs.len());
        let held: [Cow<'_, [E]>; MAX_INPUTS] =
            std::array::from_fn(|i| inputs.get(i).map_or(Cow::Borrowed(&[][..]), |input| self.read(input)));
        let slices: [&[E]; MAX_INPUTS] = std::array::from_fn(|i| &*held[i]);
        self.adopt(scan::scan(rows, program, &slices[..inputs.len()]))
    }

    /// One result for each element without gradients: the fold of those up to it along its row.
    fn scan_exact<E: Discrete, F: ExactFold<E>>(self, rows: Rows, values: &Buf<E>) -> Buf<F::Out> {
        self.adopt(integers::scan::<E, F>(rows, &self.read(values)))
    }
}

impl ScanWork for Cpu {}
