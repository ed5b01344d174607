//! Some examples of a data set.
//!
//! Apart from `dataset` because a part is a data set itself: it can be split again, for validation.

use super::Dataset;
use crate::dims::Dim;
use crate::error::Error;

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
    pub(super) fn of(data: T, rows: Vec<usize>) -> Self {
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
