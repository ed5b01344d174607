//! Windows that slide over pictures, parts and samples of these: convolutions, pooling, and their gradients.

use super::cpu::{Cpu, windows};
use super::matrices::MatrixWork;
use crate::dtype::Real;
use crate::loops::{Convolution, PartWalk, PoolingWalk, Product, SampleWalk};
use crate::memory::Buf;

/// Convolutions and pooling. By default they are computed on the host.
///
/// Pictures and weights lie in order. A kernel of one element that moves by 1 is a product of matrices. Sums of 16-bit
/// floats are kept in `f32` and rounded once.
///
/// # Panics
/// Each method, when a buffer has another length than the sizes say.
pub trait WindowWork: MatrixWork {
    /// The convolution of pictures by a weight.
    fn convolve<E: Real>(self, convolution: &Convolution, x: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        match convolution.as_product(x, weight) {
            Some(product) => multiplied(self, &product, convolution.lens()[2]),
            None => self.adopt(windows::convolve(convolution, &self.read(x), &self.read(weight))),
        }
    }
    /// The gradient of the pictures, from that of the result.
    fn convolve_to_pictures<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        match convolution.as_product_back(slope, weight) {
            Some(product) => multiplied(self, &product, convolution.lens()[0]),
            None => self.adopt(windows::to_pictures(convolution, &self.read(slope), &self.read(weight))),
        }
    }
    /// The gradient of the weight, from that of the result.
    fn convolve_to_weight<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_weight(convolution, &self.read(slope), &self.read(x)))
    }

    /// The largest element of each window, for each channel; NaN where one is NaN, -inf where none lies in the picture.
    fn pool_max<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::largest(pooling, &self.read(x)))
    }
    /// Its gradient: each window's goes to the first of its largest elements, or the first NaN; `best` is what
    /// [`pool_max`](WindowWork::pool_max) gave.
    fn pool_max_back<E: Real>(self, pooling: &PoolingWalk, slope: &Buf<E>, x: &Buf<E>, best: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_largest(pooling, &self.read(slope), &self.read(x), &self.read(best)))
    }
    /// The mean of each window, for each channel, where elements outside of the picture are 0.
    fn pool_mean<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::means(pooling, &self.read(x)))
    }
    /// Its gradient: each window's goes in equal parts to its elements.
    fn pool_mean_back<E: Real>(self, pooling: &PoolingWalk, slope: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_means(pooling, &self.read(slope)))
    }

    /// The p-norm of each window, for each channel, where elements outside of the picture are 0.
    fn pool_norm<E: Real>(self, pooling: &PoolingWalk, p: f64, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::norms(&(*pooling, p), &self.read(x)))
    }
    /// Its gradient, from that of the result, the pictures and the norms.
    fn pool_norm_back<E: Real>(self, pooling: &PoolingWalk, p: f64, [slope, x, norms]: [&Buf<E>; 3]) -> Buf<E> {
        self.adopt(windows::to_norms(&(*pooling, p), &self.read(slope), &self.read(x), &self.read(norms)))
    }

    /// The largest element of each part of each channel; NaN where one is NaN, -inf of none.
    fn part_max<E: Real>(self, walk: &PartWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::largest_parts(walk, &self.read(x)))
    }
    /// Its gradient: each part's goes to the first of its largest elements, or the first NaN; `best` is what
    /// [`part_max`](WindowWork::part_max) gave.
    fn part_max_back<E: Real>(self, walk: &PartWalk, slope: &Buf<E>, x: &Buf<E>, best: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_largest_parts(walk, &self.read(slope), &self.read(x), &self.read(best)))
    }
    /// The mean of each part of each channel; NaN of none.
    fn part_mean<E: Real>(self, walk: &PartWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::mean_parts(walk, &self.read(x)))
    }
    /// Its gradient: each part's goes in equal shares to its elements.
    fn part_mean_back<E: Real>(self, walk: &PartWalk, slope: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_mean_parts(walk, &self.read(slope)))
    }

    /// Each channel sampled anew along each axis of space.
    fn resample<E: Real>(self, walk: &SampleWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::sampled(walk, &self.read(x)))
    }
    /// Its gradient.
    fn resample_back<E: Real>(self, walk: &SampleWalk, slope: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_sampled(walk, &self.read(slope)))
    }
}

impl WindowWork for Cpu {}

/// A batch of products that has so many elements.
fn multiplied<E: Real, D: MatrixWork>(device: D, product: &Product<'_, E>, len: usize) -> Buf<E> {
    let mut out = device.unwritten(len);
    device.multiply(product, &mut out);
    out
}
