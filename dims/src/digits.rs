//! From typenum's binary numbers to decimal digits, by doubling.
//!
//! Apart from `canonical.rs`, which groups the digits into a dim: here only digits exist, and 22 impls reach any
//! magnitude. The method is "double dabble": read the bits from the highest, and for each one double the decimal number
//! and add the bit.

use std::marker::PhantomData;
use typenum::{B0, B1, UInt, UTerm};

/// No digits: the number 0.
pub struct Nil;

/// The digit `First`, then the more significant digits `Rest`.
pub struct Digits<First, Rest>(PhantomData<(First, Rest)>);

/// `2 · self + Bit`, on decimal digits.
pub trait Double<Bit> {
    /// The doubled number.
    type Out;
}

/// 2 · 0 + 0 = 0
impl Double<B0> for Nil {
    type Out = Nil;
}

/// 2 · 0 + 1 = 1
impl Double<B1> for Nil {
    type Out = Digits<_1, Nil>;
}

/// One row for a digit: the digit, its double without and with the incoming bit, and the bit that it carries on.
macro_rules! doubling {
    ($($digit:ident: $even:ident $odd:ident carries $carry:ident;)*) => {$(
        #[doc = concat!("The digit ", stringify!($digit), ".")]
        #[allow(non_camel_case_types, reason = "a digit is best named by itself")]
        pub struct $digit;

        impl<Rest: Double<$carry>> Double<B0> for Digits<$digit, Rest> {
            type Out = Digits<$even, Rest::Out>;
        }

        impl<Rest: Double<$carry>> Double<B1> for Digits<$digit, Rest> {
            type Out = Digits<$odd, Rest::Out>;
        }
    )*};
}

doubling! {
    _0: _0 _1 carries B0;
    _1: _2 _3 carries B0;
    _2: _4 _5 carries B0;
    _3: _6 _7 carries B0;
    _4: _8 _9 carries B0;
    _5: _0 _1 carries B1;
    _6: _2 _3 carries B1;
    _7: _4 _5 carries B1;
    _8: _6 _7 carries B1;
    _9: _8 _9 carries B1;
}

/// The decimal digits of a typenum number, the least significant first.
pub trait Decimal {
    /// The digits, without leading zeros.
    type Out;
}

/// 0 has no digits.
impl Decimal for UTerm {
    type Out = Nil;
}

/// digits(2 · u + b) = double(digits(u), b)
impl<U: Decimal<Out: Double<B>>, B> Decimal for UInt<U, B> {
    type Out = <U::Out as Double<B>>::Out;
}
