//! Epochs: a data set in seeded order, in batches.
//!
//! Apart from `dataset` because a batch's size is a choice of training, not of the data. Each epoch is a function of
//! its key: there is no generator to advance, so training goes on from a checkpoint as if it had never stopped.

use super::sampling::Weights;
use super::{Dataset, Epochs, Plan};
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
    weights: Option<Weights>,
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
        Ok(Self { data, batch, partial, weights: None })
    }

    /// Leaves out the last batch of an epoch where it is smaller than the others.
    #[must_use]
    pub fn drop_last(self) -> Self {
        Self { partial: None, ..self }
    }

    /// Draws the examples of an epoch by weight, as many as there are: one of weight 2 comes twice as often as one of
    /// weight 1, on average, and one of weight 0 never. PyTorch's `WeightedRandomSampler` with replacement.
    ///
    /// Batches [in order](Epochs::in_order) are of all examples, as before.
    ///
    /// # Errors
    /// [`Error::Value`] for another number of weights than there are examples, for a weight that is negative, infinite
    /// or NaN, and where all are 0.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let data = TensorDataset::new((Cpu.tensor([10, 20, 30]),))?;
    /// let loader = Loader::new(data, D::<3>)?.weighted(&[0.0, 1.0, 0.0])?;
    /// assert_eq!(loader.epoch(Key::new(1)).next(), Some((Cpu.tensor([20, 20, 20]),)));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn weighted(self, weights: &[f64]) -> Result<Self, Error> {
        Ok(Self { weights: Some(Weights::new(weights, self.data.len())?), ..self })
    }

    /// The data set.
    pub fn data(&self) -> &T {
        &self.data
    }
}

#[diagnostic::do_not_recommend]
impl<T: Dataset, B: Dim> Epochs for Loader<T, B> {
    type Batch = T::Batch<B>;

    fn len(&self) -> usize {
        self.data.len() / self.batch.size() + usize::from(self.partial.is_some())
    }

    fn size(&self, number: usize) -> usize {
        self.dim(number).size()
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        let len = self.data.len();
        let order = match (key, &self.weights) {
            (None, _) => collected(len, 0..),
            (Some(key), Some(weights)) => weights.draw(key, len),
            (Some(key), None) => {
                drop(room::<usize>(len)); // An error where a permutation would panic.
                key.permutation(len)
            }
        };
        Plan::new(key.unwrap_or(Key::new(0)), order)
    }

    fn make(&self, plan: &Plan, number: usize) -> T::Batch<B> {
        let (start, size) = (number * self.batch.size(), self.dim(number));
        self.data.batch(&plan.order()[start..start + size.size()], size)
    }
}

impl<T: Dataset, B: Dim> Loader<T, B> {
    /// The dim of batch `number`.
    fn dim(&self, number: usize) -> B {
        let whole = self.data.len() / self.batch.size();
        self.partial.filter(|_| number >= whole).unwrap_or(self.batch)
    }
}
