//! The products of a batch: shared among threads, summed where C is, each by the loops or by the engine.
//!
//! Apart from both because here the sizes decide.

use super::call::Call;
use super::check::{are_whole, check_places};
use super::dots::dots;
use super::engine::{Way, gemm};
use super::summed::{in_parts, is_long, over_batch};
use super::upright::upright;
use crate::device::cpu::parallel::{SharedPtr, for_each};
use crate::device::cpu::widen::{narrow_slice, widen, widen_slice};
use crate::dtype::Real;
use crate::loops::{BATCH, Matrix, Place, Product, at};
use crate::memory::Buf;
use crate::num::{dispatch, dispatch_rows};

/// Multiply-adds up to which the register loops win over the engine's packing.
const SMALL: usize = 80 * 80 * 80;
/// Rows and columns of C from which on packing the factors pays, whichever of them lanes run along.
const THIN: usize = 4;
/// Rows up to which packing B takes longer than it saves.
const LOW: usize = 8;
/// Elements of a right factor up to which a copy of it takes no longer than packing.
const COPIED: usize = 64 * 64;
/// Bytes of a row of C up to which packing A does: a tile of the engine would be wider.
const NARROW: usize = 64;
/// Rows of C (or columns, where there are more of them) that one task of a thin product computes at least.
const TASK: usize = 128;
/// A multiple of what a tile holds of either side.
const TILE: usize = 32;

/// Who multiplies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Choice {
    /// The register loops.
    Loops,
    /// The register loops, of a copy of the right factor.
    Upright,
    /// The engine, which packs its factors.
    Engine,
}

/// The product as the register loops read it; none where neither side of C lies as lanes need it.
#[cfg_attr(optimised, inline(always))]
fn for_loops<E: Copy>(call: &Call<E>) -> Option<Call<E>> {
    // The lanes run along the contiguous side of C; along the longer one where both are.
    let (across, down) = (call.c_column == 1 && call.b_column == 1, call.c_row == 1 && call.a_row == 1);
    let turned = down && (!across || call.m > call.n);
    (turned || across).then(|| if turned { call.transposed() } else { *call })
}

/// The product with contiguous rows of C; none where neither side of C is contiguous.
fn by_rows<E: Copy>(call: &Call<E>) -> Option<Call<E>> {
    let (across, down) = (call.c_column == 1, call.c_row == 1);
    (across || down).then(|| if across { *call } else { call.transposed() })
}

/// The register loops win over few terms altogether, and where a factor would be packed for a few rows or columns.
#[cfg_attr(optimised, inline(always))]
fn chosen<E: Real>(call: &Call<E>) -> Choice {
    let (few, narrow) =
        (work(call) <= SMALL || call.k == 0, |n: usize| n.saturating_mul(size_of::<E::Wide>()) <= NARROW);
    if let Some(Call { m, n, .. }) = for_loops(call) {
        let thin = m.min(n) < THIN || m <= LOW || narrow(n);
        return if few || thin { Choice::Loops } else { Choice::Engine };
    }
    match by_rows(call) {
        Some(Call { k, n, .. }) if few && k.saturating_mul(n) <= COPIED || narrow(n) => Choice::Upright,
        _ => Choice::Engine,
    }
}

/// The multiply-adds of a product.
#[cfg_attr(optimised, inline(always))]
fn work<E>(call: &Call<E>) -> usize {
    call.m.saturating_mul(call.n).saturating_mul(call.k)
}

/// # Safety
/// All places that the call names lie inside their matrices, and C overlaps neither A nor B.
#[inline]
unsafe fn multiply_one<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe { multiply_by(call, chosen(&call)) }
}

/// The same by whom was chosen: a part of a product goes the way of the whole, for they do not add in the same order.
///
/// # Safety
/// As for `multiply_one`.
#[inline(never)]
unsafe fn multiply_by<E: Real>(call: Call<E>, choice: Choice) {
    if call.m == 0 || call.n == 0 {
        return;
    }
    if call.n == 1 && call.a_column == 1 && (call.b_row == 1 || call.k == 1) {
        // SAFETY: the caller's contract; the terms are contiguous, as was just asked.
        return unsafe { dots(call) };
    }
    if call.m == 1 && call.b_row == 1 && (call.a_column == 1 || call.k == 1) {
        // SAFETY: as above.
        return unsafe { dots(call.transposed()) };
    }
    if call.k == 0 {
        // SAFETY: the caller's contract.
        return unsafe { clear(call) };
    }
    let call = match choice {
        Choice::Loops => for_loops(&call),
        Choice::Upright => by_rows(&call),
        Choice::Engine => None,
    }
    .unwrap_or(call);
    // SAFETY: the caller's contract; the loops read B by rows, of which they make some where they are to.
    unsafe {
        match choice {
            Choice::Loops => by_loops(call),
            Choice::Upright => upright(call, |call| by_loops(call)),
            Choice::Engine => gemm(call),
        }
    }
}

