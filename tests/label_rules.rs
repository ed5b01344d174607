//! Labels that are ignored, weighted and smoothed, against the definition written out in `f64`.
//!
//! Apart from `losses`, where all labels count alike.

mod support;

use congruent::prelude::*;
use support::{assert_close, gradients};

dims! { Batch = ?, Classes = ? }

/// What PyTorch's `cross_entropy` says of one row: its loss, and its part of the mean's divisor. Nothing of it is taken
/// from the library.
fn row(x: &[f64], label: i64, ignored: Option<i64>, weights: &[f64], smoothing: f64) -> (f64, f64) {
    if ignored == Some(label) {
        return (0.0, 0.0);
    }
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let logarithm = largest + x.iter().map(|x| (x - largest).exp()).sum::<f64>().ln();
    let weight = weights[label as usize];
    let hard = weight * (logarithm - x[label as usize]);
    let soft: f64 = x.iter().zip(weights).map(|(x, w)| w * (logarithm - x)).sum();
    ((1.0 - smoothing) * hard + if smoothing == 0.0 { 0.0 } else { smoothing / x.len() as f64 * soft }, weight)
}

struct Case {
    x: Tensor<(Batch, Classes), f64>,
    labels: Tensor<(Batch,), i64>,
    weights: Tensor<(Classes,), f64>,
}

const IGNORED: i64 = -100;

fn case(batch: usize, classes: usize) -> Case {
    let label = |i: usize| if i % 3 == 1 { IGNORED } else { (i * 7 % classes) as i64 };
    Case {
        x: Cpu.uniform_of((Batch(batch), Classes(classes)), Key::new(batch as u64), -3.0, 3.0),
        labels: Cpu.from_fn((Batch(batch),), label),
        weights: Cpu.uniform_of((Classes(classes),), Key::new(2), 0.1, 2.0),
    }
}

impl Case {
    /// The terms and the mean by the definition.
    fn expected(&self, weighted: bool, smoothing: f64) -> (Vec<f64>, f64) {
        let ones = vec![1.0; self.weights.len()];
        let weights = if weighted { self.weights.as_slice() } else { &ones };
        let rows = self.x.as_slice().chunks(weights.len()).zip(self.labels.as_slice());
        let rows: Vec<_> = rows.map(|(x, &label)| row(x, label, Some(IGNORED), weights, smoothing)).collect();
        let (sum, divisor) = rows.iter().fold((0.0, 0.0), |sums, row| (sums.0 + row.0, sums.1 + row.1));
        (rows.into_iter().map(|row| row.0).collect(), sum / divisor)
    }
}

#[test]
fn terms_and_means_are_pytorchs() {
    for (batch, classes) in [(1, 7), (7, 1), (17, 4), (1021, 17), (0, 3)] {
        let case = case(batch, classes);
        let plain = LabelRule::new().ignore_index(IGNORED);
        let weighted = plain.weight(&case.weights);
        for smoothing in [0.0, 0.1, 1.0] {
            let what = format!("{batch} rows of {classes}, smoothed by {smoothing}");
            let (x, labels) = (&case.x, &case.labels);
            let (terms, mean) = case.expected(false, smoothing);
            let rule = plain.label_smoothing(smoothing);
            assert_close(&what, x.cross_entropy_terms(labels, &rule).eval().as_slice(), &terms, 1e-13);
            assert_close(&what, &[x.cross_entropy_by(labels, &rule).eval().item()], &[mean], 1e-13);
            let (terms, mean) = case.expected(true, smoothing);
            let rule = weighted.label_smoothing(smoothing);
            assert_close(&what, x.cross_entropy_terms(labels, &rule).eval().as_slice(), &terms, 1e-13);
            assert_close(&what, &[x.cross_entropy_by(labels, &rule).eval().item()], &[mean], 1e-13);
            let sum = terms.iter().sum::<f64>();
            assert_close(&what, &[x.cross_entropy_terms(labels, &rule).sum().eval().item()], &[sum], 1e-13);
        }
        let (terms, mean) = case.expected(true, 0.0);
        let log = case.x.log_softmax().eval();
        assert_close("nll", log.nll_terms(&case.labels, &weighted).eval().as_slice(), &terms, 1e-12);
        assert_close("nll", &[log.nll_by(&case.labels, &weighted).eval().item()], &[mean], 1e-12);
    }
}

