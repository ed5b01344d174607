//! A learned vector for each of a finite number of things.

use super::{Init, Initialiser};
use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::model::{Forward, Model, Param, Part, Weights};
use crate::ops::index::{Gather, GatherOf};
use crate::random::Key;
use crate::shape::{Append, Appended};
use crate::tensor::Tensor;

/// A table of vectors, looked up by id. Shapes: weight `(V, C)`; ids of shape `S` give `(S.., C)`.
///
/// The gradient of a row is the sum of the gradients of its occurrences. An id outside of `0..V` raises
/// [`Error::Index`](crate::Error::Index).
///
/// ```
/// use congruent::prelude::*;
/// let table = Embedding::<D<10>, D<4>>::new(Key::new(0));
/// let y = table.infer(|m| m.forward(&Cpu.tensor([[1, 2, 3], [9, 9, 9]])).eval())?;
/// assert_eq!(y.shape(), (D::<2>, D::<3>, D::<4>));
/// let error = table.infer(|m| m.forward(&Cpu.tensor([10])).eval()).unwrap_err();
/// assert_eq!(error.to_string(), "index 10 at position 0 is outside of an axis of length 10");
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Model, Debug)]
pub struct Embedding<V: Dim, C: Dim, P: Part = Weights> {
    /// One row for each id.
    pub weight: Param<(V, C), P>,
}

impl<V: Dim + Default, C: Dim + Default> Embedding<V, C> {
    /// `f32` on the CPU, normal with mean 0 and deviation 1, as in PyTorch.
    pub fn new(key: Key) -> Self {
        Self::init(Cpu, Init::Normal { mean: 0.0, std: 1.0 }, key)
    }
}

impl<V: Dim + Default, C: Dim + Default, E: Real, D: Device> Embedding<V, C, Weights<E, D>> {
    /// Any element type, device and initialiser.
    pub fn init(device: D, init: Init, key: Key) -> Self {
        Self::sized(device, V::default(), C::default(), init, key)
    }
}

impl<V: Dim, C: Dim, E: Real, D: Device> Embedding<V, C, Weights<E, D>> {
    /// The same for dims whose size only the run knows.
    pub fn sized(device: D, ids: V, features: C, init: Init, key: Key) -> Self {
        let weight: Tensor<_, E, D> = device.initialised((ids, features), init, (ids.size(), features.size()), key);
        Embedding { weight: weight.into() }
    }
}

impl<V: Dim, C: Dim, P: Part> Embedding<V, C, P> {
    /// The rows of these ids.
    #[track_caller]
    pub fn forward<S, D>(self, ids: &Tensor<S, i64, D>) -> GatherOf<Param<(V, C), P>, Appended<S, C>>
    where
        P: Forward,
        P::Dev: SameDevice<D>,
        S: Append<C>,
        D: Device,
    {
        self.weight.gather(ids)
    }
}
