//! Functions that are computed from lists of numbers: against NumPy's results, and their gradients against differences.
//!
//! Apart from the catalogue, whose rows are formulas of single elements.

mod reference;

use congruent::ops::ScatterReduce;
use congruent::ops::order::Interpolation;
use congruent::prelude::*;
use reference::{Outcome, assert_near, outcome1, outcome2, uniform};

dims! { A = ?, B = ?, C = ?, G = ? }

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// The gradient of `Σ y · cotangent` against differences of it.
#[track_caller]
fn agrees(what: &str, found: &Outcome, operand: usize, at: &[f64], value: impl Fn(&[f64]) -> Vec<f64>) {
    assert_near(what, &found.y.values, &value(at), 1e-12, 1.0);
    let total = |at: &[f64]| value(at).iter().zip(&found.cotangent.values).map(|(y, c)| y * c).sum::<f64>();
    let moved = |i: usize, by: f64| {
        let mut at = at.to_vec();
        at[i] += by;
        total(&at)
    };
    let slopes: Vec<f64> = (0..at.len()).map(|i| (moved(i, 1e-6) - moved(i, -1e-6)) / 2e-6).collect();
    assert_near(what, &found.gradients[operand].values, &slopes, 1e-6, 1.0);
}

fn of(values: &[f64]) -> Tensor<(A,), f64> {
    Cpu.from_slice((A(values.len()),), values).unwrap()
}

fn vector(values: &[f64]) -> Tensor<(B,), f64> {
    Cpu.from_slice((B(values.len()),), values).unwrap()
}

#[track_caller]
fn refused<T>(run: impl FnOnce() -> T, text: &str) {
    let error = attempt(run).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains(text), "{error:?} does not say {text:?}");
}

#[test]
fn interpolation_is_numpys() {
    let x = of(&[-1.0, 0.0, 0.25, 1.0, 1.5, 2.999, 3.0, 7.0, NAN]);
    let (xp, fp) = (vector(&[0.0, 1.0, 1.25, 3.0]), vector(&[2.0, -1.0, 5.5, 0.125]));
    let expected = [2.0, 2.0, 1.25, -1.0, 4.732142857142857, 0.1280714285714275, 0.125, 0.125, NAN];
    assert_near("interp", x.interp(&xp, &fp).eval().as_slice(), &expected, 0.0, 1.0);
    assert_eq!(of(&[-INF, INF]).interp(&xp, &fp).eval().as_slice(), [2.0, 0.125]);
    let one = vector(&[5.0]);
    assert_eq!(of(&[4.0, 5.0, 6.0]).interp(&one, &vector(&[7.0])).eval().as_slice(), [7.0; 3]);
    assert!(of(&[]).interp(&xp, &fp).eval().is_empty());
    // A point has its value, also beside an infinite one.
    assert_eq!(of(&[0.0]).interp(&vector(&[0.0, 1.0]), &vector(&[3.0, INF])).eval().as_slice(), [3.0]);
    let half = |values: &[f64]| vector(values).cast::<f16>().eval();
    let y = half(&[0.5, 1.5]).interp(&half(&[0.0, 1.0, 2.0]), &half(&[0.0, 10.0, 30.0])).eval();
    assert_eq!(y.to_vec(), [5.0, 20.0].map(f16::from_f64));
}

#[test]
fn interpolation_has_gradients_by_both() {
    let (x, xp) = (of(&[-1.0, 0.3, 0.9, 1.1, 2.5, 9.0]), vector(&[0.0, 1.0, 1.25, 3.0]));
    let fp = vector(&[2.0, -1.0, 5.5, 0.125]);
    let found = outcome2((&x, &fp), |x, fp| x.interp(&xp, fp).boxed());
    agrees("interp by x", &found, 0, x.as_slice(), |at| of(at).interp(&xp, &fp).eval().to_vec());
    agrees("interp by fp", &found, 1, fp.as_slice(), |at| x.interp(&xp, &vector(at)).eval().to_vec());
}

#[test]
fn interpolation_asks_for_points_that_increase() {
    let x = of(&[0.5]);
    let run = |xp: &[f64], fp: &[f64]| x.interp(&vector(xp), &vector(fp)).eval();
    refused(
        || run(&[0.0, 0.0], &[1.0, 2.0]),
        "interp: 0 after 0, at position 1 is not allowed, the points must increase",
    );
    refused(|| run(&[1.0, 0.0], &[1.0, 2.0]), "0 after 1");
    refused(|| run(&[0.0, NAN], &[1.0, 2.0]), "must increase");
    refused(|| run(&[NAN], &[1.0]), "must increase");
    refused(|| run(&[], &[]), "interp: the list of points is empty");
    refused(|| run(&[0.0, 1.0, 2.0], &[1.0, 2.0]), "interp");
}

