//! An operand of a matrix product, or of any other contraction.
//!
//! Apart from the products because both kinds read their operands in place, forward and backward.

use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::Real;
use crate::graph::{Lazy, Memory, materialise};
use crate::shape::Shape;

/// An operand of a product: its graph, and its value where that was not in memory already.
pub(crate) struct Side<S, E, N> {
    pub(crate) node: N,
    pub(crate) shape: S,
    pub(super) computed: Option<Buf<E>>,
}

impl<S: Shape, E: Real, N: Lazy<E>> Side<S, E, N> {
    /// The operand of this graph.
    pub(crate) fn new(node: N, shape: S) -> Self {
        Side { node, shape, computed: None }
    }

    /// The operand's own memory where each index has an element, in any order of axes, as in a slice; else a row-major
    /// copy.
    pub(crate) fn memory<D: Device>(&mut self, device: D) -> Memory<'_, E> {
        match self.node.memory() {
            Some(Memory::Whole(there)) => Memory::Whole(there),
            Some(Memory::Strided(there)) if there.axes.is_injective() => Memory::Strided(there),
            _ => Memory::Whole(self.computed.get_or_insert_with(|| materialise(device, &self.node, self.shape))),
        }
    }

    /// Whether a gradient is wanted.
    pub(crate) fn live(&self) -> bool {
        N::Grad::ON && self.node.live()
    }

    /// See [`Lazy::cut`].
    pub(crate) fn cut(&self) {
        self.node.cut();
    }
}
