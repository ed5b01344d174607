//! `+ - * /` and negation for everything that is an operand, with tensors and with floating-point numbers.
//!
//! Apart from `arithmetic`, which holds the formulas: here is only the flat repetition that the language asks for.

use super::arithmetic::{Affine, DivideBy, Inverse, Neg};
use super::{UnaryOf, joined, unary};
use crate::device::Device;
use crate::dtype::{Elem, Never, Real, Signed};
use crate::graph::{Binary, Ex, Local, Operand, Register, Unary};
use crate::ops::NumericOver;
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;
use std::ops;

/// What an operator between two operands gives.
pub(crate) type OperatorOf<Op, X, Y> = Ex<
    Broadcasted<<X as Operand>::S, <Y as Operand>::S>,
    <X as Operand>::E,
    <X as Operand>::D,
    <<Y as Operand>::N as NumericOver<<X as Operand>::E, <Y as Operand>::E>>::Result<
        Binary<Op, <X as Operand>::N, Brought<X, Y>>,
    >,
>;

/// The graph of the right operand.
pub(crate) type Brought<X, Y> = <<Y as Operand>::N as NumericOver<<X as Operand>::E, <Y as Operand>::E>>::Node;

#[cfg_attr(optimised, inline(always))]
#[track_caller]
pub(crate) fn between<Op, X: Operand, Y: Operand>(op: Op, x: X, y: Y) -> OperatorOf<Op, X, Y>
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
macro_rules! between_operands {
    (@ [$($generics:tt)*] $left:ty, $E:ty, $S:ty, $D:ty; $Op:ident $method:ident) => {
        impl<$($generics)*, Rhs: $crate::graph::Operand> std::ops::$Op<Rhs> for $left
        where
            Rhs::N: $crate::ops::NumericOver<$E, Rhs::E>,
            $S: $crate::shape::Broadcast<Rhs::S>,
            $D: $crate::device::SameDevice<Rhs::D>,
        {
            type Output = $crate::ops::operators::OperatorOf<$crate::ops::arithmetic::$Op, $left, Rhs>;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: Rhs) -> Self::Output {
                $crate::ops::operators::between($crate::ops::arithmetic::$Op, self, rhs)
            }
        }
    };
    ($generics:tt $left:ty, $E:ty, $S:ty, $D:ty; $($Op:ident $method:ident),*) => {$(
        $crate::ops::operators::between_operands! { @ $generics $left, $E, $S, $D; $Op $method }
    )*};
}

/// An operator with a number on either side: all of them are lines (slope and shift), but for quotients.
macro_rules! with_number {
    (@ [$($generics:tt)*] $left:ty, $E:ty; $Op:ident $method:ident |$k:ident| $right:expr, $left_of:expr) => {
        impl<$($generics)*> std::ops::$Op<f64> for $left where $E: $crate::dtype::Real {
            type Output = $crate::ops::operators::Line<$left>;
            #[inline]
            fn $method(self, $k: f64) -> Self::Output { $crate::ops::operators::line($right, self) }
        }
        impl<$($generics)*> std::ops::$Op<$left> for f64 where $E: $crate::dtype::Real {
            type Output = $crate::ops::operators::Line<$left>;
            #[inline]
            fn $method(self, x: $left) -> Self::Output { let $k = self; $crate::ops::operators::line($left_of, x) }
        }
    };
    ($generics:tt $left:ty, $E:ty; $($Op:ident $method:ident |$k:ident| $right:expr, $left_of:expr;)*) => {$(
        $crate::ops::operators::with_number! { @ $generics $left, $E; $Op $method |$k| $right, $left_of }
    )*};
}

macro_rules! operators {
    ($([$($generics:tt)*] $left:ty, $S:ty, $E:ty, $D:ty;)*) => {$(
        $crate::ops::operators::between_operands! {
            [$($generics)*] $left, $E, $S, $D; Add add, Sub sub, Mul mul, Div div
        }
        $crate::ops::operators::with_number! { [$($generics)*] $left, $E;
            Add add |k| (1.0, k), (1.0, k);
            Sub sub |k| (1.0, -k), (-1.0, k);
            Mul mul |k| (k, 0.0), (k, 0.0);
        }
        impl<$($generics)*> std::ops::Div<f64> for $left where $E: $crate::dtype::Real {
            type Output = $crate::ops::operators::Divided<$left>;
            #[inline]
            fn div(self, divisor: f64) -> Self::Output { $crate::ops::operators::divided(self, divisor) }
        }
        impl<$($generics)*> std::ops::Div<$left> for f64 where $E: $crate::dtype::Real {
            type Output = $crate::ops::operators::Inverted<$left>;
            #[inline]
            fn div(self, x: $left) -> Self::Output { $crate::ops::operators::inverted(self, x) }
        }
        impl<$($generics)*> std::ops::Neg for $left where $E: $crate::dtype::Signed {
            type Output = $crate::ops::operators::Negative<$left>;
            #[inline]
            fn neg(self) -> Self::Output {
                $crate::ops::operators::negative(self)
            }
        }
    )*};
}
pub(crate) use {between_operands, operators, with_number};

