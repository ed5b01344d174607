//! What no finite difference sees: slopes at kinks, NaN, infinities. All of it is PyTorch's.

use crate::entry::{Entry, catalogue};

fn find(name: &str) -> Entry {
    let mut entries = catalogue();
    let place = entries.iter().position(|entry| entry.row.name == name);
    entries.swap_remove(place.unwrap_or_else(|| panic!("no row is named `{name}`")))
}

/// The value of an operation at one place in `f32` and in `f64`, and its slopes.
fn at(name: &str, x: &[f64]) -> ([f64; 2], Vec<f64>) {
    let entry = find(name);
    let operands: Vec<Vec<f64>> = x.iter().map(|&x| vec![x]).collect();
    let (single, double) = ((entry.single)(&operands), (entry.double)(&operands, &[1.0]));
    ([single[0], double.values[0]], double.gradients.iter().map(|gradient| gradient[0]).collect())
}

#[test]
fn slopes_at_kinks() {
    let cases = [
        ("abs", 0.0, 0.0, 0.0),
        ("relu", 0.0, 0.0, 0.0),
        ("relu6", 0.0, 0.0, 0.0),
        ("relu6", 6.0, 6.0, 0.0),
        ("leaky_relu", 0.0, 0.0, 0.01),
        ("elu", 0.0, 0.0, 1.0),
        ("celu", 0.0, 0.0, 1.0),
        ("hardtanh", -1.0, -1.0, 0.0),
        ("hardtanh", 1.0, 1.0, 0.0),
        ("hardsigmoid", -3.0, 0.0, 0.0),
        ("hardsigmoid", 3.0, 1.0, 0.0),
        ("hardswish", -3.0, 0.0, 0.0),
        ("hardswish", 3.0, 3.0, 1.0),
        ("hardshrink", 0.5, 0.0, 0.0),
        ("softshrink", -0.5, 0.0, 0.0),
        ("clamp", -0.5, -0.5, 1.0),
        ("clamp", 0.75, 0.75, 1.0),
        ("sqrt", 0.0, 0.0, f64::INFINITY),
        ("nan_to_num", 2.0, 2.0, 1.0),
    ];
    for (name, x, value, slope) in cases {
        let (found, slopes) = at(name, &[x]);
        assert!(found == [value; 2], "{name}({x}) = {found:?}, expected {value}");
        assert!(slopes == [slope], "slope of {name} at {x}: {slopes:?}, expected {slope}");
    }
}

#[test]
fn ties_and_edges_of_two() {
    let cases: [(&str, [f64; 2], f64, [f64; 2]); 12] = [
        ("maximum", [2.0, 2.0], 2.0, [0.5, 0.5]),
        ("minimum", [2.0, 2.0], 2.0, [0.5, 0.5]),
        ("pow", [0.0, 0.0], 1.0, [0.0, 0.0]),
        ("pow", [0.0, 2.0], 0.0, [0.0, 0.0]),
        ("xlogy", [0.0, 0.0], 0.0, [0.0, 0.0]),
        ("logaddexp", [f64::NEG_INFINITY, f64::NEG_INFINITY], f64::NEG_INFINITY, [0.5, 0.5]),
        ("logaddexp", [f64::INFINITY, 1.0], f64::INFINITY, [1.0, 0.0]),
        ("heaviside", [0.0, 0.5], 0.5, [0.0, 1.0]),
        ("prelu", [0.0, 0.25], 0.0, [0.25, 0.0]),
        ("floor_div", [-7.0, 2.0], -4.0, [0.0, 0.0]),
        ("floor_div", [-1.0, f64::INFINITY], -1.0, [0.0, 0.0]),
        ("floor_div", [1.0, 0.0], f64::INFINITY, [0.0, 0.0]),
    ];
    for (name, [x, y], value, slopes) in cases {
        let (found, found_slopes) = at(name, &[x, y]);
        assert!(found == [value; 2], "{name}({x}, {y}) = {found:?}, expected {value}");
        assert!(found_slopes == slopes, "slopes of {name} at {x}, {y}: {found_slopes:?}");
    }
    let ([_, quotient], _) = at("floor_div", &[1.0, 0.1]);
    assert_eq!(quotient, 9.0, "as in Python");
}

#[test]
fn clamping_by_tensors_sends_the_gradient_to_what_won() {
    let cases = [
        ([1.0, 1.0, 2.0], 1.0, [1.0, 0.0, 0.0]),
        ([0.0, 1.0, 2.0], 1.0, [0.0, 1.0, 0.0]),
        ([3.0, 1.0, 2.0], 2.0, [0.0, 0.0, 1.0]),
        ([0.0, 2.0, 1.0], 1.0, [0.0, 0.0, 1.0]),
    ];
    for (x, value, slopes) in cases {
        assert_eq!(at("clamp_tensor", &x), ([value; 2], slopes.to_vec()), "{x:?}");
    }
}

/// NaN in any operand comes out, but for the rows whose docs say otherwise.
#[test]
fn nan_comes_through() {
    let swallow = [
        ("nan_to_num", 0),
        ("heaviside", 1),
        ("copysign", 1),
        ("prelu", 1),
        ("choose", 0),
        ("choose", 1),
        ("hinge_term", 1),
    ];
    for entry in catalogue() {
        let name = entry.row.name;
        let middle: Vec<f64> = entry.row.samples.iter().map(|(low, high)| 0.6 * low + 0.4 * high).collect();
        for operand in 0..middle.len() {
            let mut x = middle.clone();
            x[operand] = f64::NAN;
            let (values, _) = at(name, &x);
            if entry.row.flat && values.iter().all(|value| [0.0, 1.0].contains(value)) {
                continue; // An indicator.
            }
            let swallowed = swallow.contains(&(name, operand));
            assert!(swallowed || values.iter().all(|value| value.is_nan()), "{name}: NaN became {values:?}");
        }
    }
    assert_eq!(at("nan_to_num", &[f64::NAN]), ([0.0; 2], vec![0.0]));
}

/// Far from 0 nothing cancels: the relative error stays that of the element type.
#[test]
fn tails_are_relatively_exact() {
    let cases = [
        ("sigmoid", -30.0, 9.357_622_968_839_299e-14, 9.357_622_968_838_423e-14),
        ("softplus", -30.0, 9.357_622_968_839_737e-14, 9.357_622_968_839_299e-14),
        ("logsigmoid", 30.0, -9.357_622_968_839_737e-14, 9.357_622_968_839_299e-14),
        ("silu", -30.0, -2.807_286_890_651_79e-12, -2.713_710_660_963_134e-12),
        ("mish", -30.0, -2.807_286_890_651_921e-12, -2.713_710_660_963_392e-12),
        ("elu", -20.0, -0.999_999_997_938_846_4, 2.061_153_622_438_558e-9),
        ("gelu", -5.0, -1.433_257_859_395_969_6e-6, -7.146_946_001_792_295e-6),
        ("gelu_tanh", -5.0, -2.291_796_196_629_506e-7, -1.546_361_987_532_594_6e-6),
        ("softsign", 1e6, 0.999_999_000_001, 9.999_980_000_03e-13),
    ];
    for (name, x, value, slope) in cases {
        let (found, slopes) = at(name, &[x]);
        for (found, relative) in found.into_iter().zip([4e-6, 1e-13]) {
            assert!((found / value - 1.0).abs() < relative, "{name}({x}) = {found:e}, expected {value:e}");
        }
        assert!((slopes[0] / slope - 1.0).abs() < 1e-12, "slope of {name} at {x}: {:e}", slopes[0]);
    }
}
