//! Registers of keys: those of AVX-512, and of AVX2.
//!
//! Apart from `lanes` because every line is an intrinsic.
#![allow(unsafe_code, reason = "the instructions of a processor, called where it has them")]

use super::lanes::Lanes;
use std::arch::x86_64::*;

/// Reading, writing and comparing whole registers.
macro_rules! whole {
    ($Key:ty, $n:literal; $load:ident, $store:ident, $splat:ident, $lesser:ident, $greater:ident) => {
        type Key = $Key;
        const N: usize = $n;

        /// # Safety
        /// As the trait says.
        #[cfg_attr(optimised, inline(always))]
        unsafe fn load(place: *const $Key) -> Self {
            // SAFETY: the caller vouches for all lanes.
            Self(unsafe { $load(place.cast()) })
        }
        /// # Safety
        /// As the trait says.
        #[cfg_attr(optimised, inline(always))]
        unsafe fn store(self, place: *mut $Key) {
            // SAFETY: the caller vouches for all lanes.
            unsafe { $store(place.cast(), self.0) }
        }
        #[cfg_attr(optimised, inline(always))]
        fn splat(key: $Key) -> Self {
            // SAFETY: `Part` picks this register only where the processor has the instructions.
            Self(unsafe { $splat(key) })
        }
        #[cfg_attr(optimised, inline(always))]
        fn lesser(self, other: Self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $lesser(self.0, other.0) })
        }
        #[cfg_attr(optimised, inline(always))]
        fn greater(self, other: Self) -> Self {
            // SAFETY: as in `splat`.
            Self(unsafe { $greater(self.0, other.0) })
        }
    };
}

/// A register of AVX-512: lanes are chosen by a mask register, and gathered under it.
macro_rules! avx512 {
    (
        $Register:ident = [$Key:ty; $n:literal], $Mask:ty, $numbers:expr;
        $splat:ident, $lesser:ident, $greater:ident;
        $permute:ident, $xor:ident, $blend:ident, $test:ident, $below:ident, $gather:ident, $store_some:ident
    ) => {
        #[derive(Clone, Copy)]
        pub(super) struct $Register(__m512i);

        impl Lanes for $Register {
            whole!($Key, $n; _mm512_loadu_si512, _mm512_storeu_si512, $splat, $lesser, $greater);

            #[cfg_attr(optimised, inline(always))]
            fn crossed(self, bits: usize) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe { $permute($xor($numbers, $splat(bits as $Key)), self.0) })
            }
            #[cfg_attr(optimised, inline(always))]
            fn by_bit(bit: usize, clear: Self, set: Self) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe { $blend($test($numbers, $splat(bit as $Key)), clear.0, set.0) })
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn divide(self, pivot: Self, low: *mut $Key, high: *mut $Key) -> usize {
                // SAFETY: as in `splat`. The caller vouches for a register at `low`, and for one before `high`, where
                // no more lanes are written than there are left.
                unsafe {
                    let below = $below(self.0, pivot.0);
                    let count = below.count_ones() as usize;
                    _mm512_storeu_si512(low.cast(), $gather(below, self.0));
                    let others = $n - count;
                    let first = _bzhi_u32(u32::MAX, others as u32) as $Mask;
                    $store_some(high.sub(others), first, $gather(!below, self.0));
                    count
                }
            }
        }
    };
}

avx512! {
    Sixteen = [i32; 16], __mmask16, _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    _mm512_set1_epi32, _mm512_min_epi32, _mm512_max_epi32;
    _mm512_permutexvar_epi32, _mm512_xor_si512, _mm512_mask_blend_epi32, _mm512_test_epi32_mask,
    _mm512_cmplt_epi32_mask, _mm512_maskz_compress_epi32, _mm512_mask_storeu_epi32
}

avx512! {
    EightWide = [i64; 8], __mmask8, _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    _mm512_set1_epi64, _mm512_min_epi64, _mm512_max_epi64;
    _mm512_permutexvar_epi64, _mm512_xor_si512, _mm512_mask_blend_epi64, _mm512_test_epi64_mask,
    _mm512_cmplt_epi64_mask, _mm512_maskz_compress_epi64, _mm512_mask_storeu_epi64
}

