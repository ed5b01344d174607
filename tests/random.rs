//! Random tensors against the laws that they promise: moments, and the distance of Kolmogorov and Smirnov to the
//! distribution function, of 20 000 numbers under fixed keys.
//!
//! Apart from the unit tests of `random` because here a law is computed by other means than the draw.

use congruent::prelude::*;
use libm::{erf, erfc, exp, expm1, lgamma, log};
use std::collections::{BTreeMap, BTreeSet};

dims! { Batch = ?, Draws = ?, Classes = ? }

const COUNT: usize = 20_000;
type Many = Tensor<(Batch,), f64>;

fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count)
}

/// Mean and variance within five standard errors.
#[track_caller]
fn assert_moments(x: &Many, mean: f64, variance: f64) {
    let values = x.to_vec();
    let (own_mean, own_variance) = moments(&values);
    let squares: Vec<f64> = values.iter().map(|x| (x - mean) * (x - mean)).collect();
    let error = |values: &[f64]| 5.0 * (moments(values).1 / values.len() as f64).sqrt();
    assert!((own_mean - mean).abs() < error(&values), "mean {own_mean}, wanted {mean}");
    assert!((own_variance - variance).abs() < error(&squares), "variance {own_variance}, wanted {variance}");
}

/// The largest gap between the share of numbers up to `x` and `law(x)`, below the 1 % point of its own law.
#[track_caller]
fn assert_law(x: &Many, law: impl Fn(f64) -> f64) {
    let mut values = x.to_vec();
    values.sort_by(f64::total_cmp);
    let count = values.len() as f64;
    let gap = |(i, x): (usize, &f64)| (law(*x) - i as f64 / count).abs().max((law(*x) - (i + 1) as f64 / count).abs());
    let largest = values.iter().enumerate().map(gap).fold(0.0, f64::max);
    assert!(largest * count.sqrt() < 1.63, "distance {}", largest * count.sqrt());
}

/// Pearson's statistic, within five deviations of its mean.
#[track_caller]
fn assert_counts(counts: &[f64], expected: &[f64]) {
    let statistic: f64 = counts.iter().zip(expected).map(|(c, e)| (c - e) * (c - e) / e).sum();
    let freedom = (counts.len() - 1) as f64;
    assert!(statistic < freedom + 5.0 * (2.0 * freedom).sqrt(), "{statistic}: {counts:?} {expected:?}");
}

fn counts(values: &[i64], cells: usize) -> Vec<f64> {
    let mut counts = vec![0.0; cells];
    values.iter().for_each(|x| counts[*x as usize] += 1.0);
    counts
}

fn normal_law(x: f64) -> f64 {
    0.5 * erfc(-x / 2f64.sqrt())
}

/// The integral of `density` from 0, by Simpson's rule on a fine grid.
fn integral(density: impl Fn(f64) -> f64, to: f64) -> f64 {
    const PARTS: usize = 400;
    let step = to / PARTS as f64;
    let weight = |i: usize| if i == 0 || i == PARTS { 1.0 } else { (2 + 2 * (i % 2)) as f64 };
    (0..=PARTS).map(|i| weight(i) * density(i as f64 * step)).sum::<f64>() * step / 3.0
}

#[test]
fn uniform_and_normal_tensors_have_their_laws() {
    let x: Many = Cpu.rand_of((Batch(COUNT),), Key::new(1));
    assert_law(&x, |x| x.clamp(0.0, 1.0));
    assert_moments(&x, 0.5, 1.0 / 12.0);
    let x: Many = Cpu.randn_of((Batch(COUNT),), Key::new(2));
    assert_law(&x, normal_law);
    assert_moments(&x, 0.0, 1.0);
    let x: Many = Cpu.normal_of((Batch(COUNT),), Key::new(3), -4.0, 3.0);
    assert_law(&x, |x| normal_law((x + 4.0) / 3.0));
}

#[test]
fn rounding_stays_below_the_upper_bound() {
    // In `f32` there is one number in `[1, 1 + 2⁻²³)`, and every second draw would round to the bound.
    let high = 1.0 + 2f64.powi(-23);
    let x = Cpu.uniform((D::<1000>,), Key::new(1), 1.0, high);
    assert!(x.as_slice().iter().all(|x| *x == 1.0));
    let x = Cpu.uniform((D::<1000>,), Key::new(1), -1e-3, 0.0);
    assert!(x.as_slice().iter().all(|x| *x < 0.0));
    let x = Cpu.uniform_of::<f64, _>((D::<1000>,), Key::new(1), 1.0, 1.0 + f64::EPSILON);
    assert!(x.as_slice().iter().all(|x| *x == 1.0));
    assert_eq!(Cpu.uniform_of::<f64, _>((D::<2>,), Key::new(1), 3.0, 3.0).as_slice(), [3.0, 3.0]);
}

