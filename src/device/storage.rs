//! The memory of a device: asked for, filled from the host, looked at from there.
//!
//! Apart from the families of work because these reach the host through it.

use super::cpu::{self, Cpu};
use crate::dtype::Elem;
use crate::error::{Error, raise};
use crate::memory::Buf;
use std::borrow::Cow;
use std::fmt::Debug;

/// The memory of a device. Three methods suffice; the others are to be faster.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a device", label = "expected a device, such as `Cpu`")]
pub trait Storage: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// Whether the buffer is memory of this device. Safe code can put any buffer in place of a model's; it is asked for
    /// here before a loop follows its address.
    fn holds<E: Elem>(self, buf: &Buf<E>) -> bool;
    /// A copy of host memory.
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E>;
    /// A copy in host memory. A buffer that the device does not hold raises [`Error::Foreign`].
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E>;

    /// Memory whose contents are left over from earlier use, aligned to 8 bytes; of `bool`, whose bits are not all a
    /// value, zeros.
    fn unwritten<E: Elem>(self, len: usize) -> Buf<E> {
        self.zeroed(len)
    }
    /// Memory full of zeros, aligned to 8 bytes.
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E> {
        self.upload(Buf::zeros(len).host())
    }
    /// `len` times `value`.
    fn filled<E: Elem>(self, len: usize, value: E) -> Buf<E> {
        self.adopt(Buf::filled(len, value))
    }
    /// Host memory that the caller no longer needs; a device with memory of its own copies it.
    fn adopt<E: Elem>(self, values: Buf<E>) -> Buf<E> {
        self.upload(values.host())
    }
    /// The same values under a handle that nobody else has: the buffer itself where it is the only one, else a copy.
    fn unshared<E: Elem>(self, buf: Buf<E>) -> Buf<E> {
        self.own(&buf);
        if buf.is_unique() { buf } else { self.upload(&self.read(&buf)) }
    }

    /// The elements in host memory: where they are, if they are there, else a copy.
    fn read<E: Elem>(self, buf: &Buf<E>) -> Cow<'_, [E]> {
        Cow::Owned(self.download(buf))
    }
    /// Shows the elements in host memory, as [`read`](Storage::read) has them.
    fn show<E: Elem, T>(self, buf: &Buf<E>, see: impl FnOnce(&[E]) -> T) -> T {
        see(&self.read(buf))
    }
    /// Lets `change` write to the elements in host memory, and brings them back.
    fn change<E: Elem, T>(self, buf: &mut Buf<E>, change: impl FnOnce(&mut [E]) -> T) -> T {
        let mut values = self.download(buf);
        let result = change(&mut values);
        *buf = self.upload(&values);
        result
    }

    /// The only element of a buffer.
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        self.download(buf)[0]
    }
    /// One element. A device may remember it beside the handle until somebody can write to it, and give it back by
    /// [`download_scalar`](Storage::download_scalar) without a wait: the gradient of a loss begins as such a number.
    fn scalar<E: Elem>(self, value: E) -> Buf<E> {
        self.upload(&[value])
    }

    /// Raises [`Error::Foreign`] where the device does not hold the buffer.
    #[inline]
    #[track_caller]
    fn own<E: Elem>(self, buf: &Buf<E>) {
        if !self.holds(buf) {
            raise(Error::foreign(buf.len(), self));
        }
    }
}

/// Where the loops of the host run, everything is where it is needed.
impl Storage for Cpu {
    #[inline]
    fn holds<E: Elem>(self, buf: &Buf<E>) -> bool {
        buf.is_host()
    }
    fn upload<E: Elem>(self, values: &[E]) -> Buf<E> {
        Buf::from_slice(values)
    }
    fn download<E: Elem>(self, buf: &Buf<E>) -> Vec<E> {
        buf.host().to_vec()
    }
    fn unwritten<E: Elem>(self, len: usize) -> Buf<E> {
        cpu::unwritten(len)
    }
    fn zeroed<E: Elem>(self, len: usize) -> Buf<E> {
        Buf::zeros(len)
    }
    fn adopt<E: Elem>(self, values: Buf<E>) -> Buf<E> {
        self.own(&values);
        values
    }
    #[inline]
    fn read<E: Elem>(self, buf: &Buf<E>) -> Cow<'_, [E]> {
        Cow::Borrowed(buf.host())
    }
    #[inline]
    fn change<E: Elem, T>(self, buf: &mut Buf<E>, change: impl FnOnce(&mut [E]) -> T) -> T {
        change(buf.make_mut())
    }
    fn download_scalar<E: Elem>(self, buf: &Buf<E>) -> E {
        buf.host()[0]
    }
}
