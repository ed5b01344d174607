//! Whether a batch of products stays inside its memory, asked once for all of it.

use crate::layout::{Axes, ROWS};
use crate::loops::{BATCH, Product};

/// Whether this is one product of whole row-major or transposed matrices, the usual case: every element of the three
/// memories is a place of its matrix then, and no two places are one.
#[inline]
pub(super) fn are_whole<E>(product: &Product<'_, E>, [left, right]: [usize; 2], out: usize) -> bool {
    let Product { m, k, n, batch, a, b, c, .. } = product;
    let whole = |rows: usize, columns: usize, row: isize, column: isize, offset: usize, len: usize| {
        let ordered = (row, column) == (columns as isize, 1) || (row, column) == (1, rows as isize);
        offset == 0 && Some(len) == rows.checked_mul(columns) && ordered
    };
    *batch == [1; BATCH]
        && whole(*m, *k, a.row, a.column, a.offset, left)
        && whole(*k, *n, b.row, b.column, b.offset, right)
        && whole(*m, *n, c.row, c.column, c.offset, out)
}

/// Every place of the three matrices lies inside its memory, and no two of C are one, but for the axes of the batch
/// that it is summed over: tasks write different parts of C at the same time. A panic where that is not so.
pub(in crate::device::cpu) fn check_places<E>(product: &Product<'_, E>, lens: [usize; 2], out: usize) {
    let Product { m, k, n, batch: sizes, a, b, c, .. } = product;
    let axes = |rows: &usize, columns: &usize, row: isize, column: isize, batch: [isize; BATCH]| {
        let mut axes = Axes::last([*rows, *columns], [row, column]);
        axes.size[ROWS - BATCH..ROWS].copy_from_slice(sizes);
        axes.stride[ROWS - BATCH..ROWS].copy_from_slice(&batch);
        axes
    };
    let (left, right) = (axes(m, k, a.row, a.column, a.batch), axes(k, n, b.row, b.column, b.batch));
    let place = axes(m, n, c.row, c.column, c.batch);
    let inside = left.fits(a.offset, lens[0]) && right.fits(b.offset, lens[1]) && place.fits(c.offset, out);
    assert!(inside, "a matrix product reaches outside of its operand");
    let apart = (*m <= 1 || c.row != 0) && (*n <= 1 || c.column != 0) && place.nests();
    assert!(apart || place.size.contains(&0), "elements of a matrix product lie on each other");
}
