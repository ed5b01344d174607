//! The key: a value that gives other keys, and numbers by their index.
//!
//! Apart from the other distributions because each of these is one block of the mixing function.

use super::philox::{join_words, mix, pairs, split_words};
use core::f64::consts::TAU;

/// What a counter is for, in its last word: values and derived keys never meet.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Draw = 0,
    Split = 1,
    FoldIn = 2,
}

/// A source of randomness that is a value: two equal keys give equal numbers, for ever.
///
/// It is `Copy` and has no state to advance. Draws take the index of the element: `key.uniform_f32(i)`.
///
/// ```
/// use congruent::random::Key;
///
/// let key = Key::new(42);
/// assert_eq!(key.uniform_f64(1000), Key::new(42).uniform_f64(1000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub(super) words: [u32; 2],
}

impl Key {
    /// The key of a seed; different seeds give different keys.
    pub const fn new(seed: u64) -> Self {
        Self { words: split_words(seed) }
    }

    /// The 64 bits of the key, to be saved: `Key::new(key.bits())` is `key` again.
    pub const fn bits(self) -> u64 {
        join_words(self.words[0], self.words[1])
    }

    /// Two fresh keys, independent of each other and of the values drawn from this one.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let (left, right) = Key::new(1).split();
    /// assert_ne!(left, right);
    /// ```
    pub fn split(self) -> (Self, Self) {
        let [a, b, c, d] = self.block(0, 0, Purpose::Split);
        (Self { words: [a, b] }, Self { words: [c, d] })
    }

    /// The fresh key number `n` of this one: a key a layer, a step, an epoch.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let epochs = Key::new(1);
    /// assert_ne!(epochs.fold_in(0).permutation(100), epochs.fold_in(1).permutation(100));
    /// ```
    pub fn fold_in(self, n: u64) -> Self {
        let [a, b, ..] = self.block(n, 0, Purpose::FoldIn);
        Self { words: [a, b] }
    }

    /// Element `i` of the stream of uniform 32-bit words; four neighbours share a block.
    pub fn u32_at(self, i: u64) -> u32 {
        self.block(i / 4, 0, Purpose::Draw)[(i % 4) as usize]
    }

    /// Element `i` of the stream of uniform 64-bit words; two neighbours share a block.
    pub fn u64_at(self, i: u64) -> u64 {
        pairs(self.block(i / 2, 0, Purpose::Draw))[(i % 2) as usize]
    }

    /// Element `i` of the uniform stream in `[0, 1)`: 53 random bits, `k · 2⁻⁵³`.
    pub fn uniform_f64(self, i: u64) -> f64 {
        unit_f64(self.u64_at(i))
    }

    /// Element `i` of the uniform stream in `[0, 1)`: 24 random bits, `k · 2⁻²⁴`.
    pub fn uniform_f32(self, i: u64) -> f32 {
        unit_f32(self.u32_at(i))
    }

    /// Element `i` of the standard normal stream, mean 0 and variance 1.
    ///
    /// Box and Muller (1958): block `i / 2` gives `u, v` and the pair `√(-2 ln(1-u)) · (cos 2πv, sin 2πv)`. The
    /// logarithm and the circle are computed in software, so the bits are the same on every platform. With 53 bits
    /// in `u`, no element is further than 8.6 from 0.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let key = Key::new(0);
    /// let mean = (0..10_000).map(|i| key.normal_f64(i)).sum::<f64>() / 10_000.0;
    /// assert!(mean.abs() < 0.05);
    /// ```
    pub fn normal_f64(self, i: u64) -> f64 {
        self.normal_pair(i / 2)[(i % 2) as usize]
    }

    /// Element `i` of a stream of uniform integers below `n`, each equally likely.
    ///
    /// Lemire (2019), arXiv:1805.10941: the upper half of `word · n`, and another word where the lower half would make
    /// some values likelier. There is no integer below 0: `n = 0` gives 0.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// assert!((0..100).all(|i| (1..=6).contains(&(1 + Key::new(3).below(i, 6)))));
    /// ```
    pub fn below(self, i: u64, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        let uneven = n.wrapping_neg() % n;
        let mut attempt = 0;
        loop {
            for word in pairs(self.block(i, attempt, Purpose::Draw)) {
                let product = u128::from(word) * u128::from(n);
                if product as u64 >= uneven {
                    return (product >> 64) as u64;
                }
            }
            attempt += 1;
        }
    }

