//! Sorting and its kin against plain loops: over ranks, axes and sizes, with ties, NaN and infinities; gradients by
//! differences.

mod reference;

use congruent::graph::Boxed;
use congruent::ops::order::{Interpolation, Side};
use congruent::prelude::*;
use reference::{Plain, assert_near, outcome1, uniform};
use std::cmp::Ordering;

dims! { A = ?, B = ?, C = ? }

const SIZES: [[usize; 3]; 8] =
    [[2, 3, 4], [7, 1, 17], [1, 17, 7], [17, 7, 2], [3, 2, 65], [2, 70, 1], [1, 1, 1], [5, 2, 3]];

/// Numbers with many ties, NaN, infinities and both zeros.
fn awkward(i: usize) -> f64 {
    const PLACES: [f64; 11] = [0.0, -1.0, f64::NAN, 2.5, -0.0, f64::INFINITY, 1.0, -1.0, f64::NEG_INFINITY, 2.5, 0.5];
    PLACES[(i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % PLACES.len()]
}

fn ascending(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// The places of the rows along an axis, in the order of what is left without it.
fn rows(dims: &[usize], axis: usize) -> Vec<Vec<usize>> {
    let inner: usize = dims[axis + 1..].iter().product();
    let outer: usize = dims[..axis].iter().product();
    let row = |start: usize| (0..dims[axis]).map(|i| start + i * inner).collect();
    (0..outer * inner).map(|r| row(r / inner * dims[axis] * inner + r % inner)).collect()
}

/// Compares a result of `keep` numbers a row with what `plain` makes of each row.
#[track_caller]
fn agree(what: &str, x: &Plain, axis: usize, found: &Plain, tolerance: f64, plain: impl Fn(&[f64]) -> Vec<f64>) {
    let what = format!("{what} of {:?} along {axis}", x.dims);
    let places = rows(&x.dims, axis);
    let expected: Vec<_> =
        places.iter().map(|row| plain(&row.iter().map(|&p| x.values[p]).collect::<Vec<_>>())).collect();
    let keep = expected.first().map_or(0, Vec::len);
    let mut dims = x.dims.clone();
    dims[axis] = keep;
    let mut ordered = vec![0.0; dims.iter().product()];
    for (row, values) in rows(&dims, axis).iter().zip(&expected) {
        row.iter().zip(values).for_each(|(&place, &value)| ordered[place] = value);
    }
    assert_near(&what, &found.values, &ordered, tolerance, 1.0);
}

fn argsorted(row: &[f64], order: impl Fn(&f64, &f64) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..row.len()).collect();
    places.sort_by(|&a, &b| order(&row[a], &row[b]));
    places
}

fn numbers(places: Vec<usize>) -> Vec<f64> {
    places.into_iter().map(|place| place as f64).collect()
}

fn sorted(row: &[f64]) -> Vec<f64> {
    argsorted(row, ascending).into_iter().map(|place| row[place]).collect()
}

fn descending(a: &f64, b: &f64) -> Ordering {
    ascending(b, a)
}

/// The first position whose element no other beats; NaN is an extreme.
fn extreme(row: &[f64], sign: f64) -> Vec<f64> {
    let nan = row.iter().position(|x| x.is_nan());
    let beaten = |x: f64| row.iter().any(|y| sign * y > sign * x);
    vec![nan.or_else(|| row.iter().position(|&x| !beaten(x))).expect("not empty") as f64]
}

/// The last position up to each element whose element no other beats; the last NaN if there is one.
fn extremes(row: &[f64], sign: f64) -> Vec<f64> {
    let last = |row: &[f64]| {
        let nan = row.iter().rposition(|x| x.is_nan());
        let beaten = |x: f64| row.iter().any(|y| sign * y > sign * x);
        nan.or_else(|| row.iter().rposition(|&x| !beaten(x))).expect("not empty") as f64
    };
    (1..=row.len()).map(|end| last(&row[..end])).collect()
}

fn at(row: &[f64], places: Vec<f64>) -> Vec<f64> {
    places.into_iter().map(|place| row[place as usize]).collect()
}

fn quantile(row: &[f64], q: f64) -> Vec<f64> {
    let row = sorted(row);
    if row[row.len() - 1].is_nan() {
        return vec![f64::NAN];
    }
    let place = q * (row.len() - 1) as f64;
    let (low, high) = (row[place.floor() as usize], row[place.ceil() as usize]);
    let weight = place.fract();
    vec![if low == high { low } else { low * (1.0 - weight) + high * weight }]
}

fn mode(row: &[f64]) -> Vec<f64> {
    let count = |x: &f64| row.iter().filter(|y| ascending(x, y).is_eq()).count();
    let mut best = f64::NAN;
    for x in sorted(row) {
        if count(&x) > count(&best) || (best.is_nan() && count(&x) == count(&best)) {
            best = x;
        }
    }
    vec![best]
}

/// Everything along axis `$I` of `$x`.
macro_rules! along {
    ($x:expr, $($I:literal is $axis:literal),*) => {{
        let (x, plain) = ($x, &Plain::from($x));
        $(
            let check = |what: &str, found: Plain, row: &dyn Fn(&[f64]) -> Vec<f64>| {
                agree(what, plain, $axis, &found, 0.0, row);
            };
            check("sort", Plain::from(&x.sort_axis::<$I>().eval()), &sorted);
            check("argsort", Plain::from(&x.argsort_axis::<$I>()), &|row| numbers(argsorted(row, ascending)));
            check("descending", Plain::from(&x.argsort_descending_axis::<$I>()),
                &|row| numbers(argsorted(row, descending)));
            check("argmax", Plain::from(&x.argmax_axis::<$I>()), &|row| extreme(row, 1.0));
            check("argmin", Plain::from(&x.argmin_keepdim::<$I>()), &|row| extreme(row, -1.0));
            check("argcummax", Plain::from(&x.argcummax_axis::<$I>()), &|row| extremes(row, 1.0));
            check("argcummin", Plain::from(&x.argcummin_axis::<$I>()), &|row| extremes(row, -1.0));
            check("cummax", Plain::from(&x.cummax_axis::<$I>().eval()), &|row| at(row, extremes(row, 1.0)));
            check("cummin", Plain::from(&x.cummin_axis::<$I>().eval()), &|row| at(row, extremes(row, -1.0)));
            check("topk", Plain::from(&x.topk::<1, $I>().1), &|row| extreme(row, 1.0));
            if plain.dims[$axis] >= 3 {
                let (values, indices) = x.topk::<3, $I>();
                let places = |row: &[f64]| numbers(argsorted(row, descending)[..3].to_vec());
                check("topk", Plain::from(&indices), &places);
                check("topk", Plain::from(&values.eval()), &|row| at(row, places(row)));
                let (values, indices) = x.kthvalue_axis::<$I>(3);
                check("kthvalue", Plain::from(&values.eval()), &|row| vec![sorted(row)[2]]);
                check("kthvalue", Plain::from(&indices), &|row| vec![argsorted(row, ascending)[2] as f64]);
            }
            check("median", Plain::from(&x.median_axis::<$I>().eval()), &|row| quantile(row, 0.5));
            check("mode", Plain::from(&x.mode_keepdim::<$I>().eval()), &mode);
            check("nonzero", Plain::from(&x.count_nonzero_axis::<$I>()),
                &|row| vec![row.iter().filter(|&&x| x != 0.0).count() as f64]);
        )*
    }};
}

#[test]
fn order_along_every_axis_with_ties_and_nan() {
    for [a, b, c] in SIZES {
        let x = &Cpu.from_fn((A(a), B(b), C(c)), |i| awkward(i + a));
        along! { x, 0 is 0, 1 is 1, -1 is 2 }
        along! { &Cpu.from_fn((A(a * b), C(c)), awkward), 0 is 0, -1 is 1 }
        along! { &Cpu.from_fn((A(a * b * c),), awkward), 0 is 0 }
        let single = &Cpu.from_fn((A(a), B(b), C(c)), |i| awkward(i) as f32);
        along! { single, 0 is 0, 1 is 1, 2 is 2 }
    }
    along! { &Cpu.from_fn((A(1021), B(3)), awkward), 0 is 0, 1 is 1 }
    along! { &Cpu.from_fn((A(3), B(1021)), awkward), 0 is 0, 1 is 1 }
}

#[test]
fn views_are_sorted_as_they_look() {
    let x = &uniform::<_, f64>((A(5), B(7)), 3);
    let turned = Plain::from(x).permuted(&[1, 0]);
    agree("sort", &turned, 0, &Plain::from(&x.t().sort_axis::<0>().eval()), 0.0, sorted);
    let stretched = Plain::from(x).reshaped(&[1, 35]).expanded(&[3, 35]);
    let found = x.reshape((A(35),)).expand((B(3), A(35))).argsort();
    agree("argsort", &stretched, 1, &Plain::from(&found), 0.0, |row| numbers(argsorted(row, ascending)));
}

#[test]
fn integers_are_ordered_exactly() {
    let big = i64::MAX;
    let x = &Cpu.tensor([[3, big, -5], [big - 1, i64::MIN, big]]);
    assert_eq!(x.sort().as_slice(), [-5, 3, big, i64::MIN, big - 1, big]);
    assert_eq!(x.sort_descending_axis::<0>().as_slice(), [big - 1, big, big, 3, i64::MIN, -5]);
    assert_eq!((x.argmax().item(), x.argmin().item()), (1, 4));
    assert_eq!(x.topk::<1, 1>().0.as_slice(), [big, big]);
    assert_eq!(x.cummin_axis::<1>().as_slice(), [3, 3, -5, big - 1, i64::MIN, i64::MIN]);
    let small = Cpu.tensor_of::<i32, _>([7, i32::MIN, -1, i32::MAX, 0]);
    assert_eq!(small.argsort().as_slice(), [1, 2, 4, 0, 3]);
    assert_eq!(Cpu.tensor_of::<u8, _>([200, 3, 255, 3]).argsort_descending().as_slice(), [2, 0, 1, 3]);
    let mask = Cpu.tensor_of::<bool, _>([true, false, true]);
    assert_eq!((mask.argmin().item(), mask.sort().to_vec()), (1, vec![false, true, true]));
}

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

/// The gradient of `Σ y · cotangent` against differences of the same.
#[track_caller]
fn gradient_agrees<S: Shape, T: Shape>(
    what: &str,
    x: &Tensor<S, f64>,
    apply: impl Fn(Param<S, Traced<f64>>) -> Boxed<T, f64, Cpu>,
) {
    let total = |x: &Tensor<S, f64>| {
        let found = outcome1(x, &apply);
        found.y.values.iter().zip(&found.cotangent.values).map(|(y, c)| y * c).sum::<f64>()
    };
    let gradient = &outcome1(x, &apply).gradients[0].values;
    for place in 0..x.len() {
        let moved = |by: f64| {
            let mut x = x.clone();
            x.as_mut_slice()[place] += by;
            total(&x)
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let near = (gradient[place] - slope).abs() < 1e-6 * slope.abs().max(1.0);
        assert!(near, "{what}: the gradient at {place} is {}, differences say {slope}", gradient[place]);
    }
}

macro_rules! gradients {
    ($x:expr; $(|$own:ident| $y:expr;)*) => {
        $(gradient_agrees(stringify!($y), $x, |$own| $y.boxed());)*
    };
}

#[test]
fn gradients_by_differences() {
    let x = &uniform::<_, f64>((A(3), B(4), C(5)), 17);
    gradients! { x;
        |x| x.sort();
        |x| x.sort_axis::<0>();
        |x| x.sort_descending_axis::<1>();
        |x| x.topk::<2, 1>().0;
        |x| x.topk::<3, -1>().0;
        |x| x.kthvalue_axis::<1>(2).0;
        |x| x.cummax_axis::<1>();
        |x| x.cummin_axis::<2>();
        |x| x.cumsum_axis::<0>();
        |x| x.cumsum_axis::<2>();
        |x| x.cumprod_axis::<1>();
        |x| x.logcumsumexp_axis::<2>();
        |x| (x * 3.0).logcumsumexp_axis::<0>();
        |x| x.median();
        |x| x.median_axis::<1>();
        |x| x.quantile_axis::<2>(0.3);
        |x| x.quantile_keepdim::<0>((0.3, Interpolation::Nearest));
        |x| x.quantile(0.77);
        |x| x.mode();
        |x| x.norm(2.0);
        |x| x.norm_axis::<0>(1.0);
        |x| x.norm_axis::<1>(3.0);
        |x| x.norm_keepdim::<2>(1.5);
        |x| x.norm_axis::<2>(0.5);
        |x| x.norm_axis::<1>(f64::INFINITY);
        |x| x.norm_axis::<1>(0.0);
        |x| x.nansum_axis::<1>();
        |x| x.nanmean_keepdim::<0>();
        |x| (x.t() * 2.0).cumprod_axis::<1>();
    }
}

#[test]
fn gradients_where_formulas_divide() {
    type Run = fn(Param<(A,), Traced<f64>>) -> Boxed<(A,), f64, Cpu>;
    let gradient = |values: &[f64], run: Run| {
        let model: Param<(A,), Weights<f64>> = Cpu.from_slice((A(values.len()),), values).unwrap().into();
        model.value_and_grad(|x| run(x).sum()).unwrap().1.as_slice().to_vec()
    };
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    // y = x₀, x₀x₁, x₀x₁x₂, ..: with one zero, and with two.
    assert_eq!(gradient(&[2.0, 0.0, 3.0], |x| x.cumprod_axis::<0>().boxed()), [1.0, 8.0, 0.0]);
    assert_eq!(gradient(&[2.0, 0.0, 3.0, 0.0, 5.0], |x| x.cumprod_axis::<0>().boxed()), [1.0, 8.0, 0.0, 0.0, 0.0]);
    assert_eq!(gradient(&[0.0, 2.0], |x| x.cumprod_axis::<0>().boxed()), [3.0, 0.0]);
    assert_eq!(gradient(&[-inf, -inf], |x| x.logcumsumexp_axis::<0>().boxed()), [0.0, 0.0]);
    assert_eq!(gradient(&[-inf, 1.0], |x| x.logcumsumexp_axis::<0>().boxed()), [0.0, 1.0]);
    let sum = gradient(&[1000.0, -1000.0], |x| x.logcumsumexp_axis::<0>().boxed());
    assert_eq!(sum, [2.0, 0.0], "nothing overflows");
    let norm = |values: &[f64], p: f64| {
        let model: Param<(A,), Weights<f64>> = Cpu.from_slice((A(values.len()),), values).unwrap().into();
        model.value_and_grad(|x| x.norm(p)).unwrap().1.as_slice().to_vec()
    };
    for p in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, inf] {
        assert_eq!(norm(&[0.0, 0.0], p), [0.0, 0.0], "{p}");
    }
    assert_eq!(norm(&[-3.0, 0.0, 4.0], 2.0), [-0.6, 0.0, 0.8]);
    assert_eq!(norm(&[-3.0, 3.0, 1.0], inf), [-0.5, 0.5, 0.0]);
    assert_eq!(gradient(&[1.0, nan, 3.0], |x| x.nanmean_keepdim::<0>().rename((A(1),)).boxed()), [0.5, 0.0, 0.5]);
    assert_eq!(gradient(&[1.0, 3.0, 3.0, 2.0], |x| x.cummax_axis::<0>().boxed()), [1.0, 1.0, 2.0, 0.0]);
}

#[test]
fn quantiles_between_elements() {
    let x = Cpu.tensor_of::<f64, _>([4.0, 1.0, 3.0, 2.0]);
    let of = |q, interpolation| x.quantile((q, interpolation)).eval().item();
    use Interpolation::{Higher, Linear, Lower, Midpoint, Nearest};
    // numpy.quantile([4, 1, 3, 2], 0.4, method=..); 0.4 · 3 = 1.2
    let expected = [(Linear, 2.2), (Lower, 2.0), (Higher, 3.0), (Nearest, 2.0), (Midpoint, 2.5)];
    for (interpolation, expected) in expected {
        assert!((of(0.4, interpolation) - expected).abs() < 1e-15, "{interpolation:?}");
        assert_eq!((of(0.0, interpolation), of(1.0, interpolation)), (1.0, 4.0));
    }
    assert_eq!((of(0.5, Nearest), of(1.0 / 6.0, Nearest)), (3.0, 1.0), "halves go to even positions");
    let inf = f64::INFINITY;
    let ends = Cpu.tensor_of::<f64, _>([[inf, inf, inf], [1.0, inf, 2.0], [-inf, 0.0, inf]]);
    assert_eq!(ends.quantile_axis::<1>(0.25).eval().as_slice(), [inf, 1.5, -inf]);
    assert_eq!(ends.median_axis::<1>().eval().as_slice(), [inf, 2.0, 0.0]);
    for q in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(attempt(|| x.quantile(q)), Err(Error::Value { .. })));
    }
    let row = uniform::<_, f64>((A(17), B(9)), 4);
    for q in [0.0, 0.1, 0.5, 0.83, 1.0] {
        let found = Plain::from(&row.quantile_axis::<0>(q).eval());
        agree("quantile", &Plain::from(&row), 0, &found, 1e-15, |row| quantile(row, q));
    }
}

