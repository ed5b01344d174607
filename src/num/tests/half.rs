//! 16-bit floats: every bit pattern, in the scalar conversions and in all registers.
//!
//! Apart from `memory.rs` because here the numbers count, not the places: all of them, and the halves between them.

use super::{Formula, at_each_level, map};
use crate::elements::{called_with_halves, for_each_half};
use crate::num::{Half, Level, Num, Simd, with_level};

/// The bits, and the `half` crate's own conversions, in software.
trait Reference: Half + Simd + PartialEq + std::fmt::Debug {
    fn bits(self) -> u16;
    fn of_bits(bits: u16) -> Self;
    fn to_single(self) -> f32;
    fn of_single(x: f32) -> Self;
}

macro_rules! reference {
    ($($half:ident),*) => { $(
        impl Reference for half::$half {
            fn bits(self) -> u16 {
                self.to_bits()
            }
            fn of_bits(bits: u16) -> Self {
                Self::from_bits(bits)
            }
            fn to_single(self) -> f32 {
                self.to_f32_const()
            }
            fn of_single(x: f32) -> Self {
                Self::from_f32_const(x)
            }
        }
    )* };
}
for_each_half!(reference);

fn all<E: Reference>() -> Vec<E> {
    (0..=u16::MAX).map(E::of_bits).collect()
}

fn every_pattern_becomes_its_number<E: Reference>() {
    for x in all::<E>() {
        let (found, wanted) = (x.widen(), x.to_single());
        assert!(found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan()), "{x:?}: {found}");
        let back = E::narrow(found);
        assert!(back == x || found.is_nan(), "{x:?} comes back as {back:?}");
        assert_eq!(back.bits() >> 15, x.bits() >> 15, "the sign of {x:?}");
        assert_eq!(back.widen().is_nan(), wanted.is_nan());
        assert!(E::shortest(x).parse::<f64>().is_ok_and(|name| E::narrow_f64(name) == x) || wanted.is_nan());
    }
}

#[test]
fn every_half_becomes_its_number() {
    for_each_half!(called_with_halves every_pattern_becomes_its_number());
}

/// Numbers all over `f32`, and those around the middle of two neighbours.
fn singles<E: Reference>() -> Vec<f32> {
    let every = (0..=u32::MAX).step_by(20_011).map(f32::from_bits);
    let middle = |bits: u16| {
        let (low, high) = (f64::from(E::of_bits(bits).widen()), f64::from(E::of_bits(bits + 1).widen()));
        (0.5 * (low + high)) as f32
    };
    let middles = (0..0x7fff).chain(0x8000..0xffff).map(middle).filter(|x| x.is_finite());
    every.chain(middles.flat_map(|x| [x, x.next_up(), x.next_down()])).collect()
}

fn rounding_is_to_the_nearest<E: Reference>() {
    for x in singles::<E>() {
        let (found, wanted) = (E::narrow(x), E::of_single(x));
        assert!(found.bits() == wanted.bits(), "{x:e} is rounded to {found:?}, not {wanted:?}");
    }
}

#[test]
fn singles_are_rounded_to_the_nearest_half() {
    for_each_half!(called_with_halves rounding_is_to_the_nearest());
}

/// `x` lies between the middles of the neighbours of what it is rounded to; a tie has gone to the even one.
fn is_nearest<E: Reference>(x: f64, found: E) -> bool {
    let value = |bits: u16| f64::from(E::of_bits(bits).widen());
    let (bits, own) = (found.bits(), f64::from(found.widen()));
    let away = |other: u16| (x - value(other)).abs();
    let lower =
        bits & 0x7fff == 0 || away(bits - 1) > (x - own).abs() || (away(bits - 1) == (x - own).abs() && bits % 2 == 0);
    lower && (away(bits + 1) > (x - own).abs() || (away(bits + 1) == (x - own).abs() && bits % 2 == 0))
}

