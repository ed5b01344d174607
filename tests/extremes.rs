//! Numbers at the ends of their types: products that leave the range on the way, far ends, infinities, slopes that lose
//! all digits, weights of all sizes.
//!
//! Apart from `catalogue`, which walks pointwise formulas: here each operation has its own mathematics. Answers from
//! mpmath and exact integers.

use congruent::ops::{Interpolation, ScatterReduce, Side};
use congruent::prelude::*;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

type Outcome = Result<(), Box<dyn std::error::Error>>;
dims! { Length = ?, Batch = ?, Tokens = ?, Bins = ? }

/// Every element within `rel` of what is wanted; NaN is near NaN alone.
#[track_caller]
fn near<E: Real>(found: &[E], wanted: &[f64], rel: f64) {
    let found: Vec<f64> = found.iter().map(|v| v.as_f64()).collect();
    let ok = |f: &f64, w: &f64| f == w || (f - w).abs() <= rel * w.abs().max(1e-300) || (f.is_nan() && w.is_nan());
    let all = found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| ok(f, w));
    assert!(all, "found {found:?}, wanted {wanted:?}");
}

/// The gradient of `$loss` by `$w`, a parameter of these values.
macro_rules! slope {
    ($E:ty, $values:expr, |$w:ident| $loss:expr) => {{
        let values = $values;
        let x = Cpu.from_fn((Length(values.len()),), |i| <$E>::of_f64(values[i]));
        let w: Param<(Length,), Weights<$E>> = x.into();
        w.value_and_grad(|$w| $loss).expect("sizes agree").1.as_slice().to_vec()
    }};
}

fn vector<E: Real>(values: &[f64]) -> Tensor<(Length,), E> {
    Cpu.from_fn((Length(values.len()),), |i| E::of_f64(values[i]))
}

const INF: f64 = f64::INFINITY;

// --- products

#[test]
fn products_leave_the_range_on_their_way() {
    let x: Tensor<Shape![1000]> = Cpu.arange(D::<1000>);
    assert_eq!(x.prod().eval().item(), 0.0);
    fn prod<E: Real>(values: &[f64]) -> f64 {
        vector::<E>(values).prod().eval().item().as_f64()
    }
    for pairs in [1, 4, 32, 1000] {
        let one: Vec<f64> = [1e30, 1e-30].repeat(pairs);
        let ends: Vec<f64> = [vec![1e30; pairs], vec![1e-30; pairs]].concat();
        for values in [&one, &ends] {
            near(
                &[prod::<f32>(values), prod::<bf16>(&[2f64.powi(100), 2f64.powi(-100)].repeat(pairs))],
                &[1.0; 2],
                1e-3,
            );
            let wide: Vec<f64> = values.iter().map(|x| x.powi(10)).collect();
            near(&[prod::<f64>(&wide), prod::<f16>(&[2f64.powi(14), 2f64.powi(-14)].repeat(pairs))], &[1.0; 2], 1e-9);
        }
    }
    for (values, wanted) in [
        (&[1e-40, 1e30][..], 1e-10),
        (&[INF, 2.0], INF),
        (&[INF, 0.0], f64::NAN),
        (&[0.0, f64::NAN], f64::NAN),
        (&[-INF, 1e-30, 1e-30], -INF),
        (&[1e30, 1e30, 0.0, 1e30], 0.0),
        (&[], 1.0),
        (&[1e30, 1e30], INF),
        (&[1e-30, 1e-30], 0.0),
        (&[1e38, 1e-38, 1e38, 1e38, 1e-38, 1e-38, -2.0], -2.0),
    ] {
        near(&[prod::<f32>(values)], &[wanted], 1e-5);
    }
}

#[test]
fn products_of_any_axis() {
    let pattern = |i: usize| if i.is_multiple_of(2) { 1e30f32 } else { 1e-30 };
    let x = Cpu.from_fn((D::<40>, D::<6>, D::<5>), |i| pattern(i / 30));
    near(x.prod_axis::<0>().eval().as_slice(), &[1.0; 30], 1e-4);
    let x = Cpu.from_fn((D::<3>, D::<40>, D::<5>), |i| pattern(i / 5 % 40));
    near(x.prod_axis::<1>().eval().as_slice(), &[1.0; 15], 1e-4);
    near(x.t().prod_axis::<2>().eval().as_slice(), &[1.0; 15], 1e-4);
    near(x.prod_axes::<Axes![0, 1]>().eval().as_slice(), &[1.0; 5], 1e-4);
    assert_eq!(Cpu.tensor([i64::MAX, 2]).prod().eval().item(), -2, "integers wrap around");
}

