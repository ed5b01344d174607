//! The engine of each element type: functions that are compiled once, in this crate.
//!
//! Apart from the blocks because those are generic, and would be compiled in each crate that multiplies anything.

use super::blocks::multiply;
use super::plan::Plan;
use crate::num::Simd;
use crate::num::engine::{GemmCall, Memory, Share};
use half::{bf16, f16};

macro_rules! entries {
    ($($name:ident: $element:ty;)*) => { $(
        /// # Safety
        /// As [`Engine`](crate::num::engine::Engine) says.
        pub(in crate::num) unsafe fn $name(
            call: &GemmCall<$element, <$element as Simd>::Wide>,
            memory: Memory<'_, <$element as Simd>::Wide>,
            share: Share<'_>,
        ) {
            // SAFETY: the caller's contract.
            unsafe { multiply(*call, Plan::of::<$element>(call.sizes, call.a.1), memory, share) }
        }
    )* };
}

entries! { of_f16: f16; of_bf16: bf16; of_f32: f32; of_f64: f64; }
