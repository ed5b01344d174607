//! The gradients: a task for each head where there are many, else one for each part of a head.
//!
//! Each gradient is written by one task, and sizes alone divide the work, so that any number of threads gives the same
//! bits. Where a head is divided, scores are computed once for its queries and once more for its keys.
#![allow(unsafe_code, reason = "tasks write disjoint rows through pointers")]

use super::call::{Call, Side};
use super::pack::{Dots, Laid, PAD, Room, Turned, Written};
use super::sight::{KEYS, Reach, Veil};
use super::slopes::{Slopes, Sums};
use super::tile::Scores;
use crate::device::cpu::parallel::for_each;
use crate::dtype::Real;
use crate::loops::AttentionSizes;
use crate::num::dispatch;
use std::ops::Range;

/// So many heads are enough for threads to share.
const HEADS: usize = 16;
/// Queries of a task at most, where a head is divided.
const ROWS: usize = 240;
/// Queries whose weights are computed at a time.
const BLOCK: usize = 60;

/// What the gradients are made of, and where they go.
#[derive(Clone, Copy)]
pub(super) struct Gradients<E: Real> {
    /// For each query, through all heads, two numbers.
    pub(super) kept: *const E::Wide,
    /// The result and its gradient, row-major.
    pub(super) out: *const E,
    pub(super) gradient: *const E,
    /// Where those of queries, keys and values go.
    pub(super) slopes: [Option<Side<E>>; 3],
}

// SAFETY: tasks write rows of their own, and read what the caller borrows.
unsafe impl<E: Real> Send for Gradients<E> {}
// SAFETY: as above.
unsafe impl<E: Real> Sync for Gradients<E> {}

/// Queries and keys that a task computes with, and which gradients it writes.
struct Part {
    rows: Range<usize>,
    keys: Range<usize>,
    wanted: [bool; 3],
}

/// All heads.
///
/// # Safety
/// All places are there, and no two of a gradient are one.
pub(super) unsafe fn backward<E: Real>(call: &Call<E>, gradients: Gradients<E>) {
    let (rows, keys, heads) = (call.sizes.rows(), call.sizes.keys, call.sizes.count());
    let wanted = gradients.slopes.map(|slope| slope.is_some());
    let whole = heads >= HEADS;
    let of_rows = if whole || !wanted[0] { 0 } else { rows.div_ceil(ROWS) };
    let of_keys = if whole || !(wanted[1] || wanted[2]) { 0 } else { keys.div_ceil(KEYS) };
    let parts = if whole { 1 } else { of_rows + of_keys };
    for_each(heads * parts, call.work() / 4, |task| {
        let (head, number) = (task / parts, task % parts);
        let part = if whole {
            Part { rows: 0..rows, keys: 0..keys, wanted }
        } else if number < of_rows {
            let first = number * ROWS;
            Part { rows: first..rows.min(first + ROWS), keys: 0..keys, wanted: [true, false, false] }
        } else {
            let first = (number - of_rows) * KEYS;
            Part { rows: 0..rows, keys: first..keys.min(first + KEYS), wanted: [false, wanted[1], wanted[2]] }
        };
        // SAFETY: rows and keys of the head; no other task writes these gradients.
        unsafe { one(call, &gradients, head, &part) }
    });
}

