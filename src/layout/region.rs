//! The sizes of a region, read once.
//!
//! Apart from the axes because here a shape of a user is asked, and refused where no memory holds it.

use super::axes::{Axes, MAX_AXES, Sizes};
use crate::error::{Error, raise};
use crate::shape::{Shape, extent};

/// The sizes of a region. They are read from its shape once, and whatever is computed or checked for the region follows
/// from these: a dim of a user could give another size when it is asked again.
#[derive(Clone, Copy)]
pub(crate) struct Region {
    /// Sizes of the axes, right-aligned; 1 where the rank is lower.
    pub(crate) size: Sizes,
    /// The element count, which fits an `isize`, as does every product of sizes that are not 0.
    pub(crate) len: usize,
}

impl Region {
    /// The region of a shape; what does not fit the address space raises [`Error::TooLarge`].
    #[cfg_attr(optimised, inline(always))]
    #[track_caller]
    pub(crate) fn of<S: Shape>(shape: S) -> Self {
        let size = Axes::contiguous(shape).size;
        match extent(&size[MAX_AXES - S::RANK..]) {
            Some(len) => Region { size, len },
            None => raise(Error::too_large(shape)),
        }
    }
}

/// The element count of a region. More than `isize::MAX`, which no memory holds, is an error, not a wrapped product:
/// what is computed from the count of elements and from offsets among them stays within `usize` and `isize`.
#[cfg_attr(optimised, inline(always))]
#[track_caller]
pub(crate) fn count<S: Shape>(shape: S) -> usize {
    Region::of(shape).len
}
