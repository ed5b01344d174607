//! What each element type is called, and how it is stored and converted.

use super::elem::{ByKind, Elem, Real, TruthValue, sealed};
use super::integer::Numeric;
use super::no_float::{Logical, NoFloat};
use crate::elements::{for_each_half, for_each_integer, for_each_number};
use crate::num::Half;

macro_rules! elements {
    ([$kind:ident, $integer:literal, $Float:ty] $($t:ident),*) => {$(
        impl sealed::Sealed for $t {}
        impl Elem for $t {
            type Float = $Float;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = $integer;
            #[cfg_attr(optimised, inline(always))]
            fn by_kind<T: ByKind<Self>>(work: T) -> T::Out { work.$kind() }
            #[cfg_attr(optimised, inline(always))]
            fn as_f64(self) -> f64 { self as f64 }
            #[cfg_attr(optimised, inline(always))]
            fn of_f64(value: f64) -> Self { value as $t }
            #[cfg_attr(optimised, inline(always))]
            fn as_i64(self) -> i64 { self as i64 }
            #[cfg_attr(optimised, inline(always))]
            fn of_i64(value: i64) -> Self { value as $t }
            #[cfg_attr(optimised, inline(always))]
            fn as_i128(self) -> i128 { self as i128 }
            #[cfg_attr(optimised, inline(always))]
            fn of_u64(value: u64) -> Self { value as $t }
            const BEYOND_I64: bool = $integer && $t::MAX as i128 > i64::MAX as i128;
            fn write_le(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
            fn read_le(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$t>()];
                own.copy_from_slice(bytes);
                $t::from_le_bytes(own)
            }
        }
    )*};
}
elements! { [with_floats, false, Self] f32, f64 }
for_each_integer!(elements [with_others, true, NoFloat]);

/// The 16-bit floats: stored in two bytes, computed with as `f32`.
macro_rules! halves {
    ($($t:ident),*) => {$(
        impl sealed::Sealed for half::$t {}
        impl Elem for half::$t {
            type Float = Self;
            const NAME: &'static str = stringify!($t);
            const INTEGER: bool = false;
            const NARROW: bool = true;
            #[cfg_attr(optimised, inline(always))]
            fn by_kind<T: ByKind<Self>>(work: T) -> T::Out { work.with_floats() }
            #[cfg_attr(optimised, inline(always))]
            fn as_f64(self) -> f64 { f64::from(self.widen()) }
            #[cfg_attr(optimised, inline(always))]
            fn of_f64(value: f64) -> Self { Half::narrow_f64(value) }
            #[cfg_attr(optimised, inline(always))]
            fn as_i64(self) -> i64 { self.widen() as i64 }
            #[cfg_attr(optimised, inline(always))]
            fn of_i64(value: i64) -> Self { Half::narrow_i64(value) }
            #[cfg_attr(optimised, inline(always))]
            fn of_u64(value: u64) -> Self { Half::narrow_u64(value) }
            #[cfg_attr(optimised, inline(always))]
            fn as_i128(self) -> i128 { self.widen() as i128 }
            fn write_le(self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_le_bytes()); }
            fn read_le(bytes: &[u8]) -> Self { Self::from_le_bytes([bytes[0], bytes[1]]) }
            fn shortest(self) -> String { Half::shortest(self) }
        }

        #[diagnostic::do_not_recommend]
        impl Real for half::$t {
            const EPSILON: f64 = <Self as Half>::EPSILON;
            type Precise = f32;
        }
    )*};
}
for_each_half!(halves);

impl sealed::Sealed for bool {}
impl TruthValue for bool {}
impl Elem for bool {
    type Float = NoFloat<Logical>;
    const NAME: &'static str = "bool";
    const INTEGER: bool = true;
    const TRUTH: bool = true;
    #[cfg_attr(optimised, inline(always))]
    fn by_kind<T: ByKind<Self>>(work: T) -> T::Out {
        work.with_others()
    }
    #[cfg_attr(optimised, inline(always))]
    fn as_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
    #[cfg_attr(optimised, inline(always))]
    fn of_f64(value: f64) -> Self {
        value != 0.0
    }
    #[cfg_attr(optimised, inline(always))]
    fn as_i64(self) -> i64 {
        i64::from(self)
    }
    #[cfg_attr(optimised, inline(always))]
    fn of_i64(value: i64) -> Self {
        value != 0
    }
    #[cfg_attr(optimised, inline(always))]
    fn of_u64(value: u64) -> Self {
        value != 0
    }
    fn write_le(self, out: &mut Vec<u8>) {
        out.push(u8::from(self));
    }
    fn read_le(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
}

/// TwoTypes types of numbers that meet: whether they are one, as a type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{E}` are not known to be one type or two",
    label = "in generic code, name one of both"
)]
pub trait PairedWith<E> {
    /// [`OneType`] or [`TwoTypes`].
    type Types;
}

/// OneType type of numbers.
pub struct OneType;

/// TwoTypes types of numbers.
pub struct TwoTypes;

#[diagnostic::do_not_recommend]
impl<E: Numeric> PairedWith<E> for E {
    type Types = OneType;
}

macro_rules! pairs {
    ($first:ty $(, $rest:ty)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl PairedWith<$rest> for $first {
                type Types = TwoTypes;
            }
            #[diagnostic::do_not_recommend]
            impl PairedWith<$first> for $rest {
                type Types = TwoTypes;
            }
        )*
        pairs! { $($rest),* }
    };
    () => {};
}
for_each_number!(pairs);

macro_rules! reals {
    ($($t:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Real for $t {
            const EPSILON: f64 = $t::EPSILON as f64;
            type Precise = $t;
        }
    )*};
}
reals! { f32, f64 }
