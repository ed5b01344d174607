//! Products of many numbers, which leave the range of `f64` on their way to a result inside of it.
//!
//! Apart from `real.rs` because these are numbers of an exponent without bounds: slow, and asked only where the fast
//! product has come too near to an end of the range.

/// `mantissa · 2^exponent`. The mantissa's size is within [1, 2), or it is 0, infinite or NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaled {
    mantissa: f64,
    exponent: i64,
}

/// Where the exponent of an `f64` stands.
const SHIFT: u32 = 52;
/// All bits of that exponent.
const MOST: u64 = 0x7ff;
/// What it is stored with on top.
const BIAS: i64 = 1023;

impl Scaled {
    pub(crate) const ONE: Scaled = Scaled { mantissa: 1.0, exponent: 0 };
    pub(crate) const ZERO: Scaled = Scaled { mantissa: 0.0, exponent: 0 };

    pub(crate) fn of(x: f64) -> Self {
        Scaled { mantissa: x, exponent: 0 }.normal()
    }

    /// The same number, its mantissa within bounds.
    fn normal(self) -> Self {
        let stored = self.mantissa.to_bits() >> SHIFT & MOST;
        if stored == MOST || self.mantissa == 0.0 {
            return Scaled { exponent: 0, ..self };
        }
        if stored == 0 {
            let raised = (1u64 << SHIFT) as f64;
            let raised = Scaled { mantissa: self.mantissa * raised, exponent: self.exponent - i64::from(SHIFT) };
            return raised.normal();
        }
        let bits = self.mantissa.to_bits() & !(MOST << SHIFT) | (BIAS as u64) << SHIFT;
        Scaled { mantissa: f64::from_bits(bits), exponent: self.exponent + stored as i64 - BIAS }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let mantissa = self.mantissa * other.mantissa;
        Scaled { mantissa, exponent: self.exponent + other.exponent }.normal()
    }

    fn over(self, other: Self) -> Self {
        let mantissa = self.mantissa / other.mantissa;
        Scaled { mantissa, exponent: self.exponent - other.exponent }.normal()
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let apart = |x: f64| x == 0.0 || !x.is_finite();
        if apart(self.mantissa) || apart(other.mantissa) {
            // 0 has no exponent of its own, and beside an infinity none counts.
            return match (self.mantissa == 0.0, other.mantissa == 0.0) {
                (true, false) => other,
                (false, true) => self,
                _ => Scaled { mantissa: self.mantissa + other.mantissa, exponent: 0 },
            };
        }
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let lower = raised(small.mantissa, small.exponent - large.exponent);
        Scaled { mantissa: large.mantissa + lower, exponent: large.exponent }.normal()
    }

    /// The nearest `f64`.
    pub(crate) fn value(self) -> f64 {
        raised(self.mantissa, self.exponent)
    }
}

/// `x · 2ⁿ` for `x` of a size within [1, 2), rounded once.
fn raised(x: f64, n: i64) -> f64 {
    let power = |n: i64| f64::from_bits(((n + BIAS) as u64) << SHIFT);
    match n {
        -1022..=1023 => x * power(n),
        1024.. => x * power(1023) * power(1023),
        -1080..=-1023 => x * power(n + 200) * power(-200),
        _ => x * 0.0,
    }
}

/// The factors of a product, with those apart that no division takes out again: 0, infinities and NaN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factors {
    /// Of all others; infinities add their sign.
    product: Scaled,
    zeros: u32,
    /// How many zeros are -0.
    negative_zeros: u32,
    infinities: u32,
    nans: u32,
}

impl Factors {
    pub(crate) const NONE: Factors =
        Factors { product: Scaled::ONE, zeros: 0, negative_zeros: 0, infinities: 0, nans: 0 };

