//! Data sets and loaders: each example once, in an order that the key alone decides.

use congruent::data::Subset;
use congruent::prelude::*;

dims! { Examples = ?, Batch = ?, Four = 4 }

type Numbers = TensorDataset<(Tensor<(Examples, D<2>)>, Tensor<(Examples,), i64>)>;

/// Example `i` is `([i, -i], i)`.
fn numbers(len: usize) -> Numbers {
    let x = Cpu.from_fn((Examples(len), D::<2>), |i| if i % 2 == 0 { (i / 2) as f32 } else { -((i / 2) as f32) });
    TensorDataset::new((x, Cpu.from_fn((Examples(len),), |i| i as i64))).expect("equal lengths")
}

/// The examples in the order in which they came, after a check that features and labels belong together.
fn seen<B: Dim>(batches: impl Iterator<Item = (Tensor<(B, D<2>)>, Tensor<(B,), i64>)>) -> Vec<i64> {
    let mut seen = Vec::new();
    for (x, y) in batches {
        assert_eq!(x.shape().0, y.shape().0);
        for (x, &y) in x.as_slice().chunks(2).zip(y.as_slice()) {
            assert_eq!(x, [y as f32, -(y as f32)]);
        }
        seen.extend_from_slice(y.as_slice());
    }
    seen
}

fn sorted(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers
}

fn words<T>(result: Result<T, Error>) -> String {
    result.err().expect("it is not allowed").to_string()
}

#[test]
fn each_example_comes_once_an_epoch() {
    for (len, size) in [(10, 4), (8, 4), (1, 1), (5, 5), (1000, 7)] {
        let loader = Loader::new(numbers(len), Batch(size)).expect("a good size");
        let order = seen(loader.epoch(Key::new(1)));
        assert_eq!(sorted(order), (0..len as i64).collect::<Vec<_>>());
        assert_eq!(seen(loader.in_order()), (0..len as i64).collect::<Vec<_>>());
    }
}

#[test]
fn the_key_decides_the_order() {
    let loader = Loader::new(numbers(100), Batch(8)).expect("a good size");
    let order = |seed: u64| seen(loader.epoch(Key::new(seed)));
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    assert_ne!(order(1), sorted(order(1)), "the order is shuffled");
    let same = Loader::new(numbers(100), D::<50>).expect("a good size");
    assert_eq!(order(1), seen(same.epoch(Key::new(1))), "the size of a batch does not change the order");
}

fn sizes<B: Dim>(loader: &Loader<Numbers, B>) -> Vec<usize> {
    loader.epoch(Key::new(3)).map(|(x, _)| x.shape().0.size()).collect()
}

#[test]
fn a_run_time_dim_takes_the_last_batch_and_a_static_one_does_not() {
    let kept = Loader::new(numbers(10), Batch(4)).expect("a good size");
    assert_eq!((sizes(&kept), kept.len()), (vec![4, 4, 2], 3));
    let chosen = kept.drop_last();
    assert_eq!((sizes(&chosen), chosen.len()), (vec![4, 4], 2));
    let dropped = Loader::new(numbers(10), D::<4>).expect("a good size");
    assert_eq!((sizes(&dropped), dropped.len()), (vec![4, 4], 2));
    let named = Loader::new(numbers(10), Four).expect("a good size");
    assert_eq!(sizes(&named), [4, 4]);
    let even = Loader::new(numbers(8), Batch(4)).expect("a good size");
    assert_eq!((sizes(&even), even.len()), (vec![4, 4], 2));
    for left in [3usize, 2, 1, 0] {
        let mut batches = dropped.epoch(Key::new(0));
        batches.by_ref().take(2usize.saturating_sub(left)).for_each(drop);
        assert_eq!(batches.len(), left.min(2));
    }
}

#[test]
fn what_is_dropped_is_another_part_each_epoch() {
    let loader = Loader::new(numbers(10), D::<4>).expect("a good size");
    let all: Vec<i64> = (0..20).flat_map(|epoch| seen(loader.epoch(Key::new(5).fold_in(epoch)))).collect();
    assert_eq!(all.len(), 20 * 8);
    assert_eq!(sorted(all).chunk_by(|a, b| a == b).count(), 10, "after some epochs each example has come");
}

#[test]
fn sizes_that_make_no_batch_are_errors() {
    assert_eq!(words(Loader::new(numbers(0), Batch(4))), "the data set is empty");
    assert_eq!(words(Loader::new(numbers(0), D::<4>)), "the data set is empty");
    let rule = "examples is not allowed, a batch has from one to all examples";
    assert_eq!(words(Loader::new(numbers(10), Batch(0))), format!("batch size: 0 of 10 {rule}"));
    assert_eq!(words(Loader::new(numbers(10), D::<0>)), format!("batch size: 0 of 10 {rule}"));
    assert_eq!(words(Loader::new(numbers(10), Batch(11))), format!("batch size: 11 of 10 {rule}"));
    assert_eq!(words(Loader::new(numbers(10), D::<64>)), format!("batch size: 64 of 10 {rule}"));
}