    /// The numbers `0..n` in random order, each order equally likely; `n = 0` gives an empty vector.
    ///
    /// Fisher and Yates: from the last element down, swap with one that is not after it.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let mut order = Key::new(5).permutation(4);
    /// order.sort();
    /// assert_eq!(order, [0, 1, 2, 3]);
    /// ```
    pub fn permutation(self, n: usize) -> Vec<usize> {
        let mut order = Vec::new();
        assert!(order.try_reserve_exact(n).is_ok(), "there is no memory for a permutation of {n} numbers");
        order.extend(0..n);
        self.shuffle(&mut order);
        order
    }

    /// Reorders a slice as [`permutation`](Self::permutation) does: element `k` becomes the old `permutation[k]`.
    pub fn shuffle<T>(self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64, last as u64 + 1) as usize);
        }
    }

    fn normal_pair(self, pair: u64) -> [f64; 2] {
        box_muller(pairs(self.block(pair, 0, Purpose::Draw)).map(unit_f64))
    }

    pub(super) fn block(self, number: u64, attempt: u32, purpose: Purpose) -> [u32; 4] {
        mix(self.counters::<1>(number, attempt, purpose), self.words).map(|[word]| word)
    }

    /// The counters of `N` blocks in a row, word by word: lane `k` of each word is block `first + k`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn counters<const N: usize>(self, first: u64, attempt: u32, purpose: Purpose) -> [[u32; N]; 4] {
        let number = |lane: usize| split_words(first.wrapping_add(lane as u64));
        [
            core::array::from_fn(|lane| number(lane)[0]),
            core::array::from_fn(|lane| number(lane)[1]),
            [attempt; N],
            [purpose as u32; N],
        ]
    }
}

/// The normal pair of two uniform numbers.
pub(super) fn box_muller([u, v]: [f64; 2]) -> [f64; 2] {
    let radius = (-2.0 * libm::log(1.0 - u)).sqrt();
    let (sine, cosine) = libm::sincos(TAU * v);
    [radius * cosine, radius * sine]
}

pub(super) fn unit_f64(word: u64) -> f64 {
    (word >> 11) as f64 / (1u64 << 53) as f64
}

