//! Sorting of integers digit by digit: no comparison, and memory is walked in order.
//!
//! Apart from `arrange`, which says when. Digits are taken from the least on, and each round keeps the order of the one
//! before: Knuth, The Art of Computer Programming, volume 3, 5.2.5.

/// An integer whose key is sorted by, in ascending order; what lies below the key is carried along.
pub(super) trait Keyed: Copy + Default + Ord + Send {
    /// Bits of the key.
    const BITS: usize;
    /// The key without its last bits, and perhaps with others above it.
    fn key(self, without: usize) -> usize;
}

/// Bits of a digit: few enough that the lines that are written to at a time stay in the first cache.
const BITS: usize = 8;

/// Sorts by key; equal keys keep their order. `beside` is as long, and what is in it does not matter.
pub(super) fn by_digits<K: Keyed>(keyed: &mut [K], beside: &mut [K]) {
    assert_eq!(keyed.len(), beside.len(), "as much memory beside the keys");
    let (len, digits, values) = (keyed.len(), K::BITS / BITS, 1 << BITS);
    let digit = |key: K, number: usize| key.key(number * BITS) % values;
    let mut counts = vec![0_usize; digits * values];
    for &key in keyed.iter() {
        for number in 0..digits {
            counts[number * values + digit(key, number)] += 1;
        }
    }
    let (mut from, mut to, mut moved) = (&mut *keyed, beside, false);
    for (number, counts) in counts.chunks_exact_mut(values).enumerate() {
        if counts.contains(&len) {
            continue; // All keys have the same digit here.
        }
        let mut before = 0;
        for count in counts.iter_mut() {
            before += std::mem::replace(count, before);
        }
        for &key in from.iter() {
            let place = &mut counts[digit(key, number)];
            to[*place] = key;
            *place += 1;
        }
        (from, to, moved) = (to, from, !moved);
    }
    if moved {
        to.copy_from_slice(from);
    }
}