#[test]
fn elements_depend_on_key_and_index_alone() {
    let key = Key::new(11);
    for size in [0, 1, 7, 17] {
        let shape = (Batch(size),);
        let whole = (D::<17>, D::<3>);
        let check = |part: Many, all: Tensor<Shape![17, 3], f64>| assert_eq!(part.as_slice(), &all.as_slice()[..size]);
        check(Cpu.rand_of(shape, key), Cpu.rand_of(Default::default(), key));
        check(Cpu.randn_of(shape, key), Cpu.randn_of(Default::default(), key));
        check(Cpu.gamma_of(shape, key, 0.3, 2.0).unwrap(), Cpu.gamma_of(whole, key, 0.3, 2.0).unwrap());
        check(Cpu.beta_of(shape, key, 0.3, 2.0).unwrap(), Cpu.beta_of(whole, key, 0.3, 2.0).unwrap());
        check(Cpu.exponential_of(shape, key, 2.0).unwrap(), Cpu.exponential_of(whole, key, 2.0).unwrap());
        check(Cpu.poisson_of(shape, key, 40.0).unwrap(), Cpu.poisson_of(whole, key, 40.0).unwrap());
        check(Cpu.bernoulli_of(shape, key, 0.5).unwrap(), Cpu.bernoulli_of(whole, key, 0.5).unwrap());
        let cut = |key| (key, 0.0, 1.0, -0.5, 2.0);
        let (k, mean, std, low, high) = cut(key);
        let part = Cpu.truncated_normal_of(shape, k, mean, std, low, high).unwrap();
        check(part, Cpu.truncated_normal_of(whole, k, mean, std, low, high).unwrap());
        let whole = Cpu.randint::<_, i64>(whole, key, -5, 5).unwrap();
        assert_eq!(Cpu.randint(shape, key, -5i64, 5).unwrap().as_slice(), &whole.as_slice()[..size]);
    }
}

#[test]
fn plain_names_give_f32() {
    let (shape, key) = ((D::<17>, D::<3>), Key::new(12));
    assert_eq!(Cpu.rand(key), Cpu.rand_of::<f32, _>(shape, key));
    assert_eq!(Cpu.randn(key), Cpu.randn_of::<f32, _>(shape, key));
    assert_eq!(Cpu.uniform(shape, key, -2.0, 5.0), Cpu.uniform_of::<f32, _>(shape, key, -2.0, 5.0));
    assert_eq!(Cpu.normal(shape, key, 7.0, 0.5), Cpu.normal_of::<f32, _>(shape, key, 7.0, 0.5));
    assert_eq!(Cpu.orthogonal(shape, key), Cpu.orthogonal_of::<f32, _, _>(shape, key));
    let same = |plain: Result<Tensor<_>, Error>, of: Result<Tensor<_, f32>, Error>| {
        assert_eq!(plain.unwrap(), of.unwrap());
    };
    same(Cpu.bernoulli(shape, key, 0.3), Cpu.bernoulli_of(shape, key, 0.3));
    same(Cpu.exponential(shape, key, 0.3), Cpu.exponential_of(shape, key, 0.3));
    same(Cpu.gamma(shape, key, 0.3, 7.0), Cpu.gamma_of(shape, key, 0.3, 7.0));
    same(Cpu.beta(shape, key, 0.3, 7.0), Cpu.beta_of(shape, key, 0.3, 7.0));
    same(Cpu.poisson(shape, key, 7.0), Cpu.poisson_of(shape, key, 7.0));
    let (mean, std, low, high) = (1.0, 2.0, -3.0, 4.0);
    let of = Cpu.truncated_normal_of(shape, key, mean, std, low, high);
    same(Cpu.truncated_normal(shape, key, mean, std, low, high), of);
    let x = Cpu.rand::<Shape![17]>(key);
    assert_eq!((x.rand_like(key), x.randn_like(key)), (x, Cpu.randn(key)));
}

