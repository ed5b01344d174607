//! Running formulas along rows.
//!
//! Apart from `rows`, which combines the elements of a row in blocks: here each element follows from the one before.
//! Rows that lie across the memory are walked side by side, so that memory is read in order.

use super::order::each_chunk;
use super::unwritten;
use crate::dtype::Real;
use crate::loops::{MAX_INPUTS, Recurrence, Rows};
use crate::memory::Buf;
use crate::num::Num;

/// Rows across the memory that are walked side by side.
const STRIP: usize = 64;

pub(in crate::device) fn scan<E: Real, P: Recurrence>(rows: Rows, program: P, inputs: &[&[E]]) -> Buf<E> {
    for input in inputs {
        assert_eq!(input.len(), rows.elements(), "an input of a running formula has another length than its rows");
    }
    let mut out = unwritten(rows.elements());
    let block = rows.len * rows.inner;
    each_chunk(out.make_mut(), block, rows.elements(), |outer, out| {
        let mut part: [&[E]; MAX_INPUTS] = [&[]; MAX_INPUTS];
        for (part, input) in part.iter_mut().zip(inputs) {
            *part = &input[outer * block..][..block];
        }
        let part = &part[..inputs.len()];
        match rows.inner {
            1 => strip::<E, P, 1>(rows, program, part, 0, out),
            inner => (0..inner).step_by(STRIP).for_each(|from| strip::<E, P, STRIP>(rows, program, part, from, out)),
        }
    });
    out
}

/// At most `W` rows side by side, from column `from` on.
#[cfg_attr(optimised, inline(always))]
fn strip<E: Real, P: Recurrence, const W: usize>(rows: Rows, program: P, inputs: &[&[E]], from: usize, out: &mut [E]) {
    let width = W.min(rows.inner - from);
    let mut states = [program.start::<E::Sum>(); W];
    for step in 0..rows.len {
        let i = if P::REVERSE { rows.len - 1 - step } else { step };
        let start = i * rows.inner + from;
        for (column, state) in states[..width].iter_mut().enumerate() {
            let mut x = [E::Sum::c(0.0); MAX_INPUTS];
            x.iter_mut().zip(inputs).for_each(|(x, input)| *x = input[start + column].to_sum());
            let (next, y) = program.step(*state, x);
            (*state, out[start + column]) = (next, E::of_sum(y));
        }
    }
}