#[test]
fn norms_against_plain_sums() {
    fn run<E: Real>(tolerance: f64) {
        for [a, b, c] in SIZES {
            let x = &uniform::<_, E>((A(a), B(b), C(c)), 5);
            let plain = &Plain::from(x);
            for p in [0.0, 0.5, 1.0, 2.0, 3.0, f64::INFINITY] {
                let row = |row: &[f64]| {
                    let sizes = row.iter().map(|x| x.abs());
                    vec![match p {
                        f64::INFINITY => sizes.fold(0.0, f64::max),
                        0.0 => sizes.filter(|&x| x > 0.0).count() as f64,
                        p => sizes.map(|x| x.powf(p)).sum::<f64>().powf(1.0 / p),
                    }]
                };
                agree("norm", plain, 0, &Plain::from(&x.norm_axis::<0>(p).eval()), tolerance, row);
                agree("norm", plain, 1, &Plain::from(&x.norm_keepdim::<1>(p).eval()), tolerance, row);
                agree("norm", plain, 2, &Plain::from(&x.norm_axis::<-1>(p).eval()), tolerance, row);
                let all = x.norm(p).eval().item().as_f64();
                assert_near("norm of all", &[all], &row(&plain.values), tolerance, 1.0);
            }
        }
    }
    run::<f64>(1e-13);
    run::<f32>(4e-6);
    let large = Cpu.tensor([3e30, 4e30]);
    assert!((large.norm(2.0).eval().item() / 5e30 - 1.0).abs() < 1e-6);
    let tiny = Cpu.tensor([3e-30, 4e-30]);
    assert!((tiny.norm(2.0).eval().item() / 5e-30 - 1.0).abs() < 1e-6);
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    for p in [0.5, 1.0, 2.0, 3.0, f64::INFINITY] {
        assert_eq!(Cpu.tensor([1.0, -inf]).norm(p).eval().item(), inf, "{p}");
        assert!(Cpu.tensor([1.0, nan, 2.0]).norm(p).eval().item().is_nan(), "{p}");
        assert_eq!(Cpu.full((A(0),), 1.0f32).norm(p).eval().item(), 0.0, "{p}");
    }
    assert!(matches!(attempt(|| large.norm(-1.0)), Err(Error::Value { .. })));
}

