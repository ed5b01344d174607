//! One element of each row, by a label.
//!
//! Apart from `labels` because every loss of labels begins with it.

use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::OrRaise;
use crate::graph::{Described, Differentiable, Ex, Given, Node, Operand, Ruled, SlopeRule, Work};
use crate::layout::count;
use crate::shape::{LastAxis, Shape};

/// One element of each row.
pub type LabelledOf<X> = Ruled<X, <<X as Operand>::S as LastAxis>::Init, LabelBack>;

/// The element of each row that its label names, where there are as many labels as rows.
#[track_caller]
pub(super) fn picked<S, E, D, N>(x: Ex<S, E, D, N>, labels: Buf<i64>) -> LabelledOf<Ex<S, E, D, N>>
where
    S: LastAxis,
    E: Real,
    D: Device,
    N: Node<E>,
{
    let (shape, width) = (x.shape.init(), x.shape.last().size());
    let out = x.device.pick(&x.materialise(), width, &labels).or_raise();
    x.ruled(out, shape, LabelBack { width, labels })
}

/// The rule of [`pick`](super::LabelLosses::pick).
pub struct LabelBack {
    width: usize,
    labels: Buf<i64>,
}

impl Described for LabelBack {
    const NAME: &'static str = "pick";
    const KIND: Work = Work::Loss;
}

impl<S: Shape, E: Real, N: Differentiable<E>> SlopeRule<E, Given<S, N>> for LabelBack {
    fn slopes<D: Device>(self, device: D, x: &Given<S, N>, gradient: Buf<E>, _: Buf<E>) -> Buf<E> {
        let mut slope = device.zeroed(count(x.shape));
        device.add_at(&mut slope, self.width, &self.labels, &gradient, 1.0);
        slope
    }
}
