//! Polynomials by their coefficients, the highest power first as in NumPy.

use crate::device::SameDevice;
use crate::dtype::Real;
use crate::graph::Operand;
use crate::ops::on_host::{OnHostOfBoth, read, read_other, result_of_both};
use crate::ops::{FloatingNode, NodeOver};
use crate::tensor::VectorShape;

/// Polynomials.
pub trait Polynomials: Operand + Sized {
    /// The values of a polynomial at the elements: `y = c[0] xᶜ⁻¹ + .. + c[C - 2] x + c[C - 1]`, by Horner's rule.
    /// NumPy's `polyval(c, x)`.
    ///
    /// `dx = dy` times the derivative of the polynomial, `dc[k] = Σ dy · xᶜ⁻¹⁻ᵏ`. 0 without coefficients; NaN gives
    /// NaN, beside a constant polynomial, too.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([0.0, 1.0, 2.0]);
    /// assert_eq!(x.polyval(&Cpu.tensor([1.0, 0.0, -3.0])).eval().as_slice(), [-3.0, -2.0, 1.0]);
    /// ```
    #[track_caller]
    fn polyval<P>(self, coefficients: P) -> OnHostOfBoth<Self, P, Self::S>
    where
        Self::E: FloatingNode<Self::N> + Real,
        P: Operand<S: VectorShape, N: NodeOver<Self::E, P::E>>,
        Self::D: SameDevice<P::D>,
    {
        let (x, at) = read(self);
        let (p, coefficients) = read_other::<Self, P>(x.device, coefficients);
        let out: Vec<f64> = at.iter().map(|&x| horner(&coefficients, x)[0]).collect();
        let shape = x.shape;
        result_of_both::<Self, P, _>(x, p, &out, shape, move |gradient, wanted| {
            let by_x = || gradient.iter().zip(&at).map(|(dy, &x)| dy * horner(&coefficients, x)[1]).collect();
            let by_coefficients = || {
                let mut sums = vec![0.0; coefficients.len()];
                for (dy, &x) in gradient.iter().zip(&at) {
                    let mut power = *dy;
                    for sum in sums.iter_mut().rev() {
                        *sum += power;
                        power *= x;
                    }
                }
                sums
            };
            [wanted[0].then(by_x), wanted[1].then(by_coefficients)]
        })
    }
}
impl<X: Operand> Polynomials for X {}

/// The value and the derivative.
fn horner(coefficients: &[f64], x: f64) -> [f64; 2] {
    coefficients.iter().fold([0.0 * x, 0.0], |[value, slope], c| [value * x + c, slope * x + value])
}
