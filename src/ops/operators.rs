//! `+ - * /` and negation for everything that is an operand, with tensors and with numbers.
//!
//! Apart from `arithmetic`, which holds the formulas: here is only the flat repetition that the language asks for.

use super::arithmetic::{Add, Affine, Div, Mul, Neg, Sub};
use super::{Beside, BinaryOf, Over, UnaryOf, beside, binary, unary};
use crate::device::{Device, SameDevice};
use crate::dims::Flag;
use crate::dtype::{Elem, Never, Real};
use crate::graph::{Ex, Local, Operand, Register};
use crate::model::{Forward, Param};
use crate::ops::arithmetic;
use crate::shape::{Broadcast, Shape};
use crate::tensor::Tensor;
use std::ops;

/// An operator between two operands. Nothing here says `do_not_recommend`: what is wrong with an operand is told by the
/// law that it breaks, not by "cannot add".
macro_rules! between {
    (@ [$($generics:tt)*] $left:ty, $E:ty, $S:ty, $D:ty; $Op:ident $method:ident) => {
        impl<$($generics)*, Rhs: Operand> ops::$Op<Rhs> for $left
        where
            $E: Real,
            Rhs::N: Over<$E, Rhs::E>,
            $S: Broadcast<Rhs::S>,
            $D: SameDevice<Rhs::D>,
        {
            type Output = BinaryOf<$Op, $left, Beside<$left, Rhs>>;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: Rhs) -> Self::Output {
                let x = self.ex();
                let rhs = beside::<$left, _>(x.device, rhs);
                binary($Op, x, rhs)
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
        impl<$($generics)*> ops::Neg for $left where $E: Real {
            type Output = UnaryOf<Neg, $left>;
            #[inline]
            fn neg(self) -> Self::Output { unary(Neg, self) }
        }
    )*};
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
by_value! { Add add, Sub sub, Mul mul, Div div }

operators! {
    [S: Shape, E: Elem, D: Device, N] Ex<S, E, D, N>, S, E, D;
    ['a, S: Shape, E: Elem, D: Device] &'a Tensor<S, E, D>, S, E, D;
    [S: Shape, P: Forward] Param<S, P>, S, P::Elem, P::Dev;
    [S: Shape, E: Real, D: Device, G: Flag] Local<S, E, D, G>, S, E, D;
    [S: Shape, E: Real, D: Device] Register<S, E, D>, S, E, D;
}
