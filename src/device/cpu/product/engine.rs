//! Products of large matrices: the engine over lanes, what is done for 16-bit floats, and the portable level.
//!
//! Apart from the register loops for small ones. Which engine multiplies elements of a type is said by the type,
//! [`ENGINE`](crate::num::Simd::ENGINE) and [`GEMM`](crate::num::Simd::GEMM).
#![allow(unsafe_code, reason = "engines take pointers and strides")]

use super::call::Call;
use super::summed::{in_parts, is_long};
use crate::device::cpu::parallel::for_each;
use crate::device::cpu::unwritten;
use crate::device::cpu::widen::{narrow, widen};
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{GemmCall, Level, dispatch, level};

/// Whether our own loops are as slow as they are written: then the engine of another crate wins, which is compiled for
/// speed in our tests, and adds in the same order.
const UNOPTIMISED: bool = cfg!(not(optimised));

/// What multiplies large matrices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// The engine over lanes, which shares its tasks among threads.
    Lanes,
    /// The engine of another crate, on the thread that calls it.
    Others,
    /// The portable level: loops or the engine of another crate, on the thread that calls them.
    Portable,
}

impl Way {
    /// The way at a level, in a build that is optimised or not.
    pub(super) fn of(level: Level, unoptimised: bool) -> Way {
        match level {
            Level::Portable => Way::Portable,
            _ if unoptimised => Way::Others,
            _ => Way::Lanes,
        }
    }

    /// The way of large products now.
    pub(super) fn now() -> Way {
        Way::of(level(), UNOPTIMISED)
    }
}

/// A product of large matrices, by the engine over lanes on all threads. Out of line, so that small ones are done where
/// they are asked for.
///
/// The portable level promises the same bits on every processor of an architecture: on x86-64 it stays with the
/// register loops.
///
/// # Safety
/// As for `multiply_one`.
#[inline(never)]
pub(super) unsafe fn gemm<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe {
        match Way::now() {
            Way::Lanes if E::NARROW => in_lanes_of_halves(call),
            Way::Lanes => in_parts(call, in_lanes),
            _ if E::NARROW => halves_by(call, gemm::<f32>),
            Way::Others => in_parts(call, by_others),
            Way::Portable => in_parts(call, portable),
        }
    }
}

/// A product of elements that are computed in their own type, by the engine over lanes.
///
/// # Safety
/// As for `multiply_one`; the element type is no 16-bit float.
unsafe fn in_lanes<E: Real>(call: Call<E>) {
    let c = call.c.cast::<E::Wide>();
    // SAFETY: the caller's contract.
    unsafe { shared(call, c, (call.c_row, call.c_column), call.add) }
}

/// A product of 16-bit floats: both factors are widened as they are packed, the result is rounded once.
///
/// # Safety
/// As for `multiply_one`.
unsafe fn in_lanes_of_halves<E: Real>(call: Call<E>) {
    if is_long(&call) {
        // SAFETY: the caller's contract.
        return unsafe { halves_by(call, gemm::<f32>) };
    }
    let mut out: Buf<f32> = unwritten(call.m * call.n);
    let target = out.make_mut().as_mut_ptr();
    // SAFETY: the caller's contract; 16-bit floats are computed in `f32`, and there is a place for each element of C.
    unsafe {
        shared(call, target.cast(), call.c_lines().packed(), false);
        narrow(out.host(), call.c_lines().along_memory(), call.add);
    }
}

/// The product by the engine, into this C.
///
/// # Safety
/// As for `multiply_one`, with this C, of the type that the elements are computed in.
unsafe fn shared<E: Real>(call: Call<E>, c: *mut E::Wide, (row, column): (isize, isize), add: bool) {
    let Call { m, k, n, a, a_row, a_column, b, b_row, b_column, .. } = call;
    let mut call =
        GemmCall { sizes: [m, k, n], a: (a, a_row, a_column), b: (b, b_row, b_column), c: (c, row, column), add };
    // Tiles are written by rows.
    if column != 1 && row == 1 {
        call =
            GemmCall { sizes: [n, k, m], a: (b, b_column, b_row), b: (a, a_column, a_row), c: (c, column, row), add };
    }
    let work = m.saturating_mul(k).saturating_mul(n) / 8;
    let mut packed: Option<Buf<E>> = None;
    // Memory of buffers is aligned for every element, any bits are a number, and `WORDS` elements are as long as one
    // that is computed in.
    let mut memory = |len: usize| packed.insert(unwritten(len * E::WORDS)).make_mut().as_mut_ptr().cast();
    // SAFETY: the caller's contract.
    unsafe { E::ENGINE(&call, &mut memory, &|count, task| for_each(count, work, task)) }
}

/// A product where no lanes are known but those that the compiler finds.
///
/// # Safety
/// As for `by_others`.
unsafe fn portable<E: Real>(call: Call<E>) {
    // SAFETY: the caller's contract.
    unsafe { if cfg!(target_arch = "x86_64") { loops(call) } else { by_others(call) } }
}

/// A product by the engine of another crate, which the type names, or by loops where it names none.
///
/// # Safety
/// All places that the call names lie inside their matrices, and C overlaps neither A nor B.
unsafe fn by_others<E: Real>(call: Call<E>) {
    let Call { m, k, n, a, a_row, a_column, b, b_row, b_column, c, c_row, c_column, add } = call;
    let (one, beta) = (E::of_f64(1.0), E::of_f64(if add { 1.0 } else { 0.0 }));
    // SAFETY: the caller's contract.
    unsafe {
        match E::GEMM {
            Some(gemm) => gemm(m, k, n, one, a, a_row, a_column, b, b_row, b_column, beta, c, c_row, c_column),
            None => loops(call),
        }
    }
}

/// The register loops for matrices of any strides: B is copied into rows where neither side of C is contiguous.
///
/// # Safety
/// As for `multiply_one`.
unsafe fn loops<E: Real>(call: Call<E>) {
    if call.c_column == 1 && call.b_column == 1 {
        return dispatch(call);
    }
    if call.c_row == 1 && call.a_row == 1 {
        return dispatch(call.transposed());
    }
    let Call { m, n, b_row, b_column, c_row, c_column, .. } = call;
    let b = Buf::from_fn(call.k * n, |i| {
        let place = (i / n) as isize * b_row + (i % n) as isize * b_column;
        // SAFETY: a place of B, which the caller vouches for.
        unsafe { *call.b.offset(place) }
    });
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

/// A product of 16-bit floats by a product of `f32`: both factors are converted, the result is rounded once.
///
/// # Safety
/// As for `multiply_one`.
unsafe fn halves_by<E: Real>(call: Call<E>, product: unsafe fn(Call<f32>)) {
    let c = call.c_lines().along_memory();
    // SAFETY: the caller's places lie inside their matrices.
    unsafe {
        let (a, b) = (call.a_lines().along_memory(), call.b_lines().along_memory());
        let (left, right) = (widen(a), widen(b));
        let mut out: Buf<f32> = unwritten(call.m * call.n);
        let target = out.make_mut().as_mut_ptr();
        product(call.widened(left.host(), right.host(), target, call.c_lines().packed(), false));
        narrow(out.host(), c, call.add);
    }
}