#[test]
fn polynomials_are_numpys() {
    let x = of(&[0.0, 0.5, 1.25, 2.0, 3.5, 4.0, 4.75]);
    let p = vector(&[0.5, -1.0, 0.0, 2.0]);
    let expected = [2.0, 1.8125, 1.4140625, 2.0, 11.1875, 18.0, 33.0234375];
    assert_eq!(x.polyval(&p).eval().as_slice(), expected);
    assert_eq!(x.polyval(&vector(&[])).eval().as_slice(), [0.0; 7]);
    assert_near("constant", of(&[NAN, 1.0]).polyval(&vector(&[3.0])).eval().as_slice(), &[NAN, 3.0], 0.0, 1.0);
    let found = outcome2((&x, &p), |x, p| x.polyval(p).boxed());
    agrees("polyval by x", &found, 0, x.as_slice(), |at| of(at).polyval(&p).eval().to_vec());
    agrees("polyval by p", &found, 1, p.as_slice(), |at| x.polyval(&vector(at)).eval().to_vec());
    let matrix = uniform::<_, f32>((A(3), D::<2>), 1);
    assert_eq!(matrix.polyval(&Cpu.tensor([1.0, 0.0])).eval(), matrix);
}

#[test]
fn central_differences_are_numpys() {
    let at = of(&[0.0, 0.5, 1.25, 2.0, 3.5, 4.0, 4.75]);
    let y = of(&[1.0, 0.2, -0.7, 0.1, 2.5, 3.1, 2.2]);
    let even = [-3.2, -3.4, -0.2, 6.4, 6.0, -0.5999999999999996, -3.5999999999999996];
    assert_near("even", y.central_diff::<0>(0.25).eval().as_slice(), &even, 0.0, 1.0);
    let uneven = [-1.6, -1.44, -0.06666666666666667, 1.2444444444444445, 1.3000000000000007, 0.23999999999999977, -1.2];
    assert_near("uneven", y.central_diff_at::<0>(&at).eval().as_slice(), &uneven, 1e-14, 1.0);
    let m = Cpu.tensor_of::<f64, _>([[1.0, 2.5, -3.0, 4.0], [0.5, 0.25, 8.0, -1.0], [3.0, 3.0, 2.0, -7.0]]);
    let rows = [-1.0, -4.5, 22.0, -10.0, 2.0, 0.5, 5.0, -11.0, 5.0, 5.5, -12.0, -12.0];
    assert_eq!(m.central_diff::<0>(0.5).eval().as_slice(), rows);
    let columns = [1.5, -2.0, 0.75, 7.0, -0.25, 3.75, -0.625, -9.0, 0.0, -0.5, -5.0, -9.0];
    assert_eq!(m.central_diff::<-1>(1.0).eval().as_slice(), columns);
    assert_eq!(m.t().central_diff::<0>(1.0).t().eval().as_slice(), columns);
    assert!(Cpu.zeros_of::<f64, _>((A(0), D::<3>)).central_diff::<1>(1.0).eval().is_empty());
    refused(|| of(&[1.0]).central_diff::<0>(1.0).eval(), "central_diff: an axis of 1 elements is not allowed");
    for size in [2, 3, 7, 17] {
        let (x, places) =
            (uniform::<_, f64>((A(size), B(3)), 5), of(&(0..size).map(|i| (i * i + i) as f64).collect::<Vec<_>>()));
        let again = |at: &[f64]| Cpu.from_slice((A(size), B(3)), at).unwrap();
        let found = outcome1(&x, |x| x.central_diff::<0>(0.3).boxed());
        agrees("central", &found, 0, x.as_slice(), |at| again(at).central_diff::<0>(0.3).eval().to_vec());
        let found = outcome1(&x, |x| x.central_diff_at::<0>(&places).boxed());
        agrees("central at", &found, 0, x.as_slice(), |at| again(at).central_diff_at::<0>(&places).eval().to_vec());
    }
}

const M: [[f64; 4]; 3] = [[1.0, 2.5, -3.0, 4.0], [0.5, 0.25, 8.0, -1.0], [3.0, 3.0, 2.0, -7.0]];

