//! Patches of pictures and pictures of patches, against the definition over all elements.

use crate::support::{gradients, random};
use crate::*;

/// For each number of `(N, C · K, L)` the element of `(N, C, D, H, W)` that it stands for, by the definition.
fn sources([n, c]: [usize; 2], space: [usize; 3], steps: [[usize; 4]; 3], places: [usize; 3]) -> Vec<Option<usize>> {
    let (sizes, mut all) = (steps.map(|step| step[0]), Vec::new());
    let boxed = |sizes: [usize; 3], i: usize| [i / sizes[2] / sizes[1], i / sizes[2] % sizes[1], i % sizes[2]];
    let count = |sizes: [usize; 3]| sizes.iter().product::<usize>();
    for channel in 0..n * c {
        for k in (0..count(sizes)).map(|k| boxed(sizes, k)) {
            for p in (0..count(places)).map(|p| boxed(places, p)) {
                let mut at = Some(channel);
                for axis in 0..3 {
                    let [_, stride, padding, dilation] = steps[axis];
                    let own = (p[axis] * stride + k[axis] * dilation).wrapping_sub(padding);
                    at = at.filter(|_| own < space[axis]).map(|at| at * space[axis] + own);
                }
                all.push(at);
            }
        }
    }
    all
}

/// Every element type, of the same numbers.
macro_rules! check {
    ($x:expr, $unfold:ident $fold:ident($sizes:expr, $filter:expr), $sources:expr) => {{
        let (x, sources): (Tensor<_, f64>, Vec<Option<usize>>) = ($x, $sources);
        macro_rules! of {
            ($E:ty, $step:expr) => {{
                let x: Tensor<_, $E> = x.convert();
                let y = x.$unfold($filter).eval();
                let values: Vec<f64> = x.to_vec().iter().map(|x| x.as_f64()).collect();
                let expected: Vec<f64> = sources.iter().map(|at| at.map_or(0.0, |at| values[at])).collect();
                near(y.as_slice(), &expected, 0.0);
                let mut sums = vec![0.0; values.len()];
                for (at, y) in sources.iter().zip(y.as_slice()) {
                    at.iter().for_each(|&at| sums[at] += y.as_f64());
                }
                let again = y.$fold($sizes, $filter).eval();
                assert_eq!(again.shape(), x.shape());
                near(again.as_slice(), &sums, $step);
            }};
        }
        of!(f64, 1e-14);
        of!(f32, 2e-6);
        of!(f16, 8e-3);
        of!(bf16, 6e-2);
    }};
}

const NONE: [usize; 4] = [1, 1, 0, 1];

#[test]
fn patches_are_those_of_the_definition() {
    macro_rules! lines {
        ($($len:literal $places:literal [$($step:literal),*];)*) => {$({
            let x = numbers((D::<2>, D::<3>, D::<$len>), 1);
            let sources = sources([2, 3], [1, 1, $len], [NONE, NONE, [$($step),*]], [1, 1, $places]);
            check!(x, unfold1d fold1d((D::<$len>,), Filter::<$($step),*>), sources);
        })*};
    }
    lines! {
        1 1 [1, 1, 0, 1]; 1 3 [1, 1, 1, 1]; 7 5 [3, 1, 0, 1]; 7 4 [2, 2, 1, 1]; 17 6 [3, 3, 2, 2]; 17 15 [7, 1, 2, 1];
        7 2 [1, 4, 0, 1];
    }
    let x = numbers((D::<2>, D::<3>, D::<7>, D::<6>), 2);
    let steps = [NONE, [3, 2, 1, 1], [2, 1, 0, 3]];
    let filter = (Filter::<3, 2, 1>, Filter::<2, 1, 0, 3>);
    check!(x, unfold2d fold2d((D::<7>, D::<6>), filter), sources([2, 3], [1, 7, 6], steps, [1, 4, 3]));
    let x = numbers((D::<1>, D::<2>, D::<17>, D::<17>), 2);
    let steps = [NONE, [3, 1, 1, 1], [3, 1, 1, 1]];
    check!(x, unfold2d fold2d((D::<17>, D::<17>), Same::<3>), sources([1, 2], [1, 17, 17], steps, [1, 17, 17]));
    let x = numbers((D::<2>, D::<2>, D::<3>, D::<4>, D::<5>), 3);
    let steps = [[2, 1, 0, 1], [3, 2, 1, 1], [2, 3, 1, 2]];
    let filter = (Filter::<2>, Filter::<3, 2, 1>, Filter::<2, 3, 1, 2>);
    check!(x, unfold3d fold3d((D::<3>, D::<4>, D::<5>), filter), sources([2, 2], [3, 4, 5], steps, [2, 2, 2]));
}

