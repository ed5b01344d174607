//! A number as an operand: it occupies no memory, and has no gradient.
//!
//! Apart from the leaves, which are memory.

use super::node::{Closed, Differentiable, Lazy};
use super::origin::Origin;
use crate::device::Device;
use crate::dims::Off;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{
    At, Body, Column, Faults, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing,
    without_gradient,
};
use crate::num::{Lane, Num, Traced};
use crate::shape::Shape;

/// A number, which is one of the element type already: lanes of two-byte floats would not round it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant<E>(pub(crate) E);

impl<E> Sealed for Constant<E> {}
#[diagnostic::do_not_recommend]
impl<E> Closed for Constant<E> {}

impl<E: Elem> Lazy<E> for Constant<E> {
    type Grad = Off;
    type Body = Self;
    #[cfg_attr(optimised, inline(always))]
    fn flat<S: Shape>(&self, _: S) -> bool {
        true
    }
    fn survey(&self, _: &mut Survey) {}
    #[cfg_attr(optimised, inline(always))]
    fn bind(&self, _: &Frame, _: &Sizes) -> Self {
        *self
    }
    fn cut(&self) {}
    fn origin(this: Option<&Self>) -> Origin {
        Origin::OneNumber(this.map_or_else(|| "a number".to_owned(), |number| format!("{:?}", number.0)))
    }
}

impl<E: Real> Differentiable<E> for Constant<E> {
    type Sink = ();
    #[cfg_attr(optimised, inline(always))]
    fn bind_gradient<D: Device>(&self, _: D, _: &Frame, _: &Sizes) -> (Self, ()) {
        (*self, ())
    }
    fn backward<D: Device>(self, _: D, (): ()) {}
}

impl<E: Elem> Body<E> for Constant<E> {
    without_gradient!(E);
    #[cfg_attr(optimised, inline(always))]
    fn spacing(&self) -> Spacing {
        Spacing::ONE
    }
    #[cfg_attr(optimised, inline(always))]
    fn seek(&mut self, _: &Frame, _: &RowIndex) {}
    #[cfg_attr(optimised, inline(always))]
    fn value<V: Lane<E>, R: Registers<V>>(&self, _: &R, _: At) -> V
    where
        E: Real,
    {
        V::c(self.0.as_f64())
    }
    fn trace(&self, _: &mut Tracing) -> TracedBody {
        let whole = E::INTEGER || E::TRUTH;
        TracedBody::constant(if whole { Traced::whole(self.0.as_i64()) } else { Traced::c(self.0.as_f64()) })
    }
    #[cfg_attr(optimised, inline(always))]
    fn element<const DENSE: bool>(&self, _: Column<DENSE>, _: &mut Faults) -> E {
        self.0
    }
}