#[test]
fn sums_without_nan() {
    let nan = f64::NAN;
    let x = Cpu.tensor_of::<f64, _>([[1.0, nan, 3.0], [nan, nan, nan]]);
    assert_eq!(x.nansum_axis::<1>().eval().as_slice(), [4.0, 0.0]);
    assert_near("nanmean", x.nanmean_axis::<1>().eval().as_slice(), &[2.0, nan], 0.0, 1.0);
    assert_near("nanmean", x.nanmean_keepdim::<0>().eval().as_slice(), &[1.0, nan, 3.0], 0.0, 1.0);
    assert_eq!(Cpu.tensor([1.0, f32::INFINITY, f32::NAN]).nansum().eval().item(), f32::INFINITY);
}

#[test]
fn distinct_elements() {
    let x = Cpu.from_fn((A(17), B(5)), awkward);
    let mut expected: Vec<f64> = sorted(&x.to_vec());
    expected.dedup_by(|a, b| ascending(a, b).is_eq());
    let (values, counts) = x.unique_counts(C);
    assert_near("unique", values.as_slice(), &expected, 0.0, 1.0);
    let count = |x: &f64, of: &[f64]| of.iter().filter(|y| ascending(x, y).is_eq()).count() as i64;
    let counted: Vec<i64> = expected.iter().map(|value| count(value, x.as_slice())).collect();
    assert_eq!(counts.as_slice(), counted);
    let (values, inverse) = x.unique_inverse(C);
    let back: Vec<f64> = inverse.as_slice().iter().map(|&i| values.as_slice()[i as usize]).collect();
    assert_near("inverse", &back, x.as_slice(), 0.0, 1.0);
    assert_eq!(inverse.shape(), x.shape());
    assert_eq!(Cpu.tensor_of::<bool, _>([true, false, true]).unique(C).as_slice(), [false, true]);
    assert!(Cpu.full((A(0),), 1i64).unique(C).is_empty());
    assert!(matches!(attempt(|| x.unique(|_| D::<3>)), Err(Error::Length { .. })));
}

