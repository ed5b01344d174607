//! Functions that are computed from lists of numbers, where numbers or their squares come to the ends of the range.
//!
//! Apart from `numpy`, which has what NumPy gives: there it is NaN, 0 or infinite.

mod reference;

use congruent::prelude::*;
use reference::assert_near;

dims! { A = ?, B = ? }

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

fn of(values: &[f64]) -> Tensor<(A,), f64> {
    Cpu.from_slice((A(values.len()),), values).unwrap()
}

fn vector(values: &[f64]) -> Tensor<(B,), f64> {
    Cpu.from_slice((B(values.len()),), values).unwrap()
}

#[test]
fn interpolation_reaches_the_ends_of_the_range() {
    const MAX: f64 = f64::MAX;
    let run = |x: f64, xp: [f64; 2], fp: [f64; 2]| of(&[x]).interp(&vector(&xp), &vector(&fp)).eval().as_slice()[0];
    // NumPy's: the slope, then the same from the right end, then the value that both ends have.
    for (x, xp, fp, y) in [
        (0.5, [0.0, 1.0], [INF, INF], INF),
        (0.5, [0.0, 1.0], [3.0, INF], INF),
        (0.5, [0.0, 1.0], [INF, 1.0], INF),
        (0.5, [0.0, 1.0], [-INF, INF], NAN),
        (-5.0, [-INF, 0.0], [1.0, 1.0], 1.0),
        (-5.0, [-INF, 0.0], [2.0, 1.0], 1.0),
        (5.0, [0.0, INF], [2.0, 1.0], 2.0),
        (5.0, [-INF, INF], [2.0, 2.0], 2.0),
        (5.0, [-INF, INF], [2.0, 1.0], NAN),
        (0.5, [0.0, 1.0], [NAN, 1.0], NAN),
    ] {
        assert_near(&format!("{x} {xp:?} {fp:?}"), &[run(x, xp, fp)], &[y], 0.0, 1.0);
    }
    // Where a difference or a slope leaves the range, and NumPy's result is 0 or NaN.
    for (x, xp, fp, y) in [
        (0.0, [-MAX, MAX], [0.0, 10.0], 5.0),
        (-MAX / 2.0, [-MAX, MAX], [0.0, 10.0], 2.5),
        (MAX / 2.0, [-MAX, MAX], [-MAX, MAX], MAX / 2.0),
        (0.5, [0.0, 1.0], [-MAX, MAX], 0.0),
        (0.75, [0.0, 1.0], [MAX, -MAX], -MAX / 2.0),
        (5e-324, [0.0, 1e-323], [0.0, 1e300], 5e299),
        (5e99, [0.0, 1e100], [0.0, 1e-300], 5e-301),
    ] {
        let found = run(x, xp, fp);
        assert!((found - y).abs() <= 1e-15 * y.abs(), "{x} {xp:?} {fp:?}: {found} is not {y}");
    }
    let slopes = |x: f64, xp: [f64; 2], fp: [f64; 2]| {
        let m: (Param<(A,), Weights<f64>>, Param<(B,), Weights<f64>>) = (of(&[x]).into(), vector(&fp).into());
        let (_, (dx, dfp)) = m.value_and_grad(|(x, fp)| x.interp(&vector(&xp), fp).sum()).unwrap();
        [dx.as_slice()[0], dfp.as_slice()[0], dfp.as_slice()[1]]
    };
    assert_near("wide", &slopes(0.0, [-MAX, MAX], [-MAX, MAX]), &[1.0, 0.5, 0.5], 1e-15, 1.0);
    assert_near("from the right", &slopes(-5.0, [-INF, 0.0], [2.0, 1.0]), &[0.0, 0.0, 1.0], 0.0, 1.0);
    assert_near("from the left", &slopes(5.0, [0.0, INF], [2.0, 1.0]), &[0.0, 1.0, 0.0], 0.0, 1.0);
    assert_near("equal", &slopes(0.5, [0.0, 1.0], [INF, INF]), &[0.0, 0.5, 0.5], 0.0, 1.0);
    assert_near("at", &slopes(-INF, [-INF, 0.0], [2.0, 1.0]), &[0.0, 1.0, 0.0], 0.0, 1.0);
}

