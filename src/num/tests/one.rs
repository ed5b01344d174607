//! One 16-bit float as a lane: an `f32` that is rounded when it is stored, as in the lanes of loops.
//!
//! Apart from the other tests because it tests nothing: [`Simd::One`](super::Simd) is made of it.

use super::Lane;
use crate::elements::for_each_half;
use crate::num::{Half, Num, Scalar};

macro_rules! half_of_one {
    ($($half:ident),*) => {$(
        impl Lane<half::$half> for Scalar<f32> {
            type Wide = Self;
            const N: usize = 1;

            unsafe fn load(p: *const half::$half, n: usize) -> Self {
                // SAFETY: the caller vouches for the element if there is one.
                if n == 0 { Self::c(0.0) } else { Scalar(unsafe { *p }.widen()) }
            }
            unsafe fn store(self, p: *mut half::$half, n: usize) {
                if n > 0 {
                    // SAFETY: the caller vouches for the element if there is one.
                    unsafe { *p = Half::narrow(self.0) }
                }
            }
            unsafe fn scatter(self, p: *mut half::$half, _step: isize, n: usize) {
                // SAFETY: the only element lies at `p`, whatever the step.
                unsafe { Lane::<half::$half>::store(self, p, n) }
            }
            fn splat(x: half::$half) -> Self {
                Scalar(x.widen())
            }
            fn keep_or(self, n: usize, other: Self) -> Self {
                if n > 0 { self } else { other }
            }
            fn hsum(self) -> f32 {
                self.0
            }
            fn hprod(self) -> f32 {
                self.0
            }
            fn hmax(self) -> f32 {
                self.0
            }
            fn hmin(self) -> f32 {
                self.0
            }
            fn wide(self) -> Self {
                self
            }
            fn of_wide(wide: Self) -> Self {
                wide
            }
            fn lanes(self, out: &mut [half::$half]) {
                if let Some(first) = out.first_mut() {
                    *first = Half::narrow(self.0);
                }
            }
            fn from_fn(n: usize, mut f: impl FnMut(usize) -> half::$half) -> Self {
                if n > 0 { Scalar(f(0).widen()) } else { Self::c(0.0) }
            }
        }
    )*};
}
for_each_half!(half_of_one);
