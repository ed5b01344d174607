//! Reductions against plain loops: every one, over all kinds of axes, sizes and layouts, with gradients by differences.

mod reference;

use congruent::ops::{FiveForms, ReductionRow, ReductionVisitor, every_reduction};
use congruent::prelude::*;
use reference::{Outcome, Plain, assert_near, indices, outcome1, uniform};

dims! { A = ?, B = ?, C = ?, F = ?, G = ?, H = ? }

/// What a reduction makes of a row.
type Row = fn(&[f64]) -> f64;

/// The plain loop of a reduction: a new row of the catalogue has one here.
fn plain(row: &ReductionRow) -> Row {
    match (row.name, row.argument) {
        ("sum", "") => sum,
        ("mean", "") => mean,
        ("prod", "") => prod,
        ("max", "") => max,
        ("min", "") => min,
        ("var", "1") => var,
        ("var", "0") => population_var,
        ("std", "1") => std,
        ("std", "0") => population_std,
        ("logsumexp", "") => logsumexp,
        ("norm", "1.0") => |row| norm(row, 1.0),
        ("norm", "1.5") => |row| norm(row, 1.5),
        ("norm", "2.0") => |row| norm(row, 2.0),
        ("norm", "3.0") => |row| norm(row, 3.0),
        ("norm", "f64::INFINITY") => |row| max(&[vec![0.0], sizes(row)].concat()),
        ("norm", "0.0") => |row| row.iter().filter(|&&x| x != 0.0).count() as f64,
        ("nansum", "") => |row| sum(&numbers(row)),
        ("nanmean", "") => |row| mean(&numbers(row)),
        ("nanmax", "") => |row| if numbers(row).is_empty() { f64::NAN } else { max(&numbers(row)) },
        ("nanmin", "") => |row| if numbers(row).is_empty() { f64::NAN } else { min(&numbers(row)) },
        ("nanvar", "1") => |row| var(&numbers(row)),
        ("nanvar", "0") => |row| population_var(&numbers(row)),
        ("nanstd", "1") => |row| std(&numbers(row)),
        ("nanstd", "0") => |row| population_std(&numbers(row)),
        (name, argument) => panic!("`{name}({argument})` has no plain loop to be compared with"),
    }
}

fn sum(row: &[f64]) -> f64 {
    row.iter().sum()
}
fn mean(row: &[f64]) -> f64 {
    sum(row) / row.len() as f64
}
fn prod(row: &[f64]) -> f64 {
    row.iter().product()
}
fn max(row: &[f64]) -> f64 {
    row.iter().fold(f64::NEG_INFINITY, |a, &b| if a.is_nan() || a > b { a } else { b })
}
fn min(row: &[f64]) -> f64 {
    row.iter().fold(f64::INFINITY, |a, &b| if a.is_nan() || a < b { a } else { b })
}
fn variance(row: &[f64], correction: usize) -> f64 {
    if row.len() <= correction {
        return f64::NAN;
    }
    let mean = mean(row);
    row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (row.len() - correction) as f64
}
fn var(row: &[f64]) -> f64 {
    variance(row, 1)
}
fn population_var(row: &[f64]) -> f64 {
    variance(row, 0)
}
fn std(row: &[f64]) -> f64 {
    variance(row, 1).sqrt()
}
fn population_std(row: &[f64]) -> f64 {
    variance(row, 0).sqrt()
}
fn logsumexp(row: &[f64]) -> f64 {
    let max = max(row);
    let shift = if max.is_finite() { max } else { 0.0 };
    row.iter().map(|x| (x - shift).exp()).sum::<f64>().ln() + shift
}

fn sizes(row: &[f64]) -> Vec<f64> {
    row.iter().map(|x| x.abs()).collect()
}
fn norm(row: &[f64], p: f64) -> f64 {
    sizes(row).into_iter().map(|x| x.powf(p)).sum::<f64>().powf(1.0 / p)
}
fn numbers(row: &[f64]) -> Vec<f64> {
    row.iter().copied().filter(|x| !x.is_nan()).collect()
}

