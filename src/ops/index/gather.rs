//! Rows of a table by index: embedding, and its gradient.

use crate::device::{Buf, Device, IndexWork, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::OrRaise;
use crate::graph::{Described, Differentiable, Given, Node, Operand, Ruled, SlopeRule, Work};
use crate::layout::count;
use crate::shape::{Append, Appended, Shape};
use crate::tensor::Tensor;

/// The backward of [`gather`](Gather::gather): each row's gradient is added to the row that it came from.
pub struct GatherBack {
    width: usize,
    ids: Buf<i64>,
}

impl Described for GatherBack {
    const NAME: &'static str = "gather";
    const KIND: Work = Work::Lookup;
}

/// What [`gather`](Gather::gather) gives.
pub type GatherOf<X, S> = Ruled<X, S, GatherBack>;

/// The elements of a row of a table.
pub type WidthOf<X> = <<X as Operand>::S as MatrixOfRows>::Width;

/// A shape whose rows are taken: `(V, C)`.
#[diagnostic::on_unimplemented(
    message = "gather: a table is a matrix, `(V, C)`, but this has shape `{Self}`",
    label = "takes rows of a matrix, as an embedding does",
    note = "elements of any tensor, counted in row-major order: `x.take(&ids)`; slices along an axis: \
            `x.index_select::<0>(&ids)`; PyTorch's `gather` is `x.take_along_axis::<1>(&ids)`"
)]
pub trait MatrixOfRows: Shape {
    /// The elements of a row.
    type Width: Dim;
    /// The elements of a row.
    fn row(self) -> Self::Width;
}
#[diagnostic::do_not_recommend]
impl<V: Dim, C: Dim> MatrixOfRows for (V, C) {
    type Width = C;
    fn row(self) -> C {
        self.1
    }
}

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
    fn gather<S, D>(self, ids: &Tensor<S, i64, D>) -> GatherOf<Self, Appended<S, WidthOf<Self>>>
    where
        Self: Operand<S: MatrixOfRows, E: Real, N: Node<Self::E>>,
        Self::D: SameDevice<D>,
        S: Append<WidthOf<Self>>,
        D: Device,
    {
        let x = self.ex();
        let row = x.shape.row();
        let width = row.size();
        let out = x.device.take_rows(&x.materialise(), width, &ids.buf).or_raise();
        let shape = ids.shape.append(row);
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
