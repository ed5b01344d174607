//! Sorting of long rows digit by digit: no comparison, and memory is walked in order.
//!
//! Apart from `order`, which makes integers of elements. Digits are taken from the least on, and each round keeps the
//! order of the one before: Knuth, The Art of Computer Programming, volume 3, 5.2.5.

/// An integer whose key is sorted by. Keys are read in ascending order; what lies below them is carried along.
pub(super) trait Keyed: Copy + Default {
    /// Digits of the key.
    const DIGITS: usize;
    /// Digit number `digit`, from the least on, below [`VALUES`].
    fn digit(self, digit: usize) -> usize;
}

/// Bits of a digit: three make 32, and the counts of one stay in the first cache.
pub(super) const BITS: usize = 11;
/// Values of a digit.
pub(super) const VALUES: usize = 1 << BITS;

/// Sorts by key; equal keys keep their order. `beside` is as long, and what is in it does not matter.
pub(super) fn sort<K: Keyed>(keyed: &mut [K], beside: &mut [K]) {
    let len = keyed.len();
    assert_eq!(len, beside.len(), "as much memory beside the keys");
    let mut counts = vec![[0_usize; VALUES]; K::DIGITS];
    for &key in keyed.iter() {
        for (digit, counts) in counts.iter_mut().enumerate() {
            counts[key.digit(digit)] += 1;
        }
    }
    let (mut from, mut to, mut moved) = (&mut *keyed, beside, false);
    for (digit, counts) in counts.iter_mut().enumerate() {
        if counts.contains(&len) {
            continue; // All keys have the same digit here.
        }
        let mut before = 0;
        for count in counts.iter_mut() {
            before += std::mem::replace(count, before);
        }
        for &key in from.iter() {
            let place = &mut counts[key.digit(digit)];
            to[*place] = key;
            *place += 1;
        }
        (from, to, moved) = (to, from, !moved);
    }
    if moved {
        to.copy_from_slice(from);
    }
}
