//! Memory that a node can be read from without computing anything.
//!
//! Apart from the nodes, which lend it.

use crate::device::Buf;
use crate::dtype::Elem;
use crate::layout::{Axes, Strided};
use crate::shape::Shape;

/// Memory that a node can be read from without computing anything, as the node lends it. Two words: most nodes are
/// whole tensors, whose axes follow from their shape.
pub enum Memory<'a, E> {
    /// The node's elements in row-major order, and nothing else.
    Whole(&'a Buf<E>),
    /// The node's elements under strides.
    Strided(&'a Strided<E>),
}

impl<E> Clone for Memory<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Memory<'_, E> {}

impl<'a, E: Elem> Memory<'a, E> {
    /// The memory itself.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn buf(self) -> &'a Buf<E> {
        match self {
            Memory::Whole(buf) => buf,
            Memory::Strided(there) => &there.buf,
        }
    }

    /// The element at index zero.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn offset(self) -> usize {
        match self {
            Memory::Whole(_) => 0,
            Memory::Strided(there) => there.offset,
        }
    }

    /// How it lies along the axes of the node, whose shape is `shape`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn axes<S: Shape>(self, shape: S) -> Axes {
        match self {
            Memory::Whole(_) => Axes::contiguous(shape),
            Memory::Strided(there) => there.axes,
        }
    }

    /// The memory of a node of this shape, where its elements lie in order and nothing else is there.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn whole<S: Shape>(self, shape: S) -> Option<&'a Buf<E>> {
        match self {
            Memory::Whole(buf) => Some(buf),
            Memory::Strided(there) => there.is_whole(shape).then_some(&there.buf),
        }
    }

    /// The same with a handle of its own, where each element is the place of one index.
    pub(crate) fn kept<S: Shape>(self, shape: S) -> Option<Strided<E>> {
        match self {
            Memory::Whole(buf) => Some(Strided { buf: buf.clone(), offset: 0, axes: Axes::contiguous(shape) }),
            Memory::Strided(there) => there.axes.is_injective().then(|| there.clone()),
        }
    }
}

/// A node whose elements lie in memory, in row-major order and nothing else: tensors, parameters, and the results of
/// operations that compute a whole tensor.
#[diagnostic::on_unimplemented(
    message = "view: the elements do not lie in memory in order",
    label = "a transpose, a slice, or an expression that is not computed yet",
    note = "`reshape` works on all of them, and copies where it has to"
)]
pub trait InOrder {}
