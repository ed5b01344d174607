//! Copies, strided ones for the most part. Axes are walked in the order of the output, whose outermost axis is divided
//! among tasks; a contiguous last axis is copied row by row, and a transposed one in square blocks.

use super::parallel::for_each_of;
use super::strides::{each_row, places};
use super::turned::{BAND, turned};
use super::{unwritten, widen};
use crate::dtype::{Elem, Real, convert};
use crate::layout::{Axes, COLUMNS, MAX_AXES};
use crate::loops::count_product as product;
use crate::memory::Buf;

/// Elements that one task writes.
const TASK: usize = 1 << 15;

/// The elements in row-major order of the axes.
pub(in crate::device) fn strided<E: Elem>(from: &[E], offset: usize, axes: &Axes) -> Buf<E> {
    let mut out = unwritten(product(&axes.size));
    assert!(axes.fits(offset, from.len()), "strided memory reaches outside of its buffer");
    let axis = axes.size.iter().position(|&size| size != 1).unwrap_or(COLUMNS);
    let Some(each) = out.len().checked_div(axes.size[axis]).filter(|&each| each > 0) else { return out };
    let crossing = axes.crossing();
    let band = if crossing == Some(axis) { BAND } else { 1 };
    let batch = (TASK / each).next_multiple_of(band).max(band);
    let task = |(number, to): (usize, &mut [E])| {
        let (mut part, before) = (*axes, (number * batch) as isize * axes.stride[axis]);
        part.size[axis] = to.len() / each;
        let offset = (offset as isize + before) as usize;
        match crossing {
            Some(axis) => turned(from, offset, &part, axis, to),
            None => in_rows(from, offset, &part, to),
        }
    };
    match out.len() {
        ..=TASK => task((0, out.make_mut())),
        len => for_each_of(out.make_mut().chunks_mut(batch * each).enumerate(), len, task),
    }
    out
}

fn in_rows<E: Elem>(from: &[E], offset: usize, axes: &Axes, to: &mut [E]) {
    let mut done = 0;
    each_row(offset, axes, |place, len, step| {
        let row = &mut to[done..done + len];
        match step {
            1 => row.copy_from_slice(&from[place..place + len]),
            _ => row.iter_mut().zip(places(place, step)).for_each(|(to, place)| *to = from[place]),
        }
        done += len;
    });
}

/// Writes values in row-major order of the axes to their places.
pub(in crate::device) fn put<E: Elem>(target: &mut [E], offset: usize, axes: &Axes, values: &[E]) {
    assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
    assert_eq!(values.len(), product(&axes.size), "as many values as places");
    assert!(axes.is_injective() || values.is_empty(), "values for places that lie on each other");
    let divided = outermost(axes).filter(|_| values.len() > TASK);
    let Some((axis, apart)) = divided else { return put_part(target, offset, axes, values) };
    let each = values.len() / axes.size[axis];
    let batch = (TASK / each).max(1);
    let parts = target[offset..].chunks_mut(batch.saturating_mul(apart)).zip(values.chunks(batch * each));
    for_each_of(parts, values.len(), |(target, values)| {
        let mut part = *axes;
        part.size[axis] = values.len() / each;
        put_part(target, 0, &part, values);
    });
}

/// The outermost axis and how far apart its indices lie, where there are several and each has memory of its own.
fn outermost(axes: &Axes) -> Option<(usize, usize)> {
    let axis = axes.size.iter().position(|&size| size != 1)?;
    let reach = |i: usize| usize::try_from(axes.stride[i]).ok()?.checked_mul(axes.size[i].checked_sub(1)?);
    let inside = (axis + 1..MAX_AXES).try_fold(0usize, |sum, i| sum.checked_add(reach(i)?))?;
    let apart = usize::try_from(axes.stride[axis]).ok()?;
    (apart > inside && axes.size[axis] > 1).then_some((axis, apart))
}

fn put_part<E: Elem>(target: &mut [E], offset: usize, axes: &Axes, values: &[E]) {
    let mut done = 0;
    each_row(offset, axes, |place, len, step| {
        let row = &values[done..done + len];
        match step {
            1 => target[place..place + len].copy_from_slice(row),
            _ => row.iter().zip(places(place, step)).for_each(|(&value, place)| target[place] = value),
        }
        done += len;
    });
}

