//! Floats as bit patterns, which the portable lanes and the range reductions need.
//!
//! Apart from `Real` because nobody should compute with these by hand.

/// The layout of a floating-point type.
pub(super) trait Bits: Sized {
    /// The smallest normal number.
    const SMALLEST_NORMAL: Self;
    /// The number of digits after the leading one.
    const DIGITS: Self;
    /// From this power of two on, all numbers are integers.
    const INTEGERS_FROM: Self;
    /// What the exponent is stored with on top.
    const BIAS: Self;
    /// All bits of the mantissa, as a number.
    const MANTISSA: Self;

    /// The bits that both have.
    fn bits_and(self, other: Self) -> Self;
    /// The bits that `other` has and `self` has not.
    fn bits_and_not(self, other: Self) -> Self;
    /// The bits that either has.
    fn bits_or(self, other: Self) -> Self;
    /// The bits that one of both has.
    fn bits_xor(self, other: Self) -> Self;
    /// The lowest bits moved up to where the exponent stands.
    fn low_to_exponent(self) -> Self;
    /// The sign and the exponent moved down to the lowest bits.
    fn exponent_to_low(self) -> Self;
}

/// `Bits` for both types.
macro_rules! bits {
    ($($real:ty)*) => { $(
        impl Bits for $real {
            const SMALLEST_NORMAL: Self = <$real>::MIN_POSITIVE;
            const DIGITS: Self = (<$real>::MANTISSA_DIGITS - 1) as Self;
            const INTEGERS_FROM: Self = (1_u64 << (<$real>::MANTISSA_DIGITS - 1)) as Self;
            const BIAS: Self = (<$real>::MAX_EXP - 1) as Self;
            const MANTISSA: Self = <$real>::from_bits((1 << (<$real>::MANTISSA_DIGITS - 1)) - 1);

            #[inline(always)]
            fn bits_and(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() & other.to_bits())
            }
            #[inline(always)]
            fn bits_and_not(self, other: Self) -> Self {
                Self::from_bits(!self.to_bits() & other.to_bits())
            }
            #[inline(always)]
            fn bits_or(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() | other.to_bits())
            }
            #[inline(always)]
            fn bits_xor(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() ^ other.to_bits())
            }
            #[inline(always)]
            fn low_to_exponent(self) -> Self {
                Self::from_bits(self.to_bits() << (<$real>::MANTISSA_DIGITS - 1))
            }
            #[inline(always)]
            fn exponent_to_low(self) -> Self {
                Self::from_bits(self.to_bits() >> (<$real>::MANTISSA_DIGITS - 1))
            }
        }
    )* };
}

bits! { f32 f64 }
