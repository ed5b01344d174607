//! Rows and elements by index, held against the processor's, bit for bit: all of it is done in one order.

use crate::device;
use congruent::cuda::Cuda;
use congruent::device::{Buf, DrawWork, Host, IndexWork, Storage};
use congruent::loops::Combine;
use congruent::ops::ScatterReduce;
use congruent::prelude::*;
use congruent::random::Key;
use std::fmt::Debug;

const LENGTHS: [usize; 6] = [0, 1, 7, 17, 300, 1021];

/// Indices below a limit, many of which come again.
fn ids(len: usize, limit: usize) -> Vec<i64> {
    (0..len as u64).map(|i| Key::new(5).below(i, limit as u64) as i64).collect()
}

fn numbers<E: Elem>(len: usize, seed: u64) -> Vec<E> {
    (0..len as u64).map(|i| E::of_f64((8.0 * Key::new(seed).uniform_f64(i) - 4.0) * 1.37)).collect()
}

/// The same bits, or NaN on both sides.
#[track_caller]
fn same<E: Elem>(found: &[E], wanted: &[E], what: &str) {
    let seen = |x: &E| if x.as_f64().is_nan() { None } else { Some(x.as_f64().to_bits()) };
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let as_numbers = (found.as_f64(), wanted.as_f64());
        assert_eq!(seen(found), seen(wanted), "{what} of {}, element {i}: {as_numbers:?}", E::NAME);
    }
}

/// Does the same to a buffer of the processor and to one of the device.
macro_rules! both {
    ($device:expr, $E:ty, $start:expr, $what:expr, |$d:ident, $target:ident| $body:expr) => {{
        let start: Vec<$E> = $start;
        let wanted = {
            let ($d, mut $target) = (Cpu, Cpu.upload(&start));
            $body;
            $target
        };
        let (kept, found) = {
            let ($d, mut $target) = ($device, $device.upload(&start));
            let kept = $target.clone();
            $body;
            (kept, $target)
        };
        same(&$device.download(&found), Cpu.slice(&wanted), $what);
        same(&$device.download(&kept), &start, "what shares the memory");
    }};
}

fn combined<E: Real>(device: Cuda) {
    let (zero, largest) = (E::of_f64(0.0), E::of_f64(1e38));
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 1e-7, 1e30].map(E::of_f64);
    for len in LENGTHS {
        for (targets, width) in [(1, 1), (3, 5), (40, 3), (300, 1), (17, 0)] {
            for how in [Combine::Sum, Combine::Product, Combine::Maximum, Combine::Minimum] {
                let mut rows = numbers::<E>(len * width, 1);
                if len == 17 {
                    rows.iter_mut().step_by(5).zip(special).for_each(|(row, special)| *row = special);
                }
                if len == 7 {
                    rows.iter_mut().step_by(2).for_each(|row| *row = largest); // A product that leaves the range.
                    rows.iter_mut().skip(3).step_by(4).for_each(|row| *row = E::of_f64(1e-38));
                    rows.iter_mut().skip(5).for_each(|row| *row = zero);
                }
                let (places, what) = (ids(len, targets), format!("{how:?} of {len} rows of {width} to {targets}"));
                both!(device, E, numbers(targets * width, 2), &what, |d, target| {
                    d.combine_rows(how, &mut target, width, &d.upload(&places), &d.upload(&rows))
                });
            }
        }
    }
    // Fewer rows than indices, and more.
    for given in [3, 9] {
        both!(device, E, numbers(8, 2), "rows and indices", |d, target| {
            d.add_rows(&mut target, 2, &d.upload(&[3i64, 0, 3, 3, 1, 0]), &d.upload(&numbers::<E>(2 * given, 1)))
        });
    }
}

#[test]
fn rows_are_combined_in_order() {
    let Some(device) = device() else { return };
    combined::<f32>(device);
    combined::<f64>(device);
    combined::<f16>(device);
    combined::<bf16>(device);
}

