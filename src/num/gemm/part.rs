//! What one task computes: a part of C over one block of terms, tile by tile.

use super::height::{Tiles, in_tiles};
use super::pack::Lines;
use super::target::Target;
use super::tile::Strips;
use crate::num::{Kernel, Lane, Simd};
use std::ops::Add;

/// A part of C over one block of terms.
pub(super) struct Part<E> {
    /// The packed rows of A; where others are read where they lie, those that make no whole strip.
    pub(super) a: *const E,
    /// The rows of A that are read where they lie.
    pub(super) rows: Option<Lines<E>>,
    /// The same of the columns of B.
    pub(super) b: *const E,
    pub(super) columns: Option<Lines<E>>,
    pub(super) terms: usize,
    pub(super) target: Target<E>,
}

impl<E: Simd<Wide = E> + Add<Output = E>> Kernel<E> for Part<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        // SAFETY: whoever makes a part vouches for its places.
        unsafe { in_tiles::<E, V>(self) }
    }
}

impl<E: Simd<Wide = E> + Add<Output = E>> Tiles<E> for Part<E> {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tiles<V: Lane<E>, const R: usize, const M: usize, const S: usize>(self) {
        let Part { terms, target, .. } = self;
        for column in (0..target.columns).step_by(2 * V::N) {
            let columns = (2 * V::N).min(target.columns - column);
            // Packed terms lie beside each other; the last strip may be half as wide.
            let (b, b_term) = match self.columns {
                Some(lines) if columns == 2 * V::N => (lines.from(column, 0).start, lines.term),
                there => {
                    let before = if there.is_some() { 0 } else { column * terms };
                    (self.b.wrapping_add(before), columns.next_multiple_of(V::N) as isize)
                }
            };
            for row in (0..target.rows).step_by(R) {
                let rows = R.min(target.rows - row);
                let c = target.c.wrapping_offset(row as isize * target.row + column as isize * target.column);
                let to = Target { c, rows, columns, ..target };
                // SAFETY: a tile of the part.
                unsafe {
                    if let (Some(lines), true) = (self.rows, rows == R) {
                        let Lines { start: a, step: a_row, term: a_term } = lines.from(row, 0);
                        Strips { a, a_row, a_term, b, b_term, terms }.tile::<V, R, false>(to);
                        continue;
                    }
                    let a = if self.rows.is_some() { self.a } else { self.a.wrapping_add(row * terms) };
                    let strips = Strips { a, a_row: 0, a_term: 0, b, b_term, terms };
                    match rows {
                        _ if rows > M => strips.tile::<V, R, true>(to),
                        _ if rows > S => strips.tile::<V, M, true>(to),
                        _ => strips.tile::<V, S, true>(to),
                    }
                }
            }
        }
    }
}
