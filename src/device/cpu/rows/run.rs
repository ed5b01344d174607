//! A row program over its inputs: their lengths are held against the rows here, and the rows divided among tasks.
//!
//! Apart from the loops, which trust what is checked here.

use super::across::STRIP;
use super::job::{Job, Source};
use crate::device::cpu::parallel::{SharedPtr, for_each};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, MAX_STATS, RowInput, RowProgram, Rows, count_product as product};
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch};

/// Elements of a task, so that small tensors stay on one thread.
const TASK: usize = 1 << 14;

/// Inputs as a program asks for them, and their elements.
pub(in crate::device) type Inputs<'a, E> = (&'a [RowInput<'a, E>], &'a [&'a [E]; MAX_INPUTS]);

impl<E: Real, P: RowProgram, const MAP: bool> Kernel<E> for Job<E, P, MAP> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        // SAFETY: `run` below checked every length and divides the rows or strips among jobs.
        unsafe {
            if P::CONTIGUOUS || self.rows.inner == 1 {
                self.contiguous::<V>();
            } else {
                self.across::<V>();
            }
        }
    }
}

fn run<E: Real, P: RowProgram, const MAP: bool>(
    rows: Rows,
    program: P,
    (inputs, values): Inputs<'_, E>,
    out: &mut [E],
    kept: *mut E,
) {
    assert!(P::PASSES <= MAX_STATS && (MAP || P::PASSES > 0), "a row program of {} passes", P::PASSES);
    assert!(P::DRAFT.is_none_or(|pass| pass < P::PASSES), "a draft that no pass of a row program leaves");
    assert!(P::DRAFT.is_none() || P::ROUNDS == 1, "a draft of rows that are run again");
    assert!(rows.inner == 1 || !P::CONTIGUOUS, "rows that lie {} apart for a program of contiguous ones", rows.inner);
    let mut sources = [Source { base: std::ptr::null(), per_row: true, pairing: None }; MAX_INPUTS];
    for ((source, input), values) in sources.iter_mut().zip(inputs).zip(values) {
        let (per_row, pairing, wanted) = match *input {
            RowInput::Elements(_) => (false, None, rows.elements()),
            RowInput::PerRow(_) => (true, None, rows.count()),
            RowInput::Paired(_, pairing) => {
                assert!(rows.inner == 1, "pairs of rows that lie {} apart", rows.inner);
                // No row is read behind the last set; without rows none is.
                let sets = rows.count().checked_sub(1).map(|last| last / pairing.outer + 1);
                let wanted = sets.map_or(values.len(), |sets| product(&[sets, pairing.span, rows.len]));
                (false, Some(pairing), wanted)
            }
        };
        assert_eq!(values.len(), wanted, "a row program's input has another length than its rows");
        *source = Source { base: values.as_ptr(), per_row, pairing };
    }
    if out.is_empty() {
        return; // There may be more rows without elements than a loop can walk over.
    }
    let units = if rows.inner == 1 { rows.outer } else { rows.outer * rows.inner.div_ceil(STRIP) };
    let unit = (rows.elements() / units.max(1)).max(1);
    let batch = (TASK / unit).max(1);
    let (out, kept) = (SharedPtr::new(out.as_mut_ptr()), SharedPtr::new(kept));
    let job = Job::<E, P, MAP> { rows, program, sources, inputs: inputs.len(), out, kept, from: 0, to: 0 };
    for_each(units.div_ceil(batch), rows.elements(), |task| {
        dispatch(job.part(task * batch, units.min((task + 1) * batch)));
    });
}

pub(in crate::device) fn fold<E: Real, P: RowProgram>(rows: Rows, program: P, inputs: Inputs<'_, E>) -> Buf<E> {
    let mut out = unwritten(rows.count());
    run::<E, P, false>(rows, program, inputs, out.make_mut(), std::ptr::null_mut());
    out
}

pub(in crate::device) fn map<E: Real, P: RowProgram>(rows: Rows, program: P, inputs: Inputs<'_, E>) -> Buf<E> {
    let mut out = unwritten(rows.elements());
    run::<E, P, true>(rows, program, inputs, out.make_mut(), std::ptr::null_mut());
    out
}

/// What `map` gives, and a number of each row.
pub(in crate::device) fn map_keeping<E: Real, P: RowProgram>(
    rows: Rows,
    program: P,
    inputs: Inputs<'_, E>,
) -> (Buf<E>, Buf<E>) {
    let mut out = unwritten(rows.elements());
    let mut kept: Buf<E> = unwritten(rows.count());
    run::<E, P, true>(rows, program, inputs, out.make_mut(), kept.make_mut().as_mut_ptr());
    (out, kept)
}
