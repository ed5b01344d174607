//! Connectionist temporal classification as numbers: the sum over all ways to say a transcript, and its slopes.
//!
//! Apart from the methods (`alignments`) because here one sequence is looked at, as a table of logarithms.

/// A sequence and what it should say.
pub(super) struct Spoken {
    /// Where its logarithms of probabilities begin, and how many classes each step has.
    pub(super) start: usize,
    pub(super) classes: usize,
    /// How many steps count.
    pub(super) steps: usize,
    /// The labels, with blanks before, between and behind them.
    pub(super) states: Vec<usize>,
}

/// The labels with blanks before, between and behind them.
pub(super) fn with_blanks(labels: &[usize], blank: usize) -> Vec<usize> {
    let spoken = labels.iter().flat_map(|&label| [blank, label]);
    spoken.chain([blank]).collect()
}

/// `ln(eᵃ + eᵇ)`, of two probabilities that may be 0.
pub(super) fn log_add(a: f64, b: f64) -> f64 {
    if a == f64::NEG_INFINITY {
        b
    } else if b == f64::NEG_INFINITY {
        a
    } else {
        let (large, small) = if a > b { (a, b) } else { (b, a) };
        large + (small - large).exp().ln_1p()
    }
}

impl Spoken {
    fn at(&self, values: &[f64], step: usize, state: usize) -> f64 {
        values[self.start + step * self.classes + self.states[state]]
    }

    /// Whether a way may leave out the blank before this state: its label is another than the one before that.
    fn skips(&self, state: usize) -> bool {
        state >= 2 && state % 2 == 1 && self.states[state] != self.states[state - 2]
    }

    /// For each step and state, the logarithm of the probability of all ways from the start to there.
    fn forward(&self, values: &[f64]) -> Vec<f64> {
        let count = self.states.len();
        let mut table = vec![f64::NEG_INFINITY; self.steps * count];
        for state in 0..count.min(2).min(table.len()) {
            table[state] = self.at(values, 0, state);
        }
        for step in 1..self.steps {
            let (before, now) = table[(step - 1) * count..(step + 1) * count].split_at_mut(count);
            for state in 0..count {
                let mut ways = before[state];
                if state >= 1 {
                    ways = log_add(ways, before[state - 1]);
                }
                if self.skips(state) {
                    ways = log_add(ways, before[state - 2]);
                }
                now[state] = ways + self.at(values, step, state);
            }
        }
        table
    }

    /// For each step and state, that of all ways from there to the end, without the step itself.
    fn backward(&self, values: &[f64]) -> Vec<f64> {
        let count = self.states.len();
        let mut table = vec![f64::NEG_INFINITY; self.steps * count];
        let len = table.len();
        table[len - count.min(2)..].fill(0.0);
        for step in (0..self.steps - 1).rev() {
            let (now, after) = table[step * count..(step + 2) * count].split_at_mut(count);
            for state in 0..count {
                let next = |state: usize| after[state] + self.at(values, step + 1, state);
                let mut ways = next(state);
                if state + 1 < count {
                    ways = log_add(ways, next(state + 1));
                }
                if state + 2 < count && self.skips(state + 2) {
                    ways = log_add(ways, next(state + 2));
                }
                now[state] = ways;
            }
        }
        table
    }

    /// The logarithm of the probability of all ways, from the table of those to each state.
    fn total(&self, forward: &[f64]) -> f64 {
        let ends = self.states.len().min(2);
        match self.steps {
            // Of no step the empty transcript alone is certain.
            0 if self.states.len() == 1 => 0.0,
            0 => f64::NEG_INFINITY,
            _ => forward[forward.len() - ends..].iter().fold(f64::NEG_INFINITY, |sum, &way| log_add(sum, way)),
        }
    }

    /// The negative logarithm of the probability of the transcript.
    pub(super) fn loss(&self, values: &[f64]) -> f64 {
        -self.total(&self.forward(values))
    }

    /// Adds the slopes of the loss, times a factor: minus the probability that a step is of a class, given the
    /// transcript.
    pub(super) fn slopes(&self, values: &[f64], factor: f64, slopes: &mut [f64]) {
        if self.steps == 0 {
            return;
        }
        let (forward, backward) = (self.forward(values), self.backward(values));
        let total = self.total(&forward);
        for (place, (to, from)) in forward.iter().zip(&backward).enumerate() {
            let (step, state) = (place / self.states.len(), place % self.states.len());
            slopes[self.start + step * self.classes + self.states[state]] -= factor * (to + from - total).exp();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Spoken, with_blanks};

    /// Against all ways written out: each path of classes that says the transcript when repeats and blanks are taken
    /// away.
    #[test]
    fn the_sum_is_over_all_ways() {
        for (labels, steps) in [(vec![1, 2], 4), (vec![1, 1], 4), (vec![], 3), (vec![2], 1), (vec![1, 1], 2)] {
            let classes = 3_usize;
            let values: Vec<f64> = (0..steps * classes).map(|i| -((i * 7 % 5) as f64) * 0.3 - 0.2).collect();
            let mut sum = 0.0;
            for path in 0..classes.pow(steps as u32) {
                let classes_of: Vec<usize> = (0..steps).map(|step| path / classes.pow(step as u32) % classes).collect();
                let mut said = classes_of.clone();
                said.dedup();
                said.retain(|&class| class != 0);
                if said == labels {
                    let log: f64 = classes_of.iter().enumerate().map(|(t, class)| values[t * classes + class]).sum();
                    sum += log.exp();
                }
            }
            let spoken = Spoken { start: 0, classes, steps, states: with_blanks(&labels, 0) };
            let loss = spoken.loss(&values);
            assert!((loss + sum.ln()).abs() < 1e-12 || (sum == 0.0 && loss == f64::INFINITY), "{labels:?}: {loss}");
        }
    }
}