#[test]
fn bins_of_integers() {
    let x = Cpu.tensor_of::<u8, _>([[0, 255], [3, 3]]);
    let counts = x.bincount(C, 0).unwrap();
    assert_eq!((counts.len(), counts.as_slice()[3], counts.to_vec().iter().sum::<i64>()), (256, 2, 4));
    assert_eq!(Cpu.full((A(0),), 1i64).bincount(C, 2).unwrap().as_slice(), [0, 0]);
    assert_eq!(Cpu.full((A(0),), 1i32).bincount(C, 0).unwrap().len(), 0);
    let error = Cpu.tensor([1, 2, -3]).bincount(C, 0).unwrap_err();
    assert_eq!(error.to_string(), "bincount: -3 at position 2 is not allowed, bins are numbered from 0");
    assert!(matches!(Cpu.tensor([1, 2]).bincount(|_| D::<2>, 0), Err(Error::Length { .. })));
    assert!(matches!(Cpu.tensor([i64::MAX]).bincount(C, 0), Err(Error::TooLarge { .. })));
}

#[test]
fn histograms() {
    let x = uniform::<_, f64>((A(1021),), 8);
    let (counts, edges) = x.histogram(C(7), Some((-0.5, 0.9))).unwrap();
    assert_eq!((edges.len(), edges[0], edges[7]), (8, -0.5, 0.9));
    for (bin, &count) in counts.as_slice().iter().enumerate() {
        let last = bin == 6;
        let inside = |x: &&f64| edges[bin] <= **x && (**x < edges[bin + 1] || (last && **x == edges[bin + 1]));
        assert_eq!(count, x.as_slice().iter().filter(inside).count() as i64);
    }
    let (counts, edges) = Cpu.tensor([2, 2]).histogram(D::<2>, None).unwrap();
    assert_eq!((counts.as_slice(), edges), (&[0, 2][..], vec![1.5, 2.0, 2.5]));
    let (counts, edges) = Cpu.full((A(0),), 0f32).histogram(D::<2>, None).unwrap();
    assert_eq!((counts.as_slice(), edges), (&[0, 0][..], vec![0.0, 0.5, 1.0]));
    let odd = Cpu.tensor([f32::NAN, 0.5, f32::INFINITY]);
    assert_eq!(odd.histogram(D::<1>, Some((0.0, 1.0))).unwrap().0.as_slice(), [1]);
    for bad in [None, Some((1.0, 0.0)), Some((0.0, f64::INFINITY)), Some((f64::NAN, 1.0))] {
        assert!(matches!(odd.histogram(D::<2>, bad), Err(Error::Value { .. })), "{bad:?}");
    }
    assert!(matches!(odd.histogram(C(0), None), Err(Error::Value { .. })));
    assert!(matches!(odd.histogram(C(usize::MAX), Some((0.0, 1.0))), Err(Error::TooLarge { .. })));
}

