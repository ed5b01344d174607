//! Norms of gradients, of any size: what clipping and [`GradMath`](super::GradMath) measure by.
//!
//! Apart from both because neither overflow nor underflow may stand between a gradient and its norm.

use super::Gradient;
use super::gradient::Elements;
use crate::device::{Buf, Device};
use crate::dims::Off;
use crate::dtype::Real;
use crate::graph::{Leaf, Unary, total};
use crate::ops::unary::Square;

/// A norm that is being summed up, `scale · √squares`: no square is too large or too small for its type.
pub(crate) struct LongNorm {
    scale: f64,
    squares: f64,
}

impl LongNorm {
    pub(crate) fn new() -> Self {
        LongNorm { scale: 1.0, squares: 0.0 }
    }

    pub(crate) fn value(&self) -> f64 {
        self.scale * self.squares.sqrt()
    }

    /// Adds a gradient, if one has arrived.
    pub(crate) fn add<E: Real, D: Device>(&mut self, gradient: &Gradient<E, D>) {
        let Some(values) = gradient.get() else { return };
        // The sum of an `f16` gradient of norm 256 is infinite as an `f16`.
        let device = gradient.device();
        let (scale, squares) = match E::NARROW {
            true => norm::<f32, _>(device, device.convert(values)),
            false => norm(device, values.clone()),
        };
        let nothing = self.squares == 0.0;
        let larger = if nothing || scale > self.scale { scale } else { self.scale };
        let ratios = [self.scale / larger, scale / larger];
        self.squares = if nothing { 0.0 } else { self.squares * ratios[0] * ratios[0] };
        self.squares += if squares == 0.0 { 0.0 } else { squares * ratios[1] * ratios[1] };
        self.scale = larger;
    }
}

/// Scale and sum of squares of a gradient: in one fused loop where all squares fit, else number by number.
fn norm<E: Real, D: Device>(device: D, gradient: Buf<E>) -> (f64, f64) {
    let shape = (Elements(gradient.len()),);
    let values = Unary { op: Square, a: Leaf::<_, _, Off>::constant(gradient.clone(), shape) };
    let squares = device.download_scalar(&total::<E, _, _, _>(device, &values, shape, 1.0)).as_f64();
    // Squares that vanish are below 1e-38 of `f32` and 1e-308 of `f64`: no matter beside such a sum.
    let least = if E::EPSILON < 1e-10 { 1e-280 } else { 1e-20 };
    if squares.is_finite() && squares > least { (1.0, squares) } else { scaled(&device.download(&gradient)) }
}

/// The same of numbers of any size.
fn scaled<E: Real>(gradient: &[E]) -> (f64, f64) {
    let largest = gradient.iter().fold(0.0, |largest: f64, x| largest.max(x.as_f64().abs()));
    let fits = (1e-100..1e100).contains(&largest) || largest == 0.0 || largest.is_infinite();
    let scale = if fits { 1.0 } else { largest };
    let squares = gradient.iter().map(|x| (x.as_f64() / scale) * (x.as_f64() / scale)).sum();
    (scale, squares)
}
