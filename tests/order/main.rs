//! Sorting and its kin against plain loops: over ranks, axes and sizes, with ties, NaN and infinities.

mod gradients;
mod long;
mod positions;
#[path = "../reference/mod.rs"]
mod reference;
mod running;
mod sorted;
mod summaries;
#[path = "../support/mod.rs"]
mod support;

use congruent::ops::order::Side;
use congruent::prelude::*;
use reference::{Plain, assert_near, uniform};
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
    assert_eq!(x.sort().eval().as_slice(), [-5, 3, big, i64::MIN, big - 1, big]);
    assert_eq!(x.sort_descending_axis::<0>().eval().as_slice(), [big - 1, big, big, 3, i64::MIN, -5]);
    assert_eq!((x.argmax().item(), x.argmin().item()), (1, 4));
    assert_eq!(x.topk::<1, 1>().0.eval().as_slice(), [big, big]);
    assert_eq!(x.cummin_axis::<1>().eval().as_slice(), [3, 3, -5, big - 1, i64::MIN, i64::MIN]);
    let small = Cpu.tensor_of::<i32, _>([7, i32::MIN, -1, i32::MAX, 0]);
    assert_eq!(small.argsort().as_slice(), [1, 2, 4, 0, 3]);
    assert_eq!(Cpu.tensor_of::<u8, _>([200, 3, 255, 3]).argsort_descending().as_slice(), [2, 0, 1, 3]);
    let mask = Cpu.tensor_of::<bool, _>([true, false, true]);
    assert_eq!((mask.argmin().item(), mask.sort().eval().to_vec()), (1, vec![false, true, true]));
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

/// Written once for training and inference.
fn best_of_five<P: Kind, N: Dim>(x: impl Expr<(N, D<5>), P>) -> Ex![P; N, 2] {
    x.sort().cumsum_axis::<0>().topk::<2, 1>().0 * 2.0
}

#[test]
fn generic_functions_need_no_bound() {
    let x = Cpu.from_fn((A(1), D::<5>), |i| i as f32);
    assert_eq!(best_of_five::<(f32, Cpu), _>(&x).eval().as_slice(), [8.0, 6.0]);
}