#[test]
fn searching_sorted_elements() {
    let boundaries = Cpu.from_slice((B(1021),), &sorted(&(0..1021).map(awkward).collect::<Vec<_>>())).unwrap();
    let values = Cpu.from_fn((A(17), C(7)), |i| awkward(i * 5));
    for (side, before) in [(Side::Left, Ordering::is_lt as fn(Ordering) -> bool), (Side::Right, Ordering::is_le)] {
        let found = boundaries.searchsorted(&values, side);
        for (value, &place) in values.as_slice().iter().zip(found.as_slice()) {
            let expected = boundaries.as_slice().iter().filter(|x| before(ascending(x, value))).count();
            assert_eq!(place, expected as i64, "{side:?} {value}");
        }
        assert_eq!(found, values.bucketize(&boundaries, side));
    }
    let none: Tensor<(B,), i64> = Cpu.full((B(0),), 0);
    assert_eq!(none.searchsorted(&Cpu.tensor([1, 2]), Side::Left).as_slice(), [0, 0]);
}

#[test]
fn masks_along_an_axis() {
    let x = Cpu.from_fn((A(7), B(17)), |i| f32::from(u8::from(i % 5 == 0 || i < 17)));
    let (mask, stored) = (|| x.gt(0.5), x.convert::<bool>());
    for i in 0..7 {
        let row = &x.as_slice()[i * 17..][..17];
        let (any, all) = (row.contains(&1.0), !row.contains(&0.0));
        assert_eq!((mask().any_axis::<1>().as_slice()[i], mask().all_axis::<-1>().as_slice()[i]), (any, all));
        assert_eq!((stored.any_keepdim::<1>().as_slice()[i], stored.all_axis::<1>().as_slice()[i]), (any, all));
    }
    assert_eq!((stored.any(), stored.all()), (true, false));
    let none: Tensor<(A, B), bool> = Cpu.full((A(0), B(3)), true);
    assert_eq!((none.any(), none.all()), (false, true));
    assert_eq!((none.any_axis::<0>().to_vec(), none.all_axis::<0>().to_vec()), (vec![false; 3], vec![true; 3]));
}

