//! Sums at places of strided memory: the transpose of a strided copy, also where places lie on each other.
//!
//! Apart from the copies because what meets at a place is added up, and in one order for any number of threads: these
//! share parts of the memory that no place of another part lies in.

use super::parallel::{PARALLEL_FROM, waiting};
use super::strides::{each_pair, places};
use crate::dtype::Real;
use crate::layout::{Axes, COLUMNS, MAX_AXES, Strides};
use crate::loops::count_product as product;
use rayon::prelude::*;

/// Adds values, in row-major order of the axes, to their places. Those of one place are added in this order, in
/// `E::Sum`, and rounded once.
pub(in crate::device) fn add<E: Real>(target: &mut [E], offset: usize, axes: &Axes, values: &[E]) {
    assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
    assert_eq!(values.len(), product(&axes.size), "as many values as places");
    if values.is_empty() {
        return;
    }
    let parts = Parts::new(axes);
    let target = &mut target[offset - parts.before..];
    let add = |(number, part): (usize, &mut [E])| parts.add(number, part, values);
    if parts.count > 1 && values.len() >= PARALLEL_FROM && rayon::current_num_threads() > 1 {
        waiting(|| target.par_chunks_mut(parts.apart).take(parts.count).enumerate().for_each(add));
    } else {
        target.chunks_mut(parts.apart).take(parts.count).enumerate().for_each(add);
    }
}

/// The memory in parts along the axis that steps over all that the others reach, as examples of a batch do; in one part
/// where none does.
struct Parts {
    count: usize,
    /// Elements from the first one of a part to that of the next.
    apart: usize,
    /// Elements before the place of the first value: strides may be negative.
    before: usize,
    /// Whether the last part is that of the first index.
    backwards: bool,
    /// Values from one index of the axis to the next.
    step: usize,
    /// The axes of a part, and its strides among the values.
    axes: Axes,
    values: Strides,
    /// Elements of a part, and which of them is the place of its first value.
    len: usize,
    first: usize,
}

impl Parts {
    fn new(axes: &Axes) -> Self {
        let values = Axes::row_major(axes.size).stride;
        let far = |&axis: &usize| axes.stride[axis].unsigned_abs();
        if let Some(axis) = (0..MAX_AXES).filter(|&axis| axes.size[axis] > 1).max_by_key(far) {
            let (count, stride, apart) = (axes.size[axis], axes.stride[axis], far(&axis));
            let mut others = *axes;
            others.size[axis] = 1;
            let (first, len) = extent(&others);
            if len <= apart {
                let (backwards, step) = (stride < 0, values[axis] as usize);
                let before = first + if backwards { (count - 1) * apart } else { 0 };
                return Parts { count, apart, before, backwards, step, axes: others, values, len, first };
            }
        }
        let (first, len) = extent(axes);
        let (count, apart, before, backwards, step) = (1, len, first, false, 0);
        Parts { count, apart, before, backwards, step, axes: *axes, values, len, first }
    }

    /// Adds the values of a part to its memory.
    fn add<E: Real>(&self, number: usize, part: &mut [E], values: &[E]) {
        let index = if self.backwards { self.count - 1 - number } else { number };
        let (part, from) = (&mut part[..self.len], index * self.step);
        if size_of::<E>() == size_of::<E::Sum>() || self.axes.is_injective() {
            return self.each(part, from, values, |sum, x| sum + x);
        }
        let mut sums: Vec<E::Sum> = part.iter().map(|x| x.to_sum()).collect();
        self.each(&mut sums, from, values, |sum, x| sum + x.to_sum());
        part.iter_mut().zip(sums).for_each(|(x, sum)| *x = E::of_sum(sum));
    }

    /// Every value of the part that begins with value `from` with its sum, in order.
    #[cfg_attr(optimised, inline(always))]
    fn each<T: Copy, E: Copy>(&self, sums: &mut [T], from: usize, values: &[E], add: impl Fn(T, E) -> T) {
        let Axes { size, stride } = self.axes;
        each_pair(size, [self.first, from], [&stride, &self.values], |[place, value]| {
            let row = &values[value..][..size[COLUMNS]];
            match stride[COLUMNS] {
                1 => sums[place..][..row.len()].iter_mut().zip(row).for_each(|(sum, &x)| *sum = add(*sum, x)),
                step => row.iter().zip(places(place, step)).for_each(|(&x, place)| sums[place] = add(sums[place], x)),
            }
        });
    }
}

