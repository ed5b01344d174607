//! What runs along rows: running sums and products, and their gradients.

use super::cpu::{Cpu, integers, scan};
use super::storage::Storage;
use crate::dtype::{Discrete, Elem, Real};
use crate::loops::{ExactFold, MAX_INPUTS, Recurrence, RowScan, Rows, ScanLoops};
use crate::memory::Buf;
use std::borrow::Cow;

/// Running formulas. By default they run on the host.
pub trait ScanWork: Storage {
    /// One result for each element: what the running formula gives there, or the fold of the integers up to it.
    ///
    /// # Panics
    /// When a fold is given another number of inputs than one.
    fn scan_rows<E: Elem, F: RowScan<E>>(self, rows: Rows, formula: F, inputs: &[&Buf<E>]) -> Buf<F::Out> {
        scan_on_host(self, rows, formula, inputs)
    }
}

impl ScanWork for Cpu {}

/// [`scan_rows`](ScanWork::scan_rows) by the host's loops.
pub(super) fn scan_on_host<D: Storage, E: Elem, F: RowScan<E>>(
    device: D,
    rows: Rows,
    formula: F,
    inputs: &[&Buf<E>],
) -> Buf<F::Out> {
    assert!(inputs.len() <= MAX_INPUTS, "a running formula of {} inputs", inputs.len());
    let held: [Cow<'_, [E]>; MAX_INPUTS] =
        std::array::from_fn(|i| inputs.get(i).map_or(Cow::Borrowed(&[][..]), |input| device.read(input)));
    let slices: [&[E]; MAX_INPUTS] = std::array::from_fn(|i| &*held[i]);
    device.adopt(formula.scan(HostScan { rows, inputs: &slices[..inputs.len()] }))
}

/// Rows in the memory of the host.
struct HostScan<'s, E> {
    rows: Rows,
    inputs: &'s [&'s [E]],
}

impl<E: Elem> ScanLoops<E> for HostScan<'_, E> {
    #[cfg_attr(optimised, inline(always))]
    fn running<P: Recurrence>(self, formula: P) -> Buf<E>
    where
        E: Real,
    {
        scan::scan(self.rows, formula, self.inputs)
    }
    fn exact<F: ExactFold<E>>(self, _: F) -> Buf<F::Out>
    where
        E: Discrete,
    {
        let [values] = self.inputs else { panic!("an exact fold of {} inputs", self.inputs.len()) };
        integers::scan::<E, F>(self.rows, values)
    }
}
