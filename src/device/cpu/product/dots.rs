//! Products with one column: the dot product of each row with it.
//!
//! Apart from the tiles because lanes run along the terms, and are added up at the end of each row.
#![allow(unsafe_code, reason = "rows are pointers, checked once for the whole product")]

use super::call::Call;
use crate::dtype::Real;
use crate::num::{Kernel, Lane, Level, Num, Simd, dispatch, level};

/// Vectors of a dot product that are added in each of [`WAYS`] registers before their sum goes on to [`Simd::Sum`].
const VECTORS: usize = 16;
/// Terms of a dot product below which they are added one vector after the other.
const FEW: usize = 64;
/// Bytes of the lanes of [`Level::Avx2`].
const HALF: usize = 32;
/// Registers that a dot product is summed in at the same time, because one addition waits for the one before.
const WAYS: usize = 4;

/// The dot products of the rows of A with one column: lanes run along `k`. `LONG`: there may be so many terms that they
/// are summed in blocks; a loop of its own, because a few terms are done before the other has begun.
#[derive(Clone, Copy)]
struct Dots<E, const LONG: bool>(Call<E>);

impl<E: Real, const LONG: bool> Kernel<E> for Dots<E, LONG> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let call = self.0;
        if !LONG && (1..=V::N).contains(&call.k) {
            // A row is one vector, and so is the column, which is read once.
            // SAFETY: A's rows and B's column have `k` contiguous elements (the contract of [`dots`]).
            unsafe {
                let column = V::load(call.b, call.k);
                for row in 0..call.m as isize {
                    let terms = V::load(call.a.offset(row * call.a_row), call.k).fma(column, V::c(0.0));
                    call.put(row, terms.hsum().to_sum());
                }
            }
            return;
        }
        for row in 0..call.m as isize {
            // SAFETY: as above.
            unsafe {
                let a = call.a.offset(row * call.a_row);
                let term =
                    |p: usize, lanes: usize, sum: V| V::load(a.add(p), lanes).fma(V::load(call.b.add(p), lanes), sum);
                let (mut total, mut p) = (E::Sum::c(0.0), 0);
                while LONG && p + WAYS * V::N <= call.k {
                    let end = call.k.min(p + VECTORS * WAYS * V::N);
                    let mut sums = [V::c(0.0); WAYS];
                    while p + WAYS * V::N <= end {
                        for (way, sum) in sums.iter_mut().enumerate() {
                            *sum = term(p + way * V::N, V::N, *sum);
                        }
                        p += WAYS * V::N;
                    }
                    let [first, second, third, last] = sums;
                    total = total + ((first + second) + (third + last)).hsum().to_sum();
                }
                let mut rest = V::c(0.0);
                while p < call.k {
                    rest = term(p, V::N.min(call.k - p), rest);
                    p += V::N;
                }
                let rest: E::Sum = rest.hsum().to_sum();
                call.put(row, if LONG { total + rest } else { rest });
            }
        }
    }
}

impl<E: Real> Call<E> {
    /// The element of C, which has one column, in this row.
    ///
    /// # Safety
    /// C has the row, and all places of the call lie inside their matrices.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn put(&self, row: isize, sum: E::Sum) {
        // SAFETY: the caller's row is one of C.
        unsafe {
            let place = self.c.offset(row * self.c_row);
            *place = match self.add {
                true if E::NARROW => E::of_sum((*place).to_sum() + sum),
                true => *place + E::of_sum(sum),
                false => E::of_sum(sum),
            };
        }
    }
}

/// A product with one column.
///
/// # Safety
/// All places that the call names lie inside their matrices, the terms of A's rows and of B's column are contiguous,
/// and C overlaps neither A nor B.
pub(super) unsafe fn dots<E: Real>(call: Call<E>) {
    if call.k >= FEW {
        return dispatch(Dots::<E, true>(call));
    }
    // Adding up the lanes takes longer than the terms of a short row: no more lanes than it needs.
    let most = if call.k * size_of::<E::Wide>() <= HALF { Level::Avx2 } else { Level::Avx512 };
    // SAFETY: `level` never exceeds what the processor has.
    unsafe { E::run(Dots::<E, false>(call), level().min(most)) }
}