#[test]
fn central_differences_reach_the_ends_of_the_range() {
    let y = of(&[1.0, 4.0, 7.0]);
    for s in [1e-300, 1e-170, 1e-100, 1e100, 1e160, 1e200, 1e300] {
        let found = y.central_diff_at::<0>(&of(&[0.0, s, 3.0 * s])).eval();
        // (1² · 7 + (2² - 1²) · 4 - 2² · 1) / 6 in the middle.
        let scaled: Vec<f64> = found.to_vec().iter().map(|y| y * s).collect();
        assert_near(&format!("{s}"), &scaled, &[3.0, 2.5, 1.5], 1e-14, 1.0);
        let m: Param<(A,), Weights<f64>> = y.clone().into();
        let (_, dx) = m.value_and_grad(|x| x.central_diff_at::<0>(&of(&[0.0, s, 3.0 * s])).sum()).unwrap();
        let scaled: Vec<f64> = dx.as_slice().iter().map(|dx| dx * s).collect();
        assert_near(&format!("{s}"), &scaled, &[-5.0 / 3.0, 1.0, 2.0 / 3.0], 1e-14, 1.0);
    }
    let far = of(&[-f64::MAX, 1.0, f64::MAX]).central_diff::<0>(1e10).eval();
    assert_near("wide values", &[far.as_slice()[1] / 1e298], &[f64::MAX / 1e298 / 1e10], 1e-15, 1.0);
    let wide = of(&[-3.0, 1.0, 5.0]).central_diff::<0>(1.5e308).eval();
    assert_near("wide steps", &[wide.as_slice()[1] * 1.5e308], &[4.0], 1e-12, 1.0);
}

#[test]
fn equal_samples_have_no_deviation() {
    for n in (1..40).chain([99, 100, 1000]) {
        for c in [0.1, 0.3, 1.0 / 3.0, 7.7, 1e10 / 3.0, 1e-10 / 3.0, 1e300 / 7.0, 5e-324, -f64::MAX] {
            let row = |i: usize| if i < n { c } else { ((i * i) % 7) as f64 };
            let m = Cpu.from_fn((D::<2>, B(n)), row);
            let found = m.corrcoef().eval();
            let [own, both, _, other] = found.as_slice() else { panic!("four") };
            assert!(own.is_nan() && both.is_nan(), "{n} times {c}: {own} {both}");
            assert_eq!(other.is_nan(), n == 1, "{n}");
            assert_eq!(m.cov(0).eval().as_slice()[..2], [0.0; 2], "{n} times {c}");
            let single = m.cast::<f32>().eval().corrcoef().eval();
            assert!(single.as_slice()[0].is_nan(), "{n} times {c}");
        }
    }
    let m: Param<(D<2>, D<3>), Weights<f64>> = Cpu.tensor_of([[0.1; 3], [1.0, 2.0, 4.0]]).into();
    let (_, slopes) = m.value_and_grad(|m| m.cov(1).sum()).unwrap();
    assert!(slopes.as_slice().iter().all(|dx| dx.abs() < 10.0));
    let (_, slopes) = m.value_and_grad(|m| m.corrcoef().sum()).unwrap();
    assert!(slopes.as_slice()[..3].iter().all(|dx| dx.is_nan()));
}

