//! Attention by its definition, in `f64`, over flat rows: what the tests hold the operation against.

/// One attention: sizes, and who sees whom.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Heads of keys, and heads of queries that share each of them.
    pub(crate) heads: usize,
    pub(crate) shared: usize,
    pub(crate) queries: usize,
    pub(crate) keys: usize,
    pub(crate) width: usize,
    pub(crate) depth: usize,
    pub(crate) causal: bool,
    pub(crate) scale: f64,
    /// For each score whether it is seen, and what is added; empty for none.
    pub(crate) mask: Vec<bool>,
    pub(crate) bias: Vec<f64>,
}

impl Case {
    pub(crate) fn new([heads, shared, queries, keys, width, depth]: [usize; 6]) -> Self {
        let scale = (width.max(1) as f64).powf(-0.5);
        Case { heads, shared, queries, keys, width, depth, causal: false, scale, mask: vec![], bias: vec![] }
    }

    /// Elements of queries, keys, values and results.
    pub(crate) fn lens(&self) -> [usize; 4] {
        let (rows, keys) = (self.heads * self.shared * self.queries, self.heads * self.keys);
        [rows * self.width, keys * self.width, keys * self.depth, rows * self.depth]
    }

    /// Scores of all queries.
    pub(crate) fn scores(&self) -> usize {
        self.heads * self.shared * self.queries * self.keys
    }

    /// The weights of a query, counted through all heads; `None` for keys that it does not see.
    fn weights(&self, q: &[f64], k: &[f64], row: usize) -> Vec<Option<f64>> {
        let (head, query) = (row / (self.shared * self.queries), row % self.queries);
        let score = |key: usize| {
            let place = row * self.keys + key;
            let ahead = self.causal && key + self.queries > self.keys + query;
            let masked = self.mask.get(place).is_some_and(|seen| !seen);
            let added = self.bias.get(place).copied().unwrap_or(0.0);
            if ahead || masked || added == f64::NEG_INFINITY {
                return None;
            }
            let (q, k) = (&q[row * self.width..], &k[(head * self.keys + key) * self.width..]);
            let dot: f64 = (0..self.width).map(|i| q[i] * k[i]).sum();
            Some(dot * self.scale + added)
        };
        let scores: Vec<_> = (0..self.keys).map(score).collect();
        let most = scores.iter().flatten().fold(f64::NEG_INFINITY, |most, &x| if x.is_nan() { x } else { most.max(x) });
        let sum: f64 = scores.iter().flatten().map(|score| (score - most).exp()).sum();
        scores.into_iter().map(|score| score.map(|score| (score - most).exp() / sum)).collect()
    }

    /// The weighted values.
    pub(crate) fn forward(&self, q: &[f64], k: &[f64], v: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.lens()[3]];
        for row in 0..self.heads * self.shared * self.queries {
            let head = row / (self.shared * self.queries);
            for (key, weight) in self.weights(q, k, row).into_iter().enumerate() {
                let Some(weight) = weight else { continue };
                for i in 0..self.depth {
                    y[row * self.depth + i] += weight * v[(head * self.keys + key) * self.depth + i];
                }
            }
        }
        y
    }

    /// The gradients of queries, keys and values.
    pub(crate) fn backward(&self, q: &[f64], k: &[f64], v: &[f64], dy: &[f64]) -> [Vec<f64>; 3] {
        let [mut dq, mut dk, mut dv] = [q, k, v].map(|x| vec![0.0; x.len()]);
        for row in 0..self.heads * self.shared * self.queries {
            let head = row / (self.shared * self.queries);
            let dy = &dy[row * self.depth..][..self.depth];
            let weights = self.weights(q, k, row);
            let slope = |key: usize| -> f64 {
                let v = &v[(head * self.keys + key) * self.depth..];
                (0..self.depth).map(|i| dy[i] * v[i]).sum()
            };
            let slopes: Vec<f64> = (0..self.keys).map(slope).collect();
            let mean: f64 =
                weights.iter().zip(&slopes).filter_map(|(weight, slope)| Some(weight.as_ref()? * slope)).sum();
            for (key, weight) in weights.into_iter().enumerate() {
                let Some(weight) = weight else { continue };
                let place = head * self.keys + key;
                let ds = weight * (slopes[key] - mean) * self.scale;
                (0..self.depth).for_each(|i| dv[place * self.depth + i] += weight * dy[i]);
                for i in 0..self.width {
                    dq[row * self.width + i] += ds * k[place * self.width + i];
                    dk[place * self.width + i] += ds * q[row * self.width + i];
                }
            }
        }
        [dq, dk, dv]
    }
}