#[test]
fn slopes_of_products() -> Outcome {
    fn all<E: Real>(values: &[f64], wanted: &[f64], rel: f64) {
        near(&slope!(E, values, |w| w.prod()), wanted, rel);
        let (one, ids) = (Cpu.full((D::<1>,), E::of_f64(1.0)), Cpu.zeros_of::<i64, _>((Length(values.len()),)));
        near(&slope!(E, values, |w| one.scatter_reduce::<0>(&ids, w, ScatterReduce::Prod).sum()), wanted, rel);
        // The last of the running products is the product.
        let last = vector::<E>(&(0..values.len()).map(|i| f64::from(i + 1 == values.len())).collect::<Vec<_>>());
        near(&slope!(E, values, |w| (w.cumprod_axis::<0>() * &last).sum()), wanted, rel);
    }
    all::<f32>(&[1e-30, 1e-20, 3.0], &[3e-20, 3e-30, 0.0], 1e-5);
    all::<f32>(&[1e30, 1e20, 1e-30], &[1e-10, 1.0, INF], 1e-5);
    all::<f32>(&[0.0, 1e-20, 1e-10], &[1e-30, 0.0, 0.0], 1e-5);
    all::<f32>(&[0.0, 0.0, 1e30], &[0.0, 0.0, 0.0], 1e-5);
    all::<f32>(&[1e30, 1e30, 0.0, 1e-30], &[0.0, 0.0, 1e30, 0.0], 1e-5);
    all::<f32>(&[INF, 2.0, 3.0], &[6.0, INF, INF], 1e-5);
    all::<f64>(&[1e-300, 1e-200, 3.0], &[3e-200, 3e-300, 0.0], 1e-12);
    all::<f64>(&[1e300, 1e300, 1e-300], &[1.0, 1.0, INF], 1e-12);
    all::<f16>(&[300.0, 400.0, 2e-3], &[0.8, 0.6, INF], 2e-3);
    all::<f16>(&[1e-3, 1e-3, 1e-3], &[1e-6, 1e-6, 1e-6], 5e-2);
    all::<bf16>(&[2f64.powi(-100), 2f64.powi(-60), 2.0], &[2f64.powi(-59), 2f64.powi(-99), 0.0], 1e-2);
    Ok(())
}

