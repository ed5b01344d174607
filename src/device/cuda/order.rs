//! Comparing on the device: where extremes stand, rows in order, places in sorted memory.
//!
//! Elements are compared by keys, integers of the same order (`kernels/keys.cu`). Positions within a row are counted in
//! 32 bits where rows are sorted; longer rows are the host's.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::{THREADS, Text};
use super::rows;
use super::token::Cuda;
use crate::device::order::{order_on_host, sort_on_host};
use crate::device::{OrderWork, Storage};
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;

/// Elements of a row from which on several blocks look at it, and threads that are enough.
const LONG: usize = 1 << 14;
const ENOUGH: usize = 1 << 16;

impl<const ORDINAL: usize> OrderWork for Cuda<ORDINAL> {
    #[track_caller]
    fn order_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool, keep: usize) -> Buf<i64> {
        assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
        assert!(keep <= rows.len, "{keep} positions of rows of {} elements", rows.len);
        if u32::try_from(rows.len).is_err() {
            return order_on_host(self, rows, values, descending, keep);
        }
        let out = self.unwritten(rows.count() * keep);
        let to = self.address(&out);
        // SAFETY: there are so many positions of each row.
        unsafe { self.sort_to(rows, values, descending, [keep as u64, 0, to]) }
        out
    }
    #[track_caller]
    fn sort_rows<E: Elem>(self, rows: Rows, values: &Buf<E>, descending: bool) -> Buf<E> {
        assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
        if u32::try_from(rows.len).is_err() {
            return sort_on_host(self, rows, values, descending);
        }
        let out = self.unwritten(values.len());
        let to = self.address(&out);
        // SAFETY: there is room for the elements of each row.
        unsafe { self.sort_to(rows, values, descending, [rows.len as u64, 1, to]) }
        out
    }
    #[track_caller]
    fn extremes<E: Elem>(self, rows: Rows, values: &Buf<E>, largest: bool, running: bool) -> Buf<i64> {
        assert_eq!(values.len(), rows.elements(), "as many values as the rows have");
        if values.is_empty() {
            return self.zeroed(if running { 0 } else { rows.count() });
        }
        let (text, mut grid) = (Text::Extremes(E::NAME), rows::grid(rows));
        let [blocks, threads] = [grid.blocks[0], grid.threads[0] * grid.threads[1]];
        let splits = (ENOUGH / (blocks * threads)).clamp(1, rows.len.div_ceil(LONG));
        grid.blocks[0] = self.over(blocks.saturating_mul(THREADS)).blocks[0];
        let words = |splits: usize, out: &Buf<i64>| {
            let sizes = [rows.count(), rows.len, rows.inner, usize::from(!largest), splits].map(|size| size as u64);
            [&sizes[..], &[self.address(values), self.address(out)]].concat()
        };
        let out = self.unwritten(if running { values.len() } else { rows.count() });
        if running {
            // SAFETY: there is a position for each element.
            unsafe { self.run((text, "running_extremes"), grid, &words(1, &out)) }
            return out;
        }
        let parts = (splits > 1).then(|| self.unwritten::<i64>(rows.count() * splits));
        grid.blocks[1] = splits;
        // SAFETY: there is a position for each row, or for each part of it.
        unsafe { self.run((text, "first_extremes"), grid, &words(splits, parts.as_ref().unwrap_or(&out))) }
        if let Some(parts) = &parts {
            let words = [&words(splits, &out)[..], &[self.address(parts)]].concat();
            // SAFETY: there is a position for each row, and for each part one of an element of it, or none.
            unsafe { self.run((text, "first_of_parts"), self.over(rows.count()), &words) }
        }
        out
    }
    #[track_caller]
    fn search_sorted<E: Elem>(self, sorted: &Buf<E>, values: &Buf<E>, right: bool) -> Buf<i64> {
        let out = self.unwritten::<i64>(values.len());
        let (sorted_at, len) = (self.address(sorted), values.len() as u64);
        let addresses = [self.address(values), self.address(&out)];
        let words = [len, sorted_at, sorted.len() as u64, addresses[0], addresses[1], u64::from(right)];
        if len > 0 {
            // SAFETY: there are so many elements in order and values, and a place for each of these.
            unsafe { self.run((Text::Sorting(E::NAME), "search_sorted"), self.over(values.len()), &words) }
        }
        out
    }
}
