//! Tensors of indices, and where an index along an axis leads in row-major memory.
//!
//! Apart from the operations because all of them, along whatever axis, come down to rows of equal width: what a device
//! takes, adds, writes and combines.

use super::turn::Turn;
use crate::device::{Buf, Device};
use crate::dtype::Elem;
use crate::elements::for_each_integer;
use crate::error::{Error, OrRaise, collected, raise, room};
use crate::shape::{AxisAt, Shape};
use crate::tensor::Tensor;

/// Indices: a tensor of integers by reference. Negative ones count from the end of the axis.
///
/// ```
/// use congruent::prelude::*;
/// let x = Cpu.tensor([1.0, 2.0, 3.0]);
/// assert_eq!(x.take(&Cpu.tensor_of::<u8, _>([2, 0])).eval().as_slice(), [3.0, 1.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no indices",
    label = "indices are a tensor of integers, by reference",
    note = "`&x.convert::<i64>()` converts; a mask goes to `masked_select` or `compress`"
)]
pub trait Indices {
    /// Their shape.
    type S: Shape;
    /// Their device.
    type D: Device;
    /// Their shape, with the sizes of its run-time dims.
    fn shape(&self) -> Self::S;
    /// The indices in row-major order, on the host.
    fn values(&self) -> Vec<i64>;
}

macro_rules! indices {
    ($($E:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Shape, D: Device> Indices for &Tensor<S, $E, D> {
            type S = S;
            type D = D;
            fn shape(&self) -> S {
                self.shape
            }
            fn values(&self) -> Vec<i64> {
                // What is beyond `i64` is outside of every axis, and stays so.
                let place = |index: $E| i64::try_from(index.as_i128()).unwrap_or(i64::MAX);
                self.device.download(&self.buf).into_iter().map(place).collect()
            }
        }
    )*};
}
for_each_integer!(indices);

/// Rows of a width, by their number, in an order: what elements along any axis come down to.
pub struct NumberedRows {
    /// Elements of a row.
    pub(in crate::ops) width: usize,
    /// Which rows, checked.
    pub(in crate::ops) places: Buf<i64>,
}

impl NumberedRows {
    /// Rows of this width at these places.
    pub(in crate::ops) fn new<D: Device>(device: D, width: usize, places: Vec<i64>) -> Self {
        NumberedRows { width, places: device.adopt(Buf::adopted(places)) }
    }

    /// The rows of `from`.
    #[track_caller]
    pub(in crate::ops) fn take<E: Elem, D: Device>(&self, device: D, from: &Buf<E>) -> Buf<E> {
        device.take_rows(from, self.width, &self.places).or_raise()
    }

    /// Writes 0 to the rows of `target`.
    pub(in crate::ops) fn clear<E: Elem, D: Device>(&self, device: D, target: &mut Buf<E>) {
        device.put_rows(target, self.width, &self.places, &device.zeroed(self.width));
    }
}

/// An axis in row-major memory: `outer` times `len` rows of `inner` elements.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Line {
    outer: usize,
    len: usize,
    inner: usize,
}

impl Line {
    /// Axis `I` of a shape.
    pub(in crate::ops) fn of<const I: isize, S: AxisAt<I>>(shape: S) -> Self {
        let dims = shape.dims();
        let product = |sizes: &[usize]| sizes.iter().fold(1usize, |len, &size| len.saturating_mul(size));
        let (before, after) = (&dims[..S::INDEX], &dims[S::INDEX + 1..]);
        Line { outer: product(before), len: dims[S::INDEX], inner: product(after) }
    }

    /// The axis with another number of slices.
    pub(in crate::ops) fn resized(self, len: usize) -> Line {
        Line { len, ..self }
    }

    /// The axis with its elements moved around by `shift` places.
    pub(in crate::ops) fn turn(self, shift: isize) -> Turn {
        let shift = if self.len == 0 { 0 } else { (shift as i128).rem_euclid(self.len as i128) as usize };
        Turn { outer: self.outer, len: self.len * self.inner, shift: shift * self.inner }
    }

    /// One list of indices for the whole axis: rows, in the order of the result.
    #[track_caller]
    pub(in crate::ops) fn rows<D: Device>(self, device: D, ids: Vec<i64>) -> NumberedRows {
        let ids = resolved(ids, self.len);
        // A result without elements may still have more rows than fit in memory.
        let outer = if self.inner == 0 || ids.is_empty() { 0 } else { self.outer };
        let places = (0..outer).flat_map(|block| ids.iter().map(move |id| (block * self.len) as i64 + id));
        NumberedRows::new(device, self.inner, collected(outer.saturating_mul(ids.len()), places))
    }

    /// The axis `times` over: all that it holds is one row for each of the axes in front.
    #[track_caller]
    pub(in crate::ops) fn repeated<D: Device>(self, device: D, times: usize) -> NumberedRows {
        let width = self.len.saturating_mul(self.inner);
        let (outer, times) = if width == 0 || times == 0 { (0, 0) } else { (self.outer, times) };
        let places = (0..outer as i64).flat_map(|block| std::iter::repeat_n(block, times));
        NumberedRows::new(device, width, collected(outer.saturating_mul(times), places))
    }

    /// The elements of windows of `size`, each `step` after the one before, in the order of the axes in front, the
    /// window, the axes behind, the element of the window.
    #[track_caller]
    pub(in crate::ops) fn windows<D: Device>(
        self,
        device: D,
        windows: usize,
        size: usize,
        step: usize,
    ) -> NumberedRows {
        let number = [windows, self.inner, size].iter().fold(self.outer, |all, &size| all.saturating_mul(size));
        let mut places = room(number);
        for outer in 0..if number == 0 { 0 } else { self.outer } {
            for window in 0..windows {
                let first = (outer * self.len + window * step) * self.inner;
                let element = |behind: usize| (0..size).map(move |i| (first + i * self.inner + behind) as i64);
                places.extend((0..self.inner).flat_map(element));
            }
        }
        NumberedRows::new(device, 1, places)
    }

    /// One index for each element: rows of one element, in the order of the indices.
    #[track_caller]
    pub(in crate::ops) fn elements<D: Device>(self, device: D, ids: Vec<i64>) -> NumberedRows {
        let mut places = resolved(ids, self.len);
        let block = (places.len() / self.outer.max(1)).max(1); // Indices for one value of the axes in front.
        let inner = self.inner.max(1);
        // Walked line by line: a quotient for each element would cost more than all the rest.
        for (outer, block) in places.chunks_exact_mut(block).enumerate() {
            let front = (outer * self.len * inner) as i64;
            for line in block.chunks_exact_mut(inner) {
                (0..).zip(line).for_each(|(k, id)| *id = front + *id * inner as i64 + k);
            }
        }
        NumberedRows::new(device, 1, places)
    }
}

/// Indices counted from the front of an axis; one outside of it raises [`Error::Index`].
#[track_caller]
pub(in crate::ops) fn resolved(mut ids: Vec<i64>, len: usize) -> Vec<i64> {
    for (position, index) in ids.iter_mut().enumerate() {
        let place = if *index < 0 { (len as u64).wrapping_add(*index as u64) } else { *index as u64 };
        if place >= len as u64 {
            raise(Error::Index { index: *index, position, len });
        }
        *index = place as i64;
    }
    ids
}
