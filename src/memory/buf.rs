//! The handle to memory: counted, and the same for every device.
//!
//! Apart from the blocks because it knows what lies in them: elements of one type.

use super::block::Head;
use super::claim::{claim, let_go};
use super::lent;
use crate::dtype::Elem;
use crate::error::{Error, raise};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

/// A shared handle to `len` elements of a device: cloning counts references, the last drop gives the memory back to
/// where it came from.
///
/// It does not show what it holds: host memory is seen through [`Host::slice`](crate::device::Host::slice), that of
/// other devices through their [`Storage`](crate::device::Storage).
pub struct Buf<E> {
    pub(super) head: NonNull<Head>,
    pub(super) elem: PhantomData<E>,
}

// SAFETY: the counter is atomic, elements are plain values, and mutation demands a unique handle.
unsafe impl<E: Elem> Send for Buf<E> {}
// SAFETY: as above; shared handles only read.
unsafe impl<E: Elem> Sync for Buf<E> {}

impl<E: Elem> Buf<E> {
    /// Memory with unspecified contents. More than the system gives raises [`Error::TooLarge`]: every tensor comes from
    /// here, so this is where its size is checked.
    ///
    /// # Safety
    /// Every element is written before it is read (a recycled block may hold bits that are no valid `bool`).
    pub(crate) unsafe fn unwritten(len: usize) -> Self {
        Buf { head: claim(len, size_of::<E>()), elem: PhantomData }
    }

    /// `len` zeros (`false` for `bool`).
    pub fn zeros(len: usize) -> Self {
        // SAFETY: written in full here; all-zero bytes are a valid value of every element type.
        unsafe {
            let buf = Self::unwritten(len);
            std::ptr::write_bytes(buf.address(), 0, len);
            buf
        }
    }

    /// `len` times `value`.
    pub fn filled(len: usize, value: E) -> Self {
        Self::from_fn(len, |_| value)
    }

    /// A copy of `values`.
    pub fn from_slice(values: &[E]) -> Self {
        // SAFETY: written in full here; both sides hold `len` elements and do not overlap.
        unsafe {
            let buf = Self::unwritten(values.len());
            std::ptr::copy_nonoverlapping(values.as_ptr(), buf.address(), values.len());
            buf
        }
    }

    /// Element `i` is `f(i)`, called in order.
    pub fn from_fn(len: usize, mut f: impl FnMut(usize) -> E) -> Self {
        // SAFETY: written in full here; if `f` panics the block is dropped unread.
        unsafe {
            let buf = Self::unwritten(len);
            for i in 0..len {
                buf.address().add(i).write(f(i));
            }
            buf
        }
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref().len }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the elements begin, as their device counts places: for its loops, not for the host to follow.
    ///
    /// ```
    /// use congruent::{Cpu, device::Storage};
    /// let buf = Cpu.zeroed::<f32>(3);
    /// assert_eq!(buf.clone().address(), buf.address());
    /// ```
    #[inline]
    pub fn address(&self) -> *mut E {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref() }.data.as_ptr().cast()
    }

    #[inline]
    pub(super) fn class(&self) -> usize {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref().class }
    }

    /// Whether this handle is the only one, and may write.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // SAFETY: the head is valid as long as a handle lives.
        let references = unsafe { &self.head.as_ref().references };
        references.load(Ordering::Acquire) == 1 && lent::is_writable(self.class())
    }

    /// Whether the host reads the memory.
    #[inline]
    pub(crate) fn is_host(&self) -> bool {
        lent::is_readable(self.class())
    }

    /// The elements, which are in host memory; those of another device raise [`Error::Foreign`].
    #[inline]
    #[track_caller]
    pub(crate) fn host(&self) -> &[E] {
        if !self.is_host() {
            raise(Error::Foreign { len: self.len(), device: "the host".into() });
        }
        // SAFETY: the host reads this memory; all elements were written when the buffer was made; writers hold the only
        // handle.
        unsafe { std::slice::from_raw_parts(self.address(), self.len()) }
    }

    /// The elements for writing; copies them first when another handle shares them. What the host does not read raises
    /// [`Error::Foreign`].
    #[inline]
    #[track_caller]
    pub(crate) fn make_mut(&mut self) -> &mut [E] {
        if !self.is_unique() || !self.is_host() {
            self.part();
        }
        // SAFETY: the host's memory, whose only handle is borrowed mutably for as long as the slice lives.
        unsafe { std::slice::from_raw_parts_mut(self.address(), self.len()) }
    }

    /// Leaves the memory to the other handles.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn part(&mut self) {
        *self = Self::from_slice(self.host());
    }
}

impl<E> Clone for Buf<E> {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: the head is valid as long as a handle lives.
        unsafe { self.head.as_ref() }.references.fetch_add(1, Ordering::Relaxed);
        Buf { head: self.head, elem: PhantomData }
    }
}

impl<E> Drop for Buf<E> {
    #[inline]
    fn drop(&mut self) {
        let_go(self.head);
    }
}

impl<E: Elem> std::fmt::Debug for Buf<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.is_host() {
            true => f.debug_list().entries(self.host()).finish(),
            false => write!(f, "[{} of {}, not on the host]", self.len(), E::NAME),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::common;

    #[test]
    fn what_does_not_fit_is_an_error() {
        fn refused<E: Elem + PartialEq>(value: E) {
            for len in [1 << 61, (1 << 62) - 1, 1 << 62, 1 << 63, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
                let large = |error: Result<Buf<E>, Error>| matches!(error, Err(Error::TooLarge { .. }));
                assert!(large(crate::attempt(|| Buf::zeros(len))), "{len} zeros of {}", E::NAME);
                assert!(large(crate::attempt(|| Buf::filled(len, value))), "{len} of {}", E::NAME);
            }
        }
        refused(true);
        refused(1u8);
        refused(half::f16::ONE);
        refused(1.0f32);
        refused(1i64);
        refused(1.0f64);
    }

    #[test]
    fn freed_blocks_are_used_again() {
        let first = Buf::<f32>::zeros(1000);
        let place = first.address();
        drop(first);
        assert!(!common::is_on() || Buf::<f32>::zeros(1000).address() == place);
    }

    #[test]
    fn writing_to_a_shared_buffer_copies() {
        let mut a = Buf::from_slice(&[1.0f64, 2.0]);
        let b = a.clone();
        a.make_mut()[0] = 9.0;
        assert_eq!((a.host(), b.host()), (&[9.0, 2.0][..], &[1.0, 2.0][..]));
    }

    #[test]
    fn empty_buffers_work() {
        let empty = Buf::<i64>::zeros(0);
        assert!(empty.is_empty() && !empty.clone().is_unique());
    }
}
