//! Conversions of one element into one of another type.

use super::elem::Elem;

/// Converts one element as Rust's `as` does.
#[cfg_attr(optimised, inline(always))]
pub fn convert<From: Elem, To: Elem>(value: From) -> To {
    if To::TRUTH {
        // Asked in the type itself: a loop over narrow elements is not widened to 64 bits.
        return To::of_i64(i64::from(value != From::default()));
    }
    match (From::INTEGER, To::INTEGER) {
        // Bits beyond those of `To` are dropped, which is the same by way of any 64.
        (true, false) if From::BEYOND_I64 => To::of_u64(value.as_i64() as u64),
        (true, _) => To::of_i64(value.as_i64()),
        _ => To::of_f64(value.as_f64()),
    }
}

/// The nearest value of an integer type; to other types as [`convert`].
pub fn saturated<From: Elem, To: Elem>(value: From) -> To {
    if !(From::INTEGER && To::INTEGER) || To::TRUTH {
        return convert(value);
    }
    // Floats saturate: infinities are the ends of the range.
    let (least, most) = (To::of_f64(f64::NEG_INFINITY), To::of_f64(f64::INFINITY));
    match value.as_i128() {
        value if value < least.as_i128() => least,
        value if value > most.as_i128() => most,
        _ => convert(value),
    }
}

/// The same value of another type; none where it has none.
pub fn exactly<From: Elem, To: Elem>(value: From) -> Option<To> {
    let converted: To = convert(value);
    let (own, other) = (value.as_f64(), converted.as_f64());
    let same = match (From::INTEGER, To::INTEGER) {
        (false, false) => own == other || (own.is_nan() && other.is_nan()),
        (false, true) => own.trunc() == own && value.as_i128() == converted.as_i128(),
        (true, _) => value.as_i128() == converted.as_i128(),
    };
    same.then_some(converted)
}
