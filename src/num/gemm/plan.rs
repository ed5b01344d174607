//! How a product is divided: what is packed at a time, and what one task computes.
//!
//! Apart from the blocks because nothing here touches memory. Sizes decide, and the bits do not depend on the division:
//! terms are added in registers, [`TERMS`] at a time, and these sums to C in order.

use super::height::tile_height;
use crate::num::engine::GemmCall;
use crate::num::{Kernel, Lane, Level, Simd, level};

/// Terms that are added in registers before their sum goes to C.
pub(super) const TERMS: usize = 256;
/// What is packed at a time at most.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Rows of A.
    pub(super) rows: usize,
    /// Columns of B.
    pub(super) columns: usize,
    /// Bytes of both, unless a single block of terms needs more.
    pub(super) bytes: usize,
}

const LIMITS: Limits = Limits { rows: 1536, columns: 2048, bytes: 8 << 20 };
/// Strips of rows of one task at most: with a part of B, they stay in the second cache of a core.
const STRIPS: usize = 8;
/// Columns of one task at most.
const GROUP: usize = 512;
/// Columns of one task at least, as long as its rows can be fewer.
const FEW: usize = 64;
/// Tasks of a product from which on they need not be smaller.
const TASKS: usize = 8;
/// Columns of C up to which packing A takes longer than it saves.
const DIRECT: usize = 640;
/// Rows of C up to which packing B does, if its own rows are short.
const FEW_ROWS: usize = 192;
/// Bytes of a short row.
const SHORT: usize = 1024;
/// Bytes from row to row that put all rows into the same few places of a cache.
const PAGE: usize = 4096;

/// Rows, columns and terms that are packed at a time: where they begin, and how many.
#[derive(Clone, Copy)]
pub(super) struct Band {
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) column: usize,
    pub(super) columns: usize,
    pub(super) term: usize,
    pub(super) terms: usize,
}

/// What one task computes: the first row and column of it in its band, and how many.
pub(super) struct Cut {
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) column: usize,
    pub(super) columns: usize,
}

/// The division of a product.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    sizes: [usize; 3],
    limits: Limits,
    /// What all loops of the product run on: tiles are packed as its lanes read them.
    pub(super) level: Level,
    /// Rows of a tile.
    pub(super) height: usize,
    /// Columns of half a tile: the lanes of a register.
    lanes: usize,
    /// Terms of a band at most.
    terms: usize,
    /// Strips of rows of one task.
    strips: usize,
    /// Columns of one task.
    group: usize,
    /// Whether whole strips of A, and of B, are read where they lie.
    pub(super) direct: [bool; 2],
}

/// Asks for the height and the lanes of a tile.
struct Size;

impl<E: Simd> Kernel<E> for Size {
    type Out = [usize; 2];
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) -> [usize; 2] {
        [tile_height::<E, V>(), V::N]
    }
}

/// The level to run on, rows of a tile there, and lanes of a register.
pub(crate) fn tile_size<E: Simd>() -> (Level, [usize; 2]) {
    let level = level();
    // SAFETY: `level` never exceeds what the processor has.
    (level, unsafe { E::run(Size, level) })
}

impl Plan {
    /// For this product.
    pub(super) fn of<E: Simd>(call: &GemmCall<E, E::Wide>) -> Self {
        Self::within(LIMITS, call)
    }