#[test]
fn seeded_draws_never_change() {
    let key = Key::new(2024);
    assert_eq!(key.gamma_f64(3, 2.5), 2.1578335550324907);
    assert_eq!(key.beta_f64(3, 0.5, 2.5), 0.06058894674163534);
    assert_eq!((key.poisson(3, 4.0), key.poisson(3, 400.0)), (2, 399));
    assert_eq!(key.exponential_f64(3), 0.6234854717922184);
    assert_eq!(key.truncated_normal_f64(3, 1.0, 2.0), 1.3670792915327319);
}

#[test]
fn integers_are_equally_likely_in_their_range() {
    let x = Cpu.randint((Batch(COUNT),), Key::new(4), -3i64, 4).unwrap();
    let shifted: Vec<i64> = x.as_slice().iter().map(|x| x + 3).collect();
    assert_counts(&counts(&shifted, 7), &[COUNT as f64 / 7.0; 7]);
    let bytes = Cpu.randint((Batch(COUNT),), Key::new(4), 0u8, 255).unwrap();
    assert_eq!(bytes.as_slice().iter().copied().collect::<BTreeSet<_>>().len(), 255);
    let wide = Cpu.randint((Batch(COUNT),), Key::new(4), i64::MIN, i64::MAX).unwrap();
    let negative = wide.as_slice().iter().filter(|x| **x < 0).count();
    assert!(negative.abs_diff(COUNT / 2) < 400, "{negative}");
    assert_eq!(Cpu.randint((D::<7>,), Key::new(1), i32::MAX - 1, i32::MAX).unwrap().as_slice(), [i32::MAX - 1; 7]);
    let error = Cpu.randint((D::<1>,), Key::new(1), 5i32, 5).err().map(|e| e.to_string());
    let rule = "is not allowed, the lower bound must be below the upper one";
    assert_eq!(error, Some(format!("randint: 5..5 {rule}")));
}

#[test]
fn coins_fall_as_often_as_they_should() {
    for p in [0.0, 0.1, 0.5, 1.0] {
        let x: Many = Cpu.bernoulli_of((Batch(COUNT),), Key::new(5), p).unwrap();
        let ones = x.as_slice().iter().sum::<f64>() / COUNT as f64;
        assert!((ones - p).abs() <= 5.0 * (p * (1.0 - p) / COUNT as f64).sqrt(), "{p} {ones}");
    }
    for p in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(Cpu.bernoulli_of::<bool, _>((D::<1>,), Key::new(1), p), Err(Error::Value { .. })), "{p}");
    }
}

#[test]
fn truncated_normal_numbers_have_their_law_and_bounds() {
    for (mean, std, low, high) in
        [(0.0, 1.0, -2.0, 2.0), (1.0, 2.0, 2.0, 9.0), (0.0, 1.0, 4.0, 5.0), (-3.0, 0.5, -9.0, -4.5)]
    {
        let x: Many = Cpu.truncated_normal_of((Batch(COUNT),), Key::new(6), mean, std, low, high).unwrap();
        assert!(x.as_slice().iter().all(|x| (low..=high).contains(x)));
        // Masses from the nearer tail: the difference of two numbers near 1 has few digits.
        let mass =
            |a: f64, b: f64| if a > 0.0 { normal_law(-a) - normal_law(-b) } else { normal_law(b) - normal_law(a) };
        let (a, b) = ((low - mean) / std, (high - mean) / std);
        assert_law(&x, |x| mass(a, (x - mean) / std) / mass(a, b));
    }
    let x: Many =
        Cpu.truncated_normal_of((Batch(COUNT),), Key::new(7), 2.0, 3.0, f64::NEG_INFINITY, f64::INFINITY).unwrap();
    assert_law(&x, |x| normal_law((x - 2.0) / 3.0));
    let single = Cpu.truncated_normal((D::<1000>,), Key::new(8), 0.0, 1.0, 0.1, 0.1000001).unwrap();
    assert!(single.as_slice().iter().all(|x| (0.1f32..=0.1000001).contains(x)));
}

#[test]
fn exponential_numbers_have_their_law() {
    let x: Many = Cpu.exponential_of((Batch(COUNT),), Key::new(9), 2.5).unwrap();
    assert_law(&x, |x| -expm1(-2.5 * x));
    assert_moments(&x, 0.4, 0.16);
}

