//! Epochs: batches by number, in an order that a key decides.
//!
//! Apart from `loader`, which is one way to have batches: transforms, workers and whatever a user writes are others,
//! and a batch that is a function of key and number can be made by any thread, and again after a restart.

use crate::random::Key;

/// What an epoch is decided by: the order of the examples and a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    key: Key,
    order: Vec<usize>,
}

impl Plan {
    /// The examples in this order, and the key from which batches draw what they need.
    pub fn new(key: Key, order: Vec<usize>) -> Self {
        Self { key, order }
    }

    /// The key of a batch, different for each number.
    pub fn key(&self, number: usize) -> Key {
        self.key.fold_in(number as u64)
    }

    /// The numbers of the examples, in the order in which they come.
    pub fn order(&self) -> &[usize] {
        &self.order
    }
}

/// Batches by number, epoch after epoch: a [`Loader`](super::Loader), its transforms, its workers.
///
/// Batch `n` of an epoch is a function of the epoch's key and of `n` alone: there is no generator to advance, so
/// workers may make batches in any order, and training goes on from the middle of an epoch as if it had never stopped.
/// A source of one's own says how many batches there are, what an epoch is decided by, and makes one.
///
/// ```
/// use congruent::{data::Plan, prelude::*};
///
/// /// Ten windows of four letters, wherever the key says.
/// struct Windows(&'static [u8]);
/// impl Epochs for Windows {
///     type Batch = Tensor<Shape![4], u8>;
///     fn len(&self) -> usize {
///         10
///     }
///     fn size(&self, _: usize) -> usize {
///         1
///     }
///     fn plan(&self, key: Option<Key>) -> Plan {
///         Plan::new(key.unwrap_or(Key::new(0)), Vec::new())
///     }
///     fn make(&self, plan: &Plan, number: usize) -> Self::Batch {
///         let start = plan.key(number).below(0, self.0.len() as u64 - 3) as usize;
///         Cpu.from_fn((D::<4>,), |i| self.0[start + i])
///     }
/// }
/// let text = Windows(b"a text of some letters");
/// assert!(text.epoch(Key::new(1)).eq(text.epoch(Key::new(1))));
/// assert!(text.epoch(Key::new(1)).skip(7).eq(text.epoch_from(Key::new(1), 7)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no batches",
    label = "expected a `Loader` or another `Epochs`",
    note = "a data set is dealt out in batches by a loader: `Loader::new(data, Batch(32))?`"
)]
#[expect(clippy::len_without_is_empty, reason = "an epoch without a batch is no case of its own")]
pub trait Epochs {
    /// What comes at each step.
    type Batch;

    /// The number of batches in an epoch.
    fn len(&self) -> usize;

    /// The number of examples in batch `number`, by which means over batches are weighted.
    fn size(&self, number: usize) -> usize;

    /// What an epoch is decided by: shuffled by a key, or in order where there is none.
    fn plan(&self, key: Option<Key>) -> Plan;

    /// Batch `number` of an epoch.
    ///
    /// # Panics
    /// For a number that is not below [`len`](Epochs::len).
    fn make(&self, plan: &Plan, number: usize) -> Self::Batch;

    /// The batches of a plan from number `first` on; what stands before is not made.
    ///
    /// A batch that an operator finds wrong raises its [`Error`](crate::Error) where the iterator is asked for it.
    fn batches(&self, plan: Plan, first: usize) -> impl ExactSizeIterator<Item = Self::Batch> {
        (first.min(self.len())..self.len()).map(move |number| self.make(&plan, number))
    }

    /// The batches of an epoch in random order; equal keys give equal epochs: `key.fold_in(epoch)` for another one.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let data = TensorDataset::new((Cpu.tensor([10, 20, 30]),))?;
    /// let loader = Loader::new(data, D::<3>)?;
    /// assert!(loader.epoch(Key::new(1)).eq(loader.epoch(Key::new(1))));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn epoch(&self, key: Key) -> impl ExactSizeIterator<Item = Self::Batch> {
        self.epoch_from(key, 0)
    }

    /// The batches of an epoch from number `first` on; those before are not made. None where `first` is too large.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let loader = Loader::new(TensorDataset::new((Cpu.tensor([1, 2, 3, 4]),))?, D::<1>)?;
    /// let key = Key::new(1);
    /// assert!(loader.epoch_from(key, 3).eq(loader.epoch(key).skip(3)) && loader.epoch_from(key, 9).len() == 0);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn epoch_from(&self, key: Key, first: usize) -> impl ExactSizeIterator<Item = Self::Batch> {
        self.batches(self.plan(Some(key)), first)
    }

    /// The batches of an epoch in the order of the data set, for evaluation; what transforms draw comes from the key of
    /// seed 0.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let loader = Loader::new(TensorDataset::new((Cpu.tensor([10, 20]),))?, D::<1>)?;
    /// assert_eq!(loader.in_order().map(|(x,)| x.as_slice()[0]).collect::<Vec<_>>(), [10, 20]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn in_order(&self) -> impl ExactSizeIterator<Item = Self::Batch> {
        self.batches(self.plan(None), 0)
    }
}

/// Borrowed, they are the same.
#[diagnostic::do_not_recommend]
impl<L: Epochs> Epochs for &L {
    type Batch = L::Batch;

    fn len(&self) -> usize {
        L::len(self)
    }

    fn size(&self, number: usize) -> usize {
        L::size(self, number)
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        L::plan(self, key)
    }

    fn make(&self, plan: &Plan, number: usize) -> L::Batch {
        L::make(self, plan, number)
    }

    fn batches(&self, plan: Plan, first: usize) -> impl ExactSizeIterator<Item = L::Batch> {
        L::batches(self, plan, first)
    }
}
