//! Products of large matrices: the gemm engine, what is done for 16-bit floats, and loops of the portable level.
//!
//! Apart from the register loops for small ones, so that another engine can be put beside this one.
#![allow(unsafe_code, reason = "engines take pointers and strides")]

use super::call::Call;
use super::summed::in_parts;
use crate::device::cpu::unwritten;
use crate::device::cpu::widen::{narrow, widen};
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{Level, dispatch, level};
use std::any::TypeId;

/// A product of large matrices.
///
/// The engine asks the processor itself which of its kernels to run. The portable level promises the same bits on every
/// processor: it stays with the register loops.
///
/// # Safety
/// As for [`Engine::gemm`].
pub(super) unsafe fn gemm<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe {
        match level() {
            _ if E::NARROW => gemm_of_halves(call),
            Level::Portable => portable(call),
            _ => in_parts(call, MatrixMultiply::gemm),
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
