//! A buffer whose element type is forgotten, and remembered by itself.
//!
//! Apart from the buffers so that a list can hold those of several types: a buffer is a pointer, and its memory goes
//! back to where it came from whatever it holds.
#![allow(unsafe_code, reason = "a pointer gets its element type back")]

use super::buf::Buf;
use crate::dtype::Elem;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;

/// A counted handle to elements of one type, which only a reader of that type gets.
#[derive(Clone)]
pub(crate) struct Erased {
    /// The elements, as if they were nothing.
    buf: Buf<()>,
    elem: u64,
}

/// An element type as a number: the letters of its name. Element types are those of this crate, no two of one name.
/// With a `TypeId` a handle would not fit two registers, and a step waited for it on its way through memory.
const fn name<E: Elem>() -> u64 {
    let letters = E::NAME.as_bytes();
    assert!(letters.len() <= 8, "the names of element types are short");
    let (mut number, mut i) = (0, 0);
    while i < letters.len() {
        number = number << 8 | letters[i] as u64;
        i += 1;
    }
    number
}

impl<E> Buf<E> {
    /// The same handle to elements of another type: not to be read by it.
    #[inline]
    fn retyped<T>(self) -> Buf<T> {
        let buf = ManuallyDrop::new(self);
        Buf { head: buf.head, elem: PhantomData }
    }
}

impl Erased {
    #[inline]
    pub(crate) fn new<E: Elem>(buf: Buf<E>) -> Self {
        Erased { buf: buf.retyped(), elem: const { name::<E>() } }
    }

    /// A second handle that is not counted.
    ///
    /// # Safety
    /// It is not used after `buf`, or whoever else holds the memory, has let it go.
    #[inline]
    pub(crate) unsafe fn lent<E: Elem>(buf: &Buf<E>) -> ManuallyDrop<Self> {
        let buf = Buf { head: buf.head, elem: PhantomData };
        ManuallyDrop::new(Erased { buf, elem: const { name::<E>() } })
    }

    /// This handle, if these are its elements.
    #[inline]
    pub(crate) fn into<E: Elem>(self) -> Option<Buf<E>> {
        (self.elem == const { name::<E>() }).then(|| self.buf.retyped())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_type_that_was_forgotten_comes_back() {
        let buf = Buf::from_slice(&[1.0f64, 2.0]);
        let erased = Erased::new(buf.clone());
        assert!(!buf.is_unique() && erased.clone().into::<f32>().is_none() && erased.clone().into::<u64>().is_none());
        assert_eq!(erased.clone().into::<f64>().as_ref().map(Buf::host), Some(&[1.0, 2.0][..]));
        assert_eq!(erased.into::<f64>().as_ref().map(Buf::host), Some(&[1.0, 2.0][..]));
        assert!(Erased::new(buf.clone()).into::<i8>().is_none() && buf.is_unique(), "it is let go, not lost");
    }
}
