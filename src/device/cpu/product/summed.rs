//! Products over so many terms that a plain sum of their parts drifts: what each addition rounds off is kept beside it.
//!
//! Apart from the loops and engines, which give the parts: long products are split, batches that are summed over are
//! taken a few matrices at a time.
#![allow(unsafe_code, reason = "parts are written by the engines, through pointers")]

use super::call::Call;
use crate::device::cpu::cascade::Carried;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch};

/// Terms of a part. The engine itself writes a sum of 256 at a time: these few are added without a drift.
const TERMS: usize = 4096;
/// Products of at most so many parts stay whole.
const FEW: usize = 4;
/// Elements of C that are summed in parts at a time, so that these need little memory beside it.
const BAND: usize = 1 << 20;
/// Rows of C at least, for which the columns of B are packed once more.
const ROWS: usize = 256;
/// Matrices of a batch that are added one to the other before their sum goes on.
const MATRICES: usize = 64;

/// Adds `part` to `sum`, and what that rounds off to `rest`.
struct Take<'a, E> {
    sum: &'a mut [E],
    rest: &'a mut [E],
    part: &'a [E],
}

impl<E: Real> Kernel<E> for Take<'_, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let mut start = 0;
        let (sum, rest, part) = (self.sum.as_mut_ptr(), self.rest.as_mut_ptr(), self.part.as_ptr());
        let len = self.part.len().min(self.sum.len()).min(self.rest.len());
        while start < len {
            let n = V::N.min(len - start);
            // SAFETY: `start + n` is at most the length of all three.
            unsafe {
                let mut carried = Carried::of(V::load(sum.add(start), n), V::load(rest.add(start), n));
                carried.add(V::load(part.add(start), n));
                carried.sum.store(sum.add(start), n);
                carried.rest.store(rest.add(start), n);
            }
            start += V::N;
        }
    }
}

fn zeros<E: Real>(len: usize) -> Buf<E> {
    Buf::zeros(len)
}

/// Whether a plain sum of the parts of a product drifts.
pub(super) fn is_long<E>(call: &Call<E>) -> bool {
    call.k > FEW * TERMS
}

/// A product over terms that are split into parts, each of which `gemm` computes.
///
/// # Safety
/// All places that the call names lie inside their matrices, and C overlaps neither A nor B; `gemm` asks for no more.
pub(super) unsafe fn in_parts<E: Real>(call: Call<E>, gemm: unsafe fn(Call<E>)) {
    if !is_long(&call) {
        // SAFETY: the caller's contract.
        return unsafe { gemm(call) };
    }
    let rows = (BAND / call.n.max(1)).max(ROWS);
    for from in (0..call.m).step_by(rows) {
        // SAFETY: rows of C, and all terms of them.
        unsafe { band(call.rows(from, call.m.min(from + rows)), gemm) }
    }
}

/// # Safety
/// As for [`in_parts`].
unsafe fn band<E: Real>(call: Call<E>, gemm: unsafe fn(Call<E>)) {
    let Call { m, k, n, .. } = call;
    let mut part: Buf<E> = unwritten(m * n);
    let (mut sum, mut rest) = (zeros(m * n), zeros(m * n));
    for from in (0..k).step_by(TERMS) {
        let terms = call.part(from, k.min(from + TERMS));
        let c = part.make_mut().as_mut_ptr();
        // SAFETY: terms of the caller's product; the part is as large as C.
        unsafe { gemm(Call { c, c_row: n as isize, c_column: 1, add: false, ..terms }) }
        dispatch(Take { sum: sum.make_mut(), rest: rest.make_mut(), part: part.host() });
    }
    for (i, (&sum, &rest)) in sum.host().iter().zip(rest.host()).enumerate() {
        // SAFETY: a place of C.
        unsafe {
            let place = call.c.offset((i / n) as isize * call.c_row + (i % n) as isize * call.c_column);
            let sum = whole(sum, rest);
            *place = if call.add { *place + sum } else { sum };
        }
    }
}

/// The sum, with what has been rounded off where that is a number.
fn whole<E: Real>(sum: E, rest: E) -> E {
    if rest.as_f64().is_nan() { sum } else { sum + rest }
}

/// The matrices `0..count` of a batch, which `one` adds to `out` or to memory of the same length, each element of which
/// is in one of `apart` matrices.
pub(super) fn over_batch<E: Real>(count: usize, apart: usize, out: &mut [E], mut one: impl FnMut(usize, &mut [E])) {
    let few = MATRICES.saturating_mul(apart);
    (0..count.min(few)).for_each(|i| one(i, out));
    if count <= few {
        return;
    }
    let (mut part, mut rest) = (zeros(out.len()), zeros(out.len()));
    for from in (few..count).step_by(few) {
        let part = part.make_mut();
        part.fill(E::of_f64(0.0));
        (from..count.min(from + few)).for_each(|i| one(i, part));
        dispatch(Take { sum: out, rest: rest.make_mut(), part });
    }
    out.iter_mut().zip(rest.host()).for_each(|(sum, &rest)| *sum = whole(*sum, rest));
}
