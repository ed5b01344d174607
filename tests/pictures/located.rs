//! Largest elements with their places, and elements put back to them.

use crate::support::{gradients, random};
use crate::*;

/// The index of the first largest element of each window, or of the first NaN, by the definition.
fn positions(x: &[f64], [height, width]: [usize; 2], [size, stride, padding, dilation]: [usize; 4]) -> Vec<i64> {
    let places = |len: usize| (len + 2 * padding - (size - 1) * dilation - 1) / stride + 1;
    let mut all = Vec::new();
    for channel in x.chunks(height * width) {
        for (row, column) in (0..places(height)).flat_map(|row| (0..places(width)).map(move |column| (row, column))) {
            let mut best: Option<usize> = None;
            for (k, l) in (0..size).flat_map(|k| (0..size).map(move |l| (k, l))) {
                let y = (row * stride + k * dilation).wrapping_sub(padding);
                let x = (column * stride + l * dilation).wrapping_sub(padding);
                if y < height && x < width {
                    let at = y * width + x;
                    let wins =
                        |best: usize| !channel[best].is_nan() && (channel[at].is_nan() || channel[at] > channel[best]);
                    best = Some(best.map_or(at, |best| if wins(best) { at } else { best }));
                }
            }
            all.push(best.map_or(-1, |best| best as i64));
        }
    }
    all
}

#[test]
fn indices_are_those_of_the_definition() {
    macro_rules! check {
        ($E:ty: $($h:literal $w:literal $size:literal $stride:literal $padding:literal $dilation:literal;)*) => {$({
            const POOL: Pool<$size, $stride, $padding, $dilation> = Pool;
            // Few different numbers, so that there are ties.
            let x: Tensor<Shape![2, 3, $h, $w], f64> = numbers(Default::default(), $h);
            let x: Tensor<_, $E> = (&x * 3.0).floor().eval().convert();
            let (y, indices) = x.max_pool2d_with_indices(POOL);
            assert_eq!(y.eval(), x.max_pool2d(POOL).eval());
            let wide: Vec<f64> = x.to_vec().iter().map(|x| x.as_f64()).collect();
            assert_eq!(indices.as_slice(), positions(&wide, [$h, $w], [$size, $stride, $padding, $dilation]));
        })*};
    }
    macro_rules! all {
        ($($E:ty)*) => {$(
            check! { $E:
                1 1 1 1 0 1; 1 1 1 1 1 1; 7 6 2 2 0 1; 7 6 3 1 1 1; 17 7 3 2 1 2; 17 17 7 3 2 1; 4 4 2 1 3 1;
            }
        )*};
    }
    all! { f64 f32 f16 bf16 }
}

#[test]
fn nan_is_found_first_and_nothing_has_no_index() {
    let (nan, low) = (f64::NAN, f64::NEG_INFINITY);
    let x = Cpu.tensor_of::<f64, _>([[[1.0, nan, nan, 9.0, low, low]]]);
    let (y, indices) = x.max_pool1d_with_indices(Pool::<2>);
    assert_eq!(indices, Cpu.tensor([[[1i64, 2, 4]]]));
    assert!(y.eval().as_slice()[0].is_nan());
    let (y, indices) = x.max_pool1d_with_indices(Pool::<1, 6, 6>);
    assert_eq!((y.eval().as_slice()[0], indices.as_slice()), (low, &[-1i64, 0, -1][..]));
    let error = told(&|| drop(x.max_pool1d(Pool::<1, 6, 6>).max_unpool1d(&indices, (D::<6>,))));
    assert_eq!(error, "index -1 at position 0 is outside of an axis of length 6");
}

