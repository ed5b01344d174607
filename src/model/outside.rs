//! A model that is asked to run outside of a call: it never compiles, and says where models run.
//!
//! Apart from the forms because it is about none of them: a user's `impl<P: Forward> Net<P>` is not there for a model
//! that owns its weights, and the compiler would list every trait that has a method `forward`.

use super::part::{Part, Weights};
use crate::device::Device;
use crate::dtype::Real;

/// Parts of models that stand outside of a call.
#[doc(hidden)]
pub trait StandsOutside: Part {}
impl<E: Real, D: Device> StandsOutside for Weights<E, D> {}

/// A law that no model obeys.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a model runs inside of `infer` or `value_and_grad`, but this one stands outside",
    label = "write `model.infer(|m| m.forward(..).eval())`, or `model.value_and_grad(|m| ..)` to train",
    note = "inside, the closure's argument is the model with its parameters as constants, or as variables"
)]
pub trait RanInside {
    /// Nothing.
    type Out;
}

/// The method `forward` of models that own their weights, which says where they run. The derive implements it.
#[doc(hidden)]
pub trait RunsInside: Sized {
    /// Never compiles.
    fn forward<X>(self, _: X) -> <Self as RanInside>::Out
    where
        Self: RanInside,
    {
        unreachable!("no model obeys this law")
    }
}

/// A tuple of layers is one if its first layer is.
macro_rules! tuples {
    ($(($($Next:ident)*))*) => {$(
        impl<First: RunsInside $(, $Next)*> RunsInside for (First $(, $Next)*) {}
    )*};
}
tuples! { (B) (B C) (B C D) (B C D E) (B C D E F) (B C D E F G) (B C D E F G H) }
