//! Windows that slide over pictures of the device: pooling, patches as columns, and convolutions by these.
//!
//! Parts of pictures, samples and norms are the host's.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::Text;
use super::token::Cuda;
use crate::device::windows::multiplied;
use crate::device::{CopyWork, Storage, WindowWork};
use crate::dtype::Real;
use crate::loops::{Convolution, PoolingWalk, count_product};
use crate::memory::Buf;

impl<const ORDINAL: usize> WindowWork for Cuda<ORDINAL> {
    #[track_caller]
    fn convolve<E: Real>(self, convolution: &Convolution, x: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        let lens = [x.len(), weight.len()];
        assert_eq!(lens, convolution.lens()[..2], "pictures or weight of another length");
        match convolution.as_product(x, weight) {
            Some(product) => multiplied(self, &product, convolution.lens()[2]),
            None => self.convolved(convolution, x, weight),
        }
    }
    #[track_caller]
    fn convolve_to_pictures<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, weight: &Buf<E>) -> Buf<E> {
        let lens = [weight.len(), slope.len()];
        assert_eq!(lens, convolution.lens()[1..], "gradient or weight of another length");
        match convolution.as_product_back(slope, weight) {
            Some(product) => multiplied(self, &product, convolution.lens()[0]),
            // Sums of 16-bit floats go through memory on their way: they are rounded once, at the end.
            None if E::NARROW => {
                let (slope, weight) = (self.convert::<E, f32>(slope), self.convert::<E, f32>(weight));
                self.convert(&self.to_pictures(convolution, &slope, &weight))
            }
            None => self.to_pictures(convolution, slope, weight),
        }
    }
    #[track_caller]
    fn convolve_to_weight<E: Real>(self, convolution: &Convolution, slope: &Buf<E>, x: &Buf<E>) -> Buf<E> {
        let [pictures, _, results] = convolution.lens();
        assert_eq!([x.len(), slope.len()], [pictures, results], "gradient or pictures of another length");
        if E::NARROW {
            let (slope, x) = (self.convert::<E, f32>(slope), self.convert::<E, f32>(x));
            return self.convert(&self.to_weight(convolution, &slope, &x));
        }
        self.to_weight(convolution, slope, x)
    }

    #[track_caller]
    fn pool_max<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        assert_eq!(x.len(), pooling.lens()[0], "pictures of another length");
        let out = self.unwritten(pooling.lens()[1]);
        let addresses = [self.address(x), 0, 0, self.address(&out)];
        // SAFETY: the pictures and the results are as long as the windows ask for.
        unsafe { self.windows::<E>("pool_max", pooling, out.len(), addresses) }
        out
    }
    #[track_caller]
    fn pool_max_back<E: Real>(self, pooling: &PoolingWalk, slope: &Buf<E>, x: &Buf<E>, best: &Buf<E>) -> Buf<E> {
        let lens = ([x.len(), slope.len()], best.len());
        assert_eq!(lens, (pooling.lens(), slope.len()), "gradient or pictures of another length");
        let winners = self.winners("pool_max_winners", pooling, x, best);
        let out = self.unwritten(x.len());
        let addresses = [0, self.address(&winners), self.address(slope), self.address(&out)];
        // SAFETY: there are a gradient and a winner for each window, and as many results as elements.
        unsafe { self.windows::<E>("pool_max_back", pooling, out.len(), addresses) }
        out
    }
    #[track_caller]
    fn pool_mean<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        assert_eq!(x.len(), pooling.lens()[0], "pictures of another length");
        let out = self.unwritten(pooling.lens()[1]);
        let addresses = [self.address(x), 0, 0, self.address(&out)];
        // SAFETY: the pictures and the results are as long as the windows ask for.
        unsafe { self.windows::<E>("pool_mean", pooling, out.len(), addresses) }
        out
    }
    #[track_caller]
    fn pool_mean_back<E: Real>(self, pooling: &PoolingWalk, slope: &Buf<E>) -> Buf<E> {
        assert_eq!(slope.len(), pooling.lens()[1], "gradient of another length");
        let out = self.unwritten(pooling.lens()[0]);
        let addresses = [0, 0, self.address(slope), self.address(&out)];
        // SAFETY: the gradient and the results are as long as the windows ask for.
        unsafe { self.windows::<E>("pool_mean_back", pooling, out.len(), addresses) }
        out
    }

    #[track_caller]
    fn unfold<E: Real>(self, walk: &PoolingWalk, x: &Buf<E>) -> Buf<E> {
        assert_eq!(x.len(), walk.lens()[0], "pictures of another length");
        let out = self.unwritten(patches(walk));
        // SAFETY: the pictures and the columns are as long as the windows ask for.
        unsafe { self.windows::<E>("unfold", walk, out.len(), [self.address(x), 0, 0, self.address(&out)]) }
        out
    }
    #[track_caller]
    fn fold<E: Real>(self, walk: &PoolingWalk, columns: &Buf<E>) -> Buf<E> {
        assert_eq!(columns.len(), patches(walk), "patches of another length");
        let out = self.unwritten(walk.lens()[0]);
        // SAFETY: the columns and the pictures are as long as the windows ask for.
        unsafe { self.windows::<E>("fold", walk, out.len(), [0, 0, self.address(columns), self.address(&out)]) }
        out
    }
    #[track_caller]
    fn pool_max_places<E: Real>(self, pooling: &PoolingWalk, x: &Buf<E>, best: &Buf<E>) -> Buf<i64> {
        let lens = [x.len(), best.len()];
        assert_eq!(lens, pooling.lens(), "pictures or their largest elements of another length");
        self.winners("pool_max_places", pooling, x, best)
    }
}

