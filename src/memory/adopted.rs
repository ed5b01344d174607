//! Memory that somebody else has allocated, under the same handle as our own.
//!
//! Apart from the handle because nothing of it is needed where memory is the pool's.
#![allow(unsafe_code, reason = "memory of others is handed over by pointer")]

use super::block::Head;
use super::buf::Buf;
use super::lent::{Lent, OPAQUE, READ_ONLY, WRITABLE, is_lent, is_readable};
use crate::dtype::Elem;
use std::any::Any;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::atomic::AtomicUsize;

/// What is left of a vector while a buffer has its elements.
struct Parts<E> {
    start: NonNull<E>,
    len: usize,
    capacity: usize,
}

// SAFETY: it owns plain values, which only the buffer's handles reach.
unsafe impl<E: Elem> Send for Parts<E> {}
// SAFETY: as above.
unsafe impl<E: Elem> Sync for Parts<E> {}

impl<E> Parts<E> {
    fn into_vec(self) -> Vec<E> {
        let parts = ManuallyDrop::new(self);
        // SAFETY: these are the parts of a vector that was taken apart, and nobody puts it together twice.
        unsafe { Vec::from_raw_parts(parts.start.as_ptr(), parts.len, parts.capacity) }
    }
}

impl<E> Drop for Parts<E> {
    fn drop(&mut self) {
        // SAFETY: as in `into_vec`, which does not come here.
        drop(unsafe { Vec::from_raw_parts(self.start.as_ptr(), self.len, self.capacity) });
    }
}

impl<E: Elem> Buf<E> {
    /// The elements of a vector where they are.
    pub(crate) fn adopted(values: Vec<E>) -> Self {
        let mut values = ManuallyDrop::new(values);
        let (len, capacity) = (values.len(), values.capacity());
        let start = NonNull::new(values.as_mut_ptr()).expect("vectors do not begin at 0");
        let owner = Box::new(Parts { start, len, capacity });
        // SAFETY: the parts own the elements and do not touch them; nobody else knows them.
        unsafe { Self::lent(start, len, WRITABLE, owner) }
    }

    /// `len` elements at `start` that belong to `owner`, for reading.
    ///
    /// # Safety
    /// As long as the owner lives, the elements are there, aligned, valid, and nobody writes to them.
    #[cfg_attr(not(any(test, feature = "mmap")), expect(dead_code, reason = "only files are lent so"))]
    pub(crate) unsafe fn read_only(start: NonNull<E>, len: usize, owner: Box<dyn Any + Send + Sync>) -> Self {
        // SAFETY: the caller's contract.
        unsafe { Self::lent(start, len, READ_ONLY, owner) }
    }

    /// `len` elements at `address` in the memory of a device, which the host does not read. With the last handle the
    /// owner is dropped, which gives the memory back; [`owner`](Buf::owner) shows it until then.
    ///
    /// # Safety
    /// As long as the owner lives, the device has `len` valid elements there, and nobody else writes to them. An
    /// address that the host can follow is aligned for `E`.
    pub unsafe fn opaque(address: NonNull<E>, len: usize, owner: Box<dyn Any + Send + Sync>) -> Self {
        // SAFETY: the caller's contract; the class keeps the host from reading.
        unsafe { Self::lent(address, len, OPAQUE, owner) }
    }

    /// Who has the memory, of an [`opaque`](Buf::opaque) buffer and if it is a `T`: how a device knows its own.
    ///
    /// ```
    /// use congruent::{Cpu, device::Storage};
    /// assert!(Cpu.zeroed::<f32>(3).owner::<String>().is_none());
    /// ```
    pub fn owner<T: Any>(&self) -> Option<&T> {
        if is_readable(self.class()) {
            return None;
        }
        // SAFETY: heads of this class are the start of a `Lent`, which lives as long as a handle.
        unsafe { self.head.cast::<Lent>().as_ref() }.owner.downcast_ref()
    }

    /// # Safety
    /// As long as the owner lives, the elements are there, aligned, valid, and reached by this buffer alone, or only
    /// read by others where the class says so.
    unsafe fn lent(start: NonNull<E>, len: usize, class: usize, owner: Box<dyn Any + Send + Sync>) -> Self {
        let (references, data) = (AtomicUsize::new(1), start.cast());
        let head = Head { references, len, class, bytes: 0, data, below: None };
        let lent = Box::into_raw(Box::new(Lent { head, owner }));
        // SAFETY: boxes do not begin at 0.
        Buf { head: unsafe { NonNull::new_unchecked(lent) }.cast(), elem: PhantomData }
    }

    /// The elements as a vector: the one that was adopted, if this is its only handle; else a copy.
    pub(crate) fn into_vec(self) -> Vec<E> {
        if !is_lent(self.class()) || !is_readable(self.class()) || !self.is_unique() {
            return self.host().to_vec();
        }
        // SAFETY: the head is that of a `Lent`, whose only handle ends here.
        let lent = unsafe { Box::from_raw(ManuallyDrop::new(self).head.cast::<Lent>().as_ptr()) };
        let Lent { owner, .. } = *lent;
        match owner.downcast::<Parts<E>>() {
            Ok(parts) => parts.into_vec(),
            Err(_) => unreachable!("what may be written to was adopted from a vector of this type"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn vectors_come_and_go_where_they_are() {
        for len in [0, 1, 7, 1021] {
            let mut values = Vec::with_capacity(len + 3);
            values.extend((0..len).map(|i| i as f64));
            let (place, capacity) = (values.as_ptr(), values.capacity());
            let mut buf = Buf::adopted(values);
            assert_eq!((buf.address().cast_const(), buf.len()), (place, len));
            buf.make_mut().iter_mut().for_each(|value| *value += 1.0);
            let values = buf.into_vec();
            assert_eq!((values.as_ptr(), values.capacity()), (place, capacity));
            assert!(values.iter().enumerate().all(|(i, &value)| value == i as f64 + 1.0));
        }
    }

    #[test]
    fn shared_vectors_are_copied_before_they_are_written_to() {
        let (mut a, place) = {
            let values = vec![1i64, 2, 3];
            let place = values.as_ptr();
            (Buf::adopted(values), place)
        };
        let b = a.clone();
        a.make_mut()[0] = 9;
        assert_eq!((a.host(), b.host(), b.address().cast_const()), (&[9, 2, 3][..], &[1, 2, 3][..], place));
        assert_eq!(a.into_vec(), [9, 2, 3]);
        let c = b.clone();
        let (copy, own) = (c.into_vec(), b.into_vec());
        assert_eq!((copy.as_ptr() == place, own.as_ptr() == place), (false, true));
        drop(Buf::adopted(vec![true; 100]));
    }

    #[test]
    fn what_is_read_only_is_copied_and_its_owner_let_go() {
        let owner = Arc::new([1u8, 2, 3]);
        let start = NonNull::from(&*owner).cast::<u8>();
        // SAFETY: the array lives as long as the buffer, and is only read.
        let mut buf = unsafe { Buf::read_only(start, 3, Box::new(owner.clone())) };
        assert!(!buf.is_unique() && Arc::strong_count(&owner) == 2);
        assert_eq!(buf.clone().into_vec(), [1, 2, 3]);
        buf.make_mut()[1] = 9;
        assert_eq!((buf.host(), &owner[..], Arc::strong_count(&owner)), (&[1, 9, 3][..], &[1, 2, 3][..], 1));
    }
}
