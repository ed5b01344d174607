//! The gradients of a convolution: products of the weight, and of patches, with the gradient of the result.
//!
//! Sums run over blocks in an order that sizes alone decide, so that any number of threads gives the same bits.

use super::convolve::{block, patches};
use super::patches::Places;
use super::{direct, direct_weight};
use crate::device::cpu::parallel::for_each_of;
use crate::device::cpu::product::multiply_slices;
use crate::device::cpu::unwritten;
use crate::dtype::Real;
use crate::loops::{Convolution, Walk};
use crate::memory::Buf;
use std::ops::Range;

/// So many tasks at least should there be for threads to share.
const TASKS: usize = 16;
/// Places whose products are added in the element type at most, before their sum goes on to `f64`.
const PLACES: usize = 1024;
/// Elements of all sums of the weight's gradient that are made beside each other.
const SUMS: usize = 1 << 22;

/// The gradient of pictures.
pub(super) fn to_pictures<E: Real>(how: &Convolution, slope: &[E], weight: &[E]) -> Buf<E> {
    // Around the gradient there are zeros, which make NaN of what is infinite.
    let turned = turned(how).filter(|_| weight.iter().all(|w| w.as_f64().is_finite()));
    let direct = turned.and_then(|turned| direct::convolve(&turned, slope, mirrored(how, weight).host()));
    direct.unwrap_or_else(|| from_places(how, slope, weight))
}

/// The convolution of the gradient that is the one of pictures, of the mirrored weight: where windows move by 1.
fn turned(how: &Convolution) -> Option<Convolution> {
    let Convolution { walk, inputs, outputs, .. } = *how;
    let mut steps = walk.steps;
    for step in &mut steps {
        let far = step.size.checked_sub(1)?.checked_mul(step.dilation)?;
        (step.before, step.after) = (far.checked_sub(step.before)?, far.checked_sub(step.after)?);
    }
    let walk = Walk { space: walk.places, steps, places: walk.space };
    let moves_by_one = steps.iter().all(|step| step.stride == 1);
    moves_by_one.then_some(Convolution { walk, inputs: outputs, outputs: inputs, ..*how })
}

/// The weight of each pair of channels, input first, from its last element to its first.
fn mirrored<E: Real>(how: &Convolution, weight: &[E]) -> Buf<E> {
    let Convolution { walk, inputs, outputs, .. } = *how;
    let (window, group) = (walk.window(), outputs * how.terms());
    let mut mirrored = unwritten(weight.len());
    for (to, weight) in mirrored.make_mut().chunks_exact_mut(group.max(1)).zip(weight.chunks_exact(group.max(1))) {
        for (pair, to) in to.chunks_exact_mut(window).enumerate() {
            let (input, output) = (pair / outputs, pair % outputs);
            let own = &weight[(output * inputs + input) * window..][..window];
            to.iter_mut().zip(own.iter().rev()).for_each(|(to, &w)| *to = w);
        }
    }
    mirrored
}

/// The same, for each channel: what each place owes to the elements of its window, added in `f64`.
fn from_places<E: Real>(how: &Convolution, slope: &[E], weight: &[E]) -> Buf<E> {
    let Convolution { walk, batch, groups, inputs, outputs } = *how;
    let (each, window, places, terms) = (walk.elements(), walk.window(), walk.count(), how.terms());
    let mut x = Buf::zeros(how.lens()[0]);
    if x.is_empty() || slope.is_empty() || window == 0 {
        return x;
    }
    // Channels are shared where there are few pictures: each of these tasks reads all of the gradient.
    let own = inputs.div_ceil(TASKS.div_ceil(batch * groups));
    let mut tasks = Vec::with_capacity(batch * groups * inputs.div_ceil(own));
    for (number, group) in x.make_mut().chunks_mut(inputs * each).enumerate() {
        tasks.extend(group.chunks_mut(own * each).enumerate().map(|(part, x)| (number, part * own, x)));
    }
    let work = slope.len().saturating_mul(terms) / 8;
    for_each_of(tasks, work, |(number, first, x)| {
        let (group, inputs, block) = (number % groups, x.len() / each, block(how));
        let slope = &slope[number * outputs * places..][..outputs * places];
        let weight = &weight[group * outputs * terms + first * window..];
        let mut sums = Buf::<f64>::zeros(x.len());
        for from in (0..places).step_by(block) {
            let range = from..places.min(from + block);
            let (rows, count) = (inputs * window, range.len());
            let mut owed = unwritten(rows * count);
            multiply_slices(
                [rows, outputs, count],
                (weight, [1, terms as isize]),
                (&slope[from..], [places as isize, 1]),
                (owed.make_mut(), [count as isize, 1]),
            );
            let range = Places::new(walk, range);
            for (channel, rows) in sums.make_mut().chunks_mut(each).zip(owed.host().chunks(window * count)) {
                range.add(channel, 0, rows);
            }
        }
        x.iter_mut().zip(sums.host()).for_each(|(x, sum)| *x = E::of_f64(*sum));
    });
    x
}

