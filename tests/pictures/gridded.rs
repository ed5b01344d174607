//! Pictures at the places of a grid, and grids of affine maps, against PyTorch's definition once more.

use crate::support::{gradients, random};
use crate::*;
use congruent::ops::{GridMode, GridPadding, GridSample};

const MODES: [GridMode; 3] = [GridMode::Nearest, GridMode::Multilinear, GridMode::Cubic];
const PADDINGS: [GridPadding; 3] = [GridPadding::Zeros, GridPadding::Border, GridPadding::Reflection];

fn every_way() -> impl Iterator<Item = GridSample> {
    let with = |mode, padding| [false, true].map(|align_corners| GridSample { mode, padding, align_corners });
    MODES.into_iter().flat_map(move |mode| PADDINGS.into_iter().flat_map(move |padding| with(mode, padding)))
}

/// A place mirrored until it lies between half of `low` and half of `high`.
fn mirrored(place: f64, low: i64, high: i64) -> f64 {
    if low == high {
        return 0.0;
    }
    let (low, high) = (low as f64 / 2.0, high as f64 / 2.0);
    let mut place = place;
    while place < low || place > high {
        place = if place < low { 2.0 * low - place } else { 2.0 * high - place };
    }
    place
}

/// The place within the picture that one stands for.
fn within(place: f64, len: i64, how: GridSample) -> f64 {
    let last = (len - 1) as f64;
    match how.padding {
        GridPadding::Zeros => place,
        GridPadding::Border => place.clamp(0.0, last),
        GridPadding::Reflection if how.align_corners => mirrored(place, 0, 2 * (len - 1)).clamp(0.0, last),
        GridPadding::Reflection => mirrored(place, -1, 2 * len - 1).clamp(0.0, last),
    }
}

/// What is read along an axis: elements, which may lie outside, and what they count.
fn along(coordinate: f64, len: i64, how: GridSample) -> Vec<(i64, f64)> {
    let coordinate = if coordinate.is_nan() { -1.0 } else { coordinate };
    let place = match how.align_corners {
        true => (coordinate + 1.0) / 2.0 * (len - 1) as f64,
        false => ((coordinate + 1.0) * len as f64 - 1.0) / 2.0,
    };
    match how.mode {
        GridMode::Nearest => vec![(within(place, len, how).round_ties_even() as i64, 1.0)],
        GridMode::Multilinear => {
            let place = within(place, len, how);
            let first = place.floor() as i64;
            (first..first + 2).map(|at| (at, 1.0 - (place - at as f64).abs())).collect()
        }
        GridMode::Cubic => {
            let (first, a) = (place.floor() as i64, -0.75);
            let weight = |at: i64| match (place - at as f64).abs() {
                w if w <= 1.0 => (a + 2.0) * w.powi(3) - (a + 3.0) * w.powi(2) + 1.0,
                w if w < 2.0 => a * w.powi(3) - 5.0 * a * w.powi(2) + 8.0 * a * w - 4.0 * a,
                _ => 0.0,
            };
            (first - 1..first + 3).map(|at| (within(at as f64, len, how) as i64, weight(at))).collect()
        }
    }
}

/// `(N, C, D, H, W)` at the places of a grid with `axes` coordinates at each, by the definition.
fn plain(x: &[f64], [n, c]: [usize; 2], space: [usize; 3], grid: &[f64], axes: usize, how: GridSample) -> Vec<f64> {
    let (mut y, places) = (Vec::new(), grid.len() / axes / n.max(1));
    for channel in 0..n * c {
        for place in 0..places {
            let own = &grid[(channel / c * places + place) * axes..][..axes];
            let read = |axis: usize| match own.get(2 - axis) {
                Some(&coordinate) => along(coordinate, space[axis] as i64, how),
                None => vec![(0, 1.0)],
            };
            let (planes, rows, columns, mut sum) = (read(0), read(1), read(2), 0.0);
            for (&(z, a), &(y, b)) in planes.iter().flat_map(|z| rows.iter().map(move |y| (z, y))) {
                for &(w, c) in &columns {
                    let inside =
                        [(z, 0), (y, 1), (w, 2)].iter().all(|&(at, axis)| (0..space[axis] as i64).contains(&at));
                    if inside && a * b * c != 0.0 {
                        let at = (z as usize * space[1] + y as usize) * space[2] + w as usize;
                        sum += a * b * c * x[channel * space.iter().product::<usize>() + at];
                    }
                }
            }
            y.push(sum);
        }
    }
    y
}