#[test]
fn covariances_are_numpys() {
    let m = Cpu.tensor_of::<f64, _>(M);
    let [a, b, c, d] = [-11.864583333333332, -8.208333333333332, 7.770833333333333, 23.583333333333332];
    assert_near("cov", m.cov(1).eval().as_slice(), &[9.0625, a, b, a, 16.765625, c, b, c, d], 1e-14, 1.0);
    assert_near("cov(0)", &[m.cov(0).eval().as_slice()[0]], &[6.796875], 1e-14, 1.0);
    let [a, b, c] = [-0.9625396029481, -0.5614723575725721, 0.3908005135061842];
    assert_near("corrcoef", m.corrcoef().eval().as_slice(), &[1.0, a, b, a, 1.0, c, b, c, 1.0], 1e-14, 1.0);
    // Large means cost no digits, nor does any size of the numbers.
    let far = Cpu.tensor_of::<f64, _>([[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], [2e300, 1e300, 0.0]]);
    assert_near("far", far.corrcoef().eval().as_slice(), &[1.0, -1.0, -1.0, 1.0], 1e-12, 1.0);
    assert_near("far", &[far.cov(1).eval().as_slice()[0]], &[1.0], 1e-12, 1.0);
    let flat = Cpu.tensor_of::<f64, _>([[1.0, 1.0], [1.0, 2.0]]);
    assert_near("no deviation", flat.corrcoef().eval().as_slice(), &[NAN, NAN, NAN, 1.0], 1e-15, 1.0);
    assert!(flat.cov(2).eval().to_vec().iter().all(|x| x.is_nan()));
    assert!(Cpu.zeros_of::<f32, _>((A(0), B(4))).cov(1).eval().is_empty());
    assert!(Cpu.zeros_of::<f32, _>((A(2), B(0))).corrcoef().eval().to_vec().iter().all(|x| x.is_nan()));
}

#[test]
fn covariances_have_gradients() {
    let m = uniform::<_, f64>((A(4), B(7)), 3);
    let again = |at: &[f64]| Cpu.from_slice((A(4), B(7)), at).unwrap();
    let found = outcome1(&m, |m| m.cov(1).boxed());
    agrees("cov", &found, 0, m.as_slice(), |at| again(at).cov(1).eval().to_vec());
    let found = outcome1(&m, |m| m.corrcoef().boxed());
    agrees("corrcoef", &found, 0, m.as_slice(), |at| again(at).corrcoef().eval().to_vec());
}

#[cfg(feature = "linalg")]
#[test]
fn fits_are_numpys() {
    let at = of(&[0.0, 0.5, 1.25, 2.0, 3.5, 4.0, 4.75]);
    let y = of(&[1.0, 0.2, -0.7, 0.1, 2.5, 3.1, 2.2]);
    assert_near("0", at.polyfit(&y, D::<0>).eval().as_slice(), &[1.2], 1e-13, 1.0);
    assert_near("1", at.polyfit(&y, D::<1>).eval().as_slice(), &[0.5896705253784507, -0.1478183437221726], 1e-13, 1.0);
    let cubic = [-0.26732125229273407, 2.0704170990312183, -3.570489737549075, 1.1719776054644973];
    assert_near("3", at.polyfit(&y, D::<3>).eval().as_slice(), &cubic, 1e-12, 1.0);
    let through = at.polyfit(&y, D::<6>).eval();
    assert_near("6", at.polyval(&through).eval().as_slice(), y.as_slice(), 1e-11, 1.0);
    let found = outcome1(&y, |y| at.polyfit(y, D::<2>).boxed());
    agrees("polyfit", &found, 0, y.as_slice(), |y| at.polyfit(&of(y), D::<2>).eval().to_vec());
    refused(|| at.polyfit(&of(&[1.0]), D::<1>).eval(), "polyfit");
    refused(|| of(&[NAN, 1.0]).polyfit(&of(&[1.0, 2.0]), D::<1>).eval(), "finite");
    assert_eq!(of(&[]).polyfit(&of(&[]), D::<1>).eval().as_slice(), [0.0; 2]);
}

