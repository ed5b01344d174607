//! Parts and samples of pictures against plain loops in `f64`.

use super::tests::{near, numbers};
use super::{largest_parts, mean_parts, sampled, to_largest_parts, to_mean_parts, to_sampled};
use crate::dtype::Real;
use crate::loops::{PartWalk, Resample, SampleWalk};
use half::{bf16, f16};

/// For each place of one channel, the elements of its part, by the definition over all elements.
fn parts(walk: &PartWalk) -> Vec<Vec<usize>> {
    let held = |axis: usize, place: usize, at: usize| {
        let (len, places) = (walk.space[axis] as f64, walk.places[axis] as f64);
        let (from, to) = ((place as f64 * len / places).floor(), ((place + 1) as f64 * len / places).ceil());
        (from..to).contains(&(at as f64))
    };
    let flat = |sizes: [usize; 3], i: usize| [i / sizes[2] / sizes[1], i / sizes[2] % sizes[1], i % sizes[2]];
    let [elements, count] = walk.each();
    let of = |place: usize| {
        let place = flat(walk.places, place);
        let inside = |at: &usize| (0..3).all(|axis| held(axis, place[axis], flat(walk.space, *at)[axis]));
        (0..elements).filter(inside).collect()
    };
    (0..count).map(of).collect()
}

fn check<E: Real>(walk: &PartWalk) {
    let [x, y] = walk.lens();
    let (x, dy): (Vec<E>, Vec<E>) = (numbers(x, 1), numbers(y, 2));
    let wide = |values: &[E]| values.iter().map(|x| x.as_f64()).collect::<Vec<_>>();
    let (wide_x, slope) = (wide(&x), wide(&dy));
    let ([each, count], parts) = (walk.each(), parts(walk));
    let (mut max, mut mean) = (vec![f64::NEG_INFINITY; dy.len()], vec![0.0; dy.len()]);
    let (mut to_max, mut to_mean) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    for (out, part) in (0..walk.channels).flat_map(|channel| parts.iter().map(move |part| (channel, part))).enumerate()
    {
        let (channel, part) = part;
        let mut first = None;
        for at in part.iter().map(|at| channel * each + at) {
            mean[out] += wide_x[at] / part.len() as f64;
            to_mean[at] += slope[out] / part.len() as f64;
            if first.is_none() || wide_x[at] > max[out] {
                (first, max[out]) = (Some(at), wide_x[at]);
            }
        }
        first.into_iter().for_each(|at: usize| to_max[at] += slope[out]);
    }
    assert_eq!(count * walk.channels, dy.len());
    let what = |part: &str| format!("{part} in {} of {walk:?}", E::NAME);
    let best = largest_parts(walk, &x);
    assert_eq!(wide(best.host()), max, "{}", what("max"));
    near(&to_largest_parts(walk, &dy, &x, best.host()), &to_max, 4, &what("dx of max"));
    near(&mean_parts(walk, &x), &mean, 4, &what("mean"));
    near(&to_mean_parts(walk, &dy), &to_mean, 4, &what("dx of mean"));
}

#[test]
fn parts_are_those_of_plain_loops() {
    for len in 1..12 {
        for places in 1..14 {
            check::<f64>(&PartWalk { space: [1, 1, len], places: [1, 1, places], channels: 2 });
        }
    }
    for (space, places) in [([1, 7, 5], [1, 3, 5]), ([3, 4, 6], [2, 3, 4]), ([2, 9, 33], [1, 1, 1])] {
        check::<f64>(&PartWalk { space, places, channels: 3 });
        check::<f32>(&PartWalk { space, places, channels: 1 });
        check::<f16>(&PartWalk { space, places, channels: 2 });
        check::<bf16>(&PartWalk { space, places, channels: 2 });
    }
    check::<f32>(&PartWalk { space: [1, 5, 5], places: [1, 2, 2], channels: 0 });
    check::<f32>(&PartWalk { space: [1, 5, 5], places: [1, 0, 2], channels: 2 });
}

#[test]
fn parts_of_nothing_and_with_nan() {
    let none = PartWalk { space: [1, 1, 0], places: [1, 1, 2], channels: 1 };
    assert_eq!(largest_parts::<f64>(&none, &[]).host(), [f64::NEG_INFINITY; 2]);
    assert!(mean_parts::<f64>(&none, &[]).host().iter().all(|mean| mean.is_nan()));
    assert!(to_mean_parts::<f64>(&none, &[1.0, 1.0]).host().is_empty());
    let walk = PartWalk { space: [1, 1, 4], places: [1, 1, 2], channels: 1 };
    let x = [1.0, 1.0, f64::NAN, 3.0];
    let best = largest_parts(&walk, &x);
    assert!(best.host()[0] == 1.0 && best.host()[1].is_nan());
    assert_eq!(to_largest_parts(&walk, &[2.0, 4.0], &x, best.host()).host(), [2.0, 0.0, 4.0, 0.0]);
    let max = f64::MAX;
    assert_eq!(mean_parts(&walk, &[max, max, max, -max]).host(), [max, 0.0]);
}

