//! The tensor itself.
//!
//! Apart from what is done with it: three fields, which only this crate puts together.

use crate::device::{Buf, Cpu};

/// A tensor of shape `S` with elements `E` on device `D`, in row-major order. Cloning shares the memory; writing to a
/// shared tensor copies it first.
///
/// ```
/// use congruent::prelude::*;
/// let x: Tensor<Shape![2, 3]> = Cpu.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!((&x * 2.0).eval().as_slice()[5], 12.0);
/// ```
///
#[doc = include_str!("operations.md")]
pub struct Tensor<S, E = f32, D = Cpu> {
    pub(crate) buf: Buf<E>,
    pub(crate) shape: S,
    pub(crate) device: D,
}

impl<S: Copy, E, D: Copy> Clone for Tensor<S, E, D> {
    fn clone(&self) -> Self {
        Tensor { buf: self.buf.clone(), shape: self.shape, device: self.device }
    }
}
