//! Rows and elements by index: indexing, scattering, losses of classifiers, and their gradients.

use super::cpu::{Cpu, index};
use super::storage::Storage;
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::loops::Combine;
use crate::memory::Buf;

/// Lookups by index. By default they are done on the host.
pub trait IndexWork: Storage {
    /// Row `ids[i]` of a table, for each `i`; an index outside is an error.
    fn take_rows<E: Elem>(self, table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
        index::take_rows(&self.read(table), width, &self.read(ids)).map(|rows| self.adopt(rows))
    }
    /// Adds row `i` of `rows` to row `ids[i]` of the target, in order of `i`; the indices were checked before.
    fn add_rows<E: Real>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        combine_on_host(self, Combine::Sum, target, width, (ids, rows));
    }
    /// Writes row `i` of `rows` to row `ids[i]` of the target, in order of `i`, so that the last one stays; a single
    /// row serves all ids. The indices were checked before.
    fn put_rows<E: Elem>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        put_on_host(self, target, width, (ids, rows));
    }
    /// Combines row `i` of `rows` with row `ids[i]` of the target, in order of `i`; the indices were checked before.
    fn combine_rows<E: Real>(self, how: Combine, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        combine_on_host(self, how, target, width, (ids, rows));
    }

    /// Element `labels[i]` of row `i`, for each row of this width; a label outside of the row is an error.
    fn pick<E: Real>(self, rows: &Buf<E>, width: usize, labels: &Buf<i64>) -> Result<Buf<E>, Error> {
        index::pick(&self.read(rows), width, &self.read(labels)).map(|picked| self.adopt(picked))
    }
    /// Adds `scale · values[i]` to element `labels[i]` of row `i`; a single value serves all rows. The labels were
    /// checked before.
    fn add_at<E: Real>(self, rows: &mut Buf<E>, width: usize, labels: &Buf<i64>, values: &Buf<E>, scale: f64) {
        let (labels, values) = (self.read(labels), self.read(values));
        self.change(rows, |rows| index::add_at(rows, width, &labels, &values, scale));
    }
}

impl IndexWork for Cpu {}

/// [`put_rows`](IndexWork::put_rows) by the host's loops.
pub(super) fn put_on_host<D: Storage, E: Elem>(
    device: D,
    target: &mut Buf<E>,
    width: usize,
    (ids, rows): (&Buf<i64>, &Buf<E>),
) {
    let (ids, rows) = (device.read(ids), device.read(rows));
    device.change(target, |target| index::put_rows(target, width, &ids, &rows));
}

/// [`combine_rows`](IndexWork::combine_rows) by the host's loops; sums as [`add_rows`](IndexWork::add_rows) has them.
pub(super) fn combine_on_host<D: Storage, E: Real>(
    device: D,
    how: Combine,
    target: &mut Buf<E>,
    width: usize,
    (ids, rows): (&Buf<i64>, &Buf<E>),
) {
    let (ids, rows) = (device.read(ids), device.read(rows));
    device.change(target, |target| index::combine_rows(how, target, width, &ids, &rows));
}
