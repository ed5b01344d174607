//! Initialisers: what a weight starts as, seeded by a key.
//!
//! Apart from the layers because the choice belongs to the user; each layer only has a default.

use crate::device::Device;
use crate::dtype::Real;
use crate::random::Key;
use crate::shape::Shape;
use crate::tensor::{Create, Sample, Tensor};

/// How a weight starts. `fan_in` and `fan_out` are the numbers of inputs and outputs of the layer.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// One value everywhere.
    Constant(f64),
    /// Uniform in `[low, high)`.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound, excluded.
        high: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// Uniform in `±gain · √(3 / fan_in)`; `gain = √2` before a ReLU. He et al. 2015, arXiv:1502.01852.
    KaimingUniform {
        /// Factor for the activation that follows.
        gain: f64,
    },
    /// Normal with standard deviation `gain / √fan_in`. He et al. 2015, arXiv:1502.01852.
    KaimingNormal {
        /// Factor for the activation that follows.
        gain: f64,
    },
    /// Uniform in `±gain · √(6 / (fan_in + fan_out))`. Glorot and Bengio 2010.
    XavierUniform {
        /// Factor for the activation that follows.
        gain: f64,
    },
    /// Normal with standard deviation `gain · √(2 / (fan_in + fan_out))`. Glorot and Bengio 2010.
    XavierNormal {
        /// Factor for the activation that follows.
        gain: f64,
    },
}

impl Init {
    /// PyTorch's default for weights of linear layers: uniform in `±1 / √fan_in`.
    pub const DEFAULT: Init = Init::KaimingUniform { gain: 0.577_350_269_189_625_8 };

    /// Uniform for layers that a ReLU follows.
    pub const RELU: Init = Init::KaimingUniform { gain: std::f64::consts::SQRT_2 };
}

/// Making initialised tensors on a device.
pub trait Initialiser: Device {
    /// A tensor of this shape, initialised; the same key gives the same values.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// use congruent::nn::{Init, Initialiser};
    /// let w: Tensor<_, f32> = Cpu.initialised((D::<100>, D::<50>), Init::XavierUniform { gain: 1.0 }, (100, 50),
    /// Key::new(1));
    /// let bound = (6.0f32 / 150.0).sqrt();
    /// assert!(w.as_slice().iter().all(|w| w.abs() <= bound));
    /// ```
    fn initialised<S: Shape, E: Real>(
        self,
        shape: S,
        init: Init,
        (fan_in, fan_out): (usize, usize),
        key: Key,
    ) -> Tensor<S, E, Self> {
        let (fan_in, both) = (fan_in.max(1) as f64, (fan_in + fan_out).max(1) as f64);
        match init {
            Init::Constant(value) => self.full(shape, E::of_f64(value)),
            Init::Uniform { low, high } => self.uniform_of(shape, key, low, high),
            Init::Normal { mean, std } => self.normal_of(shape, key, mean, std),
            Init::KaimingUniform { gain } => symmetric(self, shape, gain * (3.0 / fan_in).sqrt(), key),
            Init::KaimingNormal { gain } => self.normal_of(shape, key, 0.0, gain / fan_in.sqrt()),
            Init::XavierUniform { gain } => symmetric(self, shape, gain * (6.0 / both).sqrt(), key),
            Init::XavierNormal { gain } => self.normal_of(shape, key, 0.0, gain * (2.0 / both).sqrt()),
        }
    }
}
impl<D: Device> Initialiser for D {}

fn symmetric<S: Shape, E: Real, D: Device>(device: D, shape: S, bound: f64, key: Key) -> Tensor<S, E, D> {
    device.uniform_of(shape, key, -bound, bound)
}
