//! Gradients of what is sorted, picked and summed on the way: by differences, and PyTorch's.

use crate::reference::{assert_near, outcome1, uniform};
use crate::support::{Golden, assert_close};
use crate::{A, B, C};
use congruent::graph::Boxed;
use congruent::ops::order::Interpolation;
use congruent::prelude::*;

/// The gradient of `Σ y · cotangent` against differences of the same.
#[track_caller]
pub(crate) fn gradient_agrees<S: Shape, T: Shape>(
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
        |x| x.norm_axes::<Axes![0, 2]>(3.0);
        |x| x.norm_axes_keepdim::<Axes![2, 1]>(2.0);
        |x| x.nansum_axes::<Axes![0, 2]>();
        |x| x.nanmean_axes::<Axes![0, -1]>();
        |x| x.median_axes::<Axes![0, 2]>();
        |x| x.quantile_axes_keepdim::<Axes![2, 0]>(0.3);
        |x| x.mode_axes::<Axes![0, 1]>();
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
    assert_eq!(
        gradient(&[1.0, nan, 3.0, 3.0], |x| x.nanmax_axes_keepdim::<Axes![0]>().rename((A(1),)).boxed())[1..],
        [0.0, 0.5, 0.5]
    );
    // What is no number takes no part: the others have the slopes that they have alone.
    let alone: [(Run, Run); 3] = [
        (|x| x.nanvar_keepdim::<0>(1).rename((A(1),)).boxed(), |x| x.var_keepdim::<0>(1).rename((A(1),)).boxed()),
        (|x| x.nanstd_keepdim::<0>(0).rename((A(1),)).boxed(), |x| x.std_keepdim::<0>(0).rename((A(1),)).boxed()),
        (|x| x.nanmin_keepdim::<0>().rename((A(1),)).boxed(), |x| x.min_keepdim::<0>().rename((A(1),)).boxed()),
    ];
    for (among, own) in alone {
        let [a, b, c] = gradient(&[1.5, -2.0, 7.0], own)[..] else { unreachable!() };
        let found = gradient(&[nan, 1.5, -2.0, nan, 7.0], among);
        assert_near("gradient among NaN", &found, &[0.0, a, b, 0.0, c], 1e-15, 1.0);
    }
    assert_eq!(gradient(&[2.0, nan, 2.0], |x| x.nanstd_keepdim::<0>(1).rename((A(1),)).boxed()), [0.0; 3]);
    assert_eq!(gradient(&[1.0, 3.0, 3.0, 2.0], |x| x.cummax_axis::<0>().boxed()), [1.0, 1.0, 2.0, 0.0]);
}

/// PyTorch's numbers: value, gradient by a given cotangent.
#[test]
fn golden_values_and_gradients() {
    macro_rules! golden {
        ($case:literal, $In:ty, $Out:ty, |$x:ident| $y:expr) => {{
            let mut file = Golden::open();
            let mut tensor = |what: &str| file.tensor::<$In>(&format!("{}/{what}", $case));
            let model: Param<$In, Weights> = tensor("in0").into();
            let expected = tensor("grad0");
            let cotangent = file.tensor::<$Out>(concat!($case, "/cot0"));
            let out = file.tensor::<$Out>(concat!($case, "/out0"));
            let run = |$x: Param<$In, Traced>| {
                $y.boxed().with(|y| {
                    assert_close($case, y.eval().as_slice(), out.as_slice(), 1e-6);
                    (y * &cotangent).sum()
                })
            };
            let (_, gradient) = model.value_and_grad(|x| run(x).boxed()).expect("the sizes agree");
            assert_close($case, gradient.as_slice(), expected.as_slice(), 1e-6);
        }};
    }
    golden!("cumsum_ax1", Shape![2, 3, 4], Shape![2, 3, 4], |x| x.cumsum_axis::<1>());
    golden!("sort_ax1", Shape![2, 3], Shape![2, 3], |x| x.sort_axis::<1>());
    golden!("topk2_ax1", Shape![2, 3], Shape![2, 2], |x| x.topk::<2, 1>().0);
    golden!("norm_l2_ax2", Shape![2, 3, 4], Shape![2, 3], |x| x.norm_axis::<2>(2.0));
}

#[test]
fn golden_positions() {
    let mut file = Golden::open();
    let x = file.tensor::<Shape![2, 3, 4]>("reduce_argmax_ax2/in0");
    assert_eq!(x.argmax_axis::<2>(), file.ids::<Shape![2, 3]>("reduce_argmax_ax2/out0"));
    let x = file.tensor::<Shape![2, 3, 4]>("reduce_argmin_ax2/in0");
    assert_eq!(x.argmin_axis::<-1>(), file.ids::<Shape![2, 3]>("reduce_argmin_ax2/out0"));
    let x = file.tensor::<Shape![2, 3]>("sort_ax1/in0");
    assert_eq!(x.argsort_axis::<1>(), file.ids::<Shape![2, 3]>("sort_ax1/out1"));
    let x = file.tensor::<Shape![2, 3]>("topk2_ax1/in0");
    assert_eq!(x.topk::<2, 1>().1, file.ids::<Shape![2, 2]>("topk2_ax1/out1"));
}
