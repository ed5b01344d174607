//! How floats are laid out, which range reductions and roundings need.
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
        }
    )* };
}

bits! { f32 f64 }
