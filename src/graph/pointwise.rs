//! Pointwise nodes: one, two or three operands and a formula. They are lazy and fuse by type.
//!
//! Apart from the formulas (`ops`): here is only how a formula of any operation is carried through a fused loop. Each
//! struct is a node over nodes and, once its operands are bound, a body over bodies.
use super::formula::{Formula1, Formula2, Formula3};
use super::node::{Closed, Differentiable, Lazy};
use super::origin::Origin;
use crate::device::Device;
use crate::dims::Flag;
use crate::dtype::{Elem, Real};
use crate::layout::Sizes;
use crate::loops::{
    At, Back, Block, Body, Column, Faults, Frame, Registers, RowIndex, Sealed, Spacing, Survey, TracedBody, Tracing,
};
use crate::num::Lane;
use crate::shape::Shape;

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

        impl<E: Elem, Op: $formula<E>, $($Child: Lazy<E>),*> Lazy<E> for $name<Op, $($Child),*> {
            type Grad = $grad;
            type Body = $name<Op, $($Child::Body),*>;

            #[cfg_attr(optimised, inline(always))]
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
            fn live(&self) -> bool {
                $(self.$field.live())||*
            }
            fn cut(&self) {
                $(self.$field.cut();)*
            }
            fn origin(this: Option<&Self>) -> Origin {
                Origin::Formula(
                    Op::called(this.map(|node| &node.op)),
                    vec![$($Child::origin(this.map(|node| &node.$field))),*],
                )
            }
        }

        impl<E: Real, Op: $formula<E>, $($Child: Differentiable<E>),*> Differentiable<E> for $name<Op, $($Child),*> {
            type Sink = ($($Child::Sink,)*);

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
        }

        impl<E: Elem, Op: $formula<E>, $($Child: Body<E>),*> Body<E> for $name<Op, $($Child),*> {
            type Grad = $grad;
            type Tape<V: Lane<E>> = ($(($Child::Tape<V>, V),)*) where E: Real;
            type Sums<V: Lane<E>> = ($($Child::Sums<V>,)*) where E: Real;

            #[cfg_attr(optimised, inline(always))]
            fn spacing(&self) -> Spacing {
                $(self.$field.spacing())|*
            }
            #[cfg_attr(optimised, inline(always))]
            fn seek(&mut self, frame: &Frame, index: &RowIndex) {
                $(self.$field.seek(frame, index);)*
            }
            #[cfg_attr(optimised, inline(always))]
            fn select(&mut self, chunk: usize) where E: Real {
                $(self.$field.select(chunk);)*
            }
            #[cfg_attr(optimised, inline(always))]
            fn value<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> V where E: Real {
                self.op.lanes($(self.$field.value(registers, at)),*)
            }
            #[cfg_attr(optimised, inline(always))]
            fn record<V: Lane<E>, R: Registers<V>>(&self, registers: &R, at: At) -> (V, Self::Tape<V>)
            where
                E: Real,
            {
                $(let $field = self.$field.record(registers, at);)*
                let (y, $($slope),*) = self.op.slopes($($field.0),*);
                (y, ($(($field.1, $slope),)*))
            }
            #[cfg_attr(optimised, inline(always))]
            fn sums<V: Lane<E>>(&self) -> Self::Sums<V> where E: Real {
                ($(self.$field.sums(),)*)
            }
            #[cfg_attr(optimised, inline(always))]
            fn pull<V: Lane<E>, R: Registers<V>>(
                &self,
                tape: Self::Tape<V>,
                g: V,
                sums: &mut Self::Sums<V>,
                registers: &mut R,
                at: At,
            ) where E: Real {
                $(if $Child::Grad::ON {
                    let (tape, slope) = tape.$at;
                    self.$field.pull(tape, g * slope, &mut sums.$at, registers, at);
                })*
            }
            #[cfg_attr(optimised, inline(always))]
            fn settle<V: Lane<E>>(&self, sums: Self::Sums<V>) where E: Real {
                $(self.$field.settle(sums.$at);)*
            }
            fn trace(&self, tracing: &mut Tracing) -> TracedBody {
                $(let $field = self.$field.trace(tracing);)*
                if !<$grad as Flag>::ON || !tracing.wants_slopes() {
                    return TracedBody::constant(self.op.traced($($field.value),*));
                }
                let (value, $($slope),*) = self.op.traced_slopes($($field.value),*);
                TracedBody { value, back: Back::Slopes(vec![$(($slope, $field.back)),*]) }
            }
            #[cfg_attr(optimised, inline(always))]
            fn element<const DENSE: bool>(&self, at: Column<DENSE>, faults: &mut Faults) -> E {
                $(let $field = self.$field.element(at, faults);)*
                self.op.element($($field,)* faults)
            }
            #[cfg_attr(optimised, inline(always))]
            fn block<const DENSE: bool>(&self, at: Block<DENSE>, out: &mut [E], faults: &mut Faults) {
                $(
                    let mut $field = [E::default(); Block::<true>::WIDEST];
                    self.$field.block(at, &mut $field[..at.len()], faults);
                )*
                for (i, place) in out.iter_mut().enumerate().take(at.len()) {
                    *place = self.op.element($($field[i],)* faults);
                }
            }
        }
    };
}

pointwise_node! {
    /// A formula over one operand.
    Unary over Formula1, a A 0 da; A::Grad
}
pointwise_node! {
    /// A formula over two operands, each at its own place of the region.
    Binary over Formula2, a A 0 da, b B 1 db; <A::Grad as Flag>::Or<B::Grad>
}
pointwise_node! {
    /// A formula over three operands.
    Ternary over Formula3, a A 0 da, b B 1 db, c C 2 dc;
    <<A::Grad as Flag>::Or<B::Grad> as Flag>::Or<C::Grad>
}
