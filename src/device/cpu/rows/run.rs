//! A row program over its inputs: their lengths are held against the rows here, and the rows divided among tasks.
//!
//! Apart from the loops, which trust what is checked here.

use std::ptr::null_mut;

use super::across::STRIP;
use super::job::{Job, Source};
use crate::device::cpu::parallel::{SharedPtr, for_each};
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, RowInput, RowProgram, Rows};
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch};

/// Elements of a task, so that small tensors stay on one thread.
const TASK: usize = 1 << 14;

/// Inputs as a program asks for them, and their elements.
pub(in crate::device) type Inputs<'a, E> = (&'a [RowInput<'a, E>], &'a [&'a [E]; MAX_INPUTS]);

impl<E: Real, P: RowProgram, const MAP: bool> Kernel<E> for Job<E, P, MAP> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
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
    [kept, beside]: [*mut E; 2],
) {
    rows.suit::<P>(MAP);
    let mut sources = [Source { base: std::ptr::null(), per_row: true, pairing: None }; MAX_INPUTS];
    for ((source, input), values) in sources.iter_mut().zip(inputs).zip(values) {
        input.hold(rows, values.len());
        let per_row = matches!(input, RowInput::PerRow(_));
        *source = Source { base: values.as_ptr(), per_row, pairing: input.pairing() };
    }
    if out.is_empty() {
        return; // There may be more rows without elements than a loop can walk over.
    }
    let units = if rows.inner == 1 { rows.outer } else { rows.outer * rows.inner.div_ceil(STRIP) };
    let unit = (rows.elements() / units.max(1)).max(1);
    let batch = (TASK / unit).max(1);
    let [out, kept, beside] = [out.as_mut_ptr(), kept, beside].map(SharedPtr::new);
    let job = Job::<E, P, MAP> { rows, program, sources, inputs: inputs.len(), out, kept, beside, from: 0, to: 0 };
    for_each(units.div_ceil(batch), rows.elements(), |task| {
        dispatch(job.part(task * batch, units.min((task + 1) * batch)));
    });
}

pub(in crate::device) fn fold<E: Real, P: RowProgram>(rows: Rows, program: P, inputs: Inputs<'_, E>) -> Buf<E> {
    let mut out = unwritten(rows.count());
    run::<E, P, false>(rows, program, inputs, out.make_mut(), [null_mut(); 2]);
    out
}

pub(in crate::device) fn map<E: Real, P: RowProgram>(rows: Rows, program: P, inputs: Inputs<'_, E>) -> Buf<E> {
    let mut out = unwritten(rows.elements());
    run::<E, P, true>(rows, program, inputs, out.make_mut(), [null_mut(); 2]);
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
    run::<E, P, true>(rows, program, inputs, out.make_mut(), [kept.make_mut().as_mut_ptr(), null_mut()]);
    (out, kept)
}

/// What `map_keeping` gives, and between its two what the program has beside each result.
pub(in crate::device) fn map_beside<E: Real, P: RowProgram>(
    rows: Rows,
    program: P,
    inputs: Inputs<'_, E>,
) -> [Buf<E>; 3] {
    assert!(P::BESIDE, "a row program that has nothing beside its results");
    let [mut out, mut beside] = [(); 2].map(|()| unwritten::<E>(rows.elements()));
    let mut kept: Buf<E> = unwritten(rows.count());
    let aside = [kept.make_mut().as_mut_ptr(), beside.make_mut().as_mut_ptr()];
    run::<E, P, true>(rows, program, inputs, out.make_mut(), aside);
    [out, beside, kept]
}