/// `y / x · dy` where the quotient alone leaves the range, or the product of what is left.
#[test]
fn slopes_of_products_beside_far_factors() {
    fn all<E: Real>(values: &[f64], factor: f64, wanted: &[f64], rel: f64) {
        near(&slope!(E, values, |w| w.prod() * factor), wanted, rel);
        let (one, ids) = (Cpu.full((D::<1>,), E::of_f64(1.0)), Cpu.zeros_of::<i64, _>((Length(values.len()),)));
        let scattered = |values: &[f64]| {
            slope!(E, values, |w| (one.scatter_reduce::<0>(&ids, w, ScatterReduce::Prod) * factor).sum())
        };
        near(&scattered(values), wanted, rel);
        // Both signs, along either axis, in rows of any length.
        let longer: Vec<f64> = [values, &[-1.0; 15]].concat();
        let slopes: Vec<f64> = wanted.iter().map(|w| -w).collect();
        near(&slope!(E, longer, |w| w.prod() * factor)[..values.len()], &slopes, rel);
        let columns: Vec<f64> = values.iter().flat_map(|x| [*x, 1.0]).collect();
        let x = Cpu.from_fn((Length(values.len()), D::<2>), |i| E::of_f64(columns[i]));
        let w: Param<(Length, D<2>), Weights<E>> = x.into();
        let slope = w.value_and_grad(|w| w.prod_axis::<0>().select::<0>(0) * factor).expect("sizes agree").1;
        let first: Vec<E> = slope.as_slice().iter().step_by(2).copied().collect();
        near(&first, wanted, rel);
    }
    all::<f32>(&[1e-10, 1e20, 1e20], 1e-10, &[1e30, 1.0, 1.0], 1e-5);
    all::<f32>(&[1e20, 1e-25, 1e-25], 1e20, &[1e-30, 1e15, 1e15], 1e-5);
    all::<f32>(&[1e-44, 1e38, 1e35], 1e-38, &[1e35, 0.0, 9.80909e-45], 1e-2);
    all::<f32>(&[1e38, 1e-38, 1e-36], 1e38, &[1e-36, INF, 1e38], 1e-5);
    all::<f32>(&[1e-20, 1e30, 1e30], 1e-30, &[1e30, 1e-20, 1e-20], 1e-5);
    all::<bf16>(&[2f64.powi(-33), 2f64.powi(66), 2f64.powi(66)], 2f64.powi(-33), &[2f64.powi(99), 1.0, 1.0], 1e-2);
    all::<f64>(&[1e-200, 1e200, 1e200], 1e-200, &[1e200, 1e-200, 1e-200], 1e-9);
    all::<f64>(&[1e200, 1e-180, 1e-160], 1e200, &[1e-140, 1e240, 1e220], 1e-9);
    all::<f64>(&[1e300, 1e-160, 1e-160], 1e150, &[1e-170, 1e290, 1e290], 1e-9);
    all::<f64>(&[1e-300, 1e250, 1e250], 1e-250, &[1e250, 1e-300, 1e-300], 1e-9);
    // The product itself leaves the range.
    all::<f64>(&[1e200, 1e200, 1e100], 1e-250, &[1e50, 1e50, 1e150], 1e-9);
}

#[test]
fn running_products_come_back() {
    let of = |values: &[f64]| vector::<f64>(values).cumprod_axis::<0>().eval().to_vec();
    near(&of(&[1e200, 1e200, 1e-200, 1e-200, 3.0]), &[1e200, INF, 1e200, 1.0, 3.0], 1e-12);
    near(&of(&[1e-200, 1e-200, 1e200, 1e200, 3.0]), &[1e-200, 0.0, 1e-200, 1.0, 3.0], 1e-12);
    near(&of(&[1e300, 1e300, 1e300, 1e300, 0.0, 2.0]), &[1e300, INF, INF, INF, 0.0, 0.0], 1e-12);
    near(
        &of(&[5e-324, f64::MAX, 2.0, -INF, 0.0]),
        &[5e-324, 8.881784197001251e-16, 1.7763568394002502e-15, -INF, f64::NAN],
        1e-12,
    );
    let x = vector::<f32>(&[1e-30, 1e-30, 1e30, 1e30, 2.0]);
    near(x.cumprod_axis::<0>().eval().as_slice(), &[1e-30, 0.0, 1e-30, 1.0, 2.0], 1e-5);
    let found = slope!(f32, [1e-38, 1.0, 1e20, 1e20], |w| w.cumprod_axis::<0>().sum());
    near(&found, &[INF, 100.0, 1e-18, 1e-18], 1e-5);
}

#[test]
fn products_that_meet_at_one_place() {
    let (one, ids) = (Cpu.tensor([1.0, 2.0]), Cpu.tensor([0, 0, 0, 0, 1]));
    let src = Cpu.tensor([1e30, 1e30, 1e-30, 1e-30, -3.0]);
    near(one.scatter_reduce::<0>(&ids, &src, ScatterReduce::Prod).eval().as_slice(), &[1.0, -6.0], 1e-5);
}

// --- sums and means that meet at one place