/// The places of each row along `axes`, rows in the order of the result.
fn rows(dims: &[usize], axes: &[usize]) -> Vec<Vec<usize>> {
    let part = |keep: bool| -> Vec<usize> {
        let of = |(axis, &size)| if axes.contains(&axis) == keep { 1 } else { size };
        dims.iter().enumerate().map(of).collect()
    };
    let whole = Plain::zeros(dims);
    let place = |a: &[usize], b: &[usize]| whole.place(&a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<_>>());
    let along: Vec<Vec<usize>> = indices(&part(false)).collect();
    indices(&part(true)).map(|outer| along.iter().map(|inner| place(&outer, inner)).collect()).collect()
}

/// The slope of `row` along its element `i`.
fn slope(row: Row, values: &[f64], i: usize) -> f64 {
    let moved = |by: f64| {
        let mut values = values.to_vec();
        values[i] += by;
        row(&values)
    };
    (moved(1e-5) - moved(-1e-5)) / 2e-5
}

/// Compares values, sizes and gradients of a reduction of `x` over `axes`, gradients by differences.
#[track_caller]
fn check(what: &str, x: &Plain, axes: &[usize], row: Row, kept: bool, found: &Outcome) {
    let slopes = |values: &[f64]| (0..values.len()).map(|i| slope(row, values, i)).collect();
    check_by(what, x, axes, (row, &slopes, 1e-6), kept, found);
}

/// What a reduction makes of a row, its slopes, and how near they are.
type Reference<'a> = (Row, &'a dyn Fn(&[f64]) -> Vec<f64>, f64);

/// The same where the slopes of a row are known: differences cost the square of its length.
#[track_caller]
fn check_by(what: &str, x: &Plain, axes: &[usize], (row, slopes, near): Reference<'_>, kept: bool, found: &Outcome) {
    let what = format!("{what} of {:?} over {axes:?}", x.dims);
    let of = |(axis, &size): (usize, &usize)| match axes.contains(&axis) {
        true => kept.then_some(1),
        false => Some(size),
    };
    assert_eq!(found.y.dims, x.dims.iter().enumerate().filter_map(of).collect::<Vec<_>>(), "{what}");
    let rows = rows(&x.dims, axes);
    let values = |row: &[usize]| row.iter().map(|&place| x.values[place]).collect::<Vec<_>>();
    let expected: Vec<f64> = rows.iter().map(|places| row(&values(places))).collect();
    assert_near(&what, &found.y.values, &expected, 1e-12, 1.0);
    for ((places, value), cotangent) in rows.iter().zip(expected).zip(&found.cotangent.values) {
        if !value.is_finite() || value == 0.0 {
            continue;
        }
        for (&place, slope) in places.iter().zip(slopes(&values(places))) {
            let (found, expected) = (found.gradients[0].values[place], cotangent * slope);
            let is_near = (found - expected).abs() <= near * expected.abs().max(1.0);
            assert!(is_near, "{what}: gradient at {place} is {found}, should be {expected}");
        }
    }
}

/// One reduction of `$x` over all axes, if it is asked for, single ones, and several, kept and not.
macro_rules! over {
    ($name:ident $argument:tt, $row:path, $x:expr;
     axis $($axis:literal is $place:expr),*; axes $([$($axes:tt)*] are $places:expr),*
     $(; all $all:expr)?) => { paste::paste! {{
        let (x, plain) = ($x, Plain::from($x));
        $( check(stringify!($name), &plain, &$all, $row, false, &outcome1(x, |x| x.$name $argument.boxed())); )?
        $(
            let found = outcome1(x, |x| x.[<$name _axis>]::<$axis> $argument.boxed());
            check(stringify!([<$name _axis>]), &plain, &[$place], $row, false, &found);
            let found = outcome1(x, |x| x.[<$name _keepdim>]::<$axis> $argument.boxed());
            check(stringify!([<$name _keepdim>]), &plain, &[$place], $row, true, &found);
        )*
        $(
            let found = outcome1(x, |x| x.[<$name _axes>]::<Axes![$($axes)*]> $argument.boxed());
            check(stringify!([<$name _axes>]), &plain, &$places, $row, false, &found);
            let found = outcome1(x, |x| x.[<$name _axes_keepdim>]::<Axes![$($axes)*]> $argument.boxed());
            check(stringify!([<$name _axes_keepdim>]), &plain, &$places, $row, true, &found);
        )*
    }} };
}