#[test]
fn covariances_reach_the_ends_of_the_range() {
    let base = [1.0, -1.0, 1.5, 0.25];
    let other = [-2.0, 0.5, 1.0, 0.125];
    let of = |s: f64, t: f64| Cpu.from_fn((D::<2>, D::<4>), |i| if i < 4 { base[i] * s } else { other[i - 4] * t });
    let expected = of(1.0, 1.0).corrcoef().eval();
    let cov = of(1.0, 1.0).cov(1).eval();
    let upper = Cpu.tensor_of::<f64, _>([[0.0, 1.0], [0.0, 0.0]]);
    let step = |s: f64, t: f64| {
        let m: Param<(D<2>, D<4>), Weights<f64>> = of(s, t).into();
        let (_, dx) = m.value_and_grad(|m| m.corrcoef().square().sum()).unwrap();
        let (_, by_cov) = m.value_and_grad(|m| (m.cov(1) * &upper).sum()).unwrap();
        (dx, by_cov)
    };
    let (slopes, by_cov) = step(1.0, 1.0);
    let sizes = [-1060, -1020, -1000, -800, -520, -300, 0, 300, 511, 520, 800, 1000, 1021];
    for (a, b) in sizes.iter().flat_map(|&a| sizes.map(|b| (a, b))) {
        let (s, t) = (2f64.powi(a / 2) * 2f64.powi(a - a / 2), 2f64.powi(b / 2) * 2f64.powi(b - b / 2));
        let what = format!("2^{a} 2^{b}");
        let m = of(s, t);
        assert_near(&what, m.corrcoef().eval().as_slice(), expected.as_slice(), 1e-15, 1.0);
        let scaled = |x: f64, [k, l]: [i32; 2]| {
            // In halves, so that what fits is not lost on the way.
            let halves = [k / 2, k - k / 2, l / 2, l - l / 2].map(|k| 2f64.powi(k));
            if k.signum() == l.signum() || k == 0 || l == 0 {
                halves.iter().fold(x, |x, y| x * y)
            } else {
                x * (halves[0] * halves[2]) * (halves[1] * halves[3])
            }
        };
        let by = [[a, a], [a, b], [b, a], [b, b]];
        let wanted: Vec<f64> = cov.as_slice().iter().zip(by).map(|(&x, by)| scaled(x, by)).collect();
        for (found, wanted) in m.cov(1).eval().as_slice().iter().zip(wanted) {
            let near = (found / wanted - 1.0).abs() < 1e-14 || (found - wanted).abs() <= 1e-323;
            assert!(*found == wanted || near, "{what}: {found} is not {wanted}");
        }
        let (dx, dcov) = step(s, t);
        for i in 0..8 {
            let (own, its) = if i < 4 { (a, b) } else { (b, a) };
            let wanted = scaled(slopes.as_slice()[i], [-own, 0]);
            let found = dx.as_slice()[i];
            assert!(found == wanted || (found / wanted - 1.0).abs() < 1e-12, "{what}: slope {found} is not {wanted}");
            let wanted = scaled(by_cov.as_slice()[i], [its, 0]);
            let found = dcov.as_slice()[i];
            let near = (found / wanted - 1.0).abs() < 1e-12 || (found - wanted).abs() <= 1e-323;
            assert!(found == wanted || near, "{what}: slope {found} is not {wanted}");
        }
    }
    let max = f64::MAX;
    let wide = Cpu.tensor_of::<f64, _>([[max, -max, -max], [max, max, -max]]);
    assert_near("widest", wide.corrcoef().eval().as_slice(), &[1.0, 0.5, 0.5, 1.0], 1e-15, 1.0);
    assert_eq!(wide.cov(1).eval().as_slice()[0], INF);
}

#[cfg(feature = "linalg")]
#[track_caller]
fn refused<T>(run: impl FnOnce() -> T, text: &str) {
    let error = attempt(run).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains(text), "{error:?} does not say {text:?}");
}

