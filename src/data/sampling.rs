//! Which examples go where: by weight, by class, fold by fold.
//!
//! Apart from `dataset` because here numbers alone are dealt out, whatever stands behind them.

use std::sync::Arc;

use crate::error::{Error, room, try_room};
use crate::random::Key;

/// Weights of examples, added up.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    sums: Arc<[f64]>,
    /// The last example that may come.
    last: usize,
}

impl Weights {
    pub(super) fn new(weights: &[f64], len: usize) -> Result<Self, Error> {
        let wrong = |found: String, rule| Error::Value { what: "weights of examples", found, rule };
        if weights.len() != len {
            return Err(wrong(format!("{} for {len} examples", weights.len()), "there is one for each example"));
        }
        let rule = "each is finite and not negative, and one is above 0";
        if let Some((i, weight)) =
            weights.iter().enumerate().find(|(_, weight)| !(0.0..f64::INFINITY).contains(*weight))
        {
            return Err(wrong(format!("{weight} of example {i}"), rule));
        }
        // A sum of finite weights may be infinite: they are taken relative to the largest.
        let largest = weights.iter().fold(0.0, |largest: f64, &weight| largest.max(weight));
        let Some(last) = weights.iter().rposition(|&weight| weight / largest > 0.0) else {
            return Err(wrong(format!("0 for all of {len}"), rule));
        };
        let mut sum = 0.0;
        let mut sums = try_room(len)?;
        sums.extend(weights.iter().map(|weight| {
            sum += weight / largest;
            sum
        }));
        Ok(Self { sums: sums.into(), last })
    }

    /// So many examples, drawn with replacement.
    pub(super) fn draw(&self, key: Key, count: usize) -> Vec<usize> {
        let mut drawn = room(count);
        drawn.extend((0..count as u64).map(|i| self.at(key.uniform_f64(i))));
        drawn
    }

    /// The example at a part of the sum of all weights, from 0 to 1: rounding may make the product the sum itself.
    fn at(&self, part: f64) -> usize {
        let place = part * self.sums[self.last];
        self.sums.partition_point(|&sum| sum <= place).min(self.last)
    }
}

/// The numbers of the examples, class after class, shuffled in each.
pub(super) fn by_class<C: Ord>(classes: &[C], len: usize, key: Key) -> Result<Vec<usize>, Error> {
    if classes.len() != len {
        let found = format!("{} for {len} examples", classes.len());
        return Err(Error::Value { what: "classes of examples", found, rule: "there is one for each example" });
    }
    drop(try_room::<usize>(len)?); // An error where a permutation would panic.
    let mut rows = key.permutation(len);
    rows.sort_by(|&a, &b| classes[a].cmp(&classes[b])); // stable: as shuffled where classes are equal
    Ok(rows)
}

/// The first part of a split by class: `first` of all examples, and of each class its share, rounded down or up. The
/// rows are class after class.
pub(super) fn shares<C: Ord>(rows: &[usize], classes: &[C], first: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut chosen, mut rest) = (Vec::with_capacity(first), Vec::with_capacity(rows.len() - first));
    // After each class, as many are chosen as its end stands along all of them: shares differ from exact ones by less
    // than 1.
    let mut end = 0;
    for class in rows.chunk_by(|&a, &b| classes[a] == classes[b]) {
        end += class.len();
        let until = (end as u128 * first as u128 / rows.len() as u128) as usize;
        let (own, other) = class.split_at(until - chosen.len());
        chosen.extend_from_slice(own);
        rest.extend_from_slice(other);
    }
    (chosen, rest)
}

/// For each of `k` folds the rows outside of it, and those in it, which are every `k`-th of all.
pub(super) fn folds(rows: &[usize], k: usize) -> Result<Vec<(Vec<usize>, Vec<usize>)>, Error> {
    if k < 2 || k > rows.len() {
        let found = format!("{k} for {} examples", rows.len());
        return Err(Error::Value { what: "number of folds", found, rule: "there are from 2 to as many as examples" });
    }
    let fold = |number: usize| {
        let part = |inside: bool| {
            let rows = rows.iter().enumerate().filter(move |(i, _)| (i % k == number) == inside);
            rows.map(|(_, &row)| row).collect()
        };
        (part(false), part(true))
    };
    Ok((0..k).map(fold).collect())
}

#[cfg(test)]
mod tests {
    use super::Weights;

    #[test]
    fn examples_without_weight_are_not_at_the_ends() {
        let weights = Weights::new(&[0.0, 2.0, 0.0, 1.0, 0.0], 5).expect("good weights");
        assert_eq!([0.0, 0.5, 0.66, 0.67, 1.0].map(|part| weights.at(part)), [1, 1, 1, 3, 3]);
    }
}
