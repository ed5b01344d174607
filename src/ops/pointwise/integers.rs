//! What integers have beside arithmetic: `%`, bits, shifts, and numbers of their own type in all operators.
//!
//! Apart from `operators` because a number beside floats is an `f64` for every element type, and beside integers is of
//! the element type itself: `&x * 2` computes with the very 2, and rustc refuses one that does not fit.

use super::arithmetic::{Add, Div, Mul, Sub};
use super::binary::Fmod;
use super::joined;
use crate::device::{Device, SameDevice};
use crate::dtype::{Discrete, Elem, Integer, Integral, NoFloat};
use crate::elements::for_each_integer;
use crate::graph::{Binary, Bitwise1, Bitwise2, Constant, Ex, Exact1, Exact2, Operand, Unary};
use crate::loops::{Bits, Faults, Int};
use crate::ops::laws::operator_law;
use crate::shape::{Broadcast, Broadcasted, Shape};
use crate::tensor::Tensor;
use std::ops;

operator_law! {
    /// What an operand over elements `Own` brings into `&`, `|` or `^` whose left side has elements `E`.
    #[diagnostic::on_unimplemented(
        message = "`&`, `|` and `^` need integer or `bool` tensors of one element type, found `{E}` and `{Own}`",
        label = "`{E}` on the left, `{Own}` on the right",
        note = "convert one side: `x.convert::<i64>()`; comparisons, `x.gt(&y)`, are `bool`"
    )]
    BitsOver for [K, E: Discrete<Kind = K>] NoFloat<K>;
}
operator_law! {
    /// What an operand over elements `Own` brings into `%`, `<<` or `>>` whose left side has elements `E`.
    #[diagnostic::on_unimplemented(
        message = "`%`, `<<` and `>>` need integer tensors of one element type, found `{E}` and `{Own}`",
        label = "`{E}` on the left, `{Own}` on the right",
        note = "convert one side: `x.convert::<i64>()`; the remainders of floats are `x.fmod(&y)` and `x.rem(&y)`"
    )]
    IntegersOver for [E: Integer] NoFloat<Integral>;
}

