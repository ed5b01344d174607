//! `Stored<E>`, what lies in memory where a register computes: its own elements, or others that it converts.
//!
//! Apart from `vector.rs` because a register has one type of elements and may have several in memory: `f16` and `bf16`
//! are loaded into registers of `f32` and rounded when they are stored.
#![allow(unsafe_code, reason = "lanes load and store through pointers")]

use super::base;
use super::half::Half;
use super::vector::Vector;
use crate::elements::for_each_half;

/// At least as many elements as any register holds.
const MOST: usize = 16;

/// A register whose lanes are kept in memory as `E`.
pub(super) trait Stored<E: Copy + Default>: Vector {
    /// Reads `n` elements, 0 elsewhere.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is readable.
    unsafe fn read(p: *const E, n: usize) -> Self;
    /// Writes the first `n` elements, each rounded to the nearest `E`, halves to even.
    ///
    /// # Safety
    /// `n <= N`, and `p .. p + n` is writable.
    unsafe fn write(self, p: *mut E, n: usize);

    /// `x` in every lane.
    #[cfg_attr(optimised, inline(always))]
    fn spread(x: E) -> Self {
        // SAFETY: no register has more lanes than there are elements here.
        unsafe { Self::read([x; MOST].as_ptr(), Self::N) }
    }
    /// `f(0), f(1), …` in the first `n` lanes, 0 in the others.
    #[cfg_attr(optimised, inline(always))]
    fn collect(n: usize, mut f: impl FnMut(usize) -> E) -> Self {
        let mut elements = [E::default(); MOST];
        for (i, element) in elements.iter_mut().enumerate().take(n) {
            *element = f(i);
        }
        // SAFETY: as in `spread`.
        unsafe { Self::read(elements.as_ptr(), Self::N) }
    }
    /// Hands the first `n` lanes to `f`.
    #[cfg_attr(optimised, inline(always))]
    fn each(self, n: usize, mut f: impl FnMut(usize, E)) {
        let mut elements = [E::default(); MOST];
        // SAFETY: as in `spread`.
        unsafe { self.write(elements.as_mut_ptr(), Self::N) }
        for (i, &element) in elements.iter().enumerate().take(n) {
            f(i, element);
        }
    }
}

/// The register's own elements: nothing is converted.
impl<V: Vector> Stored<V::Element> for V {
    #[cfg_attr(optimised, inline(always))]
    unsafe fn read(p: *const V::Element, n: usize) -> Self {
        // SAFETY: the caller's contract is the same.
        unsafe { V::load(p, n) }
    }
    #[cfg_attr(optimised, inline(always))]
    unsafe fn write(self, p: *mut V::Element, n: usize) {
        // SAFETY: the caller's contract is the same.
        unsafe { self.store(p, n) }
    }
    #[cfg_attr(optimised, inline(always))]
    fn spread(x: V::Element) -> Self {
        V::splat(x)
    }
    #[cfg_attr(optimised, inline(always))]
    fn collect(n: usize, mut f: impl FnMut(usize) -> V::Element) -> Self {
        let mut lanes = V::splat(V::Element::default()).to_lanes();
        for (i, lane) in lanes.as_mut().iter_mut().enumerate().take(n) {
            *lane = f(i);
        }
        V::from_lanes(lanes)
    }
    #[cfg_attr(optimised, inline(always))]
    fn each(self, n: usize, mut f: impl FnMut(usize, V::Element)) {
        let lanes = self.to_lanes();
        for (i, &lane) in lanes.as_ref().iter().enumerate().take(n) {
            f(i, lane);
        }
    }
}

/// Registers that cannot convert: each element is converted by itself.
macro_rules! converted {
    ($($half:ident),*) => { $(
        impl Stored<half::$half> for base::F32 {
            #[cfg_attr(optimised, inline(always))]
            unsafe fn read(p: *const half::$half, n: usize) -> Self {
                let mut lanes = [0.0; <Self as Vector>::N];
                for (i, lane) in lanes.iter_mut().enumerate().take(n) {
                    // SAFETY: the caller vouches for `n` elements.
                    *lane = unsafe { *p.add(i) }.widen();
                }
                Self::from_lanes(lanes)
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn write(self, p: *mut half::$half, n: usize) {
                for (i, &lane) in self.to_lanes().iter().enumerate().take(n) {
                    // SAFETY: the caller vouches for `n` elements.
                    unsafe { *p.add(i) = half::$half::narrow(lane) }
                }
            }
        }
    )* };
}

for_each_half!(converted);
