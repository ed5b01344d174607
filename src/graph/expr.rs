//! Expressions: what a user holds, passes and returns while building a graph.
//!
//! Apart from the nodes: shape, dtype and device stand on the wrapper, so type checking never looks into a node.

use super::node::{Lazy, Node};
use super::region::materialise;
use crate::device::{Buf, Cpu, Device};
use crate::dtype::{Elem, Real};
use crate::elements::for_each_float;
use crate::shape::Shape;
use crate::tensor::Tensor;
use generic_array::GenericArray;
use std::marker::PhantomData;

/// An expression: what it is comes first (shape, dtype, device), how it is computed comes last (the graph `N`).
///
/// Lazy where it is pointwise; [`eval`](crate::ops::Evaluate::eval) makes a tensor of it.
#[must_use = "expressions are lazy: call `.eval()` or use them in a loss"]
#[derive(Clone, Copy)]
pub struct Ex<S, E, D, N> {
    pub(crate) node: N,
    pub(crate) shape: S,
    pub(crate) device: D,
    elem: PhantomData<E>,
}

impl<S, E, D, N> Ex<S, E, D, N> {
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn new(node: N, shape: S, device: D) -> Self {
        Ex { node, shape, device, elem: PhantomData }
    }
}

impl<S: Shape, E, D: Device, N> Ex<S, E, D, N> {
    /// The shape, with the sizes of its run-time dims.
    pub fn shape(&self) -> S {
        self.shape
    }

    /// The sizes of the axes.
    pub fn dims(&self) -> GenericArray<usize, S::Rank> {
        self.shape.dims()
    }

    /// The device.
    pub fn device(&self) -> D {
        self.device
    }
}

impl<S: Shape, E: Elem, D: Device, N: Lazy<E>> Ex<S, E, D, N> {
    #[track_caller]
    pub(crate) fn materialise(&self) -> Buf<E> {
        materialise(self.device, &self.node, self.shape)
    }
}

/// Anything that may stand on either side of an operator: `&Tensor`, parameters, shared values, expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tensor operand",
    label = "expected a tensor by reference, a parameter, an expression, or an `f64`",
    note = "tensors are operands by reference, `&x`, expressions by value, and numbers are `f64`: `x + 1.0`, \
            `x / f64::from(scale)`, `x / n as f64`"
)]
pub trait Operand {
    /// The graph.
    type N;
    /// The shape.
    type S: Shape;
    /// The element type.
    type E: Elem;
    /// The device.
    type D: Device;
    /// The expression that it stands for: how a tensor is passed to a function of one's own, `f(x.ex())`.
    fn ex(self) -> Ex<Self::S, Self::E, Self::D, Self::N>;
    /// The tensor that it is, for work that is done before the call returns; none of what has a graph. Of a few
    /// elements, counting one more handle to their memory takes as long as computing with them.
    #[doc(hidden)]
    fn lent(&self) -> Option<Lent<'_, Self::S, Self::E, Self::D>> {
        None
    }
}

/// A tensor that is looked at, and not kept.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Lent<'a, S, E, D> {
    pub(crate) buf: &'a Buf<E>,
    pub(crate) shape: S,
    pub(crate) device: D,
}

impl<S: Shape, E: Elem, D: Device, N> Operand for Ex<S, E, D, N> {
    type N = N;
    type S = S;
    type E = E;
    type D = D;
    #[cfg_attr(optimised, inline(always))]
    fn ex(self) -> Self {
        self
    }
}

// Only `&Tensor` is an operand: if `Tensor` were one too, `a.matmul(..)` would move `a`.
impl<S: Shape, E: Elem, D: Device> Operand for &Tensor<S, E, D> {
    type N = super::leaf::Leaf<S, E, crate::dims::Off>;
    type S = S;
    type E = E;
    type D = D;
    #[inline]
    fn ex(self) -> Ex<S, E, D, Self::N> {
        Ex::new(super::leaf::Leaf::constant(self.buf.clone(), self.shape), self.shape, self.device)
    }
    #[cfg_attr(optimised, inline(always))]
    fn lent(&self) -> Option<Lent<'_, S, E, D>> {
        Some(Lent { buf: &self.buf, shape: self.shape, device: self.device })
    }
}

/// A dtype and a device: `(f32, Cpu)`, or any [`Part`](crate::model::Part) of a model.
pub trait Kind: 'static {
    /// The element type.
    type Elem: Real;
    /// The device.
    type Dev: Device;
}

impl<E: Real, D: Device> Kind for (E, D) {
    type Elem = E;
    type Dev = D;
}

/// An element type alone is a kind on the CPU.
macro_rules! on_the_cpu {
    ($($E:ty),*) => {$(
        impl Kind for $E {
            type Elem = $E;
            type Dev = Cpu;
        }
    )*};
}
for_each_float!(on_the_cpu);

/// What functions take that tensors are passed to by reference, as layers do: `x: impl Expr<(B, D<784>), P>`.
///
/// The rule for functions of one's own is [`Ex!`](crate::Ex!) in this place, too: what is a bound of an `impl Expr` is
/// asked again wherever the result is used, and so is a mistake. Operators need `x.ex()` on their left.
#[diagnostic::on_unimplemented(
    message = "expected a tensor or expression of shape `{S}` for `{K}`",
    label = "has another shape, element type or device, or is a tensor that is not passed by reference, `&x`"
)]
pub trait Expr<S: Shape, K: Kind = (f32, Cpu)>: Operand<S = S, E = K::Elem, D = K::Dev, N: Node<K::Elem>> {}
#[diagnostic::do_not_recommend]
impl<S, K, X> Expr<S, K> for X
where
    S: Shape,
    K: Kind,
    X: Operand<S = S, E = K::Elem, D = K::Dev, N: Node<K::Elem>>,
{
}

/// What functions return: `-> Out<(B, D<10>), P, impl Node<P::Elem>>`, or shorter [`Ex!`](crate::Ex!).
pub type Out<S, K, N> = Ex<S, <K as Kind>::Elem, <K as Kind>::Dev, N>;

/// An expression as an argument and as the result of a function over a [`Kind`]: `Ex![P; B, 10]` has shape
/// `(B, D<10>)`, elements and device of `P`, and any graph.
///
/// `P` is a [`Part`](crate::model::Part) of a model, or a pair of element type and device. A tensor is passed as
/// `x.ex()`, what `with` and `share` hand out likewise. A wrong argument is one error, where it is passed.
///
/// ```
/// use congruent::prelude::*;
/// fn double<E: Real, D: Device, B: Dim>(x: Ex![(E, D); B, 3]) -> Ex![(E, D); B, 3] {
///     x * 2.0
/// }
/// let x = Cpu.tensor([[1.0, 2.0, 3.0]]);
/// assert_eq!(double(double(x.ex())).eval().as_slice(), [4.0, 8.0, 12.0]);
/// ```
#[macro_export]
macro_rules! Ex {
    ($kind:ty; $($dims:tt)*) => {
        $crate::graph::Ex<
            $crate::Shape![$($dims)*],
            <$kind as $crate::graph::Kind>::Elem,
            <$kind as $crate::graph::Kind>::Dev,
            impl $crate::graph::Node<<$kind as $crate::graph::Kind>::Elem>
        >
    };
}
