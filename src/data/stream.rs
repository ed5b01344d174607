//! Streams: examples that come one after the other, without a number and maybe without an end.
//!
//! Apart from data sets, which can be shuffled and split because they know their length.

use super::Example;
use super::ahead::Ahead;
use crate::dims::Dim;

/// Batches of any iterator of examples, and iterators that run ahead of their readers.
pub trait Batched: Iterator + Sized {
    /// Batches of this size, `D::<64>` or `Batch(64)`, in the order of the iterator, which is asked for no more
    /// examples than a batch needs.
    ///
    /// As with a [`Loader`](super::Loader), the dim decides about what is left at the end: a run-time one takes it as a
    /// smaller batch, a static one leaves it out. Of a batch of size 0 nothing is made: the iterator is at its end.
    /// Results become results of batches, the first error that of its batch.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Batch = ? }
    /// let lines = "1,2\n3,4\n5,6".lines();
    /// let pairs = lines.filter_map(|line| line.split_once(","));
    /// let numbers = pairs.map(|(x, y)| (x.parse().unwrap_or(f32::NAN), y.len() as i64));
    /// let sizes: Vec<usize> = numbers.batches(Batch(2)).map(|(x, _)| x.len()).collect();
    /// assert_eq!(sizes, [2, 1]);
    /// let endless = (0i64..).batches(D::<3>);
    /// assert_eq!(endless.map(|x| x.sum().item()).take(2).collect::<Vec<_>>(), [3, 12]);
    /// ```
    fn batches<B: Dim>(mut self, size: B) -> impl Iterator<Item = <Self::Item as Example>::Batch<B>>
    where
        Self::Item: Example,
    {
        std::iter::from_fn(move || {
            let examples: Vec<Self::Item> = self.by_ref().take(size.size()).collect();
            let size = B::from_size(examples.len()).filter(|_| !examples.is_empty())?;
            Some(Example::collate(examples, size))
        })
    }

    /// The same items, made ahead by a thread: at most so many, and at least one, are finished or in the making beside
    /// the one that was handed out, however slow their reader is.
    ///
    /// An error that an operator raises, or a panic, comes out where that item would have come; dropped early, it waits
    /// for the item that is being made. Where the system gives no thread, items are made when they are asked for.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let batches = (0i64..).batches(D::<2>).map(|x| (&x * 2).eval()).ahead(4);
    /// assert_eq!(batches.take(2).map(|x| x.as_slice()[1]).collect::<Vec<_>>(), [2, 6]);
    /// ```
    fn ahead(self, items: usize) -> impl Iterator<Item = Self::Item>
    where
        Self: Send + 'static,
        Self::Item: Send,
    {
        Ahead::begin(self, items)
    }
}
impl<I: Iterator> Batched for I {}