#[test]
fn gamma_numbers_have_their_law() {
    let x: Many = Cpu.gamma_of((Batch(COUNT),), Key::new(10), 3.0, 2.0).unwrap();
    assert_law(&x, |x| 1.0 - exp(-x / 2.0) * (1.0 + x / 2.0 + x * x / 8.0));
    assert_moments(&x, 6.0, 12.0);
    let half: Many = Cpu.gamma_of((Batch(COUNT),), Key::new(11), 0.5, 1.0).unwrap();
    assert_law(&half, |x| erf(x.sqrt()));
    assert_moments(&half, 0.5, 0.5);
    let one: Many = Cpu.gamma_of((Batch(COUNT),), Key::new(12), 1.0, 1.0).unwrap();
    assert_law(&one, |x| -expm1(-x));
    let large: Many = Cpu.gamma_of((Batch(COUNT),), Key::new(13), 1e4, 1.0).unwrap();
    assert_moments(&large, 1e4, 1e4);
}

#[test]
fn beta_numbers_have_their_law() {
    let x: Many = Cpu.beta_of((Batch(COUNT),), Key::new(14), 2.0, 3.5).unwrap();
    let factor = exp(lgamma(5.5) - lgamma(2.0) - lgamma(3.5));
    assert_law(&x, |to| factor * integral(|x| x * (1.0 - x).powf(2.5), to));
    assert_moments(&x, 2.0 / 5.5, 2.0 * 3.5 / (5.5 * 5.5 * 6.5));
    let arcsine: Many = Cpu.beta_of((Batch(COUNT),), Key::new(15), 0.5, 0.5).unwrap();
    assert_law(&arcsine, |x| 2.0 / std::f64::consts::PI * x.sqrt().asin());
}

#[test]
fn poisson_numbers_have_their_law() {
    for rate in [0.3, 4.0, 9.9, 10.0, 35.0] {
        let x = Cpu.poisson_of::<i64, _>((Batch(COUNT),), Key::new(16), rate).unwrap();
        let chance = |k: usize| exp(k as f64 * log(rate) - rate - lgamma(k as f64 + 1.0));
        let cells: Vec<usize> = (0..100).filter(|k| COUNT as f64 * chance(*k) > 5.0).collect();
        let seen = counts(x.as_slice(), 200);
        let (seen, expected): (Vec<_>, Vec<_>) = cells.iter().map(|k| (seen[*k], COUNT as f64 * chance(*k))).unzip();
        assert_counts(&seen, &expected);
        assert_moments(&x.convert(), rate, rate);
    }
    for rate in [1e4, 1e9, 1e15] {
        let x: Many = Cpu.poisson_of((Batch(COUNT),), Key::new(17), rate).unwrap();
        // The law is normal to within the step of one and the skew, `1 / √rate`.
        let standard: Many = Cpu.from_fn((Batch(COUNT),), |i| (x.as_slice()[i] + 0.5 - rate) / rate.sqrt());
        assert_law(&standard, normal_law);
    }
    assert_eq!(Cpu.poisson_of::<i64, _>((D::<7>,), Key::new(1), 0.0).unwrap().as_slice(), [0; 7]);
    assert_eq!(Cpu.poisson_of::<u8, _>((D::<7>,), Key::new(1), 1e6).unwrap().as_slice(), [255; 7]);
}

#[test]
fn parameters_outside_of_a_law_are_errors() {
    let (shape, key) = ((Batch(0),), Key::new(1));
    let text = |result: Result<Many, Error>| result.err().map(|e| e.to_string());
    let rule = "is not allowed, it must be positive and finite";
    assert_eq!(text(Cpu.gamma_of(shape, key, -1.0, 1.0)), Some(format!("gamma: concentration: -1 {rule}")));
    for bad in [0.0, -2.0, f64::NAN, f64::INFINITY] {
        assert!(
            text(Cpu.exponential_of(shape, key, bad)).is_some() && text(Cpu.gamma_of(shape, key, 1.0, bad)).is_some()
        );
        assert!(text(Cpu.beta_of(shape, key, bad, 1.0)).is_some() && text(Cpu.beta_of(shape, key, 1.0, bad)).is_some());
        assert!(text(Cpu.truncated_normal_of(shape, key, 0.0, bad, -1.0, 1.0)).is_some());
    }
    for bad in [-1.0, f64::NAN, 1e19] {
        assert!(text(Cpu.poisson_of(shape, key, bad)).is_some());
    }
    assert!(text(Cpu.truncated_normal_of(shape, key, f64::NAN, 1.0, -1.0, 1.0)).is_some());
    assert!(text(Cpu.truncated_normal_of(shape, key, 0.0, 1.0, 1.0, -1.0)).is_some());
    assert!(text(Cpu.truncated_normal_of(shape, key, 0.0, 1.0, f64::NAN, 1.0)).is_some());
}

