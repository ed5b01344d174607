//! Pointwise nodes: one, two or three operands and a formula. They are lazy and fuse by type.
//!
//! Apart from the formulas (`ops`): here is only how a formula of any operation is carried through a fused loop. Each
//! struct is a node over nodes and, once its operands are bound, a body over bodies.
#![allow(unsafe_code, reason = "formulas hand the promise of their loop on to the operands")]

use super::exact::{Exact, Exact1, Exact2, Exact3};
use super::node::{Closed, Lazy};
use crate::device::Device;
use crate::dims::Flag;
use crate::dtype::{Discrete, Real};
use crate::layout::Sizes;
use crate::loops::{At, Body, ExactBody, Faults, Frame, Registers, RowIndex, Sealed, Survey};
use crate::num::{Dual, Lane, Num};
use crate::shape::Shape;

/// A formula of one operand, written once over any [`Num`].
pub trait Pointwise1: Copy + Send + Sync + 'static {
    /// The value.
    fn value<V: Num>(self, x: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[inline(always)]
    fn of_halves<V: Num>(self, x: V) -> V {
        self.value(x)
    }
    /// The value and its derivative; dual numbers unless the operation knows better.
    #[inline(always)]
    fn with_derivative<V: Num>(self, x: V) -> (V, V) {
        let y = self.value(Dual { value: x, tangent: V::c(1.0) });
        (y.value, y.tangent)
    }
}

/// A formula of two operands.
pub trait Pointwise2: Copy + Send + Sync + 'static {
    /// The value.
    fn value<V: Num>(self, x: V, y: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[inline(always)]
    fn of_halves<V: Num>(self, x: V, y: V) -> V {
        self.value(x, y)
    }
    /// The value and both partial derivatives; dual numbers unless the operation knows better.
    #[inline(always)]
    fn with_derivative<V: Num>(self, x: V, y: V) -> (V, V, V) {
        let (zero, one) = (V::c(0.0), V::c(1.0));
        let by_x = self.value(Dual { value: x, tangent: one }, Dual { value: y, tangent: zero });
        let by_y = self.value(Dual { value: x, tangent: zero }, Dual { value: y, tangent: one });
        (by_x.value, by_x.tangent, by_y.tangent)
    }
}

/// A formula of three operands.
pub trait Pointwise3: Copy + Send + Sync + 'static {
    /// The value.
    fn value<V: Num>(self, x: V, y: V, z: V) -> V;
    /// Whether 16-bit floats have a value of their own.
    const HALVES: bool = false;
    /// The value of 16-bit floats, which is rounded to these afterwards.
    #[inline(always)]
    fn of_halves<V: Num>(self, x: V, y: V, z: V) -> V {
        self.value(x, y, z)
    }
    /// The value and the three partial derivatives; dual numbers unless the operation knows better.
    #[inline(always)]
    fn with_derivative<V: Num>(self, x: V, y: V, z: V) -> (V, V, V, V) {
        let dual = |value: V, on: f64| Dual { value, tangent: V::c(on) };
        let by_x = self.value(dual(x, 1.0), dual(y, 0.0), dual(z, 0.0));
        let by_y = self.value(dual(x, 0.0), dual(y, 1.0), dual(z, 0.0));
        let by_z = self.value(dual(x, 0.0), dual(y, 0.0), dual(z, 1.0));
        (by_x.value, by_x.tangent, by_y.tangent, by_z.tangent)
    }
}

/// What a node does with its operands, one after the other, whether they are differentiated or not.
macro_rules! operands {
    ($name:ident of $($field:ident),*) => {
        #[inline(always)]
        fn flat<S: Shape>(&self, region: S) -> bool {
            $(self.$field.flat(region))&&*
        }
        fn survey(&self, survey: &mut Survey) {
            $(self.$field.survey(survey);)*
        }
        #[inline]
        fn bind(&self, frame: &Frame, region: &Sizes) -> Self::Body {
            $name { op: self.op, $($field: self.$field.bind(frame, region)),* }
        }
    };
}

