//! Random elements: initial weights, samples, dropout.

use super::cpu::{Cpu, draw};
use super::storage::Storage;
use crate::dtype::{Elem, Real};
use crate::memory::Buf;
use crate::random::Key;

/// Elements of which each depends on its number alone. By default the host draws them.
pub trait DrawWork: Storage {
    /// `fill` writes a few elements at a time, from the number on that it is given. The host shares large ones among
    /// threads.
    fn drawn<E: Elem>(self, len: usize, fill: impl Fn(u64, &mut [E]) + Sync) -> Buf<E> {
        self.adopt(draw::drawn(len, &fill))
    }

    /// 1, or 0 with probability `p`; element `i` depends on the key and `i` alone.
    fn keep_mask<E: Real>(self, key: Key, len: usize, p: f64) -> Buf<E> {
        self.adopt(draw::keep_mask(key, len, p))
    }
}

impl DrawWork for Cpu {}
