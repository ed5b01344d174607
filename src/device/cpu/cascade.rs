//! Sums of any length whose error does not grow with it: sums of sums of sums.
//!
//! Apart from the loops because those that keep a sum a lane for a whole column or matrix share it: each adds a few
//! terms in registers, and hands the sum over.

use crate::num::Num;

/// How many sums of one level make one of the next.
const WIDTH: usize = 64;

/// Sums on their way up: 64 of each level are one of the next, so that no number is added to one that is much more than
/// 64 times as large, until there are 64⁴ terms.
#[derive(Clone, Copy)]
pub(super) struct Cascade<V> {
    levels: [V; 3],
    count: usize,
}

impl<V: Num> Cascade<V> {
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn new() -> Self {
        Cascade { levels: [V::c(0.0); 3], count: 0 }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn add(&mut self, sum: V) {
        let [first, second, third] = &mut self.levels;
        *first = *first + sum;
        self.count += 1;
        if self.count.is_multiple_of(WIDTH) {
            *second = *second + *first;
            *first = V::c(0.0);
            if self.count.is_multiple_of(WIDTH * WIDTH) {
                *third = *third + *second;
                *second = V::c(0.0);
            }
        }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn total(self) -> V {
        let [first, second, third] = self.levels;
        third + (second + first)
    }
}

/// A sum beside what its additions have rounded off, for parts that are large already: Knuth's exact addition, as in
/// Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen".
#[derive(Clone, Copy)]
pub(super) struct Carried<V> {
    pub(super) sum: V,
    pub(super) rest: V,
}

impl<V: Num> Carried<V> {
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn of(sum: V, rest: V) -> Self {
        Carried { sum, rest }
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn add(&mut self, part: V) {
        let sum = self.sum + part;
        let taken = sum - self.sum;
        self.rest = self.rest + ((self.sum - (sum - taken)) + (part - taken));
        self.sum = sum;
    }

    /// Both; infinite sums have no rest.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn total(self) -> V {
        V::select_eq(self.rest, self.rest, self.sum + self.rest, self.sum)
    }
}