#[test]
fn lengths_that_differ_are_an_error() {
    let (x, y) = (Cpu.zeros::<Shape![3, 2]>(), Cpu.zeros::<Shape![3]>());
    let run_time = |len| Cpu.from_fn((Examples(len),), |i| i as f32);
    assert!(TensorDataset::new((x, y)).is_ok());
    let error = words(TensorDataset::new((run_time(3), run_time(3), run_time(5))));
    assert_eq!(error, "data set: run-time sizes differ: left is (Examples = 3,), right is (Examples = 5,)");
}

#[test]
fn a_split_is_seeded_and_has_no_common_example() {
    let parts = |seed| {
        let (train, test) = numbers(1797).split(1500.0 / 1797.0, Key::new(seed)).expect("a good fraction");
        (train.rows().to_vec(), test.rows().to_vec())
    };
    let (train, test) = parts(7);
    assert_eq!((train.len(), test.len()), (1500, 297));
    let mut both = [train.clone(), test.clone()].concat();
    both.sort_unstable();
    assert!(both.into_iter().eq(0..1797));
    assert_eq!(parts(7), (train.clone(), test));
    assert_ne!(parts(8).0, train);
    let (first, rest) = numbers(10).split_at(4, Key::new(0)).expect("a good size");
    assert_eq!((first.len(), rest.len()), (4, 6));
}

#[test]
fn fractions_outside_of_the_whole_are_errors() {
    for (fraction, sizes) in [(0.0, (0, 10)), (0.04, (0, 10)), (0.5, (5, 5)), (0.95, (10, 0)), (1.0, (10, 0))] {
        let (first, rest) = numbers(10).split(fraction, Key::new(0)).expect("a good fraction");
        assert_eq!((first.len(), rest.len()), sizes, "{fraction}");
    }
    for (fraction, word) in [(-0.1, "-0.1"), (1.5, "1.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let error = words(numbers(10).split(fraction, Key::new(0)));
        let rule = "is not allowed, a part is between 0.0 and 1.0 of the examples";
        assert_eq!(error, format!("fraction of a split: {word} {rule}"));
    }
    let error = words(numbers(10).split_at(11, Key::new(0)));
    assert_eq!(error, "size of a split: 11 of 10 examples is not allowed, a part has at most all of them");
    let (empty, _) = numbers(10).split(0.0, Key::new(0)).expect("a good fraction");
    assert!(empty.is_empty() && Loader::new(empty, Batch(1)).is_err());
}

#[test]
fn parts_are_data_sets() {
    let (train, test) = numbers(20).split(0.5, Key::new(1)).expect("a good fraction");
    let (fit, validation) = train.clone().split(0.8, Key::new(2)).expect("a good fraction");
    let examples = |part: &dyn Fn() -> (Tensor<(Batch, D<2>)>, Tensor<(Batch,), i64>)| seen([part()].into_iter());
    let mut all = examples(&|| fit.all().expect("any size"));
    all.extend(examples(&|| validation.all().expect("any size")));
    assert_eq!(sorted(all.clone()), sorted(examples(&|| train.all().expect("any size"))));
    all.extend(seen(Loader::new(&test, Batch(3)).expect("a good size").epoch(Key::new(4))));
    assert_eq!(sorted(all), (0..20).collect::<Vec<_>>());
}

#[test]
fn a_whole_part_has_a_size_of_its_own() {
    let data = numbers(6);
    let (x, y) = data.all::<D<6>>().expect("there are six");
    assert_eq!((x.shape(), y.as_slice()), ((D::<6>, D::<2>), &[0, 1, 2, 3, 4, 5][..]));
    assert_eq!(words(data.all::<D<7>>()), "the data has shape [6], the type wants (D<7>,)");
}

#[test]
fn numbers_that_are_not_there_are_errors() {
    let error = words(Subset::new(numbers(3), vec![0, 2, 3]));
    assert_eq!(error, "index 3 at position 2 is outside of an axis of length 3");
    let error = words(attempt(|| numbers(3).batch(&[5], D::<1>)));
    assert_eq!(error, "index 5 at position 0 is outside of an axis of length 3");
}

#[test]
fn every_element_type_and_rank_is_a_column() {
    let n = Examples(3);
    let columns = (
        Cpu.from_fn((n,), |i| i as u8),
        Cpu.from_fn((n,), |i| i == 1),
        Cpu.from_fn((n, D::<2>, D::<2>), |i| i as f64),
        Cpu.from_fn((n, D::<0>), |_| 0i32),
        Cpu.from_fn((n, D::<1>, D::<1>, D::<1>, D::<1>, D::<2>), |i| i as f32),
        Cpu.from_fn((n,), |i| i as i64),
    );
    let data = TensorDataset::new(columns).expect("equal lengths");
    let (bytes, flags, matrices, nothing, deep, labels) = data.batch(&[2, 1], D::<2>);
    assert_eq!((bytes.as_slice(), flags.as_slice()), (&[2, 1][..], &[false, true][..]));
    assert_eq!(matrices.as_slice(), [8.0, 9.0, 10.0, 11.0, 4.0, 5.0, 6.0, 7.0]);
    assert_eq!((nothing.shape(), deep.as_slice()), ((D::<2>, D::<0>), &[4.0, 5.0, 2.0, 3.0][..]));
    assert_eq!(labels.as_slice(), [2, 1]);
}
