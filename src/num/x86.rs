//! The registers of AVX-512 and of AVX2 with FMA.
//!
//! Apart from `portable.rs` because every line is an intrinsic: one table a register, filled in by one macro an
//! instruction set, as the two differ in how they choose lanes.
#![allow(unsafe_code, reason = "the instructions of a processor, called where it has them")]

use super::vector::Vector;
use std::arch::x86_64::*;

/// Methods that are one intrinsic each.
macro_rules! intrinsics {
    ($($name:ident($($arg:ident),*): $intrinsic:expr;)*) => { $(
        #[cfg_attr(optimised, inline(always))]
        fn $name(self $(, $arg: Self)*) -> Self {
            // SAFETY: `dispatch` picks this register only where the processor has the instruction.
            unsafe { $intrinsic(self $(, $arg)*) }
        }
    )* };
}

/// Shifts, for which the register has to pose as integers.
macro_rules! shifts {
    ($to_integers:ident, $from_integers:ident, $left:expr, $right:expr) => {
        #[cfg_attr(optimised, inline(always))]
        fn low_to_exponent(self) -> Self {
            // SAFETY: see `intrinsics`.
            unsafe { $from_integers($left($to_integers(self))) }
        }
        #[cfg_attr(optimised, inline(always))]
        fn exponent_to_low(self) -> Self {
            // SAFETY: see `intrinsics`.
            unsafe { $from_integers($right($to_integers(self))) }
        }
    };
}

/// What needs nothing but the size of a register.
macro_rules! layout {
    ($element:ty, $n:literal, $splat:ident) => {
        type Element = $element;
        type Lanes = [$element; $n];
        const N: usize = $n;
        const FUSED: bool = true;

        #[cfg_attr(optimised, inline(always))]
        fn to_lanes(self) -> Self::Lanes {
            // SAFETY: a register is its elements, in order, and any bits are valid on both sides.
            unsafe { std::mem::transmute(self) }
        }
        #[cfg_attr(optimised, inline(always))]
        fn from_lanes(lanes: Self::Lanes) -> Self {
            // SAFETY: as in `to_lanes`.
            unsafe { std::mem::transmute(lanes) }
        }
        #[cfg_attr(optimised, inline(always))]
        fn splat(x: $element) -> Self {
            // SAFETY: see `intrinsics`.
            unsafe { $splat(x) }
        }
    };
}

