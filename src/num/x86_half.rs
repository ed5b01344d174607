//! 16-bit floats in the registers of AVX2 and AVX-512.
//!
//! Apart from `x86.rs` because these registers compute in `f32`: here is how they are filled and emptied. `f16` has
//! instructions (F16C, AVX-512 F), `bf16` is the upper half of an `f32`.
#![allow(unsafe_code, reason = "instructions of a register that `dispatch` picks after the processor was asked")]

use super::stored::Stored;
use half::{bf16, f16};
use std::arch::x86_64::*;

/// Sixteen 16-bit elements at most, under a mask.
macro_rules! sixteen {
    ($half:ty: |$bits:ident| $widen:expr, |$x:ident| $narrow:expr) => {
        impl Stored<$half> for __m512 {
            #[cfg_attr(optimised, inline(always))]
            unsafe fn read(p: *const $half, n: usize) -> Self {
                // SAFETY: lanes outside the mask are not read, the caller vouches for the others; `dispatch` picks this
                // register only where the processor has the instructions.
                unsafe {
                    let $bits = _mm256_maskz_loadu_epi16(low_bits(n), p.cast());
                    $widen
                }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn write(self, p: *mut $half, n: usize) {
                let $x = self;
                // SAFETY: as in `read`.
                unsafe { _mm256_mask_storeu_epi16(p.cast(), low_bits(n), $narrow) }
            }
        }
    };
}

/// The lowest `n` bits of a mask.
#[cfg_attr(optimised, inline(always))]
fn low_bits(n: usize) -> __mmask16 {
    // SAFETY: only AVX-512 code calls this, which `dispatch` runs only with BMI2.
    unsafe { _bzhi_u32(u32::MAX, n as u32) as __mmask16 }
}

/// To the nearest, halves to even, without raising floating-point exceptions.
const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;

sixteen!(f16: |bits| _mm512_cvtph_ps(bits), |x| _mm512_cvtps_ph::<NEAREST>(x));
sixteen!(
    bf16: |bits| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits))),
    |x| {
        let bits = _mm512_castps_si512(x);
        let odd = _mm512_and_si512(_mm512_srli_epi32::<16>(bits), _mm512_set1_epi32(1));
        let rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
        let quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x40_0000));
        let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(x, x);
        _mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(_mm512_mask_blend_epi32(nan, rounded, quiet)))
    }
);

/// Eight 16-bit elements at most; fewer go through an array, as AVX2 has masks for whole words only.
macro_rules! eight {
    ($half:ty: |$bits:ident| $widen:expr, |$x:ident| $narrow:expr) => {
        impl Stored<$half> for __m256 {
            #[cfg_attr(optimised, inline(always))]
            unsafe fn read(p: *const $half, n: usize) -> Self {
                let mut some = [0_u16; 8];
                let from = if n == 8 {
                    p.cast()
                } else {
                    // SAFETY: the caller vouches for `n <= 8` elements.
                    unsafe { std::ptr::copy_nonoverlapping(p.cast(), some.as_mut_ptr(), n) };
                    some.as_ptr()
                };
                // SAFETY: eight elements are there; `dispatch` picks this register only where the processor has the
                // instructions.
                unsafe {
                    let $bits = _mm_loadu_si128(from.cast());
                    $widen
                }
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn write(self, p: *mut $half, n: usize) {
                let $x = self;
                // SAFETY: as in `read`.
                let bits = unsafe { $narrow };
                if n == 8 {
                    // SAFETY: the caller vouches for all eight.
                    return unsafe { _mm_storeu_si128(p.cast(), bits) };
                }
                let mut all = [0_u16; 8];
                // SAFETY: eight elements fit the array, and the caller vouches for `n <= 8`.
                unsafe {
                    _mm_storeu_si128(all.as_mut_ptr().cast(), bits);
                    std::ptr::copy_nonoverlapping(all.as_ptr(), p.cast(), n);
                }
            }
        }
    };
}

eight!(f16: |bits| _mm256_cvtph_ps(bits), |x| _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(x));
eight!(
    bf16: |bits| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(bits))),
    |x| {
        let bits = _mm256_castps_si256(x);
        let odd = _mm256_and_si256(_mm256_srli_epi32::<16>(bits), _mm256_set1_epi32(1));
        let rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
        let quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x40_0000));
        let nan = _mm256_castps_si256(_mm256_cmp_ps::<_CMP_UNORD_Q>(x, x));
        let upper = _mm256_srli_epi32::<16>(_mm256_blendv_epi8(rounded, quiet, nan));
        _mm_packus_epi32(_mm256_castsi256_si128(upper), _mm256_extracti128_si256::<1>(upper))
    }
);
