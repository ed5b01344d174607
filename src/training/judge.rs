//! Which epoch was the best, and how long ago.
//!
//! Apart from the run because it is a function of the history: a run that goes on after a restart judges as it did.

use super::report::EpochReport;
use super::settings::Monitor;

/// The verdict over a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    /// The place of the best epoch in the history.
    pub(super) best: Option<usize>,
    /// How many epochs in a row, the last ones, were no better than the best before them.
    pub(super) worse: u64,
}

/// An epoch is better where its number is smaller, or larger, than that of all before it; NaN is never better.
pub(super) fn judge(history: &[EpochReport], monitor: &Monitor) -> Verdict {
    let mut verdict = Verdict { best: None, worse: 0 };
    let number = |place: usize| history[place].score(&monitor.name).unwrap_or(f64::NAN);
    for place in 0..history.len() {
        let value = number(place);
        let better = match verdict.best.map(number) {
            None => !value.is_nan(),
            Some(best) if monitor.largest => value > best,
            Some(best) => value < best,
        };
        verdict = match better {
            true => Verdict { best: Some(place), worse: 0 },
            false => Verdict { worse: verdict.worse + 1, ..verdict },
        };
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::{EpochReport, Monitor, Verdict, judge};

    fn of(losses: &[f64], largest: bool) -> Verdict {
        let report = |(epoch, &loss)| EpochReport { epoch, steps: 0, lr: 0.0, loss, scores: vec![] };
        let history: Vec<EpochReport> = (0..).zip(losses).map(report).collect();
        judge(&history, &Monitor { name: "loss".to_owned(), largest })
    }

    #[test]
    fn the_first_of_equals_is_the_best() {
        assert_eq!(of(&[], false), Verdict { best: None, worse: 0 });
        assert_eq!(of(&[3.0, 2.0, 2.0, 4.0], false), Verdict { best: Some(1), worse: 2 });
        assert_eq!(of(&[3.0, 2.0, 2.0, 4.0], true), Verdict { best: Some(3), worse: 0 });
        assert_eq!(of(&[f64::NAN, f64::NAN], false), Verdict { best: None, worse: 2 });
        assert_eq!(of(&[f64::NAN, 1.0, f64::NAN], true), Verdict { best: Some(1), worse: 1 });
        assert_eq!(of(&[f64::INFINITY, 1.0], false), Verdict { best: Some(1), worse: 0 });
    }
}