#[test]
fn samples_over_two_axes_are_those_of_the_definition() {
    macro_rules! check {
        ($E:ty, $step:expr; $($h:literal $w:literal to $down:literal $across:literal;)*) => {$(
            for how in every_way() {
                let x: Tensor<Shape![2, 3, $h, $w], $E> = numbers(Default::default(), 1);
                let grid: Tensor<Shape![2, $down, $across, 2], $E> =
                    Cpu.uniform_of(Default::default(), Key::new(2), -2.5, 2.5);
                let wide = |values: Vec<$E>| values.iter().map(|x| x.as_f64()).collect::<Vec<_>>();
                let y = x.grid_sample2d(&grid, how).eval();
                let expected = plain(&wide(x.to_vec()), [2, 3], [1, $h, $w], &wide(grid.to_vec()), 2, how);
                near(y.as_slice(), &expected, $step);
            }
        )*};
    }
    check! { f64, 1e-12; 1 1 to 3 2; 7 1 to 2 5; 1 7 to 7 1; 5 4 to 17 19; 17 17 to 1 1; }
    check! { f32, 1e-6; 5 7 to 3 3; }
    check! { f16, 2e-3; 5 7 to 3 3; }
    check! { bf16, 1e-2; 5 7 to 3 3; }
}

#[test]
fn samples_over_three_axes_are_those_of_the_definition() {
    for how in every_way() {
        let x: Tensor<Shape![2, 2, 3, 4, 5], f64> = numbers(Default::default(), 1);
        let grid: Tensor<Shape![2, 2, 7, 3, 3], f64> = Cpu.uniform_of(Default::default(), Key::new(2), -2.0, 2.0);
        let y: Tensor<Shape![2, 2, 2, 7, 3], f64> = x.grid_sample3d(&grid, how).eval();
        near(y.as_slice(), &plain(x.as_slice(), [2, 2], [3, 4, 5], grid.as_slice(), 3, how), 1e-12);
    }
}

#[test]
fn places_at_elements_give_them() {
    let x: Tensor<Shape![2, 3, 4, 5], f64> = numbers(Default::default(), 1);
    let same = Cpu.tensor_of::<f64, _>([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]; 2]);
    for how in every_way() {
        let grid = same.affine_grid2d((D::<4>, D::<5>), how.align_corners);
        near(x.grid_sample2d(grid, how).eval().as_slice(), x.as_slice(), 1e-12);
    }
}

#[test]
fn both_operands_have_gradients() {
    for how in every_way() {
        // Coordinates that are nowhere near a corner, where slopes jump.
        let places: Tensor<Shape![2, 3, 2, 2], f64> =
            Cpu.from_fn(Default::default(), |i| ((i * 37 + 11) % 24) as f64 / 24.0 * 3.2 - 1.57);
        let both = (random((D::<2>, D::<2>, D::<4>, D::<3>), 1, -1.0, 1.0), Param::from(places));
        gradients!(both.clone(), |(x, grid)| x.grid_sample2d(grid, how).square().sum());
        let places: Tensor<Shape![1, 2, 1, 3, 3], f64> =
            Cpu.from_fn(Default::default(), |i| ((i * 7 + 3) % 18) as f64 / 18.0 * 2.6 - 1.27);
        let both = (random((D::<1>, D::<2>, D::<2>, D::<3>, D::<4>), 1, -1.0, 1.0), Param::from(places));
        gradients!(both.clone(), |(x, grid)| x.grid_sample3d(grid, how).square().sum());
    }
}

#[test]
fn gradients_of_one_operand_alone() {
    let (x, grid): (Tensor<Shape![1, 2, 3, 3], f64>, Tensor<Shape![1, 2, 2, 2], f64>) =
        (numbers(Default::default(), 1), numbers(Default::default(), 2));
    let how = GridSample::default();
    let both = (Param::from(x.clone()), Param::<_, Weights<f64>>::from(grid.clone()));
    let (_, all) = both.value_and_grad(|(x, grid)| x.grid_sample2d(grid, how).square().sum()).expect("gradients");
    let (_, of_x) = both.0.value_and_grad(|x| x.grid_sample2d(&grid, how).square().sum()).expect("a gradient");
    let (_, of_grid) = both.1.value_and_grad(|grid| x.grid_sample2d(grid, how).square().sum()).expect("a gradient");
    assert_eq!((of_x.tensor(), of_grid.tensor()), (all.0.tensor(), all.1.tensor()));
}

