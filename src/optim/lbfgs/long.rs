//! All parameters as one vector, in as many parts as there are, on their device.

use crate::device::{Buf, Device};
use crate::dtype::Real;
use crate::graph::{Binary, Pointwise1, Pointwise2, Unary, total};
use crate::model::Elements;
use crate::num::Num;
use crate::ops::unary::Abs;
use crate::optim::clip_on_device::{computed, largest, leaf};

/// A vector of the trained parameters' elements.
#[derive(Clone)]
pub(super) struct Long<E: Real, D> {
    pub(super) parts: Vec<Buf<E>>,
    pub(super) device: D,
}

impl<E: Real, D: Device> Long<E, D> {
    /// `x · y`
    pub(super) fn dot(&self, other: &Self) -> f64 {
        let parts = self.parts.iter().zip(&other.parts);
        let products = parts.map(|(a, b)| {
            let shape = (Elements(a.len()),);
            self.number(total(self.device, &Binary { op: Product, a: leaf(a, shape), b: leaf(b, shape) }, shape, 1.0))
        });
        products.sum()
    }

    /// `‖x‖₁`
    pub(super) fn sizes(&self) -> f64 {
        let sizes = self.parts.iter().map(|part| {
            let shape = (Elements(part.len()),);
            self.number(total(self.device, &Unary { op: Abs, a: leaf(part, shape) }, shape, 1.0))
        });
        sizes.sum()
    }

    /// `‖x‖∞`, NaN where an element is.
    pub(super) fn largest(&self) -> f64 {
        let sizes = self.parts.iter().map(|part| self.number(largest(self.device, part)));
        sizes.fold(0.0, |most: f64, size| if size > most || size.is_nan() { size } else { most })
    }

    /// `x + factor · y`
    pub(super) fn plus(&self, other: &Self, factor: f64) -> Self {
        let parts = self.parts.iter().zip(&other.parts).map(|(a, b)| {
            let shape = (Elements(a.len()),);
            computed(self.device, Binary { op: Plus { factor }, a: leaf(a, shape), b: leaf(b, shape) }, shape)
        });
        Long { parts: parts.collect(), device: self.device }
    }

    /// `factor · x`
    pub(super) fn scaled(&self, factor: f64) -> Self {
        self.weighted(std::iter::repeat(factor))
    }

    /// Each part by its own factor.
    pub(super) fn weighted(&self, factors: impl Iterator<Item = f64>) -> Self {
        let parts = self.parts.iter().zip(factors).map(|(a, factor)| {
            let shape = (Elements(a.len()),);
            computed(self.device, Unary { op: Times { factor }, a: leaf(a, shape) }, shape)
        });
        Long { parts: parts.collect(), device: self.device }
    }

    fn number(&self, scalar: Buf<E>) -> f64 {
        self.device.download_scalar(&scalar).as_f64()
    }
}

#[derive(Clone, Copy)]
struct Product;

impl Pointwise2 for Product {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, y: V) -> V {
        x * y
    }
}

#[derive(Clone, Copy)]
struct Plus {
    factor: f64,
}

impl Pointwise2 for Plus {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V, y: V) -> V {
        y.fma(V::c(self.factor), x)
    }
}

#[derive(Clone, Copy)]
struct Times {
    factor: f64,
}

impl Pointwise1 for Times {
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Num>(self, x: V) -> V {
        x * self.factor
    }
}
