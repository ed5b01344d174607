//! Registers that every x86-64 processor has, two side by side: as many lanes as AVX2, in the instructions of SSE2.
//!
//! Apart from `portable.rs`, whose arrays would do the same, bit for bit: in plain arrays the compiler finds its
//! vectors anew for each loop, which took half of a user's release build. Apart from `x86.rs` because SSE2 neither
//! masks memory, nor blends, nor rounds to integers.
#![allow(unsafe_code, reason = "the instructions that every processor of the target has")]

use super::bits::Bits;
use super::vector::Vector;
use std::arch::x86_64::*;

/// Two registers as one of twice the lanes.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Two<R>(R, R);

/// The least that `f32` is computed in.
pub(super) type F32 = Two<__m128>;
/// The least that `f64` is computed in.
pub(super) type F64 = Two<__m128d>;

/// All bits set in the first `n` of `N` lanes: a window into eight words of ones that are followed by eight of zeros.
#[cfg_attr(optimised, inline(always))]
fn low_lanes<const N: usize>(n: usize) -> Two<__m128i> {
    static WINDOW: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    let words = n.min(N) * (8 / N);
    // SAFETY: `words` is at most 8, so the eight words from `8 - words` on lie within the sixteen.
    unsafe {
        let first = WINDOW.as_ptr().add(8 - words).cast();
        Two(_mm_loadu_si128(first), _mm_loadu_si128(first.add(1)))
    }
}

/// Methods that are one intrinsic for each half.
macro_rules! halves {
    ($($name:ident($($arg:ident),*): $intrinsic:expr;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self $(, $arg: Self)*) -> Self {
            // SAFETY: every processor of the target has the instruction.
            unsafe { Two($intrinsic(self.0 $(, $arg.0)*), $intrinsic(self.1 $(, $arg.1)*)) }
        }
    )* };
}

/// Lanes chosen by a comparison.
macro_rules! choices {
    ($($name:ident: $compare:ident;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(a: Self, b: Self, then: Self, other: Self) -> Self {
            // SAFETY: see `halves`.
            let mask = unsafe { Two($compare(a.0, b.0), $compare(a.1, b.1)) };
            mask.bits_and(then).bits_or(mask.bits_and_not(other))
        }
    )* };
}