#[test]
fn permutations_and_shuffles_keep_every_row() {
    for size in [0, 1, 7, 17] {
        let order = Cpu.permutation(Batch(size), Key::new(18));
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..size as i64));
        let x = Cpu.from_fn((Batch(size), D::<2>, D::<3>), |i| i as i64);
        let rows: Vec<i64> = x.shuffled(Key::new(18)).as_slice().chunks(6).map(|row| row[0] / 6).collect();
        assert_eq!(rows, order.to_vec());
        assert!(x.shuffled(Key::new(18)).as_slice().chunks(6).all(|row| row.windows(2).all(|w| w[1] == w[0] + 1)));
    }
}

#[test]
fn choices_are_even_and_distinct_where_promised() {
    let x = Cpu.arange_of::<i64, _>(D::<7>);
    let many = x.choice(Batch(COUNT), true, Key::new(19)).unwrap();
    assert_counts(&counts(many.as_slice(), 7), &[COUNT as f64 / 7.0; 7]);
    let mut firsts = vec![0.0; 7];
    for seed in 0..7000 {
        let three = x.choice(D::<3>, false, Key::new(seed)).unwrap();
        assert_eq!(three.as_slice().iter().collect::<BTreeSet<_>>().len(), 3);
        firsts[three.as_slice()[0] as usize] += 1.0;
    }
    assert_counts(&firsts, &[1000.0; 7]);
    let rows = Cpu.tensor([[1, 2], [3, 4]]).choice(Batch(17), true, Key::new(1)).unwrap();
    assert!(rows.as_slice().chunks(2).all(|row| row[1] == row[0] + 1));
    let none = Cpu.zeros_of::<f32, _>((Batch(0),));
    assert_eq!(none.choice(D::<0>, true, Key::new(1)).unwrap().len(), 0);
    assert!(matches!(none.choice(D::<1>, true, Key::new(1)), Err(Error::Empty { .. })));
    let error = x.choice(D::<8>, false, Key::new(1)).err().map(|e| e.to_string());
    let rule = "is not allowed, without replacement there are no more than these";
    assert_eq!(error, Some(format!("choice: 8 of 7 {rule}")));
}

#[test]
fn weights_decide_how_often_an_index_is_drawn() {
    let weights = Cpu.tensor_of::<f64, _>([[1.0, 0.0, 3.0, 6.0], [2.5, 2.5, 2.5, 2.5]]);
    let drawn = weights.multinomial(Draws(COUNT), true, Key::new(20)).unwrap();
    let per_row = COUNT as f64 / 10.0;
    let (first, second) = drawn.as_slice().split_at(COUNT);
    let seen = counts(first, 4);
    assert_eq!(seen[1], 0.0);
    assert_counts(&[seen[0], seen[2], seen[3]], &[per_row, 3.0 * per_row, 6.0 * per_row]);
    assert_counts(&counts(second, 4), &[2.5 * per_row; 4]);
    let extreme = Cpu.tensor_of::<f64, _>([f64::MAX, f64::MAX, 0.0]);
    let drawn = extreme.multinomial(Draws(1000), true, Key::new(21)).unwrap();
    assert!((450.0..550.0).contains(&counts(drawn.as_slice(), 3)[0]));
}

#[test]
fn without_replacement_the_rest_decides() {
    // The chance of (i, j) is w_i · w_j / (1 - w_i).
    let weights = [0.5, 0.3, 0.2];
    let x = Cpu.tensor_of::<f64, _>(weights);
    let mut seen = BTreeMap::new();
    for seed in 0..COUNT as u64 {
        let pair = x.multinomial(D::<2>, false, Key::new(seed)).unwrap();
        *seen.entry((pair.as_slice()[0] as usize, pair.as_slice()[1] as usize)).or_insert(0.0) += 1.0;
    }
    let chance = |(i, j): (usize, usize)| COUNT as f64 * weights[i] * weights[j] / (1.0 - weights[i]);
    let expected: Vec<f64> = seen.keys().map(|pair| chance(*pair)).collect();
    assert_eq!(seen.len(), 6);
    assert_counts(&seen.into_values().collect::<Vec<_>>(), &expected);
    let all = Cpu.tensor([0.0, 1.0, 5.0]).multinomial(D::<2>, false, Key::new(1)).unwrap();
    assert_eq!(all.as_slice().iter().sum::<i64>(), 3);
}