/// For each mask of `LANES` lanes, of `WORDS` words each, all words: those of the mask first, both parts in order. A
/// word's number has four bits.
const fn orders<const LANES: u32, const WORDS: u32, const MASKS: usize>() -> [u32; MASKS] {
    let mut orders = [0; MASKS];
    let mut mask = 0;
    while mask < MASKS {
        let (mut inside, mut outside) = (0, (mask as u32).count_ones());
        let mut lane = 0;
        while lane < LANES {
            let place = if mask >> lane & 1 == 1 { &mut inside } else { &mut outside };
            let mut word = 0;
            while word < WORDS {
                orders[mask] |= (lane * WORDS + word) << (4 * (*place * WORDS + word));
                word += 1;
            }
            *place += 1;
            lane += 1;
        }
        mask += 1;
    }
    orders
}
static OF_EIGHT: [u32; 256] = orders::<8, 1, 256>();
static OF_FOUR: [u32; 16] = orders::<4, 2, 16>();

/// Eight words in this order.
#[cfg_attr(optimised, inline(always))]
fn in_order(words: __m256i, order: u32) -> __m256i {
    // SAFETY: only the registers of AVX2 call this, which are used where the processor has it. Of each number the
    // instruction reads three bits.
    unsafe {
        let shifts = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
        _mm256_permutevar8x32_epi32(words, _mm256_srlv_epi32(_mm256_set1_epi32(order as i32), shifts))
    }
}

/// The lesser of each two.
///
/// # Safety
/// The processor has AVX2.
#[cfg_attr(optimised, inline(always))]
unsafe fn lesser_epi64(a: __m256i, b: __m256i) -> __m256i {
    // SAFETY: the caller's word.
    unsafe { _mm256_blendv_epi8(a, b, _mm256_cmpgt_epi64(a, b)) }
}

/// The greater of each two.
///
/// # Safety
/// The processor has AVX2.
#[cfg_attr(optimised, inline(always))]
unsafe fn greater_epi64(a: __m256i, b: __m256i) -> __m256i {
    // SAFETY: the caller's word.
    unsafe { _mm256_blendv_epi8(b, a, _mm256_cmpgt_epi64(a, b)) }
}

/// A register of AVX2: lanes are moved by a table of all masks.
macro_rules! avx2 {
    (
        $Register:ident = [$Key:ty; $n:literal], $numbers:expr;
        $splat:ident, $lesser:ident, $greater:ident;
        words $words:literal, $equal:ident, $greater_than:ident, $signs:ident($to_floats:ident), $orders:ident
    ) => {
        #[derive(Clone, Copy)]
        pub(super) struct $Register(__m256i);

        impl Lanes for $Register {
            whole!($Key, $n; _mm256_loadu_si256, _mm256_storeu_si256, $splat, $lesser, $greater);

            #[cfg_attr(optimised, inline(always))]
            fn crossed(self, bits: usize) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe {
                    let words = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
                    let bits = _mm256_set1_epi32($words * bits as i32);
                    _mm256_permutevar8x32_epi32(self.0, _mm256_xor_si256(words, bits))
                })
            }
            #[cfg_attr(optimised, inline(always))]
            fn by_bit(bit: usize, clear: Self, set: Self) -> Self {
                // SAFETY: as in `splat`.
                Self(unsafe {
                    let bit = $splat(bit as $Key);
                    _mm256_blendv_epi8(clear.0, set.0, $equal(_mm256_and_si256($numbers, bit), bit))
                })
            }
            #[cfg_attr(optimised, inline(always))]
            unsafe fn divide(self, pivot: Self, low: *mut $Key, high: *mut $Key) -> usize {
                // SAFETY: as in `splat`. The caller vouches for a register at `low` and for one before `high`.
                unsafe {
                    let below = $signs($to_floats($greater_than(pivot.0, self.0))) as usize;
                    let divided = Self(in_order(self.0, $orders[below % $orders.len()]));
                    divided.store(low);
                    divided.store(high.sub($n));
                    below.count_ones() as usize
                }
            }
        }
    };
}

avx2! {
    Eight = [i32; 8], _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_set1_epi32, _mm256_min_epi32, _mm256_max_epi32;
    words 1, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_movemask_ps(_mm256_castsi256_ps), OF_EIGHT
}

avx2! {
    Four = [i64; 4], _mm256_setr_epi64x(0, 1, 2, 3);
    _mm256_set1_epi64x, lesser_epi64, greater_epi64;
    words 2, _mm256_cmpeq_epi64, _mm256_cmpgt_epi64, _mm256_movemask_pd(_mm256_castsi256_pd), OF_FOUR
}