/// The formulas behind operators on bits.
macro_rules! formulas {
    ($($(#[$doc:meta])* $Op:ident of $kind:ident $name:literal |$($x:ident),*| $value:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Op;
        formulas! { @ $kind $Op $name |$($x),*| $value }
    )*};
    (@ bits $Op:ident $name:literal |$x:ident| $value:expr) => {
        formulas! { @ integers $Op $name |$x| $value }
        impl Bitwise1 for $Op {
            const NAME: &'static str = $name;
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Bits>(self, $x: V) -> V {
                $value
            }
        }
    };
    (@ bits $Op:ident $name:literal |$x:ident, $y:ident| $value:expr) => {
        formulas! { @ integers $Op $name |$x, $y| $value }
        impl Bitwise2 for $Op {
            const NAME: &'static str = $name;
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Bits>(self, $x: V, $y: V) -> V {
                $value
            }
        }
    };
    (@ integers $Op:ident $name:literal |$x:ident| $value:expr) => {
        impl<E: Integer> Exact1<E> for $Op {
            const NAME: &'static str = $name;
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Int<E>>(self, $x: V, _: &mut Faults) -> V {
                $value
            }
        }
    };
    (@ integers $Op:ident $name:literal |$x:ident, $y:ident| $value:expr) => {
        impl<E: Integer> Exact2<E> for $Op {
            const NAME: &'static str = $name;
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Int<E>>(self, $x: V, $y: V, _: &mut Faults) -> V {
                $value
            }
        }
    };
}
formulas! {
    /// `!x`
    Flip of bits "not" |x| !x;
    /// `x & y`
    BitAnd of bits "bitand" |x, y| x & y;
    /// `x | y`
    BitOr of bits "bitor" |x, y| x | y;
    /// `x ^ y`
    BitXor of bits "bitxor" |x, y| x ^ y;
    /// `x << y`
    Shl of integers "shl" |x, y| x.shifted_left(y);
    /// `x >> y`
    Shr of integers "shr" |x, y| x.shifted_right(y);
}

/// What an operator of law `Law` between two operands gives.
macro_rules! between {
    ($Law:ident: $($Trait:ident $method:ident by $Op:ident),*) => {
        between! { @ [S: Shape, E: Elem, D: Device, N], Ex<S, E, D, N>, $Law; $($Trait $method $Op)* }
        between! { @ ['a, S: Shape, E: Elem, D: Device], &'a Tensor<S, E, D>, $Law; $($Trait $method $Op)* }
    };
    (@ $generics:tt, $left:ty, $Law:ident; $($Trait:ident $method:ident $Op:ident)*) => {$(
        between! { @@ $generics, $left, $Law, $Trait $method $Op }
    )*};
    (@@ [$($generics:tt)*], $left:ty, $Law:ident, $Trait:ident $method:ident $Op:ident) => {
        impl<$($generics)*, Rhs: Operand> ops::$Trait<Rhs> for $left
        where
            Rhs::N: $Law<E, Rhs::E>,
            S: Broadcast<Rhs::S>,
            D: SameDevice<Rhs::D>,
        {
            type Output = Ex<
                Broadcasted<S, Rhs::S>,
                E,
                D,
                <Rhs::N as $Law<E, Rhs::E>>::Result<
                    Binary<$Op, <$left as Operand>::N, <Rhs::N as $Law<E, Rhs::E>>::Node>,
                >,
            >;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: Rhs) -> Self::Output {
                let (x, y) = (self.ex(), rhs.ex());
                let shape = joined(x.shape, y.shape);
                let graph = Binary { op: $Op, a: x.node, b: $Law::<E, Rhs::E>::brought(y.node) };
                Ex::new(<Rhs::N as $Law<E, Rhs::E>>::result(graph), shape, x.device)
            }
        }
    };
}
between! { BitsOver: BitAnd bitand by BitAnd, BitOr bitor by BitOr, BitXor bitxor by BitXor }
between! { IntegersOver: Rem rem by Fmod, Shl shl by Shl, Shr shr by Shr }

macro_rules! not {
    ($([$($generics:tt)*] $left:ty;)*) => {$(
        impl<$($generics)*> ops::Not for $left {
            type Output = Ex<S, E, D, Unary<Flip, <$left as Operand>::N>>;
            /// The other bits; the other truth value.
            #[inline]
            fn not(self) -> Self::Output {
                let x = self.ex();
                Ex::new(Unary { op: Flip, a: x.node }, x.shape, x.device)
            }
        }
    )*};
}
not! {
    [S: Shape, E: Discrete, D: Device, N] Ex<S, E, D, N>;
    ['a, S: Shape, E: Discrete, D: Device] &'a Tensor<S, E, D>;
}

/// Operators with an integer on either side.
macro_rules! with_number {
    ($($E:ident),*) => {$(
        with_number! { @ [S: Shape, D: Device, N], Ex<S, $E, D, N>, $E }
        with_number! { @ ['a, S: Shape, D: Device], &'a Tensor<S, $E, D>, $E }
    )*};
    (@ $generics:tt, $left:ty, $E:ident) => {
        with_number! { @@ $generics, $left, $E;
            Add add Add, Sub sub Sub, Mul mul Mul, Div div Div, Rem rem Fmod,
            BitAnd bitand BitAnd, BitOr bitor BitOr, BitXor bitxor BitXor, Shl shl Shl, Shr shr Shr
        }
    };
    (@@ $generics:tt, $left:ty, $E:ident; $($Trait:ident $method:ident $Op:ident),*) => {$(
        with_number! { @@@ $generics, $left, $E, $Trait $method $Op }
    )*};
    (@@@ [$($generics:tt)*], $left:ty, $E:ident, $Trait:ident $method:ident $Op:ident) => {
        impl<$($generics)*> ops::$Trait<$E> for $left {
            type Output = Ex<S, $E, D, Binary<$Op, <$left as Operand>::N, Constant<$E>>>;
            #[inline]
            fn $method(self, number: $E) -> Self::Output {
                let x = self.ex();
                Ex::new(Binary { op: $Op, a: x.node, b: Constant(number) }, x.shape, x.device)
            }
        }
        impl<$($generics)*> ops::$Trait<$left> for $E {
            type Output = Ex<S, $E, D, Binary<$Op, Constant<$E>, <$left as Operand>::N>>;
            #[inline]
            fn $method(self, x: $left) -> Self::Output {
                let x = x.ex();
                Ex::new(Binary { op: $Op, a: Constant(self), b: x.node }, x.shape, x.device)
            }
        }
    };
}
for_each_integer!(with_number);

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn expressions_are_lazy_and_numbers_have_the_type() {
        let (a, b) = (Cpu.tensor([1, 2, 3]), Cpu.tensor([10, 20, 30]));
        assert_eq!(((&a * 3 + &b) % 7).eval().as_slice(), [6, 5, 4]);
        assert_eq!((1 - &a).eval().as_slice(), [0, -1, -2]);
        assert_eq!((-&a / 2).eval().as_slice(), [0, -1, -1]);
        let bytes = Cpu.tensor_of::<u8, _>([250, 3]);
        assert_eq!((&bytes + 10).eval().as_slice(), [4, 13]);
        assert_eq!((!(&bytes & 0x0f) << 4 | 1).eval().as_slice(), [0x51, 0xc1]);
    }

    #[test]
    fn a_division_by_zero_names_the_element() {
        let (a, b) = (Cpu.tensor([[1, 2], [3, 4]]), Cpu.tensor([1, 0]));
        let error = attempt(|| (&a / &b).eval()).unwrap_err();
        assert_eq!(error.to_string(), "an integer is divided by 0, at index [0, 1] of shape (D<2>, D<2>)");
        let error = attempt(|| a.pow(&(&b - 1).eval()).eval()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an integer is raised to a negative power, at index [0, 1] of shape (D<2>, D<2>)"
        );
    }

    #[test]
    fn methods_are_those_of_floats() {
        let x = Cpu.tensor([-7, 0, 7]);
        assert_eq!(x.floor_div(&Cpu.tensor([2])).eval().as_slice(), [-4, 0, 3]);
        assert_eq!(x.rem(&Cpu.tensor([2])).eval().as_slice(), [1, 0, 1]);
        assert_eq!(x.fmod(&Cpu.tensor([2])).eval().as_slice(), [-1, 0, 1]);
        assert_eq!(x.abs().sign().eval().as_slice(), [1, 0, 1]);
        assert_eq!(x.clamp(-2, 5).square().eval().as_slice(), [4, 0, 25]);
        assert_eq!(x.maximum(&Cpu.tensor([1])).eval().as_slice(), [1, 1, 7]);
    }

    #[test]
    fn truth_values_combine_bit_by_bit() {
        let (a, b) = (Cpu.tensor_of::<bool, _>([true, true, false]), Cpu.tensor_of::<bool, _>([true, false, false]));
        assert_eq!((&a & !&b).eval().as_slice(), [false, true, false]);
        assert_eq!((&a ^ &b | &b).eval().as_slice(), [true, true, false]);
    }

    #[test]
    fn generic_code_computes_with_every_integer() {
        fn twice<S: Shape, E: Integer>(x: &Tensor<S, E>) -> Tensor<S, E> {
            (x + x).eval()
        }
        assert_eq!(twice(&Cpu.tensor_of::<i8, _>([100, 1])).as_slice(), [-56, 2]);
    }
}
