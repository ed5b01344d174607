//! Running formulas: every one against what its reduction gives of the beginnings of each row, with gradients by
//! differences; differences of neighbours.

use crate::gradients::gradient_agrees;
use crate::reference::{Plain, assert_near, indices, outcome1, uniform};
use crate::{A, B, C, SIZES, agree};
use congruent::ops::{RunningForm, RunningRow, RunningVisitor, every_running_formula};
use congruent::prelude::*;

/// The plain loop of a reduction: a running formula of a new one has it here.
fn plain(reduction: &str) -> fn(&[f64]) -> f64 {
    match reduction {
        "sum" => |row| row.iter().sum(),
        "prod" => |row| row.iter().product(),
        "max" => |row| row.iter().fold(f64::NEG_INFINITY, |a, &b| if a.is_nan() || a > b { a } else { b }),
        "min" => |row| row.iter().fold(f64::INFINITY, |a, &b| if a.is_nan() || a < b { a } else { b }),
        "logsumexp" => |row| row.iter().map(|x| x.exp()).sum::<f64>().ln(),
        name => panic!("`{name}` has no plain loop to be compared with"),
    }
}

/// Visits every running formula and counts them.
macro_rules! each_running_formula {
    (|$row:ident, $method:ident| $check:block) => {{
        struct Each(usize);
        impl RunningVisitor for Each {
            fn running<M: RunningForm>(&mut self, $row: &RunningRow, $method: M) {
                self.0 += 1;
                $check
            }
        }
        let mut each = Each(0);
        every_running_formula(&mut each);
        assert!(each.0 >= 5, "only {} rows were found", each.0);
    }};
}

/// What runs along each row, by `reduce` of its beginnings.
fn beginnings(reduce: fn(&[f64]) -> f64) -> impl Fn(&[f64]) -> Vec<f64> {
    move |row| (1..=row.len()).map(|end| reduce(&row[..end])).collect()
}

fn along_every_axis<E: Real>(row: &RunningRow, method: impl RunningForm, tolerance: f64) {
    let reduce = plain(row.reduction);
    for [a, b, c] in SIZES.into_iter().chain([[0, 3, 2], [3, 0, 2], [1, 1021, 1]]) {
        let x = &uniform::<_, E>((A(a), B(b), C(c)), 7);
        macro_rules! along {
            ($($I:literal is $axis:literal),*) => {$(
                let found = Plain::from(&method.axis::<$I, _>(x).eval());
                agree(row.name, &Plain::from(x), $axis, &found, tolerance, beginnings(reduce));
            )*};
        }
        along! { 0 is 0, 1 is 1, -1 is 2 }
    }
    // Memory that lies otherwise, and what is computed on the way.
    let x = &uniform::<_, E>((A(3), B(4), C(5)), 8);
    let turned = Plain::from(x).permuted(&[2, 1, 0]);
    let found = Plain::from(&method.axis::<0, _>(x.transpose::<0, 2>()).eval());
    agree(row.name, &turned, 0, &found, tolerance, beginnings(reduce));
    let found = Plain::from(&method.axis::<1, _>(x.transpose::<0, 2>() * 1.0).eval());
    agree(row.name, &turned, 1, &found, tolerance, beginnings(reduce));
}

#[test]
fn every_running_formula_along_every_axis() {
    each_running_formula! { |row, method| {
        along_every_axis::<f64>(row, method, 1e-13);
        along_every_axis::<f32>(row, method, 1e-6);
    } }
}

#[test]
fn every_running_formula_has_the_gradient_of_differences() {
    each_running_formula! { |row, method| {
        let x = &uniform::<_, f64>((A(3), B(4), C(5)), 17);
        gradient_agrees(row.name, x, |x| method.axis::<0, _>(x));
        gradient_agrees(row.name, x, |x| method.axis::<1, _>(x * 3.0));
        gradient_agrees(row.name, x, |x| method.axis::<-1, _>(x.transpose::<0, 2>()));
    } }
}

/// NaN spreads to the end of its row and to no other; of nothing there is nothing.
#[test]
fn every_running_formula_keeps_nan_in_its_row() {
    each_running_formula! { |row, method| {
        let x = Cpu.from_fn((A(3), B(5)), |i| if i == 7 { f32::NAN } else { 0.5 });
        let y = method.axis::<1, _>(&x).eval();
        let nan: Vec<usize> = (0..15).filter(|&i| y.as_slice()[i].is_nan()).collect();
        assert_eq!(nan, [7, 8, 9], "{}", row.name);
        assert!(method.axis::<0, _>(&Cpu.full((A(0), B(3)), 1.0f32)).eval().is_empty());
    } }
}

#[test]
fn differences_of_neighbours() {
    macro_rules! check {
        ($shape:expr, $I:literal, $axis:literal) => {{
            let x = &uniform::<_, f64>($shape, 7);
            let plain = Plain::from(x);
            let found = outcome1(x, |x| x.diff_axis::<$I>().boxed());
            let mut back = Plain::zeros(&plain.dims);
            for index in indices(&found.y.dims) {
                let mut next = index.clone();
                next[$axis] += 1;
                assert_eq!(found.y.at(&index), plain.at(&next) - plain.at(&index));
                back.add(&next, found.cotangent.at(&index));
                back.add(&index, -found.cotangent.at(&index));
            }
            assert_near("gradient of diff", &found.gradients[0].values, &back.values, 1e-13, 1.0);
        }};
    }
    check!((D::<7>,), 0, 0);
    check!((A(17), D::<2>), -1, 1);
    check!((A(2), D::<5>, C(33)), 1, 1);
    check!((D::<1>, B(3)), 0, 0);
    check!((D::<4>, B(0)), 0, 0);
    let x = Cpu.tensor([[1.0, 4.0], [2.0, 8.0]]);
    assert_eq!((&x * 2.0).t().diff_axis::<0>().eval(), Cpu.tensor([[6.0, 12.0]]));
}

/// A million tenths in `f32`: as good as in `f64`.
#[test]
fn long_running_sums_are_accurate() {
    let tenths = Cpu.full((A(1_000_000),), 0.1f32).cumsum_axis::<0>().eval();
    let exact = f64::from(0.1f32) * 1e6;
    assert!((f64::from(tenths.as_slice()[999_999]) / exact - 1.0).abs() < 1e-7);
}

#[test]
fn running_formulas_at_the_edges() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let x = Cpu.tensor_of::<f64, _>([-inf, -inf, 1000.0, 1001.0, inf, inf, 3.0, nan, 1.0]);
    let later = 1001.0 + (-1.0f64).exp().ln_1p();
    let expected = [-inf, -inf, 1000.0, later, inf, inf, inf, nan, nan];
    assert_near("logcumsumexp", x.logcumsumexp_axis::<0>().eval().as_slice(), &expected, 1e-15, 1.0);
    let y = Cpu.tensor_of::<f64, _>([1.0, inf, -inf, 1.0]);
    assert_near("cumsum", y.cumsum_axis::<0>().eval().as_slice(), &[1.0, inf, nan, nan], 0.0, 1.0);
    let none = Cpu.full((A(0), B(3)), 1.0);
    assert!(none.cumsum_axis::<0>().eval().is_empty() && none.cummax_axis::<1>().eval().is_empty());
    assert!(none.sort_axis::<0>().eval().is_empty() && none.argsort_axis::<1>().is_empty());
    assert_eq!((none.topk::<0, 0>().1.len(), none.topk::<2, 1>().1.len()), (0, 0));
}
