//! Rows of a table by index, and writing, adding and combining rows in a fixed order.

use super::widen::{narrow_slice, widen_slice};
use crate::device::rows::product;
use crate::device::{Buf, Combine};
use crate::dtype::{Elem, Real};
use crate::error::Error;

/// Row `ids[i]` of the table for each `i`.
pub(super) fn take_rows<E: Elem>(table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
    let len = table.len().checked_div(width).unwrap_or(usize::MAX);
    if let Some((position, &index)) =
        ids.iter().enumerate().find(|(_, id)| !usize::try_from(**id).is_ok_and(|i| i < len))
    {
        return Err(Error::Index { index, position, len });
    }
    if width == 1 {
        return Ok(Buf::from_fn(ids.len(), |i| table[ids[i] as usize])); // A call of memcpy for each costs more.
    }
    let mut out = Buf::zeros(product(&[ids.len(), width]));
    if width > 0 {
        for (row, &id) in out.make_mut().chunks_exact_mut(width).zip(ids.iter()) {
            row.copy_from_slice(&table[id as usize * width..][..width]);
        }
    }
    Ok(out)
}

/// Adds row `i` to row `ids[i]`, in order of `i`; sums of 16-bit floats are rounded once, at the end.
pub(super) fn add_rows<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    if E::NARROW {
        let mut sums = widen_slice(target);
        add_each(sums.make_mut(), width, ids, &widen_slice(rows));
        return narrow_slice(&sums, target);
    }
    add_each(target, width, ids, rows);
}

fn add_each<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    for (row, &id) in rows.chunks_exact(width).zip(ids) {
        for (sum, &x) in row_at(target, id, width).iter_mut().zip(row) {
            *sum = *sum + x;
        }
    }
}

/// Writes row `i` to row `ids[i]`, in order of `i`; a single row serves all ids.
pub(super) fn put_rows<E: Elem>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    for (row, &id) in rows.chunks_exact(width).cycle().zip(ids) {
        row_at(target, id, width).copy_from_slice(row);
    }
}

/// Combines row `i` with row `ids[i]`, in order of `i`.
pub(super) fn combine_rows<E: Real>(how: Combine, target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    match how {
        Combine::Sum => add_rows(target, width, ids, rows),
        Combine::Product => merge_rows(target, width, ids, rows, |own, x| own * x),
        Combine::Maximum => merge_rows(target, width, ids, rows, |own, x| if x > own || is_nan(x) { x } else { own }),
        Combine::Minimum => merge_rows(target, width, ids, rows, |own, x| if x < own || is_nan(x) { x } else { own }),
    }
}

/// Row `id` of rows of this width.
///
/// # Panics
/// Where there is none.
#[inline(always)]
fn row_at<E>(rows: &mut [E], id: i64, width: usize) -> &mut [E] {
    let start = (id as usize).checked_mul(width).expect("an index outside of its axis");
    &mut rows[start..][..width]
}

fn merge_rows<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E], merge: impl Fn(E, E) -> E) {
    if width == 0 {
        return;
    }
    for (row, &id) in rows.chunks_exact(width).zip(ids) {
        for (own, &x) in row_at(target, id, width).iter_mut().zip(row) {
            *own = merge(*own, x);
        }
    }
}

fn is_nan<E: Real>(x: E) -> bool {
    x.partial_cmp(&x).is_none()
}

/// Element `labels[i]` of row `i`.
pub(super) fn pick<E: Real>(rows: &Buf<E>, width: usize, labels: &Buf<i64>) -> Result<Buf<E>, Error> {
    assert_eq!(Some(rows.len()), labels.len().checked_mul(width), "one label a row");
    let outside = |label: &i64| !usize::try_from(*label).is_ok_and(|label| label < width);
    if let Some((position, &label)) = labels.iter().enumerate().find(|(_, label)| outside(label)) {
        return Err(Error::Label { label, position, classes: width });
    }
    Ok(Buf::from_fn(labels.len(), |row| rows[row * width + labels[row] as usize]))
}

/// Adds `scale · values[i]` to element `labels[i]` of row `i`; a single value serves all rows.
pub(super) fn add_at<E: Real>(rows: &mut [E], width: usize, labels: &[i64], values: &[E], scale: f64) {
    if width == 0 {
        return;
    }
    let (values, factor) = (values.iter().cycle().take(labels.len()), E::of_f64(scale));
    for ((row, &label), &value) in rows.chunks_exact_mut(width).zip(labels).zip(values) {
        let place = &mut row[label as usize];
        *place = match E::NARROW {
            true => E::of_f64(place.as_f64() + scale * value.as_f64()),
            false => *place + factor * value,
        };
    }
}
