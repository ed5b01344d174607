//! Buffers of the device: how the host fills them, and looks at them.
#![allow(unsafe_code, reason = "buffers of a device are addresses that it vouches for")]

use super::block::Block;
use super::token::Cuda;
use crate::device::Storage;
use crate::dtype::Elem;
use crate::error::{Error, OrRaise, raise};
use crate::memory::Buf;
use std::any::Any;
use std::ptr::{NonNull, without_provenance_mut};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What owns the memory of a buffer.
pub(super) struct Owner {
    block: Block,
    /// The bits of its only element, while nobody has written to it since it came from the host.
    known: AtomicBool,
    bits: u64,
}

impl<const ORDINAL: usize> Cuda<ORDINAL> {
    /// A buffer of so many elements in memory of its own, written by `fill`. What does not fit raises
    /// [`Error::Device`](crate::Error::Device).
    #[track_caller]
    pub(super) fn buffer<E: Elem>(self, len: usize, fill: impl FnOnce(&Block)) -> Buf<E> {
        self.owned(len, None, fill)
    }

    #[track_caller]
    fn owned<E: Elem>(self, len: usize, known: Option<u64>, fill: impl FnOnce(&Block)) -> Buf<E> {
        // What an address cannot count no device has: it is asked for as it is, and refused.
        let block = self.runtime().allocate(len.saturating_mul(size_of::<E>())).or_raise();
        fill(&block);
        let address = NonNull::new(without_provenance_mut(block.address() as usize)).expect("no block begins at 0");
        let owner = Owner { block, known: AtomicBool::new(known.is_some()), bits: known.unwrap_or(0) };
        // SAFETY: the block has so many elements of any bits (truth values are written before they are read), belongs
        // to this buffer alone, and goes with it. The host follows no address of a device.
        unsafe { Buf::opaque(address, len, Box::new(owner) as Box<dyn Any + Send + Sync>) }
    }

    /// Who has the memory of a buffer that this device holds; another one's raises
    /// [`Error::Foreign`](crate::Error::Foreign).
    #[track_caller]
    fn owner<E: Elem>(self, buf: &Buf<E>) -> &Owner {
        match buf.owner::<Owner>() {
            Some(owner) if self.is_mine(owner) => owner,
            _ => raise(Error::foreign(buf.len(), self)),
        }
    }

    fn is_mine(self, owner: &Owner) -> bool {
        std::ptr::eq(owner.block.runtime(), self.runtime())
    }

    /// The address of a buffer, to be read.
    #[track_caller]
    pub(super) fn address<E: Elem>(self, buf: &Buf<E>) -> u64 {
        self.owner(buf).block.address()
    }

    /// The address of a buffer, to be written to: it gets memory of its own where others share it.
    #[track_caller]
    pub(super) fn writable<E: Elem>(self, buf: &mut Buf<E>) -> u64 {
        self.own(buf);
        if !buf.is_unique() {
            *buf = self.copied(buf);
        }
        let owner = self.owner(buf);
        owner.known.store(false, Relaxed);
        owner.block.address()
    }

    #[track_caller]
    fn copied<E: Elem>(self, buf: &Buf<E>) -> Buf<E> {
        let (from, runtime) = (&self.owner(buf).block, self.runtime());
        // SAFETY: both blocks are of this device and have room for the elements of the buffer.
        self.buffer(buf.len(), |to| unsafe {
            runtime.copy(from.address(), to.address(), size_of::<E>() * buf.len()).or_raise();
        })
    }
}

/// The bytes of elements, of which none has bits that mean nothing.
fn bytes_of<E: Elem>(values: &[E]) -> &[u8] {
    // SAFETY: elements are plain values without padding.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

/// The bits of an element, in the last places of a word.
pub(super) fn bits_of<E: Elem>(value: E) -> u64 {
    let mut bits = [0; 8];
    bits[..size_of::<E>()].copy_from_slice(bytes_of(&[value]));
    u64::from_le_bytes(bits)
}

impl<const ORDINAL: usize> Storage for Cuda<ORDINAL> {
    fn holds<E: Elem>(self, buf: &Buf<E>) -> bool {
        buf.owner::<Owner>().is_some_and(|owner| self.is_mine(owner))
    }
    #[track_caller]
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E> {
        self.buffer(values.len(), |block| block.write(bytes_of(values)).or_raise())
    }
    #[track_caller]
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E> {
        let mut values = vec![E::default(); buf.len()];
        // SAFETY: the bytes of plain values; kernels leave nothing but 0 and 1 where truth values are.
        let bytes = unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(&*values)) };
        self.owner(buf).block.read(bytes).or_raise();
        values
    }
    #[track_caller]
    fn unwritten<E: Elem>(self, len: usize) -> Buf<E> {
        // Any bits are a number, but not a truth value.
        if E::TRUTH { self.zeroed(len) } else { self.buffer(len, |_| ()) }
    }
    #[track_caller]
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E> {
        self.buffer(len, |block| block.fill_zero().or_raise())
    }
    #[track_caller]
    fn filled<E: Elem>(self, len: usize, value: E) -> Buf<E> {
        self.buffer(len, |block| self.fill::<E>(block.address(), len, value))
    }
    #[track_caller]
    fn unshared<E: Elem>(self, buf: Buf<E>) -> Buf<E> {
        let mut buf = buf;
        self.writable(&mut buf);
        buf
    }
    #[track_caller]
    fn scalar<E: Elem>(self, value: E) -> Buf<E> {
        self.owned(1, Some(bits_of(value)), |block| self.fill::<E>(block.address(), 1, value))
    }
    #[track_caller]
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        let owner = self.owner(buf);
        if owner.known.load(Relaxed) && buf.len() == 1 {
            return E::read_le(&owner.bits.to_le_bytes()[..size_of::<E>()]);
        }
        self.download(buf)[0]
    }
}
