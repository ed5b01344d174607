//! Small whole matrices: what leads to a product of a few elements takes longer than the product does, so that there is
//! nothing on the way.
//!
//! Apart from `registers`, whose loops take matrices of any strides, add to what is there, and go on with parts of many
//! terms: to choose among all that was most of the time. The sums of an element are added in the same order.
#![allow(unsafe_code, reason = "registers are read from matrices whose lengths are compared, and written to such")]

use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::memory::Buf;
use crate::num::{Kernel, Lane, dispatch_rows};

/// Multiply-adds up to which this is the shorter way.
const FEW: usize = 32 * 32 * 32;
/// Terms that are added in one register: of more, `registers` adds parts.
const TERMS: usize = 256;

/// The product of whole matrices of `m` by `k` and `k` by `n` in row-major order, where it is small.
#[cfg_attr(optimised, inline(always))]
pub(in crate::device) fn multiply_few<E: Real>(sizes: [usize; 3], factors: [&[E]; 2]) -> Option<Buf<E>> {
    let [m, k, n] = sizes;
    // Products of one row or column are `dots`; of no terms they are zero.
    let small = m > 1 && n > 1 && (1..=TERMS).contains(&k) && m.saturating_mul(k).saturating_mul(n) <= FEW;
    // One by one: arrays would be compared by registers, which wait for what was just written to memory.
    if !small || factors[0].len() != m * k || factors[1].len() != k * n {
        return None;
    }
    let mut out = unwritten(m * n);
    dispatch_rows(n, Few { sizes, factors, out: out.make_mut() });
    Some(out)
}

/// Matrices of these sizes, each in all of its memory: the lengths are the products of the sizes.
struct Few<'f, E> {
    sizes: [usize; 3],
    factors: [&'f [E]; 2],
    out: &'f mut [E],
}

impl<E: Real> Kernel<E> for Few<'_, E> {
    type Out = ();
    #[cfg_attr(optimised, inline(always))]
    fn run<V: Lane<E>>(mut self) {
        let n = self.sizes[2];
        let mut column = 0;
        // SAFETY: columns stay below `n`; `multiply_few`, which alone makes this, has compared the lengths.
        unsafe {
            while !V::RARE && column + 2 * V::N <= n {
                self.columns::<V, 2>(column, V::N);
                column += 2 * V::N;
            }
            while column < n {
                self.columns::<V, 1>(column, V::N.min(n - column));
                column += V::N;
            }
        }
    }
}

impl<E: Real> Few<'_, E> {
    /// `C` vectors of `lanes` columns each from this one on, of all rows.
    ///
    /// # Safety
    /// These are columns of the result, and the matrices have their sizes.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn columns<V: Lane<E>, const C: usize>(&mut self, column: usize, lanes: usize) {
        let (rows, mut row) = (self.sizes[0], 0);
        // SAFETY: rows below `m`; the caller's contract for the columns.
        unsafe {
            while row + 4 <= rows {
                self.tile::<V, 4, C>(row, column, lanes);
                row += 4;
            }
            while row < rows {
                self.tile::<V, 1, C>(row, column, lanes);
                row += 1;
            }
        }
    }

    /// `R` rows of that from this one on.
    ///
    /// # Safety
    /// As for [`columns`](Few::columns), and these are rows of the result.
    #[cfg_attr(optimised, inline(always))]
    unsafe fn tile<V: Lane<E>, const R: usize, const C: usize>(&mut self, row: usize, column: usize, lanes: usize) {
        let [_, k, n] = self.sizes;
        let mut sums = [[V::c(0.0); C]; R];
        // SAFETY: rows, columns and terms of the three matrices, whose memory is as long as their sizes say.
        unsafe {
            let (a, b) = (self.factors[0].as_ptr().add(row * k), self.factors[1].as_ptr().add(column));
            for p in 0..k {
                let right: [V; C] = std::array::from_fn(|c| V::load(b.add(p * n + c * V::N), lanes));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let left = V::splat(*a.add(r * k + p));
                    for (sum, right) in sums.iter_mut().zip(right) {
                        *sum = left.fma(right, *sum);
                    }
                }
            }
            let out = self.out.as_mut_ptr().add(row * n + column);
            for (r, sums) in sums.into_iter().enumerate() {
                for (c, sum) in sums.into_iter().enumerate() {
                    sum.store(out.add(r * n + c * V::N), lanes);
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

    dims! { M = ?, K = ?, N = ? }

    /// The same bits as by way of a graph, for all sizes around those of registers.
    #[test]
    fn bits_are_those_of_the_longer_way() {
        fn check<E: Real>() {
            let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33];
            for [m, k, n] in sizes.iter().flat_map(|&m| sizes.iter().flat_map(move |&k| sizes.map(|n| [m, k, n]))) {
                let x: Tensor<(M, K), E> = Cpu.uniform_of((M(m), K(k)), Key::new(1), -1.0, 1.0);
                let y: Tensor<(K, N), E> = Cpu.uniform_of((K(k), N(n)), Key::new(2), -1.0, 1.0);
                assert!(x.matmul(&y).eval() == x.ex().matmul(y.ex()).eval(), "{m}x{k}x{n} of {}", E::NAME);
            }
        }
        for level in Level::ALL {
            with_level(level, || {
                for_each_float!(called check());
            });
        }
    }

    #[test]
    fn many_terms_and_none() {
        for k in [0, 1, 255, 256, 257, 1021] {
            let x = Cpu.rand_of::<f64, _>((M(3), K(k)), Key::new(1));
            let y = Cpu.rand_of::<f64, _>((K(k), N(5)), Key::new(2));
            assert!(x.matmul(&y).eval() == x.ex().matmul(y.ex()).eval(), "{k} terms");
        }
    }

    #[test]
    fn sizes_that_differ_are_an_error() {
        let (x, y) = (Cpu.zeros_of::<f32, _>((M(2), K(3))), Cpu.zeros_of::<f32, _>((K(4), N(2))));
        let error = crate::attempt(|| x.matmul(&y).eval()).expect_err("3 is not 4");
        assert!(matches!(error, Error::Sizes { .. }), "{error}");
    }
}
