//! Whole powers of floats and integers.
//!
//! Apart from the tables because their constants are `f64` for every element type, and this one is a whole number.

use super::unary::power;
use super::{UnaryOfNumbers, unary_of_numbers};
use crate::dtype::{Integer, Numeric};
use crate::graph::{Constants, Exact1, Operand, Pointwise1};
use crate::loops::{Faults, Int};
use crate::num::Num;

/// A power with a constant whole exponent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Powi(u32);

/// `xⁿ` of floats. `f32` has no odd numbers from 2²⁴ on, but all multiples of 256 below 2³², and what is left has the
/// sign.
#[cfg_attr(optimised, inline(always))]
fn whole_power<V: Num>(x: V, exponent: u32) -> V {
    match (exponent, exponent % 256) {
        (0..=0x100_0000, _) | (_, 0) => power(x, f64::from(exponent)),
        (_, rest) => power(x, f64::from(exponent - rest)) * power(x, f64::from(rest)),
    }
}

impl<E: Integer> Exact1<E> for Powi {
    const NAME: &'static str = "powi";
    fn constants(&self) -> Constants {
        vec![("exponent", self.0.to_string())]
    }
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Int<E>>(self, x: V, _: &mut Faults) -> V {
        x.power(self.0)
    }
}

impl Pointwise1 for Powi {
    const NAME: &'static str = "powi";
    fn constants(&self) -> Constants {
        vec![("exponent", self.0.to_string())]
    }
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V) -> V {
        whole_power(x, self.0)
    }
    #[cfg_attr(optimised, inline(always))]
    fn with_derivative<V: Num>(self, x: V) -> (V, V) {
        let slope = if self.0 == 0 { V::c(0.0) } else { whole_power(x, self.0 - 1) * f64::from(self.0) };
        (Pointwise1::value(self, x), slope)
    }
}

/// The method [`powi`](WholePowers::powi).
pub trait WholePowers: Operand + Sized {
    /// A constant whole power, `xⁿ`: of floats as [`powf`](crate::ops::UnaryMath::powf) computes it, but exactly this
    /// power also where `f32` would round `n`; of integers with wrapping around. `x⁰` is 1. A negative power of floats
    /// is `x.powf(-1.0)`; integers have none.
    ///
    /// `dx = n · xⁿ⁻¹`, 0 where `n` is 0.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([-2, 0, 3]).powi(3).eval().as_slice(), [-8, 0, 27]);
    /// assert_eq!(Cpu.tensor([-2.0, 0.5]).powi(3).eval().as_slice(), [-8.0, 0.125]);
    /// ```
    fn powi(self, exponent: u32) -> UnaryOfNumbers<Powi, Self>
    where
        Self::E: Numeric,
    {
        unary_of_numbers(Powi(exponent), self)
    }
}
impl<X: Operand> WholePowers for X {}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn whole_powers_are_those_of_powf() {
        let x: Tensor<Shape![7], f64> = Cpu.tensor_of([-2.5, -1.0, -0.0, 0.5, 1.0, 3.0, f64::INFINITY]);
        for n in 0..9 {
            assert_eq!(x.powi(n).eval(), x.powf(f64::from(n)).eval(), "{n}");
            let w: Param<Shape![7], Weights<f64>> = x.clone().into();
            let (_, whole) = w.value_and_grad(|w| w.powi(n).sum()).expect("a gradient");
            let (_, general) = w.value_and_grad(|w| w.powf(f64::from(n)).sum()).expect("a gradient");
            assert_eq!(whole.as_slice(), general.as_slice(), "{n}");
        }
        for n in [(1 << 24) + 1, u32::MAX] {
            let halves = [f16::NEG_ONE, f16::NEG_ZERO, f16::NEG_INFINITY];
            assert_eq!(Cpu.tensor_of::<f16, _>(halves).powi(n).eval().to_vec(), halves, "{n}");
            assert_eq!(Cpu.tensor_of::<bf16, _>([bf16::NEG_ONE]).powi(n).eval().to_vec(), [bf16::NEG_ONE], "{n}");
            assert_eq!(Cpu.tensor([-1.0, -0.0, -0.5, 1.0]).powi(n).eval().as_slice(), [-1.0, 0.0, 0.0, 1.0], "{n}");
            assert_eq!(Cpu.tensor([-1.0, 1.0]).powi(n - 1).eval().as_slice(), [1.0, 1.0], "{n}");
            let w: Param<Shape![2]> = Cpu.tensor([-1.0, 1.0]).into();
            assert_eq!(w.value_and_grad(|w| w.powi(n).sum()).unwrap().1.as_slice(), [n as f32; 2], "{n}");
            assert_eq!(w.value_and_grad(|w| w.powi(n - 1).sum()).unwrap().1.as_slice(), [-(n as f32), n as f32]);
        }
        // The exponent counts to the last digit.
        let (x, n) = (1.0f32 + f32::EPSILON, (1 << 24) + 129);
        let expected = f64::from(x).powi(n as i32);
        let found = f64::from(Cpu.tensor([x]).powi(n).eval().as_slice()[0]);
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} is not {expected}");
        assert_eq!(Cpu.tensor_of::<f16, _>([f16::from_f32(3.0)]).powi(2).eval().as_slice(), [f16::from_f32(9.0)]);
    }
}
