//! Elements as integers of the same order: NaN above every number, -0 equal to 0.
//!
//! Apart from what sorts them, which compares integers only.

use super::radix::Keyed;
use crate::dtype::Elem;

/// An integer that stands for an element.
pub(super) trait Key: Keyed {
    /// That of an element, turned over for descending order.
    fn of<E: Elem>(x: E, descending: bool) -> Self;
    /// An element of this key: the only one, but for zeros and for NaN.
    fn element<E: Elem>(self, descending: bool) -> E;
}

/// 1 for integers with a sign, whose bits are in order once the sign is turned over; 0 for the others.
fn sign<E: Elem>() -> u64 {
    u64::from(E::of_i64(-1).as_i128() < 0)
}

/// The bits of numbers with a sign as integers of the same order: those of positive ones above those of negative ones,
/// which run backwards.
macro_rules! keys {
    ($($Key:ident: $Signed:ident, $Float:ident;)*) => {$(
        impl Key for $Key {
            #[cfg_attr(optimised, inline(always))]
            fn of<E: Elem>(x: E, descending: bool) -> $Key {
                const SIGN: $Key = 1 << ($Key::BITS - 1);
                let key = if E::INTEGER {
                    x.as_i64() as $Key ^ ((sign::<E>() as $Key) << ($Key::BITS - 1))
                } else {
                    let x = x.as_f64() as $Float;
                    let bits = (x + 0.0).to_bits(); // -0 becomes 0
                    if x.is_nan() {
                        $Key::MAX
                    } else if bits & SIGN == 0 {
                        bits | SIGN
                    } else {
                        !bits
                    }
                };
                if descending { !key } else { key }
            }
            #[cfg_attr(optimised, inline(always))]
            fn element<E: Elem>(self, descending: bool) -> E {
                const SIGN: $Key = 1 << ($Key::BITS - 1);
                let key = if descending { !self } else { self };
                if E::INTEGER {
                    let bits = key ^ ((sign::<E>() as $Key) << ($Key::BITS - 1));
                    return E::of_i64(i64::from(bits as $Signed));
                }
                let bits = if key & SIGN == 0 { !key } else { key ^ SIGN };
                E::of_f64(f64::from($Float::from_bits(bits)))
            }
        }
    )*};
}
keys! {
    u32: i32, f32;
    u64: i64, f64;
}

/// Half as large as an element with its position, so that longer rows are sorted by digits.
impl Keyed for u32 {
    const BITS: usize = 32;
    const LONG: usize = 1 << 10;
    const LONGEST: usize = 1 << 20;
    #[cfg_attr(optimised, inline(always))]
    fn key(self, without: usize) -> usize {
        (self >> without) as usize
    }
}

/// Of so many digits comparing is faster at any length.
impl Keyed for u64 {
    const BITS: usize = 64;
    const LONG: usize = usize::MAX;
    #[cfg_attr(optimised, inline(always))]
    fn key(self, without: usize) -> usize {
        (self >> without) as usize
    }
}
