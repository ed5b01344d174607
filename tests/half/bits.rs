//! What computes nothing: creation, conversion, comparison, order, indexing, printing, and every bit pattern.

use super::{Half, Len, Rows, both, uniform, wide};
use congruent::prelude::*;

/// Every number of the type, NaN included.
pub(crate) fn all<E: Half>() -> Tensor<(Len,), E> {
    Cpu.from_fn((Len(1 << 16),), |i| E::of_bits(i as u16))
}

fn bits<E: Half>(x: &Tensor<(Len,), E>) -> Vec<u16> {
    x.as_slice().iter().map(|x| x.bits()).collect()
}

fn patterns_survive<E: Half>() {
    let (x, every) = (all::<E>(), (0..=u16::MAX).collect::<Vec<_>>());
    assert_eq!(bits(&x), every);
    assert_eq!(bits(&x.flip::<0>().flip::<0>().eval()), every, "a copy computes nothing");
    let order = Cpu.from_fn((Len(1 << 16),), |i| i as i64);
    assert_eq!(bits(&x.index_select::<0>(&order).eval()), every);
    // Through a loop, `f32` and `f64`: NaN becomes quiet, all else is as it was.
    for y in [x.maximum(&x).eval(), x.cast::<f32>().cast::<E>().eval(), x.cast::<f64>().cast::<E>().eval()] {
        for (&found, &wanted) in y.as_slice().iter().zip(x.as_slice()) {
            let nan = found.as_f64().is_nan() && wanted.as_f64().is_nan();
            assert!(nan || found.bits() == wanted.bits(), "{wanted} came back as {found}");
        }
    }
    let nan: Tensor<_, bool> = x.is_nan().eval();
    assert!(nan.as_slice().iter().zip(x.as_slice()).all(|(&nan, x)| nan == x.as_f64().is_nan()));
}

fn casts_between_all_floats<E: Half>() {
    let values = [0.1, -1.0 / 3.0, 70_000.0, 1e-7, 1e-30, 1e39, f64::INFINITY, 2049.0, 257.0];
    let x = Cpu.from_fn((Len(values.len()),), |i| values[i]);
    super::assert_rounded("from f64", x.cast::<E>().eval().as_slice(), &values, 0);
    let y: Tensor<_, f32> = x.convert();
    super::assert_rounded("from f32", y.cast::<E>().eval().as_slice(), &wide(&y), 0);
    let z = x.convert::<E>();
    super::assert_rounded("to f16", z.cast::<f16>().eval().as_slice(), &wide(&z), 0);
    super::assert_rounded("to bf16", z.cast::<bf16>().eval().as_slice(), &wide(&z), 0);
    assert_eq!(wide(&z.cast::<f32>().eval()), wide(&z));
    assert_eq!(wide(&z.cast::<f64>().eval()), wide(&z));
    let model: Param<(Len,), Weights<f32>> = Cpu.full((Len(7),), 0.3).into();
    let slope = model.value_and_grad(|x| x.cast::<E>().square().sum().cast::<f32>()).expect("sizes").1;
    let wanted = E::of_f64(2.0 * E::of_f64(f64::from(0.3_f32)).as_f64()).as_f64();
    assert!(slope.as_slice().iter().all(|&x| f64::from(x) == wanted));
    let integers: Tensor<Shape![3], i64> = Cpu.tensor([7, -3, 2049]);
    super::assert_rounded("from i64", integers.convert::<E>().as_slice(), &[7.0, -3.0, 2049.0], 0);
    assert_eq!(z.convert::<i64>().as_slice()[2..5], [E::of_f64(70_000.0).as_i64(), 0, 0]);
    let truths: Tensor<Shape![2], bool> = Cpu.tensor_of([true, false]);
    assert_eq!(wide(&truths.convert::<E>()), [1.0, 0.0]);
}