/// An element at a real place of an axis, by the definition.
fn between(x: &[f64], how: Resample, places: usize, i: usize) -> f64 {
    let len = x.len();
    let at = |index: f64| x[index.clamp(0.0, len as f64 - 1.0) as usize];
    let place = |corners: bool| match corners {
        true if places == 1 => 0.0,
        true => i as f64 * (len - 1) as f64 / (places - 1) as f64,
        false => (i as f64 + 0.5) * len as f64 / places as f64 - 0.5,
    };
    match how {
        Resample::Nearest => x[i * len / places],
        Resample::Multilinear { align_corners } => {
            let place = place(align_corners).clamp(0.0, len as f64 - 1.0);
            at(place.floor()) * (1.0 - place.fract()) + at(place.ceil()) * place.fract()
        }
        Resample::Cubic { align_corners } => {
            let (place, a) = (place(align_corners), -0.75);
            let weight = |away: f64| match away.abs() {
                w if w <= 1.0 => (a + 2.0) * w.powi(3) - (a + 3.0) * w.powi(2) + 1.0,
                w if w < 2.0 => a * w.powi(3) - 5.0 * a * w.powi(2) + 8.0 * a * w - 4.0 * a,
                _ => 0.0,
            };
            (-1..3).map(|k| place.floor() + f64::from(k)).map(|near| at(near) * weight(place - near)).sum()
        }
    }
}

const ALL: [Resample; 5] = [
    Resample::Nearest,
    Resample::Multilinear { align_corners: false },
    Resample::Multilinear { align_corners: true },
    Resample::Cubic { align_corners: false },
    Resample::Cubic { align_corners: true },
];

#[test]
fn samples_are_those_of_the_definition() {
    for how in ALL {
        for len in 1..7 {
            for places in 1..11 {
                let parts = PartWalk { space: [1, 1, len], places: [1, 1, places], channels: 2 };
                let x: Vec<f64> = numbers(2 * len, 1);
                let of = |at: usize| between(&x[at / places * len..][..len], how, places, at % places);
                let expected: Vec<f64> = (0..2 * places).map(of).collect();
                near(&sampled(&SampleWalk { parts, how }, &x), &expected, 4, &format!("{how:?} {len} to {places}"));
            }
        }
    }
}

/// Over three axes a sample is that of each axis, and the gradient the transposed of the same numbers.
#[test]
fn samples_of_several_axes_and_their_gradients() {
    for how in ALL {
        for (space, places) in [([1, 4, 5], [1, 7, 3]), ([3, 2, 4], [2, 5, 4]), ([2, 3, 3], [4, 1, 6])] {
            let walk = SampleWalk { parts: PartWalk { space, places, channels: 2 }, how };
            let [x_len, y_len] = walk.parts.lens();
            let [each, count] = walk.parts.each();
            let along = |axis: usize, at: usize, place: usize| {
                let mut unit = vec![0.0; space[axis]];
                unit[at] = 1.0;
                between(&unit, how, places[axis], place)
            };
            let flat = |sizes: [usize; 3], i: usize| [i / sizes[2] / sizes[1], i / sizes[2] % sizes[1], i % sizes[2]];
            let weight = |at: usize, place: usize| -> f64 {
                let (at, place) = (flat(space, at), flat(places, place));
                (0..3).map(|axis| along(axis, at[axis], place[axis])).product()
            };
            let halves: [Vec<f16>; 2] = [numbers(x_len, 1), numbers(y_len, 2)];
            let [x, dy] = halves.each_ref().map(|all| all.iter().map(|x| x.to_f64()).collect::<Vec<_>>());
            let (mut y, mut dx) = (vec![0.0; y_len], vec![0.0; x_len]);
            for channel in 0..2 {
                for (at, place) in (0..each).flat_map(|at| (0..count).map(move |place| (at, place))) {
                    let weight = weight(at, place);
                    y[channel * count + place] += weight * x[channel * each + at];
                    dx[channel * each + at] += weight * dy[channel * count + place];
                }
            }
            let what = format!("{how:?} {space:?} to {places:?}");
            near(&sampled(&walk, &x), &y, 4, &what);
            near(&to_sampled(&walk, &dy), &dx, 4, &what);
            near(&sampled(&walk, &halves[0]), &y, 4, &what);
            near(&to_sampled(&walk, &halves[1]), &dx, 4, &what);
        }
    }
}
