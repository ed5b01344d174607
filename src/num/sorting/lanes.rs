//! What a register of keys must supply.
//!
//! Apart from `Vector`, whose elements are floats that are computed with: keys are compared and moved.
#![allow(unsafe_code, reason = "registers are read from memory and written to it")]

/// A register of `N` keys. Its operations must only run where the processor has them: the types that implement it do
/// not leave this module, and [`Part::sort`](super::Part::sort) picks among them.
pub(super) trait Lanes: Copy {
    /// An integer with a sign.
    type Key: Copy + Ord + Default;
    /// How many there are.
    const N: usize;

    /// Reads `N` keys.
    ///
    /// # Safety
    /// They can be read at `place`.
    unsafe fn load(place: *const Self::Key) -> Self;
    /// Writes all keys.
    ///
    /// # Safety
    /// There is room for `N` of them at `place`.
    unsafe fn store(self, place: *mut Self::Key);
    /// One key in every lane.
    fn splat(key: Self::Key) -> Self;
    /// The lesser one of each two.
    fn lesser(self, other: Self) -> Self;
    /// The greater one of each two.
    fn greater(self, other: Self) -> Self;
    /// The lanes in another order: lane `i` takes lane `i ^ bits`.
    fn crossed(self, bits: usize) -> Self;
    /// The lanes whose number has this bit from `set`, the others from `clear`.
    fn by_bit(bit: usize, clear: Self, set: Self) -> Self;
    /// Writes the keys below `pivot` to `low`, in order, and the others to right before `high`; gives how many there
    /// are below it. What else is within a register behind `low` or before `high` may be overwritten.
    ///
    /// # Safety
    /// `N` keys can be written at `low` and before `high`.
    unsafe fn divide(self, pivot: Self, low: *mut Self::Key, high: *mut Self::Key) -> usize;
}
