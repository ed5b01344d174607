//! `+ - * /` and negation for everything that is an operand, with tensors and with floating-point numbers.
//!
//! Apart from `arithmetic`, which holds the formulas: here is only the flat repetition that the language asks for.

use super::arithmetic::{Add, Affine, Div, Mul, Neg, Sub};
use super::{NumericOver, UnaryOf, joined, unary};
use crate::device::{Device, SameDevice};
use crate::dtype::{Elem, Never, Real, Signed};
use crate::graph::{Binary, Ex, Local, Operand, Register, Unary};
use crate::model::{Forward, Param};
use crate::ops::arithmetic;
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;
use std::ops;

/// What an operator between two operands gives.
type Between<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    <<Y as Operand>::N as NumericOver<<X as Operand>::E, <Y as Operand>::E>>::Result<
        Binary<Op, <X as Operand>::N, Brought<X, Y>>,
    >,
>;

/// The graph of the right operand.
type Brought<X, Y> = <<Y as Operand>::N as NumericOver<<X as Operand>::E, <Y as Operand>::E>>::Node;

#[inline(always)]
#[track_caller]
fn between<Op, X: Operand, Y: Operand>(op: Op, x: X, y: Y) -> Between<Op, X, Y>
where
    X::S: Broadcast<Y::S>,
    Y::N: NumericOver<X::E, Y::E>,
{
    let (x, y) = (x.ex(), y.ex());
    let shape = joined(x.shape, y.shape);
    let graph = Binary { op, a: x.node, b: y.node.brought() };
    Ex::new(<Y::N as NumericOver<X::E, Y::E>>::result(graph), shape, x.device)
}

/// An operator between two operands. Nothing here says `do_not_recommend`: what is wrong with an operand is told by the
/// law that it breaks, not by "cannot add".
macro_rules! between {
    (@ [$($generics:tt)*] $left:ty, $E:ty, $S:ty, $D:ty; $Op:ident $method:ident) => {
        impl<$($generics)*, Rhs: Operand> ops::$Op<Rhs> for $left
        where
            Rhs::N: NumericOver<$E, Rhs::E>,
            $S: Broadcast<Rhs::S>,
            $D: SameDevice<Rhs::D>,
        {
            type Output = Between<$Op, $left, Rhs>;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: Rhs) -> Self::Output {
                between($Op, self, rhs)
            }
        }
    };
    ($generics:tt $left:ty, $E:ty, $S:ty, $D:ty; $($Op:ident $method:ident),*) => {$(
        between! { @ $generics $left, $E, $S, $D; $Op $method }
    )*};
}

/// An operator with a number on either side: all of them are lines, but for a number divided by a tensor.
macro_rules! with_number {
    (@ [$($generics:tt)*] $left:ty, $E:ty; $Op:ident $method:ident |$k:ident| $right:expr, $left_of:expr) => {
        impl<$($generics)*> ops::$Op<f64> for $left where $E: Real {
            type Output = UnaryOf<Affine, $left>;
            #[inline]
            fn $method(self, $k: f64) -> Self::Output { unary($right, self) }
        }
        impl<$($generics)*> ops::$Op<$left> for f64 where $E: Real {
            type Output = UnaryOf<Affine, $left>;
            #[inline]
            fn $method(self, x: $left) -> Self::Output { let $k = self; unary($left_of, x) }
        }
    };
    ($generics:tt $left:ty, $E:ty; $($Op:ident $method:ident |$k:ident| $right:expr, $left_of:expr;)*) => {$(
        with_number! { @ $generics $left, $E; $Op $method |$k| $right, $left_of }
    )*};
}

macro_rules! operators {
    ($([$($generics:tt)*] $left:ty, $S:ty, $E:ty, $D:ty;)*) => {$(
        between! { [$($generics)*] $left, $E, $S, $D; Add add, Sub sub, Mul mul, Div div }
        with_number! { [$($generics)*] $left, $E;
            Add add |k| Affine { slope: 1.0, shift: k }, Affine { slope: 1.0, shift: k };
            Sub sub |k| Affine { slope: 1.0, shift: -k }, Affine { slope: -1.0, shift: k };
            Mul mul |k| Affine { slope: k, shift: 0.0 }, Affine { slope: k, shift: 0.0 };
        }
        impl<$($generics)*> ops::Div<f64> for $left where $E: Real {
            type Output = UnaryOf<arithmetic::DivideBy, $left>;
            #[inline]
            fn div(self, divisor: f64) -> Self::Output { unary(arithmetic::DivideBy { divisor }, self) }
        }
        impl<$($generics)*> ops::Div<$left> for f64 where $E: Real {
            type Output = UnaryOf<arithmetic::Inverse, $left>;
            #[inline]
            fn div(self, x: $left) -> Self::Output { unary(arithmetic::Inverse { numerator: self }, x) }
        }
        impl<$($generics)*> ops::Neg for $left where $E: Signed {
            type Output = Negative<$left>;
            #[inline]
            fn neg(self) -> Self::Output {
                let x = self.ex();
                Ex::new(<$E as Signed>::signed_graph(Unary { op: Neg, a: x.node }), x.shape, x.device)
            }
        }
    )*};
}

/// What `-` in front of an operand gives.
type Negative<X> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    <<X as Operand>::E as Signed>::Graph<Unary<Neg, <X as Operand>::N>>,
>;

/// What an operator gives for a tensor by value: nothing, but it says what to do.
///
/// Two impls that serve nothing that exists: without them the compiler would not come to this law, but say no more than
/// that it cannot add.
#[diagnostic::on_unimplemented(
    message = "a tensor is an operand by reference, but `{Self}` stands left of an operator",
    label = "write `&` in front of the tensor",
    note = "an operator would use the tensor up; `&x` shares its memory"
)]
pub trait ByValue<Rhs> {
    /// Nothing.
    type Out;
}
impl<T> ByValue<Never> for T {
    type Out = Never;
}
impl<T> ByValue<[Never; 0]> for T {
    type Out = Never;
}

macro_rules! by_value {
    ($($Op:ident $method:ident),*) => {$(
        impl<S: Shape, E: Elem, D: Device, Rhs> ops::$Op<Rhs> for Tensor<S, E, D>
        where
            Tensor<S, E, D>: ByValue<Rhs>,
        {
            type Output = <Tensor<S, E, D> as ByValue<Rhs>>::Out;
            fn $method(self, _: Rhs) -> Self::Output {
                unreachable!("tensors by value are no operands")
            }
        }
    )*};
}
by_value! {
    Add add, Sub sub, Mul mul, Div div, Rem rem, BitAnd bitand, BitOr bitor, BitXor bitxor, Shl shl, Shr shr
}

operators! {
    [S: Shape, E: Elem, D: Device, N] Ex<S, E, D, N>, S, E, D;
    ['a, S: Shape, E: Elem, D: Device] &'a Tensor<S, E, D>, S, E, D;
    [S: Shape, P: Forward] Param<S, P>, S, P::Elem, P::Dev;
    [S: Shape, E: Real, D: Device] Local<S, E, D>, S, E, D;
    [S: Shape, E: Real, D: Device] Register<S, E, D>, S, E, D;
}
