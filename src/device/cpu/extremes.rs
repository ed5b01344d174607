//! Where the largest or the smallest element of a row stands, and that of all elements so far.
//!
//! Apart from `order`, because nothing is sorted: the block that holds the extreme is found by vectors, and searched
//! once. Rows that lie across the memory are walked side by side, so that memory is read in order.

use super::order::each_chunk;
use super::parallel::for_each_of;
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;
use crate::num::{Plain, vectorised};

/// Elements of a task, so that many small rows are not as many tasks.
const TASK: usize = 1 << 14;
/// Elements of a row whose extreme is found before anybody asks where it stands: they are still in the first cache.
const BLOCK: usize = 2048;
/// Elements side by side: the compiler makes vectors of them.
const SIDE: usize = 32;
/// Elements of rows across the memory whose extremes are found before anybody asks where they stand.
const STRIP: usize = 64;
/// Rows across the memory that are walked side by side: a few lines of memory of each.
const WIDE: usize = 64;
/// The same where there are less.
const FEW: usize = 4;

/// The position of the largest or smallest element of each row, the first of ties; `running`: of the elements so far,
/// the latest of ties. NaN is the extreme.
pub(in crate::device) fn extremes<E: Elem>(rows: Rows, values: &[E], largest: bool, running: bool) -> Buf<i64> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let mut out = Buf::zeros(if running { rows.elements() } else { rows.count() });
    match (largest, running) {
        _ if values.is_empty() => {}
        (true, false) => first::<E, true>(rows, values, out.make_mut()),
        (false, false) => first::<E, false>(rows, values, out.make_mut()),
        (true, true) => so_far(rows, values, out.make_mut(), |x, best| x >= best),
        (false, true) => so_far(rows, values, out.make_mut(), |x, best| x <= best),
    }
    out
}

#[cfg_attr(optimised, inline(always))]
#[expect(clippy::eq_op, reason = "NaN is what differs from itself, in every element type")]
fn is_nan<E: Elem>(x: E) -> bool {
    x != x
}

/// Whether two extremes are one: both NaN, or equal.
#[cfg_attr(optimised, inline(always))]
fn is_same<E: Elem>(x: E, y: E) -> bool {
    (x == y) | (is_nan(x) & is_nan(y))
}

/// The more extreme one: NaN wins over every number, and no number over it.
#[cfg_attr(optimised, inline(always))]
fn more<E: Elem, const LARGEST: bool>(best: E, x: E) -> E {
    let beats = if LARGEST { x > best } else { x < best };
    if beats | is_nan(x) { x } else { best }
}

fn first<E: Elem, const LARGEST: bool>(rows: Rows, values: &[E], out: &mut [i64]) {
    let block = rows.len * rows.inner;
    let batch = (TASK / block).max(1);
    let tasks = values.chunks(batch * block).zip(out.chunks_mut(batch * rows.inner));
    for_each_of(tasks, values.len(), |(values, out)| vectorised(First::<E, LARGEST> { rows, values, out }));
}

/// Some of the rows, which begin here.
struct First<'a, E, const LARGEST: bool> {
    rows: Rows,
    values: &'a [E],
    out: &'a mut [i64],
}

impl<E: Elem, const LARGEST: bool> Plain for First<'_, E, LARGEST> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run(self) {
        let Rows { len, inner, .. } = self.rows;
        for (block, out) in self.values.chunks_exact(len * inner).zip(self.out.chunks_exact_mut(inner)) {
            match inner {
                1 => out[0] = first_of_row::<E, LARGEST>(block) as i64,
                WIDE.. => first_of_columns::<E, LARGEST, WIDE>(block, inner, out),
                FEW.. => first_of_columns::<E, LARGEST, FEW>(block, inner, out),
                _ => first_of_columns::<E, LARGEST, 1>(block, inner, out),
            }
        }
    }
}

