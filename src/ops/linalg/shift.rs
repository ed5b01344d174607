//! Numbers times powers of two, which round nothing within the range.
//!
//! Apart from `range` because lists of samples need it as well as matrices.

/// `⌊log₂ |x|⌋`, and 0 of 0.
pub(super) fn exponent(x: f64) -> i32 {
    match (x == 0.0, x.is_subnormal()) {
        (true, _) => 0,
        (_, true) => exponent(x * power_of_two(64)) - 64,
        _ => (x.to_bits() >> 52 & 0x7ff) as i32 - 1023,
    }
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// `x · 2ᵉ`, whatever `e` is.
pub(super) fn shifted(mut x: f64, mut exponent: i32) -> f64 {
    while exponent.abs() > 1000 && x != 0.0 && x.is_finite() {
        let step = 1000 * exponent.signum();
        (x, exponent) = (x * power_of_two(step), exponent - step);
    }
    x * power_of_two(exponent.clamp(-1000, 1000))
}
