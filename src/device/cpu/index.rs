//! Rows of a table by index, and writing, adding and combining rows in a fixed order.

use super::parallel::for_each_of;
use super::unwritten;
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::loops::{Combine, count_product as product};
use crate::memory::Buf;
use crate::num::Factors;

/// Elements that one task copies.
const TASK: usize = 1 << 15;

/// Row `ids[i]` of the table for each `i`.
pub(in crate::device) fn take_rows<E: Elem>(table: &[E], width: usize, ids: &[i64]) -> Result<Buf<E>, Error> {
    let len = table.len().checked_div(width).unwrap_or(usize::MAX);
    if let Some((position, &index)) =
        ids.iter().enumerate().find(|(_, id)| !usize::try_from(**id).is_ok_and(|i| i < len))
    {
        return Err(Error::Index { index, position, len });
    }
    if width == 1 {
        return Ok(Buf::from_fn(ids.len(), |i| table[ids[i] as usize])); // A call of memcpy for each costs more.
    }
    let mut out = unwritten(product(&[ids.len(), width]));
    if let Some(lines) = TASK.checked_div(width) {
        let lines = lines.max(1);
        let tasks = out.make_mut().chunks_mut(lines * width).zip(ids.chunks(lines));
        for_each_of(tasks, ids.len() * width, |(rows, ids): (&mut [E], &[i64])| {
            for (row, &id) in rows.chunks_exact_mut(width).zip(ids) {
                row.copy_from_slice(&table[id as usize * width..][..width]);
            }
        });
    }
    Ok(out)
}

/// Adds row `i` to row `ids[i]`, in order of `i`. Rows that many are added to are summed in `E::Sum` and rounded once,
/// at the end: a million terms in `f32` would be off by 2e-5. Those of 16-bit floats are from the second term on.
pub(in crate::device) fn add_rows<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    let few = if E::NARROW { 1 } else { FEW };
    let mut apart = Apart::none();
    if ids.len() > few as usize && size_of::<E>() < size_of::<E::Sum>() {
        apart = Apart::new(ids, target.len() / width, few);
        apart.read(target, width);
    }
    for (row, &id) in rows.chunks_exact(width).zip(ids) {
        match apart.place(id) {
            Some(place) => {
                for (sum, &x) in apart.sums[place * width..][..width].iter_mut().zip(row) {
                    *sum = *sum + x.to_sum();
                }
            }
            None => {
                for (sum, &x) in row_at(target, id, width).iter_mut().zip(row) {
                    *sum = *sum + x;
                }
            }
        }
    }
    apart.write(target, width);
}

/// So many terms may be added to an `f32` one by one.
const FEW: u8 = 16;

/// The rows that many others are added to, and their sums.
struct Apart<S> {
    /// For each row of the target its place among these rows, and `NOWHERE` for others; empty where all are others.
    places: Vec<u32>,
    /// The rows of the target.
    ids: Vec<u32>,
    sums: Vec<S>,
}

/// No place among the rows that are summed apart.
const NOWHERE: u32 = u32::MAX;

impl<S: Copy> Apart<S> {
    fn none() -> Self {
        Apart { places: Vec::new(), ids: Vec::new(), sums: Vec::new() }
    }

    /// The rows of so many that come more than a few times.
    fn new(ids: &[i64], rows: usize, few: u8) -> Self {
        let mut counts = vec![0u8; rows];
        let mut apart = Apart::none();
        for &id in ids {
            let count = &mut counts[id as usize];
            *count = count.saturating_add(1);
            if *count == few + 1 {
                apart.ids.push(id as u32);
                *count = u8::MAX;
            }
        }
        if !apart.ids.is_empty() && u32::try_from(rows).is_ok() {
            apart.places = vec![NOWHERE; rows];
            (0..).zip(&apart.ids).for_each(|(place, &id)| apart.places[id as usize] = place);
        } else {
            apart.ids.clear();
        }
        apart
    }

    #[cfg_attr(optimised, inline(always))]
    fn place(&self, id: i64) -> Option<usize> {
        self.places.get(id as usize).filter(|&&place| place != NOWHERE).map(|&place| place as usize)
    }

    /// The sums begin with what the target holds.
    fn read<E: Real<Sum = S>>(&mut self, target: &[E], width: usize) {
        let rows = self.ids.iter().flat_map(|&id| &target[id as usize * width..][..width]);
        self.sums = rows.map(|x| x.to_sum()).collect();
    }

    fn write<E: Real<Sum = S>>(self, target: &mut [E], width: usize) {
        for (&id, row) in self.ids.iter().zip(self.sums.chunks_exact(width)) {
            target[id as usize * width..][..width].iter_mut().zip(row).for_each(|(x, &sum)| *x = E::of_sum(sum));
        }
    }
}

/// Writes row `i` to row `ids[i]`, in order of `i`; a single row serves all ids.
pub(in crate::device) fn put_rows<E: Elem>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    for (row, &id) in rows.chunks_exact(width).cycle().zip(ids) {
        row_at(target, id, width).copy_from_slice(row);
    }
}

/// Combines row `i` with row `ids[i]`, in order of `i`.
pub(in crate::device) fn combine_rows<E: Real>(how: Combine, target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    match how {
        Combine::Sum => add_rows(target, width, ids, rows),
        Combine::Product => multiply_rows(target, width, ids, rows),
        Combine::Maximum => merge_rows(target, width, ids, rows, |own, x| if x > own || is_nan(x) { x } else { own }),
        Combine::Minimum => merge_rows(target, width, ids, rows, |own, x| if x < own || is_nan(x) { x } else { own }),
    }
}

/// Row `id` of rows of this width.
///
/// # Panics
/// Where there is none.
#[cfg_attr(optimised, inline(always))]
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

/// Products, which do not leave the range of the type on the way to a result inside.
fn multiply_rows<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    let mut products = vec![Factors::NONE; target.len()];
    products.iter_mut().zip(target.iter()).for_each(|(product, own)| product.add(own.as_f64()));
    for (row, &id) in rows.chunks_exact(width).zip(ids) {
        let own = row_at(&mut products, id, width).iter_mut();
        own.zip(row).for_each(|(product, x)| product.add(x.as_f64()));
    }
    target.iter_mut().zip(products).for_each(|(own, product)| *own = E::of_f64(product.value()));
}

fn is_nan<E: Real>(x: E) -> bool {
    x.partial_cmp(&x).is_none()
}

/// Element `labels[i]` of row `i`.
pub(in crate::device) fn pick<E: Real>(rows: &[E], width: usize, labels: &[i64]) -> Result<Buf<E>, Error> {
    assert_eq!(Some(rows.len()), labels.len().checked_mul(width), "one label a row");
    let outside = |label: &i64| !usize::try_from(*label).is_ok_and(|label| label < width);
    if let Some((position, &label)) = labels.iter().enumerate().find(|(_, label)| outside(label)) {
        return Err(Error::Label { label, position, classes: width });
    }
    Ok(Buf::from_fn(labels.len(), |row| rows[row * width + labels[row] as usize]))
}

/// Adds `scale · values[i]` to element `labels[i]` of row `i`; a single value serves all rows.
pub(in crate::device) fn add_at<E: Real>(rows: &mut [E], width: usize, labels: &[i64], values: &[E], scale: f64) {
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
