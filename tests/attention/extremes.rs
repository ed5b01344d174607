//! Scores at the ends of the range, NaN and infinities, queries that see nothing.

use super::plain::Case;
use super::{check, near, numbers, plain, run};
use congruent::prelude::*;

/// Scores of some ten thousand: exponentials of these are beyond every type.
#[test]
fn large_scores_choose() {
    for causal in [false, true] {
        for scale in [1e4, -1e4] {
            let case = Case { causal, scale, ..Case::new([2, 1, 33, 140, 2, 3]) };
            check::<f64>(&case, 1e-6);
            let [a, b, c, d] = case.lens();
            let (q, k, v) = (numbers::<f32>(a, 1), numbers::<f32>(b, 2), numbers::<f32>(c, 3));
            let [y, ..] = run(Cpu, &case, [&q, &k, &v, &numbers(d, 4)]);
            near("y", &y, &case.forward(&plain(&q), &plain(&k), &plain(&v)), 5e-3);
        }
    }
}

/// What is added may be large, too, as a mask of -1e9 is.
#[test]
fn large_biases_hide() {
    let mut case = Case::new([1, 2, 9, 150, 4, 4]);
    case.bias = (0..case.scores()).map(|i| if i % 3 == 1 { -1e9 } else { 1e4 }).collect();
    check::<f64>(&case, 1e-6);
    case.bias.iter_mut().take(150).for_each(|bias| *bias = -1e9);
    check::<f64>(&case, 1e-6);
}

#[test]
fn nothing_seen_gives_zeros() {
    let case = Case::new([1, 1, 3, 200, 4, 5]);
    let mask = (0..case.scores()).map(|i| i / 200 != 1).collect();
    let bias = (0..case.scores()).map(|i| if i / 200 == 1 { f64::NEG_INFINITY } else { 0.0 }).collect();
    let [a, b, c, d] = case.lens();
    let (q, k, v, dy) = (numbers::<f32>(a, 1), numbers(b, 2), numbers(c, 3), numbers(d, 4));
    for case in [Case { mask, ..case.clone() }, Case { bias, ..case.clone() }] {
        let [y, dq, ..] = run(Cpu, &case, [&q, &k, &v, &dy]);
        assert_eq!((&y[5..10], &dq[4..8]), (&[0.0; 5][..], &[0.0; 4][..]));
        assert!(y[..5].iter().chain(&y[10..]).all(|y| *y != 0.0));
    }
    // More queries than keys: the first ones see none.
    let case = Case { causal: true, ..Case::new([1, 1, 5, 2, 4, 3]) };
    let [a, b, c, d] = case.lens();
    let [y, dq, ..] = run(Cpu, &case, [&numbers::<f64>(a, 1), &numbers(b, 2), &numbers(c, 3), &numbers(d, 4)]);
    assert_eq!((&y[..9], &dq[..12]), (&[0.0; 9][..], &[0.0; 12][..]));
    let none = Case::new([1, 1, 3, 0, 4, 2]);
    assert_eq!(run(Cpu, &none, [&numbers::<f32>(12, 1), &[], &[], &numbers(6, 4)])[0], [0.0; 6]);
}