#[test]
fn means_are_of_wide_sums() {
    let ids = Cpu.tensor([0, 0]);
    let bytes = Cpu.tensor_of::<u8, _>([200]).scatter_reduce::<0>(
        &ids,
        &Cpu.tensor_of::<u8, _>([200, 200]),
        ScatterReduce::Mean,
    );
    assert_eq!(bytes.eval().as_slice(), [200]);
    let signed = Cpu.tensor_of::<i8, _>([-100]).scatter_reduce::<0>(
        &ids,
        &Cpu.tensor_of::<i8, _>([-100, -101]),
        ScatterReduce::Mean,
    );
    assert_eq!(signed.eval().as_slice(), [-101], "rounded down");
    let large =
        Cpu.tensor([i64::MAX]).scatter_reduce::<0>(&ids, &Cpu.tensor([i64::MAX, i64::MAX]), ScatterReduce::Mean);
    assert_eq!(large.eval().as_slice(), [i64::MAX]);
    let unsigned = Cpu.tensor_of::<u64, _>([u64::MAX]).scatter_reduce::<0>(
        &ids,
        &Cpu.tensor_of::<u64, _>([u64::MAX, u64::MAX]),
        ScatterReduce::Mean,
    );
    assert_eq!(unsigned.eval().as_slice(), [u64::MAX]);
    let halves = |x: f64| Cpu.full((D::<1>,), f16::from_f64(x));
    let src = Cpu.full((D::<2>,), f16::from_f64(60000.0));
    near(halves(60000.0).scatter_reduce::<0>(&ids, &src, ScatterReduce::Mean).eval().as_slice(), &[60000.0], 1e-3);
    let far = Cpu.tensor_of::<f64, _>([1.7e308]).scatter_reduce::<0>(
        &ids,
        &Cpu.tensor_of::<f64, _>([1.7e308, 1.7e308]),
        ScatterReduce::Mean,
    );
    near(far.eval().as_slice(), &[1.7e308], 1e-12);
    let many = Cpu.zeros_of::<i64, _>((Length(100_000),));
    let ones = Cpu.full((Length(100_000),), f16::from_f64(1.0));
    near(halves(1.0).scatter_reduce::<0>(&many, &ones, ScatterReduce::Mean).eval().as_slice(), &[1.0], 0.0);
}

#[test]
fn many_terms_at_one_place_are_added_wide() -> Outcome {
    const COUNT: usize = 1_000_000;
    let (ids, src) = (Cpu.zeros_of::<i64, _>((Length(COUNT),)), Cpu.full((Length(COUNT),), 0.1f32));
    let exact = COUNT as f64 * f64::from(0.1f32);
    let y = Cpu.zeros::<Shape![3]>();
    near(&y.scatter_add::<0>(&ids, &src).eval().as_slice()[..1], &[exact], 1e-7);
    near(&y.index_add::<0>(&ids, &src).eval().as_slice()[..1], &[exact], 1e-7);
    near(&y.index_put_add((&ids,), &src).eval().as_slice()[..1], &[exact], 1e-7);
    near(&y.scatter_reduce::<0>(&ids, &src, ScatterReduce::Sum).eval().as_slice()[..1], &[exact], 1e-7);
    let w: Param<Shape![3]> = y.into();
    let (_, g) = w.value_and_grad(|w| (w.index_select::<0>(&ids) * 0.1).sum())?;
    near(&g.as_slice()[..1], &[exact], 1e-6);
    let ones = Cpu.full((Length(5000),), f16::from_f64(1.0));
    let ids = Cpu.zeros_of::<i64, _>((Length(5000),));
    let half = Cpu.full((D::<1>,), f16::from_f64(0.0)).scatter_add::<0>(&ids, &ones);
    near(half.eval().as_slice(), &[5000.0], 1e-3);
    Ok(())
}

// --- pointwise