#[test]
fn sizes_of_the_run_are_named() {
    for (batch, rows, columns) in [(2, 7, 5), (1, 3, 3), (0, 4, 4), (3, 17, 2)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<2>, Rows(rows), Columns(columns)), 1);
        let places = [1, (rows - 1) / 2 + 1, (columns - 1) / 2 + 1];
        let y: Tensor<(Batch, D<18>, Down), f64> = x.unfold2d_as(Filter::<3, 2, 1>, Down).eval();
        let steps = [NONE, [3, 2, 1, 1], [3, 2, 1, 1]];
        let (sources, values) = (sources([batch, 2], [1, rows, columns], steps, places), x.to_vec());
        let expected: Vec<f64> = sources.iter().map(|at| at.map_or(0.0, |at| values[at])).collect();
        near(y.as_slice(), &expected, 0.0);
        let again = y.fold2d_as((Rows(rows), Columns(columns)), Filter::<3, 2, 1>).eval();
        let mut sums = vec![0.0; values.len()];
        sources.iter().zip(y.as_slice()).for_each(|(at, y)| at.iter().for_each(|&at| sums[at] += y));
        near(again.as_slice(), &sums, 1e-14);
    }
    let x: Tensor<_, f32> = numbers((Batch(2), D::<2>, Rows(5)), 1);
    let kept: Tensor<(Batch, D<6>, Rows)> = x.unfold1d(Same::<3>).eval();
    assert_eq!(kept.shape(), (Batch(2), D::<6>, Rows(5)));
    assert_eq!(kept.fold1d((Rows(5),), Same::<3>).shape(), (Batch(2), D::<2>, Rows(5)));
    let short = told(&|| drop(x.unfold1d_as(Filter::<7>, Down)));
    assert_eq!(short, "window 7 (stride 1, padding 0) does not fit an axis of length 5");
    let short = told(&|| drop(kept.fold1d_as((Down(2),), Filter::<3>)));
    assert_eq!(short, "window 3 (stride 1, padding 0) does not fit an axis of length 2");
    let named = told(&|| drop(x.unfold1d_as(Filter::<3>, |_| Down(4))));
    assert_eq!(named, "the data has shape [3], the type wants (Down = 4,)");
    let others = told(&|| drop(kept.fold1d_as((Down(9),), Filter::<3>)));
    assert_eq!(
        others,
        "number of patches to fold: 5 on [9], where the filter has 7 places is not allowed, there is one for each place"
    );
    let none: Tensor<_, f32> = numbers((Batch(0), D::<2>, Rows(3), Columns(3)), 1);
    assert!(none.unfold2d_as(Filter::<1, 1, { 1 << 20 }>, Down).eval().is_empty());
    let huge = told(&|| drop(x.unfold1d_as(Filter::<1, 1, { 1 << 62 }>, Down)));
    assert!(huge.contains("more elements than the address space holds"), "{huge}");
}

#[test]
fn operands_are_views_and_expressions() {
    let x: Tensor<Shape![2, 6, 5, 3], f64> = numbers(Default::default(), 1);
    let turned = x.permute::<Axes![0, 3, 1, 2]>().eval();
    let y = turned.unfold2d(Filter::<3>).eval();
    assert_eq!(x.permute::<Axes![0, 3, 1, 2]>().unfold2d(Filter::<3>).eval(), y);
    assert_eq!((&turned * 2.0).unfold2d(Filter::<3>).eval(), (&y * 2.0).eval());
    let across = y.transpose::<1, 2>().eval();
    let sizes = (D::<6>, D::<5>);
    assert_eq!(across.transpose::<1, 2>().fold2d(sizes, Filter::<3>).eval(), y.fold2d(sizes, Filter::<3>).eval());
    let line: Tensor<Shape![5], f64> = numbers(Default::default(), 2);
    let wide = line.expand((D::<2>, D::<3>, D::<5>)).eval();
    assert_eq!(line.expand((D::<2>, D::<3>, D::<5>)).unfold1d(Filter::<2>).eval(), wide.unfold1d(Filter::<2>).eval());
}

#[test]
fn patches_have_gradients() {
    gradients!(random((D::<2>, D::<2>, D::<5>), 1, -1.0, 1.0), |x| x.unfold1d(Filter::<3, 2, 1>).square().sum());
    gradients!(random((D::<2>, D::<1>, D::<4>, D::<3>), 1, -1.0, 1.0), |x| x
        .unfold2d(Filter::<2, 1, 1>)
        .square()
        .sum());
    gradients!(random((D::<1>, D::<2>, D::<2>, D::<3>, D::<2>), 1, -1.0, 1.0), |x| x
        .unfold3d(Filter::<2>)
        .square()
        .sum());
    gradients!(random((D::<2>, D::<6>, D::<3>), 1, -1.0, 1.0), |x| x
        .fold1d((D::<5>,), Filter::<3, 2, 1>)
        .square()
        .sum());
    gradients!(random((D::<1>, D::<8>, D::<6>), 1, -1.0, 1.0), |x| x
        .fold2d((D::<3>, D::<4>), Filter::<2>)
        .square()
        .sum());
    gradients!(random((D::<1>, D::<8>, D::<2>), 1, -1.0, 1.0), |x| x
        .fold3d((D::<2>, D::<3>, D::<2>), Filter::<2>)
        .square()
        .sum());
}

#[test]
fn what_meets_is_rounded_once_and_nan_stays_where_it_is() {
    let y: Tensor<Shape![1, 3, 3], f16> =
        Cpu.tensor([[[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [2048.0, 0.0, 0.0]]]).convert();
    // One by one the sum would stay at 2048.
    assert_eq!(y.fold1d((D::<5>,), Filter::<3>).eval().as_slice()[2].to_f64(), 2050.0);
    let x = Cpu.tensor_of::<f64, _>([[[1.0, f64::NAN, 3.0, 4.0]]]);
    let y = x.unfold1d(Filter::<2>).eval();
    assert_eq!(y.to_vec().iter().map(|y| y.is_nan()).collect::<Vec<_>>(), [false, true, false, true, false, false]);
    let x = y.fold1d((D::<4>,), Filter::<2>).eval();
    assert_eq!(x.to_vec().iter().map(|x| x.is_nan()).collect::<Vec<_>>(), [false, true, false, false]);
}
