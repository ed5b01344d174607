//! The fields of a model: parameters, which are differentiated, and buffers, which are not.

use super::{Forward, Grads, Handle, Part, Weights};
use crate::device::{Buf, Device, Host};
use crate::dtype::{Elem, Real};
use crate::graph::{Ex, Keep, Kind, Leaf, Operand};
use crate::ops::operators::operators;
use crate::shape::Shape;
use crate::tensor::Tensor;
use generic_array::GenericArray;
use std::any::Any;

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
/// Models of `f16` and `bf16` keep their statistics in `f32` ([`Real::Precise`]), in memory and in files.
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
    fn stat(buf: Buf<E>, device: D) -> (Buf<E::Precise>, D) {
        (precise(device, buf), device)
    }
}

/// The same numbers as they are kept; nothing is copied where that is the same type.
pub(crate) fn precise<E: Real, D: Device>(device: D, buf: Buf<E>) -> Buf<E::Precise> {
    match (&buf as &dyn Any).downcast_ref::<Buf<E::Precise>>() {
        Some(same) => same.clone(),
        None => device.convert(&buf),
    }
}

/// The inverse of [`precise`].
pub(crate) fn of_precise<E: Real, D: Device>(device: D, buf: Buf<E::Precise>) -> Buf<E> {
    match (&buf as &dyn Any).downcast_ref::<Buf<E>>() {
        Some(same) => same.clone(),
        None => device.convert(&buf),
    }
}

/// What statistics of this part are kept in.
type Precise<P> = <<P as Kind>::Elem as Real>::Precise;

macro_rules! fields {
    ($($name:ident $raw:ident $own:ident $Kept:ty;)*) => {$(
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
            pub fn tensor(&self) -> Tensor<S, $Kept, D> {
                self.raw.1.own(&self.raw.0);
                Tensor { buf: self.raw.0.clone(), shape: self.shape, device: self.raw.1 }
            }
        }
        impl<S: Shape, E: Real, D: Host> $name<S, Weights<E, D>> {
            /// The elements in row-major order.
            pub fn as_slice(&self) -> &[$Kept] {
                self.raw.1.slice(&self.raw.0)
            }
            /// The elements for writing.
            pub fn as_mut_slice(&mut self) -> &mut [$Kept] {
                self.raw.1.slice_mut(&mut self.raw.0)
            }
        }
    )*};
}
fields! { Param Raw raw E; Buffer Stat stat E::Precise; }

impl<S: Shape, P: Part> Param<S, P> {
    /// The shape, with the sizes of its run-time dims.
    pub fn shape(&self) -> S {
        self.shape
    }

    /// The sizes of the axes.
    pub fn dims(&self) -> GenericArray<usize, S::Rank> {
        self.shape.dims()
    }
}

impl<S: Shape, E: Real, D: Device> Param<S, Grads<E, D>> {
    /// Whether a gradient has arrived: false where the loss does not use the parameter, or only behind
    /// [`stop_gradient`](crate::graph::Sharing::stop_gradient). An optimizer's step leaves such a parameter alone.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let model: (Param<Shape![2]>, Param<Shape![2]>) = (Cpu.ones().into(), Cpu.ones().into());
    /// let (_, grads) = model.value_and_grad(|(a, b)| (a * b.stop_gradient()).sum())?;
    /// assert!(grads.0.reached() && !grads.1.reached());
    /// assert!(grads.1.get().is_none() && grads.1.as_slice() == [0.0, 0.0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn reached(&self) -> bool {
        self.raw.reached()
    }

    /// The gradient, if one has arrived; the memory is shared.
    pub fn get(&self) -> Option<Tensor<S, E, D>> {
        self.reached().then(|| self.tensor())
    }

    /// The gradient, zeros where none has arrived; the memory is shared.
    pub fn tensor(&self) -> Tensor<S, E, D> {
        Tensor { buf: self.raw.values().clone(), shape: self.shape, device: self.raw.device() }
    }
}

