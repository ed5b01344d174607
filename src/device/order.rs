//! Sorting and searching: `argmax`, quantiles, bins.

use super::cpu::{Cpu, extremes, order, sorted};
use super::storage::Storage;
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;

/// Comparing elements. By default it is done on the host.
pub trait OrderWork: Storage {
    /// Along each row, the positions of its first `keep` elements in ascending or descending order; the result has
    /// `keep` in place of the rows' length. Equal elements keep their order; NaN is larger than every number.
    fn order_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool, keep: usize) -> Buf<i64> {
        order_on_host(self, rows, values, descending, keep)
    }
    /// Along each row, its elements in the order that [`order_rows`](OrderWork::order_rows) gives.
    fn sort_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool) -> Buf<E> {
        sort_on_host(self, rows, values, descending)
    }
    /// The position of the largest or smallest element of each row, the first of equal ones; `running`: of the elements
    /// up to each one, the latest of equal ones. NaN is the extreme; empty rows give 0.
    fn extremes<E: Elem>(self, rows: Rows, values: &Buf<E>, largest: bool, running: bool) -> Buf<i64> {
        self.adopt(extremes::extremes(rows, &self.read(values), largest, running))
    }
    /// How many elements of sorted memory come before each value; `right`: or equal it. NaN is larger than every
    /// number.
    fn search_sorted<E: Elem>(self, sorted: &Buf<E>, values: &Buf<E>, right: bool) -> Buf<i64> {
        self.adopt(order::search(&self.read(sorted), &self.read(values), right))
    }
}

impl OrderWork for Cpu {}

/// [`OrderWork::order_rows`] of a device whose elements the host compares.
pub(super) fn order_on_host<E: Elem, D: Storage>(
    device: D,
    rows: Rows,
    values: &Buf<E>,
    descending: bool,
    keep: usize,
) -> Buf<i64> {
    device.adopt(order::order(rows, &device.read(values), descending, keep))
}

/// [`OrderWork::sort_rows`] of such a device.
pub(super) fn sort_on_host<E: Elem, D: Storage>(device: D, rows: Rows, values: &Buf<E>, descending: bool) -> Buf<E> {
    device.adopt(sorted::sorted(rows, &device.read(values), descending))
}
