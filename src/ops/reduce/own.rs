//! Sums that keep the element type, as those of products do: integers wrap around in it.
//!
//! Apart from `exact`, whose sums of integers are of 64 bits: here one node serves floats and integers.

use super::layout::{Layout, Mask};
use super::programs::Sum;
use super::run::{Reduction, ReductionBack, reduce_floats, reduction};
use crate::device::Device;
use crate::dtype::{ByNumber, Elem, Integer, Numeric, Real};
use crate::graph::{Ex, Located, Op};
use crate::loops::{ExactFold, RowInput};
use crate::shape::Shape;

/// The graph of a sum that keeps the element type: of a graph `N` over shape `SX`, to shape `S`.
pub type SummedNode<SX, S, E, N> = Op<S, E, Reduction<SX, E, N, Sum>>;

/// The sum over the axes of the mask, of the operand's own element type.
pub(crate) fn sum_own<SX, S, E, D, N>(x: Ex<SX, E, D, N>, mask: Mask, shape: S) -> Ex<S, E, D, SummedNode<SX, S, E, N>>
where
    SX: Shape,
    S: Shape,
    E: Numeric,
    D: Device,
    N: Located<E>,
{
    E::by_number(Summing { x, mask, shape })
}

struct Summing<X, S> {
    x: X,
    mask: Mask,
    shape: S,
}

impl<SX: Shape, S: Shape, E: Elem, D: Device, N: Located<E>> ByNumber<E> for Summing<Ex<SX, E, D, N>, S> {
    type Out = Ex<S, E, D, SummedNode<SX, S, E, N>>;
    #[cfg_attr(optimised, inline(always))]
    fn with_floats(self) -> Self::Out
    where
        E: Real,
    {
        reduce_floats(self.x, self.mask, self.shape, Sum)
    }
    fn with_integers(self) -> Self::Out
    where
        E: Integer,
    {
        let (Ex { node, shape, device, .. }, mask) = (self.x, self.mask);
        let layout = Layout::new(shape, mask);
        let values = layout.gather(device, &node, shape);
        let out = device.fold_rows(layout.rows, OwnSum, &[RowInput::Elements(&values)]);
        let rule = ReductionBack { mask, values: None, reducer: Sum };
        Ex::new(reduction(node, shape, out, self.shape, rule), self.shape, device)
    }
}

/// `s += x`, in the type of the elements.
#[derive(Clone, Copy, Debug)]
pub struct OwnSum;

impl<E: Integer> ExactFold<E> for OwnSum {
    type Out = E;
    #[cfg_attr(optimised, inline(always))]
    fn start() -> E {
        E::ZERO
    }
    #[cfg_attr(optimised, inline(always))]
    fn next(sum: E, x: E) -> E {
        sum.plus(x)
    }
    #[cfg_attr(optimised, inline(always))]
    fn join(left: E, right: E) -> E {
        left.plus(right)
    }
}
