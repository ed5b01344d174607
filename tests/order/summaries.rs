//! Quantiles, norms, distinct elements and bins, each against what its definition says.

use crate::reference::{Plain, assert_near, uniform};
use crate::{A, B, C, SIZES, agree, ascending, awkward, quantile, sorted};
use congruent::ops::order::Interpolation;
use congruent::prelude::*;

#[test]
fn quantiles_between_elements() {
    let x = Cpu.tensor_of::<f64, _>([4.0, 1.0, 3.0, 2.0]);
    let of = |q, interpolation| x.quantile((q, interpolation)).eval().item();
    use Interpolation::{Higher, Lower, Midpoint, Nearest};
    // numpy.quantile([4, 1, 3, 2], 0.4, method=..); 0.4 · 3 = 1.2
    let expected = [(Lower, 2.0), (Higher, 3.0), (Nearest, 2.0), (Midpoint, 2.5)];
    assert!((x.quantile(0.4).eval().item() - 2.2).abs() < 1e-15);
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
    let (inf, half) = (f64::NEG_INFINITY, f16::from_f32);
    let y = Cpu.tensor_of::<f64, _>([[1.0, nan, 3.0], [nan, nan, nan], [nan, inf, inf]]);
    assert_near("nanmax", y.nanmax_axis::<1>().eval().as_slice(), &[3.0, nan, inf], 0.0, 1.0);
    assert_near("nanmin", y.nanmin_axis::<0>().eval().as_slice(), &[1.0, inf, inf], 0.0, 1.0);
    assert_near("nanvar", y.nanvar_axis::<1>(1).eval().as_slice(), &[2.0, nan, nan], 0.0, 1.0);
    assert_near("nanvar", y.nanvar_axis::<0>(0).eval().as_slice(), &[0.0, nan, nan], 0.0, 1.0);
    let halves = Cpu.tensor([half(2048.0), f16::NAN, half(2050.0)]);
    assert_eq!((halves.nanstd(0).eval().item(), halves.nanmax().eval().item()), (half(1.0), half(2050.0)));
    let close = Cpu.tensor_of::<f64, _>([1e16, nan, 1e16 + 2.0, 1e16]);
    assert_near("nanvar of close numbers", &[close.nanvar(0).eval().item()], &[8.0 / 9.0], 1e-15, 1.0);
    let large = Cpu.tensor_of::<f64, _>([1e300, nan, -1e300]);
    assert_near("nanstd of large numbers", &[large.nanstd(0).eval().item() / 1e300], &[1.0], 1e-15, 1.0);
}

/// Several axes at once, side by side or apart, against the same elements as one row.
#[test]
fn several_axes_are_one_row() {
    macro_rules! over {
        ($x:expr, $plain:expr, [$($axis:literal),*], rows $order:expr) => {{
            let (x, order): (&Tensor<(A, B, C), f64>, [usize; 3]) = ($x, $order);
            let len = 1 $(* $plain.dims[$axis])*;
            let left = $plain.dims.iter().product::<usize>() / len;
            let rows = $plain.permuted(&order).reshaped(&[left, len]);
            let check = |what: &str, removed: Plain, kept: Plain, row: &dyn Fn(&[f64]) -> Vec<f64>| {
                agree(what, &rows, 1, &removed, 1e-13, row);
                let size = |i: usize| if [$($axis),*].contains(&i) { 1 } else { $plain.dims[i] };
                assert_eq!(kept.dims, [0, 1, 2].map(size));
                assert_near(what, &kept.values, &removed.values, 0.0, 1.0);
            };
            type Over = Axes![$($axis),*];
            let norm = |row: &[f64]| vec![row.iter().map(|x| x.abs().powi(3)).sum::<f64>().cbrt()];
            check("norm", Plain::from(&x.norm_axes::<Over>(3.0).eval()),
                Plain::from(&x.norm_axes_keepdim::<Over>(3.0).eval()), &norm);
            let numbers = |row: &[f64]| row.iter().copied().filter(|x| !x.is_nan()).collect::<Vec<f64>>();
            let sum = |row: &[f64]| vec![numbers(row).iter().sum::<f64>()];
            check("nansum", Plain::from(&x.nansum_axes::<Over>().eval()),
                Plain::from(&x.nansum_axes_keepdim::<Over>().eval()), &sum);
            let mean = |row: &[f64]| vec![sum(row)[0] / numbers(row).len() as f64];
            check("nanmean", Plain::from(&x.nanmean_axes::<Over>().eval()),
                Plain::from(&x.nanmean_axes_keepdim::<Over>().eval()), &mean);
            check("median", Plain::from(&x.median_axes::<Over>().eval()),
                Plain::from(&x.median_axes_keepdim::<Over>().eval()), &|row| quantile(row, 0.5));
            check("quantile", Plain::from(&x.quantile_axes::<Over>(0.3).eval()),
                Plain::from(&x.quantile_axes_keepdim::<Over>(0.3).eval()), &|row| quantile(row, 0.3));
            check("mode", Plain::from(&x.mode_axes::<Over>().eval()),
                Plain::from(&x.mode_axes_keepdim::<Over>().eval()), &crate::mode);
            let count = |row: &[f64]| vec![row.iter().filter(|&&x| x != 0.0).count() as f64];
            check("count_nonzero", Plain::from(&x.count_nonzero_axes::<Over>()),
                Plain::from(&x.count_nonzero_axes_keepdim::<Over>()), &count);
            let any = |row: &[f64]| vec![f64::from(row.iter().any(|&x| x > 0.9))];
            check("any", Plain::from(&x.gt(0.9).any_axes::<Over>()),
                Plain::from(&x.gt(0.9).eval().any_axes_keepdim::<Over>()), &any);
            let all = |row: &[f64]| vec![f64::from(row.iter().all(|&x| x > -0.7))];
            check("all", Plain::from(&x.gt(-0.7).eval().all_axes::<Over>()),
                Plain::from(&x.gt(-0.7).all_axes_keepdim::<Over>()), &all);
        }};
    }
    for [a, b, c] in SIZES {
        for x in
            [uniform((A(a), B(b), C(c)), 5), Cpu.from_fn((A(a), B(b), C(c)), |i| if i % 3 == 0 { 0.0 } else { 2.0 })]
        {
            let plain = Plain::from(&x);
            over!(&x, plain, [0, 2], rows [1, 0, 2]);
            over!(&x, plain, [0, 1], rows [2, 0, 1]);
            over!(&x, plain, [1, 2], rows [0, 1, 2]);
            over!(&x, plain, [0, 1, 2], rows [0, 1, 2]);
            over!(&x, plain, [1], rows [0, 2, 1]);
        }
    }
    let x = Cpu.tensor([[1.0, f32::NAN], [3.0, 5.0]]);
    assert_eq!(x.nanmean_axes::<Axes![0, 1]>().eval().item(), 3.0);
    let empty = Cpu.full((A(0), B(2)), 1.0f32);
    assert_eq!(empty.gt(0.0).all_axis::<0>().as_slice(), [true, true]);
    assert_eq!(empty.gt(0.0).any_keepdim::<0>().as_slice(), [false, false]);
    assert!(empty.gt(0.0).all_axis::<1>().is_empty());
    assert!(matches!(attempt(|| empty.median_axes::<Axes![0, 1]>()), Err(Error::Empty { .. })));
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