#[test]
fn wrong_weights_are_errors() {
    let text = |weights: [f32; 3], replacement| {
        Cpu.tensor(weights).multinomial(D::<2>, replacement, Key::new(1)).err().map(|e| e.to_string())
    };
    let rule = "is not allowed, weights must be finite and not negative";
    assert_eq!(text([1.0, -0.5, 1.0], true), Some(format!("multinomial: weight: -0.5 at position 1 {rule}")));
    assert_eq!(text([1.0, f32::NAN, 1.0], false), Some(format!("multinomial: weight: NaN at position 1 {rule}")));
    assert!(text([f32::INFINITY, 1.0, 1.0], true).is_some());
    let second = Cpu.tensor([[1.0, 2.0], [3.0, -4.0]]).multinomial(D::<1>, true, Key::new(1)).err();
    assert_eq!(
        second.map(|e| e.to_string()),
        Some("multinomial: weight: -4 at position 3 is not allowed, weights must be finite and not negative".into())
    );
    assert_eq!(
        text([0.0; 3], true).as_deref(),
        Some("multinomial: sum of weights: 0 is not allowed, one must be above 0")
    );
    let rule = "is not allowed, without replacement each comes once";
    assert_eq!(text([0.0, 0.0, 1.0], false), Some(format!("multinomial: draws: 2 of 1 weights above 0 {rule}")));
    assert_eq!(text([0.0, 0.0, 1.0], true), None);
    let none = Cpu.zeros_of::<f32, _>((Batch(0), Classes(0)));
    assert_eq!(none.multinomial(D::<3>, true, Key::new(1)).unwrap().dims().as_slice(), [0, 3]);
}

#[test]
fn logits_decide_how_often_a_class_is_drawn() {
    let row = [0.0, log(3.0), f64::NEG_INFINITY, log(6.0)];
    let logits = Cpu.from_fn((Batch(COUNT), D::<4>), |i| row[i % 4]);
    let drawn = logits.categorical(Key::new(22)).unwrap();
    let (seen, part) = (counts(drawn.as_slice(), 4), COUNT as f64 / 10.0);
    assert_eq!((drawn.shape(), seen[2]), ((Batch(COUNT),), 0.0));
    assert_counts(&[seen[0], seen[1], seen[3]], &[part, 3.0 * part, 6.0 * part]);
    let one = Cpu.tensor([-1e30, f32::NEG_INFINITY]).categorical(Key::new(1)).unwrap();
    assert_eq!(one.item(), 0);
    let text = |row: [f32; 2]| Cpu.tensor([row]).categorical(Key::new(1)).err().map(|e| e.to_string());
    let rule = "is not allowed, logits must be finite or -inf";
    assert_eq!(text([0.0, f32::NAN]), Some(format!("categorical: logit: NaN at position 1 {rule}")));
    assert!(text([f32::INFINITY, 0.0]).is_some() && text([f32::NEG_INFINITY; 2]).is_some());
}

#[test]
fn orthogonal_matrices_are_orthogonal_and_even() {
    for (rows, columns) in [(0, 3), (1, 1), (7, 7), (17, 7), (7, 17), (17, 0)] {
        let q: Tensor<_, f64> = Cpu.orthogonal_of((Batch(rows), Draws(columns)), Key::new(23));
        let (x, short) = (q.to_vec(), rows.min(columns));
        let at =
            |vector: usize, i: usize| if rows < columns { x[vector * columns + i] } else { x[i * columns + vector] };
        for (a, b) in (0..short).flat_map(|a| (0..short).map(move |b| (a, b))) {
            let dot: f64 = (0..rows.max(columns)).map(|i| at(a, i) * at(b, i)).sum();
            assert!((dot - f64::from(u8::from(a == b))).abs() < 4e-16 * 17.0, "{rows} {columns} {a} {b} {dot}");
        }
    }
    // The first entry of a uniform rotation of the plane is the cosine of an even angle.
    let entries: Many = Cpu.from_fn((Batch(COUNT),), |seed| {
        Cpu.orthogonal_of::<f64, _, _>((D::<2>, D::<2>), Key::new(seed as u64)).as_slice()[3]
    });
    assert_law(&entries, |x| 1.0 - x.clamp(-1.0, 1.0).acos() / std::f64::consts::PI);
}