/// The signed conversion is one instruction on every machine, the unsigned one is not; 24 bits fit both.
pub(super) fn unit_f32(word: u32) -> f32 {
    (word >> 8) as i32 as f32 / (1u32 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Keys;

    const COUNT: u64 = 100_000;

    fn mean_and_variance(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        (mean, values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / count)
    }

    /// Pearson's statistic; with `cells - 1` degrees of freedom its mean is that, its deviation `√(2(cells - 1))`.
    fn assert_even(counts: &[u64]) {
        let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        let statistic: f64 = counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum();
        let freedom = (counts.len() - 1) as f64;
        assert!((statistic - freedom).abs() < 5.0 * (2.0 * freedom).sqrt(), "{statistic} for {freedom}: {counts:?}");
    }

    #[test]
    fn seeded_streams_never_change() {
        // From the first version of this file: other numbers here are other numbers in every seeded program.
        let key = Key::new(2024);
        assert_eq!(
            [key.fold_in(1), key.split().0, key.split().1].map(Key::bits),
            [0xb678_c22d_c914_140c, 0x80cd_b4f3_0c31_8180, 0x12cc_1172_f1b0_56c5]
        );
        assert_eq!((key.u64_at(5), key.below(9, 1000)), (0x12a8_996a_d49f_7443, 592));
        assert_eq!(key.permutation(6), [3, 4, 0, 1, 5, 2]);
        assert_eq!(key.normal_f64(3), 0.24045943053378283);
    }

    #[test]
    fn draws_read_the_words_of_the_key() {
        let key = Key::new(2024);
        assert_eq!(Key::new(key.bits()), key);
        assert_eq!([0, 1, 2, 3].map(|i| Key::new(0).u32_at(i))[..2], [0x6627_e8d5, 0xe169_c58d]);
        assert_eq!(key.u64_at(5), join_words(key.u32_at(10), key.u32_at(11)));
        assert_eq!(key.uniform_f64(5), (key.u64_at(5) >> 11) as f64 * 2f64.powi(-53));
        assert_eq!(f64::from(key.uniform_f32(5)), f64::from(key.u32_at(5) >> 8) * 2f64.powi(-24));
    }

    #[test]
    fn uniform_has_the_moments_of_the_unit_interval() {
        let key = Key::new(1);
        for values in [
            (0..COUNT).map(|i| key.uniform_f64(i)).collect::<Vec<_>>(),
            (0..COUNT).map(|i| f64::from(key.uniform_f32(i))).collect(),
        ] {
            assert!(values.iter().all(|x| (0.0..1.0).contains(x)));
            let (mean, variance) = mean_and_variance(values.iter().copied());
            assert!((mean - 0.5).abs() < 0.004 && (variance - 1.0 / 12.0).abs() < 0.002, "{mean} {variance}");
            let mut cells = [0; 64];
            values.iter().for_each(|x| cells[(x * 64.0) as usize] += 1);
            assert_even(&cells);
        }
    }

    #[test]
    fn extreme_words_stay_inside_the_unit_interval() {
        assert_eq!((unit_f32(0), unit_f64(0)), (0.0, 0.0));
        assert_eq!(unit_f32(u32::MAX), 1.0 - f32::EPSILON / 2.0);
        assert_eq!(unit_f64(u64::MAX), 1.0 - f64::EPSILON / 2.0);
    }

    #[test]
    fn normal_has_its_moments_and_tails() {
        let values: Vec<f64> = (0..COUNT).map(|i| Key::new(2).normal_f64(i)).collect();
        let (mean, variance) = mean_and_variance(values.iter().copied());
        let (_, fourth) = mean_and_variance(values.iter().map(|x| x * x));
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02 && (fourth - 2.0).abs() < 0.2);
        let beyond = |limit: f64| values.iter().filter(|x| x.abs() > limit).count() as f64 / COUNT as f64;
        assert!((beyond(1.0) - 0.317_31).abs() < 0.006 && (beyond(3.0) - 0.002_7).abs() < 0.001);
        let neighbours = values.chunks_exact(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / (COUNT / 2) as f64;
        assert!(neighbours.abs() < 0.02, "the two of a pair correlate: {neighbours}");
    }

    #[test]
    fn below_is_even_and_stays_below() {
        for n in [2, 3, 6, 7, 100] {
            let mut cells = vec![0; n as usize];
            (0..COUNT).for_each(|i| cells[Key::new(n).below(i, n) as usize] += 1);
            assert_even(&cells);
        }
        assert_eq!([0, 1].map(|n| Key::new(0).below(3, n)), [0, 0]);
    }

    #[test]
    fn below_rejects_what_would_be_uneven() {
        // Two thirds of the range: without rejection, every second value of the lower half would come twice.
        let n = 3 << 62;
        let lower = (0..COUNT).filter(|&i| Key::new(4).below(i, n) < n / 2).count() as f64 / COUNT as f64;
        let even = (0..COUNT).filter(|&i| Key::new(4).below(i, n).is_multiple_of(3)).count() as f64 / COUNT as f64;
        assert!((lower - 0.5).abs() < 0.01 && (even - 1.0 / 3.0).abs() < 0.01, "{lower} {even}");
    }

    #[test]
    fn permutations_are_bijections_and_equally_likely() {
        let mut orders = std::collections::BTreeMap::new();
        for seed in 0..24_000 {
            *orders.entry(Key::new(seed).permutation(4)).or_insert(0) += 1;
        }
        assert_eq!(orders.len(), 24);
        assert_even(&orders.into_values().collect::<Vec<u64>>());
        let mut many = Key::new(8).permutation(5000);
        many.sort_unstable();
        assert!(many.into_iter().eq(0..5000) && Key::new(8).permutation(0).is_empty());
    }

    #[test]
    fn streams_of_derived_keys_are_independent() {
        let (left, right) = Key::new(7).split();
        let both = (0..COUNT).map(|i| left.normal_f64(i) * right.normal_f64(i)).sum::<f64>() / COUNT as f64;
        assert!(both.abs() < 0.015, "split streams correlate: {both}");
        let firsts = Keys::new(7).take(10_000).map(|key| key.uniform_f64(0));
        let (mean, variance) = mean_and_variance(firsts);
        assert!((mean - 0.5).abs() < 0.015 && (variance - 1.0 / 12.0).abs() < 0.005, "{mean} {variance}");
    }
}
