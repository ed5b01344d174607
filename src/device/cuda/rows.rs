//! Row programs on the device.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::compiled::Compiled;
use super::kernels::{Grid, THREADS};
use super::source::{Gives, InputKind, RowsKey};
use super::token::Cuda;
use crate::device::rows::on_host;
use crate::device::{RowWork, Storage};
use crate::dtype::{Discrete, Elem, Real};
use crate::loops::{ExactFold, MAX_INPUTS, RowFold, RowInput, RowLoops, RowProgram, Rows};
use crate::memory::Buf;

static PROGRAMS: Compiled<RowsKey> = Compiled::none();

/// Rows of a block where they lie side by side.
const SIDE: usize = 32;

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Runs a program over its inputs: `out`, and what else it gives, are as long as they must be.
    #[track_caller]
    fn run_rows<E: Real, P: RowProgram>(
        self,
        (rows, program, gives): (Rows, P, Gives),
        inputs: &[RowInput<'_, E>],
        [out, kept, beside]: [u64; 3],
    ) {
        assert!(inputs.len() <= MAX_INPUTS, "a row program of {} inputs", inputs.len());
        rows.suit::<P>(gives != Gives::Fold);
        let kind = |input: &RowInput<'_, E>| match input {
            RowInput::Elements(_) => InputKind::Elements,
            RowInput::PerRow(_) => InputKind::PerRow,
            RowInput::Paired(..) => InputKind::Paired,
        };
        let kinds = inputs.iter().map(kind).collect();
        let mut words = vec![rows.count() as u64, rows.len() as u64, rows.inner() as u64, out, kept, beside];
        for i in 0..MAX_INPUTS {
            let paired = [1; 3];
            let (address, [outer, span, each]) = match inputs.get(i) {
                None => (0, paired),
                Some(input) => {
                    input.hold(rows, input.buf().len());
                    let pairing = input.pairing().map_or(paired, |own| [own.outer, own.span, own.each]);
                    (self.address(input.buf()), pairing)
                }
            };
            words.extend([address, outer as u64, span as u64, each as u64]);
        }
        if rows.count() == 0 {
            return;
        }
        let (key, numbers, whole) = RowsKey::of::<E, P>(program, rows.len(), gives, kinds);
        let constants = [numbers.len(), whole.len()];
        words.extend(numbers.iter().map(|number| number.to_bits()));
        words.extend(whole.iter().map(|&number| number as u64));
        let kernel = PROGRAMS.kernel(self.runtime(), key, |key| (key.source(constants), "rows"));
        // SAFETY: each input was held against the rows, the outputs are as long as the caller says.
        unsafe { self.launch(kernel, grid(rows), &words) }
    }
}

/// Rows that lie side by side are a thread's column each; of one that lies in one piece, threads beside each other have
/// elements beside each other.
pub(super) fn grid(rows: Rows) -> Grid {
    let side = if rows.inner() == 1 { 1 } else { SIDE.min(rows.inner().next_power_of_two()) };
    let deep = rows.len().max(1).next_power_of_two().min(THREADS / side);
    // At least a warp, or most of its threads idle.
    let deep = if side == 1 { deep.max(32) } else { deep };
    Grid { blocks: [rows.count().div_ceil(side).min(1 << 20), 1], threads: [side, deep] }
}

impl<const ORDINAL: usize> RowWork for Cuda<ORDINAL> {
    fn fold_rows<E: Elem, F: RowFold<E>>(self, rows: Rows, fold: F, inputs: &[RowInput<'_, E>]) -> Buf<F::Out> {
        fold.fold(DeviceRows { device: self, rows, inputs })
    }
    fn map_rows<E: Real, P: RowProgram>(self, rows: Rows, program: P, inputs: &[RowInput<'_, E>]) -> Buf<E> {
        let out = self.unwritten(rows.elements());
        let gives = Gives::Map { keeping: false, beside: false };
        self.run_rows((rows, program, gives), inputs, [self.address(&out), 0, 0]);
        out
    }
    fn map_rows_keeping<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> (Buf<E>, Buf<E>) {
        let (out, kept) = (self.unwritten(rows.elements()), self.unwritten(rows.count()));
        let gives = Gives::Map { keeping: true, beside: false };
        self.run_rows((rows, program, gives), inputs, [self.address(&out), self.address(&kept), 0]);
        (out, kept)
    }
    fn map_rows_beside<E: Real, P: RowProgram>(
        self,
        rows: Rows,
        program: P,
        inputs: &[RowInput<'_, E>],
    ) -> [Buf<E>; 3] {
        let [out, beside] = [(); 2].map(|()| self.unwritten(rows.elements()));
        let kept = self.unwritten(rows.count());
        let gives = Gives::Map { keeping: true, beside: true };
        self.run_rows((rows, program, gives), inputs, [&out, &kept, &beside].map(|buf| self.address(buf)));
        [out, beside, kept]
    }
}

/// Rows in the memory of a device.
struct DeviceRows<'r, 'b, E, const ORDINAL: usize> {
    device: Cuda<ORDINAL>,
    rows: Rows,
    inputs: &'r [RowInput<'b, E>],
}

impl<E: Elem, const ORDINAL: usize> RowLoops<E> for DeviceRows<'_, '_, E, ORDINAL> {
    fn program<P: RowProgram>(self, program: P) -> Buf<E>
    where
        E: Real,
    {
        let out = self.device.unwritten(self.rows.count());
        self.device.run_rows((self.rows, program, Gives::Fold), self.inputs, [self.device.address(&out), 0, 0]);
        out
    }
    fn exact<F: ExactFold<E>>(self, fold: F) -> Buf<F::Out>
    where
        E: Discrete,
    {
        on_host(self.device, self.rows, fold, self.inputs)
    }
}
