//! What may be put between batches and who reads them.
//!
//! Apart from `epochs` because what its methods return are epochs themselves.

use super::{Epochs, Fallible, Mapped, Workers};
use crate::random::Key;

/// Changes on the way from a [`Loader`](super::Loader) to a training step, one behind the other:
/// `loader.map(augment).workers(4)`.
pub trait Pipeline: Epochs + Sized {
    /// Each batch as a function changes it, by a key of its own: augmentation, another device, other elements.
    ///
    /// The key is of the epoch and the batch's number, so that the same numbers are drawn however many workers there
    /// are. Those of examples: `key.fold_in(i)`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let data = TensorDataset::new((Cpu.zeros::<Shape![8, 2]>(),))?;
    /// let noisy = Loader::new(data, D::<4>)?.map(|(x,), key| {
    ///     let noise: Tensor<Shape![4, 2]> = Cpu.normal(x.shape(), key, 0.0, 1.0);
    ///     (&x + &noise).eval()
    /// });
    /// let of = |seed| noisy.epoch(Key::new(seed)).collect::<Vec<_>>();
    /// assert!(of(1) == of(1) && of(1) != of(2) && of(1)[0] != of(1)[1]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn map<T, F: Fn(Self::Batch, Key) -> T>(self, change: F) -> Mapped<Self, F> {
        Mapped::new(self, change)
    }

    /// Batches that are results, as those of a data set that reads files: what is good comes without the `Ok`, an error
    /// is [raised](crate::attempt) as [`Error::NoBatch`](crate::Error::NoBatch) with the batch's number, and is the
    /// `Err` of a training that asks for the batch.
    ///
    /// ```
    /// use congruent::{data::FnDataset, prelude::*};
    /// dims! { Batch = ? }
    /// let numbers = FnDataset::new(4, |i| ["1", "2", "three", "4"][i].parse::<i64>());
    /// let loader = Loader::new(numbers, Batch(1))?.checked();
    /// let error = attempt(|| loader.in_order().count()).unwrap_err();
    /// assert_eq!(error.to_string(), "batch 2: invalid digit found in string");
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn checked(self) -> <Self::Batch as Fallible>::Checked<Self>
    where
        Self::Batch: Fallible,
    {
        Fallible::check(self)
    }

    /// Batches made ahead by so many threads; with none, each is made when it is asked for. See [`Workers`].
    fn workers(self, workers: usize) -> Workers<Self>
    where
        Self: Send + Sync + 'static,
        Self::Batch: Send + 'static,
    {
        Workers::new(self, workers)
    }
}
impl<L: Epochs> Pipeline for L {}