/// Where nothing is said it is the mean over all rows.
#[test]
fn a_rule_that_says_nothing_changes_nothing() {
    fn same<E: Real>(tolerance: f64) {
        let x = Cpu.uniform_of::<E, _>((Batch(17), D::<5>), Key::new(1), -3.0, 3.0);
        let labels = Cpu.from_fn((Batch(17),), |i| (i % 5) as i64);
        let ones: Tensor<_, E> = Cpu.full((D::<5>,), E::of_f64(1.0));
        let value = |loss: Tensor<(), E>| loss.item().as_f64();
        let [plain, weighted] = [0.0, 0.2].map(|smoothing| {
            let rule = LabelRule::new().label_smoothing(smoothing);
            let expected = value(x.cross_entropy_smoothed(&labels, smoothing).eval());
            let found = [
                value(x.cross_entropy_by(&labels, &rule).eval()),
                value(x.cross_entropy_by(&labels, &rule.weight(&ones)).eval()),
            ];
            found.map(|found| (found - expected).abs() / expected).into_iter().fold(0.0, f64::max)
        });
        assert!(plain < tolerance && weighted < tolerance, "{}: {plain}, {weighted}", E::NAME);
        let found = value(x.log_softmax().nll_by(&labels, &LabelRule::new()).eval());
        assert!((found - value(x.log_softmax().nll(&labels).eval())).abs() < tolerance * 4.0, "{}", E::NAME);
    }
    same::<f64>(1e-14);
    same::<f32>(1e-6);
    same::<f16>(2e-3);
    same::<bf16>(2e-2);
}

#[test]
fn gradients_agree_with_differences() {
    let labels = Cpu.tensor([3, 9, 2, 0]);
    let weights: Tensor<_, f64> = Cpu.tensor_of::<f64, _>([0.5, 2.0, 1.0, 0.0]);
    let cotangent: Tensor<_, f64> = Cpu.tensor_of::<f64, _>([0.7, -0.4, 1.1, 2.0]);
    let mut x = support::random((D::<4>, D::<4>), 1, -2.0, 2.0);
    let plain = LabelRule::new().ignore_index(9);
    for smoothing in [0.0, 0.3] {
        let plain = plain.label_smoothing(smoothing);
        let weighted = plain.weight(&weights);
        gradients!(x, |x| x.cross_entropy_by(&labels, &plain) * 3.0);
        gradients!(x, |x| x.cross_entropy_by(&labels, &weighted));
        gradients!(x, |x| (x.cross_entropy_terms(&labels, &plain) * &cotangent).sum());
        gradients!(x, |x| (x.cross_entropy_terms(&labels, &weighted) * &cotangent).sum());
    }
    gradients!(x, |x| x.log_softmax().nll_by(&labels, &plain.weight(&weights)));
    gradients!(x, |x| (x.log_softmax().nll_terms(&labels, &plain) * &cotangent).sum());
    gradients!(x, |x| ((x * 2.0).nll_terms(&labels, &plain.weight(&weights)) * &cotangent).sum());
}

/// Whatever stands in a row that is ignored: neither the loss nor a gradient sees it.
#[test]
fn ignored_rows_have_no_part() {
    let nothing = f32::NAN;
    let x: Param<Shape![3, 2]> = Cpu.tensor([[1.0, 0.0], [nothing, f32::INFINITY], [0.0, 2.0]]).into();
    let rest: Param<Shape![2, 2]> = Cpu.tensor([[1.0, 0.0], [0.0, 2.0]]).into();
    for smoothing in [0.0, 0.1] {
        let rule = LabelRule::new().ignore_index(-1).label_smoothing(smoothing);
        let (loss, grads) = x.value_and_grad(|x| x.cross_entropy_by(&Cpu.tensor([1, -1, 1]), &rule)).unwrap();
        let (expected, slopes) = rest.value_and_grad(|x| x.cross_entropy_by(&Cpu.tensor([1, 1]), &rule)).unwrap();
        assert!((loss - expected).abs() < 1e-6);
        assert_eq!(grads.as_slice()[2..4], [0.0, 0.0]);
        assert_close("others", &[&grads.as_slice()[..2], &grads.as_slice()[4..]].concat(), slopes.as_slice(), 1e-6);
    }
    let rule = LabelRule::new().ignore_index(-1);
    let terms = x.tensor().nll_terms(&Cpu.tensor([1, -1, 1]), &rule).eval();
    assert_eq!(terms.as_slice(), [0.0, 0.0, -2.0]);
}