#[test]
fn lost_coordinates() {
    let x = Cpu.tensor_of::<f64, _>([[[[1.0, 2.0], [3.0, 4.0]]]]);
    let (nan, far) = (f64::NAN, f64::INFINITY);
    let grid = Cpu.tensor_of::<f64, _>([[[[nan, nan], [far, 0.5], [0.5, -far], [nan, 0.5], [1e300, -1e300]]]]);
    let corner = Cpu.tensor_of::<f64, _>([[[[-1.0, -1.0], [-1.0, 0.5], [0.5, -1.0], [-1.0, 0.5]]]]);
    for how in every_way() {
        let y = x.grid_sample2d(&grid, how).eval().to_vec();
        let at_corner = x.grid_sample2d(&corner, how).eval().to_vec();
        assert_eq!((y[0], y[3]), (at_corner[0], at_corner[3]), "{how:?}");
        match how.padding {
            GridPadding::Zeros => assert_eq!((y[1], y[2], y[4]), (0.0, 0.0, 0.0), "{how:?}"),
            GridPadding::Border => assert_eq!(y[4], 2.0, "{how:?}"),
            GridPadding::Reflection => assert_eq!((y[1], y[2]), (at_corner[1], at_corner[2]), "{how:?}"),
        }
        let both = (Param::<_, Weights<f64>>::from(x.clone()), Param::<_, Weights<f64>>::from(grid.clone()));
        let (_, grads) = both.value_and_grad(|(x, grid)| x.grid_sample2d(grid, how).sum()).expect("gradients");
        assert!(grads.0.tensor().as_slice().iter().all(|dx| dx.is_finite()), "{how:?}");
        let of_grid = grads.1.tensor().to_vec();
        assert!(of_grid.iter().all(|slope| slope.is_finite()), "{how:?}: {of_grid:?}");
        assert_eq!([of_grid[0], of_grid[1], of_grid[6]], [0.0; 3], "{how:?}");
    }
    // An element that does not count adds no NaN.
    let x = Cpu.tensor_of::<f64, _>([[[[1.0, nan, 5.0]]]]);
    let grid = Cpu.tensor_of::<f64, _>([[[[-1.0, 0.0], [1.0, 0.0], [0.5, 0.0]]]]);
    let y = x.grid_sample2d(&grid, GridSample { align_corners: true, ..GridSample::default() }).eval().to_vec();
    assert!(y[0] == 1.0 && y[1] == 5.0 && y[2].is_nan(), "{y:?}");
}

#[test]
fn operands_are_views_and_expressions() {
    let x: Tensor<Shape![2, 4, 5, 3], f64> = numbers(Default::default(), 1);
    let grid: Tensor<Shape![3, 2, 2], f64> = numbers(Default::default(), 2);
    let (whole, wide) = (x.permute::<Axes![0, 3, 1, 2]>().eval(), grid.expand((D::<2>, D::<3>, D::<2>, D::<2>)).eval());
    let expected = whole.grid_sample2d(&wide, GridSample::default()).eval();
    let stretched = grid.expand((D::<2>, D::<3>, D::<2>, D::<2>));
    assert_eq!(x.permute::<Axes![0, 3, 1, 2]>().grid_sample2d(stretched, GridSample::default()).eval(), expected);
    let halved = (&wide * 0.5).eval();
    assert_eq!(
        (&whole * 2.0).grid_sample2d(&wide * 0.5, GridSample::default()).eval(),
        (whole.grid_sample2d(&halved, GridSample::default()) * 2.0).eval()
    );
}

#[test]
fn sizes_of_the_run() {
    for (batch, rows, columns, down) in [(2, 7, 5, 3), (0, 4, 4, 2), (1, 1, 17, 0)] {
        let x: Tensor<_, f64> = numbers((Batch(batch), D::<2>, Rows(rows), Columns(columns)), 1);
        let theta: Tensor<_, f64> = numbers((Batch(batch), D::<2>, D::<3>), 2);
        let grid: Tensor<(Batch, Down, D<4>, D<2>), f64> = theta.affine_grid2d((Down(down), D::<4>), false).eval();
        let how = GridSample { mode: GridMode::Cubic, ..GridSample::default() };
        let y: Tensor<(Batch, D<2>, Down, D<4>), f64> = x.grid_sample2d(&grid, how).eval();
        near(y.as_slice(), &plain(&x.to_vec(), [batch, 2], [1, rows, columns], &grid.to_vec(), 2, how), 1e-12);
    }
    let x: Tensor<_, f64> = numbers((Batch(2), D::<2>, Rows(3), Columns(3)), 1);
    let grid: Tensor<_, f64> = numbers((Batch(3), D::<2>, D::<2>, D::<2>), 1);
    let differ = told(&|| drop(x.grid_sample2d(&grid, GridSample::default())));
    assert!(differ.starts_with("grid_sample") && differ.contains('2') && differ.contains('3'), "{differ}");
    let empty: Tensor<_, f64> = numbers((Batch(3), D::<2>, Rows(0), Columns(3)), 1);
    let nothing = told(&|| drop(empty.grid_sample2d(&grid, GridSample::default())));
    assert_eq!(
        nothing,
        "axes of space to sample: [3, 2, 0, 3] is not allowed, places between no elements have no value"
    );
    let no_channels: Tensor<_, f64> = numbers((Batch(3), Channels(0), Rows(2), Columns(3)), 1);
    let both = (Param::<_, Weights<f64>>::from(no_channels), Param::<_, Weights<f64>>::from(grid));
    let (_, grads) = both.value_and_grad(|(x, grid)| x.grid_sample2d(grid, GridSample::default()).sum()).expect("0");
    assert!(grads.1.tensor().as_slice().iter().all(|slope| *slope == 0.0));
}

