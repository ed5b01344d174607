//! How a loop gets to the lanes of an instruction set.
//!
//! Apart from the level because here the registers are known.
#![allow(unsafe_code, reason = "functions of an instruction set are called where the processor has it")]

use super::engine::{Engine, Gemm, GemmCall, Memory, Share};
use super::gemm;
use super::lane::sealed;
use super::level::{Level, level};
use super::pack::Pack;
use super::{Half, Kernel, Simd, base};
use crate::elements::for_each_half;

/// Runs a loop with the widest lanes that [`level`] allows; see [`Kernel`] for an example.
#[inline]
pub fn dispatch<E: Simd, K: Kernel<E>>(kernel: K) -> K::Out {
    // SAFETY: `level` never exceeds `best`, what the processor has.
    unsafe { E::run(kernel, level()) }
}

/// Bytes that lanes of half the widest ones hold.
const HALF: usize = 32;

/// The same for rows of this length, by lanes of half the width where the level has the widest ones and a row fills no
/// more: what is written under a mask holds up whoever reads beside it. With the same bits, as both have fused
/// multiply-add.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn dispatch_rows<E: Simd, K: Kernel<E>>(row: usize, kernel: K) -> K::Out {
    let most = if row * size_of::<E::Wide>() <= HALF { Level::Avx2 } else { Level::Avx512 };
    // SAFETY: as above; every processor of a level has those below it.
    unsafe { E::run(kernel, level().min(most)) }
}

/// A loop over plain elements, without lanes: the compiler vectorises it, once for what every processor has and once
/// for AVX2.
pub(crate) trait Plain {
    /// What the loop gives.
    type Out;
    /// The loop. All that it calls is inlined by an attribute: what is not is compiled without the instruction set.
    fn run(self) -> Self::Out;
}

/// Runs a plain loop by the widest registers of the two that [`level`] allows.
#[inline]
pub(crate) fn vectorised<P: Plain>(work: P) -> P::Out {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
        fn avx2<P: Plain>(work: P) -> P::Out {
            work.run()
        }
        if level() >= Level::Avx2 {
            // SAFETY: the level never exceeds what the processor has.
            return unsafe { avx2(work) };
        }
    }
    work.run()
}

/// `Simd` for an element, given its lanes from the least to the most level.
macro_rules! simd {
    ($element:ty as $wide:ty: $portable:ty, $avx2:ty, $avx512:ty;
     sums by $to_sum:expr, $of_sum:expr; else gemm $gemm:expr) => {
        impl sealed::Sealed for $element {}
        impl Simd for $element {
            type Wide = $wide;
            type Sum = f64;
            const ENGINE: Engine<$element, $wide> = {
                // Compiled here, and not once more in each crate that multiplies anything.
                //
                // # Safety
                // As `Engine` says.
                unsafe fn product(call: &GemmCall<$element, $wide>, memory: Memory<'_, $wide>, share: Share<'_>) {
                    // SAFETY: the caller's contract.
                    unsafe { gemm::product(call, memory, share) }
                }
                product
            };
            const GEMM: Option<Gemm<$element>> = $gemm;
            #[cfg(test)]
            type One = super::Scalar<$wide>;
            #[cfg_attr(optimised, inline(always))]
            fn to_sum(self) -> f64 {
                $to_sum(self)
            }
            #[cfg_attr(optimised, inline(always))]
            fn of_sum(sum: f64) -> Self {
                $of_sum(sum)
            }

            #[cfg(target_arch = "x86_64")]
            #[inline]
            unsafe fn run<K: Kernel<Self>>(kernel: K, level: Level) -> K::Out {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
                fn avx512<K: Kernel<$element>>(kernel: K) -> K::Out {
                    kernel.run::<$avx512>()
                }
                #[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2<K: Kernel<$element>>(kernel: K) -> K::Out {
                    kernel.run::<$avx2>()
                }
                // Out of line: a loop is dispatched from two places, and would be compiled for both.
                #[inline(never)]
                fn portable<K: Kernel<$element>>(kernel: K) -> K::Out {
                    kernel.run::<$portable>()
                }
                match level {
                    Level::Portable => portable(kernel),
                    // SAFETY: the caller vouches for the level, which stands for exactly these features.
                    Level::Avx2 => unsafe { avx2(kernel) },
                    // SAFETY: as above.
                    Level::Avx512 => unsafe { avx512(kernel) },
                }
            }

            #[cfg(not(target_arch = "x86_64"))]
            #[inline]
            unsafe fn run<K: Kernel<Self>>(kernel: K, _level: Level) -> K::Out {
                kernel.run::<$portable>()
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m256d, __m512, __m512d};

/// What is computed in `f32`.
macro_rules! halves {
    ($($half:ident),*) => { $(
        simd! {
            half::$half as f32: Pack<base::F32>, Pack<__m256>, Pack<__m512>;
            sums by |x: half::$half| f64::from(x.widen()), Half::narrow_f64; else gemm None
        }
    )* };
}
for_each_half!(halves);
simd! {
    f32 as f32: Pack<base::F32>, Pack<__m256>, Pack<__m512>;
    sums by f64::from, |sum: f64| sum as f32; else gemm Some(matrixmultiply::sgemm)
}
simd! {
    f64 as f64: Pack<base::F64>, Pack<__m256d>, Pack<__m512d>;
    sums by |x: f64| x, |sum: f64| sum; else gemm Some(matrixmultiply::dgemm)
}