/// PyTorch's: the mean of no row is NaN, its gradient 0; their sum is 0.
#[test]
fn where_all_are_ignored_the_mean_is_nan() {
    let x: Param<Shape![2, 3]> = Cpu.tensor([[1.0, 0.0, 2.0], [0.0, 2.0, 1.0]]).into();
    let labels = Cpu.tensor([5, 5]);
    for smoothing in [0.0, 0.1] {
        let rule = LabelRule::new().ignore_index(5).label_smoothing(smoothing);
        let (loss, grads) = x.value_and_grad(|x| x.cross_entropy_by(&labels, &rule)).unwrap();
        assert!(loss.is_nan() && grads.as_slice() == [0.0; 6], "{loss}, {:?}", grads.as_slice());
        assert_eq!(x.tensor().cross_entropy_terms(&labels, &rule).sum().eval().item(), 0.0);
    }
    let rule = LabelRule::new().ignore_index(5);
    let (loss, grads) = x.value_and_grad(|x| x.nll_by(&labels, &rule)).unwrap();
    assert!(loss.is_nan() && grads.as_slice() == [0.0; 6], "{loss}, {:?}", grads.as_slice());
}

#[test]
fn labels_and_rules_are_checked() {
    let x: Tensor<_, f32> = Cpu.full((Batch(2), Classes(3)), 0.0);
    let rule = LabelRule::new().ignore_index(-100);
    let error = attempt(|| x.cross_entropy_by(&Cpu.full((Batch(2),), 3i64), &rule).eval()).map(drop).unwrap_err();
    assert!(matches!(error, Error::Label { label: 3, position: 0, classes: 3 }), "{error}");
    let labels = Cpu.from_fn((Batch(2),), |i| if i == 0 { -100 } else { -1 });
    let error = attempt(|| x.nll_terms(&labels, &rule).eval()).map(drop).unwrap_err();
    assert!(matches!(error, Error::Label { label: -1, position: 1, classes: 3 }), "{error}");
    let weights = Cpu.full((Classes(4),), 1.0f32);
    let labels = Cpu.full((Batch(2),), 0i64);
    let error = attempt(|| x.cross_entropy_by(&labels, &rule.weight(&weights)).eval()).map(drop).unwrap_err();
    let words = "weights of classes: run-time sizes differ: left is (Classes = 3,), right is (Classes = 4,)";
    assert_eq!(error.to_string(), words);
    for wrong in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(attempt(|| rule.label_smoothing(wrong)).map(drop), Err(Error::Value { .. })), "{wrong}");
    }
    let smoothed = rule.label_smoothing(0.1);
    let error = attempt(|| x.nll_by(&labels, &smoothed).eval()).map(drop).unwrap_err();
    assert!(error.to_string().contains("cross_entropy_by"), "{error}");
    let short = Cpu.full((Batch(3),), 0i64);
    assert!(matches!(attempt(|| x.cross_entropy_by(&short, &rule).eval()).map(drop), Err(Error::Sizes(_))));
}

#[test]
fn large_logits_cost_no_digits() {
    let rule = LabelRule::new().ignore_index(-1);
    let loss = |x: [f64; 2], label: i64| {
        Cpu.tensor_of::<f64, _>([x]).cross_entropy_by(&Cpu.tensor([label]), &rule).eval().item()
    };
    assert!((loss([1e9 + 10.0, 1e9], 0) - (-10f64).exp().ln_1p()).abs() < 1e-15);
    assert_eq!((loss([1e4, 0.0], 1), loss([f64::NEG_INFINITY, 0.0], 1)), (1e4, 0.0));
    assert_eq!(loss([f64::NEG_INFINITY, 0.0], 0), f64::INFINITY);
    assert!(loss([f64::NAN, 0.0], 1).is_nan());
}

/// Also where every row is ignored: no label is blamed that nobody gave.
#[test]
fn scores_of_no_classes_are_an_error() {
    let x = Cpu.zeros_of::<f64, _>((D::<1>, Classes(0)));
    let (labels, rule) = (Cpu.full((D::<1>,), -1i64), LabelRule::new().ignore_index(-1));
    for error in [
        attempt(|| x.cross_entropy_by(&labels, &rule).eval()).map(drop),
        attempt(|| x.cross_entropy_terms(&labels, &rule.label_smoothing(0.1)).eval()).map(drop),
        attempt(|| x.nll_by(&labels, &rule).eval()).map(drop),
        attempt(|| x.nll_terms(&labels, &rule).eval()).map(drop),
    ] {
        assert!(matches!(&error, Err(Error::Empty { .. })), "{error:?}");
    }
}