#[test]
fn many_terms_are_sorted_in_chunks() {
    let Some(device) = device() else { return };
    let (len, targets) = (600_000, 70_000);
    both!(device, f32, numbers(targets, 2), "many terms", |d, target| {
        d.add_rows(&mut target, 1, &d.upload(&ids(len, targets)), &d.upload(&numbers::<f32>(len, 1)))
    });
}

fn moved<E: Elem>(device: Cuda) {
    for len in LENGTHS {
        for (table, width) in [(1, 1), (3, 5), (40, 3), (300, 1), (17, 0)] {
            let (places, from) = (ids(len, table), numbers::<E>(table * width, 1));
            let what = format!("{len} rows of {width} from {table}");
            let taken = device.take_rows(&device.upload(&from), width, &device.upload(&places)).expect("all inside");
            let wanted = Cpu.take_rows(&Cpu.upload(&from), width, &Cpu.upload(&places)).expect("all inside");
            same(&device.download(&taken), Cpu.slice(&wanted), &what);
            for given in [0, 1, 2, len] {
                let rows = numbers::<E>(given * width, 3);
                both!(device, E, from.clone(), &format!("{given} put, {what}"), |d, target| {
                    d.put_rows(&mut target, width, &d.upload(&places), &d.upload(&rows))
                });
            }
        }
    }
}

#[test]
fn rows_are_taken_and_put() {
    let Some(device) = device() else { return };
    moved::<f32>(device);
    moved::<f64>(device);
    moved::<bf16>(device);
    moved::<bool>(device);
    moved::<u8>(device);
    moved::<i16>(device);
    moved::<i64>(device);
}

fn labelled<E: Real>(device: Cuda) {
    for len in LENGTHS {
        for width in [1, 2, 33] {
            let (labels, rows) = (ids(len, width), numbers::<E>(len * width, 1));
            let what = format!("{len} labels of {width}");
            let found = device.pick(&device.upload(&rows), width, &device.upload(&labels)).expect("all inside");
            let wanted = Cpu.pick(&Cpu.upload(&rows), width, &Cpu.upload(&labels)).expect("all inside");
            same(&device.download(&found), Cpu.slice(&wanted), &what);
            for given in [0, 1, 2, len] {
                both!(device, E, rows.clone(), &what, |d, target| {
                    let values = d.upload(&numbers::<E>(given, 2));
                    d.add_at(&mut target, width, &d.upload(&labels), &values, -0.3)
                });
            }
        }
    }
}

#[test]
fn elements_are_picked_and_added_to() {
    let Some(device) = device() else { return };
    labelled::<f32>(device);
    labelled::<f64>(device);
    labelled::<f16>(device);
    labelled::<bf16>(device);
}

/// What an error says, and its fields.
fn said<E: Elem>(result: Result<Buf<E>, congruent::Error>) -> impl Debug + PartialEq {
    let error = result.expect_err("an index outside");
    (error.to_string(), format!("{error:?}"))
}

#[test]
fn the_first_index_outside_is_told() {
    let Some(device) = device() else { return };
    for wrong in [-1, 4, 5, i64::MIN, i64::MAX, 1 << 32] {
        for len in [1, 17, 1021] {
            let mut places = ids(len, 4);
            places[len / 2] = wrong;
            places[len - 1] = -7;
            let at = |there: bool| match there {
                true => said(device.take_rows(&device.zeroed::<f32>(8), 2, &device.upload(&places))),
                false => said(Cpu.take_rows(&Cpu.zeroed::<f32>(8), 2, &Cpu.upload(&places))),
            };
            assert!(at(true) == at(false), "{:?} in place of {:?}", at(true), at(false));
            let at = |there: bool| match there {
                true => said(device.pick(&device.zeroed::<f32>(4 * len), 4, &device.upload(&places))),
                false => said(Cpu.pick(&Cpu.zeroed::<f32>(4 * len), 4, &Cpu.upload(&places))),
            };
            assert!(at(true) == at(false), "{:?} in place of {:?}", at(true), at(false));
        }
    }
    let (rows, negative) = (device.zeroed::<f32>(0), device.upload(&[i64::MAX, -2]));
    let (own, first) = (Cpu.zeroed::<f32>(0), [0]);
    let wanted = said(Cpu.take_rows(&own, 0, &Cpu.upload(&[i64::MAX, -2])));
    assert!(said(device.take_rows(&rows, 0, &negative)) == wanted);
    let found = said(device.take_rows(&rows, 3, &device.upload(&first)));
    assert!(found == said(Cpu.take_rows(&own, 3, &Cpu.upload(&first))));
}