/// What is not a number reaches those who see it, and nobody else: the same rows as if nothing were wrong.
#[test]
fn what_is_hidden_has_no_influence() {
    let case = Case { causal: true, ..Case::new([1, 1, 150, 150, 4, 4]) };
    let lens = case.lens();
    let clean: [Vec<f64>; 4] = std::array::from_fn(|i| numbers(lens[i], i as u64));
    let [q, k, v, dy] = &clean;
    let expected = run(Cpu, &case, [q, k, v, dy]);
    for (operand, odd) in [(0, f64::NAN), (1, f64::NAN), (2, f64::NAN), (2, f64::INFINITY), (1, f64::INFINITY)] {
        let mut spoilt = clean.clone();
        spoilt[operand][100 * 4 + 1] = odd;
        let [q, k, v, dy] = &spoilt;
        let [y, dq, dk, dv] = run(Cpu, &case, [q, k, v, dy]);
        let row = |row: usize| row * 4..row * 4 + 4;
        for query in 0..150 {
            let sees = if operand == 0 { query == 100 } else { query >= 100 };
            let same = y[row(query)] == expected[0][row(query)] && dq[row(query)] == expected[1][row(query)];
            assert_eq!(same, !sees, "{odd} in operand {operand}, query {query}");
        }
        if operand == 0 {
            let hidden = 101..150;
            for key in hidden {
                assert!(dk[row(key)] == expected[2][row(key)] && dv[row(key)] == expected[3][row(key)], "key {key}");
            }
            assert!(dk[0].is_nan() && dv[0].is_nan());
        }
        if odd.is_nan() || operand == 2 {
            assert!(y[row(100)].iter().any(|y| !y.is_finite()));
        }
    }
}

#[test]
fn masks_hide_what_is_not_a_number() {
    let (n, odd) = (7, Cpu.tensor_of::<f32, _>([[1.0, f32::NAN], [2.0, 3.0], [f32::INFINITY, 1.0]]));
    let q: Tensor<Shape![7, 2]> = Cpu.uniform(Default::default(), Key::new(1), -1.0, 1.0);
    let seen = Cpu.tensor_of::<bool, _>([[false, true, false]]);
    let y = q.attention_with(&odd, &odd, Attend::all().mask(&seen)).eval();
    assert_eq!(y.as_slice(), [2.0, 3.0].repeat(n));
    assert!(q.attention(&odd, &odd).eval().as_slice().iter().all(|y| y.is_nan()));
    let bias = Cpu.tensor([[f32::NAN, 0.0, f32::NEG_INFINITY]]);
    assert!(q.attention_with(&odd, &odd, Attend::all().bias(&bias)).eval().as_slice().iter().all(|y| y.is_nan()));
}

/// The mean of equal values is that value, at the end of the range too: no sum of them is larger than the largest.
#[test]
fn values_at_the_end_of_the_range_stay_in_it() {
    fn mean<E: Real>(value: f64, keys: usize) -> Vec<f64> {
        let v = Cpu.full((crate::Keys(keys), D::<2>), E::of_f64(value));
        let k = Cpu.zeros_of::<E, _>((crate::Keys(keys), D::<3>));
        plain(Cpu.zeros_of::<E, Shape![2, 3]>(Default::default()).attention(&k, &v).eval().as_slice())
    }
    for keys in [1, 3, 4, 127, 128, 129, 1000] {
        for (found, value) in
            [(mean::<f32>(3e38, keys), 3e38), (mean::<f64>(1.7e308, keys), 1.7e308), (mean::<bf16>(3e38, keys), 3e38)]
        {
            assert!(found.iter().all(|y| (y / value - 1.0).abs() < 4e-3), "{keys} keys of {value:e}: {found:?}");
        }
    }
}

dims! { Wide = 70_000 }

/// Few queries and keys of very many elements.
#[test]
fn elements_may_be_many() {
    let x: Param<(D<2>, Wide)> = Cpu.uniform((D::<2>, Wide), Key::new(1), -1.0, 1.0).into();
    let (loss, grads) = x.value_and_grad(|x| (x.attention(x, x) * x).sum()).expect("the sizes agree");
    let written = |x: &Param<(D<2>, Wide)>| {
        x.value_and_grad(|x| ((x.matmul_t(x) * 70_000f64.powf(-0.5)).softmax().matmul(x) * x).sum())
            .expect("they agree")
    };
    let (expected, slopes) = written(&x);
    assert!((loss / expected - 1.0).abs() < 1e-4, "{loss} for {expected}");
    assert!(grads.tensor().allclose(&slopes.tensor(), 1e-3, 1e-3));
}