/// A product by the loops, of contiguous rows of B and C.
///
/// # Safety
/// As for `multiply_one`.
#[cfg_attr(optimised, inline(always))]
unsafe fn by_loops<E: Real>(call: Call<E>) {
    if is_long(&call) && !E::NARROW {
        // SAFETY: the caller's contract.
        return unsafe { long(call) };
    }
    dispatch_rows(call.n, call);
}

/// A product by the loops whose sums go on from part to part of its terms as those of large products do. What is
/// rounded to 16 bits at the end needs no such digits. Out of line, because it is rare.
///
/// # Safety
/// As for `multiply_one`, where rows of B and C are contiguous.
#[inline(never)]
unsafe fn long<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract; parts of B have contiguous rows as well.
    unsafe { in_parts(call, |part| dispatch(part)) }
}

/// A product over no terms: zeros.
///
/// # Safety
/// All places of C lie inside its memory.
unsafe fn clear<E: Real>(call: Call<E>) {
    if !call.add {
        for (i, j) in (0..call.m as isize).flat_map(|i| (0..call.n as isize).map(move |j| (i, j))) {
            // SAFETY: a place of C.
            unsafe { *call.c.offset(i * call.c_row + j * call.c_column) = E::of_f64(0.0) }
        }
    }
}

/// The whole batch.
pub(in crate::device) fn multiply<E: Real>(product: &Product<'_, E>, factors: [&[E]; 2], out: &mut [E]) {
    let single = match are_whole(product, factors.map(<[E]>::len), out.len()) {
        true => call(product, factors.map(<[E]>::as_ptr), out.as_mut_ptr()),
        false => match multiply_parts(product, factors, out) {
            Some(single) => single,
            None => return,
        },
    };
    // SAFETY: the matrices are all of their memory, or `multiply_parts` has compared every place with the lengths.
    unsafe { if single.m.max(single.n) < 2 * TASK { multiply_one(single) } else { large(single) } }
}

/// A single product of matrices in these slices, each with the steps from row to row and from column to column; of `m`
/// by `k` and `k` by `n`. Panics where a matrix reaches outside of its slice.
pub(in crate::device::cpu) fn multiply_slices<E: Real>(
    [m, k, n]: [usize; 3],
    (a, [a_row, a_column]): (&[E], [isize; 2]),
    (b, [b_row, b_column]): (&[E], [isize; 2]),
    (c, [row, column]): (&mut [E], [isize; 2]),
) {
    // Places are held against the slices; the buffer is not looked at.
    let none = Buf::zeros(0);
    let matrix = |row, column| Matrix { buf: &none, offset: 0, row, column, batch: [0; BATCH] };
    let (a_matrix, b_matrix) = (matrix(a_row, a_column), matrix(b_row, b_column));
    let place = Place { offset: 0, row, column, batch: [0; BATCH] };
    let product = Product { m, k, n, batch: [1; BATCH], a: a_matrix, b: b_matrix, c: place, add: false };
    multiply(&product, [a, b], c);
}

/// Matrices among other elements, or more than one product, unless it is a single one, which is left to the caller. Out
/// of line, so that whole matrices go by without it.
#[inline(never)]
fn multiply_parts<E: Real>(product: &Product<'_, E>, factors: [&[E]; 2], out: &mut [E]) -> Option<Call<E>> {
    check_places(product, factors.map(<[E]>::len), out.len());
    if product.batch == [1; BATCH] {
        return Some(one_of(product, factors, [0; BATCH], out.as_mut_ptr()));
    }
    // The places of C are only known where there are any.
    if product.batch.contains(&0) || product.m == 0 || product.n == 0 {
        return None;
    }
    let matrices = product.matrices();
    let summed = |(&size, stride): (&usize, isize)| if stride == 0 { size } else { 1 };
    let summed: usize = product.batch.iter().zip(product.c.batch).map(summed).product();
    // SAFETY: `check_places` has compared every place with the lengths; tasks write disjoint parts of C: different
    // matrices of the batch unless C is summed over it, or different rows of one.
    unsafe {
        if summed > 1 {
            sum_batch(product, factors, matrices / summed, out);
        } else {
            let base = SharedPtr::new(out.as_mut_ptr());
            // All of them lie alike.
            let choice = chosen(&one_of(product, factors, [0; BATCH], base.get()));
            let one = |i: usize| multiply_by(one_of(product, factors, product.index(i), base.get()), choice);
            for_each(matrices, matrices.saturating_mul(product.work()) / 8, one);
        }
    }
    None
}