#[test]
fn slopes_keep_their_digits() {
    near(
        &slope!(f32, [1e-2, 1e-3, 1e-4, 1e-6], |w| w.sinc().sum()),
        &[-0.0328954338, -0.00328986504, -3.28986802e-4, -3.28986813e-6],
        1e-6,
    );
    near(&slope!(f32, [1e20, -1e30, 1e38, INF], |w| w.asinh().sum()), &[1e-20, 1e-30, 1e-38, 0.0], 1e-6);
    near(&slope!(f32, [1e20, -1e20, INF, -INF], |w| w.gelu_tanh().sum()), &[1.0, 0.0, 1.0, 0.0], 1e-6);
    let powers = |base: f64, exponent: f64| {
        let (x, y) = (vector::<f32>(&[base]), vector::<f32>(&[exponent]));
        [slope!(f32, [base], |w| w.pow(&y).sum())[0], slope!(f32, [exponent], |w| x.pow(w).sum())[0]]
    };
    let tiny = 2f64.powi(-140);
    near(&powers(tiny, tiny), &[1.0, -97.04060527839234], 1e-6);
    near(&powers(-3.0, 2f64.powi(66))[..1], &[-INF], 0.0);
    near(&powers(INF, -1.0), &[0.0, 0.0], 0.0);
    near(&powers(0.0, 2.0), &[0.0, 0.0], 0.0);
    let (one, zero) = (vector::<f32>(&[1e20]), vector::<f32>(&[0.0]));
    near(&slope!(f32, [1e20], |w| w.atan2(&one).sum()), &[5e-21], 1e-6);
    near(&slope!(f32, [1e-30], |w| w.atan2(&zero).sum()), &[0.0], 0.0);
    near(&slope!(f32, [3e38], |w| w.hypot(&vector::<f32>(&[3e38])).sum()), &[FRAC_1_SQRT_2], 1e-6);
    near(&slope!(f32, [-INF], |w| w.hypot(&one).sum()), &[-1.0], 0.0);
    near(&slope!(f32, [tiny], |w| (&zero / w).sum()), &[0.0], 0.0);
    near(&slope!(f32, [10.0, -20.0], |w| w.tanh().sum()), &[8.244614455e-9, 1.699341702e-17], 1e-5);
}

#[test]
fn slopes_of_remainders_count_as_the_remainder_does() {
    let x = Cpu.tensor_of::<f64, _>([1.0]);
    near(&slope!(f64, [0.1], |w| x.rem(w).sum()), &[-9.0], 0.0); // 1.0 = 9 · 0.1 + 0.0999..
    near(&slope!(f64, [0.1], |w| x.fmod(w).sum()), &[-9.0], 0.0);
    near(&slope!(f64, [-0.1], |w| x.rem(w).sum()), &[10.0], 0.0);
    near(&slope!(f64, [-0.1], |w| x.fmod(w).sum()), &[9.0], 0.0);
    near(&slope!(f64, [INF], |w| (-&x).rem(w).sum()), &[1.0], 0.0);
    near(&slope!(f64, [INF], |w| (-&x).fmod(w).sum()), &[0.0], 0.0);
    let f = Cpu.tensor([1.0]);
    near(&slope!(f32, [0.1], |w| f.rem(w).sum()), &[-9.0], 0.0);
}

#[test]
fn fused_products_are_rounded_once() {
    fn fma<E: Real>(x: f64, y: f64, z: f64) -> f64 {
        let [x, y, z] = [x, y, z].map(|x| vector::<E>(&[x; 5]));
        let found = x.fma(&y, &z).eval().to_vec();
        assert!(found.iter().all(|other| *other == found[0]), "{found:?}");
        found[0].as_f64()
    }
    for level in [congruent::num::Level::Portable, congruent::num::Level::Avx2, congruent::num::Level::Avx512] {
        congruent::num::with_level(level, || {
            assert_eq!(fma::<f16>(3.0, 683.0, 2f64.powi(-24)), 2050.0);
            assert_eq!(fma::<f16>(3.0, 683.0, -2f64.powi(-24)), 2048.0);
            assert_eq!(fma::<f16>(-3.0, 683.0, 2f64.powi(-24)), -2048.0);
            assert_eq!(fma::<f16>(-3.0, 683.0, -2f64.powi(-24)), -2050.0);
            assert_eq!(fma::<bf16>(7.0, 37.0, 0.0), 260.0, "halves to even");
            assert_eq!(fma::<bf16>(7.0, 37.0, -2f64.powi(-40)), 258.0);
            assert_eq!(fma::<bf16>(-7.0, 37.0, 2f64.powi(-40)), -258.0);
            let e = 2f64.powi(-12);
            assert_eq!(fma::<f32>(1.0 + e, 1.0 + e, -1.0 - 2.0 * e), e * e);
            let e = 2f64.powi(-27);
            assert_eq!(fma::<f64>(1.0 + e, 1.0 + e, -1.0 - 2.0 * e), e * e);
        });
    }
}

