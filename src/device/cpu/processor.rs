//! The processor as a device, and memory of it.
//!
//! Apart from the loops, which are what others run, too.

use crate::dtype::Elem;
use crate::memory::Buf;

/// The processor and its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cpu;

/// Memory whose contents are left over from earlier use.
#[expect(unsafe_code, reason = "any bits are a valid number")]
pub(in crate::device) fn unwritten<E: Elem>(len: usize) -> Buf<E> {
    if E::TRUTH {
        return Buf::zeros(len);
    }
    // SAFETY: recycled or zeroed memory is initialised, and any bits are a valid number; `bool` is no number.
    unsafe { Buf::unwritten(len) }
}
