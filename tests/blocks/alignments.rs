//! Connectionist temporal classification and transducers: PyTorch's numbers, differences, and what is refused.

use crate::cases::{Cases, blank, case};
use crate::support::{gradients, random};
use congruent::ops::Ctc;
use congruent::prelude::*;

dims! { Batch = ?, Time = ?, Most = ?, Classes = 6 }

const PLAIN: Ctc = Ctc { blank: 0, zero_infinity: false };

/// Labels, steps and numbers of labels of the first sequences of the cases; the fifth is too short for its labels.
type Given = (Tensor<(Batch, Most), i64>, Tensor<(Batch,), i64>, Tensor<(Batch,), i64>);

fn given(rows: usize) -> Given {
    let labels = [[1, 2, 2], [4, 1, 0], [2, 0, 0], [0, 0, 0], [1, 1, 0]];
    let (steps, counts) = ([6, 4, 1, 5, 2], [3, 2, 1, 0, 2]);
    let batch = Batch(rows);
    (
        Cpu.from_fn((batch, Most(3)), |i| labels[i / 3][i % 3]),
        Cpu.from_fn((batch,), |i| steps[i]),
        Cpu.from_fn((batch,), |i| counts[i]),
    )
}

#[test]
fn ctc_agrees_with_pytorch() {
    let mut cases = Cases::open();
    let x = || (blank((Batch(5), Time(6), Classes)),);
    let (labels, steps, counts) = given(4);
    for (name, rule) in [("ctc", PLAIN), ("ctc_blank", Ctc { blank: 3, ..PLAIN })] {
        case!(cases, name, x(), |(x,)| {
            x.narrow::<0, _>(0, Batch(4)).log_softmax().ctc(&labels, &steps, &counts, rule)
        });
    }
    case!(cases, "ctc_none", x(), |(x,)| {
        x.narrow::<0, _>(0, Batch(4)).log_softmax().ctc_terms(&labels, &steps, &counts, PLAIN)
    });
    let (labels, steps, counts) = given(5);
    case!(cases, "ctc_zero_infinity", x(), |(x,)| {
        x.log_softmax().ctc(&labels, &steps, &counts, Ctc { zero_infinity: true, ..PLAIN })
    });
}

/// The slope by log-probabilities is that of differences, with no softmax before them.
#[test]
fn slopes_of_log_probabilities_agree_with_differences() {
    let (labels, steps, counts) = given(4);
    let x = || random((Batch(4), Time(6), Classes), 1, -2.0, 0.0);
    gradients!((x(),), |(x,)| x.ctc(&labels, &steps, &counts, PLAIN));
    gradients!((x(),), |(x,)| x.ctc_terms(&labels, &steps, &counts, PLAIN).square().sum());
}

/// A sequence that is too short is told by inf and NaN, and what does not count has no influence.
#[test]
fn impossible_and_missing_numbers() {
    let (labels, steps, counts) = given(5);
    let x: Param<_, Weights<f64>> = Cpu
        .from_fn((Batch(5), Time(6), Classes), |i| if i / 36 == 2 && i / 6 % 6 > 0 { f64::NAN } else { -1.0 })
        .into();
    let (_, dx) = x.value_and_grad(|x| x.ctc(&labels, &steps, &counts, PLAIN)).expect("the sizes agree");
    let terms = x.tensor().ctc_terms(&labels, &steps, &counts, PLAIN).eval();
    assert!(terms[4] == f64::INFINITY && terms.as_slice()[..4].iter().all(|loss| loss.is_finite()), "{terms:?}");
    assert!(dx.as_slice()[144..156].iter().all(|dx| dx.is_nan()));
    assert!(dx.as_slice()[..144].iter().chain(&dx.as_slice()[156..]).all(|dx| dx.is_finite()));
    assert!(dx.as_slice()[78..108].iter().all(|&dx| dx == 0.0), "behind the only step of the third");
    // A NaN that counts is NaN, and probabilities of 0 are no NaN.
    let with = |value: f64| {
        let x = Cpu.from_fn((Batch(1), Time(6), Classes), |i| if i == 7 { value } else { -1.0 });
        let (labels, steps, counts) = given(1);
        x.ctc(&labels, &steps, &counts, PLAIN).eval().item()
    };
    assert!(with(f64::NAN).is_nan() && with(f64::NEG_INFINITY).is_finite());
    let (labels, steps, counts) = given(0);
    let none = Cpu.full((Batch(0), Time(6), Classes), -1.0_f32);
    assert!(none.ctc(&labels, &steps, &counts, PLAIN).eval().item().is_nan(), "the mean of nothing");
    // Nothing to hear says nothing, and only that.
    let silent = Cpu.full((D::<2>, Time(0), Classes), -1.0);
    let terms = silent.ctc_terms(&Cpu.tensor([[1], [1]]), &Cpu.tensor([0, 0]), &Cpu.tensor([0, 1]), PLAIN).eval();
    assert_eq!(terms.as_slice(), [0.0, f32::INFINITY]);
}

