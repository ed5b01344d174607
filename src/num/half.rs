//! The 16-bit floats: how `f16` and `bf16` become `f32`, and back.
//!
//! Apart from the lanes because each is one number here, without a branch, so that the compiler makes vectors of the
//! loops. The `half` crate has the types; its conversions ask the processor at each call what it can, and round `f64`
//! twice on some.

/// A float of 16 bits, which is computed with as an `f32`.
pub(crate) trait Half: Copy + Default {
    /// The smallest step above 1.
    const EPSILON: f64;

    /// The number, exactly.
    fn widen(self) -> f32;
    /// The nearest number, halves to even; NaN stays NaN, what is too large becomes infinite.
    fn narrow(x: f32) -> Self;

    /// The nearest number of an `f64`, rounded once.
    ///
    /// An `f32` in between would round twice. It does not where it is rounded to odd: what was cut off then leaves the
    /// last digit set, and the second rounding sees on which side of a half the number lies.
    #[cfg_attr(optimised, inline(always))]
    fn narrow_f64(x: f64) -> Self {
        let near = x as f32;
        let (bits, back) = (near.to_bits(), f64::from(near));
        let inexact = back != x && !x.is_nan() && bits & 1 == 0;
        let odd = if back.abs() > x.abs() { bits.wrapping_sub(1) } else { bits | 1 };
        Self::narrow(f32::from_bits(if inexact { odd } else { bits }))
    }

    /// The nearest number of an integer, rounded once: large ones are rounded to odd on their way through `f64`.
    #[cfg_attr(optimised, inline(always))]
    fn narrow_i64(x: i64) -> Self {
        if x.unsigned_abs() <= INTEGERS {
            return Self::narrow_f64(x as f64);
        }
        Self::narrow_f64((x >> 11 | i64::from(x & 0x7ff != 0)) as f64 * 2048.0)
    }

    /// The nearest number of an integer without a sign, rounded once.
    #[cfg_attr(optimised, inline(always))]
    fn narrow_u64(x: u64) -> Self {
        if x <= INTEGERS {
            return Self::narrow_f64(x as f64);
        }
        Self::narrow_f64((x >> 11 | u64::from(x & 0x7ff != 0)) as f64 * 2048.0)
    }

    /// The fewest digits that name the number among those of its type, as Rust writes an `f64`.
    fn shortest(self) -> String {
        let exact = f64::from(self.widen());
        let names = |x: &f64| Self::narrow_f64(*x).widen() == self.widen();
        // A power of two has its lower neighbour half as far: of two names as short, only the one above may fit.
        let name = |digits| {
            let near: f64 = format!("{exact:.digits$e}").parse().ok()?;
            let unit = 10_f64.powi((exact.abs().log10().floor() as i32).saturating_sub(digits as i32));
            let above: f64 = format!("{:.digits$e}", near + unit.copysign(exact)).parse().ok()?;
            [near, above].into_iter().find(names)
        };
        (0..6).find_map(name).unwrap_or(exact).to_string()
    }
}

/// From here on an `f64` does not hold every integer.
const INTEGERS: u64 = 1 << 53;
/// The sign bit of an `f32`.
const SIGN: u32 = 1 << 31;
/// The bits of `f32`'s infinity; more is NaN.
const INFINITY: u32 = 0x7f80_0000;

impl Half for half::f16 {
    const EPSILON: f64 = half::f16::EPSILON.to_f64_const();

    /// The exponent moves to the place that it has in an `f32` and counts from another zero, which a product with 2¹¹²
    /// mends, for subnormal numbers too. Infinity and NaN have all bits of the exponent; NaN becomes quiet.
    #[cfg_attr(optimised, inline(always))]
    fn widen(self) -> f32 {
        let size = u32::from(self.to_bits() & 0x7fff);
        let number = (f32::from_bits(size << 13) * f32::from_bits((127 + 112) << 23)).to_bits();
        let special = if size > 0x7c00 { INFINITY | 0x0040_0000 } else { INFINITY };
        let size = if size >= 0x7c00 { number | special } else { number };
        f32::from_bits(size | u32::from(self.to_bits() & 0x8000) << 16)
    }

    /// Below 2⁻¹⁴ the last digit is worth 2⁻²⁴, as it is in an `f32` between 1/2 and 1: adding 1/2 rounds there.
    #[cfg_attr(optimised, inline(always))]
    fn narrow(x: f32) -> Self {
        let size = x.to_bits() & !SIGN;
        let normal = (size + 0xfff + (size >> 13 & 1)).wrapping_sub(112 << 23) >> 13;
        let subnormal = (f32::from_bits(size) + 0.5).to_bits().wrapping_sub(0.5_f32.to_bits());
        let number = if size < (127 - 14) << 23 { subnormal } else { normal };
        let bounded = if size >= (127 + 16) << 23 { 0x7c00 } else { number };
        let bits = if size > INFINITY { 0x7e00 | size >> 13 & 0x3ff } else { bounded };
        half::f16::from_bits((bits | x.to_bits() >> 16 & 0x8000) as u16)
    }
}

impl Half for half::bf16 {
    const EPSILON: f64 = half::bf16::EPSILON.to_f64_const();

    #[cfg_attr(optimised, inline(always))]
    fn widen(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }

    #[cfg_attr(optimised, inline(always))]
    fn narrow(x: f32) -> Self {
        let bits = x.to_bits();
        let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
        let quiet = bits >> 16 | 0x40;
        half::bf16::from_bits(if bits & !SIGN > INFINITY { quiet } else { rounded } as u16)
    }
}
