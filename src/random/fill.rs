//! Whole slices of a stream at once.
//!
//! Apart from the draws because nothing here is a new number: each element is defined in `random.rs`, and these loops
//! only compute every block once, several blocks at a time.

use super::{Key, Purpose, philox::mix, unit_f32};

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

    /// Fills a slice with the normal stream from its start: element `i` is `self.normal_f64(i)`.
    pub fn fill_normal(self, out: &mut [f64]) {
        self.fill_normal_from(0, out);
    }

    /// Fills a slice with a part of the normal stream: element `i` is `self.normal_f64(first + i)`, at half the cost.
    pub fn fill_normal_from(self, first: u64, out: &mut [f64]) {
        let (head, body) = split_at_block(first, 2, out);
        fill_each(head, first, |i| self.normal_f64(i));
        for (pair, two) in (first.div_ceil(2)..).zip(body.chunks_mut(2)) {
            two.copy_from_slice(&self.normal_pair(pair)[..two.len()]);
        }
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
            let (mut uniform, mut normal) = (vec![-1.0; length], vec![-1.0; length]);
            key.fill_uniform_from(first, &mut uniform);
            key.fill_normal_from(first, &mut normal);
            assert!((first..).zip(&uniform).all(|(i, &x)| x == key.uniform_f32(i)), "uniform {first} {length}");
            assert!((first..).zip(&normal).all(|(i, &x)| x == key.normal_f64(i)), "normal {first} {length}");
        }
    }
}
