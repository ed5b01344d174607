//! Memory that is asked for before it is read.
//!
//! Apart from `dispatch`, because loops of every kind do it.
#![allow(unsafe_code, reason = "the processor is asked by an intrinsic")]

/// Asks for the line of memory at this place, which may be none that there is.
#[cfg_attr(optimised, inline(always))]
pub(crate) fn prefetch<E>(place: *const E) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: of an address that cannot be read, nothing is read and nothing is said.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