macro_rules! pointwise_node {
    ($(#[$doc:meta])* $name:ident over $formula:ident,
     $($field:ident $Child:ident $at:tt $slope:ident),*; $grad:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<Op, $($Child),*> {
            pub(crate) op: Op,
            $(pub(crate) $field: $Child,)*
        }

        impl<Op, $($Child),*> Sealed for $name<Op, $($Child),*> {}
        #[diagnostic::do_not_recommend]
        impl<Op, $($Child: Closed),*> Closed for $name<Op, $($Child),*> {}

        impl<E: Real, Op: $formula, $($Child: Lazy<E>),*> Lazy<E> for $name<Op, $($Child),*> {
            type Grad = $grad;
            type Body = $name<Op, $($Child::Body),*>;
            type Sink = ($($Child::Sink,)*);
            operands! { $name of $($field),* }

            #[inline]
            fn bind_gradient<D: Device>(
                &self,
                device: D,
                frame: &Frame,
                region: &Sizes,
            ) -> (Self::Body, Self::Sink) {
                $(let $field = self.$field.bind_gradient(device, frame, region);)*
                ($name { op: self.op, $($field: $field.0),* }, ($($field.1,)*))
            }
            fn backward<D: Device>(self, device: D, sink: Self::Sink) {
                $(if $Child::Grad::ON { self.$field.backward(device, sink.$at) })*
            }
            fn live(&self) -> bool {
                $(self.$field.live())||*
            }
            fn cut(&self) {
                $(self.$field.cut();)*
            }
        }

        impl<E: Real, Op: $formula, $($Child: Body<E>),*> Body<E> for $name<Op, $($Child),*> {
            type Grad = $grad;
            type Tape<V: Lane<E>> = ($(($Child::Tape<V>, V),)*);
            type Sums<V: Lane<E>> = ($($Child::Sums<V>,)*);

            #[inline(always)]
            fn reads_apart(&self) -> bool {
                $(self.$field.reads_apart())||*
            }
            #[inline(always)]
            fn seek(&mut self, frame: &Frame, index: &RowIndex) {
                $(self.$field.seek(frame, index);)*
            }
            #[inline(always)]
            fn select(&mut self, chunk: usize) {
                $(self.$field.select(chunk);)*
            }
            #[inline(always)]
            fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V {
                $(let $field = self.$field.value(registers, at);)*
                match Op::HALVES && E::NARROW {
                    true => self.op.of_halves($($field),*),
                    false => self.op.value($($field),*),
                }
            }
            #[inline(always)]
            fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>) {
                $(let $field = self.$field.record(registers, at);)*
                let (y, $($slope),*) = self.op.with_derivative($($field.0),*);
                let y = if Op::HALVES && E::NARROW { self.op.of_halves($($field.0),*) } else { y };
                (y, ($(($field.1, $slope),)*))
            }
            #[inline(always)]
            fn sums<V: Lane<E>>(&self) -> Self::Sums<V> {
                ($(self.$field.sums(),)*)
            }
            #[inline(always)]
            fn pull<V: Lane<E>, R: Registers<V>>(
                &self,
                tape: Self::Tape<V>,
                g: V,
                sums: &mut Self::Sums<V>,
                registers: &mut R,
                at: At,
            ) {
                $(if $Child::Grad::ON {
                    let (tape, slope) = tape.$at;
                    self.$field.pull(tape, g * slope, &mut sums.$at, registers, at);
                })*
            }
            #[inline(always)]
            fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>) {
                $(self.$field.settle(sums.$at);)*
            }
        }
    };
}

pointwise_node! {
    /// A formula over one operand.
    Unary over Pointwise1, a A 0 da; A::Grad
}
pointwise_node! {
    /// A formula over two operands, each at its own place of the region.
    Binary over Pointwise2, a A 0 da, b B 1 db; <A::Grad as Flag>::Or<B::Grad>
}
pointwise_node! {
    /// A formula over three operands.
    Ternary over Pointwise3, a A 0 da, b B 1 db, c C 2 dc;
    <<A::Grad as Flag>::Or<B::Grad> as Flag>::Or<C::Grad>
}

/// A formula is a node over nodes and, once its operands are bound, a body over bodies.
macro_rules! exact_node {
    ($($name:ident over $formula:ident, $($field:ident $Child:ident),*;)*) => {$(
        impl<E: Discrete, Op: $formula<E>, $($Child: Exact<E>),*> Exact<E> for $name<Op, $($Child),*> {
            type Body = $name<Op, $($Child::Body),*>;
            operands! { $name of $($field),* }
        }

        impl<E: Discrete, Op: $formula<E>, $($Child: ExactBody<E>),*> ExactBody<E> for $name<Op, $($Child),*> {
            #[inline(always)]
            fn dense(&self) -> bool {
                $(self.$field.dense())&&*
            }
            #[inline(always)]
            fn seek(&mut self, frame: &Frame, index: &RowIndex) {
                $(self.$field.seek(frame, index);)*
            }
            #[inline(always)]
            unsafe fn value<const DENSE: bool>(&self, column: usize, faults: &mut Faults) -> E {
                // SAFETY: the caller's contract.
                unsafe {
                    $(let $field = self.$field.value::<DENSE>(column, faults);)*
                    self.op.value($($field,)* faults)
                }
            }
        }
    )*};
}
exact_node! {
    Unary over Exact1, a A;
    Binary over Exact2, a A, b B;
    Ternary over Exact3, a A, b B, c C;
}
