//! Terms by their targets: what is added or written to one place is brought together, in its order.
//!
//! Apart from what is done with them because each group is walked by one thread then, without atomic sums: any number
//! of terms a target gives the same bits in every run.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::{Grid, THREADS, Text};
use super::token::Cuda;
use crate::device::Storage;
use crate::layout::Axes;
use crate::memory::Buf;

/// Bits of a digit, and how many digits there are.
const BITS: u32 = 4;
const DIGITS: usize = 1 << BITS;
/// Terms of a chunk at least, and chunks at most: one block adds up all counts.
const EACH: usize = 32;
const MOST_CHUNKS: usize = 1 << 14;

/// Terms in order of their targets, those of one target in order of their numbers.
pub(super) struct Groups {
    pub(super) len: usize,
    /// How many targets there are; terms without one have this number as theirs.
    pub(super) targets: usize,
    keys: Buf<u32>,
    order: Buf<u32>,
}

impl Groups {
    /// The words of a kernel that walks over them in so many columns, from the one address to the other.
    pub(super) fn words<const ORDINAL: usize>(
        &self,
        device: Cuda<ORDINAL>,
        width: usize,
        [from, to]: [u64; 2],
        last: u64,
    ) -> [u64; 8] {
        let [keys, order] = [&self.keys, &self.order].map(|buf| device.address(buf));
        [self.len as u64, width as u64, self.targets as u64, keys, order, from, to, last]
    }

    /// Whether terms and targets can be counted in 32 bits.
    fn suit(len: usize, targets: usize) -> bool {
        u32::try_from(len).is_ok() && targets < u32::MAX as usize
    }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// The first terms by their indices, which need not be inside; none where there are too many.
    #[track_caller]
    pub(super) fn grouped_ids(self, ids: &Buf<i64>, len: usize, targets: usize) -> Option<Groups> {
        assert!(len <= ids.len(), "more terms than indices");
        if !Groups::suit(len, targets) {
            return None;
        }
        let keys = self.unwritten::<u32>(len);
        let words = [len as u64, self.address(ids), self.address(&keys), targets as u64];
        if len > 0 {
            // SAFETY: there are at least so many indices, and as many keys.
            unsafe { self.run((Text::Grouping, "keys_of_ids"), self.over(len), &words) }
        }
        Some(self.sorted(keys, targets))
    }

    /// Terms in row-major order by the places of axes that reach over so many elements, `before` of which lie before
    /// the first place; none where there are too many.
    #[track_caller]
    pub(super) fn grouped_places(self, axes: &Axes, len: usize, [before, reach]: [usize; 2]) -> Option<Groups> {
        if !Groups::suit(len, reach) {
            return None;
        }
        let keys = self.unwritten::<u32>(len);
        self.along((Text::Grouping, "keys_of_places"), axes, before as u64, self.address(&keys), len);
        Some(self.sorted(keys, reach))
    }

    /// A stable sort of keys up to `targets`, a digit at a time.
    #[track_caller]
    fn sorted(self, keys: Buf<u32>, targets: usize) -> Groups {
        let len = keys.len();
        let [mut keys, mut other_keys] = [keys, self.unwritten(len)];
        let [mut order, mut other_order] = [(); 2].map(|()| self.unwritten::<u32>(len));
        let each = len.div_ceil(MOST_CHUNKS).max(EACH);
        let chunks = len.div_ceil(each);
        let counts = self.unwritten::<u32>(DIGITS * chunks);
        let one = Grid { blocks: [1, 1], threads: [THREADS, 1] };
        for digit in (0..usize::BITS - targets.leading_zeros()).step_by(BITS as usize) {
            if len == 0 {
                break;
            }
            let mut words = vec![len as u64, each as u64, chunks as u64, digit.into(), self.address(&counts)];
            // The first digit finds the terms in order.
            words.extend([self.address(&keys), if digit == 0 { 0 } else { self.address(&order) }]);
            words.extend([&other_keys, &other_order].map(|buf| self.address(buf)));
            // SAFETY: keys and terms have so many elements, and there is a count for each digit of each chunk.
            unsafe {
                self.run((Text::Grouping, "sort_count"), self.over(chunks), &words);
                self.run((Text::Grouping, "sort_begin"), one, &words);
                self.run((Text::Grouping, "sort_move"), self.over(chunks), &words);
            }
            std::mem::swap(&mut keys, &mut other_keys);
            std::mem::swap(&mut order, &mut other_order);
        }
        Groups { len, targets, keys, order }
    }
}
