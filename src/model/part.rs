//! The forms a model takes. A form says what stands for a parameter and what for a statistic.

use super::Gradient;
use crate::device::{Buf, Cpu, Device};
use crate::dims::{Flag, Off, On};
use crate::dtype::{Elem, Real};
use crate::graph::{Key, Kind, Local, Node, Operand, Scanned, scan};
use crate::shape::Shape;
use crate::tensor::Tensor;
use std::fmt::{self, Formatter};
use std::marker::PhantomData;

/// What the parameters (`Raw`) and the running statistics (`Stat`) of a model are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model part",
    label = "expected `Weights`, `Traced`, `Frozen`, `Grads`, .."
)]
pub trait Part: Kind {
    /// What stands for a parameter.
    type Raw: Clone;
    /// What stands for a running statistic.
    type Stat: Clone;

    /// Prints what stands for a parameter: its shape, and its numbers where it owns some.
    #[doc(hidden)]
    fn show<S: Shape>(_: &Self::Raw, shape: S, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Param {} {}", shape.describe(), Self::Elem::NAME)
    }
    /// Prints what stands for a running statistic.
    #[doc(hidden)]
    fn show_stat<S: Shape>(_: &Self::Stat, shape: S, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer {} {}", shape.describe(), Self::Elem::NAME)
    }
}

/// The forms that run `forward`: [`Traced`] (training) and [`Frozen`] (inference).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot run `forward`",
    label = "parameters of `{Self}` are not graph variables",
    note = "use `model.value_and_grad(|m| ..)` to train, or `model.infer(|m| ..)` for inference"
)]
pub trait Forward: Part<Raw = Handle<<Self as Kind>::Dev>, Stat = Handle<<Self as Kind>::Dev>> {
    /// Whether parameters have gradients.
    type Grad: Flag;
    /// Whether this is a training step: dropout drops, statistics are updated.
    const TRAIN: bool;

    /// A loop over layers of one type: `P::scan(self.blocks, x, |block, x| block.forward(x))`.
    ///
    /// One body type for the whole stack, so compile time does not grow with its depth. `x` keeps its shape.
    /// Gradients flow to the layers, to `x` and to whatever else `step` uses, through frozen layers too. Where nothing
    /// is differentiated, each layer's memory is freed as soon as the next one has been computed. A step that gives
    /// other run-time sizes raises [`Error::Sizes`](crate::Error::Sizes).
    #[track_caller]
    fn scan<I, X, B>(
        layers: impl IntoIterator<Item = I>,
        x: X,
        step: impl Fn(I, Local<X::S, X::E, X::D>) -> B,
    ) -> Scanned<X, B>
    where
        X: Operand<E: Real, N: Node<X::E>>,
        B: Operand<S = X::S, E = X::E, D = X::D, N: Node<X::E>>,
    {
        scan(layers, x, step)
    }
}

/// A parameter of one call: where its value is. `Copy`, free of lifetimes, checked when used.
#[derive(Clone, Copy, Debug)]
pub struct Handle<D> {
    pub(crate) key: Key,
    pub(crate) device: D,
}

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident: $raw:ty, $stat:ty $({ $($shown:tt)* })?;)*) => {$(
        $(#[$doc])*
        pub struct $name<E = f32, D = Cpu>(PhantomData<(E, D)>);
        impl<E: Real, D: Device> Kind for $name<E, D> {
            type Elem = E;
            type Dev = D;
        }
        impl<E: Real, D: Device> Part for $name<E, D> {
            type Raw = $raw;
            type Stat = $stat;
            $($($shown)*)?
        }
        impl<E: Real, D: Device> fmt::Debug for $name<E, D> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

forms! {
    /// Owned tensors: what a model is between steps. Statistics of `f16` and `bf16` models are of `f32`.
    Weights: (Buf<E>, D), (Buf<E::Precise>, D) {
        fn show<S: Shape>((buf, device): &Self::Raw, shape: S, f: &mut Formatter<'_>) -> fmt::Result {
            device.own(buf);
            fmt::Debug::fmt(&Tensor { buf: buf.clone(), shape, device: *device }, f)
        }
        fn show_stat<S: Shape>((buf, device): &Self::Stat, shape: S, f: &mut Formatter<'_>) -> fmt::Result {
            device.own(buf);
            fmt::Debug::fmt(&Tensor { buf: buf.clone(), shape, device: *device }, f)
        }
    };
    /// The variables of one training step.
    Traced: Handle<D>, Handle<D>;
    /// The constants of one inference: no gradient exists, dropout is the identity.
    Frozen: Handle<D>, Handle<D>;
    /// One gradient a parameter, or the fact that none reached it, and the new value of each statistic that the step
    /// recorded.
    Grads: Gradient<E, D>, Option<Buf<E::Precise>> {
        fn show<S: Shape>(raw: &Self::Raw, shape: S, f: &mut Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(&Tensor { buf: raw.values().clone(), shape, device: raw.device() }, f)
        }
    };
}

#[diagnostic::do_not_recommend]
impl<E: Real, D: Device> Forward for Traced<E, D> {
    type Grad = On;
    const TRAIN: bool = true;
}

#[diagnostic::do_not_recommend]
impl<E: Real, D: Device> Forward for Frozen<E, D> {
    type Grad = Off;
    const TRAIN: bool = false;
}

/// Any value a parameter: masks, names, learning rates.
pub struct Each<T, E = f32, D = Cpu>(PhantomData<(T, E, D)>);
impl<T: 'static, E: Real, D: Device> Kind for Each<T, E, D> {
    type Elem = E;
    type Dev = D;
}
impl<T: Clone + 'static, E: Real, D: Device> Part for Each<T, E, D> {
    type Raw = T;
    type Stat = ();
}
impl<T, E, D> fmt::Debug for Each<T, E, D> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Each")
    }
}