/// What a sum, a difference or a product with a number gives.
pub(crate) type Line<X> = UnaryOf<Affine, X>;
/// What a division by a number gives.
pub(crate) type Divided<X> = UnaryOf<DivideBy, X>;
/// What a number divided by an operand gives.
pub(crate) type Inverted<X> = UnaryOf<Inverse, X>;

#[inline]
pub(crate) fn line<X: Operand<E: Real>>((slope, shift): (f64, f64), x: X) -> Line<X> {
    unary(Affine { slope, shift }, x)
}

#[inline]
pub(crate) fn divided<X: Operand<E: Real>>(x: X, divisor: f64) -> Divided<X> {
    unary(DivideBy { divisor }, x)
}

#[inline]
pub(crate) fn inverted<X: Operand<E: Real>>(numerator: f64, x: X) -> Inverted<X> {
    unary(Inverse { numerator }, x)
}

/// What `-` in front of an operand gives.
pub(crate) type Negative<X> = Ex<
    <X as Operand>::S,
    <X as Operand>::E,
    <X as Operand>::D,
    <<X as Operand>::E as Signed>::Graph<Unary<Neg, <X as Operand>::N>>,
>;

#[inline]
pub(crate) fn negative<X: Operand<E: Signed>>(x: X) -> Negative<X> {
    let x = x.ex();
    Ex::new(<X::E as Signed>::signed_graph(Unary { op: Neg, a: x.node }), x.shape, x.device)
}

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

/// What an operator gives for an expression by reference: nothing, but it says what to do.
#[diagnostic::on_unimplemented(
    message = "an expression is an operand by value, but stands by reference left of an operator",
    label = "drop the `&`: an expression is moved into the next one",
    note = "to use it twice, compute it once by `.eval()`, or share it: `x.with(|x| ..)`, `x.keep()`"
)]
pub trait ByReference<Rhs> {
    /// Nothing.
    type Out;
}
impl<T> ByReference<Never> for T {
    type Out = Never;
}
impl<T> ByReference<[Never; 0]> for T {
    type Out = Never;
}

macro_rules! by_reference {
    ($($Op:ident $method:ident),*) => {$(
        impl<S: Shape, E: Elem, D: Device, N, Rhs> ops::$Op<Rhs> for &Ex<S, E, D, N>
        where
            Self: ByReference<Rhs>,
        {
            type Output = <Self as ByReference<Rhs>>::Out;
            fn $method(self, _: Rhs) -> Self::Output {
                unreachable!("expressions by reference are no operands")
            }
        }
    )*};
}
by_reference! {
    Add add, Sub sub, Mul mul, Div div, Rem rem, BitAnd bitand, BitOr bitor, BitXor bitxor, Shl shl, Shr shr
}

/// The same for what stands by value right of a number.
#[diagnostic::on_unimplemented(
    message = "a tensor is an operand by reference, but `{Self}` stands right of a number",
    label = "write `&` in front of the tensor",
    note = "an operator would use the tensor up; `&x` shares its memory"
)]
pub trait ByValueOnTheRight {
    /// Nothing.
    type Out;
}

macro_rules! right_of_numbers {
    ($($Op:ident $method:ident),*) => {$(
        impl<S: Shape, E: Elem, D: Device> ops::$Op<Tensor<S, E, D>> for f64
        where
            Tensor<S, E, D>: ByValueOnTheRight,
        {
            type Output = <Tensor<S, E, D> as ByValueOnTheRight>::Out;
            fn $method(self, _: Tensor<S, E, D>) -> Self::Output {
                unreachable!("tensors by value are no operands")
            }
        }
    )*};
}
right_of_numbers! { Add add, Sub sub, Mul mul, Div div }

operators! {
    [S: Shape, E: Elem, D: Device, N] Ex<S, E, D, N>, S, E, D;
    ['a, S: Shape, E: Elem, D: Device] &'a Tensor<S, E, D>, S, E, D;
    [S: Shape, E: Real, D: Device] Local<S, E, D>, S, E, D;
    [S: Shape, E: Real, D: Device] Register<S, E, D>, S, E, D;
}
