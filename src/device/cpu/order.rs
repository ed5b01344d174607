//! Sorting rows, and searching in sorted memory: NaN is larger than every number, -0 equals 0, and ties keep their
//! order.
//!
//! Apart from `rows`, because nothing is computed here: elements are compared only. Each element becomes an integer of
//! the same order with its position behind it. No two of these are equal, so there is one sorted order, whoever sorts.

use super::arrange::{Arranged, beside, in_order};
use super::keys::Key;
use super::parallel::{PARALLEL_FROM, waiting};
use super::radix::Keyed;
use super::unwritten;
use crate::dtype::Elem;
use crate::error::{heard_there, is_heard};
use crate::loops::Rows;
use crate::memory::Buf;
use rayon::prelude::*;
use std::ops::RangeInclusive;

/// Elements of a task, so that many small rows are not as many tasks.
const TASK: usize = 1 << 14;

/// Calls `task` for each chunk of `size` elements with its number, on several threads when there are `work` elements
/// to touch. Every chunk is whole.
pub(super) fn each_chunk<T: Send>(
    out: &mut [T],
    size: usize,
    work: usize,
    task: impl Fn(usize, &mut [T]) + Sync + Send,
) {
    if out.is_empty() {
        return;
    }
    let chunks = out.len() / size;
    if chunks > 1 && work >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        let batch = (TASK / (work / chunks).max(1)).max(1);
        let chunks = out.par_chunks_exact_mut(size).with_min_len(batch).enumerate();
        let heard = is_heard();
        waiting(|| chunks.for_each(|(number, chunk)| heard_there(heard, || task(number, chunk))));
    } else {
        out.chunks_exact_mut(size).enumerate().for_each(|(number, chunk)| task(number, chunk));
    }
}

/// An element and its position as one integer, in the order of the elements.
trait Packed: Arranged {
    /// How many are sorted digit by digit, where registers do not sort: memory beside longer ones is far.
    const BY_DIGITS: RangeInclusive<usize>;
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> Self;
    fn index(self) -> i64;
}

impl Keyed for u128 {
    const BITS: usize = 64;
    #[cfg_attr(optimised, inline(always))]
    fn key(self, without: usize) -> usize {
        (self >> (64 + without)) as usize
    }
}

impl Keyed for i64 {
    const BITS: usize = 32;
    #[cfg_attr(optimised, inline(always))]
    fn key(self, without: usize) -> usize {
        ((self ^ i64::MIN) as u64 >> (32 + without)) as usize
    }
}

impl Packed for u128 {
    const BY_DIGITS: RangeInclusive<usize> = 1 << 10..=1 << 17;
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> u128 {
        let key = <i64 as Key>::of(x, descending) ^ i64::MIN; // the order of numbers without a sign
        u128::from(key as u64) << 64 | index as u128
    }
    fn index(self) -> i64 {
        self as i64
    }
}

/// Elements of at most four bytes in rows of less than 2³² elements, as large as the position that comes of it.
impl Packed for i64 {
    const BY_DIGITS: RangeInclusive<usize> = 200..=1 << 17;
    #[cfg_attr(optimised, inline(always))]
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> i64 {
        i64::from(<i32 as Key>::of(x, descending)) << 32 | index as i64
    }
    fn index(self) -> i64 {
        i64::from(self as u32)
    }
}

/// Positions of the first `keep` elements of each row in ascending or descending order.
pub(in crate::device) fn order<E: Elem>(rows: Rows, values: &[E], descending: bool, keep: usize) -> Buf<i64> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    assert!(keep <= rows.len, "{keep} positions of rows of {} elements", rows.len);
    let mut out = unwritten(rows.count() * keep);
    let narrow = size_of::<E>() <= 4 && u32::try_from(rows.len).is_ok();
    if narrow && keep == rows.len {
        sort_whole(rows, values, descending, out.make_mut());
    } else if narrow {
        sort::<E, i64>(rows, values, descending, keep, out.make_mut());
    } else {
        sort::<E, u128>(rows, values, descending, keep, out.make_mut());
    }
    across(rows, keep, out)
}

