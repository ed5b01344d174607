//! A number where a tensor is expected: `x.gt(0.5)`, `mask.where_(&x, 0.0)`.
//!
//! Apart from `operators`, where a number becomes part of a formula: here it is an operand of its own, so that one
//! formula serves tensors and numbers alike. It occupies no memory and has no gradient.

use super::arithmetic::Affine;
use crate::device::Device;
use crate::dtype::{Elem, Real};
use crate::elements::for_each_integer;
use crate::graph::{Constant, Ex, Operand, Unary};
use crate::ops::Over;
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
    /// The expression that it stands for, on the device that the other operands are on: a number is an element.
    fn term(self, device: D) -> Ex<Self::S, Self::E, Self::D, Self::N>;
    /// The graph in arithmetic.
    type Factor;
    /// The same in arithmetic, where a number beside two-byte floats is one of what these are computed in.
    fn factor(self, device: D) -> Ex<Self::S, Self::E, Self::D, Self::Factor>;
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
    type Factor = X::N;
    #[inline]
    fn factor(self, _: D) -> Ex<X::S, X::E, X::D, X::N> {
        self.ex()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Real, D: Device> Term<E, D> for f64 {
    type S = ();
    type E = E;
    type D = D;
    type N = Constant<E>;
    #[inline]
    fn term(self, device: D) -> Ex<(), E, D, Constant<E>> {
        Ex::new(Constant(E::of_f64(self)), (), device)
    }
    type Factor = Unary<Affine, Constant<E>>;
    #[inline]
    fn factor(self, device: D) -> Ex<(), E, D, Self::Factor> {
        let zero = Constant(E::of_f64(-0.0)); // Which any number added to it keeps, its sign, too.
        Ex::new(Unary { op: Affine { slope: 1.0, shift: self }, a: zero }, (), device)
    }
}

/// A number beside integers is of their type.
macro_rules! integers {
    ($($E:ident),*) => {$(
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
            type Factor = Constant<$E>;
            #[inline]
            fn factor(self, device: D) -> Ex<(), $E, D, Constant<$E>> {
                self.term(device)
            }
        }
    )*};
}
for_each_integer!(integers);

/// The operand `Y`, which may be a number, of an operation whose first operand is `X`.
pub type OtherOf<X, Y> = OtherBeside<<X as Operand>::E, <X as Operand>::D, Y>;

/// The same beside elements `E` on device `D`.
pub type OtherBeside<E, D, Y> =
    Ex<<Y as Term<E, D>>::S, E, D, <<Y as Term<E, D>>::Factor as Over<E, <Y as Term<E, D>>::E>>::Node>;

/// The operand `y` of an operation on `device` whose first operand is of type `X`.
#[cfg_attr(optimised, inline(always))]
pub fn beside<X: Operand, Y: Term<X::E, X::D>>(device: X::D, y: Y) -> OtherOf<X, Y>
where
    Y::Factor: Over<X::E, Y::E>,
{
    let y = y.factor(device);
    Ex::new(y.node.over(), y.shape, device)
}
