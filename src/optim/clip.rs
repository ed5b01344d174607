//! Clipping of gradients, between `value_and_grad` and the optimizer's step.

use crate::device::{Buf, Device};
use crate::dims::{Off, dims};
use crate::dtype::Real;
use crate::graph::{Leaf, Unary, materialise, total};
use crate::model::{EachMut, Grads, Path, Tree};
use crate::ops::Pointwise1;
use crate::ops::arithmetic::Affine;
use crate::ops::unary::{Clamp, Square};

dims! {
    /// The elements of a gradient, whatever its shape.
    Elements = ?,
}

/// Scales all gradients of a model by one factor so that their norm, as one long vector, is at most `max`; returns the
/// norm before.
///
/// The factor is PyTorch's `max / (norm + 1e-6)`. Where the norm is NaN or infinite the gradients stay as they are:
/// look
/// at what is returned before such a step is taken.
///
/// ```
/// use congruent::{optim::clip_grad_norm, prelude::*};
/// let w: Param<Shape![2]> = Cpu.tensor([3.0, 4.0]).into();
/// let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
/// assert_eq!(clip_grad_norm(&mut grads, 1.0), 5.0);
/// assert!((grads.as_slice()[1] - 0.8).abs() < 1e-5);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn clip_grad_norm<E: Real, D: Device, G: Tree<Grads<E, D>>>(grads: &mut G, max: f64) -> f64 {
    let mut squares = Squares(0.0);
    grads.each_mut(&mut squares, &Path::ROOT);
    let norm = squares.0.sqrt();
    let factor = max / (norm + 1e-6);
    if norm.is_finite() && factor < 1.0 {
        grads.each_mut(&mut Apply(Affine { slope: factor, shift: 0.0 }), &Path::ROOT);
    }
    norm
}

/// Moves every element of all gradients into `[-max, max]`; NaN stays.
///
/// ```
/// use congruent::{optim::clip_grad_value, prelude::*};
/// let w: Param<Shape![2]> = Cpu.tensor([3.0, -0.5]).into();
/// let (_, mut grads) = w.value_and_grad(|w| (w.square() * 0.5).sum())?;
/// clip_grad_value(&mut grads, 1.0);
/// assert_eq!(grads.as_slice(), [1.0, -0.5]);
/// # Ok::<(), congruent::Error>(())
/// ```
pub fn clip_grad_value<E: Real, D: Device, G: Tree<Grads<E, D>>>(grads: &mut G, max: f64) {
    grads.each_mut(&mut Apply(Clamp { min: -max, max }), &Path::ROOT);
}

/// Adds up the squares of all elements.
struct Squares(f64);

impl<E: Real, D: Device> EachMut<Grads<E, D>> for Squares {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (gradient, device): &mut (Buf<E>, D)) {
        // The sum of an `f16` gradient of norm 256 is infinite as an `f16`.
        self.0 += match E::NARROW {
            true => squares::<f32, _>(*device, device.convert(gradient)),
            false => squares(*device, gradient.clone()),
        };
    }
}

fn squares<E: Real, D: Device>(device: D, gradient: Buf<E>) -> f64 {
    let shape = (Elements(gradient.len()),);
    let squares = Unary { op: Square, a: Leaf::<_, _, Off>::constant(gradient, shape) };
    let sum = total::<E, _, _, _>(device, &squares, shape, 1.0);
    device.download_scalar(&sum).as_f64()
}

/// Applies a formula to every element.
struct Apply<Op>(Op);

impl<E: Real, D: Device, Op: Pointwise1> EachMut<Grads<E, D>> for Apply<Op> {
    fn param(&mut self, _: &Path<'_>, _: &[usize], (gradient, device): &mut (Buf<E>, D)) {
        let shape = (Elements(gradient.len()),);
        let clipped = Unary { op: self.0, a: Leaf::<_, _, Off>::constant(gradient.clone(), shape) };
        *gradient = materialise(*device, &clipped, shape);
    }
}