macro_rules! sse2 {
    (
        $register:ty = [$element:ty; $n:literal];
        splat: $splat:ident;
        memory: $load:ident, $store:ident;
        choice: $greater:ident, $at_least:ident, $equal:ident, $signs:ident;
        shifts: $to_integers:ident, $from_integers:ident, $left:expr, $right:expr;
        fused: $fused:ident;
        $($rows:tt)*
    ) => {
        impl Vector for Two<$register> {
            type Element = $element;
            type Lanes = [$element; $n];
            const N: usize = $n;
            const FUSED: bool = cfg!(target_feature = "fma");
            const RARE: bool = true;

            halves! { $($rows)* }
            choices! { if_gt: $greater; if_ge: $at_least; if_eq: $equal; }

            #[cfg_attr(optimised, inline(always))]
            unsafe fn load(p: *const $element, n: usize) -> Self {
                if n == $n {
                    // SAFETY: the caller vouches for all lanes.
                    return unsafe { Two($load(p), $load(p.add($n / 2))) };
                }
                let mut lanes = [0.0; $n];
                // SAFETY: the caller vouches for `n <= N` elements.
                unsafe { std::ptr::copy_nonoverlapping(p, lanes.as_mut_ptr(), n) };
                Self::from_lanes(lanes)
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn store(self, p: *mut $element, n: usize) {
                if n == $n {
                    // SAFETY: the caller vouches for all lanes.
                    unsafe {
                        $store(p, self.0);
                        return $store(p.add($n / 2), self.1);
                    }
                }
                // SAFETY: the caller vouches for `n <= N` elements.
                unsafe { std::ptr::copy_nonoverlapping(self.to_lanes().as_ptr(), p, n) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn first(self, n: usize, other: Self) -> Self {
                let mask = low_lanes::<$n>(n);
                // SAFETY: see `halves`.
                let mask = unsafe { Two($from_integers(mask.0), $from_integers(mask.1)) };
                mask.bits_and(self).bits_or(mask.bits_and_not(other))
            }
            #[cfg_attr(optimised, inline(always))]
            fn to_lanes(self) -> Self::Lanes {
                // SAFETY: two registers are their elements, in order, and any bits are valid on both sides.
                unsafe { std::mem::transmute(self) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn from_lanes(lanes: Self::Lanes) -> Self {
                // SAFETY: as in `to_lanes`.
                unsafe { std::mem::transmute(lanes) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn splat(x: $element) -> Self {
                // SAFETY: see `halves`.
                unsafe { Two($splat(x), $splat(x)) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn fused(self, factor: Self, addend: Self) -> Self {
                match Self::FUSED {
                    // SAFETY: every processor of a target with the feature has the instruction.
                    true => unsafe { Two($fused(self.0, factor.0, addend.0), $fused(self.1, factor.1, addend.1)) },
                    false => self.times(factor).plus(addend),
                }
            }
            #[cfg_attr(optimised, inline(always))]
            fn any_gt(a: Self, b: Self) -> bool {
                // SAFETY: see `halves`.
                unsafe { $signs($greater(a.0, b.0)) | $signs($greater(a.1, b.1)) != 0 }
            }
            /// Rounds to even by adding a number so large that its last digit is worth 1.
            #[cfg_attr(optimised, inline(always))]
            fn nearest(self) -> Self {
                let integers = Self::splat(<$element>::INTEGERS_FROM);
                let large = integers.signed_as(self);
                let rounded = self.plus(large).minus(large).signed_as(self);
                Self::if_gt(integers, self.magnitude(), rounded, self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn down(self) -> Self {
                let rounded = self.nearest();
                Self::if_gt(rounded, self, rounded.minus(Self::constant(1.0)), rounded)
            }
            #[cfg_attr(optimised, inline(always))]
            fn up(self) -> Self {
                self.negated().down().negated()
            }
            #[cfg_attr(optimised, inline(always))]
            fn toward_zero(self) -> Self {
                self.magnitude().down().signed_as(self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn low_to_exponent(self) -> Self {
                // SAFETY: see `halves`.
                unsafe {
                    let shift = |x| $from_integers($left($to_integers(x)));
                    Two(shift(self.0), shift(self.1))
                }
            }
            #[cfg_attr(optimised, inline(always))]
            fn exponent_to_low(self) -> Self {
                // SAFETY: see `halves`.
                unsafe {
                    let shift = |x| $from_integers($right($to_integers(x)));
                    Two(shift(self.0), shift(self.1))
                }
            }
        }
    };
}

sse2! {
    __m128 = [f32; 8];
    splat: _mm_set1_ps;
    memory: _mm_loadu_ps, _mm_storeu_ps;
    choice: _mm_cmpgt_ps, _mm_cmpge_ps, _mm_cmpeq_ps, _mm_movemask_ps;
    shifts: _mm_castps_si128, _mm_castsi128_ps, _mm_slli_epi32::<23>, _mm_srli_epi32::<23>;
    fused: _mm_fmadd_ps;
    plus(other): _mm_add_ps;
    minus(other): _mm_sub_ps;
    times(other): _mm_mul_ps;
    over(other): _mm_div_ps;
    lesser(other): _mm_min_ps;
    greater(other): _mm_max_ps;
    root(): _mm_sqrt_ps;
    bits_and(other): _mm_and_ps;
    bits_and_not(other): _mm_andnot_ps;
    bits_or(other): _mm_or_ps;
    bits_xor(other): _mm_xor_ps;
}

sse2! {
    __m128d = [f64; 4];
    splat: _mm_set1_pd;
    memory: _mm_loadu_pd, _mm_storeu_pd;
    choice: _mm_cmpgt_pd, _mm_cmpge_pd, _mm_cmpeq_pd, _mm_movemask_pd;
    shifts: _mm_castpd_si128, _mm_castsi128_pd, _mm_slli_epi64::<52>, _mm_srli_epi64::<52>;
    fused: _mm_fmadd_pd;
    plus(other): _mm_add_pd;
    minus(other): _mm_sub_pd;
    times(other): _mm_mul_pd;
    over(other): _mm_div_pd;
    lesser(other): _mm_min_pd;
    greater(other): _mm_max_pd;
    root(): _mm_sqrt_pd;
    bits_and(other): _mm_and_pd;
    bits_and_not(other): _mm_andnot_pd;
    bits_or(other): _mm_or_pd;
    bits_xor(other): _mm_xor_pd;
}
