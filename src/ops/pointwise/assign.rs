//! `x += &y` and its kin: a tensor replaced by what an operator makes of it.
//!
//! Apart from `operators` because the left side is a tensor, which keeps its shape: what would stretch it is refused.

use super::arithmetic::{Add, Div, Mul, Sub};
use super::number::Term;
use crate::device::{Device, SameDevice};
use crate::dims::Off;
use crate::dtype::Elem;
use crate::error::differ;
use crate::graph::{Binary, Ex, Leaf, Located, Operand};
use crate::ops::Over;
use crate::shape::{BroadcastTo, Shape};
use crate::tensor::Tensor;
use std::ops;

/// What may stand right of `+=`: a [`Term`], which is taken apart.
///
/// A law of the left side's graph: of one about the tensor itself, which may stand on both sides, the compiler would
/// say no more than that it cannot add.
#[diagnostic::on_unimplemented(
    message = "`{Rhs}` cannot stand right of an assignment to a tensor",
    label = "expected a tensor by reference, `x += &y`, an expression, or a number",
    note = "numbers are `f64` beside floats, and of the element type beside integers"
)]
pub trait TakesAssigned<E, D, Rhs> {
    /// The shape of the right side.
    type Right: Shape;
    /// Its element type.
    type Of: Elem;
    /// Its device.
    type On;
    /// Its graph.
    type Factor;
    /// The right side as an expression.
    fn factor(rhs: Rhs, device: D) -> Ex<Self::Right, Self::Of, Self::On, Self::Factor>;
}

#[diagnostic::do_not_recommend]
impl<S, E: Elem, D: Device, Rhs: Term<E, D>> TakesAssigned<E, D, Rhs> for Leaf<S, E, Off> {
    type Right = Rhs::S;
    type Of = Rhs::E;
    type On = Rhs::D;
    type Factor = Rhs::Factor;
    #[inline]
    fn factor(rhs: Rhs, device: D) -> Ex<Rhs::S, Rhs::E, Rhs::D, Rhs::Factor> {
        rhs.factor(device)
    }
}

/// The left side as a graph.
type Left<S, E> = Leaf<S, E, Off>;
/// What becomes of a tensor `(S, E, D)` by the operator `Op` and a right side.
type Next<Op, S, E, D, Rhs> = Binary<Op, Left<S, E>, <FactorOf<S, E, D, Rhs> as Over<E, ElemOf<S, E, D, Rhs>>>::Node>;
type FactorOf<S, E, D, Rhs> = <Left<S, E> as TakesAssigned<E, D, Rhs>>::Factor;
type ElemOf<S, E, D, Rhs> = <Left<S, E> as TakesAssigned<E, D, Rhs>>::Of;

macro_rules! assigning {
    ($($Trait:ident $method:ident by $Op:ident;)*) => {$(
        impl<S: Shape, E: Elem, D: Device, Rhs> ops::$Trait<Rhs> for Tensor<S, E, D>
        where
            Left<S, E>: TakesAssigned<E, D, Rhs, Right: BroadcastTo<S>>,
            FactorOf<S, E, D, Rhs>: Over<E, ElemOf<S, E, D, Rhs>>,
            D: SameDevice<<Left<S, E> as TakesAssigned<E, D, Rhs>>::On>,
            Next<$Op, S, E, D, Rhs>: Located<E>,
        {
            /// The result takes the place of the tensor; other handles to its memory keep what they have.
            #[track_caller]
            fn $method(&mut self, rhs: Rhs) {
                let y = <Left<S, E> as TakesAssigned<E, D, Rhs>>::factor(rhs, self.device);
                if let Err(mismatch) = y.shape.expand(self.shape) {
                    differ(mismatch);
                }
                let x = Operand::ex(&*self);
                let next = Binary { op: $Op, a: x.node, b: y.node.over() };
                self.buf = Ex::<S, E, D, _>::new(next, self.shape, self.device).materialise();
            }
        }
    )*};
}
assigning! {
    AddAssign add_assign by Add;
    SubAssign sub_assign by Sub;
    MulAssign mul_assign by Mul;
    DivAssign div_assign by Div;
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn tensors_are_replaced_and_others_keep_their_memory() {
        let mut x = Cpu.tensor([[1.0, 2.0], [3.0, 4.0]]);
        let before = x.clone();
        x += &Cpu.tensor([10.0, 20.0]);
        x *= 2.0;
        x -= x.clone().mean_keepdim::<1>();
        x /= 4.0;
        assert_eq!(x.as_slice(), [-2.75, 2.75, -2.75, 2.75]);
        assert_eq!(before.as_slice(), [1.0, 2.0, 3.0, 4.0]);
        let mut counts = Cpu.tensor([1, 2, 3]);
        counts += 1;
        counts *= &counts.clone();
        assert_eq!(counts.as_slice(), [4, 9, 16]);
    }

    #[test]
    fn sizes_that_differ_leave_the_tensor_as_it_is() {
        dims! { N = ? }
        let mut x = Cpu.full((N(2),), 1.0);
        let error = attempt(|| x += &Cpu.full((N(3),), 1.0)).unwrap_err();
        assert!(error.to_string().contains("N = 3"), "{error}");
        assert_eq!(x.as_slice(), [1.0, 1.0]);
    }
}
