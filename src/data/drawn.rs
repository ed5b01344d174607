//! Examples drawn at random, as many as an epoch is said to have.
//!
//! Apart from `loader`, whose epochs have each example once: of a long text that would be an epoch a day.

use super::{Dataset, Epochs, Plan};
use crate::dims::Dim;
use crate::error::{Error, room};
use crate::random::Key;

/// Keys of examples are a batch's key and their number: this one is none of theirs.
const ROWS: u64 = u64::MAX;

/// So many batches an epoch, of examples drawn with replacement: PyTorch's `RandomSampler(data, replacement=True,
/// num_samples)`.
///
/// Batch `n` is a function of the epoch's key and of `n`; no list of all examples is made. [In order](Epochs::in_order)
/// they are those of the key of seed 0: the same each time, for evaluation.
///
/// ```
/// use congruent::{data::{Drawn, TextWindows}, prelude::*};
/// dims! { Batch = ?, Seq = ? }
///
/// let text = "so many words, so many windows".repeat(100);
/// let drawn = Drawn::new(TextWindows::new(text.into_bytes(), Seq(8))?, Batch(4), 10)?;
/// assert_eq!(drawn.epoch(Key::new(1)).len(), 10);
/// assert!(drawn.epoch(Key::new(1)).eq(drawn.epoch(Key::new(1))));
/// for (read, next) in drawn.workers(2).epoch(Key::new(2)) {
///     let (read, next): (Tensor<(Batch, Seq), i64>, Tensor<(Batch, Seq), i64>) = (read, next);
///     assert_eq!(read.as_slice()[1..8], next.as_slice()[..7]);
/// }
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Drawn<T, B> {
    data: T,
    batch: B,
    batches: usize,
}

impl<T: Dataset, B: Dim> Drawn<T, B> {
    /// Epochs of `batches` batches of this size, `D::<64>` or `Batch(64)`, which may be larger than the data set.
    ///
    /// # Errors
    /// [`Error::Empty`] for a data set without examples, [`Error::Value`] for a batch of 0.
    pub fn new(data: T, batch: B, batches: usize) -> Result<Self, Error> {
        if data.is_empty() {
            return Err(Error::Empty { what: "the data set".to_owned() });
        }
        if batch.size() == 0 {
            let (what, rule) = ("batch size", "a batch has at least one example");
            return Err(Error::Value { what, found: "0".to_owned(), rule });
        }
        Ok(Self { data, batch, batches })
    }

    /// The data set.
    pub fn data(&self) -> &T {
        &self.data
    }
}

#[diagnostic::do_not_recommend]
impl<T: Dataset, B: Dim> Epochs for Drawn<T, B> {
    type Batch = T::Batch<B>;

    fn len(&self) -> usize {
        self.batches
    }

    fn size(&self, _: usize) -> usize {
        self.batch.size()
    }

    fn plan(&self, key: Option<Key>) -> Plan {
        Plan::new(key.unwrap_or(Key::new(0)), Vec::new())
    }

    fn make(&self, plan: &Plan, number: usize) -> T::Batch<B> {
        assert!(number < self.batches, "batch {number} of {}", self.batches);
        let (key, size) = (plan.key(number).fold_in(ROWS), self.batch.size());
        let mut rows = room(size);
        rows.extend((0..size as u64).map(|i| key.below(i, self.data.len() as u64) as usize));
        self.data.batch(&rows, self.batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{FnDataset, Pipeline};
    use crate::dims::dims;

    dims! { Batch = ? }

    fn counts(key: Key) -> [usize; 5] {
        let drawn = Drawn::new(FnDataset::new(5, |i| i as i64), Batch(40), 100).expect("good numbers");
        let mut counts = [0; 5];
        drawn.epoch(key).for_each(|x| x.as_slice().iter().for_each(|&i| counts[i as usize] += 1));
        counts
    }

    #[test]
    fn each_example_is_as_likely() {
        let counts = counts(Key::new(3));
        assert_eq!(counts.iter().sum::<usize>(), 4000);
        // 800 each; a deviation of 25.
        assert!(counts.iter().all(|&count| (700..900).contains(&count)), "{counts:?}");
    }

    #[test]
    fn batches_are_functions_of_key_and_number() -> Result<(), Error> {
        let drawn = Drawn::new(FnDataset::new(1000, |i| i as i64), Batch(7), 9)?;
        let of = |seed| drawn.epoch(Key::new(seed)).collect::<Vec<_>>();
        assert!(of(1) == of(1) && of(1) != of(2) && of(1)[0] != of(1)[1]);
        assert!(drawn.epoch_from(Key::new(1), 4).eq(of(1)[4..].iter().cloned()));
        assert!(drawn.in_order().eq(drawn.in_order()) && drawn.in_order().eq(of(0)));
        assert!(drawn.clone().workers(3).epoch(Key::new(1)).eq(of(1)));
        // What a transform draws is drawn by other keys.
        let noise = drawn.clone().map(|x, key| (x, key.below(0, 1000) as i64));
        assert!(noise.epoch(Key::new(1)).any(|(x, own)| x.as_slice()[0] != own));
        Ok(())
    }

    #[test]
    fn nothing_to_draw_is_refused() {
        let of = |len, batch| Drawn::new(FnDataset::new(len, |i| i as i64), Batch(batch), 1).map(drop);
        assert_eq!(of(0, 1).expect_err("empty").to_string(), "the data set is empty");
        let text = "batch size: 0 is not allowed, a batch has at least one example";
        assert_eq!(of(1, 0).expect_err("no batch").to_string(), text);
        assert!(of(1, 10).is_ok(), "with replacement there are as many as one likes");
    }
}
