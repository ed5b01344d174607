//! Free blocks, sorted by size.
//!
//! Apart from the pool, which knows who keeps how much, because only here blocks are linked to one another.
#![allow(unsafe_code, reason = "free blocks are pointers that nobody else has")]

use super::block::{Head, give_back};
use std::cell::Cell;
use std::ptr::NonNull;

/// Free blocks by size class. Each list is linked through its blocks' heads: keeping a block allocates nothing, and
/// costs as little as moving a pointer.
pub(super) struct Shelf<const CLASSES: usize> {
    tops: [Cell<Option<NonNull<Head>>>; CLASSES],
}

// SAFETY: a shelf holds the only pointers to its blocks.
unsafe impl<const CLASSES: usize> Send for Shelf<CLASSES> {}

impl<const CLASSES: usize> Shelf<CLASSES> {
    pub(super) const fn new() -> Self {
        Shelf { tops: [const { Cell::new(None) }; CLASSES] }
    }

    /// # Safety
    /// Nothing else points to the block, which is of that class.
    #[inline]
    pub(super) unsafe fn put(&self, mut block: NonNull<Head>, class: usize) {
        // SAFETY: by the contract the block is ours alone.
        unsafe { block.as_mut() }.below = self.tops[class].replace(Some(block));
    }

    /// A block of this class, to which nothing else points.
    #[inline]
    pub(super) fn take(&self, class: usize) -> Option<NonNull<Head>> {
        let top = self.tops.get(class)?;
        let block = top.get()?;
        // SAFETY: the shelf holds the only pointer to the block.
        top.set(unsafe { block.as_ref() }.below);
        Some(block)
    }

    /// Hands on all blocks, each with its class.
    pub(super) fn empty(&self, mut each: impl FnMut(NonNull<Head>, usize)) {
        for class in 0..CLASSES {
            while let Some(block) = self.take(class) {
                each(block, class);
            }
        }
    }

    pub(super) fn clear(&self) {
        // SAFETY: the shelf held the only pointer to each of its blocks.
        self.empty(|block, _| unsafe { give_back(block) });
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::{class, fresh};
    use super::*;

    #[test]
    fn the_last_block_comes_first_and_classes_stay_apart() {
        let shelf = Shelf::<4>::new();
        let new = |bytes| fresh(class(bytes).1, class(bytes).0).expect("there is room");
        let (first, second, other) = (new(64), new(64), new(200));
        for (block, class) in [(first, 0), (second, 0), (other, 3)] {
            // SAFETY: nobody else has it, and it is of this class.
            unsafe { shelf.put(block, class) }
        }
        assert_eq!(
            (shelf.take(0), shelf.take(1), shelf.take(4), shelf.take(usize::MAX)),
            (Some(second), None, None, None)
        );
        let mut rest = Vec::new();
        shelf.empty(|block, class| rest.push((block, class)));
        assert_eq!(rest, [(first, 0), (other, 3)]);
        for block in [first, second, other] {
            // SAFETY: the shelf has handed it out.
            unsafe { give_back(block) }
        }
    }
}
