//! Matrix products: register loops where matrices are small, a gemm engine where they are large.
//!
//! The engine stands behind [`Engine`], so that another one can be put beside it.
#![allow(unsafe_code)]

use super::cascade::Cascade;
use super::parallel::{SharedPtr, for_each};
use super::widen::{Lines, narrow, narrow_slice, widen, widen_slice};
use crate::device::product::at;
use crate::device::{Buf, Device, Product};
use crate::dtype::Real;
use crate::graph::Axes;
use crate::num::{Kernel, Lane, Level, dispatch, level};
use std::any::TypeId;

/// Multiply-adds up to which the register loops win over the engine's packing.
const SMALL: usize = 48 * 48 * 48;
/// Rows of C (or columns, where there are more of them) that one task of a large product computes at least.
const TASK: usize = 256;
/// Terms of an element that are added in one register before their sum goes on to a [`Cascade`].
const TERMS: isize = 64;
/// Vectors of a dot product that are added in each of [`WAYS`] registers before their sum goes on to `f64`.
const VECTORS: usize = 16;
/// Registers that a dot product is summed in at the same time, because one addition waits for the one before.
const WAYS: usize = 4;

/// One matrix product over raw strided memory.
#[derive(Clone, Copy)]
struct Call<E> {
    m: usize,
    k: usize,
    n: usize,
    a: *const E,
    a_row: isize,
    a_column: isize,
    b: *const E,
    b_row: isize,
    b_column: isize,
    c: *mut E,
    c_row: isize,
    c_column: isize,
    add: bool,
}

// SAFETY: pointers into buffers that the caller borrows; tasks write disjoint parts of C.
unsafe impl<E> Send for Call<E> {}
// SAFETY: as above.
unsafe impl<E> Sync for Call<E> {}

impl<E: Copy> Call<E> {
    /// `Cᵀ = Bᵀ · Aᵀ`.
    fn transposed(self) -> Self {
        Call {
            m: self.n,
            n: self.m,
            a: self.b,
            a_row: self.b_column,
            a_column: self.b_row,
            b: self.a,
            b_row: self.a_column,
            b_column: self.a_row,
            c_row: self.c_column,
            c_column: self.c_row,
            ..self
        }
    }

    fn a_lines(&self) -> Lines<E> {
        let Call { m, k, a, a_row, a_column, .. } = *self;
        Lines { start: a.cast_mut(), rows: m, columns: k, row: a_row, column: a_column }
    }

    fn b_lines(&self) -> Lines<E> {
        let Call { k, n, b, b_row, b_column, .. } = *self;
        Lines { start: b.cast_mut(), rows: k, columns: n, row: b_row, column: b_column }
    }

    fn c_lines(&self) -> Lines<E> {
        let Call { m, n, c, c_row, c_column, .. } = *self;
        Lines { start: c, rows: m, columns: n, row: c_row, column: c_column }
    }

    /// The same product of other factors, which lie as [`Lines::packed`] says.
    fn widened(&self, a: &[f32], b: &[f32], c: *mut f32, (c_row, c_column): (isize, isize), add: bool) -> Call<f32> {
        let ((a_row, a_column), (b_row, b_column)) = (self.a_lines().packed(), self.b_lines().packed());
        let Call { m, k, n, .. } = *self;
        let (a, b) = (a.as_ptr(), b.as_ptr());
        Call { m, k, n, a, a_row, a_column, b, b_row, b_column, c, c_row, c_column, add }
    }

    /// The part of C of rows `from..to`.
    fn rows(self, from: usize, to: usize) -> Self {
        let a = self.a.wrapping_offset(from as isize * self.a_row);
        let c = self.c.wrapping_offset(from as isize * self.c_row);
        Call { m: to - from, a, c, ..self }
    }
}

/// A gemm for large matrices.
trait Engine<E> {
    /// # Safety
    /// All places that the call names lie inside their matrices, and C overlaps neither A nor B.
    unsafe fn gemm(call: Call<E>);
}

struct MatrixMultiply;

impl<E: Real> Engine<E> for MatrixMultiply {
    unsafe fn gemm(call: Call<E>) {
        let Call { m, k, n, a_row, a_column, b_row, b_column, c_row, c_column, .. } = call;
        let beta = if call.add { 1.0 } else { 0.0 };
        // SAFETY: the caller's contract; the casts are between equal types.
        unsafe {
            if TypeId::of::<E>() == TypeId::of::<f32>() {
                let (a, b, c) = (call.a.cast(), call.b.cast(), call.c.cast());
                matrixmultiply::sgemm(
                    m,
                    k,
                    n,
                    1.0,
                    a,
                    a_row,
                    a_column,
                    b,
                    b_row,
                    b_column,
                    beta as f32,
                    c,
                    c_row,
                    c_column,
                );
            } else {
                let (a, b, c) = (call.a.cast(), call.b.cast(), call.c.cast());
                matrixmultiply::dgemm(m, k, n, 1.0, a, a_row, a_column, b, b_row, b_column, beta, c, c_row, c_column);
            }
        }
    }
}

