//! A transducer's loss as numbers: the sum over all ways through a lattice of steps and labels, and its slopes.
//!
//! Apart from the methods (`alignments`) because here one sequence is looked at, as a table of logarithms.

use super::ctc::log_add;
use crate::error::{Error, raise};

/// A sequence and what it should say.
pub(super) struct Lattice {
    start: usize,
    /// How many numbers of labels there are memory for, and classes.
    room: [usize; 2],
    /// How many steps count.
    steps: usize,
    labels: Vec<usize>,
    blank: usize,
}

impl Lattice {
    /// That of a row of a tensor of so many steps, numbers of labels, and classes.
    #[track_caller]
    pub(super) fn new(row: usize, dims: [usize; 3], steps: usize, labels: Vec<usize>, blank: usize) -> Self {
        let [times, most, classes] = dims;
        if labels.len() >= most {
            let found = format!("{} for an axis of {most}", labels.len());
            raise(Error::Value { what: "number of labels", found, rule: "the axis of labels has one place more" });
        }
        Lattice { start: row * times * most * classes, room: [most, classes], steps, labels, blank }
    }

    /// Where the logarithm of a class at a step, after so many labels, lies.
    fn place(&self, step: usize, said: usize, class: usize) -> usize {
        self.start + (step * self.room[0] + said) * self.room[1] + class
    }

    /// For each step and number of labels, the logarithm of the probability of all ways from the start to there.
    fn forward(&self, values: &[f64]) -> Vec<f64> {
        let count = self.labels.len() + 1;
        let mut table = vec![f64::NEG_INFINITY; self.steps * count];
        for (place, (step, said)) in self.places().enumerate() {
            let read = match step {
                0 => f64::NEG_INFINITY,
                _ => table[place - count] + values[self.place(step - 1, said, self.blank)],
            };
            let say = match said {
                0 => f64::NEG_INFINITY,
                _ => table[place - 1] + values[self.place(step, said - 1, self.labels[said - 1])],
            };
            table[place] = if place == 0 { 0.0 } else { log_add(read, say) };
        }
        table
    }

    /// For each of them, that of all ways from there to the end.
    fn backward(&self, values: &[f64]) -> Vec<f64> {
        let count = self.labels.len() + 1;
        let mut table = vec![f64::NEG_INFINITY; self.steps * count];
        let places: Vec<_> = self.places().collect();
        for (place, &(step, said)) in places.iter().enumerate().rev() {
            let [read, say] =
                self.ways(step, said).map(|way| way.map(|(class, next)| (class, next.map(|by| table[place + by]))));
            let value = |way: Option<(usize, Option<f64>)>| {
                way.map_or(f64::NEG_INFINITY, |(class, after)| {
                    values[self.place(step, said, class)] + after.unwrap_or(0.0)
                })
            };
            table[place] = log_add(value(read), value(say));
        }
        table
    }

    /// The ways on from a place: the class, and how far behind it in the tables the next place is, if there is one. At
    /// the last step a blank leads out, where all labels have been said.
    fn ways(&self, step: usize, said: usize) -> [Option<(usize, Option<usize>)>; 2] {
        let count = self.labels.len() + 1;
        let read = match (step + 1 < self.steps, said + 1 == count) {
            (true, _) => Some((self.blank, Some(count))),
            (false, true) => Some((self.blank, None)),
            (false, false) => None,
        };
        [read, self.labels.get(said).map(|&label| (label, Some(1)))]
    }

    /// All steps, and all numbers of labels at each.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let count = self.labels.len() + 1;
        (0..self.steps * count).map(move |place| (place / count, place % count))
    }

    /// The negative logarithm of the probability of the transcript.
    pub(super) fn loss(&self, values: &[f64]) -> f64 {
        self.backward(values).first().map_or(f64::INFINITY, |total| -total)
    }

    /// Adds the slopes of the loss, times a factor.
    pub(super) fn slopes(&self, values: &[f64], factor: f64, slopes: &mut [f64]) {
        let (forward, backward) = (self.forward(values), self.backward(values));
        let Some(&total) = backward.first() else { return };
        for (place, (step, said)) in self.places().enumerate() {
            for (class, next) in self.ways(step, said).into_iter().flatten() {
                let at = self.place(step, said, class);
                let after = next.map_or(0.0, |by| backward[place + by]);
                slopes[at] -= factor * (forward[place] + values[at] + after - total).exp();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lattice;

    /// Against all ways written out: at which step each label is said.
    #[test]
    fn the_sum_is_over_all_ways() {
        for (labels, steps) in [(vec![1, 2], 3), (vec![2, 2], 2), (vec![], 3), (vec![1], 1)] {
            let (most, classes) = (4, 3);
            let values: Vec<f64> = (0..steps * most * classes).map(|i| -((i * 7 % 11) as f64) * 0.2 - 0.1).collect();
            let at = |step: usize, said: usize, class: usize| values[(step * most + said) * classes + class];
            let mut sum = 0.0;
            for way in 0..steps.pow(labels.len() as u32) {
                let said_at: Vec<usize> = (0..labels.len()).map(|k| way / steps.pow(k as u32) % steps).collect();
                if !said_at.is_sorted() {
                    continue;
                }
                let (mut log, mut said) = (0.0, 0);
                for step in 0..steps {
                    while said < labels.len() && said_at[said] == step {
                        log += at(step, said, labels[said]);
                        said += 1;
                    }
                    log += at(step, said, 0);
                }
                sum += log.exp();
            }
            let loss = Lattice::new(0, [steps, most, classes], steps, labels.clone(), 0).loss(&values);
            assert!((loss + sum.ln()).abs() < 1e-12, "{labels:?}: {loss}, {}", -sum.ln());
        }
    }
}