#[test]
fn what_needs_elements_says_so() {
    let x = &Cpu.full((A(2), B(0)), 1.0);
    let error = attempt(|| x.argmax_axis::<1>()).unwrap_err();
    assert_eq!(error.to_string(), "argmax: axis 1 of (A = 2, B = 0) is empty");
    assert_eq!(attempt(|| x.argmin()).unwrap_err().to_string(), "argmin: (A = 2, B = 0) is empty");
    for error in [attempt(|| drop(x.median())), attempt(|| drop(x.mode_axis::<-1>()))] {
        assert!(matches!(error, Err(Error::Empty { .. })));
    }
    assert!(x.argmax_axis::<0>().is_empty() && x.median_axis::<0>().eval().is_empty());
    let error = attempt(|| drop(x.topk::<1, 1>())).unwrap_err();
    assert_eq!(error.to_string(), "topk: 1 of 0 elements along axis 1 is not allowed, at most the axis's length");
    for k in [0, 3] {
        assert!(matches!(attempt(|| drop(x.kthvalue_axis::<0>(k))), Err(Error::Value { .. })));
    }
}

/// Above the sizes from which work is shared.
#[test]
fn the_same_on_any_number_of_threads() {
    let x = uniform::<_, f32>((A(257), B(1021)), 2);
    let work = || {
        let mut all = x.argsort_axis::<0>().to_vec();
        all.extend(x.argsort_axis::<1>().to_vec());
        all.extend(x.reshape((A(257 * 1021),)).argsort().to_vec());
        all.extend(x.argmax_axis::<1>().to_vec());
        all.extend(x.cumsum_axis::<1>().eval().to_vec().iter().map(|x| i64::from(x.to_bits())));
        all
    };
    let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work);
    let expected = on(1);
    assert!(expected == on(2) && expected == on(7));
    let flat = Plain::from(&x).reshaped(&[257 * 1021]);
    let found = Plain::from(&x.reshape((A(257 * 1021),)).argsort());
    agree("argsort", &flat, 0, &found, 0.0, |row| numbers(argsorted(row, ascending)));
}
