//! Tensors whose elements are drawn one by one from a key's stream, on as many threads as there are.
//!
//! Apart from the distributions because how a stream is read in parts is the same for all of them.

use crate::device::Device;
use crate::dtype::Elem;
use crate::layout::count;
use crate::shape::{Shape, ShapeValue};
use crate::tensor::Tensor;

/// Numbers drawn at once, on the stack.
const CHUNK: usize = 1 << 9;

/// Element `i` is `value(i)`.
#[track_caller]
pub(super) fn each<S: ShapeValue<Own: Shape>, E: Elem, D: Device>(
    device: D,
    shape: S,
    value: impl Fn(u64) -> E + Sync,
) -> Tensor<S, E, D> {
    let fill = |first: u64, part: &mut [E]| (first..).zip(part).for_each(|(i, slot)| *slot = value(i));
    Tensor { buf: device.drawn(count(shape.own()), fill), shape, device }
}

/// Elements are what `finish` makes of those of a stream, a part at a time: `stream` writes from the element on that it
/// is given.
#[track_caller]
pub(super) fn streamed<S: ShapeValue<Own: Shape>, E: Elem, D: Device, T: Copy + Default>(
    device: D,
    shape: S,
    stream: impl Fn(u64, &mut [T]) + Sync,
    finish: impl Fn(&[T], &mut [E]) + Sync,
) -> Tensor<S, E, D> {
    let fill = |first: u64, part: &mut [E]| {
        let mut numbers = [T::default(); CHUNK];
        for (place, chunk) in (first..).step_by(CHUNK).zip(part.chunks_mut(CHUNK)) {
            let numbers = &mut numbers[..chunk.len()];
            stream(place, numbers);
            finish(numbers, chunk);
        }
    };
    Tensor { buf: device.drawn(count(shape.own()), fill), shape, device }
}

/// `finish` of each number.
#[cfg_attr(optimised, inline(always))]
pub(super) fn mapped<T: Copy, E>(numbers: &[T], out: &mut [E], finish: impl Fn(T) -> E) {
    out.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = finish(*number));
}

/// Uniform numbers of `[low, high)`, from those of the unit interval.
#[track_caller]
pub(super) fn stretched<E: Elem>(numbers: &[f64], out: &mut [E], low: f64, high: f64) {
    let mut inside = true;
    if (high - low).is_infinite() && low.is_finite() && high.is_finite() {
        return mapped(numbers, out, |u| below(low * (1.0 - u) + high * u, low, high));
    }
    mapped(numbers, out, |u| E::of_f64(low + (high - low) * u));
    // A loop of its own, and hardly ever another one: the first has no branch, so it becomes SIMD.
    out.iter().for_each(|x| inside &= x.as_f64() < high);
    if !inside {
        mapped(numbers, out, |u| below(low + (high - low) * u, low, high));
    }
}

/// `value` as an element below `high`, unless that is where it begins.
#[track_caller]
fn below<E: Elem>(value: f64, low: f64, high: f64) -> E {
    let rounded = E::of_f64(value);
    if rounded.as_f64() < high || low >= high || E::INTEGER {
        return rounded;
    }
    // The next number of the element's own type: the first step beyond half of its distance is rounded to it.
    let first = (high.abs() * f64::EPSILON).max(f64::MIN_POSITIVE * f64::EPSILON);
    let steps = std::iter::successors(Some(first), |step| Some(step * 2.0));
    // There is none below a bound that is infinite or NaN.
    let steps = steps.take_while(|step| high.is_finite() && step.is_finite());
    steps.map(|step| E::of_f64(high - step)).find(|near| near.as_f64() < high).unwrap_or(rounded)
}
