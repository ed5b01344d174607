//! Samples by weight, parts by class, folds and streams: each example where it belongs, and the key decides the rest.

use congruent::data::{FnDataset, Subset};
use congruent::prelude::*;
use std::collections::BTreeMap;

dims! { Batch = ?, Width = ? }

fn numbers(len: usize) -> FnDataset<fn(usize) -> i64> {
    FnDataset::new(len, |i| i as i64)
}

fn sorted(rows: &[usize]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

fn words<T>(result: Result<T, Error>) -> String {
    result.err().expect("it is not allowed").to_string()
}

/// How many rows there are of each class.
fn counts<C: Ord + Copy>(rows: &[usize], classes: &[C]) -> Vec<usize> {
    let mut counts: BTreeMap<C, usize> = classes.iter().map(|&class| (class, 0)).collect();
    rows.iter().for_each(|&row| *counts.entry(classes[row]).or_default() += 1);
    counts.into_values().collect()
}

#[test]
fn weights_say_how_often_an_example_comes() {
    let weights = [1.0, 0.0, 2.0, 5.0, 0.0];
    let loader = Loader::new(numbers(5), D::<5>).and_then(|loader| loader.weighted(&weights)).expect("good weights");
    let mut seen = [0usize; 5];
    for seed in 0..4000 {
        for x in loader.epoch(Key::new(seed)) {
            x.as_slice().iter().for_each(|&i| seen[i as usize] += 1);
        }
    }
    let total = 20_000.0;
    for (i, &weight) in weights.iter().enumerate() {
        let share = weight / 8.0;
        let deviation = (total * share * (1.0 - share)).sqrt();
        assert!((seen[i] as f64 - total * share).abs() <= 5.0 * deviation, "{seen:?}");
    }
    let of = |seed| loader.epoch(Key::new(seed)).collect::<Vec<_>>();
    assert!(of(1) == of(1) && (1..9).any(|seed| of(0) != of(seed)));
    assert_eq!(loader.in_order().next().expect("one").as_slice(), [0, 1, 2, 3, 4], "in order all come");
}

#[test]
fn weights_of_any_size_are_weights() {
    for weights in [[f64::MAX, f64::MAX, 0.0], [5e-324, 5e-324, 0.0], [1e300, 1e300, 1e-300]] {
        let loader =
            Loader::new(numbers(3), D::<3>).and_then(|loader| loader.weighted(&weights)).expect("good weights");
        let drawn: Vec<i64> =
            (0..200).flat_map(|seed| loader.epoch(Key::new(seed)).next().expect("one").as_slice().to_vec()).collect();
        let first = drawn.iter().filter(|&&i| i == 0).count();
        assert!(drawn.iter().all(|&i| i < 2) && (230..370).contains(&first), "{weights:?}: {first} of 600");
    }
}

#[test]
fn weights_that_make_no_sense_are_errors() {
    let of = |weights: &[f64]| words(Loader::new(numbers(3), D::<1>).and_then(|loader| loader.weighted(weights)));
    let rule = "is not allowed, each is finite and not negative, and one is above 0";
    assert_eq!(of(&[1.0, -1.0, 0.0]), format!("weights of examples: -1 of example 1 {rule}"));
    assert_eq!(of(&[1.0, 0.0, f64::NAN]), format!("weights of examples: NaN of example 2 {rule}"));
    assert_eq!(of(&[f64::INFINITY, 0.0, 1.0]), format!("weights of examples: inf of example 0 {rule}"));
    assert_eq!(of(&[0.0; 3]), format!("weights of examples: 0 for all of 3 {rule}"));
    let rule = "is not allowed, there is one for each example";
    assert_eq!(of(&[1.0; 4]), format!("weights of examples: 4 for 3 examples {rule}"));
}

#[test]
fn each_class_has_its_share_of_both_parts() {
    let classes: Vec<char> = (0..1000).map(|i| ['a', 'b', 'c', 'd'][[0, 0, 1, 0, 2, 0, 0, 0, 0, 0][i % 10]]).collect();
    for fraction in [0.0, 0.33, 0.5, 0.8, 0.999, 1.0] {
        let (train, test) = numbers(1000).split_stratified(fraction, &classes, Key::new(3)).expect("a good fraction");
        assert_eq!(train.len(), (1000.0 * fraction) as usize);
        let all = sorted(&[train.rows(), test.rows()].concat());
        assert!(all.into_iter().eq(0..1000), "each example is in one part");
        for (count, all) in counts(train.rows(), &classes).into_iter().zip([800.0, 100.0, 100.0]) {
            assert!((count as f64 - all * fraction).abs() < 1.0, "{count} of {all} at {fraction}");
        }
    }
    let rows = |seed| numbers(1000).split_stratified(0.8, &classes, Key::new(seed)).expect("good").0.rows().to_vec();
    assert!(rows(1) == rows(1) && rows(1) != rows(2) && rows(1) != sorted(&rows(1)));
    let first = &rows(1)[..100];
    assert!(counts(first, &classes).iter().all(|&count| count > 0), "classes are mixed: {:?}", counts(first, &classes));
}

#[test]
fn folds_ask_about_each_example_once() {
    for (len, k) in [(10, 2), (10, 3), (7, 7), (103, 5)] {
        let folds = numbers(len).k_fold(k, Key::new(1)).expect("good folds");
        assert_eq!(folds.len(), k);
        let asked: Vec<usize> = folds.iter().flat_map(|(_, test)| test.rows().to_vec()).collect();
        assert!(sorted(&asked).into_iter().eq(0..len) && asked != sorted(&asked));
        for (train, test) in &folds {
            assert!(sorted(&[train.rows(), test.rows()].concat()).into_iter().eq(0..len));
            assert!(test.len() == len / k || test.len() == len / k + 1);
        }
    }
}

#[test]
fn folds_by_class_have_all_classes() {
    let classes: Vec<i64> = (0..103).map(|i| i64::from(i % 10 == 0) + 2 * i64::from(i % 25 == 3)).collect();
    let all = counts(&(0..103).collect::<Vec<_>>(), &classes);
    let folds = numbers(103).k_fold_stratified(4, &classes, Key::new(1)).expect("good folds");
    let asked: Vec<usize> = folds.iter().flat_map(|(_, test)| test.rows().to_vec()).collect();
    assert!(sorted(&asked).into_iter().eq(0..103));
    for (train, test) in &folds {
        for (count, all) in counts(test.rows(), &classes).into_iter().zip(&all) {
            assert!(count == all / 4 || count == all / 4 + 1, "{count} of {all}");
        }
        assert_eq!(train.len() + test.len(), 103);
        assert_ne!(train.rows(), sorted(train.rows()));
    }
}

#[test]
fn parts_that_make_no_sense_are_errors() {
    let rule = "is not allowed, there are from 2 to as many as examples";
    assert_eq!(words(numbers(5).k_fold(1, Key::new(0))), format!("number of folds: 1 for 5 examples {rule}"));
    assert_eq!(words(numbers(5).k_fold(6, Key::new(0))), format!("number of folds: 6 for 5 examples {rule}"));
    let rule = "is not allowed, there is one for each example";
    let error = words(numbers(5).k_fold_stratified(2, &[1, 2], Key::new(0)));
    assert_eq!(error, format!("classes of examples: 2 for 5 examples {rule}"));
    assert_eq!(words(numbers(5).split_stratified(0.5, &[1, 2], Key::new(0))), error);
    assert!(words(numbers(5).split_stratified(f64::NAN, &[0; 5], Key::new(0))).contains("NaN"));
    let nothing = Subset::new(numbers(5), vec![]).expect("no numbers");
    let (first, rest) = nothing.split_stratified(0.5, &[0; 0], Key::new(0)).expect("two empty parts");
    assert!(first.is_empty() && rest.is_empty());
}

#[test]
fn streams_become_batches() {
    let sizes = |len: i64| (0..len).batches(Batch(4)).map(|x| x.len()).collect::<Vec<_>>();
    assert_eq!((sizes(0), sizes(3), sizes(4), sizes(9)), (vec![], vec![3], vec![4], vec![4, 4, 1]));
    assert_eq!((0..9i64).batches(D::<4>).count(), 2, "a static batch leaves the rest out");
    assert_eq!((0..9i64).batches(D::<0>).count() + (0..9i64).batches(Batch(0)).count(), 0);
    let mut asked = 0;
    let stream = std::iter::from_fn(|| Some((asked += 1, asked as f32).1));
    assert_eq!(stream.batches(D::<3>).nth(1).expect("no end").as_slice(), [4.0, 5.0, 6.0]);
    assert_eq!(asked, 6, "no more than it needs");
}

#[test]
fn examples_of_every_kind_are_put_together() {
    let tensors = (0..3).map(|i| (Cpu.full((D::<2>, Width(1)), i as f64), i as u8, i == 1, bf16::from_f32(i as f32)));
    let (x, bytes, flags, halves) = tensors.batches(D::<3>).next().expect("three");
    assert_eq!((x.shape(), x.as_slice()), ((D::<3>, D::<2>, Width(1)), &[0.0, 0.0, 1.0, 1.0, 2.0, 2.0][..]));
    assert_eq!((bytes.as_slice(), flags.as_slice()), (&[0, 1, 2][..], &[false, true, false][..]));
    assert_eq!(halves.as_slice()[2], bf16::from_f32(2.0));
    let uneven = (1..3).map(|i| Cpu.full((Width(i),), 0.0f32));
    let text = words(attempt(|| uneven.batches(D::<2>).count()));
    assert_eq!(text, "stack: run-time sizes differ: left is (Width = 1,), right is (Width = 2,)");
    let results = ["1", "x", "3", "4"].into_iter().map(str::parse::<i64>).batches(D::<2>);
    assert_eq!(results.map(|batch| batch.is_ok()).collect::<Vec<_>>(), [false, true]);
}
