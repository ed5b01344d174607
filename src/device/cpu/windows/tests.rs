//! Convolutions and pooling against plain loops in `f64`, over a grid of sizes and steps.

use super::patches::elements;
use super::{convolve, largest, means, to_means, to_pictures, to_weight};
use crate::device::{Cpu, WindowWork};
use crate::dtype::{Elem, Real};
use crate::elements::{called_with_halves, for_each_half};
use crate::loops::{Convolution, PoolingWalk, Walk};
use crate::memory::Buf;
use crate::random::Key;
use crate::shape::Stepping;

/// Numbers between -1 and 1 that repeat nowhere near.
pub(super) fn numbers<E: Elem>(len: usize, seed: usize) -> Vec<E> {
    (0..len).map(|i| E::of_f64(((i * 7919 + seed * 104_729) % 2003) as f64 / 1001.5 - 1.0)).collect()
}

/// Each pair of a place and an element of its window that lies in the picture: the place, which element of the window
/// it is, and which of the picture.
fn pairs(walk: &Walk) -> Vec<(usize, usize, usize)> {
    let flat = |sizes: [usize; 3], (z, y, x): (usize, usize, usize)| (z * sizes[1] + y) * sizes[2] + x;
    let sizes = walk.steps.map(|step| step.size);
    let mut all = Vec::new();
    for place in elements(walk.places) {
        for own in elements(sizes) {
            let (p, k) = ([place.0, place.1, place.2], [own.0, own.1, own.2]);
            let at: [_; 3] = std::array::from_fn(|axis| {
                let step = walk.steps[axis];
                (p[axis] * step.stride + k[axis] * step.dilation).checked_sub(step.before)
            });
            if let [Some(z), Some(y), Some(x)] = at
                && (0..3).all(|axis| at[axis] < Some(walk.space[axis]))
            {
                all.push((flat(walk.places, place), flat(sizes, own), flat(walk.space, (z, y, x))));
            }
        }
    }
    all
}

/// The convolution, and the gradients of pictures and weight, by the definition.
fn plain(how: &Convolution, x: &[f64], w: &[f64], dy: &[f64]) -> [Vec<f64>; 3] {
    let Convolution { walk, batch, groups, inputs, outputs } = *how;
    let (each, window, count) = (walk.elements(), walk.window(), walk.count());
    let (mut y, mut dx, mut dw) = (vec![0.0; dy.len()], vec![0.0; x.len()], vec![0.0; w.len()]);
    let pairs = pairs(&walk);
    for (n, g, o) in elements([batch, groups, outputs]) {
        for i in 0..inputs {
            let out = ((n * groups + g) * outputs + o) * count;
            let (picture, own) = (((n * groups + g) * inputs + i) * each, ((g * outputs + o) * inputs + i) * window);
            for &(place, k, element) in &pairs {
                y[out + place] += w[own + k] * x[picture + element];
                dx[picture + element] += w[own + k] * dy[out + place];
                dw[own + k] += x[picture + element] * dy[out + place];
            }
        }
    }
    [y, dx, dw]
}

/// The gradient of the largest elements, which are those that the forward finds.
fn to_largest<E: Real>(how: &PoolingWalk, slope: &[E], x: &[E]) -> Buf<E> {
    super::to_largest(how, slope, x, largest(how, x).host())
}

#[track_caller]
pub(super) fn near<E: Elem>(found: &Buf<E>, expected: &[f64], terms: usize, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let step = if E::NARROW { if E::NAME == "f16" { 1e-3 } else { 8e-3 } } else { 1e-6 };
    let step = if E::NAME == "f64" { 1e-13 } else { step };
    for (i, (found, expected)) in found.host().iter().zip(expected).enumerate() {
        let limit = step
            * (1.0 + expected.abs() + if E::NARROW { 0.0 } else { (terms as f64).sqrt().max(terms as f64 / 16.0) });
        assert!((found.as_f64() - expected).abs() <= limit, "{what} [{i}]: {} is not {expected}", found.as_f64());
    }
}

