//! Rows in order, where nobody asks where their elements came from.
//!
//! Apart from `order`, which carries positions along: keys alone are half of that memory, and compared faster.

use super::arrange::in_order;
use super::keys::Key;
use super::order::{across, each_batch, row_of};
use super::unwritten;
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;
use crate::num::{Plain, vectorised};

/// The elements of each row in ascending or descending order: NaN is larger than every number, and equal elements keep
/// their order, which tells zeros of both signs and NaN of different bits.
pub(in crate::device) fn sorted<E: Elem>(rows: Rows, values: &[E], descending: bool) -> Buf<E> {
    assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
    let mut out = unwritten(values.len());
    match size_of::<E>() {
        ..=4 => sort::<E, i32>(rows, values, descending, out.make_mut()),
        _ => sort::<E, i64>(rows, values, descending, out.make_mut()),
    }
    across(rows, rows.len, out)
}

/// One row after the other.
fn sort<E: Elem, K: Key>(rows: Rows, values: &[E], descending: bool, out: &mut [E]) {
    each_batch(rows, rows.len, out, |first, out| {
        let (mut keys, mut beside): (Buf<K>, Buf<K>) = (unwritten(rows.len), unwritten(rows.len));
        let (keys, beside) = (keys.make_mut(), beside.make_mut());
        for (row, out) in (first..).zip(out.chunks_exact_mut(rows.len)) {
            if rows.inner == 1 {
                vectorised(ToKeys { row: &values[row * rows.len..][..rows.len], descending, keys });
            } else {
                let row = row_of(rows, values, row);
                keys.iter_mut().zip(row).for_each(|(key, x)| *key = K::of(x, descending));
            }
            in_order(keys, beside, K::BY_DIGITS);
            vectorised(OfKeys { keys, descending, out });
            if !E::INTEGER {
                keep_equals(row_of(rows, values, row), keys, descending, out);
            }
        }
    });
}

/// The keys of a row whose elements lie side by side.
struct ToKeys<'k, E, K> {
    row: &'k [E],
    descending: bool,
    keys: &'k mut [K],
}

impl<E: Elem, K: Key> Plain for ToKeys<'_, E, K> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run(self) {
        self.keys.iter_mut().zip(self.row).for_each(|(key, &x)| *key = K::of(x, self.descending));
    }
}

/// The elements of keys.
struct OfKeys<'k, E, K> {
    keys: &'k [K],
    descending: bool,
    out: &'k mut [E],
}

impl<E: Elem, K: Key> Plain for OfKeys<'_, E, K> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run(self) {
        self.out.iter_mut().zip(self.keys).for_each(|(out, key)| *out = key.element(self.descending));
    }
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
