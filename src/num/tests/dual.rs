//! Each function's derivative against central differences, and the conventions where there is none.

use super::{Formula, Visitor, formulas};
use crate::num::{Dual, Num};

formulas! { each_smooth:
    trigamma |x, y| x.polygamma(1);
    tetragamma |x, y| x.polygamma(2);
    cube |x, y| x.powi(3);
    inverse_square |x, y| x.powi(-2);
    maximum |x, y| x.maximum(y);
    minimum |x, y| x.minimum(y);
    fma |x, y| x.fma(y, x);
    sum |x, y| x + y * 2.0;
    difference |x, y| x - y / 3.0;
    product |x, y| x * y;
    quotient |x, y| x / y;
    negative |x, y| -x;
    constants |x, y| (x + 2.0 - 0.5) * V::c(3.0);
    chain |x, y| (x * x + y).sqrt() * y.sin();
    select_gt |x, y| V::select_gt(x, y, x * 2.0, y * 3.0);
    select_ge |x, y| V::select_ge(x, y, x * 2.0, y * 3.0);
    select_eq |x, y| V::select_eq(x, y, x * 2.0, y * 3.0);
}

/// Compares with central differences.
struct Differences;

impl Visitor for Differences {
    fn visit(&mut self, name: &'static str, formula: impl Formula) {
        let points = [0.3, 0.7, 1.3, 2.9, -0.4, -1.7, -3.2];
        let mut checked = 0;
        for (x, y) in points.into_iter().flat_map(|x| points.map(|y| (x, y + 0.13))) {
            let step = 1e-5;
            let dual =
                |x, dx, y, dy| formula.at(Dual { value: x, tangent: dx }, Dual { value: y, tangent: dy }).tangent;
            let by_x = (formula.at(x + step, y) - formula.at(x - step, y)) / (2.0 * step);
            let by_y = (formula.at(x, y + step) - formula.at(x, y - step)) / (2.0 * step);
            for (wanted, found) in [(by_x, dual(x, 1.0, y, 0.0)), (by_y, dual(x, 0.0, y, 1.0))] {
                if wanted.is_finite() {
                    let fine = (wanted - found).abs() <= 3e-8 * (1.0 + wanted.abs().powi(2));
                    assert!(fine, "{name}({x}, {y}): derivative {found}, difference {wanted}");
                    checked += 1;
                }
            }
        }
        assert!(checked >= 14, "{name}: only {checked} derivatives exist");
    }
}

#[test]
fn derivatives_are_central_differences() {
    each_smooth(&mut Differences);
}

/// `x` with derivative 1.
fn variable(x: f64) -> Dual<f64> {
    Dual { value: x, tangent: 1.0 }
}

/// `x` with derivative 0.
fn constant(x: f64) -> Dual<f64> {
    Dual::c(x)
}

#[test]
fn conventions_are_those_of_pytorch() {
    assert_eq!(variable(0.0).abs().tangent, 0.0);
    assert_eq!(variable(0.0).sqrt().tangent, f64::INFINITY);
    assert_eq!(variable(2.0).maximum(constant(2.0)).tangent, 0.5);
    assert_eq!(constant(2.0).minimum(variable(2.0)).tangent, 0.5);
    assert_eq!(variable(0.0).copysign(constant(-1.0)).tangent, 0.0);
    assert_eq!(variable(2.5).round().tangent, 0.0);
    assert_eq!(variable(f64::NAN).maximum(constant(1.0)).tangent, 1.0);
}

#[test]
fn powers_at_their_edges() {
    assert_eq!(variable(-2.0).powf(constant(2.0)).tangent, -4.0);
    assert_eq!(variable(0.0).powf(constant(0.0)).tangent, 0.0);
    assert_eq!(variable(0.0).powf(constant(1.0)).tangent, 1.0);
    assert_eq!(constant(0.0).powf(variable(2.0)).tangent, 0.0);
    assert_eq!(constant(0.0).powf(variable(-1.0)).tangent, f64::NEG_INFINITY);
    assert!(constant(-2.0).powf(variable(2.0)).tangent.is_nan());
    assert_eq!(variable(0.0).powi(0).tangent, 0.0);
    assert_eq!(variable(0.0).powi(1).tangent, 1.0);
    assert_eq!(variable(-3.0).powi(2).tangent, -6.0);
}

#[test]
fn tails_keep_their_derivatives() {
    let slope = variable(-50.0).sigmoid().tangent;
    assert!((slope / (-50.0_f64).exp() - 1.0).abs() < 1e-15);
    assert_eq!(variable(50.0).sigmoid().tangent, slope);
    assert_eq!(variable(800.0).softplus().tangent, 1.0);
    assert_eq!(variable(-800.0).softplus().tangent, 0.0);
    assert_eq!(variable(800.0).softplus().value, 800.0);
}

#[test]
fn duals_nest() {
    let x = Dual { value: variable(2.0), tangent: constant(1.0) };
    let cube = x.powi(3);
    assert_eq!((cube.value.value, cube.tangent.value, cube.tangent.tangent), (8.0, 12.0, 12.0));
}
