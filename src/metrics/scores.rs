//! What follows from counts of classes: precision, recall and F1.

use super::Confusion;
use crate::dims::Dim;

/// How well a class was told from the others, or the mean of that over classes: scikit-learn's
/// `precision_recall_fscore_support`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScores {
    /// Which part of what was taken for the class is of it; 0 where nothing was taken for it.
    pub precision: f64,
    /// Which part of the class was taken for it; 0 where there is none of it.
    pub recall: f64,
    /// `2 · right / (taken for it + of it)`, the harmonic mean of both; 0 where both are.
    pub f1: f64,
    /// How many there are of the class.
    pub support: u64,
}

/// How scores of classes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Averaged {
    /// The mean over the classes that there are, or that something was taken for.
    Macro,
    /// The same, each class as often as there is one of it.
    Weighted,
    /// Of all answers together: each of the three is the accuracy.
    Micro,
}

/// One number over another, 0 of nothing.
fn part(of: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

fn scores(right: u64, taken: u64, support: u64) -> ClassScores {
    let f1 = part(2 * right, taken + support);
    ClassScores { precision: part(right, taken), recall: part(right, support), f1, support }
}

impl<C: Dim> Confusion<C> {
    /// The scores of a class.
    ///
    /// # Panics
    /// Where there is no such class.
    ///
    /// ```
    /// use congruent::{metrics::Confusion, prelude::*};
    /// let mut seen = Confusion::<D<2>>::new();
    /// seen.observe_answers(&Cpu.tensor([0, 1, 1, 1]), &Cpu.tensor([0, 0, 1, 1]))?;
    /// let one = seen.class(1);
    /// assert_eq!((one.precision, one.recall, one.f1, one.support), (2.0 / 3.0, 1.0, 0.8, 2));
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn class(&self, class: usize) -> ClassScores {
        let classes = self.classes();
        assert!(class < classes, "class {class} is not one of the {classes} classes 0..{classes}");
        let (row, taken) = (&self.counts[class * classes..][..classes], self.counts[class..].iter().step_by(classes));
        scores(row[class], taken.sum(), row.iter().sum())
    }

    /// The scores of all classes as one; NaN where nothing was observed.
    ///
    /// ```
    /// use congruent::{metrics::{Averaged, Confusion}, prelude::*};
    /// let mut seen = Confusion::<D<3>>::new();
    /// seen.observe_answers(&Cpu.tensor([0, 1, 1, 1]), &Cpu.tensor([0, 0, 1, 1]))?;
    /// assert_eq!(seen.averaged(Averaged::Macro).recall, 0.75); // class 2 does not occur
    /// assert_eq!(seen.averaged(Averaged::Micro).f1, seen.accuracy());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn averaged(&self, how: Averaged) -> ClassScores {
        let total = self.total();
        if how == Averaged::Micro || total == 0 {
            let accuracy = self.accuracy();
            return ClassScores { precision: accuracy, recall: accuracy, f1: accuracy, support: total };
        }
        let mut mean = ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: total };
        let mut all = 0.0;
        for class in 0..self.classes() {
            let own = self.class(class);
            let taken = self.counts[class..].iter().step_by(self.classes()).any(|&count| count > 0);
            let weight = match how {
                Averaged::Weighted => own.support as f64,
                _ => f64::from(u8::from(own.support > 0 || taken)),
            };
            mean.precision += weight * own.precision;
            mean.recall += weight * own.recall;
            mean.f1 += weight * own.f1;
            all += weight;
        }
        ClassScores { precision: mean.precision / all, recall: mean.recall / all, f1: mean.f1 / all, ..mean }
    }
}