/// So many rows and arguments there are at least.
const ROWS: usize = 24;

const SIZES: [[usize; 3]; 9] =
    [[2, 3, 4], [7, 1, 17], [1, 17, 7], [17, 7, 1], [0, 3, 2], [3, 0, 2], [3, 2, 0], [1, 1, 1], [3, 2, 33]];

/// Visits every reduction and counts them.
macro_rules! each_reduction {
    (|$row:ident, $method:ident| $check:block) => {{
        struct Each(usize);
        impl ReductionVisitor for Each {
            fn reduction<M: FiveForms>(&mut self, $row: &ReductionRow, $method: M) {
                self.0 += 1;
                $check
            }
        }
        let mut each = Each(0);
        every_reduction(&mut each);
        assert!(each.0 >= ROWS, "only {} rows were found", each.0);
    }};
}

/// A reduction by each of its methods.
fn forms(row: &ReductionRow, method: impl FiveForms, x: &Tensor<(A, B, C), f64>) {
    let (loops, dims) = (plain(row), &Plain::from(x));
    let check = |form: &str, axes: &[usize], kept: bool, found: &Outcome| {
        check(&format!("{}{form}({})", row.name, row.argument), dims, axes, loops, kept, found);
    };
    check("", &[0, 1, 2], false, &outcome1(x, |x| method.all(x)));
    macro_rules! over {
        ($($axis:literal is $place:expr),*; $([$($axes:tt)*] are $places:expr),*) => {
            $(
                check("_axis", &[$place], false, &outcome1(x, |x| method.axis::<$axis, _>(x)));
                check("_keepdim", &[$place], true, &outcome1(x, |x| method.keepdim::<$axis, _>(x)));
            )*
            $(
                check("_axes", &$places, false, &outcome1(x, |x| method.axes::<Axes![$($axes)*], _>(x)));
                check("_axes_keepdim", &$places, true, &outcome1(x, |x| method.axes_keepdim::<Axes![$($axes)*], _>(x)));
            )*
        };
    }
    over! { 0 is 0, 1 is 1, -1 is 2; [0, 2] are [0, 2], [-1, 1] are [1, 2] }
}

#[test]
fn every_reduction_over_every_kind_of_axes() {
    each_reduction! { |row, method| {
        for (seed, [a, b, c]) in SIZES.into_iter().enumerate() {
            forms(row, method, &uniform::<_, f64>((A(a), B(b), C(c)), seed as u64));
        }
    } }
}

/// The same over memory that lies otherwise, and over what is computed on the way.
#[test]
fn every_reduction_of_views() {
    each_reduction! { |row, method| {
        let x = &uniform::<_, f64>((A(3), B(4), C(5)), 7);
        let turned = Plain::from(x).permuted(&[2, 1, 0]);
        let check = |what: &str, axes: &[usize], mut found: Outcome| {
            found.gradients[0] = found.gradients[0].permuted(&[2, 1, 0]);
            check(&format!("{}({}) of {what}", row.name, row.argument), &turned, axes, plain(row), false, &found);
        };
        check("a transpose", &[0], outcome1(x, |x| method.axis::<0, _>(x.transpose::<0, 2>())));
        check("a transpose", &[0, 1, 2], outcome1(x, |x| method.all(x.transpose::<0, 2>())));
        check("a formula", &[2], outcome1(x, |x| method.axis::<2, _>(x.transpose::<0, 2>() * 1.0)));
    } }
}

