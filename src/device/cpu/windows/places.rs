//! Pictures sampled at the places of a grid, and the gradients of both.
//!
//! Apart from `sample`, where all channels and lines read the same: here each place reads elements of its own. What a
//! block of places reads is found once, for all channels.

use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{AxisTaps, GridWalk};
use crate::memory::Buf;

/// Places of a block, whose corners stay in the cache.
const BLOCK: usize = 256;
/// So many tasks at least should there be for threads to share where pictures are few.
const TASKS: usize = 16;

/// What places read: as many elements each, and what each of them counts.
struct Corners {
    each: usize,
    elements: Vec<(usize, f64)>,
}

/// What a place reads along each axis of space.
fn axes<E: Real>(walk: &GridWalk, coordinates: &[E]) -> [AxisTaps; 3] {
    std::array::from_fn(|axis| match coordinates.get(2 - axis) {
        Some(own) => walk.how.at(own.as_f64(), walk.space[axis]),
        None => AxisTaps::NONE,
    })
}

/// How many elements a place reads along each axis.
fn taps(walk: &GridWalk) -> [usize; 3] {
    std::array::from_fn(|axis| if axis < 3 - walk.axes { 1 } else { walk.how.taps() })
}

/// Visits the corners of a place: which tap of each axis, and the element.
#[cfg_attr(optimised, inline(always))]
fn each_corner(walk: &GridWalk, along: &[AxisTaps; 3], mut see: impl FnMut([usize; 3], usize)) {
    let ([_, height, width], [planes, rows, columns]) = (walk.space, taps(walk));
    for z in 0..planes {
        for y in 0..rows {
            let line = (along[0].index[z] * height + along[1].index[y]) * width;
            for x in 0..columns {
                see([z, y, x], line + along[2].index[x]);
            }
        }
    }
}

impl Corners {
    /// Of the places with these coordinates.
    fn new<E: Real>(walk: &GridWalk, grid: &[E]) -> Self {
        let each = taps(walk).iter().product();
        let mut elements = Vec::with_capacity(grid.len() / walk.axes * each);
        for place in grid.chunks(walk.axes) {
            let along = axes(walk, place);
            each_corner(walk, &along, |[z, y, x], element| {
                elements.push((element, along[0].weight[z] * along[1].weight[y] * along[2].weight[x]));
            });
        }
        Corners { each, elements }
    }

    /// The corners of each place.
    fn places(&self) -> impl Iterator<Item = &[(usize, f64)]> {
        self.elements.chunks(self.each)
    }
}

/// Numbers of the grid for one picture.
fn grid_of<'g, E>(walk: &GridWalk, grid: &'g [E], picture: usize) -> &'g [E] {
    let each = walk.places * walk.axes;
    &grid[picture * each..][..each]
}

/// What all places read, as elements of work.
fn work(walk: &GridWalk) -> usize {
    walk.lens()[2].saturating_mul(taps(walk).iter().product())
}

/// Each channel at the places of the grid of its picture.
pub(super) fn sampled_at<E: Real>(walk: &GridWalk, x: &[E], grid: &[E]) -> Buf<E> {
    let GridWalk { axes, places, batch, channels, .. } = *walk;
    let (each, blocks) = (walk.elements(), places.div_ceil(BLOCK));
    let mut out = unwritten(walk.lens()[2]);
    if out.is_empty() {
        return out;
    }
    let mut tasks: Vec<_> = (0..batch * blocks).map(|task| (task, Vec::with_capacity(channels))).collect();
    for (line, out) in out.make_mut().chunks_mut(places).enumerate() {
        let first = line / channels * blocks;
        out.chunks_mut(BLOCK).enumerate().for_each(|(block, out)| tasks[first + block].1.push(out));
    }
    for_each_of(tasks, work(walk), |(task, lines)| {
        let (picture, block) = (task / blocks, task % blocks);
        let grid = grid_of(walk, grid, picture).chunks(BLOCK * axes).nth(block).unwrap_or_default();
        let corners = Corners::new(walk, grid);
        for (channel, out) in lines.into_iter().enumerate() {
            let x = &x[(picture * channels + channel) * each..][..each];
            for (out, place) in out.iter_mut().zip(corners.places()) {
                let mut sum = 0.0;
                for &(element, weight) in place {
                    // An element that does not count adds no NaN, as 0 times an infinity would.
                    if weight != 0.0 {
                        sum += weight * x[element].as_f64();
                    }
                }
                *out = E::of_f64(sum);
            }
        }
    });
    out
}

