//! Metrics against scikit-learn (`scripts/golden_metrics.py` prints what stands here), and at their edges.

use congruent::metrics::{
    Averaged, ClassScores, Confusion, WeightedMean, average_precision, r2_score, roc_auc, top_k_accuracy,
};
use congruent::prelude::*;

dims! { N = ?, Classes = ? }

/// Numbers that the script knows, too.
fn number(i: usize, seed: usize) -> i64 {
    ((i * 7919 + seed * 104_729) % 2003) as i64
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-12, "{found} is not {wanted}");
}

/// What classes were, and what they were taken for.
fn classes() -> [Tensor<(N,), i64>; 2] {
    let label = |i: usize| (number(i, 1) % 7).min(4);
    let answer = |i: usize| if number(i, 3) % 3 > 0 { label(i) } else { number(i, 2) % 5 };
    [Cpu.from_fn((N(200),), label), Cpu.from_fn((N(200),), |i| answer(i).min(3 + answer(i) / 5))]
}

#[test]
fn confusion_and_its_scores_are_those_of_scikit_learn() {
    let [labels, answers] = classes();
    let mut seen = Confusion::<D<5>>::new();
    // In three batches, one of them empty, and by two that are merged.
    let mut other = seen.clone();
    for (part, from, to) in [(0, 0, 77), (1, 77, 77), (2, 77, 200)] {
        let of = |all: &Tensor<(N,), i64>| Cpu.from_slice((N(to - from),), &all.as_slice()[from..to]);
        let to = if part == 2 { &mut other } else { &mut seen };
        to.observe_answers(&of(&answers).expect("fits"), &of(&labels).expect("fits")).expect("classes");
    }
    seen.merge(&other);
    let counts = [[20, 1, 3, 4, 0], [2, 22, 2, 6, 0], [4, 4, 19, 1, 0], [1, 2, 4, 21, 0], [6, 7, 4, 67, 0]];
    assert_eq!(seen.counts().as_slice(), counts.as_flattened());
    assert_eq!((seen.total(), seen.classes()), (200, 5));
    near(seen.accuracy(), 0.41);
    let by_class = [
        [0.6060606060606061, 0.7142857142857143, 0.6557377049180327, 28.0],
        [0.6111111111111112, 0.6875, 0.6470588235294118, 32.0],
        [0.59375, 0.6785714285714286, 0.6333333333333333, 28.0],
        [0.21212121212121213, 0.75, 0.33070866141732286, 28.0],
        [0.0, 0.0, 0.0, 84.0],
    ];
    let same = |found: ClassScores, [precision, recall, f1, support]: [f64; 4]| {
        near(found.precision, precision);
        near(found.recall, recall);
        near(found.f1, f1);
        near(found.support as f64, support);
    };
    by_class.into_iter().enumerate().for_each(|(class, wanted)| same(seen.class(class), wanted));
    same(seen.averaged(Averaged::Macro), [0.40460858585858583, 0.5660714285714287, 0.4533677046396202, 200.0]);
    same(seen.averaged(Averaged::Weighted), [0.2954482323232323, 0.41, 0.33029856971832233, 200.0]);
    same(seen.averaged(Averaged::Micro), [0.41, 0.41, 0.41, 200.0]);
    assert_eq!(seen.to_string().lines().nth(4), Some("4:  6  7  4 67  0"));
}

#[test]
fn logits_are_answers_by_their_largest() {
    let logits = Cpu.tensor([[[1.0, 3.0, 3.0], [f32::NAN, 9.0, f32::NAN]], [[-1.0, -2.0, -3.0], [0.0, 0.0, 1.0]]]);
    let mut seen = Confusion::<D<3>>::new();
    seen.observe(&logits, &Cpu.tensor([[1, 0], [0, 2]])).expect("classes");
    assert_eq!(seen.accuracy(), 1.0);
    let halves = logits.convert::<f16>().eval();
    seen.observe(&halves, &Cpu.tensor([[2, 1], [1, 1]])).expect("classes");
    assert_eq!(seen.accuracy(), 0.5);
}

#[test]
fn a_wrong_label_counts_nothing() {
    let mut seen = Confusion::sized(Classes(2));
    let before = seen.clone();
    let logits = Cpu.from_slice((N(2), Classes(2)), &[1.0, 0.0, 1.0, 0.0]).expect("fits");
    let bad = |label| Cpu.from_slice((N(2),), &[0, label]).expect("fits");
    for label in [2, -1, i64::MIN, i64::MAX] {
        assert!(matches!(seen.observe(&logits, &bad(label)), Err(Error::Label { position: 1, classes: 2, .. })));
        assert!(matches!(seen.observe_answers(&bad(label), &bad(0)), Err(Error::Label { position: 1, .. })));
        assert!(matches!(top_k_accuracy(&logits, &bad(label), 1), Err(Error::Label { position: 1, .. })));
    }
    assert_eq!(seen, before);
    let few = Cpu.from_slice((N(1),), &[0]).expect("fits");
    assert!(matches!(attempt(|| seen.observe(&logits, &few)), Err(Error::Sizes(_))));
    let more = Cpu.from_slice((N(2), Classes(3)), &[0.0; 6]).expect("fits");
    assert!(matches!(attempt(|| seen.observe(&more, &bad(0))), Err(Error::Sizes(_))));
    assert!(matches!(attempt(|| seen.merge(&Confusion::sized(Classes(3)))), Err(Error::Sizes(_))));
    for many in [1 << 30, usize::MAX] {
        assert!(matches!(attempt(|| Confusion::sized(Classes(many))), Err(Error::TooLarge { .. })), "{many}");
    }
    assert_eq!(seen, before);
}

