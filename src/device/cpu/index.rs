//! Rows of a table by index, and adding rows back in a fixed order.

use crate::device::Buf;
use crate::dtype::{Elem, Real};
use crate::error::Error;

/// Row `ids[i]` of the table for each `i`.
pub(super) fn take_rows<E: Elem>(table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
    let len = table.len().checked_div(width).unwrap_or(usize::MAX);
    if let Some((position, &index)) = ids.iter().enumerate().find(|(_, id)| !usize::try_from(**id).is_ok_and(|i| i < len)) {
        return Err(Error::Index { index, position, len });
    }
    let mut out = Buf::zeros(ids.len() * width);
    if width > 0 {
        for (row, &id) in out.make_mut().chunks_exact_mut(width).zip(ids.iter()) {
            row.copy_from_slice(&table[id as usize * width..][..width]);
        }
    }
    Ok(out)
}

/// Adds row `i` to row `ids[i]`, in order of `i`.
pub(super) fn add_rows<E: Real>(target: &mut [E], width: usize, ids: &[i64], rows: &[E]) {
    if width == 0 {
        return;
    }
    for (row, &id) in rows.chunks_exact(width).zip(ids) {
        for (sum, &x) in target[id as usize * width..][..width].iter_mut().zip(row) {
            *sum = *sum + x;
        }
    }
}
