//! Matrices made orthogonal, nearly, by products alone.
//!
//! Apart from `muon` because nothing of it knows an optimizer.

use super::clip_on_device::{computed, leaf, norm};
use crate::device::{Buf, Device};
use crate::dims::dims;
use crate::dtype::Real;
use crate::graph::{Pointwise3, Ternary};
use crate::num::Num;
use crate::ops::{Evaluate, Movement, Products};
use crate::tensor::Tensor;

dims! {
    Rows = ?,
    Columns = ?,
    /// The shorter of the two.
    Side = ?,
}

/// The coefficients of the polynomial: they raise small singular values as fast as can be, and leave all of them
/// between 0.7 and 1.2. Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
const COEFFICIENTS: [f64; 3] = [3.4445, -4.7750, 2.0315];
const ROUNDS: usize = 5;

/// A matrix of this many rows and columns whose singular values are made nearly 1: five rounds of
/// `X ← a X + (b A + c A²) X` with `A = X Xᵀ`, from `X / max(‖X‖, eps)` on. Nothing waits for a number.
pub(super) fn orthogonal<E: Real, D: Device>(
    device: D,
    matrix: Buf<E>,
    [rows, columns]: [usize; 2],
    eps: f64,
) -> Buf<E> {
    let a = COEFFICIENTS[0];
    let shape = (Rows(rows), Columns(columns));
    let [unit, times] = norm(device, std::slice::from_ref(&matrix));
    let ratio = Ternary { op: Ratio { eps }, a: leaf(&matrix, shape), b: leaf(&unit, ()), c: leaf(&times, ()) };
    let mut matrix = Tensor { buf: computed(device, ratio, shape), shape, device };
    for _ in 0..ROUNDS {
        // From the side where products are smaller: `X (XᵀX)` is `(X Xᵀ) X`.
        matrix = if rows > columns {
            let buf = polynomial(device, matrix.t().matmul(&matrix).eval().buf, columns);
            let factor = Tensor { buf, shape: (Columns(columns), Columns(columns)), device };
            (matrix.matmul(&factor) + &matrix * a).eval()
        } else {
            let buf = polynomial(device, matrix.matmul_t(&matrix).eval().buf, rows);
            let factor = Tensor { buf, shape: (Rows(rows), Rows(rows)), device };
            (factor.matmul(&matrix) + &matrix * a).eval()
        };
    }
    matrix.buf
}

/// `b A + c A²`
fn polynomial<E: Real, D: Device>(device: D, matrix: Buf<E>, side: usize) -> Buf<E> {
    let [_, b, c] = COEFFICIENTS;
    let matrix = Tensor { buf: matrix, shape: (Side(side), Side(side)), device };
    (matrix.matmul(&matrix) * c + &matrix * b).eval().buf
}

/// `x / max(unit · times, eps)`, computed in units.
#[derive(Clone, Copy)]
struct Ratio {
    eps: f64,
}

impl Pointwise3 for Ratio {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, unit: V, times: V) -> V {
        x / unit / times.maximum(V::c(self.eps) / unit)
    }
}