/// Where the extreme of a row stands.
#[cfg_attr(optimised, inline(always))]
fn first_of_row<E: Elem, const LARGEST: bool>(row: &[E]) -> usize {
    let Some(&first) = row.first() else { return 0 };
    let (mut best, mut from) = (first, 0);
    for (number, block) in row.chunks(BLOCK).enumerate() {
        let extreme = extreme_of::<E, LARGEST>(block, best);
        if !is_same(extreme, best) {
            (best, from) = (extreme, number * BLOCK);
        }
    }
    from + place_of(&row[from..], best)
}

/// The most extreme of these elements and another.
#[cfg_attr(optimised, inline(always))]
fn extreme_of<E: Elem, const LARGEST: bool>(elements: &[E], other: E) -> E {
    let (sides, rest) = elements.as_chunks::<SIDE>();
    let mut best = other;
    if !sides.is_empty() {
        let (mut side, mut any_nan) = ([other; SIDE], false);
        for elements in sides {
            for i in 0..SIDE {
                let beats = if LARGEST { elements[i] > side[i] } else { elements[i] < side[i] };
                side[i] = if beats { elements[i] } else { side[i] };
            }
            // By pairs, which processors compare at once.
            let mut found = false;
            for i in 0..SIDE / 2 {
                found |= is_nan(elements[i]) | is_nan(elements[i + SIDE / 2]);
            }
            any_nan |= found;
        }
        if any_nan {
            return elements.iter().copied().find(|&x| is_nan(x)).unwrap_or(best);
        }
        // One after the other: halves folded onto each other are unrolled before the loop above becomes vectors.
        for x in side {
            best = more::<E, LARGEST>(best, x);
        }
    }
    for &x in rest {
        best = more::<E, LARGEST>(best, x);
    }
    best
}

/// The first place of an element that is among these.
#[cfg_attr(optimised, inline(always))]
fn place_of<E: Elem>(elements: &[E], best: E) -> usize {
    if is_nan(best) { place_where(elements, |x| is_nan(x)) } else { place_where(elements, |x| x == best) }
}

#[cfg_attr(optimised, inline(always))]
fn place_where<E: Elem>(elements: &[E], is: impl Fn(E) -> bool) -> usize {
    let (sides, _) = elements.as_chunks::<SIDE>();
    let mut start = 0;
    for elements in sides {
        let mut found = false;
        for &x in elements {
            found |= is(x);
        }
        if found {
            break;
        }
        start += SIDE;
    }
    // Where it stands is not to be foreseen: bits cost less than a jump that is taken wrongly.
    let mut places = 0u32;
    for (i, &x) in elements[start..].iter().take(SIDE).enumerate() {
        places |= u32::from(is(x)) << i;
    }
    start + places.trailing_zeros() as usize
}

/// Where the extremes of columns stand, `W` side by side, of which there are as many at least; the last ones are among
/// those before them, too.
#[cfg_attr(optimised, inline(always))]
fn first_of_columns<E: Elem, const LARGEST: bool, const W: usize>(block: &[E], inner: usize, out: &mut [i64]) {
    for from in (0..inner).step_by(W) {
        first_of_strip::<E, LARGEST, W>(block, inner, from.min(inner - W), out);
    }
}

/// The same of the columns from `from` on. As many as a constant: they are kept in registers then, and masks are not
/// needed.
#[cfg_attr(optimised, inline(always))]
fn first_of_strip<E: Elem, const LARGEST: bool, const W: usize>(
    block: &[E],
    inner: usize,
    from: usize,
    out: &mut [i64],
) {
    let Some(top) = block[from..].first_chunk::<W>() else { return };
    let (mut best, mut rows) = (*top, [0; W]);
    for (number, part) in block.chunks(STRIP * inner).enumerate() {
        let mut extremes = best;
        for row in part.chunks_exact(inner) {
            let Some(row) = row[from..].first_chunk::<W>() else { return };
            for i in 0..W {
                extremes[i] = more::<E, LARGEST>(extremes[i], row[i]);
            }
        }
        for ((row, best), extreme) in rows.iter_mut().zip(&mut best).zip(extremes) {
            if !is_same(extreme, *best) {
                (*best, *row) = (extreme, number * STRIP);
            }
        }
    }
    for (column, out) in out[from..from + W].iter_mut().enumerate() {
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
