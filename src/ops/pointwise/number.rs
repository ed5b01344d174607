//! A number where a tensor is expected: `x.gt(0.5)`, `mask.where_(&x, 0.0)`.
//!
//! Apart from `operators`, where a number becomes part of a formula: here it is an operand of its own, so that one
//! formula serves tensors and numbers alike. It occupies no memory and has no gradient.

use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Elem, Real};
use crate::graph::{Closed, Constant, Ex, Lazy, Operand};
use crate::layout::Sizes;
use crate::loops::{At, Body, Frame, Registers, RowIndex, Sealed, Survey};
use crate::num::Lane;
use crate::shape::Shape;

/// A tensor operand, or a number that stands for a tensor full of it, beside elements `E` on device `D`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a tensor operand nor a number",
    label = "expected a tensor by reference, an expression, or a number",
    note = "tensors are operands by reference: `&x`; numbers are `f64` beside floats, `1.0`, \
            and of the element type beside integers"
)]
pub trait Term<E, D> {
    /// The shape; that of a number is `()`.
    type S: Shape;
    /// The element type, which must be `E`; that of a number is.
    type E: Elem;
    /// The device, which must be `D`; that of a number is.
    type D: Device;
    /// The graph.
    type N;
    /// The expression that it stands for, on the device that the other operands are on.
    fn term(self, device: D) -> Ex<Self::S, Self::E, Self::D, Self::N>;
}

#[diagnostic::do_not_recommend]
impl<E, D, X: Operand> Term<E, D> for X {
    type S = X::S;
    type E = X::E;
    type D = X::D;
    type N = X::N;
    #[inline]
    fn term(self, _: D) -> Ex<X::S, X::E, X::D, X::N> {
        self.ex()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Elem, D: Device> Term<E, D> for f64 {
    type S = ();
    type E = E;
    type D = D;
    type N = NumberNode;
    #[inline]
    fn term(self, device: D) -> Ex<(), E, D, NumberNode> {
        Ex::new(NumberNode(E::of_f64(self).as_f64()), (), device)
    }
}

/// A number beside integers is of their type.
macro_rules! integers {
    ($($E:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<D: Device> Term<$E, D> for $E {
            type S = ();
            type E = $E;
            type D = D;
            type N = Constant<$E>;
            #[inline]
            fn term(self, device: D) -> Ex<(), $E, D, Constant<$E>> {
                Ex::new(Constant(self), (), device)
            }
        }
    )*};
}
integers! { i64 i32 i16 i8 u64 u32 u16 u8 }

/// The node of a number, which is one of the element type already: lanes of two-byte floats would not round it.
#[derive(Clone, Copy, Debug)]
pub struct NumberNode(f64);

impl Sealed for NumberNode {}
#[diagnostic::do_not_recommend]
impl Closed for NumberNode {}

impl<E: Real> Lazy<E> for NumberNode {
    type Grad = Off;
    type Body = NumberNode;
    type Sink = ();
    #[inline(always)]
    fn flat<S: Shape>(&self, _: S) -> bool {
        true
    }
    fn survey(&self, _: &mut Survey) {}
    #[inline(always)]
    fn bind(&self, _: &Frame, _: &Sizes) -> Self {
        *self
    }
    #[inline(always)]
    fn bind_gradient<D: Device>(&self, _: D, _: &Frame, _: &Sizes) -> (Self, ()) {
        (*self, ())
    }
    fn backward<D: Device>(self, _: D, (): ()) {}
    fn cut(&self) {}
}

impl<E: Real> Body<E> for NumberNode {
    type Grad = Off;
    type Tape<V: Lane<E>> = ();
    type Sums<V: Lane<E>> = ();
    #[inline(always)]
    fn reads_apart(&self) -> bool {
        false
    }
    #[inline(always)]
    fn seek(&mut self, _: &Frame, _: &RowIndex) {}
    #[inline(always)]
    fn select(&mut self, _: usize) {}
    #[inline(always)]
    fn value<V: Lane<E>, R: Registers<V>>(&self, _: &R, _: At) -> V {
        V::c(self.0)
    }
    #[inline(always)]
    fn record<V: Lane<E>, R: Registers<V>>(&self, _: &R, _: At) -> (V, ()) {
        (V::c(self.0), ())
    }
    #[inline(always)]
    fn sums<V: Lane<E>>(&self) {}
    #[inline(always)]
    fn pull<V: Lane<E>, R: Registers<V>>(&self, _: (), _: V, _: &mut (), _: &mut R, _: At) {}
    #[inline(always)]
    fn settle<V: Lane<E>>(&self, (): ()) {}
}