/// A product of 16-bit floats by the engine of `f32`: both factors are converted, the result is rounded once.
unsafe fn gemm_of_halves<E: Real>(call: Call<E>) {
    let c = call.c_lines().along_memory();
    // SAFETY: the caller's places lie inside their matrices.
    unsafe {
        let (a, b) = (call.a_lines().along_memory(), call.b_lines().along_memory());
        let (left, right) = (widen(a), widen(b));
        let mut out: Buf<f32> = super::Cpu.unwritten(call.m * call.n);
        let target = out.make_mut().as_mut_ptr();
        gemm(call.widened(&left, &right, target, call.c_lines().packed(), false));
        narrow(&out, c, call.add);
    }
}

/// A batch of products of 16-bit floats that are summed over it: the sums are kept in `f32`.
///
/// # Safety
/// The places of all calls lie inside their matrices, those of C from `out` on.
unsafe fn summed_halves<E: Real>(calls: impl Iterator<Item = Call<E>>, out: &mut [E]) {
    let mut sums = widen_slice(out);
    let (start, target) = (out.as_ptr(), sums.make_mut().as_mut_ptr());
    for call in calls {
        // SAFETY: the caller's contract; `target` has an element for each one of `out`.
        unsafe {
            let (a, b) = (widen(call.a_lines().along_memory()), widen(call.b_lines().along_memory()));
            let target = target.offset(call.c.cast_const().offset_from(start));
            multiply_one(call.widened(&a, &b, target, (call.c_row, call.c_column), call.add));
        }
    }
    narrow_slice(&sums, out);
}

/// Four rows by one vector of C at a time, over all of `k`, in registers. B has contiguous rows.
impl<E: Real> Kernel<E> for Call<E> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        let mut column = 0;
        while column < self.n {
            let lanes = V::N.min(self.n - column);
            let mut row = 0;
            // SAFETY: rows and columns stay below `m` and `n` (the caller's contract for the places).
            unsafe {
                while row + 4 <= self.m {
                    self.tile::<V, 4>(row, column, lanes);
                    row += 4;
                }
                while row < self.m {
                    self.tile::<V, 1>(row, column, lanes);
                    row += 1;
                }
            }
            column += V::N;
        }
    }
}

impl<E: Real> Call<E> {
    #[inline(always)]
    unsafe fn tile<V: Lane<E>, const R: usize>(&self, row: usize, column: usize, lanes: usize) {
        let mut sums = [V::c(0.0); R];
        // SAFETY: the caller's rows, columns and lanes lie inside the matrices.
        unsafe {
            let a = self.a.offset(row as isize * self.a_row);
            let b = self.b.add(column);
            let add = |sums: &mut [V; R], from: isize, to: isize| {
                for p in from..to {
                    let right = V::load(b.offset(p * self.b_row), lanes);
                    for (r, sum) in sums.iter_mut().enumerate() {
                        let left = V::splat(*a.offset(r as isize * self.a_row + p * self.a_column));
                        *sum = left.fma(right, *sum);
                    }
                }
            };
            let k = self.k as isize;
            if k <= 4 * TERMS {
                add(&mut sums, 0, k);
            } else {
                let mut totals = [Cascade::<V>::new(); R];
                for from in (0..k).step_by(TERMS as usize) {
                    let mut part = [V::c(0.0); R];
                    add(&mut part, from, k.min(from + TERMS));
                    totals.iter_mut().zip(part).for_each(|(total, part)| total.add(part));
                }
                sums = totals.map(Cascade::total);
            }
            for (r, sum) in sums.into_iter().enumerate() {
                let place = self.c.offset((row + r) as isize * self.c_row).add(column);
                let sum = if self.add { V::load(place, lanes) + sum } else { sum };
                sum.store(place, lanes);
            }
        }
    }
}

/// The dot products of the rows of A with one column: lanes run along `k`.
#[derive(Clone, Copy)]
struct Dots<E>(Call<E>);