#[test]
fn long_rows_and_columns() {
    for [a, b] in [[1021, 3], [3, 1021], [257, 65]] {
        let x = &uniform::<_, f64>((A(a), B(b)), 5);
        over! { sum(), sum, x; axis 0 is 0, 1 is 1; axes }
        over! { max(), max, x; axis 0 is 0, 1 is 1; axes }
        over! { logsumexp(), logsumexp, x; axis 0 is 0, 1 is 1; axes }
        over! { std(1), std, x; axis 0 is 0, 1 is 1; axes }
        let plain = &Plain::from(x);
        let whole = |what: &str, row: Row, slopes: &dyn Fn(&[f64]) -> Vec<f64>, found: &Outcome| {
            check_by(what, plain, &[0, 1], (row, slopes, 1e-13), false, found);
        };
        let each = |values: &[f64], slope: &dyn Fn(f64) -> f64| values.iter().map(|&x| slope(x)).collect();
        whole("sum", sum, &|row| each(row, &|_| 1.0), &outcome1(x, |x| x.sum().boxed()));
        let is_largest = |row: &[f64]| {
            let largest = max(row);
            each(row, &|x| f64::from(x == largest))
        };
        whole("max", max, &is_largest, &outcome1(x, |x| x.max().boxed()));
        let softmax = |row: &[f64]| {
            let total = logsumexp(row);
            each(row, &|x| (x - total).exp())
        };
        whole("logsumexp", logsumexp, &softmax, &outcome1(x, |x| x.logsumexp().boxed()));
        let deviations = |row: &[f64]| {
            let (mean, scale) = (mean(row), (row.len() - 1) as f64 * std(row));
            each(row, &|x| (x - mean) / scale)
        };
        whole("std", std, &deviations, &outcome1(x, |x| x.std(1).boxed()));
    }
}

#[test]
fn every_rank() {
    macro_rules! two {
        ($($rest:tt)*) => {
            over! { mean(), mean, $($rest)* }
            over! { max(), max, $($rest)* }
            over! { var(0), population_var, $($rest)* }
        };
    }
    two! { &uniform::<_, f64>((), 1); axis ; axes ; all [] }
    two! { &uniform::<_, f64>((A(5),), 2); axis 0 is 0; axes [-1] are [0]; all [0] }
    two! { &uniform::<_, f64>((A(5), D::<1>), 2); axis 0 is 0, -1 is 1; axes [0, 1] are [0, 1]; all [0, 1] }
    two! { &uniform::<_, f64>((A(2), B(3), C(4), F(5)), 3);
    axis -3 is 1; axes [0, 2] are [0, 2], [1, 3] are [1, 3], [0, 3] are [0, 3]; all [0, 1, 2, 3] }
    two! { &uniform::<_, f64>((A(2), D::<1>, C(4), F(3), G(2)), 3);
    axis 2 is 2; axes [0, 1, 2] are [0, 1, 2], [0, 4] are [0, 4]; all [0, 1, 2, 3, 4] }
    two! { &uniform::<_, f64>((A(2), B(3), C(2), F(3), G(2), H(3)), 3);
    axis 3 is 3; axes [0, 2, 4] are [0, 2, 4], [-1, 1, 3] are [1, 3, 5]; all [0, 1, 2, 3, 4, 5] }
}

/// The same over memory that lies otherwise.
#[test]
fn reductions_of_views() {
    let x = &uniform::<_, f64>((A(3), B(4), C(5)), 7);
    let plain = Plain::from(x);
    macro_rules! view {
        ($row:path, $over:expr, [$($order:literal),*], |$x:ident| $view:expr) => {{
            let order = [$($order),*];
            let mut found = outcome1(x, |$x| $view.boxed());
            found.gradients[0] = found.gradients[0].permuted(&order);
            check(stringify!($view), &plain.permuted(&order), &$over, $row, false, &found);
        }};
    }
    view!(sum, [0], [0, 2, 1], |x| x.t().sum_axis::<0>());
    view!(max, [2], [0, 2, 1], |x| x.t().max_axis::<2>());
    view!(var, [0, 2], [0, 2, 1], |x| x.t().var_axes::<Axes![0, 2]>(1));
    view!(sum, [0, 2], [2, 0, 1], |x| x.permute::<Axes![2, 0, 1]>().sum_axes::<Axes![0, 2]>());
    view!(logsumexp, [1], [2, 1, 0], |x| x.transpose::<0, 2>().logsumexp_axis::<1>());
    view!(prod, [0, 1, 2], [2, 1, 0], |x| x.transpose::<0, 2>().prod());
    view!(mean, [0, 1], [1, 0, 2], |x| (x.permute::<Axes![1, 0, 2]>() * 1.0).mean_axes::<Axes![0, 1]>());
}