#[test]
fn of_nothing_there_is_no_score() {
    let seen = Confusion::<D<3>>::new();
    assert!(seen.accuracy().is_nan() && seen.averaged(Averaged::Macro).f1.is_nan());
    assert_eq!(seen.class(2), ClassScores { precision: 0.0, recall: 0.0, f1: 0.0, support: 0 });
    let none = Confusion::<D<0>>::new();
    assert_eq!((none.total(), none.counts().len(), none.to_string()), (0, 0, String::new()));
    let (scores, truth) = (Cpu.zeros::<Shape![0]>(), Cpu.from_fn((D::<0>,), |_| true));
    assert!(roc_auc(&scores, &truth).is_err() && average_precision(&scores, &truth).expect("no NaN").is_nan());
    assert!(r2_score(&scores, &scores).is_nan() && WeightedMean::new().value().is_nan());
    let empty = top_k_accuracy(&Cpu.zeros::<Shape![0, 3]>(), &Cpu.from_fn((D::<0>,), |_| 0), 1);
    assert!(empty.expect("no labels").is_nan());
}

#[test]
fn rankings_are_those_of_scikit_learn() {
    let truth = |i: usize| number(i, 5) % 4 == 0;
    let score = |i: usize| (number(i, 4) % 37) as f64 / 37.0 + if truth(i) { 0.25 } else { 0.0 };
    let (scores, truth) = (Cpu.from_fn((N(300),), score), Cpu.from_fn((N(300),), truth));
    near(roc_auc(&scores, &truth).expect("both"), 0.7385194929442717);
    near(average_precision(&scores, &truth).expect("both"), 0.5737178452411003);
    let logits = Cpu.from_fn((N(70), D::<6>), |i| number(i, 6) as f64 / 2003.0);
    let labels = Cpu.from_fn((N(70),), |i| number(i, 7) % 6);
    for (k, wanted) in
        [(0, 0.0), (1, 0.17142857142857143), (2, 0.38571428571428573), (5, 0.8714285714285714), (6, 1.0), (9, 1.0)]
    {
        near(top_k_accuracy(&logits, &labels, k).expect("classes"), wanted);
    }
}

#[test]
fn rankings_have_no_place_for_nan_and_need_both() {
    let scores = Cpu.tensor([0.5, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    let truth = Cpu.tensor([true, false, true, false]);
    let error = roc_auc(&scores, &truth).expect_err("NaN").to_string();
    assert!(error.contains("NaN at position 1"), "{error}");
    assert!(average_precision(&scores, &truth).is_err());
    let scores = Cpu.tensor([0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY]);
    assert_eq!(roc_auc(&scores, &truth).expect("both"), 0.875); // one pair of four is even
    let tied = Cpu.tensor([0.0, -0.0]);
    assert_eq!(roc_auc(&tied, &Cpu.tensor([true, false])).expect("both"), 0.5);
    for all in [true, false] {
        let error = roc_auc(&scores, &Cpu.tensor([all; 4])).expect_err("one class").to_string();
        assert!(error.contains("of 4"), "{error}");
    }
}

#[test]
fn r2_is_that_of_scikit_learn() {
    let y = Cpu.from_fn((N(100),), |i| number(i, 8) as f64 / 1001.5 - 1.0);
    let t = Cpu.from_fn((N(100),), |i| number(i, 9) as f64 / 1001.5 - 1.0);
    near(r2_score(&(&t + &y * 0.3).eval(), &t), 0.9034881915835385);
    near(r2_score(&y, &t), -1.5359460900646589);
    let same = Cpu.tensor([2.0, 2.0, 2.0]);
    assert_eq!((r2_score(&same, &same), r2_score(&Cpu.tensor([2.0, 2.0, 3.0]), &same)), (1.0, 0.0));
    assert!(r2_score(&Cpu.tensor([f32::NAN, 2.0, 2.0]), &same).is_nan());
    // The mean of three times 0.1 is not 0.1.
    let tenths = Cpu.full((N(3),), 0.1_f64);
    assert_eq!((r2_score(&(&tenths * 2.0).eval(), &tenths), r2_score(&tenths, &tenths)), (0.0, 1.0));
}

#[test]
fn means_count_each_example() {
    let mut mean = WeightedMean::new();
    mean.add(f32::NAN, 0);
    assert!(mean.value().is_nan());
    mean.add(1.0_f32, 3);
    mean.add(5.0_f64, 1);
    assert_eq!((mean.value(), mean.perplexity()), (2.0, 2f64.exp()));
    mean.add(f64::NAN, 1);
    assert!(mean.value().is_nan());
}
