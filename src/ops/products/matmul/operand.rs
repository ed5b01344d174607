//! An operand of a matrix product, or of any other contraction.
//!
//! Apart from the products because both kinds read their operands in place, forward and backward.

use crate::device::{Buf, Device};
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::graph::{Behind, Differentiable, Input, Lazy, Memory, Operands, Reads, Seed, materialise, reverse};
use crate::layout::Strided;
use crate::shape::Shape;

/// An operand of a contraction: its graph, and its value where that was not in memory already. Its slope is row-major.
pub struct Multiplicand<S, E, N> {
    node: N,
    pub(crate) shape: S,
    computed: Option<Buf<E>>,
}

impl<S: Shape, E: Elem, N: Lazy<E>> Multiplicand<S, E, N> {
    /// The operand of this graph: in its own memory where each index has an element, in any order of axes, as in a
    /// slice; else in a row-major copy.
    #[inline]
    pub(crate) fn new<D: Device>(device: D, node: N, shape: S) -> Self {
        let there = match node.memory() {
            Some(Memory::Whole(_)) => true,
            Some(Memory::Strided(there)) => there.axes.is_injective(),
            None => false,
        };
        let computed = if there { None } else { Some(materialise(device, &node, shape)) };
        Multiplicand { node, shape, computed }
    }

    /// Where its elements are.
    #[inline]
    pub(crate) fn memory(&self) -> Memory<'_, E> {
        match &self.computed {
            Some(copy) => Memory::Whole(copy),
            None => self.node.memory().expect("what is not in memory has been computed"),
        }
    }
}

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for Multiplicand<S, E, N> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        N::Grad::ON && self.node.live()
    }
    fn cut(&self) {
        self.node.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        to.push(Input::of::<E, _>(
            N::origin(this.map(|operand| &operand.node)),
            this.map(|operand| operand.shape),
            Reads::InPlace,
        ));
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Operands<E> for Multiplicand<S, E, N> {
    type Slopes = Buf<E>;
    fn accept<D: Device>(self, device: D, slope: Buf<E>) {
        let Multiplicand { node, shape, computed } = self;
        drop(computed);
        node.accept(device, shape, slope);
    }
}

/// An operand of a product, whose slope lies as it does itself; that of a slice, which has other elements around it, in
/// order.
pub struct Factor<S, E, N>(pub(in crate::ops) Multiplicand<S, E, N>);

impl<S: Shape, E: Elem, N: Lazy<E>> Behind<E> for Factor<S, E, N> {
    type Grad = N::Grad;
    fn live(&self) -> bool {
        self.0.live()
    }
    fn cut(&self) {
        self.0.cut();
    }
    fn inputs(this: Option<&Self>, to: &mut Vec<Input>) {
        <Multiplicand<S, E, N> as Behind<E>>::inputs(this.map(|factor| &factor.0), to);
    }
}

impl<S: Shape, E: Real, N: Differentiable<E>> Operands<E> for Factor<S, E, N> {
    type Slopes = Buf<E>;
    fn accept<D: Device>(self, device: D, slope: Buf<E>) {
        let strides = match self.0.memory() {
            Memory::Strided(there) if there.buf.len() == slope.len() => Some((there.offset, there.axes)),
            _ => None,
        };
        let Multiplicand { node, shape, computed } = self.0;
        drop(computed);
        match strides {
            None => node.accept(device, shape, slope),
            Some((offset, axes)) => {
                reverse(device, node, shape, Seed::strided(Strided { buf: slope, offset, axes }));
            }
        }
    }
}