#[test]
fn grids_are_those_of_the_maps() {
    macro_rules! check {
        ($E:ty, $step:expr) => {
            for align_corners in [false, true] {
                let theta: Tensor<Shape![2, 2, 3], $E> = numbers(Default::default(), 1);
                let grid: Tensor<Shape![2, 1, 7, 2], $E> = theta.affine_grid2d((D::<1>, D::<7>), align_corners).eval();
                let room: Tensor<Shape![2, 3, 4], $E> = numbers(Default::default(), 2);
                let cube = room.affine_grid3d((D::<2>, D::<3>, D::<5>), align_corners).eval();
                let base = |i: usize, len: usize| match align_corners {
                    true if len == 1 => 0.0,
                    true => -1.0 + 2.0 / (len - 1) as f64 * i as f64,
                    false => -1.0 + 1.0 / len as f64 + 2.0 / len as f64 * i as f64,
                };
                let mut expected = Vec::new();
                for (n, w, i) in (0..28).map(|at| (at / 14, at / 2 % 7, at % 2)) {
                    let row = &theta.as_slice()[n * 6 + i * 3..][..3];
                    expected.push(row[0].as_f64() * base(w, 7) + row[1].as_f64() * base(0, 1) + row[2].as_f64());
                }
                near(grid.as_slice(), &expected, $step);
                let mut expected = Vec::new();
                for (n, place, i) in (0..180).map(|at| (at / 90, at / 3 % 30, at % 3)) {
                    let row: Vec<f64> = room.as_slice()[n * 12 + i * 4..][..4].iter().map(|x| x.as_f64()).collect();
                    let (z, y, x) = (base(place / 15, 2), base(place / 5 % 3, 3), base(place % 5, 5));
                    expected.push(row[0] * x + row[1] * y + row[2] * z + row[3]);
                }
                near(cube.as_slice(), &expected, $step);
            }
        };
    }
    check!(f64, 1e-14);
    check!(f32, 1e-6);
    check!(f16, 2e-3);
    check!(bf16, 2e-2);
    for align_corners in [false, true] {
        gradients!(random((D::<2>, D::<2>, D::<3>), 1, -1.0, 1.0), |theta| theta
            .affine_grid2d((D::<3>, D::<2>), align_corners)
            .square()
            .sum());
        gradients!(random((D::<1>, D::<3>, D::<4>), 1, -1.0, 1.0), |theta| theta
            .affine_grid3d((D::<2>, D::<1>, D::<3>), align_corners)
            .square()
            .sum());
    }
}

/// A spatial transformer: a map, its grid, and the picture at it, in one step.
#[test]
fn a_map_learns_through_its_grid() {
    let theta = Cpu.tensor_of::<f64, _>([[[0.9, 0.11, 0.07], [-0.13, 0.83, 0.05]]]);
    let both = (random((D::<1>, D::<2>, D::<5>, D::<4>), 1, -1.0, 1.0), Param::<_, Weights<f64>>::from(theta));
    for padding in PADDINGS {
        let how = GridSample { padding, ..GridSample::default() };
        gradients!(both.clone(), |(x, theta)| {
            x.grid_sample2d(theta.affine_grid2d((D::<3>, D::<4>), false), how).square().sum()
        });
    }
}

/// More places and channels than a thread takes: any number of them gives the same bits.
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let x: Tensor<Shape![2, 5, 40, 41], f32> = numbers(Default::default(), 1);
    let grid: Tensor<Shape![2, 64, 65, 2], f32> = Cpu.uniform_of(Default::default(), Key::new(2), -1.2, 1.2);
    let both = (Param::<_, Weights>::from(x), Param::<_, Weights>::from(grid));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let step = both.value_and_grad(|(x, grid)| {
                let (y, indices) = x.grid_sample2d(grid, GridSample::default()).max_pool2d_with_indices(Pool::<3, 1>);
                let back = y.max_unpool2d(&indices, (D::<64>, D::<65>)).unfold2d(Filter::<3, 2>);
                back.fold2d((D::<64>, D::<65>), Filter::<3, 2>).square().sum()
            });
            let (loss, grads) = step.expect("a step");
            (loss.to_bits(), grads.0.tensor().to_vec(), grads.1.tensor().to_vec())
        })
    };
    assert!(run(1) == run(3));
}
