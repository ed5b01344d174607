//! The formulas of one kernel, each of which becomes a function of it.
//!
//! Apart from `formula`, which prints one: here the constants of all become one list, that of the arguments.

use super::formula::{ConstantsAt, function};
use crate::num::{Trace, TraceStep, Traced};

/// A traced formula among others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Formula {
    steps: Vec<TraceStep>,
    results: Vec<usize>,
    /// How many numbers and whole numbers of the arguments stand before its own.
    before: [usize; 2],
}

impl Formula {
    /// It as a function of operands `s0`, `s1`, .. of one type; `first` is the word of the arguments at which the
    /// constants of all formulas begin, so many of which are numbers.
    pub(super) fn text(&self, name: &str, (operands, elem): (usize, &str), first: usize, numbers: usize) -> String {
        let operands: Vec<(String, &str)> = (0..operands).map(|i| (format!("s{i}"), elem)).collect();
        let [before, whole_before] = self.before;
        let at = ConstantsAt { numbers: first + before, whole: first + numbers + whole_before };
        function(name, &operands, &self.steps, &self.results, at)
    }
}

/// Collects formulas and their constants.
#[derive(Default)]
pub(super) struct Formulas {
    pub(super) numbers: Vec<f64>,
    pub(super) whole: Vec<i64>,
}

impl Formulas {
    /// What a formula does with numbers of an element type of this name.
    pub(super) fn trace(&mut self, elem: &'static str, formula: impl FnOnce() -> Vec<Traced>) -> Formula {
        let (results, trace) = Trace::of(elem, formula);
        let before = [self.numbers.len(), self.whole.len()];
        self.numbers.extend(trace.numbers);
        self.whole.extend(trace.whole);
        Formula { steps: trace.steps, results: results.into_iter().map(Traced::place).collect(), before }
    }
}
