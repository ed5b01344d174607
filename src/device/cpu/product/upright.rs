//! A right factor that lies column after column, set upright for the register loops, which read it row by row.
//!
//! Apart from the engine, whose packing does that for large factors: of small ones it took longer than the product.
#![allow(
    unsafe_code,
    reason = "registers are read from matrices whose places are known, and written to memory of ours"
)]

use super::call::Call;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch};

/// Calls `multiply` with the product of a copy of B in rows.
///
/// # Safety
/// All places that the call names lie inside their matrices.
pub(super) unsafe fn upright<E: Real>(call: Call<E>, multiply: impl FnOnce(Call<E>)) {
    let Call { k, n, b, b_row, b_column, .. } = call;
    let mut rows: Buf<E> = unwritten(k * n);
    let to = rows.make_mut().as_mut_ptr();
    dispatch(Upright { k, n, from: b, row: b_row, column: b_column, to });
    multiply(Call { b: to, b_row: n as isize, b_column: 1, ..call });
}

/// `k` rows of `n` elements, each `column` from the next, to rows one after the other.
struct Upright<E> {
    k: usize,
    n: usize,
    from: *const E,
    row: isize,
    column: isize,
    to: *mut E,
}

impl<E: Real> Kernel<E> for Upright<E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(self) {
        let Upright { k, n, from, row, column, to } = self;
        for first in (0..n).step_by(V::N) {
            let lanes = V::N.min(n - first);
            for p in 0..k {
                // SAFETY: places of B, which the caller of `upright` vouches for, and of as many elements.
                unsafe {
                    let place = from.offset(first as isize * column + p as isize * row);
                    V::gather(place, column, lanes).store(to.add(p * n + first), lanes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dims;
    use crate::elements::{called, for_each_float};
    use crate::num::{Level, with_level};
    use crate::prelude::*;

    dims! { B = ?, M = ?, K = ?, N = ? }

    /// However the right factor lies, the bits are those of one in rows; in batches, too.
    #[test]
    fn bits_are_those_of_rows() {
        fn check<E: Real>() {
            let sizes = [1, 2, 4, 7, 8, 16, 17, 33, 65];
            for [m, k, n] in sizes.iter().flat_map(|&m| sizes.iter().flat_map(move |&k| sizes.map(|n| [m, k, n]))) {
                let x: Tensor<(B, M, K), E> = Cpu.uniform_of((B(2), M(m), K(k)), Key::new(1), -1.0, 1.0);
                let y: Tensor<(B, K, N), E> = Cpu.uniform_of((B(2), K(k), N(n)), Key::new(2), -1.0, 1.0);
                let turned = y.transpose::<1, 2>().eval();
                let [rows, columns] = [x.matmul(&y).eval(), x.matmul(turned.transpose::<1, 2>()).eval()];
                // Of one row or column the product is one of `dots`, where its terms lie side by side.
                assert!(m == 1 || n == 1 || rows == columns, "{m}x{k}x{n} of {}", E::NAME);
                assert!(rows.allclose(&columns, 1e-2, 1e-2), "{m}x{k}x{n} of {}", E::NAME);
            }
        }
        for level in Level::ALL {
            with_level(level, || {
                for_each_float!(called check());
            });
        }
    }

    /// A narrow one among the large: every element against a plain sum.
    #[test]
    fn narrow_factors() {
        let x: Tensor<(M, K), f64> = Cpu.uniform_of((M(700), K(300)), Key::new(1), -1.0, 1.0);
        let y: Tensor<(N, K), f64> = Cpu.uniform_of((N(5), K(300)), Key::new(2), -1.0, 1.0);
        let found = x.matmul(y.t()).eval();
        for (i, row) in x.as_slice().chunks(300).enumerate() {
            for (j, column) in y.as_slice().chunks(300).enumerate() {
                let expected: f64 = row.iter().zip(column).map(|(a, b)| a * b).sum();
                assert!((found.as_slice()[i * 5 + j] - expected).abs() < 1e-12, "row {i}, column {j}");
            }
        }
    }
}
