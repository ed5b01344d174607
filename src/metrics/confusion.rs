//! Counts of classes: what they were, and what they were taken for.

use crate::device::{Cpu, Device, SameDevice};
use crate::dims::Dim;
use crate::dtype::Real;
use crate::error::{Error, collected, raise};
use crate::layout::count;
use crate::shape::{CountedClasses, LastAxis, Mismatch, SameRows, SameShape, Shape};
use crate::tensor::{Create, Tensor};
use std::fmt::{Display, Formatter};

/// How often each class (row) was taken for each class (column), over as many batches as were observed: scikit-learn's
/// `confusion_matrix`, a row of which is a class as it is.
///
/// ```
/// use congruent::{metrics::Confusion, prelude::*};
/// let mut seen = Confusion::<D<3>>::new();
/// seen.observe(&Cpu.tensor([[9.0, 1.0, 0.0], [0.0, 1.0, 5.0]]), &Cpu.tensor([0, 1]))?;
/// seen.observe(&Cpu.tensor([[0.0, 1.0, 0.0]]), &Cpu.tensor([1]))?;
/// assert_eq!(seen.counts().to_vec(), [1, 0, 0, 0, 1, 1, 0, 0, 0]);
/// assert_eq!(seen.accuracy(), 2.0 / 3.0);
/// assert_eq!(seen.class(1).recall, 0.5);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion<C> {
    classes: C,
    pub(super) counts: Vec<u64>,
}

impl<C: Dim + Default> Confusion<C> {
    /// Nothing observed yet.
    #[expect(clippy::new_without_default, reason = "as layers are made")]
    pub fn new() -> Self {
        Self::sized(C::default())
    }
}

impl<C: Dim> Confusion<C> {
    /// The same for as many classes as the run knows. More counts than there is memory raise [`Error::TooLarge`].
    #[track_caller]
    pub fn sized(classes: C) -> Self {
        let all = count((classes, classes));
        Confusion { classes, counts: collected(all, std::iter::repeat(0)) }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes.size()
    }

    /// Takes in a batch of logits (or probabilities), of which the largest of each row is the answer, the first of
    /// ties, NaN before all: shapes `(.., C)` with labels `(..)`.
    ///
    /// # Errors
    /// [`Error::Label`] for a label outside of `0..C`; nothing is counted then. Run-time sizes that differ raise
    /// [`Error::Sizes`].
    ///
    /// ```
    /// use congruent::{metrics::Confusion, prelude::*};
    /// let mut seen = Confusion::<D<2>>::new();
    /// let error = seen.observe(&Cpu.tensor([[1.0, 0.0]]), &Cpu.tensor([2])).unwrap_err();
    /// assert_eq!(error.to_string(), "label 2 at position 0 is not one of the 2 classes 0..2");
    /// ```
    #[track_caller]
    pub fn observe<S, L, E, D, A>(&mut self, logits: &Tensor<S, E, D>, labels: &Tensor<L, i64, A>) -> Result<(), Error>
    where
        S: LastAxis<Init: SameRows<L>>,
        C: CountedClasses<S::Last>,
        L: Shape,
        E: Real,
        D: Device + SameDevice<A>,
        A: Device,
    {
        hold("confusion: classes and logits", (self.classes,), (logits.shape().last(),));
        hold("confusion: rows and labels", logits.shape().init(), labels.shape());
        let (values, labels) = (logits.to_vec(), labels.to_vec());
        let answers: Vec<i64> = match self.classes() {
            0 => vec![0; labels.len()], // no label is one of no classes
            classes => values.chunks_exact(classes).map(|row| largest(row) as i64).collect(),
        };
        self.count(&answers, &labels)
    }

    /// Takes in answers that are classes already.
    ///
    /// # Errors
    /// [`Error::Label`] for an answer or a label outside of `0..C`; nothing is counted then. Run-time sizes that differ
    /// raise [`Error::Sizes`].
    #[track_caller]
    pub fn observe_answers<S, L, D, A>(
        &mut self,
        answers: &Tensor<S, i64, D>,
        labels: &Tensor<L, i64, A>,
    ) -> Result<(), Error>
    where
        S: Shape + SameShape<L>,
        L: Shape,
        D: Device + SameDevice<A>,
        A: Device,
    {
        hold("confusion: answers and labels", answers.shape(), labels.shape());
        self.count(&answers.to_vec(), &labels.to_vec())
    }

    fn count(&mut self, answers: &[i64], labels: &[i64]) -> Result<(), Error> {
        let classes = self.classes();
        for part in [answers, labels] {
            let outside = |label: &i64| !usize::try_from(*label).is_ok_and(|label| label < classes);
            if let Some((position, &label)) = part.iter().enumerate().find(|(_, label)| outside(label)) {
                return Err(Error::Label { label, position, classes });
            }
        }
        for (&answer, &label) in answers.iter().zip(labels) {
            self.counts[label as usize * classes + answer as usize] += 1;
        }
        Ok(())
    }

    /// Adds what another one has observed, of as many classes.
    #[track_caller]
    pub fn merge(&mut self, other: &Self) {
        hold("confusion: classes", (self.classes,), (other.classes,));
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, other)| *own += other);
    }

    /// The counts, `(C, C)`: a row for each class as it is, a column for what it was taken for.
    pub fn counts(&self) -> Tensor<(C, C), i64> {
        let counts = self.counts.iter().map(|&count| i64::try_from(count).unwrap_or(i64::MAX)).collect();
        match Cpu.from_vec((self.classes, self.classes), counts) {
            Ok(counts) => counts,
            Err(error) => raise(error),
        }
    }

    /// How many were observed.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The part of all answers that is right; NaN of none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes()).map(|class| self.counts[class * self.classes() + class]).sum();
        right as f64 / self.total() as f64
    }
}

/// Where the largest element stands, the first of ties; NaN is larger than every number.
fn largest<E: Real>(row: &[E]) -> usize {
    let mut best = 0;
    for (at, x) in row.iter().enumerate() {
        let (x, own) = (x.as_f64(), row[best].as_f64());
        if x > own || (x.is_nan() && !own.is_nan()) {
            best = at;
        }
    }
    best
}

/// Sizes that only the run knows are equal, or [`Error::Sizes`] is raised.
#[track_caller]
pub(super) fn hold<X: Shape, Y: Shape>(law: &'static str, x: X, y: Y) {
    if x.dims().as_slice() != y.dims().as_slice() {
        raise(Mismatch::new(law, x, y).into());
    }
}

/// A table, a line for each class as it is.
///
/// ```
/// use congruent::{metrics::Confusion, prelude::*};
/// let mut seen = Confusion::<D<2>>::new();
/// seen.observe_answers(&Cpu.tensor([0, 1, 1, 1]), &Cpu.tensor([0, 0, 1, 1]))?;
/// assert_eq!(seen.to_string(), "0: 1 1\n1: 0 2");
/// # Ok::<(), congruent::Error>(())
/// ```
impl<C: Dim> Display for Confusion<C> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let digits = |number: u64| number.checked_ilog10().unwrap_or(0) as usize + 1;
        let (wide, classes) = (digits(self.counts.iter().copied().max().unwrap_or(0)), self.classes());
        let name = digits(classes.saturating_sub(1) as u64);
        for (class, row) in self.counts.chunks(classes.max(1)).enumerate() {
            let end = if class == 0 { "" } else { "\n" };
            write!(f, "{end}{class:name$}:")?;
            row.iter().try_for_each(|count| write!(f, " {count:wide$}"))?;
        }
        Ok(())
    }
}
