//! Keys of any number: parted by one of them until few are left.
//!
//! Apart from `network`, which sorts those few. Keys go from the memory they are in to other memory of the same
//! length, those below the pivot to where they were and the others to there: each half of both is a part of its own.
#![allow(unsafe_code, reason = "registers are read from slices and written to them")]

use super::super::level::{Level, level};
use super::lanes::Lanes;
use super::network::sort_few;
use super::x86::{Eight, EightWide, Four, Sixteen};

/// An integer that registers sort.
pub(crate) trait Sortable: Copy + Ord + Default + Send {
    /// The least one.
    const LEAST: Self;
    /// The greatest one.
    const GREATEST: Self;
    /// The next greater one of one that is not the greatest.
    fn next(self) -> Self;
    /// Sorts a part by the registers of a level.
    ///
    /// # Safety
    /// The processor has the level, which is not the portable one.
    unsafe fn sort(part: Part<'_, Self>, level: Level);
    /// Divides one, as [`Part::divide`] does.
    ///
    /// # Safety
    /// The processor has the level, which is not the portable one.
    unsafe fn divide(part: Part<'_, Self>, level: Level) -> [Part<'_, Self>; 2];
}

/// An integer, and its registers of AVX2 and of AVX-512.
macro_rules! sortable {
    ($Key:ident: $Half:ident, $Whole:ident) => {
        impl Sortable for $Key {
            const LEAST: $Key = $Key::MIN;
            const GREATEST: $Key = $Key::MAX;
            fn next(self) -> $Key {
                self + 1
            }
            unsafe fn sort(part: Part<'_, $Key>, level: Level) {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx512(part: Part<'_, $Key>) {
                    part.sort_by::<$Half, $Whole>()
                }
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2(part: Part<'_, $Key>) {
                    part.sort_by::<$Half, $Half>()
                }
                // SAFETY: the caller vouches for the level, which stands for these features and more.
                unsafe { if level == Level::Avx512 { avx512(part) } else { avx2(part) } }
            }
            unsafe fn divide(part: Part<'_, $Key>, level: Level) -> [Part<'_, $Key>; 2] {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx512(part: Part<'_, $Key>) -> [Part<'_, $Key>; 2] {
                    part.divide_by::<$Whole>()
                }
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2(part: Part<'_, $Key>) -> [Part<'_, $Key>; 2] {
                    part.divide_by::<$Half>()
                }
                // SAFETY: as above.
                unsafe { if level == Level::Avx512 { avx512(part) } else { avx2(part) } }
            }
        }
    };
}
sortable!(i32: Eight, Sixteen);
sortable!(i64: Four, EightWide);

/// Rows of the networks: of half registers, so that few keys are not spread over many lanes; and of whole ones.
const FEW: usize = 8;
const MANY: usize = 16;
/// As many keys are sorted one by one.
const SINGLE: usize = 8;

/// Keys to be sorted, and memory of the same length beside them.
pub(crate) struct Part<'k, K> {
    /// Where the keys are.
    here: &'k mut [K],
    /// Other memory; what is in it does not matter.
    beside: &'k mut [K],
    /// Whether they are to be `here` in the end, or beside.
    stay: bool,
    /// No key is less.
    least: K,
    /// How many times it may be divided before its pivots are taken for bad ones.
    chances: u32,
}

impl<'k, K: Sortable> Part<'k, K> {
    /// Keys, which will be in the same memory in order. `None` where registers do not sort: on the portable level.
    pub(crate) fn new(keys: &'k mut [K], beside: &'k mut [K]) -> Option<Self> {
        assert_eq!(keys.len(), beside.len(), "as much memory beside the keys");
        let chances = 2 * (usize::BITS - keys.len().leading_zeros());
        let part = Part { here: keys, beside, stay: true, least: K::LEAST, chances };
        (level() != Level::Portable).then_some(part)
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.here.len()
    }

    /// Sorts them.
    pub(crate) fn sort(self) {
        match level() {
            // Someone has lowered it since.
            Level::Portable => self.sort_singly(),
            // SAFETY: the level never exceeds what the processor has.
            level => unsafe { K::sort(self, level) },
        }
    }

    /// Two parts, of which all keys of the first are less than those of the second. Either may be empty, and what is
    /// in neither is where it belongs.
    pub(crate) fn divide(self) -> [Self; 2] {
        match level() {
            Level::Portable => {
                self.sort_singly();
                [Self::empty(), Self::empty()]
            }
            // SAFETY: the level never exceeds what the processor has.
            level => unsafe { K::divide(self, level) },
        }
    }

    /// With so many chances left.
    #[cfg(test)]
    pub(super) fn with_chances(self, chances: u32) -> Self {
        Part { chances, ..self }
    }

    /// No keys.
    fn empty() -> Self {
        Part { here: &mut [], beside: &mut [], stay: true, least: K::LEAST, chances: 0 }
    }

