//! Sorting rows, and searching in sorted memory: NaN is larger than every number, -0 equals 0, and ties keep their
//! order.
//!
//! Apart from `rows`, because nothing is computed here: elements are compared only. Each element becomes an integer of
//! the same order with its position behind it. No two of these are equal, so there is one sorted order, whoever sorts.

use super::parallel::waiting;
use super::radix::{self, Keyed};
use crate::dtype::Elem;
use crate::error::{heard_there, is_heard};
use crate::loops::Rows;
use crate::memory::Buf;
use rayon::prelude::*;

/// Elements of work from which waking other threads pays.
pub(super) const PARALLEL_FROM: usize = 1 << 16;
/// Elements of a row up to which memory for sorting by digits is no matter: longer rows are sorted in their own.
const LONGEST: usize = 1 << 17;
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
trait Packed: Keyed + Ord + Send {
    /// Elements of a row from which on sorting by digits wins over comparing.
    const LONG: usize;
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> Self;
    fn index(self) -> i64;
}

impl Keyed for u128 {
    const BITS: usize = 64;
    #[inline(always)]
    fn key(self, without: usize) -> usize {
        (self >> (64 + without)) as usize
    }
}

impl Keyed for i64 {
    const BITS: usize = 32;
    #[inline(always)]
    fn key(self, without: usize) -> usize {
        ((self ^ i64::MIN) as u64 >> (32 + without)) as usize
    }
}

/// The bits of a number as an integer of the same order: those of positive ones above those of negative ones, which
/// run backwards.
macro_rules! ordered_bits {
    ($x:expr, $Bits:ty) => {{
        const SIGN: $Bits = 1 << (<$Bits>::BITS - 1);
        let x = $x;
        let bits = (x + 0.0).to_bits(); // -0 becomes 0
        if x.is_nan() {
            <$Bits>::MAX
        } else if bits & SIGN == 0 {
            bits | SIGN
        } else {
            !bits
        }
    }};
}

/// 1 for integers with a sign, whose bits are in order once the sign is turned over; 0 for the others.
fn sign<E: Elem>() -> u64 {
    u64::from(E::of_i64(-1).as_i128() < 0)
}

impl Packed for u128 {
    const LONG: usize = 1 << 10;
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> u128 {
        let key = if E::INTEGER { x.as_i64() as u64 ^ (sign::<E>() << 63) } else { ordered_bits!(x.as_f64(), u64) };
        u128::from(if descending { !key } else { key }) << 64 | index as u128
    }
    fn index(self) -> i64 {
        self as i64
    }
}

/// Elements of at most four bytes in rows of less than 2³² elements, as large as the position that comes of it.
impl Packed for i64 {
    const LONG: usize = 200;
    fn pack<E: Elem>(x: E, descending: bool, index: usize) -> i64 {
        let key = if E::INTEGER {
            x.as_i64() as u32 ^ ((sign::<E>() as u32) << 31)
        } else {
            ordered_bits!(x.as_f64() as f32, u32)
        };
        let key = if descending { !key } else { key } ^ (1 << 31); // the order of numbers with a sign
        (u64::from(key) << 32 | index as u64) as i64
    }
    fn index(self) -> i64 {
        i64::from(self as u32)
    }
}

/// Positions of the first `keep` elements of each row in ascending or descending order.
pub(in crate::device) fn order<E: Elem>(rows: Rows, values: &[E], descending: bool, keep: usize) -> Buf<i64> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    assert!(keep <= rows.len, "{keep} positions of rows of {} elements", rows.len);
    let mut out = Buf::zeros(rows.count() * keep);
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

/// The elements of a row, wherever they lie, packed.
fn packed_row<E: Elem, P: Packed>(rows: Rows, values: &[E], descending: bool, row: usize) -> impl Iterator<Item = P> {
    let Rows { len, inner, .. } = rows;
    let start = row / inner * len * inner + row % inner;
    let elements = values[start..].iter().step_by(inner).take(len).enumerate();
    elements.map(move |(i, &x)| P::pack(x, descending, i))
}

/// The first `keep` of each row, one row after the other.
fn sort<E: Elem, P: Packed>(rows: Rows, values: &[E], descending: bool, keep: usize, out: &mut [i64]) {
    each_batch(rows, keep, out, |first, out| {
        let (mut packed, mut beside): (Vec<P>, Vec<P>) = (Vec::with_capacity(rows.len), Vec::new());
        for (row, out) in (first..).zip(out.chunks_exact_mut(keep)) {
            packed.clear();
            packed.extend(packed_row::<E, P>(rows, values, descending, row));
            if keep < rows.len {
                packed.select_nth_unstable(keep - 1);
            }
            sort_packed(&mut packed[..keep], &mut beside);
            out.iter_mut().zip(&packed).for_each(|(out, packed)| *out = packed.index());
        }
    });
}

/// All of each row, in the memory of the positions.
fn sort_whole<E: Elem>(rows: Rows, values: &[E], descending: bool, out: &mut [i64]) {
    each_batch(rows, rows.len, out, |first, out| {
        let mut beside = Vec::new();
        for (row, out) in (first..).zip(out.chunks_exact_mut(rows.len)) {
            let packed = packed_row::<E, i64>(rows, values, descending, row);
            out.iter_mut().zip(packed).for_each(|(out, packed)| *out = packed);
            sort_packed(out, &mut beside);
            out.iter_mut().for_each(|out| *out = out.index());
        }
    });
}

/// Calls `run` with the number of a row and the results of that and those behind it, `keep` of each row.
fn each_batch(rows: Rows, keep: usize, out: &mut [i64], run: impl Fn(usize, &mut [i64]) + Sync + Send) {
    let batch = (TASK / rows.len.max(1)).clamp(1, rows.count().max(1));
    // The last batch may be a shorter one.
    let whole = rows.count() / batch * batch;
    let (batches, rest) = out.split_at_mut(whole * keep);
    each_chunk(batches, batch * keep, rows.elements(), |number, out| run(number * batch, out));
    if !rest.is_empty() {
        run(whole, rest);
    }
}

/// Sorts in place; `beside` is made as long where memory is needed, and kept for the next row.
fn sort_packed<P: Packed>(packed: &mut [P], beside: &mut Vec<P>) {
    if (P::LONG..=LONGEST).contains(&packed.len()) {
        beside.resize(packed.len(), P::default());
        radix::sort(packed, beside);
    } else if packed.len() >= PARALLEL_FROM {
        waiting(|| packed.par_sort_unstable());
    } else {
        packed.sort_unstable();
    }
}

/// From one row after the other to the places where the rows lie.
fn across(rows: Rows, keep: usize, row_after_row: Buf<i64>) -> Buf<i64> {
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
