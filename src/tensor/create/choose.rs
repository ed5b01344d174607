//! Random order, random choice, random categories.
//!
//! Apart from `sample.rs` because these draw from a tensor's own elements or weights, which are data and may be wrong.

use super::sample::check;
use crate::device::{Buf, Device};
use crate::dims::Dim;
use crate::dtype::{Elem, Real};
use crate::error::{Error, attempt, try_room};
use crate::random::Key;
use crate::shape::{AxisAt, LastAxis, Shape, WithAxis};
use crate::tensor::Tensor;
use std::cmp::Ordering;
use std::ops::Range;

impl<S: Shape, E: Elem, D: Device> Tensor<S, E, D> {
    /// The rows, that is, the parts along the first axis, in random order; each order is equally likely.
    ///
    /// One key gives one order: two tensors of as many rows stay aligned.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([[1, 2], [3, 4], [5, 6]]).shuffled(Key::new(1));
    /// assert!(x.as_slice().chunks(2).all(|row| row[1] == row[0] + 1));
    /// ```
    pub fn shuffled(&self, key: Key) -> Self
    where
        S: AxisAt<0>,
    {
        let rows_in_all = if self.is_empty() { 0 } else { AxisAt::<0>::at(self.shape).size() };
        let order = key.permutation(rows_in_all);
        Tensor { buf: rows(self, &order, self.len()), shape: self.shape, device: self.device }
    }

    /// Rows, that is, parts along the first axis, drawn at random, each equally likely.
    ///
    /// With replacement a row may come again; without, each comes at most once.
    ///
    /// # Errors
    /// [`Error::Value`] for more rows than there are, without replacement; [`Error::Empty`] when there are none.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let x = Cpu.tensor([10, 20, 30]);
    /// let two = x.choice(D::<2>, false, Key::new(1))?;
    /// assert_ne!(two.as_slice()[0], two.as_slice()[1]);
    /// assert!(x.choice(D::<4>, false, Key::new(1)).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    #[track_caller]
    pub fn choice<K: Dim>(
        &self,
        count: K,
        replacement: bool,
        key: Key,
    ) -> Result<Tensor<WithAxis<S, 0, K>, E, D>, Error>
    where
        S: AxisAt<0>,
    {
        let (number, wanted) = (AxisAt::<0>::at(self.shape).size(), count.size());
        if number == 0 && wanted > 0 {
            return Err(Error::Empty { what: "what to choose from".into() });
        }
        let found = || format!("{wanted} of {number}");
        check(replacement || wanted <= number, "choice", found, "without replacement there are no more than these")?;
        let shape = AxisAt::<0>::with(self.shape, count);
        let mut order = try_room::<usize>(if replacement { wanted } else { number })?;
        match replacement {
            true => order.extend((0..wanted).map(|i| key.below(i as u64, number as u64) as usize)),
            false => order.extend(key.permutation(number).into_iter().take(wanted)),
        }
        let buf = attempt(|| rows(self, &order, crate::layout::count(shape)))?;
        Ok(Tensor { buf, shape, device: self.device })
    }

    /// Indices along the last axis, drawn with the probabilities of these weights, which need not sum to 1.
    ///
    /// `(N,)` gives `(count,)`, and `(B, N)` draws for each row. Without replacement no index comes twice, in the order
    /// of draws from the weights that are left: by the exponential race, `E / w` of the smallest.
    ///
    /// # Errors
    /// [`Error::Value`] for a weight that is negative, NaN or infinite, for weights that are all 0, and for more draws
    /// than weights above 0, without replacement.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let weights = Cpu.tensor([0.0, 3.0, 1.0]);
    /// assert!(weights.multinomial(D::<50>, true, Key::new(1))?.as_slice().iter().all(|&i| i == 1 || i == 2));
    /// assert!(weights.multinomial(D::<3>, false, Key::new(1)).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn multinomial<K: Dim>(
        &self,
        count: K,
        replacement: bool,
        key: Key,
    ) -> Result<Tensor<S::WithLast<K>, i64, D>, Error>
    where
        S: LastAxis,
        E: Real,
    {
        let shape = self.shape.with_last(count);
        let (width, wanted) = (self.shape.last().size(), count.size());
        let len = shape.checked_len().ok_or_else(|| Error::too_large(shape))?;
        let (weights, mut out) = (self.to_vec(), try_room(len)?);
        // Nothing is wrong with no weights for no draws, of which there may be more than a loop can walk over.
        let rows = if len == 0 && weights.is_empty() { 0 } else { self.shape.init().len() };
        for row in 0..rows {
            let weights = checked_weights(&weights, row * width..(row + 1) * width, wanted, replacement)?;
            match replacement {
                true => draw(&weights, wanted, key, row, &mut out),
                false => race(&weights, wanted, key, row, &mut out),
            }
        }
        Ok(Tensor { buf: self.device.upload(&out), shape, device: self.device })
    }

    /// One index along the last axis a row, drawn with probabilities proportional to `exp(logit)`.
    ///
    /// By Gumbel's trick, without exponentials of the logits; `-inf` is never drawn. `(B, N)` gives `(B,)`.
    ///
    /// # Errors
    /// [`Error::Value`] for a logit that is NaN or `inf`, and for a row without any above `-inf`.
    ///
    /// ```
    /// # use congruent::prelude::*;
    /// let logits = Cpu.tensor([[0.0, 1000.0], [5.0, f32::NEG_INFINITY]]);
    /// assert_eq!(logits.categorical(Key::new(1))?.as_slice(), [1, 0]);
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn categorical<Rows: Shape>(&self, key: Key) -> Result<Tensor<Rows, i64, D>, Error>
    where
        S: LastAxis<Init = Rows>,
        E: Real,
    {
        let (shape, width, logits) = (self.shape.init(), self.shape.last().size(), self.to_vec());
        let drawn: Result<Vec<i64>, Error> =
            (0..shape.len()).map(|row| winner(&logits[row * width..][..width], row, key)).collect();
        Ok(Tensor { buf: self.device.upload(&drawn?), shape, device: self.device })
    }
}