#[test]
fn several_quantiles_are_numpys() {
    let m = Cpu.tensor_of::<f64, _>(M);
    let all = m.quantiles([0.1, 0.5, 0.9]).eval();
    assert_near("all", all.as_slice(), &[-2.8, 1.5, 3.9], 1e-15, 1.0);
    let rows = m.quantiles_axis::<1>([0.25, 0.75]).eval();
    assert_near("rows", rows.as_slice(), &[0.0, -0.0625, -0.25, 2.875, 2.375, 3.0], 1e-15, 1.0);
    let columns = m.quantiles_axis::<0>(&vector(&[0.25, 0.75])).eval();
    assert_eq!(columns.shape(), (B(2), D::<4>));
    assert_near("columns", columns.as_slice(), &[0.75, 1.375, -0.5, -4.0, 2.0, 2.75, 5.0, 1.5], 1e-15, 1.0);
    let x = of(&[4.0, NAN, 1.0]);
    assert!(x.quantiles([0.0, 1.0]).eval().to_vec().iter().all(|x| x.is_nan()));
    assert_eq!(of(&[4.0, 1.0]).quantiles([(0.4, Interpolation::Lower)]).eval().as_slice(), [1.0]);
    refused(|| m.quantiles([0.5, 1.5]).eval(), "quantile: 1.5 is not allowed");
    refused(|| of(&[]).quantiles([0.5]).eval(), "empty");
    let x = uniform::<_, f64>((A(5), B(3)), 3);
    let again = |at: &[f64]| Cpu.from_slice((A(5), B(3)), at).unwrap();
    let found = outcome1(&x, |x| x.quantiles_axis::<0>([0.1, 0.5, 1.0]).boxed());
    agrees("quantiles", &found, 0, x.as_slice(), |at| again(at).quantiles_axis::<0>([0.1, 0.5, 1.0]).eval().to_vec());
    for q in [0.0, 0.3, 1.0] {
        assert_eq!(x.quantiles_axis::<1>([q]).eval().to_vec(), x.quantile_axis::<1>(q).eval().to_vec());
    }
}

#[test]
fn groups_are_reduced() {
    let x = Cpu.tensor_of::<f64, _>([[1.0, -2.0], [3.0, 5.0], [0.5, 4.0], [7.0, 0.25]]);
    let ids = Cpu.tensor([1, 0, 1, -1]);
    let of = |how| x.segment_reduce::<0, _>(&ids, G(4), how).eval().to_vec();
    assert_eq!(of(ScatterReduce::Sum), [3.0, 5.0, 1.5, 2.0, 0.0, 0.0, 7.0, 0.25]);
    assert_near("mean", &of(ScatterReduce::Mean), &[3.0, 5.0, 0.75, 1.0, NAN, NAN, 7.0, 0.25], 0.0, 1.0);
    assert_eq!(of(ScatterReduce::Prod), [3.0, 5.0, 0.5, -8.0, 1.0, 1.0, 7.0, 0.25]);
    assert_eq!(of(ScatterReduce::Max), [3.0, 5.0, 1.0, 4.0, -INF, -INF, 7.0, 0.25]);
    assert_eq!(of(ScatterReduce::Min), [3.0, 5.0, 0.5, -2.0, INF, INF, 7.0, 0.25]);
    let across = x.segment_reduce::<1, _>(&Cpu.tensor([2, 2]), D::<3>, ScatterReduce::Mean).eval();
    assert_near("axis 1", &across.as_slice()[..6], &[NAN, NAN, -0.5, NAN, NAN, 4.0], 0.0, 1.0);
    let halves = Cpu.full((A(3),), f16::from_f32(60_000.0));
    let mean = halves.segment_reduce::<0, _>(&Cpu.zeros_of::<i64, _>((A(3),)), D::<1>, ScatterReduce::Mean).eval();
    assert_eq!(mean.to_vec(), [f16::from_f32(60_000.0)]);
    let large = Cpu.full((A(3),), 1.5e308);
    let mean = large.segment_reduce::<0, _>(&Cpu.zeros_of::<u8, _>((A(3),)), D::<1>, ScatterReduce::Mean).eval();
    assert_near("large", mean.as_slice(), &[1.5e308], 1e-15, 1.0);
    const MAX: f64 = f64::MAX;
    for (values, mean) in [([MAX, MAX, -INF, 1.0], -INF), ([MAX, MAX, -MAX, -MAX], 0.0), ([MAX, MAX, INF, -INF], NAN)] {
        let values = Cpu.from_slice((A(4),), &values).unwrap();
        let zeros = Cpu.zeros_of::<u8, _>((A(4),));
        let found = values.segment_reduce::<0, _>(&zeros, D::<1>, ScatterReduce::Mean).eval();
        assert_near("ends", found.as_slice(), &[mean], 0.0, 1.0);
        let own = Cpu.zeros_of::<f64, _>((D::<1>,));
        let zeros = Cpu.zeros_of::<i64, _>((A(4),));
        let found = own.scatter_reduce::<0>(&zeros, &values, ScatterReduce::Mean).eval();
        assert_near("ends", found.as_slice(), &[mean], 0.0, 1.0);
    }
    refused(|| x.segment_reduce::<0, _>(&ids, G(1), ScatterReduce::Sum).eval(), "index 1 at position 0 is outside");
    let short = Cpu.from_slice((A(2),), &[0i64, 0]).unwrap();
    refused(|| halves.segment_reduce::<0, _>(&short, G(1), ScatterReduce::Sum).eval(), "2 indices for 3 slices");
    let none = Cpu.zeros_of::<f32, _>((A(0),));
    let sums = none.segment_reduce::<0, _>(&Cpu.zeros_of::<i64, _>((A(0),)), G(2), ScatterReduce::Sum).eval();
    assert_eq!(sums.as_slice(), [0.0; 2]);
    for how in [ScatterReduce::Sum, ScatterReduce::Mean, ScatterReduce::Prod, ScatterReduce::Max, ScatterReduce::Min] {
        let x = uniform::<_, f64>((A(7), B(3)), 4);
        let ids = Cpu.from_slice((A(7),), &[0, 2, 2, 1, 0, 2, 1]).unwrap();
        let again = |at: &[f64]| Cpu.from_slice((A(7), B(3)), at).unwrap();
        let found = outcome1(&x, |x| x.segment_reduce::<0, _>(&ids, G(3), how).boxed());
        let run = |at: &[f64]| again(at).segment_reduce::<0, _>(&ids, G(3), how).eval().to_vec();
        agrees(&format!("{how:?}"), &found, 0, x.as_slice(), run);
    }
    let ties: Param<(A,), Weights<f64>> = Cpu.from_slice((A(3),), &[2.0, 2.0, 1.0]).unwrap().into();
    let zeros = Cpu.zeros_of::<i64, _>((A(3),));
    let step = ties.value_and_grad(|x| x.segment_reduce::<0, _>(&zeros, D::<1>, ScatterReduce::Max).sum());
    assert_eq!(step.unwrap().1.as_slice(), [0.5, 0.5, 0.0]);
}

