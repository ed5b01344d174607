//! What a data set is: examples by number.
//!
//! Apart from the one that holds tensors, because files, generators and streams of one's own are data sets as well. A
//! part of a data set is one itself: it can be split again, for validation.

use super::sampling::{by_class, folds, shares};
use crate::dims::Dim;
use crate::error::{Error, try_room};
use crate::random::Key;
use crate::shape::Shape;

/// Examples by number, `0..len`, that come as batches of any leading dim.
///
/// A set of one's own says what a batch of dim `B` is, and makes one. A set that reads files has
/// `type Batch<B: Dim> = Result<.., Error>`: then the batches of a [`Loader`](super::Loader) are results, which
/// [`checked`](super::Pipeline::checked) takes apart.
///
/// ```
/// use congruent::prelude::*;
///
/// /// `x` and `x²`, made when asked for.
/// #[derive(Clone)]
/// struct Squares;
/// impl Dataset for Squares {
///     type Batch<B: Dim> = Tensor<(B, D<2>)>;
///     fn len(&self) -> usize {
///         1000
///     }
///     fn batch<B: Dim>(&self, rows: &[usize], size: B) -> Tensor<(B, D<2>)> {
///         Cpu.from_fn((size, D::<2>), |i| (rows[i / 2] as f32).powi(1 + (i % 2) as i32))
///     }
/// }
/// let (train, test) = Squares.split(0.9, Key::new(0))?;
/// assert_eq!((train.len(), test.len()), (900, 100));
/// let first = Squares.batch(&[3, 5], D::<2>);
/// assert_eq!(first.as_slice(), [3.0, 9.0, 5.0, 25.0]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a data set",
    label = "expected a `TensorDataset` or another `Dataset`",
    note = "tensors that share their leading axis: `TensorDataset::new((images, labels))?`"
)]
pub trait Dataset {
    /// Some examples, `B` of them.
    type Batch<B: Dim>;

    /// The number of examples.
    fn len(&self) -> usize;

    /// The examples of these numbers, in this order; `size` is their count.
    ///
    /// # Panics
    /// For a number that is not below [`len`](Dataset::len), as a slice does. A [`Loader`](super::Loader) gives none.
    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> Self::Batch<B>;

    /// Whether there are no examples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All examples, in order, as one batch.
    ///
    /// # Errors
    /// [`Error::Shape`] where `B` is static and of another size.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// dims! { Examples = ? }
    /// let data = TensorDataset::new((Cpu.tensor([[1.0], [2.0], [3.0]]),))?;
    /// let (x,) = data.all::<Examples>()?;
    /// assert_eq!(x.shape(), (Examples(3), D::<1>));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn all<B: Dim>(&self) -> Result<Self::Batch<B>, Error> {
        let wrong = || Error::Shape { found: vec![self.len()], wanted: <(B,)>::describe_type() };
        let size = B::from_size(self.len()).ok_or_else(wrong)?;
        let mut rows = try_room(self.len())?;
        rows.extend(0..self.len());
        Ok(self.batch(&rows, size))
    }

    /// Two shuffled parts without a common example; the first has `round(fraction · len)`.
    ///
    /// The same key gives the same parts. Cheap: the parts hold numbers, and a `TensorDataset` shares its memory.
    ///
    /// # Errors
    /// [`Error::Value`] where `fraction` is NaN or not in `0.0..=1.0`.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let data = TensorDataset::new((Cpu.zeros::<Shape![10, 3]>(),))?;
    /// let (train, test) = data.split(0.75, Key::new(0))?;
    /// assert_eq!((train.len(), test.len()), (8, 2));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn split(self, fraction: f64, key: Key) -> Result<(Subset<Self>, Subset<Self>), Error>
    where
        Self: Sized + Clone,
    {
        let first = part_of(fraction, self.len())?;
        self.split_at(first, key)
    }

    /// Two shuffled parts without a common example; the first has `first` of them.
    ///
    /// The same key gives the same parts.
    ///
    /// # Errors
    /// [`Error::Value`] where there are fewer than `first` examples.
    fn split_at(self, first: usize, key: Key) -> Result<(Subset<Self>, Subset<Self>), Error>
    where
        Self: Sized + Clone,
    {
        if first > self.len() {
            let found = format!("{first} of {} examples", self.len());
            let rule = "a part has at most all of them";
            return Err(Error::Value { what: "size of a split", found, rule });
        }
        drop(try_room::<usize>(self.len())?); // An error where a permutation would panic.
        let mut rows = key.permutation(self.len());
        let rest = rows.split_off(first);
        Ok((Subset::of(self.clone(), rows), Subset::of(self, rest)))
    }

    /// [`split`](Dataset::split) in which each class has its share in both parts, rounded down or up; the first has
    /// `round(fraction · len)` examples of all. scikit-learn's `train_test_split(.., stratify=classes)`.
    ///
    /// The examples of a part are shuffled. Classes are whatever has an order: labels, texts.
    ///
    /// # Errors
    /// [`Error::Value`] where `fraction` is NaN or not in `0.0..=1.0`, and for another number of classes than there are
    /// examples.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let labels = Cpu.from_fn((D::<100>,), |i| i64::from(i < 10)); // 10 of class 1
    /// let data = TensorDataset::new((labels.clone(),))?;
    /// let (_, test) = data.split_stratified(0.8, labels.as_slice(), Key::new(0))?;
    /// let (labels,) = test.all::<D<20>>()?;
    /// assert_eq!(labels.sum().item(), 2);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn split_stratified<C: Ord>(
        self,
        fraction: f64,
        classes: &[C],
        key: Key,
    ) -> Result<(Subset<Self>, Subset<Self>), Error>
    where
        Self: Sized + Clone,
    {
        let (first, [own, left, right]) = (part_of(fraction, self.len())?, [0, 1, 2].map(|n| key.fold_in(n)));
        let rows = by_class(classes, self.len(), own)?;
        let (mut chosen, mut rest) = shares(&rows, classes, first);
        left.shuffle(&mut chosen);
        right.shuffle(&mut rest);
        Ok((Subset::of(self.clone(), chosen), Subset::of(self, rest)))
    }

    /// `k` ways to set a part aside, shuffled: for each, the examples to learn from and those to be asked about. Each
    /// example is asked about once; the sizes of the parts differ by one at most. scikit-learn's `KFold(k,
    /// shuffle=True)`.
    ///
    /// # Errors
    /// [`Error::Value`] where `k` is below 2 or above the number of examples.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let data = TensorDataset::new((Cpu.tensor([1, 2, 3, 4, 5]),))?;
    /// let folds = data.k_fold(2, Key::new(0))?;
    /// let sizes: Vec<_> = folds.iter().map(|(train, test)| (train.len(), test.len())).collect();
    /// assert_eq!(sizes, [(2, 3), (3, 2)]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn k_fold(self, k: usize, key: Key) -> Result<Vec<(Subset<Self>, Subset<Self>)>, Error>
    where
        Self: Sized + Clone,
    {
        drop(try_room::<usize>(self.len())?); // An error where a permutation would panic.
        let rows = key.permutation(self.len());
        Ok(parts(self, folds(&rows, k)?))
    }

    /// [`k_fold`](Dataset::k_fold) in which the numbers of each class differ by one at most, from part to part.
    /// scikit-learn's `StratifiedKFold`.
    ///
    /// # Errors
    /// [`Error::Value`] where `k` is below 2 or above the number of examples, and for another number of classes than
    /// there are examples.
    ///
    /// ```
    /// use congruent::prelude::*;
    /// let labels = Cpu.tensor([0, 0, 0, 0, 1, 1]);
    /// let data = TensorDataset::new((labels.clone(),))?;
    /// for (_, test) in data.k_fold_stratified(2, labels.as_slice(), Key::new(0))? {
    ///     assert_eq!(test.all::<D<3>>()?.0.sum().item(), 1);
    /// }
    /// # Ok::<(), congruent::Error>(())
    /// ```
    fn k_fold_stratified<C: Ord>(
        self,
        k: usize,
        classes: &[C],
        key: Key,
    ) -> Result<Vec<(Subset<Self>, Subset<Self>)>, Error>
    where
        Self: Sized + Clone,
    {
        let mut folds = folds(&by_class(classes, self.len(), key.fold_in(0))?, k)?;
        for (number, (train, test)) in folds.iter_mut().enumerate() {
            let (left, right) = key.fold_in(1).fold_in(number as u64).split();
            left.shuffle(train);
            right.shuffle(test);
        }
        Ok(parts(self, folds))
    }
}

