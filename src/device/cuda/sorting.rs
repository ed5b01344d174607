//! Rows in order: runs of elements are sorted in the memory of a block, and merged until a row is one run.
//!
//! Apart from `order`, which says what is to be found: here is how it is done, in passes over memory.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::{THREADS, Text};
use super::token::Cuda;
use crate::device::Storage;
use crate::dtype::Elem;
use crate::loops::Rows;
use crate::memory::Buf;

/// Elements that a block sorts or merges, as the kernels say.
const TILE: usize = 2048;

/// Keys and positions of all elements, between two passes.
struct Pass {
    keys: Buf<u8>,
    places: Buf<u32>,
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// Writes the first `keep` of each row in order to an address: elements where there is a 1, positions at 0.
    ///
    /// # Safety
    /// There is room for them. Rows are shorter than 2³² elements, and the values are theirs.
    #[track_caller]
    pub(super) unsafe fn sort_to<E: Elem>(
        self,
        rows: Rows,
        values: &Buf<E>,
        descending: bool,
        [keep, elements, out]: [u64; 3],
    ) {
        if values.is_empty() || keep == 0 {
            return;
        }
        let (text, len) = (Text::Sorting(E::NAME), rows.len);
        let mut run = len.next_power_of_two().min(TILE);
        let blocks = |count: usize| self.over(count.saturating_mul(THREADS));
        let passes = (len > run).then(|| [(); 2].map(|()| self.pass::<E>(values.len())));
        let at = |pass: usize| {
            let pass = passes.as_ref().map(|passes| &passes[pass % 2]);
            pass.map_or([0; 2], |pass| [self.address(&pass.keys), self.address(&pass.places)])
        };
        let sizes = [rows.count(), len, rows.inner, keep as usize, usize::from(descending)].map(|size| size as u64);
        let words = |run: usize, pass: usize| {
            let own = [elements, run as u64, self.address(values), out];
            [&sizes[..], &own, &at(pass + 1), &at(pass)].concat()
        };
        let runs = rows.count() * len.div_ceil(run);
        // SAFETY: the caller's contract; between passes there is room for a key and a position of each element.
        unsafe { self.run((text, "sort_runs"), blocks(runs.div_ceil(TILE / run)), &words(run, 0)) }
        for pass in 1.. {
            if run >= len {
                break;
            }
            // SAFETY: as above.
            unsafe { self.run((text, "merge_runs"), blocks(rows.count() * len.div_ceil(TILE)), &words(run, pass)) }
            run *= 2;
        }
    }

    /// Room for the keys and positions of so many elements.
    #[track_caller]
    fn pass<E: Elem>(self, len: usize) -> Pass {
        Pass { keys: self.unwritten(len.saturating_mul(size_of::<E>())), places: self.unwritten(len) }
    }
}