/// A batch of products that are summed over it; `apart` of them are not added to each other. Sums of 16-bit floats are
/// kept in `f32`.
///
/// # Safety
/// All places of the product lie inside their matrices.
unsafe fn sum_batch<E: Real>(product: &Product<'_, E>, factors: [&[E]; 2], apart: usize, out: &mut [E]) {
    let (matrices, add) = (product.matrices(), |i: usize| product.add || i > 0);
    if !E::NARROW {
        return over_batch(matrices, apart, out, |i, out| {
            let call = one_of(product, factors, product.index(i), out.as_mut_ptr());
            // SAFETY: the caller's contract.
            unsafe { multiply_one(Call { add: add(i), ..call }) }
        });
    }
    let (mut sums, start) = (widen_slice(out), out.as_mut_ptr());
    over_batch(matrices, apart, sums.make_mut(), |i, sums| {
        let call = one_of(product, factors, product.index(i), start);
        // SAFETY: the caller's contract; `sums` has an element for each one of `out`.
        unsafe {
            let (a, b) = (widen(call.a_lines().along_memory()), widen(call.b_lines().along_memory()));
            let target = sums.as_mut_ptr().offset(call.c.offset_from(start));
            multiply_one(call.widened(a.host(), b.host(), target, (call.c_row, call.c_column), add(i)));
        }
    });
    narrow_slice(sums.host(), out);
}

/// Parts that a product's longer side is divided into, for as many tasks; one where that does not pay, or where what
/// multiplies it divides it better.
fn parts<E: Real>(call: &Call<E>, way: Way) -> usize {
    let work = work(call);
    let by_engine = chosen(call) == Choice::Engine && way == Way::Lanes;
    if by_engine || work <= 2 * SMALL { 1 } else { (call.m.max(call.n) / TASK).max(1) }
}

/// A single product, which the engine shares among threads; else its rows are (or columns, where there are more of
/// them). An element's terms are added in the same order in a part as in the whole, so the division does not show in
/// the result.
///
/// # Safety
/// As for `multiply_one`.
#[inline(never)]
unsafe fn large<E: Real>(call: Call<E>) {
    let (tasks, choice) = (parts(&call, Way::now()), chosen(&call));
    if tasks == 1 || rayon::current_num_threads() == 1 {
        // SAFETY: the caller's contract.
        return unsafe { multiply_by(call, choice) };
    }
    let work = work(&call);
    let call = if call.n > call.m { call.transposed() } else { call };
    for_each(tasks, work / 8, |task| {
        // Whole tiles: of rows, or of lanes where the longer side is theirs.
        let [from, to] =
            [task, task + 1].map(|task| if task < tasks { call.m * task / tasks / TILE * TILE } else { call.m });
        // SAFETY: the caller's contract; each task has rows of its own.
        unsafe { multiply_by(call.rows(from, to), choice) }
    });
}

/// The first product, of factors that begin here.
#[cfg_attr(optimised, inline(always))]
fn call<E: Real>(product: &Product<'_, E>, [a, b]: [*const E; 2], c: *mut E) -> Call<E> {
    let Product { m, k, n, add, .. } = *product;
    let (a_row, a_column) = (product.a.row, product.a.column);
    let (b_row, b_column) = (product.b.row, product.b.column);
    let (c_row, c_column) = (product.c.row, product.c.column);
    Call { m, k, n, a, a_row, a_column, b, b_row, b_column, c, c_row, c_column, add }
}

/// The product at this index of the batch.
fn one_of<E: Real>(product: &Product<'_, E>, [left, right]: [&[E]; 2], index: [usize; BATCH], out: *mut E) -> Call<E> {
    let Product { a, b, c, .. } = product;
    let a = left.as_ptr().wrapping_offset(at(a.offset, index, a.batch));
    let b = right.as_ptr().wrapping_offset(at(b.offset, index, b.batch));
    call(product, [a, b], out.wrapping_offset(at(c.offset, index, c.batch)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Level;
    use std::ptr::{null, null_mut};

    fn product(m: usize, k: usize, n: usize) -> Call<f32> {
        let (a_row, b_row, c_row) = (k as isize, n as isize, n as isize);
        let (a, b, c) = (null(), null(), null_mut());
        Call { m, k, n, a, a_row, a_column: 1, b, b_row, b_column: 1, c, c_row, c_column: 1, add: false }
    }

    #[test]
    fn large_products_are_shared_by_the_engine_or_by_us() {
        for (level, unoptimised) in Level::ALL.into_iter().flat_map(|level| [(level, false), (level, true)]) {
            let (way, lanes) = (Way::of(level, unoptimised), level != Level::Portable && !unoptimised);
            for [m, k, n] in [[1024, 512, 1024], [4096, 64, 40], [40, 64, 4096], [513, 20_000, 24]] {
                assert_eq!(parts(&product(m, k, n), way) == 1, lanes, "{m}x{k}x{n} by {way:?}");
            }
            // Nothing is packed for a few rows or columns: they are shared by us in any case.
            for [m, k, n] in [[3, 2000, 2000], [8, 2000, 2000], [2000, 2000, 16]] {
                assert!(parts(&product(m, k, n), way) > 1, "{m}x{k}x{n} by {way:?}");
            }
            assert_eq!(parts(&product(600, 20, 20), way), 1);
        }
    }
}