#[test]
fn what_was_not_checked_touches_nothing() {
    let Some(device) = device() else { return };
    let ids = device.upload(&[1i64, -1, 4, i64::MAX, 1 << 32, 1]);
    let mut target = device.zeroed::<f32>(4);
    device.add_rows(&mut target, 1, &ids, &device.filled(6, 1.0f32));
    assert_eq!(device.download(&target), [0.0, 2.0, 0.0, 0.0]);
    device.put_rows(&mut target, 1, &ids, &device.filled(6, 5.0f32));
    device.put_rows(&mut target, 2, &ids, &device.filled(2, 7.0f32));
    assert_eq!(device.download(&target), [0.0, 5.0, 7.0, 7.0]);
    device.add_at(&mut target, 1, &device.upload(&[0i64, 1, -1, 1 << 40]), &device.filled(1, 1.0f32), 1.0);
    assert_eq!(device.download(&target), [1.0, 5.0, 7.0, 7.0]);
}

fn masks<E: Real>(device: Cuda) {
    for (len, p) in LENGTHS.into_iter().zip([0.5, 0.1, 0.9, 0.0, 1.0, 0.3]) {
        let key = Key::new(0x1234_5678_9abc_def0).fold_in(len as u64);
        let (found, wanted) = (device.keep_mask::<E>(key, len, p), Cpu.keep_mask::<E>(key, len, p));
        same(&device.download(&found), Cpu.slice(&wanted), "a mask");
    }
}

#[test]
fn masks_are_those_of_the_processor() {
    let Some(device) = device() else { return };
    masks::<f32>(device);
    masks::<f64>(device);
    masks::<f16>(device);
    masks::<bf16>(device);
}

/// Gradients through lookups, scatters, losses and dropout.
fn gradients<A: Device>(device: A) -> Vec<f64> {
    let table: Param<Shape![5, 3], Weights<f32, A>> = device.randn(Key::new(1)).into();
    let (ids, labels) = (device.tensor([4i64, 0, 4, 4]), device.tensor([2i64, 0, 1, 1]));
    let base: Tensor<Shape![5, 3], f32, A> = device.randn(Key::new(2));
    let places = device.tensor([[4i64, 0, 4], [4, 1, 2], [4, 0, 2], [0, 0, 0]]);
    let (loss, grads) = table
        .value_and_grad(|w| {
            let rows = || w.gather(&ids);
            let added = base.index_add::<0>(&ids, rows()).square().mean();
            let product = base.scatter_reduce::<0>(&places, rows(), ScatterReduce::Prod).sum();
            let best = base.scatter_reduce::<0>(&places, rows(), ScatterReduce::Max).sum();
            rows().cross_entropy(&labels) + added + product + best + rows().pick(&labels).square().sum()
        })
        .expect("a step");
    let found = grads.tensor().to_vec().into_iter().map(f64::from);
    [f64::from(loss)].into_iter().chain(found).collect()
}

#[test]
fn gradients_go_back_through_indices() {
    let Some(device) = device() else { return };
    crate::near::near(&gradients(device), &gradients(Cpu), 1e-4, "loss and gradients");
}