#[test]
fn reductions_of_stretched_operands() {
    let x = &uniform::<_, f64>((A(3), D::<1>), 7);
    let wide = (B(2), A(3), C(5));
    let (_, grads) = {
        let model: Param<(A, D<1>), Weights<f64>> = x.clone().into();
        model.value_and_grad(|x| x.expand(wide).sum_axes::<Axes![0, 2]>().square().sum()).unwrap()
    };
    let expected: Vec<f64> = x.as_slice().iter().map(|x| 2.0 * 100.0 * x).collect();
    assert_near("sum of a stretched operand", &Plain::from(&grads.tensor()).values, &expected, 1e-13, 1.0);
    let tallest = x.expand(wide).max_axis::<1>().eval();
    assert_eq!(tallest.as_slice(), [max(x.as_slice()); 10]);
}

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;
/// Rows with NaN and infinities.
const EDGES: [[f64; 3]; 7] = [
    [1.0, NAN, 2.0],
    [NAN, 1.0, 2.0],
    [INF, 1.0, 2.0],
    [-INF, 1.0, 2.0],
    [INF, -INF, 0.0],
    [-INF, -INF, -INF],
    [0.0, INF, 1.0],
];

#[test]
fn nan_and_infinities() {
    each_reduction! { |row, method| {
        let x = &Cpu.from_fn((A(EDGES.len()), D::<3>), |i| EDGES[i / 3][i % 3]);
        let expected: Vec<f64> = EDGES.iter().map(|edges| plain(row)(edges)).collect();
        assert_near(row.name, method.axis::<1, _>(x).eval().as_slice(), &expected, 1e-15, 1.0);
        // Along columns, too: another loop.
        let y = &(x.t() * 1.0).eval();
        assert_near(row.name, method.axis::<0, _>(y).eval().as_slice(), &expected, 1e-15, 1.0);
    } }
}

#[test]
fn nothing_gives_what_the_docs_say() {
    each_reduction! { |row, method| {
        let x = &Cpu.full((A(0), B(3)), 0.0);
        assert_near(row.name, &[plain(row)(&[])], &[row.nothing], 0.0, 1.0);
        assert_near(row.name, &[method.all(x).eval().item()], &[row.nothing], 0.0, 1.0);
        assert_near(row.name, method.axis::<0, _>(x).eval().as_slice(), &[row.nothing; 3], 0.0, 1.0);
        assert!(method.axis::<1, _>(x).eval().is_empty());
    } }
    assert_eq!(
        [sum(&[]), prod(&[]), max(&[]), min(&[]), logsumexp(&[])],
        [0.0, 1.0, -f64::INFINITY, f64::INFINITY, -f64::INFINITY]
    );
    assert!(mean(&[]).is_nan() && population_var(&[]).is_nan());
}