fn doubles_are_rounded_once<E: Reference>() {
    let steps = [0.5, 0.5 + 1e-9, 0.5 - 1e-9, 0.5 + 1e-15, 0.5 - 1e-15, 0.25, 0.999_999_999];
    for bits in (0..0x7b00).step_by(7).chain((0x8000..0xfb00).step_by(13)) {
        let (low, high) = (f64::from(E::of_bits(bits).widen()), f64::from(E::of_bits(bits + 1).widen()));
        for x in steps.map(|step| low + (high - low) * step) {
            let found = E::narrow_f64(x);
            assert!(is_nearest(x, found), "{x:e} is rounded to {found:?}");
        }
    }
    for (x, wanted) in [(1e300, f32::INFINITY), (-1e300, f32::NEG_INFINITY), (1e-300, 0.0), (0.0, 0.0)] {
        assert_eq!(E::narrow_f64(x).widen(), wanted);
    }
    assert!(E::narrow_f64(f64::NAN).widen().is_nan() && E::narrow_f64(-1e-300).widen().is_sign_negative());
}

#[test]
fn doubles_and_integers_are_rounded_once() {
    for_each_half!(called_with_halves doubles_are_rounded_once());
    // Just above the middle of two neighbours, by less than `f64` can tell.
    let middle = (1i64 << 62) + (1 << 54);
    use half::{bf16, f16};
    let up = bf16::from_f64((1i64 << 62) as f64 + (1i64 << 55) as f64);
    assert_eq!((bf16::narrow_i64(middle + 1), bf16::narrow_i64(-middle - 1)), (up, -up));
    assert_eq!(bf16::narrow_i64(middle), bf16::from_f64((1i64 << 62) as f64));
    assert_eq!((f16::narrow_i64(65_504), f16::narrow_i64(65_520)), (f16::MAX, f16::INFINITY));
    assert_eq!((f16::narrow_i64(-3), f16::narrow_i64(i64::MIN)), (f16::from_f32(-3.0), f16::NEG_INFINITY));
}

/// `x`, as it is.
#[derive(Clone, Copy)]
struct Same;
impl Formula for Same {
    #[cfg_attr(optimised, inline(always))]
    fn at<V: Num>(self, x: V, _: V) -> V {
        x
    }
}

/// `x / y + x`: exactly rounded steps, which all registers take alike.
#[derive(Clone, Copy)]
struct Steps;
impl Formula for Steps {
    #[cfg_attr(optimised, inline(always))]
    fn at<V: Num>(self, x: V, y: V) -> V {
        x / y + x
    }
}

fn registers_agree<E: Reference>() {
    let (x, mut y) = (all::<E>(), all::<E>());
    y.rotate_right(12_345);
    let portable = with_level(Level::Portable, || [map(Same, &x, &x), map(Steps, &x, &y)]);
    for (&x, &same) in x.iter().zip(&portable[0]) {
        assert!(same.bits() == x.bits() || x.to_single().is_nan() && same.to_single().is_nan(), "{x:?} is {same:?}");
    }
    for ((&x, &y), &found) in x.iter().zip(&y).zip(&portable[1]) {
        let (a, b) = (x.to_single(), y.to_single());
        let wanted = E::of_single(a / b + a);
        assert!(
            found == wanted || found.to_single().is_nan() && wanted.to_single().is_nan(),
            "{x:?}, {y:?}: {found:?}"
        );
    }
    at_each_level(|level| {
        // From the second on: an odd number, so that the last register is not full.
        let found = [map(Same, &x[1..], &x[1..]), map(Steps, &x[1..], &y[1..])];
        for (found, wanted) in found.iter().zip(&portable).flat_map(|(found, wanted)| found.iter().zip(&wanted[1..])) {
            let same = found.bits() == wanted.bits() || found.to_single().is_nan() && wanted.to_single().is_nan();
            assert!(same, "{level:?}: {found:?}, not {wanted:?}");
        }
    });
}

#[test]
fn all_registers_give_the_same_bits() {
    for_each_half!(called_with_halves registers_agree());
}
