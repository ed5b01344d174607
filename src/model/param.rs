//! The fields of a model: parameters, which are differentiated, and buffers, which are not.

use super::{Forward, Part, Weights};
use crate::device::{Buf, Device, Host};
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Leaf, Operand};
use crate::shape::Shape;
use crate::tensor::Tensor;

/// A parameter of shape `S`: `weight: Param<(I, O), P>`.
///
/// ```
/// use congruent::prelude::*;
/// let w: Param<Shape![2]> = Cpu.tensor([1.0, 2.0]).into();
/// let (loss, g) = w.value_and_grad(|w| w.square().sum())?;
/// assert_eq!((loss, g.as_slice()), (5.0, &[2.0, 4.0][..]));
/// # Ok::<(), congruent::Error>(())
/// ```
pub struct Param<S, P: Part = Weights> {
    pub(crate) raw: P::Raw,
    pub(crate) shape: S,
}

/// A running statistic: saved with the model, never differentiated, updated by the optimizer's step.
///
/// In `forward`, [`get`](Buffer::get) reads it and [`record`](Buffer::record) says what it becomes.
pub struct Buffer<S, P: Part = Weights> {
    pub(crate) raw: P::Stat,
    pub(crate) shape: S,
}

/// Elements `E` and a device, `(E, D)`, that a model made of `P` can hold: those of `P`, which are floating-point
/// numbers.
///
/// A question about the pair, not about `P`: where `P` is not known yet, the tensor says what it is. And not about the
/// tensor, or the compiler would speak of `Into` in place of this.
#[diagnostic::on_unimplemented(
    message = "a tensor of `{E}` cannot be a parameter here: a model holds floating-point numbers of one type",
    label = "`{E}` on `{D}` is not what this model holds",
    note = "convert the tensor: `x.convert::<f32>()`; what is not trained, such as labels, is an argument of `forward`"
)]
pub trait HeldBy<P: Part, E: Elem, D, Float = <E as Elem>::Float> {
    /// The memory as a parameter holds it.
    fn raw(buf: Buf<E>, device: D) -> P::Raw;
    /// The memory as a statistic holds it.
    fn stat(buf: Buf<E>, device: D) -> P::Stat;
}
#[diagnostic::do_not_recommend]
impl<E: Real, D: Device> HeldBy<Weights<E, D>, E, D, E> for (E, D) {
    fn raw(buf: Buf<E>, device: D) -> (Buf<E>, D) {
        (buf, device)
    }
    fn stat(buf: Buf<E>, device: D) -> (Buf<E>, D) {
        (buf, device)
    }
}

macro_rules! fields {
    ($($name:ident $raw:ident $own:ident;)*) => {$(
        impl<S: Copy, P: Part> Clone for $name<S, P> {
            fn clone(&self) -> Self {
                $name { raw: self.raw.clone(), shape: self.shape }
            }
        }
        impl<S: Copy, P: Part<$raw: Copy>> Copy for $name<S, P> {}

        impl<S: Shape, E: Elem, D: Device, P: Part> From<Tensor<S, E, D>> for $name<S, P>
        where
            (E, D): HeldBy<P, E, D>,
        {
            fn from(tensor: Tensor<S, E, D>) -> Self {
                $name { shape: tensor.shape, raw: <(E, D)>::$own(tensor.buf, tensor.device) }
            }
        }
        impl<S: Shape, E: Real, D: Device> $name<S, Weights<E, D>> {
            /// The value; the memory is shared until one side is written to.
            pub fn tensor(&self) -> Tensor<S, E, D> {
                Tensor { buf: self.raw.0.clone(), shape: self.shape, device: self.raw.1 }
            }
        }
        impl<S: Shape, E: Real, D: Host> $name<S, Weights<E, D>> {
            /// The elements in row-major order.
            pub fn as_slice(&self) -> &[E] {
                &self.raw.0
            }
            /// The elements for writing.
            pub fn as_mut_slice(&mut self) -> &mut [E] {
                self.raw.0.make_mut()
            }
        }
    )*};
}
fields! { Param Raw raw; Buffer Stat stat; }

impl<S: Shape, P: Part> Param<S, P> {
    /// The shape, with the sizes of its run-time dims.
    pub fn shape(&self) -> S {
        self.shape
    }
}

impl<S: Shape, E: Real, D: Device> Param<S, super::Grads<E, D>> {
    /// The gradient; the memory is shared.
    pub fn tensor(&self) -> Tensor<S, E, D> {
        Tensor { buf: self.raw.0.clone(), shape: self.shape, device: self.raw.1 }
    }
}

impl<S: Shape, E: Real, D: Host> Param<S, super::Grads<E, D>> {
    /// The gradient's elements in row-major order.
    pub fn as_slice(&self) -> &[E] {
        &self.raw.0
    }
}

impl<S: Shape, P: Forward> Operand for Param<S, P> {
    type N = Leaf<S, P::Elem, P::Grad>;
    type S = S;
    type E = P::Elem;
    type D = P::Dev;
    #[inline]
    fn ex(self) -> Ex<S, P::Elem, P::Dev, Self::N> {
        let live = <P::Grad as crate::dims::Flag>::ON;
        Ex::new(Leaf::keyed(self.raw.key, self.shape, live), self.shape, self.raw.device)
    }
}

impl<S: Shape, P: Forward> Buffer<S, P> {
    /// The statistic as it was before this step.
    pub fn get(self) -> Tensor<S, P::Elem, P::Dev> {
        Tensor { buf: self.raw.key.value(), shape: self.shape, device: self.raw.device }
    }

    /// Says what the statistic becomes when the optimizer steps; ignored in inference. The last call counts.
    pub fn record(self, value: Tensor<S, P::Elem, P::Dev>) {
        if P::TRAIN {
            self.raw.key.put_gradient(value.buf);
        }
    }
}
