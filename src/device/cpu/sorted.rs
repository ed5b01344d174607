//! Rows in order, where nobody asks where their elements came from.
//!
//! Apart from `order`, which carries positions along: keys alone are half of that memory, and compared faster.

use super::keys::Key;
use super::order::{across, each_batch, row_of};
use super::radix::in_order;
use super::unwritten;
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;

/// The elements of each row in ascending or descending order: NaN is larger than every number, and equal elements keep
/// their order, which tells zeros of both signs and NaN of different bits.
pub(in crate::device) fn sorted<E: Elem>(rows: Rows, values: &[E], descending: bool) -> Buf<E> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let mut out = unwritten(values.len());
    match size_of::<E>() {
        ..=4 => sort::<E, u32>(rows, values, descending, out.make_mut()),
        _ => sort::<E, u64>(rows, values, descending, out.make_mut()),
    }
    across(rows, rows.len, out)
}

/// One row after the other.
fn sort<E: Elem, K: Key>(rows: Rows, values: &[E], descending: bool, out: &mut [E]) {
    each_batch(rows, rows.len, out, |first, out| {
        let (mut keys, mut beside) = (Vec::with_capacity(rows.len), Vec::new());
        for (row, out) in (first..).zip(out.chunks_exact_mut(rows.len)) {
            keys.clear();
            keys.extend(row_of(rows, values, row).map(|x| K::of(x, descending)));
            in_order(&mut keys, &mut beside);
            out.iter_mut().zip(&keys).for_each(|(out, key)| *out = key.element(descending));
            if !E::INTEGER {
                keep_equals(row_of(rows, values, row), &keys, descending, out);
            }
        }
    });
}

/// Puts zeros and NaN, which differ though their keys do not, in the order that they have in the row.
#[expect(clippy::eq_op, reason = "NaN is what differs from itself")]
fn keep_equals<E: Elem, K: Key>(row: impl Iterator<Item = E>, keys: &[K], descending: bool, out: &mut [E]) {
    let [zero, nan] = [0.0, f64::NAN].map(|x| K::of(E::of_f64(x), descending));
    let [mut zeros, mut nans] = [zero, nan].map(|key| keys.partition_point(|&other| other < key));
    if keys.get(zeros) != Some(&zero) && keys.get(nans) != Some(&nan) {
        return;
    }
    for x in row {
        let place = match () {
            () if x != x => &mut nans,
            () if x == E::default() => &mut zeros,
            () => continue,
        };
        out[*place] = x;
        *place += 1;
    }
}
