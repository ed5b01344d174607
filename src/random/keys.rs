//! Fresh keys, one after the other.
//!
//! Apart from `Key` because it is the one thing here that changes when it is used: what owns a [`Keys`] decides the
//! order of a program's randomness, and everything below it is a function.

use super::Key;

/// Hands out fresh keys, one after the other.
///
/// Key number `n` is `root.fold_in(n)`, so [`root`](Self::root) and [`handed_out`](Self::handed_out) are all that a
/// checkpoint needs.
///
/// ```
/// use congruent::random::Keys;
///
/// let mut keys = Keys::new(7);
/// let first = keys.next_key();
/// let mut again = Keys::resume(keys.root(), keys.handed_out());
/// assert_ne!(first, again.next_key());
/// assert_eq!(keys.handed_out(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    root: Key,
    handed_out: u64,
}

impl Keys {
    /// The keys of a seed, from the first.
    pub const fn new(seed: u64) -> Self {
        Self::resume(Key::new(seed), 0)
    }

    /// The keys of a root after `handed_out` of them were used.
    pub const fn resume(root: Key, handed_out: u64) -> Self {
        Self { root, handed_out }
    }

    /// The key that all others come from.
    pub const fn root(&self) -> Key {
        self.root
    }

    /// How many keys were handed out.
    pub const fn handed_out(&self) -> u64 {
        self.handed_out
    }

    /// A key that was not handed out before.
    pub fn next_key(&mut self) -> Key {
        let key = self.root.fold_in(self.handed_out);
        self.handed_out = self.handed_out.wrapping_add(1);
        key
    }
}

impl Iterator for Keys {
    type Item = Key;

    /// Always a key: the stream has no end.
    fn next(&mut self) -> Option<Key> {
        Some(self.next_key())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Key, Keys};

    #[test]
    fn no_key_comes_twice() {
        let (left, right) = Key::new(7).split();
        let mut keys: Vec<Key> = Keys::new(7).take(10_000).chain([Key::new(7), left, right]).collect();
        keys.extend([left.split().0, left.split().1, right.split().0, right.split().1]);
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    }

    #[test]
    fn a_resumed_stream_goes_on_where_it_stopped() {
        let mut keys = Keys::new(7);
        let all: Vec<Key> = keys.clone().take(5).collect();
        keys.by_ref().take(2).for_each(drop);
        assert!(Keys::resume(keys.root(), keys.handed_out()).take(3).eq(all[2..].iter().copied()));
        assert_eq!(keys.handed_out(), 2);
    }
}