impl<E: Real> Kernel<E> for Dots<E> {
    type Out = ();
    #[inline(always)]
    fn run<V: Lane<E>>(self) {
        let call = self.0;
        for row in 0..call.m as isize {
            // SAFETY: A's row and B's column have `k` contiguous elements (checked by `multiply_one`).
            unsafe {
                let a = call.a.offset(row * call.a_row);
                let term =
                    |p: usize, lanes: usize, sum: V| V::load(a.add(p), lanes).fma(V::load(call.b.add(p), lanes), sum);
                let (mut total, mut p) = (0.0, 0);
                while p < call.k {
                    let end = call.k.min(p + VECTORS * WAYS * V::N);
                    let mut sums = [V::c(0.0); WAYS];
                    while p + WAYS * V::N <= end {
                        for (way, sum) in sums.iter_mut().enumerate() {
                            *sum = term(p + way * V::N, V::N, *sum);
                        }
                        p += WAYS * V::N;
                    }
                    while p < end {
                        sums[0] = term(p, V::N.min(end - p), sums[0]);
                        p += V::N;
                    }
                    let [first, second, third, last] = sums;
                    total += ((first + second) + (third + last)).hsum().into();
                }
                let place = call.c.offset(row * call.c_row);
                let sum: f64 = total;
                *place = match call.add {
                    true if E::NARROW => E::of_f64((*place).as_f64() + sum),
                    true => *place + E::of_f64(sum),
                    false => E::of_f64(sum),
                };
            }
        }
    }
}

/// # Safety
/// All places that the call names lie inside their matrices, and C overlaps neither A nor B.
#[inline]
unsafe fn multiply_one<E: Real>(call: Call<E>) {
    if call.m == 0 || call.n == 0 {
        return;
    }
    if call.n == 1 && call.a_column == 1 && (call.b_row == 1 || call.k == 1) {
        return dispatch(Dots(call));
    }
    if call.m == 1 && call.b_row == 1 && (call.a_column == 1 || call.k == 1) {
        return dispatch(Dots(call.transposed()));
    }
    let thin = call.m == 1 || call.n == 1;
    if call.m.saturating_mul(call.n).saturating_mul(call.k) <= SMALL || call.k == 0 || thin {
        // The lanes run along the contiguous side of C; along the longer one where both are.
        let (across, down) = (call.c_column == 1 && call.b_column == 1, call.c_row == 1 && call.a_row == 1);
        if down && (!across || call.m > call.n) {
            return dispatch(call.transposed());
        }
        if across {
            return dispatch(call);
        }
    }
    // SAFETY: the caller's contract.
    unsafe { if call.k == 0 { clear(call) } else { gemm(call) } }
}

/// A product of large matrices.
///
/// The engine asks the processor itself which of its kernels to run. The portable level promises the same bits on every
/// processor: it stays with the register loops.
///
/// # Safety
/// As for [`Engine::gemm`].
unsafe fn gemm<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe {
        match level() {
            _ if E::NARROW => gemm_of_halves(call),
            Level::Portable => portable(call),
            _ => MatrixMultiply::gemm(call),
        }
    }
}

/// The register loops for matrices of any strides: B is copied into rows where neither side of C is contiguous.
unsafe fn portable<E: Real>(call: Call<E>) {
    if call.c_column == 1 && call.b_column == 1 {
        return dispatch(call);
    }
    if call.c_row == 1 && call.a_row == 1 {
        return dispatch(call.transposed());
    }
    let Call { m, n, b_row, b_column, c_row, c_column, .. } = call;
    // SAFETY: places of B, which the caller vouches for.
    let b =
        Buf::from_fn(call.k * n, |i| unsafe { *call.b.offset((i / n) as isize * b_row + (i % n) as isize * b_column) });
    let mut out = Buf::filled(m * n, E::of_f64(0.0));
    let c = out.make_mut().as_mut_ptr();
    dispatch(Call {
        b: b.as_ptr(),
        b_row: n as isize,
        b_column: 1,
        c,
        c_row: n as isize,
        c_column: 1,
        add: false,
        ..call
    });
    for (i, &sum) in out.iter().enumerate() {
        // SAFETY: a place of C.
        unsafe {
            let place = call.c.offset((i / n) as isize * c_row + (i % n) as isize * c_column);
            *place = if call.add { *place + sum } else { sum };
        }
    }
}

/// A product over no terms: zeros.
unsafe fn clear<E: Real>(call: Call<E>) {
    if !call.add {
        for (i, j) in (0..call.m as isize).flat_map(|i| (0..call.n as isize).map(move |j| (i, j))) {
            // SAFETY: a place of C.
            unsafe { *call.c.offset(i * call.c_row + j * call.c_column) = E::of_f64(0.0) }
        }
    }
}