    /// The same within other limits.
    pub(super) fn within<E: Simd>(limits: Limits, call: &GemmCall<E, E::Wide>) -> Self {
        let ([m, k, n], (_, a_row, _), (_, b_row, b_column)) = (call.sizes, call.a, call.b);
        let (level, [height, lanes]) = tile_size::<E::Wide>();
        let lines = m.min(limits.rows) + n.min(limits.columns) + height + 2 * lanes;
        let terms = (limits.bytes / size_of::<E::Wide>() / lines).max(TERMS) / TERMS * TERMS;
        // 16-bit floats are widened by packing.
        let lies_well = a_row == 1 || !(a_row.unsigned_abs() * size_of::<E>()).is_multiple_of(PAGE);
        let short = b_column == 1 && b_row.unsigned_abs() * size_of::<E>() <= SHORT;
        let direct = [n <= DIRECT && lies_well, m <= FEW_ROWS && short];
        let direct = direct.map(|direct| direct && size_of::<E>() == size_of::<E::Wide>());
        let mut plan =
            Plan { sizes: [m, k, n], limits, level, height, lanes, terms, strips: STRIPS, group: GROUP, direct };
        let few = |plan: &Plan| m.div_ceil(height * plan.strips) * n.div_ceil(plan.group) < TASKS;
        while few(&plan) && plan.group > FEW {
            plan.group /= 2;
        }
        while few(&plan) && plan.strips > 1 {
            plan.strips /= 2;
        }
        plan
    }

    /// The bands in the order in which they are computed; a band of further rows needs the same columns of B.
    pub(super) fn bands(&self) -> impl Iterator<Item = Band> + use<> {
        let ([m, k, n], Limits { rows, columns, .. }, step) = (self.sizes, self.limits, self.terms);
        (0..n).step_by(columns).flat_map(move |column| {
            (0..k).step_by(step).flat_map(move |term| {
                (0..m).step_by(rows).map(move |row| {
                    let (rows, columns, terms) = (rows.min(m - row), columns.min(n - column), step.min(k - term));
                    Band { row, rows, column, columns, term, terms }
                })
            })
        })
    }

    /// Elements of packed factors.
    pub(super) fn packed(&self) -> usize {
        let [_, k, n] = self.sizes;
        (self.most_rows() + self.strip_width(n.min(self.limits.columns))) * k.min(self.terms)
    }

    /// Columns of a tile.
    pub(super) fn width(&self) -> usize {
        2 * self.lanes
    }

    /// A third, two thirds or all of a tile: what holds so many rows, or the same of the last tile of many.
    pub(super) fn strip_height(&self, rows: usize) -> usize {
        rows.next_multiple_of(self.height / 3)
    }

    /// The same for columns: half a tile or all of it.
    pub(super) fn strip_width(&self, columns: usize) -> usize {
        columns.next_multiple_of(self.lanes)
    }

    /// Rows that are packed at a time at most.
    pub(super) fn most_rows(&self) -> usize {
        self.strip_height(self.sizes[0].min(self.limits.rows))
    }

    /// Packed rows of a band: of those that make no whole strip, where the others are read where they lie.
    pub(super) fn rows_packed(&self, band: Band) -> usize {
        self.strip_height(if self.direct[0] { band.rows % self.height } else { band.rows })
    }

    /// The same of columns.
    pub(super) fn columns_packed(&self, band: Band) -> usize {
        self.strip_width(if self.direct[1] { band.columns % self.width() } else { band.columns })
    }

    /// Strips of the rows of a band that are read where they lie.
    pub(super) fn direct_rows(&self, band: Band) -> usize {
        if self.direct[0] { band.rows / self.height } else { 0 }
    }

    /// The same of columns.
    pub(super) fn direct_columns(&self, band: Band) -> usize {
        if self.direct[1] { band.columns / self.width() } else { 0 }
    }

    /// Tasks of a band.
    pub(super) fn tasks(&self, band: Band) -> usize {
        band.rows.div_ceil(self.height * self.strips) * band.columns.div_ceil(self.group)
    }

    /// What a task of a band computes.
    pub(super) fn cut(&self, band: Band, task: usize) -> Cut {
        let height = self.height * self.strips;
        let down = band.rows.div_ceil(height);
        let (row, column) = (task % down * height, task / down * self.group);
        Cut { row, rows: height.min(band.rows - row), column, columns: self.group.min(band.columns - column) }
    }
}
