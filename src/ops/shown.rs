//! Expressions printed: they are computed for it.
//!
//! Apart from `evaluate` because these are traits of the standard library.

use crate::device::Device;
use crate::dtype::Elem;
use crate::dtype::Real;
use crate::graph::{Ex, Local, Located, Operand};
use crate::shape::Shape;
use crate::tensor::Tensor;
use std::fmt::{Debug, Display, Formatter, Result};

impl<S: Shape, E: Elem, D: Device, N: Located<E>> Ex<S, E, D, N> {
    #[track_caller]
    fn computed(&self) -> Tensor<S, E, D> {
        Tensor { buf: self.node.in_order(self.device, self.shape), shape: self.shape, device: self.device }
    }
}

macro_rules! shown {
    ($($Trait:ident)*) => {$(
        impl<S: Shape, E: Elem, D: Device, N: Located<E>> $Trait for Ex<S, E, D, N> {
            /// As the tensor that [`eval`](crate::ops::Evaluate::eval) makes of it.
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                $Trait::fmt(&self.computed(), f)
            }
        }
        impl<S: Shape, E: Real, D: Device> $Trait for Local<S, E, D> {
            /// As the tensor that it is.
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                $Trait::fmt(&self.ex(), f)
            }
        }
    )*};
}
shown! { Debug Display }