fn check<E: Real>(how: &Convolution) {
    let [x_len, w_len, y_len] = how.lens();
    let (x, w, dy): (Vec<E>, Vec<E>, Vec<E>) = (numbers(x_len, 1), numbers(w_len, 2), numbers(y_len, 3));
    let wide = |values: &[E]| values.iter().map(|x| x.as_f64()).collect::<Vec<_>>();
    let [y, dx, dw] = plain(how, &wide(&x), &wide(&w), &wide(&dy));
    let what = |part: &str| format!("{part} in {} of {how:?}", E::NAME);
    near(&convolve(how, &x, &w), &y, how.terms(), &what("y"));
    near(&to_pictures(how, &dy, &w), &dx, how.terms(), &what("dx"));
    near(&to_weight(how, &dy, &x), &dw, how.batch * how.walk.count(), &what("dw"));
    let (x, w, dy) = (Buf::from_slice(&x), Buf::from_slice(&w), Buf::from_slice(&dy));
    near(&Cpu.convolve(how, &x, &w), &y, how.terms(), &what("y of the device"));
    near(&Cpu.convolve_to_pictures(how, &dy, &w), &dx, how.terms(), &what("dx of the device"));
}

fn step(size: usize, stride: usize, padding: usize, dilation: usize) -> Stepping {
    Stepping { size, stride, dilation, before: padding, after: padding }
}

/// The walk where each window fits.
fn walk(space: [usize; 3], steps: [Stepping; 3]) -> Option<Walk> {
    let mut places = [0; 3];
    for axis in 0..3 {
        places[axis] = steps[axis].places(space[axis])?;
    }
    Some(Walk { space, steps, places })
}

/// Walks over two axes with all of these numbers.
fn grid(sizes: &[usize]) -> impl Iterator<Item = Walk> {
    let sizes = sizes.to_vec();
    elements([sizes.len(), 3, 3]).flat_map(move |(size, stride, padding)| {
        let size = sizes[size];
        elements([2, 4, 2]).filter_map(move |(dilation, window, other)| {
            let own = step(window + 1 - usize::from(window == 3) * 4, stride + 1, padding, dilation + 1);
            let across = if other == 0 { own } else { step(3, 1, 1, 1) };
            walk([1, size, size + 2 * other], [Stepping::NONE, own, across])
        })
    })
}

/// Windows of all sizes and steps at once, as none of the lists below has them.
#[test]
fn any_windows_at_all() {
    let mut draws = 0;
    let mut next = |below: usize| {
        draws += 1;
        Key::new(7).below(draws, below as u64) as usize
    };
    let mut done = 0;
    while done < 150 {
        let depth = if next(4) == 0 { 1 + next(4) } else { 1 };
        let space = [depth, 1 + next(12), 1 + next(40)];
        let mut steps = [Stepping::NONE; 3];
        for (step, (size, most)) in steps.iter_mut().zip(space.into_iter().zip([4, 4, 9])) {
            if size > 1 {
                let [before, after] = [next(5), next(5)];
                *step = Stepping { size: 1 + next(most), stride: 1 + next(3), dilation: 1 + next(3), before, after };
            }
        }
        let Some(walk) = walk(space, steps) else { continue };
        let (batch, groups, inputs, outputs) = (1 + next(4), 1 + next(2), 1 + next(5), 1 + next(15));
        let how = Convolution { walk, batch, groups, inputs, outputs };
        if how.lens()[2] * how.terms() <= 100_000 {
            done += 1;
            check::<f32>(&how);
        }
    }
}

#[test]
fn convolutions_are_those_of_plain_loops() {
    for walk in grid(&[1, 2, 7]) {
        for (batch, groups, inputs, outputs) in [(2, 1, 3, 4), (1, 3, 1, 1), (2, 2, 2, 3)] {
            check::<f64>(&Convolution { walk, batch, groups, inputs, outputs });
        }
    }
}

#[test]
fn larger_pictures_several_blocks() {
    for (stride, padding, dilation) in [(1, 1, 1), (2, 2, 1), (3, 0, 2)] {
        let own = step(3, stride, padding, dilation);
        for (space, batch, groups, inputs, outputs) in [
            ([1, 17, 19], 3, 1, 17, 7),
            ([1, 65, 33], 2, 1, 5, 33),
            ([1, 17, 17], 5, 17, 1, 1),
            ([1, 1, 999], 1, 1, 2, 3),
        ] {
            let steps = [Stepping::NONE, if space[1] == 1 { Stepping::NONE } else { own }, own];
            let how = Convolution { walk: walk(space, steps).expect("fits"), batch, groups, inputs, outputs };
            check::<f64>(&how);
            check::<f32>(&how);
        }
    }
    let steps = [step(2, 1, 1, 1), step(3, 2, 1, 1), step(3, 1, 2, 2)];
    let walk = walk([5, 7, 9], steps).expect("fits");
    check::<f64>(&Convolution { walk, batch: 2, groups: 1, inputs: 3, outputs: 4 });
}