/// The gradient of the result at these places of one group: a row for each output.
fn lines<E: Real>(how: &Convolution, slope: &[E], group: usize, range: Range<usize>) -> Buf<E> {
    let (places, outputs, count) = (how.walk.count(), how.outputs, range.len());
    let mut lines = unwritten(outputs * count);
    let mut at = range.start;
    while at < range.end {
        let (picture, place) = (at / places, at % places);
        let len = (places - place).min(range.end - at);
        for (output, line) in lines.make_mut().chunks_mut(count).enumerate() {
            let from = ((picture * how.groups + group) * outputs + output) * places + place;
            line[at - range.start..][..len].copy_from_slice(&slope[from..][..len]);
        }
        at += len;
    }
    lines
}

/// The gradient of the weight.
pub(super) fn to_weight<E: Real>(how: &Convolution, slope: &[E], x: &[E]) -> Buf<E> {
    direct_weight::to_weight(how, slope, x).unwrap_or_else(|| from_patches(how, slope, x))
}

/// The same, as products of the gradient with patches. Blocks are added in `f64`, each in a run of blocks, and the sums
/// of runs in order.
fn from_patches<E: Real>(how: &Convolution, slope: &[E], x: &[E]) -> Buf<E> {
    let Convolution { walk, batch, groups, outputs, .. } = *how;
    let (terms, block, all) = (how.terms(), block(how).min(PLACES), batch * walk.count());
    let (each, blocks) = (outputs * terms, all.div_ceil(block));
    if each == 0 || blocks == 0 || groups == 0 {
        return Buf::zeros(how.lens()[1]);
    }
    let runs = TASKS.min(SUMS / each).clamp(1, blocks);
    let mut sums: Vec<Buf<f64>> = vec![Buf::zeros(0); groups * runs];
    let tasks: Vec<_> = sums.iter_mut().enumerate().collect();
    for_each_of(tasks, slope.len().saturating_mul(terms) / 8, |(number, sum)| {
        let (group, run) = (number / runs, number % runs);
        *sum = Buf::zeros(each);
        let (sum, mut part): (_, Buf<E>) = (sum.make_mut(), unwritten(each));
        for from in (blocks * run / runs..blocks * (run + 1) / runs).map(|number| number * block) {
            let range = from..all.min(from + block);
            let count = range.len();
            let (matrix, lines) = (patches(how, x, group, range.clone()), lines(how, slope, group, range));
            multiply_slices(
                [outputs, count, terms],
                (lines.host(), [count as isize, 1]),
                (matrix.host(), [1, count as isize]),
                (part.make_mut(), [terms as isize, 1]),
            );
            sum.iter_mut().zip(part.host()).for_each(|(sum, part)| *sum += part.as_f64());
        }
    });
    let total = |i: usize| sums[i / each * runs..][..runs].iter().map(|sum| sum.host()[i % each]).sum::<f64>();
    Buf::from_fn(groups * each, |i| E::of_f64(total(i)))
}
