//! Strided copies. Axes are walked in the order of the output; a contiguous last axis is copied row by row.

use crate::device::Buf;
use crate::dtype::Elem;
use crate::graph::{Axes, Strided};

/// The elements in row-major order of the axes.
pub(super) fn strided<E: Elem>(memory: &Strided<E>) -> Buf<E> {
    let axes = &memory.axes;
    let mut out = Buf::zeros(axes.size.iter().product());
    let (from, to) = (&*memory.buf, out.make_mut());
    assert!(axes.fits(memory.offset, from.len()), "strided memory reaches outside of its buffer");
    let mut done = 0;
    each_row(memory.offset, axes, |place, len, step| {
        let row = &mut to[done..done + len];
        match step {
            1 => row.copy_from_slice(&from[place..place + len]),
            _ => row.iter_mut().zip(places(place, step)).for_each(|(to, place)| *to = from[place]),
        }
        done += len;
    });
    out
}

/// Writes values in row-major order of the axes to their places.
pub(super) fn put<E: Elem>(target: &mut [E], offset: usize, axes: &Axes, values: &[E]) {
    assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
    assert_eq!(values.len(), axes.size.iter().product::<usize>(), "as many values as places");
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

/// Places from `first` on, `step` apart.
fn places(first: usize, step: isize) -> impl Iterator<Item = usize> {
    (0..).map(move |i: isize| (first as isize + i * step) as usize)
}

/// Calls `row` with the first place, the length and the step of each row along the last axis, in row-major order.
fn each_row(offset: usize, axes: &Axes, mut row: impl FnMut(usize, usize, isize)) {
    let (size, stride) = (axes.size, axes.stride);
    if size.contains(&0) {
        return;
    }
    let mut index = [0; 5];
    let mut place = offset as isize;
    for _ in 0..size[..5].iter().product() {
        row(place as usize, size[5], stride[5]);
        for axis in (0..5).rev() {
            index[axis] += 1;
            place += stride[axis];
            if index[axis] < size[axis] {
                break;
            }
            place -= stride[axis] * size[axis] as isize;
            index[axis] = 0;
        }
    }
}
