//! Copies, strided ones for the most part. Axes are walked in the order of the output; a contiguous last axis is copied
//! row by row, and a transposed one in square blocks: one element of each line of memory at a time was 10 times slower.

use super::widen;
use crate::dtype::{Elem, Real, convert};
use crate::layout::{Axes, COLUMNS, MAX_AXES, Strides};
use crate::loops::count_product as product;
use crate::memory::Buf;

/// The elements in row-major order of the axes.
pub(in crate::device) fn strided<E: Elem>(from: &[E], offset: usize, axes: &Axes) -> Buf<E> {
    let mut out = Buf::zeros(product(&axes.size));
    let to = out.make_mut();
    assert!(axes.fits(offset, from.len()), "strided memory reaches outside of its buffer");
    if let Some(axis) = crossing(axes) {
        transposed(from, offset, axes, axis, to);
        return out;
    }
    let mut done = 0;
    each_row(offset, axes, |place, len, step| {
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
pub(in crate::device) fn put<E: Elem>(target: &mut [E], offset: usize, axes: &Axes, values: &[E]) {
    assert!(axes.fits(offset, target.len()), "strided memory reaches outside of its buffer");
    assert_eq!(values.len(), product(&axes.size), "as many values as places");
    assert!(axes.is_injective() || values.is_empty(), "values for places that lie on each other");
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

/// The side of a block: its lines of memory are in the cache while their elements are spread.
const SIDE: usize = 16;

/// The axis along which neighbours lie side by side, where those of the last one do not.
fn crossing(axes: &Axes) -> Option<usize> {
    let apart = axes.stride[COLUMNS] > 1 && axes.size[COLUMNS] >= SIDE;
    (0..COLUMNS).rev().find(|&axis| apart && axes.stride[axis] == 1 && axes.size[axis] >= SIDE)
}

/// The elements in row-major order, in blocks of the last axis and the one that it crosses.
fn transposed<E: Elem>(from: &[E], offset: usize, axes: &Axes, axis: usize, to: &mut [E]) {
    let (rows, columns, step) = (axes.size[axis], axes.size[COLUMNS], axes.stride[COLUMNS] as usize);
    let (mut others, own) = (*axes, Axes::row_major(axes.size));
    (others.size[axis], others.size[COLUMNS]) = (1, 1);
    let apart = own.stride[axis] as usize;
    each_pair(others.size, [offset, 0], [&others.stride, &own.stride], |[place, target]| {
        for row in (0..rows).step_by(SIDE) {
            for column in (0..columns).step_by(SIDE) {
                let (from, to) = (&from[place + row + column * step..], &mut to[target + row * apart + column..]);
                block(from, step, to, apart, [SIDE.min(rows - row), SIDE.min(columns - column)]);
            }
        }
    });
}

/// `to[row * apart + column] = from[row + column * step]` for the rows and columns of one block.
#[inline(always)]
fn block<E: Elem>(from: &[E], step: usize, to: &mut [E], apart: usize, [rows, columns]: [usize; 2]) {
    if [rows, columns] != [SIDE; 2] {
        for row in 0..rows {
            (0..columns).for_each(|column| to[row * apart + column] = from[row + column * step]);
        }
        return;
    }
    let mut lines = [[E::default(); SIDE]; SIDE];
    for (column, line) in lines.iter_mut().enumerate() {
        line.copy_from_slice(&from[column * step..][..SIDE]);
    }
    for row in 0..SIDE {
        let target = &mut to[row * apart..][..SIDE];
        (0..SIDE).for_each(|column| target[column] = lines[column][row]);
    }
}

/// Places from `first` on, `step` apart.
pub(super) fn places(first: usize, step: isize) -> impl Iterator<Item = usize> {
    (0..).map(move |i: isize| (first as isize + i * step) as usize)
}

/// Calls `row` with the first place, the length and the step of each row along the last axis, in row-major order.
fn each_row(offset: usize, axes: &Axes, mut row: impl FnMut(usize, usize, isize)) {
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

#[cfg(test)]
mod tests {
    use super::strided;
    use crate::layout::{Axes, MAX_AXES};

    #[test]
    fn any_order_of_axes_is_copied() {
        for sizes in [[1, 1, 16, 16], [2, 3, 33, 17], [1, 40, 2, 31], [1, 18, 0, 20]] {
            let sizes = Axes::last(sizes, [0; 4]).size;
            let whole = Axes::row_major(sizes);
            let values: Vec<i32> = (0..sizes.iter().product::<usize>() as i32).collect();
            for order in [[4, 5, 7, 6], [4, 7, 6, 5], [7, 5, 4, 6], [6, 4, 7, 5]] {
                let order: [usize; MAX_AXES] = std::array::from_fn(|i| i.checked_sub(4).map_or(i, |i| order[i]));
                let axes = Axes { size: order.map(|i| sizes[i]), stride: order.map(|i| whole.stride[i]) };
                assert_eq!(strided(&values, 0, &axes).host(), walked(&axes, &values), "{sizes:?} {order:?}");
            }
        }
    }

    /// The elements in the order of the axes, one at a time.
    fn walked(axes: &Axes, values: &[i32]) -> Vec<i32> {
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