#[test]
fn one_element_alone_is_a_product() {
    for (batch, groups, inputs, outputs, size) in
        [(1, 1, 1, 1, 1), (3, 1, 17, 7, 5), (2, 3, 2, 5, 7), (1, 1, 64, 64, 33)]
    {
        let walk = walk([1, size, size], [Stepping::NONE; 3]).expect("fits");
        assert!(walk.is_plain());
        check::<f32>(&Convolution { walk, batch, groups, inputs, outputs });
    }
}

#[test]
fn halves_are_summed_in_single_precision() {
    for inputs in [1, 64] {
        let walk = walk([1, 9, 7], [Stepping::NONE, step(3, 1, 1, 1), step(3, 2, 1, 1)]).expect("fits");
        let how = Convolution { walk, batch: 2, groups: 1, inputs, outputs: 3 };
        for_each_half!(called_with_halves check(&how));
    }
}

#[test]
fn nothing_gives_nothing() {
    let own = step(3, 1, 1, 1);
    for (space, batch, groups, inputs, outputs) in [
        ([1, 5, 5], 0, 1, 2, 3),
        ([1, 5, 5], 2, 1, 0, 3),
        ([1, 5, 5], 2, 1, 2, 0),
        ([1, 5, 5], 2, 0, 2, 3),
        ([1, 1, 0], 2, 1, 2, 3),
    ] {
        for steps in
            [[Stepping::NONE, own, step(2, 1, 1, 1)], [Stepping::NONE; 3], [Stepping::NONE, own, step(1, 2, 0, 1)]]
        {
            if let Some(walk) = walk(space, steps) {
                check::<f32>(&Convolution { walk, batch, groups, inputs, outputs });
            }
        }
    }
}

#[test]
fn infinite_weights_reach_no_element_beyond_their_windows() {
    let walk = walk([1, 4, 5], [Stepping::NONE, step(3, 1, 1, 1), step(3, 1, 1, 1)]).expect("fits");
    let how = Convolution { walk, batch: 1, groups: 1, inputs: 4, outputs: 4 };
    let [x, w, y] = how.lens();
    let (mut weight, slope): (Vec<f32>, Vec<f32>) = (numbers(w, 2), vec![1.0; y]);
    weight[0] = f32::INFINITY;
    let slopes = to_pictures(&how, &slope, &weight);
    let infinite = slopes.host().iter().filter(|x| x.is_infinite()).count();
    // The first element of the first filter sees all rows and columns of the first input but the last ones.
    assert_eq!((slopes.len(), infinite, slopes.host().iter().any(|x| x.is_nan())), (x, 3 * 4, false));
}

#[test]
fn windows_wider_than_a_register_end_in_their_pictures() {
    for (size, stride, dilation) in [(64, 1, 1), (40, 1, 2), (33, 2, 1), (17, 3, 4)] {
        let walk = walk([1, 2, 130], [Stepping::NONE, Stepping::NONE, step(size, stride, 0, dilation)]).expect("fits");
        check::<f32>(&Convolution { walk, batch: 1, groups: 1, inputs: 2, outputs: 13 });
    }
}

#[test]
fn windows_far_outside_of_the_picture_take_no_memory() {
    let far = step(3, 1, 1 << 40, 1 << 40);
    let walk = walk([1, 3, 5], [Stepping::NONE, step(3, 1, 1, 1), far]).expect("fits");
    check::<f32>(&Convolution { walk, batch: 2, groups: 1, inputs: 3, outputs: 4 });
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let bits = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let walk = walk([1, 37, 41], [Stepping::NONE, step(3, 1, 1, 1), step(3, 2, 1, 1)]).expect("fits");
            let how = Convolution { walk, batch: 3, groups: 2, inputs: 17, outputs: 19 };
            let [x, w, y] = how.lens();
            let (x, w, dy): (Vec<f32>, Vec<f32>, Vec<f32>) = (numbers(x, 1), numbers(w, 2), numbers(y, 3));
            let all = [convolve(&how, &x, &w), to_pictures(&how, &dy, &w), to_weight(&how, &dy, &x)];
            all.map(|part| part.host().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
        })
    };
    let one = bits(1);
    assert!(one == bits(2) && one == bits(5));
}

