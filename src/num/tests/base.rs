//! The registers that every x86-64 processor has give what plain arrays give, bit for bit.

use super::edges::each_function;
use super::{Formula, Map, Visitor};
use crate::num::{Kernel, Level, Simd, base, pack::Pack, portable, with_level};

/// Numbers of all sizes, their negatives, and what is no number.
fn numbers() -> Vec<f64> {
    let sizes = (-160..=160).map(|e| 10_f64.powi(2 * e) * (1.0 + f64::from(e.rem_euclid(7)) / 9.0));
    let steps = (0..200).map(|i| f64::from(i) / 16.0);
    let edges = [0.0, f64::MIN_POSITIVE, 5e-324, 1e-40, 8388607.5, 8388608.5, f64::MAX, f64::INFINITY, f64::NAN];
    sizes.chain(steps).chain(edges).flat_map(|x| [x, -x]).collect()
}

/// A type whose numbers are computed in an array and in registers.
trait Both: Simd {
    fn of(x: f64) -> Self;
    /// The bits, of which those of all NaN are the same.
    fn bits(self) -> u64;
    fn in_array<K: Kernel<Self>>(kernel: K) -> K::Out;
    fn in_registers<K: Kernel<Self>>(kernel: K) -> K::Out;
}

macro_rules! both {
    ($element:ty: $register:ident) => {
        impl Both for $element {
            fn of(x: f64) -> Self {
                x as Self
            }
            fn bits(self) -> u64 {
                if self.is_nan() { u64::MAX } else { self.to_bits().into() }
            }
            fn in_array<K: Kernel<Self>>(kernel: K) -> K::Out {
                kernel.run::<Pack<portable::$register>>()
            }
            fn in_registers<K: Kernel<Self>>(kernel: K) -> K::Out {
                kernel.run::<Pack<base::$register>>()
            }
        }
    };
}

both!(f32: F32);
both!(f64: F64);

/// Holds a formula of `x` and `y` in arrays against one in registers.
struct Compare<E> {
    x: Vec<E>,
    y: Vec<E>,
}

impl<E: Both + std::fmt::Debug> Visitor for Compare<E> {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        let (mut array, mut registers) = (self.x.clone(), self.x.clone());
        E::in_array(Map { formula, x: &self.x, y: &self.y, out: &mut array });
        E::in_registers(Map { formula, x: &self.x, y: &self.y, out: &mut registers });
        for (i, (&array, &register)) in array.iter().zip(&registers).enumerate() {
            let (x, y) = (self.x[i], self.y[i]);
            assert_eq!(array.bits(), register.bits(), "{name} of {x:?}, {y:?}: {array:?} is {register:?}");
        }
    }
}

fn same_bits<E: Both + std::fmt::Debug>() {
    let x: Vec<E> = numbers().into_iter().map(E::of).collect();
    for turn in [0, 1, 7, 300] {
        let mut y = x.clone();
        y.rotate_left(turn);
        each_function(&mut Compare { x: x.clone(), y });
    }
}

#[test]
fn registers_and_arrays_give_the_same_bits() {
    // What the functions for single lanes do depends on the level, too.
    with_level(Level::Portable, || {
        same_bits::<f32>();
        same_bits::<f64>();
    });
}