#[test]
fn activations_have_their_limits() {
    let x = Cpu.tensor([-f32::INFINITY, f32::INFINITY]);
    let inf = INF;
    macro_rules! limits {
        ($($name:ident: $values:expr, $slopes:expr;)*) => { $(
            near(x.$name().eval().as_slice(), &$values, 1e-7);
            near(&slope!(f32, [-INF, INF], |w| w.$name().sum()), &$slopes, 1e-7);
            near(&slope!(f64, [-INF, INF], |w| w.$name().sum()), &$slopes, 1e-7);
        )* };
    }
    limits! {
        silu: [0.0, inf], [0.0, 1.0];
        gelu: [0.0, inf], [0.0, 1.0];
        gelu_tanh: [0.0, inf], [0.0, 1.0];
        mish: [0.0, inf], [0.0, 1.0];
        softsign: [-1.0, 1.0], [0.0, 0.0];
        softplus: [0.0, inf], [0.0, 1.0];
        logsigmoid: [-inf, 0.0], [1.0, 0.0];
        sigmoid: [0.0, 1.0], [0.0, 0.0];
        tanh: [-1.0, 1.0], [0.0, 0.0];
        tanhshrink: [-inf, inf], [1.0, 1.0];
        selu: [-1.758099340847377, inf], [0.0, 1.050_700_987_355_48];
        hardswish: [0.0, inf], [0.0, 1.0];
        hardsigmoid: [0.0, 1.0], [0.0, 0.0];
        relu6: [0.0, 6.0], [0.0, 0.0];
        sinc: [0.0, 0.0], [0.0, 0.0];
        atan: [-FRAC_PI_2, FRAC_PI_2], [0.0, 0.0];
        erf: [-1.0, 1.0], [0.0, 0.0];
        expm1: [-1.0, inf], [0.0, inf];
    }
}

#[test]
fn points_between_far_ends() {
    fn lerp<E: Real>(x: f64, y: f64, weight: f64) -> f64 {
        let [x, y, w] = [x, y, weight].map(|x| vector::<E>(&[x]));
        let found = x.lerp(&y, weight).eval().as_slice()[0].as_f64();
        near(&[x.lerp_with(&y, &w).eval().as_slice()[0].as_f64()], &[found], 1e-6);
        found
    }
    near(&[lerp::<f32>(-3e38, 3e38, 0.25), lerp::<f32>(3e38, -3e38, 0.75)], &[-1.5e38; 2], 1e-6);
    near(&[lerp::<f64>(-1.7e308, 1.7e308, 0.75)], &[8.5e307], 1e-12);
    near(&[lerp::<f16>(-65504.0, 65504.0, 0.25)], &[-32752.0], 1e-3);
    for (x, y) in [(-3e38, 3e38), (1.0, INF), (INF, INF), (-INF, 1.0)] {
        near(&[lerp::<f32>(x, y, 0.0), lerp::<f32>(x, y, 1.0)], &[f64::from(x as f32), f64::from(y as f32)], 0.0);
    }
    near(
        &[lerp::<f32>(0.0, INF, 0.3), lerp::<f32>(INF, INF, 0.3), lerp::<f32>(-INF, 0.0, 0.7)],
        &[INF, INF, -INF],
        0.0,
    );
}

// --- order, creation, random

#[test]
fn quantiles_are_monotone() {
    let of = |values: &[f64], q: f64| vector::<f64>(values).quantile(q).eval().item();
    assert_eq!((of(&[0.0, INF], 0.75), of(&[-INF, 0.0], 0.25)), (INF, -INF));
    near(&[of(&[-1.7e308, 1.7e308], 0.25)], &[-8.5e307], 1e-12);
    for values in [&[-1.7e308, 1.7e308][..], &[0.0, INF], &[-INF, 0.0], &[-INF, 1.0, INF], &[0.1, 0.3, 0.7]] {
        let found: Vec<f64> = (0..=100).map(|i| of(values, f64::from(i) / 100.0)).collect();
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1]), "{values:?} {found:?}");
        assert_eq!((found[0], found[100]), (values[0], values[values.len() - 1]));
    }
    for how in [Interpolation::Lower, Interpolation::Higher, Interpolation::Nearest, Interpolation::Midpoint] {
        let x = Cpu.tensor([-f32::INFINITY, 1.0, f32::INFINITY]);
        let wanted = match how {
            Interpolation::Higher | Interpolation::Nearest => 1.0,
            _ => -f32::INFINITY,
        };
        assert_eq!(x.quantile((0.3, how)).eval().item(), wanted, "{how:?}");
        assert!(vector::<f32>(&[f64::NAN, 1.0]).quantile((0.3, how)).eval().item().is_nan());
    }
    near(&[0.25, 0.5, 0.75].map(|q| of(&[-INF, INF], q)), &[-INF, f64::NAN, INF], 0.0);
    near(&[vector::<f16>(&[-65504.0, 65504.0]).quantile(0.25).eval().item()], &[-32752.0], 1e-3);
    assert_eq!(vector::<f64>(&[1.7e308, 1.7e308]).median().eval().item(), 1.7e308);
}