/// PoolingWalk by the definition: largest elements and means, and their gradients.
fn plain_pools(how: &PoolingWalk, x: &[f64], dy: &[f64]) -> [Vec<f64>; 4] {
    let (walk, window) = (&how.walk, how.walk.window() as f64);
    let (mut max, mut mean) = (vec![f64::NEG_INFINITY; dy.len()], vec![0.0; dy.len()]);
    let (mut place_of, mut to_max, mut to_mean) = (vec![None; dy.len()], vec![0.0; x.len()], vec![0.0; x.len()]);
    let pairs = pairs(walk);
    for channel in 0..how.channels {
        let (own, out) = (channel * walk.elements(), channel * walk.count());
        for &(place, _, element) in &pairs {
            let (place, element) = (out + place, own + element);
            mean[place] += x[element] / window;
            to_mean[element] += dy[place] / window;
            if place_of[place].is_none() || x[element] > max[place] || (x[element].is_nan() && !max[place].is_nan()) {
                (max[place], place_of[place]) = (x[element], Some(element));
            }
        }
    }
    (0..dy.len()).for_each(|place| place_of[place].into_iter().for_each(|element: usize| to_max[element] += dy[place]));
    [max, mean, to_max, to_mean]
}

fn check_pools<E: Real>(how: &PoolingWalk) {
    let [x, y] = how.lens();
    let (x, dy): (Vec<E>, Vec<E>) = (numbers(x, 1), numbers(y, 2));
    let wide = |values: &[E]| values.iter().map(|x| x.as_f64()).collect::<Vec<_>>();
    let [max, mean, to_max, to_mean] = plain_pools(how, &wide(&x), &wide(&dy));
    let what = |part: &str| format!("{part} in {} of {how:?}", E::NAME);
    let found: Vec<f64> = wide(largest(how, &x).host());
    assert_eq!(found, max, "{}", what("max"));
    near(&to_largest(how, &dy, &x), &to_max, 4, &what("dx of max"));
    near(&means(how, &x), &mean, 4, &what("mean"));
    near(&to_means(how, &dy), &to_mean, 4, &what("dx of mean"));
}

#[test]
fn pools_are_those_of_plain_loops() {
    for walk in grid(&[1, 2, 7, 17]) {
        for channels in [0, 1, 6] {
            check_pools::<f64>(&PoolingWalk { walk, channels });
        }
        check_pools::<half::f16>(&PoolingWalk { walk, channels: 2 });
    }
    let walk = walk([5, 6, 7], [step(2, 2, 0, 1), step(3, 2, 1, 1), step(2, 1, 0, 3)]).expect("fits");
    check_pools::<f32>(&PoolingWalk { walk, channels: 3 });
}

/// Pairs along the last axis, over windows that lie apart, that share elements and that leave some out.
#[test]
fn pairs_are_pooled_like_all_windows() {
    let pair = step(2, 2, 0, 1);
    for down in [pair, step(2, 3, 0, 1), step(3, 1, 1, 1), step(1, 1, 0, 1), step(2, 2, 1, 2)] {
        for last in [pair, step(2, 3, 0, 1), step(2, 2, 1, 1), step(2, 3, 0, 2)] {
            for (height, width) in [(4, 4), (5, 7), (9, 40), (7, 33)] {
                let walk = walk([1, height, width], [Stepping::NONE, down, last]).expect("fits");
                check_pools::<f64>(&PoolingWalk { walk, channels: 3 });
                for_each_half!(called_with_halves check_pools(&PoolingWalk { walk, channels: 2 }));
            }
        }
    }
    let how = PoolingWalk { walk: row(6, 2, 0), channels: 1 };
    let how = PoolingWalk {
        walk: Walk { steps: [Stepping::NONE, Stepping::NONE, pair], places: [1, 1, 3], ..how.walk },
        ..how
    };
    let x = [1.0, f64::NAN, f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0, -0.0];
    assert_eq!(to_largest(&how, &[1.0, 2.0, 4.0], &x).host(), [0.0, 1.0, 2.0, 0.0, 4.0, 0.0]);
}

