//! Where the largest and the smallest element stand: `argmax` and `argmin`.
//!
//! Apart from `reductions`, which give the elements themselves: a position is an integer, and has no gradient.

use super::elements::{Along, Elements, IndicesOf};
use super::forms::forms;
use crate::device::OrderWork;
use crate::shape::Shape;
use crate::tensor::Tensor;

forms! {
    /// Positions of extremes, over all elements or along one axis; floats of any expression, and tensors of integers.
    ArgExtremes

    /// Position of the largest element, the first of equal ones; NaN counts as the largest, the first one wins. No
    /// gradient. No elements raise [`Error::Empty`](crate::Error::Empty) with the axis and the shape.
    argmax() -> IndicesOf by largest where [Self: Elements],
        "let x = Cpu.tensor([[1.0, 5.0, 2.0], [5.0, 0.0, 4.0]]);\n\
         assert_eq!(x.argmax().item(), 1); // counted in row-major order\n\
         assert_eq!(x.argmax_axis::<1>().as_slice(), [1, 0]);\n\
         assert_eq!(x.argmax_keepdim::<0>().as_slice(), [1, 0, 1]);";
    /// Position of the smallest element, the first of equal ones; NaN counts as the smallest, the first one wins. No
    /// gradient. No elements raise [`Error::Empty`](crate::Error::Empty) with the axis and the shape.
    argmin() -> IndicesOf by smallest where [Self: Elements],
        "let x = Cpu.tensor([[3, 1, 2], [1, 0, 0]]);\n\
         assert_eq!((x.argmin().item(), x.argmin_axis::<-1>().as_slice()), (4, &[1, 1][..]));";
}

#[track_caller]
fn largest<X: Elements, S: Shape>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> IndicesOf<X, S> {
    extreme(x, along, "argmax", true)
}

#[track_caller]
fn smallest<X: Elements, S: Shape>(x: X, along: impl FnOnce(X::S) -> Along<S>) -> IndicesOf<X, S> {
    extreme(x, along, "argmin", false)
}

#[track_caller]
fn extreme<X, S>(x: X, along: impl FnOnce(X::S) -> Along<S>, what: &str, largest: bool) -> IndicesOf<X, S>
where
    X: Elements,
    S: Shape,
{
    let x = x.read();
    let along = along(x.shape);
    along.need_elements(what, x.shape);
    let buf = x.device.extremes(along.rows, &x.buf, largest, false);
    Tensor { buf, shape: along.shape, device: x.device }
}
