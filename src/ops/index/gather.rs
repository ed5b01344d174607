//! Rows of a table by index: embedding, and its gradient.

use crate::device::{Buf, Device, IndexWork, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::OrRaise;
use crate::graph::{Differentiable, Given, Node, Operand, Ruled, SlopeRule};
use crate::layout::count;
use crate::shape::{Append, Appended, Shape};
use crate::tensor::Tensor;

/// The backward of [`gather`](Gather::gather): each row's gradient is added to the row that it came from.
pub struct GatherBack {
    width: usize,
    ids: Buf<i64>,
}

/// What [`gather`](Gather::gather) gives.
pub type GatherOf<X, S> = Ruled<X, S, GatherBack>;

/// The method [`gather`](Gather::gather).
pub trait Gather: Operand + Sized {
    /// Rows of a table: `y[i.., :] = x[ids[i..], :]`; `dx[r, :]` = the sum of `dy[i.., :]` where `ids[i..] = r`, added
    /// in the order of `i`. Shapes: `(V, C)` by ids of shape `S` gives `(S.., C)`.
    ///
    /// An id outside of `0..V` raises [`Error::Index`](crate::Error::Index).
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let table = Cpu.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let y = table.gather(&Cpu.tensor([2, 0])).eval();
    /// assert_eq!(y.as_slice(), [5.0, 6.0, 1.0, 2.0]);
    /// ```
    #[track_caller]
    fn gather<V, C, S, D>(self, ids: &Tensor<S, i64, D>) -> GatherOf<Self, Appended<S, C>>
    where
        Self: Operand<S = (V, C), E: Real, N: Node<Self::E>>,
        Self::D: SameDevice<D>,
        V: Dim,
        C: Dim,
        S: Append<C>,
        D: Device,
    {
        let x = self.ex();
        let width = x.shape.1.size();
        let out = x.device.take_rows(&x.materialise(), width, &ids.buf).or_raise();
        let shape = ids.shape.append(x.shape.1);
        x.ruled(out, shape, GatherBack { width, ids: ids.buf.clone() })
    }
}
impl<X: Operand> Gather for X {}

impl<E: Real, S: Shape, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for GatherBack {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut sums = device.zeroed(count(x.shape));
        device.add_rows(&mut sums, self.width, &self.ids, &gradient);
        sums
    }
}
