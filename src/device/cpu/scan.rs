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
    // NaN wins over every number, and no number over it.
    let more = |best: E, x: E| if beats(x, best) | is_nan(x) { x } else { best };
    each_chunk(out, inner, rows.elements(), |outer, out| {
        let block = &values[outer * len * inner..][..len * inner];
        match inner {
            1 => out[0] = first_of_row(block, more) as i64,
            _ => (0..inner).step_by(STRIP).for_each(|from| first_of_columns(block, inner, from, out, more)),
        }
    });
}

/// Elements of a row whose extreme is found before anybody asks where it stands.
const BLOCK: usize = 512;
/// Elements side by side: the compiler makes vectors of them.
const SIDE: usize = 32;

/// Whether two extremes are one: both NaN, or equal.
fn is_same<E: Elem>(x: E, y: E) -> bool {
    x == y || (is_nan(x) && is_nan(y))
}

/// Where the extreme of a row stands: the block that holds it is found by vectors, and searched once.
fn first_of_row<E: Elem>(row: &[E], more: impl Fn(E, E) -> E) -> usize {
    let Some(&first) = row.first() else { return 0 };
    let (mut best, mut from) = (first, 0);
    for (number, block) in row.chunks(BLOCK).enumerate() {
        let mut side = [best; SIDE];
        let (sides, rest) = block.as_chunks::<SIDE>();
        for elements in sides {
            side.iter_mut().zip(elements).for_each(|(side, &x)| *side = more(*side, x));
        }
        let extreme = side.iter().chain(rest).fold(best, |best, &x| more(best, x));
        if !is_same(extreme, best) {
            (best, from) = (extreme, number * BLOCK);
        }
    }
    from + row[from..].iter().position(|&x| is_same(x, best)).unwrap_or(0)
}

/// Where the extremes of at most [`STRIP`] columns stand, from column `from` on: the same, side by side.
fn first_of_columns<E: Elem>(block: &[E], inner: usize, from: usize, out: &mut [i64], more: impl Fn(E, E) -> E) {
    let width = STRIP.min(inner - from);
    let Some(top) = block.get(from..from + width) else { return };
    let (mut best, mut rows) = ([E::default(); STRIP], [0; STRIP]);
    best[..width].copy_from_slice(top);
    for (number, part) in block.chunks(STRIP * inner).enumerate() {
        let mut extremes = best;
        for row in part.chunks_exact(inner) {
            extremes.iter_mut().zip(&row[from..from + width]).for_each(|(best, &x)| *best = more(*best, x));
        }
        for ((row, best), extreme) in rows.iter_mut().zip(&mut best).zip(extremes) {
            if !is_same(extreme, *best) {
                (*best, *row) = (extreme, number * STRIP);
            }
        }
    }
    for (column, out) in out[from..from + width].iter_mut().enumerate() {
        let mut column_from = block[rows[column] * inner + from + column..].iter().step_by(inner);
        *out = (rows[column] + column_from.position(|&x| is_same(x, best[column])).unwrap_or(0)) as i64;
    }
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
