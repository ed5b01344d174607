//! Axes of operands: which one a label stands for, that two of one label agree, that parts make up the whole.
//!
//! Apart from `views` because only shapes are read here.

use super::laws::SameLabel;
use crate::device::Device;
use crate::dims::{Dim, One};
use crate::dtype::Elem;
use crate::error::raise;
use crate::graph::{Ex, Operand};
use crate::shape::{AxisAt, Mismatch, RemoveAxis, Reshape, Shape};

/// Axis `I`.
#[doc(hidden)]
pub fn at<const I: isize, X>(x: &X) -> <X::S as AxisAt<I>>::At
where
    X: Shaped,
    X::S: AxisAt<I>,
{
    x.own_shape().at()
}

/// An operand whose shape can be read.
#[doc(hidden)]
pub trait Shaped: Operand {
    /// The shape.
    fn own_shape(&self) -> Self::S;
}
impl<S: Shape, E: Elem, D: Device, N> Shaped for Ex<S, E, D, N> {
    fn own_shape(&self) -> S {
        self.shape
    }
}

/// That axis `I` of one operand and axis `J` of another one are the same: one dim by type, one size at run time.
#[doc(hidden)]
#[track_caller]
pub fn agree<Label, const I: isize, const J: isize, X: Shaped, Y: Shaped>(x: &X, y: &Y)
where
    X::S: AxisAt<I>,
    Y::S: AxisAt<J>,
    <X::S as AxisAt<I>>::At: SameLabel<Label, <Y::S as AxisAt<J>>::At>,
{
    if at::<I, X>(x).size() != at::<J, Y>(y).size() {
        raise(Mismatch::new("einsum", x.own_shape(), y.own_shape()).into());
    }
}

/// That the shapes have as many elements: parts that are all given make up the axis.
#[doc(hidden)]
#[track_caller]
pub fn whole<S: Reshape<To>, To: Shape>(from: S, to: To) {
    if let Err(Mismatch { left, right, .. }) = from.reshape(to) {
        raise(Mismatch { law: "rearrange", left, right }.into());
    }
}

/// That axis `I`, which the pattern writes `1`, is `D<1>`.
#[doc(hidden)]
pub fn single<const I: isize, X: Operand>(_: &X)
where
    X::S: RemoveAxis<I>,
{
}

/// The dim of an axis that the pattern writes `1`.
#[doc(hidden)]
pub fn one() -> One {
    One::default()
}