#[test]
fn ranges_as_wide_as_the_type() {
    near(Cpu.linspace_of::<f64, _>(D::<3>, -1.7e308, 1.7e308).as_slice(), &[-1.7e308, 0.0, 1.7e308], 1e-12);
    near(
        Cpu.linspace_of::<f64, _>(D::<5>, -f64::MAX, f64::MAX).as_slice(),
        &[-f64::MAX, -f64::MAX / 2.0, 0.0, f64::MAX / 2.0, f64::MAX],
        1e-12,
    );
    assert_eq!(Cpu.linspace_of::<f64, _>(D::<3>, INF, INF).as_slice(), [INF; 3]);
    assert_eq!(Cpu.linspace_of::<f64, _>(D::<3>, 0.0, INF).as_slice(), [0.0, INF, INF]);
    assert_eq!(Cpu.linspace_of::<f64, _>(D::<3>, -INF, 5.0).as_slice(), [-INF, -INF, 5.0]);
    assert_eq!(Cpu.linspace_of::<f64, _>(D::<1>, -1.7e308, 1.7e308).as_slice(), [-1.7e308]);
    let steps = Cpu.arange_until(Length, -1.5e308, 1.5e308, 1e308f64).expect("three steps");
    near(steps.as_slice(), &[-1.5e308, -5e307, 5e307], 1e-12);
    near(Cpu.arange_from(D::<4>, -1.5e308, 1e308f64).as_slice(), &[-1.5e308, -5e307, 5e307, 1.5e308], 1e-12);
    near(Cpu.linspace_of::<f32, _>(D::<3>, -3e38, 3e38).as_slice(), &[-3e38, 0.0, 3e38], 1e-6);
    let y = Cpu.uniform_of::<f64, _>((D::<1000>,), Key::new(1), -1.7e308, 1.7e308);
    assert!(y.as_slice().iter().all(|y| y.is_finite() && y.abs() <= 1.7e308) && y.as_slice().iter().any(|y| *y < 0.0));
    let ints = Cpu.randint::<_, i64>((D::<1000>,), Key::new(1), i64::MIN, i64::MAX).expect("a range");
    assert!(ints.as_slice().iter().any(|x| *x < 0) && ints.as_slice().iter().any(|x| *x > 0));
}

#[test]
fn histograms_keep_their_edges() -> Outcome {
    let x: Tensor<Shape![11]> = Cpu.from_fn((D::<11>,), |i| i as f32 / 10.0);
    let wanted = [1, 1, 1, 1, 1, 1, 1, 1, 1, 2];
    assert_eq!(x.histogram(D::<10>, Some((0.0, 1.0)))?.0.as_slice(), wanted);
    assert_eq!(x.histogram(D::<10>, None)?.0.as_slice(), wanted);
    assert_eq!(x.cast::<bf16>().eval().histogram(D::<10>, Some((0.0, 1.0)))?.0.as_slice(), wanted);
    assert_eq!(x.cast::<f16>().eval().histogram(D::<10>, Some((0.0, 1.0)))?.0.as_slice(), wanted);
    let y = Cpu.tensor([0.999, 1.0, 1.001, 1.099, 1.1, 1.101]);
    assert_eq!(y.histogram(D::<10>, Some((0.9, 1.1)))?.0.as_slice(), [0, 0, 0, 0, 1, 2, 0, 0, 0, 2]);
    let far = Cpu.tensor_of::<f64, _>([-1.7e308, 0.0, 1.7e308]);
    let (counts, edges) = far.histogram(D::<2>, None)?;
    assert_eq!((counts.as_slice(), edges), (&[1, 2][..], vec![-1.7e308, 0.0, 1.7e308]));
    let close = vector::<f16>(&[2048.0, 2048.0]);
    assert_eq!(close.histogram(D::<2>, None)?.0.as_slice(), [0, 2], "half a unit is less than the type tells");
    assert!(Cpu.tensor([f32::INFINITY]).histogram(D::<2>, None).is_err());
    let some = Cpu.tensor([f32::INFINITY, f32::NAN, 0.5, -f32::INFINITY]);
    assert_eq!(some.histogram(D::<2>, Some((0.0, 1.0)))?.0.as_slice(), [0, 1]);
    assert_eq!(vector::<f32>(&[]).histogram(D::<2>, None)?.0.as_slice(), [0, 0]);
    assert_eq!(Cpu.tensor_of::<u8, _>([250, 3, 3]).bincount(Bins, 0)?.as_slice()[3], 2);
    assert!(Cpu.tensor_of::<u64, _>([u64::MAX]).bincount(Bins, 0).is_err());
    let sorted = Cpu.tensor([-f32::INFINITY, -0.0, 0.0, f32::INFINITY]);
    assert_eq!(sorted.searchsorted(&Cpu.tensor([0.0, -0.0, f32::NAN]), Side::Left).as_slice(), [1, 1, 4]);
    Ok(())
}