/// The number of examples in a part.
fn part_of(fraction: f64, len: usize) -> Result<usize, Error> {
    if !(0.0..=1.0).contains(&fraction) {
        let rule = "a part is between 0.0 and 1.0 of the examples";
        return Err(Error::Value { what: "fraction of a split", found: fraction.to_string(), rule });
    }
    Ok((fraction * len as f64).round() as usize)
}

/// Two parts for each fold.
fn parts<T: Dataset + Clone>(data: T, folds: Vec<(Vec<usize>, Vec<usize>)>) -> Vec<(Subset<T>, Subset<T>)> {
    let pair = |(train, test)| (Subset::of(data.clone(), train), Subset::of(data.clone(), test));
    folds.into_iter().map(pair).collect()
}

/// A borrowed data set is one, too.
#[diagnostic::do_not_recommend]
impl<T: Dataset> Dataset for &T {
    type Batch<B: Dim> = T::Batch<B>;

    fn len(&self) -> usize {
        T::len(self)
    }

    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> T::Batch<B> {
        T::batch(self, rows, size)
    }
}

/// Some examples of a data set, by number and in an order of their own; an example may come more than once.
///
/// ```
/// use congruent::prelude::*;
/// use congruent::data::Subset;
/// let data = TensorDataset::new((Cpu.tensor([10, 20, 30]),))?;
/// let swapped = Subset::new(&data, vec![2, 0])?;
/// let (x,) = swapped.all::<D<2>>()?;
/// assert_eq!(x.as_slice(), [30, 10]);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Subset<T> {
    data: T,
    rows: Vec<usize>,
}

impl<T: Dataset> Subset<T> {
    /// The examples of these numbers.
    ///
    /// # Errors
    /// [`Error::Index`] for a number that the data set does not have.
    pub fn new(data: T, rows: Vec<usize>) -> Result<Self, Error> {
        let len = data.len();
        match rows.iter().enumerate().find(|(_, row)| **row >= len) {
            Some((position, &row)) => {
                Err(Error::Index { index: i64::try_from(row).unwrap_or(i64::MAX), position, len })
            }
            None => Ok(Self { data, rows }),
        }
    }

    /// The same for numbers that are known to be there.
    fn of(data: T, rows: Vec<usize>) -> Self {
        Self { data, rows }
    }

    /// The numbers that the examples have in the whole data set.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }
}

impl<T: Dataset> Dataset for Subset<T> {
    type Batch<B: Dim> = T::Batch<B>;

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn batch<B: Dim>(&self, rows: &[usize], size: B) -> T::Batch<B> {
        let rows: Vec<usize> = rows.iter().map(|&row| self.rows[row]).collect();
        self.data.batch(&rows, size)
    }
}
