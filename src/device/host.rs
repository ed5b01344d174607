//! Devices whose memory the program reads: slices of it.
//!
//! Apart from the contract because no other device has this.

use super::contract::Device;
use super::cpu::Cpu;
use crate::dtype::Elem;
use crate::memory::Buf;

/// A device whose memory the program can read directly.
///
/// # Safety
/// The elements of every buffer of the device are memory that the process can read and write.
#[diagnostic::on_unimplemented(
    message = "this tensor lives on `{Self}`: bring it over with `.to(&Cpu)`",
    label = "`{Self}` memory is not visible to the host"
)]
#[expect(unsafe_code, reason = "slices are made of the memory of a host")]
pub unsafe trait Host: Device {
    /// The elements of a buffer. That of a device whose memory the host does not read raises
    /// [`Error::Foreign`](crate::Error::Foreign).
    ///
    /// ```
    /// use congruent::device::{Cpu, Host, Storage};
    /// assert_eq!(Cpu.slice(&Cpu.upload(&[1.0, 2.0])), [1.0, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    fn slice<E: Elem>(self, buf: &Buf<E>) -> &[E] {
        buf.host()
    }

    /// The elements for writing; copies them first when another handle shares them. Raises as [`slice`](Host::slice).
    ///
    /// ```
    /// use congruent::device::{Cpu, Host, Storage};
    /// let mut buf = Cpu.upload(&[1.0, 2.0]);
    /// let before = buf.clone();
    /// Cpu.slice_mut(&mut buf)[0] = 3.0;
    /// assert_eq!((Cpu.slice(&buf), Cpu.slice(&before)), (&[3.0, 2.0][..], &[1.0, 2.0][..]));
    /// ```
    #[inline]
    #[track_caller]
    fn slice_mut<E: Elem>(self, buf: &mut Buf<E>) -> &mut [E] {
        buf.make_mut()
    }
}

// SAFETY: the memory is the process's own.
#[expect(unsafe_code, reason = "the promise that the host reads the memory")]
unsafe impl Host for Cpu {}