/// A register of AVX-512: lanes are chosen by a mask register.
macro_rules! avx512 {
    (
        $register:ty = [$element:ty; $n:literal], $mask:ty;
        splat: $splat:ident;
        memory: $load:ident, $store:ident;
        choice: $compare:ident, $blend:ident;
        parts: $mantissa:ident, $exponent:ident;
        shifts: $to_integers:ident, $from_integers:ident, $left:expr, $right:expr;
        $($rows:tt)*
    ) => {
        impl Vector for $register {
            layout!($element, $n, $splat);
            shifts!($to_integers, $from_integers, $left, $right);
            intrinsics! { $($rows)* }

            #[cfg_attr(optimised, inline(always))]
            unsafe fn load(p: *const $element, n: usize) -> Self {
                // SAFETY: lanes outside the mask are not read; the caller vouches for the others.
                unsafe { $load(low_bits(n) as $mask, p) }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn store(self, p: *mut $element, n: usize) {
                // SAFETY: lanes outside the mask are not written; the caller vouches for the others.
                unsafe { $store(p, low_bits(n) as $mask, self) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn first(self, n: usize, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend(low_bits(n) as $mask, other, self) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn any_gt(a: Self, b: Self) -> bool {
                // SAFETY: see `intrinsics`.
                unsafe { $compare::<_CMP_GT_OQ>(a, b) != 0 }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend($compare::<_CMP_GT_OQ>(a, b), other, then) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend($compare::<_CMP_GE_OQ>(a, b), other, then) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend($compare::<_CMP_EQ_OQ>(a, b), other, then) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn power_of_two(n: Self) -> Self {
                Self::constant(1.0).scaled(n)
            }
            #[cfg_attr(optimised, inline(always))]
            fn split(self) -> (Self, Self) {
                // SAFETY: see `intrinsics`.
                unsafe { Self::around_one($mantissa::<_MM_MANT_NORM_1_2, _MM_MANT_SIGN_SRC>(self), $exponent(self)) }
            }
        }
    };
}

/// The lowest `n` bits of a mask.
#[cfg_attr(optimised, inline(always))]
fn low_bits(n: usize) -> u32 {
    // SAFETY: only AVX-512 code calls this, which `dispatch` runs only with BMI2.
    unsafe { _bzhi_u32(u32::MAX, n as u32) }
}

avx512! {
    __m512 = [f32; 16], __mmask16;
    splat: _mm512_set1_ps;
    memory: _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps;
    choice: _mm512_cmp_ps_mask, _mm512_mask_blend_ps;
    parts: _mm512_getmant_ps, _mm512_getexp_ps;
    shifts: _mm512_castps_si512, _mm512_castsi512_ps, _mm512_slli_epi32::<23>, _mm512_srli_epi32::<23>;
    scaled(n): _mm512_scalef_ps;
    plus(other): _mm512_add_ps;
    minus(other): _mm512_sub_ps;
    times(other): _mm512_mul_ps;
    over(other): _mm512_div_ps;
    fused(factor, addend): _mm512_fmadd_ps;
    lesser(other): _mm512_min_ps;
    greater(other): _mm512_max_ps;
    root(): _mm512_sqrt_ps;
    nearest(): _mm512_roundscale_ps::<0x08>;
    down(): _mm512_roundscale_ps::<0x09>;
    up(): _mm512_roundscale_ps::<0x0a>;
    toward_zero(): _mm512_roundscale_ps::<0x0b>;
    bits_and(other): _mm512_and_ps;
    bits_and_not(other): _mm512_andnot_ps;
    bits_or(other): _mm512_or_ps;
    bits_xor(other): _mm512_xor_ps;
}

avx512! {
    __m512d = [f64; 8], __mmask8;
    splat: _mm512_set1_pd;
    memory: _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd;
    choice: _mm512_cmp_pd_mask, _mm512_mask_blend_pd;
    parts: _mm512_getmant_pd, _mm512_getexp_pd;
    shifts: _mm512_castpd_si512, _mm512_castsi512_pd, _mm512_slli_epi64::<52>, _mm512_srli_epi64::<52>;
    scaled(n): _mm512_scalef_pd;
    plus(other): _mm512_add_pd;
    minus(other): _mm512_sub_pd;
    times(other): _mm512_mul_pd;
    over(other): _mm512_div_pd;
    fused(factor, addend): _mm512_fmadd_pd;
    lesser(other): _mm512_min_pd;
    greater(other): _mm512_max_pd;
    root(): _mm512_sqrt_pd;
    nearest(): _mm512_roundscale_pd::<0x08>;
    down(): _mm512_roundscale_pd::<0x09>;
    up(): _mm512_roundscale_pd::<0x0a>;
    toward_zero(): _mm512_roundscale_pd::<0x0b>;
    bits_and(other): _mm512_and_pd;
    bits_and_not(other): _mm512_andnot_pd;
    bits_or(other): _mm512_or_pd;
    bits_xor(other): _mm512_xor_pd;
}

/// A register of AVX2: lanes are chosen by the sign bits of another register.
macro_rules! avx2 {
    (
        $register:ty = [$element:ty; $n:literal];
        splat: $splat:ident;
        memory: $load_all:ident, $load:ident, $store_all:ident, $store_some:ident;
        choice: $compare:ident, $blend:ident, $signs:ident;
        shifts: $to_integers:ident, $from_integers:ident, $left:expr, $right:expr;
        $($rows:tt)*
    ) => {
        impl Vector for $register {
            layout!($element, $n, $splat);
            shifts!($to_integers, $from_integers, $left, $right);
            intrinsics! { $($rows)* }

            #[cfg_attr(optimised, inline(always))]
            unsafe fn load(p: *const $element, n: usize) -> Self {
                if n == $n {
                    // SAFETY: the caller vouches for all lanes.
                    return unsafe { $load_all(p) };
                }
                // SAFETY: lanes outside the mask are not read; the caller vouches for the others.
                unsafe { $load(p, low_lanes::<$n>(n)) }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn store(self, p: *mut $element, n: usize) {
                if n == $n {
                    // SAFETY: the caller vouches for all lanes.
                    return unsafe { $store_all(p, self) };
                }
                // SAFETY: the caller vouches for these lanes.
                unsafe { $store_some(p, n, self) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn first(self, n: usize, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend(other, self, $from_integers(low_lanes::<$n>(n))) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn any_gt(a: Self, b: Self) -> bool {
                // SAFETY: see `intrinsics`.
                unsafe { $signs($compare::<_CMP_GT_OQ>(a, b)) != 0 }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_gt(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend(other, then, $compare::<_CMP_GT_OQ>(a, b)) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_ge(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend(other, then, $compare::<_CMP_GE_OQ>(a, b)) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn if_eq(a: Self, b: Self, then: Self, other: Self) -> Self {
                // SAFETY: see `intrinsics`.
                unsafe { $blend(other, then, $compare::<_CMP_EQ_OQ>(a, b)) }
            }
        }
    };
}

/// All bits set in the first `n` of `N` lanes: a window into eight words of ones that are followed by eight of zeros.
#[cfg_attr(optimised, inline(always))]
fn low_lanes<const N: usize>(n: usize) -> __m256i {
    static WINDOW: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    let words = n.min(N) * (8 / N);
    // SAFETY: `words` is at most 8, so the eight words from `8 - words` on lie within the sixteen.
    unsafe { _mm256_loadu_si256(WINDOW.as_ptr().add(8 - words).cast()) }
}

/// The first `n` lanes of less than eight, by halves. Stores under a mask take tens of cycles each on some processors.
///
/// # Safety
/// There is room for them.
#[cfg_attr(optimised, inline(always))]
unsafe fn store_some_ps(mut p: *mut f32, n: usize, lanes: __m256) {
    // SAFETY: see `intrinsics`; each part is some of the `n` lanes, behind those that were stored.
    unsafe {
        let mut left = _mm256_castps256_ps128(lanes);
        if n & 4 != 0 {
            _mm_storeu_ps(p, left);
            (left, p) = (_mm256_extractf128_ps::<1>(lanes), p.add(4));
        }
        if n & 2 != 0 {
            _mm_storel_pd(p.cast(), _mm_castps_pd(left));
            (left, p) = (_mm_movehl_ps(left, left), p.add(2));
        }
        if n & 1 != 0 {
            _mm_store_ss(p, left);
        }
    }
}

/// The first `n` lanes of less than four.
///
/// # Safety
/// There is room for them.
#[cfg_attr(optimised, inline(always))]
unsafe fn store_some_pd(mut p: *mut f64, n: usize, lanes: __m256d) {
    // SAFETY: as for `store_some_ps`.
    unsafe {
        let mut left = _mm256_castpd256_pd128(lanes);
        if n & 2 != 0 {
            _mm_storeu_pd(p, left);
            (left, p) = (_mm256_extractf128_pd::<1>(lanes), p.add(2));
        }
        if n & 1 != 0 {
            _mm_store_sd(p, left);
        }
    }
}

avx2! {
    __m256 = [f32; 8];
    splat: _mm256_set1_ps;
    memory: _mm256_loadu_ps, _mm256_maskload_ps, _mm256_storeu_ps, store_some_ps;
    choice: _mm256_cmp_ps, _mm256_blendv_ps, _mm256_movemask_ps;
    shifts: _mm256_castps_si256, _mm256_castsi256_ps, _mm256_slli_epi32::<23>, _mm256_srli_epi32::<23>;
    plus(other): _mm256_add_ps;
    minus(other): _mm256_sub_ps;
    times(other): _mm256_mul_ps;
    over(other): _mm256_div_ps;
    fused(factor, addend): _mm256_fmadd_ps;
    lesser(other): _mm256_min_ps;
    greater(other): _mm256_max_ps;
    root(): _mm256_sqrt_ps;
    nearest(): _mm256_round_ps::<0x08>;
    down(): _mm256_round_ps::<0x09>;
    up(): _mm256_round_ps::<0x0a>;
    toward_zero(): _mm256_round_ps::<0x0b>;
    bits_and(other): _mm256_and_ps;
    bits_and_not(other): _mm256_andnot_ps;
    bits_or(other): _mm256_or_ps;
    bits_xor(other): _mm256_xor_ps;
}

avx2! {
    __m256d = [f64; 4];
    splat: _mm256_set1_pd;
    memory: _mm256_loadu_pd, _mm256_maskload_pd, _mm256_storeu_pd, store_some_pd;
    choice: _mm256_cmp_pd, _mm256_blendv_pd, _mm256_movemask_pd;
    shifts: _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_slli_epi64::<52>, _mm256_srli_epi64::<52>;
    plus(other): _mm256_add_pd;
    minus(other): _mm256_sub_pd;
    times(other): _mm256_mul_pd;
    over(other): _mm256_div_pd;
    fused(factor, addend): _mm256_fmadd_pd;
    lesser(other): _mm256_min_pd;
    greater(other): _mm256_max_pd;
    root(): _mm256_sqrt_pd;
    nearest(): _mm256_round_pd::<0x08>;
    down(): _mm256_round_pd::<0x09>;
    up(): _mm256_round_pd::<0x0a>;
    toward_zero(): _mm256_round_pd::<0x0b>;
    bits_and(other): _mm256_and_pd;
    bits_and_not(other): _mm256_andnot_pd;
    bits_or(other): _mm256_or_pd;
    bits_xor(other): _mm256_xor_pd;
}