#[test]
fn elements_come_as_often_as_told() {
    let x = Cpu.tensor([[1, 2], [3, 4], [5, 6]]);
    let rows = x.repeat_interleave_each::<0>(&Cpu.tensor([2, 0, 1]), C).eval();
    assert_eq!((rows.shape(), rows.as_slice()), ((C(3), D::<2>), &[1, 2, 1, 2, 5, 6][..]));
    let columns = x.repeat_interleave_each::<-1>(&Cpu.tensor_of::<u8, _>([0, 3]), C).eval();
    assert_eq!(columns.as_slice(), [2, 2, 2, 4, 4, 4, 6, 6, 6]);
    assert!(x.repeat_interleave_each::<0>(&Cpu.tensor([0, 0, 0]), C).eval().is_empty());
    assert!(
        Cpu.zeros_of::<bool, _>((A(0),))
            .repeat_interleave_each::<0>(&Cpu.zeros_of::<i64, _>((A(0),)), C)
            .eval()
            .is_empty()
    );
    refused(|| x.repeat_interleave_each::<0>(&Cpu.tensor([1, -1, 0]), C).eval(), "-1 at position 1 is not allowed");
    refused(|| x.repeat_interleave_each::<0>(&Cpu.tensor([1, 1, 0]), |_| D::<3>).eval(), "has shape [2]");
    refused(|| of(&[1.0]).repeat_interleave_each::<0>(&Cpu.zeros_of::<i64, _>((A(2),)), C).eval(), "2 counts");
    refused(|| x.repeat_interleave_each::<0>(&Cpu.tensor([i64::MAX, i64::MAX, i64::MAX]), C).eval(), "");
    let y = uniform::<_, f64>((A(3), B(2)), 4);
    let counts = Cpu.from_slice((A(3),), &[3, 0, 2]).unwrap();
    let again = |at: &[f64]| Cpu.from_slice((A(3), B(2)), at).unwrap();
    let found = outcome1(&y, |y| y.repeat_interleave_each::<0>(&counts, C).boxed());
    let run = |at: &[f64]| again(at).repeat_interleave_each::<0>(&counts, C).eval().to_vec();
    agrees("repeat", &found, 0, y.as_slice(), run);
}