/// Every element times a number.
pub(in crate::device) fn scaled<E: Real>(values: &[E], scale: f64) -> Buf<E> {
    if E::NARROW {
        return Buf::from_fn(values.len(), |i| E::of_f64(values[i].as_f64() * scale));
    }
    let scale = E::of_f64(scale);
    Buf::from_fn(values.len(), |i| values[i] * scale)
}

/// Every element as Rust's `as` converts it.
pub(in crate::device) fn converted<A: Elem, B: Elem>(buf: &Buf<A>) -> Buf<B> {
    let values = buf.host();
    widen::between(buf).unwrap_or_else(|| Buf::from_fn(values.len(), |i| convert(values[i])))
}

#[cfg(test)]
mod tests {
    use super::{put, strided};
    use crate::dtype::Elem;
    use crate::layout::{Axes, MAX_AXES};

    /// Copies along any order of axes, and puts what comes of it back.
    fn check<E: Elem + PartialEq>(sizes: [usize; 4], element: impl Fn(usize) -> E) {
        let sizes = Axes::last(sizes, [0; 4]).size;
        let whole = Axes::row_major(sizes);
        let values: Vec<E> = (0..sizes.iter().product()).map(element).collect();
        for order in [[4, 5, 6, 7], [4, 5, 7, 6], [4, 7, 6, 5], [7, 5, 4, 6], [6, 4, 7, 5]] {
            let order: [usize; MAX_AXES] = std::array::from_fn(|i| i.checked_sub(4).map_or(i, |i| order[i]));
            let axes = Axes { size: order.map(|i| sizes[i]), stride: order.map(|i| whole.stride[i]) };
            let copy = strided(&values, 0, &axes);
            assert!(copy.host() == walked(&axes, &values), "{} {sizes:?} {order:?}", E::NAME);
            let mut back = vec![E::default(); values.len()];
            put(&mut back, 0, &axes, copy.host());
            assert!(back == values, "{} {sizes:?} {order:?}", E::NAME);
        }
    }

    #[test]
    fn any_order_of_axes_is_copied() {
        for sizes in [[1, 1, 16, 16], [2, 3, 33, 17], [1, 40, 2, 31], [1, 18, 0, 20], [1, 1, 1, 1], [1, 1021, 1, 67]] {
            check(sizes, |i| i as i32);
            check(sizes, |i| i as f64);
            check(sizes, |i| i as u8);
            check(sizes, |i| i % 3 == 0);
        }
        // Divided among tasks, the last of them shorter.
        for sizes in [[1, 1, 300, 517], [3, 290, 1, 170], [70_001, 1, 1, 1]] {
            check(sizes, |i| f32::from_bits(i as u32));
            check(sizes, |i| i as i64);
        }
    }

    #[test]
    fn a_part_of_memory_is_written_to_by_many_tasks() {
        let (rows, columns, width, from) = (401, 170, 201, 7);
        let axes = Axes::last([rows, columns], [width as isize, 1]);
        let values: Vec<u32> = (1..).take(rows * columns).collect();
        let mut target = vec![0; rows * width + from];
        put(&mut target, from, &axes, &values);
        for (place, &element) in target.iter().enumerate() {
            let (row, column) = (place.wrapping_sub(from) / width, place.wrapping_sub(from) % width);
            let expected = if place < from || column >= columns { 0 } else { row * columns + column + 1 };
            assert_eq!(element as usize, expected, "{row} {column}");
        }
    }

    /// The elements in the order of the axes, one at a time.
    fn walked<E: Elem>(axes: &Axes, values: &[E]) -> Vec<E> {
        let at = |mut index: usize| {
            let mut place = 0;
            for axis in (0..MAX_AXES).rev() {
                place += index % axes.size[axis] * axes.stride[axis] as usize;
                index /= axes.size[axis];
            }
            values[place]
        };
        (0..axes.size.iter().product()).map(at).collect()
    }
}