/// The whole batch.
pub(super) fn multiply<E: Real>(product: &Product<'_, E>, out: &mut [E]) {
    check(product, out.len());
    if product.batch == [1; 4] {
        // SAFETY: `check` has compared every place with the lengths.
        return unsafe { large(call(product, [0; 4], out.as_mut_ptr())) };
    }
    // The places of C are only known where there are any.
    if product.batch.contains(&0) || product.m == 0 || product.n == 0 {
        return;
    }
    let matrices = product.matrices();
    let summed = product.batch.iter().zip(product.c.batch).any(|(&size, stride)| size > 1 && stride == 0);
    let base = SharedPtr::new(out.as_mut_ptr());
    let one = |i: usize| call(product, product.index(i), base.get());
    // SAFETY: `check` has compared every place with the lengths; tasks write disjoint parts of C: different matrices
    // of the batch unless C is summed over it, or different rows of one.
    unsafe {
        if summed {
            let calls = (0..matrices).map(|i| Call { add: product.add || i > 0, ..one(i) });
            match E::NARROW {
                true => summed_halves(calls, out),
                false => calls.for_each(|call| multiply_one(call)),
            }
        } else {
            for_each(matrices, matrices.saturating_mul(product.work()) / 8, |i| multiply_one(one(i)));
        }
    }
}

/// A single product, its rows (or columns, where there are more of them) shared among threads. An element's terms are
/// added in the same order in a part as in the whole, so the division does not show in the result.
unsafe fn large<E: Real>(call: Call<E>) {
    let work = call.m.saturating_mul(call.n).saturating_mul(call.k);
    let tasks = call.m.max(call.n) / TASK;
    if work <= 4 * SMALL || tasks <= 1 || rayon::current_num_threads() == 1 {
        // SAFETY: the caller's contract.
        return unsafe { multiply_one(call) };
    }
    let call = if call.n > call.m { call.transposed() } else { call };
    for_each(tasks, work / 8, |task| {
        let (from, to) = (call.m * task / tasks, call.m * (task + 1) / tasks);
        // SAFETY: the caller's contract; each task has rows of its own.
        unsafe { multiply_one(call.rows(from, to)) }
    });
}

fn call<E>(product: &Product<'_, E>, index: [usize; 4], out: *mut E) -> Call<E>
where
    E: Real,
{
    let Product { m, k, n, a, b, c, add, .. } = product;
    Call {
        m: *m,
        k: *k,
        n: *n,
        a: a.buf.as_ptr().wrapping_offset(at(a.offset, index, a.batch)),
        a_row: a.row,
        a_column: a.column,
        b: b.buf.as_ptr().wrapping_offset(at(b.offset, index, b.batch)),
        b_row: b.row,
        b_column: b.column,
        c: out.wrapping_offset(at(c.offset, index, c.batch)),
        c_row: c.row,
        c_column: c.column,
        add: *add,
    }
}

/// Every place of the three matrices lies inside its memory, and no two of C are one, but for the axes of the batch
/// that it is summed over: tasks write different parts of C at the same time.
#[inline]
fn check<E: Real>(product: &Product<'_, E>, out: usize) {
    let Product { m, k, n, batch, a, b, c, .. } = product;
    // One product of whole row-major or transposed matrices, the usual case, needs no walk over the axes.
    let simple = |rows: usize, columns: usize, row: isize, column: isize, offset: usize, len: usize| {
        let ordered = (row, column) == (columns as isize, 1) || (row, column) == (1, rows as isize);
        offset == 0 && Some(len) == rows.checked_mul(columns) && ordered
    };
    if *batch == [1; 4]
        && simple(*m, *k, a.row, a.column, a.offset, a.buf.len())
        && simple(*k, *n, b.row, b.column, b.offset, b.buf.len())
        && simple(*m, *n, c.row, c.column, c.offset, out)
    {
        return;
    }
    check_places(product, out);
}

fn check_places<E: Real>(product: &Product<'_, E>, out: usize) {
    let Product { m, k, n, batch: [h, i, j, l], a, b, c, .. } = product;
    let axes = |rows: &usize, columns: &usize, row: isize, column: isize, batch: [isize; 4]| {
        let [s, t, u, v] = batch;
        Axes { size: [*h, *i, *j, *l, *rows, *columns], stride: [s, t, u, v, row, column] }
    };
    let (left, right) = (axes(m, k, a.row, a.column, a.batch), axes(k, n, b.row, b.column, b.batch));
    let place = axes(m, n, c.row, c.column, c.batch);
    let inside = left.fits(a.offset, a.buf.len()) && right.fits(b.offset, b.buf.len()) && place.fits(c.offset, out);
    assert!(inside, "a matrix product reaches outside of its operand");
    let apart = (*m <= 1 || c.row != 0) && (*n <= 1 || c.column != 0) && place.nests();
    assert!(apart || place.size.contains(&0), "elements of a matrix product lie on each other");
}