#[test]
fn decimals_are_rounded_as_by_numpy() {
    let x = of(&[2.675, -1.005, 0.125, 1250.0, 1350.0, 15.0, 25.0, 0.285, -0.04, 123456.789]);
    let table: [(i32, [f64; 10]); 7] = [
        (0, [3.0, -1.0, 0.0, 1250.0, 1350.0, 15.0, 25.0, 0.0, -0.0, 123457.0]),
        (1, [2.7, -1.0, 0.1, 1250.0, 1350.0, 15.0, 25.0, 0.3, -0.0, 123456.8]),
        (2, [2.68, -1.0, 0.12, 1250.0, 1350.0, 15.0, 25.0, 0.28, -0.04, 123456.79]),
        (5, [2.675, -1.005, 0.125, 1250.0, 1350.0, 15.0, 25.0, 0.285, -0.04, 123456.789]),
        (-1, [0.0, -0.0, 0.0, 1250.0, 1350.0, 20.0, 20.0, 0.0, -0.0, 123460.0]),
        (-2, [0.0, -0.0, 0.0, 1200.0, 1400.0, 0.0, 0.0, 0.0, -0.0, 123500.0]),
        (-4, [0.0, -0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.0, 120000.0]),
    ];
    for (decimals, expected) in table {
        let found = x.round_to(decimals).eval();
        assert_eq!(found.as_slice(), expected, "{decimals}");
        let signs = |values: &[f64]| values.iter().map(|x| x.is_sign_negative()).collect::<Vec<_>>();
        assert_eq!(signs(found.as_slice()), signs(&expected), "{decimals}");
    }
    let edges = of(&[0.0, 1e308, -INF, NAN, 5e-324]);
    for decimals in [400, 308, 40, 3] {
        let found = edges.round_to(decimals).eval();
        assert_near("edges", &found.as_slice()[..4], &[0.0, 1e308, -INF, NAN], 0.0, 1.0);
        let single = Cpu.tensor([0.0, 3e38, 1.5]).round_to(decimals).eval();
        assert_eq!(single.as_slice(), [0.0, 3e38, 1.5], "{decimals}");
    }
    assert_near("whole", edges.round_to(-400).eval().as_slice(), &[0.0, 0.0, -INF, NAN, 0.0], 0.0, 1.0);
    assert_eq!(Cpu.tensor([7.0, -3e38]).round_to(-40).eval().as_slice(), [0.0, 0.0]);
    let w: Param<Shape![2]> = Cpu.tensor([1.234, 5.0]).into();
    assert_eq!(w.value_and_grad(|w| w.round_to(1).sum()).unwrap().1.as_slice(), [0.0, 0.0]);
}

#[test]
fn the_first_condition_that_holds_decides() {
    let x = of(&[-2.0, -0.5, 0.5, 3.0, NAN]);
    let y = select(((x.lt(-1.0), -1.0), (x.lt(0.0), &x), (x.lt(1.0), x.square())), 9.0).eval();
    assert_eq!(y.as_slice(), [-1.0, -0.5, 0.25, 9.0, 9.0]);
    let stored = Cpu.tensor_of::<bool, _>([[true], [false]]);
    let z = select(((&stored, &Cpu.tensor([1, 2])), (Cpu.tensor([5, 0]).gt(1), 7)), 0).eval();
    assert_eq!(z, Cpu.tensor([[1, 2], [7, 0]]));
    let one = select(((x.gt(0.0), &x),), 0.0).eval();
    assert_eq!(one.as_slice(), [0.0, 0.0, 0.5, 3.0, 0.0]);
    let w: (Param<Shape![3]>, Param<Shape![3]>) =
        (Cpu.tensor([-1.0, 0.5, 2.0]).into(), Cpu.tensor([3.0, 3.0, 3.0]).into());
    let (_, (dx, dy)) = w.value_and_grad(|(x, y)| select(((x.lt(0.0), x * 5.0), (x.lt(1.0), y)), 1.0).sum()).unwrap();
    assert_eq!((dx.as_slice(), dy.as_slice()), (&[5.0, 0.0, 0.0][..], &[0.0, 1.0, 0.0][..]));
}