#[test]
fn pools_are_the_same_for_any_number_of_threads() {
    let bits = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            [step(2, 2, 0, 1), step(3, 2, 1, 1)].map(|own| {
                let walk = walk([1, 57, 61], [Stepping::NONE, own, own]).expect("fits");
                let how = PoolingWalk { walk, channels: 37 };
                let [x, y] = how.lens();
                let (x, dy): (Vec<f32>, Vec<f32>) = (numbers(x, 1), numbers(y, 2));
                let all = [largest(&how, &x), to_largest(&how, &dy, &x), means(&how, &x), to_means(&how, &dy)];
                all.map(|part| part.host().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
            })
        })
    };
    let one = bits(1);
    assert!(one == bits(2) && one == bits(5));
}

#[test]
fn windows_with_nan_and_without_elements() {
    let walk = walk([1, 1, 3], [Stepping::NONE, Stepping::NONE, step(2, 1, 2, 1)]).expect("fits");
    let (x, how) = ([1.0, f64::NAN, f64::NAN], PoolingWalk { walk, channels: 1 });
    let max = largest(&how, &x);
    assert!(max.host()[0] == f64::NEG_INFINITY && max.host()[1] == 1.0);
    assert!(max.host()[2..5].iter().all(|max| max.is_nan()) && max.host()[5] == f64::NEG_INFINITY);
    assert_eq!(to_largest(&how, &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], &x).host(), [2.0, 12.0, 16.0]);
    assert_eq!(means(&how, &[2.0, 4.0, 8.0]).host(), [0.0, 1.0, 3.0, 6.0, 4.0, 0.0]);
}

/// Windows of this size over one row.
fn row(len: usize, size: usize, padding: usize) -> Walk {
    walk([1, 1, len], [Stepping::NONE, Stepping::NONE, step(size, 1, padding, 1)]).expect("fits")
}

#[test]
fn gradients_that_meet_are_added_in_double_precision() {
    let how = PoolingWalk { walk: row(1001, 1000, 999), channels: 1 };
    let x: Vec<f32> = (0..1001).map(|i| if i == 500 { 1.0 } else { 0.0 }).collect();
    let slope = vec![0.1; how.lens()[1]];
    assert_eq!(to_largest(&how, &slope, &x).host()[500], 100.0);
    let how = PoolingWalk { walk: row(3, 3, 1), channels: 1 };
    assert_eq!(to_largest(&how, &[3e38_f32, 3e38, -3e38], &[0.0, 1.0, 0.0]).host(), [0.0, 3e38, 0.0]);

    let how = Convolution { walk: row(1, 1000, 999), batch: 1, groups: 1, inputs: 1, outputs: 1 };
    assert_eq!(to_pictures(&how, &[1.0; 1000], &[0.1_f32; 1000]).host(), [100.0]);
    let how = Convolution { walk: row(1, 3, 2), batch: 1, groups: 1, inputs: 1, outputs: 1 };
    assert_eq!(to_pictures(&how, &[1.0; 3], &[-3e38_f32, 3e38, 3e38]).host(), [3e38]);
}

#[test]
fn means_reach_the_largest_numbers() {
    let (max, how) = (f64::MAX, PoolingWalk { walk: row(3, 2, 0), channels: 1 });
    assert_eq!(means(&how, &[max, max, -max]).host(), [max, 0.0]);
    assert_eq!(means(&how, &[f64::INFINITY, max, max]).host(), [f64::INFINITY, max]);
    assert_eq!(to_means(&how, &[max, max]).host(), [max / 2.0, max, max / 2.0]);
    let how = PoolingWalk { walk: row(6, 6, 0), channels: 1 };
    assert_eq!(means(&how, &[max, max, -max, -max, max, max]).host(), [max / 3.0]);
    assert!(means(&how, &[max, max, f64::NAN, 1.0, 1.0, 1.0]).host()[0].is_nan());
}
