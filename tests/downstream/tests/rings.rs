//! What a user of the library relies on.
#![forbid(unsafe_code)]

use congruent::ops::{Catalogue, Pointwise1, Pointwise2, Pointwise3, Row, Visitor};
use congruent::prelude::*;
use downstream::{Batch, Bumps, BumpsTable, Classes, Coordinates, Rings, examples, train};

fn scores(model: &Rings, points: &Tensor<(Batch, Coordinates)>) -> Tensor<(Batch, Classes)> {
    model.infer(|m| m.forward(points).eval()).expect("sizes agree")
}

fn accuracy(model: &Rings, key: Key) -> f64 {
    let (points, rings) = examples(200, key);
    let scores = scores(model, &points);
    let answers = scores.as_slice().chunks(2).map(|row| i64::from(row[1] > row[0]));
    answers.zip(rings.as_slice()).filter(|(answer, ring)| answer == *ring).count() as f64 / 200.0
}

#[test]
fn the_model_learns_what_it_has_not_seen() {
    let mut model = Rings::new(Key::new(3));
    assert!(accuracy(&model, Key::new(9)) < 0.8, "it knows nothing yet");
    let losses = train(&mut model, examples(500, Key::new(4)), 60).expect("enough examples");
    assert!(losses[59] < 0.05 && losses[59] < losses[0] / 10.0, "{losses:?}");
    assert!(accuracy(&model, Key::new(9)) > 0.98);
}

#[test]
fn training_is_a_function_of_its_keys() {
    let run = || {
        let mut model = Rings::new(Key::new(3));
        train(&mut model, examples(100, Key::new(4)), 3).expect("enough examples")
    };
    assert_eq!(run(), run());
}

#[test]
fn a_saved_model_gives_the_same_scores() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rings.safetensors");
    let (points, _) = examples(10, Key::new(5));
    let (model, mut again) = (Rings::new(Key::new(1)), Rings::new(Key::new(2)));
    assert_ne!(scores(&model, &points), scores(&again, &points));
    model.save(&path).expect("a file");
    again.load(&path).expect("the same model");
    assert_eq!(scores(&model, &points), scores(&again, &points));

    std::fs::write(&path, b"no model").expect("a file");
    assert!(again.load(&path).is_err());
    assert_eq!(scores(&model, &points), scores(&again, &points), "a failed load changes nothing");
}

#[test]
fn the_same_forward_runs_in_double_precision() {
    let model = Rings::new(Key::new(1));
    let (points, _) = examples(10, Key::new(5));
    let wide = points.convert::<f64>();
    let double = model.cast::<f64>().infer(|m| m.forward(&wide).eval()).expect("sizes agree");
    for (double, single) in double.as_slice().iter().zip(scores(&model, &points).as_slice()) {
        assert!((double - f64::from(*single)).abs() < 1e-5);
    }
}

#[test]
fn the_operation_has_the_gradient_of_its_formula() {
    let x: Param<Shape![3], Weights<f64>> = Cpu.tensor_of::<f64, _>([-0.7, 0.0, 1.3]).into();
    let (value, grads) = x.value_and_grad(|x| x.bump(2.0).sum()).expect("sizes agree");
    let bell = |x: f64| (-2.0 * x * x).exp();
    assert!((value - [-0.7, 0.0, 1.3].map(bell).iter().sum::<f64>()).abs() < 1e-12);
    for (&x, &gradient) in x.as_slice().iter().zip(grads.as_slice()) {
        assert!((gradient - -4.0 * x * bell(x)).abs() < 1e-12, "at {x}");
    }
}

#[test]
fn the_table_shows_its_rows() {
    struct Names(Vec<&'static str>);
    impl Visitor for Names {
        fn unary<Op: Pointwise1>(&mut self, row: &Row, _: Op) {
            self.0.push(row.name);
        }
        fn binary<Op: Pointwise2>(&mut self, _: &Row, _: Op) {
            panic!("no such row");
        }
        fn ternary<Op: Pointwise3>(&mut self, _: &Row, _: Op) {
            panic!("no such row");
        }
    }
    let mut names = Names(Vec::new());
    BumpsTable::visit(&mut names);
    assert_eq!(names.0, ["bump"]);
}

#[test]
fn too_few_examples_are_an_error_with_numbers() {
    let error =
        train(&mut Rings::new(Key::new(3)), examples(7, Key::new(4)), 1).expect_err("7 examples are no batch of 25");
    assert_eq!(error.to_string(), "batch size: 25 of 7 examples is not allowed, a batch has from one to all examples");
}
