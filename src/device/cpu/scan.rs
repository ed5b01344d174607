//! What runs along rows: running formulas, and the position of the extreme of a row or of all elements so far.
//!
//! Apart from `rows`, which combines the elements of a row in blocks: here each element follows from the one before.
//! Rows that lie across the memory are walked side by side, so that memory is read in order.

use super::order::each_chunk;
use crate::dtype::{Elem, Real};
use crate::loops::{MAX_INPUTS, Recurrence, Rows};
use crate::memory::Buf;
use crate::num::Num;

/// Rows across the memory that are walked side by side.
const STRIP: usize = 64;

pub(in crate::device) fn scan<E: Real, P: Recurrence>(rows: Rows, program: P, inputs: &[&[E]]) -> Buf<E> {
    for input in inputs {
        assert_eq!(input.len(), rows.elements(), "an input of a running formula has another length than its rows");
    }
    let mut out = Buf::zeros(rows.elements());
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
#[inline(always)]
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

/// The position of the largest or smallest element of each row, the first of ties; `running`: of the elements so far,
/// the latest of ties. NaN is the extreme.
pub(in crate::device) fn extremes<E: Elem>(rows: Rows, values: &[E], largest: bool, running: bool) -> Buf<i64> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let mut out = Buf::zeros(if running { rows.elements() } else { rows.count() });
    match (largest, running) {
        (true, false) => first(rows, values, out.make_mut(), |x, best| x > best),
        (false, false) => first(rows, values, out.make_mut(), |x, best| x < best),
        (true, true) => so_far(rows, values, out.make_mut(), |x, best| x >= best),
        (false, true) => so_far(rows, values, out.make_mut(), |x, best| x <= best),
    }
    out
}

#[expect(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]
fn is_nan<E: Elem>(x: E) -> bool {
    x != x
}

fn first<E: Elem>(rows: Rows, values: &[E], out: &mut [i64], beats: impl Fn(E, E) -> bool + Sync) {
    let Rows { len, inner, .. } = rows;
    let wins = |x: E, best: E| beats(x, best) || (is_nan(x) && !is_nan(best));
    each_chunk(out, inner, rows.elements(), |outer, out| {
        let block = &values[outer * len * inner..][..len * inner];
        if inner > 1 {
            for (place, &x) in block.iter().enumerate().skip(inner) {
                let (i, column) = (place / inner, place % inner);
                if wins(x, block[out[column] as usize * inner + column]) {
                    out[column] = i as i64;
                }
            }
        } else if let Some(&first) = block.first() {
            let mut best = (first, 0);
            for (i, &x) in block.iter().enumerate() {
                if wins(x, best.0) {
                    best = (x, i);
                }
            }
            out[0] = best.1 as i64;
        }
    });
}

fn so_far<E: Elem>(rows: Rows, values: &[E], out: &mut [i64], beats: impl Fn(E, E) -> bool + Sync) {
    let Rows { len, inner, .. } = rows;
    each_chunk(out, len * inner, rows.elements(), |outer, out| {
        let block = &values[outer * len * inner..][..len * inner];
        for i in 1..len {
            let (done, here) = out.split_at_mut(i * inner);
            let before = &done[(i - 1) * inner..];
            for (column, (out, &before)) in here[..inner].iter_mut().zip(before).enumerate() {
                let (x, best) = (block[i * inner + column], block[before as usize * inner + column]);
                *out = if beats(x, best) || is_nan(x) { i as i64 } else { before };
            }
        }
    });
}
