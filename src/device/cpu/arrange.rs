//! Integers in ascending order, by the way that is fastest here: by registers, digit by digit, or by comparing.
//!
//! Apart from `order` and `sorted`, which make integers of elements, and from the ways themselves.

use super::parallel::{PARALLEL_FROM, waiting};
use super::radix::{Keyed, by_digits};
#[cfg(target_arch = "x86_64")]
use crate::num::{Part, Sortable};
use rayon::prelude::*;
use std::ops::RangeInclusive;

/// An integer that registers may be able to sort.
pub(super) trait Arranged: Keyed {
    /// Sorts by registers, which does not come about on every processor; `beside` is as long.
    fn by_registers(keys: &mut [Self], beside: &mut [Self]) -> bool {
        let _ = (keys, beside);
        false
    }
}

/// Longer than any register.
impl Arranged for u128 {}

macro_rules! by_registers {
    ($($Key:ident),*) => { $(
        impl Arranged for $Key {
            #[cfg(target_arch = "x86_64")]
            fn by_registers(keys: &mut [$Key], beside: &mut [$Key]) -> bool {
                Part::new(keys, beside).map(shared).is_some()
            }
        }
    )* };
}
by_registers!(i32, i64);

/// Sorts a part; a long one is divided among threads.
#[cfg(target_arch = "x86_64")]
fn shared<K: Sortable>(part: Part<'_, K>) {
    fn halves<K: Sortable>(part: Part<'_, K>) {
        if part.len() < PARALLEL_FROM {
            return part.sort();
        }
        let [low, high] = part.divide();
        rayon::join(|| halves(low), || halves(high));
    }
    if part.len() >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        waiting(|| halves(part));
    } else {
        part.sort();
    }
}

/// How many keys there may be for memory beside them, as much again, to be no matter.
const BESIDE: usize = 1 << 17;

/// How much memory beside so many keys is made where theirs is all that there should be: none for many.
pub(super) fn beside(keys: usize) -> usize {
    if keys <= BESIDE { keys } else { 0 }
}

/// Sorts integers whose equals are one and the same. `digits` is how many there are where sorting by digits wins over
/// comparing; `beside` is as long as they are, and what is in it does not matter, or empty: then they are compared.
pub(super) fn in_order<K: Arranged>(keys: &mut [K], beside: &mut [K], digits: RangeInclusive<usize>) {
    let room = beside.len() == keys.len();
    if room && K::by_registers(keys, beside) {
        return;
    }
    if room && digits.contains(&keys.len()) {
        by_digits(keys, beside);
    } else if keys.len() >= PARALLEL_FROM {
        waiting(|| keys.par_sort_unstable());
    } else {
        keys.sort_unstable();
    }
}
