//! `Pack<V>`: every register type with the operators of numbers.
//!
//! Apart from `vector.rs` because this is written once for all registers, and from `lanes.rs` because functions over
//! lanes are made of it.

use super::Real;
use super::vector::Vector;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A register as a number.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Pack<V>(pub(super) V);

/// The operators with another pack and with a constant.
macro_rules! operators {
    ($($operator:ident $method:ident $hardware:ident;)*) => { $(
        impl<V: Vector> $operator for Pack<V> {
            type Output = Self;
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, other: Self) -> Self {
                Pack(self.0.$hardware(other.0))
            }
        }

        impl<V: Vector> $operator<f64> for Pack<V> {
            type Output = Self;
            #[cfg_attr(optimised, inline(always))]
            fn $method(self, other: f64) -> Self {
                Pack(self.0.$hardware(V::splat(V::Element::from_f64(other))))
            }
        }
    )* };
}

operators! { Add add plus; Sub sub minus; Mul mul times; Div div over; }

impl<V: Vector> Neg for Pack<V> {
    type Output = Self;
    #[cfg_attr(optimised, inline(always))]
    fn neg(self) -> Self {
        Pack(self.0.negated())
    }
}

impl<V: Vector> Pack<V> {
    /// `f` of each lane.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn map(self, f: impl FnMut(V::Element) -> V::Element) -> Self {
        let mut lanes = self.0.to_lanes();
        map_slice(lanes.as_mut(), f);
        Pack(V::from_lanes(lanes))
    }

    /// `f` of each pair of lanes.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn zip(self, other: Self, f: impl FnMut(V::Element, V::Element) -> V::Element) -> Self {
        let (mut lanes, others) = (self.0.to_lanes(), other.0.to_lanes());
        zip_slices(lanes.as_mut(), others.as_ref(), f);
        Pack(V::from_lanes(lanes))
    }

    /// Folds the upper half onto the lower one until one lane is left.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn fold(self, f: impl Fn(V::Element, V::Element) -> V::Element) -> V::Element {
        let mut lanes = self.0.to_lanes();
        let lanes = lanes.as_mut();
        let mut half = V::N / 2;
        while half > 0 {
            for i in 0..half {
                lanes[i] = f(lanes[i], lanes[i + half]);
            }
            half /= 2;
        }
        lanes[0]
    }
}

/// Out of line, so that one copy serves all loops.
#[inline(never)]
fn map_slice<E: Real>(lanes: &mut [E], mut f: impl FnMut(E) -> E) {
    for lane in lanes {
        *lane = f(*lane);
    }
}

/// Out of line, so that one copy serves all loops.
#[inline(never)]
fn zip_slices<E: Real>(lanes: &mut [E], others: &[E], mut f: impl FnMut(E, E) -> E) {
    for (lane, &other) in lanes.iter_mut().zip(others) {
        *lane = f(*lane, other);
    }
}