/// Ties share, zeros of a product are no division by zero, equal elements have no deviation.
#[test]
fn gradients_where_formulas_divide() {
    let gradient = |values: &[f64], run: fn(Param<(A,), Traced<f64>>) -> congruent::graph::Boxed<(), f64, Cpu>| {
        let model: Param<(A,), Weights<f64>> = Cpu.from_slice((A(values.len()),), values).unwrap().into();
        model.value_and_grad(run).unwrap().1.as_slice().to_vec()
    };
    assert_eq!(gradient(&[1.0, 3.0, 3.0], |x| x.max().boxed()), [0.0, 0.5, 0.5]);
    assert_eq!(gradient(&[1.0, 1.0, 3.0, 1.0], |x| (x.min() * 3.0).boxed()), [1.0, 1.0, 0.0, 1.0]);
    assert_eq!(gradient(&[2.0, 0.0, 3.0], |x| x.prod().boxed()), [0.0, 6.0, 0.0]);
    assert_eq!(gradient(&[2.0, 0.0, 0.0], |x| x.prod().boxed()), [0.0, 0.0, 0.0]);
    assert_eq!(gradient(&[2.0, 2.0, 2.0], |x| x.std(1).boxed()), [0.0, 0.0, 0.0], "as PyTorch has it");
    assert_eq!(gradient(&[f64::NEG_INFINITY; 2], |x| x.logsumexp().boxed()), [0.0, 0.0]);
    assert_eq!(gradient(&[f64::NEG_INFINITY, 1.0], |x| x.logsumexp().boxed()), [0.0, 1.0]);
}

#[test]
fn large_arguments_do_not_overflow() {
    let x = Cpu.tensor([1000.0, 1000.0, -1000.0]);
    assert!((x.logsumexp().eval().item() - 1000.7).abs() < 1e-2);
    let far = Cpu.from_fn((A(1000),), |i| 1e4 + (i % 2) as f32);
    assert!((far.var(0).eval().item() - 0.25).abs() < 1e-6, "two passes: the mean is taken off before squaring");
}

/// A million terms in `f32`: as good as in `f64`, to the last bits.
#[test]
fn long_sums_are_accurate() {
    const SIZE: usize = 1_000_000;
    let x = Cpu.uniform((A(1000), B(1000)), Key::new(3), 0.0, 1.0);
    let wide: Vec<f64> = x.as_slice().iter().map(|&x| f64::from(x)).collect();
    let exact = sum(&wide);
    let close = |what: &str, found: f32, exact: f64| {
        let error = (f64::from(found) - exact).abs() / exact;
        assert!(error < 1e-6, "{what}: relative error {error:e}");
    };
    close("sum", x.sum().eval().item(), exact);
    close("sum of an expression", (&x * 2.0).sum().eval().item(), 2.0 * exact);
    close("mean", x.mean().eval().item(), exact / SIZE as f64);
    close("sum of a row", x.reshape((A(1), B(SIZE))).sum_axis::<1>().eval().as_slice()[0], exact);
    close("sum of a column", x.reshape((A(SIZE), B(1))).sum_axis::<0>().eval().as_slice()[0], exact);
    close("sum of columns", x.sum_axis::<0>().sum().eval().item(), exact);
    close("variance", x.var(0).eval().item(), population_var(&wide));
    close("logsumexp", x.logsumexp().eval().item(), logsumexp(&wide));
    let tenth = Cpu.full((A(SIZE),), 0.1f32);
    let all = f64::from(0.1f32) * SIZE as f64;
    close("many tenths", tenth.sum().eval().item(), all);
    close("a row of tenths", tenth.reshape((B(1), A(SIZE))).sum_axis::<1>().eval().as_slice()[0], all);
    let columns = tenth.reshape((A(SIZE / 4), B(4))).sum_axis::<0>().eval();
    // Columns add their blocks in `f32`, too.
    let error = (f64::from(columns.as_slice()[3]) * 4.0 / all - 1.0).abs();
    assert!(error < 2e-5, "columns of tenths: relative error {error:e}");
}

#[test]
fn single_precision_agrees_with_double() {
    each_reduction! { |row, method| {
        let x = &uniform::<_, f32>((A(33), B(65)), 11);
        let wide = Plain::from(x);
        let found = Plain::from(&method.axis::<1, _>(x).eval());
        let expected: Vec<f64> = wide.values.chunks(65).map(plain(row)).collect();
        assert_near(row.name, &found.values, &expected, 2e-6, 1.0);
        let found = Plain::from(&method.axis::<0, _>(x).eval());
        let turned = wide.permuted(&[1, 0]);
        let expected: Vec<f64> = turned.values.chunks(33).map(plain(row)).collect();
        assert_near(row.name, &found.values, &expected, 2e-6, 1.0);
    } }
}
