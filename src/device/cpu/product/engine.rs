//! Products of large matrices: the gemm engine, what is done for 16-bit floats, and loops of the portable level.
//!
//! Apart from the register loops for small ones. Which engine multiplies elements of a type is said by the type,
//! [`GEMM`](crate::num::Simd::GEMM).
#![allow(unsafe_code, reason = "engines take pointers and strides")]

use super::call::Call;
use super::summed::in_parts;
use crate::device::cpu::unwritten;
use crate::device::cpu::widen::{narrow, widen};
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{Level, dispatch, level};

/// A product of large matrices. Out of line, so that small ones are done where they are asked for.
///
/// The engine asks the processor itself which of its kernels to run. The portable level promises the same bits on every
/// processor: it stays with the register loops.
///
/// # Safety
/// As for [`by_engine`].
#[inline(never)]
pub(super) unsafe fn gemm<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe {
        match level() {
            _ if E::NARROW => gemm_of_halves(call),
            Level::Portable => portable(call),
            _ => in_parts(call, by_engine),
        }
    }
}

/// The register loops for matrices of any strides: B is copied into rows where neither side of C is contiguous.
///
/// # Safety
/// As for `multiply_one`.
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
        b: b.host().as_ptr(),
        b_row: n as isize,
        b_column: 1,
        c,
        c_row: n as isize,
        c_column: 1,
        add: false,
        ..call
    });
    for (i, &sum) in out.host().iter().enumerate() {
        // SAFETY: a place of C.
        unsafe {
            let place = call.c.offset((i / n) as isize * c_row + (i % n) as isize * c_column);
            *place = if call.add { *place + sum } else { sum };
        }
    }
}

/// A product by the engine of the element type, or by the register loops where it has none.
///
/// # Safety
/// All places that the call names lie inside their matrices, and C overlaps neither A nor B.
unsafe fn by_engine<E: Real>(call: Call<E>) {
    let Call { m, k, n, a, a_row, a_column, b, b_row, b_column, c, c_row, c_column, add } = call;
    let (one, beta) = (E::of_f64(1.0), E::of_f64(if add { 1.0 } else { 0.0 }));
    // SAFETY: the caller's contract.
    unsafe {
        match E::GEMM {
            Some(gemm) => gemm(m, k, n, one, a, a_row, a_column, b, b_row, b_column, beta, c, c_row, c_column),
            None => portable(call),
        }
    }
}

/// A product of 16-bit floats by the engine of `f32`: both factors are converted, the result is rounded once.
///
/// # Safety
/// As for `multiply_one`.
unsafe fn gemm_of_halves<E: Real>(call: Call<E>) {
    let c = call.c_lines().along_memory();
    // SAFETY: the caller's places lie inside their matrices.
    unsafe {
        let (a, b) = (call.a_lines().along_memory(), call.b_lines().along_memory());
        let (left, right) = (widen(a), widen(b));
        let mut out: Buf<f32> = unwritten(call.m * call.n);
        let target = out.make_mut().as_mut_ptr();
        gemm(call.widened(left.host(), right.host(), target, call.c_lines().packed(), false));
        narrow(out.host(), c, call.add);
    }
}
