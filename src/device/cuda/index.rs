//! Rows and elements by index on the device.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::grouping::Groups;
use super::kernels::Text;
use super::token::Cuda;
use crate::device::index::{combine_on_host, put_on_host};
use crate::device::{IndexWork, Storage};
use crate::dtype::{Elem, Real};
use crate::error::Error;
use crate::loops::{Combine, count_product as product};
use crate::memory::Buf;

/// So many terms are added to an element one by one; more of them in `f64`, rounded once. As the host does.
const FEW: u64 = 16;
const FEW_OF_HALVES: u64 = 1;

impl<const ORDINAL: usize> IndexWork for Cuda<ORDINAL> {
    #[track_caller]
    fn take_rows<E: Elem>(self, table: &Buf<E>, width: usize, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
        let len = table.len().checked_div(width).unwrap_or(usize::MAX);
        if let Some((position, index)) = self.outside(ids, len) {
            return Err(Error::Index { index, position, len });
        }
        let out = self.unwritten(product(&[ids.len(), width]));
        let words = [ids.len(), width, len].map(|size| size as u64);
        let words = [&words[..], &[self.address(ids), self.address(table), self.address(&out)]].concat();
        if !out.is_empty() {
            // SAFETY: each index is that of a row of the table, and the result has a row for each.
            unsafe { self.run((Text::Index(size_of::<E>()), "take_rows"), self.over(out.len()), &words) }
        }
        Ok(out)
    }
    #[track_caller]
    fn add_rows<E: Real>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        self.combine_rows(Combine::Sum, target, width, ids, rows);
    }
    #[track_caller]
    fn put_rows<E: Elem>(self, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        let (targets, given) = (target.len().checked_div(width), rows.len().checked_div(width));
        let (Some(targets), Some(given @ 1..)) = (targets, given) else { return };
        if ids.is_empty() || targets == 0 {
            return;
        }
        let (text, over) = (Text::Index(size_of::<E>()), self.over(ids.len().saturating_mul(width)));
        if given == 1 {
            let (to, ids_at, from) = (self.writable(target), self.address(ids), self.address(rows));
            let words = [ids.len() as u64, width as u64, targets as u64, ids_at, from, to];
            // SAFETY: there are so many indices and targets, and a row; an index that is none of them is left out.
            return unsafe { self.run((text, "put_one_row"), over, &words) };
        }
        let Some(groups) = self.grouped_ids(ids, ids.len(), targets) else {
            return put_on_host(self, target, width, (ids, rows));
        };
        let to = self.writable(target);
        let words = groups.words(self, width, [self.address(rows), to], given as u64);
        // SAFETY: the groups know how many targets there are, the kernel how many rows.
        unsafe { self.run((text, "put_rows"), over, &words) }
    }
    #[track_caller]
    fn combine_rows<E: Real>(self, how: Combine, target: &mut Buf<E>, width: usize, ids: &Buf<i64>, rows: &Buf<E>) {
        let (targets, given) = (target.len().checked_div(width), rows.len().checked_div(width));
        let (Some(targets), Some(given)) = (targets, given) else { return };
        let Some(groups) = self.grouped_ids(ids, ids.len().min(given), targets) else {
            return combine_on_host(self, how, target, width, (ids, rows));
        };
        let few = if E::NARROW { FEW_OF_HALVES } else { FEW };
        let (to, from) = (self.writable(target), self.address(rows));
        // SAFETY: there is a row for each term, and the groups know how many targets there are.
        unsafe { self.combine_groups::<E>(how, &groups, width, [from, to], few) }
    }

    #[track_caller]
    fn pick<E: Real>(self, rows: &Buf<E>, width: usize, labels: &Buf<i64>) -> Result<Buf<E>, Error> {
        assert_eq!(Some(rows.len()), labels.len().checked_mul(width), "one label a row");
        if let Some((position, label)) = self.outside(labels, width) {
            return Err(Error::Label { label, position, classes: width });
        }
        let out = self.unwritten(labels.len());
        let words = [labels.len() as u64, width as u64, width as u64];
        let words = [&words[..], &[self.address(labels), self.address(rows), self.address(&out)]].concat();
        if !out.is_empty() {
            // SAFETY: each label is that of an element of its row.
            unsafe { self.run((Text::Index(size_of::<E>()), "pick"), self.over(out.len()), &words) }
        }
        Ok(out)
    }
    #[track_caller]
    fn add_at<E: Real>(self, rows: &mut Buf<E>, width: usize, labels: &Buf<i64>, values: &Buf<E>, scale: f64) {
        let len = rows.len().checked_div(width).unwrap_or(0).min(labels.len());
        if len == 0 || values.is_empty() {
            return;
        }
        let (to, count) = (self.writable(rows), values.len() as u64);
        let (labels, values) = (self.address(labels), self.address(values));
        let words = [len as u64, width as u64, labels, values, count, to, scale.to_bits()];
        // SAFETY: there are so many rows and labels; a label outside of its row is left out.
        unsafe { self.run((Text::Scatter(E::NAME), "add_at"), self.over(len), &words) }
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// The first index that is not below a limit, and where it stands: the device looks, and the host waits for it.
    #[track_caller]
    fn outside(self, ids: &Buf<i64>, limit: usize) -> Option<(usize, i64)> {
        if ids.is_empty() {
            return None;
        }
        let first = self.filled(1, u64::MAX);
        let limit = (limit as u64).min(1 << (i64::BITS - 1));
        let words = [ids.len() as u64, self.address(ids), limit, self.address(&first)];
        // SAFETY: there are so many indices, and room for a number.
        unsafe { self.run((Text::Index(1), "look"), self.over(ids.len()), &words) }
        match self.download_scalar(&first) {
            u64::MAX => None,
            position => Some((position as usize, self.download(ids)[position as usize])),
        }
    }

    /// Combines the terms of groups with their targets, column by column.
    ///
    /// # Safety
    /// At the addresses are as many rows of this width as the groups have terms, and as they have targets.
    #[track_caller]
    pub(super) unsafe fn combine_groups<E: Real>(
        self,
        how: Combine,
        groups: &Groups,
        width: usize,
        addresses: [u64; 2],
        few: u64,
    ) {
        let kernel = match how {
            Combine::Sum => "add_rows",
            Combine::Product => "multiply_rows",
            Combine::Maximum => "largest_rows",
            Combine::Minimum => "smallest_rows",
        };
        let words = groups.words(self, width, addresses, few);
        let count = groups.len.saturating_mul(width);
        if count > 0 && groups.targets > 0 {
            // SAFETY: the caller's contract.
            unsafe { self.run((Text::Scatter(E::NAME), kernel), self.over(count), &words) }
        }
    }
}
