//! Lanes agree with scalars at the edges: signed zeros, subnormal, huge and infinite numbers, NaN.

use super::{Formula, Visitor, at_each_level, formulas, map};
use crate::num::{Num, Scalar};

formulas! { each_function:
    polygamma |x, y| x.polygamma(2);
    powi |x, y| x.powi(-3);
    maximum |x, y| x.maximum(y);
    minimum |x, y| x.minimum(y);
    at_least |x, y| x.at_least(-1.5);
    select_gt |x, y| V::select_gt(x, y, x, y + 1.0);
    select_ge |x, y| V::select_ge(x, y, x, y + 1.0);
    select_eq |x, y| V::select_eq(x, y, x, y + 1.0);
    add |x, y| x + y;
    sub |x, y| x - y;
    mul |x, y| x * y;
    div |x, y| x / y;
    neg |x, y| -x;
    constants |x, y| (x + 1.5 - 0.25) * 3.0 / 7.0;
}

/// Arguments at the edges of a type.
macro_rules! edges {
    ($real:ident) => {{
        let tiny = $real::MIN_POSITIVE;
        let sizes = [
            0.0,
            $real::from_bits(1),
            tiny / 8.0,
            tiny,
            1e-20,
            0.25,
            0.5,
            0.75,
            1.0,
            1.5,
            2.0,
            2.5,
            3.0,
            7.9,
            88.0,
            1e4,
            9e4,
            1.1e5,
            8_388_609.0,
            3e9,
            1e20,
            $real::MAX,
            $real::INFINITY,
            $real::NAN,
        ];
        sizes.iter().flat_map(|&x| [x, -x]).collect::<Vec<$real>>()
    }};
}

/// Each element with each.
fn pairs<E: Copy>(of: &[E]) -> (Vec<E>, Vec<E>) {
    of.iter().flat_map(|&x| of.iter().map(move |&y| (x, y))).unzip()
}

/// Compares with the scalars.
struct Compare {
    single: (Vec<f32>, Vec<f32>),
    double: (Vec<f64>, Vec<f64>),
}

/// Equal, zeros with their signs, or a few units of the last place apart.
fn agree(found: f64, wanted: f64, epsilon: f64, tiny: f64) -> bool {
    let same_zero = wanted != 0.0 || found.is_sign_negative() == wanted.is_sign_negative();
    let near = (found - wanted).abs() <= (4.0 * epsilon * wanted.abs()).max(2.0 * epsilon * tiny);
    (found.is_nan() && wanted.is_nan()) || (same_zero && (found == wanted || near))
}

impl Visitor for Compare {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        at_each_level(|level| {
            let (x, y) = &self.single;
            for (i, found) in map(formula, x, y).into_iter().enumerate() {
                let wanted = formula.at(Scalar(x[i]), Scalar(y[i])).0;
                let fine = agree(found.into(), wanted.into(), f32::EPSILON.into(), f32::MIN_POSITIVE.into());
                assert!(fine, "{level:?} {name}({:e}, {:e}) = {found:e}, not {wanted:e}", x[i], y[i]);
            }
            let (x, y) = &self.double;
            for (i, found) in map(formula, x, y).into_iter().enumerate() {
                let wanted = formula.at(x[i], y[i]);
                let fine = agree(found, wanted, f64::EPSILON, f64::MIN_POSITIVE);
                assert!(fine, "{level:?} {name}({:e}, {:e}) = {found:e}, not {wanted:e}", x[i], y[i]);
            }
        });
    }
}

#[test]
fn lanes_agree_with_scalars() {
    each_function(&mut Compare { single: pairs(&edges!(f32)), double: pairs(&edges!(f64)) });
}

/// Compares the bits of each lane with the same argument alone.
struct Alone;

impl Visitor for Alone {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        let arguments = edges!(f32);
        at_each_level(|level| {
            for (x, y) in arguments.iter().zip(map(formula, &arguments, &arguments)) {
                let alone = map(formula, &[*x], &[*x])[0];
                let same = alone.to_bits() == y.to_bits() || (alone.is_nan() && y.is_nan());
                assert!(same, "{level:?} {name}({x:e}) is {alone:e} alone and {y:e} among others");
            }
        });
    }
}

#[test]
fn a_lane_does_not_depend_on_its_neighbours() {
    each_function(&mut Alone);
}

#[test]
fn rounding_conventions() {
    assert_eq!(Num::round(2.5_f64), 2.0);
    assert_eq!(Num::rem(-7.0_f64, 3.0), 2.0);
    assert_eq!(Num::rem(7.0_f64, -3.0), -2.0);
    assert_eq!(Num::fmod(-7.0_f64, 3.0), -1.0);
    for (x, y) in [(1.0, f64::NAN), (f64::NAN, 1.0)] {
        assert!(f64::is_nan(Num::maximum(x, y)) && f64::is_nan(Num::minimum(x, y)));
    }
    assert!(Num::sign(f64::NAN).is_nan());
    assert_eq!(Num::powi(f64::NAN, 0), 1.0);
}
