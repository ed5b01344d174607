//! Elements as integers of the same order: NaN above every number, -0 equal to 0.
//!
//! Apart from what sorts them, which compares integers only.

use super::arrange::Arranged;
use super::radix::Keyed;
use crate::dtype::Elem;
use std::ops::RangeInclusive;

/// An integer that stands for an element.
pub(super) trait Key: Arranged + Elem {
    /// How many are sorted digit by digit, where registers do not sort.
    const BY_DIGITS: RangeInclusive<usize>;
    /// That of an element, turned over for descending order.
    fn of<E: Elem>(x: E, descending: bool) -> Self;
    /// An element of this key: the only one, but for zeros and for NaN.
    fn element<E: Elem>(self, descending: bool) -> E;
}

/// Whether these are integers without a sign, whose bits are in the order of those with one once the first is turned
/// over.
fn unsigned<E: Elem>() -> bool {
    E::of_i64(-1).as_i128() >= 0
}

/// The bits of numbers as integers with a sign of the same order: those of negative floats run backwards.
macro_rules! keys {
    ($($Key:ident: $Bits:ident, $Float:ident, $digits:expr;)*) => {$(
        impl Key for $Key {
            const BY_DIGITS: RangeInclusive<usize> = $digits;
            #[cfg_attr(optimised, inline(always))]
            fn of<E: Elem>(x: E, descending: bool) -> $Key {
                let key = if E::INTEGER {
                    x.as_i64() as $Key ^ if unsigned::<E>() { $Key::MIN } else { 0 }
                } else {
                    let x = x.as_f64() as $Float;
                    let bits = (x + 0.0).to_bits() as $Key; // -0 becomes 0
                    if x.is_nan() { $Key::MAX } else { bits ^ ((bits >> ($Key::BITS - 1)) as $Bits >> 1) as $Key }
                };
                if descending { !key } else { key }
            }
            #[cfg_attr(optimised, inline(always))]
            fn element<E: Elem>(self, descending: bool) -> E {
                let key = if descending { !self } else { self };
                if E::INTEGER {
                    return E::of_i64(i64::from(key ^ if unsigned::<E>() { $Key::MIN } else { 0 }));
                }
                let bits = key as $Bits ^ (key >> ($Key::BITS - 1)) as $Bits >> 1;
                E::of_f64(f64::from($Float::from_bits(bits)))
            }
        }
    )*};
}
keys! {
    i32: u32, f32, 1 << 10..=1 << 20;
    // Of so many digits comparing is faster at any length.
    i64: u64, f64, usize::MAX..=usize::MAX;
}

/// Half as large as an element with its position, so that longer rows are sorted by digits.
impl Keyed for i32 {
    const BITS: usize = 32;
    #[cfg_attr(optimised, inline(always))]
    fn key(self, without: usize) -> usize {
        ((self ^ i32::MIN) as u32 >> without) as usize
    }
}
