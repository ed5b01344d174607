//! A formula applied to one, two or three operands: the graph that it gives, and the shape by broadcasting.
//!
//! Apart from the tables because every row of them, the operators and users' own formulas end here.

use crate::dtype::{Floating, Numeric};
use crate::error::differ;
use crate::graph::{Binary, Ex, Operand, Ternary, Unary};
use crate::ops::{Computed, ComputedNumbers};
use crate::shape::{Broadcast, Broadcasted};

/// The expression of a formula over one operand.
pub type UnaryOf<Op, X> =
    Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, Computed<X, Unary<Op, <X as Operand>::N>>>;

/// The expression of a formula over two operands, which broadcast.
pub type BinaryOf<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Computed<X, Binary<Op, <X as Operand>::N, <Y as Operand>::N>>,
>;

/// The expression of a formula over three operands, which broadcast.
pub type TernaryOf<Op, X, Y, Z> = Ex<
    Broadcasted<Broadcasted<<X as Operand>::S, <Y as Operand>::S>, <Z as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    Computed<X, Ternary<Op, <X as Operand>::N, <Y as Operand>::N, <Z as Operand>::N>>,
>;

/// The expression of a formula over one operand of floats or integers.
pub type UnaryOfNumbers<Op, X> =
    Ex<<X as Operand>::S, <X as Operand>::E, <X as Operand>::D, ComputedNumbers<X, Unary<Op, <X as Operand>::N>>>;

/// The expression of a formula over two operands of floats or integers, which broadcast.
pub type BinaryOfNumbers<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    ComputedNumbers<X, Binary<Op, <X as Operand>::N, <Y as Operand>::N>>,
>;

/// The expression of a formula over three operands of floats or integers, which broadcast.
pub type TernaryOfNumbers<Op, X, Y, Z> = Ex<
    Broadcasted<Broadcasted<<X as Operand>::S, <Y as Operand>::S>, <Z as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    ComputedNumbers<X, Ternary<Op, <X as Operand>::N, <Y as Operand>::N, <Z as Operand>::N>>,
>;

/// A number beside the elements of an operand: `f64` for floats, the element type for integers.
pub type NumberOf<X> = <<X as Operand>::E as Numeric>::Number;

/// Applies a formula of floats or integers to one operand.
#[inline]
pub fn unary_of_numbers<Op, X: Operand<E: Numeric>>(op: Op, x: X) -> UnaryOfNumbers<Op, X> {
    let x = x.ex();
    Ex::new(X::E::number_graph(Unary { op, a: x.node }), x.shape, x.device)
}

/// Applies a formula of floats or integers to two operands; sizes as of [`binary()`].
#[inline]
#[track_caller]
pub fn binary_of_numbers<Op, X: Operand<E: Numeric>, Y: Operand>(op: Op, x: X, y: Y) -> BinaryOfNumbers<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    Ex::new(X::E::number_graph(Binary { op, a: x.node, b: y.node }), shape, x.device)
}

/// Applies a formula of floats or integers to three operands; sizes as of [`ternary()`].
#[inline]
#[track_caller]
pub fn ternary_of_numbers<Op, X, Y, Z>(op: Op, x: X, y: Y, z: Z) -> TernaryOfNumbers<Op, X, Y, Z>
where
    X: Operand<E: Numeric>,
    Y: Operand,
    Z: Operand,
    X::S: Broadcast<Y::S>,
    Broadcasted<X::S, Y::S>: Broadcast<Z::S>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    let shape = joined(joined(x.shape, y.shape), z.shape);
    Ex::new(X::E::number_graph(Ternary { op, a: x.node, b: y.node, c: z.node }), shape, x.device)
}

/// Applies a formula to one operand.
#[inline]
pub fn unary<Op, X: Operand<E: Floating>>(op: Op, x: X) -> UnaryOf<Op, X> {
    let x = x.ex();
    Ex::new(X::E::graph(Unary { op, a: x.node }), x.shape, x.device)
}

/// Applies a formula to two operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn binary<Op, X: Operand<E: Floating>, Y: Operand>(op: Op, x: X, y: Y) -> BinaryOf<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    Ex::new(X::E::graph(Binary { op, a: x.node, b: y.node }), shape, x.device)
}

/// Applies a formula to three operands; run-time sizes that differ raise [`Error::Sizes`](crate::Error::Sizes).
#[inline]
#[track_caller]
pub fn ternary<Op, X: Operand<E: Floating>, Y: Operand, Z: Operand>(op: Op, x: X, y: Y, z: Z) -> TernaryOf<Op, X, Y, Z>
where
    X::S: Broadcast<Y::S>,
    Broadcasted<X::S, Y::S>: Broadcast<Z::S>,
{
    let (x, y, z) = (x.ex(), y.ex(), z.ex());
    let shape = joined(joined(x.shape, y.shape), z.shape);
    Ex::new(X::E::graph(Ternary { op, a: x.node, b: y.node, c: z.node }), shape, x.device)
}

/// The broadcast shape, or the error of two sizes that only the run knows.
#[inline]
#[track_caller]
pub(crate) fn joined<A: Broadcast<B>, B>(a: A, b: B) -> A::Out {
    match a.join(b) {
        Ok(shape) => shape,
        Err(mismatch) => differ(mismatch),
    }
}