#[test]
fn weights_of_all_sizes_are_drawn() -> Outcome {
    let draw = |weights: &[f64], count: usize, again: bool, seed: u64| {
        vector::<f64>(weights).multinomial(Batch(count), again, Key::new(seed)).map(|x| x.to_vec())
    };
    for seed in 0..50 {
        assert_eq!(draw(&[1e-200, 1e200], 2, false, seed)?, [1, 0]);
        assert_eq!(draw(&[5e-324, 1e308, 0.0, 1e-10], 3, false, seed)?, [1, 3, 0]);
        assert!(draw(&[0.0, 5e-324, 0.0, 5e-324], 20, true, seed)?.iter().all(|i| i % 2 == 1));
        assert!(draw(&[0.0, 1e308, 1e308, 0.0], 20, true, seed)?.iter().all(|i| [1, 2].contains(i)));
    }
    let firsts =
        (0..2000).filter(|&seed| draw(&[1e308, 1e308, 1e-308], 3, false, seed).expect("three")[0] == 0).count();
    assert!((900..1100).contains(&firsts), "{firsts}");
    for bad in [f64::NAN, INF, -1.0, -1e-300] {
        assert!(draw(&[1.0, bad], 1, true, 0).is_err() && draw(&[1.0, bad], 1, false, 0).is_err());
    }
    assert!(draw(&[1.0, 0.0], 2, false, 0).is_err() && draw(&[0.0, 0.0], 1, true, 0).is_err());
    let tiny = Cpu.beta_of::<f64, _>((D::<1000>,), Key::new(1), 1e-308, 1e-308)?;
    let ones = tiny.as_slice().iter().filter(|x| **x == 1.0).count();
    assert!((400..600).contains(&ones) && tiny.as_slice().iter().all(|x| [0.0, 1.0].contains(x)), "{ones}");
    let gamma = Cpu.gamma_of::<f64, _>((D::<100>,), Key::new(1), 1e-2, 1e300)?;
    assert!(gamma.as_slice().iter().all(|x| x.is_finite()));
    Ok(())
}

// --- shapes

#[test]
fn an_empty_batch_hides_no_static_axis() {
    let x = Cpu.zeros_of::<f32, _>((Batch(0), D::<64>));
    assert!(attempt(|| x.unflatten::<-1, _, _>(Tokens(5), D::<13>).eval()).is_err());
    assert!(attempt(|| x.unflatten::<-1, _, _>(D::<4>, D::<16>).eval()).is_ok());
    assert!(attempt(|| x.reshape((Batch(0), D::<32>, D::<2>)).eval()).is_ok());
    let y = Cpu.zeros_of::<i64, _>((Batch(0), Tokens(3), D::<6>));
    assert!(attempt(|| y.reshape((Tokens(3), Batch(0), D::<7>)).eval()).is_err());
    assert!(attempt(|| y.reshape((Length(0), D::<6>)).eval()).is_ok(), "as any other batch");
}
