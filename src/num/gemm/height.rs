//! How many rows a tile has, and loops over tiles of these.
//!
//! Apart from the plan because attention has tiles, too.
#![allow(unsafe_code, reason = "tiles are pointers and steps")]

use crate::num::{Lane, Simd};

/// Rows of a tile for these lanes, a multiple of three: with the columns of B, all registers are in use. AVX-512 has 32
/// of them, 24 of which hold sums; AVX2 16, 12 of which do. Other lanes are those of the portable level, whose large
/// products are done elsewhere.
#[cfg_attr(optimised, inline(always))]
pub(super) const fn tile_height<E: Simd, V: Lane<E>>() -> usize {
    if V::RARE {
        3
    } else if V::N * size_of::<E>() == 64 {
        12
    } else {
        6
    }
}

/// A loop over tiles.
pub(crate) trait Tiles<E: Simd> {
    /// Tiles of `R` rows; the last one has `M` or `S`, if that is enough.
    ///
    /// # Safety
    /// All places are there.
    unsafe fn tiles<V: Lane<E>, const R: usize, const M: usize, const S: usize>(self);
}

/// Runs a loop over the tiles of these lanes. No others are compiled: they are most of what a product costs the
/// compiler.
///
/// # Safety
/// As for [`Tiles::tiles`].
#[cfg_attr(optimised, inline(always))]
pub(crate) unsafe fn in_tiles<E: Simd, V: Lane<E>>(work: impl Tiles<E>) {
    // SAFETY: the caller's contract.
    unsafe {
        if const { tile_height::<E, V>() == 12 } {
            work.tiles::<V, 12, 8, 4>();
        } else if const { tile_height::<E, V>() == 6 } {
            work.tiles::<V, 6, 4, 2>();
        } else {
            work.tiles::<V, 3, 2, 1>();
        }
    }
}