#[test]
fn wrong_labels_and_lengths_are_told() {
    let x = Cpu.full((D::<1>, D::<4>, D::<3>), -1.0);
    let run = |label: i64, steps: i64, count: i64, blank: usize| {
        let rule = Ctc { blank, ..PLAIN };
        let found =
            attempt(|| x.ctc(&Cpu.tensor([[label, 9]]), &Cpu.tensor([steps]), &Cpu.tensor([count]), rule).eval());
        found.map(|loss| loss.item()).map_err(|error| error.to_string())
    };
    assert!(run(1, 4, 1, 0).is_ok(), "what does not count is no label");
    let wrong = [
        (run(3, 4, 1, 0), "label 3 at position 0 is not one of the 3 classes 0..3"),
        (run(0, 4, 1, 0), "label of a transcript: 0 at position 0 is not allowed, it is not the blank"),
        (
            run(1, 5, 1, 0),
            "length of a sequence: 5 along an axis of 4 is not allowed, a length is not longer than its axis",
        ),
        (
            run(1, -1, 1, 0),
            "length of a sequence: -1 along an axis of 4 is not allowed, a length is not longer than its axis",
        ),
        (
            run(1, 4, 3, 0),
            "number of labels: 3 along an axis of 2 is not allowed, a length is not longer than its axis",
        ),
        (run(1, 4, 1, 3), "blank of a transcript: 3 of 3 classes is not allowed, it is one of the classes"),
    ];
    for (found, words) in wrong {
        assert_eq!(found.expect_err("it is wrong"), words);
    }
    let (labels, steps, counts) = given(4);
    let error = attempt(|| Cpu.full((Batch(3), Time(6), Classes), -1.0).ctc(&labels, &steps, &counts, PLAIN).eval());
    assert!(matches!(error, Err(Error::Sizes(_))));
}

/// Behind a softmax and alone; steps and labels that do not count have no influence.
#[test]
fn transducers_agree_with_differences() {
    let (labels, steps, counts) = given(4);
    let x = || random((Batch(4), Time(6), D::<4>, Classes), 1, -2.0, 0.0);
    gradients!((x(),), |(x,)| x.rnnt(&labels, &steps, &counts, 0));
    gradients!((x(),), |(x,)| x.log_softmax().rnnt(&labels, &steps, &counts, 0));
    let (_, dx) = x().value_and_grad(|x| x.rnnt(&labels, &steps, &counts, 0)).expect("the sizes agree");
    let counts_at = |i: usize| {
        let (row, step, said) = (i / 144, i / 24 % 6, i / 6 % 4);
        step < [6, 4, 1, 5][row] && said <= [3, 2, 1, 0][row]
    };
    for (i, dx) in dx.as_slice().iter().enumerate() {
        assert!(counts_at(i) || *dx == 0.0, "element {i}");
    }
    // Every way leaves each step once: the slopes by blanks sum to minus the number of steps, over the mean.
    let blanks: f64 = dx.as_slice().iter().step_by(6).sum();
    assert!((blanks + f64::from(6 + 4 + 1 + 5) / 4.0).abs() < 1e-12, "{blanks}");
}

#[test]
fn transducers_say_what_is_wrong() {
    let x = Cpu.full((D::<1>, D::<4>, D::<2>, D::<3>), -1.0);
    let run = |label: i64, steps: i64, count: i64| {
        let found = attempt(|| x.rnnt(&Cpu.tensor([[label, 1]]), &Cpu.tensor([steps]), &Cpu.tensor([count]), 0).eval());
        found.map(|loss| loss.item()).map_err(|error| error.to_string())
    };
    assert!(run(1, 4, 1).is_ok() && run(1, 0, 1).is_ok_and(|loss| loss == f32::INFINITY));
    let wrong = [
        (run(1, 4, 2), "number of labels: 2 for an axis of 2 is not allowed, the axis of labels has one place more"),
        (run(5, 4, 1), "label 5 at position 0 is not one of the 3 classes 0..3"),
        (run(0, 4, 1), "label of a transcript: 0 at position 0 is not allowed, it is not the blank"),
        (
            run(1, 5, 1),
            "length of a sequence: 5 along an axis of 4 is not allowed, a length is not longer than its axis",
        ),
    ];
    for (found, words) in wrong {
        assert_eq!(found.expect_err("it is wrong"), words);
    }
}
