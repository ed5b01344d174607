//! A product in blocks that fit the caches: factors are packed once, by all threads, then tiles are shared among them.

use super::pack::{Lines, Packing};
use super::part::Part;
use super::plan::{Band, Cut, Plan, TERMS};
use super::target::Target;
use crate::num::engine::{GemmCall, Memory, Share};
use crate::num::{Kernel, Simd};

/// Strips that one task packs.
const PACKED: usize = 4;

/// The product, divided by its sizes.
///
/// # Safety
/// As [`Engine`](crate::num::engine::Engine) says.
pub(in crate::num) unsafe fn product<E: Simd>(
    call: &GemmCall<E, E::Wide>,
    memory: Memory<'_, E::Wide>,
    share: Share<'_>,
) {
    // SAFETY: the caller's contract.
    unsafe { multiply(*call, Plan::of::<E>(call), memory, share) }
}

/// `C = A · B` or `C += A · B`, with the factors packed into the memory.
///
/// # Safety
/// All places that the call names lie inside their matrices, C overlaps neither A nor B, no two places of C are one,
/// and the plan is of these sizes. The memory is as long as asked for; `share` calls each task once and waits for all.
pub(super) unsafe fn multiply<E: Simd>(
    call: GemmCall<E, E::Wide>,
    plan: Plan,
    memory: Memory<'_, E::Wide>,
    share: Share<'_>,
) {
    let a = memory(plan.packed());
    for band in plan.bands() {
        // The rows of A first, behind them the columns of B.
        let b = a.wrapping_add(plan.most_rows() * band.terms);
        let blocks = Blocks { call, plan, band, a, b };
        let of_a = blocks.strips_of_a().div_ceil(PACKED) * blocks.blocks();
        // The columns of B are packed with the first rows.
        let of_b = if band.row == 0 { blocks.strips_of_b().div_ceil(PACKED) * blocks.blocks() } else { 0 };
        // SAFETY: strips of the band, each of which has a place of its own.
        share(of_a + of_b, &|task| unsafe {
            if task < of_a { blocks.pack_a(task) } else { blocks.pack_b(task - of_a) }
        });
        // SAFETY: everything is packed, and each task computes a part of C of its own.
        share(plan.tasks(band), &|task| unsafe { blocks.compute(task) });
    }
}

/// What the tasks of a band share.
struct Blocks<E: Simd> {
    call: GemmCall<E, E::Wide>,
    plan: Plan,
    band: Band,
    a: *mut E::Wide,
    b: *mut E::Wide,
}

// SAFETY: tasks write disjoint parts of the packed factors and of C.
unsafe impl<E: Simd> Sync for Blocks<E> {}

impl<E: Simd> Blocks<E> {
    /// Blocks of terms.
    fn blocks(&self) -> usize {
        self.band.terms.div_ceil(TERMS)
    }

    /// Terms of a block.
    fn terms(&self, block: usize) -> usize {
        TERMS.min(self.band.terms - block * TERMS)
    }

    /// Strips of A that are packed, in each block of terms.
    fn strips_of_a(&self) -> usize {
        self.band.rows.div_ceil(self.plan.height) - self.plan.direct_rows(self.band)
    }

    /// Strips of B that are packed, in each block of terms.
    fn strips_of_b(&self) -> usize {
        self.band.columns.div_ceil(self.plan.width()) - self.plan.direct_columns(self.band)
    }

    /// Where the packed rows from this one on begin, or the first of them, behind those that are read where they lie.
    fn packed_a(&self, block: usize, row: usize) -> *mut E::Wide {
        let row = row.saturating_sub(self.plan.direct_rows(self.band) * self.plan.height);
        self.a.wrapping_add(block * TERMS * self.plan.rows_packed(self.band) + row * self.terms(block))
    }

    /// The same of columns.
    fn packed_b(&self, block: usize, column: usize) -> *mut E::Wide {
        let columns = self.plan.columns_packed(self.band);
        let column = column.saturating_sub(self.plan.direct_columns(self.band) * self.plan.width());
        self.b.wrapping_add(block * TERMS * columns + column * self.terms(block))
    }

    /// The lines of A from a row of the band on, from the first term of a block on.
    fn lines_of_a(&self, block: usize, row: usize) -> Lines<E> {
        let ((start, step, term), Band { row: first, .. }) = (self.call.a, self.band);
        Lines { start, step, term }.from(first + row, self.band.term + block * TERMS)
    }

    /// The same of B.
    fn lines_of_b(&self, block: usize, column: usize) -> Lines<E> {
        let ((start, term, step), Band { column: first, .. }) = (self.call.b, self.band);
        Lines { start, step, term }.from(first + column, self.band.term + block * TERMS)
    }

    /// Packs a few strips of A.
    ///
    /// # Safety
    /// The task is one of those that pack A.
    unsafe fn pack_a(&self, task: usize) {
        let Plan { height, .. } = self.plan;
        let tasks = self.strips_of_a().div_ceil(PACKED);
        let whole = self.plan.direct_rows(self.band);
        let (block, row) = (task / tasks, (whole + task % tasks * PACKED) * height);
        let lines = (PACKED * height).min(self.band.rows - row);
        let (last, to) = (self.plan.strip_height(lines % height), self.packed_a(block, row));
        let (from, terms) = (self.lines_of_a(block, row), self.terms(block));
        self.run::<E>(Packing { from, lines, terms, width: height, last, to });
    }

    /// Packs a few strips of B.
    ///
    /// # Safety
    /// The task is one of those that pack B.
    unsafe fn pack_b(&self, task: usize) {
        let (tasks, width) = (self.strips_of_b().div_ceil(PACKED), self.plan.width());
        let whole = self.plan.direct_columns(self.band);
        let (block, column) = (task / tasks, (whole + task % tasks * PACKED) * width);
        let lines = (PACKED * width).min(self.band.columns - column);
        let (last, to) = (self.plan.strip_width(lines % width), self.packed_b(block, column));
        let (from, terms) = (self.lines_of_b(block, column), self.terms(block));
        self.run::<E>(Packing { from, lines, terms, width, last, to });
    }

    /// # Safety
    /// The task is one of the band, whose factors are packed.
    unsafe fn compute(&self, task: usize) {
        let Cut { row, rows, column, columns } = self.plan.cut(self.band, task);
        let (start, down, across) = self.call.c;
        let place = (self.band.row + row) as isize * down + (self.band.column + column) as isize * across;
        let c = start.wrapping_offset(place);
        for block in 0..self.blocks() {
            let add = self.call.add || self.band.term + block > 0;
            let target = Target { c, row: down, column: across, rows, columns, add };
            let (a, b) = (self.packed_a(block, row), self.packed_b(block, column));
            // What is read where it lies is of the type that is computed in.
            let rows = self.plan.direct[0].then(|| self.lines_of_a(block, row).cast());
            let columns = self.plan.direct[1].then(|| self.lines_of_b(block, column).cast());
            self.run::<E::Wide>(Part { a, rows, b, columns, terms: self.terms(block), target });
        }
    }

    /// Runs a loop on what the plan was made for.
    fn run<F: Simd>(&self, kernel: impl Kernel<F, Out = ()>) {
        // SAFETY: the level was one of the processor when the plan was made.
        unsafe { F::run(kernel, self.plan.level) }
    }
}