/// How many elements lie before the place at index zero, and from the first place to the last one.
fn extent(axes: &Axes) -> (usize, usize) {
    let (mut before, mut after) = (0, 0);
    for (&size, &stride) in axes.size.iter().zip(&axes.stride) {
        let reach = (size - 1) * stride.unsigned_abs();
        if stride < 0 { before += reach } else { after += reach }
    }
    (before, before + after + 1)
}

#[cfg(test)]
mod tests {
    use super::add;
    use crate::device::{Buf, CopyWork, Cpu};
    use crate::dtype::Real;
    use crate::elements::{called, for_each_float};
    use crate::f16;
    use crate::layout::{Axes, Strided};
    use crate::num::Simd;

    fn number(i: usize) -> f64 {
        ((i * 7 + 3) % 11) as f64 - 4.0
    }

    fn buf<E: Real>(len: usize, of: impl Fn(usize) -> f64) -> Buf<E> {
        Buf::from_fn(len, |i| E::of_f64(of(i)))
    }

    /// One value after the other, each to the place that a copy reads.
    fn check<E: Real>(axes: Axes, offset: usize, len: usize) {
        let places = Strided { buf: Buf::from_fn(len, |i| i as i64), offset, axes };
        let places = Cpu.copy_strided(&places);
        let values = buf::<E>(places.len(), number);
        let mut sums: Vec<f64> = (0..len).map(|i| number(i + 5)).collect();
        places.host().iter().enumerate().for_each(|(i, &place)| sums[place as usize] += number(i));
        let mut target = buf::<E>(len, |i| number(i + 5));
        Cpu.add_strided(&mut target, offset, &axes, &values);
        let found: Vec<f64> = target.host().iter().map(|x| x.as_f64()).collect();
        let expected: Vec<f64> = sums.into_iter().map(|sum| E::of_f64(sum).as_f64()).collect();
        assert_eq!(found, expected, "{} {axes:?} from {offset}", E::NAME);
    }

    /// Windows of an image, slices, axes that are walked backwards, stretched or empty.
    fn check_all<E: Real>() {
        for (axes, offset, len) in [
            (Axes::last([3, 4], [4, 1]), 0, 12),
            (Axes::last([3, 4], [4, 1]), 2, 20),
            (Axes::last([4, 3], [1, 4]), 0, 12),
            (Axes::last([5, 3], [1, 1]), 1, 9),
            (Axes::last([2, 3, 4, 3, 3], [40, 8, 1, 8, 1]), 3, 90),
            (Axes::last([3, 5, 3], [-9, 2, -1]), 22, 40),
            (Axes::last([2, 3, 4], [10, 0, -3]), 9, 25),
            (Axes::last([7, 6], [0, 0]), 2, 3),
            (Axes::last([4, 0], [1, 1]), 0, 3),
            (Axes::last([0, 4], [9, 1]), 1, 1),
            (Axes::last([2, 2, 2, 2, 2, 2, 2, 2], [1, 2, 1, 3, 1, 2, 0, 1]), 0, 12),
            (Axes::last([], []), 4, 5),
        ] {
            check::<E>(axes, offset, len);
        }
    }

    #[test]
    fn values_are_added_at_the_places_that_copies_read() {
        for_each_float!(called check_all());
    }

    /// A batch of rows in windows, more than one thread is given; and one that lies across the memory.
    fn bits<E: Real>() {
        let batches = [
            (Axes::last([6, 5_000, 5], [5_010, 1, 2]), 0, 30_060),
            (Axes::last([6, 5_000, 5], [-5_010, 1, 2]), 25_050, 30_060),
            (Axes::last([300, 300, 3], [1, 1, 1]), 0, 602),
        ];
        for (axes, offset, len) in batches {
            let count = axes.size.iter().product();
            let values = buf::<E>(count, |i| (i as f64 * 0.37).sin());
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                let mut target = buf::<E>(len, number);
                pool.install(|| add(target.make_mut(), offset, &axes, values.host()));
                target.host().iter().map(|x| x.as_f64().to_bits()).collect::<Vec<_>>()
            };
            assert!(on(1) == on(4), "{} {axes:?}", E::NAME);
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        for_each_float!(called bits());
    }

    #[test]
    fn what_meets_is_rounded_once() {
        let (many, mut target) = (Axes::last([1 << 12], [0]), buf::<f16>(1, |_| 0.0));
        Cpu.add_strided(&mut target, 0, &many, &buf(1 << 12, |_| 1.0));
        assert_eq!(target.host()[0], f16::of_sum(4096.0)); // One by one the sum would stay at 2048.
    }
}
