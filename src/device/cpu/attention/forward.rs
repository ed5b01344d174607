//! The result: a task for each head and block of queries.
//!
//! Sizes alone divide the work, so that any number of threads gives the same bits.
#![allow(unsafe_code, reason = "tasks write disjoint rows through pointers")]

use super::call::{Call, Side};
use super::pack::{Laid, PAD, Room, Turned, Written};
use super::sight::{KEYS, Reach, Veil};
use super::tile::Scores;
use super::weigh::{Finish, Weigh};
use crate::device::cpu::parallel::for_each;
use crate::dtype::Real;
use crate::loops::AttentionSizes;
use crate::num::{Kernel, Lane, Simd, dispatch};

/// Queries of a task at most: a multiple of the rows of every group.
const ROWS: usize = 192;

/// Where the results go: for each query, through all heads, its weighted values, and two numbers.
#[derive(Clone, Copy)]
pub(super) struct Results<E: Real> {
    pub(super) out: *mut E,
    pub(super) kept: *mut E::Wide,
}

// SAFETY: tasks write rows of their own.
unsafe impl<E: Real> Send for Results<E> {}
// SAFETY: as above.
unsafe impl<E: Real> Sync for Results<E> {}

/// All heads.
///
/// # Safety
/// There are places for all results, and some of them.
pub(super) unsafe fn forward<E: Real>(call: &Call<E>, results: Results<E>) {
    let rows = call.sizes.rows();
    let blocks = rows.div_ceil(ROWS);
    for_each(call.sizes.count() * blocks, call.work() / 8, |task| {
        let first = task % blocks * ROWS;
        // SAFETY: rows of the head.
        unsafe { block(call, task / blocks, [first, ROWS.min(rows - first)], results) }
    });
}

/// A block of queries of one head.
///
/// # Safety
/// The head has these queries, and their results have places.
unsafe fn block<E: Real>(call: &Call<E>, head: usize, [first, rows]: [usize; 2], results: Results<E>) {
    let AttentionSizes { queries, keys, width, depth, .. } = call.sizes;
    let index = call.sizes.index(head);
    let [q, k, v] = call.operands.map(|operand| operand.head(index));
    let (padded, deep) = (rows.next_multiple_of(12), depth.next_multiple_of(PAD));
    let veil = Veil::new(call.seen, index);
    let (mut q_room, mut out, mut numbers) =
        (Room::<E>::new(padded * width), Room::<E>::new(padded * deep), Room::<E>::new(2 * rows));
    // Of few keys a tile is small: an element may be as wide as it likes.
    let step = keys.min(KEYS).next_multiple_of(PAD);
    let (mut k_room, mut v_room) = (Room::<E>::new(width * step), Room::<E>::new(step * deep));
    let damp = (keys.next_power_of_two() as f64).recip();
    let (mut strip, mut added) = (Room::<E>::new(12 * KEYS), Room::<E>::new(veil.room(rows)));
    let [q_start, out, most, k_start, v_start, strip] =
        [&mut q_room, &mut out, &mut numbers, &mut k_room, &mut v_room, &mut strip].map(Room::start);
    let sums = most.wrapping_add(rows);
    dispatch(Laid { from: q, first, rows, column: 0, columns: width, to: q_start, step: width, finite: false });
    dispatch::<E::Wide, _>(Least { to: most, count: rows });
    for start in (0..keys).step_by(KEYS) {
        let reach = Reach::new(call.causal, [queries, keys], start);
        if reach.most(first, rows) == 0 {
            continue;
        }
        dispatch(Turned { from: k, first: start, rows: reach.keys, columns: width, to: k_start, step });
        let (rows_of_v, column) = (reach.keys, 0);
        let laid = Laid {
            from: v,
            first: start,
            rows: rows_of_v,
            column,
            columns: depth,
            to: v_start,
            step: deep,
            finite: false,
        };
        let finite = dispatch(laid);
        // SAFETY: queries of the head and keys of the tile.
        let veil = unsafe { veil.lay([first, rows], [start, reach.keys], added.start()) };
        let scores = Scores { q: q_start, keys: k_start, step, width, veil, reach, first, rows, scale: call.scale };
        dispatch::<E::Wide, _>(Weigh { scores, values: v_start, depth: deep, finite, damp, strip, most, sums, out });
    }
    let place = head * call.sizes.rows() + first;
    let kept = results.kept.wrapping_add(2 * place);
    dispatch::<E::Wide, _>(Finish { rows, depth: deep, damp, most, sums, out, kept });
    let to = Side::in_order(results.out, place * depth, depth).head([0; 4]);
    dispatch(Written { from: out, step: deep, to, first: 0, rows, columns: depth });
}

/// -inf at each place.
struct Least<W> {
    to: *mut W,
    count: usize,
}

impl<W: Simd<Wide = W>> Kernel<W> for Least<W> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<W>>(self) {
        for i in (0..self.count).step_by(V::N) {
            // SAFETY: whoever makes one vouches for its places.
            unsafe { V::c(f64::NEG_INFINITY).store(self.to.add(i), V::N.min(self.count - i)) }
        }
    }
}