    /// Sorts by comparing single keys.
    fn sort_singly(self) {
        self.here.sort_unstable();
        self.leave();
    }

    /// The keys are in order where they are, and are taken to where they are to be.
    fn leave(self) {
        if !self.stay {
            self.beside.copy_from_slice(self.here);
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn sort_by<Half: Lanes<Key = K>, Whole: Lanes<Key = K>>(self) {
        let mut part = self;
        while part.len() > MANY * Whole::N {
            let [low, high] = part.divide_by::<Whole>();
            low.sort();
            part = high;
        }
        if part.len() <= SINGLE {
            return part.sort_singly();
        }
        // One pointer for reading and writing where both are in one place.
        let (count, from) = (part.len(), part.here.as_mut_ptr());
        let to = if part.stay { from } else { part.beside.as_mut_ptr() };
        // SAFETY: both slices have as many keys.
        unsafe {
            if count <= FEW * Half::N {
                sort_few::<Half, FEW>(from, to, count, K::GREATEST);
            } else if count <= MANY * Half::N || Whole::N == Half::N {
                sort_few::<Half, MANY>(from, to, count, K::GREATEST);
            } else {
                sort_few::<Whole, MANY>(from, to, count, K::GREATEST);
            }
        }
    }

    #[cfg_attr(optimised, inline(always))]
    fn divide_by<V: Lanes<Key = K>>(self) -> [Self; 2] {
        if self.chances == 0 || self.len() <= SINGLE {
            self.sort_singly();
            return [Self::empty(), Self::empty()];
        }
        let pivot = middle(self.here);
        // Keys that equal the least one are gone from then on, so that many equal ones are no matter.
        let all_least = pivot == self.least;
        if all_least && pivot == K::GREATEST {
            self.leave();
            return [Self::empty(), Self::empty()];
        }
        let from = if all_least { pivot.next() } else { pivot };
        let count = spread::<V>(self.here, self.beside, from);
        let Part { here, beside, stay, least, chances } = self;
        let chances = chances - 1;
        let ([low, free], [free_too, high]) = (halves(here, count), halves(beside, count));
        let mut low = Part { here: low, beside: free_too, stay, least, chances };
        if all_least {
            low.leave();
            low = Self::empty();
        }
        [low, Part { here: high, beside: free, stay: !stay, least: from, chances }]
    }
}

/// The keys before a place, and those from there on.
fn halves<K>(keys: &mut [K], at: usize) -> [&mut [K]; 2] {
    let (low, high) = keys.split_at_mut(at);
    [low, high]
}

/// The middle one of keys here and there: of nine, or of 81 where there are many.
fn middle<K: Sortable>(keys: &[K]) -> K {
    let part = keys.len() / 9;
    if keys.len() < 4096 {
        of_nine(|i| keys[i * part + part / 2])
    } else {
        of_nine(|i| middle(&keys[i * part..][..part]))
    }
}

/// The middle one of three middle ones.
fn of_nine<K: Sortable>(key: impl Fn(usize) -> K) -> K {
    let middle = |[a, b, c]: [K; 3]| a.min(b).max(a.max(b).min(c));
    middle([0, 3, 6].map(|i| middle([key(i), key(i + 1), key(i + 2)])))
}

/// Moves the keys below the pivot to the front of where they are, in order, and the others to the end of the memory
/// beside; gives how many there are below it.
#[cfg_attr(optimised, inline(always))]
fn spread<V: Lanes>(here: &mut [V::Key], beside: &mut [V::Key], pivot: V::Key) -> usize {
    assert_eq!(here.len(), beside.len());
    let (len, pivots) = (here.len(), V::splat(pivot));
    let (from, to) = (here.as_mut_ptr(), beside.as_mut_ptr());
    let (mut read, mut below) = (0, 0);
    // SAFETY: of the `read` keys that were read, `below` went to the front and the others to the end beside. So a
    // register at `below` reaches no further than to the end of the one that is read at `read`, and a register before
    // the others beside, of which there are `read - below`, begins at 0 at least, as one more is read within `len`.
    // What is written over at the front was read, the four at a time, too.
    unsafe {
        while read + 4 * V::N <= len {
            let four: [V; 4] = std::array::from_fn(|i| V::load(from.add(read + i * V::N)));
            for register in four {
                below += register.divide(pivots, from.add(below), to.add(len - (read - below)));
                read += V::N;
            }
        }
        while read + V::N <= len {
            let register = V::load(from.add(read));
            below += register.divide(pivots, from.add(below), to.add(len - (read - below)));
            read += V::N;
        }
    }
    for read in read..len {
        let key = here[read];
        here[below] = key;
        beside[len - 1 - (read - below)] = key;
        below += usize::from(key < pivot);
    }
    below
}
