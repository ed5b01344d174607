//! Elements moved around an axis, in two parts.
//!
//! Apart from `indices` because no index is written down: an `i64` for each byte that moves would be eight times as
//! much memory.

use crate::device::{Buf, Device};
use crate::dtype::Elem;
use crate::layout::{Axes, Strided};

/// `outer` lines of `len` elements, each turned around by `shift < len`.
#[derive(Clone, Copy)]
pub struct Turn {
    pub(super) outer: usize,
    pub(super) len: usize,
    pub(super) shift: usize,
}

impl Turn {
    /// The turn that undoes this one.
    pub(super) fn back(self) -> Self {
        Turn { shift: if self.shift == 0 { 0 } else { self.len - self.shift }, ..self }
    }

    /// The elements, turned.
    pub(in crate::ops) fn of<E: Elem, D: Device>(self, device: D, x: &Buf<E>) -> Buf<E> {
        let Turn { outer, len, shift } = self;
        let mut out = device.zeroed(x.len());
        if x.is_empty() {
            return out;
        }
        for (from, to, part) in [(len - shift, 0, shift), (0, shift, len - shift)] {
            let axes = Axes::last([outer, part], [len as isize, 1]);
            let moved =
                device.copy_strided(&Strided { buf: x.clone(), offset: if part == 0 { 0 } else { from }, axes });
            device.put_strided(&mut out, to.min(len - part), &axes, &moved);
        }
        out
    }
}
