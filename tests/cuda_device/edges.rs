//! Every row of every table of formulas at numbers of all sizes, 0, infinities and NaN: those that `catalogue` holds
//! against mpmath on the processor.
//!
//! Apart from `pointwise`, which draws from the range of each row: there nothing overflows.

use crate::device;
use crate::entry::{catalogue, catalogue_on};

/// The operands of formulas of so many: all lists of the numbers of a grid.
fn points(count: usize) -> Vec<Vec<f64>> {
    let line = include_str!("../catalogue/extremes.txt").lines().nth(count - 1).expect("a grid");
    let number = |token: &str| match token {
        "n" => f64::NAN,
        "i" => f64::INFINITY,
        "-i" => f64::NEG_INFINITY,
        token => token.parse().expect("a number"),
    };
    let numbers: Vec<f64> = line.split(' ').skip(1).map(number).collect();
    let total = numbers.len().pow(count as u32);
    (0..count as u32).map(|k| (0..total).map(|i| numbers[i / numbers.len().pow(k) % numbers.len()]).collect()).collect()
}

/// Where found numbers are not the wanted ones, to `digits` of their size; `least` counts as 0.
fn compare(
    found: &[f64],
    wanted: &[f64],
    digits: f64,
    least: f64,
    what: &str,
    x: &[Vec<f64>],
    wrong: &mut Vec<String>,
) {
    for (i, (&found, &wanted)) in found.iter().zip(wanted).enumerate() {
        let zeros = found == 0.0 && wanted == 0.0 && found.is_sign_negative() != wanted.is_sign_negative();
        let same = found == wanted || (found.is_nan() && wanted.is_nan());
        let near = found.is_finite() && wanted.is_finite() && (found - wanted).abs() <= digits * wanted.abs() + least;
        if zeros || !(same || near) {
            let at: Vec<f64> = x.iter().map(|x| x[i]).collect();
            wrong.push(format!("{what} at {at:?}: {found:?} in place of {wanted:?}"));
        }
    }
}

#[test]
fn the_ends_of_all_formulas() {
    let Some(device) = device() else { return };
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (here, there) in catalogue().into_iter().zip(catalogue_on(device)) {
        let (name, x) = (here.row.name, points(here.row.samples.len()));
        let cotangent = vec![1.0; x[0].len()];
        let (found, wanted) = ((there.double)(&x, &cotangent), (here.double)(&x, &cotangent));
        compare(&found.values, &wanted.values, 1e-12, 1e-307, name, &x, &mut wrong);
        for (k, (found, wanted)) in found.gradients.into_iter().zip(wanted.gradients).enumerate() {
            compare(&found, &wanted, 1e-11, 1e-307, &format!("slope {k} of {name}"), &x, &mut wrong);
        }
        seen += x[0].len();
        let (found, wanted) = ((there.single)(&x), (here.single)(&x));
        compare(&found, &wanted, 1e-5, 1e-37, &format!("single {name}"), &x, &mut wrong);
    }
    assert!(seen > 5_000, "only {seen} points");
    assert!(wrong.is_empty(), "{} are wrong: {:#?}", wrong.len(), wrong);
}
