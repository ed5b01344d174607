//! Walking over strided memory in the order of its axes.
//!
//! Apart from the loops that do, which differ in what they make of the rows along the last axis.

use crate::layout::{Axes, COLUMNS, MAX_AXES, Strides};

/// Places from `first` on, `step` apart.
pub(super) fn places(first: usize, step: isize) -> impl Iterator<Item = usize> {
    (0..).map(move |i: isize| (first as isize + i * step) as usize)
}

/// Calls `row` with the first place, the length and the step of each row along the last axis, in row-major order.
pub(super) fn each_row(offset: usize, axes: &Axes, mut row: impl FnMut(usize, usize, isize)) {
    let Axes { size, stride } = *axes;
    each_pair(size, [offset, 0], [&stride, &[0; MAX_AXES]], |[place, _]| row(place, size[COLUMNS], stride[COLUMNS]));
}

/// Calls `row` with the first places in two memories of each row along the last axis, in row-major order.
pub(super) fn each_pair(
    size: [usize; MAX_AXES],
    offsets: [usize; 2],
    strides: [&Strides; 2],
    mut row: impl FnMut([usize; 2]),
) {
    if size.contains(&0) {
        return;
    }
    let mut index = [0; COLUMNS];
    let mut places = offsets.map(|offset| offset as isize);
    for _ in 0..size[..COLUMNS].iter().product() {
        row(places.map(|place| place as usize));
        for axis in (0..COLUMNS).rev() {
            index[axis] += 1;
            let around = index[axis] == size[axis];
            let steps = if around { 1 - size[axis] as isize } else { 1 };
            places.iter_mut().zip(strides).for_each(|(place, stride)| *place += steps * stride[axis]);
            if !around {
                break;
            }
            index[axis] = 0;
        }
    }
}