#[test]
fn every_number_of_axes_and_sizes_of_the_run() {
    let line: Tensor<Shape![2, 3, 9], f32> = numbers(Default::default(), 1);
    let (y, indices) = line.max_pool1d_with_indices(Pool::<3, 2>);
    let flat: Tensor<Shape![2, 3, 1, 9], f32> = line.unsqueeze::<2>().eval();
    let (same, as_pictures) = flat.max_pool2d_with_indices((Pool::<1>, Pool::<3, 2>));
    assert_eq!((indices.as_slice(), y.eval().as_slice()), (as_pictures.as_slice(), same.eval().as_slice()));
    let room: Tensor<Shape![1, 2, 4, 5, 6], f32> = numbers(Default::default(), 2);
    let (y, indices) = room.max_pool3d_with_indices(Pool::<2>);
    for (at, (y, &index)) in y.eval().as_slice().iter().zip(indices.as_slice()).enumerate() {
        assert_eq!(room.as_slice()[at / 12 * 120 + index as usize], *y);
    }
    for (batch, rows, columns) in [(2, 7, 5), (0, 4, 4), (1, 17, 3)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<2>, Rows(rows), Columns(columns)), 3);
        let (y, indices) = x.max_pool2d_with_indices_as(Pool::<3, 2, 1>, Down, Across);
        let y: Tensor<(Batch, D<2>, Down, Across), f64> = y.eval();
        let indices: Tensor<(Batch, D<2>, Down, Across), i64> = indices;
        assert_eq!(indices.as_slice(), positions(&x.to_vec(), [rows, columns], [3, 2, 1, 1]));
        let again: Tensor<(Batch, D<2>, Rows, Columns), f64> =
            y.max_unpool2d(&indices, (Rows(rows), Columns(columns))).eval();
        let (once, _) = again.max_pool2d_with_indices_as(Pool::<3, 2, 1>, Down, Across);
        assert_eq!(once.shape(), y.shape());
        assert!(again.as_slice().iter().zip(x.as_slice()).all(|(again, x)| again == x || *again == 0.0));
    }
    let x: Tensor<_, f64> = numbers((Batch(1), D::<2>, Rows(1), Columns(9)), 3);
    let short = told(&|| drop(x.max_pool2d_with_indices_as(Pool::<2>, Down, Across)));
    assert_eq!(short, "window 2 (stride 2, padding 0) does not fit an axis of length 1");
}

#[test]
fn elements_go_to_their_indices() {
    let x = Cpu
        .tensor_of::<f16, _>([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]].map(|rows| rows.map(|row| row.map(f16::from_f32))));
    let indices = Cpu.tensor([[[4i64, 0, 4], [1, 2, 3]]]);
    let y = x.max_unpool1d(&indices, (D::<5>,)).eval();
    let expected = [2.0, 0.0, 0.0, 0.0, 3.0, 0.0, 4.0, 5.0, 6.0, 0.0];
    near(y.as_slice(), &expected, 0.0);
    // Of two elements at one index the last stays, and has the gradient.
    let w: Param<Shape![1, 2, 3], Weights<f64>> = Cpu.ones_of(Default::default()).into();
    let slopes: Tensor<Shape![1, 2, 5], f64> = numbers(Default::default(), 1);
    let (_, grads) = w.value_and_grad(|x| (x.max_unpool1d(&indices, (D::<5>,)) * &slopes).sum()).expect("a gradient");
    let s = slopes.as_slice();
    assert_eq!(grads.tensor().as_slice(), [0.0, s[0], s[4], s[6], s[7], s[8]]);
    let outside = told(&|| drop(x.max_unpool1d(&indices, (D::<4>,))));
    assert_eq!(outside, "index 4 at position 0 is outside of an axis of length 4");
    let rows = Cpu.full((Batch(1), D::<2>, Rows(3)), 1.0f32);
    let others = Cpu.from_fn((Batch(1), D::<2>, Rows(4)), |i| i as i64);
    let differ = told(&|| drop(rows.max_unpool1d(&others, (D::<9>,))));
    assert!(differ.starts_with("max_unpool") && differ.contains('3') && differ.contains('4'), "{differ}");
    let none = Cpu.full((Batch(0), D::<2>, Rows(3)), 1.0f32);
    let no_indices = Cpu.from_fn((Batch(0), D::<2>, Rows(3)), |i| i as i64);
    assert!(none.max_unpool1d(&no_indices, (D::<9>,)).eval().is_empty());
    let nan = Cpu.tensor_of::<f64, _>([[[f64::NAN]]]).max_unpool1d(&Cpu.tensor([[[1i64]]]), (D::<2>,)).eval();
    assert!(nan.as_slice()[0] == 0.0 && nan.as_slice()[1].is_nan());
}

#[test]
fn both_ways_have_gradients() {
    gradients!(random((D::<2>, D::<2>, D::<5>, D::<4>), 1, -1.0, 1.0), |x| x
        .max_pool2d_with_indices(Pool::<3, 1, 1>)
        .0
        .square()
        .sum());
    gradients!(random((D::<1>, D::<2>, D::<6>), 1, -1.0, 1.0), |x| {
        let (y, indices) = x.max_pool1d_with_indices(Pool::<2>);
        y.square().max_unpool1d(&indices, (D::<7>,)).square().sum()
    });
    gradients!(random((D::<1>, D::<1>, D::<4>, D::<4>), 1, -1.0, 1.0), |x| {
        let (y, indices) = x.max_pool2d_with_indices(Pool::<3, 1>);
        (y * 2.0).max_unpool2d(&indices, (D::<4>, D::<4>)).square().sum()
    });
    gradients!(random((D::<1>, D::<2>, D::<2>, D::<4>, D::<2>), 1, -1.0, 1.0), |x| {
        let (y, indices) = x.max_pool3d_with_indices(Pool::<2>);
        y.max_unpool3d(&indices, (D::<2>, D::<4>, D::<3>)).square().sum()
    });
}