#[cfg(feature = "linalg")]
#[test]
fn fits_reach_the_ends_of_the_range() {
    let (at, y) = ([0.0, 1.0, 2.0, 3.0, 4.5], [1.0, 2.5, 0.0, -1.0, 4.0]);
    let fit = |e: i32, f: i32| {
        let points = of(&at.map(|x| x * 10f64.powi(e)));
        points.polyfit(&of(&y.map(|y| y * 10f64.powi(f))), D::<3>).eval().to_vec()
    };
    let expected = fit(0, 0);
    for e in [-100, -60, -50, 0, 50, 60, 100, 102] {
        for f in [-200, 0, 200] {
            if !(-300..300).contains(&(f - 3 * e)) {
                continue;
            }
            let back = |(k, c): (usize, f64)| (0..3 - k).fold(c, |c, _| c * 10f64.powi(e)) / 10f64.powi(f);
            let found: Vec<f64> = fit(e, f).into_iter().enumerate().map(back).collect();
            assert_near(&format!("1e{e} 1e{f}"), &found, &expected, 1e-11, 1.0);
        }
    }
    let line = |s: f64| {
        let x = of(&[0.0, s, 2.0 * s, 3.0 * s]);
        x.polyfit(&of(&[1.0, 3.0, 5.0, 7.0]), D::<1>).eval().to_vec()
    };
    for s in [1e-300, 1e-170, 1e-160, 1e160, 1e200, 5e307] {
        let [slope, at_zero] = line(s)[..] else { panic!("two") };
        assert_near(&format!("{s}"), &[slope * s, at_zero], &[2.0, 1.0], 1e-13, 1.0);
    }
    let y = of(&[1.0, 2.0, 4.0, 7.0]);
    let cubic = |s: f64| of(&[0.0, s, 2.0 * s, 3.0 * s]).polyfit(&y, D::<2>).eval().to_vec();
    assert_near("a coefficient below the range is 0", &cubic(1e170)[..1], &[0.0], 0.0, 1.0);
    refused(|| cubic(1e-170), "polyfit: inf as the coefficient of power 2 is not allowed");
    let single = Cpu.tensor([0.0, 1e-20, 2e-20]);
    refused(|| single.polyfit(&Cpu.tensor([0.0, 1.0, 4.0]), D::<2>).eval(), "polyfit: inf as the coefficient");
    let m: Param<(A,), Weights<f64>> = y.clone().into();
    for s in [1e-100, 1e100] {
        let x = of(&[0.0, s, 2.0 * s, 4.0 * s]);
        let (_, found) = m.value_and_grad(|y| x.polyfit(y, D::<2>).sum()).unwrap();
        let (x, weights) = (of(&[0.0, 1.0, 2.0, 4.0]), Cpu.tensor_of::<f64, _>([1.0 / s / s, 1.0 / s, 1.0]));
        let (_, unit) = m.value_and_grad(|y| (x.polyfit(y, D::<2>) * &weights).sum()).unwrap();
        let most = unit.as_slice().iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let scaled = |g: &[f64]| g.iter().map(|x| x / most).collect::<Vec<_>>();
        assert_near(&format!("{s}"), &scaled(found.as_slice()), &scaled(unit.as_slice()), 1e-12, 1.0);
    }
    // Of high degrees the powers themselves, and their squares.
    let high = |x: f64| of(&[0.0, x]).polyfit(&of(&[1.0, 3.0]), D::<1100>).eval().to_vec();
    let (found, ones) = (high(1.0), 1100.0);
    assert_near("1100", &[found[0], found[1099], found[1100]], &[2.0 / ones, 2.0 / ones, 1.0], 1e-12, 1.0);
    refused(|| of(&[0.0, 0.74]).polyfit(&of(&[1.0, 3.0]), D::<5000>).eval(), "polyfit");
    refused(|| of(&[INF, 1.0]).polyfit(&of(&[1.0, 2.0]), D::<1>).eval(), "polyfit: inf at position 0 is not allowed");
    refused(|| of(&[1.0, NAN]).polyfit(&of(&[1.0, 2.0]), D::<1>).eval(), "polyfit: NaN at position 1 is not allowed");
}