/// A part of a head.
///
/// # Safety
/// The head has this part.
unsafe fn one<E: Real>(call: &Call<E>, gradients: &Gradients<E>, head: usize, part: &Part) {
    let AttentionSizes { queries, keys, width, depth, .. } = call.sizes;
    let (index, before) = (call.sizes.index(head), head * call.sizes.rows());
    let [q, k, v] = call.operands.map(|operand| operand.head(index));
    let [of_q, of_k, of_v] = part.wanted;
    let (wide, deep, all) = (width.next_multiple_of(PAD), depth.next_multiple_of(PAD), part.rows.len());
    let (padded, veil) = (all.next_multiple_of(12), Veil::new(call.seen, index));
    // Of few keys and queries a tile is small: an element may be as wide as it likes.
    let (step, some) = (keys.min(KEYS).next_multiple_of(PAD), all.min(BLOCK).next_multiple_of(12));
    let room = |wanted: bool, len: usize| Room::<E>::new(if wanted { len } else { 0 });
    let (mut dots, mut q_sums) = (Room::<E>::new(all), room(of_q, padded * wide));
    let (mut k_sums, mut v_sums) = (room(of_k, step * wide), room(of_v, step * deep));
    let (mut k_turned, mut v_turned) = (Room::<E>::new(width * step), Room::<E>::new(depth * step));
    let (mut k_rows, mut q_rows) = (room(of_q, step * wide), room(of_k, some * wide));
    let (mut q_room, mut slope) = (Room::<E>::new(some * width), Room::<E>::new(some * deep));
    let (mut weights, mut slopes) = (Room::<E>::new(BLOCK * KEYS), Room::<E>::new(BLOCK * KEYS));
    let mut added = Room::<E>::new(veil.room(BLOCK));
    let lines = |of: *const E| of.wrapping_add((before + part.rows.start) * depth);
    let rows = [gradients.out, gradients.gradient].map(lines);
    dispatch(Dots { rows, count: all, columns: depth, to: dots.start() });
    let gradient = Side::in_order(gradients.gradient.cast_mut(), before * depth, depth).head([0; 4]);
    for start in part.keys.clone().step_by(KEYS) {
        let reach = Reach::new(call.causal, [queries, keys], start);
        let count = reach.keys;
        let laid = |from, first, rows, columns, to, step, finite| {
            dispatch(Laid { from, first, rows, column: 0, columns, to, step, finite })
        };
        dispatch(Turned { from: k, first: start, rows: count, columns: width, to: k_turned.start(), step });
        dispatch(Turned { from: v, first: start, rows: count, columns: depth, to: v_turned.start(), step });
        // A key that is no number reaches the gradients of those who see it by their scores; others it must not.
        if of_q {
            laid(k, start, count, width, k_rows.start(), wide, true);
        }
        for (wanted, sums, len) in [(of_k, &mut k_sums, wide), (of_v, &mut v_sums, deep)] {
            if wanted {
                // SAFETY: the room is as long.
                unsafe { sums.start().write_bytes(0, step * len) }
            }
        }
        for first in part.rows.clone().step_by(BLOCK) {
            let rows = BLOCK.min(part.rows.end - first);
            if reach.most(first, rows) == 0 {
                continue;
            }
            laid(q, first, rows, width, q_room.start(), width, false);
            laid(gradient, first, rows, depth, slope.start(), deep, false);
            if of_k {
                laid(q, first, rows, width, q_rows.start(), wide, true);
            }
            // SAFETY: queries of the head and keys of the tile.
            let veil = unsafe { veil.lay([first, rows], [start, count], added.start()) };
            let at = first - part.rows.start;
            let (q, keys, scale) = (q_room.start(), k_turned.start(), call.scale);
            let sums = |wanted, rows: *const E::Wide, len, sums: *mut E::Wide| match wanted {
                true => Sums { rows, len, sums },
                false => Sums::none(),
            };
            dispatch::<E::Wide, _>(Slopes {
                scores: Scores { q, keys, step, width, veil, reach, first, rows, scale },
                values: v_turned.start(),
                gradient: slope.start(),
                depth,
                deep,
                kept: gradients.kept.wrapping_add(2 * (before + first)),
                dots: dots.start().wrapping_add(at),
                weights: weights.start(),
                slopes: slopes.start(),
                to_q: sums(of_q, k_rows.start(), wide, q_sums.start().wrapping_add(at * wide)),
                to_k: sums(of_k, q_rows.start(), wide, k_sums.start()),
                to_v: sums(of_v, slope.start(), deep, v_sums.start()),
            });
        }
        for (wanted, sums, step, side, columns) in
            [(of_k, &mut k_sums, wide, 1, width), (of_v, &mut v_sums, deep, 2, depth)]
        {
            if let Some(to) = gradients.slopes[side].filter(|_| wanted) {
                let to = to.head(index);
                dispatch(Written { from: sums.start(), step, to, first: start, rows: count, columns });
            }
        }
    }
    if let Some(to) = gradients.slopes[0].filter(|_| of_q) {
        let to = to.head(index);
        dispatch(Written { from: q_sums.start(), step: wide, to, first: part.rows.start, rows: all, columns: width });
    }
}