/// The gradient of the pictures: what each place owes to the elements that it reads, added in `f64` in the order of the
/// places.
pub(super) fn to_pictures<E: Real>(walk: &GridWalk, slope: &[E], grid: &[E]) -> Buf<E> {
    let GridWalk { axes, places, batch, channels, .. } = *walk;
    let each = walk.elements();
    let mut out = unwritten(walk.lens()[0]);
    if out.is_empty() {
        return out;
    }
    // Channels are shared where there are few pictures: each task finds the corners anew.
    let own = channels.div_ceil(TASKS.div_ceil(batch));
    let mut tasks = Vec::with_capacity(batch * channels.div_ceil(own));
    for (picture, x) in out.make_mut().chunks_mut(channels * each).enumerate() {
        tasks.extend(
            x.chunks_mut(own * each).enumerate().map(|(part, x)| (picture, picture * channels + part * own, x)),
        );
    }
    for_each_of(tasks, work(walk).max(walk.lens()[0]), |(picture, first, x)| {
        let mut sums = Buf::<f64>::zeros(x.len());
        let all = sums.make_mut();
        for (block, grid) in grid_of(walk, grid, picture).chunks(BLOCK * axes).enumerate() {
            let corners = Corners::new(walk, grid);
            for (channel, sums) in all.chunks_mut(each).enumerate() {
                let slope = &slope[(first + channel) * places + block * BLOCK..];
                for (slope, place) in slope.iter().zip(corners.places()) {
                    for &(element, weight) in place {
                        if weight != 0.0 {
                            sums[element] += weight * slope.as_f64();
                        }
                    }
                }
            }
        }
        x.iter_mut().zip(&*all).for_each(|(own, sum)| *own = E::of_f64(*sum));
    });
    out
}

/// The gradient of the grid: how the elements that a place reads differ, times what it is asked for, over all channels.
pub(super) fn to_grid<E: Real>(walk: &GridWalk, slope: &[E], x: &[E], grid: &[E]) -> Buf<E> {
    let GridWalk { axes: count, places, channels, .. } = *walk;
    let each = walk.elements();
    let mut out = unwritten(walk.lens()[1]);
    if out.is_empty() {
        return out;
    }
    let mut tasks = Vec::new();
    for (picture, out) in out.make_mut().chunks_mut(places * count).enumerate() {
        tasks.extend(out.chunks_mut(BLOCK * count).enumerate().map(|(block, out)| (picture, block, out)));
    }
    for_each_of(tasks, work(walk), |(picture, block, out)| {
        let grid = &grid_of(walk, grid, picture)[block * BLOCK * count..][..out.len()];
        let along: Vec<_> = grid.chunks(count).map(|place| axes(walk, place)).collect();
        let mut sums = vec![[0.0; 3]; along.len()];
        for channel in picture * channels..(picture + 1) * channels {
            let (x, slope) = (&x[channel * each..][..each], &slope[channel * places + block * BLOCK..]);
            for ((along, sums), slope) in along.iter().zip(&mut sums).zip(slope) {
                let slope = slope.as_f64();
                each_corner(walk, along, |[z, y, w], element| {
                    let (weight, tilt) = (
                        [along[0].weight[z], along[1].weight[y], along[2].weight[w]],
                        [along[0].slope[z], along[1].slope[y], along[2].slope[w]],
                    );
                    let tilts = [
                        tilt[0] * weight[1] * weight[2],
                        weight[0] * tilt[1] * weight[2],
                        weight[0] * weight[1] * tilt[2],
                    ];
                    for (sum, tilt) in sums.iter_mut().zip(tilts) {
                        // What does not tilt adds no NaN.
                        if tilt != 0.0 {
                            *sum += tilt * x[element].as_f64() * slope;
                        }
                    }
                });
            }
        }
        for (own, sums) in out.chunks_mut(count).zip(&sums) {
            own.iter_mut().zip(sums.iter().rev()).for_each(|(own, sum)| *own = E::of_f64(*sum));
        }
    });
    out
}
