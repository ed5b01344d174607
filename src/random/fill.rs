//! Whole slices of a stream at once.
//!
//! Apart from the draws because nothing here is a new number: each element is defined in `key.rs`, and these loops
//! only compute every block once, several blocks at a time.

use super::key::{Key, Purpose, unit_f32};
use super::lanes::{Law, RUN, fill, fill_below};
use super::philox::mix;

/// Blocks that the fast path mixes at once: eight words of 32 bits are one AVX2 register.
const WIDTH: usize = 8;

impl Key {
    /// Fills a slice with the uniform stream from its start: element `i` is `self.uniform_f32(i)`.
    pub fn fill_uniform(self, out: &mut [f32]) {
        self.fill_uniform_from(0, out);
    }

    /// Fills a slice with a part of the uniform stream: element `i` is `self.uniform_f32(first + i)`.
    ///
    /// So threads that each fill a part write what one thread would have written.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let (mut whole, mut parts) = ([0.0; 10], [0.0; 10]);
    /// Key::new(9).fill_uniform(&mut whole);
    /// Key::new(9).fill_uniform_from(0, &mut parts[..7]);
    /// Key::new(9).fill_uniform_from(7, &mut parts[7..]);
    /// assert_eq!(whole, parts);
    /// ```
    pub fn fill_uniform_from(self, first: u64, out: &mut [f32]) {
        let (head, body) = split_at_block(first, 4, out);
        fill_each(head, first, |i| self.uniform_f32(i));
        let mut block = first.div_ceil(4);
        let mut chunks = body.chunks_exact_mut(4 * WIDTH);
        for chunk in &mut chunks {
            let words = mix(self.counters::<WIDTH>(block, 0, Purpose::Draw), self.words);
            for (lane, four) in chunk.chunks_exact_mut(4).enumerate() {
                for (value, word) in four.iter_mut().zip(&words) {
                    *value = unit_f32(word[lane]);
                }
            }
            block += WIDTH as u64;
        }
        fill_each(chunks.into_remainder(), block.wrapping_mul(4), |i| self.uniform_f32(i));
    }

    /// Fills a slice with a part of the uniform stream of 53 bits: element `i` is `self.uniform_f64(first + i)`.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let mut part = [0.0; 100];
    /// Key::new(9).fill_uniform_f64_from(7, &mut part);
    /// assert_eq!(part[3], Key::new(9).uniform_f64(10));
    /// ```
    pub fn fill_uniform_f64_from(self, first: u64, out: &mut [f64]) {
        self.fill_runs(Law::Uniform, first, out, |i| self.uniform_f64(i));
    }

    /// Fills a slice with the normal stream from its start: element `i` is `self.normal_f64(i)`.
    pub fn fill_normal(self, out: &mut [f64]) {
        self.fill_normal_from(0, out);
    }

    /// Fills a slice with a part of the normal stream: element `i` is `self.normal_f64(first + i)`, at a fraction of
    /// the cost.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let mut part = [0.0; 100];
    /// Key::new(9).fill_normal_from(7, &mut part);
    /// assert_eq!(part[3], Key::new(9).normal_f64(10));
    /// ```
    pub fn fill_normal_from(self, first: u64, out: &mut [f64]) {
        self.fill_runs(Law::Normal, first, out, |i| self.normal_f64(i));
    }

    /// Fills a slice with a part of the stream of integers below `n`: element `i` is `self.below(first + i, n)`.
    ///
    /// ```
    /// use congruent::random::Key;
    ///
    /// let mut part = [0; 100];
    /// Key::new(9).fill_below_from(7, 6, &mut part);
    /// assert_eq!(part[3], Key::new(9).below(10, 6));
    /// ```
    pub fn fill_below_from(self, first: u64, n: u64, out: &mut [u64]) {
        let (runs, rest) = out.split_at_mut(out.len() - out.len() % RUN);
        fill_below(self, first, n, runs);
        fill_each(rest, first.wrapping_add(runs.len() as u64), |i| self.below(i, n));
    }

    /// Whole runs of blocks at once, and what lies before and after one by one.
    fn fill_runs(self, law: Law, first: u64, out: &mut [f64], value: impl Fn(u64) -> f64) {
        let (head, body) = split_at_block(first, 2, out);
        fill_each(head, first, &value);
        let block = first.div_ceil(2);
        let (runs, rest) = body.split_at_mut(body.len() - body.len() % (2 * RUN));
        fill(law, self, block, runs);
        fill_each(rest, block.wrapping_mul(2).wrapping_add(runs.len() as u64), value);
    }
}

/// Parts `out`, whose first element has index `first`, where a block of `size` elements begins.
fn split_at_block<T>(first: u64, size: u64, out: &mut [T]) -> (&mut [T], &mut [T]) {
    let before = first.wrapping_neg() % size;
    out.split_at_mut((before as usize).min(out.len()))
}

fn fill_each<T>(out: &mut [T], first: u64, value: impl Fn(u64) -> T) {
    for (index, slot) in out.iter_mut().enumerate() {
        *slot = value(first.wrapping_add(index as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn filling_in_any_parts_is_the_indexed_stream() {
        let key = Key::new(6);
        let far = u64::from(u32::MAX) * 4;
        for (first, length) in [(0, 0), (0, 1), (0, 200), (1, 1), (3, 31), (5, 67), (7, 128), (far, 50)] {
            let (mut uniform, mut double, mut normal) = (vec![-1.0; length], vec![-1.0; length], vec![-1.0; length]);
            key.fill_uniform_from(first, &mut uniform);
            key.fill_uniform_f64_from(first, &mut double);
            key.fill_normal_from(first, &mut normal);
            for n in [0, 1, 6, 3 << 62, u64::MAX] {
                let mut below = vec![u64::MAX; length];
                key.fill_below_from(first, n, &mut below);
                assert!((first..).zip(&below).all(|(i, &x)| x == key.below(i, n)), "below {n} {first} {length}");
            }
            assert!((first..).zip(&double).all(|(i, &x)| x == key.uniform_f64(i)), "double {first} {length}");
            assert!((first..).zip(&uniform).all(|(i, &x)| x == key.uniform_f32(i)), "uniform {first} {length}");
            assert!((first..).zip(&normal).all(|(i, &x)| x == key.normal_f64(i)), "normal {first} {length}");
        }
    }
}
