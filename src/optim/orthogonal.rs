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
    /// The shorter side.
    Short = ?,
    /// The longer side.
    Long = ?,
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
    let [a, b, c] = COEFFICIENTS;
    let shape = (Short(rows), Long(columns));
    let tall = rows > columns;
    let matrix = Tensor { buf: matrix, shape, device };
    // Products of the shorter side are smaller.
    let matrix = if tall { turned(&matrix) } else { matrix };
    let [unit, times] = norm(device, std::slice::from_ref(&matrix.buf));
    let shape = matrix.shape;
    let ratio = Ternary { op: Ratio { eps }, a: leaf(&matrix.buf, shape), b: leaf(&unit, ()), c: leaf(&times, ()) };
    let mut matrix = Tensor { buf: computed(device, ratio, shape), shape, device };
    for _ in 0..ROUNDS {
        let gram = matrix.matmul_t(&matrix).eval();
        let factor = (gram.matmul(&gram) * c + &gram * b).eval();
        matrix = (factor.matmul(&matrix) + &matrix * a).eval();
    }
    if tall { turned(&matrix).buf } else { matrix.buf }
}

/// The transposed matrix, rows for columns.
fn turned<E: Real, D: Device>(matrix: &Tensor<(Short, Long), E, D>) -> Tensor<(Short, Long), E, D> {
    let (Short(rows), Long(columns)) = matrix.shape;
    Tensor { buf: matrix.t().eval().buf, shape: (Short(columns), Long(rows)), device: matrix.device }
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
