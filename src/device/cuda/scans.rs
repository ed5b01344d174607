//! Running formulas on the device.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::compiled::Compiled;
use super::kernels::Grid;
use super::source::ScanKey;
use super::token::Cuda;
use crate::device::scans::scan_on_host;
use crate::device::{ScanWork, Storage};
use crate::dtype::{Discrete, Elem, Real};
use crate::loops::{ExactFold, MAX_INPUTS, Recurrence, RowScan, Rows, ScanLoops};
use crate::memory::Buf;

static FORMULAS: Compiled<ScanKey> = Compiled::none();

/// Rows of a block: few, so that many processors share the rows of a batch.
const ROWS: usize = 64;

impl<const ORDINAL: usize> ScanWork for Cuda<ORDINAL> {
    #[track_caller]
    fn scan_rows<E: Elem, F: RowScan<E>>(self, rows: Rows, formula: F, inputs: &[&Buf<E>]) -> Buf<F::Out> {
        assert!(inputs.len() <= MAX_INPUTS, "a running formula of {} inputs", inputs.len());
        formula.scan(DeviceScan { device: self, rows, inputs })
    }
}

/// Rows in the memory of a device.
struct DeviceScan<'s, 'b, E, const ORDINAL: usize> {
    device: Cuda<ORDINAL>,
    rows: Rows,
    inputs: &'s [&'b Buf<E>],
}

impl<E: Elem, const ORDINAL: usize> ScanLoops<E> for DeviceScan<'_, '_, E, ORDINAL> {
    #[track_caller]
    fn running<P: Recurrence>(self, formula: P) -> Buf<E>
    where
        E: Real,
    {
        let DeviceScan { device, rows, inputs } = self;
        for input in inputs {
            assert_eq!(input.len(), rows.elements(), "an input of a running formula has another length than its rows");
        }
        let out = device.unwritten(rows.elements());
        let mut words = vec![rows.count() as u64, rows.len() as u64, rows.inner() as u64, device.address(&out)];
        words.extend((0..MAX_INPUTS).map(|i| inputs.get(i).map_or(0, |input| device.address(input))));
        if out.is_empty() {
            return out;
        }
        let (key, numbers, whole) = ScanKey::of::<E, P>(formula, inputs.len());
        let constants = [numbers.len(), whole.len()];
        words.extend(numbers.iter().map(|number| number.to_bits()));
        words.extend(whole.iter().map(|&number| number as u64));
        let kernel = FORMULAS.kernel(device.runtime(), key, |key| (key.source(constants), "scan"));
        let grid = Grid { blocks: [rows.count().div_ceil(ROWS).min(1 << 20), 1], threads: [ROWS, 1] };
        // SAFETY: the result and each input have the elements of the rows.
        unsafe { device.launch(kernel, grid, &words) }
        out
    }
    fn exact<F: ExactFold<E>>(self, fold: F) -> Buf<F::Out>
    where
        E: Discrete,
    {
        scan_on_host(self.device, self.rows, fold, self.inputs)
    }
}
