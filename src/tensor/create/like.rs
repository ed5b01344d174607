//! Tensors of another one's shape, element type and device.
//!
//! Apart from `values.rs` because these are methods of a tensor, which says all that is needed but the values.

use super::{Create, Sample};
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::random::Key;
use crate::shape::Shape;
use crate::tensor::Tensor;

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// Zeros of this tensor's shape, element type and device; `false` for `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4]]);
    /// assert_eq!(x.zeros_like(), Cpu.tensor([[0, 0], [0, 0]]));
    /// ```
    pub fn zeros_like(&self) -> Self {
        self.device.zeros_of(self.shape)
    }

    /// Ones of this tensor's shape, element type and device; `true` for `bool`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([5.0, 6.0]).ones_like(), Cpu.tensor([1.0, 1.0]));
    /// ```
    pub fn ones_like(&self) -> Self {
        self.device.ones_of(self.shape)
    }

    /// One value everywhere, in this tensor's shape, element type and device.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([5, 6]).full_like(9), Cpu.tensor([9, 9]));
    /// ```
    pub fn full_like(&self, value: E) -> Self {
        self.device.full(self.shape, value)
    }

    /// The same as [`zeros_like`](Tensor::zeros_like): memory has no unwritten state here.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// assert_eq!(Cpu.tensor([5, 6]).empty_like(), Cpu.tensor([0, 0]));
    /// ```
    pub fn empty_like(&self) -> Self {
        self.zeros_like()
    }
}

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// Uniform numbers in `[0, 1)`, in this tensor's shape, element type and device; see [`Sample::rand`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.rand::<Shape![2, 3]>(Key::new(1));
    /// assert_eq!(x.rand_like(Key::new(1)), x);
    /// ```
    pub fn rand_like(&self, key: Key) -> Self
    where
        E: Real,
    {
        self.device.rand_of(self.shape, key)
    }

    /// Normal numbers of mean 0 and variance 1, in this tensor's shape, element type and device; see [`Sample::randn`].
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.randn::<Shape![2, 3]>(Key::new(1));
    /// assert_eq!(x.randn_like(Key::new(1)), x);
    /// ```
    pub fn randn_like(&self, key: Key) -> Self
    where
        E: Real,
    {
        self.device.randn_of(self.shape, key)
    }
}