    pub(crate) fn add(&mut self, x: f64) {
        match x {
            _ if x.is_nan() => self.nans += 1,
            0.0 => {
                self.zeros += 1;
                self.negative_zeros += u32::from(x.is_sign_negative());
            }
            _ if x.is_infinite() => {
                self.infinities += 1;
                self.product.mantissa *= x.signum();
            }
            _ => self.product = self.product.times(Scaled::of(x)),
        }
    }

    /// The product of all factors but one `x`, which another one takes the place of.
    pub(crate) fn with_instead(mut self, other: f64, x: f64) -> f64 {
        match x {
            _ if x.is_nan() => self.nans -= 1,
            0.0 => {
                self.zeros -= 1;
                self.negative_zeros -= u32::from(x.is_sign_negative());
            }
            _ if x.is_infinite() => {
                self.infinities -= 1;
                self.product.mantissa *= x.signum();
            }
            _ => self.product = self.product.over(Scaled::of(x)),
        }
        self.add(other);
        self.value()
    }

    /// The product of all factors, rounded once to `f64`.
    pub(crate) fn value(self) -> f64 {
        let sign = if self.negative_zeros % 2 == 1 { -1.0 } else { 1.0 } * self.product.mantissa.signum();
        match (self.zeros > 0, self.infinities > 0) {
            _ if self.nans > 0 => f64::NAN,
            (true, true) => f64::NAN,
            (true, false) => 0.0 * sign,
            (false, true) => f64::INFINITY * sign,
            (false, false) => self.product.value(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Factors, Scaled};

    fn product(factors: &[f64]) -> f64 {
        let mut all = Factors::NONE;
        factors.iter().for_each(|&x| all.add(x));
        all.value()
    }

    #[test]
    fn products_leave_the_range_and_come_back() {
        assert_eq!(product(&[]), 1.0);
        assert_eq!(product(&[1e300, 1e300, 1e-300, 1e-300]).round(), 1.0);
        assert_eq!(product(&[5e-324; 3]), 0.0);
        assert_eq!(product(&[f64::MAX, 2.0]), f64::INFINITY);
        assert_eq!(product(&[5e-324, 3.0, f64::MAX, -0.25]), 5e-324 * f64::MAX * -0.75);
        assert_eq!(product(&[1e300, 1e300, -0.0]).to_bits(), (-0.0f64).to_bits());
        assert_eq!(product(&[-f64::INFINITY, 2.0]), f64::NEG_INFINITY);
        assert!(product(&[f64::INFINITY, 0.0]).is_nan() && product(&[f64::NAN, 0.0]).is_nan());
        assert_eq!(product(&[3.0 * f64::MIN_POSITIVE, 0.25, 0.5]), 0.375 * f64::MIN_POSITIVE);
    }

    #[test]
    fn one_factor_is_taken_out_again() {
        let factors = [0.0, 3.0, f64::INFINITY, 1e-300];
        let mut all = Factors::NONE;
        factors[1..].iter().for_each(|&x| all.add(x));
        assert_eq!(all.with_instead(1.0, f64::INFINITY), 3e-300);
        all.add(0.0);
        assert_eq!(all.with_instead(1.0, 0.0), f64::INFINITY);
        assert!(all.with_instead(1.0, 3.0).is_nan());
        assert_eq!(all.with_instead(1.0, f64::INFINITY), 0.0);
        let mut far = Factors::NONE;
        [1e200, 1e200, 1e200].iter().for_each(|&x| far.add(x));
        assert!((far.with_instead(1e-150, 1e200) / 1e250 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn sums_of_far_exponents() {
        let large = Scaled::of(1e300).times(Scaled::of(1e300));
        assert_eq!(large.plus(Scaled::of(1.0)), large);
        assert_eq!(large.plus(large).times(Scaled::of(1e-300)).value(), 2.0 * large.times(Scaled::of(1e-300)).value());
        assert_eq!(Scaled::of(1.5).plus(Scaled::of(-1.5)).value(), 0.0);
        assert_eq!(Scaled::ZERO.plus(Scaled::of(f64::INFINITY)).value(), f64::INFINITY);
    }
}
