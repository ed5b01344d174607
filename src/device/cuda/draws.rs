//! Random elements that are drawn on the device: masks alone, as other draws are closures of the host.
#![allow(unsafe_code, reason = "kernels are given raw addresses")]

use super::kernels::Text;
use super::token::Cuda;
use crate::device::{DrawWork, Storage};
use crate::dtype::Real;
use crate::memory::Buf;
use crate::random::Key;

/// Elements of a block of random numbers.
const BLOCK: usize = 4;

impl<const ORDINAL: usize> DrawWork for Cuda<ORDINAL> {
    #[track_caller]
    fn keep_mask<E: Real>(self, key: Key, len: usize, p: f64) -> Buf<E> {
        let out = self.unwritten(len);
        let words = [len as u64, self.address(&out), key.bits(), (p as f32).to_bits().into()];
        if len > 0 {
            // SAFETY: the result has so many elements of this type.
            unsafe { self.run((Text::Draws(E::NAME), "keep_mask"), self.over(len.div_ceil(BLOCK)), &words) }
        }
        out
    }
}
