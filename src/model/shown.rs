//! Parameters as numbers: printed, and read by place.
//!
//! Apart from `param`, where they are what `forward` computes with. A model that derives `Debug` beside `Model` prints
//! its parameters by their names, in each of its forms.

use super::{Buffer, Grads, Param, Part, Weights};
use crate::device::{Device, Host};
use crate::dtype::Real;
use crate::shape::Shape;
use crate::tensor::{PlaceIn, at_place};
use std::fmt::{self, Debug, Display, Formatter};
use std::ops::Index;

impl<S: Shape, P: Part> Debug for Param<S, P> {
    /// Shape, element type and device, and the numbers below, as of a tensor; a variable of a step has no numbers
    /// here, and of gradients that have not arrived they are zeros.
    ///
    /// Rust's `derive(Debug)` takes no macros in the types of fields: a shape is written as a tuple there, or named.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// #[derive(Model, Debug)]
    /// struct Scale<P: Part = Weights> {
    ///     gain: Param<(D<2>,), P>,
    ///     rate: f64,
    /// }
    /// let scale: Scale = Scale { gain: Cpu.ones().into(), rate: 0.5 };
    /// assert_eq!(format!("{scale:?}"), "Scale { gain: Tensor (D<2>,) f32 Cpu\n[1. 1.], rate: 0.5 }");
    /// let inside = scale.infer(|scale| format!("{scale:?}"))?;
    /// assert_eq!(inside, "Scale { gain: Param (D<2>,) f32, rate: 0.5 }");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        P::show(&self.raw, self.shape, f)
    }
}

impl<S: Shape, P: Part> Debug for Buffer<S, P> {
    /// As a parameter is printed.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        P::show_stat(&self.raw, self.shape, f)
    }
}

/// Printed as its tensor; gradients that have not arrived are zeros.
macro_rules! printed {
    ($($Field:ident of $Form:ident;)*) => {$(
        impl<S: Shape, E: Real, D: Device> Display for $Field<S, $Form<E, D>> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(&self.tensor(), f)
            }
        }
    )*};
}
printed! {
    Param of Weights;
    Param of Grads;
    Buffer of Weights;
}

macro_rules! by_place {
    ($($Field:ident of $Form:ident gives $Elem:ty, $about:literal;)*) => {$(
        impl<S: Shape, E: Real, D: Host, I: PlaceIn<S>> Index<I> for $Field<S, $Form<E, D>> {
            type Output = $Elem;

            #[doc = $about]
            ///
            /// # Panics
            /// Where a number is not below the length of its axis.
            ///
            /// ```
            /// use congruent::prelude::*;
            /// let layer = Linear::<D<3>, D<2>>::new(Key::new(0));
            /// let (_, grads) = layer.value_and_grad(|m| (m.bias * 3.0).sum())?;
            /// assert_eq!((layer.weight[[2, 1]], grads.bias[1]), (layer.weight.tensor()[[2, 1]], 3.0));
            /// # Ok::<(), congruent::Error>(())
            /// ```
            #[track_caller]
            fn index(&self, place: I) -> &$Elem {
                &self.as_slice()[at_place(self.shape, place.numbers())]
            }
        }
    )*};
}
by_place! {
    Param of Weights gives E, "The element there: `x[[i, j]]`, and `x[i]` of a vector. Numbers count from 0.";
    Param of Grads gives E, "The gradient there; 0 where none has arrived.";
    Buffer of Weights gives E::Precise, "The element there, as it is kept.";
}
