//! Windows that slide over pictures, parts and samples of these: convolutions, pooling, and their gradients.

use super::cpu::{Cpu, windows};
use super::matrices::MatrixWork;
use crate::dtype::Real;
use crate::error::Error;
use crate::loops::{AffineWalk, Convolution, GridWalk, PartWalk, PoolingWalk, Product, SampleWalk, UnpoolWalk};
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

    /// The windows of each channel as columns: a row for each element of the window, a column for each place; zeros
    /// outside of the picture.
    fn unfold<E: Real>(self, walk: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        self.adopt(windows::unfold(walk, &self.read(x)))
    }
    /// Its gradient, and the opposite: columns added up at the elements that they stand for.
    fn fold<E: Real>(self, walk: &PoolingWalk, columns: &Buf<E>) -> Buf<E> {
        self.adopt(windows::fold(walk, &self.read(columns)))
    }

    /// Where the largest element of each window stands in its channel, `best` being what [`WindowWork::pool_max`] gave:
    /// the first of several, the first NaN, and -1 where the window has none.
    fn pool_max_places<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>, best: &Buf<E>) -> Buf<i64> {
        self.adopt(windows::positions(pooling, &self.read(x), &self.read(best)))
    }
    /// Each element at an index of its channel, zeros elsewhere; of several at one index the last stays. An index
    /// outside of the channel is an error.
    fn unpool<E: Real>(self, walk: &UnpoolWalk, x: &Buf<E>, ids: &Buf<i64>) -> Result<Buf<E>, Error> {
        windows::unpool(walk, &self.read(x), &self.read(ids)).map(|out| self.adopt(out))
    }
    /// Its gradient, 0 where a later element was put; the indices were checked before.
    fn unpool_back<E: Real>(self, walk: &UnpoolWalk, slope: &Buf<E>, ids: &Buf<i64>) -> Buf<E> {
        self.adopt(windows::to_unpooled(walk, &self.read(slope), &self.read(ids)))
    }

    /// Each channel at the places of a grid.
    fn sample_at<E: Real>(self, walk: &GridWalk, x: &Buf<E>, grid: &Buf<E>) -> Buf<E> {
        self.adopt(windows::sampled_at(walk, &self.read(x), &self.read(grid)))
    }
    /// The gradient of the pictures, from that of the result.
    fn sample_at_to_pictures<E: Real>(self, walk: &GridWalk, slope: &Buf<E>, grid: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_sampled_at(walk, &self.read(slope), &self.read(grid)))
    }
    /// The gradient of the grid, from that of the result, the pictures and the grid.
    fn sample_at_to_grid<E: Real>(self, walk: &GridWalk, [slope, x, grid]: [&Buf<E>; 3]) -> Buf<E> {
        self.adopt(windows::to_grid(walk, &self.read(slope), &self.read(x), &self.read(grid)))
    }

    /// The places of each affine map, a coordinate for each axis.
    fn affine_places<E: Real>(self, walk: &AffineWalk, maps: &Buf<E>) -> Buf<E> {
        self.adopt(windows::mapped(walk, &self.read(maps)))
    }
    /// Its gradient.
    fn affine_places_back<E: Real>(self, walk: &AffineWalk, slope: &Buf<E>) -> Buf<E> {
        self.adopt(windows::to_maps(walk, &self.read(slope)))
    }
}

impl WindowWork for Cpu {}

/// A batch of products that has so many elements.
pub(super) fn multiplied<E: Real, D: MatrixWork>(device: D, product: &Product<'_, E>, len: usize) -> Buf<E> {
    let mut out = device.unwritten(len);
    device.multiply(product, &mut out);
    out
}