/// The elements of a row, wherever they lie.
pub(super) fn row_of<E: Elem>(rows: Rows, values: &[E], row: usize) -> impl Iterator<Item = E> {
    let Rows { len, inner, .. } = rows;
    let start = row / inner * len * inner + row % inner;
    values[start..].iter().step_by(inner).take(len).copied()
}

/// The same, packed.
fn packed_row<E: Elem, P: Packed>(rows: Rows, values: &[E], descending: bool, row: usize) -> impl Iterator<Item = P> {
    row_of(rows, values, row).enumerate().map(move |(i, x)| P::pack(x, descending, i))
}

/// The first `keep` of each row, one row after the other.
fn sort<E: Elem, P: Packed>(rows: Rows, values: &[E], descending: bool, keep: usize, out: &mut [i64]) {
    each_batch(rows, keep, out, |first, out| {
        let (mut packed, mut beside): (Vec<P>, _) = (Vec::with_capacity(rows.len), vec![P::default(); beside(keep)]);
        for (row, out) in (first..).zip(out.chunks_exact_mut(keep)) {
            packed.clear();
            packed.extend(packed_row::<E, P>(rows, values, descending, row));
            if keep < rows.len {
                packed.select_nth_unstable(keep - 1);
            }
            in_order(&mut packed[..keep], &mut beside, P::BY_DIGITS);
            out.iter_mut().zip(&packed).for_each(|(out, packed)| *out = packed.index());
        }
    });
}

/// All of each row, in the memory of the positions.
fn sort_whole<E: Elem>(rows: Rows, values: &[E], descending: bool, out: &mut [i64]) {
    each_batch(rows, rows.len, out, |first, out| {
        let mut beside = unwritten(beside(rows.len));
        for (row, out) in (first..).zip(out.chunks_exact_mut(rows.len)) {
            let packed = packed_row::<E, i64>(rows, values, descending, row);
            out.iter_mut().zip(packed).for_each(|(out, packed)| *out = packed);
            in_order(out, beside.make_mut(), <i64 as Packed>::BY_DIGITS);
            out.iter_mut().for_each(|out| *out = out.index());
        }
    });
}

/// Calls `run` with the number of a row and the results of that and those behind it, `keep` of each row.
pub(super) fn each_batch<T: Send>(rows: Rows, keep: usize, out: &mut [T], run: impl Fn(usize, &mut [T]) + Sync + Send) {
    let batch = (TASK / rows.len.max(1)).clamp(1, rows.count().max(1));
    // The last batch may be a shorter one.
    let whole = rows.count() / batch * batch;
    let (batches, rest) = out.split_at_mut(whole * keep);
    each_chunk(batches, batch * keep, rows.elements(), |number, out| run(number * batch, out));
    if !rest.is_empty() {
        run(whole, rest);
    }
}

/// From one row after the other to the places where the rows lie.
pub(super) fn across<E: Elem>(rows: Rows, keep: usize, row_after_row: Buf<E>) -> Buf<E> {
    if rows.inner == 1 || keep == 1 {
        return row_after_row;
    }
    let mut out = Buf::zeros(row_after_row.len());
    let block = rows.inner * keep;
    each_chunk(out.make_mut(), block, row_after_row.len(), |outer, out| {
        let from = &row_after_row.host()[outer * block..][..block];
        for (i, line) in out.chunks_exact_mut(rows.inner).enumerate() {
            line.iter_mut().zip(from[i..].iter().step_by(keep)).for_each(|(to, &index)| *to = index);
        }
    });
    out
}

/// Where each value would be inserted into sorted memory: before its equals, or behind them.
pub(in crate::device) fn search<E: Elem>(sorted: &[E], values: &[E], right: bool) -> Buf<i64> {
    let mut out = Buf::zeros(values.len());
    each_chunk(out.make_mut(), 1, values.len(), |i, out| {
        let value = values[i];
        let place = match right {
            false => sorted.partition_point(|&x| less(x, value)),
            true => sorted.partition_point(|&x| !less(value, x)),
        };
        out[0] = place as i64;
    });
    out
}

/// Whether `a` comes before `b` in ascending order.
#[expect(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]
fn less<E: Elem>(a: E, b: E) -> bool {
    a < b || (b != b && a == a)
}
