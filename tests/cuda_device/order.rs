//! Sorting and searching, held against the processor's, bit for bit: of every element type, along each axis.

use crate::device;
use congruent::cuda::Cuda;
use congruent::ops::order::Side;
use congruent::prelude::*;

dims! { Blocks = ?, Middle = ?, Columns = ?, Sorted = ? }

type Seen = Vec<(&'static str, Vec<u8>)>;

/// What there is of each element type: of few values many, both zeros, NaN, and the ends of the type.
fn element<E: Elem>(i: usize) -> E {
    let draw = Key::new(9).below(i as u64, 23);
    E::of_f64(match draw {
        0 => f64::NAN,
        1 => -f64::NAN,
        2 => f64::INFINITY,
        3 => f64::NEG_INFINITY,
        4 => -0.0,
        5 => 0.0,
        6 => 1e30,
        7 => -1e30,
        8 => 6e-8,
        9 => -6e-8,
        _ => 8.0 * Key::new(10).uniform_f64(i as u64) - 3.0,
    })
}

fn bytes<S: Shape, E: Elem, A: Device>(x: &Tensor<S, E, A>) -> Vec<u8> {
    let mut bytes = Vec::new();
    x.to_vec().into_iter().for_each(|x| x.write_le(&mut bytes));
    bytes
}

fn found<E: Elem, A: Device>(d: A, [blocks, middle, columns]: [usize; 3], number: fn(usize) -> E) -> Seen {
    let x: Tensor<(Blocks, Middle, Columns), E, A> =
        d.from_fn((Blocks(blocks), Middle(middle), Columns(columns)), number);
    let empty = middle == 0;
    let mut seen = vec![
        ("sort", bytes(&x.sort_axis::<1>().eval())),
        ("sort_descending", bytes(&x.sort_descending_axis::<1>().eval())),
        ("argsort", bytes(&x.argsort_axis::<1>())),
        ("argsort_descending", bytes(&x.argsort_descending_axis::<1>())),
        ("argcummax", bytes(&x.argcummax_axis::<1>())),
        ("argcummin", bytes(&x.argcummin_axis::<1>())),
    ];
    if !empty && blocks * columns > 0 {
        seen.push(("argmax", bytes(&x.argmax_axis::<1>())));
        seen.push(("argmin", bytes(&x.argmin_axis::<1>())));
        seen.push(("argmax of all", bytes(&x.argmax())));
        seen.push(("argmin of all", bytes(&x.argmin())));
    }
    if middle >= 5 {
        let (values, places) = x.topk::<5, 1>();
        seen.push(("topk", bytes(&values.eval())));
        seen.push(("places of topk", bytes(&places)));
        seen.push(("kthvalue", bytes(&x.kthvalue_axis::<1>(middle / 2).1)));
    }
    let sorted: Tensor<(Sorted,), E, A> = d.from_fn((Sorted(middle),), number);
    let sorted = sorted.sort().eval();
    seen.push(("searchsorted", bytes(&sorted.searchsorted(&x, Side::Left))));
    seen.push(("searchsorted behind", bytes(&sorted.searchsorted(&x, Side::Right))));
    seen
}

fn same<E: Elem>(device: Cuda, sizes: [usize; 3], number: fn(usize) -> E) {
    for ((what, found), (_, wanted)) in found(device, sizes, number).into_iter().zip(found(Cpu, sizes, number)) {
        assert!(found == wanted, "{what} of {sizes:?} of {}", E::NAME);
    }
}

fn check<E: Elem>(device: Cuda) {
    for middle in [0, 1, 2, 7, 17, 130, 1021] {
        same::<E>(device, [2, middle, 3], element);
        same::<E>(device, [5, middle, 1], element);
    }
    same::<E>(device, [300, 7, 1], element);
    same::<E>(device, [1, 3, 300], element);
    same::<E>(device, [0, 7, 2], element);
    same::<E>(device, [2, 2049, 2], element);
    same::<E>(device, [1, 5000, 1], element);
}

#[test]
fn floats_are_ordered_as_on_the_processor() {
    let Some(device) = device() else { return };
    check::<f32>(device);
    check::<f64>(device);
    check::<f16>(device);
    check::<bf16>(device);
}

#[test]
fn integers_are_ordered_as_on_the_processor() {
    let Some(device) = device() else { return };
    check::<i8>(device);
    check::<i16>(device);
    check::<i32>(device);
    check::<i64>(device);
    check::<u8>(device);
    check::<u16>(device);
    check::<u32>(device);
    check::<u64>(device);
    check::<bool>(device);
}

/// Numbers of 64 bits that are one number as `f64`.
fn close(i: usize) -> i64 {
    i64::MAX - Key::new(11).below(i as u64, 100) as i64
}

#[test]
fn long_rows_are_merged_and_divided() {
    let Some(device) = device() else { return };
    same(device, [1, 70_001, 1], close);
    same(device, [1, 40_000, 2], element::<f32>);
    same(device, [1, 16_385, 1], |_| 1.5f64);
    same(device, [1, 20_000, 1], |i| i as f32);
    same(device, [1, 20_000, 1], |i| -(i as f32));
    // More runs than there are blocks.
    same(device, [130, 2_100, 1], element::<f16>);
    // The largest element stands behind the others, where another block looks.
    same(device, [1, 50_000, 1], |i| if i == 49_999 { 2.0f32 } else { 1.0 });
    same(device, [1, 50_000, 1], |i| if i >= 30_000 { f32::NAN } else { i as f32 });
}

/// Gradients that go back to the elements that were sorted.
fn gradients<A: Device>(d: A) -> Vec<f64> {
    let w: Param<Shape![7, 17], Weights<f32, A>> = d.randn(Key::new(3)).into();
    let (_, grads) = w
        .value_and_grad(|w| {
            let sorted = w.sort_axis::<0>().square().sum() + w.topk::<3, 1>().0.exp().sum();
            sorted + w.cummax_axis::<1>().square().sum() + w.median_axis::<1>().sum()
        })
        .expect("a step");
    grads.tensor().to_vec().into_iter().map(f64::from).collect()
}

#[test]
fn gradients_go_back_to_where_elements_came_from() {
    let Some(device) = device() else { return };
    crate::near::near(&gradients(device), &gradients(Cpu), 1e-5, "gradients");
}
