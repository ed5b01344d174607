//! Elements in memory under strides.
//!
//! Apart from the axes, which are numbers only: here is the memory too.

use super::axes::{Axes, MAX_AXES};
use crate::dtype::Elem;
use crate::memory::Buf;
use crate::shape::Shape;

/// Memory under strides, with a handle of its own.
#[derive(Clone)]
pub struct Strided<E> {
    /// The memory.
    pub(crate) buf: Buf<E>,
    /// The element at index zero.
    pub(crate) offset: usize,
    /// Sizes and strides of the node's own axes.
    pub(crate) axes: Axes,
}

impl<E: Elem> Strided<E> {
    /// The memory.
    pub fn buf(&self) -> &Buf<E> {
        &self.buf
    }

    /// The element at index zero.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How it lies.
    pub fn axes(&self) -> &Axes {
        &self.axes
    }

    /// A buffer that holds a tensor of this shape and nothing else.
    pub(crate) fn whole<S: Shape>(buf: Buf<E>, shape: S) -> Self {
        Strided { buf, offset: 0, axes: Axes::contiguous(shape) }
    }

    /// Whether the elements lie in order and nothing else is in the memory.
    pub(crate) fn is_whole<S: Shape>(&self, shape: S) -> bool {
        self.offset == 0 && Some(self.buf.len()) == shape.checked_len() && self.axes == Axes::contiguous(shape)
    }

    /// Square matrices seen along their diagonals: both strides in one step.
    pub(crate) fn along_diagonal(mut self) -> Self {
        let last = MAX_AXES - 1;
        let axes = &mut self.axes;
        axes.stride[last] += axes.stride[last - 1];
        axes.size.copy_within(..last - 1, 1);
        axes.stride.copy_within(..last - 1, 1);
        (axes.size[0], axes.stride[0]) = (1, 0);
        self
    }
}
