//! Running sums, products and their kin against sums and products of the beginnings of each row.

use crate::reference::{Plain, assert_near, indices, outcome1, uniform};
use crate::{A, B, C, SIZES, agree};
use congruent::prelude::*;

#[test]
fn sums_and_products_so_far() {
    fn run<E: Real>(tolerance: f64) {
        for [a, b, c] in SIZES {
            let x = &uniform::<_, E>((A(a), B(b), C(c)), 7);
            let plain = &Plain::from(x);
            macro_rules! each {
                ($I:literal, $axis:literal) => {
                    let ends = |row: &[f64], f: fn(&[f64]) -> f64| (1..=row.len()).map(|end| f(&row[..end])).collect();
                    let check = |what, found: Plain, f| {
                        agree(what, plain, $axis, &found, tolerance, |row| ends(row, f));
                    };
                    check("cumsum", Plain::from(&x.cumsum_axis::<$I>().eval()), |row| row.iter().sum());
                    check("cumprod", Plain::from(&x.cumprod_axis::<$I>().eval()), |row| row.iter().product());
                    check("logcumsumexp", Plain::from(&x.logcumsumexp_axis::<$I>().eval()), |row| {
                        row.iter().map(|x| x.exp()).sum::<f64>().ln()
                    });
                };
            }
            each!(0, 0);
            each!(1, 1);
            each!(-1, 2);
        }
    }
    run::<f64>(1e-13);
    run::<f32>(1e-6);
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