/// The elements of all patches; where there are no channels, of how many places does not matter.
fn patches(walk: &PoolingWalk) -> usize {
    let (window, count) = (walk.walk.window(), walk.walk.count());
    if walk.channels == 0 { 0 } else { count_product(&[walk.channels, window, count]) }
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// The first of the largest elements of each window, which were held against each other; -1 of none.
    #[track_caller]
    fn winners<E: Real>(self, kernel: &'static str, pooling: &PoolingWalk, x: &Buf<E>, best: &Buf<E>) -> Buf<i64> {
        let out = self.unwritten::<i64>(best.len());
        let addresses = [self.address(x), self.address(best), 0, self.address(&out)];
        // SAFETY: the callers have compared the lengths, and there is a number for each window.
        unsafe { self.windows::<E>(kernel, pooling, out.len(), addresses) }
        out
    }

    /// A kernel over windows that gives so many results; the addresses are those of pictures, of what is best in each
    /// window, of gradients or columns, and of the results.
    ///
    /// # Safety
    /// What the kernel reads and writes there is as long as the windows ask for.
    #[track_caller]
    pub(super) unsafe fn windows<E: Real>(
        self,
        kernel: &'static str,
        pooling: &PoolingWalk,
        results: usize,
        addresses: [u64; 4],
    ) {
        let PoolingWalk { walk, channels } = *pooling;
        let apart = walk.steps.iter().all(|step| step.stride >= step.extent());
        let mut words = vec![channels as u64, u64::from(apart)];
        let sizes = [walk.space, walk.places, walk.steps.map(|step| step.size)];
        let steps = [
            walk.steps.map(|step| step.stride),
            walk.steps.map(|step| step.dilation),
            walk.steps.map(|step| step.before),
        ];
        words.extend(sizes.iter().chain(&steps).flatten().map(|&size| size as u64));
        words.extend(addresses);
        if results > 0 {
            // SAFETY: the caller's contract.
            unsafe { self.run((Text::Windows(E::NAME), kernel), self.over(results), &words) }
        }
    }
}
