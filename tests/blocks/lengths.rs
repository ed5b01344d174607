//! Sequences that end before the last step: PyTorch's packed ones, differences, and each sequence alone.

use crate::INIT;
use crate::cases::{Cases, blank, case};
use crate::support::{gradients, random};
use congruent::nn::{Bidirectional, Gating, GruGates, LstmGates, OfGates, Recurrent, RnnGates};
use congruent::prelude::*;

dims! { Batch = ?, Time = ?, Hidden = 2 }

fn layer<K: Gating>(key: u64) -> Recurrent<K, D<3>, Hidden, Weights<f64>>
where
    Hidden: OfGates<K::Gates>,
{
    Recurrent::init(Cpu, INIT, Key::new(key))
}

#[test]
fn packed_sequences_agree_with_pytorch() {
    let mut cases = Cases::open();
    let (lengths, all, one) = (Cpu.tensor([2, 4, 1]), (D::<24>,), (D::<6>,));
    let (x, start) = (|| blank((D::<3>, D::<4>, D::<3>)), || blank((D::<3>, Hidden)));
    case!(cases, "packed_rnn", (layer::<RnnGates>(0), x(), start()), |(m, x, start)| {
        let (y, last) = m.run_lengths(x, start, &lengths);
        y.reshape(all).concat::<0, _>(last.reshape(one))
    });
    case!(cases, "packed_gru", (layer::<GruGates>(0), x(), start()), |(m, x, start)| {
        let (y, last) = m.run_lengths(x, start, &lengths);
        y.reshape(all).concat::<0, _>(last.reshape(one))
    });
    case!(cases, "packed_lstm", (layer::<LstmGates>(0), x(), start(), start()), |(m, x, start, cell)| {
        let (y, (last, cell)) = m.run_lengths(x, (start, cell), &lengths);
        y.reshape(all).concat::<0, _>(last.reshape(one)).concat::<0, _>(cell.reshape(one))
    });
}

#[test]
fn packed_sequences_both_ways_agree_with_pytorch() {
    let (mut cases, lengths) = (Cases::open(), Cpu.tensor([2, 4, 1]));
    let both = Bidirectional::new(layer::<GruGates>(0), layer::<GruGates>(1));
    case!(cases, "packed_both", (both, blank((D::<3>, D::<4>, D::<3>))), |(m, x)| m.forward_lengths(x, &lengths));
}

/// Outputs and gradients are those of each sequence alone, whatever stands behind its end.
#[test]
fn what_stands_behind_the_end_has_no_influence() {
    let (batch, time) = (Batch(3), Time(5));
    let lengths = [0_usize, 5, 3];
    let ends = Cpu.from_fn((batch,), |i| lengths[i] as i64);
    let x: Tensor<_, f64> = Cpu.from_fn((batch, time, D::<3>), |i| match i / 3 % 5 < lengths[i / 15] {
        true => (i as f64 * 0.7).sin(),
        false => f64::NAN,
    });
    let start: Tensor<_, f64> = Cpu.from_fn((batch, Hidden), |i| (i as f64).cos());
    let layer = layer::<GruGates>(3);
    let (_, (whole, dx, of_start)) = (layer.clone(), Param::from(x.clone()), Param::from(start.clone()))
        .value_and_grad(|(m, x, start)| {
            let (y, last) = m.run_lengths(x, start, &ends);
            y.square().sum() + last.sum()
        })
        .expect("the sizes agree");
    let mut alone = vec![0.0; whole.weight_ih.as_slice().len()];
    for (row, &length) in lengths.iter().enumerate() {
        let x = x.select::<0>(row as isize).narrow::<0, _>(0, Time(length)).eval();
        let start = start.select::<0>(row as isize).eval();
        let (_, (m, own, of_one)) = (layer.clone(), Param::from(x), Param::from(start))
            .value_and_grad(|(m, x, start)| {
                let (y, last) = m.run(x, start);
                y.square().sum() + last.sum()
            })
            .expect("the sizes agree");
        alone.iter_mut().zip(m.weight_ih.as_slice()).for_each(|(sum, one)| *sum += one);
        crate::support::assert_close("dx", &dx.as_slice()[row * 15..][..length * 3], own.as_slice(), 1e-12);
        assert!(dx.as_slice()[row * 15 + length * 3..(row + 1) * 15].iter().all(|&dx| dx == 0.0));
        crate::support::assert_close("start", &of_start.as_slice()[row * 2..][..2], of_one.as_slice(), 1e-12);
    }
    crate::support::assert_close("weight", whole.weight_ih.as_slice(), &alone, 1e-12);
}

#[test]
fn gradients_agree_with_differences() {
    let ends = Cpu.tensor([3, 1]);
    let x = || random((D::<2>, D::<3>, D::<3>), 1, -1.0, 1.0);
    gradients!((layer::<RnnGates>(1), x()), |(m, x)| m.forward_lengths(x, &ends).square().sum());
    gradients!((layer::<GruGates>(1), x()), |(m, x)| m.forward_lengths(x, &ends).square().sum());
    gradients!((layer::<LstmGates>(1), x()), |(m, x)| m.forward_lengths(x, &ends).square().sum());
}

#[test]
fn wrong_lengths_are_told() {
    let (layer, x) = (layer::<GruGates>(1), Cpu.full((Batch(2), Time(3), D::<3>), 1.0));
    for wrong in [[3, 4], [-1, 2]] {
        let lengths = Cpu.from_fn((Batch(2),), |i| wrong[i]);
        let error = layer.infer(|m| m.forward_lengths(&x, &lengths).eval()).expect_err("too long, or negative");
        let length = if wrong[0] < 0 { -1 } else { 4 };
        let words = format!("length of a sequence: {length} of 3 steps is not allowed, ");
        assert!(error.to_string().starts_with(&words), "{error}");
    }
    let error = layer.infer(|m| m.forward_lengths(&x, &Cpu.full((Batch(1),), 1_i64)).eval()).expect_err("one length");
    assert!(matches!(error, Error::Sizes(_)), "{error}");
    let none = Cpu.full((Batch(0), Time(3), D::<3>), 1.0);
    let y = layer.infer(|m| m.forward_lengths(&none, &Cpu.full((Batch(0),), 1_i64)).eval()).expect("of nothing");
    assert_eq!(y.shape(), (Batch(0), Time(3), Hidden));
}