/// Rows by number, `len` elements in all; all numbers are inside.
fn rows<S: AxisAt<0>, E: Elem, D: Device>(x: &Tensor<S, E, D>, order: &[usize], len: usize) -> Buf<E> {
    let (width, mut out) = (len.checked_div(order.len()).unwrap_or(0), Buf::zeros(len));
    x.device.show(&x.buf, |values| {
        let rows = out.make_mut().chunks_exact_mut(width.max(1)).zip(order);
        rows.for_each(|(to, row)| to.copy_from_slice(&values[row * width..][..width]));
    });
    x.device.adopt(out)
}

/// The weights of a row.
#[track_caller]
fn checked_weights<E: Real>(
    weights: &[E],
    row: Range<usize>,
    wanted: usize,
    replacement: bool,
) -> Result<Vec<f64>, Error> {
    let weights: Vec<f64> = weights[row.clone()].iter().map(|w| w.as_f64()).collect();
    if let Some((place, bad)) = weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w >= 0.0)) {
        let found = || format!("{bad} at position {}", row.start + place);
        check(false, "multinomial: weight", found, "weights must be finite and not negative")?;
    }
    let positive = weights.iter().filter(|w| **w > 0.0).count();
    check(positive > 0 || wanted == 0, "multinomial: sum of weights", || "0".into(), "one must be above 0")?;
    let found = || format!("{wanted} of {positive} weights above 0");
    check(replacement || wanted <= positive, "multinomial: draws", found, "without replacement each comes once")?;
    Ok(weights)
}

/// By inversion: the first index whose cumulated weight is above a uniform part of the sum. The weights are divided by
/// the largest, so that no sum overflows: one that becomes 0 by that would not be drawn in the age of the universe.
fn draw(weights: &[f64], wanted: usize, key: Key, row: usize, out: &mut Vec<i64>) {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let mut sum = 0.0;
    let cumulated: Vec<f64> = weights.iter().map(|w| (sum += w / largest, sum).1).collect();
    // A part that rounding lifts to the sum itself belongs to the last weight above 0.
    let last = weights.iter().rposition(|w| w / largest > 0.0).unwrap_or(0);
    out.extend((0..wanted).map(|i| {
        let part = sum * key.uniform_f64((row * wanted + i) as u64);
        cumulated.partition_point(|c| *c <= part).min(last) as i64
    }));
}

/// The indices that arrive first when each takes an exponential time of its weight as rate: by the logarithms of the
/// times, for a quotient of small and large weights is not a number.
#[track_caller]
fn race(weights: &[f64], wanted: usize, key: Key, row: usize, out: &mut Vec<i64>) {
    let time = |i: usize| key.exponential_f64((row * weights.len() + i) as u64);
    let arrival = |(i, w): (usize, &f64)| (libm::log(time(i)) - libm::log(*w), i);
    let mut runners: Vec<(f64, usize)> = weights.iter().enumerate().filter(|(_, w)| **w > 0.0).map(arrival).collect();
    runners.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    out.extend(runners.iter().take(wanted).map(|&(_, i)| i as i64));
}

fn winner<E: Real>(logits: &[E], row: usize, key: Key) -> Result<i64, Error> {
    let logits = logits.iter().map(|logit| logit.as_f64());
    if let Some((place, bad)) = logits.clone().enumerate().find(|(_, x)| x.is_nan() || *x == f64::INFINITY) {
        let found = || format!("{bad} at position {}", row * logits.len() + place);
        check(false, "categorical: logit", found, "logits must be finite or -inf")?;
    }
    let lifted = |(i, x): (usize, f64)| (x + key.gumbel_f64((row * logits.len() + i) as u64), i);
    let best = logits.clone().enumerate().map(lifted).max_by(|a, b| match a.0.total_cmp(&b.0) {
        Ordering::Equal => b.1.cmp(&a.1),
        order => order,
    });
    let best = best.filter(|(x, _)| *x > f64::NEG_INFINITY).ok_or_else(|| Error::Value {
        what: "categorical: logits",
        found: format!("row {row} of -inf"),
        rule: "one must be above -inf",
    })?;
    Ok(best.1 as i64)
}