fn created<E: Half>() {
    assert_eq!(wide(&Cpu.arange_of::<E, _>(D::<5>)), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(wide(&Cpu.linspace_of::<E, _>(D::<5>, -1.0, 1.0)), [-1.0, -0.5, 0.0, 0.5, 1.0]);
    assert_eq!(wide(&Cpu.eye_of::<E, _>(D::<2>)), [1.0, 0.0, 0.0, 1.0]);
    let x: Tensor<(Len,), E> = Cpu.rand_of((Len(40_001),), Key::new(1));
    let (low, high) = (wide(&x.min().eval())[0], wide(&x.max().eval())[0]);
    assert!(low >= 0.0 && high < 1.0 && high > 0.99, "{low}..{high}");
    // Each bound is kept, also where rounding would give it.
    for (low, high) in [(-1.0, 0.0), (0.99, 1.0), (2.0, 3.0), (-3.0, -2.0), (1.0, 1.0 + 2.0 * E::EPSILON)] {
        let x: Tensor<(Len,), E> = Cpu.uniform_of((Len(5_000),), Key::new(2), low, high);
        let inside = |x: &E| x.as_f64() < high && x.as_f64() >= E::of_f64(low).as_f64();
        assert!(x.as_slice().iter().all(inside), "{low}..{high}: up to {}", x.max().eval().item());
    }
    let normal: Tensor<(Len,), E> = Cpu.randn_of((Len(10_000),), Key::new(3));
    assert!(normal.mean().eval().item().as_f64().abs() < 0.03);
    assert!((normal.std(1).eval().item().as_f64() - 1.0).abs() < 0.03);
    let heads: Tensor<(Len,), E> = Cpu.bernoulli_of((Len(1_000),), Key::new(4), 0.5).expect("a probability");
    assert!(heads.as_slice().iter().all(|x| [0.0, 1.0].contains(&x.as_f64())));
}

fn compared_and_ordered<E: Half>() {
    let x: Tensor<(Rows, Len), E> = uniform((Rows(7), Len(101)), 5);
    let y = x.convert::<f64>();
    assert_eq!(x.gt(0.1).eval().to_vec(), y.gt(E::of_f64(0.1).as_f64()).eval().to_vec());
    assert_eq!(x.eq(x.abs()).eval().to_vec(), y.eq(y.abs()).eval().to_vec());
    assert_eq!(wide(&x.ge(0.0).where_(&x, 0.0).eval()), wide(&y.ge(0.0).where_(&y, 0.0).eval()));
    assert_eq!(x.argmax_axis::<1>().to_vec(), y.argmax_axis::<1>().to_vec());
    assert_eq!(x.argmin_axis::<0>().to_vec(), y.argmin_axis::<0>().to_vec());
    assert_eq!(x.argsort_axis::<1>().to_vec(), y.argsort_axis::<1>().to_vec());
    assert_eq!(wide(&x.sort_axis::<0>().eval()), wide(&y.sort_axis::<0>().eval()));
    assert_eq!(wide(&x.topk::<5, 1>().0.eval()), wide(&y.topk::<5, 1>().0.eval()));
    assert_eq!(wide(&x.median_axis::<1>().eval()), wide(&y.median_axis::<1>().eval()));
    assert_eq!(wide(&x.unique(Len)), wide(&y.unique(Len)));
    // The order of all numbers, NaN last.
    let sorted = wide(&all::<E>().sort_axis::<0>().eval());
    let numbers = sorted.iter().take_while(|x| !x.is_nan()).count();
    assert!(sorted[..numbers].is_sorted() && sorted[numbers..].iter().all(|x| x.is_nan()));
    assert_eq!((sorted[0], sorted[numbers - 1]), (f64::NEG_INFINITY, f64::INFINITY));
}

fn indexed_and_joined<E: Half>() {
    let table: Tensor<Shape![5, 3], E> = uniform(Default::default(), 6);
    let ids = Cpu.from_fn((Len(5_000),), |i| (i % 2) as i64);
    let wide_table = table.convert::<f64>();
    assert_eq!(wide(&table.gather(&ids).eval()), wide(&wide_table.gather(&ids).eval()));
    let model: Param<Shape![5, 3], Weights<E>> = table.clone().into();
    let slope = model.value_and_grad(|table| table.gather(&ids).sum()).expect("inside").1;
    let wanted: Vec<f64> = (0..15).map(|i| if i < 6 { 2_500.0 } else { 0.0 }).collect();
    super::assert_rounded("the gradient of a table", slope.as_slice(), &wanted, 0);
    assert_eq!(wide(&[&table, &table].stack::<0>().eval()), [wide(&table), wide(&table)].concat());
    assert_eq!(wide(&table.tril(0).eval()), wide(&wide_table.tril(0).eval()));
    assert_eq!(
        wide(&table.masked_fill(table.lt(0.0), 7.0).eval()),
        wide(&wide_table.masked_fill(wide_table.lt(0.0), 7.0).eval())
    );
    assert_eq!(wide(&rearrange!(&table, "a b -> b a").eval()), wide(&wide_table.t().eval()));
}

/// Nested arrays, and layers that draw.
#[test]
fn literals_and_masks() {
    let x = Cpu.tensor_of::<bf16, _>([[bf16::ONE], [bf16::NEG_ONE]]);
    assert_eq!(wide(&x), [1.0, -1.0]);
    assert_eq!(wide(&Cpu.tensor_of::<f16, _>([f16::EPSILON])), [f16::EPSILON.as_f64()]);
    let drop: Dropout<Weights<f16>> = Dropout::new(0.5).expect("a probability");
    let x: Param<(Len,), Weights<f16>> = Cpu.full((Len(1_000),), f16::ONE).into();
    let run = || (x.clone(), drop).value_and_grad(|(x, drop)| drop.forward(x).sum());
    let sum = with_key(Key::new(1), run).expect("sizes").0.as_f64();
    assert!((sum - 1_000.0).abs() < 100.0 && sum % 2.0 == 0.0, "{sum}");
}

both! {
    every_pattern_survives: patterns_survive;
    casts_are_rounded_once: casts_between_all_floats;
    tensors_are_created: created;
    order_is_that_of_the_numbers: compared_and_ordered;
    elements_are_moved_about: indexed_and_joined;
}

/// As NumPy 2.4 prints `float16` (precision 4, the rule for scientific notation of `legacy="2.2"`).
#[test]
fn printed_as_numpy_does() {
    let text = |values: &[f64]| Cpu.from_fn((Len(values.len()),), |i| f16::of_f64(values[i])).to_string();
    assert_eq!(text(&[1.0, 2.0, 3.0]), "[1. 2. 3.]");
    assert_eq!(text(&[0.1, 0.25, 123.456]), "[9.9976e-02 2.5000e-01 1.2344e+02]");
    assert_eq!(text(&[65504.0, -1.0]), "[ 6.55e+04 -1.00e+00]");
    assert_eq!(text(&[6e-8, 1.0]), "[6.e-08 1.e+00]");
    assert_eq!(text(&[1.0 / 3.0, 2.0 / 3.0]), "[0.3333 0.6665]");
    assert_eq!(text(&[1000.5, 0.5]), "[1.0005e+03 5.0000e-01]");
    assert_eq!(text(&[f64::NAN, 1.5, f64::NEG_INFINITY]), "[ nan  1.5 -inf]");
    assert_eq!(text(&[0.0001, 0.05]), "[0.0001 0.05  ]");
    assert_eq!(text(&[2049.0, 2051.0]), "[2048. 2052.]");
    assert_eq!(text(&[1.0 / 3.0, 99.5]), "[ 0.3333 99.5   ]");
    let b = Cpu.from_fn((Len(3),), |i| bf16::of_f64([0.1, 3.0, -25.0][i]));
    assert_eq!(b.to_string(), "[  0.1   3.  -25. ]");
    assert_eq!(Cpu.full((), 65504.0).convert::<f16>().to_string(), "65500.");
}
