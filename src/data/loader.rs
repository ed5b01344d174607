//! Epochs: a data set in seeded order, in batches.
//!
//! Apart from `dataset` because a batch's size is a choice of training, not of the data. Each epoch is a function of
//! its key: there is no generator to advance, so training goes on from a checkpoint as if it had never stopped.

use super::Dataset;
use crate::dims::Dim;
use crate::error::{Error, collected, room};
use crate::random::Key;

/// Deals a data set out in batches of a dim `B`, each example once an epoch.
///
/// The dim decides about the last, partial batch: a static one cannot have another size, so what is left over is left
/// out (another shuffle leaves out others); a run-time one takes it, unless [`drop_last`](Loader::drop_last) says no.
///
/// ```
/// use congruent::prelude::*;
/// dims! { Batch = ? }
/// let data = TensorDataset::new((Cpu.zeros::<Shape![10, 3]>(),))?;
///
/// let kept = Loader::new(&data, Batch(4))?;
/// let sizes: Vec<usize> = kept.epoch(Key::new(0)).map(|(x,)| x.shape().0.size()).collect();
/// assert_eq!(sizes, [4, 4, 2]);
///
/// let dropped = Loader::new(&data, D::<4>)?;
/// assert_eq!(dropped.len(), 2);
/// for (x,) in dropped.epoch(Key::new(0)) {
///     let x: Tensor<Shape![4, 3]> = x;
/// }
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Loader<T, B> {
    data: T,
    batch: B,
    partial: Option<B>,
}

impl<T: Dataset, B: Dim> Loader<T, B> {
    /// Batches of this size, `D::<64>` or `Batch(64)`.
    ///
    /// # Errors
    /// [`Error::Empty`] for a data set without examples; [`Error::Value`] for a batch of 0 or of more examples than
    /// there are.
    pub fn new(data: T, batch: B) -> Result<Self, Error> {
        let (size, len) = (batch.size(), data.len());
        if len == 0 {
            return Err(Error::Empty { what: "the data set".to_owned() });
        }
        if size == 0 || size > len {
            let found = format!("{size} of {len} examples");
            return Err(Error::Value { what: "batch size", found, rule: "a batch has from one to all examples" });
        }
        let partial = Some(len % size).filter(|&rest| rest > 0).and_then(B::from_size);
        Ok(Self { data, batch, partial })
    }

    /// Leaves out the last batch of an epoch where it is smaller than the others.
    #[must_use]
    pub fn drop_last(self) -> Self {
        Self { partial: None, ..self }
    }

    /// The batches of an epoch in random order; equal keys give equal epochs: `key.fold_in(epoch)` for another one.
    pub fn epoch(&self, key: Key) -> Batches<'_, T, B> {
        drop(room::<usize>(self.data.len())); // An error where a permutation would panic.
        self.batches(key.permutation(self.data.len()))
    }

    /// The batches of an epoch in the order of the data set, for evaluation.
    pub fn in_order(&self) -> Batches<'_, T, B> {
        self.batches(collected(self.data.len(), 0..))
    }

    /// The number of batches in an epoch.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one batch")]
    pub fn len(&self) -> usize {
        self.data.len() / self.batch.size() + usize::from(self.partial.is_some())
    }

    /// The data set.
    pub fn data(&self) -> &T {
        &self.data
    }

    fn batches(&self, order: Vec<usize>) -> Batches<'_, T, B> {
        Batches { loader: self, order, next: 0 }
    }
}

/// The batches of one epoch.
#[derive(Clone, Debug)]
pub struct Batches<'a, T, B> {
    loader: &'a Loader<T, B>,
    order: Vec<usize>,
    next: usize,
}

impl<T: Dataset, B: Dim> Iterator for Batches<'_, T, B> {
    type Item = T::Batch<B>;

    fn next(&mut self) -> Option<T::Batch<B>> {
        let Loader { data, batch, partial } = self.loader;
        let rest = &self.order[self.next..];
        let size = if rest.len() >= batch.size() { *batch } else { (*partial).filter(|_| !rest.is_empty())? };
        self.next += size.size();
        Some(data.batch(&rest[..size.size()], size))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.loader.len() - self.next.div_ceil(self.loader.batch.size());
        (left, Some(left))
    }
}

impl<T: Dataset, B: Dim> ExactSizeIterator for Batches<'_, T, B> {}
