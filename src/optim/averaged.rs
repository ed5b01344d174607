//! A model beside the one that is trained: the average of what that has been.
//!
//! Apart from `model::Averaging`, which moves a model once: here the weight of each move follows from their number.

use super::optimizer::below_one;
use crate::device::Device;
use crate::dtype::Real;
use crate::model::{Averaging, Weights};

/// The average of a model over its updates: exponential (EMA), or of all of them alike (SWA): PyTorch's
/// `swa_utils.AveragedModel`. Polyak and Juditsky 1992; Izmailov et al. 2018, arXiv:1803.05407.
///
/// `w ← w + (1 - d) (model - w)` with the decay `d`, or `w ← w + (model - w) / (n + 1)` at the `n`-th update, from 0.
/// The first update takes the model as it is. Statistics are averages already, and are taken over; after SWA those of a
/// `BatchNorm` are not of the averaged weights. Averages of `f16` and `bf16` are kept in `f32`:
/// `AveragedModel::ema(&model.cast::<f32>(), 0.999)`, `average.update(&model.cast())`.
///
/// The average is a model, saved and loaded as one, and the number of updates is apart:
/// [`set_updates`](Self::set_updates).
///
/// ```
/// use congruent::{optim::AveragedModel, prelude::*};
/// let mut model: Param<Shape![1]> = Cpu.tensor([0.0]).into();
/// let mut average = AveragedModel::ema(&model, 0.75);
/// for weight in [4.0, 8.0] {
///     model = Cpu.tensor([weight]).into();
///     average.update(&model);
/// }
/// assert_eq!(average.model().as_slice(), [5.0]);
/// ```
#[derive(Clone, Debug)]
pub struct AveragedModel<M> {
    model: M,
    updates: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Exponential { decay: f64, warm: bool },
    Equal,
}

impl<M: Clone> AveragedModel<M> {
    /// An exponential average that keeps `decay` of itself at each update: 0.999 and more. A decay that is negative, 1
    /// or more, or NaN raises [`Error::Value`](crate::Error::Value).
    #[track_caller]
    pub fn ema(model: &M, decay: f64) -> Self {
        let kind = Kind::Exponential { decay: below_one("decay of an average", decay), warm: false };
        AveragedModel { model: model.clone(), updates: 0, kind }
    }

    /// The mean of the models of all updates.
    ///
    /// ```
    /// use congruent::{optim::AveragedModel, prelude::*};
    /// let models = [1.0, 2.0, 6.0].map(|x| -> Param<Shape![1]> { Cpu.tensor([x]).into() });
    /// let mut average = AveragedModel::swa(&models[0]);
    /// models.iter().for_each(|model| average.update(model));
    /// assert_eq!(average.model().as_slice(), [3.0]);
    /// ```
    pub fn swa(model: &M) -> Self {
        AveragedModel { model: model.clone(), updates: 0, kind: Kind::Equal }
    }

    /// Lets the decay of an exponential average grow: `min(decay, (1 + n) / (10 + n))` at the `n`-th update, so that a
    /// short run is not held by its first weights. It changes nothing of [`swa`](Self::swa).
    ///
    /// ```
    /// use congruent::{optim::AveragedModel, prelude::*};
    /// let weight = |x: f32| -> Param<Shape![1]> { Cpu.tensor([x]).into() };
    /// let mut average = AveragedModel::ema(&weight(0.0), 0.999).warmed(true);
    /// [0.0, 11.0].iter().for_each(|&x| average.update(&weight(x)));
    /// assert!((average.model().as_slice()[0] - 9.0).abs() < 1e-5); // 2 of 11 are kept
    /// ```
    #[must_use]
    pub fn warmed(mut self, warmed: bool) -> Self {
        if let Kind::Exponential { warm, .. } = &mut self.kind {
            *warm = warmed;
        }
        self
    }
}

impl<M> AveragedModel<M> {
    /// Takes in the model as it is now. A model of other parameters (a `Vec` of another length, other run-time sizes)
    /// raises [`Error::Value`](crate::Error::Value); nothing has changed then.
    #[track_caller]
    pub fn update<E: Real, D: Device>(&mut self, model: &M::With<Weights<E, D>>)
    where
        M: Averaging<E, D>,
    {
        let n = self.updates as f64;
        let weight = match self.kind {
            _ if self.updates == 0 => 1.0,
            Kind::Exponential { decay, warm: false } => 1.0 - decay,
            Kind::Exponential { decay, warm: true } => 1.0 - decay.min((1.0 + n) / (10.0 + n)),
            Kind::Equal => 1.0 / (n + 1.0),
        };
        self.model.lerp_from(model, weight);
        self.updates = self.updates.saturating_add(1);
    }

    /// The average.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The average for writing: `average.model_mut().load(path)`.
    pub fn model_mut(&mut self) -> &mut M {
        &mut self.model
    }

    /// How many updates there were.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Continues after this many updates, as when an average is loaded.
    ///
    /// ```
    /// use congruent::{optim::AveragedModel, prelude::*};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("average.safetensors");
    /// let model = Linear::<D<3>, D<2>>::new(Key::new(0));
    /// let mut average = AveragedModel::swa(&model);
    /// average.update(&model);
    /// average.model().save(&path)?;
    ///
    /// let mut again = AveragedModel::swa(&Linear::<D<3>, D<2>>::new(Key::new(1)));
    /// again.model_mut().load(&path)?;
    /// again.set_updates(average.updates());
    /// assert_eq!(again.model().weight.as_slice(), average.model().weight.as_slice());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_updates(&mut self, updates: u64) {
        self.updates = updates;
    }
}
