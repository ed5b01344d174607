//! The mean of what batches gave.

/// A mean of numbers with weights: of losses of batches, each with the number of its examples.
///
/// `Σ weight · value / Σ weight`, in `f64`. NaN of nothing, and where a value is NaN.
///
/// ```
/// use congruent::metrics::WeightedMean;
/// let mut loss = WeightedMean::new();
/// for (mean, examples) in [(2.0_f32, 32), (1.0, 32), (0.5, 16)] {
///     loss.add(mean, examples);
/// }
/// assert_eq!(loss.value(), 1.3);
/// assert_eq!(loss.perplexity(), 1.3_f64.exp());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightedMean {
    sum: f64,
    weight: f64,
}

impl WeightedMean {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the mean of so many; that of none is left out.
    pub fn add(&mut self, value: impl Into<f64>, count: usize) {
        if count > 0 {
            self.sum += value.into() * count as f64;
            self.weight += count as f64;
        }
    }

    /// What a run that goes on has to know: the sum and the weights.
    pub(crate) fn parts(&self) -> [f64; 2] {
        [self.sum, self.weight]
    }

    /// The mean of which these are the [parts](Self::parts).
    pub(crate) fn of_parts([sum, weight]: [f64; 2]) -> Self {
        Self { sum, weight }
    }

    /// The mean.
    pub fn value(&self) -> f64 {
        self.sum / self.weight
    }

    /// The perplexity, where cross entropies were added: `e` to the power of their mean.
    pub fn perplexity(&self) -> f64 {
        self.value().exp()
    }
}
