//! Lanes agree with scalars at the edges: signed zeros, subnormal, huge and infinite numbers, NaN.

use super::{Formula, at_each_level, formulas, map};
use crate::num::{Num, Scalar};

formulas! { each_function, Functions:
    exp |x, y| x.exp();
    exp2 |x, y| x.exp2();
    exp_m1 |x, y| x.exp_m1();
    ln |x, y| x.ln();
    log2 |x, y| x.log2();
    log10 |x, y| x.log10();
    ln_1p |x, y| x.ln_1p();
    sqrt |x, y| x.sqrt();
    rsqrt |x, y| x.rsqrt();
    recip |x, y| x.recip();
    cbrt |x, y| x.cbrt();
    sin |x, y| x.sin();
    cos |x, y| x.cos();
    tan |x, y| x.tan();
    asin |x, y| x.asin();
    acos |x, y| x.acos();
    atan |x, y| x.atan();
    sinh |x, y| x.sinh();
    cosh |x, y| x.cosh();
    tanh |x, y| x.tanh();
    asinh |x, y| x.asinh();
    acosh |x, y| x.acosh();
    atanh |x, y| x.atanh();
    erf |x, y| x.erf();
    erfc |x, y| x.erfc();
    erfinv |x, y| x.erfinv();
    lgamma |x, y| x.lgamma();
    digamma |x, y| x.digamma();
    polygamma |x, y| x.polygamma(2);
    floor |x, y| x.floor();
    ceil |x, y| x.ceil();
    round |x, y| x.round();
    trunc |x, y| x.trunc();
    abs |x, y| x.abs();
    sign |x, y| x.sign();
    copysign |x, y| x.copysign(y);
    powf |x, y| x.powf(y);
    powi |x, y| x.powi(-3);
    atan2 |x, y| x.atan2(y);
    hypot |x, y| x.hypot(y);
    rem |x, y| x.rem(y);
    fmod |x, y| x.fmod(y);
    maximum |x, y| x.maximum(y);
    minimum |x, y| x.minimum(y);
    sigmoid |x, y| x.sigmoid();
    softplus |x, y| x.softplus();
    at_least |x, y| x.at_least(-1.5);
    is_nan |x, y| x.is_nan();
    is_inf |x, y| x.is_inf();
    is_finite |x, y| x.is_finite();
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

impl Functions for Compare {
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

impl Functions for Alone {
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