impl<S: Shape, E: Real, D: Host> Param<S, Grads<E, D>> {
    /// The gradient's elements in row-major order; zeros where none has arrived.
    pub fn as_slice(&self) -> &[E] {
        self.raw.device().slice(self.raw.values())
    }
}

impl<S: Shape, P: Forward> Param<S, P> {
    /// A kept value in the place of a parameter. It was made of parameters of the same model: of a frozen one no
    /// gradient would reach what varies.
    pub(crate) fn computed(value: Keep<S, P>) -> Self {
        let (shape, device) = (value.shape(), value.device());
        Param { raw: Handle { key: value.key(), device }, shape }
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
    /// The statistic: what this step has [recorded](Buffer::record) last, else as it was before.
    pub fn get(self) -> Tensor<S, P::Elem, P::Dev> {
        let Tensor { buf, shape, device } = self.get_precise();
        Tensor { buf: of_precise(device, buf), shape, device }
    }

    /// [`get`](Buffer::get) as it is kept: of `f32` in models of `f16` and `bf16`.
    pub fn get_precise(self) -> Tensor<S, Precise<P>, P::Dev> {
        let recorded = if P::TRAIN { self.raw.key.gradient() } else { None };
        match recorded {
            Some(buf) => Tensor { buf, shape: self.shape, device: self.raw.device },
            None => self.before_step(),
        }
    }

    /// The statistic as it was before this step, whatever has been recorded.
    pub(crate) fn before_step(self) -> Tensor<S, Precise<P>, P::Dev> {
        Tensor { buf: self.raw.key.value(), shape: self.shape, device: self.raw.device }
    }

    /// Says what the statistic becomes when the optimizer steps; ignored in inference.
    ///
    /// A layer that is called several times in a step, in a loop or where several models share it, records in the order
    /// of the calls, and each call [gets](Buffer::get) what the one before has recorded: the last call counts, and
    /// a running average that is made of both has taken all of them in.
    pub fn record(self, value: Tensor<S, P::Elem, P::Dev>) {
        let Tensor { buf, shape, device } = value;
        self.record_precise(Tensor { buf: precise(device, buf), shape, device });
    }

    /// [`record`](Buffer::record) as it is kept: a running average moves by less than a step of `f16` and `bf16`.
    pub fn record_precise(self, value: Tensor<S, Precise<P>, P::Dev>) {
        if P::TRAIN {
            self.raw.key.put_gradient(value.buf);
        }
    }
}

operators! {
    [S: Shape, P: Forward] Param<S, P>, S, P::Elem, P::Dev;
}

#[cfg(test)]
mod tests {
    use crate::elements::{called, for_each_float};
    use crate::prelude::*;
    use crate::tensor::Tensor;

    /// A statistic is what was recorded last, however often, and [`Buffer::get`] shows it in between.
    #[test]
    fn the_last_record_counts() {
        fn recorded<E: Real>(times: usize) {
            let model: (Param<Shape![1], Weights<E>>, Buffer<Shape![1], Weights<E>>) =
                (Cpu.full((D::<1>,), E::of_f64(1.0)).into(), Cpu.full((D::<1>,), E::of_f64(0.0)).into());
            let step = model.value_and_grad(|(w, seen)| {
                for time in 1..=times {
                    assert_eq!(seen.get().as_slice()[0].as_f64(), time as f64 - 1.0, "{}", E::NAME);
                    let next: Tensor<Shape![1], E> = Cpu.full((D::<1>,), E::of_f64(time as f64));
                    seen.record(next);
                }
                w.sum()
            });
            let (mut model, grads) = (model.clone(), step.expect("no sizes").1);
            crate::optim::Sgd::new(&model, 0.0).step(&mut model, &grads);
            assert_eq!(model.1.as_slice()[0].as_f64(), times as f64, "{} after {times}", E::NAME);
        }
        for times in 0..5 {
            for_each_float!(called recorded(times));
        }
    }
}
